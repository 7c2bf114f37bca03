"""The built package works by itself: no checkout, no tools, another directory."""

import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from configparser import ConfigParser
from pathlib import Path

import pytest

import kg

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., str]


def output_of(
    *command: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> str:
    """What the command prints on stdout; it must succeed."""
    done = subprocess.run(command, check=False, cwd=cwd, env=env, capture_output=True, text=True)
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source distribution, so that this one is whole as well."""
    out = tmp_path_factory.mktemp("dist")
    output_of(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, ROOT)
    (path,) = out.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def run(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run a program of an environment that holds the wheel and what it depends on, nothing else."""
    venv, elsewhere = tmp_path_factory.mktemp("venv"), tmp_path_factory.mktemp("elsewhere")
    python = venv / "bin" / "python"
    output_of(sys.executable, "-m", "venv", "--without-pip", venv)
    pip = (sys.executable, "-m", "pip", "--python", python)
    lock = ("--require-hashes", "--only-binary=:all:", "-r", ROOT / "scripts" / "lock" / "run.txt")
    output_of(*pip, "install", "--quiet", *lock)
    output_of(*pip, "install", "--quiet", "--no-deps", wheel)
    output_of(*pip, "check")
    strange = ("KG_", "PYTHON", "VIRTUAL_ENV")
    env = {name: value for name, value in os.environ.items() if not name.startswith(strange)}

    def program(name: str, *arguments: str, cwd: Path = elsewhere) -> str:
        return output_of(
            venv / "bin" / name, *arguments, cwd=cwd, env={**env, "HOME": str(elsewhere)}
        )

    return program


def test_data_ontology_licences_and_types_are_inside(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for inside in ("data/LICENSE", "ontology/LICENSE", "ontology/kg.ttl", "ontology/shapes.ttl"):
        assert f"kg/_shipped/{inside}" in names
    assert "kg/py.typed" in names
    assert any(name.startswith("kg/queries/") and name.endswith(".rq") for name in names)
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    assert not any(name.startswith(("tests/", "scripts/")) for name in names)


def test_every_entry_point_answers(wheel: Path, run: Run) -> None:
    archive = zipfile.ZipFile(wheel)
    (listed,) = (name for name in archive.namelist() if name.endswith("/entry_points.txt"))
    points = ConfigParser()
    points.read_string(archive.read(listed).decode())
    assert "kg" in points["console_scripts"]
    for script in points["console_scripts"]:
        assert kg.__version__ in run(script, "--version")
    assert run("python", "-m", "kg", "--version") == run("kg", "--version")


def test_every_command_has_help(run: Run) -> None:
    listed = run("kg", "--help").partition("\nCommands:\n")[2].partition("\n\n")[0]
    commands = re.findall(r"^  (\w[\w-]*)", listed, re.MULTILINE)
    assert "grade" in commands
    for command in commands:
        assert "Usage: kg " + command in run("kg", command, "--help")


def test_the_shipped_data_is_found_from_any_directory(run: Run) -> None:
    where = (
        "from kg.resources import locate_shipped_folder as locate;"
        "print(locate('data'), locate('ontology'))"
    )
    data, ontology = run("python", "-c", where).split()
    assert data.endswith("/kg/_shipped/data")
    assert ontology.endswith("/kg/_shipped/ontology")
    assert "acne" in run("kg", "grade", "--outcome", "acne-scars").lower()


def test_built_rdf_names_no_place_of_this_machine(run: Run, tmp_path: Path) -> None:
    """The environment lies below the working directory, as `.venv` of a project does."""
    environment = Path(run("python", "-c", "import sys; print(sys.prefix)").strip())
    run("kg", "build", "-o", str(tmp_path / "built"), cwd=environment.parent)
    text = (tmp_path / "built" / "kg.trig").read_text(encoding="utf-8")
    assert "data/claims/" in text
    assert "site-packages" not in text
    assert environment.name not in text
