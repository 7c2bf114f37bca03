"""Laws of every detector, on facts and on whole bases that are drawn at random."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import model
from kg.api.grades import check_base, grade_all
from kg.model import Diagnostic, EvidenceBase, PairGrade, Result
from kg.model.source_part import extract_source_part
from kg.weaklinks import DETECTORS, FactBase, detect
from kg.weaklinks import facts as row
from kg.weaklinks.detector import merge_names
from kg.weaklinks.settings import load_settings
from tests.properties import small
from tests.properties.small import FEW
from tests.support import strategies
from tests.support.strategies import sets

TABLES = ("claims", "findings", "citations", "sources", "chains", "pairs", "premises")
AFTER = {
    Result.HIT: {Result.HIT, Result.CANNOT_TELL},
    Result.CLEAN: {Result.CLEAN, Result.CANNOT_TELL},
    Result.CANNOT_TELL: {Result.CANNOT_TELL},
    Result.NOT_APPLICABLE: {Result.NOT_APPLICABLE, Result.CLEAN, Result.CANNOT_TELL},
}
"""What a result may become when somebody forgets a fact."""


# Facts, field by field


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly something: where all is unknown, nothing holds."""
    return st.one_of(strategy, strategy, strategy, st.none())


def of(words: Any) -> st.SearchStrategy[Any]:
    """One of some words as plain text, or nothing known."""
    return maybe(st.sampled_from([str(word) for word in words]))


def known(names: str) -> st.SearchStrategy[Any]:
    """A set of names."""
    return st.frozensets(st.sampled_from(names.split()))


def cues() -> st.SearchStrategy[Any]:
    """Words that the detectors look for."""
    return sets(
        st.sampled_from(sorted(w for words in load_settings()["words"].values() for w in words))
    )


