"""The whole base as a table: outcomes down, exposures across, colour for certainty.

A graph of hundreds of pairs shows nothing; a table shows at a glance where words outrun evidence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kg.model import (
    EntityKind,
    EvidenceBase,
    OutcomeGrade,
    PairGrade,
    Sense,
    Severity,
)
from kg.render import escape
from kg.render.diagram.captions import describe_whole_base, format_footer
from kg.render.diagram.dot import FONT_FAMILIES, quote_aligned
from kg.render.diagram.picture import PALETTES, DiagramOptions, Palette, choose_text_colour

MOST_ROWS = 60
MOST_COLUMNS = 16
CLINICAL_KINDS = frozenset(
    {EntityKind.CLINICAL_OUTCOME, EntityKind.CONDITION, EntityKind.ADVERSE_EVENT}
)


@dataclass(frozen=True, slots=True)
class HeatCell:
    """What the table says of one pair."""

    pair: PairGrade

    @property
    def certainty_text(self) -> str:
        """Certainty, with the sense where it is no benefit.

        The certainty is that of the established reading.
        """
        sense = "" if self.pair.sense is Sense.BENEFIT else f"{self.pair.sense}: "
        return f"{sense}{self.pair.certainty.established.level.word}"

    @property
    def gap_text(self) -> str:
        """How far the wording stands above the evidence; empty where it does not."""
        return f"worded +{self.pair.gap}" if self.pair.gap > 0 else ""


@dataclass(frozen=True, slots=True)
class HeatTable:
    """The table: ids of columns (exposures) and rows (outcomes), cells by (row, column)."""

    title: str
    subtitle_text: str
    exposure_ids: tuple[str, ...]
    outcome_ids: tuple[str, ...]
    cells_by_position: dict[tuple[str, str], tuple[HeatCell, ...]]
    footer_lines: tuple[str, ...]
    options: DiagramOptions

    @property
    def alt_text(self) -> str:
        """What the table shows, in words."""
        return f"{self.title}. {self.subtitle_text}"


def build_heat_table(
    grades: Sequence[OutcomeGrade], base: EvidenceBase, options: DiagramOptions
) -> HeatTable:
    """The table of all clinical pairs that a source words; the rest is counted in the footer."""
    pairs = [pair for grade in grades for pair in grade.pairs]
    claimed_object_ids = {claim.proposition.object for claim in base.claims}
    ends = {e.id for e in base.entities if e.kind in CLINICAL_KINDS and e.id in claimed_object_ids}
    worded_pairs = [p for p in pairs if p.wording.sigma and p.outcome in ends]
    columns = _list_most_frequent(Counter(p.exposure for p in worded_pairs), MOST_COLUMNS)
    rows = _list_most_frequent(
        Counter(p.outcome for p in worded_pairs if p.exposure in columns), MOST_ROWS
    )
    cells: dict[tuple[str, str], tuple[HeatCell, ...]] = {}
    for pair in worded_pairs:
        if pair.exposure in columns and pair.outcome in rows:
            key = (pair.outcome, pair.exposure)
            cells[key] = (*cells.get(key, ()), HeatCell(pair))
    shown_count = sum(map(len, cells.values()))
    title, line = describe_whole_base(grades)
    shown_note = (
        f"Shown: {shown_count} of them, which sources claim and which end at a clinical outcome."
    )
    return HeatTable(
        title,
        line,
        columns,
        rows,
        cells,
        (shown_note, *format_footer(grades[0], [], 0, options)),
        options,
    )


def _list_most_frequent(counts: Counter[str], limit: int) -> tuple[str, ...]:
    """Ids with the highest counts, highest first, then by name."""
    return tuple(sorted(counts, key=lambda id: (-counts[id], id))[:limit])


def write(table: HeatTable, base: EvidenceBase) -> str:
    """The table as DOT text: a box for each cell, each where it belongs.

    The layout is done here, for not every Graphviz has tables of its own.
    """
    colours = PALETTES[table.options.theme]
    lines = [
        "digraph kg {",
        f'graph [layout=neato inputscale=72 bgcolor="{colours.ground}" pad=0.3 charset="UTF-8" '
        'size="16.6,23.4"]',
        f'node [shape=box style=filled fixedsize=true penwidth=0 fontname="{FONT_FAMILIES}"]',
        *_place_rows(_list_rows(table, base, colours)),
        "}",
    ]
    return "\n".join(lines) + "\n"


CORNER_LABEL = "outcome, by what is taken"
FRAME_NOTE = "Red frame: worded three or more steps above the evidence (worded +n: n steps)."
HEADER_WIDTH, COLUMN_WIDTH, CELL_GAP = 230.0, 104.0, 4.0
"""Points: of the column of outcomes, of every other column, and between two cells."""


@dataclass(frozen=True, slots=True)
class CellBox:
    """A cell as it is drawn; `side` is where its lines begin or end: `l`, `r` or empty."""

    text: str
    colour: str
    left: float = 0
    width: float = HEADER_WIDTH
    size: int = 11
    side: str = ""
    fill: str = "none"
    frame: str = ""

    @property
    def height(self) -> float:
        """Points that the lines of text take."""
        return (self.text.count("\n") + 1) * self.size * 1.2 + 10


def _list_rows(
    table: HeatTable, base: EvidenceBase, colours: Palette
) -> Iterator[tuple[CellBox, ...]]:
    yield (_build_wide_box(table.title, 24, colours.text),)
    yield (_build_wide_box(table.subtitle_text, 14, colours.soft),)
    heads = (
        CellBox(_wrap_text(base.get_label(column), 14), colours.text, *_locate(number), size=12)
        for number, column in enumerate(table.exposure_ids)
    )
    yield (CellBox(CORNER_LABEL, colours.soft, side="r"), *heads)
    for row in table.outcome_ids:
        name = _wrap_text(base.get_label(row), 34)
        yield (
            CellBox(name, colours.text, size=12, side="r"),
            *(
                _build_cell_box(table.cells_by_position.get((row, column), ()), number, colours)
                for number, column in enumerate(table.exposure_ids)
            ),
        )
    samples = (
        CellBox(level.word, choose_text_colour(colour), *_locate(number), fill=colour)
        for number, (level, colour) in enumerate(colours.levels.items())
    )
    yield (CellBox("certainty:", colours.soft, side="r"), *samples)
    for text in (FRAME_NOTE, *table.footer_lines):
        yield (_build_wide_box(text, 11, colours.soft),)


def _locate(column: int) -> tuple[float, float]:
    """Left edge and width of a column."""
    return HEADER_WIDTH + CELL_GAP + column * (COLUMN_WIDTH + CELL_GAP), COLUMN_WIDTH


def _build_wide_box(text: str, size: int, colour: str) -> CellBox:
    """A line of its own; half its size for each letter is wide enough to count for the picture."""
    return CellBox(text, colour, width=len(text) * size / 2 + 16, size=size, side="l")


def _build_cell_box(cells: tuple[HeatCell, ...], column: int, colours: Palette) -> CellBox:
    left, width = _locate(column)
    if not cells:
        return CellBox("", colours.text, left, width, fill=colours.band)
    worst = max(cells, key=lambda c: (c.pair.severity, c.pair.gap))
    fill = colours.levels[worst.pair.certainty.established.level]
    frame = colours.mark if worst.pair.severity is Severity.SEVERE else ""
    cell_text = "\n".join(
        text for cell in cells for text in (cell.certainty_text, cell.gap_text) if text
    )
    return CellBox(cell_text, choose_text_colour(fill), left, width, fill=fill, frame=frame)


def _place_rows(rows: Iterable[tuple[CellBox, ...]]) -> Iterator[str]:
    """A node for each box, the rows one below the other."""
    top = 0.0
    for row_number, row in enumerate(rows):
        height = max(box.height for box in row)
        for number, box in enumerate(row):
            x, y = box.left + box.width / 2, -top - height / 2
            label = quote_aligned(box.text, box.side) if box.side else escape.escape_dot(box.text)
            frame = f' penwidth=3 color="{box.frame}"' if box.frame else ""
            yield (
                f'"cell {row_number} {number}" [pos="{x:g},{y:g}!" width={box.width / 72:g} '
                f"height={height / 72:g} label={label} fontsize={box.size} "
                f'fontcolor="{box.colour}" fillcolor="{box.fill}"{frame}]'
            )
        top += height + CELL_GAP


def _wrap_text(text: str, width: int) -> str:
    import textwrap

    return "\n".join(textwrap.wrap(escape.flatten_lines(text), width))
