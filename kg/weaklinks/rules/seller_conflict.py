"""Who makes the claim, or pays for its study, sells what it is about.

## What it does
Flags a source that sells the substance it makes claims about, that links to product pages, or
that cites a study paid for by a seller.

## Why it matters
Money from a seller shifts conclusions more often than it shifts results.

## Example
An article on zinc and skin by a shop that sells zinc.

## Remedy
Say who sells and who paid, beside the claim.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.model import Severity
from kg.weaklinks.detector import Detector, Judgement, merge_names
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import SourceFact
from kg.weaklinks.kleene import Truth, any_, or_


def judge(fact_base: FactBase, source: SourceFact) -> Judgement | None:
    """Whether a source or a study that it cites has something to sell."""
    claims = [c for c in fact_base.claims if c.source == source.id]
    if not claims:
        return None
    works = [c for c in fact_base.citations if c.source == source.id and c.kind != "appeal"]
    sells = has_product_for_sale(source, [c.exposure_family for c in claims])
    funded = any_(w.seller_funded for w in works)
    value = or_(sells, source.seller_links, funded)
    if not value:
        return Judgement(
            value,
            unknown_facts=()
            if value is False
            else merge_names(_list_unknown_facts(source, fact_base)),
        )
    return Judgement(
        True,
        deciding_ids=tuple(w.id for w in works if w.seller_funded),
        message=f"{source.label or source.id}: {_describe_conflict(source, bool(sells))}.",
        remedy=(
            "State beside the claim who sells the product or paid for the study, and count a study "
            "once however often it is repeated."
        ),
        related_places=tuple((w.id, "paid for by a seller") for w in works if w.seller_funded),
    )


def has_product_for_sale(source: SourceFact, families: list[frozenset[str]]) -> Truth:
    """Whether a source sells anything it makes claims about; a claim of no family is unknown."""
    if source.sells is None:
        return None
    return any_(bool(family & set(source.sells)) if family else None for family in families)


def _describe_conflict(source: SourceFact, sells: bool) -> str:
    if sells:
        return "the publisher sells what the claims are about"
    if source.seller_links:
        return "the page links to shops or product pages for what the claims are about"
    return "a study that it cites was paid for by a seller"


def _list_unknown_facts(source: SourceFact, fact_base: FactBase) -> Iterator[Iterable[str]]:
    yield (f"{source.id}.{f}" for f in ("sells", "seller_links") if getattr(source, f) is None)
    works = (c for c in fact_base.citations if c.source == source.id and c.kind != "appeal")
    yield (f"{w.id}.seller_funded" for w in works if w.seller_funded is None)
    claims = (c for c in fact_base.claims if c.source == source.id and not c.exposure_family)
    yield (f"{c.id}.exposure_family" for c in claims)


DETECTOR = Detector(
    code="KG117",
    name="seller-conflict",
    severity=Severity.MODERATE,
    over="sources",
    needs=(
        "source.sells",
        "source.seller_links",
        "citation.seller_funded",
        "claim.exposure_family",
    ),
    fix="F9",
    backing="funding shifts conclusions: no identifier checked",
    judge=judge,
)
