"""Findings that somebody allows for a reason, and waivers that nothing needs any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kg.model import Diagnostic, Result, Severity, Waiver

UNUSED_WAIVER_CODE = "KG071"


def mark_waived(
    diagnostics: Sequence[Diagnostic], waivers: Sequence[Waiver]
) -> tuple[Diagnostic, ...]:
    """The findings, those that a waiver allows marked with it; the first waiver counts.

    >>> mark_waived((), ())
    ()
    """
    by_code: dict[str, list[Waiver]] = {}
    for waiver in waivers:
        by_code.setdefault(waiver.code, []).append(waiver)
    return tuple(_mark_diagnostic(d, by_code.get(d.code, ())) for d in diagnostics)


def _mark_diagnostic(diagnostic: Diagnostic, waivers: Sequence[Waiver]) -> Diagnostic:
    if diagnostic.result is not Result.HIT:
        return diagnostic
    allowed = next((waiver for waiver in waivers if waiver.is_about(diagnostic)), None)
    return replace(diagnostic, waived=allowed) if allowed else diagnostic


def report_unused_waivers(
    diagnostics: Sequence[Diagnostic], waivers: Sequence[Waiver]
) -> tuple[Diagnostic, ...]:
    """A finding for each waiver that allows none of the findings."""
    hits = [d for d in diagnostics if d.result is Result.HIT]
    return tuple(
        Diagnostic(
            UNUSED_WAIVER_CODE,
            "unused-waiver",
            Severity.MILD,
            f"{w.code} is allowed here, but there is nothing to allow.",
            subject=w.subject,
            location=w.place,
            remedy="Take the waiver out.",
        )
        for w in waivers
        if not any(w.is_about(d) for d in hits)
    )
