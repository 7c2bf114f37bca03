"""A citation against its record, its source's argument, the list, and the other citations."""

from __future__ import annotations

import re
from itertools import zip_longest

from kg.literature.settings import Record, settings
from kg.literature.shapes import identifiers, name_key
from kg.model import (
    SYNTHESES,
    Citation,
    CitationKind,
    Design,
    EvidenceBase,
    Exposure,
    Role,
    Route,
    Study,
    System,
)
from kg.model.audit import LIST_OF_STUDIES, Sign

_WORDS = re.compile(r"[^\W_]{3,}")
_SAME_TITLE = 0.6
_ENOUGH = 4
_SMALL_WORDS = frozenset({"the", "of", "and", "in", "for", "a", "an", "on", "to"})
REVIEWS = SYNTHESES | {Design.NARRATIVE_REVIEW}
TRIALS = frozenset(
    {
        Design.RANDOMISED,
        Design.RANDOMISED_CROSSOVER,
        Design.RANDOMISED_FACTORIAL,
        Design.QUASI_RANDOMISED,
        Design.TRIAL_ALLOCATION_UNSTATED,
        Design.NON_RANDOMISED,
    }
)
NO_EFFECT_SHOWN = {
    Design.NARRATIVE_REVIEW: "a narrative review, with no result of its own",
    Design.OPINION: "an opinion",
    Design.COHORT: "a cohort, which shows an association",
    Design.CASE_CONTROL: "a case-control study, which shows an association",
    Design.CROSS_SECTIONAL: "a survey, which shows an association",
    Design.CASE_REPORT: "a case report",
}
_AT_BENCH = {
    System.ANIMAL: "in animals",
    System.EX_VIVO: "on tissue outside the body",
    System.IN_VITRO: "in vitro",
    System.IN_SILICO: "by computation",
}


def record(citation: Citation, base: EvidenceBase) -> Sign | None:
    """Whether listed authors, year, title and journal are those of the record behind the link."""
    study = base.study.get(citation.study or "")
    if _own_list(citation, base):
        return None  # it would be compared with itself
    if study is not None:
        differs = _listed(citation, study.authors, study.year, study.title, study.journal)
        sure = "high" if study.verified else "medium"
        what = f"{study.title} ({study.journal or 'journal not recorded'}, {study.year})"
    elif (known := _known(citation)) is not None:
        differs = _listed(citation, known.authors, known.year, known.title, known.venue)
        differs += ("type",)
        differs += _route_of(known, citation, base)
        sure = known.sure
        what = f"{known.type} by {known.authors}, {known.year}: {known.title}; from {known.read}"
    else:
        return None
    answer = "conflict" if differs else "agrees"
    return Sign("record", answer, sure, f"the record is {what}", differs)


def _own_list(citation: Citation, base: EvidenceBase) -> bool:
    """Whether the base lists its own studies there, which argues nothing."""
    source = base.source.get(citation.source)
    return source is not None and source.kind == LIST_OF_STUDIES


def _known(citation: Citation) -> Record | None:
    return next((r for r in settings().records if r.url == citation.url), None)


def _listed(citation: Citation, authors: str, year: int, title: str, venue: str) -> tuple[str, ...]:
    return bibliography(
        authors=(citation.authors or "", authors),
        years=(citation.year, year),
        titles=(citation.title or "", title),
        venues=(citation.journal or "", (venue,)),
    )


def bibliography(
    authors: tuple[str, str],
    years: tuple[int | None, int | None],
    titles: tuple[str, str],
    venues: tuple[str, tuple[str, ...]],
) -> tuple[str, ...]:
    """Fields that both sides give and that differ: what is listed, then what a record says.

    A year may be one off: online first, then in print. A journal may be abbreviated.
    """
    differs = []
    if all(authors) and not words_of(authors[0]) & words_of(authors[1]):
        differs.append("author")
    if years[0] is not None and years[1] is not None and abs(years[0] - years[1]) > 1:
        differs.append("year")
    if all(titles) and _overlap(*titles) < _SAME_TITLE:
        differs.append("title")
    named = [venue for venue in venues[1] if venue]
    if venues[0] and named and not any(same_journal(venues[0], venue) for venue in named):
        differs.append("journal")
    return tuple(differs)


def words_of(text: str) -> set[str]:
    """The words of three letters and more, in lower case."""
    return set(_WORDS.findall(text.casefold()))


