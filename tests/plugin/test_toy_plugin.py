"""A package of plug-ins is built, installed and used from the command line."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest

from kg.registry import Registry

ROOT = Path(__file__).resolve().parent.parent.parent
TOY = Path(__file__).resolve().parent / "toy-kg-plugin"
BASE = ROOT / "tests" / "cases" / "cli" / "base"
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory of installed packages that holds the wheel of the toy package."""
    wheels, packages = tmp_path_factory.mktemp("wheels"), tmp_path_factory.mktemp("packages")
    build = (sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", wheels, TOY)
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = wheels.glob("*.whl")
    offline = ("--quiet", "--no-deps", "--no-index", "--target", packages, wheel)
    subprocess.run((sys.executable, "-m", "pip", "install", *offline), check=True)
    return packages


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A `.toy` file that stands for a base with one claim in capitals."""
    folder = tmp_path_factory.mktemp("base")
    for file in BASE.rglob("*.yaml"):
        copy = folder / "data" / file.relative_to(BASE)
        copy.parent.mkdir(parents=True, exist_ok=True)
        text = file.read_text(encoding="utf-8")
        copy.write_text(
            text.replace("zinc mends dry skin", "ZINC MENDS DRY SKIN"), encoding="utf-8"
        )
    (folder / "base.toy").write_text("data\n", encoding="utf-8")
    return folder / "base.toy"


@pytest.fixture(scope="module")
def kg(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run kg with the toy package on the path."""
    env = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join((str(site), str(ROOT))),
        "KG_CACHE_DIR": str(tmp_path_factory.mktemp("cache")),
        "COLUMNS": "100",
    }

    def run(*arguments: str | Path, status: int = 0) -> "subprocess.CompletedProcess[str]":
        command = (sys.executable, "-P", "-m", "kg", *map(str, arguments))
        ended = subprocess.run(command, check=False, text=True, capture_output=True, env=env)
        assert ended.returncode == status, ended.stderr
        assert "Traceback" not in ended.stderr
        return ended

    return run


def list_open_registries() -> Iterator[Registry[object]]:
    """Every registry that plug-ins can add to."""
    for path in (ROOT / "kg").rglob("*.py"):
        if 'group="kg.' in path.read_text(encoding="utf-8"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            module = import_module(".".join(p for p in parts if p != "__init__"))
            yield from (value for value in vars(module).values() if isinstance(value, Registry))


@pytest.mark.parametrize("registry", [*list_open_registries()], ids=lambda registry: registry.kind)
def test_a_plugin_may_bring_what_kg_has_itself(registry: Registry[object]) -> None:
    """What the registry asks of a plug-in holds for every entry of its own."""
    for name in registry:
        assert registry._is_valid(registry[name]), name


@pytest.mark.medium
def test_the_detector_fires_and_has_a_page(kg: Run, base: Path) -> None:
    checked = kg("check", "--base", base, "--select", "TOY01")
    assert "TOY01" in checked.stdout
    assert "capitals are no evidence" in checked.stdout
    assert "shouted-claim" in kg("rules").stdout
    assert "Flags a claim whose text has no small letter." in kg("rules", "TOY01").stdout
    assert "TOY01" in kg("list", "detectors").stdout


@pytest.mark.medium
def test_the_renderer_is_offered_and_writes(kg: Run, base: Path, tmp_path: Path) -> None:
    assert "haiku" in kg("grade", "--help").stdout
    file = tmp_path / "skin.haiku"
    kg("grade", "--base", base, "--outcome", "dry-skin", "-o", file)
    assert file.read_text(encoding="utf-8").startswith("dry-skin\n1 pairs\n")


@pytest.mark.medium
def test_the_reader_reads_by_suffix(kg: Run, base: Path) -> None:
    assert "[c-cells]" in kg("validate", base).stdout
    assert "dry skin" in kg("grade", "--base", base, "--outcome", "dry-skin").stdout
    missing = kg("validate", base.with_suffix(".unknown"), status=3)
    assert ".unknown" in missing.stdout


@pytest.mark.medium
def test_the_profile_grades(kg: Run, base: Path) -> None:
    assert "toy-strict" in kg("list", "profiles").stdout
    one = ("grade", "--base", base, "--outcome", "dry-skin", "--format", "json")
    assert '"profile": "toy-strict"' in kg(*one, "--profile", "toy-strict").stdout
    others = kg("sensitivity", "--base", base, "--outcome", "dry-skin", "--format", "json")
    assert '"toy-strict"' in others.stdout


def test_the_writer_writes_any_result(kg: Run, base: Path, tmp_path: Path) -> None:
    assert "colons" in kg("plan", "--help").stdout
    kg("list", "outcomes", "--base", base, "-o", tmp_path / "outcomes.colons")
    assert "dry-skin:" in (tmp_path / "outcomes.colons").read_text(encoding="utf-8")


@pytest.mark.medium
def test_the_algebra_rates(kg: Run, base: Path) -> None:
    one = ("grade", "--base", base, "--outcome", "dry-skin", "--format", "csv")
    assert "high" in kg(*one, "--algebra", "optimism").stdout
    assert "optimism" in kg("compare", "--base", base, "--outcome", "dry-skin").stdout


@pytest.mark.medium
def test_what_is_broken_is_named_in_one_line_and_left_out(kg: Run, base: Path) -> None:
    told = kg("check", "--base", base).stderr.splitlines()
    broken = [line for line in told if "toy-kg-plugin" in line]
    assert [line.split("'")[1] for line in broken] == ["TOY03", "TOY04", "TOY02"]
    assert "ModuleNotFoundError" in broken[0]
    assert "of type str" in broken[1]
    assert "ZeroDivisionError: this detector divides by zero" in broken[2]
    assert "'toy-wrong'" in kg("list", "profiles").stderr
    assert kg("rules").stderr.count("\n") == 2


@pytest.mark.medium
def test_what_is_broken_and_asked_for_ends_with_one_line(kg: Run, base: Path) -> None:
    one = ("grade", "--base", base, "--outcome", "dry-skin")
    for extra, name in (
        (("--format", "crash"), "crash"),
        (("--profile", "toy-wrong"), "toy-wrong"),
    ):
        stderr = kg(*one, *extra, status=5).stderr
        (line,) = (line for line in stderr.splitlines() if f"'{name}'" in line)
        assert "toy-kg-plugin does not work" in line
