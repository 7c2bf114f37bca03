"""A question answered: verdict, chains with their break, repair, gain, fragility, wording."""

from __future__ import annotations

from collections.abc import Iterable

from kg.grading.evidence import Evidence
from kg.grading.evidence_index import EvidenceIndex
from kg.grading.profiles import Profile
from kg.grading.question import Question
from kg.grading.wording import choose_verdict_word, compute_wording_gap, rate_gap, rewrite_claim
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
    find_effect_sign,
    is_benefit,
)
from kg.search.algebra import CAP, ZERO, leximin, value
from kg.search.graph import ArcPath, Kernel
from kg.search.simple_paths import iterate_simple_paths, score_path


def grade_pair(
    material: EvidenceIndex,
    exposure: Exposure,
    outcome: Entity,
    sign: int,
    profile: Profile,
    kernel: Kernel,
) -> PairGrade:
    """Everything grading has to say about one exposure, one outcome and one sign."""
    question = Question(material, exposure, outcome, profile)
    direct, evidence = question.rate_direct_evidence(sign)
    refuted = direct.established.refute
    frontiers = {r: kernel.find_frontiers(question.build_graph(r)) for r in Reading}
    chain_level = Readings.compute(lambda r: value(frontiers[r].get(sign, ZERO)))
    certainty = Readings.compute(
        lambda r: combine_claim_certainty(
            direct[r].level, chain_level[r], refuted, direct[r].support
        )
    )
    chains = _collect_chains(question, kernel, sign)
    wording = _summarise_wording(material, exposure, question.target_ids, sign)
    level = certainty.established.level
    gap = compute_wording_gap(wording.sigma, level, profile)
    best = certainty.best_case.level
    benefit = is_benefit(sign, outcome.better)
    pro = tuple(c for c in chains if not c.counter)
    return PairGrade(
        exposure=exposure.id,
        outcome=outcome.id,
        sense=classify_sense(benefit, sign),
        sign=sign,
        certainty=certainty,
        refuted_by=refuted,
        mechanistic=max((c.mechanistic for c in pro), default=Mechanistic.NONE),
        verdict=choose_pair_verdict(level, refuted, direct.established.flags),
        indirect=chain_level.established > direct.established.level,
        wording=wording,
        gap=gap,
        gap_best=compute_wording_gap(wording.sigma, best, profile),
        severity=rate_gap(gap, profile),
        direct=_summarise_direct_evidence(material, direct, evidence),
        chains=pro,
        counter_chains=tuple(c for c in chains if c.counter),
        repair=Readings.compute(lambda r: _find_repair_sets(question, kernel, sign, r, direct)),
        fragility=_find_fragile_studies(question, sign, kernel, level),
        gain=Readings.compute(
            lambda r: (
                () if refuted else _compute_gains(question, kernel, sign, r, pro, chain_level[r])
            )
        ),
        rewrite=rewrite_claim(
            exposure.label, outcome, sign, level, refuted, bool(direct.as_described.works)
        ),
        flags=direct.established.flags,
    )


def classify_sense(benefit: bool | None, sign: int) -> Sense:
    """Benefit or harm, or a change that is neither."""
    if benefit is None:
        return Sense.INCREASE if sign > 0 else Sense.DECREASE
    return Sense.BENEFIT if benefit else Sense.HARM


def choose_pair_verdict(level: Level, refuted: Level, flags: tuple[str, ...]) -> Verdict:
    """Verdict of a pair; a body that is flagged inconclusive says so."""
    if "inconclusive" in flags and level is refuted is Level.VERY_LOW:
        return Verdict.INCONCLUSIVE
    return choose_verdict_word(level, refuted)


def combine_claim_certainty(
    direct: Level, chain: Level, refuted: Level, body: Certainty
) -> Certainty:
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


