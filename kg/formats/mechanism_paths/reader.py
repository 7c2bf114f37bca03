"""Reads mechanism paths: YAML files of DrugMechDB and dismech, one path a file or a list of them.

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
            message, location = "there is no such file or directory.", format_display_path(place)
            yield build_diagnostic(faults.UNREADABLE_FILE, message, Location(location))
            continue
        for yaml_file in list_yaml_files(place):
            if yaml_file is place or not yaml_file.name.startswith("_"):
                yield from read_path(yaml_file)


def read_path(yaml_file: Path) -> Iterator[MechanismPath | Diagnostic]:
    """The path of one file or all of its list, and the faults that keep others from being one."""
    place = format_display_path(yaml_file)
    text, text_faults = read_text(yaml_file, place)
    root_node, broken = parse_yaml(text, place) if text else (None, [])
    yield from (*text_faults, *broken)
    if root_node is None:
        if not (text_faults or broken):
            yield build_diagnostic(faults.NOTHING_TO_READ, "the file is empty.", Location(place))
        return
    path_nodes = {yaml_file.stem: root_node}
    if isinstance(root_node, YamlSequence) and root_node.items:
        numbered = enumerate(root_node.items, 1)
        path_nodes = {f"{yaml_file.stem}-{number}": item for number, item in numbered}
    for name, path_node in path_nodes.items():
        reading = _PathParser(place)
        path = reading.parse_path(path_node, name)
        yield from reading.diagnostics
        if path is not None and all(d.severity is Severity.MILD for d in reading.diagnostics):
            yield path


class _PathParser:
    """One file while it is read."""

    def __init__(self, place: str) -> None:
        self.display_path = place
        self.diagnostics: list[Diagnostic] = []

    def parse_path(self, root_node: YamlNode, stem: str) -> MechanismPath | None:
        """The path that a document describes."""
        keys = root_node.values if isinstance(root_node, YamlMapping) else ()
        if not isinstance(root_node, YamlMapping) or "nodes" not in keys or "links" not in keys:
            message = "this is no mechanism path: it has no nodes and links."
            remedy = "A path has the keys graph, nodes and links, as in DrugMechDB."
            self.report_fault(faults.WRONG_TYPE, message, root_node, remedy)
            return None
        all_nodes = filter(None, map(self.parse_node, self.list_items(root_node, "nodes")))
        nodes = self.remove_duplicate_nodes(all_nodes, root_node.line)
        links = tuple(filter(None, map(self.parse_link, self.list_items(root_node, "links"))))
        self.check_link_ends(links, {path_node.id for path_node in nodes})
        drug = self.find_path_end(root_node, nodes, "drug", ("drug_mesh", "drugbank"))
        disease = self.find_path_end(root_node, nodes, "disease", ("disease_mesh",))
        references = self.list_items(root_node, "references")
        if drug is None or disease is None:
            return None
        return MechanismPath(
            id=self.find_text(root_node.values.get("graph"), "_id") or stem,
            drug=drug,
            disease=disease,
            nodes=nodes,
            links=links,
            references=tuple(node.text for node in references if isinstance(node, YamlScalar)),
            location=Location(self.display_path, root_node.line),
        )

    def remove_duplicate_nodes(self, nodes: Iterable[PathNode], line: int) -> tuple[PathNode, ...]:
        """The nodes, each once: one that stands twice is the same node."""
        node_by_id: dict[str, PathNode] = {}
        for path_node in nodes:
            first = node_by_id.setdefault(path_node.id, path_node)
            if first is not path_node:
                message = f"the node {quote_value(path_node.id)} stands twice; the first is taken."
                place = Location(self.display_path, line)
                diagnostic = build_diagnostic(faults.DUPLICATE_ID, message, place)
                self.diagnostics.append(faults.make_mild(diagnostic))
        return tuple(node_by_id.values())

    def check_link_ends(self, links: tuple[PathLink, ...], node_ids: set[str]) -> None:
        """Report links that name no node."""
        for path_link in links:
            for end_id in (path_link.source, path_link.target):
                if end_id not in node_ids:
                    place = Location(self.display_path, path_link.line)
                    message = f"the link names {quote_value(end_id)}, which is no node of the path."
                    diagnostic = build_diagnostic(faults.UNKNOWN_REFERENCE, message, place)
                    self.diagnostics.append(diagnostic)

    def find_path_end(
        self, root: YamlMapping, nodes: tuple[PathNode, ...], end_name: str, keys: tuple[str, ...]
    ) -> str | None:
        """The node that is the drug or the disease: by its identifier, else by its name."""
        graph = root.values.get("graph")
        node_ids = {node.id for node in nodes}
        ids = [self.find_text(graph, key) for key in keys]
        name_text = self.find_text(graph, end_name).lower()
        matching_ids = [node.id for node in nodes if name_text and node.name.lower() == name_text]
        end_id = next((id for id in (*ids, *matching_ids) if id in node_ids), None)
        if end_id is None:
            shown_ids = ", ".join(quote_value(id) for id in ids if id) or "nothing"
            message = f"the {end_name} of the path, {shown_ids}, is none of its nodes."
            self.report_fault(faults.UNKNOWN_REFERENCE, message, root)
        return end_id

    def parse_node(self, yaml_node: YamlNode) -> PathNode | None:
        """One node."""
        node_id, node_name, label = self.require_texts(yaml_node, "id", "name", "label")
        return PathNode(node_id, node_name, label) if node_id and label else None

    def parse_link(self, yaml_node: YamlNode) -> PathLink | None:
        """One link with its evidence."""
        source_id, key, target_id = self.require_texts(yaml_node, "source", "key", "target")
        items = map(self.parse_evidence, self.list_items(yaml_node, "evidence"))
        evidence = tuple(filter(None, items))
        if not (source_id and key and target_id):
            return None
        return PathLink(source_id, key, target_id, evidence, yaml_node.line)

    def parse_evidence(self, yaml_node: YamlNode) -> PathEvidence | None:
        """One evidence item."""
        reference, word = self.require_texts(yaml_node, "reference", "supports")
        try:
            supports = SupportVerdict(word)
        except ValueError:
            message, known_words = f"supports is {quote_value(word)}.", ", ".join(SupportVerdict)
            self.report_fault(faults.UNKNOWN_WORD, message, yaml_node, f"Known: {known_words}.")
            return None
        source = self.find_text(yaml_node, "evidence_source")
        snippet = self.find_text(yaml_node, "snippet")
        if source and not is_evidence_source(source):
            known = list_evidence_sources()
            message = f"evidence_source is {quote_value(source)}."
            suggestion = faults.suggest_similar_name(source.upper(), known)
            remedy = suggestion or f"Known: {', '.join(known)}."
            self.report_fault(faults.UNKNOWN_WORD, message, yaml_node, remedy)
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

    def require_texts(self, parent: YamlNode, *keys: str) -> list[str]:
        """The texts of keys that must be there."""
        texts = [self.find_text(parent, key) for key in keys]
        for key, text in zip(keys, texts, strict=True):
            if not text:
                message = f"the key {quote_value(key)} is missing or empty."
                self.report_fault(faults.MISSING_KEY, message, parent)
        return texts

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
