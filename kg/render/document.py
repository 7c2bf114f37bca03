"""A document as a tuple of blocks of plain text; each form escapes it for its own medium."""

from __future__ import annotations

from typing import Protocol

from kg.model.record import dataclass
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
class TableCell:
    """A cell of a table: its text, the numbers of its footnotes, and a look.

    `tone` is empty or the key of a level (`none` ... `high`), or `break` for what does not hold;
    colour only repeats what the text says. `link` is an http address.
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


Block = Heading | Paragraph | ItemList | DocumentTable | Figure


@dataclass(frozen=True, slots=True)
class Document:
    """A title, blocks, and the day it was made (ISO), which may be empty."""

    title: str
    blocks: tuple[Block, ...]
    date: str = ""


class DocumentWriter(Protocol):
    """A form of the report."""

    def __call__(self, document: Document) -> str | bytes:
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
