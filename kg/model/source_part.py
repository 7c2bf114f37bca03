"""The part of a base that one source says, beside all that is known."""

from __future__ import annotations

from dataclasses import replace

from kg.model.base import EvidenceBase


def extract_source_part(base: EvidenceBase, source_id: str) -> EvidenceBase:
    """The base in which one source stands alone beside studies, entities and exposures.

    References to what other sources say are left out with it.
    """
    claim_ids = {claim.id for claim in base.claims if claim.source == source_id}
    citation_ids = {citation.id for citation in base.citations if citation.source == source_id}

    def keep(ids: tuple[str, ...], own_ids: set[str]) -> tuple[str, ...]:
        return tuple(id for id in ids if id in own_ids)

    return replace(
        base,
        sources=tuple(source for source in base.sources if source.id == source_id),
        claims=tuple(
            replace(
                claim,
                citations=keep(claim.citations, citation_ids),
                leans_on=keep(claim.leans_on, claim_ids),
                restates=claim.restates if claim.restates in claim_ids else None,
            )
            for claim in base.claims
            if claim.source == source_id
        ),
        citations=tuple(
            replace(citation, matches=keep(citation.matches, citation_ids))
            for citation in base.citations
            if citation.source == source_id
        ),
        chains=tuple(
            replace(
                chain,
                steps=tuple(
                    replace(step, claims=keep(step.claims, claim_ids)) for step in chain.steps
                ),
            )
            for chain in base.chains
            if chain.source == source_id
        ),
        conflicts=(),
    )
