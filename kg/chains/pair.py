"""A question answered: verdict, chains with their break, repair, gain, fragility, wording."""

from __future__ import annotations

from collections.abc import Iterable

from kg.chains.graph import Kernel, Path
from kg.chains.material import Material
from kg.chains.paths import merit, simple_paths
from kg.chains.question import Question
from kg.grading.algebra import CAP, ZERO, leximin, value
from kg.grading.evidence import Evidence
from kg.grading.profiles import Profile
from kg.grading.wording import gap_severity, rewrite, verdict, wording_gap
from kg.model import (
    ArgumentChain,
    Certainty,
    ChainGrade,
    CitationKind,
    Claim,
    Direct,
    Entity,
    Exposure,
    Gain,
    Level,
    Link,
    LinkKind,
    Mechanistic,
    PairGrade,
    Rating,
    Reading,
    Readings,
    Reason,
    RepairSet,
    Role,
    Sense,
    StepKind,
    System,
    Tier,
    Verdict,
    Wording,
    effect_sign,
    is_benefit,
)


def grade_pair(
    material: Material,
    exposure: Exposure,
    outcome: Entity,
    sign: int,
    profile: Profile,
    kernel: Kernel,
) -> PairGrade:
    """Everything grading has to say about one exposure, one outcome and one sign."""
    question = Question(material, exposure, outcome, profile)
    direct, evidence = question.direct(sign)
    refuted = direct.established.refute
    frontiers = {r: kernel.frontiers(question.graph(r)) for r in Reading}
    chain_level = Readings.of(lambda r: value(frontiers[r].get(sign, ZERO)))
    certainty = Readings.of(
        lambda r: claim_certainty(direct[r].level, chain_level[r], refuted, direct[r].support)
    )
    chains = _chains(question, kernel, sign)
    wording = _wording(material, exposure, question.targets, sign)
    level = certainty.established.level
    gap = wording_gap(wording.sigma, level, profile)
    best = certainty.best_case.level
    benefit = is_benefit(sign, outcome.better)
    pro = tuple(c for c in chains if not c.counter)
    return PairGrade(
        exposure=exposure.id,
        outcome=outcome.id,
        sense=sense_of(benefit, sign),
        sign=sign,
        certainty=certainty,
        refuted_by=refuted,
        mechanistic=max((c.mechanistic for c in pro), default=Mechanistic.NONE),
        verdict=verdict_word(level, refuted, direct.established.flags),
        indirect=chain_level.established > direct.established.level,
        wording=wording,
        gap=gap,
        gap_best=wording_gap(wording.sigma, best, profile),
        severity=gap_severity(gap, profile),
        direct=_direct(material, direct, evidence),
        chains=pro,
        counter_chains=tuple(c for c in chains if c.counter),
        repair=Readings.of(lambda r: _repair(question, kernel, sign, r, direct)),
        fragility=_fragility(question, sign, kernel, level),
        gain=Readings.of(
            lambda r: () if refuted else _gain(question, kernel, sign, r, pro, chain_level[r])
        ),
        rewrite=rewrite(
            exposure.label, outcome, sign, level, refuted, bool(direct.as_described.works)
        ),
        flags=direct.established.flags,
    )


def sense_of(benefit: bool | None, sign: int) -> Sense:
    """Benefit or harm, or a change that is neither."""
    if benefit is None:
        return Sense.INCREASE if sign > 0 else Sense.DECREASE
    return Sense.BENEFIT if benefit else Sense.HARM


def verdict_word(level: Level, refuted: Level, flags: tuple[str, ...]) -> Verdict:
    """Verdict of a pair; a body that is flagged inconclusive says so."""
    if "inconclusive" in flags and level is refuted is Level.VERY_LOW:
        return Verdict.INCONCLUSIVE
    return verdict(level, refuted)


def claim_certainty(direct: Level, chain: Level, refuted: Level, body: Certainty) -> Certainty:
    """S of a claim: direct evidence beats chains; if it refutes at all, chains do not count."""
    basis = (
        f"S is the higher of direct evidence, {direct.word}, and the best chain, {chain.word}, "
        "where R established is none; else that of direct evidence"
    )
    if refuted is not Level.NONE:
        text = "direct evidence refutes: chains are shown and do not count"
        return Certainty(direct, (*body.reasons, Reason("10", text, basis=basis)))
    if chain > direct:
        text = f"indirect: the best chain reaches {chain.word}"
        return Certainty(chain, (Reason("10", text, int(chain), basis=basis),))
    if direct is Level.NONE:
        text = "no direct evidence and no unbroken chain"
        return Certainty(direct, (Reason("10", text, basis=basis),))
    return Certainty(direct, body.reasons)


# Chains


def _chains(question: Question, kernel: Kernel, sign: int) -> tuple[ChainGrade, ...]:
    """The chains that sources argue, then the best that the search finds beside them."""
    argued = [
        grade
        for chain in question.material.arguments(question.exposure.id, question.targets)
        if (grade := _argued(question, chain, sign))
    ]
    found = [
        grade for turn in (sign, -sign) for grade in _found(question, kernel, turn, sign, argued)
    ]
    return tuple(sorted((*argued, *found), key=rank))


