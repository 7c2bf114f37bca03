"""A picture as a network for other tools: nodes and edges with plain attributes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kg.render import escape
from kg.render.picture import Arrow, Box, Picture
from kg.render.strokes import colour_of, palette

if TYPE_CHECKING:
    from networkx import MultiDiGraph

Values = Mapping[str, str | int | bool]


def node_values(box: Box, drawn: Picture) -> Values:
    """What is said of a box."""
    return {
        "name": escape.line(box.label),
        "lane": box.lane.name.lower(),
        "kind": box.kind,
        "evidence": "; ".join(box.badges),
        "asked": box.asked,
        "url": drawn.address(box.section, box.id) or "",
    }


def edge_values(arrow: Arrow, drawn: Picture) -> Values:
    """What is said of an arrow; `colour` is that of its certainty in the theme of the picture."""
    return {
        "relation": arrow.stroke.value,
        "sign": arrow.sign,
        "certainty": "" if arrow.level is None else arrow.level.key,
        "wording": int(arrow.tier),
        "claims": " ".join(sorted(arrow.claims)),
        "break": escape.line(arrow.mark),
        "sense": arrow.sense.value if arrow.sense else "",
        "label": "; ".join(escape.line(word) for word in arrow.words),
        "colour": colour_of(arrow, palette(drawn)),
        "url": drawn.page_of(arrow) or "",
    }


def network_values(drawn: Picture) -> Values:
    """What is said of the whole."""
    return {
        "name": escape.line(drawn.title),
        "description": escape.line(drawn.alt),
        "verdict": " ".join(escape.line(text) for text in drawn.lines),
        "notes": " ".join(escape.line(text) for text in drawn.footer),
    }


def graph_of(drawn: Picture) -> MultiDiGraph[str]:
    """The picture as a directed multigraph of networkx."""
    from networkx import MultiDiGraph

    graph: MultiDiGraph[str] = MultiDiGraph()
    graph.graph.update(network_values(drawn))
    for box in drawn.boxes:
        graph.add_node(escape.line(box.id), **node_values(box, drawn))
    for number, arrow in enumerate(drawn.arrows):
        tail, head = escape.line(arrow.tail), escape.line(arrow.head)
        graph.add_edge(tail, head, key=number, **edge_values(arrow, drawn))
    return graph
