"""What to ask a service about a citation: its identifiers and its title, never journal and year."""

from __future__ import annotations

from kg.model import Citation, EvidenceBase, Study
from kg.model.audit import Question

KINDS = ("pmid", "pmcid", "doi")


def questions(citation: Citation, base: EvidenceBase) -> tuple[Question, ...]:
    """The questions about a citation; none where journal and year are all that is printed.

    The identifiers are those that the text prints and those of the study that a reader found; the
    title is asked for where nobody found the work, as an identifier may be that of another.
    """
    study = base.study.get(citation.study or "")
    asked = [*_identifiers(citation), *(_identifiers(study) if study else ())]
    title = citation.title or (study.title if study else None)
    if title and (study is None or not asked):
        asked.append(Question("title", " ".join(title.split())))
    return tuple(dict.fromkeys(asked))


def _identifiers(thing: Citation | Study) -> list[Question]:
    given = ((kind, getattr(thing, kind)) for kind in KINDS)
    return [Question(kind, _spelt(kind, value)) for kind, value in given if value]


def _spelt(kind: str, value: str) -> str:
    """One spelling of an identifier: DOIs are case-insensitive, PMCIDs are written large.

    >>> _spelt("doi", "10.1/AB"), _spelt("pmcid", "pmc12")
    ('10.1/ab', 'PMC12')
    """
    return value.upper() if kind == "pmcid" else value.lower()
