"""What the formats share: the values that only kg has, and reading that says what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any

from kg.errors import DataError
from kg.formats.exchange.statement import Statement, capital
from kg.model import Level, Mechanistic, Readings, Sense, Tier, Verdict
from kg.rdf import vocab

OWN: dict[str, Callable[[Statement], Enum | str | int]] = {
    "sense": lambda s: s.sense,
    "sign": lambda s: s.sign,
    "verdict": lambda s: s.verdict,
    "established": lambda s: s.certainty.established,
    "asDescribed": lambda s: s.certainty.as_described,
    "bestCase": lambda s: s.certainty.best_case,
    "refutation": lambda s: s.refuted_by,
    "mechanisticSupport": lambda s: s.mechanistic,
    "wordingTier": lambda s: s.wording,
    "gap": lambda s: s.gap,
    "gapBest": lambda s: s.gap_best,
    "profile": lambda s: s.profile,
    "softwareVersion": lambda s: s.version,
    "inputDigest": lambda s: s.digest,
}
"""Values for which the formats of others have no place of their own, by our names."""


def own(statement: Statement) -> dict[str, str | int]:
    """Those values of a statement, as words and numbers."""
    return {name: plain(value(statement)) for name, value in OWN.items()}


def plain(value: Enum | str | int) -> str | int:
    """The word of a member of an enum, the number of a tier; anything else as it is."""
    if isinstance(value, Level):
        return value.key
    if isinstance(value, Mechanistic):
        return value.word
    if isinstance(value, Tier):
        return int(value)
    return str(value.value) if isinstance(value, Enum) else value


def verb_of(text: str, exposure: str, outcome: str) -> str:
    """The verb of a claim that `Statement.text` put into a sentence.

    >>> verb_of("Zinc improves acne.", "zinc", "acne")
    'improve'
    """
    return text[len(capital(exposure)) + 1 : -len(outcome) - 3]


def restored(values: dict[str, Any]) -> dict[str, Any]:
    """The fields of a statement that `own` gave."""
    levels = (Level[str(values[n]).upper()] for n in ("established", "asDescribed", "bestCase"))
    return {
        "sense": Sense(values["sense"]),
        "sign": int(values["sign"]),
        "verdict": Verdict(values["verdict"]),
        "certainty": Readings(*levels),
        "refuted_by": Level[str(values["refutation"]).upper()],
        "mechanistic": Mechanistic[str(values["mechanisticSupport"]).upper()],
        "wording": Tier(int(values["wordingTier"])),
        "gap": int(values["gap"]),
        "gap_best": int(values["gapBest"]),
        "profile": str(values["profile"]),
        "version": str(values["softwareVersion"]),
        "digest": str(values["inputDigest"]),
    }


def name_of(key: str) -> str:
    """The IRI of one of our names."""
    return vocab.KG + key


def key_of(name: str) -> str:
    """The key of such an IRI."""
    return name.removeprefix(vocab.KG)


def written(document: object) -> str:
    """JSON as it is printed: readable, in a fixed order."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def some(found: Iterable[Statement]) -> tuple[Statement, ...]:
    """The statements; ValueError where there is none."""
    statements = tuple(found)
    if not statements:
        raise ValueError("it holds no grade")
    return statements


_TRIPS = (ValueError, SyntaxError, LookupError, TypeError, AttributeError, RecursionError)


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Turn whatever a foreign text trips over into one DataError."""
    try:
        yield
    except (
        ValueError,
        SyntaxError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        RecursionError,
    ) as fault:
        reason = str(fault).splitlines()[0] if str(fault) else type(fault).__name__
        raise DataError(f"this is no {what} that kg wrote: {reason}") from fault
