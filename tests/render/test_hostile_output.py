"""Every format in which kg writes something holds what authors wrote, and its own parser reads it.

The base is a small one with something hostile before every text that people read.
"""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
import rdflib

from kg import api
from kg.api.graphs import export_base
from kg.api.reports import export_grades
from kg.errors import UsageError
from kg.formats.exchange import EXCHANGES
from kg.model import EvidenceBase
from kg.rdf import vocab
from kg.render import DIAGRAM_WRITERS, GRADE_RENDERERS, SUMMARY_RENDERERS, RenderOptions
from kg.render.diagram.build import build_picture
from kg.render.escape import remove_controls
from kg.render.findings.github import format_github
from kg.render.findings.junit import format_junit
from kg.scenarios.request import GradeRequest
from kg.server.grade_library import GradeLibrary
from kg.server.site import render_site_pages
from kg.server.views.page_links import file_name
from kg.stores.results import QueryResult
from tests.server.test_threats import spoil
from tests.support.cli import kg

CASES = Path(__file__).parents[1] / "cases"
CONTROLS = "".join(map(chr, (*range(1, 32), *range(127, 160))))
BIDI = "\u061c\u200e\u200f" + "".join(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x2070))))
TAGS = "".join(map(chr, range(0xE0020, 0xE0030)))
HOSTILE = (
    *(f"x{c}y" for c in (CONTROLS, BIDI, TAGS, "\ufffe\uffff", "\r\n", "\u2028\u2029", "\x85")),
    "\x1b[31mred\x9b2J\x1b]8;;http://evil/\x07link",
    "</text><script>alert(1)</script>]]>",
    '"];click n0 "javascript:alert(1)"',
    "%%{init: {}}%%",
    "::error file=x::y%0A",
    "=HYPERLINK(1)",
    "{{ 7*7 }}<b>",
    "&lt;&#x1b;&amp;",
    "木" * 30,
)
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff" + f"{BIDI}{TAGS}]"
)


@pytest.fixture(scope="module")
def base() -> EvidenceBase:
    return spoil(api.load(CASES / "cli" / "base").base, cycle(HOSTILE))


@pytest.fixture(scope="module")
def texts(base: EvidenceBase) -> dict[str, str]:
    """What each format makes of the base."""
    grades = [g for g in api.grade(base) if g.pairs]
    grade, found = grades[0], api.check(base)
    made = {f"view {n}": GRADE_RENDERERS[n](grade, base, RenderOptions()) for n in GRADE_RENDERERS}
    made |= {
        f"summary {n}": SUMMARY_RENDERERS[n](grades, base, RenderOptions())
        for n in SUMMARY_RENDERERS
    }
    made |= {
        f"drawing {n}": DIAGRAM_WRITERS[n](build_picture(grade, base)) for n in DIAGRAM_WRITERS
    }
    made |= {
        f"exchange {n}": export_grades(base, n, GradeRequest(grade.outcome)) for n in EXCHANGES
    }
    document = api.report(base, grade.outcome)
    from kg.render.report import REPORT_WRITERS

    made |= {f"report {n}": str(REPORT_WRITERS[n](document)) for n in ("html", "markdown")}
    return made | {"check github": format_github(found), "check junit": format_junit(found)}


PROGRAMS = ("json", "sarif", "cx2", "cyjs", "claimreview", "va-spec", "fhir", "nanopub", "graphml")
"""Formats for programs, which keep what direction a text has."""


def test_no_text_for_people_holds_a_control_or_turns_its_direction(texts: dict[str, str]) -> None:
    for name, text in texts.items():
        if name.partition(" ")[2] not in PROGRAMS:
            assert not FORBIDDEN.findall(text.replace("\r\n", "\n")), name
    for name in ("view text", "view mermaid", "drawing mmd", "check github", "summary text"):
        for line in texts[name].splitlines():
            assert not line.startswith(("=", "%%")), name


def test_each_format_is_read_by_its_parser(texts: dict[str, str]) -> None:
    for name, text in texts.items():
        kind = name.partition(" ")[2]
        if kind in ("json", "sarif", "cx2", "cyjs", "claimreview", "va-spec", "fhir"):
            json.loads(text)
        elif kind in ("graphml", "junit"):
            ElementTree.fromstring(text)
        elif kind == "csv":
            rows = list(csv.reader(io.StringIO(text)))
            assert len({len(row) for row in rows}) == 1, name
        elif kind == "nanopub":
            assert list(ox.parse(text.encode(), format=ox.RdfFormat.TRIG))
        elif kind == "html":
            _Tags().feed(text)
        elif kind == "github":
            assert all(
                re.match(r"::(error|warning|notice) ", line) for line in text.split("\n")[:-1]
            )