NUMBER = st.sampled_from((0.0, 0.6, 0.9, 1.0, 1.2, 20.0, 200.0))
COUNT = maybe(st.sampled_from((0, 1, 49, 50, 99, 100, 500)))
DOSES = ((1.0, 1.0, "mg"), (2.0, 4.0, "mg"), (9.0, 9.0, "mg"), (1.0, 1.0, "g"))
DOSE = maybe(st.sampled_from(DOSES))
SIGN = maybe(st.sampled_from((-1, 0, 1)))
PLACE = st.sampled_from(("d1", "d2"))
EXPOSURE, OUTCOME = "x1 x2", "o1 o2"
KIND = of(("clinical-outcome", "condition", "adverse-event", "biomarker", "mechanism", "property"))
ROLE = of(
    ("headline", "conclusion", "study-report", "mechanism", "safety", "gap-admission", "background")
)
RELATION = of(
    (
        "improves",
        "decreases",
        "treats",
        "associated-with-more",
        "no-effect-on",
        "synergy-on",
        "has-prevalence",
        "has-dose",
    )
)
DESIGN = of(
    (
        "randomised",
        "randomised-factorial",
        "cohort",
        "before-after",
        "case-report",
        "opinion",
        "synthesis-of-randomised",
        "unstated",
    )
)
EXPOSED = {
    "exposure": of(EXPOSURE.split()),
    "exposure_kind": of(("supplementation", "deficiency", "topical", "in_vitro", "entity")),
    "substance": of(("zinc", "tin")),
    "form": of(("salt", "acid", "unstated")),
    "route": of(("oral", "topical", "none", "unstated")),
}
WHO = {"population": of(("old", "young")), "outcome": of(OUTCOME.split()), "sign": SIGN}
COLUMNS: dict[type, dict[str, st.SearchStrategy[Any]]] = {
    row.ClaimFact: {
        **EXPOSED,
        **WHO,
        "source": PLACE,
        "line": st.integers(1, 3),
        "text": st.just('"it helps"'),
        "relation": RELATION,
        "kind": KIND,
        "sigma": maybe(st.integers(0, 4)),
        "cues": cues(),
        "role": ROLE,
        "presented": of(("theory", "clinical")),
        "discloses": st.sampled_from((None, None, "in-vitro", "animal")),
        "quantity": of(("20 %",)),
        "value": maybe(NUMBER),
        "cites": maybe(sets(st.sampled_from(("w1", "w2", "gone")))),
        "leans_on": sets(st.sampled_from(("c1", "c2", "c3", "gone"))),
        "exposure_family": known(EXPOSURE),
        "outcome_family": known(OUTCOME),
        "conditions": maybe(known("gout flu")),
        "unit": of(("percent", "mg")),
        "baseline": of(("unstated", "the start")),
        "dose": DOSE,
        "limit": maybe(NUMBER),
        "horizon": maybe(NUMBER),
        "together": sets(st.sampled_from(("zinc", "tin"))),
        **dict.fromkeys(
            ("about_people", "only_deficient", "credits_form", "definitional", "benefit"),
            maybe(st.booleans()),
        ),
    },
    row.FindingFact: {
        **EXPOSED,
        **WHO,
        "work": st.sampled_from(("w1", "w2")),
        "source": maybe(PLACE),
        "link": st.sampled_from(("l1", "l2")),
        "system": of(model.System),
        "design": DESIGN,
        "kind": KIND,
        "accepted": maybe(st.sampled_from((frozenset(), frozenset({"o1"})))),
        "condition": of(("gout", "flu")),
        "n": COUNT,
        "events": COUNT,
        "mid": maybe(NUMBER),
        "dose": DOSE,
        "weeks": maybe(NUMBER),
        "studies": maybe(known("s1 s2 s3")),
        "prespecified": maybe(st.booleans()),
        "indicator": of(("intake", "blood")),
        "recorded": st.booleans(),
        "rank": maybe(st.integers(0, 3)),
    },
    row.CitationFact: {
        "source": PLACE,
        "kind": of(model.CitationKind),
        "status": of(model.Identification),
        "journal": of(("Skin", "The Skin", "Gut")),
        "year": maybe(st.integers(2020, 2022)),
        "record": of(("a page",)),
        "matches": maybe(sets(st.sampled_from(("r1", "w2")))),
        "values": maybe(sets(NUMBER)),
        "publication": of(model.Status),
        "record_design": DESIGN,
        **dict.fromkeys(
            ("seller_funded", "labelled", "told_as_study", "findings_complete"),
            maybe(st.booleans()),
        ),
    },
    row.SourceFact: {
        "coverage": of(("complete", "partial")),
        "references_parsed": maybe(st.booleans()),
        "sells": maybe(sets(st.sampled_from(("x1", "zinc")))),
        "seller_links": maybe(st.booleans()),
        "publisher": of(("a press", "another")),
        "template": of(("plain", "other")),
        "searched": of(("2026-01-01",)),
        "jurisdiction": of(("eu", "elsewhere")),
    },
    row.StepFact: {
        "subject": st.sampled_from(("m1", "m2")),
        "object": st.sampled_from(("m1", "m2")),
        "subject_label": st.just("this"),
        "object_label": st.just("that"),
        "sign": maybe(st.sampled_from((-1, 1))),
        "implicit": st.booleans(),
        "same": maybe(st.booleans()),
        "bridge": st.booleans(),
    },
    row.LinkFact: {
        "id": st.sampled_from(("l1", "l2")),
        "label": st.just('"this raises that"'),
        "level": maybe(st.integers(0, 4)),
        "status": st.sampled_from(("cited", "uncited", "bridge", "contested", "implicit")),
        "claims": sets(st.sampled_from(("c1", "c2"))),
    },
}
COLUMNS[row.ChainFact] = {
    "source": PLACE,
    "outcome": st.sampled_from(OUTCOME.split()),
    "good": maybe(st.sampled_from((-1, 1))),
    "claimed": maybe(st.booleans()),
    "steps": st.lists(st.builds(row.StepFact, **COLUMNS[row.StepFact]), max_size=3).map(tuple),
}
COLUMNS[row.PairFact] = {
    "source": PLACE,
    "exposure": EXPOSED["exposure"],
    "outcome": WHO["outcome"],
    "sense": st.sampled_from(model.Sense).map(str),
    **dict.fromkeys(("sigma", "gap", "gap_best"), maybe(st.integers(0, 4))),
    **dict.fromkeys(("established", "as_described", "direct"), maybe(st.integers(0, 4))),
    "claims": sets(st.sampled_from(("c1", "c2"))),
    "strongest": of(("c1", "c2", "gone")),
    "witness": maybe(
        st.lists(st.builds(row.LinkFact, **COLUMNS[row.LinkFact]), max_size=3).map(tuple)
    ),
    "breaks_at": of(("l1", "l2")),
    "outcome_family": known(OUTCOME),
    "levels": maybe(st.lists(maybe(st.integers(0, 4)), max_size=4).map(tuple)),
    "clinical": st.booleans(),
}
KINDS = dict(
    zip(
        TABLES,
        (row.ClaimFact, row.FindingFact, row.CitationFact, row.SourceFact, row.ChainFact,
         row.PairFact, row.FindingFact),
        strict=True,
    )
)  # fmt: skip
IDS = ("c1 c2 c3", "f1 f2 f3 f4", "w1 w2 r1", "d1 d2", "k1", "p1", "c3")
RESULTS = [
    {"measure": "RR", "ci_low": low, "ci_high": high, "p_value": p}
    for low, high, p in ((0.5, 0.8, 0.01), (0.5, 1.4, 0.5), (0.9, 1.1, 0.5), (1.2, 2.0, 0.01))
] + [{"measure": "MD", "ci_low": -1.0, "ci_high": 2.0, "p_value": 0.5}]
"""What came out; p and the interval agree, because either is taken for both."""


