"""Summary-of-findings tables: CSV rows as bodies of evidence, with every fault reported.

One table of columns serves the reader, the JSON Schema of its records and the documents. What a
row leaves empty is unknown; nothing is filled in.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain
from typing import Any

from kg.formats.streams import open_csv
from kg.formats.summary_tables import cells as words
from kg.formats.summary_tables import number_cells as numbers
from kg.grading.evidence import Evidence
from kg.grading.published import DOMAIN_NAMES, TABLE_SOURCE, UPGRADE_NAMES, PublishedBody
from kg.model import (
    Diagnostic,
    Direction,
    DomainJudgement,
    Finding,
    Level,
    Location,
    Scale,
    Severity,
)
from kg.model.vocabulary import parse_measure

BAD_TABLE, BAD_ROW, BAD_CELL = "KG060", "KG061", "KG062"


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column: its name, how a cell is read, its JSON Schema and what it means."""

    name: str
    read_cell: Callable[[str], Any]
    json_schema: dict[str, Any]
    meaning: str

    @property
    def is_judgement(self) -> bool:
        """Whether it says how a domain was judged; there, saying nothing is a judgement left out.

        Elsewhere a cell that says nothing is as if it were empty.
        """
        return self.name in (*DOMAIN_NAMES, *UPGRADE_NAMES) or self.read_cell is words.read_text


_TEXT_SCHEMA = {"type": "string", "minLength": 1}
_COUNT_SCHEMA = {"type": "integer", "minimum": 0}
_NUMBER_SCHEMA = {"type": "number"}
_SHARE_SCHEMA = {"type": "number", "minimum": 0, "maximum": 1}
_LEVEL_SCHEMA = {"type": "string", "enum": [level.word for level in Level]}

_TEXT = (words.read_text, _TEXT_SCHEMA)
_DESIGN = (words.read_design, _TEXT_SCHEMA)
_MEASURE = (words.read_effect_measure, _TEXT_SCHEMA)
_SCALE = (words.read_scale, {"type": "string", "enum": [*Scale]})
_STUDIES = (numbers.read_count, {**_COUNT_SCHEMA, "minimum": 1})
_COUNT = (numbers.read_count, _COUNT_SCHEMA)
_NUMBER = (numbers.read_number, _NUMBER_SCHEMA)
_EFFECT = (numbers.read_effect, _NUMBER_SCHEMA)
_VARIANCE = (numbers.read_non_negative, {**_NUMBER_SCHEMA, "minimum": 0})
_PERCENT = (numbers.read_percent, {**_NUMBER_SCHEMA, "minimum": 0, "maximum": 100})
_SHARE = (numbers.read_probability, _SHARE_SCHEMA)
_RISK = (numbers.read_risk, _SHARE_SCHEMA)
_LARGE = (words.read_large_effect, {"type": "string", "enum": [*words.RATING_BY_LARGE_EFFECT]})
_YES_NO = (words.read_yes_no, {"type": "string", "enum": [*words.RATING_BY_YES_NO]})
_START = (words.read_start_level, {**_LEVEL_SCHEMA, "enum": _LEVEL_SCHEMA["enum"][1:]})
_LEVEL = (words.read_level, _LEVEL_SCHEMA)
_JUDGEMENT = (
    *(words.read_judgement, {"type": "string", "enum": [*words.RATING_BY_JUDGEMENT]}),
    "judgement of the review",
)

