"""Links as columns of numbers, searched without an object for each.

`columns` makes them of batches; `kg.chains.snapshot` keeps them in a file. Names are bytes that are
touched only for what is shown (docs/decisions/0012-columns.md).

Links are ordered by head, those without a level last, nodes by falling degree, so that what is
visited often lies together. A
link's code in a reading (`kg.chains.labels`) holds its level, its sign and whether passing its tail
costs no leap: it is definitional, or its tail is an exposure.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, count, repeat

import numpy as np

from kg.chains.labels import FREE, LEVEL, NEGATIVE, Numbers
from kg.errors import LimitError, UnknownName
from kg.model import Reading, normalise
from kg.model.links import UNKNOWN, Batch, Flag, LinkBatch, NodeBatch, Role

MOST = 2**31 - 1
"""Links and nodes that int32 can number."""

FORM: Mapping[str, tuple[str, str, int]] = {
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


class Strings:
    """Texts that lie in one array of bytes, decoded one at a time."""

    __slots__ = ("_start", "_text")

    def __init__(self, start: Numbers, text: Numbers) -> None:
        self._start, self._text = start, text

    def __getitem__(self, index: int) -> str:
        begin, end = int(self._start[index]), int(self._start[index + 1])
        return self._text[begin:end].tobytes().decode("utf-8", "replace")

    def some(self, indexes: Numbers) -> Numbers:
        """Texts of some indexes, as an array of objects."""
        view = self._text.data
        ends = zip(
            self._start.take(indexes).tolist(), self._start.take(indexes + 1).tolist(), strict=True
        )
        found = np.empty(len(indexes), np.object_)
        found[:] = [str(view[begin:end], "utf-8", "replace") for begin, end in ends]
        return found

    def __len__(self) -> int:
        return len(self._start) - 1


@dataclass(frozen=True, eq=False, slots=True)
class Columns:
    """Links and nodes as arrays of equal length; an index into them is a link or a node.

    `in_start` and `out_start` have one entry more than there are nodes: the links into node v are
    `in_start[v]:in_start[v + 1]`, of which the first `in_pass[v]` have a level in some reading,
    those out of it `out_link[out_start[v]:out_start[v + 1]]`. `row` numbers the links in the order
    they came, from 0. `key` says what the columns were made of,
    `facts` counts links that are unrated, granted, definitional, or of stated mechanism, and those
    of a node to itself.
    """

    key: str
    facts: Mapping[str, int]
    arrays: Mapping[str, Numbers]
    names: Strings
    labels: Strings
    predicates: Strings
    sources: Strings

    def __getattr__(self, name: str) -> Numbers:
        try:
            return self.arrays[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def nodes(self) -> int:
        """How many nodes there are."""
        return len(self.arrays["role"])

    @property
    def links(self) -> int:
        """How many links there are."""
        return len(self.arrays["tail"])

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays together."""
        return sum(int(numbers.nbytes) for numbers in self.arrays.values())

    def codes(self, reading: Reading) -> Numbers:
        """Codes of all links in a reading; readings that agree on all links share one array."""
        return self.arrays[reading.value]

    def level(self, link: int, reading: Reading) -> int:
        """Effective level of a link in a reading."""
        return int(self.arrays[reading.value][link]) & LEVEL

    def sign(self, link: int) -> int:
        """Sign of a link, +1 or -1."""
        return -1 if int(self.arrays["established"][link]) & NEGATIVE else 1

    def label(self, node: int) -> str:
        """The label of a node, its id where it has none."""
        return self.labels[node] or self.names[node]

    def node(self, name: str, kind: str = "node") -> int:
        """The node of this id; blanks, hyphens, underscores and case do not matter.

        Raises UnknownName with the names that stand nearest.
        """
        at = self._place(normalise(name))
        same = []
        while at < self.nodes and normalise(found := self._named(at)) == normalise(name):
            same.append((found != name, int(self.arrays["by_name"][at])))
            at += 1
        if not same:
            raise UnknownName(kind, name, self._near(name, at))
        return min(same)[1]

    def _named(self, place: int) -> str:
        return self.names[int(self.arrays["by_name"][place])]

    def _place(self, wanted: str) -> int:
        """Where a normalised name stands, or would stand, in the order of names."""
        low, high = 0, self.nodes
        while low < high:
            middle = (low + high) // 2
            if normalise(self._named(middle)) < wanted:
                low = middle + 1
            else:
                high = middle
        return low

    def _near(self, name: str, at: int, around: int = 200) -> tuple[str, ...]:
        from difflib import get_close_matches

        places = range(max(0, at - around), min(self.nodes, at + around))
        known = {normalise(found): found for found in map(self._named, places)}
        return tuple(known[n] for n in get_close_matches(normalise(name), list(known), n=3))


