"""Reports on columns of links; each has a saved query of its name that says the same in SPARQL."""

from __future__ import annotations

import numpy as np

from kg.chains import Table
from kg.chains.edges import Columns, Strings
from kg.chains.labels import Numbers
from kg.errors import UsageError
from kg.model.links import SYSTEMS
from kg.model.terms import BENCH


def best_study_is_bench(made: Columns) -> Table:
    """Links whose best study is bench work, parallel ones taken together, in the order of names.

    Raises UsageError where no link says what its works were done on.
    """
    links, best = bench_links(made)
    names = _texts(made.names, np.concatenate((made.tail[links], made.head[links])))
    subject, object = np.split(names, 2)
    cells = (
        subject,
        _texts(made.predicates, made.predicate[links]),
        object,
        np.array([system.value for system in SYSTEMS], np.object_)[best],
    )
    by_subject, by_object = np.split(_ranks(names), 2)
    order = np.lexsort((by_object, _ranks(cells[1]), by_subject))
    rows = list(zip(*(cell[order].tolist() for cell in cells), strict=True))
    return ("subject", "predicate", "object", "system"), rows


def _texts(texts: Strings, wanted: Numbers) -> Numbers:
    """Texts of so many indexes; each is decoded once."""
    place = np.zeros(len(texts), np.int32)
    place[wanted] = 1
    known = np.flatnonzero(place)
    place[known] = np.arange(len(known), dtype=np.int32)
    found: Numbers = texts.some(known)[place[wanted]]
    return found


def _ranks(texts: Numbers) -> Numbers:
    """A number for each text that sorts as the text does."""
    number = {text: n for n, text in enumerate(sorted(set(texts.tolist())))}
    return np.fromiter(map(number.__getitem__, texts.tolist()), np.int32, len(texts))


def bench_links(made: Columns) -> tuple[Numbers, Numbers]:
    """One link of each such proposition, and the best system of its works as index into SYSTEMS."""
    known = np.flatnonzero(made.system >= 0)
    if not len(known):
        raise UsageError("no link says what its works were done on")
    ends = [part[known] for part in (made.predicate, made.tail, made.head)]
    order = np.lexsort(ends)
    new = np.ones(len(known), bool)
    new[1:] = np.any([part[order][1:] != part[order][:-1] for part in ends], axis=0)
    best = np.maximum.reduceat(made.system[known][order], np.flatnonzero(new))
    bench = np.isin(best, [SYSTEMS.index(system) for system in BENCH])
    return known[order][new][bench], best[bench]
