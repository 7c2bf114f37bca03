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
from kg.formats.parquet import Sink
from kg.model import Claim, EntityKind, EvidenceBase, Predicate, effect_sign

_PREDICATES: Mapping[Predicate, str] = {
    Predicate.CAUSES: "biolink:causes",
    Predicate.CONTRIBUTES_TO: "biolink:contributes_to",
    Predicate.TREATS: "biolink:treats",
    Predicate.PREVENTS: "biolink:preventative_for_condition",
    Predicate.ASSOCIATED_WITH_MORE: "biolink:positively_correlated_with",
    Predicate.ASSOCIATED_WITH_LESS: "biolink:negatively_correlated_with",
}
_CATEGORIES: Mapping[EntityKind, str] = {
    EntityKind.SUBSTANCE: "biolink:ChemicalEntity",
    EntityKind.INTERVENTION: "biolink:Treatment",
    EntityKind.MOLECULAR: "biolink:GeneOrGeneProduct",
    EntityKind.CELLULAR: "biolink:Cell",
    EntityKind.MECHANISM: "biolink:BiologicalProcess",
    EntityKind.CONDITION: "biolink:Disease",
    EntityKind.CLINICAL_OUTCOME: "biolink:PhenotypicFeature",
}


Parts = Iterable[EvidenceBase]
"""A base in pieces: each holds some things, and what is needed to write them."""


def write_kgx(things: Parts, claims: Parts, prefix: Path) -> tuple[Path, Path]:
    """The paths of `PREFIX_nodes.jsonl` and `PREFIX_edges.jsonl`, which now hold a base.

    Nodes are the entities and exposures of `things`, edges the claims of `claims`; memory is that
    of one part.
    """
    places = [prefix.with_name(f"{prefix.name}_{kind}.jsonl") for kind in ("nodes", "edges")]
    nodes = (node for part in things for node in _nodes(part))
    rows = (nodes, (edge(part, claim) for part in claims for claim in part.claims))
    made = [place.with_name(f".{place.name}.{os.getpid()}") for place in places]
    try:
        for part, found in zip(made, rows, strict=True):
            write_atomically(part, _lines(found))
        for part, place in zip(made, places, strict=True):  # both are whole by now
            part.replace(place)
    finally:
        for part in made:
            part.unlink(missing_ok=True)
    return places[0], places[1]


def _lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for row in rows:
        kept = {key: value for key, value in row.items() if value not in (None, "", [])}
        yield json.dumps(kept, ensure_ascii=False) + "\n"


def _nodes(base: EvidenceBase) -> Iterator[Mapping[str, Any]]:
    for entity in base.entities:
        yield {
            "id": entity.id,
            "category": [_CATEGORIES.get(entity.kind, "biolink:NamedThing")],
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


def edge(base: EvidenceBase, claim: Claim) -> Mapping[str, Any]:
    """One claim as an edge of KGX: what it says, who says it, and the works that it names."""
    about = claim.proposition
    head = base.entity.get(about.object)
    sign = effect_sign(about.predicate, head.better) if head else None
    named = _PREDICATES.get(about.predicate)
    turned = "" if named or sign is None else ("increased" if sign > 0 else "decreased")
    works = [base.citation[id] for id in claim.citations if id in base.citation]
    return {
        "id": claim.id,
        "subject": about.subject,
        "predicate": named or ("biolink:affects" if sign else "biolink:related_to"),
        "object": about.object,
        "object_direction_qualifier": turned,
        "negated": about.predicate is Predicate.NO_EFFECT_ON or None,
        "primary_knowledge_source": claim.source,
        "knowledge_level": "knowledge_assertion" if claim.tier >= 3 else "prediction",
        "agent_type": "manual_agent",
        "publications": sorted(filter(None, map(_work, works))),
    }


def _work(citation: Any) -> str:
    if citation.pmid:
        return f"PMID:{citation.pmid}"
    return f"DOI:{citation.doi}" if citation.doi else (citation.url or "")


def write_parquet(claims: Parts, path: Path) -> Path:
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
    text = pa.string()
    form = pa.schema(
        [(name, text) for name in _TEXTS] + [("sign", pa.int8()), ("works", pa.int32())]
    )

    def pieces() -> Iterator[bytes]:
        sink = Sink()
        with pq.ParquetWriter(sink, form) as writer:
            for part in claims:
                rows = [_row(part, claim) for claim in part.claims]
                writer.write_table(pa.Table.from_pylist(rows, schema=form))
                yield sink.taken()
        yield sink.taken()

    return write_atomically(path, pieces())


_TEXTS = ("claim", "subject", "predicate", "object", "source", "tier", "role")


def _row(base: EvidenceBase, claim: Claim) -> dict[str, Any]:
    about = claim.proposition
    head = base.entity.get(about.object)
    return {
        "claim": claim.id,
        "subject": about.subject,
        "predicate": about.predicate.value,
        "object": about.object,
        "source": claim.source,
        "tier": claim.tier.name.lower(),
        "role": claim.role.value,
        "sign": effect_sign(about.predicate, head.better) if head else None,
        "works": len(claim.citations),
    }