def with_texts(key: str, facts: Mapping[str, int], arrays: Mapping[str, Numbers]) -> Columns:
    """Columns of arrays of the names and types of `FORM`."""
    texts = [
        Strings(arrays[f"{kind}_start"], arrays[f"{kind}_text"])
        for kind in ("name", "label", "predicate", "source")
    ]
    return Columns(key, facts, arrays, *texts)


# Making


class _Names(defaultdict[str, int]):
    """Numbers for names in the order of their first use."""

    def __init__(self) -> None:
        super().__init__(count().__next__)

    def numbers(self, names: Iterable[str]) -> array[int]:
        return array("i", map(self.__getitem__, names))


class _Rows:
    """Columns of links while they grow: four bytes or one a cell."""

    def __init__(self) -> None:
        wide = ("tail", "head", "studies", "predicate", "source")
        narrow = ("sign", *(r.value for r in Reading), "mechanistic", "flags", "system")
        self.cells = {name: array("i") for name in wide} | {name: array("b") for name in narrow}
        self.names, self.predicates, self.sources = _Names(), _Names(), _Names()

    def add(self, batch: LinkBatch) -> None:
        """Add the links of a batch."""
        columns: dict[str, Iterable[int]] = {
            "tail": self.names.numbers(batch.subjects),
            "head": self.names.numbers(batch.objects),
            "predicate": self.predicates.numbers(batch.predicates),
            "source": self.sources.numbers(batch.sources),
            "sign": batch.signs,
            "established": batch.established,
            "as_described": batch.as_described,
            "best_case": batch.best_case,
            "mechanistic": batch.mechanistic,
            "flags": batch.flags,
            "studies": batch.studies,
            "system": batch.systems or repeat(UNKNOWN, len(batch)),
        }
        for name, cells in columns.items():
            self.cells[name].extend(cells)
        if len(self.cells["tail"]) > MOST:
            raise LimitError(f"more than {MOST} links; split them by outcome")

    def array(self, name: str) -> Numbers:
        """The column as it stands, and no copy of it."""
        cells = self.cells[name]
        return np.frombuffer(cells, dtype=cells.typecode) if cells else np.zeros(0, cells.typecode)


def columns(batches: Iterable[Batch], key: str = "") -> Columns:
    """Columns of all batches, in one pass over them.

    A link from a node to itself has no level: it is no step of a chain. The same batches give the
    same bytes. Memory is that of the columns and of the distinct names.

    >>> batch = LinkBatch(["a"], ["increases"], ["b"], [1], *[[3]] * 3, [-1], [0], [2], [""])
    >>> made = columns([batch])
    >>> made.links, made.names[int(made.tail[0])]
    (1, 'a')
    """
    rows = _Rows()
    labels: dict[str, str] = {}
    roles: dict[str, int] = {}
    surrogates: list[tuple[int, int]] = []
    for batch in batches:
        if isinstance(batch, LinkBatch):
            rows.add(batch)
        elif isinstance(batch, NodeBatch):
            rows.names.numbers(batch.ids)
            named = zip(batch.ids, batch.labels, strict=True)
            labels.update((id, label) for id, label in named if label and label != id)
            roles.update((i, r) for i, r in zip(batch.ids, batch.roles, strict=True) if r)
        else:
            pairs = (rows.names.numbers(names) for names in (batch.markers, batch.outcomes))
            surrogates.extend(zip(*pairs, strict=True))
    return with_texts(key, _facts(rows), _arranged(rows, labels, roles, surrogates))


def _facts(rows: _Rows) -> dict[str, int]:
    others = rows.array("tail") != rows.array("head")
    flags = rows.array("flags")[others]
    counted = (Flag.UNRATED, Flag.GRANTED, Flag.DEFINITIONAL)
    found = {str(f.name).lower(): int(np.count_nonzero(flags & f.value)) for f in counted}
    stated = int(np.count_nonzero(rows.array("mechanistic")[others] != UNKNOWN))
    return {**found, "mechanistic": stated, "itself": len(others) - len(flags)}


