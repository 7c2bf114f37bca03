"""Links as columns of numbers, searched without an object for each: made, written, mapped.

`columns` makes them of batches, `pieces` gives the bytes of a snapshot, `opened` maps one. The form
of a snapshot (docs/decisions/0012-columns.md has why): one line of JSON with the format, its
version, a key of what it was made of and the place of each array; then the arrays, little-endian,
64 bytes aligned. Names are bytes that are touched only for what is shown.

Links are ordered by head, nodes by falling degree, so that what is visited often lies together.
"""

from __future__ import annotations

import json
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, count
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from kg.errors import DataError, LimitError, UnknownName
from kg.model import Reading, normalise
from kg.model.links import Batch, LinkBatch, NodeBatch

Numbers: TypeAlias = npt.NDArray[Any]

FORMAT = "kg-columns"
VERSION = 1
MOST = 2**31 - 1
"""Links and nodes that int32 can number."""

_ALIGN = 64
_HEADER_ROOM = 16_384

_FORM: Mapping[str, tuple[str, str, int]] = {
    # name: type, what it is counted by, how many more than that
    "in_start": ("<i8", "nodes", 1),
    "tail": ("<i4", "links", 0),
    "head": ("<i4", "links", 0),
    "sign": ("|i1", "links", 0),
    "established": ("|i1", "links", 0),
    "as_described": ("|i1", "links", 0),
    "best_case": ("|i1", "links", 0),
    "mechanistic": ("|i1", "links", 0),
    "flags": ("|u1", "links", 0),
    "studies": ("<i4", "links", 0),
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

    def __len__(self) -> int:
        return len(self._start) - 1


@dataclass(frozen=True, eq=False, slots=True)
class Columns:
    """Links and nodes as arrays of equal length; an index into them is a link or a node.

    `in_start` and `out_start` have one entry more than there are nodes: the links into node v are
    `in_start[v]:in_start[v + 1]`, those out of it `out_link[out_start[v]:out_start[v + 1]]`. `row`
    numbers the links in the order they came, from 0. `key` says what the columns were made of.
    """

    key: str
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

    def levels(self, reading: Reading) -> Numbers:
        """Effective levels of all links in a reading."""
        return self.arrays[reading.value]

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


def _columns(key: str, arrays: Mapping[str, Numbers]) -> Columns:
    texts = [
        Strings(arrays[f"{kind}_start"], arrays[f"{kind}_text"])
        for kind in ("name", "label", "predicate", "source")
    ]
    return Columns(key, arrays, *texts)


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
        narrow = ("sign", "established", "as_described", "best_case", "mechanistic", "flags")
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

    The same batches give the same bytes. Memory is that of the columns and of the distinct names.

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
    return _columns(key, _arranged(rows, labels, roles, surrogates))


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
    by_head = np.argsort(head, kind="stable").astype(np.int32)
    arrays = {"tail": tail[by_head], "head": head[by_head], "row": by_head}
    for name in rows.cells:
        if name not in arrays:
            arrays[name] = rows.array(name)[by_head]
    arrays["out_link"] = np.argsort(arrays["tail"], kind="stable").astype(np.int32)
    for side, ends in (("in", head), ("out", tail)):
        sizes = np.bincount(ends, minlength=count_)
        arrays[f"{side}_start"] = np.concatenate(([0], np.cumsum(sizes)))
    known = list(rows.names)
    names = [known[i] for i in order]
    arrays["role"] = np.array([roles.get(name, 0) for name in names], np.uint8)
    keys = [normalise(name) for name in names]
    sorted_ = sorted(range(count_), key=lambda i: (keys[i], names[i]))
    arrays["by_name"] = np.array(sorted_, np.int32)
    arrays |= _texts("name", names) | _texts("label", [labels.get(name, "") for name in names])
    arrays |= _texts("predicate", list(rows.predicates)) | _texts("source", list(rows.sources))
    pairs = number[np.array(surrogates, np.int64).reshape(-1, 2)]
    arrays |= {"marker": pairs[:, 0], "marked": pairs[:, 1]}
    return {
        name: np.ascontiguousarray(arrays[name]).astype(kind, copy=False)
        for name, (kind, _, _) in _FORM.items()
    }


def _texts(kind: str, texts: Sequence[str]) -> dict[str, Numbers]:
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    start = np.fromiter(accumulate(map(len, encoded), initial=0), np.int64, len(encoded) + 1)
    return {
        f"{kind}_start": start,
        f"{kind}_text": np.frombuffer(b"".join(encoded), np.uint8),
    }


# Writing and mapping


def pieces(made: Columns) -> Iterator[bytes]:
    """The bytes of a snapshot, header first."""
    places, at = {}, 0
    for name in _FORM:
        numbers = made.arrays[name]
        places[name] = [at, len(numbers)]
        at += -(-numbers.nbytes // _ALIGN) * _ALIGN
    head = {"format": FORMAT, "version": VERSION, "key": made.key, "size": at, "arrays": places}
    yield (json.dumps(head) + "\n").encode().ljust(_HEADER_ROOM)
    for name in _FORM:
        numbers = made.arrays[name]
        yield numbers.tobytes()
        yield bytes(-numbers.nbytes % _ALIGN)


def opened(path: str | Path) -> Columns:
    """The columns of a snapshot, mapped: only what is touched is read.

    Raises DataError for what is no snapshot, is of another version, or is not whole.
    """
    try:
        head = _header(path)
        whole = np.memmap(path, np.uint8, "r", offset=_HEADER_ROOM, shape=(head["size"],))
        arrays = {name: _mapped(whole, name, *head["arrays"][name]) for name in _FORM}
        _check(arrays)
        return _columns(str(head["key"]), arrays)
    except OSError as fault:
        raise DataError(f"{path}: cannot be read: {fault.strerror or fault}") from fault
    except (LookupError, TypeError, ValueError, UnicodeDecodeError, RecursionError) as fault:
        why = str(fault) if isinstance(fault, _Unusable) else "its header is damaged"
        raise DataError(f"{path}: no snapshot that can be used: {why}; make it again") from fault


class _Unusable(ValueError):
    """The file is not a snapshot of this version; the text says why."""


def key_of(path: str | Path) -> str | None:
    """The key of a snapshot; None where there is none that can be used."""
    try:
        return str(_header(path)["key"])
    except (OSError, LookupError, TypeError, ValueError, RecursionError):
        return None


def _header(path: str | Path) -> dict[str, Any]:
    with Path(path).open("rb") as file:
        line = file.read(_HEADER_ROOM)
        file.seek(0, 2)
        size = file.tell()
    try:
        head = json.loads(line)
    except (ValueError, RecursionError):
        head = None
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise _Unusable("it is not one")
    if head.get("version") != VERSION:
        raise _Unusable("it was made by another version of kg")
    if head["size"] != size - _HEADER_ROOM:
        raise _Unusable("it was cut short or changed")
    return head


def _mapped(whole: Numbers, name: str, at: int, length: int) -> Numbers:
    kind = np.dtype(_FORM[name][0])
    end = at + length * kind.itemsize
    if at < 0 or at % _ALIGN or length < 0 or end > len(whole):
        raise _Unusable("its arrays lie outside it")
    return whole[at:end].view(kind)


def _check(arrays: Mapping[str, Numbers]) -> None:
    """Refuse arrays whose lengths or ends do not fit; what lies between them is not touched."""
    counts = {
        "nodes": len(arrays["role"]),
        "links": len(arrays["tail"]),
        "predicates": len(arrays["predicate_start"]) - 1,
        "sources": len(arrays["source_start"]) - 1,
        "surrogates": len(arrays["marker"]),
    }
    for name, (_, counted, more) in _FORM.items():
        if counted and len(arrays[name]) != counts[counted] + more:
            raise _Unusable(f"its {name} has a wrong length")
    ends = {"in_start": "tail", "out_start": "tail"}
    ends |= {f"{kind}_start": f"{kind}_text" for kind in ("name", "label", "predicate", "source")}
    for start, of in ends.items():
        if int(arrays[start][0]) != 0 or int(arrays[start][-1]) != len(arrays[of]):
            raise _Unusable(f"its {start} does not fit")
