"""A picture as GraphML, for yEd, Gephi, igraph and the like."""

from __future__ import annotations

from kg.render.diagram.network import build_graph
from kg.render.diagram.picture import Picture


def write(picture: Picture) -> str:
    """The nodes and arrows of a picture as GraphML, with all that they say as attributes."""
    from networkx import generate_graphml

    return "\n".join(generate_graphml(build_graph(picture), named_key_ids=True)) + "\n"
