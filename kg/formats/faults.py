"""Every fault of data that the readers and the reference check can find, with its remedy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from kg.model import Diagnostic, Location, RelatedPlace, Severity


@dataclass(frozen=True, slots=True)
class FaultKind:
    """A kind of fault: code, name (the bad pattern), how much it matters, how to mend it."""

    code: str
    name: str
    severity: Severity
    remedy: str


_ALL_FAULTS = (
    FaultKind("KG001", "unreadable-file", Severity.SEVERE, "Check the path and its permissions."),
    FaultKind("KG002", "broken-yaml", Severity.SEVERE, "Mend the YAML at this place."),
    FaultKind(
        "KG003",
        "refused-yaml",
        Severity.SEVERE,
        "Write the value out: aliases, anchors and tags are not used here.",
    ),
    FaultKind("KG004", "beyond-limits", Severity.SEVERE, "Split the file into smaller ones."),
    FaultKind("KG005", "duplicate-key", Severity.SEVERE, "Keep one of the two."),
    FaultKind("KG006", "missing-key", Severity.SEVERE, "Add it."),
    FaultKind("KG007", "unknown-key", Severity.SEVERE, "Remove it or correct its name."),
    FaultKind("KG008", "wrong-type", Severity.SEVERE, "Correct the value."),
    FaultKind("KG009", "unknown-word", Severity.SEVERE, "Use one of the known words."),
    FaultKind("KG010", "malformed-identifier", Severity.SEVERE, "Correct the identifier."),
    FaultKind("KG011", "duplicate-id", Severity.SEVERE, "Rename one of them or remove it."),
    FaultKind("KG012", "unknown-reference", Severity.SEVERE, "Correct the id or add the record."),
    FaultKind("KG013", "cycle", Severity.SEVERE, "Remove one of these links."),
    FaultKind(
        "KG014",
        "study-without-identifier",
        Severity.SEVERE,
        "Give it a doi, pmid, pmcid or registration, or record only the citation.",
    ),
    FaultKind(
        "KG015", "impossible-interval", Severity.SEVERE, "Check the numbers in the publication."
    ),
    FaultKind(
        "KG016", "impossible-number", Severity.SEVERE, "Check the number in the publication."
    ),
    FaultKind(
        "KG017",
        "broken-chain",
        Severity.SEVERE,
        "Let each step start where the one before it ends; write a missing step as `implicit`.",
    ),
    FaultKind(
        "KG018",
        "improvement-without-direction",
        Severity.MODERATE,
        "Give the object `better: higher` or `better: lower`, or use increases or decreases.",
    ),
    FaultKind("KG019", "wording-without-cue", Severity.MILD, "Quote the words that set the tier."),
    FaultKind(
        "KG020",
        "identified-without-study",
        Severity.MODERATE,
        "Name the study, or correct the status.",
    ),
    FaultKind("KG021", "wrong-kind", Severity.SEVERE, "Refer to a record of the right kind."),
    FaultKind("KG022", "unusable-compiled-form", Severity.SEVERE, "Make it again with `kg build`."),
    FaultKind(
        "KG023", "nothing-to-read", Severity.SEVERE, "Name a directory of curated YAML files."
    ),
    FaultKind(
        "KG024", "conflict-of-one", Severity.SEVERE, "Name two claims that do not go together."
    ),
    FaultKind(
        "KG025",
        "effect-without-measure",
        Severity.SEVERE,
        "Write what it is (RR, OR, MD, SMD ...): nobody knows whether no effect is 0 or 1.",
    ),
    FaultKind(
        "KG026",
        "direction-against-numbers",
        Severity.SEVERE,
        "Check the direction, the measure and the estimate in the publication.",
    ),
)

FAULT_BY_CODE: Mapping[str, FaultKind] = MappingProxyType(
    {fault.code: fault for fault in _ALL_FAULTS}
)
"""All faults of data by code."""

UNREADABLE_FILE = FAULT_BY_CODE["KG001"]
BROKEN_YAML = FAULT_BY_CODE["KG002"]
REFUSED_YAML = FAULT_BY_CODE["KG003"]
BEYOND_LIMITS = FAULT_BY_CODE["KG004"]
DUPLICATE_KEY = FAULT_BY_CODE["KG005"]
MISSING_KEY = FAULT_BY_CODE["KG006"]
UNKNOWN_KEY = FAULT_BY_CODE["KG007"]
WRONG_TYPE = FAULT_BY_CODE["KG008"]
UNKNOWN_WORD = FAULT_BY_CODE["KG009"]
MALFORMED_IDENTIFIER = FAULT_BY_CODE["KG010"]
DUPLICATE_ID = FAULT_BY_CODE["KG011"]
UNKNOWN_REFERENCE = FAULT_BY_CODE["KG012"]
CYCLE = FAULT_BY_CODE["KG013"]
STUDY_WITHOUT_IDENTIFIER = FAULT_BY_CODE["KG014"]
IMPOSSIBLE_INTERVAL = FAULT_BY_CODE["KG015"]
IMPOSSIBLE_NUMBER = FAULT_BY_CODE["KG016"]
BROKEN_CHAIN = FAULT_BY_CODE["KG017"]
NO_DIRECTION = FAULT_BY_CODE["KG018"]
WORDING_WITHOUT_CUE = FAULT_BY_CODE["KG019"]
IDENTIFIED_WITHOUT_STUDY = FAULT_BY_CODE["KG020"]
WRONG_KIND = FAULT_BY_CODE["KG021"]
UNUSABLE_COMPILED_FORM = FAULT_BY_CODE["KG022"]
NOTHING_TO_READ = FAULT_BY_CODE["KG023"]
CONFLICT_OF_ONE = FAULT_BY_CODE["KG024"]
EFFECT_WITHOUT_MEASURE = FAULT_BY_CODE["KG025"]
DIRECTION_AGAINST_NUMBERS = FAULT_BY_CODE["KG026"]

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

    if (
        len(known_names) > _MAX_COMPARED_NAMES
    ):  # comparing costs 3 us a name, and there may be many faults
        return ""
    similar_names = get_close_matches(name[:_MAX_QUOTED_CHARS], known_names, n=3, cutoff=0.6)
    return (
        f"Did you mean {' or '.join(quote_value(n) for n in similar_names)}?"
        if similar_names
        else ""
    )
