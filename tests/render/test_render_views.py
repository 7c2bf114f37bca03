"""Views of the worked example: every form, against golden files and by what must hold in all."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from kg.grading.conclusion import NULL_FLAG, conclude
from kg.model import (
    EffectDirection,
    EvidenceBase,
    Level,
    OutcomeGrade,
    PairGrade,
    Reading,
    Readings,
    Sense,
)
from kg.render import GRADE_RENDERERS, SUMMARY_RENDERERS, RenderOptions, phrasing
from kg.render.document import Document, RowTable
from kg.render.grade import explain
from kg.render.writers import WRITERS, write_document
from tests.support import fixtures
from tests.support.golden import assert_golden

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden" / "text"
BASE = fixtures.base()
GRADE = fixtures.grade()
ODD = "\x1b[31mred\x1b[0m\u202e|*_<b>`\n=1+1"


def schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "ontology/outcome-grade.schema.json").read_text())
    return found


GOLDENS = {
    "grade.txt": ("text", RenderOptions()),
    "grade-best-case.txt": ("text", RenderOptions(reading="best_case", width=80)),
    "grade-colour.txt": ("text", RenderOptions(colour=True)),
    "grade.json": ("json", RenderOptions()),
    "grade.md": ("markdown", RenderOptions()),
    "grade.csv": ("csv", RenderOptions()),
}


@pytest.mark.parametrize("name", GOLDENS)
def test_the_worked_example_looks_as_it_did(name: str) -> None:
    form, options = GOLDENS[name]
    assert_golden(GOLDEN / name, GRADE_RENDERERS[form](GRADE, BASE, options))


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_the_derivation_looks_as_it_did(form: str) -> None:
    tree = explain.build_tree(GRADE.pairs[0].chains[2], GRADE.pairs, BASE)
    text = explain.EXPLANATION_RENDERERS[form](tree, RenderOptions())
    assert_golden(GOLDEN / f"explain.{form}", text)


@pytest.mark.parametrize("name", GRADE_RENDERERS)
def test_every_renderer_works_and_is_of_this_package(name: str) -> None:
    assert GRADE_RENDERERS.find_target(name).startswith("kg.render.")
    text = GRADE_RENDERERS[name](GRADE, BASE, RenderOptions())
    assert text.endswith("\n")
    assert text == GRADE_RENDERERS[name](GRADE, BASE, RenderOptions())


@pytest.mark.parametrize("name", SUMMARY_RENDERERS)
def test_every_summary_works(name: str) -> None:
    assert SUMMARY_RENDERERS.find_target(name).startswith("kg.render.")
    assert "magnesium-glycinate" in SUMMARY_RENDERERS[name](
        (GRADE,), BASE, RenderOptions()
    ).replace(" ", "-")
    assert SUMMARY_RENDERERS[name]((), BASE, RenderOptions()).endswith("\n") or name == "markdown"


def test_one_screen_says_it_all() -> None:
    text = GRADE_RENDERERS["text"](GRADE, BASE, RenderOptions())
    lines = text.splitlines()
    assert len(lines) <= 45
    assert max(map(len, lines)) <= 100
    order = ["VERDICT", "WHY", "CERTAINTY", "WORDING", "GAP", "DIRECT", "CHAINS", "AGAINST"]
    order += ["HARM", "FLAGS", "TO RAISE", "REWRITE"]
    places = [next(n for n, line in enumerate(lines) if line.startswith(o)) for o in order]
    assert places == sorted(places)
    assert "The argument breaks at " in text
    assert "0 of 8 works cited in this source measured acne scars" in text
    assert "established none; as described none; best case very low" in text
    assert "3 of which no source can close" in text
    assert "GRADE was not validated for single works" in text
    assert "profile grade 1.0" in text


def test_the_break_is_marked_with_its_reason_once_in_each_chain() -> None:
    for chain in GRADE.pairs[0].chains:
        legs = phrasing.list_chain_steps(chain, "acne-scars", BASE, Reading.ESTABLISHED)
        assert sum(leg.mark == "break" for leg in legs) == 1
    marks = {
        chain.id: next(
            leg.reason
            for leg in phrasing.list_chain_steps(chain, "acne-scars", BASE, Reading.ESTABLISHED)
            if leg.mark == "break"
        )
        for chain in GRADE.pairs[0].chains
    }
    assert marks["as1"] == "deficiency is not dose"
    assert marks["as3"] == "blood is not skin"


def test_a_sign_is_carried_along_the_chain() -> None:
    as1, as4 = GRADE.pairs[0].chains[0], GRADE.pairs[0].counter_chains[0]
    ends = [
        phrasing.list_chain_steps(c, "acne-scars", BASE, Reading.ESTABLISHED)[-1].node
        for c in (as1, as4)
    ]
    assert ends == ["atrophic acne scars down", "hypertrophic acne scars up"]


def test_the_json_follows_its_schema() -> None:
    validator = jsonschema.Draft202012Validator(schema())
    validator.check_schema(schema())
    one = json.loads(GRADE_RENDERERS["json"](GRADE, BASE, RenderOptions()))
    validator.validate(one)
    validator.validate(json.loads(SUMMARY_RENDERERS["json"]((GRADE, GRADE), BASE, RenderOptions())))
    assert not validator.is_valid({**one, "schema_version": "kg.outcome-grade/2"})
    one["pairs"][0]["certainty"]["established"] = 0
    assert not validator.is_valid(one), "a bare number must not pass for a level"


def test_the_json_has_the_structure_that_was_promised() -> None:
    one = json.loads(GRADE_RENDERERS["json"](GRADE, BASE, RenderOptions()))
    assert one["outcome"]["iri"] == "https://w3id.org/evidence-kg/entity/acne-scars"
    pair = one["pairs"][0]
    assert pair["certainty"] == {
        "established": "none", "as_described": "none", "best_case": "very_low"
    }  # fmt: skip
    assert (pair["sense"], pair["verdict"], pair["gap"], pair["gap_best"], pair["severity"]) == (
        "benefit", "unsupported", 4, 3, "severe"
    )  # fmt: skip
    assert {c["id"]: c["counter"] for c in pair["chains"]} == {
        "as1": False, "as2": False, "as3": False, "as7": False, "as4": True
    }  # fmt: skip
    assert pair["chains"][0]["ceiling"] == "low"
    assert pair["chains"][0]["links"][0]["reasons"]["established"]
    assert pair["repair"]["established"][-1] == {"level": "high", "size": None, "links": None}
    assert one["diagnostics"][0]["location"]["line"] == 26
    assert one["base"]["profile"] == "grade"


def test_the_csv_has_one_row_for_each_pair() -> None:
    rows = list(csv.DictReader(io.StringIO(GRADE_RENDERERS["csv"](GRADE, BASE, RenderOptions()))))
    assert [(r["exposure"], r["sense"]) for r in rows] == [
        (p.exposure, p.sense.value) for p in GRADE.pairs
    ]
    assert rows[0]["best_case"] == "very low"


def _odd_base() -> EvidenceBase:
    return replace(BASE, entities=tuple(replace(e, label=ODD) for e in BASE.entities))


@pytest.mark.parametrize("name", ["text", "markdown", "csv"])
def test_odd_labels_stay_labels(name: str) -> None:
    text = GRADE_RENDERERS[name](
        replace(GRADE, pairs=(_odd(GRADE.pairs[0]),)), _odd_base(), RenderOptions()
    )
    assert "\x1b" not in text
    assert "\u202e" not in text
    if name == "csv":
        assert next(csv.DictReader(io.StringIO(text)))["rewrite"].startswith("'=")
    if name == "markdown":
        assert "<b>" not in text.replace("\\<b\\>", "")


def _odd(pair: PairGrade) -> PairGrade:
    return replace(pair, rewrite="=1+1")


@pytest.mark.parametrize("name", ["text", "json", "markdown", "csv"])
def test_an_outcome_that_nobody_speaks_of(name: str) -> None:
    empty: OutcomeGrade = replace(GRADE, pairs=(), diagnostics=())
    text = GRADE_RENDERERS[name](empty, replace(BASE, claims=()), RenderOptions())
    assert "Traceback" not in text
    if name in ("text", "markdown"):
        assert "o source here argues about" in text


@pytest.mark.parametrize(
    ("levels", "against", "said"),
    [
        ((Level.LOW, Level.LOW, Level.LOW), Level.NONE, "May improve acne scars (low"),
        ((Level.NONE, Level.NONE, Level.NONE), Level.HIGH, "Worsens acne scars (high"),
        ((Level.LOW, Level.LOW, Level.LOW), Level.LOW, "Contested: low certainty that it improves"),
        (
            (Level.VERY_LOW,) * 3,
            Level.VERY_LOW,
            "Very uncertain whether it improves acne scars (in",
        ),
    ],
)
def test_other_verdicts(levels: tuple[Level, Level, Level], against: Level, said: str) -> None:
    pair = replace(
        GRADE.pairs[0],
        conclusion=conclude(EffectDirection.IMPROVES, levels[0], against),
        by_origin=(),
        refuted_by=against,
        certainty=Readings(
            *(
                replace(c, level=level)
                for c, level in zip(GRADE.pairs[0].certainty, levels, strict=True)
            )
        ),
    )
    text = GRADE_RENDERERS["text"](replace(GRADE, pairs=(pair,)), BASE, RenderOptions())
    assert said in text
    assert "argument breaks" not in text


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_both_kinds_of_evidence_are_shown_only_where_they_differ(form: str) -> None:
    (cited, literature), pair = GRADE.pairs[0].by_origin, GRADE.pairs[0]
    alike = replace(pair, by_origin=(cited, replace(cited, evidence="literature", works=9)))
    assert literature.conclusion != cited.conclusion
    for shown, told in ((pair, True), (alike, False)):
        text = GRADE_RENDERERS[form](replace(GRADE, pairs=(shown,)), BASE, RenderOptions())
        assert ("cited works alone, 0 works" in text) is told
        assert ("literature alone, 1 work: may make little or no difference (low" in text) is told


def test_a_refutation_says_how_sure_it_is_and_whether_it_is_a_null() -> None:
    refuted, null = (
        replace(
            GRADE.pairs[0],
            conclusion=conclude(EffectDirection.IMPROVES, Level.NONE, Level.MODERATE, flags),
            refuted_by=Level.MODERATE,
            by_origin=(),
            flags=flags,
        )
        for flags in ((), (NULL_FLAG,))
    )
    page = GRADE_RENDERERS["text"](replace(GRADE, pairs=(null,)), BASE, RenderOptions())
    assert "Probably makes little or no difference to acne scars (moderate certainty)" in page
    assert "against it moderate" in page
    assert "little or no difference" not in GRADE_RENDERERS["text"](
        replace(GRADE, pairs=(refuted,)), BASE, RenderOptions()
    )


def test_the_headline_is_the_benefit_with_the_largest_gap() -> None:
    shuffled = replace(GRADE, pairs=tuple(reversed(GRADE.pairs)))
    chosen = phrasing.choose_headline(shuffled)
    assert chosen is not None
    assert (chosen.exposure, chosen.sense) == (fixtures.PRODUCT, Sense.BENEFIT)
    other = phrasing.choose_headline(GRADE, "magnesium-deficiency")
    assert other is not None
    assert other.exposure == "magnesium-deficiency"


ZINC = RowTable(("id",), [("zinc",)])


def test_every_form_of_a_list_is_of_this_package_and_works() -> None:
    from kg.render.findings import diagnostics

    for name in explain.EXPLANATION_RENDERERS:
        assert explain.EXPLANATION_RENDERERS.find_target(name).startswith("kg.render.")
    for name in diagnostics.DIAGNOSTICS_RENDERERS:
        assert diagnostics.DIAGNOSTICS_RENDERERS.find_target(name).startswith("kg.render.")
        text = diagnostics.DIAGNOSTICS_RENDERERS[name](
            GRADE.diagnostics, diagnostics.DiagnosticsOptions(base=BASE)
        )
        assert "KG104" in text
    for name in WRITERS:
        assert WRITERS.find_target(name).startswith("kg.render.")
        document = Document("Elements", table=ZINC, screen=(ZINC.build_block(),))
        assert "zinc" in write_document(document, name)


def test_what_cannot_be_told_is_counted_and_never_called_clean() -> None:
    from kg.render.findings.diagnostics import DiagnosticsOptions, render_text

    open_only = tuple(d for d in GRADE.diagnostics if d.code == "KG117")
    assert render_text(open_only, DiagnosticsOptions()) == "1 cannot be told (--all lists them)\n"
    assert "missing: f1.dose" in render_text(open_only, DiagnosticsOptions(include_unknown=True))
    assert render_text((), DiagnosticsOptions()) == "clean\n"


def test_the_profile_names_the_domains_of_each_body_of_evidence() -> None:
    from kg.model import Reason

    pair = GRADE.pairs[0]
    chain = pair.chains[2]
    trail = (
        Reason("4", "randomised: starts high", 4),
        Reason("5", "risk of bias: not assessable", -1),
        Reason("5", "indirectness: form 0.5"),
    )
    rating = fixtures.rating(Level.LOW, *trail, works=("cit-1",))
    link = replace(chain.links[0], ratings=Readings.compute(lambda _: rating))
    shown = replace(pair, chains=(replace(chain, links=(link, *chain.links[1:])),))
    text = GRADE_RENDERERS["markdown"](replace(GRADE, pairs=(shown,)), BASE, RenderOptions())
    row = next(line for line in text.splitlines() if "inflammatory markers | established" in line)
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[2:] == [
        "cit-1", "randomised: starts high", "not assessable (-1)", "", "form 0.5", "", "", "low"
    ]  # fmt: skip


def test_a_chain_that_only_the_search_found_says_so() -> None:
    pair = replace(GRADE.pairs[0], chains=(replace(GRADE.pairs[0].chains[0], found=True),))
    text = GRADE_RENDERERS["text"](replace(GRADE, pairs=(pair,)), BASE, RenderOptions())
    assert "(found by search)" in text
    assert "(found by search)" not in GRADE_RENDERERS["text"](GRADE, BASE, RenderOptions())


def test_support_that_is_outweighed_is_not_called_missing() -> None:
    chain = GRADE.pairs[0].chains[2]
    pro = fixtures.rating(Level.VERY_LOW)
    for refute, said in (
        (Level.VERY_LOW, "evidence both ways"),
        (Level.LOW, "evidence against it"),
    ):
        rating = replace(pro, refute=refute)
        link = replace(
            chain.links[0],
            ratings=Readings(rating, rating, rating),
            effective=Readings(Level.NONE, Level.NONE, Level.NONE),
        )
        assert phrasing.explain_weakness(link) == said
        shown = explain.render_text(
            explain.build_tree(replace(chain, links=(link,)), (), BASE), RenderOptions()
        )
        assert f"established refutation is {refute.word}" in shown


def test_an_exposure_that_no_pair_has_hides_no_pair() -> None:
    for exposure in (None, "", "a label"):
        assert phrasing.choose_headline(GRADE, exposure) is GRADE.pairs[0]
