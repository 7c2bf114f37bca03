"""What a result shows, once for all forms: blocks, rows of a table, and a value for programs.

All text is plain; each writer of `kg.render.writers` escapes it for its own medium.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from kg.render import RenderOptions
from kg.render.diagram.picture import Picture


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; `level` 1 is the title of the document."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; `kind` is `plain`, `verdict` (the sentence to remember) or `note`."""

    text: str
    kind: str = "plain"


@dataclass(frozen=True, slots=True)
class ItemList:
    """A list; each item has a term, which may be empty, and its text."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A labelled line; without a label it belongs to the field above.

    `tone` is empty, or any of the words `strong`, `faint`, `good`, `caution` and `bad`.
    """

    label: str
    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the page."""


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell of a table: its text, the numbers of its footnotes, and a look.

    `tone` is empty or the key of a level (`none` ... `high`), or `break` for what does not hold;
    colour only repeats what the text says. `link` is an http address, or `#` and the
    anchor of a heading.
    """

    text: str
    notes: tuple[int, ...] = ()
    tone: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class DocumentTable:
    """A table with its caption; `notes` are footnotes, numbered from 1."""

    caption: str
    column_names: tuple[str, ...]
    rows: tuple[tuple[TableCell, ...], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture of an argument."""

    picture: Picture


@dataclass(frozen=True, slots=True)
class RowTable:
    """The rows of a result as plain text; the rows may be an iterator.

    `widths` are those of all columns but the last where they are known before the rows are: a
    terminal shows such rows as they come, without names of columns below the names.
    """

    column_names: Sequence[str]
    rows: Iterable[Sequence[str]]
    widths: Sequence[int] = ()

    def build_block(self, caption: str = "") -> DocumentTable:
        """The same rows as a block of a document."""
        cells = tuple(tuple(map(TableCell, row)) for row in self.rows)
        return DocumentTable(caption, tuple(self.column_names), cells)


Block = Heading | Paragraph | ItemList | Field | Rule | DocumentTable | RowTable | Figure


@dataclass(frozen=True, slots=True)
class RowStream:
    """A JSON object with one long list, which is written a row at a time.

    `head` stands before the list `key`, what `build_tail` returns once all rows are written behind.
    """

    head: Mapping[str, Any]
    key: str
    rows: Iterable[object]
    build_tail: Callable[[], Mapping[str, Any]] = dict


@dataclass(frozen=True, slots=True)
class Document:
    """All that a result shows; a writer takes from it what its form needs, once.

    Args:
        title: What it is, in a few words.
        blocks: What a reader sees under the title, in order.
        date: The day it was made (ISO), which may be empty.
        screen: The whole of what a terminal shows, where that is not the title and the blocks.
            Without blocks it is what all readers see.
        table: One row for each thing found, for CSV and JSON Lines.
        encode: Returns the JSON value, or a RowStream; without it JSON holds the rows.
    """

    title: str
    blocks: Iterable[Block] = ()
    date: str = ""
    screen: Iterable[Block] = ()
    table: RowTable | None = None
    encode: Callable[[], object] | None = None


class DocumentWriter(Protocol):
    """A form of documents."""

    def __call__(self, document: Document, options: RenderOptions | None = None) -> str | bytes:
        """The whole document."""


class Footnotes:
    """Footnotes as they are met: the same text has the same number."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def __call__(self, *texts: str) -> tuple[int, ...]:
        return tuple(self._numbers.setdefault(t, len(self._numbers) + 1) for t in texts if t)

    @property
    def texts(self) -> tuple[str, ...]:
        """All footnotes in the order of their numbers."""
        return tuple(self._numbers)