def _collect_chains(question: Question, kernel: Kernel, sign: int) -> tuple[ChainGrade, ...]:
    """The chains that sources argue, then the best that the search finds beside them."""
    argued = [
        grade
        for chain in question.evidence_index.find_arguments(
            question.exposure.id, question.target_ids
        )
        if (grade := _grade_argued_chain(question, chain, sign))
    ]
    better_chains = [
        grade
        for turn in (sign, -sign)
        for grade in _search_better_chains(question, kernel, turn, sign, argued)
    ]
    return tuple(sorted((*argued, *better_chains), key=rank_chain))


def rank_chain(chain: ChainGrade) -> tuple[object, ...]:
    """Order of chains: those found after those argued, then best first by leximin, then id."""
    levels = [
        tuple(-n for n in leximin(level[r] for level in _list_effective_levels(chain)))
        for r in Reading
    ]
    worth = tuple(-int(chain.certainty[r]) for r in Reading)
    return (chain.found, worth, levels[2], len(chain.links), chain.id)


def _list_effective_levels(chain: ChainGrade) -> tuple[Readings[Level], ...]:
    return tuple(link.effective for link in chain.links)


def _grade_argued_chain(question: Question, chain: ArgumentChain, sign: int) -> ChainGrade | None:
    """A source's chain as links of the question; None where a step is not part of it."""
    links: list[Link] = []
    node = question.exposure.id
    for step in chain.steps:
        if step.kind is StepKind.BRIDGE:
            crossed = question.bridge_by_exposure.get(step.object)
            if crossed is None:
                return None
            if not crossed.required_links:
                continue
            key = (node, step.object, crossed.sign)
        else:
            step_sign = find_effect_sign(step.predicate, question.base.entity[step.object].better)
            exposure_bridge_from_step = question.bridge_by_exposure.get(step.subject)
            tail = step.subject
            if (
                tail in question.base.exposure
                and exposure_bridge_from_step is not None
                and not exposure_bridge_from_step.required_links
            ):
                tail, step_sign = (
                    question.exposure.id,
                    (step_sign or 1) * exposure_bridge_from_step.sign,
                )
            key = (tail, step.object, step_sign or 1)
        index = question.link_index_by_key.get(key)
        if index is None:
            return None
        links.append(question.links[index])
        node = step.object
    return grade_chain(tuple(links), sign, chain.id, chain.label, chain.source)


def grade_chain(
    links: tuple[Link, ...],
    sign: int,
    chain_id: str,
    label: str,
    source: str,
    is_found: bool = False,
    feedback: bool = False,
) -> ChainGrade:
    """The grade of a chain: its weakest link, minus one a leap, never below very low."""
    turn = 1
    for link in links:
        turn *= link.sign
    distance = min(CAP, sum(link.delta for link in links))

    def compute_level(reading: Reading) -> Level:
        lowest = min((link.effective[reading] for link in links), default=Level.NONE)
        return Level(max(1, lowest - distance)) if lowest else Level.NONE

    return ChainGrade(
        id=chain_id,
        label=label,
        source=source,
        links=links,
        sign=turn,
        certainty=Readings.compute(compute_level),
        distance=distance,
        ceiling=Level(max(1, Level.HIGH - distance)),
        weakest=find_weakest_links(links),
        mechanistic=_rate_chain_mechanism(links),
        counter=turn != sign,
        found=is_found,
        feedback=feedback,
    )


def find_weakest_links(links: tuple[Link, ...]) -> tuple[int, ...]:
    """Indices of the links that hold a chain down, the one to name first in front.

    These are the links with the least established level. Among them come first those that even
    the best case cannot carry beyond low, then steps that no source states, then the rest.
    """
    if not links:
        return ()
    lowest_level = min(link.effective.established for link in links)

    def build_sort_key(i: int) -> tuple[int, bool, int, int]:
        link = links[i]
        best = int(link.effective.best_case)
        naming_rank = best if best <= Level.LOW else int(Level.HIGH) + 1
        return (
            naming_rank,
            link.kind is not LinkKind.IMPLICIT,
            int(link.effective.as_described),
            i,
        )

    weakest_indexes = [
        i for i, link in enumerate(links) if link.effective.established == lowest_level
    ]
    return tuple(sorted(weakest_indexes, key=build_sort_key))


