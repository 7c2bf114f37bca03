"""Writes claims as KGX in JSON Lines.

A sign becomes the qualifiers of Biolink, so that `kg load` reads back what was written.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kg.formats.files import write_atomically
from kg.formats.kgx.biolink import KNOWLEDGE_SOURCE, parse_note
from kg.model import Better, Citation, Claim, EntityKind, EvidenceBase, Predicate, find_effect_sign

_BIOLINK_PREDICATES: Mapping[Predicate, str] = {
    Predicate.CAUSES: "biolink:causes",
    Predicate.CONTRIBUTES_TO: "biolink:contributes_to",
    Predicate.TREATS: "biolink:treats",
    Predicate.PREVENTS: "biolink:preventative_for_condition",
    Predicate.ASSOCIATED_WITH_MORE: "biolink:positively_correlated_with",
    Predicate.ASSOCIATED_WITH_LESS: "biolink:negatively_correlated_with",
}
_BIOLINK_CATEGORIES: Mapping[EntityKind, str] = {
    EntityKind.SUBSTANCE: "biolink:ChemicalEntity",
    EntityKind.INTERVENTION: "biolink:Treatment",
    EntityKind.MOLECULAR: "biolink:GeneOrGeneProduct",
    EntityKind.CELLULAR: "biolink:Cell",
    EntityKind.MECHANISM: "biolink:BiologicalProcess",
    EntityKind.CONDITION: "biolink:Disease",
    EntityKind.CLINICAL_OUTCOME: "biolink:PhenotypicFeature",
}
_DIRECTION_QUALIFIERS: Mapping[int | None, str] = {1: "increased", -1: "decreased"}

BaseParts = Iterable[EvidenceBase]
"""A base in pieces: each holds some things, and what is needed to write them."""


def write_kgx(node_parts: BaseParts, claims: BaseParts, prefix: Path) -> tuple[Path, Path]:
    """The paths of `PREFIX_nodes.jsonl` and `PREFIX_edges.jsonl`, which now hold a base.

    Nodes are the entities and exposures of `node_parts`, edges the claims of `claims`; memory is
    that of one part.
    """
    places = [prefix.with_name(f"{prefix.name}_{kind}.jsonl") for kind in ("nodes", "edges")]
    nodes = (node for part in node_parts for node in _list_nodes(part))
    rows = (nodes, (build_edge(part, claim) for part in claims for claim in part.claims))
    temporary_paths = [place.with_name(f".{place.name}.{os.getpid()}") for place in places]
    try:
        for part, file_rows in zip(temporary_paths, rows, strict=True):
            write_atomically(part, _format_json_lines(file_rows))
        for part, place in zip(temporary_paths, places, strict=True):  # both are whole by now
            part.replace(place)
    finally:
        for part in temporary_paths:
            part.unlink(missing_ok=True)
    return places[0], places[1]


def _format_json_lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for row in rows:
        cells = {key: value for key, value in row.items() if value not in (None, "", [])}
        yield json.dumps(cells, ensure_ascii=False) + "\n"


def _list_nodes(base: EvidenceBase) -> Iterator[Mapping[str, Any]]:
    for entity in base.entities:
        yield {
            "id": entity.id,
            "category": [_BIOLINK_CATEGORIES.get(entity.kind, "biolink:NamedThing")],
            "name": entity.label,
            "description": entity.definition,
            "synonym": [*entity.synonyms],
            "xref": [identifier.curie for identifier in entity.identifiers],
        }
    for exposure in base.exposures:
        yield {
            "id": exposure.id,
            "category": ["biolink:Treatment"],
            "name": exposure.label,
            "synonym": [*exposure.synonyms],
        }


def find_claim_sign(base: EvidenceBase, claim: Claim) -> int | None:
    """The sign of the effect that a claim states; None where it states no direction."""
    entity = base.entity.get(claim.proposition.object)
    better = entity.better if entity else Better.NEITHER
    return find_effect_sign(claim.proposition.predicate, better)


def build_edge(base: EvidenceBase, claim: Claim) -> Mapping[str, Any]:
    """One claim as an edge of KGX: what it says, who says it, and the works that it names."""
    proposition = claim.proposition
    sign = find_claim_sign(base, claim)
    biolink_predicate = _BIOLINK_PREDICATES.get(proposition.predicate)
    is_qualified = sign is not None and not biolink_predicate
    works = [base.citation[id] for id in claim.citations if id in base.citation]
    provenance = {**_find_usual_provenance(base, claim), **parse_note(claim.note)}
    return {
        "id": claim.id,
        "subject": proposition.subject,
        "predicate": biolink_predicate or ("biolink:affects" if sign else "biolink:related_to"),
        "object": proposition.object,
        "object_direction_qualifier": _DIRECTION_QUALIFIERS[sign] if is_qualified else "",
        "negated": proposition.predicate is Predicate.NO_EFFECT_ON or None,
        "primary_knowledge_source": claim.source,
        "knowledge_level": provenance["knowledge_level"],
        "agent_type": provenance["agent_type"],
        "publications": sorted(filter(None, map(_format_publication, works))),
    }


def _find_usual_provenance(base: EvidenceBase, claim: Claim) -> dict[str, str]:
    """Level and agent of a claim whose edge did not say them, or that a curator wrote.

    What came from a knowledge source that did not say them leaves without them: an edge that
    leaves as asserted by a person would be a stronger claim than came in.
    """
    source = base.source.get(claim.source)
    if source is not None and source.kind == KNOWLEDGE_SOURCE:
        return dict.fromkeys(("knowledge_level", "agent_type"), "not_provided")
    level = "knowledge_assertion" if claim.tier >= 3 else "prediction"
    return {"knowledge_level": level, "agent_type": "manual_agent"}


def _format_publication(citation: Citation) -> str:
    identifiers = (("PMID", citation.pmid), ("PMC", citation.pmcid), ("DOI", citation.doi))
    curie = next((f"{prefix}:{number}" for prefix, number in identifiers if number), "")
    return curie or citation.url or ""
