"""Claims as one table of Parquet, a part of a base at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kg.formats.files import write_atomically
from kg.formats.kgx.writer import BaseParts, find_claim_sign
from kg.formats.parquet import encode_tables, import_pyarrow
from kg.model import Claim, EvidenceBase

_TEXT_COLUMNS = ("claim", "subject", "predicate", "object", "source", "tier", "role")


def write_parquet(claims: BaseParts, path: Path) -> Path:
    """The path of a Parquet file with one row for each claim; memory is that of one part.

    Raises:
        OutsideError: pyarrow is not installed.
    """
    pa, _ = import_pyarrow("writing")
    number_columns = [("sign", pa.int8()), ("works", pa.int32())]
    schema = pa.schema([*((name, pa.string()) for name in _TEXT_COLUMNS), *number_columns])

    def build_table(part: EvidenceBase) -> Any:
        rows = [_build_row(part, claim) for claim in part.claims]
        return pa.Table.from_pylist(rows, schema=schema)

    return write_atomically(path, encode_tables(schema, map(build_table, claims)))


def _build_row(base: EvidenceBase, claim: Claim) -> dict[str, Any]:
    return {
        "claim": claim.id,
        "subject": claim.proposition.subject,
        "predicate": claim.proposition.predicate.value,
        "object": claim.proposition.object,
        "source": claim.source,
        "tier": claim.tier.name.lower(),
        "role": claim.role.value,
        "sign": find_claim_sign(base, claim),
        "works": len(claim.citations),
    }
