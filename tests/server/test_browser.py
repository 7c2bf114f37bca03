"""Pages in a real headless Chromium: what people do, what screen readers need, no stray request."""

from __future__ import annotations

import http.server
import os
import re
import shutil
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.server.serving import ROOT, Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = "/usr/bin/chromium"
SMALL = ROOT / "tests" / "cases" / "cli" / "base"
AXE = ROOT / "tests" / "js" / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
SHOTS = os.environ.get("KG_TEST_SCREENSHOTS")
"""A folder for screenshots, for a person to look at."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="scripts/test installs chromium"),
]


@dataclass
class Visit:
    """A page in the browser, with all that it asked for and complained of."""

    page: Page
    root: str
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.page.goto(self.root + path)
        return self.page

    def check(self) -> None:
        assert self.complaints == []
        assert [
            url for url in self.asked if not url.startswith((self.root, "data:", "blob:"))
        ] == []


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield found
        found.close()


def _visit(browser: Browser, server: Server, **options: Any) -> Visit:
    page = browser.new_context(**options).new_page()
    page.set_default_timeout(60_000)
    visit = Visit(page, server.url)
    page.on("request", lambda request: visit.asked.append(request.url))
    page.on(
        "console",
        lambda said: visit.complaints.append(said.text) if said.type in _BAD else None,
    )
    page.on("pageerror", lambda fault: visit.complaints.append(str(fault)))
    return visit


_BAD = ("error", "warning")


@pytest.fixture
def visit(browser: Browser, shipped: Server) -> Iterator[Visit]:
    """A wide window; nothing may be complained of or asked for elsewhere."""
    found = _visit(browser, shipped, viewport={"width": 1280, "height": 900})
    yield found
    found.check()
    found.page.context.close()


def test_from_search_to_outcome_to_evidence(visit: Visit) -> None:
    page = visit.open("/")
    page.get_by_role("searchbox").fill("acne scars")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="acne scars", exact=True).click()
    page.wait_for_url("**/entity/acne-scars")
    weak = page.locator(".pair > .weak a").first
    assert "breaks at" in weak.inner_text()
    weak.click()
    piece = page.locator(page.url.partition("#")[2].join(("#", "[open]")))
    piece.wait_for()
    assert piece.locator("ol li").first.is_visible()
    said = piece.get_by_role("link").filter(has_text=re.compile(r"\w"))
    assert said.count() >= 2


def test_three_clicks_from_the_first_page_to_the_reasons_of_the_weak_link(visit: Visit) -> None:
    page = visit.open("/")
    page.locator(".line-head").first.click()
    page.locator(".leg.mark-break a").first.click()
    opened = page.locator("details.piece[open]").first
    assert opened.locator(".reading[open] li").first.is_visible()


def test_the_graph_zooms_pans_tells_and_leads(visit: Visit) -> None:
    page = visit.open("/entity/acne-scars")
    svg = page.locator("#graph svg")
    svg.scroll_into_view_if_needed()
    before = svg.get_attribute("viewBox")
    page.get_by_role("button", name="Zoom in").click()
    zoomed = svg.get_attribute("viewBox")
    assert zoomed != before
    box = svg.bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 90, middle[1] + 40, steps=4)
    page.mouse.up()
    assert svg.get_attribute("viewBox") != zoomed
    page.get_by_role("button", name="Show all").click()
    assert _numbers(svg.get_attribute("viewBox")) == pytest.approx(_numbers(before), abs=0.01)
    arrow = page.locator("#graph a[href^='#link-']:not([aria-hidden])").first
    arrow.hover()
    tip = page.locator(".tip")
    assert "→" in tip.inner_text()
    assert "Why:" in tip.inner_text()
    target = arrow.get_attribute("href")
    arrow.click()
    page.locator(f"{target}[open]").wait_for()


def _numbers(box: str | None) -> list[float]:
    return [float(part) for part in (box or "").split()]


def test_filters_change_the_address_and_survive_a_reload(visit: Visit) -> None:
    page = visit.open("/entity/acne-scars")
    page.locator(".filtering summary").click()
    with page.expect_navigation():
        page.get_by_label("Reading").select_option("best_case")
    assert page.url.endswith("?reading=best_case")
    page.reload()
    assert page.get_by_label("Reading").input_value() == "best_case"
    with page.expect_navigation():
        page.get_by_label("Algebra").select_option("noisy-or")
    assert "algebra=noisy-or" in page.url
    page.reload()
    assert page.get_by_label("Algebra").input_value() == "noisy-or"
    assert "uncalibrated" in page.locator("#algebra").inner_text()


def test_the_sparql_page_runs_a_saved_query(visit: Visit) -> None:
    page = visit.open("/query")
    page.locator("#yasgui .CodeMirror").wait_for()
    page.get_by_role("button", name="Where the wording outruns the evidence").click()
    page.locator("#yasgui .yasr table tbody tr, #yasgui .yasr .dataTables_info").first.wait_for()
    assert "Nothing" not in page.locator("#query-hint").inner_text()
    page.evaluate(
        "document.querySelector('.CodeMirror').CodeMirror.setValue('SELECT * { ?s a <a:none> }')"
    )
    page.locator(".yasqe_queryButton").click()
    page.locator("#query-hint", has_text="Nothing was found").wait_for()


def test_what_if_moves_the_verdict_in_place(visit: Visit) -> None:
    page = visit.open("/entity/acne-scars")
    page.get_by_role("button", name="See the verdict move").click()
    answer = page.locator("#whatif-answer")
    answer.locator("#answer").wait_for()
    assert re.search(r"the argument breaks\s*→\s*probably improves", answer.inner_text())
    assert page.url.endswith("/entity/acne-scars")


PLACES = {
    "home": "/",
    "outcome": "/entity/acne-scars",
    "cramps": "/entity/muscle-cramps",
    "filtered": "/entity/acne-scars?reading=best_case&evidence=cited&algebra=product",
    "claim": "/claim/a1-89-solution",
    "chain": "/chain/as3",
    "citation": "/citation/a1-appeal-61",
    "source": "/source/acne-scars-article",
    "sources": "/sources",
    "study": "/study/abbasi-2012",
    "studies": "/studies",
    "substance": "/entity/zinc",
    "vocabulary": "/vocab",
    "rule": "/rule/KG101",
    "rules": "/rules",
    "search": "/search?q=scars",
    "search for nothing": "/search",
    "nothing found": "/search?q=zzqqxx",
    "whatif": "/whatif?outcome=acne-scars&remove=claim:a1-89-solution",
    "supposed wrongly": "/whatif?outcome=acne-scars&add=rubbish",
    "query": "/query",
    "answer": "/sparql?query=SELECT+*+%7B+%3Fs+%3Fp+%3Fo+%7D+LIMIT+30",
    "api": "/api",
    "exposure": "/exposure/magnesium-glycinate-oral",
    "not found": "/entity/nothing",
    "wrong choice": "/entity/acne-scars?reading=x",
    "wrong query": "/sparql?query=SELECT",
}
CUT_WORDS = """() => {
  const range = document.createRange(), found = []
  for (const cell of document.querySelectorAll('main :is(th, td)')) {
    const walk = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT)
    for (let text = walk.nextNode(); text; text = walk.nextNode())
      for (const word of text.data.matchAll(/[A-Za-z0-9]{2,16}/g)) {
        range.setStart(text, word.index)
        range.setEnd(text, word.index + word[0].length)
        const tops = new Set([...range.getClientRects()].map((box) => Math.round(box.top)))
        if (tops.size > 1 && !text.data.includes('://')) found.push(word[0])
      }
  }
  return found
}"""
"""Short words of tables that go over more than one line."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_pages_fit_and_a_screen_reader_can_use_them(
    browser: Browser, shipped: Server, width: int, scheme: str
) -> None:
    """Nothing sticks out sideways; axe-core finds nothing serious."""
    visit = _visit(browser, shipped, viewport={"width": width, "height": 800}, color_scheme=scheme)
    found: dict[str, list[str]] = {}
    for name, path in PLACES.items():
        page = visit.open(path)
        if name == "query":
            page.locator("#yasgui .CodeMirror").wait_for()
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/{name}-{width}-{scheme}.png")
        _fits(page, name)
        if AXE.exists():
            found[name] = _serious(page)
    assert {name: faults for name, faults in found.items() if faults} == {}
    # a page that is not there, or is asked for wrongly, the browser itself tells the console
    visit.complaints = [c for c in visit.complaints if "40" not in c]
    visit.check()
    visit.page.context.close()


