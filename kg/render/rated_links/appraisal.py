"""Rated tables as text, CSV, JSON, Markdown and HTML, piece by piece as the rows come."""

from __future__ import annotations

import csv as table
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from kg.grading.body.judgement import DomainDowngrade, format_number
from kg.grading.published import AppraisedBody, CertaintyTally, ReplayResult
from kg.model import Diagnostic, Level
from kg.registry import Registry
from kg.render import escape

ROWS_A_TABLE = 200
SERIOUSNESS_WORDS = {0: "not serious", 1: "serious", 2: "very serious", 3: "extremely serious"}
_FOLLOWS_KEYS = {
    ReplayResult.YES: "follows",
    ReplayResult.MAY: "may_follow",
    ReplayResult.NO: "does_not_follow",
}
DOES_NOT_FOLLOW = "the published certainty does not follow from its judgements"


@dataclass(frozen=True, slots=True)
class RatingRules:
    """By which rules the rows were rated, and which were not."""

    profile: str
    version: str
    upgrade: str
    reading: str
    ascii_only: bool = False
    faults: tuple[Diagnostic, ...] = ()
    """Why rows of the table were left out."""

    @property
    def rules_text(self) -> str:
        """The rules in one phrase."""
        reading = self.reading.replace("_", " ")
        return f"profile {self.profile} {self.version}, {self.upgrade} upgrades, {reading} reading"


class AppraisalRenderer(Protocol):
    """A view of rated rows."""

    def __call__(self, rows: Iterable[AppraisedBody], frame: RatingRules) -> Iterator[str]:
        """The pieces of the view, in order."""


APPRAISAL_RENDERERS: Registry[AppraisalRenderer] = Registry(
    "form",
    {
        "text": "kg.render.rated_links.appraisal:render_text",
        "csv": "kg.render.rated_links.appraisal:render_csv",
        "json": "kg.render.rated_links.appraisal:render_json",
        "markdown": "kg.render.rated_links.appraisal:render_markdown",
        "html": "kg.render.rated_links.appraisal:render_html",
    },
)


def render_text(rows: Iterable[AppraisedBody], frame: RatingRules) -> Iterator[str]:
    """Each row with its level, its interval and every step; the agreement at the end."""
    tally = CertaintyTally()
    yield f"Certainty of each body of evidence ({frame.rules_text})\n"
    for row in map(tally.count_row, rows):
        rating = row.rating
        outcome_text = escape.escape_terminal(row.body.outcome)
        yield f"\n{outcome_text}: {row.level.word.upper()}{_format_interval(row)}\n"
        yield f"  {rating.reasons[0].text} ({escape.escape_terminal(row.body.label)})\n"
        if rating.pooling_text:
            yield f"  {escape.escape_terminal(rating.pooling_text)}\n"
        for domain in rating.judgements:
            is_open = domain.worst != domain.best
            sign = "?" if is_open and not domain.change else _format_change(domain.change)
            range_text = _format_range(domain.worst, domain.best)
            yield f"  {sign:>2} {domain.domain}: {domain.text}{range_text}\n"
        for upgrade_step in rating.upgrades:
            yield f"  {_format_change(upgrade_step.change):>2} {upgrade_step.text}\n"
        yield from (f"  {note}\n" for note in _describe_widest_domain(row))
        if row.replay and row.body.published_level is not None:
            yield f"  published {row.body.published_level.word}: {_describe_replay(row)}\n"
    yield "".join(f"\n{line}\n" for line in _describe_agreement(tally, frame))


def render_csv(rows: Iterable[AppraisedBody], frame: RatingRules) -> Iterator[str]:
    """One row for each row of the table."""
    yield _format_csv_line(
        *("line", "outcome", "design", "level", "low", "high", "start"),
        *("risk_of_bias", "inconsistency", "indirectness", "imprecision", "publication_bias"),
        *("upgrades", "published", "replay", "own_low", "own_high", "step", "rules"),
    )
    for row in rows:
        published = row.body.published_level
        yield _format_csv_line(
            *(str(row.body.line), row.body.outcome, row.body.label),
            *(row.level.word, row.low.word, row.high.word, Level(row.rating.start_level).word),
            *(str(domain.change) for domain in row.rating.judgements),
            str(sum(up.change for up in row.rating.upgrades)),
            published.word if published is not None else "",
            *_list_replay_cells(row),
            frame.rules_text,
        )


def render_json(rows: Iterable[AppraisedBody], frame: RatingRules) -> Iterator[str]:
    """One object with all rows and the agreement; one line a row."""
    tally = CertaintyTally()
    rules = {
        "profile": frame.profile,
        "version": frame.version,
        "upgrade": frame.upgrade,
        "reading": frame.reading,
    }
    yield f'{{"schema": "kg.appraisal/1", "rules": {json.dumps(rules)}, "rows": ['
    mark = "\n"
    for row in map(tally.count_row, rows):
        yield mark + json.dumps(_encode_row(row), ensure_ascii=False)
        mark = ",\n"
    left_out = [
        {"line": fault.location.line if fault.location else None, "reason": fault.message}
        for fault in frame.faults
    ]
    yield (
        f'\n], "agreement": {json.dumps(_encode_tally(tally))}, '
        f'"left_out": {json.dumps(left_out, ensure_ascii=False)}}}\n'
    )


