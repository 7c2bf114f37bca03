"""Names that speak, rooms of a size that one overlooks, and pointers that lead somewhere."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.names import NameCount, count_names, format_table, is_participle, list_packages
from tests.support.recipes import list_new_files

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "kg"
MODULES = sorted(PACKAGE.rglob("*.py"))

MAX_MODULES = 15
# Folders that hold one file for each rule, command, query or algebra grow with what they hold.
ONE_FILE_EACH = {"kg/cli", "kg/queries", "kg/scenarios/alternatives", "kg/weaklinks/rules"}
PROPERTY_DECORATORS = {"property", "cached_property"}

# Names that begin with `kg.` and are no modules: files, hosts, groups of entry points.
FILE_SUFFIXES = {"example", "json", "jsonl", "pth", "sarif", "schema", "trig", "ttl", "xml"}
GROUP = re.compile(r'"(kg\.[a-z_]+)"')
PATH = re.compile(r"(?<![\w./:-])((?:kg|docs|scripts|tests)/[\w./-]*\w)")
MODULE = re.compile(r"(?<![\w./:-])kg(\.[a-z]\w*(?:\.\w+)*)(?![\w/-])")
RECIPE_FILES = list_new_files()
MADE_LATER = re.compile(r"^(kg/_shipped|tests/js/node_modules)(/|$)")  # by a build, by npm


@pytest.mark.slow
def test_no_class_is_named_twice() -> None:
    assert count_names(MODULES).classes_named_twice() == []


@pytest.mark.medium
def test_no_function_begins_with_a_participle() -> None:
    """A property is a noun, and may: `record.excluded`."""
    named = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path in MODULES
        for node in ast.walk(parse_module(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and is_participle(node.name.strip("_").split("_")[0])
        and not PROPERTY_DECORATORS & {name_of(decorator) for decorator in node.decorator_list}
    ]
    assert named == []


@pytest.mark.slow
def test_names_keep_the_goals() -> None:
    whole = count_names(MODULES)
    assert whole.one_word_share <= 0.70
    assert whole.words_a_name >= 1.33
    assert whole.verb_share >= 0.50
    assert whole.participle_share <= 0.015


@pytest.mark.slow
def test_the_table_of_names_has_a_row_for_each_package() -> None:
    head, goal, whole, *rows = format_table(PACKAGE).splitlines()
    assert head.split()[:3] == ["package", "one-word", "words"]
    assert goal.startswith("goal ")
    assert whole.startswith("kg ")
    packages = [path.parent for path in PACKAGE.glob("*/__init__.py")]
    assert len(rows) == len(packages) + 1
    assert {name for name, _ in list_packages(PACKAGE)} >= {f"kg.{p.name}" for p in packages}


def test_the_count_of_names(tmp_path: Path) -> None:
    source = '''"""A module."""
# a comment


def told_apart(first_row, x):
    """A docstring."""
    return first_row  # code with a comment


class Row:
    async def find(self):
        row, last_row = 1, 2
'''
    (tmp_path / "a.py").write_text(source)
    total = count_names([tmp_path / "a.py"])
    assert total.names == {
        **{"told_apart": 1, "first_row": 1, "x": 1, "find": 1},
        **{"row": 1, "last_row": 1},
    }
    assert (total.functions, total.participle_first()) == (["told_apart", "find"], ["told_apart"])
    assert (total.code_lines, total.one_word_share, total.words_a_name) == (5, 2 / 6, 9 / 6)
    assert NameCount().words_a_name == 0


def test_no_package_has_more_modules_than_one_overlooks() -> None:
    crowded = {
        str(folder.relative_to(ROOT)): count
        for folder in {path.parent for path in MODULES}
        if (count := sum(1 for path in folder.glob("*.py") if path.name != "__init__.py"))
        > MAX_MODULES
        and str(folder.relative_to(ROOT)) not in ONE_FILE_EACH
    }
    assert crowded == {}


def test_the_layers_in_the_documents_are_those_of_the_contract() -> None:
    page = (ROOT / "docs" / "explanation" / "architecture.md").read_text(encoding="utf-8")
    _, _, rest = page.partition("<!-- layers: the contract in pyproject.toml -->\n```text\n")
    shown, _, _ = rest.partition("```")
    assert tuple(shown.splitlines()) == read_layers()


def test_the_files_and_functions_that_the_architecture_names_exist() -> None:
    """A bare file name stands in the folder of the last path before it on its line."""
    page = (ROOT / "docs" / "explanation" / "architecture.md").read_text(encoding="utf-8")
    lost = []
    for line in page.splitlines():
        folder = ROOT
        for name in re.findall(r"`([\w/]+(?:\.py|/))`", line):
            path = ROOT / name if "/" in name else folder / name
            folder = path if path.is_dir() else path.parent
            lost += [] if path.exists() else [f"{name}: {line}"]
        for name, function in re.findall(r"`(kg/[\w/]+\.py)`(?::| \() ?`(\w+)`", line):
            text = (ROOT / name).read_text(encoding="utf-8")
            if not re.search(rf"^(def|class) {function}\b", text, re.MULTILINE):
                lost.append(f"{function} in {name}")
    assert lost == []


def test_every_layer_exists() -> None:
    parts = [part.strip() for layer in read_layers() for part in layer.split("|")]
    assert not [p for p in parts if not ((PACKAGE / p).is_dir() or (PACKAGE / f"{p}.py").exists())]


@pytest.mark.parametrize("name", ["core", "scripts"])
def test_modules_and_scripts_that_pyproject_names_exist(name: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    if name == "scripts":
        paths = project["tool"]["ruff"]["extend-include"]
    else:
        contracts = project["tool"]["importlinter"]["contracts"]
        modules = {m for c in contracts for m in c.get("source_modules", ())}
        modules |= {i.split(" -> ")[0] for c in contracts for i in c.get("ignore_imports", ())}
        paths = [m.replace(".", "/") for m in sorted(modules)]
    assert not [p for p in paths if not ((ROOT / p).exists() or (ROOT / f"{p}.py").exists())]


@pytest.mark.medium
def test_every_path_in_the_documents_leads_somewhere() -> None:
    lost = [
        f"{place}: {path}"
        for place, text in iterate_prose()
        for path in PATH.findall(text)
        if not (ROOT / path).exists() and not MADE_LATER.match(path) and path not in RECIPE_FILES
    ]
    assert lost == []


@pytest.mark.medium
def test_every_module_in_the_documents_exists() -> None:
    groups = {g for path in MODULES for g in GROUP.findall(path.read_text(encoding="utf-8"))}
    lost = [
        f"{place}: kg{dotted}"
        for place, text in iterate_prose()
        for dotted in MODULE.findall(text)
        if f"kg{dotted}" not in groups
        and f"kg{dotted}".replace(".", "/") + ".py" not in RECIPE_FILES
        and dotted.split(".")[1] not in FILE_SUFFIXES
        and not is_defined(dotted.split(".")[1:])
    ]
    assert lost == []


@pytest.mark.parametrize("room", sorted(p.name for p in PACKAGE.iterdir() if p.is_dir()))
def test_every_room_says_what_it_holds(room: str) -> None:
    if (PACKAGE / room / "__init__.py").exists():
        assert ast.get_docstring(parse_module(PACKAGE / room / "__init__.py"))


@pytest.mark.parametrize("room", ["api", "search", "bulk"])
def test_public_functions_say_what_their_arguments_are(room: str) -> None:
    """Those of a module, each argument by its name."""
    silent = [
        f"{path.relative_to(ROOT)}: {function.name}"
        for path in sorted((PACKAGE / room).rglob("*.py"))
        for function in parse_module(path).body
        if isinstance(function, ast.FunctionDef) and not function.name.startswith("_")
        for _, _, arguments in [(ast.get_docstring(function) or "").partition("\nArgs:\n")]
        if not all(f"    {argument.arg}: " in arguments for argument in function.args.args)
    ]
    assert silent == []


def parse_module(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(decorator: ast.expr) -> str:
    return decorator.id if isinstance(decorator, ast.Name) else ""


def read_layers() -> tuple[str, ...]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    return tuple(next(c for c in contracts if c["type"] == "layers")["layers"])


def iterate_prose() -> Iterator[tuple[str, str]]:
    """Place and text of every document, and of every docstring of the package."""
    folders = (ROOT, ROOT / "data", ROOT / "ontology")
    pages = [*(p for folder in folders for p in folder.glob("*.md"))]
    for page in sorted({*pages, *(ROOT / "docs").rglob("*.md")}):
        if page.relative_to(ROOT).parts[:2] != ("docs", "decisions"):  # they tell what was then
            yield str(page.relative_to(ROOT)), page.read_text(encoding="utf-8")
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for path in MODULES:
        for node in ast.walk(parse_module(path)):
            if isinstance(node, documented) and (text := ast.get_docstring(node)):
                yield str(path.relative_to(ROOT)), text


def is_defined(parts: list[str]) -> bool:
    """Whether a dotted name below `kg` is a module, or a name that its module binds or exports."""
    folder = PACKAGE
    while parts and (folder / parts[0]).is_dir():
        folder, parts = folder / parts[0], parts[1:]
    if not parts:
        return True
    module = folder / f"{parts[0]}.py"
    if module.exists():
        parts = parts[1:]
    else:
        module = folder / "__init__.py"
    if not module.exists():
        return False
    text = module.read_text(encoding="utf-8")
    return not parts or re.search(rf"\b{re.escape(parts[0])}\b", text) is not None
