"""Pages: every one answers, every link inside leads somewhere, as server and as files."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlencode, urljoin, urlsplit

import pytest
from pyoxigraph import RdfFormat, parse

from kg import api
from kg.api.grades import grade_all
from kg.api.scenarios import rate_by_algebra
from kg.model import EvidenceBase
from kg.render import phrasing
from kg.render.scenarios import alternatives
from kg.scenarios.request import GradeRequest
from tests.server.conftest import CASES
from tests.server.serving import ROOT, Server

HTML = {"accept": "text/html"}


class Page(HTMLParser):
    """Links, ids and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append((tag, found))
        self.ids += [found["id"]] if found.get("id") else []  # type: ignore[list-item]
        for name in ("href", "src", "action"):
            if found.get(name):
                self.links.append(found[name] or "")

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def _page(server: Server, path: str) -> Page:
    reply = server.ask(path, HTML)
    assert reply.status == 200, (path, reply.text)
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    return Page(reply.text)


@pytest.mark.medium
def test_every_page_within_two_steps_is_there(small: Server) -> None:
    seen, todo = set[str](), ["/"]
    for _ in range(3):
        found: set[str] = set()
        for path in todo:
            page = _page(small, path)
            assert len(page.ids) == len(set(page.ids)), path
            found |= {urldefrag(urljoin(path, link))[0] for link in page.links}
            for link in page.links:
                if link.startswith("#"):
                    assert unquote(link[1:]) in page.ids, (path, link)
        seen |= set(todo)
        local = {link for link in found if not urlsplit(link).scheme}
        files = {link for link in local if link.startswith(("/static/", "/api/", "/void"))}
        files |= {link for link in local if link.endswith((".ttl", ".jsonld", ".svg"))}
        for link in files:
            assert small.ask(link).status == 200, link
        skipped = {"/sparql", "/api", *files}
        todo = sorted(local - seen - skipped)
    assert len(seen) > 20


@pytest.mark.medium
def test_the_verdict_of_a_page_is_that_of_the_command(shipped: Server) -> None:
    base = api.load().base
    grade = api.grade(base, "acne-scars")[0]
    head = phrasing.choose_headline(grade)
    assert head is not None
    text = _page(shipped, "/entity/acne-scars").text
    assert phrasing.format_question(head, base) in text
    assert phrasing.describe_verdict(head, base) in text
    assert phrasing.describe_gap(head) in text
    for chain in (*head.chains, *head.counter_chains):
        assert chain.label in text


def test_the_weak_link_is_on_the_first_page_and_two_clicks_lead_to_its_evidence(
    shipped: Server,
) -> None:
    home = _page(shipped, "/")
    assert "breaks at" in home.text
    (first,) = [link for link in home.links if link.startswith("/entity/acne-scars#")][:1]
    outcome = _page(shipped, first.partition("#")[0])
    assert first.partition("#")[2] in outcome.ids
    assert [link for link in outcome.links if link.startswith("#link-")]


@pytest.mark.parametrize(
    "query",
    [
        "reading=best_case",
        "evidence=cited",
        "profile=robins",
        "source=acne-scars-article",
        "exposure=magnesium-glycinate-oral&algebra=noisy-or",
    ],
)
def test_filters_are_addresses(shipped: Server, query: str) -> None:
    page = _page(shipped, f"/entity/acne-scars?{query}")
    chosen = {attrs["value"] for tag, attrs in page.tags if tag == "option" and "selected" in attrs}
    assert {pair.partition("=")[2] for pair in query.split("&")} <= chosen


@pytest.mark.parametrize("more", ["", "&evidence=cited&profile=robins&reading=best_case"])
def test_a_page_by_another_algebra_shows_what_the_command_shows(shipped: Server, more: str) -> None:
    """Every pair with its three answers, the default beside it, and the label."""
    page = _page(shipped, f"/entity/acne-scars?algebra=product{more}").text
    chosen = ("cited", "robins") if more else ("all", "grade")
    pairs = rate_by_algebra(
        api.load().base,
        "product",
        GradeRequest.parse("acne-scars", evidence=chosen[0], profile=chosen[1]),
    )
    assert len(pairs) >= 3
    for pair in pairs:
        answers = [answer.word for answer in pair.answers]
        assert f"{pair.sense} {' '.join(answers)} established" in page
        assert f"By product {' / '.join(answers)} uncalibrated" in page
        assert alternatives.explain_best_case(pair) in page
    assert alternatives.format_note("product") in page


def test_wrong_choices_are_refused(shipped: Server) -> None:
    for query, status in (("reading=x", 400), ("profile=x", 404), ("algebra=x", 404)):
        assert shipped.ask(f"/entity/acne-scars?{query}", HTML).status == status


def test_search_and_what_if_need_no_script(shipped: Server) -> None:
    found = _page(shipped, "/search?q=acne+scars")
    assert "/entity/acne-scars" in found.links
    assert "The argument breaks at" in found.text
    trial = "rct, n=400, low bias, benefit: magnesium-glycinate-oral -> acne-scars"
    query = urlencode({"outcome": "acne-scars", "add": trial, "remove": ""})
    answer = _page(shipped, f"/whatif?{query}").text
    assert re.search(r"the argument breaks\s*→\s*probably improves \(moderate certainty\)", answer)
    wrong = _page(shipped, "/whatif?outcome=acne-scars&add=rubbish").text
    assert "rubbish" in wrong


