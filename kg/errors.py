"""Everything kg raises.

    KgError                    exit status 70 unless a subclass says otherwise
    ├── UsageError             2    the call is wrong
    │   └── UnknownName        2    no such outcome, exposure, claim ...; carries near names
    ├── DataError              3    the input is wrong; carries diagnostics
    ├── LimitError             4    time, memory, size or depth
    └── OutsideError           5    a needed outside thing failed: dot, a store, the network
        └── MissingExtra       5    a part of kg that is not installed; carries its name

Faults *in data* are values (`kg.model.Diagnostic`); `DataError` only carries them out when
nothing useful can be returned.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class KgError(Exception):
    """Base of all errors that kg raises on purpose."""

    exit_status = 70


class UsageError(KgError):
    """The call itself is wrong: an unknown name or an impossible combination."""

    exit_status = 2


class UnknownName(UsageError):
    """No thing of this kind has this name.

    >>> str(UnknownName("outcome", "acne-scar", ("acne-scars",)))
    "no outcome named 'acne-scar'; did you mean 'acne-scars'?"
    """

    def __init__(self, kind: str, name: str, near: Sequence[str] = ()) -> None:
        self.kind, self.name, self.near = kind, name, tuple(near)
        hint = f"; did you mean {_either(self.near)}?" if self.near else ""
        super().__init__(f"no {kind} named {name!r}{hint}")


class DataError(KgError):
    """The input cannot be used; `diagnostics` say what, where and how to mend it."""

    exit_status = 3

    def __init__(self, message: str, diagnostics: Sequence[Any] = ()) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__(message)


class LimitError(KgError):
    """A limit on time, memory, size or depth was reached."""

    exit_status = 4


class OutsideError(KgError):
    """Something outside kg that was needed failed: a program, a store, the network."""

    exit_status = 5


class MissingExtra(OutsideError):
    """The packages of an extra are not installed; the message says which command installs them."""

    def __init__(self, extra: str, message: str) -> None:
        self.extra = extra
        super().__init__(message)


def _either(names: Sequence[str]) -> str:
    """Quoted names joined by commas and a final 'or'."""
    quoted = [repr(name) for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
