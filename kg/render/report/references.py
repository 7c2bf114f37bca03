"""The list of works at the end of a report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.model import EvidenceBase, OutcomeGrade, Status, Study
from kg.render.document import Block, DocumentTable, Heading, Paragraph, TableCell


def build_references(grades: Iterable[OutcomeGrade], base: EvidenceBase) -> Iterator[Block]:
    """Every study that a grade drew on, with an identifier that leads to it."""
    work_ids = {
        work_id
        for grade in grades
        for pair in grade.pairs
        for ratings in (
            pair.direct.ratings,
            *(link.ratings for c in (*pair.chains, *pair.counter_chains) for link in c.links),
        )
        for rating in ratings
        for work_id in rating.works
    }
    studies = sorted(
        (base.study[work_id] for work_id in work_ids if work_id in base.study),
        key=lambda study: (study.authors or study.id, study.year, study.id),
    )
    yield Heading("References")
    if not studies:
        yield Paragraph("No study on record bears on this.")
        return
    column_names = ("Study", "Title", "Year", "Design", "Identifier", "Read")
    yield DocumentTable(
        "Studies that a grade in this report drew on", column_names, tuple(map(_build_row, studies))
    )


def _build_row(study: Study) -> tuple[TableCell, ...]:
    name, address = find_identifier(study)
    status = f" ({study.status})" if study.status in (Status.RETRACTED, Status.CONCERN) else ""
    read = study.read or "not stated"
    return (
        TableCell(study.id + status, tone="break" if status else ""),
        TableCell(study.title),
        TableCell(str(study.year)),
        TableCell(study.design.value.replace("-", " ")),
        TableCell(name, link=address),
        TableCell(read if study.verified else f"{read}; not verified"),
    )


def find_identifier(study: Study) -> tuple[str, str]:
    """The first identifier of a study and the address that it leads to."""
    if study.doi:
        return f"doi:{study.doi}", f"doi:{study.doi}"
    if study.pmid:
        return f"PMID {study.pmid}", f"https://pubmed.ncbi.nlm.nih.gov/{study.pmid}/"
    if study.pmcid:
        return study.pmcid, f"https://www.ncbi.nlm.nih.gov/pmc/articles/{study.pmcid}/"
    return study.registration or "none", ""