def _arranged(
    rows: _Rows,
    labels: Mapping[str, str],
    roles: Mapping[str, int],
    surrogates: Sequence[tuple[int, int]],
) -> dict[str, Numbers]:
    """All arrays, nodes by falling degree and links by head."""
    count_ = len(rows.names)
    tail, head = rows.array("tail"), rows.array("head")
    degree = np.bincount(tail, minlength=count_) + np.bincount(head, minlength=count_)
    order = np.argsort(-degree, kind="stable")
    number = np.empty(count_, np.int32)
    number[order] = np.arange(count_, dtype=np.int32)
    tail, head = number[tail], number[head]
    rated = np.max([rows.array(reading.value) for reading in Reading], axis=0) > 0
    rated &= tail != head
    by_head = np.lexsort((~rated, head)).astype(np.int32)
    arrays: dict[str, Numbers] = {
        "tail": tail[by_head],
        "head": head[by_head],
        "row": by_head,
        "in_pass": np.bincount(head[rated], minlength=count_),
    }
    for name in ("mechanistic", "flags", "studies", "system", "predicate", "source"):
        arrays[name] = rows.array(name)[by_head]
    arrays["out_link"] = np.argsort(arrays["tail"], kind="stable").astype(np.int32)
    for side, ends in (("in", head), ("out", tail)):
        sizes = np.bincount(ends, minlength=count_)
        arrays[f"{side}_start"] = np.concatenate(([0], np.cumsum(sizes)))
    known = list(rows.names)
    names = [known[i] for i in order]
    role = np.array([roles.get(name, 0) for name in names], np.uint8)
    arrays["role"] = role if roles else _roles(arrays)
    arrays |= _codes(rows, by_head, arrays)
    keys = [normalise(name) for name in names]
    sorted_ = sorted(range(count_), key=lambda i: (keys[i], names[i]))
    arrays["by_name"] = np.array(sorted_, np.int32)
    arrays |= _texts("name", names) | _texts("label", [labels.get(name, "") for name in names])
    arrays |= _texts("predicate", list(rows.predicates)) | _texts("source", list(rows.sources))
    pairs = number[np.array(surrogates, np.int64).reshape(-1, 2)]
    arrays |= {"marker": pairs[:, 0], "marked": pairs[:, 1]}
    made: dict[int, Numbers] = {}
    for name, (kind, _, _) in FORM.items():
        given = arrays[name]
        made.setdefault(id(given), np.ascontiguousarray(given).astype(kind, copy=False))
    return {name: made[id(arrays[name])] for name in FORM}


def _roles(arrays: Mapping[str, Numbers]) -> Numbers:
    """Roles where nobody said: exposures are nodes that no link leads to, outcomes lead nowhere."""
    others = arrays["tail"] != arrays["head"]
    nodes = len(arrays["in_start"]) - 1
    into, out = (np.bincount(arrays[end][others], minlength=nodes) for end in ("head", "tail"))
    found = np.where(into > 0, np.where(out > 0, Role.ANY, Role.OUTCOME), Role.EXPOSURE)
    return found.astype(np.uint8)


def _codes(rows: _Rows, order: Numbers, arrays: Mapping[str, Numbers]) -> dict[str, Numbers]:
    """Codes of the links in each reading; one array for readings that do not differ."""
    free = arrays["flags"] & Flag.DEFINITIONAL.value > 0
    free |= arrays["role"][arrays["tail"]] == Role.EXPOSURE
    rest = np.where(free, FREE, 0) | np.where(rows.array("sign")[order] < 0, NEGATIVE, 0)
    others = arrays["tail"] != arrays["head"]
    codes: dict[str, Numbers] = {}
    for reading in Reading:
        level = np.where(others, rows.array(reading.value)[order], 0)
        code = (level | rest).astype(np.uint8)
        same = (kept for kept in codes.values() if np.array_equal(kept, code))
        codes[reading.value] = next(same, code)
    return codes


def _texts(kind: str, texts: Sequence[str]) -> dict[str, Numbers]:
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    start = np.fromiter(accumulate(map(len, encoded), initial=0), np.int64, len(encoded) + 1)
    return {
        f"{kind}_start": start,
        f"{kind}_text": np.frombuffer(b"".join(encoded), np.uint8),
    }