def rank(chain: ChainGrade) -> tuple[object, ...]:
    """Order of chains: those found after those argued, then best first by leximin, then id."""
    levels = [tuple(-n for n in leximin(level[r] for level in _effective(chain))) for r in Reading]
    worth = tuple(-int(chain.certainty[r]) for r in Reading)
    return (chain.found, worth, levels[2], len(chain.links), chain.id)


def _effective(chain: ChainGrade) -> tuple[Readings[Level], ...]:
    return tuple(link.effective for link in chain.links)


def _argued(question: Question, chain: ArgumentChain, sign: int) -> ChainGrade | None:
    """A source's chain as links of the question; None where a step is not part of it."""
    links: list[Link] = []
    node = question.exposure.id
    for step in chain.steps:
        if step.kind is StepKind.BRIDGE:
            crossed = question.bridges.get(step.object)
            if crossed is None:
                return None
            if not crossed.requires:
                continue
            key = (node, step.object, crossed.sign)
        else:
            turn = effect_sign(step.predicate, question.base.entity[step.object].better)
            way = question.bridges.get(step.subject)
            tail = step.subject
            if tail in question.base.exposure and way is not None and not way.requires:
                tail, turn = question.exposure.id, (turn or 1) * way.sign
            key = (tail, step.object, turn or 1)
        index = question.index.get(key)
        if index is None:
            return None
        links.append(question.links[index])
        node = step.object
    return graded_chain(tuple(links), sign, chain.id, chain.label, chain.source)


def graded_chain(
    links: tuple[Link, ...],
    sign: int,
    id: str,
    label: str,
    source: str,
    found: bool = False,
    feedback: bool = False,
) -> ChainGrade:
    """The grade of a chain: its weakest link, minus one a leap, never below very low."""
    turn = 1
    for link in links:
        turn *= link.sign
    distance = min(CAP, sum(link.delta for link in links))

    def level(reading: Reading) -> Level:
        lowest = min((link.effective[reading] for link in links), default=Level.NONE)
        return Level(max(1, lowest - distance)) if lowest else Level.NONE

    return ChainGrade(
        id=id,
        label=label,
        source=source,
        links=links,
        sign=turn,
        certainty=Readings.of(level),
        distance=distance,
        ceiling=Level(max(1, Level.HIGH - distance)),
        weakest=weakest(links),
        mechanistic=_chain_mechanistic(links),
        counter=turn != sign,
        found=found,
        feedback=feedback,
    )


def weakest(links: tuple[Link, ...]) -> tuple[int, ...]:
    """Indices of the links that hold a chain down, the one to name first in front.

    These are the links with the least established level. Among them come first those that even
    the best case cannot carry beyond low, then steps that no source states, then the rest.
    """
    if not links:
        return ()
    least = min(link.effective.established for link in links)

    def order(i: int) -> tuple[int, bool, int, int]:
        link = links[i]
        best = int(link.effective.best_case)
        named = best if best <= Level.LOW else int(Level.HIGH) + 1
        return (named, link.kind is not LinkKind.IMPLICIT, int(link.effective.as_described), i)

    held = [i for i, link in enumerate(links) if link.effective.established == least]
    return tuple(sorted(held, key=order))


def _chain_mechanistic(links: tuple[Link, ...]) -> Mechanistic:
    """Minimum of the links, minus one as no event is known to be essential; floor 1."""
    lowest = min((link.mechanistic for link in links), default=Mechanistic.NONE)
    if lowest is Mechanistic.NONE:
        return lowest
    return Mechanistic(max(1, lowest - 1)) if len(links) > 1 else lowest


def _essence(links: Iterable[Link]) -> tuple[str, ...]:
    """What a chain says without its definitional ends, to recognise it."""
    return tuple(link.id for link in links if link.kind is not LinkKind.DEFINITIONAL)


def _found(
    question: Question, kernel: Kernel, turn: int, sign: int, argued: list[ChainGrade]
) -> list[ChainGrade]:
    """For each reading the best chain of a sign, where no chain that is argued does as well."""
    found: dict[tuple[str, ...], ChainGrade] = {}
    standing = [c for c in argued if c.sign == turn]
    name = "found-pro" if turn == sign else "found-con"
    for reading in reversed(Reading):
        best = _best(question, kernel, turn, reading)
        if best is None or all(question.own(question.links[k]) for k in best.keys):
            continue
        links = tuple(question.links[k] for k in best.keys)
        id = name if not found else f"{name}-{len(found) + 1}"
        grade = graded_chain(links, sign, id, "found by search", "", True, not best.simple)
        rivals = (*standing, *found.values())
        if all(grade.certainty[reading] > rival.certainty[reading] for rival in rivals):
            found[_essence(links)] = grade
    return list(found.values())


def _best(question: Question, kernel: Kernel, turn: int, reading: Reading) -> Path | None:
    """The best simple chain, or a better one that comes back to a node (a feedback loop)."""
    graph = question.graph(reading)
    if not kernel.frontiers(graph)[turn]:
        return None
    simple = max(simple_paths(graph, turn), key=merit, default=None)
    if simple is not None:
        reached = merit(simple)[0]
        if reached >= value(kernel.frontiers(graph)[turn]):
            return Path(tuple(arc.key for arc in simple))
    return kernel.witness(graph, turn)


