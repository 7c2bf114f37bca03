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


def fingerprint() -> str:
    """A key that changes with the code and the profiles: sizes and times of their files.

    What is computed from data by this kg may be kept under it and the digest of the data.
    """
    import hashlib

    files = [*_PACKAGE.rglob("*.py"), *shipped("data").glob("profiles/*.toml")]
    state = [f"{p}:{s.st_size}:{s.st_mtime_ns}" for p in sorted(files) for s in (p.stat(),)]
    return hashlib.sha256("\n".join(state).encode()).hexdigest()[:16]


def cache_directory() -> Path:
    """Where compiled bases are kept: `$KG_CACHE_DIR`, `$XDG_CACHE_HOME/kg` or `~/.cache/kg`."""
    import os

    if chosen := os.environ.get("KG_CACHE_DIR"):
        return Path(chosen)
    root = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(root).expanduser() / "kg"
