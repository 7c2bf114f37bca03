"""Every detector on its cases, and the laws that all of them keep."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import fields
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import UnknownName
from kg.model import Diagnostic, Result
from kg.weaklinks import DETECTORS, FactBase, detect
from kg.weaklinks.detector import Detector, classify_judgement
from kg.weaklinks.facts import (
    ChainFact,
    CitationFact,
    ClaimFact,
    FindingFact,
    LinkFact,
    PairFact,
    SourceFact,
    StepFact,
)

CASES = Path(__file__).parents[1] / "cases"
KINDS = ("hit", "near_miss", "cannot_tell")
SCOPES = {
    "claims": "claim",
    "citations": "citation",
    "chains": "chain",
    "pairs": "pair",
    "sources": "source",
}
ROWS: Mapping[str, type] = {
    "claim": ClaimFact,
    "finding": FindingFact,
    "citation": CitationFact,
    "source": SourceFact,
    "chain": ChainFact,
    "pair": PairFact,
    "link": LinkFact,
    "step": StepFact,
}


def read(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


FILES = {path.stem: read(path) for path in sorted((CASES / "detectors").glob("*.yaml"))}
BY_CODE = {content["detector"]: content for content in FILES.values()}
EACH = [(code, kind) for code in sorted(BY_CODE) for kind in KINDS]


def rows(case: Mapping[str, Any], one: str, prefix: str = "") -> list[dict[str, Any]]:
    """The rows of one kind, the one that the case is about first; ids take the prefix."""
    first = [case[one]] if one in case else []
    found: list[dict[str, Any]] = deepcopy([*first, *case.get(f"{one}s", [])])
    for row in found:
        row["id"] = prefix + row["id"]
        if "sys" in row:
            row["system"] = row.pop("sys")
        if one != "source":
            row.setdefault("source", prefix + "d1")
        for field in ("leans_on", "cites", "claims"):
            if field in row:
                row[field] = tuple(prefix + id for id in row[field])
    return found


def made(kind: type, row: Mapping[str, Any]) -> Any:
    """A row of facts; lists become tuples, families and accepted outcomes become sets."""
    known = {f.name for f in fields(kind)}
    sets = {"accepted", "conditions", "exposure_family", "outcome_family", "studies"}
    values = {
        key: frozenset(value) if key in sets else tuple(value) if isinstance(value, list) else value
        for key, value in row.items()
        if key in known
    }
    return kind(**values)


def facts_of(case: Mapping[str, Any], prefix: str = "") -> FactBase:
    """The facts of a case file."""
    claims = rows(case, "claim", prefix)
    for claim in claims:
        names = [claim.get(key, "it") for key in ("exposure", "relation", "outcome")]
        claim["text"] = '"' + " ".join(names) + '"'
    findings = rows(case, "finding", prefix)
    for finding in findings:
        finding.setdefault("link", finding.get("outcome", ""))
        finding.setdefault("outcome_label", finding.get("outcome", "what was measured"))
    chains = rows(case, "chain", prefix)
    for chain in chains:
        chain["steps"] = [_step(step) for step in chain["steps"]]
    pairs = rows(case, "pair", prefix)
    for pair in pairs:
        if "witness" in pair:
            pair["witness"] = [made(LinkFact, link) for link in pair["witness"]]
    sources = rows(case, "source", prefix) or [{"id": prefix + "d1"}]
    if "coverage" in case:
        sources[0]["coverage"] = case["coverage"]
    lean: dict[str, list[str]] = {}
    for claim_id, finding_id in case.get("lean", []):
        lean.setdefault(prefix + claim_id, []).append(prefix + finding_id)
    return FactBase(
        claims=tuple(made(ClaimFact, row) for row in claims),
        findings=tuple(made(FindingFact, row) for row in findings),
        citations=tuple(made(CitationFact, row) for row in rows(case, "citation", prefix)),
        sources=tuple(made(SourceFact, row) for row in sources),
        chains=tuple(made(ChainFact, row) for row in chains),
        pairs=tuple(made(PairFact, row) for row in pairs),
        supporting_findings=MappingProxyType({key: tuple(ids) for key, ids in lean.items()}),
        premise_claims=MappingProxyType({c["id"]: tuple(lineage(claims, c["id"])) for c in claims}),
    )


def _step(step: Mapping[str, Any]) -> StepFact:
    labels = {"subject_label": step["subject"], "object_label": step["object"]}
    made_step: StepFact = made(StepFact, {**labels, **step})
    return made_step


def lineage(claims: list[dict[str, Any]], id: str) -> Iterator[str]:
    direct = {c["id"]: c.get("leans_on", ()) for c in claims}
    for premise in direct.get(id, ()):
        yield premise
        yield from lineage(claims, premise)


def merged(*parts: FactBase) -> FactBase:
    """All rows of several facts together."""
    tables = ("claims", "findings", "citations", "sources", "chains", "pairs")
    joined: dict[str, Any] = {t: tuple(r for p in parts for r in getattr(p, t)) for t in tables}
    for name in ("supporting_findings", "premise_claims"):
        joined[name] = MappingProxyType({k: v for p in parts for k, v in getattr(p, name).items()})
    return FactBase(**joined)


def judged(code: str, case: Mapping[str, Any], prefix: str = "") -> Diagnostic:
    """The one result that a case is about."""
    subject = prefix + case[SCOPES[DETECTORS[code].over]]["id"]
    (found,) = (
        d for d in DETECTORS[code].find_diagnostics(facts_of(case, prefix)) if d.subject == subject
    )
    return found


def test_every_code_has_one_case_file_with_three_cases() -> None:
    assert set(BY_CODE) == set(DETECTORS)
    for stem, content in FILES.items():
        assert stem == f"{content['detector']}-{content['name']}"
        assert tuple(content["cases"]) == KINDS
        assert content["name"] == DETECTORS[content["detector"]].name


def test_names_are_unique_kebab_case_and_modules_are_named_after_them() -> None:
    names = [detector.name for detector in DETECTORS.values()]
    assert len(set(names)) == len(names)
    for code in DETECTORS:
        detector = DETECTORS[code]
        assert detector.code == code
        assert re.fullmatch(r"[a-z]+(-[a-z]+)+", detector.name)
        module = detector.name.replace("-", "_")
        assert DETECTORS.find_target(code) == f"kg.weaklinks.rules.{module}:DETECTOR"


@pytest.mark.parametrize("code", sorted(DETECTORS))
def test_the_docstring_has_its_four_sections(code: str) -> None:
    import sys

    detector = DETECTORS[code]
    text = sys.modules[detector.judge.__module__].__doc__ or ""
    places = [
        text.find(f"\n## {title}\n")
        for title in ("What it does", "Why it matters", "Example", "Remedy")
    ]
    assert -1 not in places
    assert places == sorted(places)


@pytest.mark.parametrize("code", sorted(DETECTORS))
def test_needs_are_declared_facts(code: str) -> None:
    for need in DETECTORS[code].needs:
        row, _, field = need.partition(".")
        assert field in {f.name for f in fields(ROWS[row])}


@pytest.mark.parametrize(("code", "kind"), EACH)
def test_the_case_comes_out_as_expected(code: str, kind: str) -> None:
    case = BY_CODE[code]["cases"][kind]
    expect = case["expect"]
    result = judged(code, case)
    assert result.result == expect["result"]
    if result.result is Result.CANNOT_TELL:
        assert [u.replace(".system", ".sys") for u in result.unknown] == expect["unknown"]
    if result.result is Result.HIT:
        assert result.severity.letter == expect["severity"]
        assert DETECTORS[code].fix == expect["fix"]
        assert result.remedy.endswith((".", '".', '"')), result.remedy
        assert result.message[-1] == "."
        assert because(code, case) == tuple(expect.get("because", because(code, case)))


def because(code: str, case: Mapping[str, Any]) -> tuple[str, ...]:
    facts, detector = facts_of(case), DETECTORS[code]
    subject = case[SCOPES[detector.over]]["id"]
    (thing,) = (row for row in getattr(facts, detector.over) if row.id == subject)
    answer = detector.judge(facts, thing)
    assert answer is not None
    return answer.deciding_ids


@pytest.mark.parametrize("code", sorted(BY_CODE))
def test_cannot_tell_is_the_hit_with_facts_removed(code: str) -> None:
    def without(case: Mapping[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in case.items() if key != "expect"}

    cases = BY_CODE[code]["cases"]
    hit, unknown = without(cases["hit"]), without(cases["cannot_tell"])
    assert within(unknown, hit)
    assert unknown != hit


def within(part: Any, whole: Any) -> bool:
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(key in whole and within(value, whole[key]) for key, value in part.items())
    if isinstance(part, list) and isinstance(whole, list):
        pairs = zip(part, whole, strict=False)
        return len(part) == len(whole) and all(within(p, w) for p, w in pairs)
    return bool(part == whole)


def test_a_changed_fact_is_not_a_removed_one() -> None:
    assert within({"a": [{"b": 1}]}, {"a": [{"b": 1, "c": 2}]})
    assert not within({"a": [{"b": 2}]}, {"a": [{"b": 1}]})
    assert not within({"a": []}, {"a": [1]})


def removals(detector: Detector, case: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The case with one needed fact missing from one row, in every way there is."""
    for need in detector.needs:
        row, _, field = need.partition(".")
        if need == "source.coverage" and "coverage" in case:
            yield {key: value for key, value in case.items() if key != "coverage"}
        for place in holders(case, row):
            changed = deepcopy(dict(case))
            target = changed
            for key in place:
                target = target[key]
            for name in {field, "sys" if field == "system" else field} & set(target):
                del target[name]
                yield changed