def _rate_chain_mechanism(links: tuple[Link, ...]) -> Mechanistic:
    """Minimum of the links, minus one as no event is known to be essential; floor 1."""
    lowest = min((link.mechanistic for link in links), default=Mechanistic.NONE)
    if lowest is Mechanistic.NONE:
        return lowest
    return Mechanistic(max(1, lowest - 1)) if len(links) > 1 else lowest


def _identify_chain(links: Iterable[Link]) -> tuple[str, ...]:
    """What a chain says without its definitional ends, to recognise it."""
    return tuple(link.id for link in links if link.kind is not LinkKind.DEFINITIONAL)


def _search_better_chains(
    question: Question, kernel: Kernel, turn: int, sign: int, argued: list[ChainGrade]
) -> list[ChainGrade]:
    """For each reading the best chain of a sign, where no chain that is argued does as well."""
    better_chains: dict[tuple[str, ...], ChainGrade] = {}
    standing = [c for c in argued if c.sign == turn]
    id_prefix = "found-pro" if turn == sign else "found-con"
    for reading in reversed(Reading):
        best_path = _find_best_path(question, kernel, turn, reading)
        if best_path is None or all(
            question.is_own_link(question.links[k]) for k in best_path.keys
        ):
            continue
        links = tuple(question.links[k] for k in best_path.keys)
        chain_id = id_prefix if not better_chains else f"{id_prefix}-{len(better_chains) + 1}"
        grade = grade_chain(
            links, sign, chain_id, "found by search", "", True, not best_path.is_simple
        )
        rivals = (*standing, *better_chains.values())
        if all(grade.certainty[reading] > rival.certainty[reading] for rival in rivals):
            better_chains[_identify_chain(links)] = grade
    return list(better_chains.values())


def _find_best_path(
    question: Question, kernel: Kernel, turn: int, reading: Reading
) -> ArcPath | None:
    """The best simple chain, or a better one that comes back to a node (a feedback loop)."""
    graph = question.build_graph(reading)
    if not kernel.find_frontiers(graph)[turn]:
        return None
    simple = max(iterate_simple_paths(graph, turn), key=score_path, default=None)
    if simple is not None:
        reached_value = score_path(simple)[0]
        if reached_value >= value(kernel.find_frontiers(graph)[turn]):
            return ArcPath(tuple(arc.key for arc in simple))
    return kernel.find_best_path(graph, turn)


# Wording


def find_pair_claims(
    material: EvidenceIndex, exposure: str, targets: frozenset[str], sign: int
) -> tuple[Claim, ...]:
    """Claims that say the exposure changes one of the targets with this sign."""
    return tuple(
        claim
        for claim in material.claims
        if claim.proposition.subject == exposure
        and claim.proposition.object in targets
        and material.find_sign(claim.proposition.predicate, claim.proposition.object) == sign
    )


def _summarise_wording(
    material: EvidenceIndex, exposure: Exposure, targets: frozenset[str], sign: int
) -> Wording:
    claims = find_pair_claims(material, exposure.id, targets, sign)
    sigma = max((c.tier for c in claims), default=Tier.NO_CLAIM)
    first = sorted((c for c in claims if c.tier == sigma), key=_rank_prominence)
    return Wording(
        sigma=sigma,
        claims=tuple(c.id for c in claims),
        unhedged=sum(c.tier is Tier.PLAIN for c in claims),
        strongest=first[0].id if first else None,
    )


_ROLES_BY_PROMINENCE = (Role.CONCLUSION, Role.HEADLINE, Role.EVIDENCE_STATEMENT, Role.RESTATEMENT)


def _rank_prominence(claim: Claim) -> tuple[int, int, str]:
    """Sort key: what a text leaves its reader with comes first, its last conclusion."""
    role_rank = (
        _ROLES_BY_PROMINENCE.index(claim.role)
        if claim.role in _ROLES_BY_PROMINENCE
        else len(_ROLES_BY_PROMINENCE)
    )
    return (role_rank, -claim.line, claim.id)