@st.composite
def facts(draw: st.DrawFn) -> FactBase:
    """A few rows of each kind, in which anything may be unknown."""
    tables: dict[str, Any] = {}
    for ids, (name, kind) in zip(IDS, KINDS.items(), strict=True):
        drawn = [draw(st.builds(kind, id=st.just(id), **COLUMNS[kind])) for id in ids.split()]
        tables[name] = tuple(drawn[: draw(st.integers(1, len(drawn)))])
    tables["findings"] = tuple(
        replace(f, **draw(st.sampled_from(RESULTS))) for f in tables["findings"]
    )
    tables["premises"] = tuple(
        replace(p, work=p.id, source="d1", recorded=False) for p in tables["premises"]
    )
    claims = [c.id for c in tables["claims"]]
    support = [f.id for name in ("findings", "premises") for f in tables[name]]
    direct = {c.id: {*c.leans_on} & {*claims} for c in tables["claims"]}
    return FactBase(
        **tables,
        supporting_findings={id: draw(sets(st.sampled_from(support))) for id in claims},
        premise_claims={id: tuple(sorted(_behind(id, direct) - {id})) for id in claims},
        headline_links=draw(known("c1 c2")),
    )


def _behind(start: str, direct: dict[str, set[str]]) -> set[str]:
    found, todo = set(), [start]
    while todo:
        if (id := todo.pop()) not in found:
            found.add(id)
            todo += direct[id]
    return found


def results(code: str, given: FactBase) -> dict[str, Result]:
    return {d.subject: d.result for d in DETECTORS[code].find_diagnostics(given)}


def forgetting(code: str, given: FactBase) -> Iterator[tuple[str, FactBase]]:
    """The facts with one of those that a detector needs unknown, in every way there is."""
    for need in DETECTORS[code].needs:
        kind, _, field = need.partition(".")
        holders = {"finding": ("findings", "premises"), "link": ("pairs",), "step": ("chains",)}
        for table in holders.get(kind, (f"{kind}s",)):
            rows = getattr(given, table)
            for at, one in enumerate(rows):
                for less in _less(one, kind, field):
                    changed: dict[str, Any] = {table: (*rows[:at], less, *rows[at + 1 :])}
                    yield f"{one.id} without {need}", replace(given, **changed)


def _less(one: Any, kind: str, field: str) -> Iterator[Any]:
    inner = {"link": "witness", "step": "steps"}.get(kind)
    if inner is None:
        if getattr(one, field) is not None and getattr(type(one)("id"), field) is None:
            yield replace(one, **{field: None})
        return
    parts = getattr(one, inner) or ()
    for at, part in enumerate(parts):
        less = replace(part, **{field: None})
        yield replace(one, **{inner: (*parts[:at], less, *parts[at + 1 :])})


@pytest.mark.slow
@given(facts())
def test_forgetting_a_fact_opens_a_result_and_never_turns_it(given: FactBase) -> None:
    """Strong Kleene logic: what holds whatever the unknown may be goes on holding."""
    for code in DETECTORS:
        before = results(code, given)
        for what, less in forgetting(code, given):
            after = results(code, less)
            assert after.keys() == before.keys()
            for id, result in before.items():
                assert after[id] in AFTER[result], (code, id, what)


