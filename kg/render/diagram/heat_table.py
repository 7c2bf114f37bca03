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
from kg.render.diagram.dot import FONT_FAMILIES
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
    """The table as DOT text; every word of the data is escaped for XML."""
    colours = PALETTES[table.options.theme]
    look = f'fontname="{FONT_FAMILIES}" fontcolor="{colours.text}" fontsize=12 shape=plain'
    lines = [
        "digraph kg {",
        f'graph [bgcolor="{colours.ground}" pad=0.3 charset="UTF-8" size="16.6,23.4"]',
        f"node [{look}]",
        f"table [label=<{''.join(_write_table(table, base, colours))}>]",
        "}",
    ]
    return "\n".join(lines) + "\n"


def _write_table(table: HeatTable, base: EvidenceBase, colours: Palette) -> Iterator[str]:
    width = len(table.exposure_ids) + 1
    yield '<table border="0" cellborder="0" cellspacing="2" cellpadding="5">'
    yield _format_wide_row(table.title, width, 24, colours.text)
    yield _format_wide_row(table.subtitle_text, width, 14, colours.soft)
    heads = (
        f'<td valign="bottom">{_wrap_text(base.get_label(c), 14)}</td>' for c in table.exposure_ids
    )
    yield _format_row(_format_font(CORNER_LABEL, 11, colours.soft), heads)
    for row in table.outcome_ids:
        row_cells = (
            table.cells_by_position.get((row, column), ()) for column in table.exposure_ids
        )
        yield _format_row(
            _wrap_text(base.get_label(row), 34),
            (_format_cell(cells, colours) for cells in row_cells),
        )
    samples = (
        f'<td bgcolor="{colour}">{_format_font(level.word, 11, choose_text_colour(colour))}</td>'
        for level, colour in colours.levels.items()
    )
    yield _format_row(_format_font("certainty:", 11, colours.soft), samples)
    for text in (FRAME_NOTE, *table.footer_lines):
        yield _format_wide_row(text, width, 11, colours.soft)
    yield "</table>"


CORNER_LABEL = "outcome, by what is taken"
FRAME_NOTE = "Red frame: worded three or more steps above the evidence (worded +n: n steps)."


def _format_row(header_text: str, cells: Iterable[str]) -> str:
    return f'<tr><td align="right">{header_text}</td>{"".join(cells)}</tr>'


def _format_cell(cells: tuple[HeatCell, ...], colours: Palette) -> str:
    if not cells:
        return f'<td bgcolor="{colours.band}"></td>'
    worst = max(cells, key=lambda c: (c.pair.severity, c.pair.gap))
    colour = colours.levels[worst.pair.certainty.established.level]
    severe = worst.pair.severity is Severity.SEVERE
    frame = f'border="3" color="{colours.mark}"' if severe else f'border="1" color="{colour}"'
    cell_text = "\n".join(
        text for cell in cells for text in (cell.certainty_text, cell.gap_text) if text
    )
    label_html = _format_font(cell_text, 11, choose_text_colour(colour))
    return f'<td bgcolor="{colour}" {frame}>{label_html}</td>'


def _format_wide_row(text: str, width: int, size: int, colour: str) -> str:
    return f'<tr><td align="left" colspan="{width}">{_format_font(text, size, colour)}</td></tr>'


def _format_font(text: str, size: int, colour: str) -> str:
    escaped_text = "<br/>".join(escape.escape_xml(text_line) for text_line in text.split("\n"))
    return f'<font point-size="{size}" color="{colour}">{escaped_text}</font>'


def _wrap_text(text: str, width: int) -> str:
    import textwrap

    return "<br/>".join(
        escape.escape_xml(text_line)
        for text_line in textwrap.wrap(escape.flatten_lines(text), width)
    )
