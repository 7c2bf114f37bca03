"""Reports on columns of links; each has a saved query of its name that says the same in SPARQL."""

from __future__ import annotations

import numpy as np

from kg.bulk import ReportTable
from kg.bulk.columns import LinkColumns, StringColumn
from kg.bulk.labels import IntArray, TextArray
from kg.errors import UsageError
from kg.model.batches import SYSTEM_ORDER
from kg.model.terms import BENCH_SYSTEMS


def list_bench_only_links(columns: LinkColumns) -> ReportTable:
    """Links whose best study is bench work, parallel ones taken together, in the order of names.

    Args:
        columns: Rated links as arrays.

    Raises:
        UsageError: no link says what its works were done on.
    """
    links, best = find_bench_links(columns)
    names = _decode_texts(columns.names, np.concatenate((columns.tail[links], columns.head[links])))
    subject, object = np.split(names, 2)
    cells = (
        subject,
        _decode_texts(columns.predicates, columns.predicate[links]),
        object,
        np.array([system.value for system in SYSTEM_ORDER], np.object_)[best],
    )
    by_subject, by_object = np.split(_rank_texts(names), 2)
    order = np.lexsort((by_object, _rank_texts(cells[1]), by_subject))
    rows = list(zip(*(cell[order].tolist() for cell in cells), strict=True))
    return ("subject", "predicate", "object", "system"), rows


def _decode_texts(texts: StringColumn, text_indexes: IntArray) -> TextArray:
    """Texts of so many indexes; each is decoded once."""
    place = np.zeros(len(texts), np.int32)
    place[text_indexes] = 1
    distinct_indexes = np.flatnonzero(place)
    place[distinct_indexes] = np.arange(len(distinct_indexes), dtype=np.int32)
    decoded_texts: TextArray = texts.decode_many(distinct_indexes)[place[text_indexes]]
    return decoded_texts


def _rank_texts(texts: TextArray) -> IntArray:
    """A number for each text that sorts as the text does."""
    number = {text: n for n, text in enumerate(sorted(set(texts.tolist())))}
    return np.fromiter(map(number.__getitem__, texts.tolist()), np.int32, len(texts))


def find_bench_links(columns: LinkColumns) -> tuple[IntArray, IntArray]:
    """One link of each such proposition, and the best system of its works as index into SYSTEMS.

    Args:
        columns: Rated links as arrays.
    """
    stated_links = np.flatnonzero(columns.system >= 0)
    if not len(stated_links):
        raise UsageError("no link says what its works were done on")
    link_ends = [part[stated_links] for part in (columns.predicate, columns.tail, columns.head)]
    order = np.lexsort(link_ends)
    is_first = np.ones(len(stated_links), bool)
    is_first[1:] = np.any([part[order][1:] != part[order][:-1] for part in link_ends], axis=0)
    best = np.maximum.reduceat(columns.system[stated_links][order], np.flatnonzero(is_first))
    is_bench = np.isin(best, [SYSTEM_ORDER.index(system) for system in BENCH_SYSTEMS])
    return stated_links[order][is_first][is_bench], best[is_bench]
