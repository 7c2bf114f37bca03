"""What is in a picture: boxes in lanes and arrows that carry certainty, wording and breaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from kg.model import Level, Reading, Sense, Tier
from kg.render import escape

WORDINGS = {
    Tier.NO_CLAIM: "no claim",
    Tier.SPECULATION: "speculation",
    Tier.HEDGED: "hedged (may)",
    Tier.QUALIFIED: "probable",
    Tier.PLAIN: "plain fact",
}
STRANDS = {
    Tier.NO_CLAIM: 1,
    Tier.SPECULATION: 2,
    Tier.HEDGED: 3,
    Tier.QUALIFIED: 4,
    Tier.PLAIN: 5,
}
"""How many strands wide the line of a wording is."""
MINUS = "−"


class Lane(StrEnum):
    """The three lanes, left to right."""

    EXPOSURE = "what is taken"
    BETWEEN = "mechanisms, biomarkers, cell processes"
    OUTCOME = "outcomes"


class Stroke(StrEnum):
    """What kind of line an arrow is."""

    CLAIM = "claim"
    IMPLICIT = "implicit"
    BRIDGE = "bridge"
    KIND_OF = "kind of"
    HEADLINE = "headline"


@dataclass(frozen=True, slots=True)
class DiagramOptions:
    """What to draw and how; `date` is printed as given and left out where it is None.

    `boxes` is how many boxes a picture may have, `links` the address below which the things of the
    graph have pages, as at a server or in the static site.
    """

    reading: Reading = Reading.ESTABLISHED
    theme: str = "light"
    exposure: str | None = None
    sense: Sense | None = None
    source: str | None = None
    chain: str | None = None
    date: str | None = None
    boxes: int = 25
    legend: bool = True
    links: str | None = None

    @classmethod
    def of(cls, options: object) -> DiagramOptions:
        """The same options, or those fields of another options object that a picture knows."""
        if isinstance(options, cls):
            return options
        known: dict[str, Any] = {f.name: getattr(options, f.name, None) for f in fields(cls)}
        known = {name: value for name, value in known.items() if value is not None}
        return cls(**{**known, "reading": Reading(known.get("reading", Reading.ESTABLISHED))})


@dataclass(frozen=True, slots=True)
class Box:
    """A node: its words, its lane, what kind of thing it is, and who studied it.

    `section` is where its page stands: `entity` or `exposure`.
    """

    id: str
    label: str
    lane: Lane
    kind: str = ""
    badges: tuple[str, ...] = ()
    asked: bool = False
    section: str = "entity"


@dataclass(frozen=True, slots=True)
class Arrow:
    """A line between two boxes.

    `level` gives the colour, `tier` the width, `mark` the two or three words at the break.
    """

    tail: str
    head: str
    stroke: Stroke
    sign: int = 1
    level: Level | None = None
    tier: Tier = Tier.NO_CLAIM
    claims: frozenset[str] = frozenset()
    mark: str = ""
    sense: Sense | None = None

    @property
    def key(self) -> tuple[str, str, str, int]:
        """Arrows with the same key are drawn as one."""
        return (self.tail, self.head, self.stroke, self.sign)

    @property
    def symbol(self) -> str:
        """The sign: `+` raises, `−` lowers."""
        return "+" if self.sign > 0 else MINUS

    @property
    def words(self) -> tuple[str, ...]:
        """The lines written on it, the break first."""
        words = self._plain_words()
        if not self.mark:
            return words
        rest = words[1:] if words[0].endswith(self.mark) else words
        return (f"✗ {words[0]}" if rest != words else f"✗ {self.mark}", *rest)

    def _plain_words(self) -> tuple[str, ...]:
        level = self.level.word if self.level is not None else ""
        count = f" ×{len(self.claims)}" if len(self.claims) > 1 else ""
        match self.stroke:
            case Stroke.KIND_OF:
                return ()
            case Stroke.BRIDGE:
                return (f"{self.symbol} bridge" + (f": {level}" if level else ""),)
            case Stroke.IMPLICIT:
                return ("implicit: no source", f"{self.symbol} {level}")
            case Stroke.HEADLINE:
                harm = " of harm" if self.sense is Sense.HARM else ""
                return (
                    f"THE CLAIM{harm} ({self.symbol})",
                    f"worded as {WORDINGS[self.tier]}",
                    f"certainty: {level}",
                )
            case _:
                harm = ", harm" if self.sense is Sense.HARM else ""
                return (f"{self.symbol} {level}{count}{harm}",)


MOST_ARROWS = 150
"""More arrows than this nobody can follow (and the layout takes seconds)."""
MOST_LABELLED = 60
"""From here on words stand in tooltips: labels of edges cost 4 to 8 times the layout."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that is drawn, in order. `alt` says in words what the picture shows."""

    title: str
    lines: tuple[str, ...]
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    footer: tuple[str, ...]
    alt: str
    options: DiagramOptions

    @property
    def is_dense(self) -> bool:
        """Whether the words of arrows go into tooltips; breaks and claims keep theirs."""
        return len(self.arrows) > MOST_LABELLED

    def address(self, section: str, id: str) -> str | None:
        """The page of a thing, where the pages are known."""
        if self.options.links is None:
            return None
        from kg.rdf import vocab

        page = vocab.iri(section, id).removeprefix(vocab.BASE)
        return escape.link(f"{self.options.links.rstrip('/')}/{page}")

    def page_of(self, arrow: Arrow) -> str | None:
        """The page of the claim that an arrow stands for, where it is one."""
        only = next(iter(arrow.claims)) if len(arrow.claims) == 1 else None
        return self.address("claim", only) if only else None


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a theme. Levels grow darker (on dark ground lighter) with certainty."""

    ground: str
    band: str
    text: str
    soft: str
    quiet: str
    asked: str
    on_asked: str
    mark: str
    on_mark: str
    hollow: str
    levels: Mapping[Level, str]


def _levels(*colours: str) -> Mapping[Level, str]:
    return MappingProxyType(dict(zip(Level, colours, strict=True)))


# Pale orange for nothing, then blues that stay apart for every kind of colour blindness and in
# grey print.
PALETTES: Mapping[str, Palette] = MappingProxyType(
    {
        "light": Palette(
            ground="#ffffff",
            band="#f3f5f8",
            text="#1b2430",
            soft="#52606d",
            quiet="#8592a0",
            asked="#1b2430",
            on_asked="#ffffff",
            mark="#b3121d",
            on_mark="#ffffff",
            hollow="#fdeade",
            levels=_levels("#ee9b6c", "#dca54c", "#7db8da", "#2b7bba", "#08306b"),
        ),
        "dark": Palette(
            ground="#0f1620",
            band="#18222f",
            text="#e8eef5",
            soft="#a5b3c2",
            quiet="#76879a",
            asked="#e8eef5",
            on_asked="#0f1620",
            mark="#d62f33",
            on_mark="#ffffff",
            hollow="#4a3328",
            levels=_levels("#8a5a44", "#a87f2d", "#3f7fa8", "#6fb3e0", "#c6e2ff"),
        ),
    }
)


def on_colour(colour: str) -> str:
    """Black or white, whichever is read more easily on a colour (WCAG relative luminance)."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#000000" if luminance > 0.179 else "#ffffff"


def dark_rules(scope: str) -> tuple[str, ...]:
    """CSS rules that turn a picture on light ground, inside `scope`, into one on dark ground."""
    light, dark = PALETTES["light"], PALETTES["dark"]
    names = ("ground", "band", "text", "soft", "quiet", "mark", "hollow")
    swaps = {getattr(light, n): getattr(dark, n) for n in names}
    swaps |= {light.levels[level]: dark.levels[level] for level in light.levels}
    return (
        *(
            f'{scope} [{attribute}="{old}"] {{ {attribute}: {new} }}'
            for old, new in swaps.items()
            for attribute in ("fill", "stroke")
        ),
        # what stands on the red of a break stays light
        f'{scope} g:has(> [fill="{light.mark}"]) > text {{ fill: {dark.on_mark} !important }}',
    )
