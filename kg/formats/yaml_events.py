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
from kg.formats.faults import FaultKind, build_diagnostic, quote_value
from kg.formats.files import read_bytes
from kg.model import Diagnostic, Location

if TYPE_CHECKING:
    import yaml

MAX_YAML_DEPTH = 64
MAX_YAML_NODES = 1_000_000


@dataclass(slots=True)
class YamlScalar:
    """One value: its text, and whether it stood there without quotes."""

    text: str
    is_plain: bool
    line: int
    column: int

    @property
    def is_null(self) -> bool:
        """Whether it says that there is no value."""
        return self.is_plain and self.text in ("", "~", "null", "Null", "NULL")


@dataclass(slots=True)
class YamlSequence:
    """A sequence."""

    line: int
    column: int
    items: list[YamlNode] = field(default_factory=list)


@dataclass(slots=True)
class YamlMapping:
    """A mapping with the place of every key."""

    line: int
    column: int
    values: dict[str, YamlNode] = field(default_factory=dict)
    key_nodes: dict[str, YamlScalar] = field(default_factory=dict)


YamlNode = YamlScalar | YamlSequence | YamlMapping


_BREAK = "\r\n\x85\u2028\u2029"
_DIRECTIVE = re.compile(
    rf"(?:[\ufeff \t]*+(?:\.\.\.[ \t]*+)?+(?:\#[^{_BREAK}]*+)?+[{_BREAK}]++)*+\ufeff*+%"
)
"""A directive with all that may stand before it: blanks, comments, the end of a document."""


class _UnsupportedYaml(Exception):
    """Reading of this file ends here, with this fault."""

    def __init__(self, fault: FaultKind, message: str, place: Location, remedy: str = "") -> None:
        self.fault = build_diagnostic(fault, message, place, remedy=remedy)
        super().__init__(message)


def read_text(yaml_file: Path, display_path: str) -> tuple[str, list[Diagnostic]]:
    """The text of a file and the faults of its bytes; empty text where it cannot be read."""
    place = Location(display_path)
    try:
        return decode_text(read_bytes(yaml_file, MOST_CURATED_BYTES), display_path)
    except LimitError as fault:
        return "", [build_diagnostic(faults.BEYOND_LIMITS, f"{fault}.", place)]
    except FileNotFoundError:
        return "", [build_diagnostic(faults.UNREADABLE_FILE, "there is no such file.", place)]
    except OSError as fault:
        reason = f"cannot be read: {fault.strerror or fault}."
        return "", [build_diagnostic(faults.UNREADABLE_FILE, reason, place)]


def decode_text(data: bytes, display_path: str) -> tuple[str, list[Diagnostic]]:
    """The text of UTF-8 bytes and the faults in them; empty text where they are something else."""
    faults_met: list[Diagnostic] = []

    def report(message: str, text_before: str = "", remedy: str = _SAVE_AS_UTF8) -> Diagnostic:
        place = Location(display_path, *_find_position(text_before))
        faults_met.append(build_diagnostic(faults.UNREADABLE_FILE, message, place, remedy=remedy))
        return faults_met[-1]

    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        report("the file is UTF-16, not UTF-8.")
        return "", faults_met
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
        message, remedy = "the file starts with a byte order mark.", "Save it as UTF-8 without BOM."
        faults_met = [faults.make_mild(report(message, remedy=remedy))]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as fault:
        before = data[: fault.start].decode("utf-8", "replace")
        report(f"byte 0x{data[fault.start]:02x} is not UTF-8.", before)
        return "", faults_met
    before, nul, _ = text.partition("\0")
    if nul:
        report("a NUL byte.", before, "Remove it; a text file has none.")
        return "", faults_met
    return text, faults_met


_SAVE_AS_UTF8 = "Save the file as UTF-8."


def _find_position(text_before: str) -> tuple[int, int]:
    return text_before.count("\n") + 1, len(text_before) - (text_before.rfind("\n") + 1) + 1


