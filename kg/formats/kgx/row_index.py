"""Which ids of nodes and edges a load has met, so that a merged graph may repeat its rows.

The index is a private database that leaves memory for the disk as it grows, so that a load of any
size takes the memory of a row. It holds 64 bits of an id and 64 of its row.
"""

from __future__ import annotations

import sqlite3
from enum import Enum


class RowStanding(Enum):
    """What a row is to those before it."""

    NEW = "new"
    REPEATED = "repeated"
    CONTRADICTING = "contradicting"


class RowIndex:
    """The ids of the rows so far, over all files of a load."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)  # on disk, gone with the process
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("CREATE TABLE row (id INTEGER PRIMARY KEY, content INTEGER)")
        self._database.execute("BEGIN")

    def add_row(self, row_id: str, content: object) -> RowStanding:
        """Whether the id is new, or stood before with the same content or another.

        Args:
            row_id: Id of a node or an edge.
            content: What is compared, hashable.
        """
        key, digest = hash(row_id), hash(content)
        insert = "INSERT OR IGNORE INTO row VALUES (?, ?)"
        if self._database.execute(insert, (key, digest)).rowcount:
            return RowStanding.NEW
        select = "SELECT content FROM row WHERE id = ?"
        (known,) = self._database.execute(select, (key,)).fetchone()
        return RowStanding.REPEATED if known == digest else RowStanding.CONTRADICTING