TABLE_COLUMNS: tuple[TableColumn, ...] = (
    TableColumn("outcome", *_TEXT, "what was measured"),
    TableColumn("design", *_DESIGN, "study design, in the words of the review"),
    TableColumn("n_studies", *_STUDIES, "studies in the body"),
    TableColumn("participants", *_COUNT, "participants in them"),
    TableColumn("events", *_COUNT, "events in them, of a dichotomous outcome"),
    TableColumn("effect_measure", *_MEASURE, "RR, OR, HR, IRR, SMD, MD ..."),
    TableColumn("effect", *_EFFECT, "pooled effect; measure and interval may stand beside it"),
    TableColumn("ci_low", *_NUMBER, "lower end of its 95 % interval"),
    TableColumn("ci_high", *_NUMBER, "upper end of its 95 % interval"),
    TableColumn("scale", *_SCALE, "which way of the scale is good, for SMD and MD in points"),
    TableColumn("unit", *_TEXT, "unit of the effect, such as points or %"),
    TableColumn("instrument", *_TEXT, "scale on which the outcome was measured, such as PSQI"),
    TableColumn("mid", *_VARIANCE, "smallest difference that matters, in the unit of the effect"),
    TableColumn("mid_source", *_TEXT, "who set it, or the smallest difference in risk"),
    TableColumn("risk_mid", *_RISK, "smallest difference in risk that matters"),
    TableColumn("baseline_risk", *_RISK, "risk without the intervention: 0.2, 20 %, 200 per 1000"),
    TableColumn("baseline_risk_source", *_TEXT, "where that risk is from"),
    TableColumn("i2", *_PERCENT, "I2 in per cent"),
    TableColumn("p_heterogeneity", *_SHARE, "p of the test of heterogeneity"),
    TableColumn("tau2", *_VARIANCE, "variance between studies"),
    TableColumn("pi_low", *_NUMBER, "lower end of the prediction interval"),
    TableColumn("pi_high", *_NUMBER, "upper end of the prediction interval"),
    TableColumn("egger_p", *_SHARE, "p of Egger's test"),
    TableColumn("risk_of_bias", *_JUDGEMENT),
    TableColumn("inconsistency", *_JUDGEMENT),
    TableColumn("indirectness", *_JUDGEMENT),
    TableColumn("imprecision", *_JUDGEMENT),
    TableColumn("publication_bias", *_JUDGEMENT),
    TableColumn("large_effect", *_LARGE, "upgrade for a large effect"),
    TableColumn("dose_response", *_YES_NO, "upgrade for a dose-response gradient"),
    TableColumn("opposing_confounding", *_YES_NO, "upgrade for opposing confounding"),
    TableColumn("start_level", *_START, "start level"),
    TableColumn("published_certainty", *_LEVEL, "certainty that the review printed"),
)
REQUIRED_COLUMNS = ("outcome", "design")
MAX_CELL_LENGTH = 500
"""Letters of a cell that is read as words or numbers; what reads it takes their square at worst."""

COLUMN_BY_NAME = {column.name: column for column in TABLE_COLUMNS}


