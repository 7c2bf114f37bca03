"""Diagnostics as workflow commands, which GitHub shows as annotations of the lines concerned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kg.model import Diagnostic, Result, Severity
from kg.render.escape import terminal

LEVELS: Mapping[Severity, str] = {
    Severity.SEVERE: "error",
    Severity.MODERATE: "warning",
    Severity.MILD: "notice",
    Severity.NONE: "notice",
}


def github(diagnostics: Iterable[Diagnostic]) -> str:
    """One command for each hit that is not waived, worst first.

    >>> github([])
    ''
    """
    hits = (d for d in diagnostics if d.result is Result.HIT and not d.waived)
    return "".join(f"{_command(d)}\n" for d in sorted(hits, key=lambda d: d.order))


def _command(found: Diagnostic) -> str:
    fields = {"title": f"{found.code} {found.name}"}
    if found.location is not None:
        fields["file"] = found.location.path
        if found.location.line:
            fields["line"] = str(found.location.line)
            if found.location.column:
                fields["col"] = str(found.location.column)
    properties = ",".join(f"{key}={_property(fields[key])}" for key in sorted(fields))
    message = _data(f"{found.message} {found.remedy}".strip())
    return f"::{LEVELS[found.severity]} {properties}::{message}"


def _data(text: str) -> str:
    """A message with what would end it, or begin another one, escaped; a log shows it as it is.

    >>> _data("50 %" + chr(10) + "::error::" + chr(27) + "[31m" + chr(0x202E))
    '50 %25%0A::error::'
    """
    shown = "\n".join(terminal(line) for line in text.splitlines())
    return shown.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
