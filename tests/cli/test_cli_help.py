"""Helps, the table of commands, and what a start imports."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from kg.cli import COMMANDS, SHORT_HELP, group

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("rdflib", "networkx", "pyshacl", "pydantic", "yaml", "pyoxigraph", "graphviz", "numpy")


def commands() -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name in COMMANDS:
        yield from _below((name,), COMMANDS[name])


def _below(
    words: tuple[str, ...], command: click.Command
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield words, command
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            yield from _below((*words, name), below)


ALL = list(commands())


@pytest.mark.parametrize("name", list(COMMANDS))
def test_the_table_says_what_the_command_says(name: str) -> None:
    assert COMMANDS[name].get_short_help_str(limit=200) == SHORT_HELP[name]
    assert len(SHORT_HELP[name]) <= 68, "the list of commands has one line for each"


def test_the_table_names_modules_of_this_package_only() -> None:
    assert set(SHORT_HELP) == set(COMMANDS)
    for name in COMMANDS:
        assert COMMANDS.find_target(name) == f"kg.cli.{name}:command"


@pytest.mark.parametrize(("words", "command"), ALL, ids=[" ".join(w) for w, _ in ALL])
def test_a_help_names_every_option_and_starts_with_examples(
    words: tuple[str, ...], command: click.Command
) -> None:
    ctx = click.Context(command, info_name=" ".join(("kg", *words)))
    text = command.get_help(ctx)
    for parameter in command.params:
        if isinstance(parameter, click.Option) and not parameter.hidden:
            assert any(option in text for option in parameter.opts)
            assert parameter.help, f"{parameter.name} says nothing"
    if len(words) == 1:
        body = text.split("\n\n", 1)[1]
        assert body.strip().startswith("Examples:\n")


@pytest.mark.parametrize(("words", "command"), ALL, ids=[" ".join(w) for w, _ in ALL])
def test_examples_parse(words: tuple[str, ...], command: click.Command) -> None:
    import shlex

    for line in re.findall(r"^ +kg (.*)$", command.help or "", flags=re.MULTILINE):
        called = shlex.split(line.split(" > ")[0].split(" | ")[0])
        ctx = group.make_context("kg", called, resilient_parsing=False)
        name, found, rest = group.resolve_command(ctx, called)
        assert name == called[0]
        assert found is not None
        found.make_context(name, rest)


def _modules(*arguments: str) -> set[str]:
    code = (
        "import sys\nfrom kg.cli import main\n"
        f"status = main({list(arguments)!r})\n"
        "sys.stderr.write('\\nMODULES ' + ' '.join(sys.modules))\nsys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.rpartition("MODULES ")[2].split())


def test_help_imports_click_and_nothing_of_the_model() -> None:
    loaded = _modules("--help")
    assert not loaded & {*HEAVY, "kg.api.base", "kg.model", "difflib", "json", "shutil"}
    assert {m for m in loaded if m.startswith("kg.cli.")} == set()


@pytest.mark.medium
def test_grading_the_shipped_data_imports_no_heavy_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_CACHE_DIR", str(tmp_path))
    _modules("grade", "--outcome", "pih")  # now the compiled form is current
    graded = _modules("grade", "--outcome", "acne-scars")
    assert not graded & set(HEAVY)
    assert {m for m in graded if m.startswith("kg.cli.")} == {
        f"kg.cli.{name}" for name in ("grade", "loading", "options", "output")
    }
    anew = _modules("grade", "--outcome", "acne-scars", "--profile", "robins")
    assert "kg.search.kernels.plain" in anew
    assert not anew & set(HEAVY)
