"""No sentence of the articles stands in the repository, though the articles are not here.

`cases/articles/seven-words.b64` holds a 5-byte BLAKE2b digest of every run of seven words within
a line of their text, titles and lists of references left out. Text of ours that hits one is a
copy, or chance: some 2,400 of 2^40 digests are taken, so that among 150,000 runs of words a chance
hit has a probability below one in a thousand.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RUN, DIGEST = 7, 5
READ = {".yaml", ".md", ".toml", ".py", ".rq", ".ttl", ".tsv"}


@cache
def copied() -> frozenset[bytes]:
    text = (ROOT / "tests" / "cases" / "articles" / "seven-words.b64").read_text(encoding="ascii")
    held = base64.b64decode("".join(text.split()))
    return frozenset(held[i : i + DIGEST] for i in range(0, len(held), DIGEST))


def digest(words: list[str]) -> bytes:
    return hashlib.blake2b(" ".join(words).encode(), digest_size=DIGEST).digest()


def runs(text: str) -> Iterator[list[str]]:
    words = re.findall(r"[a-z0-9]+", text.lower())
    return (words[i : i + RUN] for i in range(len(words) - RUN + 1))


def test_the_digests_are_those_of_the_articles() -> None:
    assert len(copied()) > 2000
    cited = "for general informational purposes only and should"
    assert digest(next(runs(cited))) in copied(), "a phrase of a common disclaimer"


@pytest.mark.medium
@pytest.mark.parametrize("folder", ["data", "docs", "kg", "ontology", "scripts", "README.md"])
def test_nothing_of_ours_is_theirs(folder: str) -> None:
    place = ROOT / folder
    files = [place] if place.is_file() else sorted(place.rglob("*"))
    for file in files:
        if file.suffix in READ and file.is_file():
            same = [r for r in runs(file.read_text(encoding="utf-8")) if digest(r) in copied()]
            assert not same, f"{file.relative_to(ROOT)}: {' '.join(same[0])}"
