"""Where the files that ship with kg are: the same in a checkout and in an installed wheel."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

try:  # hashlib loads OpenSSL for the sake of others, which takes longer than all that is hashed
    from _blake2 import blake2b
except ImportError:  # a Python that was built without its own hashes
    from hashlib import blake2b

__all__ = [
    "DIGEST",
    "blake2b",
    "cache_directory",
    "checksum",
    "fingerprint",
    "key",
    "shipped",
    "source_date",
    "states",
    "table",
]

DIGEST = 32
"""Bytes of a digest of data, as long as those of SHA-256."""

LAST_DATE = 253402300799
"""Seconds from 1970 to the end of the year 9999."""

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
    return key([*states(_PACKAGE, ".py"), *states(shipped("data"), "")])


def key(parts: Iterable[str]) -> str:
    """A key of 24 hexadecimal digits for some texts, whatever their order."""
    return blake2b("\n".join(sorted(parts)).encode(), digest_size=12).hexdigest()


def checksum(content: bytes) -> str:
    """Sixteen hexadecimal digits that tell a file that was cut short or changed."""
    return blake2b(content, digest_size=8).hexdigest()


def states(folder: Path, suffix: str) -> list[str]:
    """`path:size:time` of the files under a folder. os.scandir asks for each file once."""
    found, todo = [], [str(folder)]
    while todo:
        with os.scandir(todo.pop()) as entries:
            for entry in entries:
                if entry.is_dir():
                    todo.append(entry.path)
                elif entry.name.endswith(suffix):
                    state = entry.stat()
                    found.append(f"{entry.path}:{state.st_size}:{state.st_mtime_ns}")
    return found


def cache_directory() -> Path:
    """Where compiled bases are kept: `$KG_CACHE_DIR`, `$XDG_CACHE_HOME/kg` or `~/.cache/kg`."""
    if chosen := os.environ.get("KG_CACHE_DIR"):
        return Path(chosen)
    root = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(root).expanduser() / "kg"


def table(path: Path) -> dict[str, Any]:
    """The table of a TOML file, from the cache where that is current: parsing takes 3 ms.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not TOML.
    """
    state = path.stat()
    name = f"{path.stem}-{key([f'{path}:{state.st_size}:{state.st_mtime_ns}'])}.json"
    kept = cache_directory() / "tables" / name
    try:
        found = json.loads(kept.read_bytes())
    except (OSError, ValueError):
        found = None
    return found if isinstance(found, dict) else _parsed(path, kept)


def _parsed(path: Path, kept: Path) -> dict[str, Any]:
    import tomllib

    found = tomllib.loads(path.read_text(encoding="utf-8"))
    part = kept.with_suffix(f".{os.getpid()}")
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        for old in kept.parent.glob(f"{path.stem}-*.json"):
            old.unlink(missing_ok=True)
        part.write_text(json.dumps(found), encoding="utf-8")
        part.replace(kept)
    except OSError:
        pass  # A cache that cannot be written costs time and nothing else.
    return found


def source_date() -> datetime | None:
    """The moment that `SOURCE_DATE_EPOCH` sets, so that a build can be repeated; None without it.

    Raises:
        UsageError: it is no number of seconds from 1970 to 9999.
    """
    from datetime import UTC, datetime

    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not given:
        return None
    if not (given.isascii() and given.isdecimal() and len(given) <= 12 and int(given) <= LAST_DATE):
        shown = given if len(given) <= 40 else given[:39] + "…"
        raise UsageError(
            f"SOURCE_DATE_EPOCH={shown!r} is no date: write whole seconds since 1970, "
            f"{LAST_DATE} at most, or unset it"
        )
    return datetime.fromtimestamp(int(given), UTC)


def record_directory() -> Path:
    """Where answers from outside are kept for good: `$XDG_DATA_HOME/kg` or `~/.local/share/kg`."""
    root = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(root).expanduser() / "kg"