# Wording


def pair_claims(
    material: Material, exposure: str, targets: frozenset[str], sign: int
) -> tuple[Claim, ...]:
    """Claims that say the exposure changes one of the targets with this sign."""
    return tuple(
        claim
        for claim in material.claims
        if claim.proposition.subject == exposure
        and claim.proposition.object in targets
        and material.sign(claim.proposition.predicate, claim.proposition.object) == sign
    )


def _wording(material: Material, exposure: Exposure, targets: frozenset[str], sign: int) -> Wording:
    claims = pair_claims(material, exposure.id, targets, sign)
    sigma = max((c.tier for c in claims), default=Tier.NO_CLAIM)
    first = sorted((c for c in claims if c.tier == sigma), key=_prominence)
    return Wording(
        sigma=sigma,
        claims=tuple(c.id for c in claims),
        unhedged=sum(c.tier is Tier.PLAIN for c in claims),
        strongest=first[0].id if first else None,
    )


_PROMINENT = (Role.CONCLUSION, Role.HEADLINE, Role.EVIDENCE_STATEMENT, Role.RESTATEMENT)


def _prominence(claim: Claim) -> tuple[int, int, str]:
    """Sort key: what a text leaves its reader with comes first, its last conclusion."""
    place = _PROMINENT.index(claim.role) if claim.role in _PROMINENT else len(_PROMINENT)
    return (place, -claim.line, claim.id)


def _direct(
    material: Material, ratings: Readings[Rating], evidence: tuple[Evidence, ...]
) -> Direct:
    sources, base = material.sources, material.base
    cited = [
        c
        for c in base.citations
        if c.kind is not CitationKind.APPEAL and (sources is None or c.source in sources)
    ]
    works = {e.work for e in evidence}
    human = {e.work for e in evidence if e.system is System.HUMAN}
    named = {material.work(id) for c in cited for id in (c.id, c.study) if id}
    return Direct(
        ratings=ratings,
        works_cited=len(cited),
        works_measured=len(works & named),
        human_works=len(human & named),
        studies_measured=len(works - named),
        human_studies=len(human - named),
    )


# What would change the grade


def _repair(
    question: Question, kernel: Kernel, sign: int, reading: Reading, direct: Readings[Rating]
) -> tuple[RepairSet, ...]:
    """The fewest links to raise for each level; none where direct evidence keeps chains out."""
    levels = (Level.VERY_LOW, Level.LOW, Level.MODERATE, Level.HIGH)
    if direct.established.refute:
        now = direct[reading].level
        return tuple(RepairSet(level, () if level <= now else None) for level in levels)
    graph = question.graph(reading)
    sets = []
    for level in levels:
        keys = kernel.repair(graph, sign, level)
        ids = None if keys is None else tuple(dict.fromkeys(question.links[k].id for k in keys))
        sets.append(RepairSet(level, ids))
    return tuple(sets)


def _gain(
    question: Question,
    kernel: Kernel,
    sign: int,
    reading: Reading,
    chains: tuple[ChainGrade, ...],
    now: Level,
) -> tuple[Gain, ...]:
    """For each link of a shown chain: the chain value if it were HIGH, minus the value now."""
    if now is Level.NONE and len(kernel.repair(question.graph(reading), sign, 1) or "--") > 1:
        return ()  # every chain has two links without support: raising one lifts none
    shown = {link.id for chain in chains for link in chain.links}
    gains = []
    for i, link in enumerate(question.links):
        if link.id in shown and link.effective[reading] < Level.HIGH and not question.own(link):
            then = value(kernel.frontiers(question.graph(reading, raised=i)).get(sign, ZERO))
            if then > now:
                gains.append(Gain(link.id, then - now))
    return tuple(sorted(gains, key=lambda g: (-g.steps, g.link)))


def _fragility(question: Question, sign: int, kernel: Kernel, level: Level) -> tuple[str, ...]:
    """Studies whose removal lowers the established grade (leave one study out)."""
    material = question.material
    if level is Level.NONE:
        return ()
    rated = [question.direct(sign)[0], *(link.ratings for link in question.links)]
    lineage = {work for ratings in rated for work in ratings.established.works}
    fragile = []
    for study in sorted(lineage & set(material.base.study)):
        less = Material(
            material.base, material.sources, material.choice, material.without | {study}
        )
        asked = Question(less, question.exposure, question.outcome, question.profile)
        if established(asked, sign, kernel) < level:
            fragile.append(study)
    return tuple(fragile)


def established(question: Question, sign: int, kernel: Kernel) -> Level:
    """The established level of a pair alone, without its reports."""
    direct, _ = question.direct(sign)
    chain = value(kernel.frontiers(question.graph(Reading.ESTABLISHED)).get(sign, ZERO))
    refuted = direct.established.refute
    body = direct.established
    return claim_certainty(body.level, chain, refuted, body.support).level
