"""`kg report`: one document in three forms, complete, inert and repeatable."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from pypdf import PdfReader

from kg import api
from kg.api.base import require_sound
from kg.api.grades import grade_all
from kg.model import EvidenceBase, Result, Sense
from kg.render.diagram.picture import DiagramOptions
from kg.render.document import (
    Block,
    Document,
    DocumentTable,
    Heading,
    ItemList,
    Paragraph,
    TableCell,
)
from kg.render.report import REPORT_WRITERS
from kg.render.writers import html, markdown
from kg.scenarios.request import GradeRequest

ROOT = Path(__file__).resolve().parents[2]
DAY = DiagramOptions(date="2026-01-02")
EVIL = ("<script>alert(1)</script>", "</title><img src=x onerror=y>", "| a | [x](javascript:1)")


@pytest.fixture(scope="module")
def base() -> EvidenceBase:
    return require_sound(api.load())


@pytest.fixture(scope="module")
def scars(base: EvidenceBase) -> Document:
    return api.report(base, outcome="acne-scars", options=DAY)


@pytest.fixture(scope="module")
def article(base: EvidenceBase) -> Document:
    options = replace(DAY, source="back-acne-article")
    return api.report(base, source="back-acne-article", options=options)


class Reader(HTMLParser):
    """Tags, addresses and text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.handlers: list[str] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [v or "" for k, v in attrs if k in ("src", "href", "xlink:href")]
        self.handlers += [k for k, _ in attrs if k.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def tables(document: Document) -> list[DocumentTable]:
    return [block for block in document.blocks if isinstance(block, DocumentTable)]


def test_the_report_has_every_part_in_order(scars: Document) -> None:
    heads = [block.text for block in scars.blocks if isinstance(block, Heading)]
    assert heads == [
        "Question and verdict",
        "Evidence profile",
        "Arguments and where each breaks",
        "What is said, and what the evidence allows",
        "Citations",
        "Against it: opposite arguments and harms",
        "What would change the verdict",
        "Methods and limits",
        "References",
    ]


def test_it_says_what_the_grade_says(base: EvidenceBase, scars: Document) -> None:
    (graded,) = api.grade(base, outcome="acne-scars")
    verdict = next(b for b in scars.blocks if isinstance(b, Paragraph) and b.kind == "verdict")
    assert verdict.text.startswith("The argument breaks at ")
    profile, chains, *_ = tables(scars)
    assert len(profile.rows) == len(graded.pairs)
    first = max(graded.pairs, key=lambda p: (p.sense is Sense.BENEFIT, p.gap, len(p.chains)))
    assert [row[0].text for row in chains.rows] == [chain.id for chain in first.chains]
    assert all(row[2].tone == "break" for row in chains.rows)


def test_every_claim_of_the_outcome_stands_beside_its_weak_links(
    base: EvidenceBase, scars: Document
) -> None:
    (graded,) = api.grade(base, outcome="acne-scars")
    shown = {
        (table.caption, row[0].text, row[1].text)
        for table in tables(scars)
        if table.column_names[:2] == ("Line", "Claim, in other words")
        for row in table.rows
    }
    said = {id for pair in graded.pairs for id in pair.wording.claims}
    titles = {s.id: s.title for s in base.sources}
    for id in said:
        claim = base.claim[id]
        assert (titles[claim.source], str(claim.line), claim.paraphrase) in shown
    hits = {d.code for d in graded.diagnostics if d.result is Result.HIT and d.subject in said}
    codes = {
        code
        for table in tables(scars)
        if "Weak links" in table.column_names
        for row in table.rows
        for code in row[-1].text.split(", ")
    }
    assert hits <= codes


def test_a_judgement_has_its_footnote(base: EvidenceBase) -> None:
    profile = tables(api.report(base, outcome="muscle-cramps", options=DAY))[0]
    judged = [cell for row in profile.rows for cell in row if "serious" in cell.text]
    assert judged
    for cell in judged:
        assert cell.notes
        assert all(profile.notes[number - 1] for number in cell.notes)


@pytest.mark.slow
def test_a_source_is_reported_whole(base: EvidenceBase, article: Document) -> None:
    listed = next(t for t in tables(article) if t.column_names[0] == "Claim")
    worded = [
        p
        for g in grade_all(base, GradeRequest(source="back-acne-article"))
        for p in g.pairs
        if any(base.claim[id].proposition.object == p.outcome for id in p.wording.claims)
    ]
    assert len(listed.rows) == len(worded)
    assert not any("health condition" in row[0].text for row in listed.rows), "nobody claims that"
    gaps = [int(row[4].text) if row[4].text != "none" else 0 for row in listed.rows]
    assert gaps == sorted(gaps, reverse=True)


@pytest.mark.slow
@pytest.mark.parametrize("which", ["scars", "article"])
def test_the_page_stands_alone_and_runs_nothing(request: pytest.FixtureRequest, which: str) -> None:
    page = html.write(request.getfixturevalue(which))
    read = Reader(page)
    assert not {"script", "link", "iframe", "object", "embed", "img"} & set(read.tags)
    assert read.handlers == []
    assert all(address.startswith("https://") for address in read.addresses)
    assert "url(" not in page
    assert read.tags.count("h1") == 1
    assert ("svg" in read.tags) == (which == "scars")


def test_hostile_text_is_inert_in_every_form() -> None:
    cells = tuple(TableCell(text, link=text) for text in EVIL)
    blocks: tuple[Block, ...] = (
        *(Heading(text) for text in EVIL),
        *(Paragraph(text) for text in EVIL),
        ItemList(tuple((text, text) for text in EVIL)),
        DocumentTable(EVIL[0], EVIL, (cells,), EVIL),
    )
    evil = Document(EVIL[1], blocks, EVIL[0])
    read = Reader(html.write(evil))
    assert not {"script", "img"} & set(read.tags)
    assert read.addresses == []
    text = markdown.write(evil)
    assert not re.search(r"(?<!\\)<(?!/?sup>)", text)
    assert not re.search(r"(?<!\\)\]\(javascript", text)


@pytest.mark.slow
def test_the_pdf_says_the_same(scars: Document) -> None:
    data = REPORT_WRITERS["pdf"](scars)
    assert isinstance(data, bytes)
    assert data == REPORT_WRITERS["pdf"](scars)
    reader = PdfReader(io.BytesIO(data))
    text = " ".join(page.extract_text() for page in reader.pages)
    assert "Evidence report: acne scars" in text
    assert "The argument breaks at" in text
    assert "THE CLAIM" in text
    assert "Methods and limits" in text


def run(*words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "kg", "report", *words],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize(("suffix", "start"), [("html", b"<!DOCTYPE html>"), ("md", b"# Evidence")])
def test_the_suffix_chooses_the_form(tmp_path: Path, suffix: str, start: bytes) -> None:
    file = tmp_path / f"report.{suffix}"
    done = run("--outcome", "pih", "-o", str(file), "--date", "")
    assert (done.returncode, done.stderr) == (0, b"")
    assert file.read_bytes().startswith(start)
    again = run(
        "--outcome", "pih", "--format", {"md": "markdown"}.get(suffix, suffix), "--date", ""
    )
    assert again.stdout == file.read_bytes()


@pytest.mark.medium
@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], b"name what to report on"),
        (["--outcome", "acne-scar"], b"did you mean 'acne-scars'"),
        (["--source", "back-acne"], b"no source named"),
    ],
)
def test_what_cannot_be_reported_is_said_in_one_sentence(words: list[str], said: bytes) -> None:
    done = run(*words)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count(b"\n") == 1
