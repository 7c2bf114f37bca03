"""The JSON API: what each address takes, and the answer, the same as the command line gives."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from kg import api
from kg.errors import UnknownName, UsageError
from kg.model import Result, Severity
from kg.render import Options
from kg.server.library import Choices, Library

if TYPE_CHECKING:
    from kg.server.jobs import Desk, Frame, Head

Values = Mapping[str, Sequence[str]]
MOST = 1000
"""Items on one page of a list, at most."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an address; `choices` are all the values that it takes, where they are few."""

    name: str
    meaning: str
    choices: tuple[str, ...] = ()
    required: bool = False
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Address:
    """A place of the API: `{name}` in its path stands for one thing."""

    path: str
    summary: str
    answer: Callable[[Library, str, Values], str]
    parameters: tuple[Parameter, ...] = ()
    like: str = ""


SOURCE = Parameter("source", "only this source, by id")
GRADING = (
    SOURCE,
    Parameter("profile", "grading profile", ("grade", "navguide", "robins")),
    Parameter("evidence", "evidence that is admitted", ("cited", "literature", "all")),
)
PAGING = (
    Parameter("offset", "how many items to pass over"),
    Parameter("limit", f"how many items to give, at most {MOST}; 100 unless said"),
)
OUTCOME = Parameter("outcome", "outcome, by id, label or synonym")
EXPOSURE = Parameter("exposure", "exposure, by id, label or synonym")
SUPPOSED = (
    Parameter("outcome", OUTCOME.meaning, required=True),
    EXPOSURE,
    Parameter("add", "a study in words; may be repeated", repeated=True),
    Parameter("remove", "study:ID, citation:ID or claim:ID; may be repeated", repeated=True),
    *GRADING,
)


def one(values: Values, name: str) -> str | None:
    """The value of a parameter, None where it is not given or empty."""
    found = values.get(name, ())
    if len(found) > 1:
        raise UsageError(f"{name} is given {len(found)} times; give it once")
    return found[0] if found and found[0] else None


def choices(values: Values) -> Choices:
    """The choices of grading among the parameters."""
    evidence = one(values, "evidence") or "all"
    if evidence not in ("cited", "literature", "all"):
        raise UsageError(f"evidence is cited, literature or all, not {evidence[:40]!r}")
    return Choices(one(values, "source"), one(values, "profile") or "grade", evidence)


def number(values: Values, name: str, usual: int, most: int) -> int:
    """A whole number among the parameters, between 0 and `most`."""
    text = one(values, name)
    if text is None:
        return usual
    if not text.isdecimal() or len(text) > 9:
        raise UsageError(f"{name} must be a whole number, not {text[:40]!r}")
    return min(most, int(text))


def _grades(library: Library, name: str, values: Values) -> str:
    from kg.render import RENDERERS, SUMMARIES

    outcome, exposure, chosen = one(values, "outcome"), one(values, "exposure"), choices(values)
    if (other := one(values, "algebra")) is not None:
        from kg.render.algebra import as_json

        given = (chosen.source, chosen.profile, chosen.evidence)
        rated = api.rate_by(library.base, other, outcome, exposure, *given)
        return as_json(other, rated, library.base, Options())
    if outcome and not exposure:
        found = library.grade(library.base.outcome(outcome).id, chosen)
        return RENDERERS["json"](found, library.base, Options())
    graded = api.grade_shipped if library.shipped else api.grade
    grades = graded(library.base, outcome, exposure, chosen.source, chosen.profile, chosen.evidence)
    if outcome:
        return RENDERERS["json"](grades[0], library.base, Options())
    return SUMMARIES["json"](grades, library.base, Options())


def _explained(library: Library, name: str, values: Values) -> str:
    from kg.render.explain import FORMS, derivation

    chosen = choices(values)
    found = api.explain(library.base, name, chosen.source, chosen.profile, chosen.evidence)
    branch = derivation(found.subject, found.pairs, library.base, found.rules)
    return str(FORMS["json"](branch, Options(source=chosen.source)))


def _shown(library: Library, name: str, values: Values) -> str:
    return json.dumps(api.show(library.base, name), indent=2, ensure_ascii=False) + "\n"


def _listed(kind: str) -> Callable[[Library, str, Values], str]:
    def answer(library: Library, name: str, values: Values) -> str:
        from kg.api.kinds import rows

        head, body = rows(kind, library.base, one(values, "source"))
        items = [dict(zip(head, row, strict=True)) for row in body]
        return _paged(f"/api/{kind}", items, values)

    return answer


def _paged(path: str, items: Sequence[Any], values: Values) -> str:
    """One page of a list, with the address of the next."""
    offset = number(values, "offset", 0, 10**9)
    limit = max(1, number(values, "limit", 100, MOST))
    kept = {n: v[0] for n, v in values.items() if n not in ("offset", "limit") and v and v[0]}
    after = offset + limit
    more = urlencode({**kept, "offset": after, "limit": limit})
    value = {
        "total": len(items),
        "offset": offset,
        "limit": limit,
        "next": f"{path}?{more}" if after < len(items) else None,
        "items": items[offset:after],
    }
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _diagnostics(library: Library, name: str, values: Values) -> str:
    from kg.render.diagnostics import chosen
    from kg.render.json import diagnostic

    source, code, severity = (one(values, n) for n in ("source", "code", "severity"))
    if source is not None and source not in library.base.source:
        raise UnknownName("source", source, tuple(library.base.source))
    words = [s.word for s in Severity]
    if severity is not None and severity not in words:
        raise UnknownName("severity", severity, words)
    found = chosen(library.diagnostics(), (code.upper(),) if code else ())
    items = [
        diagnostic(d)
        for d in found
        if d.result in (Result.HIT, Result.CANNOT_TELL)
        and source in (None, d.source)
        and severity in (None, d.severity.word)
    ]
    return _paged("/api/diagnostics", items, values)


