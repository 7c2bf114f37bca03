"""Snapshots: columns of links in one file, mapped when opened.

A file is one line of JSON with the format, its version, a key of what it was made of, and the place
of each array; then the arrays, little-endian, 64 bytes aligned. There is no pickle in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kg.chains.edges import FORM, Columns, with_texts
from kg.chains.labels import FREE, LEVEL, Numbers
from kg.errors import DataError
from kg.model import Level, Mechanistic, Reading
from kg.model.links import SYSTEMS, UNKNOWN

FORMAT = "kg-columns"
VERSION = 4
_ALIGN = 64
_HEADER_ROOM = 16_384


def pieces(made: Columns) -> Iterator[bytes]:
    """The bytes of a snapshot, header first."""
    places: dict[str, list[int]] = {}
    first: dict[int, str] = {}
    at = 0
    for name in FORM:
        numbers = made.arrays[name]
        same = first.setdefault(id(numbers), name)
        places[name] = [places[same][0] if same in places else at, len(numbers)]
        at += 0 if same != name else -(-numbers.nbytes // _ALIGN) * _ALIGN
    head = {
        "format": FORMAT,
        "version": VERSION,
        "key": made.key,
        "facts": dict(made.facts),
        "size": at,
        "arrays": places,
    }
    yield (json.dumps(head) + "\n").encode().ljust(_HEADER_ROOM)
    for name in first.values():
        numbers = made.arrays[name]
        yield numbers.tobytes()
        yield bytes(-numbers.nbytes % _ALIGN)


def opened(path: str | Path, ours: bool = False) -> Columns:
    """The columns of a snapshot, mapped: only what is touched is read.

    Every number that leads to another is looked at once, unless the file is `ours`, written by this
    kg where nobody else writes. Raises DataError for what is no snapshot, is of another version, or
    is not whole.
    """
    try:
        head = _header(path)
        mapped = np.memmap(path, np.uint8, "r", offset=_HEADER_ROOM, shape=(head["size"],))
        whole = np.asarray(mapped)  # the class of maps costs each operation a call of Python
        arrays = {name: _mapped(whole, name, *head["arrays"][name]) for name in FORM}
        _check(arrays)
        _share(arrays, head["arrays"])
        if not ours:
            _look(arrays)
        facts = {str(name): int(number) for name, number in head["facts"].items()}
        return with_texts(str(head["key"]), facts, arrays)
    except OSError as fault:
        raise DataError(f"{path}: cannot be read: {fault.strerror or fault}") from fault
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as fault:
        why = str(fault) if isinstance(fault, _Unusable) else "its header is damaged"
        raise DataError(f"{path}: no snapshot that can be used: {why}; make it again") from fault


class _Unusable(ValueError):
    """The file is not a snapshot of this version; the text says why."""


def is_snapshot(path: str | Path) -> bool:
    """Whether the file begins as a snapshot of this or another version does."""
    try:
        with Path(path).open("rb") as file:
            head = json.loads(file.read(_HEADER_ROOM))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(head, dict) and head.get("format") == FORMAT


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
    kind = np.dtype(FORM[name][0])
    end = at + length * kind.itemsize
    if at < 0 or at % _ALIGN or length < 0 or end > len(whole):
        raise _Unusable("its arrays lie outside it")
    return whole[at:end].view(kind)


_LEADS: Mapping[str, str] = {
    "tail": "role",
    "head": "role",
    "out_link": "tail",
    "by_name": "role",
    "marker": "role",
    "marked": "role",
    "predicate": "predicate_start",
    "source": "source_start",
}
"""Arrays of indexes, and an array of (at least) the length that they lead into."""


def _look(arrays: Mapping[str, Numbers]) -> None:
    """Refuse numbers that lead out of their arrays."""
    for name, into in _LEADS.items():
        most = len(arrays[into]) - into.endswith("_start")
        found = arrays[name]
        if len(found) and not (int(found.min()) >= 0 and int(found.max()) < most):
            raise _Unusable(f"its {name} leads nowhere")
    for name in (name for name in FORM if name.endswith("_start")):
        if (np.diff(arrays[name]) < 0).any():
            raise _Unusable(f"its {name} goes back")
    _look_at_order(arrays)
    for code in {id(arrays[r.value]): arrays[r.value] for r in Reading}.values():
        if len(code) and (int(code.max()) >= 2 * FREE or int((code & LEVEL).max()) > Level.HIGH):
            raise _Unusable("its levels hold no codes")
    if len(arrays["mechanistic"]) and not (
        int(arrays["mechanistic"].min()) >= UNKNOWN
        and int(arrays["mechanistic"].max()) <= max(Mechanistic)
    ):
        raise _Unusable("its mechanistic holds no levels")
    system = arrays["system"]
    if len(system) and not UNKNOWN <= int(system.min()) <= int(system.max()) < len(SYSTEMS):
        raise _Unusable("its system holds no systems")


def _look_at_order(arrays: Mapping[str, Numbers]) -> None:
    """Refuse links that do not lie where their nodes say, or not all of them once."""
    order = arrays["out_link"]
    tail = arrays["tail"].take(order)
    if not ((tail[1:] > tail[:-1]) | (order[1:] > order[:-1])).all():
        raise _Unusable("its out_link is out of order")
    for way, ends in {"in": arrays["head"], "out": tail}.items():
        if not _fit(arrays[f"{way}_start"], ends):
            raise _Unusable(f"its {way}_start does not fit")
    most = np.diff(arrays["in_start"]) - arrays["in_pass"]
    if len(most) and not (int(arrays["in_pass"].min()) >= 0 and int(most.min()) >= 0):
        raise _Unusable("its in_pass does not fit")


def _fit(start: Numbers, ends: Numbers) -> bool:
    """Whether the ends of links, in their order, are what their node's stretch says."""
    nodes = np.flatnonzero(start[1:] != start[:-1])
    first, last = start.take(nodes), start.take(nodes + 1) - 1
    ordered = bool((ends[1:] >= ends[:-1]).all())
    return ordered and all(np.array_equal(ends.take(at), nodes) for at in (first, last))


def _share(arrays: dict[str, Numbers], places: Mapping[str, Sequence[int]]) -> None:
    """Let readings that lie in one place be one array, so that one sweep serves them all."""
    for reading in Reading:
        same = next(r.value for r in Reading if places[r.value] == places[reading.value])
        arrays[reading.value] = arrays[same]


def _check(arrays: Mapping[str, Numbers]) -> None:
    """Refuse arrays whose lengths or ends do not fit; what lies between them is not touched."""
    counts = {
        "nodes": len(arrays["role"]),
        "links": len(arrays["tail"]),
        "predicates": len(arrays["predicate_start"]) - 1,
        "sources": len(arrays["source_start"]) - 1,
        "surrogates": len(arrays["marker"]),
    }
    for name, (_, counted, more) in FORM.items():
        if counted and len(arrays[name]) != counts[counted] + more:
            raise _Unusable(f"its {name} has a wrong length")
    ends = {"in_start": "tail", "out_start": "tail"}
    ends |= {f"{kind}_start": f"{kind}_text" for kind in ("name", "label", "predicate", "source")}
    for start, of in ends.items():
        if int(arrays[start][0]) != 0 or int(arrays[start][-1]) != len(arrays[of]):
            raise _Unusable(f"its {start} does not fit")
