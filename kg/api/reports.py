"""Reports on outcomes and sources as documents, their pictures, and grades for other programs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kg.api.audits import audit_base
from kg.api.grades import check_base, grade_all, grade_outcomes
from kg.errors import UnknownName, UsageError
from kg.model import EvidenceBase, OutcomeGrade
from kg.render.diagram.picture import DiagramOptions
from kg.scenarios.request import GradeRequest

if TYPE_CHECKING:
    from kg.render.diagram.picture import Picture
    from kg.render.document import Document


def build_report(
    base: EvidenceBase, request: GradeRequest, options: DiagramOptions | None = None
) -> Document:
    """The report on an outcome, of one source or all; or on all that a source claims.

    Args:
        base: The base, sound.
        request: An outcome or a source, profile and evidence.
        options: Reading and exposure that are shown, and the date that is printed.

    Raises:
        UnknownName: outcome or source does not exist.
        UsageError: neither is given.
    """
    diagram_options = options or _build_diagram_options(request)
    citation_audit = audit_base(base, request.source)
    if request.outcome is not None:
        from kg.render.report import outcome as outcome_report

        (outcome_grade,) = grade_outcomes(base, request)
        return outcome_report.build_outcome_report(
            outcome_grade, base, citation_audit, diagram_options
        )
    if request.source is None:
        raise UsageError("name what to report on: --outcome NAME or --source ID")
    from kg.render.report import source as source_report

    return source_report.build_source_report(
        base.source[request.source],
        _grade_claimed_outcomes(base, request),
        base,
        citation_audit,
        diagram_options,
    )


def export_grades(base: EvidenceBase, form: str, request: GradeRequest) -> str:
    """The grades of an outcome, an exposure or a source in a format of other programs.

    Args:
        base: The base, sound.
        form: A name of `kg.formats.exchange.EXCHANGES`.
        request: An outcome, an exposure or a source.
    """
    from kg.formats.exchange import EXCHANGES
    from kg.formats.exchange.statement import build_statements

    grades = grade_outcomes(base, request, with_diagnostics=False)
    return EXCHANGES[form].write(build_statements(grades, base))


def _grade_claimed_outcomes(base: EvidenceBase, request: GradeRequest) -> tuple[OutcomeGrade, ...]:
    """Grades of every outcome that the source claims something about, all weak links at the first.

    Detectors look once at the whole source, not once for each outcome.
    """
    claimed_request = replace(request, exposure=None)
    claimed_grades = [g for g in grade_all(base, claimed_request) if _has_claims(g)]
    if claimed_grades:
        diagnostics = check_base(base, claimed_request)
        claimed_grades[0] = replace(claimed_grades[0], diagnostics=diagnostics)
    return tuple(claimed_grades)


def _has_claims(outcome_grade: OutcomeGrade) -> bool:
    return any(pair.wording.claims for pair in outcome_grade.pairs)


PICTURE_FORMATS = ("svg", "png", "pdf")
"""Forms that Graphviz draws; of all others `DIAGRAM_WRITERS` has the writer."""


def draw_outcomes(
    base: EvidenceBase, request: GradeRequest, form: str, options: DiagramOptions | None = None
) -> str | bytes:
    """The graph of what is asked for in a form, weakest links marked; all outcomes in one.

    Args:
        base: The base, sound.
        request: Outcome, exposure, source, profile, evidence and kernel; all may be left out.
        form: `svg`, `png`, `pdf`, or a name of DIAGRAM_WRITERS.
        options: Reading, theme, number of boxes and the like.

    Raises:
        UnknownName: no such outcome, exposure, source or form, or the options name no pair or
            chain that was graded.
        UsageError: no claim leads there.
    """
    from kg.render.diagram.build import build_picture

    diagram_options = options or _build_diagram_options(request)
    grades = grade_outcomes(base, request)
    pairs = tuple(pair for outcome_grade in grades for pair in outcome_grade.pairs)
    sense = diagram_options.sense
    if sense and all(pair.sense is not sense for pair in pairs):
        wanted_pair = f"{request.exposure}--{request.outcome}--{sense}"
        raise UnknownName("pair", wanted_pair, [pair.id for pair in pairs])
    if not grades:
        raise UsageError("nothing to draw: no claim leads there")
    worst = sorted(grades, key=lambda g: max((p.severity for p in g.pairs), default=0))[-1]
    picture = build_picture(replace(worst, pairs=pairs), base, diagram_options)
    if diagram_options.chain and not picture.arrows:
        raise UnknownName("chain", diagram_options.chain)
    return write_picture(picture, form)


def draw_everything(
    base: EvidenceBase, request: GradeRequest, form: str, options: DiagramOptions
) -> str | bytes:
    """A table of all outcomes and exposures as a picture; for other tools, all links of the base.

    Args:
        base: The base, sound.
        request: Outcome, exposure, source, profile, evidence and kernel; all may be left out.
        form: As for `draw_outcomes`.
        options: Reading, theme, number of boxes and the like.

    Raises:
        UsageError: no claim leads anywhere.
    """
    from kg.render.diagram import engines, heat_table
    from kg.render.diagram.build import build_whole_picture

    grades = grade_all(base, request)
    if not grades:
        raise UsageError("nothing to draw: no claim leads anywhere")
    if form not in (*PICTURE_FORMATS, "dot"):
        return write_picture(build_whole_picture(grades, base, options), form)
    table = heat_table.build_heat_table(grades, base, options)
    text = heat_table.write(table, base)
    if form == "dot":
        return text
    picture_bytes = engines.draw_picture(text, form)
    if form != "svg":
        return picture_bytes
    return engines.make_accessible(picture_bytes, table.title, table.alt_text, {})


def write_picture(picture: Picture, form: str) -> str | bytes:
    """A picture in a form.

    Args:
        picture: What is to be drawn.
        form: As for `draw_outcomes`.

    Raises:
        UnknownName: no such form.
    """
    from kg.render import DIAGRAM_WRITERS
    from kg.render.diagram import dot, engines

    if form not in PICTURE_FORMATS:
        return DIAGRAM_WRITERS[form](picture)
    text = dot.write(picture, upwards=engines.has_upward_stacking())
    picture_bytes = engines.draw_picture(text, form)
    if form != "svg":
        return picture_bytes
    spoken_names = dot.describe_elements(picture)
    return engines.make_accessible(
        picture_bytes, picture.title, picture.alt_text, spoken_names, picture.options.links
    )


def _build_diagram_options(request: GradeRequest) -> DiagramOptions:
    return DiagramOptions(reading=request.reading, exposure=request.exposure, source=request.source)
