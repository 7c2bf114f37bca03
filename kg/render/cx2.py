"""A picture as CX2, the exchange format of Cytoscape and NDEx (version 2.0)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from kg.render.network import Values, edge_values, network_values, node_values
from kg.render.picture import Lane, Picture
from kg.render.strokes import palette

_TYPES = {str: "string", int: "integer", bool: "boolean"}


def write(drawn: Picture) -> str:
    """The nodes and arrows of a picture as CX2, laid out in lanes."""
    places = {box.id: number for number, box in enumerate(drawn.boxes)}
    node_rows = [node_values(box, drawn) for box in drawn.boxes]
    edge_rows = [edge_values(arrow, drawn) for arrow in drawn.arrows]
    nodes = [
        {"id": number, **_place(drawn, number), "v": dict(row)}
        for number, row in enumerate(node_rows)
    ]
    edges = [
        {"id": number, "s": places[arrow.tail], "t": places[arrow.head], "v": dict(row)}
        for number, (arrow, row) in enumerate(zip(drawn.arrows, edge_rows, strict=True))
    ]
    about = network_values(drawn)
    declared = {
        "networkAttributes": _declared([about]),
        "nodes": _declared(node_rows),
        "edges": _declared(edge_rows),
    }
    aspects: dict[str, list[Any]] = {
        "attributeDeclarations": [declared],
        "networkAttributes": [dict(about)],
        "nodes": nodes,
        "edges": edges,
        "visualProperties": [_looks(drawn)],
    }
    counts = [{"name": name, "elementCount": len(rows)} for name, rows in aspects.items()]
    parts = [
        {"CXVersion": "2.0", "hasFragments": False},
        {"metaData": counts},
        *({name: rows} for name, rows in aspects.items()),
        {"status": [{"success": True}]},
    ]
    return json.dumps(parts, ensure_ascii=False, indent=1) + "\n"


def _declared(rows: Iterable[Values]) -> dict[str, dict[str, str]]:
    return {name: {"d": _TYPES[type(value)]} for row in rows for name, value in row.items()}


def _place(drawn: Picture, number: int) -> dict[str, float]:
    """Where a box stands: its lane from left to right, its turn in the lane from the top."""
    box = drawn.boxes[number]
    turn = sum(other.lane is box.lane for other in drawn.boxes[:number])
    return {"x": 320.0 * list(Lane).index(box.lane), "y": 90.0 * turn}


def _looks(drawn: Picture) -> dict[str, Any]:
    colours = palette(drawn)
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
        "nodeMapping": {"NODE_LABEL": _passed("name", "string")},
        "edgeMapping": {
            "EDGE_LABEL": _passed("label", "string"),
            "EDGE_LINE_COLOR": _passed("colour", "string"),
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


def _passed(attribute: str, kind: str) -> dict[str, Any]:
    return {"type": "PASSTHROUGH", "definition": {"attribute": attribute, "type": kind}}
