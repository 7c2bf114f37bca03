"""What kg does, as functions: those that a user types, with names and words for arguments.

Commands, the server and the pages build a `GradeRequest` and call the modules of this package;
these functions build it from what they are given. A module is imported when a function needs it, so
that `import kg` costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from kg.api.explanations import Explanation
    from kg.grading.published import AppraisedBody
    from kg.model import Diagnostic, EvidenceBase, LoadedBase, OutcomeGrade
    from kg.model.audit import LookUp
    from kg.model.scenarios import Plan, WhatIf
    from kg.render.diagram.picture import DiagramOptions
    from kg.render.document import Document
    from kg.stores.results import QueryResult

__all__ = [
    "appraise",
    "build",
    "check",
    "explain",
    "grade",
    "load",
    "plan",
    "query",
    "render",
    "report",
    "validate",
    "whatif",
]


def load(path: str | Path | None = None) -> LoadedBase:
    """The base at a path, with the faults met while reading it.

    >>> load().base.source["acne-scars-article"].id
    'acne-scars-article'

    Args:
        path: A directory of curated YAML, an RDF file, a compiled base, an Oxigraph store, or a
            store by its name, as `kg.stores.open_store` takes it. None: the data that kg ships.

    Raises:
        DataError: nothing is there, or nothing that kg reads as a base.
        OutsideError: a store cannot be opened.
    """
    from dataclasses import replace

    from kg.api.base import InputKind, identify_input, load_base
    from kg.formats.faults import NOTHING_TO_READ
    from kg.stores.sparql_http import strip_credentials

    loaded = load_base(path)
    unread = [d for d in loaded.diagnostics if d.code == NOTHING_TO_READ.code]
    if unread:
        raise DataError(f"{path}: {unread[0].message} {unread[0].remedy}", loaded.diagnostics)
    kind, name = identify_input(path), str(path)
    if kind is InputKind.ENDPOINT:
        name = strip_credentials(name)
    return replace(loaded, path=kind.value if path is None else name)


def grade(
    base: EvidenceBase | LoadedBase,
    outcome: str | None = None,
    exposure: str | None = None,
    source: str | None = None,
    profile: str = "grade",
    evidence: str = "all",
    kernel: str = "embedded",
    diagnostics: bool = True,
) -> tuple[OutcomeGrade, ...]:
    """Grades of one outcome, of all that an exposure is said to change, or of all headlines.

    >>> (acne_scars,) = grade(load(), outcome="acne-scars", diagnostics=False)
    >>> acne_scars.pairs[0].certainty.established.level.word
    'none'

    Args:
        base: What is graded.
        outcome: Id, label, synonym or identifier; None for all outcomes.
        exposure: Only pairs of this exposure.
        source: Only what the source of this id argues.
        profile: A grading profile, as `kg list profiles` names them.
        evidence: `cited`, `literature` or `all`: which works may count.
        kernel: How chains are searched; all kernels give the same grades.
        diagnostics: Whether to look for weak links, too.

    Raises:
        UnknownName: no such outcome, exposure, source, profile or kernel.
        UsageError: nothing at all is asked about, or `base` is no base.
    """
    from kg.api.base import require_base
    from kg.api.grades import grade_outcomes
    from kg.scenarios.request import GradeRequest

    request = GradeRequest.parse(outcome, exposure, source, profile, evidence, kernel=kernel)
    return grade_outcomes(require_base(base), request, diagnostics)


def explain(
    base: EvidenceBase | LoadedBase,
    name: str,
    source: str | None = None,
    profile: str = "grade",
    evidence: str = "all",
) -> Explanation:
    """The claim, chain or pair of this id, graded, with every reason.

    >>> explain(load(), "as2").subject.id
    'as2'

    Args:
        base: What it is part of.
        name: Id of a claim or chain; or a pair, `exposure--outcome` or `exposure--outcome--sense`.
        source: Only what the source of this id argues.
        profile: A grading profile.
        evidence: `cited`, `literature` or `all`.

    Raises:
        UnknownName: nothing of this name; carries near ids.
        UsageError: `base` is no base.
    """
    from kg.api.base import require_base
    from kg.api.explanations import explain_thing
    from kg.scenarios.request import GradeRequest

    request = GradeRequest.parse(source=source, profile=profile, evidence=evidence)
    return explain_thing(require_base(base), name, request)


def whatif(
    base: EvidenceBase | LoadedBase,
    outcome: str,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
    exposure: str | None = None,
    source: str | None = None,
    profile: str = "grade",
    evidence: str = "all",
) -> WhatIf:
    """Grades of an outcome before and after studies are added and things removed, in memory only.

    >>> trial = "rct, n=200, low bias, benefit: magnesium-glycinate-oral -> acne-scars"
    >>> whatif(load(), "acne-scars", add=[trial]).outcome
    'acne-scars'

    Args:
        base: What is graded.
        outcome: Id, label or synonym.
        add: Studies in words, as docs/how-to/whatif.md has them.
        remove: `study:ID`, `citation:ID` or `claim:ID`.
        exposure: Only pairs of this exposure.
        source: Only what the source of this id argues.
        profile: A grading profile.
        evidence: `cited`, `literature` or `all`.

    Raises:
        UnknownName: no such outcome, exposure, source, profile, or thing to remove.
        UsageError: a study cannot be read, or `base` is no base.
    """
    from kg.api.base import require_base
    from kg.api.scenarios import suppose_changes
    from kg.scenarios.request import GradeRequest

    request = GradeRequest.parse(outcome, exposure, source, profile, evidence)
    return suppose_changes(require_base(base), request, add, remove)


def plan(
    base: EvidenceBase | LoadedBase,
    outcome: str,
    exposure: str | None = None,
    source: str | None = None,
    profile: str = "grade",
    evidence: str = "all",
) -> Plan:
    """The cheapest next evidence for an outcome, each move with the grade it would reach.

    >>> plan(load(), "acne-scars", "magnesium-glycinate-oral").outcome
    'acne-scars'

    Args:
        base: What is graded.
        outcome: Id, label, synonym or identifier.
        exposure: Only pairs of this exposure.
        source: Only what the source of this id argues.
        profile: A grading profile.
        evidence: `cited`, `literature` or `all`: which works may count.

    Raises:
        UnknownName: no such outcome, exposure, source or profile.
        UsageError: `base` is no base.
    """
    from kg.api.base import require_base
    from kg.api.scenarios import plan_next_evidence
    from kg.scenarios.request import GradeRequest

    request = GradeRequest.parse(outcome, exposure, source, profile, evidence)
    return plan_next_evidence(require_base(base), request)


def appraise(
    file: str | Path,
    profile: str = "grade",
    upgrade: str | None = None,
    pool: bool = False,
    reading: str = "established",
) -> tuple[AppraisedBody, ...]:
    """Every row of a summary-of-findings table, rated by the code that rates a link.

    Args:
        file: CSV with a header; docs/how-to/appraise.md has the columns.
        profile: A grading profile.
        upgrade: `strict` or `lenient`, as the profile says where it is None.
        pool: Whether rows are studies, to be pooled to bodies where they follow each other.
        reading: `established`, `as_described` or `best_case`: how to take what is unknown.

    Raises:
        UsageError: the file cannot be opened, or no such reading.
        UnknownName: no such profile.
        DataError: rows cannot be used; carries every fault.
    """
    from kg.formats.summary_tables.whole_table import check_table, iterate_bodies, open_table
    from kg.grading.profiles import load_profile
    from kg.grading.published import rate_published_body, replace_upgrade_rule
    from kg.model import Reading
    from kg.scenarios.request import parse_choice

    chosen_reading = parse_choice(Reading, "reading", reading)
    rules = replace_upgrade_rule(load_profile(profile), upgrade)
    with open_table(file) as lines:
        check_table(lines, str(file), pool, strict=True)
        bodies = iterate_bodies(lines, str(file), pool)
        return tuple(rate_published_body(body, chosen_reading, rules) for body in bodies)


def validate(path: str | Path | None = None, shapes: bool = True) -> tuple[Diagnostic, ...]:
    """All faults of the data at a path: schema, references, then SHACL shapes.

    >>> [d.code for d in validate("/no/such/place")]
    ['KG023']

    Args:
        path: As for `load`; that nothing is there is a fault like others.
        shapes: Whether to run SHACL, too, where no fault is severe.
    """
    from kg.api.base import validate_base

    return validate_base(path, shapes)


def check(
    base: EvidenceBase | LoadedBase,
    source: str | None = None,
    profile: str = "grade",
    evidence: str = "all",
) -> tuple[Diagnostic, ...]:
    """All weak links of a base or of one source: hits and undecided cases, worst first.

    Args:
        base: What is looked at.
        source: Only what the source of this id argues.
        profile: A grading profile.
        evidence: `cited`, `literature` or `all`: which works may count.

    Raises:
        UnknownName: no such source or profile.
        UsageError: `base` is no base.
    """
    from kg.api.base import require_base
    from kg.api.grades import check_base
    from kg.scenarios.request import GradeRequest

    request = GradeRequest.parse(source=source, profile=profile, evidence=evidence)
    return check_base(require_base(base), request)


def query(
    text: str,
    path: str | Path | None = None,
    parameters: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> QueryResult:
    """The answer to a SPARQL query on a base with its computed grades.

    >>> query("ASK { ?claim a kg:Claim }").boolean
    True

    Args:
        text: SPARQL without updates and SERVICE; the usual prefixes are known.
        path: As for `load`.
        parameters: SPARQL terms for `VALUES ?name { ... }` blocks.
        timeout: Seconds after which the query is given up; None for no limit.

    Raises:
        UsageError: the text is no query.
        LimitError: a limit is reached.
    """
    from kg.api.graphs import query_base

    return query_base(text, path, parameters, timeout)


def build(
    path: str | Path | None,
    output_folder: str | Path,
    profile: str = "grade",
    evidence: str = "all",
    look_ups: Iterable[LookUp] = (),
) -> tuple[Path, ...]:
    """Paths of `kg.trig`, `kg.json` and the store that a folder now holds, compiled from a base.

    Args:
        path: As for `load`.
        output_folder: Where to write; all three are replaced in one step or not at all.
        profile: A grading profile.
        evidence: `cited`, `literature` or `all`.
        look_ups: Stored answers of services that the audit in the graph rests on.

    Raises:
        DataError: a severe fault in the data.
        UsageError: something that kg did not write has one of the names; it is left as it is.
        OutsideError: another process builds there, or the directory is not writable or full.
    """
    from kg.api.graphs import build_base
    from kg.scenarios.request import GradeRequest

    request = GradeRequest.parse(profile=profile, evidence=evidence)
    return build_base(path, output_folder, request, look_ups)


def render(
    base: EvidenceBase | LoadedBase,
    outcome: str | None = None,
    exposure: str | None = None,
    source: str | None = None,
    profile: str = "grade",
    evidence: str = "all",
    form: str = "svg",
    options: DiagramOptions | None = None,
) -> str | bytes:
    """The graph of an outcome with its weakest links marked: text, or bytes for PNG and PDF.

    >>> render(load(), "acne-scars", form="dot").startswith("digraph")
    True

    Args:
        base: What is graded.
        outcome: Draw what leads to this.
        exposure: Only from this exposure.
        source: Only what the source of this id argues.
        profile: A grading profile.
        evidence: `cited`, `literature` or `all`.
        form: `svg`, `png`, `pdf`, `dot`, `mmd`, `graphml`, `cx2` or `cyjs`.
        options: Reading, theme, number of boxes and the like.

    Raises:
        UnknownName: no such outcome, exposure, source, profile or form.
        OutsideError: Graphviz is needed for this form and is not there.
    """
    from kg.api.base import require_base
    from kg.api.reports import draw_outcomes
    from kg.scenarios.request import GradeRequest

    request = GradeRequest.parse(outcome, exposure, source, profile, evidence)
    return draw_outcomes(require_base(base), request, form, options)


def report(
    base: EvidenceBase | LoadedBase,
    outcome: str | None = None,
    source: str | None = None,
    profile: str = "grade",
    evidence: str = "all",
    options: DiagramOptions | None = None,
) -> Document:
    """The report on an outcome, of one source or all; or on all that a source claims.

    `kg.render.report.REPORT_WRITERS` make HTML, Markdown and PDF of the document.

    Args:
        base: What is reported on.
        outcome: Id, label or synonym.
        source: Only what the source of this id argues; without an outcome, all of it.
        profile: A grading profile.
        evidence: `cited`, `literature` or `all`.
        options: Reading and exposure that are shown, and the date that is printed.

    Raises:
        UnknownName: no such outcome, source or profile.
        UsageError: neither outcome nor source is given, or `base` is no base.
    """
    from kg.api.base import require_base
    from kg.api.reports import build_report
    from kg.scenarios.request import GradeRequest

    exposure = options.exposure if options else None
    request = GradeRequest.parse(outcome, exposure, source, profile, evidence)
    return build_report(require_base(base), request, options)
