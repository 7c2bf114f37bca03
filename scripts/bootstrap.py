"""Make `.venv` in this checkout from a hashed lock: `python bootstrap.py run` or `... dev`.

`python bootstrap.py pdf`, or another extra, adds what that extra needs.

Only the standard library is at hand here. `.venv` is made where it stays (a renamed one has broken
scripts), one process at a time. A copy of the installed lock is written last: where it is missing
or differs, the work is not done, so this may be killed at any moment and started again.
"""

import fcntl
import hashlib
import html
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO
from urllib.parse import urljoin
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "scripts" / "lock"
VENV = ROOT / ".venv"
UNFINISHED = VENV / "kg-unfinished"
PYTHON = VENV / "bin" / "python"
# The file behind any link: when python3 moves on, a .venv made for 3.11 must break, not change.
BASE = os.path.realpath(sys.executable)

STARTED = {"annotated_types", "click", "pydantic", "rdflib", "yaml"}
INCLUDES = {"run": ["run"], "dev": ["run", "dev", "nanopub", "pdf", "scale"]}
# Of each extra its lists in the order in which they are installed, and the size of the download.
EXTRAS = {
    "nanopub": (["nanopub"], "10 MB"),
    "pdf": (["pdf"], "20 MB"),
    "scale": (["scale"], "50 MB"),
    "spark": (["spark-build", "spark"], "434 MB"),
}
PIP = "pip-26.3-py3-none-any.whl"
PIP_SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"
# What people set for their own pip would keep it from installing here; uv shall trust the
# certificates that pip trusts.
ENVIRONMENT = {
    **os.environ,
    "PIP_USER": "0",
    "PIP_REQUIRE_VIRTUALENV": "0",
    "UV_SYSTEM_CERTS": "1",
}

Command = Sequence[str | Path]


class SetupError(Exception):
    """The packages cannot be installed; the message says why."""


def main(name: str) -> int:
    """Return the exit status: 0 with a whole `.venv`, 2 for a wrong name, 5 where it fails."""
    if name not in INCLUDES and name not in EXTRAS:
        say(f"there is nothing named {name} to set up; choose from {', '.join(INCLUDES | EXTRAS)}")
        return 2
    try:
        with (ROOT / ".venv.lock").open("w") as lock:
            wait_for(lock)
            base = name if name in INCLUDES else "run"
            if not is_whole(base):
                set_up(base, lock)
            if not is_whole(name):
                add_extra(name, lock)
    except KeyboardInterrupt:
        return 130
    except (SetupError, OSError) as fault:
        say(f"cannot set up {VENV}: {fault}")
        say("check the network and the disk, then run the same command again: it starts afresh")
        return 5
    return 0


