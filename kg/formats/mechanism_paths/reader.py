"""Reads mechanism paths: YAML files of DrugMechDB and dismech, one path a file.

The files are node-link graphs with evidence items. Nothing is guessed: a file in which the drug or
the disease is no node, or a link names a node that is not there, is reported and left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from kg.formats import faults
from kg.formats.curated.reader import list_yaml_files
from kg.formats.faults import FaultKind, build_diagnostic, quote_value
from kg.formats.files import format_display_path
from kg.formats.kgx.biolink import is_evidence_source, list_evidence_sources
from kg.formats.yaml_events import (
    YamlMapping,
    YamlNode,
    YamlScalar,
    YamlSequence,
    parse_yaml,
    read_text,
)
from kg.model import Diagnostic, Location, Severity
from kg.model.mechanisms import MechanismPath, PathEvidence, PathLink, PathNode, SupportVerdict
from kg.model.vocabulary import normalise_reference


def read_paths(places: Iterable[Path]) -> Iterator[MechanismPath | Diagnostic]:
    """The paths of files and directories, file by file, and what is wrong with the others.

    Files whose name starts with an underscore are indexes of a directory, and are left out there.
    """
    for place in places:
        if not place.exists():
            fault = "there is no such file or directory."
            yield build_diagnostic(
                faults.UNREADABLE_FILE, fault, Location(format_display_path(place))
            )
            continue
        for yaml_file in list_yaml_files(place):
            if yaml_file is place or not yaml_file.name.startswith("_"):
                yield from read_path(yaml_file)


def read_path(yaml_file: Path) -> Iterator[MechanismPath | Diagnostic]:
    """The path of one file, or the faults that keep it from being one."""
    place = format_display_path(yaml_file)
    text, text_faults = read_text(yaml_file, place)
    root_node, broken = parse_yaml(text, place) if text else (None, [])
    yield from (*text_faults, *broken)
    if root_node is None:
        if not (text_faults or broken):
            yield build_diagnostic(faults.NOTHING_TO_READ, "the file is empty.", Location(place))
        return
    reading = _PathParser(place)
    path = reading.parse_path(root_node, yaml_file.stem)
    yield from reading.diagnostics
    if path is not None and all(fault.severity is Severity.MILD for fault in reading.diagnostics):
        yield path


class _PathParser:
    """One file while it is read."""

    def __init__(self, place: str) -> None:
        self.display_path = place
        self.diagnostics: list[Diagnostic] = []

    def parse_path(self, root_node: YamlNode, stem: str) -> MechanismPath | None:
        """The path that a document describes."""
        if not isinstance(root_node, YamlMapping) or not {"nodes", "links"} <= set(
            root_node.values
        ):
            self.report_fault(
                faults.WRONG_TYPE,
                "this is no mechanism path: it has no nodes and links.",
                root_node,
                "A path has the keys graph, nodes and links, as in DrugMechDB.",
            )
            return None
        nodes = self.remove_duplicate_nodes(
            filter(None, map(self.parse_node, self.list_items(root_node, "nodes"))), root_node
        )
        links = tuple(filter(None, map(self.parse_link, self.list_items(root_node, "links"))))
        graph = root_node.values.get("graph")
        node_ids = {path_node.id for path_node in nodes}
        self.check_link_ends(links, node_ids)
        drug_id = self.find_path_end(graph, root_node, nodes, "drug", ("drug_mesh", "drugbank"))
        disease = self.find_path_end(graph, root_node, nodes, "disease", ("disease_mesh",))
        if drug_id is None or disease is None:
            return None
        return MechanismPath(
            id=self.find_text(graph, "_id") or stem,
            drug=drug_id,
            disease=disease,
            nodes=nodes,
            links=links,
            references=tuple(
                list_item.text
                for list_item in self.list_items(root_node, "references")
                if isinstance(list_item, YamlScalar)
            ),
            location=Location(self.display_path, 1),
        )

    def remove_duplicate_nodes(
        self, nodes: Iterable[PathNode], root_node: YamlMapping
    ) -> tuple[PathNode, ...]:
        """The nodes, each once: one that stands twice is the same node."""
        node_by_id: dict[str, PathNode] = {}
        for path_node in nodes:
            first = node_by_id.setdefault(path_node.id, path_node)
            if first is not path_node:
                message = f"the node {quote_value(path_node.id)} stands twice; the first is taken."
                place = Location(self.display_path, root_node.line)
                self.diagnostics.append(
                    faults.make_mild(build_diagnostic(faults.DUPLICATE_ID, message, place))
                )
        return tuple(node_by_id.values())

    def check_link_ends(self, links: tuple[PathLink, ...], node_ids: set[str]) -> None:
        """Report links that name no node."""
        for path_link in links:
            for end_id in (path_link.source, path_link.target):
                if end_id not in node_ids:
                    place = Location(self.display_path, path_link.line)
                    message = f"the link names {quote_value(end_id)}, which is no node of the path."
                    self.diagnostics.append(
                        build_diagnostic(faults.UNKNOWN_REFERENCE, message, place)
                    )

    def find_path_end(
        self,
        graph: YamlNode | None,
        root_node: YamlMapping,
        nodes: tuple[PathNode, ...],
        end_name: str,
        keys: tuple[str, ...],
    ) -> str | None:
        """The node that is the drug or the disease: by its identifier, else by its name."""
        node_ids = {node.id for node in nodes}
        ids = [self.find_text(graph, key) for key in keys]
        name_text = self.find_text(graph, end_name).lower()
        matching_ids = [node.id for node in nodes if name_text and node.name.lower() == name_text]
        end_id = next((id for id in (*ids, *matching_ids) if id in node_ids), None)
        if end_id is None:
            shown_ids = ", ".join(quote_value(id) for id in ids if id) or "nothing"
            message = f"the {end_name} of the path, {shown_ids}, is none of its nodes."
            self.report_fault(faults.UNKNOWN_REFERENCE, message, root_node)
        return end_id

    def parse_node(self, yaml_node: YamlNode) -> PathNode | None:
        """One node."""
        node_id, node_name, label = (
            self.require_text(yaml_node, key) for key in ("id", "name", "label")
        )
        return PathNode(node_id, node_name, label) if node_id and label else None

    def parse_link(self, yaml_node: YamlNode) -> PathLink | None:
        """One link with its evidence."""
        source_id, key, target_id = (
            self.require_text(yaml_node, key) for key in ("source", "key", "target")
        )
        evidence = tuple(
            filter(None, map(self.parse_evidence, self.list_items(yaml_node, "evidence")))
        )
        if not (source_id and key and target_id):
            return None
        return PathLink(source_id, key, target_id, evidence, yaml_node.line)

    def parse_evidence(self, yaml_node: YamlNode) -> PathEvidence | None:
        """One evidence item."""
        reference, word = (
            self.require_text(yaml_node, "reference"),
            self.require_text(yaml_node, "supports"),
        )
        try:
            supports = SupportVerdict(word)
        except ValueError:
            known_words = ", ".join(SupportVerdict)
            self.report_fault(
                faults.UNKNOWN_WORD,
                f"supports is {quote_value(word)}.",
                yaml_node,
                f"Known: {known_words}.",
            )
            return None
        source, snippet = (
            self.find_text(yaml_node, "evidence_source"),
            self.find_text(yaml_node, "snippet"),
        )
        if source and not is_evidence_source(source):
            source_words = list_evidence_sources()
            self.report_fault(
                faults.UNKNOWN_WORD,
                f"evidence_source is {quote_value(source)}.",
                yaml_node,
                faults.suggest_similar_name(source.upper(), source_words)
                or f"Known: {', '.join(source_words)}.",
            )
            return None
        if not reference:
            return None
        return PathEvidence(normalise_reference(reference), supports, source, snippet)

    def list_items(self, parent: YamlNode, key: str) -> list[YamlNode]:
        """The items of a list; nothing where there is none."""
        value = parent.values.get(key) if isinstance(parent, YamlMapping) else None
        if value is None or (isinstance(value, YamlScalar) and value.is_null):
            return []
        if not isinstance(value, YamlSequence):
            self.report_fault(faults.WRONG_TYPE, f"{key} is not a list.", value)
            return []
        return value.items

    def require_text(self, parent: YamlNode, key: str) -> str:
        """The text of a key that must be there."""
        text = self.find_text(parent, key)
        if not text:
            self.report_fault(
                faults.MISSING_KEY, f"the key {quote_value(key)} is missing or empty.", parent
            )
        return text

    def find_text(self, parent: YamlNode | None, key: str) -> str:
        """The text of a key; nothing where there is none."""
        value = parent.values.get(key) if isinstance(parent, YamlMapping) else None
        return value.text.strip() if isinstance(value, YamlScalar) and not value.is_null else ""

    def report_fault(
        self, fault: FaultKind, message: str, node: YamlNode, remedy: str = ""
    ) -> None:
        """Report a fault at a node."""
        place = Location(self.display_path, node.line, node.column)
        self.diagnostics.append(build_diagnostic(fault, message, place, remedy=remedy))