def parse_yaml(text: str, display_path: str) -> tuple[YamlNode | None, list[Diagnostic]]:
    """The root node of a YAML text and the faults that were met; None where there is no root.

    A duplicate key is a fault, and its first value is kept; all other faults end the reading.
    """
    import yaml

    builder = _NodeBuilder(display_path, text)
    try:
        return builder.build_document(_iterate_events(text)), builder.diagnostics
    except _UnsupportedYaml as refused:
        diagnostic = refused.fault
    except yaml.MarkedYAMLError as fault:
        diagnostic = _report_broken_yaml(fault, text, display_path)
    except yaml.reader.ReaderError as fault:
        place = Location(display_path, *_find_position(text[: fault.position]))
        message = f"the character U+{_find_codepoint(fault.character):04X} is not allowed."
        diagnostic = build_diagnostic(faults.BROKEN_YAML, message, place, remedy="Remove it.")
    except (yaml.YAMLError, ValueError, RecursionError) as fault:
        message = f"cannot be read as YAML: {quote_value(fault)}."
        diagnostic = build_diagnostic(faults.BROKEN_YAML, message, Location(display_path))
    return None, [*builder.diagnostics, diagnostic]


def _find_codepoint(character: Any) -> int:
    return character if isinstance(character, int) else ord(str(character)[:1] or "\0")


