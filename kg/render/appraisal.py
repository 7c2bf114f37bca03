"""Rated tables as text, CSV, JSON, Markdown and HTML, piece by piece as the rows come."""

from __future__ import annotations

import csv as table
import io
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Protocol

from kg.grading.domains import shown
from kg.grading.judgement import Judgement
from kg.grading.published import Appraised, Follows, Tally
from kg.model import Level
from kg.model.record import dataclass
from kg.registry import Registry
from kg.render import escape

ROWS_A_TABLE = 200
WORDS = {0: "not serious", 1: "serious", 2: "very serious", 3: "extremely serious"}
_KEYS = {Follows.YES: "follows", Follows.MAY: "may_follow", Follows.NO: "does_not_follow"}
SAYS_NOT = "the published certainty does not follow from its judgements"


@dataclass(frozen=True, slots=True)
class Frame:
    """By which rules the rows were rated."""

    profile: str
    version: str
    upgrade: str
    reading: str
    ascii: bool = False

    @property
    def words(self) -> str:
        """The rules in one phrase."""
        reading = self.reading.replace("_", " ")
        return f"profile {self.profile} {self.version}, {self.upgrade} upgrades, {reading} reading"


class View(Protocol):
    """A view of rated rows."""

    def __call__(self, rows: Iterable[Appraised], frame: Frame) -> Iterator[str]:
        """The pieces of the view, in order."""


FORMS: Registry[View] = Registry(
    "form",
    {
        "text": "kg.render.appraisal:as_text",
        "csv": "kg.render.appraisal:as_csv",
        "json": "kg.render.appraisal:as_json",
        "markdown": "kg.render.appraisal:as_markdown",
        "html": "kg.render.appraisal:as_html",
    },
)


def as_text(rows: Iterable[Appraised], frame: Frame) -> Iterator[str]:
    """Each row with its level, its interval and every step; the agreement at the end."""
    tally = Tally()
    yield f"Certainty of each body of evidence ({frame.words})\n"
    for row in map(tally.add, rows):
        rating = row.rating
        yield f"\n{escape.terminal(row.body.outcome)}: {row.level.word.upper()}{_open(row)}\n"
        yield f"  {rating.reasons[0].text} ({escape.terminal(row.body.words)})\n"
        if rating.pooled:
            yield f"  {escape.terminal(rating.pooled)}\n"
        for domain in rating.judged:
            sign = _change(domain.change)
            yield f"  {sign:>2} {domain.domain}: {domain.text}{_range(domain.worst, domain.best)}\n"
        for up in rating.ups:
            yield f"  {_change(up.change):>2} {up.text}\n"
        if row.replay and row.body.published is not None:
            yield f"  published {row.body.published.word}: {_replayed(row)}\n"
    yield "".join(f"\n{line}\n" for line in _agreement(tally))


def as_csv(rows: Iterable[Appraised], frame: Frame) -> Iterator[str]:
    """One row for each row of the table."""
    yield _csv_line(
        *("line", "outcome", "design", "level", "low", "high", "start"),
        *("risk_of_bias", "inconsistency", "indirectness", "imprecision", "publication_bias"),
        *("upgrades", "published", "replay", "own_low", "own_high", "step", "rules"),
    )
    for row in rows:
        published = row.body.published
        yield _csv_line(
            *(str(row.body.line), row.body.outcome, row.body.words),
            *(row.level.word, row.low.word, row.high.word, Level(row.rating.start).word),
            *(str(domain.change) for domain in row.rating.judged),
            str(sum(up.change for up in row.rating.ups)),
            published.word if published is not None else "",
            *_replay_cells(row),
            frame.words,
        )


