"""The recipes of docs/how-to: which files they list, what they write, change and run."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOW_TO = ROOT / "docs" / "how-to"
PAGES = ("write-a-detector.md", "extend.md")
BLOCK = re.compile(r"^ *```(?P<kind>\w+)(?: (?P<file>\S+))?\n(?P<body>.*?)^ *```$", re.M | re.S)
LISTED_FILE = re.compile(r"^\| `([\w./-]+)` \|", re.MULTILINE)


@dataclass(frozen=True)
class Recipe:
    """One section with a table of files."""

    title: str
    listed_files: tuple[str, ...]
    new_files: tuple[tuple[str, str], ...]
    changes: tuple[tuple[str, str], ...]
    commands: tuple[str, ...]

    def apply(self, root: Path) -> None:
        """Write the new files below `root`, and make the changes."""
        for name, text in self.new_files:
            assert not (root / name).exists(), f"{name} is there already"
            (root / name).write_text(text, encoding="utf-8")
        for name, diff in self.changes:
            lines = diff.splitlines()
            before = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("+"))
            after = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("-"))
            text = (root / name).read_text(encoding="utf-8")
            assert text.count(before) == 1, f"{name} does not hold once: {before}"
            (root / name).write_text(text.replace(before, after), encoding="utf-8")


def read_recipes() -> list[Recipe]:
    """The recipes of all pages, in order."""
    sections = [
        section
        for page in PAGES
        for section in re.split(r"^##? ", (HOW_TO / page).read_text(encoding="utf-8"), flags=re.M)
        if LISTED_FILE.search(section)
    ]
    return [_read_recipe(section) for section in sections]


def list_new_files() -> set[str]:
    """The files that a recipe writes, which are not in this checkout."""
    return {name for recipe in read_recipes() for name, _ in recipe.new_files}


def _read_recipe(section: str) -> Recipe:
    blocks = [
        (block["kind"], block["file"], textwrap.dedent(block["body"]))
        for block in BLOCK.finditer(section)
    ]
    named = [(kind, file, body) for kind, file, body in blocks if file]
    return Recipe(
        title=section.partition("\n")[0],
        listed_files=tuple(LISTED_FILE.findall(section)),
        new_files=tuple((file, body) for kind, file, body in named if kind != "diff"),
        changes=tuple((file, body) for kind, file, body in named if kind == "diff"),
        commands=tuple(
            line for kind, _, body in blocks if kind == "sh" for line in body.splitlines()
        ),
    )
