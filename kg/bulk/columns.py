"""Links as columns of numbers, searched without an object for each.

`columns` makes them of batches; `kg.bulk.snapshot` keeps them in a file. Names are bytes that are
touched only for what is shown (docs/decisions/0012-columns.md).

Links are ordered by head, those without a level last, nodes by falling degree, so that what is
visited often lies together. A
link's code in a reading (`kg.bulk.labels`) holds its level, its sign and whether passing its tail
costs no leap: it is definitional, or its tail is an exposure.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, count, repeat

import numpy as np

from kg.bulk.labels import (
    LEVEL_MASK,
    NEGATIVE_FLAG,
    NO_LEAP_FLAG,
    ByteArray,
    IntArray,
    TextArray,
)
from kg.errors import LimitError, UnknownName
from kg.model import Reading, normalise
from kg.model.batches import NOT_STATED, GraphBatch, LinkBatch, LinkFlag, NodeBatch, NodeRole

MAX_LINKS = 2**31 - 1
"""Links and nodes that int32 can number."""

COLUMN_LAYOUT: Mapping[str, tuple[str, str, int]] = {
    # name: type, what it is counted by, how many more than that
    "in_start": ("<i8", "nodes", 1),
    "in_pass": ("<i4", "nodes", 0),
    "tail": ("<i4", "links", 0),
    "head": ("<i4", "links", 0),
    "established": ("|u1", "links", 0),
    "as_described": ("|u1", "links", 0),
    "best_case": ("|u1", "links", 0),
    "mechanistic": ("|i1", "links", 0),
    "flags": ("|u1", "links", 0),
    "studies": ("<i4", "links", 0),
    "system": ("|i1", "links", 0),
    "predicate": ("<i4", "links", 0),
    "source": ("<i4", "links", 0),
    "row": ("<i4", "links", 0),
    "out_start": ("<i8", "nodes", 1),
    "out_link": ("<i4", "links", 0),
    "role": ("|u1", "nodes", 0),
    "by_name": ("<i4", "nodes", 0),
    "name_start": ("<i8", "nodes", 1),
    "name_text": ("|u1", "", 0),
    "label_start": ("<i8", "nodes", 1),
    "label_text": ("|u1", "", 0),
    "predicate_start": ("<i8", "predicates", 1),
    "predicate_text": ("|u1", "", 0),
    "source_start": ("<i8", "sources", 1),
    "source_text": ("|u1", "", 0),
    "marker": ("<i4", "surrogates", 0),
    "marked": ("<i4", "surrogates", 0),
}


class StringColumn:
    """Texts that lie in one array of bytes, decoded one at a time."""

    __slots__ = ("_text_bytes", "_text_starts")

    def __init__(self, start: IntArray, text: ByteArray) -> None:
        self._text_starts, self._text_bytes = start, text

    def __getitem__(self, index: int) -> str:
        begin, end = int(self._text_starts[index]), int(self._text_starts[index + 1])
        return self._text_bytes[begin:end].tobytes().decode("utf-8", "replace")

    def decode_many(self, indexes: IntArray) -> TextArray:
        """Texts of some indexes."""
        view = self._text_bytes.data
        ends = zip(
            self._text_starts.take(indexes).tolist(),
            self._text_starts.take(indexes + 1).tolist(),
            strict=True,
        )
        decoded_texts = np.empty(len(indexes), np.object_)
        decoded_texts[:] = [str(view[begin:end], "utf-8", "replace") for begin, end in ends]
        return decoded_texts

    def __len__(self) -> int:
        return len(self._text_starts) - 1


@dataclass(frozen=True, eq=False, slots=True)
class LinkColumns:
    """Links and nodes as arrays of equal length; an index into them is a link or a node.

    `in_start` and `out_start` have one entry more than there are nodes: the links into node v are
    `in_start[v]:in_start[v + 1]`, of which the first `in_pass[v]` have a level in some reading,
    those out of it `out_link[out_start[v]:out_start[v + 1]]`. `row` numbers the links in the order
    they came, from 0. `key` says what the columns were made of,
    `link_counts` counts links that are unrated, granted, definitional, or of stated mechanism, and
    those of a node to itself.
    """

    key: str
    link_counts: Mapping[str, int]
    arrays: Mapping[str, IntArray]
    names: StringColumn
    labels: StringColumn
    predicates: StringColumn
    sources: StringColumn

    def __getattr__(self, name: str) -> IntArray:
        try:
            return self.arrays[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def node_count(self) -> int:
        """How many nodes there are."""
        return len(self.arrays["role"])

    @property
    def link_count(self) -> int:
        """How many links there are."""
        return len(self.arrays["tail"])

    @property
    def total_bytes(self) -> int:
        """Bytes of all arrays together."""
        return sum(int(numbers.nbytes) for numbers in self.arrays.values())

    def read_codes(self, reading: Reading) -> ByteArray:
        """Codes of all links in a reading; readings that agree on all links share one array."""
        return self.arrays[reading.value].astype(np.uint8, copy=False)

    def read_level(self, link: int, reading: Reading) -> int:
        """Effective level of a link in a reading."""
        return int(self.arrays[reading.value][link]) & LEVEL_MASK

    def read_sign(self, link: int) -> int:
        """Sign of a link, +1 or -1."""
        return -1 if int(self.arrays["established"][link]) & NEGATIVE_FLAG else 1

    def read_label(self, node: int) -> str:
        """The label of a node, its id where it has none."""
        return self.labels[node] or self.names[node]

    def find_node(self, name: str, kind: str = "node") -> int:
        """The node of this id; blanks, hyphens, underscores and case do not matter.

        Raises UnknownName with the names that stand nearest.
        """
        name_rank = self._locate_name(normalise(name))
        same = []
        while name_rank < self.node_count and normalise(
            candidate_name := self._read_name_at(name_rank)
        ) == normalise(name):
            same.append((candidate_name != name, int(self.arrays["by_name"][name_rank])))
            name_rank += 1
        if not same:
            raise UnknownName(kind, name, self._suggest_names(name, name_rank))
        return min(same)[1]

    def _read_name_at(self, name_rank: int) -> str:
        return self.names[int(self.arrays["by_name"][name_rank])]

    def _locate_name(self, normalised_name: str) -> int:
        """Where a normalised name stands, or would stand, in the order of names."""
        low, high = 0, self.node_count
        while low < high:
            middle = (low + high) // 2
            if normalise(self._read_name_at(middle)) < normalised_name:
                low = middle + 1
            else:
                high = middle
        return low

    def _suggest_names(self, name: str, name_rank: int, around: int = 200) -> tuple[str, ...]:
        from difflib import get_close_matches

        places = range(max(0, name_rank - around), min(self.node_count, name_rank + around))
        names_by_normalised = {
            normalise(neighbour_name): neighbour_name
            for neighbour_name in map(self._read_name_at, places)
        }
        return tuple(
            names_by_normalised[n]
            for n in get_close_matches(normalise(name), list(names_by_normalised), n=3)
        )


def wrap_arrays(key: str, facts: Mapping[str, int], arrays: Mapping[str, IntArray]) -> LinkColumns:
    """Columns of arrays of the names and types of COLUMN_LAYOUT.

    Args:
        key: What the columns were made of.
        facts: Counts of links by kind, see `LinkColumns.link_counts`.
        arrays: By name, of the lengths and types of COLUMN_LAYOUT.
    """
    texts = [
        StringColumn(arrays[f"{kind}_start"], arrays[f"{kind}_text"].astype(np.uint8, copy=False))
        for kind in ("name", "label", "predicate", "source")
    ]
    return LinkColumns(key, facts, arrays, *texts)


# Making


class _NameIndex(defaultdict[str, int]):
    """Numbers for names in the order of their first use."""

    def __init__(self) -> None:
        super().__init__(count().__next__)

    def assign_numbers(self, names: Iterable[str]) -> array[int]:
        return array("i", map(self.__getitem__, names))


class _GrowingColumns:
    """Columns of links while they grow: four bytes or one a cell."""

    def __init__(self) -> None:
        wide = ("tail", "head", "studies", "predicate", "source")
        narrow = ("sign", *(r.value for r in Reading), "mechanistic", "flags", "system")
        self.cells = {name: array("i") for name in wide} | {name: array("b") for name in narrow}
        self.names, self.predicates, self.sources = _NameIndex(), _NameIndex(), _NameIndex()

    def add_batch(self, batch: LinkBatch) -> None:
        """Add the links of a batch."""
        columns: dict[str, Iterable[int]] = {
            "tail": self.names.assign_numbers(batch.subjects),
            "head": self.names.assign_numbers(batch.objects),
            "predicate": self.predicates.assign_numbers(batch.predicates),
            "source": self.sources.assign_numbers(batch.sources),
            "sign": batch.signs,
            "established": batch.established,
            "as_described": batch.as_described,
            "best_case": batch.best_case,
            "mechanistic": batch.mechanistic,
            "flags": batch.flags,
            "studies": batch.studies,
            "system": batch.systems or repeat(NOT_STATED, len(batch)),
        }
        for name, cells in columns.items():
            self.cells[name].extend(cells)
        if len(self.cells["tail"]) > MAX_LINKS:
            raise LimitError(f"more than {MAX_LINKS} links; split them by outcome")

    def read_column(self, name: str) -> IntArray:
        """The column as it stands, and no copy of it."""
        cells = self.cells[name]
        return np.frombuffer(cells, dtype=cells.typecode) if cells else np.zeros(0, cells.typecode)


def build_columns(batches: Iterable[GraphBatch], key: str = "") -> LinkColumns:
    """Columns of all batches, in one pass over them.

    A link from a node to itself has no level: it is no step of a chain. The same batches give the
    same bytes. Memory is that of the columns and of the distinct names.

    >>> batch = LinkBatch(["a"], ["increases"], ["b"], [1], *[[3]] * 3, [-1], [0], [2], [""])
    >>> columns = build_columns([batch])
    >>> columns.link_count, columns.names[int(columns.tail[0])]
    (1, 'a')

    Args:
        batches: Links, nodes and surrogates in any order.
        key: What they were made of, for a cache.

    Raises:
        LimitError: more than MAX_LINKS links.
    """
    rows = _GrowingColumns()
    labels: dict[str, str] = {}
    roles: dict[str, int] = {}
    surrogates: list[tuple[int, int]] = []
    for batch in batches:
        if isinstance(batch, LinkBatch):
            rows.add_batch(batch)
        elif isinstance(batch, NodeBatch):
            rows.names.assign_numbers(batch.ids)
            labelled_ids = zip(batch.ids, batch.labels, strict=True)
            labels.update((id, label) for id, label in labelled_ids if label and label != id)
            roles.update((i, r) for i, r in zip(batch.ids, batch.roles, strict=True) if r)
        else:
            pairs = (rows.names.assign_numbers(names) for names in (batch.markers, batch.outcomes))
            surrogates.extend(zip(*pairs, strict=True))
    return wrap_arrays(key, _count_link_kinds(rows), _build_arrays(rows, labels, roles, surrogates))


def _count_link_kinds(rows: _GrowingColumns) -> dict[str, int]:
    others = rows.read_column("tail") != rows.read_column("head")
    flags = rows.read_column("flags")[others]
    counted_flags = (LinkFlag.UNRATED, LinkFlag.GRANTED, LinkFlag.DEFINITIONAL)
    count_by_flag = {
        str(f.name).lower(): int(np.count_nonzero(flags & f.value)) for f in counted_flags
    }
    stated = int(np.count_nonzero(rows.read_column("mechanistic")[others] != NOT_STATED))
    return {**count_by_flag, "mechanistic": stated, "itself": len(others) - len(flags)}


def _build_arrays(
    rows: _GrowingColumns,
    labels: Mapping[str, str],
    roles: Mapping[str, int],
    surrogates: Sequence[tuple[int, int]],
) -> dict[str, IntArray]:
    """All arrays, nodes by falling degree and links by head."""
    count_ = len(rows.names)
    _lower_contested(rows)
    tails, heads = rows.read_column("tail"), rows.read_column("head")
    degree = np.bincount(tails, minlength=count_) + np.bincount(heads, minlength=count_)
    order = np.argsort(-degree, kind="stable")
    number = np.empty(count_, np.int32)
    number[order] = np.arange(count_, dtype=np.int32)
    tails, heads = number[tails], number[heads]
    is_passable = np.max([rows.read_column(reading.value) for reading in Reading], axis=0) > 0
    is_passable &= tails != heads
    by_head = np.lexsort((~is_passable, heads)).astype(np.int32)
    arrays: dict[str, IntArray] = {
        "tail": tails[by_head],
        "head": heads[by_head],
        "row": by_head,
        "in_pass": np.bincount(heads[is_passable], minlength=count_),
    }
    for name in ("mechanistic", "flags", "studies", "system", "predicate", "source"):
        arrays[name] = rows.read_column(name)[by_head]
    arrays["out_link"] = np.argsort(arrays["tail"], kind="stable").astype(np.int32)
    for side, end_nodes in (("in", heads), ("out", tails)):
        sizes = np.bincount(end_nodes, minlength=count_)
        arrays[f"{side}_start"] = np.concatenate(([0], np.cumsum(sizes)))
    names_in_order = list(rows.names)
    names = [names_in_order[i] for i in order]
    role = np.array([roles.get(name, 0) for name in names], np.uint8)
    arrays["role"] = role if roles else _infer_roles(arrays)
    arrays |= _encode_links(rows, by_head, arrays)
    keys = [normalise(name) for name in names]
    name_order = sorted(range(count_), key=lambda i: (keys[i], names[i]))
    arrays["by_name"] = np.array(name_order, np.int32)
    arrays |= _encode_texts("name", names) | _encode_texts(
        "label", [labels.get(name, "") for name in names]
    )
    arrays |= _encode_texts("predicate", list(rows.predicates)) | _encode_texts(
        "source", list(rows.sources)
    )
    pairs = number[np.array(surrogates, np.int64).reshape(-1, 2)]
    return _lay_out(arrays | {"marker": pairs[:, 0], "marked": pairs[:, 1]})


_LEVELS_FOR_CONFLICT = 2
"""What one refutation takes off: as inconsistent as results can be (grading.md section 5)."""


def _lower_contested(rows: _GrowingColumns) -> None:
    """Lower links that a link of the same ends and sign refutes, down to very low at the least."""
    flags = rows.read_column("flags")
    is_refutation = flags & LinkFlag.REFUTES.value > 0
    if not is_refutation.any():
        return
    ends = [rows.read_column(name).astype(np.int64) for name in ("tail", "head", "sign")]
    keys = (ends[0] * len(rows.names) + ends[1]) * 2 + (ends[2] > 0)
    is_contested = np.isin(keys, keys[is_refutation]) & ~is_refutation
    flags[is_contested] |= LinkFlag.CONTESTED.value
    for reading in Reading:
        levels = rows.read_column(reading.value)
        lowered = np.maximum(levels - _LEVELS_FOR_CONFLICT, np.minimum(levels, 1))
        levels[is_contested] = lowered[is_contested]


def _lay_out(arrays: Mapping[str, IntArray]) -> dict[str, IntArray]:
    """The arrays in the order and types of the layout; those that were one array stay one."""
    array_by_source: dict[int, IntArray] = {}
    for name, (kind, _, _) in COLUMN_LAYOUT.items():
        source_array = arrays[name]
        array_by_source.setdefault(
            id(source_array), np.ascontiguousarray(source_array).astype(kind, copy=False)
        )
    return {name: array_by_source[id(arrays[name])] for name in COLUMN_LAYOUT}


def _infer_roles(arrays: Mapping[str, IntArray]) -> IntArray:
    """Roles where nobody said: exposures are nodes that no link leads to, outcomes lead nowhere."""
    others = arrays["tail"] != arrays["head"]
    nodes = len(arrays["in_start"]) - 1
    incoming_counts, outgoing_counts = (
        np.bincount(arrays[end][others], minlength=nodes) for end in ("head", "tail")
    )
    inferred_roles = np.where(
        incoming_counts > 0,
        np.where(outgoing_counts > 0, NodeRole.ANY, NodeRole.OUTCOME),
        NodeRole.EXPOSURE,
    )
    return inferred_roles.astype(np.uint8)


def _encode_links(
    rows: _GrowingColumns, order: IntArray, arrays: Mapping[str, IntArray]
) -> dict[str, IntArray]:
    """Codes of the links in each reading; one array for readings that do not differ."""
    is_free = arrays["flags"] & LinkFlag.DEFINITIONAL.value > 0
    is_free |= arrays["role"][arrays["tail"]] == NodeRole.EXPOSURE
    sign_and_leap_bits = np.where(is_free, NO_LEAP_FLAG, 0) | np.where(
        rows.read_column("sign")[order] < 0, NEGATIVE_FLAG, 0
    )
    others = arrays["tail"] != arrays["head"]
    codes: dict[str, IntArray] = {}
    for reading in Reading:
        level = np.where(others, rows.read_column(reading.value)[order], 0)
        code = (level | sign_and_leap_bits).astype(np.uint8)
        same = (
            earlier_codes for earlier_codes in codes.values() if np.array_equal(earlier_codes, code)
        )
        codes[reading.value] = next(same, code)
    return codes


def _encode_texts(kind: str, texts: Sequence[str]) -> dict[str, IntArray]:
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    start = np.fromiter(accumulate(map(len, encoded), initial=0), np.int64, len(encoded) + 1)
    return {
        f"{kind}_start": start,
        f"{kind}_text": np.frombuffer(b"".join(encoded), np.uint8),
    }
