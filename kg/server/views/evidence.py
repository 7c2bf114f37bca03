"""The evidence on each link of an outcome, and its chains as rows of steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.model import ChainGrade, Link, LinkKind, PairGrade, Reading
from kg.render import words
from kg.server.links import Ref
from kg.server.views.shelf import Chip, Shelf, chip, chips


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """One step of the audit trail."""

    text: str
    change: str
    rule: str
    subject: Ref | None


@dataclass(frozen=True, slots=True)
class Piece:
    """All that is known of one link for the question of one outcome."""

    anchor: str
    subject: Ref
    object: Ref
    sign: str
    predicate: str
    kind: str
    status: str
    why: str
    breaks: bool
    chips: list[Chip]
    mechanistic: str
    distance: int
    claims: list[Ref]
    works: list[Ref]
    readings: list[tuple[str, Chip, list[ReasonLine]]]


@dataclass(frozen=True, slots=True)
class Leg:
    """One step of a chain as a row shows it."""

    node: str
    mark: str
    chip: Chip
    why: str
    href: str


@dataclass(frozen=True, slots=True)
class ChainRow:
    """A chain as a row of steps."""

    id: str
    label: str
    source: Ref | None
    start: str
    legs: list[Leg]
    chips: list[Chip]
    counter: bool
    found: bool
    href: str
    broken: str


Anchors = Mapping[tuple[str, str, int], str]


def anchors(pairs: Iterable[PairGrade]) -> dict[tuple[str, str, int], str]:
    """Places on the page for the evidence on each link, by subject, object and sign."""
    found: dict[tuple[str, str, int], str] = {}
    for link in _links(pairs):
        key = (link.subject, link.object, link.sign)
        found.setdefault(key, f"#link-{len(found) + 1}")
        tail = (link.evidence_from or link.subject, link.object, link.sign)
        found.setdefault(tail, found[key])
    return found


def pieces(shelf: Shelf, pairs: Iterable[PairGrade], places: Anchors) -> list[Piece]:
    """The evidence on each link, in the order of the chains."""
    kept = list(pairs)
    breaks = {
        (c.links[n].subject, c.links[n].object, c.links[n].sign)
        for p in kept
        for c in (*p.chains, *p.counter_chains)
        for n in c.weakest[:1]
        if n < len(c.links)
    }
    seen: dict[str, Piece] = {}
    for link in _links(kept):
        key = (link.subject, link.object, link.sign)
        if places[key] not in seen:
            seen[places[key]] = _piece(shelf, link, places[key], key in breaks)
    return list(seen.values())


def _links(pairs: Iterable[PairGrade]) -> Iterable[Link]:
    return (link for p in pairs for c in (*p.chains, *p.counter_chains) for link in c.links)


def _piece(shelf: Shelf, link: Link, place: str, breaks: bool) -> Piece:
    works = dict.fromkeys(w for rating in link.ratings for w in rating.works)
    return Piece(
        anchor=place.removeprefix("#"),
        subject=shelf.node(link.subject),
        object=shelf.node(link.object),
        sign="raises" if link.sign > 0 else "lowers",
        predicate=link.predicate.value.replace("-", " "),
        kind=link.kind.value,
        status=link.status.value,
        why=words.why(link) if link.kind is not LinkKind.DEFINITIONAL else "by definition",
        breaks=breaks,
        chips=chips(link.effective),
        mechanistic=link.mechanistic.word,
        distance=link.delta,
        claims=[shelf.claim(id) for id in link.claims],
        works=[shelf.work(id) for id in works],
        readings=[
            (
                reading.word,
                chip(link.effective[reading]),
                [
                    ReasonLine(
                        reason.text,
                        f"{reason.change:+d}" if reason.change else "",
                        reason.rule,
                        shelf.work(reason.subject) if reason.subject in _known(shelf) else None,
                    )
                    for reason in link.ratings[reading].support.reasons
                ],
            )
            for reading in Reading
        ],
    )


def _known(shelf: Shelf) -> set[str]:
    return shelf.base.study.keys() | shelf.base.citation.keys()


def chain_row(
    shelf: Shelf, chain: ChainGrade, pair: PairGrade, reading: Reading, places: Anchors
) -> ChainRow:
    """A chain as a row of steps, the one where it breaks first marked."""
    base = shelf.base
    legs = words.legs(chain, pair.outcome, base, reading)
    shown = [
        Leg(
            leg.node,
            leg.mark.replace(" ", "-"),
            chip(leg.level),
            leg.reason,
            places.get((leg.link.subject, leg.link.object, leg.link.sign), ""),
        )
        for leg in legs
    ]
    first = next((leg for leg in shown if leg.mark == "break"), None)
    source = base.source.get(chain.source)
    return ChainRow(
        id=chain.id,
        label=chain.label,
        source=Ref(source.title, shelf.to.thing("source", source.id)) if source else None,
        start=base.label(chain.links[0].subject if chain.links else pair.exposure),
        legs=shown,
        chips=chips(chain.certainty),
        counter=chain.counter,
        found=chain.found,
        href="" if chain.found else shelf.to.thing("chain", chain.id),
        broken=f"breaks at “{first.node}”: {first.why}" if first else "",
    )
