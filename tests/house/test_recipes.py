"""Each recipe for an extension, followed to the letter in a copy of this checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from tests.support.recipes import ROOT, Recipe, read_recipes

COPIED = ("kg", "data", "docs", "ontology", "scripts", "tests", "pyproject.toml", "README.md")
LEFT_BY_RUNS = shutil.ignore_patterns("__pycache__", ".*_cache", "node_modules")
RECIPES = read_recipes()


def test_there_is_a_recipe_for_each_kind_of_extension() -> None:
    titles = [recipe.title for recipe in RECIPES]
    assert titles == ["Write a detector", "A format", "An algebra", "A reader", "A command"]
    for recipe in RECIPES:
        written = {name for name, _ in (*recipe.new_files, *recipe.changes)}
        generated = set(recipe.listed_files) - written
        assert written <= set(recipe.listed_files)
        assert all(name.startswith(("docs/reference/", "tests/golden/")) for name in generated)


@pytest.mark.slow
@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.title)
def test_the_recipe_works_and_touches_what_it_lists(recipe: Recipe, tmp_path: Path) -> None:
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tmp_path / name, ignore=LEFT_BY_RUNS)
        else:
            shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    env = {
        **os.environ,
        "PYTHONPATH": str(tmp_path),
        "KG_CACHE_DIR": str(tmp_path / ".kg_cache"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    files_before = hash_files(tmp_path)
    recipe.apply(tmp_path)
    python_files = [name for name in recipe.listed_files if name.endswith(".py")]
    for command in (
        f".venv/bin/python -m ruff check {' '.join(python_files)}",
        f".venv/bin/python -m ruff format --check {' '.join(python_files)}",
        *recipe.commands,
    ):
        done = subprocess.run(
            command, shell=True, check=False, cwd=tmp_path, env=env, text=True, capture_output=True
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    changes = hash_files(tmp_path).items() - files_before.items()
    assert {name for name, _ in changes} == set(recipe.listed_files)


def hash_files(copy: Path) -> dict[str, str]:
    """A digest of each file below the folders of the copy."""
    return {
        str(path.relative_to(copy)): sha256(path.read_bytes()).hexdigest()
        for name in COPIED
        for path in (copy / name).rglob("*")
        if path.is_file() and not {"__pycache__", ".ruff_cache"} & {*path.relative_to(copy).parts}
    }
