"""The evidence on each link of an outcome, and its chains as rows of steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.model import ChainGrade, Link, LinkKind, PairGrade, Reading
from kg.render import phrasing
from kg.server.views.page_context import LevelBadge, PageContext, build_badge, build_badges
from kg.server.views.page_links import PageLink


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
    page_context: PageContext, pairs: Iterable[PairGrade], places: LinkAnchors
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
                page_context, link, places[key], key in breaks
            )
    return list(evidence_by_anchor.values())


def _iterate_links(pairs: Iterable[PairGrade]) -> Iterable[Link]:
    return (link for p in pairs for c in (*p.chains, *p.counter_chains) for link in c.links)


def _build_link_evidence(
    page_context: PageContext, link: Link, place: str, is_break: bool
) -> LinkEvidence:
    works = dict.fromkeys(w for rating in link.ratings for w in rating.works)
    return LinkEvidence(
        anchor=place.removeprefix("#"),
        subject=page_context.link_node(link.subject),
        object=page_context.link_node(link.object),
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
        claims=[page_context.link_claim(thing_id) for thing_id in link.claims],
        works=[page_context.link_work(thing_id) for thing_id in works],
        readings=[
            (
                reading.word,
                build_badge(link.effective[reading]),
                [
                    ReasonLine(
                        reason.text,
                        f"{reason.change:+d}" if reason.change else "",
                        reason.rule,
                        page_context.link_work(reason.subject)
                        if reason.subject in _list_known_works(page_context)
                        else None,
                    )
                    for reason in link.ratings[reading].support.reasons
                ],
            )
            for reading in Reading
        ],
    )


def _list_known_works(page_context: PageContext) -> set[str]:
    return page_context.base.study.keys() | page_context.base.citation.keys()


def build_chain_row(
    page_context: PageContext,
    chain: ChainGrade,
    pair: PairGrade,
    reading: Reading,
    places: LinkAnchors,
) -> ChainRow:
    """A chain as a row of steps, the one where it breaks first marked."""
    base = page_context.base
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
        source=PageLink(source.title, page_context.page_links.thing("source", source.id))
        if source
        else None,
        start=base.get_label(chain.links[0].subject if chain.links else pair.exposure),
        legs=step_views,
        chips=build_badges(chain.certainty),
        counter=chain.counter,
        is_by_search=chain.found,
        href="" if chain.found else page_context.page_links.thing("chain", chain.id),
        break_text=f"breaks at “{first.node}”: {first.why}" if first else "",
    )