def _overlap(one: str, other: str) -> float:
    a, b = words_of(one), words_of(other)
    return len(a & b) / max(1, min(len(a), len(b)))


def same_journal(one: str, other: str) -> bool:
    """Whether two names are of one journal, one of them perhaps abbreviated word by word.

    >>> same_journal("J. Nutr.", "The Journal of Nutrition"), same_journal("Pain", "Pain Medicine")
    (True, False)
    """
    if name_key(one) == name_key(other):
        return True
    pairs = zip_longest(_main_words(one), _main_words(other), fillvalue="")
    return all(a and b and (a.startswith(b) or b.startswith(a)) for a, b in pairs)


def _main_words(name: str) -> list[str]:
    return [w for w in re.findall(r"[^\W_]+", name.casefold()) if w not in _SMALL_WORDS]


def headlines(source: str, base: EvidenceBase) -> tuple[Exposure, ...]:
    """The exposures that the headlines of a source are about."""
    subjects = {
        c.proposition.subject for c in base.claims if c.source == source and c.role is Role.HEADLINE
    }
    return tuple(base.exposure[id] for id in sorted(subjects) if id in base.exposure)


def _route_of(known: Record, citation: Citation, base: EvidenceBase) -> tuple[str, ...]:
    routes = {e.route.value for e in headlines(citation.source, base)} - {Route.UNSTATED.value}
    return ("route",) if known.route and routes and known.route not in routes else ()


def review_as_trial(citation: Citation, base: EvidenceBase) -> Sign | None:
    """Whether the text calls a review a trial."""
    study = base.study.get(citation.study or "")
    described = citation.described.design if citation.described else None
    if study is None or study.design not in REVIEWS or described not in TRIALS:
        return None
    evidence = f"the text describes a trial; the record is a {study.design.replace('-', ' ')}"
    return Sign("review-as-trial", "conflict", "high", evidence, ("design",))


def use(citation: Citation, base: EvidenceBase) -> Sign | None:
    """Whether the work bears on what its source argues: design, intervention, form, route."""
    study = base.study.get(citation.study or "")
    if study is None or _own_list(citation, base):
        return None
    found = [_design(study), *_intervention(study, citation.source, base)]
    differs = tuple(d for d in found if d is not None)
    if not differs:
        return Sign("use", "agrees", "low", "nothing recorded speaks against the use")
    evidence = "; ".join(text for _, text in differs)
    sure = "high" if study.verified else "medium"
    return Sign("use", "conflict", sure, evidence, tuple(field for field, _ in differs))


def _design(study: Study) -> tuple[str, str] | None:
    if study.system in _AT_BENCH:
        return "design", f"done {_AT_BENCH[study.system]}"
    text = NO_EFFECT_SHOWN.get(study.design)
    return ("design", text) if text else None


def _intervention(study: Study, source: str, base: EvidenceBase) -> list[tuple[str, str] | None]:
    meant = headlines(source, base)
    given = [base.exposure[f.exposure] for f in study.findings if f.exposure in base.exposure]
    if not meant:
        return []
    if not given:
        return [_by_title(study, meant, base)]
    substances = {e.substance for e in meant}
    same = [e for e in given if e.substance in substances]
    if not same:
        others = ", ".join(sorted({base.label(e.substance) for e in given}))
        return [("intervention", f"what was given is {others}")]
    return [_route(same, meant), _form(same, meant, base)]


def _by_title(
    study: Study, meant: tuple[Exposure, ...], base: EvidenceBase
) -> tuple[str, str] | None:
    names = {base.label(e.substance).casefold() for e in meant}
    if any(name in study.title.casefold() for name in names):
        return None
    return "intervention", f"its title does not name {' or '.join(sorted(names))}"


def _route(given: list[Exposure], meant: tuple[Exposure, ...]) -> tuple[str, str] | None:
    unstated = Route.UNSTATED
    had, wanted = {e.route for e in given}, {e.route for e in meant}
    if had & wanted or unstated in had | wanted or Route.NONE in had:
        return None
    return (
        "route",
        f"route {', '.join(sorted(had))}, where the text means {', '.join(sorted(wanted))}",
    )


