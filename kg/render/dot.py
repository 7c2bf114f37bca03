"""A grade as Graphviz DOT: the same input gives the same text, every label is quoted."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from kg.model import EvidenceBase, Level, OutcomeGrade, Tier
from kg.render import escape
from kg.render.diagram import picture
from kg.render.picture import (
    MINUS,
    WORDINGS,
    Arrow,
    Box,
    Lane,
    Palette,
    Picture,
    Stroke,
)
from kg.render.strokes import Value, colour_of, line, palette

FONT = "Helvetica,Arial,Liberation Sans,DejaVu Sans,sans-serif"

# Graphviz 2.43 mixes attributes up that are first met in a subgraph, so all are declared here.
_EDGE: Mapping[str, Value] = MappingProxyType(
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
    return write(picture(grade, base, options))


def write(drawn: Picture, *, upwards: bool = False) -> str:
    """A picture as DOT text.

    Args:
        drawn: what to write.
        upwards: whether the engine stacks what is declared later above what came before (newer
            Graphviz) or below it (older); `kg.render.engines.stacks_upwards` finds out.
    """
    return "\n".join(_lines(drawn, upwards)) + "\n"


def spoken(drawn: Picture) -> Mapping[str, str]:
    """What each element of the drawing says when it is read aloud, by its id in the DOT."""
    names = {box.id: box.label for box in drawn.boxes}
    said = {f"box-{n}": _said_of_box(box) for n, box in enumerate(drawn.boxes)}
    for n, arrow in enumerate(drawn.arrows):
        text = (
            f"{names[arrow.tail]} → {names[arrow.head]}: {', '.join(arrow.words) or 'is a kind of'}"
        )
        said |= {f"arrow-{n}{part}": text for part in ("", "-tail", "-head")}
        said |= {f"claim-{n}-from": names[arrow.tail], f"claim-{n}-to": names[arrow.head]}
    return MappingProxyType(said)


def _said_of_box(box: Box) -> str:
    return ", ".join(word for word in (box.label, box.kind, *box.badges) if word)


def _lines(drawn: Picture, upwards: bool) -> Iterator[str]:
    colours = palette(drawn)
    yield "digraph kg {"
    yield _defaults("graph", _graph(drawn, colours))
    yield _defaults("node", _node(colours))
    yield _defaults("edge", _EDGE)
    # Only cluster labels can have sizes of their own, so the heading is two clusters.
    yield from _open("title", drawn.title, colours.text, 26)
    yield from _open("lines", "\n".join(drawn.lines), colours.soft, 15)
    parts = [*_claims(drawn, colours), _arguments(drawn, colours), _legend(drawn, colours, upwards)]
    for part in reversed(parts) if upwards else parts:
        yield from part
    yield from _columns(drawn)
    yield from ("}", "}", "}")


def _arguments(drawn: Picture, colours: Palette) -> Iterator[str]:
    for lane in Lane:
        yield from _lane(drawn, lane, colours)
    for number, arrow in enumerate(drawn.arrows):
        if arrow.stroke is not Stroke.HEADLINE:
            yield from _arrow(number, arrow, drawn)


def _graph(drawn: Picture, colours: Palette) -> Mapping[str, Value]:
    return {
        "rankdir": "LR",
        "newrank": "true",
        "outputorder": "edgesfirst",
        "nodesep": 0.17,
        "ranksep": 0.15,
        "pad": 0.25,
        "size": "16.6,25" if drawn.is_dense else "16.6,12.5",
        "charset": "UTF-8",
        "fontname": FONT,
        "bgcolor": colours.ground,
        "labelloc": "b",
        "labeljust": "l",
        "fontsize": 12,
        "fontcolor": colours.soft,
        "label": _left("\n".join(drawn.footer)),
    }


def _node(colours: Palette) -> Mapping[str, Value]:
    return {
        "id": "",
        "label": "",
        "shape": "box",
        "style": "rounded,filled",
        "penwidth": 1,
        "fontname": FONT,
        "fontsize": 14,
        "fontcolor": colours.text,
        "fillcolor": colours.ground,
        "color": colours.quiet,
        "margin": "0.13,0.06",
        "width": 0.2,
        "height": 0.2,
    }


def _open(name: str, label: str, colour: str, size: int) -> Iterator[str]:
    yield f"subgraph cluster_{name} {{"
    yield _defaults(
        "graph",
        {
            "pencolor": "none",
            "margin": 2,
            "labelloc": "t",
            "labeljust": "l",
            "fontsize": size,
            "fontcolor": colour,
            "label": _left(label),
        },
    )


def _lane(drawn: Picture, lane: Lane, colours: Palette) -> Iterator[str]:
    argued = _argued(drawn)
    boxes = [(n, b) for n, b in enumerate(drawn.boxes) if b.lane is lane and b.id in argued]
    if not boxes:
        return
    yield f"subgraph cluster_{lane.name.lower()} {{"
    yield _defaults(
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
            "label": escape.dot(lane.value.upper() + ("\n " if lane is Lane.BETWEEN else "")),
        },
    )
    for number, box in boxes:
        yield _box(f"box-{number}", box, drawn, escape.dot(box.id))
    lanes = {box.id: box.lane for box in drawn.boxes}
    for number, arrow in enumerate(drawn.arrows):
        if _has_words(arrow, drawn) and arrow.stroke is not Stroke.HEADLINE:
            inside = Lane.EXPOSURE if arrow.stroke is Stroke.BRIDGE else Lane.BETWEEN
            if lane is inside or (lane is lanes[arrow.head] and not _has_between(drawn)):
                yield _words(number, arrow, drawn)
    yield "}"


def _has_between(drawn: Picture) -> bool:
    return any(box.lane is Lane.BETWEEN for box in drawn.boxes)


def _has_words(arrow: Arrow, drawn: Picture) -> bool:
    """Whether its words are written on it; in a dense picture they are read aloud only."""
    told = not drawn.is_dense or arrow.mark or arrow.stroke is Stroke.HEADLINE
    return bool(arrow.words and told)


def _box(id: str, box: Box, drawn: Picture, name: str) -> str:
    colours = palette(drawn)
    below = [f"({box.kind})"] if box.kind and not box.badges else [box.kind] if box.kind else []
    badges = [part for badge in box.badges for part in _wrap(badge, 17)]
    label = "\n".join([*_wrap(box.label, 15), *below, *badges])
    look: dict[str, Value] = {"id": id, "label": escape.dot(label)}
    look |= _linked(drawn.address(box.section, box.id))
    if box.asked:
        look |= {"fillcolor": colours.asked, "fontcolor": colours.on_asked, "color": colours.asked}
    return f"{name} {_attributes(look)}"


def _linked(address: str | None) -> dict[str, Value]:
    return {"URL": escape.dot(address), "target": "_top"} if address else {}


def _wrap(text: str, width: int) -> list[str]:
    """Lines of about this width; a word of up to 24 letters is not cut."""
    longest = max(map(len, text.replace("-", "- ").split()), default=width)
    return textwrap.wrap(text, max(width, min(24, longest)))


def _words(number: int, arrow: Arrow, drawn: Picture) -> str:
    colours = palette(drawn)
    look: dict[str, Value] = _linked(drawn.page_of(arrow)) | {
        "id": f"arrow-{number}",
        "label": escape.dot(_wrapped(arrow)),
        "fontsize": 12,
        "margin": "0.04,0.02",
        "penwidth": 0,
        "style": "filled",
        "fillcolor": colours.band,
    }
    if arrow.stroke is Stroke.HEADLINE:
        look |= {"fontsize": 15, "margin": "0.14,0.07", "penwidth": 2, "style": "rounded,filled"}
        look |= {"fillcolor": colours.ground, "color": colour_of(arrow, colours)}
    if arrow.mark:
        look |= {"fillcolor": colours.mark, "fontcolor": colours.on_mark, "fontsize": 13}
        look |= {"style": "rounded,filled", "margin": "0.08,0.045", "color": colours.mark}
    return f"{_middle(number)} {_attributes(look)}"


def _wrapped(arrow: Arrow) -> str:
    if not arrow.mark:
        return "\n".join(arrow.words)
    first, *rest = arrow.words
    return "\n".join([*_wrap(first, 14), *rest])


def _middle(number: int) -> str:
    return f'"arrow {number}"'


def _arrow(number: int, arrow: Arrow, drawn: Picture) -> Iterator[str]:
    colours = palette(drawn)
    look = line(arrow, colours)
    tail, head, middle = escape.dot(arrow.tail), escape.dot(arrow.head), _middle(number)
    if not _has_words(arrow, drawn):
        look |= {"id": f"arrow-{number}", "minlen": 1}
        if not arrow.words:
            look["arrowhead"] = "onormal"
        yield f"{tail} -> {head} {_attributes(look)}"
        return
    first = look | {
        "id": f"arrow-{number}-tail",
        "arrowhead": "none",
        "minlen": _reach(arrow, drawn),
    }
    last = look | {"id": f"arrow-{number}-head"}
    if arrow.head in _wholes(drawn):  # its words stay left of the lane of outcomes
        last["minlen"] = 2
    yield f"{tail} -> {middle} {_attributes(first)}"
    yield f"{middle} -> {head} {_attributes(last)}"


def _reach(arrow: Arrow, drawn: Picture) -> int:
    """Ranks from the tail to the words: arrows from the asked exposure skip the studied ones."""
    lanes = {box.id: box.lane for box in drawn.boxes}
    bridged = any(a.stroke is Stroke.BRIDGE for a in drawn.arrows)
    starts = any(a.stroke is Stroke.BRIDGE and a.tail == arrow.tail for a in drawn.arrows)
    leaves = lanes[arrow.tail] is Lane.EXPOSURE and lanes[arrow.head] is not Lane.EXPOSURE
    return 3 if bridged and starts and leaves else 1


def _claims(drawn: Picture, colours: Palette) -> Iterator[Iterator[str]]:
    """Each claim on a row of its own above the arguments, from exposure straight to outcome.

    A row is not joined to the rest: so it keeps its place, and crosses no argument.
    """
    for number, arrow in enumerate(drawn.arrows):
        if arrow.stroke is Stroke.HEADLINE:
            yield _claim(number, arrow, drawn, colours)


def _claim(number: int, arrow: Arrow, drawn: Picture, colours: Palette) -> Iterator[str]:
    boxes = {box.id: box for box in drawn.boxes}
    yield from _open(f"claim_{number}", "", colours.soft, 12)
    yield _box(f"claim-{number}-from", boxes[arrow.tail], drawn, _end(number, "from"))
    yield _box(f"claim-{number}-to", boxes[arrow.head], drawn, _end(number, "to"))
    yield _words(number, arrow, drawn)
    look = line(arrow, colours) | {"minlen": 1 if _has_between(drawn) else 3}
    first = look | {"id": f"arrow-{number}-tail", "arrowhead": "none"}
    last = look | {"id": f"arrow-{number}-head"}
    yield f"{_end(number, 'from')} -> {_middle(number)} {_attributes(first)}"
    yield f"{_middle(number)} -> {_end(number, 'to')} {_attributes(last)}"
    yield "}"


def _end(number: int, part: str) -> str:
    return f'"claim {number} {part}"'


def _argued(drawn: Picture) -> set[str]:
    """Ids of the boxes that an argument reaches; the others stand in the rows of claims only."""
    arrows = [a for a in drawn.arrows if a.stroke is not Stroke.HEADLINE]
    return {end for a in arrows for end in (a.tail, a.head)}


def _columns(drawn: Picture) -> Iterator[str]:
    """Outcomes share a column, but for wholes; claims stand above the first steps."""
    wholes = _wholes(drawn)
    argued = _argued(drawn)
    lanes = {
        lane: [b.id for b in drawn.boxes if b.lane is lane and b.id in argued] for lane in Lane
    }
    ends = [escape.dot(id) for id in lanes[Lane.OUTCOME] if id not in wholes]
    if len(ends) > 1:
        yield _same_column(ends)
    steps = [escape.dot(id) for id in lanes[Lane.BETWEEN]]
    for number, arrow in enumerate(drawn.arrows):
        if arrow.stroke is Stroke.HEADLINE:
            for part, id in (("from", arrow.tail), ("to", arrow.head)):
                if id in argued:
                    yield _same_column([_end(number, part), escape.dot(id)])
            if steps:
                yield _same_column([_middle(number), steps[0]])


def _wholes(drawn: Picture) -> set[str]:
    return {a.head for a in drawn.arrows if a.stroke is Stroke.KIND_OF}


def _same_column(names: list[str]) -> str:
    return f"{{rank=same; {'; '.join(names)}}}"


def _legend(drawn: Picture, colours: Palette, upwards: bool) -> Iterator[str]:
    """Rows of samples under the picture, in the columns that the picture has."""
    if not drawn.options.legend:
        return
    yield from _open("legend", "", colours.soft, 12)
    plain: dict[str, Value] = {"style": "solid", "penwidth": 0, "margin": "0.05,0", "fontsize": 12}
    plain |= {"fontcolor": colours.soft}
    marked = {"style": "rounded,filled", "fillcolor": colours.mark, "fontcolor": colours.on_mark}
    rows = list(enumerate(_samples()))
    for row, (title, samples) in reversed(rows) if upwards else rows:
        before = f'"legend {row}"'
        yield f"{before} {_attributes(plain | {'label': escape.dot(title)})}"
        for number, (label, sample) in enumerate(samples):
            start, end = f'"legend {row} {number} a"', f'"legend {row} {number} b"'
            yield f'{start} [shape=point width=0.01 style=invis label=""]'
            words = plain | (marked if sample.mark else {}) | {"label": escape.dot(label)}
            yield f"{end} {_attributes(words)}"
            yield f"{before} -> {start} [style=invis]"
            look = line(sample, colours) | {"arrowhead": "none"}
            yield f"{start} -> {end} {_attributes(look)}"
            before = end
    yield "}"


def _samples() -> tuple[tuple[str, tuple[tuple[str, Arrow], ...]], ...]:
    def sample(level: Level | None, tier: Tier, stroke: Stroke = Stroke.CLAIM) -> Arrow:
        return Arrow("", "", stroke, level=level, tier=tier)

    kinds = (
        ("bridge: other exposure", sample(None, Tier.NO_CLAIM, Stroke.BRIDGE)),
        ("implicit: no source", sample(Level.NONE, Tier.NO_CLAIM, Stroke.IMPLICIT)),
        ("kind of", sample(None, Tier.NO_CLAIM, Stroke.KIND_OF)),
        ("✗ weakest link", replace(sample(Level.NONE, Tier.PLAIN), mark="weakest link")),
    )
    return (
        ("colour: certainty", tuple((x.word, sample(x, Tier.PLAIN)) for x in Level)),
        ("width: wording", tuple((w, sample(None, t)) for t, w in WORDINGS.items() if t)),
        (f"+ raises  {MINUS} lowers", kinds),
    )


def _left(text: str) -> str:
    """A quoted label whose lines all start at the left."""
    if not text:
        return '""'
    return escape.dot(text)[:-1].replace("\\n", "\\l") + '\\l"'


def _defaults(kind: str, values: Mapping[str, Value]) -> str:
    return f"{kind} {_attributes(values)}"


def _attributes(values: Mapping[str, Value]) -> str:
    return "[" + " ".join(f"{name}={_value(value)}" for name, value in values.items()) + "]"


def _value(value: Value) -> str:
    if isinstance(value, str):
        return value if value.startswith('"') else f'"{value}"'
    return f"{value:g}"
