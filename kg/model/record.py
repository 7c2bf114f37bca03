"""Frozen dataclasses that cost little to define: a drop-in for `dataclasses.dataclass`.

The standard decorator compiles six methods a class, 0.8 ms each on the machine of
docs/decisions/0010-records.md; with some sixty classes that is four times the start of Python. Here
only `__init__` is compiled, the other methods are shared, and what `dataclasses.fields`, `replace`
and `asdict` need is made when it is first asked for. Type checkers see the standard decorator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass, field, replace
else:
    from operator import attrgetter

    _MISSING = object()

    class _Field:
        """What `field` was given."""

        __slots__ = ("compare", "default", "repr")

        def __init__(self, default=_MISSING, compare=True, repr=True):
            self.default, self.compare, self.repr = default, compare, repr

    def field(*, default=_MISSING, compare=True, repr=True):
        """A field with a default that may be left out of comparison and repr."""
        return _Field(default, compare, repr)

    def replace(record, /, **changes):
        """A copy of a record with some fields changed."""
        kept = {n: getattr(record, n) for n in record.__match_args__ if n not in changes}
        return type(record)(**kept, **changes)

    class _StandardFields:
        """`__dataclass_fields__`, made by the standard library on first use."""

        def __get__(self, instance, cls):
            import dataclasses

            rows = [
                (name, kind, dataclasses.field(**options))
                for name, kind, options in cls.__record_rows__
            ]
            made = dataclasses.make_dataclass(cls.__name__, rows)
            cls.__dataclass_fields__ = made.__dataclass_fields__
            return made.__dataclass_fields__

    def dataclass(*, frozen, slots=False, order=False):
        """A decorator that makes a frozen dataclass; `frozen` must be True."""
        if not frozen:
            raise TypeError("records are frozen; use dataclasses.dataclass for the rest")

        def make(cls):
            return _record(cls, slots, order)

        return make

    def _record(cls, slots, order):
        kinds = dict(cls.__annotations__)
        rows = []
        for name, kind in kinds.items():
            given = cls.__dict__.get(name, _MISSING)
            spec = given if isinstance(given, _Field) else _Field(given)
            rows.append((name, kind, spec))
        namespace = dict(cls.__dict__)
        for name in kinds:
            namespace.pop(name, None)
        namespace.pop("__dict__", None)
        namespace.pop("__weakref__", None)
        if slots:
            namespace["__slots__"] = tuple(kinds)
        namespace.update({**_SHARED, "__repr__": namespace.get("__repr__", _repr)})
        if order:
            namespace.update(_ORDER)
        namespace["__init__"] = _initialiser(cls, rows)
        namespace["__match_args__"] = tuple(kinds)
        namespace["_compared"] = _values([n for n, _, spec in rows if spec.compare])
        namespace["_shown"] = tuple(n for n, _, spec in rows if spec.repr)
        namespace["__record_rows__"] = tuple(
            (name, kind, _options(spec)) for name, kind, spec in rows
        )
        made = type(cls)(cls.__name__, cls.__bases__, namespace)
        made.__qualname__ = cls.__qualname__
        return made

    def _options(spec):
        options = {"compare": spec.compare, "repr": spec.repr}
        if spec.default is _MISSING:
            return options
        if spec.default.__class__.__hash__ is None:  # the standard library takes it for mutable
            return {**options, "default_factory": lambda: spec.default}
        return {**options, "default": spec.default}

    def _values(names):
        if len(names) > 1:
            return staticmethod(attrgetter(*names))
        return staticmethod(lambda self: tuple(getattr(self, name) for name in names))

    def _initialiser(cls, rows):
        defaults = {f"_{n}": spec.default for n, _, spec in rows if spec.default is not _MISSING}
        arguments = ", ".join(f"{n}=_{n}" if f"_{n}" in defaults else n for n, _, _ in rows)
        body = "; ".join(f"_set(self, {n!r}, {n})" for n, _, _ in rows) or "pass"
        after = "; self.__post_init__()" if hasattr(cls, "__post_init__") else ""
        scope = {**defaults, "_set": object.__setattr__}
        exec(f"def __init__(self, {arguments}): {body}{after}", scope)  # noqa: S102 - own names only
        made = scope["__init__"]
        made.__qualname__ = f"{cls.__qualname__}.__init__"
        return made

    def _setattr(self, name, value):
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def _delattr(self, name):
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def _eq(self, other):
        if other.__class__ is not self.__class__:
            return NotImplemented
        return self._compared(self) == self._compared(other)

    def _hash(self):
        return hash(self._compared(self))

    def _repr(self):
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._shown)
        return f"{self.__class__.__qualname__}({shown})"

    def _getstate(self):
        return [getattr(self, name) for name in self.__match_args__]

    def _setstate(self, state):
        for name, value in zip(self.__match_args__, state, strict=True):
            object.__setattr__(self, name, value)

    def _order_by(compare):
        def method(self, other):
            if other.__class__ is not self.__class__:
                return NotImplemented
            return compare(self._compared(self), self._compared(other))

        return method

    _SHARED: dict[str, Any] = {
        "__dataclass_fields__": _StandardFields(),
        "__setattr__": _setattr,
        "__delattr__": _delattr,
        "__eq__": _eq,
        "__hash__": _hash,
        "__repr__": _repr,
        "__getstate__": _getstate,
        "__setstate__": _setstate,
    }
    _ORDER: dict[str, Any] = {
        "__lt__": _order_by(lambda a, b: a < b),
        "__le__": _order_by(lambda a, b: a <= b),
        "__gt__": _order_by(lambda a, b: a > b),
        "__ge__": _order_by(lambda a, b: a >= b),
    }

__all__ = ["dataclass", "field", "replace"]
