"""A grade as a Mermaid flowchart: the same picture as the DOT, for Markdown pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.model import EvidenceBase, OutcomeGrade
from kg.render import escape
from kg.render.diagram import picture
from kg.render.picture import STRANDS, Arrow, Box, Lane, Palette, Picture, Stroke
from kg.render.strokes import palette


def render(grade: OutcomeGrade, base: EvidenceBase, options: object = None) -> str:
    """The picture of a grade as Mermaid text."""
    return write(picture(grade, base, options))


def write(drawn: Picture) -> str:
    """A picture as Mermaid text."""
    return "\n".join(_lines(drawn)) + "\n"


def _lines(drawn: Picture) -> Iterator[str]:
    colours = palette(drawn)
    names = {box.id: f"n{number}" for number, box in enumerate(drawn.boxes)}
    yield "flowchart LR"
    yield f"  accTitle: {_spoken(drawn.title)}"
    yield f"  accDescr: {_spoken(drawn.alt)}"
    yield f"  heading[{_label([drawn.title, *drawn.lines])}]:::note"
    for lane in Lane:
        yield from _lane(drawn, lane, names)
    for arrow in drawn.arrows:
        yield f"  {_arrow(arrow, names)}"
    yield f"  footer[{_label(drawn.footer)}]:::note"
    yield from _looks(drawn, colours)


def _lane(drawn: Picture, lane: Lane, names: dict[str, str]) -> Iterator[str]:
    boxes = [box for box in drawn.boxes if box.lane is lane]
    if boxes:
        yield f"  subgraph {lane.name.lower()}[{_label([lane.value])}]"
        for box in boxes:
            yield f"    {_box(box, names)}"
        yield "  end"


def _box(box: Box, names: dict[str, str]) -> str:
    kind = [f"({box.kind})"] if box.kind else []
    look = ":::asked" if box.asked else ""
    return f"{names[box.id]}({_label([box.label, *kind, *box.badges])}){look}"


def _arrow(arrow: Arrow, names: dict[str, str]) -> str:
    tail, head = names[arrow.tail], names[arrow.head]
    line = {Stroke.IMPLICIT: "-.->", Stroke.BRIDGE: "-.->", Stroke.HEADLINE: "==>"}
    drawn = line.get(arrow.stroke, "-->")
    words = f"|{_label(arrow.words)}|" if arrow.words else ""
    return f"{tail} {drawn}{words} {head}"


def _looks(drawn: Picture, colours: Palette) -> Iterator[str]:
    yield f"  classDef asked fill:{colours.asked},color:{colours.on_asked},stroke:{colours.asked}"
    yield f"  classDef note fill:none,stroke:none,color:{colours.soft}"
    for number, arrow in enumerate(drawn.arrows):
        yield f"  linkStyle {number} {_style(arrow, colours)}"


def _style(arrow: Arrow, colours: Palette) -> str:
    colour = colours.quiet if arrow.level is None else colours.levels[arrow.level]
    width = 1.5 * STRANDS[arrow.tier] * (2 if arrow.stroke is Stroke.HEADLINE else 1)
    dashes = {Stroke.IMPLICIT: "2 5", Stroke.BRIDGE: "7 4"}.get(arrow.stroke)
    style = f"stroke:{colour},stroke-width:{width:g}px"
    if arrow.mark:
        style += f",color:{colours.mark}"
    return style + (f",stroke-dasharray:{dashes}" if dashes else "")


def _label(lines: Iterable[str]) -> str:
    return '"' + "<br/>".join(escape.mermaid(line) for line in lines) + '"'


def _spoken(text: str) -> str:
    """Text for accTitle and accDescr, which know no entities: signs that could end them go."""
    return "".join(c if c.isalnum() or c in " .,:()×−→≠/" else " " for c in escape.line(text))