def _iterate_events(text: str) -> Iterator[yaml.Event]:
    """Events of libyaml where PyYAML has it (six times as fast), else of PyYAML itself."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    yield from yaml.parse(text, Loader=loader)


def _report_broken_yaml(fault: yaml.MarkedYAMLError, text: str, display_path: str) -> Diagnostic:
    mark = fault.problem_mark or fault.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    lines = text.split("\n")
    line_text = lines[line - 1] if 0 < line <= len(lines) else ""
    problem = " ".join((fault.problem or fault.context or "cannot be read").split())
    tab_index = line_text[: len(line_text) - len(line_text.lstrip())].find("\t")
    if tab_index >= 0 or "'\\t'" in problem:
        message, remedy = "a tab in the indentation.", "Indent with blanks."
        column = tab_index + 1 if tab_index >= 0 else column
    else:
        message, remedy = f"broken YAML: {problem}.", _suggest_remedy(problem)
    place = Location(display_path, line, column)
    return build_diagnostic(faults.BROKEN_YAML, message, place, remedy=remedy)


_REMEDY_BY_PROBLEM = {
    **dict.fromkeys(
        ("mapping values are not allowed", "expected ':'", "unexpected ':'"),
        "Put text that holds a colon in quotes, and a blank after the colon of a key.",
    ),
    "cannot start any token": "Put the text in quotes.",
    "expected <block end>": "Align the line with its neighbours.",
    "did not find expected '-'": "Align the line with its neighbours.",
}


def _suggest_remedy(problem: str) -> str:
    return next((text for part, text in _REMEDY_BY_PROBLEM.items() if part in problem), "")


class _NodeBuilder:
    """Builds the node tree from events, with limits."""

    def __init__(self, display_path: str, text: str) -> None:
        self.display_path, self.text = display_path, text
        self.diagnostics: list[Diagnostic] = []
        self.open_collections: list[YamlSequence | YamlMapping] = []
        self.pending_keys: list[YamlScalar | None] = []
        self.root_node: YamlNode | None = None
        self.node_count = 0

    def build_document(self, events: Iterator[yaml.Event]) -> YamlNode | None:
        """The root node of the only document."""
        import yaml

        documents = 0
        self.check_directive(0)
        for event in events:
            if isinstance(event, yaml.NodeEvent):
                self.add_event(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                self.open_collections.pop()
                self.pending_keys.pop()
            elif isinstance(event, yaml.DocumentEndEvent):
                mark = event.end_mark
                self.check_directive(mark.index if mark else len(self.text))
            elif isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    second = "a second document in one file"
                    raise self.build_refusal(second, event, "Put it in its own file.")
        return self.root_node

    def check_directive(self, start: int) -> None:
        """Refuse a directive before the document that begins here: many cost a parser hours."""
        match = _DIRECTIVE.match(self.text, start)
        if match:
            place = Location(self.display_path, *_find_position(self.text[: match.end() - 1]))
            message = "a YAML directive is refused."
            raise _UnsupportedYaml(faults.REFUSED_YAML, message, place, "Remove it.")

    def add_event(self, event: yaml.NodeEvent) -> None:
        """Take one scalar or the start of a collection into the tree."""
        import yaml

        if isinstance(event, yaml.AliasEvent):
            raise self.build_refusal(f"the alias {quote_value('*' + str(event.anchor))}", event)
        if event.anchor:
            raise self.build_refusal(f"the anchor {quote_value('&' + str(event.anchor))}", event)
        if getattr(event, "tag", None):
            raise self.build_refusal(f"the tag {quote_value(event.tag)}", event)  # type: ignore[attr-defined]
        self.node_count += 1
        place = self.find_location(event)
        line, column = place.line, place.column
        if self.node_count > MAX_YAML_NODES:
            message = f"the file has more than {MAX_YAML_NODES:,} values."
            raise _UnsupportedYaml(faults.BEYOND_LIMITS, message, place)
        if isinstance(event, yaml.ScalarEvent):
            self.attach_node(YamlScalar(event.value, event.implicit[0], line, column))
            return
        is_sequence = isinstance(event, yaml.SequenceStartEvent)
        collection = YamlSequence(line, column) if is_sequence else YamlMapping(line, column)
        self.attach_node(collection)
        if len(self.open_collections) >= MAX_YAML_DEPTH:
            message = f"values are nested more than {MAX_YAML_DEPTH} deep."
            raise _UnsupportedYaml(faults.BEYOND_LIMITS, message, place)
        self.open_collections.append(collection)
        self.pending_keys.append(None)

    def attach_node(self, node: YamlNode) -> None:
        """Put a node where the open collection expects it."""
        if not self.open_collections:
            self.root_node = node
            return
        parent = self.open_collections[-1]
        if isinstance(parent, YamlSequence):
            parent.items.append(node)
            return
        key = self.pending_keys[-1]
        if key is None:
            self.pending_keys[-1] = self.require_key(node)
            return
        self.pending_keys[-1] = None
        if key.text in parent.values:
            self.report_duplicate(key, parent.key_nodes[key.text])
            return
        parent.values[key.text] = node
        parent.key_nodes[key.text] = key

    def require_key(self, node: YamlNode) -> YamlScalar:
        """The node as a key, which must be text."""
        if not isinstance(node, YamlScalar):
            place = Location(self.display_path, node.line, node.column)
            message = "a key of a mapping must be text, not a list or mapping."
            remedy = "Put text that starts with [ or { in quotes."
            raise _UnsupportedYaml(faults.BROKEN_YAML, message, place, remedy)
        return node

    def report_duplicate(self, key: YamlScalar, first_key: YamlScalar) -> None:
        """Report a key that a mapping has twice."""
        if len(self.diagnostics) >= faults.MAX_FAULTS:
            return
        message = f"the key {quote_value(key.text)} stands here and in line {first_key.line}."
        place = Location(self.display_path, key.line, key.column)
        self.diagnostics.append(build_diagnostic(faults.DUPLICATE_KEY, message, place))

    def build_refusal(
        self, construct: str, event: yaml.Event, remedy: str = ""
    ) -> _UnsupportedYaml:
        """A refusal of something that YAML can do and these files do not use."""
        message, place = f"{construct} is refused.", self.find_location(event)
        return _UnsupportedYaml(faults.REFUSED_YAML, message, place, remedy)

    def find_location(self, event: yaml.Event) -> Location:
        """Where an event starts."""
        mark = event.start_mark
        place = (mark.line + 1, mark.column + 1) if mark else ()
        return Location(self.display_path, *place)