def build_json_schema() -> dict[str, Any]:
    """JSON Schema of a record: a row without its empty cells, words as kg spells them."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://w3id.org/evidence-kg/appraisal.schema.json",
        "title": "A body of evidence: one row of the table that kg appraise reads",
        "type": "object",
        "additionalProperties": False,
        "required": [*REQUIRED_COLUMNS],
        "properties": {
            column.name: {**column.json_schema, "description": column.meaning}
            for column in TABLE_COLUMNS
        },
    }


def format_json_schema() -> str:
    """The JSON Schema as `ontology/appraisal.schema.json` holds it."""
    import json

    return json.dumps(build_json_schema(), indent=2) + "\n"


def read_bodies(lines: Iterable[str], path: str) -> Iterator[PublishedBody | Diagnostic]:
    """Bodies and faults of a table in the order of its rows, one row at a time."""
    csv_rows, first_line = open_table_rows(lines)
    try:
        names = [_normalise_column_name(cell) for cell in next(csv_rows, [])]
        if messages := [*_check_header(names)]:
            yield from (
                build_table_fault(BAD_TABLE, message, path, first_line) for message in messages
            )
            return
        line = csv_rows.line_num + first_line
        for cells in csv_rows:
            if any(cell.strip() for cell in cells):
                yield from _read_row(names, cells, path, line)
            line = csv_rows.line_num + first_line
    except csv.Error as fault:
        yield build_table_fault(
            BAD_TABLE, f"not readable as CSV: {fault}", path, csv_rows.line_num + first_line - 1
        )


def open_table_rows(lines: Iterable[str]) -> tuple[Any, int]:
    """A reader of the rows, and the number of its first line.

    A first line `sep=;`, as Excel writes it, names the delimiter and is passed over.
    """
    rest = iter(lines)
    first_line = next(rest, "")
    if separator := _SEPARATOR_LINE.fullmatch(first_line.lstrip("\ufeff").strip("\r\n ")):
        delimiter = separator["mark"].replace("\\t", "\t")
        return csv.reader(rest, delimiter=delimiter, strict=True), 2
    return open_csv(chain([first_line], rest)), 1


_SEPARATOR_LINE = re.compile(r"sep=(?P<mark>[,;|\t]|\\t)", re.IGNORECASE)


def list_ignored_columns(lines: Iterable[str]) -> tuple[str, ...]:
    """Columns of a table that kg does not read, such as notes."""
    names: list[str] = next(open_table_rows(lines)[0], [])
    ignored = (name for name in names if _normalise_column_name(name) not in COLUMN_BY_NAME)
    return tuple(map(str.strip, ignored))


def _normalise_column_name(cell: str) -> str:
    return "_".join(cell.replace("\ufeff", "").replace("-", " ").replace("_", " ").split()).lower()


def _check_header(names: Sequence[str]) -> Iterator[str]:
    if not any(names):
        yield "the table is empty; its first line must name the columns, such as outcome,design"
        return
    for name in dict.fromkeys(names):
        if name and names.count(name) > 1:
            yield f"the column {name!r} is there {names.count(name)} times"
        similar_names = get_close_matches(name, COLUMN_BY_NAME, 1, 0.8)
        if name not in COLUMN_BY_NAME and similar_names and similar_names[0] not in names:
            yield f"no column is called {name!r}; did you mean {similar_names[0]!r}?"
    for name in REQUIRED_COLUMNS:
        if name not in names:
            yield f"the column {name!r} is missing"


def _read_row(
    names: Sequence[str], cells: Sequence[str], path: str, line: int
) -> Iterator[PublishedBody | Diagnostic]:
    if len(cells) != len(names):
        message = f"{len(cells)} cells where the head names {len(names)} columns"
        yield build_table_fault(BAD_ROW, message, path, line)
        return
    record: dict[str, Any] = {}
    design_words = ""
    faults = []
    for name, cell in zip(names, cells, strict=True):
        column, cell_text = COLUMN_BY_NAME.get(name), cell.strip()
        if column is None or (not cell_text and name not in REQUIRED_COLUMNS):
            continue
        design_words = cell_text if name == "design" else design_words
        try:
            if not cell_text:
                raise ValueError("empty, but every row needs it")
            if len(cell_text) > MAX_CELL_LENGTH and column.read_cell is not words.read_text:
                raise ValueError(f"longer than {MAX_CELL_LENGTH} letters")
            if column.is_judgement or not words.says_nothing(cell_text):
                record[name] = column.read_cell(cell_text)
        except ValueError as fault:
            faults.append(f"{name}: {fault}")
    if isinstance(record.get("effect"), numbers.EffectCell):
        faults += _spread_effect(record, record.pop("effect"))
    faults += _find_contradictions(record)
    if faults:
        yield from (build_table_fault(BAD_CELL, message, path, line) for message in faults)
    else:
        yield _build_body(record, design_words, line)


def _spread_effect(record: dict[str, Any], cell: numbers.EffectCell) -> Iterator[str]:
    """Write what one cell says into the columns that it stands for; yield what they contradict."""
    told = {
        "effect": cell.estimate,
        "effect_measure": cell.measure.value if cell.measure else None,
        "ci_low": cell.ci_low,
        "ci_high": cell.ci_high,
    }
    for name, value in told.items():
        if value is not None and record.setdefault(name, value) != value:
            yield f"effect says {name} {value}, the column {name} says {record[name]}"


def _find_contradictions(record: dict[str, Any]) -> Iterator[str]:
    """What cannot be true of the numbers of one row together."""
    effect = record.get("effect")
    for prefix, label in (("ci", "confidence interval"), ("pi", "prediction interval")):
        low_name, high_name = f"{prefix}_low", f"{prefix}_high"
        low_end, high_end = record.get(low_name), record.get(high_name)
        if high_end is None and low_end is not None:
            yield f"{low_name} is given without {high_name}"
        elif low_end is None and high_end is not None:
            yield f"{high_name} is given without {low_name}"
        elif low_end is not None and high_end is not None:
            if low_end > high_end:
                yield f"{low_name} {low_end:g} is above {high_name} {high_end:g}"
            elif effect is not None and not low_end <= effect <= high_end:
                interval = f"the {label} {low_end:g} to {high_end:g}"
                yield f"{interval} does not contain the effect {effect:g}"
    measure = parse_measure(record.get("effect_measure"))
    if measure is None and not record.keys().isdisjoint(("effect", "ci_low", "pi_low")):
        yield "effect_measure: empty, so nobody knows what no effect is; write RR, OR, MD ..."
    if measure is not None and measure.is_ratio:
        for name in ("effect", "ci_low", "ci_high", "pi_low", "pi_high"):
            if record.get(name, 1) < 0 or (name == "effect" and record.get(name, 1) == 0):
                yield f"{name}: {record[name]:g} cannot be a ratio"
    yield from _find_impossible_counts(record)
    for value, source in (("mid", "mid"), ("risk_mid", "mid"), ("baseline_risk", "baseline_risk")):
        if value in record and f"{source}_source" not in record:
            yield f"{value} is given without {source}_source, which says where it is from"


def _find_impossible_counts(record: dict[str, Any]) -> Iterator[str]:
    if record.get("events", 0) > record.get("participants", float("inf")):
        yield f"{record['events']} events in {record['participants']} participants"
    if record.get("n_studies") == 0:
        yield "n_studies: a row without studies has no certainty; leave it out"


def _build_body(record: dict[str, Any], design_words: str, line: int) -> PublishedBody:
    design, system = record["design"]
    judgements = [
        DomainJudgement(name, record[name], TABLE_SOURCE)
        for name in (*DOMAIN_NAMES, *UPGRADE_NAMES, "start_level")
        if name in record
    ]
    number_names = (
        *("events", "i2", "p_heterogeneity", "tau2", "egger_p"),
        *("mid_source", "risk_mid", "baseline_risk", "baseline_risk_source", "instrument"),
    )
    numbers: dict[str, Any] = {name: record.get(name) for name in number_names}
    finding = Finding(
        id=f"row-{line}",
        exposure="",
        outcome=record["outcome"],
        direction=Direction.INCREASE,
        n=record.get("participants"),
        k=record.get("n_studies"),
        **numbers,
        dose_response=record.get("dose_response") == 1,
        opposing_confounding=record.get("opposing_confounding") == 1,
        judgements=tuple(judgements),
        **_select_effect_fields(record),
    )
    evidence = Evidence(finding.id, design, system, 1, finding, True, is_summary=True)
    published = record.get("published_certainty")
    return PublishedBody(line, record["outcome"], design_words, (evidence,), published)


def _select_effect_fields(record: dict[str, Any]) -> dict[str, Any]:
    """The effect and its intervals; without a measure nobody knows where no effect lies."""
    if "effect_measure" not in record:
        return {}
    intervals = {name: record.get(name) for name in ("ci_low", "ci_high", "pi_low", "pi_high")}
    units = {name: record.get(name) for name in ("unit", "mid", "scale")}
    effect = {"measure": record["effect_measure"], "estimate": record.get("effect")}
    return {**effect, **intervals, **units}


def build_table_fault(code: str, message: str, path: str, line: int) -> Diagnostic:
    """The diagnostic of a fault in a table; `code` is BAD_TABLE, BAD_ROW or BAD_CELL."""
    name = {BAD_TABLE: "bad-table", BAD_ROW: "bad-row", BAD_CELL: "bad-cell"}[code]
    return Diagnostic(code, name, Severity.SEVERE, message, location=Location(path, line))
