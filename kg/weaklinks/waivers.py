"""Findings that somebody allows for a reason, and waivers that nothing needs any more."""

from __future__ import annotations

from collections.abc import Sequence

from kg.model import Diagnostic, Result, Severity, Waiver
from kg.model.record import replace

UNUSED_WAIVER = "KG071"


def waived(found: Sequence[Diagnostic], waivers: Sequence[Waiver]) -> tuple[Diagnostic, ...]:
    """The findings, those that a waiver allows marked with it; the first waiver counts.

    >>> waived((), ())
    ()
    """
    by_code: dict[str, list[Waiver]] = {}
    for waiver in waivers:
        by_code.setdefault(waiver.code, []).append(waiver)
    return tuple(_marked(d, by_code.get(d.code, ())) for d in found)


def _marked(found: Diagnostic, waivers: Sequence[Waiver]) -> Diagnostic:
    if found.result is not Result.HIT:
        return found
    allowed = next((waiver for waiver in waivers if waiver.allows(found)), None)
    return replace(found, waived=allowed) if allowed else found


def unused(found: Sequence[Diagnostic], waivers: Sequence[Waiver]) -> tuple[Diagnostic, ...]:
    """A finding for each waiver that allows none of the findings."""
    hits = [d for d in found if d.result is Result.HIT]
    return tuple(
        Diagnostic(
            UNUSED_WAIVER,
            "unused-waiver",
            Severity.MILD,
            f"{w.code} is allowed here, but there is nothing to allow.",
            subject=w.subject,
            location=w.place,
            remedy="Take the waiver out.",
        )
        for w in waivers
        if not any(w.allows(d) for d in hits)
    )
