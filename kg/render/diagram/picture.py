"""What is in a picture: boxes in lanes and arrows that carry certainty, wording and breaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from kg.model import Level, Reading, Sense, Tier
from kg.render import escape

WORDING_LABELS = {
    Tier.NO_CLAIM: "no claim",
    Tier.SPECULATION: "speculation",
    Tier.HEDGED: "hedged (may)",
    Tier.QUALIFIED: "probable",
    Tier.PLAIN: "plain fact",
}
STRAND_COUNTS = {
    Tier.NO_CLAIM: 1,
    Tier.SPECULATION: 2,
    Tier.HEDGED: 3,
    Tier.QUALIFIED: 4,
    Tier.PLAIN: 5,
}
"""How many strands wide the line of a wording is."""
MINUS_SIGN = "−"


class Lane(StrEnum):
    """The three lanes, left to right."""

    EXPOSURE = "what is taken"
    BETWEEN = "mechanisms, biomarkers, cell processes"
    OUTCOME = "outcomes"


class EdgeKind(StrEnum):
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
    def convert_options(cls, options: object) -> DiagramOptions:
        """The same options, or those fields of another options object that a picture knows."""
        if isinstance(options, cls):
            return options
        known_fields: dict[str, Any] = {f.name: getattr(options, f.name, None) for f in fields(cls)}
        known_fields = {name: value for name, value in known_fields.items() if value is not None}
        return cls(
            **{**known_fields, "reading": Reading(known_fields.get("reading", Reading.ESTABLISHED))}
        )


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
    is_focus: bool = False
    section: str = "entity"


@dataclass(frozen=True, slots=True)
class Arrow:
    """A line between two boxes.

    `level` gives the colour, `tier` the width, `break_text` the two or three words at the break.
    """

    tail: str
    head: str
    edge_kind: EdgeKind
    sign: int = 1
    level: Level | None = None
    tier: Tier = Tier.NO_CLAIM
    claims: frozenset[str] = frozenset()
    break_text: str = ""
    sense: Sense | None = None

    @property
    def merge_key(self) -> tuple[str, str, str, int]:
        """Arrows with the same key are drawn as one."""
        return (self.tail, self.head, self.edge_kind, self.sign)

    @property
    def sign_symbol(self) -> str:
        """The sign: `+` raises, `−` lowers."""
        return "+" if self.sign > 0 else MINUS_SIGN

    @property
    def label_lines(self) -> tuple[str, ...]:
        """The lines written on it, the break first."""
        words = self._list_plain_words()
        if not self.break_text:
            return words
        other_lines = words[1:] if words[0].endswith(self.break_text) else words
        return (f"✗ {words[0]}" if other_lines != words else f"✗ {self.break_text}", *other_lines)

    def _list_plain_words(self) -> tuple[str, ...]:
        level = self.level.word if self.level is not None else ""
        count = f" ×{len(self.claims)}" if len(self.claims) > 1 else ""
        match self.edge_kind:
            case EdgeKind.KIND_OF:
                return ()
            case EdgeKind.BRIDGE:
                return (f"{self.sign_symbol} bridge" + (f": {level}" if level else ""),)
            case EdgeKind.IMPLICIT:
                return ("implicit: no source", f"{self.sign_symbol} {level}")
            case EdgeKind.HEADLINE:
                harm_text = " of harm" if self.sense is Sense.HARM else ""
                return (
                    f"THE CLAIM{harm_text} ({self.sign_symbol})",
                    f"worded as {WORDING_LABELS[self.tier]}",
                    f"certainty: {level}",
                )
            case _:
                harm_text = ", harm" if self.sense is Sense.HARM else ""
                return (f"{self.sign_symbol} {level}{count}{harm_text}",)


MOST_ARROWS = 150
"""More arrows than this nobody can follow (and the layout takes seconds)."""
MOST_LABELS = 60
"""From here on words stand in tooltips: labels of edges cost 4 to 8 times the layout."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that is drawn, in order. `alt_text` says in words what the picture shows."""

    title: str
    heading_lines: tuple[str, ...]
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    footer_lines: tuple[str, ...]
    alt_text: str
    options: DiagramOptions

    @property
    def is_dense(self) -> bool:
        """Whether the words of arrows go into tooltips; breaks and claims keep theirs."""
        return len(self.arrows) > MOST_LABELS

    def find_address(self, section: str, id: str) -> str | None:
        """The page of a thing, where the pages are known."""
        if self.options.links is None:
            return None
        from kg.rdf import vocab

        page = vocab.build_iri(section, id).removeprefix(vocab.BASE)
        return escape.normalise_link(f"{self.options.links.rstrip('/')}/{page}")

    def find_page(self, arrow: Arrow) -> str | None:
        """The page of the claim that an arrow stands for, where it is one."""
        single_claim = next(iter(arrow.claims)) if len(arrow.claims) == 1 else None
        return self.find_address("claim", single_claim) if single_claim else None


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a theme. Levels grow darker (on dark ground lighter) with certainty."""

    ground: str
    band: str
    text: str
    soft: str
    quiet: str
    focus: str
    on_focus: str
    mark: str
    on_mark: str
    hollow: str
    levels: Mapping[Level, str]


def _map_levels(*colours: str) -> Mapping[Level, str]:
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
            focus="#1b2430",
            on_focus="#ffffff",
            mark="#b3121d",
            on_mark="#ffffff",
            hollow="#fdeade",
            levels=_map_levels("#ee9b6c", "#dca54c", "#7db8da", "#2b7bba", "#08306b"),
        ),
        "dark": Palette(
            ground="#0f1620",
            band="#18222f",
            text="#e8eef5",
            soft="#a5b3c2",
            quiet="#76879a",
            focus="#e8eef5",
            on_focus="#0f1620",
            mark="#d62f33",
            on_mark="#ffffff",
            hollow="#4a3328",
            levels=_map_levels("#8a5a44", "#a87f2d", "#3f7fa8", "#6fb3e0", "#c6e2ff"),
        ),
    }
)


def choose_text_colour(colour: str) -> str:
    """Black or white, whichever is read more easily on a colour (WCAG relative luminance)."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#000000" if luminance > 0.179 else "#ffffff"


def list_dark_rules(scope: str) -> tuple[str, ...]:
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
