"""Each escape is read back by the consumer it is meant for: nothing is lost, nothing runs."""

from __future__ import annotations

import csv
import doctest
import html
import io
import re
import shutil
import unicodedata
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from kg.render import escape
from kg.render.diagram.engines import DRAWING_ENGINES, DrawingEngine

HOSTILE = (
    "<b>bold</b>",
    "<",
    "<IMG SRC='/etc/passwd'>",
    'quote " and \\',
    "ends in \\",
    "\\N \\G \\l \\\\n",
    '"]; evil [URL="javascript:alert(1)"',
    "R&D &lt; &#60; &amp;amp;",
    "nul\x00esc\x1b[31mbell\x07",
    "\u202egpj.exe",
    "</script><script>alert(1)</script>",
    "</text><script>alert(1)</script>",
    "]]>",
    "=HYPERLINK('http://x')",
    "  =1+1",
    "\t=1",
    "[x](javascript:alert(1)) ![i](http://x) `c` | **b**",
    "end",
    "%%{init: {}}%%",
    "a\nb\r\nc\td",
    "😀 ᚠ é e\u0301",
)
SIGNS = "<>&\"'\\\n\t=+-@[]()*_`|#{};:/!%lrnNGa1 \x00\x1b\x9b\u202e\ud800"
# st.text() makes lone surrogates too, which no file can hold: they must vanish, not crash.
texts = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=60),
    st.text(st.sampled_from(SIGNS), max_size=40),
)


def test_examples() -> None:
    found = doctest.testmod(escape)
    assert found.attempted >= 10
    assert not found.failed


@given(texts)
def test_xml_is_read_back(text: str) -> None:
    shown = escape.escape_xml(text)
    root = ElementTree.fromstring(f'<t a="{shown}">{shown}</t>')
    assert root.text == root.get("a") or not escape.remove_controls(text)
    assert (root.text or "") == escape.remove_controls(text)
    assert not len(root)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.text = ""
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


@given(texts)
def test_html_is_read_back(text: str) -> None:
    reader = _Reader()
    reader.feed(f'<p title="{escape.escape_html(text)}">{escape.escape_html(text)}</p>')
    reader.close()
    assert reader.tags == ["p"]
    assert reader.attributes == [("title", escape.remove_controls(text))]
    assert reader.text == escape.remove_controls(text)


@given(st.lists(texts, min_size=1, max_size=4))
def test_csv_is_read_back_and_no_cell_is_a_formula(cells: list[str]) -> None:
    out = io.StringIO()
    csv.writer(out).writerow([escape.escape_csv(cell) for cell in cells])
    (row,) = csv.reader(io.StringIO(out.getvalue(), newline=""))
    for cell, read in zip(cells, row, strict=True):
        plain = escape.remove_controls(cell)
        assert read in (plain, "'" + plain)
        number = re.fullmatch(r"[+-]?[\d.]+([eE][+-]?\d+)?", read)
        assert number or not read.lstrip(" \n\u00a0").startswith(("=", "+", "-", "@", "\t", "\r"))


@given(texts)
def test_markdown_is_read_back(text: str) -> None:
    shown = escape.escape_markdown(text)
    assert "\n" not in shown
    page = MarkdownIt("commonmark", {"html": True}).enable("table").render(f"x {shown} x")
    words = _Reader()
    words.feed(page)
    words.close()
    assert words.tags == ["p"]
    assert " ".join(words.text.split()) == " ".join(f"x {escape.flatten_lines(text)} x".split())


@given(texts)
def test_markdown_at_the_start_of_a_line_is_a_paragraph(text: str) -> None:
    page = MarkdownIt("commonmark", {"html": True}).render(escape.escape_markdown(text))
    words = _Reader()
    words.feed(page)
    words.close()
    assert set(words.tags) <= {"p"}