class _Tags(HTMLParser):
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag != "script" or dict(attrs).get("src", "") or not attrs
        assert not [name for name, _ in attrs if name.startswith("on")]


@pytest.mark.medium
def test_pages_hold_no_control_and_turn_no_text(base: EvidenceBase) -> None:
    for place, text in render_site_pages(GradeLibrary(base)):
        assert not FORBIDDEN.findall(text), place


WORDS = "".join((CONTROLS, BIDI, TAGS, "\ufffe\uffff\r\n\t\u2028 <&>\"' ]]> end"))


def _rows(kind: str) -> QueryResult:
    cell = {"type": "literal", "value": WORDS}
    table = {"head": {"vars": ["a"]}, "results": {"bindings": [{"a": cell}]}}
    return QueryResult(kind, json.dumps(table).encode())  # type: ignore[arg-type]


def _xml(text: str) -> str:
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "\ufffd", text)


@pytest.mark.parametrize("form", ["xml", "json", "tsv", "csv"])
def test_each_form_of_rows_is_read_back(form: str) -> None:
    text = _rows("rows").serialize(form)
    if form == "xml":
        (literal,) = ElementTree.fromstring(text).iter(
            "{http://www.w3.org/2005/sparql-results#}literal"
        )
        assert literal.text == _xml(WORDS)
    elif form == "csv":
        _, (cell,) = csv.reader(io.StringIO(text, newline=""))
        assert cell == WORDS
    else:
        forms = {"json": ox.QueryResultsFormat.JSON, "tsv": ox.QueryResultsFormat.TSV}
        found: Any = ox.parse_query_results(text.encode(), format=forms[form])
        assert [row["a"].value for row in found] == [WORDS]


@pytest.mark.parametrize("form", ["ttl", "nt", "jsonld", "xml"])
def test_each_form_of_triples_is_read_back(form: str) -> None:
    label = ox.NamedNode("https://w3id.org/x#label")
    triple = ox.Triple(ox.NamedNode("urn:a"), label, ox.Literal(WORDS))
    lines = ox.serialize([triple], format=ox.RdfFormat.N_TRIPLES) or b""
    text = QueryResult("triples", lines).serialize(form)
    if form == "jsonld":  # rdflib's own parser of it warns of itself
        (quad,) = ox.parse(text.encode(), format=ox.RdfFormat.JSON_LD)
        assert quad.triple == triple
        return
    names = {"ttl": "turtle", "nt": "nt", "xml": "xml"}
    (found,) = rdflib.Graph().parse(data=text, format=names[form]).objects()
    assert str(found) == (_xml(WORDS) if form == "xml" else WORDS)


def test_rdf_xml_refuses_what_it_cannot_write() -> None:
    lines = b"<urn:a> <http://x/1> <urn:b> .\n"
    with pytest.raises(UsageError, match="cannot write the predicate <http://x/1>"):
        QueryResult("triples", lines).serialize("xml")


def test_a_file_of_a_site_has_a_name_that_every_file_system_takes() -> None:
    ids = ("木" * 30, "木" * 31, "x" * 300, "..", "a/b", "\u202e" * 40)
    names = [file_name(id) for id in ids]
    assert len(set(names)) == len(names)
    for name in names:
        assert len(f"{name}.jsonld".encode()) <= 255
        assert "/" not in name
        assert remove_controls(name) == name


@pytest.mark.medium
def test_a_site_with_an_id_of_thirty_letters_is_written_without_dead_links(tmp_path: Path) -> None:
    graph, name = tmp_path / "base.nq", "木" * 30
    export_base(CASES / "cli" / "base", "nquads", graph)
    graph.write_text(graph.read_text().replace("dry-skin", vocab.encode_id(name)))
    site = tmp_path / "site"
    done = kg("site", str(site), "--base", str(graph))
    assert done.returncode == 0, done.stderr
    (page,) = site.glob(f"entity/{file_name(name)}.html")
    for link in re.findall(r'href="([^"#?:]+)["#?]', page.read_text()):
        assert (page.parent / unquote(link)).is_file(), link
