"""Reports on outcomes and sources as documents, before they take a form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.api.audits import audit
from kg.api.grades import check, grade, grade_all
from kg.errors import UnknownName, UsageError
from kg.model import EvidenceBase, OutcomeGrade
from kg.model.record import replace
from kg.render.picture import DiagramOptions

if TYPE_CHECKING:
    from kg.render.report.document import Document


def report(
    base: EvidenceBase,
    outcome: str | None = None,
    source: str | None = None,
    profile: str = "grade",
    evidence: str = "all",
    options: DiagramOptions | None = None,
) -> Document:
    """The report on an outcome, of one source or all; or on all that a source claims.

    Raises UnknownName where outcome or source does not exist, UsageError where neither is given.
    """
    chosen = options or DiagramOptions(source=source)
    if outcome is not None:
        from kg.render.report import outcome as on_outcome

        grades = grade(base, outcome, chosen.exposure, source, profile, evidence)
        return on_outcome.report(grades[0], base, audit(base, source), chosen)
    if source is None:
        raise UsageError("name what to report on: --outcome NAME or --source ID")
    from kg.render.report import source as on_source

    if source not in base.source:
        raise UnknownName("source", source, tuple(base.source))
    found = _claimed(base, source, profile, evidence)
    return on_source.report(base.source[source], found, base, audit(base, source), chosen)


def exchanged(
    base: EvidenceBase,
    form: str,
    outcome: str | None = None,
    exposure: str | None = None,
    source: str | None = None,
    profile: str = "grade",
    evidence: str = "all",
) -> str:
    """The grades of an outcome, an exposure or a source in a format of others, by its name."""
    from kg.formats.exchange import EXCHANGES
    from kg.formats.exchange.statement import statements

    grades = grade(base, outcome, exposure, source, profile, evidence, diagnostics=False)
    return EXCHANGES[form].write(statements(grades, base))


def _claimed(
    base: EvidenceBase, source: str, profile: str, evidence: str
) -> tuple[OutcomeGrade, ...]:
    """Grades of every outcome that the source claims something about, all weak links at the first.

    Detectors look once at the whole source, not once for each outcome.
    """
    graded = [g for g in grade_all(base, source, profile, evidence) if _worded(g)]
    if graded:
        graded[0] = replace(graded[0], diagnostics=check(base, source, profile, evidence))
    return tuple(graded)


def _worded(graded: OutcomeGrade) -> bool:
    return any(pair.wording.claims for pair in graded.pairs)
