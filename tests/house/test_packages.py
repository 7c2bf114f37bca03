"""`scripts/packages` installs nothing on a machine before it was told to.

The script runs for real, on a PATH where apt-get and sudo only write down how they were called.
"""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "packages"
RECORDER = '#!/bin/sh\necho "$(basename "$0") $*" >>"$RECORD"\n'


@pytest.fixture
def machine(tmp_path: Path) -> dict[str, str]:
    """The environment of a machine with apt-get, and with none of the packages."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("id", "basename", "sh"):
        (folder / name).symlink_to(str(shutil.which(name)))
    for name in ("apt-get", "sudo"):
        (folder / name).write_text(RECORDER)
        (folder / name).chmod(0o755)
    return {"PATH": str(folder), "RECORD": str(tmp_path / "record")}


def _calls(machine: dict[str, str]) -> str:
    record = Path(machine["RECORD"])
    return record.read_text() if record.exists() else ""


def test_without_a_terminal_nothing_is_installed(machine: dict[str, str]) -> None:
    done = subprocess.run(
        [SCRIPT], env=machine, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True
    )
    assert "need Debian packages that are not here: graphviz chromium" in done.stderr
    assert "give --yes" in done.stderr
    assert "going on without chromium; tests in a browser are skipped" in done.stderr
    assert not _calls(machine)


@pytest.mark.parametrize(("arguments", "more"), [(["--yes"], {}), ([], {"CI": "true"})])
def test_it_goes_on_by_itself_in_ci_or_with_yes(
    machine: dict[str, str], arguments: list[str], more: dict[str, str]
) -> None:
    done = subprocess.run(
        [SCRIPT, *arguments],
        env={**machine, **more},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "installing the Debian package graphviz" in done.stderr
    assert "install -qq --yes --no-install-recommends graphviz" in _calls(machine)
    assert "openjdk-17-jre-headless" in _calls(machine)


@pytest.mark.parametrize(
    ("said", "installs"), [("y", True), ("yes", True), ("n", False), ("", False)]
)
def test_on_a_terminal_it_asks(machine: dict[str, str], said: str, installs: bool) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [SCRIPT], env=machine, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    ) as process:
        os.close(theirs)
        shown = b""
        while b"[y/N]" not in shown:
            shown += os.read(ours, 4096)
        assert not _calls(machine), "nothing is called before the answer"
        os.write(ours, f"{said}\n".encode())
        while True:
            try:
                if not os.read(ours, 4096):
                    break
            except OSError:  # the other end is closed
                break
        process.wait(30)
    os.close(ours)
    assert ("graphviz" in _calls(machine)) is installs
