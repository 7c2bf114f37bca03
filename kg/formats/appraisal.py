"""Summary-of-findings tables: CSV rows as bodies of evidence, with every fault told.

One table of columns serves the reader, the JSON Schema of its records and the documents. What a
row leaves empty is unknown; nothing is filled in.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any

from kg.formats import appraisal_words as words
from kg.grading.evidence import RATIOS, Evidence
from kg.grading.published import DOMAINS, JUDGED_BY, UPGRADES, Body
from kg.model import (
    Diagnostic,
    Direction,
    DomainJudgement,
    Finding,
    Level,
    Location,
    Severity,
)
from kg.model.record import dataclass

BAD_TABLE, BAD_ROW, BAD_CELL = "KG060", "KG061", "KG062"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, how a cell is read, its JSON Schema and what it means."""

    name: str
    read: Callable[[str], Any]
    schema: dict[str, Any]
    meaning: str


_TEXT = {"type": "string", "minLength": 1}
_COUNT = {"type": "integer", "minimum": 0}
_NUMBER = {"type": "number"}
_SHARE = {"type": "number", "minimum": 0, "maximum": 1}
_JUDGEMENT = {"type": "string", "enum": [*words.JUDGEMENTS]}
_LEVEL = {"type": "string", "enum": [level.word for level in Level]}
_YES_NO = {"type": "string", "enum": [*words.YES_NO]}

COLUMNS: tuple[Column, ...] = (
    Column("outcome", words.text, _TEXT, "what was measured"),
    Column("design", words.design, _TEXT, "study design, in the words of the review"),
    Column("n_studies", words.count, {**_COUNT, "minimum": 1}, "studies in the body"),
    Column("participants", words.count, _COUNT, "participants in them"),
    Column("events", words.count, _COUNT, "events in them, of a dichotomous outcome"),
    Column("effect_measure", words.measure, _TEXT, "RR, OR, HR, IRR, SMD, MD ..."),
    Column("effect", words.number, _NUMBER, "pooled effect"),
    Column("ci_low", words.number, _NUMBER, "lower end of its 95 % interval"),
    Column("ci_high", words.number, _NUMBER, "upper end of its 95 % interval"),
    Column("i2", words.percent, {**_NUMBER, "minimum": 0, "maximum": 100}, "I2 in per cent"),
    Column("p_heterogeneity", words.probability, _SHARE, "p of the test of heterogeneity"),
    Column("tau2", words.not_negative, {**_NUMBER, "minimum": 0}, "variance between studies"),
    Column("pi_low", words.number, _NUMBER, "lower end of the prediction interval"),
    Column("pi_high", words.number, _NUMBER, "upper end of the prediction interval"),
    Column("egger_p", words.probability, _SHARE, "p of Egger's test"),
    Column("risk_of_bias", words.judgement, _JUDGEMENT, "judgement of the review"),
    Column("inconsistency", words.judgement, _JUDGEMENT, "judgement of the review"),
    Column("indirectness", words.judgement, _JUDGEMENT, "judgement of the review"),
    Column("imprecision", words.judgement, _JUDGEMENT, "judgement of the review"),
    Column("publication_bias", words.judgement, _JUDGEMENT, "judgement of the review"),
    Column(
        "large_effect",
        words.large_effect,
        {"type": "string", "enum": [*words.LARGE_EFFECT]},
        "upgrade for a large effect",
    ),
    Column("dose_response", words.yes_no, _YES_NO, "upgrade for a dose-response gradient"),
    Column("opposing_confounding", words.yes_no, _YES_NO, "upgrade for opposing confounding"),
    Column("start_level", words.start_level, {**_LEVEL, "enum": _LEVEL["enum"][1:]}, "start level"),
    Column("published_certainty", words.level, _LEVEL, "certainty that the review printed"),
)
REQUIRED = ("outcome", "design")
BY_NAME = {column.name: column for column in COLUMNS}


