"""The laws of grading in words, and the tests that hold them, found by their marks.

A test says which laws it holds by `@pytest.mark.law("P13")`; `docs/reference/laws.md` is written
from this by `scripts/docs`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent

LAWS: Mapping[str, str] = {
    "P1": "Parallel chains are combined in any grouping.",
    "P2": "Parallel chains are combined in any order.",
    "P3": "A chain beside itself is that chain.",
    "P4": "Links in series are combined in any grouping.",
    "P5": "Links in series are combined in any order.",
    "P6": "A link before a fork is the same as the link in each branch.",
    "P7": "A missing chain adds nothing beside another and ends any series.",
    "P8": "A link that is certain and leaps nowhere changes no chain.",
    "P9": "A longer way through a chain adds nothing to the chain.",
    "P10": "Beside each other the best level counts; in series it is never above the lowest.",
    "P11": "A search gives what listing all chains gives, cycles or none.",
    "P12": "Names, and the order of links, records and documents, change no grade.",
    "P13": "A repeated link, citation or report of a trial changes no grade.",
    "P14": "A synthesis beside the trials that it contains is the synthesis.",
    "P15": "A better link never lowers a claim; a worse judgement never raises it.",
    "P16": "A longer chain is never better; one more chain never lowers support.",
    "P17": "No evidence gives none, and never very low.",
    "P18": "Very low on all links gives very low.",
    "P19": "A claim with nothing but direct evidence has the grade of that body.",
    "P20": "A cycle changes no grade.",
    "P21": "A retracted study counts as if it had been deleted.",
    "P22": "Evidence from nearer to the question never gives less.",
    "P23": "Readings are ordered, a level lies in its interval, and what becomes known narrows it.",
    "P24": "Animals alone give low at most, cells and computer models very low.",
    "P25": "Refutation never travels along a chain; a claim whose chains fall is unsupported.",
    "P26": "A precise null refutes; an imprecise one never does.",
    "P27": "Two turns of sign are none, and effects in opposite directions stay apart.",
    "P28": "What was rated down is not rated up, and randomised evidence is never rated up.",
    "P29": "The ranking of chains refines their levels.",
    "P30": "What is exported and imported again is the same.",
    "P31": "The gap grows with the wording and shrinks with the evidence.",
    "P32": "Mechanistic support never moves clinical certainty.",
    "P33": "Product is below every link; worlds equal it in series and never exceed noisy-or.",
    "P34": "Fusion with no opinion changes nothing, nor does averaging with the same one.",
    "P35": "A study that no chain uses changes nothing; fragility is leaving one study out.",
    "P36": "The same input gives the same grade, whatever the order in which numbers are added.",
    "no-volume": "Any number of findings of a weaker class lifts no grade above that class.",
    "no-repetition": "A claim that is stated again, however often, changes no grade.",
}


@dataclass(frozen=True, slots=True)
class Held:
    """A test that holds a law."""

    law: str
    file: str
    test: str

    @property
    def words(self) -> str:
        """What the name of the test says, without the law's own name."""
        return re.sub(r"^test (p\d+ )*", "", self.test.replace("_", " "))


def held() -> tuple[Held, ...]:
    """Every mark of every test, sorted by law, file and place."""
    found = [mark for file in sorted(TESTS.rglob("test_*.py")) for mark in _marks(file)]
    order = list(LAWS)
    return tuple(sorted(found, key=lambda mark: order.index(mark.law)))


def _marks(file: Path) -> Iterator[Held]:
    path = file.relative_to(TESTS.parent).as_posix()
    for part in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(part, ast.FunctionDef):
            for mark in part.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.law":
                    for law in mark.args:
                        yield Held(ast.literal_eval(law), path, part.name)


def page() -> str:
    """Markdown: each law with the tests that hold it."""
    by_law: dict[str, list[Held]] = {law: [] for law in LAWS}
    for mark in held():
        by_law[mark.law].append(mark)
    rows = [
        f"| {law} | {words} | {'<br>'.join(_link(mark) for mark in by_law[law])} |"
        for law, words in LAWS.items()
    ]
    return "| Law | Says | Held by |\n|-|-|-|\n" + "\n".join(rows)


def _link(mark: Held) -> str:
    return f"[{mark.words}](../../{mark.file})"