def render_markdown(rows: Iterable[AppraisedBody], frame: RatingRules) -> Iterator[str]:
    """A GRADE evidence profile whose footnotes give the reasons; long tables come in parts."""
    tally = CertaintyTally()
    yield "# Evidence profile\n\n" + escape.escape_markdown(frame.rules_text) + "\n"
    for part in _split_tables(map(tally.count_row, rows)):
        notes: dict[str, int] = {}
        lines = [f"| {' | '.join(COLUMN_NAMES)} |", "|" + " --- |" * len(COLUMN_NAMES)]
        for row in part:
            cells = [
                escape.escape_markdown(text)
                + "".join(f"<sup>{_number_note(notes, n)}</sup>" for n in cell_notes)
                for text, cell_notes in _list_cells(row, frame.ascii_only)
            ]
            lines.append(f"| {' | '.join(cells)} |")
        foot = [f"{number}. {escape.escape_markdown(text)}" for text, number in notes.items()]
        yield "\n" + "\n".join(lines) + "\n\n" + "".join(f"{line}\n" for line in foot)
    yield "".join(
        f"\n{escape.escape_markdown(line)}\n" for line in _describe_agreement(tally, frame)
    )


def render_html(rows: Iterable[AppraisedBody], frame: RatingRules) -> Iterator[str]:
    """The same profile as one page that loads nothing and runs nothing."""
    tally = CertaintyTally()
    yield (
        _PAGE_START + f"<h1>Evidence profile</h1>\n<p>{escape.escape_html(frame.rules_text)}</p>\n"
    )
    for part in _split_tables(map(tally.count_row, rows)):
        notes: dict[str, int] = {}
        header_cells = "".join(
            f'<th scope="col">{escape.escape_html(name)}</th>' for name in COLUMN_NAMES
        )
        yield '<div class="wide" tabindex="0" role="region" aria-label="Evidence profile">'
        yield f"<table>\n<thead><tr>{header_cells}</tr></thead>\n<tbody>\n"
        for row in part:
            cells = [
                escape.escape_html(cell_text)
                + "".join(f"<sup>{_number_note(notes, n)}</sup>" for n in cell_notes)
                for cell_text, cell_notes in _list_cells(row, ascii=False)
            ]
            body = "".join(f"<td>{cell}</td>" for cell in cells[1:])
            yield f'<tr><th scope="row">{cells[0]}</th>{body}</tr>\n'
        yield "</tbody>\n</table></div>\n<ol>\n"
        yield (
            "".join(f"<li>{escape.escape_html(cell_text)}</li>\n" for cell_text in notes)
            + "</ol>\n"
        )
    yield "".join(
        f"<p>{escape.escape_html(line)}</p>\n" for line in _describe_agreement(tally, frame)
    )
    yield "</body>\n</html>\n"


COLUMN_NAMES = (
    *("Outcome", "Studies", "Design", "Risk of bias", "Inconsistency", "Indirectness"),
    *("Imprecision", "Publication bias", "Other", "Participants", "Effect", "Certainty"),
    "Published",
)

