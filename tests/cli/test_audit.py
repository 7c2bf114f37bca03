"""The citation audit: each heuristic, each verdict, what ships, every form of the answer."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from kg import api, model
from kg.api.audits import audit_base
from kg.literature import audit_citations
from kg.literature.dates import estimate_year, measure_year_error
from kg.literature.identifiers import check_doi_placeholder
from kg.literature.settings import load_audit_settings
from kg.model import AuditVerdict, CitationKind, EvidenceBase, Identification
from kg.model.audit import AuditEntry, CitationAudit, LookUp, LookUpQuery, Notice, WorkRecord
from kg.queries import find_saved_query
from tests.support.cli import kg
from tests.support.shipped import open_shipped_store

ROOT = Path(__file__).resolve().parents[2]
CASES = Path(__file__).parents[1] / "cases" / "audit"
HEURISTICS = yaml.safe_load((CASES / "heuristics.yaml").read_text(encoding="utf-8"))
VERDICTS = yaml.safe_load((CASES / "verdicts.yaml").read_text(encoding="utf-8"))


def _study(id: str, exposure: str | None, **fields: Any) -> model.Study:
    finding = model.Finding(f"{id}.f", exposure or "", "rash", model.Direction.DECREASE)
    given = {
        "title": "A trial of zinc in rash",
        "year": 2021,
        "design": model.Design.RANDOMISED,
        "system": model.System.HUMAN,
        "authors": "Smith B, Jones C",
        "verified": True,
        **fields,
    }
    return model.Study(id, findings=(finding,) if exposure else (), **given)


def _exposure(id: str, substance: str, route: model.Route) -> model.Exposure:
    return model.Exposure(id, id, substance, model.ExposureKind.SUPPLEMENTATION, route)


@cache
def around() -> EvidenceBase:
    """A made-up base around one citation."""
    substances = [
        model.Entity(id, id.title(), model.EntityKind.SUBSTANCE) for id in ("copper", "zinc")
    ]
    rash = model.Entity("rash", "Rash", model.EntityKind.CLINICAL_OUTCOME)
    proposition = model.Proposition("zinc-oral", model.Predicate.IMPROVES, "rash")
    journals = {"journal": "Nutrients"}
    return EvidenceBase(
        entities=(*substances, rash),
        exposures=(
            _exposure("copper-oral", "copper", model.Route.ORAL),
            _exposure("zinc-cream", "zinc", model.Route.TOPICAL),
            _exposure("zinc-oral", "zinc", model.Route.ORAL),
        ),
        sources=(model.Source("s", "S", references_parsed=True),),
        claims=(
            model.Claim("head", "s", 1, model.Role.HEADLINE, proposition, model.Tier.PLAIN),
            model.Claim(
                *("cites", "s", 3, model.Role.STUDY_REPORT, proposition, model.Tier.PLAIN),
                citations=("case",),
            ),
        ),
        citations=(
            model.Citation(
                *("listed", "s", CitationKind.REFERENCE_LIST, 2, Identification.NOT_LOOKED_UP),
                journal="Skin Letters",
                year=2020,
                pmid="31077089",
            ),
        ),
        studies=(
            _study("copper", "copper-oral", title="A trial of copper"),
            _study("cream", "zinc-cream", system=model.System.ANIMAL),
            _study("n1", None, doi="10.3390/nu1", **journals),
            _study("n2", None, doi="10.3390/nu2", **journals),
            _study("review", "zinc-oral", design=model.Design.NARRATIVE_REVIEW),
            _study("trial", "zinc-oral"),
            _study("withdrawn", "zinc-oral", status=model.Status.RETRACTED),
        ),
    )


def audited(case: dict[str, Any], status: str = "not-looked-up") -> AuditEntry:
    """The entry of the citation of a case."""
    fields = dict(case["citation"])
    if design := fields.pop("described", None):
        fields["described"] = model.Described(design=model.Design(design))
    fields["matches"] = tuple(fields.get("matches", ()))
    kind = CitationKind(case.get("kind", "in-text"))
    citation = model.Citation("case", "s", kind, 3, Identification(status), **fields)
    base = around()
    source = replace(base.sources[0], references_parsed=case.get("parsed", True))
    also = [
        model.Citation("also", "s", kind, 2, Identification.NOT_LOOKED_UP, **given)
        for given in ([case["also"]] if "also" in case else [])
    ]
    base = replace(base, sources=(source,), citations=(*base.citations, *also, citation))
    answers = [answer(**given) for given in case.get("look_ups", ())]
    return next(e for e in audit_citations(base, None, answers).entries if e.citation == "case")


def answer(service: str, asked: str, works: list[dict[str, Any]]) -> LookUp:
    """A stored answer of a case."""
    kind, _, value = asked.partition(" ")
    made = [
        WorkRecord(
            **{
                **work,
                "venues": tuple(work.get("venues", ())),
                "notices": tuple(Notice(*notice) for notice in work.get("notices", ())),
            }
        )
        for work in works
    ]
    return LookUp(
        service, LookUpQuery(kind, value), "2026-01-02", "https://example.org", tuple(made)
    )


@pytest.mark.parametrize("case", HEURISTICS, ids=lambda c: f"{c['heuristic']}: {c['why']}")
def test_a_heuristic_answers_with_its_evidence(case: dict[str, Any]) -> None:
    signs = {s.heuristic: s for s in audited(case).signs}
    sign = signs.get(case["heuristic"])
    assert (sign.answer if sign else None) == case["answer"]
    if sign:
        assert sign.evidence
        assert case.get("says", "") in sign.evidence
        assert sign.sure in {case.get("sure", sign.sure)}
        assert list(sign.differs) == case.get("differs", list(sign.differs))


def test_every_heuristic_has_cases_that_hit_and_that_do_not() -> None:
    schema = _schema()["$defs"]["sign"]["properties"]["heuristic"]["enum"]
    assert {case["heuristic"] for case in HEURISTICS} == set(schema)
    for name in schema:
        assert len({c["answer"] for c in HEURISTICS if c["heuristic"] == name}) > 1, name


@pytest.mark.parametrize("case", VERDICTS, ids=lambda c: f"{c['status']} {c['verdict']}")
def test_a_verdict(case: dict[str, Any]) -> None:
    entry = audited(case, case["status"])
    assert entry.verdict == case["verdict"]
    assert list(entry.differs) == case.get("differs", [])
    assert entry.sure == case.get("sure", entry.sure)
    assert entry.claims == ("cites",)


def test_every_verdict_has_a_case() -> None:
    assert {case["verdict"] for case in VERDICTS} == set(AuditVerdict)


@cache
def shipped(source: str | None = None) -> CitationAudit:
    return audit_base(api.load().base, source)


def _verdicts(source: str, kind: CitationKind) -> list[tuple[int, str]]:
    found = shipped(source).entries
    return [(e.line, e.verdict.value) for e in found if e.kind is kind]


@pytest.mark.medium
def test_the_acne_scar_article() -> None:
    mentions = _verdicts("acne-scars-article", CitationKind.IN_TEXT)
    assert mentions == [(n, "not-found") for n in (16, 20, 24, 28, 36, 62, 63, 64)]
    listed = _verdicts("acne-scars-article", CitationKind.REFERENCE_LIST)
    assert listed == [
        (93, "mismatch"),
        (94, "mismatch"),
        (95, "not-found"),
        (96, "not-a-study"),
    ]
    entry = {e.line: e for e in shipped("acne-scars-article").entries}
    assert entry[93].differs == ("author", "year", "title", "journal", "type", "route")
    assert "PhD thesis" in entry[93].record
    assert entry[94].differs == ("year",)
    assert "of about 1996.6" in " ".join(s.evidence for s in entry[94].signs)
    near = [
        e.line for e in entry.values() for s in e.signs if "journal and year alone" in s.evidence
    ]
    assert near == [20]


def test_the_joint_article() -> None:
    mentions = _verdicts("joint-mobility-article", CitationKind.IN_TEXT)
    assert mentions == [(n, "not-found") for n in (26, 28, 31, 33)]
    entries = shipped("joint-mobility-article").entries
    differs = {e.line: e.differs for e in entries if e.verdict is AuditVerdict.USE_DIFFERS}
    assert set(differs) == {55, 56, 57, 58}
    assert "design" in differs[56]
    assert "route" in differs[56]
    assert "intervention" in differs[58]
    (soreness,) = [e for e in entries if e.line == 59]
    assert soreness.verdict is AuditVerdict.IDENTIFIED


def test_the_audit_of_one_source_is_part_of_the_audit_of_all() -> None:
    each = [e for s in shipped().sources for e in shipped(s).entries]
    assert each == list(shipped().entries)


def test_years_by_number_are_about_as_good_as_is_said() -> None:
    base = api.load().base
    for numbers in (load_audit_settings().pmid, load_audit_settings().pmcid):
        error = measure_year_error(base, numbers)
        assert error.studies >= 25
        assert error.within / error.studies > 0.9, error
        assert error.median <= 1
        assert error.largest <= numbers.worst, "raise it in data/audit.toml"
        assert list(numbers.anchors) == sorted(set(numbers.anchors))
        value, year = numbers.anchors[3]
        assert estimate_year(value, numbers) == year
        assert estimate_year(value, numbers, without=value) != year


def test_no_real_doi_is_taken_for_a_placeholder() -> None:
    citation = around().citations[0]
    dois = [s.doi for s in api.load().base.studies if s.verified and s.doi]
    assert dois
    signs = [check_doi_placeholder(replace(citation, doi=doi)) for doi in dois]
    assert {s.answer for s in signs if s} == {"agrees"}


@pytest.mark.slow
def test_claims_on_nothing_in_the_shipped_graph() -> None:
    store = open_shipped_store()
    rows = store.query(
        find_saved_query("claims-on-nothing").bind_values({"source": "acne-scars-article"})
    ).rows
    claims = {row[2].removeprefix("claim:") for row in rows}
    cited = {c for e in shipped("acne-scars-article").entries for c in e.claims}
    effects = {c.id for c in api.load().base.claims if c.id in cited and c.tier > 1}
    assert cited
    assert {c for c in effects if api.load().base.claim[c].proposition.predicate in _SIGNED} <= (
        claims
    ), "no work of this article was found"
    cites = "SELECT ?study WHERE { ?source <http://purl.org/spar/cito/cites> ?study }"
    linked = {e.study for e in shipped().entries if e.study}
    assert {row[0] for row in store.query(cites).rows} == {f"study:{s}" for s in linked}


_SIGNED = {model.Predicate.INCREASES, model.Predicate.DECREASES}


def _schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "ontology/citation-audit.schema.json").read_text())
    return found


@pytest.mark.medium
def test_the_json_follows_its_schema() -> None:
    schema = _schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    answer = json.loads(kg("audit", "--format", "json").stdout)
    jsonschema.Draft202012Validator(schema).validate(answer)
    words = schema["$defs"]["entry"]["properties"]["verdict"]["enum"]
    assert words == [v.value for v in AuditVerdict]
    assert len(answer["entries"]) == len(shipped().entries)


@pytest.mark.medium
def test_the_report_fits_a_screen_and_says_what_matters() -> None:
    done = kg("audit", "acne-scars-article")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert len(lines) <= 55
    assert max(map(len, lines)) <= 100
    text = " ".join(done.stdout.split())
    assert "8 mentions; none matches the list of 4; 1 agrees on journal and year alone." in text
    assert "9 not found, 2 another work, 1 not a study" in text
    assert "PhD thesis by N. C. Chandrasekaran" in text


@pytest.mark.medium
def test_the_table_and_the_markdown_hold_every_entry() -> None:
    rows = list(csv.DictReader(io.StringIO(kg("audit", "--format", "csv").stdout)))
    assert [row["citation"] for row in rows] == [e.citation for e in shipped().entries]
    page = kg("audit", "--format", "markdown").stdout
    assert page.count("| not found |") == 13
    assert "&#58;//" in page, "an address in a cell is no link"


def test_an_unknown_source_is_met_with_near_ones() -> None:
    done = kg("audit", "acne-scar-article")
    assert done.returncode == 2
    assert "acne-scars-article" in done.stderr
