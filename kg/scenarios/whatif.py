"""Grades under a supposition: some studies more, some works or claims fewer. Nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from kg.errors import UnknownName, UsageError
from kg.grading.evidence_index import EvidenceIndex
from kg.grading.question import Question
from kg.model import (
    Claim,
    Entity,
    EvidenceBase,
    Exposure,
    Level,
    Link,
    LinkKind,
    Rating,
    Reading,
    Readings,
    Step,
    StepKind,
    Study,
)
from kg.model.scenarios import LinkChange, PairChange, StandingChange, WhatIf
from kg.scenarios.request import Baseline, evaluate_standing
from kg.scenarios.study_phrase import parse_study_phrase


def evaluate_what_if(inquiry: Baseline, add: Sequence[str], remove: Sequence[str]) -> WhatIf:
    """The grades of an outcome with the studies in words added and the things named removed.

    Raises UsageError for what cannot be read, UnknownName for what is not in the base.
    """
    if not add and not remove:
        raise UsageError("suppose something: --add 'STUDY' or --remove study:ID")
    index_before = inquiry.evidence_index
    people = inquiry.outcome.population
    removed = tuple(dict.fromkeys(_parse_record_name(index_before.base, name) for name in remove))
    added = tuple(
        parse_study_phrase(text, index_before.base, study_number, people)
        for study_number, text in enumerate(add, 1)
    )
    index_after = apply_changes(index_before, added, removed)
    return WhatIf(
        outcome=inquiry.outcome.id,
        added=added,
        removed=tuple(f"{kind}:{record_id}" for kind, record_id in removed),
        pairs=tuple(
            _compare_pair(inquiry, exposure, sign, index_after)
            for exposure, sign in inquiry.list_pairs(index_after)
        ),
        base=inquiry.base_summary,
    )


def apply_changes(
    material: EvidenceIndex, added: Sequence[Study] = (), removed: Sequence[tuple[str, str]] = ()
) -> EvidenceIndex:
    """Material of the same sources and choice of evidence, with works added and things removed."""
    base = material.base
    for kind, record_id in removed:
        base = _REMOVERS[kind](base, record_id)
    if added:
        base = replace(base, studies=(*base.studies, *added))
    return EvidenceIndex(base, material.sources, material.choice, material.excluded_works)


# Removing


def _parse_record_name(base: EvidenceBase, name: str) -> tuple[str, str]:
    """Kind and id of what is to be removed."""
    kind, colon, record_id = name.partition(":")
    kinds: Mapping[str, Mapping[str, object]] = {
        "study": base.study,
        "citation": base.citation,
        "claim": base.claim,
    }
    if not colon or kind not in kinds:
        raise UsageError(f"--remove {name!r}: write study:ID, citation:ID or claim:ID")
    if record_id not in kinds[kind]:
        from difflib import get_close_matches

        raise UnknownName(
            kind, record_id, get_close_matches(record_id, list(kinds[kind]), cutoff=0.5)
        )
    return kind, record_id


def _remove_study(base: EvidenceBase, study_id: str) -> EvidenceBase:
    """The base without a study; a citation that was identified as it gives nothing, either."""
    return replace(base, studies=tuple(s for s in base.studies if s.id != study_id))


def _remove_citation(base: EvidenceBase, id: str) -> EvidenceBase:
    """The base without a citation, and claims that do not name it."""
    return replace(
        base,
        citations=tuple(c for c in base.citations if c.id != id),
        claims=tuple(
            replace(c, citations=tuple(k for k in c.citations if k != id))
            if id in c.citations
            else c
            for c in base.claims
        ),
    )


def _remove_claim(base: EvidenceBase, claim_id: str) -> EvidenceBase:
    """The base without a claim; a step that only this claim states becomes implicit.

    Claims that lean on it stay conclusions: they do not become links because their support went.
    """
    chains = tuple(
        replace(chain, steps=tuple(_remove_claim_from_step(step, claim_id) for step in chain.steps))
        for chain in base.chains
    )
    claims: tuple[Claim, ...] = tuple(c for c in base.claims if c.id != claim_id)
    return replace(base, claims=claims, chains=chains)


def _remove_claim_from_step(step: Step, claim: str) -> Step:
    if claim not in step.claims:
        return step
    remaining_claims = tuple(c for c in step.claims if c != claim)
    return replace(
        step, claims=remaining_claims, kind=step.kind if remaining_claims else StepKind.IMPLICIT
    )


_REMOVERS: Mapping[str, Callable[[EvidenceBase, str], EvidenceBase]] = {
    "study": _remove_study,
    "citation": _remove_citation,
    "claim": _remove_claim,
}


# Comparing


def _compare_pair(
    inquiry: Baseline, exposure: Exposure, sign: int, index_after: EvidenceIndex
) -> PairChange:
    old, new = inquiry.build_question(exposure), inquiry.build_question(exposure, index_after)
    standings = StandingChange(
        exposure=exposure.id,
        outcome=inquiry.outcome.id,
        sense=inquiry.classify_sense(sign),
        sign=sign,
        before=evaluate_standing(old, sign),
        after=evaluate_standing(new, sign),
    )
    direct = _compare_direct_evidence(old, new, sign)
    return PairChange(standings, (*direct, *_compare_links(old, new, inquiry.outcome)))


def _compare_direct_evidence(old: Question, new: Question, sign: int) -> tuple[LinkChange, ...]:
    """The shift of the body of direct evidence, if it shifts."""
    ratings_before, ratings_after = (
        old.rate_direct_evidence(sign)[0],
        new.rate_direct_evidence(sign)[0],
    )
    if _list_levels(ratings_before) == _list_levels(ratings_after):
        return ()
    pair_id = f"{new.exposure.id}--{new.outcome.id}"
    levels = ratings_before.map(lambda r: r.level), ratings_after.map(lambda r: r.level)
    return (
        LinkChange(pair_id, True, *levels, _explain_rating_shift(ratings_before, ratings_after)),
    )


def _compare_links(old: Question, new: Question, outcome: Entity) -> tuple[LinkChange, ...]:
    """Links of either question whose effective levels differ; the direct body is listed apart."""
    links_before = {link.id: link for link in old.links}
    links_after = {link.id: link for link in new.links}
    link_shifts = []
    for link_id in sorted(links_before.keys() | links_after.keys()):
        a, b = links_before.get(link_id), links_after.get(link_id)
        link = b or a
        if link is None or (link.subject == new.exposure.id and link.object == outcome.id):
            continue
        was, levels_after = a.effective if a else None, b.effective if b else None
        if was != levels_after:
            link_shifts.append(
                LinkChange(link_id, False, was, levels_after, _explain_link_shift(a, b))
            )
    return tuple(link_shifts)


def _explain_link_shift(link_before: Link | None, link_after: Link | None) -> str:
    if link_after is None:
        return "nothing puts it forward any more"
    if link_after.kind is LinkKind.BRIDGE:
        return link_after.ratings.established.support.reasons[0].text
    return _explain_rating_shift(link_before.ratings if link_before else None, link_after.ratings)


def _list_levels(ratings: Readings[Rating]) -> tuple[tuple[Level, Level], ...]:
    return tuple((rating.level, rating.refute) for rating in ratings)


def _explain_rating_shift(
    ratings_before: Readings[Rating] | None, ratings_after: Readings[Rating]
) -> str:
    """How the body comes to its level, in the first reading that moved."""
    changed_readings = [
        r
        for r in Reading
        if ratings_before is None or _is_different(ratings_before[r], ratings_after[r])
    ]
    rating = ratings_after[changed_readings[0] if changed_readings else Reading.ESTABLISHED]
    steps = [
        f"{reason.text} ({reason.change:+d})" if reason.rule == "5" else reason.text
        for reason in rating.support.reasons
        if reason.rule != "5" or reason.change
    ]
    against = f"; against the claim: {rating.refute.word}" if rating.refute else ""
    works = f" [{', '.join(rating.works)}]" if rating.works else ""
    return f"{'; '.join(steps)}{against}{works}"


def _is_different(a: Rating, b: Rating) -> bool:
    return (a.level, a.refute) != (b.level, b.refute)
