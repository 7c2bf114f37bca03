"""Where the files that ship with kg are: the same in a checkout and in an installed wheel."""

from __future__ import annotations

import os
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def shipped(name: str) -> Path:
    """The directory `data` or `ontology` that ships with this kg.

    >>> shipped("data").is_dir()
    True
    """
    inside = _PACKAGE / "_shipped" / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def fingerprint() -> str:
    """A key that changes with the code and the shipped data: sizes and times of their files.

    What this kg has computed from its own data may be kept under it.
    """
    import hashlib

    states = [*_states(_PACKAGE, ".py"), *_states(shipped("data"), "")]
    return hashlib.blake2b("\n".join(sorted(states)).encode(), digest_size=12).hexdigest()


def _states(folder: Path, suffix: str) -> list[str]:
    """`path:size:time` of the files under a folder. os.scandir asks for each file once."""
    states, todo = [], [str(folder)]
    while todo:
        with os.scandir(todo.pop()) as entries:
            for entry in entries:
                if entry.is_dir():
                    todo.append(entry.path)
                elif entry.name.endswith(suffix):
                    state = entry.stat()
                    states.append(f"{entry.path}:{state.st_size}:{state.st_mtime_ns}")
    return states


def cache_directory() -> Path:
    """Where compiled bases are kept: `$KG_CACHE_DIR`, `$XDG_CACHE_HOME/kg` or `~/.cache/kg`."""
    if chosen := os.environ.get("KG_CACHE_DIR"):
        return Path(chosen)
    root = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(root).expanduser() / "kg"