def schema() -> dict[str, Any]:
    """JSON Schema of a record: a row without its empty cells, words as kg spells them."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://w3id.org/evidence-kg/appraisal.schema.json",
        "title": "A body of evidence: one row of the table that kg appraise reads",
        "type": "object",
        "additionalProperties": False,
        "required": [*REQUIRED],
        "properties": {
            column.name: {**column.schema, "description": column.meaning} for column in COLUMNS
        },
    }


def schema_text() -> str:
    """The JSON Schema as `ontology/appraisal.schema.json` holds it."""
    import json

    return json.dumps(schema(), indent=2) + "\n"


def read(lines: Iterable[str], path: str) -> Iterator[Body | Diagnostic]:
    """Bodies and faults of a table in the order of its rows, one row at a time."""
    lines = iter(lines)
    head = next(lines, "")
    delimiter = max(",;\t", key=head.count)
    rows = csv.reader(_again(head, lines), delimiter=delimiter, strict=True)
    try:
        names = [_name(cell) for cell in next(rows, [])]
        faults = [_fault(BAD_TABLE, message, path, 1) for message in _head(names)]
        if faults:
            yield from faults
            return
        line = rows.line_num + 1
        for cells in rows:
            if any(cell.strip() for cell in cells):
                yield from _row(names, cells, path, line)
            line = rows.line_num + 1
    except csv.Error as fault:
        yield _fault(BAD_ROW, f"not readable as CSV: {fault}", path, rows.line_num)


def ignored(head: str) -> tuple[str, ...]:
    """Columns of a head line that kg does not read, such as notes."""
    delimiter = max(",;\t", key=head.count)
    cells = next(csv.reader([head], delimiter=delimiter), [])
    return tuple(cell.strip() for cell in cells if _name(cell) not in BY_NAME)


def _again(head: str, lines: Iterator[str]) -> Iterator[str]:
    yield head
    yield from lines


def _name(cell: str) -> str:
    return "_".join(cell.replace("\ufeff", "").replace("-", " ").replace("_", " ").split()).lower()


def _head(names: Sequence[str]) -> Iterator[str]:
    if not any(names):
        yield "the table is empty; its first line must name the columns, such as outcome,design"
        return
    for name in dict.fromkeys(names):
        if name and names.count(name) > 1:
            yield f"the column {name!r} is there {names.count(name)} times"
        near = get_close_matches(name, BY_NAME, 1, 0.8)
        if name not in BY_NAME and near and near[0] not in names:
            yield f"no column is called {name!r}; did you mean {near[0]!r}?"
    for name in REQUIRED:
        if name not in names:
            yield f"the column {name!r} is missing"


def _row(
    names: Sequence[str], cells: Sequence[str], path: str, line: int
) -> Iterator[Body | Diagnostic]:
    if len(cells) != len(names):
        message = f"{len(cells)} cells where the head names {len(names)} columns"
        yield _fault(BAD_ROW, message, path, line)
        return
    record: dict[str, Any] = {}
    told = {}
    faults = []
    for name, cell in zip(names, cells, strict=True):
        column = BY_NAME.get(name)
        if column is None:
            continue
        told[name] = cell.strip()
        try:
            if told[name]:
                record[name] = column.read(told[name])
            elif name in REQUIRED:
                raise ValueError("empty, but every row needs it")
        except ValueError as fault:
            faults.append(f"{name}: {fault}")
    faults += _contradictions(record)
    if faults:
        yield from (_fault(BAD_CELL, message, path, line) for message in faults)
    else:
        yield _body(record, told["design"], line)


def _contradictions(record: dict[str, Any]) -> Iterator[str]:
    """What cannot be true of the numbers of one row together."""
    effect = record.get("effect")
    for low_name, high_name, label in (
        ("ci_low", "ci_high", "confidence interval"),
        ("pi_low", "pi_high", "prediction interval"),
    ):
        low, high = record.get(low_name), record.get(high_name)
        if (low is None) != (high is None):
            given, missing = (low_name, high_name) if high is None else (high_name, low_name)
            yield f"{given} is given without {missing}"
        elif low is not None and high is not None:
            if low > high:
                yield f"{low_name} {low:g} is above {high_name} {high:g}"
            elif effect is not None and not low <= effect <= high:
                yield f"the {label} {low:g} to {high:g} does not contain the effect {effect:g}"
    if record.get("effect_measure") in RATIOS:
        for name in ("effect", "ci_low", "ci_high", "pi_low", "pi_high"):
            if record.get(name, 1) < 0 or (name == "effect" and record.get(name, 1) == 0):
                yield f"{name}: {record[name]:g} cannot be a ratio"
    if record.get("events", 0) > record.get("participants", float("inf")):
        yield f"{record['events']} events in {record['participants']} participants"
    if record.get("n_studies") == 0:
        yield "n_studies: a row without studies has no certainty; leave it out"


def _body(record: dict[str, Any], design_words: str, line: int) -> Body:
    design, system = record["design"]
    judgements = [
        DomainJudgement(name, record[name], JUDGED_BY)
        for name in (*DOMAINS, *UPGRADES, "start_level")
        if name in record
    ]
    finding = Finding(
        id=f"row-{line}",
        exposure="",
        outcome=record["outcome"],
        direction=Direction.INCREASE,
        n=record.get("participants"),
        k=record.get("n_studies"),
        events=record.get("events"),
        i2=record.get("i2"),
        p_heterogeneity=record.get("p_heterogeneity"),
        tau2=record.get("tau2"),
        egger_p=record.get("egger_p"),
        dose_response=record.get("dose_response") == 1,
        opposing_confounding=record.get("opposing_confounding") == 1,
        judgements=tuple(judgements),
        **_effect(record),
    )
    evidence = Evidence(finding.id, design, system, 1, finding, True, summary=True)
    published = record.get("published_certainty")
    return Body(line, record["outcome"], design_words, (evidence,), published)


def _effect(record: dict[str, Any]) -> dict[str, Any]:
    """The effect and its intervals; without a measure nobody knows where no effect lies."""
    if "effect_measure" not in record:
        return {}
    return {
        "measure": record["effect_measure"],
        "estimate": record.get("effect"),
        "ci_low": record.get("ci_low"),
        "ci_high": record.get("ci_high"),
        "pi_low": record.get("pi_low"),
        "pi_high": record.get("pi_high"),
    }


def _fault(code: str, message: str, path: str, line: int) -> Diagnostic:
    name = {BAD_TABLE: "bad-table", BAD_ROW: "bad-row", BAD_CELL: "bad-cell"}[code]
    return Diagnostic(code, name, Severity.SEVERE, message, location=Location(path, line))
