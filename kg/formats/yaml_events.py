"""YAML read from its event stream: small, strict, and every value knows its line.

Refused are aliases, anchors, tags, directives, further documents and duplicate keys; depth and
number of nodes are limited *on the events*, before anything is built. Scalars stay text: whether
`no` is a word or a number is for the schema to say, never for YAML 1.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import LimitError
from kg.formats import MOST_CURATED_BYTES, faults
from kg.formats.faults import found, quoted
from kg.formats.files import read_bytes
from kg.model import Diagnostic, Location

if TYPE_CHECKING:
    import yaml

MAX_DEPTH = 64
MAX_NODES = 1_000_000


@dataclass(slots=True)
class Scalar:
    """One value: its text, and whether it stood there without quotes."""

    text: str
    plain: bool
    line: int
    column: int

    @property
    def null(self) -> bool:
        """Whether it says that there is no value."""
        return self.plain and self.text in ("", "~", "null", "Null", "NULL")


@dataclass(slots=True)
class Items:
    """A sequence."""

    line: int
    column: int
    items: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Keys:
    """A mapping with the place of every key."""

    line: int
    column: int
    values: dict[str, Node] = field(default_factory=dict)
    places: dict[str, Scalar] = field(default_factory=dict)


Node = Scalar | Items | Keys


_BREAK = "\r\n\x85\u2028\u2029"
_DIRECTIVE = re.compile(
    rf"(?:[\ufeff \t]*+(?:\.\.\.[ \t]*+)?+(?:\#[^{_BREAK}]*+)?+[{_BREAK}]++)*+\ufeff*+%"
)
"""A directive with all that may stand before it: blanks, comments, the end of a document."""


class _Refused(Exception):
    """Reading of this file ends here, with this fault."""

    def __init__(self, fault: Diagnostic) -> None:
        self.fault = fault
        super().__init__(fault.message)


def read_text(file: Path, shown: str) -> tuple[str, list[Diagnostic]]:
    """The text of a file and the faults of its bytes; empty text where it cannot be read."""
    place = Location(shown)
    try:
        return decode(read_bytes(file, MOST_CURATED_BYTES), shown)
    except LimitError as fault:
        return "", [found(faults.LIMITS, f"{fault}.", place)]
    except FileNotFoundError:
        return "", [found(faults.UNREADABLE, "there is no such file.", place)]
    except OSError as fault:
        reason = f"cannot be read: {fault.strerror or fault}."
        return "", [found(faults.UNREADABLE, reason, place)]


def decode(data: bytes, shown: str) -> tuple[str, list[Diagnostic]]:
    """The text of UTF-8 bytes and the faults in them; empty text where they are something else."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        message = "the file is UTF-16, not UTF-8."
        return "", [found(faults.UNREADABLE, message, Location(shown, 1, 1), remedy=_SAVE)]
    faults_met = []
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
        faults_met.append(
            faults.mild(
                found(
                    faults.UNREADABLE,
                    "the file starts with a byte order mark.",
                    Location(shown, 1, 1),
                    remedy="Save it as UTF-8 without BOM.",
                )
            )
        )
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as fault:
        line, column = _position(data[: fault.start].decode("utf-8", "replace"))
        message = f"byte 0x{data[fault.start]:02x} is not UTF-8."
        place = Location(shown, line, column)
        return "", [*faults_met, found(faults.UNREADABLE, message, place, remedy=_SAVE)]
    if "\0" in text:
        place = Location(shown, *_position(text[: text.index("\0")]))
        remedy = "Remove it; a text file has none."
        return "", [*faults_met, found(faults.UNREADABLE, "a NUL byte.", place, remedy=remedy)]
    return text, faults_met


_SAVE = "Save the file as UTF-8."


def _position(before: str) -> tuple[int, int]:
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def parse(text: str, shown: str) -> tuple[Node | None, list[Diagnostic]]:
    """The root node of a YAML text and the faults that were met; None where there is no root.

    A duplicate key is a fault, and its first value is kept; all other faults end the reading.
    """
    import yaml

    builder = _Builder(shown, text)
    try:
        root = builder.document(_events(text))
    except _Refused as refused:
        return None, [*builder.faults, refused.fault]
    except yaml.MarkedYAMLError as fault:
        return None, [*builder.faults, _broken(fault, text, shown)]
    except yaml.reader.ReaderError as fault:
        place = Location(shown, *_position(text[: fault.position]))
        message = f"the character U+{_codepoint(fault.character):04X} is not allowed."
        return None, [
            *builder.faults,
            found(faults.BROKEN_YAML, message, place, remedy="Remove it."),
        ]
    except (yaml.YAMLError, ValueError, RecursionError) as fault:
        message = f"cannot be read as YAML: {quoted(fault)}."
        return None, [*builder.faults, found(faults.BROKEN_YAML, message, Location(shown))]
    return root, builder.faults


def _codepoint(character: Any) -> int:
    return character if isinstance(character, int) else ord(str(character)[:1] or "\0")


