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

from kg.bulk.columns import COLUMN_LAYOUT, LinkColumns, wrap_arrays
from kg.bulk.labels import LEVEL_MASK, NO_LEAP_FLAG, ByteArray, IntArray
from kg.errors import DataError
from kg.model import Level, Mechanistic, Reading
from kg.model.batches import NOT_STATED, SYSTEM_ORDER

FORMAT_NAME = "kg-columns"
FORMAT_VERSION = 4
_ALIGNMENT = 64
_HEADER_SIZE = 16_384


def encode_snapshot(columns: LinkColumns) -> Iterator[bytes]:
    """The bytes of a snapshot, header first.

    Args:
        columns: Rated links as arrays.
    """
    places: dict[str, list[int]] = {}
    first: dict[int, str] = {}
    byte_offset = 0
    for name in COLUMN_LAYOUT:
        numbers = columns.arrays[name]
        same = first.setdefault(id(numbers), name)
        places[name] = [places[same][0] if same in places else byte_offset, len(numbers)]
        byte_offset += 0 if same != name else -(-numbers.nbytes // _ALIGNMENT) * _ALIGNMENT
    header_fields = {
        "format": FORMAT_NAME,
        "version": FORMAT_VERSION,
        "key": columns.key,
        "facts": dict(columns.link_counts),
        "size": byte_offset,
        "arrays": places,
    }
    yield (json.dumps(header_fields) + "\n").encode().ljust(_HEADER_SIZE)
    for name in first.values():
        numbers = columns.arrays[name]
        yield numbers.tobytes()
        yield bytes(-numbers.nbytes % _ALIGNMENT)


def open_snapshot(path: str | Path, ours: bool = False) -> LinkColumns:
    """The columns of a snapshot, mapped: only what is touched is read.

    Unless the file is `ours`, every number that leads to another is looked at once.

    Args:
        path: The file.
        ours: Whether this kg wrote it where nobody else writes; then its numbers are trusted.

    Raises:
        DataError: it is no snapshot, of another version, or not whole.
    """
    try:
        header_fields = _read_header(path)
        mapped = np.memmap(path, np.uint8, "r", offset=_HEADER_SIZE, shape=(header_fields["size"],))
        mapped_bytes = np.asarray(mapped)  # the class of maps costs each operation a call of Python
        arrays = {
            name: _map_array(mapped_bytes, name, *header_fields["arrays"][name])
            for name in COLUMN_LAYOUT
        }
        _check_lengths(arrays)
        _merge_equal_readings(arrays, header_fields["arrays"])
        if not ours:
            _check_values(arrays)
        facts = {str(name): int(number) for name, number in header_fields["facts"].items()}
        return wrap_arrays(str(header_fields["key"]), facts, arrays)
    except OSError as read_error:
        raise DataError(
            f"{path}: cannot be read: {read_error.strerror or read_error}"
        ) from read_error
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as read_error:
        fault_text = (
            str(read_error)
            if isinstance(read_error, _UnusableSnapshot)
            else "its header is damaged"
        )
        raise DataError(
            f"{path}: no snapshot that can be used: {fault_text}; make it again"
        ) from read_error


class _UnusableSnapshot(ValueError):
    """The file is not a snapshot of this version; the text says why."""


def is_snapshot(path: str | Path) -> bool:
    """Whether the file begins as a snapshot of this or another version does.

    Args:
        path: A file.
    """
    try:
        with Path(path).open("rb") as file:
            head = json.loads(file.read(_HEADER_SIZE))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(head, dict) and head.get("format") == FORMAT_NAME


def read_key(path: str | Path) -> str | None:
    """The key of a snapshot; None where there is none that can be used.

    Args:
        path: A file, which need not exist.
    """
    try:
        return str(_read_header(path)["key"])
    except (OSError, LookupError, TypeError, ValueError, RecursionError):
        return None


def _read_header(path: str | Path) -> dict[str, Any]:
    with Path(path).open("rb") as file:
        line = file.read(_HEADER_SIZE)
        file.seek(0, 2)
        size = file.tell()
    try:
        header_fields = json.loads(line)
    except (ValueError, RecursionError):
        header_fields = None
    if not isinstance(header_fields, dict) or header_fields.get("format") != FORMAT_NAME:
        raise _UnusableSnapshot("it is not one")
    if header_fields.get("version") != FORMAT_VERSION:
        raise _UnusableSnapshot("it was made by another version of kg")
    if header_fields["size"] != size - _HEADER_SIZE:
        raise _UnusableSnapshot("it was cut short or changed")
    return header_fields


def _map_array(mapped_bytes: ByteArray, name: str, byte_offset: int, length: int) -> IntArray:
    kind = np.dtype(COLUMN_LAYOUT[name][0])
    end = byte_offset + length * kind.itemsize
    if byte_offset < 0 or byte_offset % _ALIGNMENT or length < 0 or end > len(mapped_bytes):
        raise _UnusableSnapshot("its arrays lie outside it")
    return mapped_bytes[byte_offset:end].view(kind)


_INDEX_TARGETS: Mapping[str, str] = {
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


def _check_values(arrays: Mapping[str, IntArray]) -> None:
    """Refuse numbers that lead out of their arrays."""
    for name, target_name in _INDEX_TARGETS.items():
        index_limit = len(arrays[target_name]) - target_name.endswith("_start")
        index_array = arrays[name]
        if len(index_array) and not (
            int(index_array.min()) >= 0 and int(index_array.max()) < index_limit
        ):
            raise _UnusableSnapshot(f"its {name} leads nowhere")
    for name in (name for name in COLUMN_LAYOUT if name.endswith("_start")):
        if (np.diff(arrays[name]) < 0).any():
            raise _UnusableSnapshot(f"its {name} goes back")
    _check_order(arrays)
    for code in {id(arrays[reading.value]): arrays[reading.value] for reading in Reading}.values():
        if len(code) and (
            int(code.max()) >= 2 * NO_LEAP_FLAG or int((code & LEVEL_MASK).max()) > Level.HIGH
        ):
            raise _UnusableSnapshot("its levels hold no codes")
    if len(arrays["mechanistic"]) and not (
        int(arrays["mechanistic"].min()) >= NOT_STATED
        and int(arrays["mechanistic"].max()) <= max(Mechanistic)
    ):
        raise _UnusableSnapshot("its mechanistic holds no levels")
    system = arrays["system"]
    if len(system) and not NOT_STATED <= int(system.min()) <= int(system.max()) < len(SYSTEM_ORDER):
        raise _UnusableSnapshot("its system holds no systems")


def _check_order(arrays: Mapping[str, IntArray]) -> None:
    """Refuse links that do not lie where their nodes say, or not all of them once."""
    order = arrays["out_link"]
    tails = arrays["tail"].take(order)
    if not ((tails[1:] > tails[:-1]) | (order[1:] > order[:-1])).all():
        raise _UnusableSnapshot("its out_link is out of order")
    for link_side, end_nodes in {"in": arrays["head"], "out": tails}.items():
        if not _is_consistent(arrays[f"{link_side}_start"], end_nodes):
            raise _UnusableSnapshot(f"its {link_side}_start does not fit")
    blocked_counts = np.diff(arrays["in_start"]) - arrays["in_pass"]
    if len(blocked_counts) and not (
        int(arrays["in_pass"].min()) >= 0 and int(blocked_counts.min()) >= 0
    ):
        raise _UnusableSnapshot("its in_pass does not fit")


def _is_consistent(start: IntArray, end_nodes: IntArray) -> bool:
    """Whether the ends of links, in their order, are what their node's stretch says."""
    nodes = np.flatnonzero(start[1:] != start[:-1])
    first, last = start.take(nodes), start.take(nodes + 1) - 1
    is_ordered = bool((end_nodes[1:] >= end_nodes[:-1]).all())
    return is_ordered and all(
        np.array_equal(end_nodes.take(link_positions), nodes) for link_positions in (first, last)
    )


def _merge_equal_readings(arrays: dict[str, IntArray], places: Mapping[str, Sequence[int]]) -> None:
    """Let readings that lie in one place be one array, so that one sweep serves them all."""
    for reading in Reading:
        same = next(r.value for r in Reading if places[r.value] == places[reading.value])
        arrays[reading.value] = arrays[same]


def _check_lengths(arrays: Mapping[str, IntArray]) -> None:
    """Refuse arrays whose lengths or ends do not fit; what lies between them is not touched."""
    counts = {
        "nodes": len(arrays["role"]),
        "links": len(arrays["tail"]),
        "predicates": len(arrays["predicate_start"]) - 1,
        "sources": len(arrays["source_start"]) - 1,
        "surrogates": len(arrays["marker"]),
    }
    for name, (_, unit_name, extra_items) in COLUMN_LAYOUT.items():
        if unit_name and len(arrays[name]) != counts[unit_name] + extra_items:
            raise _UnusableSnapshot(f"its {name} has a wrong length")
    ends = {"in_start": "tail", "out_start": "tail"}
    ends |= {f"{kind}_start": f"{kind}_text" for kind in ("name", "label", "predicate", "source")}
    for start, data_name in ends.items():
        if int(arrays[start][0]) != 0 or int(arrays[start][-1]) != len(arrays[data_name]):
            raise _UnusableSnapshot(f"its {start} does not fit")
