"""A citation against its record, its source's argument, the list, and the other citations."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product, starmap
from typing import NamedTuple

from kg.literature.identifiers import list_identifiers
from kg.literature.settings import KnownRecord, load_audit_settings
from kg.literature.spelling import (
    extract_family_names,
    extract_words,
    is_notice,
    is_same_journal,
    normalise_journal,
)
from kg.model import (
    SYNTHESIS_DESIGNS,
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
from kg.model.audit import LIST_OF_STUDIES, HeuristicResult

_SAME_TITLE_OVERLAP = 0.6
_MINIMUM_WORDS = 4
REVIEW_DESIGNS = SYNTHESIS_DESIGNS | {Design.NARRATIVE_REVIEW}
TRIAL_DESIGNS = frozenset(
    (
        *(Design.RANDOMISED, Design.RANDOMISED_CROSSOVER, Design.RANDOMISED_FACTORIAL),
        *(Design.QUASI_RANDOMISED, Design.TRIAL_ALLOCATION_UNSTATED, Design.NON_RANDOMISED),
    )
)
NO_EFFECT_DESIGNS = {
    Design.NARRATIVE_REVIEW: "a narrative review, with no result of its own",
    Design.OPINION: "an opinion",
    Design.COHORT: "a cohort, which shows an association",
    Design.CASE_CONTROL: "a case-control study, which shows an association",
    Design.CROSS_SECTIONAL: "a survey, which shows an association",
    Design.CASE_REPORT: "a case report",
}
_BENCH_PHRASES = {
    System.ANIMAL: "in animals",
    System.EX_VIVO: "on tissue outside the body",
    System.IN_VITRO: "in vitro",
    System.IN_SILICO: "by computation",
}


def compare_with_record(citation: Citation, base: EvidenceBase) -> HeuristicResult | None:
    """Whether listed authors, year, title and journal are those of the record behind the link."""
    study = base.study.get(citation.study or "")
    if _is_own_list(citation, base):
        return None  # it would be compared with itself
    if study is not None:
        differs = compare_bibliography(list_bibliography(citation), list_bibliography(study))
        if is_notice(study.title) and not is_notice(citation.title or ""):
            differs += ("type",)
        sureness = "high" if study.verified else "medium"
        record_text = f"{study.title} ({study.journal or 'journal not recorded'}, {study.year})"
    elif (known := _find_known_record(citation)) is not None:
        printed = (known.authors, known.year, known.title, (known.venue,))
        differs = compare_bibliography(list_bibliography(citation), Bibliography(*printed))
        differs += ("type", *_compare_route(known, citation, base))
        sureness, source = known.sure, f"{known.type} by {known.authors}, {known.year}"
        record_text = f"{source}: {known.title}; from {known.read}"
    else:
        return None
    answer = "conflict" if differs else "agrees"
    return HeuristicResult("record", answer, sureness, f"the record is {record_text}", differs)


def _is_own_list(citation: Citation, base: EvidenceBase) -> bool:
    """Whether the base lists its own studies there, which argues nothing."""
    source = base.source.get(citation.source)
    return source is not None and source.kind == LIST_OF_STUDIES


def _find_known_record(citation: Citation) -> KnownRecord | None:
    return next((r for r in load_audit_settings().records if r.url == citation.url), None)


class Bibliography(NamedTuple):
    """What names a work in print; empty or None where nothing is said. `venues` are its journal."""

    authors: str = ""
    year: int | None = None
    title: str = ""
    venues: tuple[str, ...] = ()


def list_bibliography(record: Citation | Study) -> Bibliography:
    """What a citation prints, or what the record of a study says."""
    venues = (record.journal,) if record.journal else ()
    return Bibliography(record.authors or "", record.year, record.title or "", venues)


def compare_bibliography(listed: Bibliography, record: Bibliography) -> tuple[str, ...]:
    """Fields that both sides give and that differ: `author`, `year`, `title`, `journal`.

    A year may be one off: online first, then in print. A journal may be abbreviated; it is that of
    the record if it is one of its venues.
    """
    differs = []
    names = [extract_family_names(work.authors) for work in (listed, record)]
    if all(names) and not names[0] & names[1]:
        differs.append("author")
    if listed.year is not None and record.year is not None and abs(listed.year - record.year) > 1:
        differs.append("year")
    titles = (listed.title, record.title)
    if all(titles) and _measure_overlap(*titles) < _SAME_TITLE_OVERLAP:
        differs.append("title")
    pairs = [*product(filter(None, listed.venues), filter(None, record.venues))]
    if pairs and not any(starmap(is_same_journal, pairs)):
        differs.append("journal")
    return tuple(differs)


def _measure_overlap(first_text: str, other: str) -> float:
    a, b = extract_words(first_text), extract_words(other)
    return len(a & b) / max(1, min(len(a), len(b)))


def list_headline_exposures(source: str, base: EvidenceBase) -> tuple[Exposure, ...]:
    """The exposures that the headlines of a source are about."""
    subjects = {
        c.proposition.subject for c in base.claims if c.source == source and c.role is Role.HEADLINE
    }
    return tuple(base.exposure[id] for id in sorted(subjects) if id in base.exposure)


def _compare_route(known: KnownRecord, citation: Citation, base: EvidenceBase) -> tuple[str, ...]:
    routes = {exposure.route.value for exposure in list_headline_exposures(citation.source, base)}
    routes.discard(Route.UNSTATED.value)
    return ("route",) if known.route and routes and known.route not in routes else ()


def check_review_as_trial(citation: Citation, base: EvidenceBase) -> HeuristicResult | None:
    """Whether the text calls a review a trial."""
    study = base.study.get(citation.study or "")
    described_design = citation.described.design if citation.described else None
    if study is None or study.design not in REVIEW_DESIGNS or described_design not in TRIAL_DESIGNS:
        return None
    evidence = f"the text describes a trial; the record is a {study.design.replace('-', ' ')}"
    return HeuristicResult("review-as-trial", "conflict", "high", evidence, ("design",))


def check_use(citation: Citation, base: EvidenceBase) -> HeuristicResult | None:
    """Whether the work bears on what its source argues: design, intervention, form, route."""
    study = base.study.get(citation.study or "")
    if study is None or _is_own_list(citation, base):
        return None
    checks = (_check_design(study), *_check_intervention(study, citation.source, base))
    differences = [difference for difference in checks if difference is not None]
    if not differences:
        return HeuristicResult("use", "agrees", "low", "nothing recorded speaks against the use")
    fields, texts = zip(*differences, strict=True)
    sureness = "high" if study.verified else "medium"
    return HeuristicResult("use", "conflict", sureness, "; ".join(texts), fields)


Difference = tuple[str, str]
"""The field in which a work is not what its source argues, and the words for it."""


def _check_design(study: Study) -> Difference | None:
    if study.system in _BENCH_PHRASES:
        return "design", f"done {_BENCH_PHRASES[study.system]}"
    text = NO_EFFECT_DESIGNS.get(study.design)
    return ("design", text) if text else None


Exposures = Sequence[Exposure]


def _check_intervention(study: Study, source: str, base: EvidenceBase) -> list[Difference | None]:
    meant = list_headline_exposures(source, base)
    studied = [base.exposure[f.exposure] for f in study.findings if f.exposure in base.exposure]
    if not meant:
        return []
    if not studied:
        return [_check_title(study, meant, base)]
    substances = {exposure.substance for exposure in meant}
    same = [exposure for exposure in studied if exposure.substance in substances]
    if not same:
        others = ", ".join(sorted({base.get_label(e.substance) for e in studied}))
        return [("intervention", f"what was given is {others}")]
    return [_check_route(same, meant), _check_form(same, meant, base)]


def _check_title(study: Study, meant: Exposures, base: EvidenceBase) -> Difference | None:
    names = {base.get_label(e.substance).casefold() for e in meant}
    if any(name in study.title.casefold() for name in names):
        return None
    return "intervention", f"its title does not name {' or '.join(sorted(names))}"


def _check_route(studied: Exposures, meant: Exposures) -> Difference | None:
    had, means = {e.route for e in studied}, {e.route for e in meant}
    if had & means or Route.UNSTATED in had | means or Route.NONE in had:
        return None
    had_routes, meant_routes = ", ".join(sorted(had)), ", ".join(sorted(means))
    return "route", f"route {had_routes}, where the text means {meant_routes}"


def _check_form(studied: Exposures, meant: Exposures, base: EvidenceBase) -> Difference | None:
    meant_forms = {exposure.form for exposure in meant}
    if None in meant_forms or {exposure.form for exposure in studied} & meant_forms:
        return None
    had = sorted({base.get_label(e.form) if e.form else "not stated" for e in studied})
    means = sorted(base.get_label(form) for form in meant_forms if form)
    return "form", f"form: {', '.join(had)}, where the text means {', '.join(means)}"


def check_text_list(citation: Citation, base: EvidenceBase) -> HeuristicResult | None:
    """Whether a mention is in the list, or a list entry is cited by the text."""
    source_citations = [c for c in base.citations if c.source == citation.source]
    source = base.source.get(citation.source)
    answer, sureness = "conflict", "medium"
    if source is None or not source.references_parsed:
        answer, sureness, evidence = "unknown", "low", "the reference list was not read"
    elif citation.kind is CitationKind.REFERENCE_LIST:
        evidence = "in the list, cited by no sentence"
        matches = any(citation.id in c.matches for c in source_citations)
        if matches or any(citation.id in c.citations for c in base.claims):
            answer, evidence = "agrees", "a sentence cites it"
    elif citation.matches:
        answer, evidence = "agrees", "it matches an entry of the list"
    else:
        entries = (c for c in source_citations if c.kind is CitationKind.REFERENCE_LIST)
        similar_entries = [c for c in entries if _is_same_journal_year(c, citation)]
        evidence = "in no entry of the list"
        if similar_entries:
            places = ", ".join(f"line {c.line}, {c.title or c.id}" for c in similar_entries)
            evidence += f"; journal and year alone agree with {places}, which is no match"
    return HeuristicResult("text-list", answer, sureness, evidence)


def _is_same_journal_year(citation: Citation, other: Citation) -> bool:
    return (
        None not in (citation.journal, other.journal, citation.year)
        and citation.year == other.year
        and normalise_journal(citation.journal) == normalise_journal(other.journal)
    )


def check_same_work(citation: Citation, base: EvidenceBase) -> HeuristicResult | None:
    """Whether another citation is the same work by identifier, or one before it by its title.

    Before it in the same list or text it is a repetition; elsewhere it is shown, with the fields in
    which the two names of one work differ.
    """
    own_identifiers = list_identifiers(citation)
    others = [c for c in base.citations if c.id != citation.id]
    for other in (c for c in others if _is_earlier_in_list(c, citation)):
        if shared := own_identifiers & list_identifiers(other):
            evidence = f"{other.id} is the same work: {min(shared)}"
            return HeuristicResult("same-work", "conflict", "high", evidence)
        if _has_same_title(other, citation):
            evidence = f"{other.id}, line {other.line}, has the same title"
            return HeuristicResult("same-work", "conflict", "medium", evidence)
    elsewhere = [c for c in others if own_identifiers & list_identifiers(c)]
    if not elsewhere:
        return None
    names = "; ".join(_name_citation(other, citation) for other in elsewhere)
    return HeuristicResult("same-work", "unknown", "low", f"the same work is named by {names}")


def _is_earlier_in_list(other_citation: Citation, citation: Citation) -> bool:
    """Whether a citation stands before another in the same text or list."""
    is_same_list = (other_citation.source, other_citation.kind) == (citation.source, citation.kind)
    return is_same_list and (other_citation.line, other_citation.id) < (citation.line, citation.id)


def _has_same_title(first_citation: Citation, other: Citation) -> bool:
    """Whether two titles of four words and more have the same words, and the years agree."""
    a, b = extract_words(first_citation.title or ""), extract_words(other.title or "")
    years = {y for y in (first_citation.year, other.year) if y is not None}
    years_agree = max(years, default=0) - min(years, default=0) <= 1
    return len(a) >= _MINIMUM_WORDS and a == b and years_agree


def _name_citation(other: Citation, citation: Citation) -> str:
    """Another citation of the work, with what it is called otherwise there."""
    differs = compare_bibliography(list_bibliography(citation), list_bibliography(other))
    difference_note = f" under another {' and '.join(differs)}" if differs else ""
    return f"{other.id} ({other.source}, line {other.line}){difference_note}"


def check_same_name(citation: Citation, base: EvidenceBase) -> HeuristicResult | None:
    """Other citations with this journal and year that no identifier or match makes one work."""
    own_identifiers = list_identifiers(citation)
    others = [
        c
        for c in base.citations
        if c.id != citation.id
        and _is_same_journal_year(c, citation)
        and not own_identifiers & list_identifiers(c)
        and c.id not in citation.matches
        and citation.id not in c.matches
    ]
    if not others:
        return None
    names = ", ".join(f"{c.source} line {c.line}" for c in others)
    name = f"{citation.journal} {citation.year}"
    evidence = f"{name} is also {names}: a journal and year name no work"
    return HeuristicResult("same-name", "unknown", "low", evidence)
