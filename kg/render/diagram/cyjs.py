"""A picture as Cytoscape JSON (CYJS), for Cytoscape and Cytoscape.js."""

from __future__ import annotations

import json

from kg.render.diagram.network import build_graph
from kg.render.diagram.picture import Picture


def write(picture: Picture) -> str:
    """The nodes and arrows of a picture as Cytoscape JSON."""
    from networkx import cytoscape_data

    data = cytoscape_data(build_graph(picture))
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
