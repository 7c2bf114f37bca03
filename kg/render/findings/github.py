"""Diagnostics as workflow commands, which GitHub shows as annotations of the lines concerned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kg.model import Diagnostic, Result, Severity
from kg.render.escape import escape_terminal

LEVEL_BY_SEVERITY: Mapping[Severity, str] = {
    Severity.SEVERE: "error",
    Severity.MODERATE: "warning",
    Severity.MILD: "notice",
    Severity.NONE: "notice",
}


def format_github(diagnostics: Iterable[Diagnostic]) -> str:
    """One command for each hit that is not waived, worst first.

    >>> format_github([])
    ''
    """
    hits = (d for d in diagnostics if d.result is Result.HIT and not d.waived)
    return "".join(f"{_format_command(d)}\n" for d in sorted(hits, key=lambda d: d.sort_key))


def _format_command(diagnostic: Diagnostic) -> str:
    fields = {"title": f"{diagnostic.code} {diagnostic.name}"}
    if diagnostic.location is not None:
        fields["file"] = diagnostic.location.path
        if diagnostic.location.line:
            fields["line"] = str(diagnostic.location.line)
            if diagnostic.location.column:
                fields["col"] = str(diagnostic.location.column)
    properties = ",".join(f"{key}={_escape_property(fields[key])}" for key in sorted(fields))
    message = _escape_data(f"{diagnostic.message} {diagnostic.remedy}".strip())
    return f"::{LEVEL_BY_SEVERITY[diagnostic.severity]} {properties}::{message}"


def _escape_data(text: str) -> str:
    """A message with what would end it, or begin another one, escaped; a log shows it as it is.

    >>> _escape_data("50 %" + chr(10) + "::error::" + chr(27) + "[31m" + chr(0x202E))
    '50 %25%0A::error::'
    """
    shown = "\n".join(escape_terminal(line) for line in text.splitlines())
    return shown.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape_data(text).replace(":", "%3A").replace(",", "%2C")
