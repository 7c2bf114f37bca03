"""A fresh machine gets a working kg from one command, whatever is missing or happens on the way.

Everything here runs for real, in copies of the checkout. Where only the way to `.venv` matters, the
copy holds a stand-in for kg and a lock of one small package: two seconds a case.
"""

import itertools
import json
import os
import re
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import time
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

import kg

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ROOT / "scripts" / "lock"
PYTHON = os.path.realpath(sys.executable)
TOOLS = ("cat", "cmp", "dirname", "env", "readlink")
NO_NETWORK = {
    "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
    "PIP_EXTRA_INDEX_URL": "",
    "PIP_FIND_LINKS": "",
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_NO_CACHE_DIR": "1",
    "PIP_RETRIES": "0",
    "UV_OFFLINE": "1",
}
STAND_IN = """
import json, os, sys
import click
def entry():
    if sys.argv[1:2] == ["exit"]:
        sys.exit(int(sys.argv[2]))
    found = {"argv": sys.argv[1:], "cwd": os.getcwd(), "file": __file__, "click": click.__file__}
    print(json.dumps(found))
"""


def tools(directory: Path, **programs: str) -> Path:
    """A directory for PATH with the few tools that every machine has, and these programs."""
    directory.mkdir()
    for name, target in {**{tool: str(shutil.which(tool)) for tool in TOOLS}, **programs}.items():
        (directory / name).symlink_to(target)
    return directory


def old_python(path: Path) -> str:
    """A program that answers as Python 3.9 does."""
    path.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2 && exit\nexit 1\n')
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A PATH with Python and no uv."""
    return tools(tmp_path / "tools", python3=PYTHON)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the scripts, with a stand-in for kg and a lock of click alone."""
    root = tmp_path / "checkout"
    shutil.copytree(ROOT / "scripts", root / "scripts")
    click = re.search(r"^click==(?:.*\\\n)+.*\n", (LOCKS / "run.txt").read_text(), re.MULTILINE)
    assert click
    for name in ("run", "dev"):
        (root / "scripts" / "lock" / f"{name}.txt").write_text(click[0])
    (root / "kg").mkdir()
    (root / "kg" / "__init__.py").touch()
    (root / "kg" / "cli.py").write_text(STAND_IN)
    return root


def environment(path: Path, **extra: str) -> dict[str, str]:
    """What a shell would hand down, with this PATH."""
    ours = {"VIRTUAL_ENV", "KG_CACHE_DIR", "PYTHONPATH"}
    inherited = {name: value for name, value in os.environ.items() if name not in ours}
    return {**inherited, "PATH": str(path), **extra}


def start(
    script: Path, *arguments: str, env: Mapping[str, str], cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [script, *arguments],
        check=False,
        env=env,
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=300,
    )


def answer(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """What the stand-in printed, which is all that may be on stdout."""
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_a_fresh_clone_answers_the_main_question(tmp_path: Path, path: Path) -> None:
    clone = tmp_path / "Abend – Überraschung 木"
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, files.split("\0")):
        if (ROOT / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, clone / name)
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    home.mkdir()
    elsewhere.mkdir()
    link = elsewhere / "kg"
    link.symlink_to(clone / "scripts" / "kg")
    env = environment(path, HOME=str(home))

    first = start(link, "grade", "--outcome", "acne-scars", env=env, cwd=elsewhere)
    assert first.returncode == 0, first.stderr
    assert "acne" in first.stdout.lower()
    assert "setting up" in first.stderr
    assert "setting up" not in first.stdout
    assert (clone / ".venv" / "kg-run.txt").exists()
    assert list(elsewhere.iterdir()) == [link]

    again = start(
        link, "grade", "--outcome", "acne-scars", env={**env, **NO_NETWORK}, cwd=elsewhere
    )
    assert (again.returncode, again.stdout) == (0, first.stdout)
    assert "setting up" not in again.stderr


def test_later_starts_are_quick_quiet_offline_and_transparent(
    tmp_path: Path, path: Path, checkout: Path
) -> None:
    script = checkout / "scripts" / "kg"
    first = answer(start(script, "a", "b c", "*", env=environment(path), cwd=tmp_path))
    assert first["argv"] == ["a", "b c", "*"]
    assert first["cwd"] == str(tmp_path)
    assert Path(first["file"]).is_relative_to(checkout)
    assert Path(first["click"]).is_relative_to(checkout / ".venv")

    (tmp_path / "kg").mkdir()
    (tmp_path / "kg" / "cli.py").write_text("raise SystemExit('the wrong kg')")
    env = environment(path, **NO_NETWORK)
    again = start(script, env=env, cwd=tmp_path)
    assert answer(again)["file"] == first["file"]
    assert again.stderr == ""
    assert start(script, "exit", "7", env=env).returncode == 7

    direct: list[Path | str] = [
        checkout / ".venv" / "bin" / "python",
        "-P",
        "-c",
        "from kg.cli import entry; entry()",
        "exit",
        "0",
    ]
    assert seconds([script, "exit", "0"], env) - seconds(direct, env) < 0.030


