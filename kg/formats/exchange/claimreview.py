"""schema.org ClaimReview as JSON-LD, which search engines and fact-check registries read."""

from __future__ import annotations

import json
from typing import Any

from kg.formats.exchange import common
from kg.formats.exchange.statement import ExchangeFormat, Statement, SupportItem, TrailStep
from kg.model import Level


def write_claim_reviews(statements: tuple[Statement, ...]) -> str:
    """A graph of reviews. The rating is the established level, from 0 (none) to 4 (high)."""
    graph = [_build_review(statement) for statement in statements]
    return common.format_json({"@context": "https://schema.org", "@graph": graph})


def _build_review(statement: Statement) -> dict[str, Any]:
    level, kg_values = statement.certainty.established, common.list_kg_values(statement)
    return {
        "@type": "ClaimReview",
        "@id": statement.iri,
        "url": statement.iri,
        "claimReviewed": statement.text,
        "reviewBody": statement.rewrite,
        "author": {"@type": "Organization", "name": "kg"},
        "reviewRating": {
            "@type": "Rating",
            "ratingValue": int(level),
            "worstRating": int(Level.NONE),
            "bestRating": int(Level.HIGH),
            "alternateName": f"{statement.verdict.value}: certainty of evidence {level.word}",
        },
        "itemReviewed": {
            "@type": "Claim",
            "name": statement.text,
            "appearance": [_build_appearance(claim) for claim in statement.claims],
        },
        "about": [
            {"@type": "DefinedTerm", "@id": statement.exposure, "name": statement.exposure_label},
            {"@type": "DefinedTerm", "@id": statement.outcome, "name": statement.outcome_label},
        ],
        "isBasedOn": [_build_article(work) for work in statement.works],
        "identifier": [
            *(_build_property_value(name, value) for name, value in kg_values.items()),
            *map(_build_reason, statement.trail),
        ],
    }


def _build_appearance(claim: SupportItem) -> dict[str, Any]:
    return {
        "@type": "CreativeWork",
        "identifier": claim.id,
        "abstract": claim.text,
        "isPartOf": {"@type": "CreativeWork", "identifier": claim.address},
    }


def _build_article(work: SupportItem) -> dict[str, Any]:
    return {
        "@type": "ScholarlyArticle",
        "identifier": work.address,
        "name": work.text,
        "alternateName": work.id,
    }


def _build_property_value(name: str, value: str | int) -> dict[str, Any]:
    return {"@type": "PropertyValue", "propertyID": common.build_kg_iri(name), "value": value}


def _build_reason(step: TrailStep) -> dict[str, Any]:
    value = _build_property_value("reason", step.change)
    return {**value, "name": step.name, "description": step.text}


def read_claim_reviews(text: str) -> tuple[Statement, ...]:
    """The statements of such a graph."""
    with common.convert_read_errors("ClaimReview"):
        return common.require_statements(
            _read_statement(review) for review in json.loads(text)["@graph"]
        )


def _read_statement(review: dict[str, Any]) -> Statement:
    exposure, outcome = review["about"]
    values = [(common.extract_key(v["propertyID"]), v) for v in review["identifier"]]
    reasons = [v for key, v in values if key == "reason"]
    return Statement(
        iri=review["@id"],
        exposure=exposure["@id"],
        exposure_label=exposure["name"],
        outcome=outcome["@id"],
        outcome_label=outcome["name"],
        verb=common.extract_verb(review["claimReviewed"], exposure["name"], outcome["name"]),
        rewrite=review["reviewBody"],
        trail=tuple(TrailStep(v["name"], v["value"], v["description"]) for v in reasons),
        works=tuple(map(_read_article, review["isBasedOn"])),
        claims=tuple(map(_read_appearance, review["itemReviewed"]["appearance"])),
        **common.restore_fields({key: v["value"] for key, v in values}),
    )


def _read_article(article: dict[str, Any]) -> SupportItem:
    return SupportItem(article["alternateName"], article["name"], article["identifier"])


def _read_appearance(claim: dict[str, Any]) -> SupportItem:
    return SupportItem(claim["identifier"], claim["abstract"], claim["isPartOf"]["identifier"])


FORMAT = ExchangeFormat(write_claim_reviews, read_claim_reviews)