def _form(
    given: list[Exposure], meant: tuple[Exposure, ...], base: EvidenceBase
) -> tuple[str, str] | None:
    wanted = {e.form for e in meant}
    if None in wanted or {e.form for e in given} & wanted:
        return None
    had = sorted({base.label(e.form) if e.form else "not stated" for e in given})
    means = sorted(base.label(form) for form in wanted if form)
    return "form", f"form: {', '.join(had)}, where the text means {', '.join(means)}"


def text_list(citation: Citation, base: EvidenceBase) -> Sign | None:
    """Whether a mention is in the list, or a list entry is cited by the text."""
    own = [c for c in base.citations if c.source == citation.source]
    source = base.source.get(citation.source)
    if source is None or not source.references_parsed:
        return Sign("text-list", "unknown", "low", "the reference list was not read")
    if citation.kind is CitationKind.REFERENCE_LIST:
        used = any(citation.id in c.matches for c in own)
        used = used or any(citation.id in c.citations for c in base.claims)
        evidence = "a sentence cites it" if used else "in the list, cited by no sentence"
        return Sign("text-list", "agrees" if used else "conflict", "medium", evidence)
    if citation.matches:
        return Sign("text-list", "agrees", "medium", "it matches an entry of the list")
    near = [c for c in own if c.kind is CitationKind.REFERENCE_LIST and _alike(c, citation)]
    evidence = "in no entry of the list"
    if near:
        places = ", ".join(f"line {c.line}, {c.title or c.id}" for c in near)
        evidence += f"; journal and year alone agree with {places}, which is no match"
    return Sign("text-list", "conflict", "medium", evidence)


def _alike(one: Citation, other: Citation) -> bool:
    return (
        one.journal is not None
        and other.journal is not None
        and one.year is not None
        and one.year == other.year
        and name_key(one.journal) == name_key(other.journal)
    )


def same_work(citation: Citation, base: EvidenceBase) -> Sign | None:
    """Whether another citation is the same work by identifier, or one before it by its title.

    Before it in the same list or text it is a repetition; elsewhere it is told, with the fields in
    which the two names of one work differ.
    """
    mine = identifiers(citation)
    others = [c for c in base.citations if c.id != citation.id]
    for other in (c for c in others if _beside(c, citation)):
        if shared := mine & identifiers(other):
            evidence = f"{other.id} is the same work: {min(shared)}"
            return Sign("same-work", "conflict", "high", evidence)
        if _same_title(other, citation):
            evidence = f"{other.id}, line {other.line}, has the same title"
            return Sign("same-work", "conflict", "medium", evidence)
    elsewhere = [c for c in others if mine & identifiers(c)]
    if not elsewhere:
        return None
    names = "; ".join(_other_name(other, citation) for other in elsewhere)
    return Sign("same-work", "unknown", "low", f"the same work is named by {names}")


def _beside(one: Citation, citation: Citation) -> bool:
    """Whether a citation stands before another in the same text or list."""
    there = (one.source, one.kind) == (citation.source, citation.kind)
    return there and (one.line, one.id) < (citation.line, citation.id)


def _same_title(one: Citation, other: Citation) -> bool:
    """Whether two titles of four words and more have the same words, and the years agree."""
    a, b = words_of(one.title or ""), words_of(other.title or "")
    years = {y for y in (one.year, other.year) if y is not None}
    return len(a) >= _ENOUGH and a == b and max(years, default=0) - min(years, default=0) <= 1


def _other_name(other: Citation, citation: Citation) -> str:
    """Another citation of the work, with what it is called otherwise there."""
    differs = bibliography(
        authors=(citation.authors or "", other.authors or ""),
        years=(citation.year, other.year),
        titles=(citation.title or "", other.title or ""),
        venues=(citation.journal or "", (other.journal or "",)),
    )
    under = f" under another {' and '.join(differs)}" if differs else ""
    return f"{other.id} ({other.source}, line {other.line}){under}"


def same_name(citation: Citation, base: EvidenceBase) -> Sign | None:
    """Other citations with this journal and year that no identifier or match makes one work."""
    mine = identifiers(citation)
    others = [
        c
        for c in base.citations
        if c.id != citation.id
        and _alike(c, citation)
        and not mine & identifiers(c)
        and c.id not in citation.matches
        and citation.id not in c.matches
    ]
    if not others:
        return None
    names = ", ".join(f"{c.source} line {c.line}" for c in others)
    evidence = (
        f"{citation.journal} {citation.year} is also {names}: a journal and year name no work"
    )
    return Sign("same-name", "unknown", "low", evidence)
