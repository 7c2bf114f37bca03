"""The JSON API: what each address takes, and the answer, the same as the command line gives."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from kg.api.audits import audit_base
from kg.api.detectors import find_rule, list_rules
from kg.api.explanations import explain_thing
from kg.api.grades import grade_outcomes
from kg.api.scenarios import compare_methods, rate_by_algebra, suppose_changes
from kg.api.search import search_things, show_thing
from kg.errors import UnknownName, UsageError
from kg.grading.evidence_index import EvidenceChoice
from kg.grading.profiles import list_profiles
from kg.model import Reading, Result, Severity
from kg.model.scenarios import WhatIf
from kg.render import RenderOptions
from kg.scenarios.request import GradeRequest
from kg.server.grade_library import GradeLibrary

QueryParams = Mapping[str, Sequence[str]]
MAX_PAGE_ITEMS = 1000
"""Items on one page of a list, at most."""


@dataclass(frozen=True, slots=True)
class ApiParameter:
    """A parameter of an address; `allowed_values` are all that it takes, where they are few."""

    name: str
    meaning: str
    allowed_values: tuple[str, ...] = ()
    required: bool = False
    is_repeated: bool = False


@dataclass(frozen=True, slots=True)
class ApiEndpoint:
    """A place of the API: `{name}` in its path stands for one thing."""

    path: str
    summary: str
    build_answer: Callable[[GradeLibrary, str, QueryParams], str]
    parameters: tuple[ApiParameter, ...] = ()
    like: str = ""


SOURCE_PARAMETER = ApiParameter("source", "only this source, by id")
GRADING_PARAMETERS = (
    SOURCE_PARAMETER,
    ApiParameter("profile", "grading profile", list_profiles()),
    ApiParameter("evidence", "evidence that is admitted", tuple(c.value for c in EvidenceChoice)),
)
PAGING_PARAMETERS = (
    ApiParameter("offset", "how many items to pass over"),
    ApiParameter("limit", f"how many items to give, at most {MAX_PAGE_ITEMS}; 100 unless said"),
)
OUTCOME_PARAMETER = ApiParameter("outcome", "outcome, by id, label or synonym")
EXPOSURE_PARAMETER = ApiParameter("exposure", "exposure, by id, label or synonym")
WHATIF_PARAMETERS = (
    ApiParameter("outcome", OUTCOME_PARAMETER.meaning, required=True),
    EXPOSURE_PARAMETER,
    ApiParameter("add", "a study in words; may be repeated", is_repeated=True),
    ApiParameter("remove", "study:ID, citation:ID or claim:ID; may be repeated", is_repeated=True),
    *GRADING_PARAMETERS,
)


def read_single(values: QueryParams, name: str) -> str | None:
    """The value of a parameter, None where it is not given or empty."""
    given_values = values.get(name, ())
    if len(given_values) > 1:
        raise UsageError(f"{name} is given {len(given_values)} times; give it once")
    return given_values[0] if given_values and given_values[0] else None


def read_request(values: QueryParams) -> GradeRequest:
    """The request that the parameters make."""
    names = ("outcome", "exposure", "source", "profile", "evidence")
    return GradeRequest.parse(**{name: read_single(values, name) for name in names})


def read_number(values: QueryParams, name: str, usual: int, max_value: int) -> int:
    """A whole number among the parameters, between 0 and `max_value`."""
    text = read_single(values, name)
    if text is None:
        return usual
    if not text.isdecimal() or len(text) > 9:
        raise UsageError(f"{name} must be a whole number, not {text[:40]!r}")
    return min(max_value, int(text))


def _answer_grades(library: GradeLibrary, name: str, values: QueryParams) -> str:
    from kg.render import GRADE_RENDERERS, SUMMARY_RENDERERS

    base, request = library.base, read_request(values)
    if (algebra := read_single(values, "algebra")) is not None:
        from kg.render.scenarios.alternatives import build_document
        from kg.render.writers import write_document

        pair_answers = rate_by_algebra(base, algebra, request)
        return write_document(build_document(algebra, pair_answers, base), "json")
    if request.outcome and not request.exposure:
        outcome_id = base.resolve_outcome(request.outcome).id
        outcome_grade = library.grade_outcome(replace(request, outcome=outcome_id))
        return GRADE_RENDERERS["json"](outcome_grade, base, RenderOptions())
    grades = grade_outcomes(base, request)
    if request.outcome:
        return GRADE_RENDERERS["json"](grades[0], base, RenderOptions())
    return SUMMARY_RENDERERS["json"](grades, base, RenderOptions())


def _answer_explain(library: GradeLibrary, name: str, values: QueryParams) -> str:
    from kg.render.grade.explain import EXPLANATION_RENDERERS, build_derivation

    request = read_request(values)
    explanation = explain_thing(library.base, name, request)
    branch = build_derivation(
        explanation.subject, explanation.pairs, library.base, explanation.grading_rules
    )
    return str(EXPLANATION_RENDERERS["json"](branch, RenderOptions(source=request.source)))


def _answer_show(library: GradeLibrary, name: str, values: QueryParams) -> str:
    return json.dumps(show_thing(library.base, name), indent=2, ensure_ascii=False) + "\n"


def _build_list_answer(kind: str) -> Callable[[GradeLibrary, str, QueryParams], str]:
    def answer_list(library: GradeLibrary, name: str, values: QueryParams) -> str:
        from kg.api.listings import list_rows

        column_names, body = list_rows(kind, library.base, read_single(values, "source"))
        items = [dict(zip(column_names, row, strict=True)) for row in body]
        return _format_page(f"/api/{kind}", items, values)

    return answer_list


def _format_page(path: str, items: Sequence[Any], values: QueryParams) -> str:
    """One page of a list, with the address of the next."""
    offset = read_number(values, "offset", 0, 10**9)
    limit = max(1, read_number(values, "limit", 100, MAX_PAGE_ITEMS))
    other_params = {
        n: v[0] for n, v in values.items() if n not in ("offset", "limit") and v and v[0]
    }
    next_item = offset + limit
    next_query = urlencode({**other_params, "offset": next_item, "limit": limit})
    value = {
        "total": len(items),
        "offset": offset,
        "limit": limit,
        "next": f"{path}?{next_query}" if next_item < len(items) else None,
        "items": items[offset:next_item],
    }
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _answer_diagnostics(library: GradeLibrary, name: str, values: QueryParams) -> str:
    from kg.render.findings.diagnostics import filter_by_code
    from kg.render.grade.json import encode_diagnostic

    source, code, severity = (read_single(values, n) for n in ("source", "code", "severity"))
    if source is not None and source not in library.base.source:
        raise UnknownName("source", source, tuple(library.base.source))
    words = [s.word for s in Severity]
    if severity is not None and severity not in words:
        raise UnknownName("severity", severity, words)
    all_diagnostics = filter_by_code(library.list_weak_links(), (code.upper(),) if code else ())
    items = [
        encode_diagnostic(d)
        for d in all_diagnostics
        if d.result in (Result.HIT, Result.CANNOT_TELL)
        and source in (None, d.source)
        and severity in (None, d.severity.word)
    ]
    return _format_page("/api/diagnostics", items, values)


def _answer_search(library: GradeLibrary, name: str, values: QueryParams) -> str:
    text = read_single(values, "q")
    if text is None:
        raise UsageError("q is needed: the words to look for")
    items = [
        {"id": h.id, "section": h.section, "label": h.label, "what": h.what}
        for h in search_things(library.base, text, 500)
    ]
    return _format_page("/api/search", items, values)


def _answer_audit(library: GradeLibrary, name: str, values: QueryParams) -> str:
    from kg.render.findings.citation_audit import build_document
    from kg.render.writers import write_document

    citation_audit = audit_base(library.base, read_single(values, "source"))
    return write_document(build_document(citation_audit, library.base), "json")


def _answer_whatif(library: GradeLibrary, name: str, values: QueryParams) -> str:
    from kg.render.scenarios.whatif import build_document
    from kg.render.writers import write_document

    return write_document(build_document(run_whatif(library, values), library.base), "json")


def run_whatif(library: GradeLibrary, values: QueryParams) -> WhatIf:
    """What a supposition does to an outcome."""
    request = read_request(values)
    if request.outcome is None:
        raise UsageError("outcome is needed: what the supposition is about")
    added, removed = ([v for v in values.get(n, ()) if v.strip()] for n in ("add", "remove"))
    if len(added) + len(removed) > 50:
        raise UsageError("at most 50 things can be added or removed at once")
    return suppose_changes(library.base, request, added, removed)


def _answer_compare(library: GradeLibrary, name: str, values: QueryParams) -> str:
    from kg.render.scenarios.compare import build_document
    from kg.render.writers import write_document

    outcome, exposure, source = (read_single(values, n) for n in ("outcome", "exposure", "source"))
    if outcome is None:
        raise UsageError("outcome is needed: what to compare the methods on")
    reading = read_single(values, "reading") or "best_case"
    request = GradeRequest.parse(outcome, exposure, source, reading=reading)
    comparison = compare_methods(library.base, request)
    return write_document(build_document(comparison, library.base), "json")


def _answer_rules(library: GradeLibrary, name: str, values: QueryParams) -> str:
    from kg.render.findings.detectors import build_document
    from kg.render.writers import write_document

    rules = (find_rule(name),) if name else list_rules()
    return write_document(build_document(rules), "json")


def _answer_queries(library: GradeLibrary, name: str, values: QueryParams) -> str:
    from kg.queries import load_catalogue

    items = [
        {"name": q.name, "title": q.title, "problem": q.problem, "query": q.text}
        for q in load_catalogue().values()
    ]
    return _format_page("/api/queries", items, values)


LIST_SUMMARIES = {
    "outcomes": "what an exposure may change",
    "exposures": "substance, form, route and kind",
    "entities": "substances, mechanisms, markers, outcomes",
    "sources": "the articles whose claims are recorded",
    "claims": "what the sources say, claim by claim",
    "chains": "how the sources argue, step by step",
    "citations": "the works that the sources name",
    "studies": "research that can be found again",
    "findings": "what each study reports",
}

_KINDS_WITH_SOURCE = ("claims", "chains", "citations")

API_ENDPOINTS: tuple[ApiEndpoint, ...] = (
    *(
        ApiEndpoint(
            f"/api/{list_kind}",
            f"List {list_summary}",
            _build_list_answer(list_kind),
            (*((SOURCE_PARAMETER,) if list_kind in _KINDS_WITH_SOURCE else ()), *PAGING_PARAMETERS),
            f"kg list {list_kind} --format json",
        )
        for list_kind, list_summary in LIST_SUMMARIES.items()
    ),
    *(
        ApiEndpoint(
            f"/api/{list_kind}/{{name}}",
            f"One of the {list_kind}",
            _answer_show,
            (),
            "kg show NAME",
        )
        for list_kind in LIST_SUMMARIES
    ),
    ApiEndpoint(
        "/api/grades",
        "The grade of an outcome; without one, of all headlines",
        _answer_grades,
        (
            *(OUTCOME_PARAMETER, EXPOSURE_PARAMETER, *GRADING_PARAMETERS),
            ApiParameter("algebra", "another way to combine evidence, uncalibrated"),
        ),
        "kg grade --format json",
    ),
    ApiEndpoint(
        "/api/explain/{name}",
        "The derivation of a claim, chain or pair",
        _answer_explain,
        GRADING_PARAMETERS,
        "kg explain NAME --format json",
    ),
    ApiEndpoint(
        "/api/diagnostics",
        "Weak links, worst first",
        _answer_diagnostics,
        (
            SOURCE_PARAMETER,
            ApiParameter("code", "codes that begin so, such as KG101"),
            ApiParameter(
                "severity",
                "of this severity",
                tuple(known_severity.word for known_severity in Severity),
            ),
            *PAGING_PARAMETERS,
        ),
        "kg check --format json",
    ),
    ApiEndpoint(
        "/api/search",
        "Things whose names hold all the words",
        _answer_search,
        (ApiParameter("q", "the words", required=True), *PAGING_PARAMETERS),
    ),
    ApiEndpoint(
        "/api/audit", "What each citation leads to", _answer_audit, (SOURCE_PARAMETER,), "kg audit"
    ),
    ApiEndpoint(
        "/api/whatif",
        "The grade under a supposition",
        _answer_whatif,
        WHATIF_PARAMETERS,
        "kg whatif",
    ),
    ApiEndpoint(
        "/api/compare",
        "Other ways to combine the evidence on one pair",
        _answer_compare,
        (
            WHATIF_PARAMETERS[0],
            EXPOSURE_PARAMETER,
            SOURCE_PARAMETER,
            ApiParameter("reading", "reading", tuple(r.value for r in Reading)),
        ),
        "kg compare",
    ),
    ApiEndpoint(
        "/api/rules", "The detectors of weak links", _answer_rules, (), "kg rules --format json"
    ),
    ApiEndpoint(
        "/api/rules/{name}", "One detector", _answer_rules, (), "kg rules NAME --format json"
    ),
    ApiEndpoint("/api/queries", "Saved SPARQL queries", _answer_queries, PAGING_PARAMETERS),
)
