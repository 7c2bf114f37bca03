"""Reports on outcomes and sources as documents, before they take a form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.api.audits import audit
from kg.api.grades import check, grade, grade_all
from kg.errors import UnknownName, UsageError
from kg.model import EvidenceBase, OutcomeGrade
from kg.model.record import replace
from kg.render.diagram.picture import DiagramOptions

if TYPE_CHECKING:
    from kg.render.document import Document


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
    diagram_options = options or DiagramOptions(source=source)
    if outcome is not None:
        from kg.render.report import outcome as on_outcome

        grades = grade(base, outcome, diagram_options.exposure, source, profile, evidence)
        return on_outcome.build_outcome_report(
            grades[0], base, audit(base, source), diagram_options
        )
    if source is None:
        raise UsageError("name what to report on: --outcome NAME or --source ID")
    from kg.render.report import source as on_source

    if source not in base.source:
        raise UnknownName("source", source, tuple(base.source))
    claimed_grades = _grade_claimed_outcomes(base, source, profile, evidence)
    return on_source.build_source_report(
        base.source[source], claimed_grades, base, audit(base, source), diagram_options
    )


def export_grades(
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
    from kg.formats.exchange.statement import build_statements

    grades = grade(base, outcome, exposure, source, profile, evidence, diagnostics=False)
    return EXCHANGES[form].write(build_statements(grades, base))


def _grade_claimed_outcomes(
    base: EvidenceBase, source: str, profile: str, evidence: str
) -> tuple[OutcomeGrade, ...]:
    """Grades of every outcome that the source claims something about, all weak links at the first.

    Detectors look once at the whole source, not once for each outcome.
    """
    claimed_grades = [g for g in grade_all(base, source, profile, evidence) if _has_claims(g)]
    if claimed_grades:
        claimed_grades[0] = replace(
            claimed_grades[0], diagnostics=check(base, source, profile, evidence)
        )
    return tuple(claimed_grades)


def _has_claims(outcome_grade: OutcomeGrade) -> bool:
    return any(pair.wording.claims for pair in outcome_grade.pairs)
