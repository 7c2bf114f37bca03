"""A file that names the directory of a curated base beside it."""

from pathlib import Path

from kg.formats.curated.reader import read_curated
from kg.model import LoadedBase


def read_toy(path: Path) -> LoadedBase:
    """The base that the file points to."""
    return read_curated(path.parent / path.read_text(encoding="utf-8").strip())
