"""Things whose names hold the words that were asked for, best first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from unicodedata import combining, normalize

from kg.model import OUTCOME_KINDS, EvidenceBase
from kg.model.record import dataclass

LONGEST = 200
"""Characters of a question that are read."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing that was found: its section of the name space, what to call it, and what it is."""

    section: str
    id: str
    label: str
    what: str
    score: int


def search(base: EvidenceBase, text: str, count: int = 50) -> tuple[Hit, ...]:
    """Up to `count` things that have every word of the text in their names, best first.

    Outcomes and exposures come before what is said about them; an exact name comes first.

    >>> search(EvidenceBase(), "zinc")
    ()
    """
    words = _words(text[:LONGEST])
    if not words:
        return ()
    hits = (
        Hit(section, id, label, what, score)
        for section, id, label, what, names, weight in _things(base)
        if (score := _score(words, [_fold(name) for name in names], weight))
    )
    return tuple(sorted(hits, key=lambda h: (-h.score, h.section, h.label, h.id))[:count])


@dataclass(frozen=True, slots=True)
class Named:
    """A thing that can be searched for; `names` are all its names without case and accents."""

    section: str
    id: str
    label: str
    what: str
    names: str


def everything(base: EvidenceBase) -> tuple[Named, ...]:
    """All that `search` looks through, outcomes first, by label."""
    found = sorted(_things(base), key=lambda thing: (-thing[-1], thing[2].casefold(), thing[1]))
    return tuple(
        Named(section, id, label, what, " ".join(map(_fold, names)))
        for section, id, label, what, names, _ in found
    )


def _things(base: EvidenceBase) -> Iterator[tuple[str, str, str, str, tuple[str, ...], int]]:
    """Section, id, label, what it is, its names (the label first), and how near the front."""
    for e in base.entities:
        what = "outcome" if e.kind in OUTCOME_KINDS else e.kind.value
        kind = f"{what}, {e.kind.value.replace('-', ' ')}" if what == "outcome" else what
        weight = 60 if what == "outcome" else 30
        curies = tuple(i.curie for i in e.identifiers)
        yield "entity", e.id, e.label, kind, (e.label, e.id, *e.synonyms, *curies), weight
    for x in base.exposures:
        yield "exposure", x.id, x.label, "exposure", (x.label, x.id, *x.synonyms), 50
    for s in base.sources:
        yield "source", s.id, s.title, s.kind, (s.title, s.id, s.publisher or ""), 40
    for chain in base.chains:
        yield "chain", chain.id, chain.label, "chain of claims", (chain.label, chain.id), 25
    for study in base.studies:
        keys = tuple(k for k in (study.doi, study.pmid, study.pmcid, study.registration) if k)
        names = (study.title, study.id, study.authors, study.journal, str(study.year), *keys)
        yield "study", study.id, study.title, f"study, {study.year}", names, 20
    for claim in base.claims:
        said = claim.paraphrase or f"{base.label(claim.proposition.subject)} ... "
        ends = (base.label(claim.proposition.subject), base.label(claim.proposition.object))
        what = f"claim, {claim.source} line {claim.line}"
        yield "claim", claim.id, said, what, (said, claim.id, " ".join(ends)), 10


def _score(words: Iterable[str], folded: list[str], weight: int) -> int:
    """Nothing where a word is missing, else the weight and what exact names add."""
    wanted = tuple(words)
    text = " ".join(folded)
    if not all(word in text for word in wanted):
        return 0
    asked = " ".join(wanted)
    if asked in (" ".join(re.findall(r"\w+", name)) for name in folded):
        return weight + 1000
    parts = set(re.findall(r"\w+", folded[0]))
    return weight + 100 * all(w in folded[0] for w in wanted) + 100 * parts.issuperset(wanted)


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", _fold(text)))


def _fold(text: str) -> str:
    """The text without case, accents, hyphens and underscores."""
    plain = "".join(c for c in normalize("NFKD", text) if not combining(c))
    return re.sub(r"[-_]", " ", plain.casefold())
