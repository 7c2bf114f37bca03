"""The data that kg ships, read, graded and written down once in a process of tests."""

from __future__ import annotations

from functools import cache

from pyoxigraph import Quad

from kg import api
from kg.api.base import require_sound
from kg.api.grades import grade_all
from kg.api.graphs import build_graph_quads
from kg.model import EvidenceBase, OutcomeGrade
from kg.stores import Store, open_store


@cache
def load_shipped() -> EvidenceBase:
    """The base, which has no severe fault."""
    return require_sound(api.load())


@cache
def grade_shipped() -> tuple[OutcomeGrade, ...]:
    """The grades of all its outcomes, as `kg check` has them."""
    return tuple(grade_all(load_shipped()))


@cache
def build_shipped_quads() -> tuple[Quad, ...]:
    """All statements of its graph, grades among them."""
    return tuple(build_graph_quads(load_shipped()))


@cache
def open_shipped_store() -> Store:
    """A store in memory that holds them; tests only read from it."""
    store = open_store("memory:")
    store.load(build_shipped_quads())
    return store
