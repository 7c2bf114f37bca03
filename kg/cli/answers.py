"""Answers that were given before: the same question of the same data and code is not graded twice.

Grading is a pure function of the shipped data, the code and the options, so its printed answer is
kept under a key of all three (docs/decisions/0011-answers.md). Bases that are named with `--base`
are always graded anew.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from kg.resources import cache_directory, fingerprint, key

KEPT = 64
"""How many answers are kept; the oldest go."""


class Answer(NamedTuple):
    """What a command printed, and the worst severity in it, which decides its exit status."""

    worst: int
    text: str


def place(question: Sequence[object]) -> Path:
    """Where the answer to a question is kept."""
    return cache_directory() / "answers" / key([fingerprint(), repr(question)])


def kept(path: Path) -> Answer | None:
    """The answer that is kept at a place, or None."""
    try:
        first, _, text = path.read_text(encoding="utf-8").partition("\n")
    except (OSError, UnicodeDecodeError):
        return None
    return Answer(int(first), text) if first in ("0", "1", "2", "3") else None


def keep(path: Path, answer: Answer) -> None:
    """Keep an answer, whole or not at all; a cache that cannot be written is no fault."""
    from kg.errors import KgError
    from kg.formats.files import write_atomically

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, f"{answer.worst}\n{answer.text}", durable=False)
        _forget(path.parent)
    except (OSError, KgError):
        return


def _forget(folder: Path) -> None:
    with os.scandir(folder) as entries:
        aged = sorted((e for e in entries if e.is_file()), key=lambda e: -e.stat().st_mtime_ns)
    for entry in aged[KEPT:]:
        Path(entry.path).unlink(missing_ok=True)
