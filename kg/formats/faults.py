"""Every fault of data that the readers and the reference check can find, with its remedy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from kg.model import Diagnostic, Location, Related, Severity
from kg.model.record import dataclass, replace


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of fault: code, name (the bad pattern), how much it matters, how to mend it."""

    code: str
    name: str
    severity: Severity
    remedy: str


_FAULTS = (
    Fault("KG001", "unreadable-file", Severity.SEVERE, "Check the path and its permissions."),
    Fault("KG002", "broken-yaml", Severity.SEVERE, "Mend the YAML at this place."),
    Fault(
        "KG003",
        "refused-yaml",
        Severity.SEVERE,
        "Write the value out: aliases, anchors and tags are not used here.",
    ),
    Fault("KG004", "beyond-limits", Severity.SEVERE, "Split the file into smaller ones."),
    Fault("KG005", "duplicate-key", Severity.SEVERE, "Keep one of the two."),
    Fault("KG006", "missing-key", Severity.SEVERE, "Add it."),
    Fault("KG007", "unknown-key", Severity.SEVERE, "Remove it or correct its name."),
    Fault("KG008", "wrong-type", Severity.SEVERE, "Correct the value."),
    Fault("KG009", "unknown-word", Severity.SEVERE, "Use one of the known words."),
    Fault("KG010", "malformed-identifier", Severity.SEVERE, "Correct the identifier."),
    Fault("KG011", "duplicate-id", Severity.SEVERE, "Rename one of them or remove it."),
    Fault("KG012", "unknown-reference", Severity.SEVERE, "Correct the id or add the record."),
    Fault("KG013", "cycle", Severity.SEVERE, "Remove one of these links."),
    Fault(
        "KG014",
        "study-without-identifier",
        Severity.SEVERE,
        "Give it a doi, pmid, pmcid or registration, or record only the citation.",
    ),
    Fault("KG015", "impossible-interval", Severity.SEVERE, "Check the numbers in the publication."),
    Fault("KG016", "impossible-number", Severity.SEVERE, "Check the number in the publication."),
    Fault(
        "KG017",
        "broken-chain",
        Severity.SEVERE,
        "Let each step start where the one before it ends; write a missing step as `implicit`.",
    ),
    Fault(
        "KG018",
        "improvement-without-direction",
        Severity.MODERATE,
        "Give the object `better: higher` or `better: lower`, or use increases or decreases.",
    ),
    Fault("KG019", "wording-without-cue", Severity.MILD, "Quote the words that set the tier."),
    Fault(
        "KG020",
        "identified-without-study",
        Severity.MODERATE,
        "Name the study, or correct the status.",
    ),
    Fault("KG021", "wrong-kind", Severity.SEVERE, "Refer to a record of the right kind."),
    Fault("KG022", "unusable-compiled-form", Severity.SEVERE, "Make it again with `kg build`."),
    Fault("KG023", "nothing-to-read", Severity.SEVERE, "Name a directory of curated YAML files."),
    Fault("KG024", "conflict-of-one", Severity.SEVERE, "Name two claims that do not go together."),
)

FAULTS: Mapping[str, Fault] = MappingProxyType({fault.code: fault for fault in _FAULTS})
"""All faults of data by code."""

UNREADABLE = FAULTS["KG001"]
BROKEN_YAML = FAULTS["KG002"]
REFUSED_YAML = FAULTS["KG003"]
LIMITS = FAULTS["KG004"]
DUPLICATE_KEY = FAULTS["KG005"]
MISSING_KEY = FAULTS["KG006"]
UNKNOWN_KEY = FAULTS["KG007"]
WRONG_TYPE = FAULTS["KG008"]
UNKNOWN_WORD = FAULTS["KG009"]
MALFORMED = FAULTS["KG010"]
DUPLICATE_ID = FAULTS["KG011"]
UNKNOWN_REFERENCE = FAULTS["KG012"]
CYCLE = FAULTS["KG013"]
NO_IDENTIFIER = FAULTS["KG014"]
INTERVAL = FAULTS["KG015"]
NUMBER = FAULTS["KG016"]
BROKEN_CHAIN = FAULTS["KG017"]
NO_BETTER = FAULTS["KG018"]
NO_CUE = FAULTS["KG019"]
NO_STUDY = FAULTS["KG020"]
WRONG_KIND = FAULTS["KG021"]
COMPILED = FAULTS["KG022"]
NOTHING = FAULTS["KG023"]
ONE_SIDE = FAULTS["KG024"]

MOST = 1000
"""Faults that one reading reports; whoever has more has another problem."""

_SHOWN = 80
_COMPARED = 2000


def found(
    fault: Fault,
    message: str,
    location: Location | None = None,
    *,
    subject: str = "",
    remedy: str = "",
    source: str = "",
    related: tuple[Related, ...] = (),
) -> Diagnostic:
    """The diagnostic of one fault at one place.

    >>> str(found(UNKNOWN_KEY, "unknown key 'lable'.", Location("a.yaml", 3, 5)))
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


def mild(diagnostic: Diagnostic) -> Diagnostic:
    """The same fault where it does no harm here."""
    return replace(diagnostic, severity=Severity.MILD)


def quoted(value: object) -> str:
    """A value as a message shows it: in quotes, on one line, cut short, control characters escaped.

    >>> quoted("a" * 200) == "'" + "a" * 79 + "…'"
    True
    """
    text = str(value)
    text = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return ascii(text) if not text.isprintable() else f"'{text}'"


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """` Did you mean 'label'?` where a known name resembles this one, else nothing.

    >>> did_you_mean("lable", ("label", "id"))
    "Did you mean 'label'?"
    """
    from difflib import get_close_matches

    if len(known) > _COMPARED:  # comparing costs 3 us a name, and there may be many faults
        return ""
    near = get_close_matches(name[:_SHOWN], known, n=3, cutoff=0.6)
    return f"Did you mean {' or '.join(quoted(n) for n in near)}?" if near else ""