def _fits(page: Page, name: str) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, (name, wide)
    assert page.evaluate(CUT_WORDS) == [], name


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_editor_fits_in_every_state_of_it(
    browser: Browser, shipped: Server, width: int, scheme: str
) -> None:
    """A table, an error, the answer as it came, the settings, two tabs: for axe-core as well."""
    visit = _visit(browser, shipped, viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = visit.open("/query")
    page.locator("#yasgui .CodeMirror").wait_for()
    ground = "getComputedStyle(document.querySelector('#yasgui .CodeMirror')).backgroundColor"
    assert (page.evaluate(ground) == "rgb(255, 255, 255)") == (scheme == "light")

    def saved() -> None:
        page.get_by_role("button", name="Where the wording outruns the evidence").click()
        page.locator("#yasgui .yasr table tbody tr").first.wait_for()

    def wrong() -> None:
        page.evaluate("document.querySelector('.CodeMirror').CodeMirror.setValue('SELECT * { ?s')")
        page.locator(".yasqe_queryButton").click()
        page.locator("#yasgui .errorResult").wait_for()

    def settings() -> None:
        page.locator("#yasgui .tabContextButton").first.click()
        page.locator("#yasgui .tabMenu").first.wait_for()

    def response() -> None:
        page.locator("#yasgui .select_response").click()
        page.locator("#yasgui .yasr .CodeMirror").wait_for()

    def tabs() -> None:
        page.get_by_role("button", name="New tab").click()
        assert page.get_by_role("tab").count() == 2

    found = {}
    for act in (saved, response, settings, tabs, wrong):
        if act in (settings, wrong):
            page.reload()
            page.locator("#yasgui .CodeMirror").wait_for()
        act()
        page.wait_for_timeout(300)  # the editor fades things in
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/editor-{act.__name__}-{width}-{scheme}.png")
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, act
        if AXE.exists():
            found[act.__name__] = _serious(page)
    assert {name: faults for name, faults in found.items() if faults} == {}
    visit.complaints = [c for c in visit.complaints if "400" not in c]
    visit.check()
    page.context.close()


def _serious(page: Page) -> list[str]:
    page.evaluate(AXE.read_text() + "; 0")
    result = page.evaluate("axe.run()")
    return [
        f"{fault['id']}: {fault['nodes'][0]['html'][:200]}"
        for fault in result["violations"]
        if fault["impact"] in ("serious", "critical")
    ]


def test_the_keyboard_reaches_everything(visit: Visit) -> None:
    page = visit.open("/entity/acne-scars")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.closest('[href]')?.getAttribute('href')"))
    assert any(str(href).startswith("#link-") for href in reached)


def test_without_scripts_all_of_it_is_there(browser: Browser, shipped: Server) -> None:
    narrow = {"width": 360, "height": 800}
    visit = _visit(browser, shipped, java_script_enabled=False, viewport=narrow)
    page = visit.open("/entity/acne-scars")
    box = page.locator("#graph svg").bounding_box()
    assert box is not None
    assert box["width"] > 600  # the picture scrolls rather than shrinks
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.locator(".leg.mark-break a").first.click()
    assert "#link-" in page.url
    page.get_by_role("button", name="See the verdict move").click()
    assert "the argument breaks" in page.locator("#answer").inner_text()
    visit.open("/query")
    page.locator("#text").fill("ASK {}")
    page.locator("#plain").get_by_role("button", name="Run").click()
    assert page.locator("main").get_by_text("yes", exact=True).is_visible()
    visit.check()
    page.context.close()


@pytest.mark.parametrize("opened", ["as files", "below a path"])
def test_a_static_site_is_searched_without_a_server_of_kg(
    browser: Browser, tmp_path: Path, opened: str
) -> None:
    """From a folder of a disk, and from a sub-path of any web server; without scripts a list."""
    place = tmp_path / "some where" / "site"
    command = [sys.executable, "-P", "-m", "kg", "site", str(place), "--base", str(SMALL)]
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True)
    handler = partial(_Quiet, directory=tmp_path)
    with socketserver.TCPServer(("127.0.0.1", 0), handler) as files:
        threading.Thread(target=files.serve_forever, daemon=True).start()
        root = f"http://127.0.0.1:{files.server_address[1]}/some%20where/site"
        if opened == "as files":
            root = place.as_uri()
        page = browser.new_context(viewport={"width": 360, "height": 800}).new_page()
        complaints: list[str] = []
        page.on("requestfailed", lambda request: complaints.extend(_name_failure(request)))
        page.on("console", lambda said: complaints.append(said.text) if said.type in _BAD else None)
        page.on("pageerror", lambda fault: complaints.append(str(fault)))
        page.goto(f"{root}/claim/{next((place / 'claim').glob('*.html')).name}")
        page.get_by_role("searchbox").fill("Dry-Skin")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search.html?q=Dry-Skin")
        first = page.locator("#everything li:visible a").first
        assert first.inner_text() == "dry skin"
        assert (
            page.locator("#everything li:visible").count() < page.locator("#everything li").count()
        )
        first.click()
        page.wait_for_url("**/entity/dry-skin.html")
        assert page.locator("#graph svg").is_visible()
        page.goto(f"{root}/search.html?q=zzqqxx")
        assert "Nothing" in page.locator("#found").inner_text()
        assert complaints == []
        plain = browser.new_context(java_script_enabled=False).new_page()
        plain.goto(f"{root}/search.html?q=dry")
        plain.get_by_role("link", name="dry skin", exact=True).click()
        assert plain.locator("h1").inner_text() == "dry skin"
        files.shutdown()


