"""In a checkout, a part of kg that takes much room is installed when a command first needs it."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from importlib import invalidate_caches

from kg.extras import ROOT, has_extra, is_own_environment

INSTALLED_ON_FIRST_USE = frozenset({"nanopub", "pdf", "scale"})
"""Spark is not: it is a download of 434 MB and needs Java."""


def install_extra(extra: str, words: Sequence[str]) -> bool:
    """Whether the extra is there now and the command may run anew; `scripts/setup` says the rest.

    Args:
        extra: a key of `kg.extras.MODULES_BY_EXTRA`.
        words: the command; one that reads stdin cannot run twice.
    """
    reads_stdin = any(
        word == "-" and before not in ("-o", "--output")
        for before, word in zip(["", *words], words, strict=False)
    )
    if extra not in INSTALLED_ON_FIRST_USE or reads_stdin or not is_own_environment():
        return False
    subprocess.run(  # noqa: S603  the script of this checkout
        [ROOT / "scripts" / "setup", extra], check=False, stdin=subprocess.DEVNULL, stdout=2
    )
    invalidate_caches()
    return has_extra(extra)
