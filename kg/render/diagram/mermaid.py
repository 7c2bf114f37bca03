"""A grade as a Mermaid flowchart: the same picture as the DOT, for Markdown pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.model import EvidenceBase, OutcomeGrade
from kg.render import escape
from kg.render.diagram.build import build_picture
from kg.render.diagram.edge_styles import choose_palette
from kg.render.diagram.picture import STRAND_COUNTS, Arrow, Box, EdgeKind, Lane, Palette, Picture


def render(grade: OutcomeGrade, base: EvidenceBase, options: object = None) -> str:
    """The picture of a grade as Mermaid text."""
    return write(build_picture(grade, base, options))


def write(picture: Picture) -> str:
    """A picture as Mermaid text."""
    return "\n".join(_write_lines(picture)) + "\n"


def _write_lines(picture: Picture) -> Iterator[str]:
    colours = choose_palette(picture)
    names = {box.id: f"n{number}" for number, box in enumerate(picture.boxes)}
    yield "flowchart LR"
    yield f"  accTitle: {_strip_signs(picture.title)}"
    yield f"  accDescr: {_strip_signs(picture.alt_text)}"
    yield f"  heading[{_format_label([picture.title, *picture.heading_lines])}]:::note"
    for lane in Lane:
        yield from _write_lane(picture, lane, names)
    for arrow in picture.arrows:
        yield f"  {_write_arrow(arrow, names)}"
    yield f"  footer[{_format_label(picture.footer_lines)}]:::note"
    yield from _write_styles(picture, colours)


def _write_lane(picture: Picture, lane: Lane, names: dict[str, str]) -> Iterator[str]:
    boxes = [box for box in picture.boxes if box.lane is lane]
    if boxes:
        yield f"  subgraph {lane.name.lower()}[{_format_label([lane.value])}]"
        for box in boxes:
            yield f"    {_write_box(box, names)}"
        yield "  end"


def _write_box(box: Box, names: dict[str, str]) -> str:
    kind = [f"({box.kind})"] if box.kind else []
    look = ":::asked" if box.is_focus else ""
    return f"{names[box.id]}({_format_label([box.label, *kind, *box.badges])}){look}"


def _write_arrow(arrow: Arrow, names: dict[str, str]) -> str:
    tail, head = names[arrow.tail], names[arrow.head]
    line = {EdgeKind.IMPLICIT: "-.->", EdgeKind.BRIDGE: "-.->", EdgeKind.HEADLINE: "==>"}
    line_style = line.get(arrow.edge_kind, "-->")
    words = f"|{_format_label(arrow.label_lines)}|" if arrow.label_lines else ""
    return f"{tail} {line_style}{words} {head}"


def _write_styles(picture: Picture, colours: Palette) -> Iterator[str]:
    yield f"  classDef asked fill:{colours.focus},color:{colours.on_focus},stroke:{colours.focus}"
    yield f"  classDef note fill:none,stroke:none,color:{colours.soft}"
    for number, arrow in enumerate(picture.arrows):
        yield f"  linkStyle {number} {_format_style(arrow, colours)}"


def _format_style(arrow: Arrow, colours: Palette) -> str:
    colour = colours.quiet if arrow.level is None else colours.levels[arrow.level]
    width = 1.5 * STRAND_COUNTS[arrow.tier] * (2 if arrow.edge_kind is EdgeKind.HEADLINE else 1)
    dashes = {EdgeKind.IMPLICIT: "2 5", EdgeKind.BRIDGE: "7 4"}.get(arrow.edge_kind)
    style = f"stroke:{colour},stroke-width:{width:g}px"
    if arrow.break_text:
        style += f",color:{colours.mark}"
    return style + (f",stroke-dasharray:{dashes}" if dashes else "")


def _format_label(lines: Iterable[str]) -> str:
    return '"' + "<br/>".join(escape.escape_mermaid(line) for line in lines) + '"'


def _strip_signs(text: str) -> str:
    """Text for accTitle and accDescr, which know no entities: signs that could end them go."""
    return "".join(
        c if c.isalnum() or c in " .,:()×−→≠/" else " " for c in escape.flatten_lines(text)
    )
