"""One way to choose by name: names of things that are imported on first use."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Generic, TypeVar, cast

from kg.errors import UnknownName

T = TypeVar("T")


class Registry(Mapping[str, T], Generic[T]):
    """A read-only mapping from a name to `"module:attribute"`, loaded on first use.

    Installed packages add entries through the entry-point group; built-in names cannot be
    shadowed. An unknown name raises `UnknownName` with near names.

    >>> registry: Registry[object] = Registry("path kind", {"posix": "posixpath:join"})
    >>> registry["posix"]("a", "b")
    'a/b'
    >>> registry["posit"]
    Traceback (most recent call last):
    kg.errors.UnknownName: no path kind named 'posit'; did you mean 'posix'?
    """

    def __init__(self, kind: str, entries: Mapping[str, str], group: str | None = None) -> None:
        self.kind = kind
        self._built_in = dict(entries)
        self._group = group
        self._plugins: dict[str, str] | None = None

    def __getitem__(self, name: str) -> T:
        target = self._built_in.get(name) or self._load_plugins().get(name)
        if target is None:
            raise UnknownName(self.kind, name, self.suggest_names(name))
        module, _, attribute = target.partition(":")
        return cast("T", getattr(import_module(module), attribute))

    def __iter__(self) -> Iterator[str]:
        yield from self._built_in
        yield from (name for name in self._load_plugins() if name not in self._built_in)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        return name in self._built_in or name in self._load_plugins()

    def find_target(self, name: str) -> str:
        """The `"module:attribute"` of a name, without importing it."""
        return self._built_in.get(name) or self._load_plugins()[name]

    def suggest_names(self, name: str) -> tuple[str, ...]:
        """Up to three known names that resemble `name`, best first."""
        from difflib import get_close_matches

        return tuple(get_close_matches(name, list(self), n=3, cutoff=0.5))

    def _load_plugins(self) -> dict[str, str]:
        if self._plugins is None:
            self._plugins = {}
            if self._group and _has_entry_points(self._group):
                from importlib.metadata import entry_points

                self._plugins = {e.name: e.value for e in entry_points(group=self._group)}
        return self._plugins


def _has_entry_points(group: str) -> bool:
    """Whether some installed distribution may have entry points of this group.

    Reading the few `entry_points.txt` files takes a millisecond; importing `importlib.metadata`
    takes more than the rest of a start.
    """
    mark = f"[{group}]".encode()
    return any(
        mark in _read_entry_points(folder, name)
        for folder in sys.path
        for name in _list_info_folders(folder)
    )


def _list_info_folders(folder: str) -> list[str]:
    try:
        names = os.listdir(folder or ".")  # noqa: PTH208 - pathlib costs more than the answer
        return [name for name in names if name.endswith("-info")]
    except OSError:
        return []


def _read_entry_points(folder: str, name: str) -> bytes:
    try:
        with open(f"{folder}/{name}/entry_points.txt", "rb") as file:  # noqa: PTH123
            return file.read()
    except OSError:
        return b""
