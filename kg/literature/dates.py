"""Years read off PMIDs and PMCIDs, and how far off that is."""

from __future__ import annotations

from statistics import median

from kg.literature.settings import NumberDating
from kg.model import EvidenceBase
from kg.model.audit import HeuristicResult, NumberError


def parse_number(text: str) -> int | None:
    """The number of a PMID or PMCID; None where it has none.

    >>> parse_number("PMC7233620"), parse_number("9451824"), parse_number("none")
    (7233620, 9451824, None)
    """
    digits = text.strip().upper().removeprefix("PMC")
    return int(digits) if digits.isascii() and digits.isdecimal() else None


def estimate_year(value: int, numbers: NumberDating, without: int | None = None) -> float | None:
    """The year at a number, between the nearest anchors; None outside their range.

    `without` leaves the anchor of one number out.
    """
    usable_anchors = [anchor for anchor in numbers.anchors if anchor[0] != without]
    below = [anchor for anchor in usable_anchors if anchor[0] <= value]
    above = [anchor for anchor in usable_anchors if anchor[0] >= value]
    if not below or not above:
        return None
    (low, early), (high, late) = below[-1], above[0]
    return early if low == high else early + (late - early) * (value - low) / (high - low)


def measure_year_error(base: EvidenceBase, numbers: NumberDating) -> NumberError:
    """The error of dating by number on the verified studies of a base.

    Numbers below `ordered_from` are in no strict order, are judged apart and do not count here.
    """
    errors = []
    for study in base.studies:
        value = parse_number((study.pmid if numbers.kind == "PMID" else study.pmcid) or "")
        if study.verified and value is not None and value >= numbers.ordered_from:
            guess = estimate_year(value, numbers, without=value)
            errors += [] if guess is None else [abs(guess - study.year)]
    return NumberError(
        kind=numbers.kind,
        studies=len(errors),
        within=sum(e <= numbers.tolerance for e in errors),
        tolerance=numbers.tolerance,
        median=round(median(errors), 1) if errors else 0.0,
        largest=round(max(errors), 1) if errors else 0.0,
    )


def check_listed_year(
    text: str, listed_year: int | None, numbers: NumberDating, error: NumberError
) -> HeuristicResult:
    """What the number of a record says of the listed year.

    Beyond the tolerance is a conflict; its sureness is high only beyond the largest error that was
    measured, and for numbers out of order only beyond ten years.
    """
    name, identifier = f"{numbers.kind.lower()}-year", f"{numbers.kind} {text}"
    value = parse_number(text)
    guess = estimate_year(value, numbers) if value is not None else None
    if guess is None:
        return HeuristicResult(name, "unknown", "low", f"{identifier} lies outside the known range")
    estimate = f"{identifier} is of about {guess:.1f} by its number"
    if listed_year is None:
        return HeuristicResult(name, "unknown", "low", f"{estimate}; no year is listed")
    distance = listed_year - guess
    if numbers.late_only and distance < -numbers.tolerance:
        evidence = f"{estimate}; deposits may come long after {listed_year}"
        return HeuristicResult(name, "unknown", "low", evidence)
    if abs(distance) <= numbers.tolerance:
        within = f"{abs(distance):.1f} from the listed {listed_year}, within the tolerance"
        evidence = f"{estimate}, {within}: it decides nothing"
        return HeuristicResult(name, "agrees", "low", evidence)
    beyond = max(error.largest, numbers.worst, 10.0 if (value or 0) < numbers.ordered_from else 0.0)
    sureness = "high" if abs(distance) > beyond else "medium"
    evidence = f"{estimate}, {listed_year} is listed"
    return HeuristicResult(name, "conflict", sureness, evidence, ("year",))
