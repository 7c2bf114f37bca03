"""A picture as Cytoscape JSON (CYJS), for Cytoscape and Cytoscape.js."""

from __future__ import annotations

import json

from kg.render.network import graph_of
from kg.render.picture import Picture


def write(drawn: Picture) -> str:
    """The nodes and arrows of a picture as Cytoscape JSON."""
    from networkx import cytoscape_data

    data = cytoscape_data(graph_of(drawn))
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
