"""All that detectors see and say of an invented base and of their cases, held as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from kg import api
from kg.api.base import require_sound
from kg.api.grades import grade_all
from kg.model import Diagnostic, Location
from kg.weaklinks import DETECTORS, FactBase, detect
from tests.support.golden import assert_golden
from tests.weaklinks.test_weaklinks import BY_CODE, EACH, facts_of

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden" / "text"
BASE = Path("tests/cases/weaklinks/base")
TABLES = ("claims", "findings", "premises", "citations", "sources", "chains", "pairs")


def facts() -> FactBase:
    base = require_sound(api.load(ROOT / BASE))
    return FactBase.extract(base, [pair for grade in grade_all(base) for pair in grade.pairs])


def plain(value: Any) -> str:
    """A value in one order: sets sorted, rows with what is known of them."""
    if isinstance(value, frozenset):
        return "{" + ", ".join(sorted(value)) + "}"
    if isinstance(value, tuple):
        return "(" + ", ".join(map(plain, value)) + ")"
    return "{" + "; ".join(columns(value)) + "}" if hasattr(value, "__match_args__") else str(value)


def columns(row: Any) -> Iterator[str]:
    for field in fields(row):
        value = getattr(row, field.name)
        if value not in (None, "", ()):
            yield f"{field.name}: {plain(value)}"


def seen(given: FactBase) -> Iterator[str]:
    for table in TABLES:
        for row in getattr(given, table):
            yield f"{table}\n" + "\n".join(f"  {column}" for column in columns(row))
    for name, ids_by_thing in (
        ("lean", given.supporting_findings),
        ("lineage", given.premise_claims),
    ):
        for id, others in sorted(ids_by_thing.items()):
            yield f"{name} {id}: {', '.join(others)}"
    yield f"headline_links: {plain(given.headline_links)}"


def place(at: Location | None) -> str:
    return f" at line {at.line}" if at else ""


def told(results: Iterable[Diagnostic]) -> Iterator[str]:
    for d in results:
        yield f"{d.code} {d.result} {d.severity.word} {d.subject} of {d.source}{place(d.location)}"
        yield f"  {d.message}"
        yield from (f"  {line}" for line in (d.remedy, ", ".join(d.unknown)) if line)
        yield from (f"  - {r.subject}{place(r.location)}: {r.message}" for r in d.related)


def cases() -> Iterator[str]:
    for code, kind in EACH:
        yield f"# {code} {kind}"
        yield from told(DETECTORS[code].find_diagnostics(facts_of(BY_CODE[code]["cases"][kind])))


TEXTS = {
    "weaklinks-facts.txt": lambda: seen(facts()),
    "weaklinks-base.txt": lambda: told(detect(facts())),
    "weaklinks-cases.txt": cases,
}


@pytest.mark.parametrize("name", TEXTS)
def test_what_detectors_see_and_say_is_what_it_was(name: str) -> None:
    assert_golden(GOLDEN / name, "\n".join(TEXTS[name]()) + "\n")
