"""The page of an outcome: verdict, profile, chains with their breaks, graph and evidence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from kg import api
from kg.errors import UnknownName, UsageError
from kg.model import EvidenceBase, OutcomeGrade, PairGrade, Reading, Verdict
from kg.render import algebra, beside, raising, words
from kg.server.library import Choices
from kg.server.links import Ref
from kg.server.templates import render
from kg.server.views.drawing import drawing
from kg.server.views.evidence import Anchors, ChainRow, anchors, chain_row, pieces
from kg.server.views.shelf import (
    Chip,
    Shelf,
    Values,
    alone,
    anchor,
    by_gap,
    chips,
    flags,
    pair_chips,
    pair_line,
    weak_link,
)

CHAINS = 12
"""Chains of a pair that are shown at once."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader chose."""

    reading: Reading
    choices: Choices
    exposure: str | None
    algebra: str


@dataclass(frozen=True, slots=True)
class Part:
    """One pair on the page."""

    anchor: str
    key: tuple[str, str]
    exposure: Ref
    sense: str
    question: str
    verdict: str
    style: str
    reason: str
    chips: list[Chip]
    mechanistic: str
    wording: str
    strongest: Ref | None
    gap: str
    severity: str
    direct: str
    apart: tuple[str, ...]
    weak: str
    weak_at: str
    arguments: str
    chains: list[ChainRow]
    more: int
    repair: str
    settles: str
    rewrite: str


def asked_for(values: Values) -> Asked:
    """The choices among the parameters.

    Raises:
        UsageError: a value that is none of those there are.
    """
    reading = alone(values, "reading") or "established"
    evidence = alone(values, "evidence") or "all"
    if reading not in set(Reading):
        raise UsageError(f"reading is one of {', '.join(Reading)}")
    if evidence not in ("cited", "literature", "all"):
        raise UsageError("evidence is cited, literature or all")
    chosen = Choices(alone(values, "source") or None, alone(values, "profile") or "grade", evidence)
    return Asked(
        Reading(reading), chosen, alone(values, "exposure") or None, alone(values, "algebra")
    )


def outcome(shelf: Shelf, id: str, values: Values) -> str:
    """The page of an outcome."""
    asked = asked_for(values)
    grade = shelf.library.grade(id, asked.choices)
    if asked.exposure and asked.exposure not in shelf.base.exposure:
        raise UnknownName("exposure", asked.exposure, shelf.base.near(asked.exposure))
    head = words.headline(grade, asked.exposure)
    pairs = in_order(grade, asked.exposure)
    places = anchors(pairs)
    make = partial(_part, shelf, asked=asked, places=places)
    return render(
        "outcome.html",
        to=shelf.to,
        about=("entity", id),
        id=id,
        label=shelf.base.label(id),
        definition=shelf.base.entity[id].definition,
        population=words.population(grade, shelf.base),
        narrower=[shelf.node(n) for n in grade.narrower if n in shelf.library.graded],
        broader=[shelf.node(b) for b in shelf.base.entity[id].broader],
        asked=asked,
        head=make(head) if head else None,
        parts=[make(p) for p in pairs[1:]],
        lines=[pair_line(shelf, p) for p in pairs],
        graph=drawing(shelf, grade, asked.reading, asked.exposure, places) if pairs else None,
        pieces=pieces(shelf, pairs, places),
        flags=flags(shelf, grade.diagnostics),
        unknown=sum(d.result.value == "cannot_tell" for d in grade.diagnostics),
        offers=_offers(shelf, id),
        other=_other(shelf, id, asked),
        counts=words.counts(grade),
        provenance=words.provenance(grade).removesuffix(f" {words.CAVEAT}"),  # every page says it
        studies=_studies(shelf, grade),
    )


def in_order(grade: OutcomeGrade, exposure: str | None = None) -> list[PairGrade]:
    """The pairs in the order in which the page has them: the headline, then the widest gaps."""
    head = words.headline(grade, exposure)
    asked = [p for p in grade.pairs if exposure in (None, p.exposure) and p is not head]
    return [*([head] if head else []), *sorted(asked, key=by_gap, reverse=True)]


