"""The table of names: how much they say, for the whole of kg and for each package.

`scripts/check --names` prints it; tests/house/test_house.py holds the goals.
"""

import ast
import io
import tokenize
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

_VERB_WORDS = """
accept add append apply ask assert assign attach audit begin bind build call cancel check
choose clamp classify clean clear clip close collect colour combine compare compile compose
compute convert copy count cover create cut decide decode delete describe detect dispatch
download draft draw drop dump emit encode end ensure enter escape estimate evaluate examine
expand explain export extract fail fetch fill filter find finish fit flag flatten fold follow
format freeze gather generate get give grade group guess handle has hash have hold identify
ignore import index infer insert interpret is iterate join judge keep label lay link lint list
load locate log look make map mark match measure mend merge move name normalise normalize note
number observe offer open order pack pad page parse pick place plan pool pop prefer prepare
print propose prove pull push put quote raise rank rate read rebuild receive recompute record
refuse register reject release remember remove render repair replace report request require
reset resolve respond restore retry return reverse review rewrite round run sample save say
scale scan score search see select send serve set shift show sign size skip slice snap solve
sort spell split spread start state stop store stream strip style suggest sum summarise
summarize suppose swap sweep take tell test to tokenize trace track transform translate trim
try turn unpack update upgrade use validate verify visit wait walk warn weigh with wrap write
yield
"""
_PARTICIPLE_WORDS = """
asked chosen drawn found given held kept known left made named said seen shown taken told wanted
written
"""
VERBS = frozenset(_VERB_WORDS.split())
PARTICIPLES = frozenset(_PARTICIPLE_WORDS.split())
NO_PARTICIPLES = frozenset({"need", "embed", "feed", "seed"})

GOALS = {
    "one-word": "<= 70 %",
    "words": ">= 1.33",
    "verb-first": ">= 50 %",
    "participle-first": "<= 1.5 %",
    "twice": "0",
    "modules": "",
    "code lines": "<= 30,500",
}

_NO_CODE = {
    *(tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE),
    *(tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER),
}
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_DOCUMENTED = (ast.Module, ast.ClassDef, *_FUNCTIONS)


@dataclass
class NameCount:
    """What is counted of some modules: bound names, functions, classes, lines of code."""

    names: Counter[str] = field(default_factory=Counter)
    functions: list[str] = field(default_factory=list)
    classes: Counter[str] = field(default_factory=Counter)
    modules: int = 0
    code_lines: int = 0

    @property
    def one_word_share(self) -> float:
        """Share of the bound names that are one word of more than one letter."""
        single = sum(count for name, count in self.names.items() if "_" not in name and name[1:])
        return single / max(self.names.total(), 1)

    @property
    def words_a_name(self) -> float:
        """Mean number of words in a bound name."""
        words = sum(count * (name.count("_") + 1) for name, count in self.names.items())
        return words / max(self.names.total(), 1)

    @property
    def verb_share(self) -> float:
        """Share of the functions whose name begins with a verb."""
        verbs = sum(_first_word(name) in VERBS for name in self.functions)
        return verbs / max(len(self.functions), 1)

    @property
    def participle_share(self) -> float:
        """Share of the functions whose name begins with a participle."""
        return len(self.participle_first()) / max(len(self.functions), 1)

    def participle_first(self) -> list[str]:
        """Functions whose name begins with a participle."""
        return [name for name in self.functions if is_participle(_first_word(name))]

    def classes_named_twice(self) -> list[str]:
        """Names that more than one class has."""
        return sorted(name for name, count in self.classes.items() if count > 1)


def is_participle(word: str) -> bool:
    """Whether a word is a past participle: one of the list, or one that ends in -ed."""
    return word in PARTICIPLES or (word.endswith("ed") and word not in NO_PARTICIPLES)


def count_names(paths: Iterable[Path]) -> NameCount:
    """The count of these modules together."""
    total = NameCount()
    for path in paths:
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text)
        total.modules += 1
        total.code_lines += _count_code(text, tree)
        for node in ast.walk(tree):
            _count_node(node, total)
    return total


def _count_node(node: ast.AST, total: NameCount) -> None:
    if isinstance(node, _FUNCTIONS):
        total.names[node.name.strip("_")] += 1
        if not node.name.startswith("__"):
            total.functions.append(node.name)
    elif isinstance(node, ast.ClassDef):
        total.classes[node.name] += 1
    elif isinstance(node, ast.arg) and node.arg not in ("self", "cls"):
        total.names[node.arg.strip("_")] += 1
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        total.names[node.id.strip("_")] += 1


def _count_code(text: str, tree: ast.Module) -> int:
    """Lines that hold code: no comment, no docstring, no blank line."""
    docstring_lines: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            docstring = node.body[0]
            docstring_lines.update(range(docstring.lineno, (docstring.end_lineno or 0) + 1))
    code_lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in _NO_CODE:
            code_lines.update(range(token.start[0], token.end[0] + 1))
    return len(code_lines - docstring_lines)


def _first_word(name: str) -> str:
    return name.strip("_").split("_")[0]


def list_packages(root: Path) -> Iterator[tuple[str, list[Path]]]:
    """Name and modules of the whole, of each package below it, and of the modules beside them."""
    yield root.name, sorted(root.rglob("*.py"))
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        if modules := sorted(folder.rglob("*.py")):
            yield f"{root.name}.{folder.name}", modules
    yield f"{root.name}/*.py", sorted(root.glob("*.py"))


def format_table(root: Path) -> str:
    """The table of names of a package, with the goals in the second line.

    Args:
        root: folder of the package, such as `kg`.
    """
    rows = [("package", *GOALS), ("goal", *GOALS.values())]
    for name, paths in list_packages(root):
        count = count_names(paths)
        rows.append(
            (
                name,
                f"{count.one_word_share:.0%}",
                f"{count.words_a_name:.2f}",
                f"{count.verb_share:.0%}",
                f"{count.participle_share:.1%}",
                f"{len(count.classes_named_twice())}",
                f"{count.modules}",
                f"{count.code_lines:,}",
            )
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join((row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:]))) for row in rows
    )
