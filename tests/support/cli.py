"""kg as a person at a terminal calls it: in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KG = (sys.executable, "-P", "-m", "kg")
_OURS = ("KG_", "_KG", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES")


def build_environment(**variables: str) -> dict[str, str]:
    """The environment of this process without what would change an answer, and these variables."""
    inherited = {name: text for name, text in os.environ.items() if not name.startswith(_OURS)}
    return {**inherited, "PYTHONPATH": str(ROOT), **variables}


def kg(
    *words: str | Path,
    cwd: Path = ROOT,
    input: str | None = None,
    timeout: float = 900,
    **variables: str,
) -> subprocess.CompletedProcess[str]:
    """What a call of kg prints and returns.

    Args:
        words: the command and its arguments.
        cwd: where it runs.
        input: what it reads from stdin; None leaves it the stdin of the tests.
        timeout: seconds after which it is ended.
        variables: more of its environment.
    """
    return subprocess.run(
        [*KG, *map(str, words)],
        cwd=cwd,
        env=build_environment(**variables),
        input=input,
        timeout=timeout,
        capture_output=True,
        check=False,
        encoding="utf-8",
    )


def start_kg(*words: str | Path) -> subprocess.Popen[bytes]:
    """A call of kg in a session of its own, which hears Ctrl-C and says nothing."""
    # A test run in the background ignores Ctrl-C, and so would its children.
    begin = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    return subprocess.Popen(
        [sys.executable, "-P", "-c", f"{begin}from kg.cli import entry; entry()", *map(str, words)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=build_environment(),
        start_new_session=True,
    )
