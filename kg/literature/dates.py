"""Years read off PMIDs and PMCIDs, and how far off that is."""

from __future__ import annotations

from statistics import median

from kg.literature.settings import Numbers
from kg.model import EvidenceBase
from kg.model.audit import NumberError, Sign


def number(text: str) -> int | None:
    """The number of a PMID or PMCID; None where it has none.

    >>> number("PMC7233620"), number("9451824"), number("none")
    (7233620, 9451824, None)
    """
    digits = text.strip().upper().removeprefix("PMC")
    return int(digits) if digits.isascii() and digits.isdecimal() else None


def year_of(value: int, numbers: Numbers, without: int | None = None) -> float | None:
    """The year at a number, between the nearest anchors; None outside their range.

    `without` leaves the anchor of one number out.
    """
    known = [anchor for anchor in numbers.anchors if anchor[0] != without]
    below = [anchor for anchor in known if anchor[0] <= value]
    above = [anchor for anchor in known if anchor[0] >= value]
    if not below or not above:
        return None
    (low, early), (high, late) = below[-1], above[0]
    return early if low == high else early + (late - early) * (value - low) / (high - low)


def measured(base: EvidenceBase, numbers: Numbers) -> NumberError:
    """The error of dating by number on the verified studies of a base.

    Numbers below `ordered_from` are in no strict order, are judged apart and do not count here.
    """
    errors = []
    for study in base.studies:
        given = number((study.pmid if numbers.kind == "PMID" else study.pmcid) or "")
        if not study.verified or given is None or given < numbers.ordered_from:
            continue
        if (guess := year_of(given, numbers, without=given)) is not None:
            errors.append(abs(guess - study.year))
    return NumberError(
        kind=numbers.kind,
        studies=len(errors),
        within=sum(e <= numbers.tolerance for e in errors),
        tolerance=numbers.tolerance,
        median=round(median(errors), 1) if errors else 0.0,
        largest=round(max(errors), 1) if errors else 0.0,
    )


def dated(text: str, listed: int | None, numbers: Numbers, error: NumberError) -> Sign:
    """What the number of a record says of the listed year.

    Beyond the tolerance is a conflict; its sureness is high only beyond the largest error that was
    measured, and for numbers out of order only beyond ten years.
    """
    name = f"{numbers.kind.lower()}-year"
    value = number(text)
    guess = year_of(value, numbers) if value is not None else None
    if guess is None:
        return Sign(name, "unknown", "low", f"{numbers.kind} {text} lies outside the known range")
    about = f"{numbers.kind} {text} is of about {guess:.1f} by its number"
    if listed is None:
        return Sign(name, "unknown", "low", f"{about}; no year is listed")
    distance = listed - guess
    if numbers.late_only and distance < -numbers.tolerance:
        return Sign(name, "unknown", "low", f"{about}; deposits may come long after {listed}")
    if abs(distance) <= numbers.tolerance:
        within = f"{abs(distance):.1f} from the listed {listed}, within the tolerance"
        return Sign(name, "agrees", "low", f"{about}, {within}: it decides nothing")
    beyond = max(error.largest, numbers.worst, 10.0 if (value or 0) < numbers.ordered_from else 0.0)
    sure = "high" if abs(distance) > beyond else "medium"
    return Sign(name, "conflict", sure, f"{about}, {listed} is listed", ("year",))