def test_an_error_is_a_page_for_a_person(shipped: Server) -> None:
    reply = shipped.ask("/entity/nothing", HTML)
    assert reply.status == 404
    assert "says nothing of" in reply.text


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site") / "public"
    _site(out)
    return out


def _site(out: Path, status: int = 0) -> str:
    base = CASES / "cli" / "base"
    command = [sys.executable, "-P", "-m", "kg", "site", str(out), "--base", str(base)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == status, done.stderr
    return done.stderr


def _files(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.rglob("*.html"))


def test_a_static_site_has_every_thing_and_no_dead_link(site: Path) -> None:
    """Pages, styles, scripts, other forms; and the place inside a page that a link names."""
    base = api.load(CASES / "cli" / "base").base
    assert _count(base) <= sum(1 for _ in _files(site))
    parsed = {path: Page(path.read_text()) for path in _files(site)}
    for path, page in parsed.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme:
                assert parts.scheme == "https", link
                continue
            assert not parts.path.startswith("/"), (path, link)
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            assert target.is_file(), (path, link)
            assert target.is_relative_to(site), (path, link)
            if parts.fragment:
                assert unquote(parts.fragment) in parsed[target].ids, (path, link)


def test_each_thing_of_a_static_site_is_rdf_beside_its_page(site: Path, small: Server) -> None:
    """Turtle and JSON-LD say the same, and what the server says; the page names both."""
    for path in sorted(site.glob("*/*.ttl")):
        forms = {
            kind: {str(q) for q in parse(file.read_bytes(), format=form)}
            for kind, form in (("ttl", RdfFormat.TURTLE), ("jsonld", RdfFormat.JSON_LD))
            for file in (path.with_suffix(f".{kind}"),)
        }
        assert forms["ttl"] == forms["jsonld"] != set(), path
        links = Page(path.with_suffix(".html").read_text()).links
        assert {path.name, path.with_suffix(".jsonld").name} <= set(map(_last, links)), path
    for name in ("entity/dry-skin", "exposure/zinc-oral"):
        here = parse((site / f"{name}.ttl").read_bytes(), format=RdfFormat.TURTLE)
        there = parse(small.ask(f"/{name}.ttl").body, format=RdfFormat.TURTLE)
        assert {str(q) for q in here} == {str(q) for q in there}


def _last(link: str) -> str:
    return unquote(link.rpartition("/")[2])


def test_an_outcome_has_its_picture_as_a_file(site: Path, small: Server) -> None:
    drawn = (site / "entity" / "dry-skin.svg").read_bytes()
    reply = small.ask("/entity/dry-skin.svg")
    assert (reply.status, reply.headers["content-type"]) == (200, "image/svg+xml")
    assert reply.body == drawn
    assert b"<title" in drawn
    assert small.ask("/exposure/zinc-oral.svg").status == 404


def _count(base: EvidenceBase) -> int:
    tables = (base.entities, base.exposures, base.claims, base.chains, base.studies)
    return sum(map(len, tables)) + len(base.sources) + len(base.citations) + len(base.populations)


@pytest.mark.slow
def test_a_site_is_replaced_and_nothing_else_is(site: Path, tmp_path: Path) -> None:
    before = {p.relative_to(site): p.read_bytes() for p in site.rglob("*") if p.is_file()}
    _site(site)
    after = {p.relative_to(site): p.read_bytes() for p in site.rglob("*") if p.is_file()}
    assert before == after
    (tmp_path / "mine.txt").write_text("keep me")
    assert "not a site that kg wrote" in _site(tmp_path, status=2)
    assert (tmp_path / "mine.txt").read_text() == "keep me"
    mine, page = site / "CNAME", site / "index.html"
    mine.write_text("example.org")
    assert "CNAME is not as kg wrote it" in _site(site, status=2)
    assert mine.read_text() == "example.org"
    mine.unlink()
    page.write_text(page.read_text() + "edited")
    assert "index.html is not as kg wrote it" in _site(site, status=2)
    assert page.read_text().endswith("edited")
    page.write_bytes(before[page.relative_to(site)])
    _site(site)
    (tmp_path / ".kg-site").touch()
    assert "not a site that kg wrote" in _site(tmp_path, status=2)


@pytest.mark.slow
def test_the_page_of_an_article_says_what_its_report_says(shipped: Server) -> None:
    source = "joint-mobility-article"
    base = api.load().base
    graded = {
        p.id: p
        for g in grade_all(base, GradeRequest(source=source))
        for p in g.pairs
        if p.wording.claims
    }
    text = shipped.ask(f"/source/{source}", {"accept": "text/html"}).text
    links = re.findall(r'href="(/entity/[^"?]+)\?source=([^"#]+)#pair-([^"]+)"', text)
    assert len(links) == len(graded)
    assert {name for _, name, _ in links} == {source}
    places = {f"/entity/{p.outcome}#pair-{p.exposure}-{p.sense}" for p in graded.values()}
    assert {f"{page}#pair-{place}" for page, _, place in links} == places
    worst = next(p for p in graded.values() if p.outcome == "health-condition")
    assert phrasing.describe_gap(worst) in text
