"""The graph of an outcome as SVG inside a page: each arrow leads to its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from xml.etree import ElementTree

from markupsafe import Markup

from kg.errors import OutsideError
from kg.model import OutcomeGrade, Reading
from kg.render.diagram import dot, engines
from kg.render.diagram.build import build_picture
from kg.render.diagram.picture import Arrow, DiagramOptions, EdgeKind, Picture, list_dark_rules
from kg.render.escape import flatten_lines
from kg.server.views.page_context import PageContext

DRAWING_SECONDS = 5.0
"""Seconds that a page waits for its picture; without one it has its text alone."""

MAX_SVG_BYTES = 16 * 1024**2
"""Bytes of a picture in a page."""

_SVG_NAMESPACE = "http://www.w3.org/2000/svg"


def draw_outcome(
    page_context: PageContext,
    grade: OutcomeGrade,
    reading: Reading,
    exposure: str | None,
    evidence: Mapping[tuple[str, str, int], str],
) -> Markup:
    """The picture as markup.

    Args:
        page_context: the library and where links lead.
        grade: what to draw.
        reading: whose levels the colours show.
        exposure: only what starts here.
        evidence: anchors of the evidence on a link, by subject, object and sign.

    Raises:
        OutsideError: no engine here draws it, or not in time.
    """
    options = DiagramOptions(reading=reading, exposure=exposure)
    graph_picture = build_picture(grade, page_context.base, options)
    svg_bytes = _draw_picture(graph_picture)
    root = ElementTree.fromstring(svg_bytes)  # noqa: S314  drawn by our own engine from escaped text
    _wrap_in_links(root, _list_targets(page_context, graph_picture, evidence))
    root.attrib.pop("width"), root.attrib.pop("height")
    root.set("role", "group")  # an image may hold nothing that can be followed
    # Text comes from the engine's own escaping; `accessible` has taken out what could run or load.
    return Markup(ElementTree.tostring(root, encoding="unicode"))  # noqa: S704


def draw_svg_file(page_context: PageContext, outcome: str) -> bytes:
    """The picture of an outcome as an SVG file.

    Raises:
        OutsideError: no engine here draws it, or not in time.
    """
    grade = next(g for g in page_context.grade_library.grade_all_pairs() if g.outcome == outcome)
    return _draw_picture(build_picture(grade, page_context.base, DiagramOptions()))


@lru_cache(maxsize=128)
def _draw_picture(graph_picture: Picture) -> bytes:
    """The picture as SVG; a static site asks for it twice, for the page and beside it."""
    text = dot.write(graph_picture, upwards=_is_stacked_upwards())
    svg_bytes = engines.draw_picture(text, "svg", DRAWING_SECONDS)
    if len(svg_bytes) > MAX_SVG_BYTES:
        raise OutsideError(f"the picture is larger than {MAX_SVG_BYTES:,} bytes")
    return engines.make_accessible(
        svg_bytes, graph_picture.title, graph_picture.alt_text, dot.describe_elements(graph_picture)
    )


@cache
def _is_stacked_upwards() -> bool:
    return engines.has_upward_stacking()


def _list_targets(
    page_context: PageContext, graph_picture: Picture, evidence: Mapping[tuple[str, str, int], str]
) -> dict[str, tuple[str, str]]:
    """Where each element leads, and what it says when one points at it."""
    targets_by_element = {
        f"box-{n}": (page_context.link_node(box.id).href, ", ".join((box.label, *box.badges)))
        for n, box in enumerate(graph_picture.boxes)
    }
    for n, arrow in enumerate(graph_picture.arrows):
        for part_name, node_id in (("from", arrow.tail), ("to", arrow.head)):
            targets_by_element[f"claim-{n}-{part_name}"] = (
                page_context.link_node(node_id).href,
                page_context.base.get_label(node_id),
            )
        anchor = evidence.get((arrow.tail, arrow.head, arrow.sign), "")
        if not anchor and arrow.edge_kind is EdgeKind.HEADLINE:
            anchor = "#verdict"
        if anchor:
            for part_name in ("", "-tail", "-head"):
                targets_by_element[f"arrow-{n}{part_name}"] = (
                    anchor,
                    _describe_arrow(page_context, arrow),
                )
    return targets_by_element


def _describe_arrow(page_context: PageContext, arrow: Arrow) -> str:
    ends = f"{page_context.base.get_label(arrow.tail)} → {page_context.base.get_label(arrow.head)}"
    return f"{ends}: {', '.join(arrow.label_lines) or 'is a kind of'}"


def _wrap_in_links(root: ElementTree.Element, targets: Mapping[str, tuple[str, str]]) -> None:
    """Wrap each element that leads somewhere in a link."""
    for parent in list(root.iter()):
        for place, child in enumerate(list(parent)):
            target = targets.get(child.get("id", ""))
            if target and child.tag == f"{{{_SVG_NAMESPACE}}}g":
                link = ElementTree.Element(f"{{{_SVG_NAMESPACE}}}a")
                link.set("href", target[0])
                link.set("data-said", flatten_lines(target[1]))
                has_text = child.find(f".//{{{_SVG_NAMESPACE}}}text") is not None
                link.set("aria-description" if has_text else "aria-label", flatten_lines(target[1]))
                if child.get("id", "").endswith(("-tail", "-head")):  # the words can be reached
                    link.set("tabindex", "-1")
                    link.set("aria-hidden", "true")
                parent.remove(child)
                parent.insert(place, link)
                link.append(child)


def build_dark_style() -> str:
    """Style sheet that turns the light colours of a picture into the dark ones."""
    body = "\n".join(list_dark_rules(".graph svg"))
    return f"@media screen and (prefers-color-scheme: dark) {{\n{body}\n}}\n"
