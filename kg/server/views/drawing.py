"""The graph of an outcome as SVG inside a page: each arrow leads to its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from xml.etree import ElementTree

from markupsafe import Markup

from kg.errors import OutsideError
from kg.model import OutcomeGrade, Reading
from kg.render import dot, engines
from kg.render.diagram import picture
from kg.render.escape import line
from kg.render.picture import Arrow, DiagramOptions, Picture, Stroke, dark_rules
from kg.server.views.shelf import Shelf

_SVG = "http://www.w3.org/2000/svg"


def drawing(
    shelf: Shelf,
    grade: OutcomeGrade,
    reading: Reading,
    exposure: str | None,
    evidence: Mapping[tuple[str, str, int], str],
) -> Markup | None:
    """The picture as markup; None where nothing can be drawn, or this machine draws nothing.

    Args:
        shelf: the library and where links lead.
        grade: what to draw.
        reading: whose levels the colours show.
        exposure: only what starts here.
        evidence: anchors of the evidence on a link, by subject, object and sign.
    """
    if not any(exposure in (None, p.exposure) for p in grade.pairs):
        return None
    shown = picture(grade, shelf.base, DiagramOptions(reading=reading, exposure=exposure))
    svg = _drawn(shown)
    if svg is None:
        return None
    root = ElementTree.fromstring(svg)  # noqa: S314  drawn by our own engine from escaped text
    _lead(root, _targets(shelf, shown, evidence))
    root.attrib.pop("width"), root.attrib.pop("height")
    root.set("role", "group")  # an image may hold nothing that can be followed
    # Text comes from the engine's own escaping; `accessible` has taken out what could run or load.
    return Markup(ElementTree.tostring(root, encoding="unicode"))  # noqa: S704


def file(shelf: Shelf, outcome: str) -> bytes | None:
    """The picture of an outcome as an SVG file; None where this machine draws nothing."""
    grade = next(g for g in shelf.library.all_grades() if g.outcome == outcome)
    return _drawn(picture(grade, shelf.base, DiagramOptions()))


@lru_cache(maxsize=128)
def _drawn(shown: Picture) -> bytes | None:
    """The picture as SVG; a static site asks for it twice, for the page and beside it."""
    try:
        drawn = engines.draw(dot.write(shown, upwards=_upwards()), "svg")
    except OutsideError:
        return None
    return engines.accessible(drawn, shown.title, shown.alt, dot.spoken(shown))


@cache
def _upwards() -> bool:
    return engines.stacks_upwards("svg")


def _targets(
    shelf: Shelf, shown: Picture, evidence: Mapping[tuple[str, str, int], str]
) -> dict[str, tuple[str, str]]:
    """Where each element leads, and what it says when one points at it."""
    found = {
        f"box-{n}": (shelf.node(box.id).href, ", ".join((box.label, *box.badges)))
        for n, box in enumerate(shown.boxes)
    }
    for n, arrow in enumerate(shown.arrows):
        for part, id in (("from", arrow.tail), ("to", arrow.head)):
            found[f"claim-{n}-{part}"] = (shelf.node(id).href, shelf.base.label(id))
        anchor = evidence.get((arrow.tail, arrow.head, arrow.sign), "")
        if not anchor and arrow.stroke is Stroke.HEADLINE:
            anchor = "#verdict"
        if anchor:
            for part in ("", "-tail", "-head"):
                found[f"arrow-{n}{part}"] = (anchor, _said(shelf, arrow))
    return found


def _said(shelf: Shelf, arrow: Arrow) -> str:
    ends = f"{shelf.base.label(arrow.tail)} → {shelf.base.label(arrow.head)}"
    return f"{ends}: {', '.join(arrow.words) or 'is a kind of'}"


def _lead(root: ElementTree.Element, targets: Mapping[str, tuple[str, str]]) -> None:
    """Wrap each element that leads somewhere in a link."""
    for parent in list(root.iter()):
        for place, child in enumerate(list(parent)):
            target = targets.get(child.get("id", ""))
            if target and child.tag == f"{{{_SVG}}}g":
                link = ElementTree.Element(f"{{{_SVG}}}a")
                link.set("href", target[0])
                link.set("data-said", line(target[1]))
                named = child.find(f".//{{{_SVG}}}text") is not None
                link.set("aria-description" if named else "aria-label", line(target[1]))
                if child.get("id", "").endswith(("-tail", "-head")):  # the words can be reached
                    link.set("tabindex", "-1")
                    link.set("aria-hidden", "true")
                parent.remove(child)
                parent.insert(place, link)
                link.append(child)


def dark_style() -> str:
    """Style sheet that turns the light colours of a picture into the dark ones."""
    body = "\n".join(dark_rules(".graph svg"))
    return f"@media screen and (prefers-color-scheme: dark) {{\n{body}\n}}\n"
