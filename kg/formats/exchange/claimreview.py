"""schema.org ClaimReview as JSON-LD, which search engines and fact-check registries read."""

from __future__ import annotations

import json
from typing import Any

from kg.formats.exchange import parts
from kg.formats.exchange.statement import Backing, Exchange, Judged, Statement
from kg.model import Level


def write(statements: tuple[Statement, ...]) -> str:
    """A graph of reviews. The rating is the established level, from 0 (none) to 4 (high)."""
    graph = [_review(statement) for statement in statements]
    return parts.written({"@context": "https://schema.org", "@graph": graph})


def _review(s: Statement) -> dict[str, Any]:
    level = s.certainty.established
    return {
        "@type": "ClaimReview",
        "@id": s.iri,
        "url": s.iri,
        "claimReviewed": s.text,
        "reviewBody": s.rewrite,
        "author": {"@type": "Organization", "name": "kg"},
        "reviewRating": {
            "@type": "Rating",
            "ratingValue": int(level),
            "worstRating": int(Level.NONE),
            "bestRating": int(Level.HIGH),
            "alternateName": f"{s.verdict.value}: certainty of evidence {level.word}",
        },
        "itemReviewed": {
            "@type": "Claim",
            "name": s.text,
            "appearance": [_appearance(claim) for claim in s.claims],
        },
        "about": [
            {"@type": "DefinedTerm", "@id": s.exposure, "name": s.exposure_label},
            {"@type": "DefinedTerm", "@id": s.outcome, "name": s.outcome_label},
        ],
        "isBasedOn": [_article(work) for work in s.works],
        "identifier": [
            *(_value(parts.name_of(name), value) for name, value in parts.own(s).items()),
            *(
                {**_value(parts.name_of("reason"), j.change), "name": j.name, "description": j.text}
                for j in s.trail
            ),
        ],
    }


def _appearance(claim: Backing) -> dict[str, Any]:
    return {
        "@type": "CreativeWork",
        "identifier": claim.id,
        "abstract": claim.text,
        "isPartOf": {"@type": "CreativeWork", "identifier": claim.address},
    }


def _article(work: Backing) -> dict[str, Any]:
    return {
        "@type": "ScholarlyArticle",
        "identifier": work.address,
        "name": work.text,
        "alternateName": work.id,
    }


def _value(name: str, value: str | int) -> dict[str, Any]:
    return {"@type": "PropertyValue", "propertyID": name, "value": value}


def read(text: str) -> tuple[Statement, ...]:
    """The statements of such a graph."""
    with parts.reading("ClaimReview"):
        return parts.some(_statement(review) for review in json.loads(text)["@graph"])


def _statement(review: dict[str, Any]) -> Statement:
    exposure, outcome = review["about"]
    reason = parts.name_of("reason")
    values = [v for v in review["identifier"] if v["propertyID"] != reason]
    trail = [v for v in review["identifier"] if v["propertyID"] == reason]
    fields = parts.restored({parts.key_of(v["propertyID"]): v["value"] for v in values})
    return Statement(
        iri=review["@id"],
        exposure=exposure["@id"],
        exposure_label=exposure["name"],
        outcome=outcome["@id"],
        outcome_label=outcome["name"],
        does=parts.verb_of(review["claimReviewed"], exposure["name"], outcome["name"]),
        rewrite=review["reviewBody"],
        trail=tuple(Judged(v["name"], v["value"], v["description"]) for v in trail),
        works=tuple(
            Backing(w["alternateName"], w["name"], w["identifier"]) for w in review["isBasedOn"]
        ),
        claims=tuple(
            Backing(c["identifier"], c["abstract"], c["isPartOf"]["identifier"])
            for c in review["itemReviewed"]["appearance"]
        ),
        **fields,
    )


FORMAT = Exchange(write, read)