def _name_failure(request: Any) -> list[str]:
    """The address of a request that failed; one that a navigation cut off did not."""
    return [] if request.failure == "net::ERR_ABORTED" else [request.url]


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """Files over HTTP, without a word."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


REPORTS = {
    "outcome": ("--outcome", "acne-scars"),
    "refuted": ("--outcome", "muscle-cramps"),
    "source": ("--source", "acne-scars-article"),
}


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_reads_on_screen_and_paper(browser: Browser, tmp_path: Path, name: str) -> None:
    """Both schemes, two widths, no script; on A4 and Letter no short table is torn."""
    made = tmp_path / "report.html"
    command = [sys.executable, "-P", "-m", "kg", "report", *REPORTS[name], "-o", str(made)]
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True)
    for scheme in ("light", "dark"):
        for width in (360, 1280):
            # the policy of the report lets no script in, not even that of the checker
            asked: dict[str, Any] = {"color_scheme": scheme, "bypass_csp": True}
            context = browser.new_context(viewport={"width": width, "height": 900}, **asked)
            page = context.new_page()
            page.goto(made.as_uri())
            if SHOTS:
                page.screenshot(path=f"{SHOTS}/report-{name}-{width}-{scheme}.png")
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
            ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
            assert (ground == "rgb(255, 255, 255)") == (scheme == "light")
            if AXE.exists():
                assert _serious(page) == []
            context.close()
    page = browser.new_context(java_script_enabled=False, color_scheme="dark").new_page()
    page.goto(made.as_uri())
    page.set_viewport_size({"width": 360, "height": 900})
    for picture in page.locator("figure svg").all():  # it scrolls rather than shrinks
        box = picture.bounding_box()
        assert box is not None
        assert box["width"] > 600
    short = page.locator(".kept table").all()
    tables = [[_squeezed(cell) for cell in t.locator("th, td").all_inner_texts()] for t in short]
    assert tables or name == "source"
    for paper in ("A4", "Letter"):
        printed = tmp_path / f"{paper}.pdf"
        page.pdf(path=printed, format=paper)
        if shutil.which("pdftotext"):
            sheets = [_squeezed(sheet) for sheet in _sheets(printed)]
            for cells in tables:
                assert any(all(cell in sheet for cell in cells) for sheet in sheets), cells
    page.context.close()


def _sheets(printed: Path) -> list[str]:
    told = subprocess.run(["pdftotext", "-raw", printed, "-"], check=True, capture_output=True)
    return told.stdout.decode().split("\f")


def _squeezed(text: str) -> str:
    """The letters of a text alone: where lines are broken does not matter."""
    return re.sub(r"[^a-z]", "", text.lower())


def test_a_page_prints(browser: Browser, shipped: Server, tmp_path: Path) -> None:
    visit = _visit(browser, shipped)
    visit.open("/entity/acne-scars").pdf(path=tmp_path / "page.pdf", format="A4")
    from pypdf import PdfReader

    text = "".join(page.extract_text() for page in PdfReader(tmp_path / "page.pdf").pages)
    assert "The argument breaks at" in text
    assert "What if?" not in text
    visit.page.context.close()


@pytest.mark.skipif(shutil.which("node") is None, reason="npm comes with Node.js")
def test_axe_is_there() -> None:
    if not (ROOT / "tests" / "js" / "node_modules").exists():
        pytest.skip("scripts/test runs npm ci first")
    assert AXE.exists()
