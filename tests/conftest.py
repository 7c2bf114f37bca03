"""What all tests share: lanes, turns between processes, a record, profiles of Hypothesis."""

from __future__ import annotations

import fcntl
import functools
import gc
import os
import subprocess
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

CACHE = Path(__file__).resolve().parent.parent / ".pytest_cache"
BYTECODE = CACHE / "bytecode"

if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
    # Tests start Python hundreds of times; without bytecode each start compiles kg again.
    os.environ.setdefault("PYTHONPYCACHEPREFIX", str(BYTECODE))

# A machine that does other work meanwhile is slow now and then, which is no fault of the code.
settings.register_profile("kg", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("kg")
settings.register_profile("thorough", settings.get_profile("kg"), max_examples=2000)

# scripts/mutate asks a test a thousand times: the same few examples, and no search for a small one.
settings.register_profile(
    "mutants",
    max_examples=25,
    phases=(Phase.explicit, Phase.generate),
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


# Seconds that a test of each lane takes at most on a quiet machine; what is longer is `slow`.
LANES = {"quick": 0.2, "medium": 1.0}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put every test without a mark of another lane into the quick one."""
    for item in items:
        if not (item.get_closest_marker("medium") or item.get_closest_marker("slow")):
            item.add_marker("quick")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the tests that took longer than their lane allows; on a busy machine many do."""
    late = [
        f"{report.duration:6.2f} s  {lane:6}  {report.nodeid}"
        for report in terminalreporter.getreports("passed")
        for lane, seconds in LANES.items()
        if report.when == "call" and lane in report.keywords and report.duration > seconds
    ]
    if late:
        terminalreporter.section(f"{len(late)} tests took longer than their lane allows")
        terminalreporter.write_line("\n".join(sorted(late, reverse=True)[:10]))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, bool | None, bool | None]:
    """Run a test that is marked `alone` while the other processes of pytest-xdist wait."""
    if not hasattr(item.config, "workerinput"):
        return (yield)
    CACHE.mkdir(exist_ok=True)
    alone = item.get_closest_marker("alone") is not None
    with (CACHE / "gate.lock").open("w") as gate, (CACHE / "room.lock").open("w") as room:
        fcntl.flock(gate, fcntl.LOCK_EX)  # nobody else comes in while one waits to be alone
        fcntl.flock(room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(gate, fcntl.LOCK_UN)
        try:
            return (yield)
        finally:
            fcntl.flock(room, fcntl.LOCK_UN)  # a child that outlives its test has it open too


@pytest.fixture(scope="session", autouse=True)
def nothing_kept_from_before_a_change() -> None:
    """mutmut tries each change in a fork of a process in which all tests ran without it."""
    if os.environ.get("MUTANT_UNDER_TEST"):
        for kept in gc.get_objects():
            if isinstance(kept, functools._lru_cache_wrapper):
                kept.cache_clear()


@pytest.fixture(scope="session", autouse=True)
def a_record_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads what the person at this machine has looked up, or writes among it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("share")))
        for name in ("KG_LOOK_UPS", "KG_CONTACT", "KG_ENDPOINTS"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 12 MiB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small tmpfs can be mounted by root only")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)