def _summarise_direct_evidence(
    material: EvidenceIndex, ratings: Readings[Rating], evidence: tuple[Evidence, ...]
) -> Direct:
    sources, base = material.sources, material.base
    source_citations = [
        c
        for c in base.citations
        if c.kind is not CitationKind.APPEAL and (sources is None or c.source in sources)
    ]
    work_ids = {e.work for e in evidence}
    human = {e.work for e in evidence if e.system is System.HUMAN}
    cited_work_ids = {
        material.resolve_work(record_id)
        for c in source_citations
        for record_id in (c.id, c.study)
        if record_id
    }
    return Direct(
        ratings=ratings,
        works_cited=len(source_citations),
        works_measured=len(work_ids & cited_work_ids),
        human_works=len(human & cited_work_ids),
        studies_measured=len(work_ids - cited_work_ids),
        human_studies=len(human - cited_work_ids),
    )


# What would change the grade


def _find_repair_sets(
    question: Question, kernel: Kernel, sign: int, reading: Reading, direct: Readings[Rating]
) -> tuple[RepairSet, ...]:
    """The fewest links to raise for each level; none where direct evidence keeps chains out."""
    levels = (Level.VERY_LOW, Level.LOW, Level.MODERATE, Level.HIGH)
    if direct.established.refute:
        current_level = direct[reading].level
        return tuple(RepairSet(level, () if level <= current_level else None) for level in levels)
    graph = question.build_graph(reading)
    sets = []
    for level in levels:
        keys = kernel.find_repair(graph, sign, level)
        ids = None if keys is None else tuple(dict.fromkeys(question.links[k].id for k in keys))
        sets.append(RepairSet(level, ids))
    return tuple(sets)


def _compute_gains(
    question: Question,
    kernel: Kernel,
    sign: int,
    reading: Reading,
    chains: tuple[ChainGrade, ...],
    current_level: Level,
) -> tuple[Gain, ...]:
    """For each link of a shown chain: the chain value if it were HIGH, minus the value now."""
    if (
        current_level is Level.NONE
        and len(kernel.find_repair(question.build_graph(reading), sign, 1) or "--") > 1
    ):
        return ()  # every chain has two links without support: raising one lifts none
    chain_link_ids = {link.id for chain in chains for link in chain.links}
    gains = []
    for link_index, link in enumerate(question.links):
        if (
            link.id in chain_link_ids
            and link.effective[reading] < Level.HIGH
            and not question.is_own_link(link)
        ):
            raised_level = value(
                kernel.find_frontiers(question.build_graph(reading, raised_index=link_index)).get(
                    sign, ZERO
                )
            )
            if raised_level > current_level:
                gains.append(Gain(link.id, raised_level - current_level))
    return tuple(sorted(gains, key=lambda g: (-g.steps, g.link)))


def _find_fragile_studies(
    question: Question, sign: int, kernel: Kernel, level: Level
) -> tuple[str, ...]:
    """Studies whose removal lowers the established grade (leave one study out)."""
    material = question.evidence_index
    if level is Level.NONE:
        return ()
    body_ratings = [
        question.rate_direct_evidence(sign)[0],
        *(link.ratings for link in question.links),
    ]
    work_ids = {work for ratings in body_ratings for work in ratings.established.works}
    fragile = []
    for study in sorted(work_ids & set(material.base.study)):
        less = EvidenceIndex(
            material.base, material.sources, material.choice, material.excluded_works | {study}
        )
        reduced_question = Question(less, question.exposure, question.outcome, question.profile)
        if compute_established_level(reduced_question, sign, kernel) < level:
            fragile.append(study)
    return tuple(fragile)


def compute_established_level(question: Question, sign: int, kernel: Kernel) -> Level:
    """The established level of a pair alone, without its reports."""
    direct, _ = question.rate_direct_evidence(sign)
    chain = value(kernel.find_frontiers(question.build_graph(Reading.ESTABLISHED)).get(sign, ZERO))
    refuted = direct.established.refute
    body = direct.established
    return combine_claim_certainty(body.level, chain, refuted, body.support).level
