"""How kg starts another Python: never with code from the folder that a person stands in."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

_ROOT = str(Path(__file__).resolve().parents[1])


def module_command(module: str, *words: str) -> tuple[str, ...]:
    """The command that runs a module of kg in this Python, with the working folder off its path."""
    return (sys.executable, "-P", "-m", module, *words)


def child_environment(given: Mapping[str, str] | None = None) -> dict[str, str]:
    """Variables for a child that imports this kg, and nothing from the folder it runs in.

    Of PYTHONPATH only absolute folders stay: an empty or relative entry means the working folder.
    What the child starts in turn is kept safe by PYTHONSAFEPATH.

    Args:
        given: Variables to begin with; those of this process where there are none.
    """
    found = dict(os.environ if given is None else given)
    named = found.get("PYTHONPATH", "").split(os.pathsep)
    absolute = [path for path in named if os.path.isabs(path)]  # noqa: PTH117  pathlib is slower
    found["PYTHONPATH"] = os.pathsep.join(dict.fromkeys([_ROOT, *absolute]))
    found["PYTHONSAFEPATH"] = "1"
    return found