@given(texts)
def test_mermaid_has_only_mild_signs(text: str) -> None:
    """There is no Mermaid here; its documented entity codes are decoded instead."""
    shown = escape.escape_mermaid(text)
    bare = re.sub(r"#\d+;", "", shown)
    assert not set(bare) & set("\"'#;<>&`{}[]|\\\n")
    assert re.sub(r"#(\d+);", lambda m: chr(int(m[1])), shown) == escape.flatten_lines(text)


@given(texts)
def test_terminal_text_has_no_controls(text: str) -> None:
    shown = escape.escape_terminal(text)
    assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in shown)
    assert not set(shown) & set(
        "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    )
    assert escape.escape_terminal(shown) == shown


@pytest.mark.parametrize(
    "sequence",
    ["\x1b[31m", "\x1b]0;title\x07", "\x1b]8;;http://x\x1b\\", "\x9b2J", "\x1bP1$r\x1b\\", "\x1bc"],
)
def test_terminal_takes_whole_sequences_out(sequence: str) -> None:
    assert escape.escape_terminal(f"a{sequence}b") == "ab"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://example.org/a?b=1#c", "https://example.org/a?b=1#c"),
        ("HTTP://example.org", "HTTP://example.org"),
        ("doi:10.1000/abc(1)", "https://doi.org/10.1000/abc(1)"),
        ("10.1000/182", "https://doi.org/10.1000/182"),
        ("https://example.org/\"><script>", "https://example.org/%22%3E%3Cscript%3E"),
        ("javascript:alert(1)", None),
        ("JaVaScRiPt:alert(1)", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("//example.org", None),
        ("https://user:word@example.org", None),
        ("https://exa mple.org", None),
        ("https://example.org/\u202egpj", None),
        ("https://[::1", None),
        ("http://", None),
        ("", None),
    ],
)  # fmt: skip
def test_links(url: str, shown: str | None) -> None:
    assert escape.normalise_link(url) == shown


@given(texts)
def test_no_text_makes_a_link_that_runs(text: str) -> None:
    shown = escape.normalise_link(text)
    if shown is not None:
        assert re.match(r"https?://", shown, re.IGNORECASE)
        assert html.escape(shown, quote=True).replace("&amp;", "&").replace("&#x27;", "'") == shown


# ----------------------------------------------------------------------------------------- DOT


def _words(svg: bytes) -> list[str]:
    """Texts of the picture's only node, as an XML parser reads them."""
    root = ElementTree.fromstring(svg)
    space = "{http://www.w3.org/2000/svg}"
    allowed = {
        f"{space}{tag}" for tag in ("svg", "g", "title", "text", "polygon", "ellipse", "path")
    }
    assert {e.tag for e in root.iter()} <= allowed
    assert not [
        a for e in root.iter() for a in e.attrib if a.endswith("href") or a.startswith("on")
    ]
    return [e.text or "" for e in root.iter(f"{space}text")]


def _read_back(engine: DrawingEngine, text: str) -> str:
    label = escape.escape_dot(text)
    dot = f'digraph {{ graph [charset="UTF-8"] n [shape=box label={label}] }}'
    svg = engine.draw(dot, "svg", 60)
    return " ".join("\n".join(_words(svg)).split())


def _comparable(text: str) -> str:
    return " ".join(escape.remove_controls(re.sub("\r\n?|[\x85\u2028\u2029]", "\n", text)).split())


@pytest.mark.parametrize("engine", DRAWING_ENGINES, ids=lambda e: e.name)
@pytest.mark.parametrize("text", HOSTILE)
def test_dot_labels_are_inert(engine: DrawingEngine, text: str) -> None:
    assert engine.is_present()
    assert _read_back(engine, text) == _comparable(text)


@pytest.mark.medium
@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
@settings(max_examples=60, deadline=None)
@given(texts)
def test_dot_is_read_back(text: str) -> None:
    assert _read_back(DRAWING_ENGINES[0], text) == _comparable(text)