def holders(case: Mapping[str, Any], row: str) -> Iterator[tuple[Any, ...]]:
    """Paths to all rows of one kind."""
    if row in case:
        yield (row,)
    yield from ((f"{row}s", i) for i in range(len(case.get(f"{row}s", []))))
    if row == "link" and "pair" in case:
        yield from (("pair", "witness", i) for i in range(len(case["pair"].get("witness", []))))
    if row == "step":
        for path in holders(case, "chain"):
            chain: Any = case
            for key in path:
                chain = chain[key]
            yield from ((*path, "steps", i) for i in range(len(chain["steps"])))


@pytest.mark.parametrize("code", sorted(BY_CODE))
@pytest.mark.parametrize("kind", ["hit", "cannot_tell"])
def test_removing_a_needed_fact_never_makes_it_clean(code: str, kind: str) -> None:
    case = BY_CODE[code]["cases"][kind]
    tried = list(removals(DETECTORS[code], case))
    assert tried or kind == "cannot_tell"
    for changed in tried:
        assert judged(code, changed).result in (Result.HIT, Result.CANNOT_TELL), changed


def forgotten(case: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """The case with one value of one row missing, for every value that is not a name."""
    names = {"id", "expect", "label", "subject", "object", "steps", "implicit"}
    for key in case if isinstance(case, dict) else range(len(case)):
        if key not in names - {"steps"} and isinstance(case[key], dict | list):
            for inner, changed in forgotten(case[key], (*path, key)):
                copy = case.copy()
                copy[key] = changed
                yield inner, copy
        if key not in names and isinstance(case, dict) and path:
            yield (*path, key), {k: v for k, v in case.items() if k != key}


@pytest.mark.parametrize("code", sorted(BY_CODE))
def test_forgetting_anything_about_a_hit_never_makes_it_clean(code: str) -> None:
    case = BY_CODE[code]["cases"]["hit"]
    tried = list(forgotten(case))
    assert tried
    for path, changed in tried:
        assert judged(code, changed).result is not Result.CLEAN, path


@pytest.mark.parametrize("code", sorted(BY_CODE))
def test_the_facts_named_as_unknown_are_needed(code: str) -> None:
    detector = DETECTORS[code]
    needed = {need.partition(".")[2] for need in detector.needs}
    unknown = judged(code, BY_CODE[code]["cases"]["cannot_tell"]).unknown
    aliases = {"references_parsed": "cites"}
    for name in unknown:
        field = name.rpartition(".")[2]
        assert field in needed or aliases.get(field) in needed


@pytest.mark.parametrize(("code", "kind"), EACH)
def test_a_hit_elsewhere_changes_nothing_here(code: str, kind: str) -> None:
    here = facts_of(BY_CODE[code]["cases"][kind], "a-")
    alone = set(DETECTORS[code].find_diagnostics(here))
    for other in BY_CODE:
        elsewhere = facts_of(BY_CODE[other]["cases"]["hit"], "z-")
        together = set(DETECTORS[code].find_diagnostics(merged(here, elsewhere)))
        assert alone <= together


everything = merged(
    *(
        facts_of(content["cases"][kind], f"{code}-{kind}-")
        for code, content in BY_CODE.items()
        for kind in KINDS
    )
)


@pytest.mark.slow
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_is_irrelevant(random: Any) -> None:
    tables = ("claims", "findings", "citations", "sources", "chains", "pairs")
    mixed: dict[str, Any] = {}
    for table in tables:
        table_rows = list(getattr(everything, table))
        random.shuffle(table_rows)
        mixed[table] = tuple(table_rows)
    lean = {k: tuple(random.sample(v, len(v))) for k, v in everything.supporting_findings.items()}
    shuffled = FactBase(**mixed, supporting_findings=lean, premise_claims=everything.premise_claims)
    assert detect(shuffled) == detect(everything)


@pytest.mark.parametrize("code", ["KG101", "KG102"])
def test_a_disclosure_is_not_flagged_and_what_leans_on_it_is(code: str) -> None:
    case = read(CASES / "disclosure" / f"{code}.yaml")
    hits = [d for d in detect(facts_of(case), select=[code]) if d.result is Result.HIT]
    assert [d.subject for d in hits] == case["hits"]
    for hit in hits:
        assert case["disclosure"] in [related.subject for related in hit.related]


def test_clean_results_come_only_on_request() -> None:
    facts = facts_of(BY_CODE["KG101"]["cases"]["near_miss"])
    assert detect(facts, select=["KG101"]) == ()
    (clean,) = detect(facts, select=["KG101"], results=[Result.CLEAN])
    assert clean.result is Result.CLEAN
    assert clean.remedy == ""


def test_an_unknown_code_offers_near_ones() -> None:
    with pytest.raises(UnknownName, match="did you mean"):
        detect(FactBase(), select=["KG100"])


def test_hits_come_worst_first() -> None:
    severities = [d.severity for d in detect(everything)]
    assert severities == sorted(severities, reverse=True)


def test_no_answer_is_not_applicable() -> None:
    assert classify_judgement(None) is Result.NOT_APPLICABLE
