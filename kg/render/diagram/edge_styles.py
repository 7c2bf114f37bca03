"""How a line of a picture is drawn in DOT: colour, strands, width and style."""

from __future__ import annotations

from kg.model import Level
from kg.render.diagram.picture import PALETTES, STRAND_COUNTS, Arrow, EdgeKind, Palette, Picture

AttributeValue = str | float


def style_line(arrow: Arrow, colours: Palette) -> dict[str, AttributeValue]:
    """Colour and style of a line: hollow for no certainty, ruled for very low, else solid.

    Graphviz draws a list of colours as strands two points apart: their number is the width. A solid
    line is one stroke of that width, because strands of one colour show seams when scaled.
    """
    styles = {EdgeKind.IMPLICIT: "dotted", EdgeKind.BRIDGE: "dashed"}
    count = STRAND_COUNTS[arrow.tier] * (2 if arrow.edge_kind is EdgeKind.HEADLINE else 1)
    strands = _list_strands(arrow.level, count, colours)
    pen = {1: 1.4, 2: 1.3, 3: 1.8}.get(count, 2.5)
    return {
        "style": styles.get(arrow.edge_kind, "solid"),
        "color": ":".join(strands),
        "penwidth": pen if len(strands) > 1 else 2 * (count - 1) + pen,
        "arrowsize": _choose_arrow_size(count, len(strands)),
    }


def _choose_arrow_size(count: int, strands: int) -> float:
    """Size of the arrowhead; Graphviz itself makes it grow with the pen."""
    if strands == 1 and count > 2:
        return 0.5
    return {1: 0.7, 2: 0.7, 3: 0.8}.get(count, 0.9 if count < 6 else 1.6)


def _list_strands(level: Level | None, count: int, colours: Palette) -> list[str]:
    if level is None:
        return [colours.quiet]
    colour = colours.levels[level]
    if level > Level.VERY_LOW or count == 1:
        return [colour]
    if count == 2:
        return [colour] * count
    if level is Level.NONE:
        return [colour, *[colours.hollow] * (count - 2), colour]
    return [colours.hollow if n % 2 else colour for n in range(count + 1 - count % 2)]


def choose_colour(arrow: Arrow, colours: Palette) -> str:
    """The colour of its certainty; quiet where it has none."""
    return colours.quiet if arrow.level is None else colours.levels[arrow.level]


def choose_palette(picture: Picture) -> Palette:
    """The colours of the theme of a picture."""
    return PALETTES[picture.options.theme]