def _events(text: str) -> Iterator[yaml.Event]:
    """Events of libyaml where PyYAML has it (six times as fast), else of PyYAML itself."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    yield from yaml.parse(text, Loader=loader)


def _broken(fault: yaml.MarkedYAMLError, text: str, shown: str) -> Diagnostic:
    mark = fault.problem_mark or fault.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    lines = text.split("\n")
    here = lines[line - 1] if 0 < line <= len(lines) else ""
    problem = " ".join((fault.problem or fault.context or "cannot be read").split())
    tab = here[: len(here) - len(here.lstrip())].find("\t") if here else -1
    if tab >= 0 or "'\\t'" in problem:
        message, remedy = "a tab in the indentation.", "Indent with blanks."
        column = tab + 1 if tab >= 0 else column
    else:
        message, remedy = f"broken YAML: {problem}.", _hint(problem)
    return found(faults.BROKEN_YAML, message, Location(shown, line, column), remedy=remedy)


def _hint(problem: str) -> str:
    if (
        "mapping values are not allowed" in problem
        or "expected ':'" in problem
        or "unexpected ':'" in problem
    ):
        return "Put text that holds a colon in quotes, and a blank after the colon of a key."
    if "cannot start any token" in problem:
        return "Put the text in quotes."
    if "expected <block end>" in problem or "did not find expected '-'" in problem:
        return "Align the line with its neighbours."
    return ""


class _Builder:
    """Builds the node tree from events, with limits."""

    def __init__(self, shown: str, text: str) -> None:
        self.shown, self.text = shown, text
        self.faults: list[Diagnostic] = []
        self.open: list[Items | Keys] = []
        self.keys: list[Scalar | None] = []
        self.root: Node | None = None
        self.nodes = 0

    def document(self, events: Iterator[yaml.Event]) -> Node | None:
        """The root node of the only document."""
        import yaml

        documents = 0
        self.check_directive(0)
        for event in events:
            if isinstance(event, yaml.NodeEvent):
                self.node(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                self.open.pop()
                self.keys.pop()
            elif isinstance(event, yaml.DocumentEndEvent):
                mark = event.end_mark
                self.check_directive(mark.index if mark else len(self.text))
            elif isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self.refused(
                        "a second document in one file", event, "Put it in its own file."
                    )
        return self.root

    def check_directive(self, start: int) -> None:
        """Refuse a directive before the document that begins here: many cost a parser hours."""
        match = _DIRECTIVE.match(self.text, start)
        if match:
            place = Location(self.shown, *_position(self.text[: match.end() - 1]))
            message = "a YAML directive is refused."
            raise _Refused(found(faults.REFUSED_YAML, message, place, remedy="Remove it."))

    def node(self, event: yaml.NodeEvent) -> None:
        """Take one scalar or the start of a collection into the tree."""
        import yaml

        if isinstance(event, yaml.AliasEvent):
            raise self.refused(f"the alias {quoted('*' + str(event.anchor))}", event)
        if event.anchor:
            raise self.refused(f"the anchor {quoted('&' + str(event.anchor))}", event)
        if getattr(event, "tag", None):
            raise self.refused(f"the tag {quoted(event.tag)}", event)  # type: ignore[attr-defined]
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise self.limit(f"the file has more than {MAX_NODES:,} values", event)
        place = self.place(event)
        line, column = place.line, place.column
        if isinstance(event, yaml.ScalarEvent):
            self.add(Scalar(event.value, event.implicit[0], line, column))
            return
        made = (
            Items(line, column)
            if isinstance(event, yaml.SequenceStartEvent)
            else Keys(line, column)
        )
        self.add(made)
        if len(self.open) >= MAX_DEPTH:
            raise self.limit(f"values are nested more than {MAX_DEPTH} deep", event)
        self.open.append(made)
        self.keys.append(None)

    def add(self, node: Node) -> None:
        """Put a node where the open collection expects it."""
        if not self.open:
            self.root = node
            return
        parent = self.open[-1]
        if isinstance(parent, Items):
            parent.items.append(node)
            return
        key = self.keys[-1]
        if key is None:
            self.keys[-1] = self.key(node)
            return
        self.keys[-1] = None
        if key.text in parent.values:
            self.duplicate(key, parent.places[key.text])
            return
        parent.values[key.text] = node
        parent.places[key.text] = key

    def key(self, node: Node) -> Scalar:
        """The node as a key, which must be text."""
        if not isinstance(node, Scalar):
            place = Location(self.shown, node.line, node.column)
            message = "a key of a mapping must be text, not a list or mapping."
            remedy = "Put text that starts with [ or { in quotes."
            raise _Refused(found(faults.BROKEN_YAML, message, place, remedy=remedy))
        return node

    def duplicate(self, key: Scalar, first: Scalar) -> None:
        """Report a key that a mapping has twice."""
        if len(self.faults) >= faults.MOST:
            return
        message = f"the key {quoted(key.text)} stands here and in line {first.line}."
        place = Location(self.shown, key.line, key.column)
        self.faults.append(found(faults.DUPLICATE_KEY, message, place))

    def refused(self, what: str, event: yaml.Event, remedy: str = "") -> _Refused:
        """A refusal of something that YAML can do and these files do not use."""
        message = f"{what} is refused."
        return _Refused(found(faults.REFUSED_YAML, message, self.place(event), remedy=remedy))

    def limit(self, what: str, event: yaml.Event) -> _Refused:
        """A refusal of too much."""
        return _Refused(found(faults.LIMITS, f"{what}.", self.place(event)))

    def place(self, event: yaml.Event) -> Location:
        """Where an event starts."""
        mark = event.start_mark
        return (
            Location(self.shown, mark.line + 1, mark.column + 1) if mark else Location(self.shown)
        )