@pytest.mark.slow
@given(facts())
def test_every_answer_has_what_its_reader_needs(given: FactBase) -> None:
    found = detect(given, results=Result)
    assert found == detect(given, results=Result)
    for d in found:
        assert bool(d.unknown) == (d.result is Result.CANNOT_TELL), d
        assert list(d.unknown) == sorted(set(d.unknown)), d
        hit = d.result is Result.HIT
        assert bool(d.remedy) == hit == bool(d.severity), d
        assert d.message.endswith("."), d
        assert "None" not in d.message + d.remedy, d


def test_unknown_facts_are_named_in_one_order() -> None:
    assert merge_names([("b.x", "a.y"), ("a.y",)]) == ("a.y", "b.x")


# Whole bases


def graded(base: EvidenceBase) -> tuple[PairGrade, ...]:
    return tuple(pair for grade in grade_all(base) for pair in grade.pairs)


def found(base: EvidenceBase) -> tuple[Diagnostic, ...]:
    return detect(FactBase.extract(base, graded(base)), results=Result)


def any_base() -> st.SearchStrategy[EvidenceBase]:
    return strategies.bases() | small.bases()


@pytest.mark.slow
@FEW
@given(any_base())
def test_every_result_names_something_of_the_base_and_where_it_stands(base: EvidenceBase) -> None:
    pairs = {pair.id: pair for pair in graded(base)}
    results = found(base)
    assert results == found(base)
    for d in results:
        over = DETECTORS[d.code].over
        if over == "pairs":
            said = [base.claim[c] for c in pairs[d.subject].wording.claims]
            assert d.location in {None, *(c.location for c in said)}
        else:
            assert d.location == getattr(base, TABLE[over])[d.subject].location
        for related in d.related:
            things = [t[related.subject] for t in named(base) if related.subject in t]
            assert related.location in [thing.location for thing in things]
        assert d.source in base.source or not d.source


TABLE = {"claims": "claim", "citations": "citation", "sources": "source", "chains": "chain"}


def named(base: EvidenceBase) -> tuple[Any, ...]:
    return (base.claim, base.citation, base.study, base.chain, base.source)


@pytest.mark.slow
@pytest.mark.law("P12")
@FEW
@given(any_base(), st.randoms(use_true_random=False))
def test_files_in_another_order_give_the_same_results_places_and_all(
    base: EvidenceBase, random: Random
) -> None:
    assert found(strategies.shuffled(base, random)) == found(base)


@pytest.mark.slow
@pytest.mark.law("P13", "no-repetition")
@FEW
@given(any_base())
def test_the_flags_of_a_source_are_those_that_it_has_alone(base: EvidenceBase) -> None:
    """Whatever other sources say, cite or argue."""
    across = {code for code, detector in DETECTORS.iterate_working() if detector.across_sources}
    together = [d for d in check_base(base) if d.code not in across]
    sources = {claim.source for claim in base.claims} | {c.source for c in base.citations}
    for source in sorted(sources | {chain.source for chain in base.chains}):
        alone = check_base(extract_source_part(base, source))
        assert [d for d in alone if d.code not in across] == [
            d for d in together if d.source == source
        ]


@pytest.mark.slow
@given(any_base())
def test_a_claim_that_is_repeated_changes_no_result_on_the_others(base: EvidenceBase) -> None:
    twins = tuple(replace(c, id=f"{c.id}--twin") for c in base.claims)
    wider = replace(base, claims=(*base.claims, *twins))
    before = {(d.code, d.subject): d.result for d in found(base)}
    after = {(d.code, d.subject): d.result for d in found(wider)}
    assert before.items() <= after.items()


@pytest.mark.slow
@FEW
@given(any_base())
def test_a_study_that_is_reported_twice_changes_no_result(base: EvidenceBase) -> None:
    twins = tuple(
        replace(
            s,
            id=f"{s.id}--twin",
            reports=(s.id,),
            findings=tuple(replace(f, id=f"{f.id}--twin") for f in s.findings),
        )
        for s in base.studies
    )
    wider = replace(base, studies=(*base.studies, *twins))
    before = {(d.code, d.subject): d.result for d in found(base)}
    after = {(d.code, d.subject): d.result for d in found(wider)}
    assert before == after
