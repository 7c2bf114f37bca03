"""Writes claims for other tools: KGX in JSON Lines, and one table of Parquet.

A sign becomes the qualifiers of Biolink, so that `kg load` reads back what was written.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kg.errors import OutsideError
from kg.formats.files import write_atomically
from kg.formats.rated_links.pair_parquet import DrainableBuffer
from kg.model import Claim, EntityKind, EvidenceBase, Predicate, find_effect_sign

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


BaseParts = Iterable[EvidenceBase]
"""A base in pieces: each holds some things, and what is needed to write them."""


def write_kgx(node_parts: BaseParts, claims: BaseParts, prefix: Path) -> tuple[Path, Path]:
    """The paths of `PREFIX_nodes.jsonl` and `PREFIX_edges.jsonl`, which now hold a base.

    Nodes are the entities and exposures of `node_parts`, edges the claims of `claims`; memory is
    that of one part.
    """
    places = [
        prefix.with_name(f"{prefix.name}_{file_kind}.jsonl") for file_kind in ("nodes", "edges")
    ]
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
        nonempty_cells = {key: value for key, value in row.items() if value not in (None, "", [])}
        yield json.dumps(nonempty_cells, ensure_ascii=False) + "\n"


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


def build_edge(base: EvidenceBase, claim: Claim) -> Mapping[str, Any]:
    """One claim as an edge of KGX: what it says, who says it, and the works that it names."""
    proposition = claim.proposition
    object_entity = base.entity.get(proposition.object)
    sign = find_effect_sign(proposition.predicate, object_entity.better) if object_entity else None
    biolink_predicate = _BIOLINK_PREDICATES.get(proposition.predicate)
    direction_qualifier = (
        "" if biolink_predicate or sign is None else ("increased" if sign > 0 else "decreased")
    )
    works = [base.citation[id] for id in claim.citations if id in base.citation]
    return {
        "id": claim.id,
        "subject": proposition.subject,
        "predicate": biolink_predicate or ("biolink:affects" if sign else "biolink:related_to"),
        "object": proposition.object,
        "object_direction_qualifier": direction_qualifier,
        "negated": proposition.predicate is Predicate.NO_EFFECT_ON or None,
        "primary_knowledge_source": claim.source,
        "knowledge_level": "knowledge_assertion" if claim.tier >= 3 else "prediction",
        "agent_type": "manual_agent",
        "publications": sorted(filter(None, map(_format_publication, works))),
    }


def _format_publication(citation: Any) -> str:
    if citation.pmid:
        return f"PMID:{citation.pmid}"
    return f"DOI:{citation.doi}" if citation.doi else (citation.url or "")


def write_parquet(claims: BaseParts, path: Path) -> Path:
    """The path of a Parquet file with one row for each claim; memory is that of one part.

    Raises:
        OutsideError: pyarrow is not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise OutsideError(
            "writing Parquet needs the extra `scale`: pip install 'evidence-kg[scale]'"
        ) from None
    text_type = pa.string()
    form = pa.schema(
        [(name, text_type) for name in _TEXT_COLUMNS] + [("sign", pa.int8()), ("works", pa.int32())]
    )

    def encode_pieces() -> Iterator[bytes]:
        sink = DrainableBuffer()
        with pq.ParquetWriter(sink, form) as writer:
            for base_part in claims:
                rows = [_build_claim_row(base_part, claim) for claim in base_part.claims]
                writer.write_table(pa.Table.from_pylist(rows, schema=form))
                yield sink.drain()
        yield sink.drain()

    return write_atomically(path, encode_pieces())


_TEXT_COLUMNS = ("claim", "subject", "predicate", "object", "source", "tier", "role")


def _build_claim_row(base: EvidenceBase, claim: Claim) -> dict[str, Any]:
    proposition = claim.proposition
    object_entity = base.entity.get(proposition.object)
    return {
        "claim": claim.id,
        "subject": proposition.subject,
        "predicate": proposition.predicate.value,
        "object": proposition.object,
        "source": claim.source,
        "tier": claim.tier.name.lower(),
        "role": claim.role.value,
        "sign": find_effect_sign(proposition.predicate, object_entity.better)
        if object_entity
        else None,
        "works": len(claim.citations),
    }
