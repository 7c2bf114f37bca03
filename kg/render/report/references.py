"""The list of works at the end of a report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.model import EvidenceBase, OutcomeGrade, Status, Study
from kg.render.report.document import Block, Cell, Heading, Paragraph, Table


def references(grades: Iterable[OutcomeGrade], base: EvidenceBase) -> Iterator[Block]:
    """Every study that a grade drew on, with an identifier that leads to it."""
    works = {
        work
        for grade in grades
        for pair in grade.pairs
        for ratings in (
            pair.direct.ratings,
            *(link.ratings for c in (*pair.chains, *pair.counter_chains) for link in c.links),
        )
        for rating in ratings
        for work in rating.works
    }
    studies = sorted(
        (base.study[work] for work in works if work in base.study),
        key=lambda study: (study.authors or study.id, study.year, study.id),
    )
    yield Heading("References")
    if not studies:
        yield Paragraph("No study on record bears on this.")
        return
    head = ("Study", "Title", "Year", "Design", "Identifier", "Read")
    yield Table("Studies that a grade in this report drew on", head, tuple(map(_row, studies)))


def _row(study: Study) -> tuple[Cell, ...]:
    name, address = identifier(study)
    status = f" ({study.status})" if study.status in (Status.RETRACTED, Status.CONCERN) else ""
    read = study.read or "not stated"
    return (
        Cell(study.id + status, tone="break" if status else ""),
        Cell(study.title),
        Cell(str(study.year)),
        Cell(study.design.value.replace("-", " ")),
        Cell(name, link=address),
        Cell(read if study.verified else f"{read}; not verified"),
    )


def identifier(study: Study) -> tuple[str, str]:
    """The first identifier of a study and the address that it leads to."""
    if study.doi:
        return f"doi:{study.doi}", f"doi:{study.doi}"
    if study.pmid:
        return f"PMID {study.pmid}", f"https://pubmed.ncbi.nlm.nih.gov/{study.pmid}/"
    if study.pmcid:
        return study.pmcid, f"https://www.ncbi.nlm.nih.gov/pmc/articles/{study.pmcid}/"
    return study.registration or "none", ""