def seconds(command: Sequence[Path | str], env: Mapping[str, str]) -> float:
    """The median time that the command computes; other programs may hold the cores meanwhile."""
    taken = [_seconds_of_children()]
    for _ in range(15):
        subprocess.run(command, env=env, check=True)
        taken.append(_seconds_of_children())
    return statistics.median(end - begin for begin, end in itertools.pairwise(taken))


def _seconds_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def test_a_venv_of_somebody_else_and_a_changed_lock_are_built_upon(
    path: Path, checkout: Path
) -> None:
    venv, env = checkout / ".venv", environment(path)
    subprocess.run([PYTHON, "-m", "venv", "--without-pip", venv], check=True)
    (venv / "theirs").touch()
    answer(start(checkout / "scripts" / "kg", env=env))

    with (checkout / "scripts" / "lock" / "run.txt").open("a") as lock:
        lock.write("# changed\n")
    changed = start(checkout / "scripts" / "kg", env=env)
    answer(changed)
    assert "setting up" in changed.stderr
    assert (venv / "theirs").exists()


@pytest.mark.parametrize("missing", [["ensurepip"], ["ensurepip", "pip", "venv"]])
def test_ensurepip_pip_and_venv_are_not_needed(
    tmp_path: Path, path: Path, checkout: Path, missing: list[str]
) -> None:
    shadows = tmp_path / "shadows"
    shadows.mkdir()
    for name in missing:
        (shadows / f"{name}.py").write_text(f"raise SystemExit('No module named {name}')")
    env = environment(path, PYTHONPATH=str(shadows))
    answer(start(checkout / "scripts" / "kg", env=env))
    assert not (checkout / ".venv" / "bin" / "pip").exists()
    if "pip" in missing:
        assert list((checkout / ".venv").glob("pip-*.whl"))


def test_uv_is_used_where_it_is_there(tmp_path: Path, checkout: Path) -> None:
    target = ["install", "--quiet", "--target", str(tmp_path / "uv"), "uv"]
    subprocess.run([sys.executable, "-m", "pip", *target], check=True, capture_output=True)
    path = tools(tmp_path / "tools", python3=PYTHON, uv=str(tmp_path / "uv" / "bin" / "uv"))
    answer(start(checkout / "scripts" / "kg", env=environment(path)))
    (installer,) = (checkout / ".venv").glob("lib/python*/site-packages/click-*/INSTALLER")
    assert installer.read_text() == "uv"


@pytest.mark.parametrize("orphans", [False, True])
def test_a_killed_setup_is_made_good_by_the_next(path: Path, checkout: Path, orphans: bool) -> None:
    env = environment(path)
    setup = subprocess.Popen(
        [checkout / "scripts" / "setup", "run"],
        env=env,
        start_new_session=True,
        stderr=subprocess.DEVNULL,
    )
    while not (checkout / ".venv" / "bin" / "python").exists():
        assert setup.poll() is None
        time.sleep(0.01)
    if orphans:
        setup.kill()
    else:
        os.killpg(setup.pid, signal.SIGKILL)
    assert setup.wait() == -signal.SIGKILL
    assert not (checkout / ".venv" / "kg-run.txt").exists()

    answer(start(checkout / "scripts" / "kg", env=env))
    assert not (checkout / ".venv" / "kg-unfinished").exists()