def _searched(library: Library, name: str, values: Values) -> str:
    text = one(values, "q")
    if text is None:
        raise UsageError("q is needed: the words to look for")
    items = [
        {"id": h.id, "section": h.section, "label": h.label, "what": h.what}
        for h in api.search(library.base, text, 500)
    ]
    return _paged("/api/search", items, values)


def _audited(library: Library, name: str, values: Values) -> str:
    from kg.render.audit import FORMS

    return FORMS["json"](api.audit(library.base, one(values, "source")), library.base, Options())


def _supposed(library: Library, name: str, values: Values) -> str:
    from kg.render.whatif import FORMS

    return FORMS["json"](supposed(library, values), library.base, Options())


def supposed(library: Library, values: Values) -> Any:
    """What a supposition does to an outcome."""
    outcome, chosen = one(values, "outcome"), choices(values)
    if outcome is None:
        raise UsageError("outcome is needed: what the supposition is about")
    added, removed = ([v for v in values.get(n, ()) if v.strip()] for n in ("add", "remove"))
    if len(added) + len(removed) > 50:
        raise UsageError("at most 50 things can be added or removed at once")
    return api.whatif(
        *(library.base, outcome, added, removed),
        exposure=one(values, "exposure"),
        source=chosen.source,
        profile=chosen.profile,
        evidence=chosen.evidence,
    )


def _compared(library: Library, name: str, values: Values) -> str:
    from kg.render.compare import FORMS

    outcome = one(values, "outcome")
    if outcome is None:
        raise UsageError("outcome is needed: what to compare the methods on")
    found = api.compare(
        library.base,
        outcome,
        one(values, "exposure"),
        one(values, "source"),
        one(values, "reading") or "best_case",
    )
    return FORMS["json"](found, library.base, Options())


def _rules(library: Library, name: str, values: Values) -> str:
    from kg.render.rules import FORMS

    if name:
        from kg.api.detectors import one as rule

        return FORMS["json"]((rule(name),), False)
    return FORMS["json"](api.rules(), True)


def _queries(library: Library, name: str, values: Values) -> str:
    from kg.queries import catalogue

    items = [
        {"name": q.name, "title": q.title, "problem": q.problem, "query": q.text}
        for q in catalogue().values()
    ]
    return _paged("/api/queries", items, values)


LISTS = {
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

_SOURCED = ("claims", "chains", "citations")

ADDRESSES: tuple[Address, ...] = (
    *(
        Address(
            f"/api/{kind}",
            f"List {what}",
            _listed(kind),
            (*((SOURCE,) if kind in _SOURCED else ()), *PAGING),
            f"kg list {kind} --format json",
        )
        for kind, what in LISTS.items()
    ),
    *(
        Address(f"/api/{kind}/{{name}}", f"One of the {kind}", _shown, (), "kg show NAME")
        for kind in LISTS
    ),
    Address(
        "/api/grades",
        "The grade of an outcome; without one, of all headlines",
        _grades,
        (
            *(OUTCOME, EXPOSURE, *GRADING),
            Parameter("algebra", "another way to combine evidence, uncalibrated"),
        ),
        "kg grade --format json",
    ),
    Address(
        "/api/explain/{name}",
        "The derivation of a claim, chain or pair",
        _explained,
        GRADING,
        "kg explain NAME --format json",
    ),
    Address(
        "/api/diagnostics",
        "Weak links, worst first",
        _diagnostics,
        (
            SOURCE,
            Parameter("code", "codes that begin so, such as KG101"),
            Parameter("severity", "of this severity", tuple(s.word for s in Severity)),
            *PAGING,
        ),
        "kg check --format json",
    ),
    Address(
        "/api/search",
        "Things whose names hold all the words",
        _searched,
        (Parameter("q", "the words", required=True), *PAGING),
    ),
    Address("/api/audit", "What each citation leads to", _audited, (SOURCE,), "kg audit"),
    Address("/api/whatif", "The grade under a supposition", _supposed, SUPPOSED, "kg whatif"),
    Address(
        "/api/compare",
        "Other ways to combine the evidence on one pair",
        _compared,
        (
            SUPPOSED[0],
            EXPOSURE,
            SOURCE,
            Parameter("reading", "reading", ("established", "as_described", "best_case")),
        ),
        "kg compare",
    ),
    Address("/api/rules", "The detectors of weak links", _rules, (), "kg rules --format json"),
    Address("/api/rules/{name}", "One detector", _rules, (), "kg rules NAME --format json"),
    Address("/api/queries", "Saved SPARQL queries", _queries, PAGING),
)


def data(desk: Desk, request: Head, body: bytes) -> Frame:
    """The answer of one address of the API."""
    address = ADDRESSES[request["address"]]
    known = {p.name: p for p in address.parameters}
    values: dict[str, list[str]] = {}
    for name, value in request["values"]:
        if name not in known:
            raise UsageError(f"no parameter {name!r}; there are: {', '.join(known) or 'none'}")
        allowed = known[name].choices
        if value and allowed and value not in allowed:
            raise UsageError(f"{name} is one of {', '.join(allowed)}, not {value[:40]!r}")
        values.setdefault(name, []).append(value)
    text = address.answer(desk.library, request["name"], values)
    return {"status": 200, "type": "application/json"}, text.encode()