def as_json(rows: Iterable[Appraised], frame: Frame) -> Iterator[str]:
    """One object with all rows and the agreement; one line a row."""
    tally = Tally()
    rules = {
        "profile": frame.profile,
        "version": frame.version,
        "upgrade": frame.upgrade,
        "reading": frame.reading,
    }
    yield f'{{"schema": "kg.appraisal/1", "rules": {json.dumps(rules)}, "rows": ['
    mark = "\n"
    for row in map(tally.add, rows):
        yield mark + json.dumps(_object(row), ensure_ascii=False)
        mark = ",\n"
    yield f'\n], "agreement": {json.dumps(_counts(tally))}}}\n'


def as_markdown(rows: Iterable[Appraised], frame: Frame) -> Iterator[str]:
    """A GRADE evidence profile whose footnotes give the reasons; long tables come in parts."""
    tally = Tally()
    yield "# Evidence profile\n\n" + escape.markdown(frame.words) + "\n"
    for part in _parts(map(tally.add, rows)):
        notes: dict[str, int] = {}
        lines = [f"| {' | '.join(HEAD)} |", "|" + " --- |" * len(HEAD)]
        for row in part:
            cells = [
                escape.markdown(text) + "".join(f"<sup>{_number(notes, n)}</sup>" for n in told)
                for text, told in _cells(row, frame.ascii)
            ]
            lines.append(f"| {' | '.join(cells)} |")
        foot = [f"{number}. {escape.markdown(text)}" for text, number in notes.items()]
        yield "\n" + "\n".join(lines) + "\n\n" + "".join(f"{line}\n" for line in foot)
    yield "".join(f"\n{escape.markdown(line)}\n" for line in _agreement(tally))


def as_html(rows: Iterable[Appraised], frame: Frame) -> Iterator[str]:
    """The same profile as one page that loads nothing and runs nothing."""
    tally = Tally()
    yield _PAGE + f"<h1>Evidence profile</h1>\n<p>{escape.html(frame.words)}</p>\n"
    for part in _parts(map(tally.add, rows)):
        notes: dict[str, int] = {}
        head = "".join(f'<th scope="col">{escape.html(name)}</th>' for name in HEAD)
        yield '<div class="wide" tabindex="0" role="region" aria-label="Evidence profile">'
        yield f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n"
        for row in part:
            cells = [
                escape.html(text) + "".join(f"<sup>{_number(notes, n)}</sup>" for n in told)
                for text, told in _cells(row, ascii=False)
            ]
            body = "".join(f"<td>{cell}</td>" for cell in cells[1:])
            yield f'<tr><th scope="row">{cells[0]}</th>{body}</tr>\n'
        yield "</tbody>\n</table></div>\n<ol>\n"
        yield "".join(f"<li>{escape.html(text)}</li>\n" for text in notes) + "</ol>\n"
    yield "".join(f"<p>{escape.html(line)}</p>\n" for line in _agreement(tally))
    yield "</body>\n</html>\n"


HEAD = (
    *("Outcome", "Studies", "Design", "Risk of bias", "Inconsistency", "Indirectness"),
    *("Imprecision", "Publication bias", "Other", "Participants", "Effect", "Certainty"),
    "Published",
)

