"""The whole base as a table: outcomes down, exposures across, colour for certainty.

A graph of hundreds of pairs shows nothing; a table shows at a glance where words outrun evidence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from kg.model import (
    EntityKind,
    EvidenceBase,
    OutcomeGrade,
    PairGrade,
    Sense,
    Severity,
)
from kg.model.record import dataclass
from kg.render import escape
from kg.render.captions import everything, footer
from kg.render.dot import FONT
from kg.render.picture import PALETTES, DiagramOptions, Palette, on_colour

MOST_ROWS = 60
MOST_COLUMNS = 16
CLINICAL = frozenset({EntityKind.CLINICAL_OUTCOME, EntityKind.CONDITION, EntityKind.ADVERSE_EVENT})


@dataclass(frozen=True, slots=True)
class Cell:
    """What the table says of one pair."""

    pair: PairGrade

    @property
    def words(self) -> str:
        """Certainty, with the sense where it is no benefit.

        The certainty is that of the established reading.
        """
        sense = "" if self.pair.sense is Sense.BENEFIT else f"{self.pair.sense}: "
        return f"{sense}{self.pair.certainty.established.level.word}"

    @property
    def gap(self) -> str:
        """How far the wording stands above the evidence; empty where it does not."""
        return f"worded +{self.pair.gap}" if self.pair.gap > 0 else ""


@dataclass(frozen=True, slots=True)
class Heat:
    """The table: ids of columns (exposures) and rows (outcomes), cells by (row, column)."""

    title: str
    line: str
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    cells: dict[tuple[str, str], tuple[Cell, ...]]
    footer: tuple[str, ...]
    options: DiagramOptions

    @property
    def alt(self) -> str:
        """What the table shows, in words."""
        return f"{self.title}. {self.line}"


def heat(grades: Sequence[OutcomeGrade], base: EvidenceBase, options: DiagramOptions) -> Heat:
    """The table of all clinical pairs that a source words; the rest is counted in the footer."""
    pairs = [pair for grade in grades for pair in grade.pairs]
    named = {claim.proposition.object for claim in base.claims}
    ends = {e.id for e in base.entities if e.kind in CLINICAL and e.id in named}
    told = [p for p in pairs if p.wording.sigma and p.outcome in ends]
    columns = _most(Counter(p.exposure for p in told), MOST_COLUMNS)
    rows = _most(Counter(p.outcome for p in told if p.exposure in columns), MOST_ROWS)
    cells: dict[tuple[str, str], tuple[Cell, ...]] = {}
    for pair in told:
        if pair.exposure in columns and pair.outcome in rows:
            key = (pair.outcome, pair.exposure)
            cells[key] = (*cells.get(key, ()), Cell(pair))
    shown = sum(map(len, cells.values()))
    title, line = everything(grades)
    rest = f"Shown: {shown} of them, which sources claim and which end at a clinical outcome."
    return Heat(
        title, line, columns, rows, cells, (rest, *footer(grades[0], [], 0, options)), options
    )


def _most(counts: Counter[str], limit: int) -> tuple[str, ...]:
    """Ids with the highest counts, highest first, then by name."""
    return tuple(sorted(counts, key=lambda id: (-counts[id], id))[:limit])


def write(table: Heat, base: EvidenceBase) -> str:
    """The table as DOT text; every word of the data is escaped for XML."""
    colours = PALETTES[table.options.theme]
    look = f'fontname="{FONT}" fontcolor="{colours.text}" fontsize=12 shape=plain'
    lines = [
        "digraph kg {",
        f'graph [bgcolor="{colours.ground}" pad=0.3 charset="UTF-8" size="16.6,23.4"]',
        f"node [{look}]",
        f"table [label=<{''.join(_table(table, base, colours))}>]",
        "}",
    ]
    return "\n".join(lines) + "\n"


def _table(table: Heat, base: EvidenceBase, colours: Palette) -> Iterator[str]:
    width = len(table.columns) + 1
    yield '<table border="0" cellborder="0" cellspacing="2" cellpadding="5">'
    yield _wide(table.title, width, 24, colours.text)
    yield _wide(table.line, width, 14, colours.soft)
    heads = (f'<td valign="bottom">{_broken(base.label(c), 14)}</td>' for c in table.columns)
    yield _row(_font(CORNER, 11, colours.soft), heads)
    for row in table.rows:
        found = (table.cells.get((row, column), ()) for column in table.columns)
        yield _row(_broken(base.label(row), 34), (_cell(cells, colours) for cells in found))
    samples = (
        f'<td bgcolor="{colour}">{_font(level.word, 11, on_colour(colour))}</td>'
        for level, colour in colours.levels.items()
    )
    yield _row(_font("certainty:", 11, colours.soft), samples)
    for text in (FRAME, *table.footer):
        yield _wide(text, width, 11, colours.soft)
    yield "</table>"


CORNER = "outcome, by what is taken"
FRAME = "Red frame: worded three or more steps above the evidence (worded +n: n steps)."


def _row(head: str, cells: Iterable[str]) -> str:
    return f'<tr><td align="right">{head}</td>{"".join(cells)}</tr>'


def _cell(cells: tuple[Cell, ...], colours: Palette) -> str:
    if not cells:
        return f'<td bgcolor="{colours.band}"></td>'
    worst = max(cells, key=lambda c: (c.pair.severity, c.pair.gap))
    colour = colours.levels[worst.pair.certainty.established.level]
    severe = worst.pair.severity is Severity.SEVERE
    frame = f'border="3" color="{colours.mark}"' if severe else f'border="1" color="{colour}"'
    said = "\n".join(text for cell in cells for text in (cell.words, cell.gap) if text)
    return f'<td bgcolor="{colour}" {frame}>{_font(said, 11, on_colour(colour))}</td>'


def _wide(text: str, width: int, size: int, colour: str) -> str:
    return f'<tr><td align="left" colspan="{width}">{_font(text, size, colour)}</td></tr>'


def _font(text: str, size: int, colour: str) -> str:
    shown = "<br/>".join(escape.xml(part) for part in text.split("\n"))
    return f'<font point-size="{size}" color="{colour}">{shown}</font>'


def _broken(text: str, width: int) -> str:
    import textwrap

    return "<br/>".join(escape.xml(part) for part in textwrap.wrap(escape.line(text), width))
