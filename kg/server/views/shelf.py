"""What a view is given, and the small parts that pages share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from kg.model import (
    Diagnostic,
    EvidenceBase,
    Level,
    PairGrade,
    Reading,
    Readings,
    Result,
    Severity,
    Verdict,
)
from kg.render import words
from kg.server.library import Library
from kg.server.links import Links, Ref

Values = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Shelf:
    """The library and where links lead."""

    library: Library
    to: Links

    @property
    def base(self) -> EvidenceBase:
        """The base."""
        return self.library.base

    def node(self, id: str) -> Ref:
        """A reference to an entity or exposure."""
        section = "exposure" if id in self.base.exposure else "entity"
        return Ref(self.base.label(id), self.to.thing(section, id))

    def work(self, id: str) -> Ref:
        """A reference to a study, or to a citation of one."""
        if id in self.base.study:
            study = self.base.study[id]
            return Ref(f"{study.title} ({study.year})", self.to.thing("study", id))
        if id in self.base.citation:
            return Ref(citation_words(self.base, id), self.to.thing("citation", id))
        return Ref(id, "")

    def claim(self, id: str) -> Ref:
        """A reference to a claim, by what it says."""
        claim = self.base.claim.get(id)
        return Ref(claim.paraphrase or id if claim else id, self.to.thing("claim", id))

    def subject(self, id: str) -> Ref:
        """A reference to whatever a diagnostic is about."""
        sections = {
            "claim": self.base.claim,
            "citation": self.base.citation,
            "study": self.base.study,
            "chain": self.base.chain,
            "source": self.base.source,
        }
        for section, known in sections.items():
            if id in known:
                return Ref(id, self.to.thing(section, id))
        return Ref(id, "")


@dataclass(frozen=True, slots=True)
class Chip:
    """A level as it is shown: its word, its style, and which reading it is of."""

    word: str
    style: str
    of: str = ""


def chip(level: Level, of: str = "") -> Chip:
    """The chip of a level."""
    return Chip(level.word, f"level-{level.key}", of)


def chips(levels: Readings[Level]) -> list[Chip]:
    """Chips of the three readings."""
    return [chip(levels[reading], reading.word) for reading in Reading]


def pair_chips(pair: PairGrade) -> list[Chip]:
    """Chips of the three readings of a pair."""
    return chips(pair.certainty.map(lambda c: c.level))


def citation_words(base: EvidenceBase, id: str) -> str:
    """What a text prints of a work."""
    c = base.citation[id]
    named = ", ".join(str(part) for part in (c.authors, c.title, c.journal, c.year) if part)
    return named or id


@dataclass(frozen=True, slots=True)
class Flag:
    """A weak link as a page lists it."""

    code: str
    name: str
    severity: str
    message: str
    remedy: str
    rule: str
    subject: Ref
    place: str


def flags(shelf: Shelf, found: Sequence[Diagnostic], most: int = 200) -> list[Flag]:
    """Hits as a page lists them, worst first."""
    hits = [d for d in found if d.result is Result.HIT][:most]
    return [
        Flag(
            d.code,
            d.name,
            d.severity.word,
            d.message,
            d.remedy,
            shelf.to.page(f"rule/{d.code}"),
            shelf.subject(d.subject),
            str(d.location or ""),
        )
        for d in hits
    ]


@dataclass(frozen=True, slots=True)
class PairLine:
    """A pair in one line: what is asked, the verdict, and how far the wording outruns it."""

    exposure: Ref
    outcome: Ref
    sense: str
    verdict: str
    verdict_style: str
    chips: list[Chip]
    gap: str
    severity: str
    href: str
    weak: str


def pair_line(shelf: Shelf, pair: PairGrade, source: str = "") -> PairLine:
    """A pair in one line; it leads to its place on the page of the outcome.

    With `source` the pair was graded by what this source argues, and so is the page, where there
    is a server to do so.
    """
    outcome = shelf.node(pair.outcome)
    asked = f"?{urlencode({'source': source})}" if source and not shelf.to.is_static else ""
    return PairLine(
        exposure=shelf.node(pair.exposure),
        outcome=outcome,
        sense=pair.sense.value,
        verdict=words.verdict(pair),
        verdict_style=f"verdict-{pair.verdict.value}",
        chips=pair_chips(pair),
        gap=words.gap(pair) if pair.wording.claims else "",
        severity=pair.severity.word if pair.wording.claims else "none",
        href=f"{outcome.href}{asked}#{anchor(pair)}",
        weak=_weak(shelf.base, pair) if pair.verdict is Verdict.UNSUPPORTED else "",
    )


def _weak(base: EvidenceBase, pair: PairGrade) -> str:
    found = weak_link(base, pair)
    return f"breaks at {found}" if found else words.reason(pair, base)


def weak_link(base: EvidenceBase, pair: PairGrade) -> str:
    """Where the first argued chain for a pair breaks, in words; nothing where none does."""
    for chain in sorted(pair.chains, key=lambda c: c.found):
        for leg in words.legs(chain, pair.outcome, base, Reading.ESTABLISHED):
            if leg.mark == "break":
                return f"{base.label(leg.link.subject)} → {leg.node}: {leg.reason}"
    return ""


def anchor(pair: PairGrade) -> str:
    """The id of a pair on the page of its outcome."""
    return f"pair-{pair.exposure}-{pair.sense}"


def by_gap(pair: PairGrade) -> tuple[Severity, int, int, str]:
    """Sorts pairs by how far their wording outruns the evidence."""
    said = len(pair.wording.claims)
    severity = pair.severity if said else Severity.NONE
    return (severity, pair.gap if said else 0, said, pair.id)


def alone(values: Values, name: str) -> str:
    """The value of a parameter that is given at most once; nothing where it is not given."""
    found = values.get(name, ())
    return found[0][:200] if found else ""
