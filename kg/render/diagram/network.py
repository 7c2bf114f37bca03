"""A picture as a network for other tools: nodes and edges with plain attributes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kg.render import escape
from kg.render.diagram.edge_styles import choose_colour, choose_palette
from kg.render.diagram.picture import Arrow, Box, Picture

if TYPE_CHECKING:
    from networkx import MultiDiGraph

AttributeValues = Mapping[str, str | int | bool]


def list_node_values(box: Box, picture: Picture) -> AttributeValues:
    """What is said of a box."""
    return {
        "name": escape.flatten_lines(box.label),
        "lane": box.lane.name.lower(),
        "kind": box.kind,
        "evidence": "; ".join(box.badges),
        "asked": box.is_focus,
        "url": picture.find_address(box.section, box.id) or "",
    }


def list_edge_values(arrow: Arrow, picture: Picture) -> AttributeValues:
    """What is said of an arrow; `colour` is that of its certainty in the theme of the picture."""
    return {
        "relation": arrow.edge_kind.value,
        "sign": arrow.sign,
        "certainty": "" if arrow.level is None else arrow.level.key,
        "wording": int(arrow.tier),
        "claims": " ".join(sorted(arrow.claims)),
        "break": escape.flatten_lines(arrow.break_text),
        "sense": arrow.sense.value if arrow.sense else "",
        "label": "; ".join(escape.flatten_lines(word) for word in arrow.label_lines),
        "colour": choose_colour(arrow, choose_palette(picture)),
        "url": picture.find_page(arrow) or "",
    }


def list_network_values(picture: Picture) -> AttributeValues:
    """What is said of the whole."""
    return {
        "name": escape.flatten_lines(picture.title),
        "description": escape.flatten_lines(picture.alt_text),
        "verdict": " ".join(escape.flatten_lines(text) for text in picture.heading_lines),
        "notes": " ".join(escape.flatten_lines(text) for text in picture.footer_lines),
    }


def build_graph(picture: Picture) -> MultiDiGraph[str]:
    """The picture as a directed multigraph of networkx."""
    from networkx import MultiDiGraph

    graph: MultiDiGraph[str] = MultiDiGraph()
    graph.graph.update(list_network_values(picture))
    for box in picture.boxes:
        graph.add_node(escape.flatten_lines(box.id), **list_node_values(box, picture))
    for number, arrow in enumerate(picture.arrows):
        tail, head = escape.flatten_lines(arrow.tail), escape.flatten_lines(arrow.head)
        graph.add_edge(tail, head, key=number, **list_edge_values(arrow, picture))
    return graph
