"""What to ask a service about a citation: its identifiers and its title, never journal and year."""

from __future__ import annotations

from kg.model import Citation, EvidenceBase, Study
from kg.model.audit import LookUpQuery
from kg.model.vocabulary import normalise_doi

IDENTIFIER_KINDS = ("pmid", "pmcid", "doi")


def list_questions(citation: Citation, base: EvidenceBase) -> tuple[LookUpQuery, ...]:
    """The questions about a citation; none where journal and year are all that is printed.

    The identifiers are those that the text prints and those of the study that a reader found; the
    title is asked for where nobody found the work, as an identifier may be that of another.
    """
    study = base.study.get(citation.study or "")
    service_questions = [
        *_list_identifier_questions(citation),
        *(_list_identifier_questions(study) if study else ()),
    ]
    title = citation.title or (study.title if study else None)
    if title and (study is None or not service_questions):
        service_questions.append(LookUpQuery("title", " ".join(title.split())))
    return tuple(dict.fromkeys(service_questions))


def _list_identifier_questions(record: Citation | Study) -> list[LookUpQuery]:
    identifier_values = ((kind, getattr(record, kind)) for kind in IDENTIFIER_KINDS)
    return [
        LookUpQuery(kind, _normalise_identifier(kind, value))
        for kind, value in identifier_values
        if value
    ]


def _normalise_identifier(kind: str, value: str) -> str:
    """One spelling of an identifier: DOIs are case-insensitive, PMCIDs are written large.

    >>> _normalise_identifier("doi", "10.1/AB."), _normalise_identifier("pmcid", "pmc12")
    ('10.1/ab', 'PMC12')
    """
    if kind == "doi":
        return normalise_doi(value)
    return value.upper() if kind == "pmcid" else value.lower()
