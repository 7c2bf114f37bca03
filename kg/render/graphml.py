"""A picture as GraphML, for yEd, Gephi, igraph and the like."""

from __future__ import annotations

from kg.render.network import graph_of
from kg.render.picture import Picture


def write(drawn: Picture) -> str:
    """The nodes and arrows of a picture as GraphML, with all that they say as attributes."""
    from networkx import generate_graphml

    return "\n".join(generate_graphml(graph_of(drawn), named_key_ids=True)) + "\n"
