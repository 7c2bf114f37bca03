"""Grades under a supposition: some studies more, some works or claims fewer. Nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from kg.chains.hypothetical import read_study
from kg.chains.inquiry import Inquiry, standing
from kg.chains.material import Material
from kg.chains.question import Question
from kg.errors import UnknownName, UsageError
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
from kg.model.record import replace
from kg.model.shifts import LinkShift, PairShift, Standings, WhatIf


def what_if(inquiry: Inquiry, add: Sequence[str], remove: Sequence[str]) -> WhatIf:
    """The grades of an outcome with the studies in words added and the things named removed.

    Raises UsageError for what cannot be read, UnknownName for what is not in the base.
    """
    if not add and not remove:
        raise UsageError("suppose something: --add 'STUDY' or --remove study:ID")
    before = inquiry.material
    people = inquiry.outcome.population
    removed = tuple(dict.fromkeys(_named(before.base, name) for name in remove))
    added = tuple(read_study(text, before.base, n, people) for n, text in enumerate(add, 1))
    after = supposed(before, added, removed)
    return WhatIf(
        outcome=inquiry.outcome.id,
        added=added,
        removed=tuple(f"{kind}:{id}" for kind, id in removed),
        pairs=tuple(
            _shift(inquiry, exposure, sign, after) for exposure, sign in inquiry.pairs(after)
        ),
        base=inquiry.about,
    )


def supposed(
    material: Material, added: Sequence[Study] = (), removed: Sequence[tuple[str, str]] = ()
) -> Material:
    """Material of the same sources and choice of evidence, with works added and things removed."""
    base = material.base
    for kind, id in removed:
        base = _WITHOUT[kind](base, id)
    if added:
        base = replace(base, studies=(*base.studies, *added))
    return Material(base, material.sources, material.choice, material.without)


# Removing


def _named(base: EvidenceBase, name: str) -> tuple[str, str]:
    """Kind and id of what is to be removed."""
    kind, colon, id = name.partition(":")
    kinds: Mapping[str, Mapping[str, object]] = {
        "study": base.study,
        "citation": base.citation,
        "claim": base.claim,
    }
    if not colon or kind not in kinds:
        raise UsageError(f"--remove {name!r}: write study:ID, citation:ID or claim:ID")
    if id not in kinds[kind]:
        from difflib import get_close_matches

        raise UnknownName(kind, id, get_close_matches(id, list(kinds[kind]), cutoff=0.5))
    return kind, id


def _without_study(base: EvidenceBase, id: str) -> EvidenceBase:
    """The base without a study; a citation that was identified as it gives nothing, either."""
    return replace(base, studies=tuple(s for s in base.studies if s.id != id))


def _without_citation(base: EvidenceBase, id: str) -> EvidenceBase:
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


def _without_claim(base: EvidenceBase, id: str) -> EvidenceBase:
    """The base without a claim; a step that only this claim states becomes implicit.

    Claims that lean on it stay conclusions: they do not become links because their support went.
    """
    chains = tuple(
        replace(chain, steps=tuple(_unstated(step, id) for step in chain.steps))
        for chain in base.chains
    )
    claims: tuple[Claim, ...] = tuple(c for c in base.claims if c.id != id)
    return replace(base, claims=claims, chains=chains)


def _unstated(step: Step, claim: str) -> Step:
    if claim not in step.claims:
        return step
    left = tuple(c for c in step.claims if c != claim)
    return replace(step, claims=left, kind=step.kind if left else StepKind.IMPLICIT)


_WITHOUT: Mapping[str, Callable[[EvidenceBase, str], EvidenceBase]] = {
    "study": _without_study,
    "citation": _without_citation,
    "claim": _without_claim,
}


# Comparing


def _shift(inquiry: Inquiry, exposure: Exposure, sign: int, after: Material) -> PairShift:
    old, new = inquiry.question(exposure), inquiry.question(exposure, after)
    standings = Standings(
        exposure=exposure.id,
        outcome=inquiry.outcome.id,
        sense=inquiry.sense(sign),
        sign=sign,
        before=standing(old, sign, inquiry.kernel),
        after=standing(new, sign, inquiry.kernel),
    )
    direct = _direct(old, new, sign)
    return PairShift(standings, (*direct, *_links(old, new, inquiry.outcome)))


def _direct(old: Question, new: Question, sign: int) -> tuple[LinkShift, ...]:
    """The shift of the body of direct evidence, if it shifts."""
    before, after = old.direct(sign)[0], new.direct(sign)[0]
    if _shape(before) == _shape(after):
        return ()
    id = f"{new.exposure.id}--{new.outcome.id}"
    levels = before.map(lambda r: r.level), after.map(lambda r: r.level)
    return (LinkShift(id, True, *levels, _why(before, after)),)


def _links(old: Question, new: Question, outcome: Entity) -> tuple[LinkShift, ...]:
    """Links of either question whose effective levels differ; the direct body is told apart."""
    before = {link.id: link for link in old.links}
    after = {link.id: link for link in new.links}
    found = []
    for id in sorted(before.keys() | after.keys()):
        a, b = before.get(id), after.get(id)
        link = b or a
        if link is None or (link.subject == new.exposure.id and link.object == outcome.id):
            continue
        was, now = a.effective if a else None, b.effective if b else None
        if was != now:
            found.append(LinkShift(id, False, was, now, _because(a, b)))
    return tuple(found)


def _because(before: Link | None, after: Link | None) -> str:
    if after is None:
        return "nothing puts it forward any more"
    if after.kind is LinkKind.BRIDGE:
        return after.ratings.established.support.reasons[0].text
    return _why(before.ratings if before else None, after.ratings)


def _shape(ratings: Readings[Rating]) -> tuple[tuple[Level, Level], ...]:
    return tuple((rating.level, rating.refute) for rating in ratings)


def _why(before: Readings[Rating] | None, after: Readings[Rating]) -> str:
    """How the body comes to its level, in the first reading that moved."""
    moved = [r for r in Reading if before is None or _differs(before[r], after[r])]
    rating = after[moved[0] if moved else Reading.ESTABLISHED]
    steps = [
        f"{reason.text} ({reason.change:+d})" if reason.rule == "5" else reason.text
        for reason in rating.support.reasons
        if reason.rule != "5" or reason.change
    ]
    against = f"; against the claim: {rating.refute.word}" if rating.refute else ""
    works = f" [{', '.join(rating.works)}]" if rating.works else ""
    return f"{'; '.join(steps)}{against}{works}"


def _differs(a: Rating, b: Rating) -> bool:
    return (a.level, a.refute) != (b.level, b.refute)