_PAGE = """<!DOCTYPE html>
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


def _parts(rows: Iterator[Appraised]) -> Iterator[list[Appraised]]:
    while part := [*islice(rows, ROWS_A_TABLE)]:
        yield part


def _open(row: Appraised) -> str:
    return "" if row.low == row.high else f" [{row.low.word} to {row.high.word}]"


def _change(value: int) -> str:
    return f"{value:+d}" if value else "0"


def _range(worst: int, best: int) -> str:
    return "" if worst == best else f" (unknown: {_change(worst)} to {_change(best)})"


def _replayed(row: Appraised) -> str:
    replay = row.replay
    if replay is None:
        return ""
    if replay.follows is Follows.YES:
        return "follows from its judgements"
    span = f"{replay.low.word} to {replay.high.word}"
    if replay.follows is Follows.MAY:
        return f"may follow; the judgements that are given allow {span}"
    said = replay.low.word if replay.low == replay.high else span
    return f"{SAYS_NOT}, which give {said}; it would take {replay.step}"


def _agreement(tally: Tally) -> tuple[str, ...]:
    if not tally.published:
        return (_rows(tally),)
    counts = ", ".join(f"{word.value} {count}" for word, count in tally.follows.items() if count)
    return (
        f"{_rows(tally)}, {tally.published} with a published certainty: "
        f"{tally.exact} equal, {tally.within_one} equal or one level apart",
        f"Published certainty and the judgements beside it: {counts}",
    )


def _rows(tally: Tally) -> str:
    return "1 row" if tally.rows == 1 else f"{tally.rows} rows"


def _counts(tally: Tally) -> dict[str, int]:
    return {
        "rows": tally.rows,
        "published": tally.published,
        "exact": tally.exact,
        "within_one": tally.within_one,
        **{_KEYS[follows]: count for follows, count in tally.follows.items()},
    }


def _object(row: Appraised) -> dict[str, object]:
    rating, replay, published = row.rating, row.replay, row.body.published
    return {
        "line": row.body.line,
        "outcome": row.body.outcome,
        "design": row.body.words,
        "level": row.level.key,
        "low": row.low.key,
        "high": row.high.key,
        "start": Level(rating.start).key,
        "studies": row.studies,
        "pooled": rating.pooled or None,
        "domains": {
            domain.domain.replace(" ", "_"): {
                "change": domain.change,
                "worst": domain.worst,
                "best": domain.best,
                "reason": domain.text,
            }
            for domain in rating.judged
        },
        "upgrades": [{"reason": up.text, "change": up.change} for up in rating.ups],
        "published": published.key if published is not None else None,
        "replay": {
            "follows": _KEYS[replay.follows],
            "low": replay.low.key,
            "high": replay.high.key,
            "step": replay.step,
        }
        if replay
        else None,
    }


def _cells(row: Appraised, ascii: bool) -> list[tuple[str, tuple[str, ...]]]:
    """Cells of the profile, each with the footnotes that belong to it."""
    finding, published = row.finding, row.body.published
    ups = "; ".join(f"{up.text} {_change(up.change)}" for up in row.rating.ups)
    marks = "" if ascii else "⊕" * row.level + "○" * (4 - row.level) + " "
    told = (_replayed(row),) if row.replay and row.replay.follows is not Follows.YES else ()
    return [
        (row.body.outcome, ()),
        (_plain(row.studies), (rating.pooled,) if (rating := row.rating).pooled else ()),
        (row.body.words, (row.rating.reasons[0].text,)),
        *((_judged(d), (f"{d.domain}: {d.text}",)) for d in row.rating.judged),
        (ups or "none", ()),
        (_plain(finding.n), ()),
        (_effect(row), ()),
        (f"{marks}{row.level.word}{_open(row)}", ()),
        (published.word if published is not None else "", told),
    ]


def _judged(domain: Judgement) -> str:
    word = WORDS[-domain.change]
    return word if domain.worst == domain.best else f"{word} (unknown)"


def _effect(row: Appraised) -> str:
    finding = row.finding
    if finding.estimate is None or finding.measure is None:
        return "not reported"
    text = f"{finding.measure} {shown(finding.estimate)}"
    if finding.ci_low is None or finding.ci_high is None:
        return text
    return f"{text} ({shown(finding.ci_low)} to {shown(finding.ci_high)})"


def _replay_cells(row: Appraised) -> tuple[str, ...]:
    replay = row.replay
    if replay is None:
        return ("",) * 4
    return (replay.follows.value, replay.low.word, replay.high.word, replay.step)


def _plain(count: int | None) -> str:
    return "not reported" if count is None else str(count)


def _number(notes: dict[str, int], text: str) -> int:
    return notes.setdefault(text, len(notes) + 1)


def _csv_line(*cells: str) -> str:
    text = io.StringIO()
    table.writer(text, lineterminator="\n").writerow([escape.csv(cell) for cell in cells])
    return text.getvalue()
