"""Where the files that ship with kg are: the same in a checkout and in an installed wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def shipped(name: str) -> Path:
    """The directory `data` or `ontology` that ships with this kg.

    >>> shipped("data").is_dir()
    True
    """
    inside = _PACKAGE / "_shipped" / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def cache_directory() -> Path:
    """Where compiled bases are kept: `$KG_CACHE_DIR`, `$XDG_CACHE_HOME/kg` or `~/.cache/kg`."""
    import os

    if chosen := os.environ.get("KG_CACHE_DIR"):
        return Path(chosen)
    root = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(root).expanduser() / "kg"
