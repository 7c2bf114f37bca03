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
    "DIGEST_BYTES",
    "blake2b",
    "compute_checksum",
    "compute_fingerprint",
    "hash_texts",
    "list_file_states",
    "load_toml_table",
    "locate_cache_folder",
    "locate_shipped_folder",
    "source_date",
]

DIGEST_BYTES = 32
"""Bytes of a digest of data, as long as those of SHA-256."""

LAST_DATE = 253402300799
"""Seconds from 1970 to the end of the year 9999."""

_PACKAGE_FOLDER = Path(__file__).resolve().parent


def locate_shipped_folder(name: str) -> Path:
    """The directory `data` or `ontology` that ships with this kg.

    >>> locate_shipped_folder("data").is_dir()
    True
    """
    inside = _PACKAGE_FOLDER / "_shipped" / name
    return inside if inside.is_dir() else _PACKAGE_FOLDER.parent / name


def compute_fingerprint() -> str:
    """A key that changes with the code and the shipped data: sizes and times of their files.

    What this kg has computed from its own data may be kept under it.
    """
    return hash_texts(
        [
            *list_file_states(_PACKAGE_FOLDER, ".py"),
            *list_file_states(locate_shipped_folder("data"), ""),
        ]
    )


def hash_texts(parts: Iterable[str]) -> str:
    """A key of 24 hexadecimal digits for some texts, whatever their order."""
    return blake2b("\n".join(sorted(parts)).encode(), digest_size=12).hexdigest()


def compute_checksum(content: bytes) -> str:
    """Sixteen hexadecimal digits that tell a file that was cut short or changed."""
    return blake2b(content, digest_size=8).hexdigest()


def list_file_states(folder: Path, suffix: str) -> list[str]:
    """`path:size:time` of the files under a folder. os.scandir asks for each file once."""
    file_states, open_folders = [], [str(folder)]
    while open_folders:
        with os.scandir(open_folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir():
                    open_folders.append(entry.path)
                elif entry.name.endswith(suffix):
                    state = entry.stat()
                    file_states.append(f"{entry.path}:{state.st_size}:{state.st_mtime_ns}")
    return file_states


def locate_cache_folder() -> Path:
    """Where compiled bases are kept: `$KG_CACHE_DIR`, `$XDG_CACHE_HOME/kg` or `~/.cache/kg`."""
    if configured_path := os.environ.get("KG_CACHE_DIR"):
        return Path(configured_path)
    root = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(root).expanduser() / "kg"


def load_toml_table(path: Path) -> dict[str, Any]:
    """The table of a TOML file, from the cache where that is current: parsing takes 3 ms.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not TOML.
    """
    state = path.stat()
    name = f"{path.stem}-{hash_texts([f'{path}:{state.st_size}:{state.st_mtime_ns}'])}.json"
    cache_file = locate_cache_folder() / "tables" / name
    try:
        cached_table = json.loads(cache_file.read_bytes())
    except (OSError, ValueError):
        cached_table = None
    return cached_table if isinstance(cached_table, dict) else _parse_and_cache(path, cache_file)


def _parse_and_cache(path: Path, cache_file: Path) -> dict[str, Any]:
    import tomllib

    parsed_table = tomllib.loads(path.read_text(encoding="utf-8"))
    part = cache_file.with_suffix(f".{os.getpid()}")
    try:
        cache_file.parent.mkdir(parents=True, exist_ok=True)
        for old in cache_file.parent.glob(f"{path.stem}-*.json"):
            old.unlink(missing_ok=True)
        part.write_text(json.dumps(parsed_table), encoding="utf-8")
        part.replace(cache_file)
    except OSError:
        pass  # A cache that cannot be written costs time and nothing else.
    return parsed_table


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


def locate_record_folder() -> Path:
    """Where answers from outside are kept for good: `$XDG_DATA_HOME/kg` or `~/.local/share/kg`."""
    data_root = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(data_root).expanduser() / "kg"
