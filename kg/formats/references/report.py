"""The diagnostic of a fault in a record, as all checks of a base report it."""

from __future__ import annotations

from typing import Any

from kg.formats.faults import FaultKind, build_diagnostic, quote_value
from kg.model import Diagnostic


def report_fault(fault: FaultKind, thing: Any, message: str, remedy: str = "") -> Diagnostic:
    """The diagnostic of one record of a base: `message` follows its id, and is no sentence yet."""
    return build_diagnostic(
        fault,
        f"{quote_value(thing.id)} {message}.",
        thing.location,
        subject=thing.id,
        source=getattr(thing, "source", ""),
        remedy=remedy,
    )