def test_two_first_starts_at_once_share_one_setup(path: Path, checkout: Path) -> None:
    both = [
        subprocess.Popen(
            [checkout / "scripts" / "kg", name],
            env=environment(path),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in "ab"
    ]
    outputs = [process.communicate(timeout=300) for process in both]
    assert [json.loads(out)["argv"] for out, _ in outputs] == [["a"], ["b"]]
    assert sum("ready after" in err for _, err in outputs) == 1


def test_an_old_python_gets_one_sentence(tmp_path: Path, checkout: Path) -> None:
    path = tools(tmp_path / "tools", python3=old_python(tmp_path / "old"))
    done = start(checkout / "scripts" / "kg", env=environment(path))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("kg needs Python 3.11 or newer and found Python 3.9.2; install")
    assert "apt install" in done.stderr
    assert "brew install" in done.stderr
    assert not (checkout / ".venv").exists()


def test_a_newer_python_beside_an_old_one_is_found(tmp_path: Path, checkout: Path) -> None:
    newer = {f"python3.{sys.version_info.minor}": PYTHON}
    path = tools(tmp_path / "tools", python3=old_python(tmp_path / "old"), **newer)
    answer(start(checkout / "scripts" / "kg", env=environment(path)))


def test_without_a_network_the_first_start_says_so_and_the_next_succeeds(
    path: Path, checkout: Path
) -> None:
    done = start(checkout / "scripts" / "kg", env=environment(path, **NO_NETWORK))
    assert (done.returncode, done.stdout) == (5, "")
    assert "check the network" in done.stderr
    assert "Traceback" not in done.stderr
    answer(start(checkout / "scripts" / "kg", env=environment(path)))


def test_the_tests_fetch_graphviz_then_check_then_run_and_fail_if_either_fails(
    tmp_path: Path, checkout: Path
) -> None:
    log = tmp_path / "log"

    def fake(path: Path, status: int = 0) -> str:
        """A program that only writes down how it was called."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'#!/bin/sh\necho "{path.name} $*" >> "{log}"\nexit {status}\n')
        path.chmod(0o755)
        return str(path)

    root = tmp_path / "root"
    root.write_text("#!/bin/sh\necho 0\n")
    root.chmod(0o755)
    path = tools(tmp_path / "tools", id=str(root), **{"apt-get": fake(tmp_path / "apt-get")})
    python = checkout / ".venv" / "bin" / "python"
    fake(checkout / "scripts" / "setup")
    fake(python)
    done = start(checkout / "scripts" / "test", "--yes", "-k", "a or b", env=environment(path))
    assert done.returncode == 0
    assert "installing the Debian package graphviz" in done.stderr
    setup, *apt, check, tests = log.read_text().splitlines()
    assert setup == "setup dev"
    assert [line.split()[-1] for line in apt if line.startswith("apt-get install")] == [
        *("graphviz", "chromium", "virtuoso-opensource-7-bin", "openjdk-17-jre-headless")
    ]
    assert check == "python scripts/check"
    assert tests == "python -P -m pytest -n logical --dist worksteal -k a or b"

    fake(python, status=1)
    assert start(checkout / "scripts" / "test", env=environment(path)).returncode == 1


def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def locked(name: str) -> set[str]:
    """The pinned lines of a hashed list, markers and all."""
    return set(re.findall(r"^\S+==[^\\]+", (LOCKS / f"{name}.txt").read_text(), re.MULTILINE))


def test_the_dev_extra_is_the_dev_group() -> None:
    project = pyproject()
    extra = project["project"]["optional-dependencies"]["dev"]
    assert extra == project["dependency-groups"]["dev"]
    spark = project["project"]["optional-dependencies"]["spark"]
    assert spark == project["dependency-groups"]["spark"]


def test_the_lists_hold_every_dependency_and_dev_holds_all_of_run() -> None:
    assert locked("run") < locked("dev")
    project = pyproject()
    for name, wanted in (
        ("run", project["project"]["dependencies"]),
        ("dev", project["dependency-groups"]["dev"]),
        ("spark", project["dependency-groups"]["spark"]),
    ):
        pinned = {line.split("==")[0].lower() for line in locked(name)}
        names = {re.split(r"[\[><=]", need)[0].lower().replace(".", "-") for need in wanted}
        assert names <= pinned


def test_the_lists_agree_with_uv_lock_and_name_no_index() -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text())
    pairs = {f"{item['name']}=={item['version']}" for item in lock["package"] if "version" in item}
    assert {line.split()[0] for line in locked("dev") | locked("spark")} <= pairs
    assert not any("://" in path.read_text() for path in LOCKS.glob("*.txt"))
    hosts = set(re.findall(r"https?://[^/\"]+", (ROOT / "uv.lock").read_text()))
    assert hosts == {"https://pypi.org", "https://files.pythonhosted.org"}


def test_ci_does_nothing_but_call_the_tests() -> None:
    assert (ROOT / ".ci" / "run").read_text().splitlines()[1:] == [
        'exec "$(dirname "$0")/../scripts/test"'
    ]


def test_the_version_is_one_everywhere() -> None:
    assert f"\nversion: {kg.__version__}\n" in (ROOT / "CITATION.cff").read_text()
