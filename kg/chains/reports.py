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
    cells = (
        _texts(made.names, made.tail[links]),
        _texts(made.predicates, made.predicate[links]),
        _texts(made.names, made.head[links]),
        (SYSTEMS[system].value for system in best.tolist()),
    )
    rows = list(zip(*cells, strict=True))
    return ("subject", "predicate", "object", "system"), sorted(rows)


def _texts(texts: Strings, wanted: Numbers) -> list[str]:
    """Texts of so many indexes; each is decoded once."""
    known = {index: texts[index] for index in np.unique(wanted).tolist()}
    return [known[index] for index in wanted.tolist()]


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