def wait_for(lock: TextIO) -> None:
    """Return once no other process is setting up this checkout."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("waiting for another start that is setting up .venv")
        fcntl.flock(lock, fcntl.LOCK_EX)


def is_whole(name: str) -> bool:
    """Whether `.venv` holds what the lock of this name asks for."""
    stamp = VENV / f"kg-{name}.txt"
    return (
        os.access(PYTHON, os.X_OK)
        and stamp.exists()
        and stamp.read_bytes() == (LOCKS / f"{name}.txt").read_bytes()
    )


def set_up(name: str, lock: TextIO) -> None:
    """Make or renew `.venv`; the stamps go first and come back last."""
    say(f"setting up .venv from scripts/lock/{name}.txt, this takes some seconds")
    start = time.monotonic()
    if not is_usable(lock):
        shutil.rmtree(VENV, ignore_errors=True)
        VENV.mkdir(exist_ok=True)
    UNFINISHED.touch()
    for stamp in VENV.glob("kg-*.txt"):
        stamp.unlink()
    if not PYTHON.exists():
        make_venv(lock)
    install(LOCKS / f"{name}.txt", lock)
    # Compiling everything takes three times as long as installing it; these are what starts import.
    packages = [p for site in VENV.glob("lib/python*/site-packages") for p in site.iterdir()]
    run([PYTHON, "-P", "-m", "compileall", "-q", *(p for p in packages if p.name in STARTED)], lock)
    for site in VENV.glob("lib/python*/site-packages"):
        # Relative, so that no letter of the path needs an encoding and the checkout may be moved.
        (site / "kg-checkout.pth").write_text("../../../..\n")
    for included in INCLUDES[name]:
        shutil.copyfile(LOCKS / f"{included}.txt", VENV / f"kg-{included}.txt")
    UNFINISHED.unlink()
    say(f"ready after {time.monotonic() - start:.0f} s")


def add_extra(name: str, lock: TextIO) -> None:
    """Add the packages of an extra to `.venv`; one that was stopped halfway is begun again."""
    lists, size = EXTRAS[name]
    say(f"installing what the extra {name} needs, a download of {size}")
    for part in lists:
        install(LOCKS / f"{part}.txt", lock)
    shutil.copyfile(LOCKS / f"{name}.txt", VENV / f"kg-{name}.txt")


def make_venv(lock: TextIO) -> None:
    """Make `.venv` without pip: with the venv module, or the little that Python looks for."""
    if works([BASE, "-P", "-m", "venv", "--without-pip", VENV], lock):
        return
    site = VENV / "lib" / "python{}.{}".format(*sys.version_info) / "site-packages"
    for directory in (PYTHON.parent, site):
        directory.mkdir(parents=True, exist_ok=True)
    PYTHON.symlink_to(BASE)
    home = f"home = {Path(BASE).parent}\ninclude-system-site-packages = false\n"
    (VENV / "pyvenv.cfg").write_text(home, encoding="utf-8")


def is_usable(lock: TextIO) -> bool:
    """Whether `.venv`, ours or somebody's, was finished once and its Python is new enough."""
    check = "import sys; sys.exit(sys.version_info < (3, 11))"
    return not UNFINISHED.exists() and works([PYTHON, "-c", check], lock)


def install(requirements: Path, lock: TextIO) -> None:
    """Install with uv where that works, else with pip, each file of a known hash.

    Wheels only, but for a list that names a package of which there are none.
    """
    # The lock is the whole closure. An old pip that resolves it again takes the newest release for
    # `coverage[toml]`, not the one whose hash is known.
    builds = requirements.read_text().startswith("--no-binary")
    source = "--no-build-isolation" if builds else "--only-binary=:all:"
    options = ("--quiet", "--no-deps", "--require-hashes", source)
    what: Command = ["install", *options, "-r", requirements]
    uv = shutil.which("uv")
    if not (uv and works([uv, "pip", *what, "--python", PYTHON], lock)):
        run([*find_pip(lock), *what, "--no-compile"], lock)


def find_pip(lock: TextIO) -> Command:
    """The command of the nearest pip: of the system, of `.venv`, or a wheel of known hash.

    One in `.venv` would take 24 MB there.
    """
    system: Command = [BASE, "-P", "-m", "pip", "--python", PYTHON]
    if works([*system, "--version"], lock):
        return system
    if works([PYTHON, "-P", "-m", "ensurepip"], lock):
        return [PYTHON, "-P", "-m", "pip"]
    return [PYTHON, fetch_pip() / "pip"]


def fetch_pip() -> Path:
    """Download pip from the package index that pip itself would use."""
    say("there is no pip here, fetching one")
    index = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/") + "/pip/"
    with urlopen(index, timeout=60) as page:
        link = re.search(f'href="([^"]*{re.escape(PIP)}[^"]*)"', page.read().decode())
    if not link:
        raise SetupError(f"{index} does not list {PIP}")
    with urlopen(urljoin(index, html.unescape(link[1])), timeout=60) as wheel:
        content = wheel.read()
    if hashlib.sha256(content).hexdigest() != PIP_SHA256:
        raise SetupError(f"{PIP} from {index} is not the file that was pinned")
    path = VENV / PIP
    path.write_bytes(content)
    return path


def works(command: Command, lock: TextIO) -> bool:
    """Whether the command can be started and succeeds."""
    try:
        run(command, lock)
    except (SetupError, OSError):
        return False
    return True


def run(command: Command, lock: TextIO) -> None:
    """Run a command that keeps the lock: nobody starts beside the orphan of a killed setup."""
    done = subprocess.run(
        command,
        check=False,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        pass_fds=[lock.fileno()],
    )
    if done.returncode:
        raise SetupError("\n".join(["it failed with", *done.stdout.splitlines()[-15:]]))


def say(message: str) -> None:
    """Tell the person at the terminal; stdout belongs to the result."""
    print(f"kg: {message}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
