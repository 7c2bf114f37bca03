"""Tables of rated links for tests of engines: random, with cycles, signs and unrated links."""

from __future__ import annotations

import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

LEVELS = ("none", "very low", "low", "moderate", "high", "unrated")


def links_table(links: int, outcomes: int, seed: int, exposures: int | None = None) -> pa.Table:
    """So many links between exposures, inner nodes and outcomes; hubs get more of them."""
    draw = random.Random(seed)
    inner = max(3, links // 6)
    exposures = exposures or max(2, links // 60)
    rows: list[tuple[str, str, str, str, str]] = []
    for _ in range(links):
        kind = draw.random()
        middle = f"n{int(inner * draw.random() ** 2)}"
        other = f"n{int(inner * draw.random() ** 2)}"
        tail = f"Drug {draw.randrange(exposures)}" if kind < 0.15 else middle
        head = f"t-{draw.randrange(outcomes)}" if kind < 0.02 or kind > 0.9 else other
        level = draw.choices(LEVELS, (1, 3, 4, 5, 5, 1))[0]
        rows.append((tail, "affects", head, draw.choice(("1", "-1")), level))
    names = ("subject", "predicate", "object", "sign", "level")
    return pa.table({name: list(column) for name, column in zip(names, zip(*rows), strict=True)})  # noqa: B905


def folder(place: Path, table: pa.Table, parts: int = 3) -> Path:
    """The folder that now holds the table in so many Parquet files."""
    place.mkdir(parents=True, exist_ok=True)
    size = -(-len(table) // parts)
    for n in range(parts):
        pq.write_table(table.slice(n * size, size), place / f"part-{n:05}.parquet")
    return place