_PAGE_START = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Evidence profile</title>
<style>
body { font: 1rem/1.45 system-ui, sans-serif; margin: 2rem; color: #1a1a1a; background: #fff }
table { border-collapse: collapse; font-size: .875rem }
th, td { border: 1px solid #767676; padding: .35rem .5rem; text-align: left; vertical-align: top }
thead th { background: #eee }
.wide { overflow-x: auto }
@media (max-width: 40rem) { body { margin: 1rem } }
@page { size: A4 landscape; margin: 12mm }
@media print { body { margin: 0 } table { font-size: .68rem } th, td { padding: .2rem .3rem } }
</style>
</head>
<body>
"""


def _split_tables(rows: Iterator[AppraisedBody]) -> Iterator[list[AppraisedBody]]:
    while part := [*islice(rows, ROWS_A_TABLE)]:
        yield part


def _format_interval(row: AppraisedBody) -> str:
    return "" if row.low == row.high else f" [{row.low.word} to {row.high.word}]"


def _format_change(value: int) -> str:
    return f"{value:+d}" if value else "0"


def _format_range(worst: int, best: int) -> str:
    if worst == best:
        return ""
    return f" (not assessed: {_format_change(worst)} to {_format_change(best)})"


def _describe_replay(row: AppraisedBody) -> str:
    replay = row.replay
    if replay is None:
        return ""
    if replay.follows is ReplayResult.YES:
        return "follows from its judgements"
    span = f"{replay.low.word} to {replay.high.word}"
    if replay.follows is ReplayResult.MAY:
        return f"may follow; the judgements that are given allow {span}"
    implied_level = replay.low.word if replay.low == replay.high else span
    return f"{DOES_NOT_FOLLOW}, which give {implied_level}; it would take {replay.step}"


def _describe_agreement(tally: CertaintyTally, frame: RatingRules) -> tuple[str, ...]:
    unread = tuple(f"Left out: {fault}" for fault in frame.faults)
    if not tally.published:
        return (_count_rows(tally), *unread)
    counts = ", ".join(f"{word.value} {count}" for word, count in tally.follows.items() if count)
    return (
        f"{_count_rows(tally)}, {tally.published} with a published certainty: "
        f"{tally.exact} equal, {tally.within_one} equal or one level apart",
        f"Published certainty and the judgements beside it: {counts}",
        *unread,
    )


def _count_rows(tally: CertaintyTally) -> str:
    return "1 row" if tally.rows == 1 else f"{tally.rows} rows"


def _encode_tally(tally: CertaintyTally) -> dict[str, int]:
    return {
        "rows": tally.rows,
        "published": tally.published,
        "exact": tally.exact,
        "within_one": tally.within_one,
        **{_FOLLOWS_KEYS[follows]: count for follows, count in tally.follows.items()},
    }


def _encode_row(row: AppraisedBody) -> dict[str, object]:
    rating, replay, published = row.rating, row.replay, row.body.published_level
    return {
        "line": row.body.line,
        "outcome": row.body.outcome,
        "design": row.body.label,
        "level": row.level.key,
        "low": row.low.key,
        "high": row.high.key,
        "start": Level(rating.start_level).key,
        "studies": row.studies,
        "pooled": rating.pooling_text or None,
        "domains": {
            domain.domain.replace(" ", "_"): {
                "change": domain.change,
                "worst": domain.worst,
                "best": domain.best,
                "reason": domain.text,
            }
            for domain in rating.judgements
        },
        "upgrades": [{"reason": up.text, "change": up.change} for up in rating.upgrades],
        "published": published.key if published is not None else None,
        "replay": {
            "follows": _FOLLOWS_KEYS[replay.follows],
            "low": replay.low.key,
            "high": replay.high.key,
            "step": replay.step,
        }
        if replay
        else None,
    }


def _list_cells(row: AppraisedBody, ascii: bool) -> list[tuple[str, tuple[str, ...]]]:
    """Cells of the profile, each with the footnotes that belong to it."""
    finding, published = row.finding, row.body.published_level
    ups = "; ".join(f"{up.text} {_format_change(up.change)}" for up in row.rating.upgrades)
    marks = "" if ascii else "⊕" * row.level + "○" * (4 - row.level) + " "
    replay_notes = (
        (_describe_replay(row),)
        if row.replay and row.replay.follows is not ReplayResult.YES
        else ()
    )
    return [
        (row.body.outcome, ()),
        (
            _format_count(row.studies),
            (rating.pooling_text,) if (rating := row.rating).pooling_text else (),
        ),
        (row.body.label, (row.rating.reasons[0].text,)),
        *((_format_judgement(d), (f"{d.domain}: {d.text}",)) for d in row.rating.judgements),
        (ups or "none", ()),
        (_format_count(finding.n), ()),
        (_format_effect(row), ()),
        (f"{marks}{row.level.word}{_format_interval(row)}", _describe_widest_domain(row)),
        (published.word if published is not None else "", replay_notes),
    ]


def _format_judgement(domain: DomainDowngrade) -> str:
    """How serious a domain is; one that nobody judged reads so, with what is charged for it."""
    word = SERIOUSNESS_WORDS[-domain.change]
    if domain.worst == domain.best:
        return word
    return f"not assessed, taken as {word}" if domain.change else "not assessed"


def _describe_widest_domain(row: AppraisedBody) -> tuple[str, ...]:
    """Which judgement would narrow the interval of the level most, where any would."""
    open_domains = [d for d in row.rating.judgements if d.worst != d.best]
    if not open_domains:
        return ()
    widest = max(open_domains, key=lambda d: d.best - d.worst)
    return (
        f"a judgement of {widest.domain} would narrow it most: it may change the level by "
        f"{_format_change(widest.worst)} to {_format_change(widest.best)}",
    )


def _format_effect(row: AppraisedBody) -> str:
    finding = row.finding
    if finding.estimate is None or finding.measure is None:
        return "not reported"
    text = f"{finding.measure} {format_number(finding.estimate)}"
    if finding.ci_low is None or finding.ci_high is None:
        return text
    return f"{text} ({format_number(finding.ci_low)} to {format_number(finding.ci_high)})"


def _list_replay_cells(row: AppraisedBody) -> tuple[str, ...]:
    replay = row.replay
    if replay is None:
        return ("",) * 4
    return (replay.follows.value, replay.low.word, replay.high.word, replay.step)


def _format_count(count: int | None) -> str:
    return "not reported" if count is None else str(count)


def _number_note(notes: dict[str, int], text: str) -> int:
    return notes.setdefault(text, len(notes) + 1)


def _format_csv_line(*cells: str) -> str:
    text = io.StringIO()
    table.writer(text, lineterminator="\n").writerow([escape.escape_csv(cell) for cell in cells])
    return text.getvalue()
