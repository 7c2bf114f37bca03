"""Templates of curated files: what is empty must be filled in, so that nothing is left half true.

The words of the closed lists come from the model and are never out of date.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from kg import model


@dataclass(frozen=True, slots=True)
class FileTemplate:
    """A kind of file: where it goes in a base, and its text for an id."""

    folder: str
    format_text: Callable[[str], str]


_PROFILE_HEADER = """\
# A grading profile: use it as `--profile FILE`. What stays a comment is as in the profile that it
# extends; take the mark from a line and change its value. docs/how-to/appraise.md has an example.
extends = "grade"
"""
_TABLE_HEAD = re.compile(r"\[[\w.-]+\]")


def format_profile_template(shipped_text: str) -> str:
    """A profile of one's own that changes nothing yet: every constant stands there as a comment.

    Args:
        shipped_text: The text of the profile `grade`.
    """
    tables = shipped_text[shipped_text.index("\n[") :]
    lines = (
        line if _TABLE_HEAD.match(line) or line.startswith("#") or not line else f"# {line}"
        for line in tables.splitlines()
    )
    return _PROFILE_HEADER + "\n".join(lines) + "\n"


def _list_words(enum: type[Enum], margin: int) -> str:
    """The words of a closed list as comment lines."""
    joined_words = ", ".join(str(member.value) for member in enum)
    lines = textwrap.wrap(joined_words, 94 - margin, break_on_hyphens=False)
    return "\n".join(f"{' ' * margin}# {line}" for line in lines)


_FILE_HEADER = """\
# Fill in every key that has nothing after its colon; lines that start with # are choices or help.
# `kg validate` names what is still missing. The guide: docs/how-to/curate.md
"""


def _format_article(source_id: str) -> str:
    return f"""\
{_FILE_HEADER}
sources:
  - id: {source_id}
    title:
    topic:
    coverage: partial
    # coverage: complete     once every claim is recorded
    # publisher:             and url:, where they are printed
    # seller_links: true     or false, once you looked for links to shops
    # references_parsed: true    once the whole reference list is in `citations`

source: {source_id}

# How the text names works; as printed, of authors, title, journal, year, doi, pmid, pmcid, url.
# Remove the record where the text names none.
citations:
  - id: {source_id}-ref-1
{_list_words(model.CitationKind, 4)}
    kind:
    line:
    status: not-looked-up
    # study:                 its id, once it is found; then the status is `identified`

# One record for each claim: two objects, groups or directions in a sentence are two claims.
claims:
  - id: {source_id}-1
    line:
{_list_words(model.Role, 4)}
    role:
    # What is taken, lacking or applied (kg list exposures), or another thing (kg list entities).
    subject:
{_list_words(model.Predicate, 4)}
    predicate:
    object:
    # Wording: 4 plain, 3 qualified (helps, supports), 2 hedged (may, can), 1 theory, 0 no claim.
    tier:
    # The words that decided it.
    cues:
    # In your own words.
    paraphrase:
    citations: [{source_id}-ref-1]
"""


def _format_study(study_id: str) -> str:
    return f"""\
{_FILE_HEADER}
studies:
  - id: {study_id}
    title:
    year:
{_list_words(model.Design, 4)}
    design:
{_list_words(model.System, 4)}
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
      - id: {study_id}.1
        # kg list exposures
        exposure:
        # What was measured, not what it is used for (kg list outcomes).
        outcome:
{_list_words(model.Direction, 8)}
        direction:
"""


FILE_TEMPLATES: Mapping[str, FileTemplate] = MappingProxyType(
    {
        "article": FileTemplate("claims", _format_article),
        "study": FileTemplate("studies", _format_study),
    }
)
"""Templates by the kind of thing that they start."""
