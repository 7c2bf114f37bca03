"""The SQL of `kg.bulk.sql` on DuckDB, which is its oracle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb


class DuckEngine:
    """An engine of `kg.bulk.sql` in this process."""

    def __init__(self, base: Path) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("SET threads = 2")
        files = str(base / "*.parquet").replace("'", "''")
        self.connection.execute(f"CREATE VIEW rated_links AS SELECT * FROM read_parquet('{files}')")

    def create_relation(self, name: str, sql: str, partition_column: str = "") -> None:
        self.connection.execute(f"CREATE TABLE made AS {sql}")
        self.connection.execute(f"DROP TABLE IF EXISTS {name}")
        self.connection.execute(f"ALTER TABLE made RENAME TO {name}")

    def create_node_relation(self, name: str, values: Sequence[str]) -> None:
        self.connection.execute(f"CREATE OR REPLACE TABLE {name} (node STRING)")
        if values:
            self.connection.executemany(f"INSERT INTO {name} VALUES (?)", [[v] for v in values])

    def select_rows(self, sql: str) -> Iterator[tuple[Any, ...]]:
        cursor = self.connection.cursor().execute(sql)
        while rows := cursor.fetchmany(10_000):
            yield from rows
