"""What all tests share: a record of their own, profiles of Hypothesis, a place for bytecode."""

from __future__ import annotations

import functools
import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

BYTECODE = Path(__file__).resolve().parent.parent / ".pytest_cache" / "bytecode"

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
