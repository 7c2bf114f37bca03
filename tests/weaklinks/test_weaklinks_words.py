"""What detectors say and ask for, branch by branch, on a few rows of facts each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kg.model import Diagnostic, Result
from kg.weaklinks import DETECTORS, FactBase
from kg.weaklinks.facts import (
    ChainFact,
    CitationFact,
    ClaimFact,
    FindingFact,
    PairFact,
    SourceFact,
    StepFact,
)

CLAIM = ClaimFact(
    "c1",
    "d1",
    text='"it helps"',
    exposure="tin",
    exposure_label="tin",
    exposure_kind="supplementation",
    substance="tin",
    relation="improves",
    sign=-1,
    outcome="pain",
    outcome_label="pain",
    kind="clinical-outcome",
    sigma=4,
)
FINDING = FindingFact("f1", "w1", "Doe 2020", "d1", "l1", system="human", design="randomised")
WORK = CitationFact("w1", "d1", "Doe 2020", "in-text", "identified", "Skin", 2020)
WHOLE = SourceFact("d1", '"A page"', "complete", True)
PAIR = PairFact("p1", "tin for pain", "d1", "tin", "tin", "pain", "pain", claims=("c1",))


def one(
    code: str, *rows: Any, lean: tuple[str, ...] = (), **lineage: tuple[str, ...]
) -> Diagnostic:
    """The one answer of a detector on the first row that it is about."""
    tables: dict[str, list[Any]] = {}
    names = {ClaimFact: "claims", FindingFact: "findings", CitationFact: "citations",
             SourceFact: "sources", ChainFact: "chains", PairFact: "pairs"}  # fmt: skip
    for row in rows:
        tables.setdefault(names[type(row)], []).append(row)
    columns: dict[str, Any] = {name: tuple(found) for name, found in tables.items()}
    given = FactBase(**columns, supporting_findings={"c1": lean}, premise_claims=lineage)
    first = tables[DETECTORS[code].over][0].id
    (found,) = (d for d in DETECTORS[code].find_diagnostics(given) if d.subject == first)
    return found


def told(found: Diagnostic) -> str:
    return found.message if found.result is Result.HIT else str(found.result)


def open_(found: Diagnostic) -> tuple[str, ...]:
    assert found.result is Result.CANNOT_TELL
    assert found.message.endswith(f"not recorded: {', '.join(found.unknown)}.")
    return found.unknown


# Citations


@pytest.mark.parametrize(
    ("status", "record", "expected"),
    [
        ("mismatch", "a page on mice.", "leads to another work: a page on mice."),
        ("mismatch", "..mice", "leads to another work: ..mice."),
        ("not-a-study", None, "leads to something that is no study."),
    ],
)
def test_where_a_reference_leads(status: str, record: str | None, expected: str) -> None:
    entry = replace(WORK, kind="reference-list", status=status, record=record)
    assert one("KG112", entry, WHOLE).message == f"The reference Doe 2020 {expected}"


@pytest.mark.parametrize(
    ("journal", "year", "matched"),
    [("the skin", 2021, True), ("Skin!", 2019, True), ("Skin", 2022, False), ("Gut", 2020, False),
     ("THE SKIN", 2020, True), ("Skin", None, None), (None, 2020, None), (None, 2030, False),
     ("Gut", None, False)],
)  # fmt: skip
def test_a_list_entry_matches_by_journal_and_year(
    journal: str | None, year: int | None, matched: bool | None
) -> None:
    entry = replace(WORK, id="r1", kind="reference-list", journal=journal, year=year)
    found = one("KG112", WORK, entry, WHOLE)
    if matched is None:
        assert open_(found) == (f"r1.{'journal' if journal is None else 'year'}",)
    else:
        assert found.result is (Result.CLEAN if matched else Result.HIT)


def test_what_a_citation_lacks_to_be_compared() -> None:
    bare = replace(WORK, journal=None, year=None)
    assert open_(one("KG112", bare, WHOLE)) == ("w1.journal", "w1.year")
    unread = replace(WHOLE, references_parsed=None)
    assert open_(one("KG112", WORK, unread)) == ("d1.references_parsed",)
    entry = replace(WORK, kind="reference-list", status="not-looked-up")
    assert open_(one("KG112", entry, WHOLE)) == ("w1.status",)
    assert open_(one("KG112", replace(WORK, kind=None), WHOLE)) == ("w1.kind",)
    assert told(one("KG112", replace(WORK, kind="appeal"), WHOLE)) == "not_applicable"


@pytest.mark.parametrize(
    ("work", "kind"),
    [
        ({"status": "not-a-study"}, "no study"),
        ({"record_design": "narrative-review"}, "a narrative review"),
        ({"record_design": "opinion"}, "an opinion"),
    ],
)
def test_what_is_told_as_a_study(work: dict[str, Any], kind: str) -> None:
    found = one("KG114", replace(WORK, told_as_study=True, **work))
    assert found.message == f"Doe 2020 is presented as a study; its record is {kind}."
    assert found.remedy.startswith(
        f"Call it {kind}, and cite the study that it reports. Give a DOI"
    )


@pytest.mark.parametrize("publication", ["preprint", "thesis"])
def test_weak_publications_by_their_name(publication: str) -> None:
    found = one("KG131", replace(WORK, publication=publication, labelled=False))
    said = f"The work named as Doe 2020 is a {publication}, and the text does not say so."
    assert (found.message, found.severity.word) == (said, "mild")
    assert found.remedy.startswith(f"Say that it is a {publication}. Give a DOI")
    assert told(one("KG131", replace(WORK, publication=publication, labelled=True))) == "clean"


# Sources


@pytest.mark.parametrize(
    ("source", "funded", "why"),
    [
        ({"sells": ("tin",)}, False, "the publisher sells what the claims are about"),
        (
            {"sells": (), "seller_links": True}, False,
            "the page links to shops or product pages for what the claims are about",
        ),
        (
            {"sells": (), "seller_links": False}, True,
            "a study that it cites was paid for by a seller",
        ),
    ],
)  # fmt: skip
def test_who_sells(source: dict[str, Any], funded: bool, why: str) -> None:
    claim = replace(CLAIM, exposure_family=frozenset({"tin"}))
    found = one("KG117", replace(WHOLE, **source), claim, replace(WORK, seller_funded=funded))
    assert found.message == f'"A page": {why}.'
    assert [r.message for r in found.related] == (["paid for by a seller"] if funded else [])


def test_what_is_not_known_of_selling() -> None:
    silent = one("KG117", WHOLE, CLAIM, WORK)
    assert open_(silent) == (
        "c1.exposure_family", "d1.seller_links", "d1.sells", "w1.seller_funded",
    )  # fmt: skip


def test_how_many_statements_on_safety_name_no_work() -> None:
    good = replace(CLAIM, benefit=True)
    bare = replace(CLAIM, id="c2", role="safety", cites=())
    more = replace(bare, id="c3", role=None, kind="adverse-event", cites=("w1",))
    assert told(one("KG135", WHOLE, good)) == (
        '"A page": it claims benefits and says nothing of harms.'
    )
    assert told(one("KG135", WHOLE, good, bare)) == (
        '"A page": the one statement on safety names no work.'
    )
    found = one("KG135", WHOLE, good, bare, more, WORK)
    assert found.message == '"A page": 1 of the 2 statements on safety name no work.'
    assert [(r.subject, r.message) for r in found.related] == [("c2", "on safety, without a work")]
    assert told(one("KG135", WHOLE, good, more, WORK)) == "clean"
    assert told(one("KG135", WHOLE, bare, replace(CLAIM, benefit=False))) == "cannot_tell"
    assert told(one("KG135", WHOLE, replace(CLAIM, benefit=False))) == "not_applicable"
    part = replace(WHOLE, coverage="partial")
    assert open_(one("KG135", part, replace(good, benefit=None))) == ("c1.benefit", "d1.coverage")


def step(subject: str, sign: int | None) -> StepFact:
    return StepFact(subject, "x", subject.upper(), "X", sign)


@pytest.mark.parametrize(("nodes", "says"), [(("m",), "M makes"), (("m", "n"), "M and N make")])
def test_mediators_that_pull_both_ways(nodes: tuple[str, ...], says: str) -> None:
    chains = [
        ChainFact(f"k{i}{node}", "d1", "", out, out, good=good, claimed=True,
                  steps=(step("tin", 1), step(node, 1)))
        for node in nodes
        for i, (out, good) in enumerate((("pain", 1), ("rash", -1)))
    ]  # fmt: skip
    found = one("KG127", WHOLE, *chains)
    assert says in found.message
    unsure = [replace(c, claimed=None) for c in chains]
    assert {u.rpartition(".")[2] for u in open_(one("KG127", WHOLE, *unsure))} == {"claimed"}
    calm = [replace(c, good=1) for c in chains]
    assert told(one("KG127", WHOLE, *calm)) == "clean"


def test_a_slip_that_nobody_can_tell() -> None:
    slip = StepFact("m", "n", "M", "N", implicit=True)
    assert open_(one("KG126", ChainFact("k1", "d1", steps=(slip,)))) == ("m.n.same",)
    assert told(one("KG126", ChainFact("k1", "d1", steps=(replace(slip, same=True),)))) == "clean"
    assert told(one("KG126", ChainFact("k1", "d1"))) == "not_applicable"
    both = ChainFact("k1", "d1", "the way", steps=(replace(slip, same=False),) * 2)
    assert told(one("KG126", both)) == "the way: the argument passes from M to N and M to N unsaid."


# Claims


NULL = replace(CLAIM, relation="no-effect-on", sign=None)


@pytest.mark.parametrize(
    ("numbers", "result"),
    [
        ({"measure": "RR", "ci_low": 0.75, "ci_high": 1.25}, Result.CLEAN),
        ({"measure": "rr", "ci_low": 0.74, "ci_high": 1.25}, Result.HIT),
        ({"measure": "RR", "ci_low": 0.75, "ci_high": 1.26}, Result.HIT),
        ({"measure": "RR", "ci_low": 0.7, "ci_high": 1.3, "mid": 0.3}, Result.CLEAN),
        ({"measure": "MD", "ci_low": -2.0, "ci_high": 2.0, "mid": 2.0}, Result.CLEAN),
        ({"measure": "MD", "ci_low": -2.1, "ci_high": 2.0, "mid": 2.0}, Result.HIT),
        ({"measure": "MD", "ci_low": -2.0, "ci_high": 2.1, "mid": 2.0}, Result.HIT),
    ],
)
def test_no_effect_is_claimed_of_a_wide_interval(numbers: dict[str, Any], result: Result) -> None:
    found = one("KG123", NULL, replace(FINDING, **numbers), lean=("f1",))
    assert found.result is result
    if result is Result.HIT:
        assert found.message == (
            '"it helps": for at least one step the work allows a sizeable effect (Doe 2020).'
        )


def test_what_an_interval_lacks() -> None:
    bare = one("KG123", NULL, FINDING, lean=("f1",))
    assert open_(bare) == ("w1.ci_high", "w1.ci_low", "w1.measure", "w1.mid")
    wide = replace(FINDING, measure="MD", ci_low=-1.0, ci_high=1.0)
    assert open_(one("KG123", NULL, wide, lean=("f1",))) == ("w1.mid",)
    bare = one("KG123", CLAIM, FINDING, lean=("f1",))
    assert open_(bare) == ("w1.ci_high", "w1.ci_low", "w1.measure", "w1.p_value")


@pytest.mark.parametrize(
    ("numbers", "result"),
    [
        ({"p_value": 0.05}, Result.HIT),
        ({"p_value": 0.049}, Result.CLEAN),
        ({"measure": "OR", "ci_low": 0.5, "ci_high": 1.0}, Result.HIT),
        ({"measure": "OR", "ci_low": 1.1, "ci_high": 2.0}, Result.CLEAN),
        ({"measure": "MD", "ci_low": 0.0, "ci_high": 2.0}, Result.HIT),
        ({"measure": "MD", "ci_low": 0.1, "ci_high": 2.0}, Result.CLEAN),
    ],
)
def test_an_effect_is_claimed_of_a_null(numbers: dict[str, Any], result: Result) -> None:
    assert one("KG123", CLAIM, replace(FINDING, **numbers), lean=("f1",)).result is result


@pytest.mark.parametrize(
    ("claim", "finding", "why"),
    [
        ({"dose": (40, 40, "mg")}, {"dose": (10, 19, "mg")}, "the dose studied is not the dose"),
        ({"dose": (10, 10, "mg")}, {"dose": (21, 30, "mg")}, "the dose studied is not the dose"),
        ({"dose": (10, 10, "mg")}, {"dose": (1, 1, "g")}, "the dose studied is not the dose"),
        ({"horizon": 10.0}, {"weeks": 4.9}, "the study was much shorter than what is claimed"),
        ({"dose": (10, 20, "mg"), "limit": 19}, {}, "the dose claimed lies above the upper limit"),
    ],
)
def test_dose_and_duration(claim: dict[str, Any], finding: dict[str, Any], why: str) -> None:
    row = replace(FINDING, exposure_kind="supplementation", **finding)
    assert why in told(one("KG109", replace(CLAIM, **claim), row, lean=("f1",)))


@pytest.mark.parametrize(
    ("claim", "finding"),
    [
        ({"dose": (40, 40, "mg")}, {"dose": (10, 20, "mg")}),
        ({"dose": (10, 10, "mg")}, {"dose": (20, 30, "mg")}),
        ({"horizon": 10.0}, {"weeks": 5.0}),
        ({"dose": (10, 20, "mg"), "limit": 20}, {}),
        ({"dose": (10, 20, "mg")}, {"dose": (90, 90, "IU")}),
    ],
)
def test_dose_and_duration_within_bounds(claim: dict[str, Any], finding: dict[str, Any]) -> None:
    row = replace(FINDING, exposure_kind="supplementation", **finding)
    found = one("KG109", replace(CLAIM, **claim), row, lean=("f1",))
    assert found.result is Result.CANNOT_TELL


@pytest.mark.parametrize(
    ("sigma", "remedy"),
    [
        (1, "One theory holds that tin affects pain; no test of it is cited here."),
        (2, 'Word this no more firmly than what it rests on: "may" or "is linked to".'),
        (3, 'Word this no more firmly than what it rests on: "probably" or "helps".'),
    ],
)
def test_the_hedge_that_was_dropped(sigma: int, remedy: str) -> None:
    premise = replace(CLAIM, id="c2", text='"it may help"', sigma=sigma)
    found = one("KG118", replace(CLAIM, leans_on=("c2",)), premise)
    assert found.remedy == remedy
    assert found.message == (
        '"it helps": the wording is firmer than that of what it rests on ("it may help").'
    )
    assert told(one("KG118", replace(CLAIM, sigma=sigma, leans_on=("c2",)), premise)) == "clean"


def test_a_figure_and_the_works_behind_it() -> None:
    claim = replace(CLAIM, value=20.0, quantity="a fifth", cites=("w1",))
    assert told(one("KG116", claim, replace(WORK, values=(-20.0, 3.0)))) == "clean"
    assert "(a fifth) comes from no study that can be found; the text names Doe 2020." in told(
        one("KG116", claim, replace(WORK, values=(19.0,)))
    )
    assert open_(one("KG116", claim, WORK)) == ("w1.values",)
    assert open_(one("KG116", claim, replace(WORK, status=None))) == ("w1.status",)
    assert told(one("KG116", replace(claim, quantity=None, cites=()))).endswith(
        "the figure (20) comes from no study that can be found."
    )
    other = one("KG138", replace(claim, unit="percent", baseline="x"), replace(WORK, values=(3.0,)))
    assert other.message.endswith("the work cited reports another number for the figure (a fifth).")
    bare = one("KG138", replace(claim, unit="percent", baseline="unstated", quantity=None), WORK)
    assert bare.message == '"it helps": no baseline is given for the figure (20 percent).'


def test_a_study_counted_twice() -> None:
    first = replace(FINDING, studies=frozenset({"s1"}))
    second = replace(FINDING, id="f2", work="w2", label="Roe 2021", studies=frozenset({"s1", "s2"}))
    found = one("KG130", CLAIM, first, second, lean=("f1", "f2"))
    assert found.message.endswith("separate support share a study (Doe 2020 and Roe 2021).")
    assert [r.subject for r in found.related] == ["w1", "w2"]
    apart = replace(second, studies=frozenset({"s2"}))
    assert told(one("KG130", CLAIM, first, apart, lean=("f1", "f2"))) == "clean"
    unknown = replace(second, studies=None)
    assert open_(one("KG130", CLAIM, first, unknown, lean=("f1", "f2"))) == ("w2.studies",)


@pytest.mark.parametrize(
    ("signs", "names"),
    [((1,), "Doe 2020, at least as strong as what is cited, found the opposite and is not"),
     ((0, 1), "A 1 and Doe 2020, at least as strong as what is cited, found no clear effect"),
     ],
)  # fmt: skip
def test_evidence_that_goes_unmentioned(signs: tuple[int, ...], names: str) -> None:
    base = replace(FINDING, source=None, exposure="tin", outcome="pain", rank=3,
                   studies=frozenset({"s"}))  # fmt: skip
    rows = [
        replace(base, id=f"f{n}", work=f"s{n}", label="Doe 2020" if n == 0 else f"A {n}", sign=sign)
        for n, sign in enumerate(signs)
    ]
    found = one("KG122", CLAIM, WHOLE, *rows)
    assert names in found.message
    for change in (
        {"rank": 0},
        {"sign": -1},
        {"exposure": "zinc", "substance": "zinc", "exposure_kind": "dietary", "route": "oral"},
    ):
        changed: dict[str, Any] = dict(change)
        weaker = [replace(row, **changed) for row in rows]
        claim = replace(CLAIM, route="oral")
        assert open_(one("KG122", claim, WHOLE, *weaker)) == ("d1.searched",)
        searched = replace(WHOLE, searched="2026-01-01")
        assert told(one("KG122", claim, searched, *weaker)) == "clean"


@pytest.mark.parametrize(
    ("claim", "result"),
    [
        ({"relation": "treats"}, "hit"),
        ({"relation": "prevents"}, "hit"),
        ({"cues": ("cures",)}, "hit"),
        ({}, "clean"),
        ({"relation": "treats", "kind": "clinical-outcome"}, "clean"),
        ({"relation": "treats", "exposure_kind": "topical"}, "clean"),
    ],
)
def test_a_supplement_is_said_to_treat(claim: dict[str, Any], result: str) -> None:
    row = replace(CLAIM, **{"kind": "condition", **claim})
    found = one("KG136", row, replace(WHOLE, jurisdiction="eu"))
    assert found.result == result
    if result == "hit":
        assert found.message.endswith("treats or prevents a disease (jurisdiction eu).")
        assert found.severity.word == "severe"
        assert one("KG136", row, replace(WHOLE, jurisdiction="x")).severity.word == "mild"
    assert result == "clean" or open_(one("KG136", row, WHOLE)) == ("d1.jurisdiction",)


def test_what_an_uncited_claim_may_lack() -> None:
    bare = replace(CLAIM, cites=(), definitional=False)
    assert told(one("KG110", bare)) == '"it helps": no work is named for this (nothing is cited).'
    assert open_(one("KG110", replace(bare, definitional=None))) == ("c1.definitional",)
    assert open_(one("KG110", replace(bare, sigma=None))) == ("c1.sigma",)
    assert open_(one("KG110", replace(bare, cites=None))) == ("d1.references_parsed",)
    assert told(one("KG110", replace(bare, sigma=1))) == "clean"


# Pairs


def test_what_only_a_chain_carries_is_worded_as_shown() -> None:
    carried = replace(PAIR, direct=0, established=1, strongest="c1", claims=("c1", "c2"))
    shown = replace(CLAIM, cues=("proven",))
    other = replace(CLAIM, id="c2", cues=("may",))
    found = one("KG125", carried, shown, other)
    assert found.message == (
        "tin for pain: worded as shown, but no study tested it directly; it follows from several "
        "steps only."
    )
    assert [(r.subject, r.message) for r in found.related] == [("c1", "worded as shown here")]
    assert told(one("KG125", replace(carried, direct=1), shown)) == "clean"
    assert told(one("KG125", replace(carried, established=0), shown)) == "clean"
    assert told(one("KG125", carried, replace(shown, sigma=3), other)) == "clean"
    assert open_(one("KG125", carried, replace(shown, cues=()), other)) == ("c1.cues",)
    assert open_(one("KG125", carried, replace(shown, sigma=None), other)) == ("c1.sigma",)
    assert open_(one("KG125", replace(carried, direct=None), shown)) == ("p1.direct",)


@pytest.mark.parametrize(
    ("publishers", "templates", "end"),
    [
        (("a", "a"), ("x", "y"), '("A" and "B") come from one publisher.'),
        (("a", "b"), ("x", "x"), '("A" and "B") are made from one template.'),
        (("a", "b"), ("x", "y"), "clean"),
        (("a", None), ("x", "y"), "cannot_tell"),
    ],
)
def test_one_voice(publishers: Any, templates: Any, end: str) -> None:
    sources = [
        SourceFact(id, f'"{id[-1].upper()}"', publisher=publisher, template=template)
        for id, publisher, template in zip(("a", "b"), publishers, templates, strict=True)
    ]
    claims = [replace(CLAIM, id="c1", source="a"), replace(CLAIM, id="c2", source="b")]
    found = one("KG129", replace(PAIR, claims=("c1", "c2")), *sources, *claims)
    assert told(found).endswith(end)
    if found.result is Result.CANNOT_TELL:
        assert found.unknown == ("b.publisher",)


def test_a_claim_that_rests_on_itself() -> None:
    claims = replace(CLAIM, leans_on=("c2",)), replace(CLAIM, id="c2", leans_on=("c1",))
    found = one("KG129", PAIR, *claims, WHOLE, c1=("c2",))
    assert found.message == 'tin for pain: the claim rests, through others, on itself ("A page").'
    straight = replace(CLAIM, leans_on=("c2",)), replace(CLAIM, id="c2")
    assert told(one("KG129", PAIR, *straight, WHOLE, c1=("c2",))) == "not_applicable"


@pytest.mark.parametrize(
    ("sigma", "gap", "word", "severity"),
    [(2, 1, "as possible", "moderate"), (3, 2, "as probable", "moderate"),
     (4, 3, "as certain", "severe")],
)  # fmt: skip
def test_the_size_of_an_overclaim(sigma: int, gap: int, word: str, severity: str) -> None:
    pair = replace(PAIR, sigma=sigma, gap=gap, gap_best=1, established=1, as_described=2)
    found = one("KG128", replace(pair, strongest="c1"), CLAIM)
    assert found.message == (
        f"tin for pain: worded {word}, where the established level is very low; the gap is {gap} "
        "of 4 (1 of it would remain in the best case)."
    )
    assert found.severity.word == severity
    assert [(r.subject, r.message) for r in found.related] == [("c1", "the strongest wording")]
    assert found.remedy.endswith(
        'If the cited works can be identified, "tin may improve pain" would be justified.'
    )
    assert open_(one("KG128", replace(pair, gap=None))) == ("p1.gap",)
    assert told(one("KG128", replace(pair, gap=0))) == "clean"


@pytest.mark.parametrize(
    ("levels", "sigma", "end"),
    [
        ((0, 0, 1), 3, "3 arguments are put forward, 1 of them unbroken and none above very low;"),
        ((0, 0, 2), 4, "clean"),
        ((0, 0), 4, "not_applicable"),
        ((0, 0, 0), 2, "clean"),
        ((0, None, 0), 4, "cannot_tell"),
    ],
)
def test_many_weak_arguments(levels: Any, sigma: int, end: str) -> None:
    assert end in told(one("KG137", replace(PAIR, levels=levels, sigma=sigma)))


@pytest.mark.parametrize("field", ["exposure", "outcome", "system"])
def test_what_a_work_lacks_to_be_the_study_of_a_headline(field: str) -> None:
    pair = replace(PAIR, sigma=4, outcome_family=frozenset({"pain"}))
    said = replace(CLAIM, role="headline")
    tested = replace(FINDING, exposure="tin", outcome="pain")
    assert told(one("KG140", pair, said, WHOLE, tested)) == "clean"
    unknown: dict[str, Any] = {field: None}
    assert open_(one("KG140", pair, said, WHOLE, replace(tested, **unknown))) == (f"w1.{field}",)
    elsewhere = replace(tested, exposure="zinc")
    found = one("KG140", pair, said, WHOLE, elsewhere, replace(elsewhere, id="f2"))
    assert found.message == "tin for pain: none of the 1 works cited tested this in people."
    part = replace(WHOLE, coverage="partial")
    assert open_(one("KG140", pair, said, part, elsewhere)) == ("d1.coverage",)
    assert open_(one("KG140", replace(pair, sigma=None), said, WHOLE, elsewhere)) == ("p1.sigma",)


def test_what_a_share_lacks() -> None:
    claim = replace(CLAIM, value=20.0, unit="percent", baseline="x", cites=("w1",))
    assert open_(one("KG138", claim, WORK)) == ("w1.values",)
    assert open_(one("KG138", replace(claim, cites=()), WORK)) == ("c1.cites",)
    bare = replace(claim, baseline=None)
    assert open_(one("KG138", bare, replace(WORK, values=(20.0,)))) == ("c1.baseline",)
    assert open_(one("KG138", claim, replace(WORK, status="not-looked-up"))) == ("w1.status",)
    assert told(one("KG138", claim, replace(WORK, values=(20.0,)))) == "clean"


def test_what_a_prevalence_lacks() -> None:
    claim = replace(CLAIM, relation="has-prevalence", exposure_kind="deficiency", quantity="half")
    counted = replace(FINDING, indicator="intake")
    found = one("KG134", claim, counted, lean=("f1",))
    assert found.message == '"it helps": what was counted is low intake, not deficiency (Doe 2020).'
    assert found.remedy.startswith("Half take in less than is recommended, n = [number];")
    assert open_(one("KG134", claim, FINDING, lean=("f1",))) == ("w1.indicator",)
    unsaid = replace(claim, exposure_kind=None)
    assert open_(one("KG134", unsaid, counted, lean=("f1",))) == ("c1.exposure_kind",)