def _part(shelf: Shelf, pair: PairGrade, asked: Asked, places: Anchors) -> Part:
    base = shelf.base
    chains = [
        chain_row(shelf, c, pair, asked.reading, places)
        for c in (*sorted(pair.chains, key=lambda c: c.found), *pair.counter_chains)
    ]
    strongest = pair.wording.strongest
    return Part(
        anchor=anchor(pair),
        key=(pair.exposure, pair.sense.value),
        exposure=shelf.node(pair.exposure),
        sense=pair.sense.value,
        question=words.question(pair, base),
        verdict=words.verdict(pair),
        style=f"verdict-{pair.verdict.value}",
        reason=words.reason(pair, base),
        chips=pair_chips(pair),
        mechanistic=pair.mechanistic.word,
        wording=words.wording(pair, base),
        strongest=shelf.claim(strongest) if strongest else None,
        gap=words.gap(pair) if pair.wording.claims else "no source words it",
        severity=pair.severity.word if pair.wording.claims else "none",
        direct=words.direct(pair, base),
        apart=beside.apart(pair),
        weak=_weak(base, pair, asked),
        weak_at=next((leg.href for c in chains for leg in c.legs if leg.mark == "break"), ""),
        arguments=_arguments(pair),
        chains=chains[:CHAINS],
        more=max(0, len(chains) - CHAINS),
        repair=raising.by_chains(pair, asked.reading),
        settles=raising.direct(pair, base),
        rewrite=pair.rewrite,
    )


def _arguments(pair: PairGrade) -> str:
    """How many chains there are, for and against."""
    against = len(pair.counter_chains)
    told = words.counted(len(pair.chains), "chain")
    return f"{told}, and {against} to the opposite effect" if against else told


def _weak(base: EvidenceBase, pair: PairGrade, asked: Asked) -> str:
    """The break to name beside the verdict: none where direct evidence speaks."""
    spoken = pair.verdict is not Verdict.UNSUPPORTED or asked.reading is not Reading.ESTABLISHED
    return "" if spoken else weak_link(base, pair)


def _offers(shelf: Shelf, id: str) -> dict[str, list[tuple[str, str]]]:
    """What the filters offer: value and words."""
    from kg.grading.alternatives import ALGEBRAS
    from kg.grading.profiles import profile, profile_names

    exposures = sorted({p.exposure for p in shelf.library.pairs.values() if p.outcome == id})
    return {
        "reading": [(r.value, r.word) for r in Reading],
        "evidence": [
            ("all", "cited works and recorded studies"),
            ("cited", "what the sources cite"),
            ("literature", "recorded studies"),
        ],
        "profile": [(n, profile(n).title) for n in profile_names()],
        "source": [("", "all sources"), *((s.id, s.title) for s in shelf.base.sources)],
        "exposure": [("", "all exposures"), *((e, shelf.base.label(e)) for e in exposures)],
        "algebra": [
            ("", "default"),
            *((a, f"{a.replace('-', ' ')} (uncalibrated)") for a in ALGEBRAS),
        ],
    }


def _other(shelf: Shelf, id: str, asked: Asked) -> dict[str, Any] | None:
    """Every pair by the algebra that was asked for, as `kg grade --algebra` gives them."""
    if not asked.algebra:
        return None
    chosen = asked.choices
    found = api.rate_by(
        *(shelf.base, asked.algebra, id, asked.exposure),
        *(chosen.source, chosen.profile, chosen.evidence),
    )
    words_of = {(p.exposure, p.sense): [p.answers[r].word for r in Reading] for p in found}
    return {
        "name": asked.algebra,
        "words": words_of,
        "note": algebra.note(asked.algebra),
        "rows": [
            (
                shelf.node(p.exposure),
                p.sense,
                [(r.word, p.answers[r].word, r is asked.reading) for r in Reading],
                chips(p.default),
                algebra.why(p),
            )
            for p in found
        ],
    }


def _studies(shelf: Shelf, grade: OutcomeGrade) -> list[tuple[str, str]]:
    """Studies that a what-if may remove: those that bear on this outcome."""
    links = (k for p in grade.pairs for c in (*p.chains, *p.counter_chains) for k in c.links)
    direct = (w for p in grade.pairs for r in p.direct.ratings for w in r.works)
    works = {w for link in links for r in link.ratings for w in r.works} | set(direct)
    known = sorted(works & shelf.base.study.keys())
    return [(f"study:{w}", f"{shelf.base.study[w].title} ({shelf.base.study[w].year})")
            for w in known]  # fmt: skip
