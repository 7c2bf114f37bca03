"""What the documents show is what kg does: sessions are run, examples are doctests, links resolve.

A `console` block is a session: lines that start with `$ ` are run, `> ` continues a command, a
line `...` stands for any number of lines. A block named as a file (`yaml notes/a.yaml`) is written.
Every document has a directory of its own, in which `kg` and `./scripts/kg` are this checkout.
`KG_RENEW=1 pytest tests/house/test_docs.py` writes what came out into the documents.
"""

from __future__ import annotations

import doctest
import inspect
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

import pytest

from kg.weaklinks import DETECTORS
from tests.support.documents import BLOCK
from tests.support.golden import RENEW

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
PAGES = (README, ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md")))
LINK = re.compile(r"\]\((?P<markdown>[^()\s]+)\)|(?:src|srcset|href)=\"(?P<html>[^\"]+)\"")
PLACE_ON_A_MACHINE = re.compile(r"(?<![\w.:/~$}])/(?:home|work|tmp|usr|opt|root|Users|var)/")
SHIM = f'#!/bin/sh\nPYTHONPATH={quote(str(ROOT))} exec {quote(sys.executable)} -P -m kg "$@"\n'
GAP = "..."


@dataclass(frozen=True)
class Command:
    """A command of a session, as written, and the lines that it shows."""

    text: str
    shown: tuple[str, ...]

    @property
    def line(self) -> str:
        return re.sub(r"^(\$|>) ", "", self.text, flags=re.MULTILINE)


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> Iterator[re.Match[str]]:
    return BLOCK.finditer(page.read_text(encoding="utf-8"))


def language(block: re.Match[str]) -> str:
    return block["info"].partition(" ")[0]


def commands(body: str) -> list[Command]:
    """The commands of a session."""
    found: list[tuple[list[str], list[str]]] = []
    for line in body.splitlines():
        if line.startswith("$ "):
            found.append(([line], []))
        elif line.startswith("> ") and found and not found[-1][1]:
            found[-1][0].append(line)
        else:
            assert found, f"a session starts with a command, not with {line!r}"
            found[-1][1].append(line)
    return [Command("\n".join(text), tuple(shown)) for text, shown in found]


def pieces(shown: Sequence[str]) -> list[list[str]]:
    """The lines between the gaps."""
    parts: list[list[str]] = [[]]
    for line in shown:
        if line.strip() == GAP:
            parts.append([])
        else:
            parts[-1].append(line)
    return parts


def agrees(shown: Sequence[str], printed: Sequence[str]) -> bool:
    """Whether lines with gaps stand for the printed ones."""
    first, *rest = pieces(shown)
    if list(printed[: len(first)]) != first:
        return False
    if not rest:
        return len(printed) == len(first)
    at, last = len(first), rest.pop()
    for part in rest:
        starts = range(at, len(printed) - len(part) + 1)
        start = next((i for i in starts if list(printed[i : i + len(part)]) == part), None)
        if start is None:
            return False
        at = start + len(part)
    return len(printed) - len(last) >= at and list(printed[len(printed) - len(last) :]) == last


def refreshed(command: Command, printed: Sequence[str]) -> tuple[str, ...]:
    """The lines to show now: before the first gap and after the last one they are renewed."""
    if agrees(command.shown, printed):
        return command.shown
    parts = pieces(command.shown)
    if len(parts) == 1:
        return tuple(printed)
    first, *middle, last = parts
    inner = [line for part in middle for line in (GAP, *part)]
    return (*printed[: len(first)], *inner, GAP, *printed[len(printed) - len(last) :])


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def place(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory in which `kg` and `./scripts/kg` are the ones of this checkout."""
    for shim in (tmp_path / "bin" / "kg", tmp_path / "here" / "scripts" / "kg"):
        shim.parent.mkdir(parents=True)
        shim.write_text(SHIM)
        shim.chmod(0o755)
    for variable in ("KG_BASE", "KG_PROFILE", "FORCE_COLOR"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("KG_CACHE_DIR", str(cache))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    return tmp_path / "here"


def run(command: str, directory: Path) -> list[str]:
    """The lines that a command prints, on stdout or stderr."""
    done = subprocess.run(
        command,
        shell=True,
        check=False,
        cwd=directory,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
    )
    return [line.rstrip() for line in done.stdout.splitlines()]


def with_sessions() -> list[Path]:
    return [page for page in PAGES if any(language(block) == "console" for block in blocks(page))]


@pytest.mark.slow
@pytest.mark.parametrize("page", with_sessions(), ids=name)
def test_sessions_print_what_the_document_shows(page: Path, place: Path) -> None:
    text, done, wrong = "", 0, []
    whole = page.read_text(encoding="utf-8")
    for block in blocks(page):
        kind, _, file = block["info"].partition(" ")
        if file:
            (place / file).parent.mkdir(parents=True, exist_ok=True)
            (place / file).write_text(block["body"], encoding="utf-8")
        if kind != "console":
            continue
        new = []
        for command in commands(block["body"]):
            printed = run(command.line, place)
            new += [command.text, *refreshed(command, printed)]
            if not agrees(command.shown, printed):
                wrong.append("\n".join([command.text, *printed]))
        text += whole[done : block.start("body")] + "".join(f"{line}\n" for line in new)
        done = block.end("body")
    if RENEW:
        page.write_text(text + whole[done:], encoding="utf-8")
    assert not wrong, f"{name(page)} shows something else than\n" + "\n\n".join(wrong)


@pytest.mark.slow
@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("page", PAGES, ids=name)
def test_python_examples_are_doctests(page: Path) -> None:
    examples = "\n".join(block["body"] for block in blocks(page) if block["info"] == "python")
    test = doctest.DocTestParser().get_doctest(examples, {}, name(page), name(page), 0)
    result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test)
    assert not result.failed
    assert test.examples or not examples, "an example without >>> is not tested"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    prose = BLOCK.sub("", page.read_text(encoding="utf-8"))
    targets = [found["markdown"] or found["html"] for found in LINK.finditer(prose)]
    for target in targets:
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        there = (page.parent / file).resolve() if file else page
        assert there.exists(), f"{name(page)} links to {target}"
        assert not anchor or anchor in anchors(there), f"{name(page)} links to {target}"


def anchors(page: Path) -> set[str]:
    """The anchors that a forge makes of the headings of a page."""
    prose = BLOCK.sub("", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.+)$", prose, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", text).lower().replace(" ", "-") for text in headings}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_no_place_on_a_machine_is_named(page: Path) -> None:
    assert not PLACE_ON_A_MACHINE.findall(page.read_text(encoding="utf-8"))


def test_the_readme_is_short() -> None:
    assert len(README.read_text(encoding="utf-8").splitlines()) < 120


def test_every_page_can_be_reached_from_the_readme() -> None:
    seen, queue = set(), [README]
    while queue:
        page = queue.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        for found in LINK.finditer(BLOCK.sub("", page.read_text(encoding="utf-8"))):
            target = (found["markdown"] or found["html"]).partition("#")[0]
            if target and not re.match(r"[a-z]+:", target):
                there = (page.parent / target).resolve()
                queue += sorted(there.glob("*.md")) if there.is_dir() else [there]
    pages = {page for page in PAGES if page.parent.name != "unreleased"}
    assert pages <= seen, sorted(name(page) for page in pages - seen)


def terms() -> list[str]:
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    return re.findall(r"^\| \*\*(.+?)\*\*", glossary, re.MULTILINE)


def test_every_term_of_the_glossary_is_used() -> None:
    texts = [page.read_text(encoding="utf-8") for page in PAGES if page.name != "glossary.md"]
    texts += [module.read_text(encoding="utf-8") for module in sorted((ROOT / "kg").rglob("*.py"))]
    everything = re.sub(r"\s+", " ", "\n".join(texts)).lower()
    assert terms()
    assert not [term for term in terms() if term.lower() not in everything]


def test_changelog_fragments_are_named_by_what_they_are() -> None:
    fragments = sorted((ROOT / "docs" / "changelog" / "unreleased").glob("*"))
    kinds = "added|changed|deprecated|removed|fixed|security"
    assert not [f.name for f in fragments if not re.fullmatch(rf"({kinds})-[a-z0-9-]+\.md", f.name)]


def test_every_detector_is_listed_as_it_is() -> None:
    page = (ROOT / "docs" / "explanation" / "weak-links.md").read_text(encoding="utf-8")
    rows = []
    for code in sorted(DETECTORS):
        detector = DETECTORS[code]
        wrong = (inspect.getmodule(detector.judge).__doc__ or "").splitlines()[0]
        rows.append(f"| {code} | {detector.name} | {detector.severity.word} | {wrong} |")
    assert re.findall(r"^\| KG.+$", page, re.MULTILINE) == rows


@pytest.mark.parametrize(
    ("shown", "printed", "expected"),
    [
        ("a b", "a b", True),
        ("a b", "a c", False),
        ("a", "a b", False),
        ("a ...", "a b c", True),
        ("... c", "a b c", True),
        ("a ... c", "a c", True),
        ("a ... a", "a", False),
        ("... b ... d", "a b c d", True),
        ("... c ... b", "a b c", False),
    ],
)
def test_a_gap_stands_for_any_lines(shown: str, printed: str, expected: bool) -> None:
    assert agrees(shown.split(), printed.split()) is expected


def test_refreshing_renews_both_ends_and_keeps_the_gap() -> None:
    command = Command("$ x", ("old", GAP, "end"))
    assert refreshed(command, ["new", "b", "c", "last"]) == ("new", GAP, "last")
    assert refreshed(Command("$ x", ("old",)), ["a", "b"]) == ("a", "b")
