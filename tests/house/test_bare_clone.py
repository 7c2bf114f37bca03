"""On a machine with git and Python alone, every command that kg shows works.

A clone without development tools is set up by the first command of the README, on a PATH without
Graphviz, Java and uv and with no fonts. Then every command of the README, of the start screen and
of every help is run, in a folder that holds the files that they name.
"""

from __future__ import annotations

import bz2
import gzip
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from shlex import quote

import pytest
import zstandard

from kg.cli import COMMANDS, GROUP_EXAMPLES

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests" / "cases"
TOOLS = ("cat", "cmp", "env", "git", "mkdir", "readlink", "sh")
MOST_MEGABYTES = 200
EXAMPLE = re.compile(r"^ +(?:\$ )?(kg .*)$", re.MULTILINE)
SESSION = re.compile(r"^(?:\$ )?\./scripts/(kg .*)$", re.MULTILINE)
WHOLE_BASE = ("kg site public/", "kg build", "kg build -o build")
"""Commands that take a minute on the shipped data; KG_BASE gives them a small base."""

OTHER_STATUS = {
    "kg doctor --strict": 1,  # Spark is not there
    "kg build --base claims.nt.gz -o my-build": 3,  # the one triple of the file is no claim
    "kg validate my-data/claims/article.yaml --no-shapes": 3,  # a part of a base alone
}
README = (ROOT / "README.md").read_text(encoding="utf-8")
FALLS = re.findall(r"^```csv falls\.csv\n(.*?)^```", README, re.MULTILINE | re.DOTALL)[0]
LINKS = "subject,predicate,object,sign,level\nzinc,lowers,acne,-1,low\nacne,causes,scars,1,high\n"
NODES = (
    "id\tcategory\tname\nCHEBI:1\tbiolink:ChemicalEntity\tzinc\nMONDO:1\tbiolink:Disease\tacne\n"
)
EDGES = "subject\tpredicate\tobject\nCHEBI:1\tbiolink:treats\tMONDO:1\n"
EDGE = '{"subject": "CHEBI:1", "predicate": "biolink:treats", "object": "MONDO:1"}\n'
TRIPLE = "<https://example.org/a> <https://example.org/b> <https://example.org/c> .\n"
QUERY = "SELECT (COUNT(*) AS ?n) { ?s a kg:Claim }\n"


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of what is here now, with the changes that are not committed yet."""
    clone = tmp_path_factory.mktemp("machine") / "clone"
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, files.split("\0")):
        if (ROOT / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, clone / name)
    return clone


@pytest.fixture(scope="module")
def environment(clone: Path) -> dict[str, str]:
    """The variables of a shell on the bare machine, where `kg` is the one of the clone."""
    tools, home = clone.parent / "tools", clone.parent / "home"
    tools.mkdir()
    (home / ".local" / "share" / "bash-completion" / "completions").mkdir(parents=True)
    for tool in TOOLS:
        (tools / tool).symlink_to(str(shutil.which(tool)))
    (tools / "python3").symlink_to(os.path.realpath(sys.executable))
    (tools / "kg").symlink_to(clone / "scripts" / "kg")
    (home / "fonts.conf").write_text("<fontconfig></fontconfig>")
    kept = {name: os.environ[name] for name in os.environ if name.startswith(("PIP_", "LANG"))}
    return {
        **kept,
        "PATH": str(tools),
        "HOME": str(home),
        "SHELL": "/bin/bash",
        "FONTCONFIG_FILE": str(home / "fonts.conf"),
    }


@pytest.fixture(scope="module")
def folder(clone: Path) -> Path:
    """A folder with the files that the examples name."""
    folder = clone.parent / "work"
    shutil.copytree(CASES / "cli" / "base", folder / "my-data")
    shutil.copytree(CASES / "paths" / "sample", folder / "kb" / "paths")
    shutil.copy(next((folder / "kb" / "paths").glob("*.yaml")), folder / "my-path.yaml")
    claims = sorted((folder / "my-data").rglob("*.yaml"))[0]
    (folder / "my-data" / "claims").mkdir(exist_ok=True)
    if not (folder / "my-data" / "claims" / "article.yaml").exists():
        claims.rename(folder / "my-data" / "claims" / "article.yaml")
    texts = {
        **dict.fromkeys(("falls.csv", "table.csv"), FALLS),
        "studies.csv": FALLS.replace(",6,", ",1,"),
        "links.csv": LINKS,
        "nodes.tsv": NODES,
        "edges.tsv": EDGES,
        "my.rq": QUERY,
        "my-data/look-ups.json": '{"schema_version": "kg.look-ups/1", "look_ups": []}',
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "edges.jsonl.gz").write_bytes(gzip.compress(EDGE.encode()))
    (folder / "claims.nt.gz").write_bytes(gzip.compress(TRIPLE.encode()))
    (folder / "dump.nq.zst").write_bytes(zstandard.compress(TRIPLE.encode()))
    (folder / "dump.nq.bz2").write_bytes(bz2.compress(TRIPLE.encode()))
    return folder


def list_examples() -> Iterator[str]:
    """Every command that is shown, each once."""
    texts = [GROUP_EXAMPLES, *(COMMANDS[name].help or "" for name in COMMANDS)]
    shown = [line for text in texts for line in EXAMPLE.findall(text)]
    shown += SESSION.findall(README)
    yield from dict.fromkeys(line.partition("  ")[0].partition(" #")[0].strip() for line in shown)


def run(
    command: str, environment: dict[str, str], folder: Path
) -> subprocess.CompletedProcess[str]:
    variables = {"KG_BASE": "my-data"} if command in WHOLE_BASE else {}
    return subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env={**environment, **variables},
        input=FALLS,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_the_first_command_sets_up_a_small_kg(
    clone: Path, environment: dict[str, str], folder: Path
) -> None:
    done = run("kg grade --outcome acne-scars", environment, folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("QUESTION")
    files = [path for path in (clone / ".venv").rglob("*") if path.is_file()]
    megabytes = sum(path.lstat().st_size for path in files if not path.is_symlink()) / 1e6
    assert megabytes <= MOST_MEGABYTES
    assert not {"pytest", "scipy", "pandas", "pyarrow", "pyspark"} & {path.name for path in files}


def test_every_command_that_is_shown_works(environment: dict[str, str], folder: Path) -> None:
    screen = run("kg", environment, folder).stdout
    commands = dict.fromkeys([*EXAMPLE.findall(screen), *list_examples()])
    assert len(commands) > 70
    wrong = []
    for shown in commands:
        command = shown.partition("  ")[0]
        if command.startswith(("kg serve", "kg mcp", "kg audit --online", "kg audit --studies")):
            continue
        place = folder.parent / "empty" if command.startswith("kg new") else folder
        place.mkdir(exist_ok=True)
        done = run(command, environment, place)
        findings = done.returncode == 1 and ("--fail-on" in command or "check" in command)
        expected = done.returncode == OTHER_STATUS.get(command, 0)
        if not (expected or findings) or "needs the extra" in done.stderr:
            wrong.append(f"{command}: {done.returncode}\n{done.stderr}")
    assert not wrong, "\n\n".join(wrong)
    pictures = {"acne-scars.png": b"\x89PNG", "zinc.pdf": b"%PDF", "article.pdf": b"%PDF"}
    for name, start in pictures.items():
        assert (folder / name).read_bytes().startswith(start)
    assert b"<svg" in (folder / "acne-scars.html").read_bytes()


@pytest.mark.parametrize("command", ["kg audit --online", "kg audit --studies --online"])
def test_looking_up_asks_and_says_who_did_not_answer(
    command: str, environment: dict[str, str], folder: Path
) -> None:
    """Nobody is asked on the network: the addresses lead to a closed port of this machine."""
    names = ("crossref", "europepmc", "ncbi")
    addresses = " ".join(f"--endpoint {name}=http://127.0.0.1:9" for name in names)
    base = quote(str(CASES / "cli" / "base"))
    line = f"{command} --contact you@example.org --base {base} {addresses}"
    done = run(line, environment, folder)
    assert done.returncode in (0, 5), done.stderr
    assert "setup" not in done.stderr
    assert "pip" not in done.stderr


@pytest.mark.parametrize("more", ["", " --base my-data/"])
def test_agents_are_served_until_they_leave(
    more: str, environment: dict[str, str], folder: Path
) -> None:
    done = subprocess.run(
        ["sh", "-c", f"kg mcp{more}"],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("more", [" --base my-data/", " --host 0.0.0.0 --allow-host a.example"])
def test_pages_are_served_until_the_end(
    more: str, environment: dict[str, str], folder: Path
) -> None:
    with subprocess.Popen(
        ["sh", "-c", f"exec kg serve --port 0{more}"],
        cwd=folder,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stderr is not None
        lines = []
        for line in server.stderr:
            lines.append(line)
            if "http://" in line:
                break
        server.send_signal(signal.SIGINT)
        server.stderr.read()
        assert server.wait(60) in (0, 130), "".join(lines)
    assert "http://" in lines[-1]


def test_a_copy_that_hides_the_clone_is_refused_in_one_line(
    clone: Path, environment: dict[str, str], folder: Path
) -> None:
    (packages,) = (clone / ".venv" / "lib").glob("python*/site-packages")
    shutil.copytree(clone / "kg", packages / "kg")
    try:
        done = run("kg grade --outcome acne-scars", environment, folder)
    finally:
        shutil.rmtree(packages / "kg")
    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr.count("\n") == 1
    assert "hides the checkout" in done.stderr
    assert "uninstall" in done.stderr
