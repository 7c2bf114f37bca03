"""An outcome as a page shows it: one record of pairs, chains with their breaks, and evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.model import (
    ChainGrade,
    EffectDirection,
    EvidenceBase,
    Level,
    Link,
    LinkKind,
    OutcomeGrade,
    PairGrade,
    Reading,
    Readings,
    Severity,
)
from kg.render import phrasing
from kg.render.grade import context_lines, improvement
from kg.render.thing_links import PageLink, ThingLinks


@dataclass(frozen=True, slots=True)
class LevelBadge:
    """A level as it is shown: its word, its style, and which reading it is of."""

    word: str
    style: str
    of: str = ""


def build_badge(level: Level, reading_word: str = "") -> LevelBadge:
    """The chip of a level."""
    return LevelBadge(level.word, f"level-{level.key}", reading_word)


def build_badges(levels: Readings[Level]) -> list[LevelBadge]:
    """Chips of the three readings."""
    return [build_badge(levels[reading], reading.word) for reading in Reading]


def build_pair_badges(pair: PairGrade) -> list[LevelBadge]:
    """Chips of the three readings of a pair."""
    return build_badges(pair.certainty.map(lambda c: c.level))


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """One step of the audit trail."""

    text: str
    change: str
    rule: str
    subject: PageLink | None


@dataclass(frozen=True, slots=True)
class LinkEvidence:
    """All that is known of one link for the question of one outcome."""

    anchor: str
    subject: PageLink
    object: PageLink
    sign: str
    predicate: str
    kind: str
    status: str
    why: str
    breaks: bool
    chips: list[LevelBadge]
    mechanistic: str
    distance: int
    claims: list[PageLink]
    works: list[PageLink]
    readings: list[tuple[str, LevelBadge, list[ReasonLine]]]


@dataclass(frozen=True, slots=True)
class ChainStepView:
    """One step of a chain as a row shows it."""

    node: str
    mark: str
    chip: LevelBadge
    why: str
    href: str


@dataclass(frozen=True, slots=True)
class ChainRow:
    """A chain as a row of steps."""

    id: str
    label: str
    source: PageLink | None
    start: str
    legs: list[ChainStepView]
    chips: list[LevelBadge]
    counter: bool
    is_by_search: bool
    href: str
    break_text: str


LinkAnchors = Mapping[tuple[str, str, int], str]


@dataclass(frozen=True, slots=True)
class PairSection:
    """One pair on the page."""

    anchor: str
    key: tuple[str, str]
    exposure: PageLink
    sense: str
    question: str
    verdict: str
    style: str
    reason: str
    chips: list[LevelBadge]
    mechanistic: str
    wording: str
    strongest: PageLink | None
    gap: str
    severity: str
    direct: str
    harms: str
    apart: tuple[str, ...]
    is_broken: bool
    weak_at: str
    arguments: str
    chains: list[ChainRow]
    more: int
    repair: str
    settles: str
    rewrite: str


MAX_CHAINS_SHOWN = 12
"""Chains of a pair that are shown at once."""


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """What a page says of an outcome; the pair of the headline comes first."""

    label: str
    definition: str
    population: str
    broader: list[PageLink]
    pairs: list[PairSection]
    links: list[LinkEvidence]
    anchors: LinkAnchors
    counts: str
    provenance: str
    studies: list[tuple[str, str]]
    ungraded: tuple[str, list[str]]
    unsigned_claims: list[PageLink]


def build_outcome_view(
    grade: OutcomeGrade,
    thing_links: ThingLinks,
    reading: Reading = Reading.ESTABLISHED,
    exposure: str | None = None,
) -> OutcomeView:
    """Everything that a page says of the grade of an outcome, in words, links and levels.

    Args:
        grade: the grade.
        thing_links: the base that was graded, and where its things have their pages.
        reading: whose levels the chains show.
        exposure: only pairs of this exposure.
    """
    base = thing_links.base
    entity = base.entity[grade.outcome]
    pairs = sort_pairs(grade, exposure)
    anchors = number_links(pairs)
    return OutcomeView(
        label=base.get_label(entity.id),
        definition=entity.definition,
        population=phrasing.find_population(grade, base),
        broader=[thing_links.link_node(b) for b in entity.broader],
        pairs=[_build_pair_section(thing_links, p, reading, anchors) for p in pairs],
        links=list_link_evidence(thing_links, pairs, anchors),
        anchors=anchors,
        counts=phrasing.describe_counts(grade),
        # every page says the caveat
        provenance=phrasing.describe_provenance(grade.base).removesuffix(
            f" {phrasing.GRADE_CAVEAT}"
        ),
        studies=_list_removable_studies(base, grade),
        ungraded=phrasing.describe_ungraded(grade, base),
        unsigned_claims=[
            thing_links.link_claim(claim.id) for claim in phrasing.list_unsigned_claims(grade, base)
        ],
    )


def sort_pairs(grade: OutcomeGrade, exposure: str | None = None) -> list[PairGrade]:
    """The pairs in the order in which the page has them: the headline, then the widest gaps."""
    headline_pair = phrasing.choose_headline(grade, exposure)
    other_pairs = [
        p for p in grade.pairs if exposure in (None, p.exposure) and p is not headline_pair
    ]
    return [
        *([headline_pair] if headline_pair else []),
        *sorted(other_pairs, key=rank_by_gap, reverse=True),
    ]


def _build_pair_section(
    thing_links: ThingLinks,
    pair: PairGrade,
    reading: Reading,
    places: LinkAnchors,
) -> PairSection:
    base = thing_links.base
    chains = [
        build_chain_row(thing_links, c, pair, reading, places)
        for c in (*sorted(pair.chains, key=lambda c: c.found), *pair.counter_chains)
    ]
    strongest = pair.wording.strongest
    return PairSection(
        anchor=format_pair_anchor(pair),
        key=(pair.exposure, pair.sense.value),
        exposure=thing_links.link_node(pair.exposure),
        sense=pair.sense.value,
        question=phrasing.format_question(pair, base),
        verdict=phrasing.describe_verdict(pair, base),
        style=f"verdict-{pair.verdict.value}",
        reason=phrasing.explain_verdict(pair, base),
        chips=build_pair_badges(pair),
        mechanistic=pair.mechanistic.word,
        wording=phrasing.describe_wording(pair, base),
        strongest=thing_links.link_claim(strongest) if strongest else None,
        gap=phrasing.describe_gap(pair) if pair.wording.claims else "no source words it",
        severity=pair.severity.word if pair.wording.claims else "none",
        direct=phrasing.describe_direct(pair, base),
        harms=context_lines.describe_harms(pair, base),
        apart=context_lines.describe_origins(pair),
        is_broken=pair.conclusion.direction is EffectDirection.ARGUMENT_BREAKS,
        weak_at=next((leg.href for c in chains for leg in c.legs if leg.mark == "break"), ""),
        arguments=_count_arguments(pair),
        chains=chains[:MAX_CHAINS_SHOWN],
        more=max(0, len(chains) - MAX_CHAINS_SHOWN),
        repair=improvement.describe_chain_repairs(pair, reading),
        settles=improvement.describe_direct_repair(pair, base),
        rewrite=pair.rewrite,
    )


def _count_arguments(pair: PairGrade) -> str:
    """How many chains there are, for and against."""
    against = len(pair.counter_chains)
    chain_count = phrasing.format_count(len(pair.chains), "chain")
    return f"{chain_count}, and {against} to the opposite effect" if against else chain_count


def _list_removable_studies(base: EvidenceBase, grade: OutcomeGrade) -> list[tuple[str, str]]:
    """Studies that a what-if may remove: those that bear on this outcome."""
    links = (k for p in grade.pairs for c in (*p.chains, *p.counter_chains) for k in c.links)
    direct = (w for p in grade.pairs for r in p.direct.ratings for w in r.works)
    works = {w for link in links for r in link.ratings for w in r.works} | set(direct)
    study_by_id = base.study
    study_ids = sorted(works & study_by_id.keys())
    return [(f"study:{w}", f"{study_by_id[w].title} ({study_by_id[w].year})") for w in study_ids]


def number_links(pairs: Iterable[PairGrade]) -> dict[tuple[str, str, int], str]:
    """Places on the page for the evidence on each link, by subject, object and sign."""
    anchors_by_link: dict[tuple[str, str, int], str] = {}
    for link in _iterate_links(pairs):
        key = (link.subject, link.object, link.sign)
        anchors_by_link.setdefault(key, f"#link-{len(anchors_by_link) + 1}")
        evidence_key = (link.evidence_from or link.subject, link.object, link.sign)
        anchors_by_link.setdefault(evidence_key, anchors_by_link[key])
    return anchors_by_link


def list_link_evidence(
    thing_links: ThingLinks, pairs: Iterable[PairGrade], places: LinkAnchors
) -> list[LinkEvidence]:
    """The evidence on each link, in the order of the chains."""
    listed_pairs = list(pairs)
    breaks = {
        (c.links[n].subject, c.links[n].object, c.links[n].sign)
        for p in listed_pairs
        for c in (*p.chains, *p.counter_chains)
        for n in c.weakest[:1]
        if n < len(c.links)
    }
    evidence_by_anchor: dict[str, LinkEvidence] = {}
    for link in _iterate_links(listed_pairs):
        key = (link.subject, link.object, link.sign)
        if places[key] not in evidence_by_anchor:
            evidence_by_anchor[places[key]] = _build_link_evidence(
                thing_links, link, places[key], key in breaks
            )
    return list(evidence_by_anchor.values())


def _iterate_links(pairs: Iterable[PairGrade]) -> Iterable[Link]:
    return (link for p in pairs for c in (*p.chains, *p.counter_chains) for link in c.links)


def _build_link_evidence(
    thing_links: ThingLinks, link: Link, place: str, is_break: bool
) -> LinkEvidence:
    base = thing_links.base
    works = dict.fromkeys(w for rating in link.ratings for w in rating.works)
    return LinkEvidence(
        anchor=place.removeprefix("#"),
        subject=thing_links.link_node(link.subject),
        object=thing_links.link_node(link.object),
        sign="raises" if link.sign > 0 else "lowers",
        predicate=link.predicate.value.replace("-", " "),
        kind=link.kind.value,
        status=link.status.value,
        why=phrasing.explain_weakness(link)
        if link.kind is not LinkKind.DEFINITIONAL
        else "by definition",
        breaks=is_break,
        chips=build_badges(link.effective),
        mechanistic=link.mechanistic.word,
        distance=link.delta,
        claims=[thing_links.link_claim(thing_id) for thing_id in link.claims],
        works=[thing_links.link_work(thing_id) for thing_id in works],
        readings=[
            (
                reading.word,
                build_badge(link.effective[reading]),
                [
                    ReasonLine(
                        reason.text,
                        f"{reason.change:+d}" if reason.change else "",
                        reason.rule,
                        thing_links.link_work(reason.subject)
                        if reason.subject in base.study or reason.subject in base.citation
                        else None,
                    )
                    for reason in link.ratings[reading].support.reasons
                ],
            )
            for reading in Reading
        ],
    )


def build_chain_row(
    thing_links: ThingLinks,
    chain: ChainGrade,
    pair: PairGrade,
    reading: Reading,
    places: LinkAnchors,
) -> ChainRow:
    """A chain as a row of steps, the one where it breaks first marked."""
    base = thing_links.base
    legs = phrasing.list_chain_steps(chain, pair.outcome, base, reading)
    step_views = [
        ChainStepView(
            chain_leg.node,
            chain_leg.mark.replace(" ", "-"),
            build_badge(chain_leg.level),
            chain_leg.reason,
            places.get((chain_leg.link.subject, chain_leg.link.object, chain_leg.link.sign), ""),
        )
        for chain_leg in legs
    ]
    first = next((chain_leg for chain_leg in step_views if chain_leg.mark == "break"), None)
    source = base.source.get(chain.source)
    return ChainRow(
        id=chain.id,
        label=chain.label,
        source=PageLink(source.title, thing_links.locate("source", source.id)) if source else None,
        start=base.get_label(chain.links[0].subject if chain.links else pair.exposure),
        legs=step_views,
        chips=build_badges(chain.certainty),
        counter=chain.counter,
        is_by_search=chain.found,
        href="" if chain.found else thing_links.locate("chain", chain.id),
        break_text=f"breaks at “{first.node}”: {first.why}" if first else "",
    )


def format_pair_anchor(pair: PairGrade) -> str:
    """The id of a pair on the page of its outcome."""
    return f"pair-{pair.exposure}-{pair.sense}"


def rank_by_gap(pair: PairGrade) -> tuple[Severity, int, int, str]:
    """Sorts pairs by how far their wording outruns the evidence."""
    claim_count = len(pair.wording.claims)
    severity = pair.severity if claim_count else Severity.NONE
    return (severity, pair.gap if claim_count else 0, claim_count, pair.id)
