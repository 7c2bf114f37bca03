"""A picture as CX2, the exchange format of Cytoscape and NDEx (version 2.0)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from kg.render.diagram.edge_styles import choose_palette
from kg.render.diagram.network import (
    AttributeValues,
    list_edge_values,
    list_network_values,
    list_node_values,
)
from kg.render.diagram.picture import Lane, Picture

_TYPE_NAMES = {str: "string", int: "integer", bool: "boolean"}


def write(picture: Picture) -> str:
    """The nodes and arrows of a picture as CX2, laid out in lanes."""
    places = {box.id: number for number, box in enumerate(picture.boxes)}
    node_rows = [list_node_values(box, picture) for box in picture.boxes]
    edge_rows = [list_edge_values(arrow, picture) for arrow in picture.arrows]
    nodes = [
        {"id": number, **_locate_box(picture, number), "v": dict(row)}
        for number, row in enumerate(node_rows)
    ]
    edges = [
        {"id": number, "s": places[arrow.tail], "t": places[arrow.head], "v": dict(row)}
        for number, (arrow, row) in enumerate(zip(picture.arrows, edge_rows, strict=True))
    ]
    network_row = list_network_values(picture)
    declared = {
        "networkAttributes": _list_declarations([network_row]),
        "nodes": _list_declarations(node_rows),
        "edges": _list_declarations(edge_rows),
    }
    aspects: dict[str, list[Any]] = {
        "attributeDeclarations": [declared],
        "networkAttributes": [dict(network_row)],
        "nodes": nodes,
        "edges": edges,
        "visualProperties": [_build_visual_style(picture)],
    }
    counts = [{"name": name, "elementCount": len(rows)} for name, rows in aspects.items()]
    parts = [
        {"CXVersion": "2.0", "hasFragments": False},
        {"metaData": counts},
        *({name: rows} for name, rows in aspects.items()),
        {"status": [{"success": True}]},
    ]
    return json.dumps(parts, ensure_ascii=False, indent=1) + "\n"


def _list_declarations(rows: Iterable[AttributeValues]) -> dict[str, dict[str, str]]:
    return {name: {"d": _TYPE_NAMES[type(value)]} for row in rows for name, value in row.items()}


def _locate_box(picture: Picture, number: int) -> dict[str, float]:
    """Where a box stands: its lane from left to right, its turn in the lane from the top."""
    box = picture.boxes[number]
    turn = sum(other.lane is box.lane for other in picture.boxes[:number])
    return {"x": 320.0 * list(Lane).index(box.lane), "y": 90.0 * turn}


def _build_visual_style(picture: Picture) -> dict[str, Any]:
    colours = choose_palette(picture)
    return {
        "default": {
            "network": {"NETWORK_BACKGROUND_COLOR": colours.ground},
            "node": {
                "NODE_SHAPE": "round-rectangle",
                "NODE_WIDTH": 160,
                "NODE_HEIGHT": 46,
                "NODE_BACKGROUND_COLOR": colours.band,
                "NODE_LABEL_COLOR": colours.text,
            },
            "edge": {"EDGE_TARGET_ARROW_SHAPE": "triangle", "EDGE_LINE_COLOR": colours.quiet},
        },
        "nodeMapping": {"NODE_LABEL": _map_attribute("name", "string")},
        "edgeMapping": {
            "EDGE_LABEL": _map_attribute("label", "string"),
            "EDGE_LINE_COLOR": _map_attribute("colour", "string"),
            "EDGE_WIDTH": {
                "type": "CONTINUOUS",
                "definition": {
                    "attribute": "wording",
                    "type": "integer",
                    "map": [
                        {
                            "min": 0,
                            "max": 4,
                            "minVPValue": 1,
                            "maxVPValue": 9,
                            "includeMin": True,
                            "includeMax": True,
                        }
                    ],
                },
            },
        },
    }


def _map_attribute(attribute: str, kind: str) -> dict[str, Any]:
    return {"type": "PASSTHROUGH", "definition": {"attribute": attribute, "type": kind}}
