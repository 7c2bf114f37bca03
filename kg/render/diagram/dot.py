"""A grade as Graphviz DOT: the same input gives the same text, every label is quoted."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from kg.model import EvidenceBase, Level, OutcomeGrade, Tier
from kg.render import escape
from kg.render.diagram.build import build_picture
from kg.render.diagram.edge_styles import AttributeValue, choose_colour, choose_palette, style_line
from kg.render.diagram.picture import (
    MINUS_SIGN,
    WORDING_LABELS,
    Arrow,
    Box,
    EdgeKind,
    Lane,
    Palette,
    Picture,
)

FONT_FAMILIES = "Helvetica,Arial,Liberation Sans,DejaVu Sans,sans-serif"

# Graphviz 2.43 mixes attributes up that are first met in a subgraph, so all are declared here.
_EDGE_DEFAULTS: Mapping[str, AttributeValue] = MappingProxyType(
    {
        "id": "",
        "style": "solid",
        "color": "#000000",
        "penwidth": 1,
        "arrowhead": "normal",
        "arrowsize": 0.7,
        "tailport": "e",
        "headport": "w",
        "minlen": 1,
    }
)


def render(grade: OutcomeGrade, base: EvidenceBase, options: object = None) -> str:
    """The picture of a grade as DOT text."""
    return write(build_picture(grade, base, options))


def write(picture: Picture, *, upwards: bool = False) -> str:
    """A picture as DOT text.

    Args:
        picture: what to write.
        upwards: whether the engine stacks what is declared later above what came before (newer
            Graphviz) or below it (older); `kg.render.diagram.engines.has_upward_stacking` finds
            out.
    """
    return "\n".join(_write_lines(picture, upwards)) + "\n"


def describe_elements(picture: Picture) -> Mapping[str, str]:
    """What each element of the drawing says when it is read aloud, by its id in the DOT."""
    names = {box.id: box.label for box in picture.boxes}
    texts_by_id = {f"box-{n}": _describe_box(box) for n, box in enumerate(picture.boxes)}
    for n, arrow in enumerate(picture.arrows):
        text = (
            f"{names[arrow.tail]} → {names[arrow.head]}: "
            f"{', '.join(arrow.label_lines) or 'is a kind of'}"
        )
        texts_by_id |= {f"arrow-{n}{id_suffix}": text for id_suffix in ("", "-tail", "-head")}
        texts_by_id |= {f"claim-{n}-from": names[arrow.tail], f"claim-{n}-to": names[arrow.head]}
    return MappingProxyType(texts_by_id)


def _describe_box(box: Box) -> str:
    return ", ".join(word for word in (box.label, box.kind, *box.badges) if word)


def _write_lines(picture: Picture, upwards: bool) -> Iterator[str]:
    colours = choose_palette(picture)
    yield "digraph kg {"
    yield _format_defaults("graph", _list_graph_attributes(picture, colours))
    yield _format_defaults("node", _list_node_attributes(colours))
    yield _format_defaults("edge", _EDGE_DEFAULTS)
    # Only cluster labels can have sizes of their own, so the heading is two clusters.
    yield from _open_cluster("title", picture.title, colours.text, 26)
    yield from _open_cluster("lines", "\n".join(picture.heading_lines), colours.soft, 15)
    parts = [
        *_write_claims(picture, colours),
        _write_arguments(picture, colours),
        _write_legend(picture, colours, upwards),
    ]
    for part in reversed(parts) if upwards else parts:
        yield from part
    yield from _write_columns(picture)
    yield from ("}", "}", "}")


def _write_arguments(picture: Picture, colours: Palette) -> Iterator[str]:
    for lane in Lane:
        yield from _write_lane(picture, lane, colours)
    for number, arrow in enumerate(picture.arrows):
        if arrow.edge_kind is not EdgeKind.HEADLINE:
            yield from _write_arrow(number, arrow, picture)


def _list_graph_attributes(picture: Picture, colours: Palette) -> Mapping[str, AttributeValue]:
    return {
        "rankdir": "LR",
        "newrank": "true",
        "outputorder": "edgesfirst",
        "nodesep": 0.17,
        "ranksep": 0.15,
        "pad": 0.25,
        "size": "16.6,25" if picture.is_dense else "16.6,12.5",
        "charset": "UTF-8",
        "fontname": FONT_FAMILIES,
        "bgcolor": colours.ground,
        "labelloc": "b",
        "labeljust": "l",
        "fontsize": 12,
        "fontcolor": colours.soft,
        "label": quote_aligned("\n".join(picture.footer_lines)),
    }


def _list_node_attributes(colours: Palette) -> Mapping[str, AttributeValue]:
    return {
        "id": "",
        "label": "",
        "shape": "box",
        "style": "rounded,filled",
        "penwidth": 1,
        "fontname": FONT_FAMILIES,
        "fontsize": 14,
        "fontcolor": colours.text,
        "fillcolor": colours.ground,
        "color": colours.quiet,
        "margin": "0.13,0.06",
        "width": 0.2,
        "height": 0.2,
    }


def _open_cluster(name: str, label: str, colour: str, size: int) -> Iterator[str]:
    yield f"subgraph cluster_{name} {{"
    yield _format_defaults(
        "graph",
        {
            "pencolor": "none",
            "margin": 2,
            "labelloc": "t",
            "labeljust": "l",
            "fontsize": size,
            "fontcolor": colour,
            "label": quote_aligned(label),
        },
    )


def _write_lane(picture: Picture, lane: Lane, colours: Palette) -> Iterator[str]:
    argued = _list_argument_boxes(picture)
    boxes = [(n, b) for n, b in enumerate(picture.boxes) if b.lane is lane and b.id in argued]
    if not boxes:
        return
    yield f"subgraph cluster_{lane.name.lower()} {{"
    yield _format_defaults(
        "graph",
        {
            "style": "rounded,filled",
            "pencolor": colours.band,
            "fillcolor": colours.band,
            "margin": 12,
            "labelloc": "t",
            # arrows come in from the left, over the top, and would run through a name there
            "labeljust": "r" if lane is Lane.OUTCOME else "l",
            "fontsize": 12,
            "fontcolor": colours.soft,
            "label": escape.escape_dot(
                lane.value.upper() + ("\n " if lane is Lane.BETWEEN else "")
            ),
        },
    )
    for number, box in boxes:
        yield _write_box(f"box-{number}", box, picture, escape.escape_dot(box.id))
    lanes_by_box = {box.id: box.lane for box in picture.boxes}
    for number, arrow in enumerate(picture.arrows):
        if _has_words(arrow, picture) and arrow.edge_kind is not EdgeKind.HEADLINE:
            inside = Lane.EXPOSURE if arrow.edge_kind is EdgeKind.BRIDGE else Lane.BETWEEN
            if lane is inside or (lane is lanes_by_box[arrow.head] and not _has_between(picture)):
                yield _write_words(number, arrow, picture)
    yield "}"


def _has_between(picture: Picture) -> bool:
    return any(box.lane is Lane.BETWEEN for box in picture.boxes)


def _has_words(arrow: Arrow, picture: Picture) -> bool:
    """Whether its words are written on it; in a dense picture they are read aloud only."""
    shows_words = not picture.is_dense or arrow.break_text or arrow.edge_kind is EdgeKind.HEADLINE
    return bool(arrow.label_lines and shows_words)


def _write_box(id: str, box: Box, picture: Picture, name: str) -> str:
    colours = choose_palette(picture)
    below = [f"({box.kind})"] if box.kind and not box.badges else [box.kind] if box.kind else []
    badges = [part for badge in box.badges for part in _wrap_text(badge, 17)]
    label = "\n".join([*_wrap_text(box.label, 15), *below, *badges])
    look: dict[str, AttributeValue] = {"id": id, "label": escape.escape_dot(label)}
    look |= _link_attributes(picture.find_address(box.section, box.id))
    if box.is_focus:
        look |= {"fillcolor": colours.focus, "fontcolor": colours.on_focus, "color": colours.focus}
    return f"{name} {_format_attributes(look)}"


def _link_attributes(address: str | None) -> dict[str, AttributeValue]:
    return {"URL": escape.escape_dot(address), "target": "_top"} if address else {}


def _wrap_text(text: str, width: int) -> list[str]:
    """Lines of about this width; a word of up to 24 letters is not cut."""
    longest = max(map(len, text.replace("-", "- ").split()), default=width)
    return textwrap.wrap(text, max(width, min(24, longest)))


def _write_words(number: int, arrow: Arrow, picture: Picture) -> str:
    colours = choose_palette(picture)
    look: dict[str, AttributeValue] = _link_attributes(picture.find_page(arrow)) | {
        "id": f"arrow-{number}",
        "label": escape.escape_dot(_wrap_words(arrow)),
        "fontsize": 12,
        "margin": "0.04,0.02",
        "penwidth": 0,
        "style": "filled",
        "fillcolor": colours.band,
    }
    if arrow.edge_kind is EdgeKind.HEADLINE:
        look |= {"fontsize": 15, "margin": "0.14,0.07", "penwidth": 2, "style": "rounded,filled"}
        look |= {"fillcolor": colours.ground, "color": choose_colour(arrow, colours)}
    if arrow.break_text:
        look |= {"fillcolor": colours.mark, "fontcolor": colours.on_mark, "fontsize": 13}
        look |= {"style": "rounded,filled", "margin": "0.08,0.045", "color": colours.mark}
    return f"{_name_middle(number)} {_format_attributes(look)}"


def _wrap_words(arrow: Arrow) -> str:
    if not arrow.break_text:
        return "\n".join(arrow.label_lines)
    first, *other_lines = arrow.label_lines
    return "\n".join([*_wrap_text(first, 14), *other_lines])


def _name_middle(number: int) -> str:
    return f'"arrow {number}"'


def _write_arrow(number: int, arrow: Arrow, picture: Picture) -> Iterator[str]:
    colours = choose_palette(picture)
    look = style_line(arrow, colours)
    tail_name, head_name, middle = (
        escape.escape_dot(arrow.tail),
        escape.escape_dot(arrow.head),
        _name_middle(number),
    )
    if not _has_words(arrow, picture):
        look |= {"id": f"arrow-{number}", "minlen": 1}
        if not arrow.label_lines:
            look["arrowhead"] = "onormal"
        yield f"{tail_name} -> {head_name} {_format_attributes(look)}"
        return
    first = look | {
        "id": f"arrow-{number}-tail",
        "arrowhead": "none",
        "minlen": _count_ranks(arrow, picture),
    }
    last = look | {"id": f"arrow-{number}-head"}
    if arrow.head in _list_wholes(picture):  # its words stay left of the lane of outcomes
        last["minlen"] = 2
    yield f"{tail_name} -> {middle} {_format_attributes(first)}"
    yield f"{middle} -> {head_name} {_format_attributes(last)}"


def _count_ranks(arrow: Arrow, picture: Picture) -> int:
    """Ranks from the tail to the words: arrows from the asked exposure skip the studied ones."""
    lanes = {box.id: box.lane for box in picture.boxes}
    bridged = any(a.edge_kind is EdgeKind.BRIDGE for a in picture.arrows)
    starts = any(a.edge_kind is EdgeKind.BRIDGE and a.tail == arrow.tail for a in picture.arrows)
    leaves = lanes[arrow.tail] is Lane.EXPOSURE and lanes[arrow.head] is not Lane.EXPOSURE
    return 3 if bridged and starts and leaves else 1


def _write_claims(picture: Picture, colours: Palette) -> Iterator[Iterator[str]]:
    """Each claim on a row of its own above the arguments, from exposure straight to outcome.

    A row is not joined to the rest: so it keeps its place, and crosses no argument.
    """
    for number, arrow in enumerate(picture.arrows):
        if arrow.edge_kind is EdgeKind.HEADLINE:
            yield _write_claim(number, arrow, picture, colours)


def _write_claim(number: int, arrow: Arrow, picture: Picture, colours: Palette) -> Iterator[str]:
    boxes = {box.id: box for box in picture.boxes}
    yield from _open_cluster(f"claim_{number}", "", colours.soft, 12)
    yield _write_box(f"claim-{number}-from", boxes[arrow.tail], picture, _name_end(number, "from"))
    yield _write_box(f"claim-{number}-to", boxes[arrow.head], picture, _name_end(number, "to"))
    yield _write_words(number, arrow, picture)
    look = style_line(arrow, colours) | {"minlen": 1 if _has_between(picture) else 3}
    first = look | {"id": f"arrow-{number}-tail", "arrowhead": "none"}
    last = look | {"id": f"arrow-{number}-head"}
    yield f"{_name_end(number, 'from')} -> {_name_middle(number)} {_format_attributes(first)}"
    yield f"{_name_middle(number)} -> {_name_end(number, 'to')} {_format_attributes(last)}"
    yield "}"


def _name_end(number: int, part: str) -> str:
    return f'"claim {number} {part}"'


def _list_argument_boxes(picture: Picture) -> set[str]:
    """Ids of the boxes that an argument reaches; the others stand in the rows of claims only."""
    arrows = [a for a in picture.arrows if a.edge_kind is not EdgeKind.HEADLINE]
    return {end for a in arrows for end in (a.tail, a.head)}


def _write_columns(picture: Picture) -> Iterator[str]:
    """Outcomes share a column, but for wholes; claims stand above the first steps."""
    whole_ids = _list_wholes(picture)
    argued = _list_argument_boxes(picture)
    ids_by_lane = {
        lane: [b.id for b in picture.boxes if b.lane is lane and b.id in argued] for lane in Lane
    }
    ends = [
        escape.escape_dot(box_id) for box_id in ids_by_lane[Lane.OUTCOME] if box_id not in whole_ids
    ]
    if len(ends) > 1:
        yield _join_column(ends)
    steps = [escape.escape_dot(box_id) for box_id in ids_by_lane[Lane.BETWEEN]]
    for number, arrow in enumerate(picture.arrows):
        if arrow.edge_kind is EdgeKind.HEADLINE:
            for end_part, box_id in (("from", arrow.tail), ("to", arrow.head)):
                if box_id in argued:
                    yield _join_column([_name_end(number, end_part), escape.escape_dot(box_id)])
            if steps:
                yield _join_column([_name_middle(number), steps[0]])


def _list_wholes(picture: Picture) -> set[str]:
    return {a.head for a in picture.arrows if a.edge_kind is EdgeKind.KIND_OF}


def _join_column(names: list[str]) -> str:
    return f"{{rank=same; {'; '.join(names)}}}"


def _write_legend(picture: Picture, colours: Palette, upwards: bool) -> Iterator[str]:
    """Rows of samples under the picture, in the columns that the picture has."""
    if not picture.options.legend:
        return
    yield from _open_cluster("legend", "", colours.soft, 12)
    plain_attributes: dict[str, AttributeValue] = {
        "style": "solid",
        "penwidth": 0,
        "margin": "0.05,0",
        "fontsize": 12,
    }
    plain_attributes |= {"fontcolor": colours.soft}
    break_attributes = {
        "style": "rounded,filled",
        "fillcolor": colours.mark,
        "fontcolor": colours.on_mark,
    }
    rows = list(enumerate(_list_samples()))
    for row, (row_title, samples) in reversed(rows) if upwards else rows:
        previous_name = f'"legend {row}"'
        title_attributes = plain_attributes | {"label": escape.escape_dot(row_title)}
        yield f"{previous_name} {_format_attributes(title_attributes)}"
        for number, (label, sample) in enumerate(samples):
            start, end_name = f'"legend {row} {number} a"', f'"legend {row} {number} b"'
            yield f'{start} [shape=point width=0.01 style=invis label=""]'
            words = (
                plain_attributes
                | (break_attributes if sample.break_text else {})
                | {"label": escape.escape_dot(label)}
            )
            yield f"{end_name} {_format_attributes(words)}"
            yield f"{previous_name} -> {start} [style=invis]"
            look = style_line(sample, colours) | {"arrowhead": "none"}
            yield f"{start} -> {end_name} {_format_attributes(look)}"
            previous_name = end_name
    yield "}"


def _list_samples() -> tuple[tuple[str, tuple[tuple[str, Arrow], ...]], ...]:
    def build_sample(
        level: Level | None, tier: Tier, edge_kind: EdgeKind = EdgeKind.CLAIM
    ) -> Arrow:
        return Arrow("", "", edge_kind, level=level, tier=tier)

    kinds = (
        ("bridge: other exposure", build_sample(None, Tier.NO_CLAIM, EdgeKind.BRIDGE)),
        ("implicit: no source", build_sample(Level.NONE, Tier.NO_CLAIM, EdgeKind.IMPLICIT)),
        ("kind of", build_sample(None, Tier.NO_CLAIM, EdgeKind.KIND_OF)),
        (
            "✗ weakest link",
            replace(build_sample(Level.NONE, Tier.PLAIN), break_text="weakest link"),
        ),
    )
    return (
        ("colour: certainty", tuple((x.word, build_sample(x, Tier.PLAIN)) for x in Level)),
        (
            "width: wording",
            tuple((w, build_sample(None, t)) for t, w in WORDING_LABELS.items() if t),
        ),
        (f"+ raises  {MINUS_SIGN} lowers", kinds),
    )


def quote_aligned(text: str, side: str = "l") -> str:
    """A quoted label whose lines all start at the left (`l`), or all end at the right (`r`)."""
    if not text:
        return '""'
    line_end = f"\\{side}"
    lines = (escape.escape_dot(line)[1:-1] for line in text.split("\n"))
    return f'"{line_end.join(lines)}{line_end}"'


def _format_defaults(kind: str, values: Mapping[str, AttributeValue]) -> str:
    return f"{kind} {_format_attributes(values)}"


def _format_attributes(values: Mapping[str, AttributeValue]) -> str:
    return "[" + " ".join(f"{name}={_format_value(value)}" for name, value in values.items()) + "]"


def _format_value(value: AttributeValue) -> str:
    if isinstance(value, str):
        return value if value.startswith('"') else f'"{value}"'
    return f"{value:g}"
