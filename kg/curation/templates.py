"""Templates of curated files: what is empty must be filled in, so that nothing is left half true.

The words of the closed lists come from the model and are never out of date.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from enum import Enum
from types import MappingProxyType

from kg import model
from kg.model.record import dataclass


@dataclass(frozen=True, slots=True)
class Template:
    """A kind of file: where it goes in a base, and its text for an id."""

    folder: str
    text: Callable[[str], str]


def _words(enum: type[Enum], margin: int) -> str:
    """The words of a closed list as comment lines."""
    listed = ", ".join(str(member.value) for member in enum)
    lines = textwrap.wrap(listed, 94 - margin, break_on_hyphens=False)
    return "\n".join(f"{' ' * margin}# {line}" for line in lines)


_HEAD = """\
# Fill in every key that has nothing after its colon; lines that start with # are choices or help.
# `kg validate` names what is still missing. The guide: docs/how-to/curate.md
"""


def _article(id: str) -> str:
    return f"""\
{_HEAD}
sources:
  - id: {id}
    title:
    topic:
    coverage: partial
    # coverage: complete     once every claim is recorded
    # publisher:             and url:, where they are printed
    # seller_links: true     or false, once you looked for links to shops
    # references_parsed: true    once the whole reference list is in `citations`

source: {id}

# How the text names works; as printed, of authors, title, journal, year, doi, pmid, pmcid, url.
# Remove the record where the text names none.
citations:
  - id: {id}-ref-1
{_words(model.CitationKind, 4)}
    kind:
    line:
    status: not-looked-up
    # study:                 its id, once it is found; then the status is `identified`

# One record for each claim: two objects, groups or directions in a sentence are two claims.
claims:
  - id: {id}-1
    line:
{_words(model.Role, 4)}
    role:
    # What is taken, lacking or applied (kg list exposures), or another thing (kg list entities).
    subject:
{_words(model.Predicate, 4)}
    predicate:
    object:
    # Wording: 4 plain, 3 qualified (helps, supports), 2 hedged (may, can), 1 theory, 0 no claim.
    tier:
    # The words that decided it.
    cues:
    # In your own words.
    paraphrase:
    citations: [{id}-ref-1]
"""


def _study(id: str) -> str:
    return f"""\
{_HEAD}
studies:
  - id: {id}
    title:
    year:
{_words(model.Design, 4)}
    design:
{_words(model.System, 4)}
    system:
    # As in its record.
    authors:
    journal:
    # One of these at least; the others may be removed.
    doi:
    pmid:
    pmcid:
    registration:
    # What you read, and where: "abstract at the PubMed record".
    read:
    # true once a record of the work was read and agreed in title, journal and year.
    verified: false
    # One for each exposure and outcome. Figures only as you read them; what you did not read is
    # left out: population, comparator, n, events, measure, estimate, ci, p_value, weeks, dose ...
    findings:
      - id: {id}.1
        # kg list exposures
        exposure:
        # What was measured, not what it is used for (kg list outcomes).
        outcome:
{_words(model.Direction, 8)}
        direction:
"""


TEMPLATES: Mapping[str, Template] = MappingProxyType(
    {"article": Template("claims", _article), "study": Template("studies", _study)}
)
"""Templates by the kind of thing that they start."""
