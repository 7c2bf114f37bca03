"""What the formats share: the values that only kg has, and reading that says what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any

from kg.errors import DataError
from kg.formats.exchange.statement import Statement, capitalise_text
from kg.model import Level, Mechanistic, Readings, Sense, Tier, Verdict
from kg.rdf import vocab

KG_VALUES: dict[str, Callable[[Statement], Enum | str | int]] = {
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


def list_kg_values(statement: Statement) -> dict[str, str | int]:
    """Those values of a statement, as words and numbers."""
    return {name: convert_to_plain(value(statement)) for name, value in KG_VALUES.items()}


def convert_to_plain(value: Enum | str | int) -> str | int:
    """The word of a member of an enum, the number of a tier; anything else as it is."""
    if isinstance(value, Level):
        return value.key
    if isinstance(value, Mechanistic):
        return value.word
    if isinstance(value, Tier):
        return int(value)
    return str(value.value) if isinstance(value, Enum) else value


def extract_verb(text: str, exposure: str, outcome: str) -> str:
    """The verb of a claim that `Statement.text` put into a sentence.

    >>> extract_verb("Zinc improves acne.", "zinc", "acne")
    'improve'
    """
    return text[len(capitalise_text(exposure)) + 1 : -len(outcome) - 3]


def restore_fields(kg_values: dict[str, Any]) -> dict[str, Any]:
    """The fields of a statement that `own` gave."""
    levels = (Level[str(kg_values[n]).upper()] for n in ("established", "asDescribed", "bestCase"))
    return {
        "sense": Sense(kg_values["sense"]),
        "sign": int(kg_values["sign"]),
        "verdict": Verdict(kg_values["verdict"]),
        "certainty": Readings(*levels),
        "refuted_by": Level[str(kg_values["refutation"]).upper()],
        "mechanistic": Mechanistic[str(kg_values["mechanisticSupport"]).upper()],
        "wording": Tier(int(kg_values["wordingTier"])),
        "gap": int(kg_values["gap"]),
        "gap_best": int(kg_values["gapBest"]),
        "profile": str(kg_values["profile"]),
        "version": str(kg_values["softwareVersion"]),
        "digest": str(kg_values["inputDigest"]),
    }


def build_kg_iri(key: str) -> str:
    """The IRI of one of our names."""
    return vocab.KG_VOCABULARY + key


def extract_key(kg_iri: str) -> str:
    """The key of such an IRI."""
    return kg_iri.removeprefix(vocab.KG_VOCABULARY)


def format_json(document: object) -> str:
    """JSON as it is printed: readable, in a fixed order."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def require_statements(read_statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """The statements; ValueError where there is none."""
    statements = tuple(read_statements)
    if not statements:
        raise ValueError("it holds no grade")
    return statements


_READ_ERRORS = (ValueError, SyntaxError, LookupError, TypeError, AttributeError, RecursionError)


@contextmanager
def convert_read_errors(format_name: str) -> Iterator[None]:
    """Turn whatever a foreign text trips over into one DataError."""
    try:
        yield
    except _READ_ERRORS as fault:
        reason = str(fault).splitlines()[0] if str(fault) else type(fault).__name__
        raise DataError(f"this is no {format_name} that kg wrote: {reason}") from fault
