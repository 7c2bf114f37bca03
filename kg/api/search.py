"""Things whose names hold the words that were asked for, best first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from unicodedata import combining, normalize

from kg.model import OUTCOME_KINDS, EvidenceBase
from kg.model.record import dataclass

MAX_QUERY_CHARACTERS = 200
"""Characters of a question that are read."""


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A thing that was found: its section of the name space, what to call it, and what it is."""

    section: str
    id: str
    label: str
    what: str
    score: int


def search_things(base: EvidenceBase, text: str, count: int = 50) -> tuple[SearchHit, ...]:
    """Up to `count` things that have every word of the text in their names, best first.

    Outcomes and exposures come before what is said about them; an exact name comes first.

    >>> search_things(EvidenceBase(), "zinc")
    ()
    """
    words = _split_words(text[:MAX_QUERY_CHARACTERS])
    if not words:
        return ()
    hits = (
        SearchHit(section, thing_id, label, what, score)
        for section, thing_id, label, what, names, weight in _iterate_things(base)
        if (score := _score_names(words, [_fold_text(name) for name in names], weight))
    )
    return tuple(sorted(hits, key=lambda h: (-h.score, h.section, h.label, h.id))[:count])


@dataclass(frozen=True, slots=True)
class SearchableThing:
    """A thing that can be searched for; `names` are all its names without case and accents."""

    section: str
    id: str
    label: str
    what: str
    names: str


def list_searchable_things(base: EvidenceBase) -> tuple[SearchableThing, ...]:
    """All that `search` looks through, outcomes first, by label."""
    sorted_things = sorted(
        _iterate_things(base), key=lambda thing: (-thing[-1], thing[2].casefold(), thing[1])
    )
    return tuple(
        SearchableThing(section, thing_id, label, what, " ".join(map(_fold_text, names)))
        for section, thing_id, label, what, names, _ in sorted_things
    )


def _iterate_things(
    base: EvidenceBase,
) -> Iterator[tuple[str, str, str, str, tuple[str, ...], int]]:
    """Section, id, label, what it is, its names (the label first), and how near the front."""
    for entity in base.entities:
        thing_kind = "outcome" if entity.kind in OUTCOME_KINDS else entity.kind.value
        kind = (
            f"{thing_kind}, {entity.kind.value.replace('-', ' ')}"
            if thing_kind == "outcome"
            else thing_kind
        )
        weight = 60 if thing_kind == "outcome" else 30
        curies = tuple(identifier.curie for identifier in entity.identifiers)
        yield (
            "entity",
            entity.id,
            entity.label,
            kind,
            (entity.label, entity.id, *entity.synonyms, *curies),
            weight,
        )
    for exposure in base.exposures:
        yield (
            "exposure",
            exposure.id,
            exposure.label,
            "exposure",
            (exposure.label, exposure.id, *exposure.synonyms),
            50,
        )
    for source in base.sources:
        yield (
            "source",
            source.id,
            source.title,
            source.kind,
            (source.title, source.id, source.publisher or ""),
            40,
        )
    for chain in base.chains:
        yield "chain", chain.id, chain.label, "chain of claims", (chain.label, chain.id), 25
    for study in base.studies:
        keys = tuple(
            study_identifier
            for study_identifier in (study.doi, study.pmid, study.pmcid, study.registration)
            if study_identifier
        )
        names = (study.title, study.id, study.authors, study.journal, str(study.year), *keys)
        yield "study", study.id, study.title, f"study, {study.year}", names, 20
    for claim in base.claims:
        claim_text = claim.paraphrase or f"{base.get_label(claim.proposition.subject)} ... "
        ends = (base.get_label(claim.proposition.subject), base.get_label(claim.proposition.object))
        thing_kind = f"claim, {claim.source} line {claim.line}"
        yield "claim", claim.id, claim_text, thing_kind, (claim_text, claim.id, " ".join(ends)), 10


def _score_names(words: Iterable[str], folded: list[str], weight: int) -> int:
    """Nothing where a word is missing, else the weight and what exact names add."""
    wanted_words = tuple(words)
    text = " ".join(folded)
    if not all(word in text for word in wanted_words):
        return 0
    wanted_phrase = " ".join(wanted_words)
    if wanted_phrase in (" ".join(re.findall(r"\w+", name)) for name in folded):
        return weight + 1000
    parts = set(re.findall(r"\w+", folded[0]))
    return (
        weight
        + 100 * all(w in folded[0] for w in wanted_words)
        + 100 * parts.issuperset(wanted_words)
    )


def _split_words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", _fold_text(text)))


def _fold_text(text: str) -> str:
    """The text without case, accents, hyphens and underscores."""
    unaccented_text = "".join(c for c in normalize("NFKD", text) if not combining(c))
    return re.sub(r"[-_]", " ", unaccented_text.casefold())
