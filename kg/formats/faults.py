"""Every fault of data that the readers and the reference check can find, with its remedy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from kg.model import Diagnostic, Location, RelatedPlace, Severity


@dataclass(frozen=True, slots=True)
class FaultKind:
    """A kind of fault: code, name (the bad pattern), how to mend it, how much it matters."""

    code: str
    name: str
    remedy: str
    severity: Severity = Severity.SEVERE


UNREADABLE_FILE = FaultKind("KG001", "unreadable-file", "Check the path and its permissions.")
BROKEN_YAML = FaultKind("KG002", "broken-yaml", "Mend the YAML at this place.")
REFUSED_YAML = FaultKind(
    "KG003", "refused-yaml", "Write the value out: aliases, anchors and tags are not used here."
)
BEYOND_LIMITS = FaultKind("KG004", "beyond-limits", "Split the file into smaller ones.")
DUPLICATE_KEY = FaultKind("KG005", "duplicate-key", "Keep one of the two.")
MISSING_KEY = FaultKind("KG006", "missing-key", "Add it.")
UNKNOWN_KEY = FaultKind("KG007", "unknown-key", "Remove it or correct its name.")
WRONG_TYPE = FaultKind("KG008", "wrong-type", "Correct the value.")
UNKNOWN_WORD = FaultKind("KG009", "unknown-word", "Use one of the known words.")
MALFORMED_IDENTIFIER = FaultKind("KG010", "malformed-identifier", "Correct the identifier.")
DUPLICATE_ID = FaultKind("KG011", "duplicate-id", "Rename one of them or remove it.")
UNKNOWN_REFERENCE = FaultKind("KG012", "unknown-reference", "Correct the id or add the record.")
CYCLE = FaultKind("KG013", "cycle", "Remove one of these links.")
STUDY_WITHOUT_IDENTIFIER = FaultKind(
    "KG014",
    "study-without-identifier",
    "Give it a doi, pmid, pmcid or registration, or record only the citation.",
)
IMPOSSIBLE_INTERVAL = FaultKind(
    "KG015", "impossible-interval", "Check the numbers in the publication."
)
IMPOSSIBLE_NUMBER = FaultKind("KG016", "impossible-number", "Check the number in the publication.")
BROKEN_CHAIN = FaultKind(
    "KG017",
    "broken-chain",
    "Let each step start where the one before it ends; write a missing step as `implicit`.",
)
NO_DIRECTION = FaultKind(
    "KG018",
    "improvement-without-direction",
    "Give the object `better: higher` or `better: lower`, or use increases or decreases.",
    Severity.MODERATE,
)
WORDING_WITHOUT_CUE = FaultKind(
    "KG019", "wording-without-cue", "Quote the words that set the tier.", Severity.MILD
)
IDENTIFIED_WITHOUT_STUDY = FaultKind(
    "KG020", "identified-without-study", "Name the study, or correct the status.", Severity.MODERATE
)
WRONG_KIND = FaultKind("KG021", "wrong-kind", "Refer to a record of the right kind.")
UNUSABLE_COMPILED_FORM = FaultKind(
    "KG022", "unusable-compiled-form", "Make it again with `kg build`."
)
NO_RECORD = FaultKind(
    "KG027",
    "no-record",
    "kg grades records in its own terms (ontology/kg.ttl); begin with `kg new article`.",
)
NOTHING_TO_READ = FaultKind("KG023", "nothing-to-read", "Name a directory of curated YAML files.")
CONFLICT_OF_ONE = FaultKind("KG024", "conflict-of-one", "Name two claims that do not go together.")
EFFECT_WITHOUT_MEASURE = FaultKind(
    "KG025",
    "effect-without-measure",
    "Write what it is (RR, OR, MD, SMD ...): nobody knows whether no effect is 0 or 1.",
)
DIRECTION_AGAINST_NUMBERS = FaultKind(
    "KG026",
    "direction-against-numbers",
    "Check the direction, the measure and the estimate in the publication.",
)

FAULT_BY_CODE: Mapping[str, FaultKind] = MappingProxyType(
    {fault.code: fault for fault in tuple(globals().values()) if isinstance(fault, FaultKind)}
)
"""All faults of data by code."""

MAX_FAULTS = 1000
"""Faults that one reading reports; whoever has more has another problem."""

_MAX_QUOTED_CHARS = 80
_MAX_COMPARED_NAMES = 2000


def build_diagnostic(
    fault: FaultKind,
    message: str,
    location: Location | None = None,
    *,
    subject: str = "",
    remedy: str = "",
    source: str = "",
    related: tuple[RelatedPlace, ...] = (),
) -> Diagnostic:
    """The diagnostic of one fault at one place.

    >>> str(build_diagnostic(UNKNOWN_KEY, "unknown key 'lable'.", Location("a.yaml", 3, 5)))
    "a.yaml:3:5: KG007 unknown key 'lable'. Remove it or correct its name."
    """
    return Diagnostic(
        fault.code,
        fault.name,
        fault.severity,
        message,
        subject=subject,
        location=location,
        remedy=remedy or fault.remedy,
        related=related,
        source=source,
    )


def make_mild(diagnostic: Diagnostic) -> Diagnostic:
    """The same fault where it does no harm here."""
    return replace(diagnostic, severity=Severity.MILD)


def quote_value(value: object) -> str:
    """A value as a message shows it: in quotes, on one line, cut short, control characters escaped.

    >>> quote_value("a" * 200) == "'" + "a" * 79 + "…'"
    True
    """
    text = str(value)
    text = text if len(text) <= _MAX_QUOTED_CHARS else text[: _MAX_QUOTED_CHARS - 1] + "…"
    return ascii(text) if not text.isprintable() else f"'{text}'"


def suggest_similar_name(name: str, known_names: Sequence[str]) -> str:
    """` Did you mean 'label'?` where a known name resembles this one, else nothing.

    >>> suggest_similar_name("lable", ("label", "id"))
    "Did you mean 'label'?"
    """
    from difflib import get_close_matches

    if len(known_names) > _MAX_COMPARED_NAMES:  # a name costs 3 us, and faults may be many
        return ""
    similar_names = get_close_matches(name[:_MAX_QUOTED_CHARS], known_names, n=3, cutoff=0.6)
    choices = " or ".join(map(quote_value, similar_names))
    return f"Did you mean {choices}?" if choices else ""
