"""Every writer on every kind of result: a new format is one writer, and each result has it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from kg import api
from kg.api.audits import audit_base
from kg.api.base import require_sound
from kg.api.listings import list_rows
from kg.api.mechanisms import GradedPath, count_paths, grade_paths
from kg.api.rated_links import iterate_base_pairs
from kg.api.scenarios import compare_methods, measure_stability, rate_by_algebra
from kg.model import EvidenceBase, Level
from kg.render import RenderOptions
from kg.render.document import Document, RowTable
from kg.render.findings import citation_audit
from kg.render.rated_links import mechanism_paths, pairs
from kg.render.scenarios import alternatives, compare, plan, sensitivity, whatif
from kg.render.writers import WRITERS, write_document
from kg.scenarios.request import GradeRequest

OUTCOME = "acne-scars"
PATHS = Path(__file__).parents[1] / "cases" / "paths" / "sample"
REQUEST = GradeRequest(OUTCOME)


@lru_cache
def shipped() -> EvidenceBase:
    return require_sound(api.load())


RESULTS: dict[str, tuple[Callable[[EvidenceBase], Any], Callable[..., Document]]] = {
    "plan": (lambda b: api.plan(b, OUTCOME), plan.build_document),
    "sensitivity": (lambda b: measure_stability(b, REQUEST), sensitivity.build_document),
    "whatif": (
        lambda b: api.whatif(b, "muscle-cramps", (), ("study:garrison-2020",)),
        whatif.build_document,
    ),
    "compare": (lambda b: compare_methods(b, REQUEST), compare.build_document),
    "alternatives": (
        lambda b: rate_by_algebra(b, "weakest", REQUEST),
        lambda pairs, b: alternatives.build_document("weakest", pairs, b),
    ),
    "audit": (audit_base, citation_audit.build_document),
    "listing": (
        lambda b: RowTable(*list_rows("outcomes", b)),
        lambda rows, b: Document("Outcomes", screen=(rows.build_block(),), table=rows),
    ),
    "pairs": (
        lambda b: [*iterate_base_pairs(api.grade(b, OUTCOME), Level.NONE, None)],
        lambda batches, b: pairs.build_document(batches),
    ),
    "paths": (
        lambda b: [p for p in grade_paths([str(PATHS)], "grade") if isinstance(p, GradedPath)],
        lambda graded, b: mechanism_paths.build_document(graded, count_paths(graded, 0)),
    ),
}


@lru_cache
def compute_result(name: str) -> Any:
    return RESULTS[name][0](shipped())


@pytest.fixture(params=RESULTS)
def build(request: pytest.FixtureRequest) -> Callable[[], Document]:
    return lambda: RESULTS[request.param][1](compute_result(request.param), shipped())


@pytest.mark.slow
@pytest.mark.parametrize("form", WRITERS)
def test_every_writer_writes_every_result(build: Callable[[], Document], form: str) -> None:
    text = write_document(build(), form, RenderOptions(width=80))
    assert text.strip()
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert text == write_document(build(), form, RenderOptions(width=80, colour=False))
    if form == "json":
        assert json.loads(text)
    elif form == "jsonl":
        assert all(isinstance(json.loads(line), dict) for line in text.splitlines())
    elif form == "csv":
        names, *rows = csv.reader(io.StringIO(text))
        assert len(set(names)) == len(names)
        assert rows
        assert {len(row) for row in rows} == {len(names)}
    elif form == "markdown":
        assert text.startswith("# ")
    elif form == "html":
        assert text.startswith("<!DOCTYPE html>")
        assert "<script" not in text


@pytest.mark.medium
def test_json_lines_and_csv_hold_the_same_rows(build: Callable[[], Document]) -> None:
    lines = [json.loads(line) for line in write_document(build(), "jsonl").splitlines()]
    rows = list(csv.DictReader(io.StringIO(write_document(build(), "csv"))))
    assert [list(line) for line in lines] == [list(row) for row in rows]
