"""One way to choose by name: names of things that are imported on first use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from kg.errors import OutsideError, UnknownName

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

T = TypeVar("T")


class Registry(Mapping[str, T], Generic[T]):
    """A read-only mapping from a name to `"module:attribute"`, loaded on first use.

    Installed packages add entries through the entry-point group; built-in names cannot be
    shadowed. Names are listed without an import of what they stand for.

    >>> registry: Registry[object] = Registry("path kind", {"posix": "posixpath:join"})
    >>> registry["posix"]("a", "b")
    'a/b'
    >>> registry["posit"]
    Traceback (most recent call last):
    kg.errors.UnknownName: no path kind named 'posit'; did you mean 'posix'?
    """

    def __init__(
        self,
        kind: str,
        entries: Mapping[str, str],
        group: str = "",
        is_valid: Callable[[object], bool] = callable,
    ) -> None:
        """Set up the names.

        Args:
            kind: What an entry is called in messages.
            entries: The built-in names, each with its `"module:attribute"`.
            group: The entry-point group of plug-ins; empty: there are none.
            is_valid: Says of what a plug-in brings whether it can be used as an entry.
        """
        self.kind = kind
        self._built_in = dict(entries)
        self._group = group
        self._is_valid = is_valid

    def __getitem__(self, name: str) -> T:
        """The entry of this name.

        Raises:
            UnknownName: There is none; near names are given.
            OutsideError: A plug-in cannot be imported, or brings something else.
        """
        if name in self._built_in:
            module, _, attribute = self._built_in[name].partition(":")
            return cast("T", getattr(import_module(module), attribute))
        if name not in self.plugins:
            raise UnknownName(self.kind, name, self.suggest_names(name))
        return self._load_plugin(self.plugins[name])

    def __iter__(self) -> Iterator[str]:
        yield from self._built_in
        yield from self.plugins

    def __len__(self) -> int:
        return len(self._built_in) + len(self.plugins)

    def __contains__(self, name: object) -> bool:
        return name in self._built_in or name in self.plugins

    @cached_property
    def plugins(self) -> Mapping[str, EntryPoint]:
        """The entry points of installed packages by name, none of them loaded."""
        if not self._group:
            return {}
        from importlib.metadata import entry_points

        points = entry_points(group=self._group)
        return {point.name: point for point in points if point.name not in self._built_in}

    def iterate_working(self) -> Iterator[tuple[str, T]]:
        """Names and entries; a plug-in that cannot be loaded is named on stderr and left out."""
        for name in self:
            try:
                entry = self[name]
            except OutsideError as error:
                if name not in self.plugins:
                    raise
                warn_once(str(error))
            else:
                yield name, entry

    def find_target(self, name: str) -> str:
        """The `"module:attribute"` of a name, without importing it."""
        return self._built_in.get(name) or self.plugins[name].value

    def suggest_names(self, name: str) -> tuple[str, ...]:
        """Up to three known names that resemble `name`, best first."""
        from difflib import get_close_matches

        return tuple(get_close_matches(name, list(self), n=3, cutoff=0.5))

    def _load_plugin(self, point: EntryPoint) -> T:
        try:
            entry = point.load()
        except (Exception, SystemExit) as error:
            raise OutsideError(describe_plugin_fault(point, error)) from error
        if not self._is_valid(entry):
            type_name = type(entry).__name__
            fault = TypeError(f"{point.value} is of type {type_name}, which is no {self.kind}")
            raise OutsideError(describe_plugin_fault(point, fault))
        return cast("T", entry)


def describe_plugin_fault(point: EntryPoint, error: BaseException) -> str:
    """One line that names a plug-in, its package and what is wrong with it."""
    package = point.dist.name if point.dist else point.module
    reason = " ".join(f"{type(error).__name__}: {error}".split())
    return (
        f"the plug-in {point.name!r} ({point.group}) of the package {package} does not work: "
        f"{reason}; mend it, or uninstall {package}"
    )


def find_plugin_in_traceback(error: BaseException) -> EntryPoint | None:
    """The plug-in in whose package an error arose or through which it passed, if there is one."""
    from importlib.metadata import distributions
    from traceback import walk_tb

    frames = [frame for frame, _ in walk_tb(error.__traceback__)]
    functions = [(str(f.f_globals.get("__name__")), f.f_code.co_name) for f in frames]
    modules = {module for module, _ in functions}
    packages = {module.partition(".")[0] for module in modules} - {"kg"}
    points = [
        point
        for distribution in distributions()
        for point in distribution.entry_points
        if point.group.startswith("kg.") and point.module.partition(".")[0] in packages
    ]
    return max(
        points,
        key=lambda p: ((p.module, p.attr) in functions) + (p.module in modules),
        default=None,
    )


@cache
def warn_once(message: str) -> None:
    """Write a line to stderr, or where the log of this process goes; the same line only once."""
    import logging

    logging.getLogger("kg").warning("kg: %s", message)
