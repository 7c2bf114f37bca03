"""Reads mechanism paths: YAML files of DrugMechDB and dismech, one path a file.

The files are node-link graphs with evidence items. Nothing is guessed: a file in which the drug or
the disease is no node, or a link names a node that is not there, is reported and left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from kg.formats import faults
from kg.formats.curated import files, shown
from kg.formats.faults import Fault, found, quoted
from kg.formats.yaml_events import Items, Keys, Node, Scalar, parse, read_text
from kg.model import Diagnostic, Location, Severity
from kg.model.mechanisms import EvidenceItem, MechanismPath, PathLink, PathNode, Supports


def paths(places: Iterable[Path]) -> Iterator[MechanismPath | Diagnostic]:
    """The paths of files and directories, file by file, and what is wrong with the others.

    Files whose name starts with an underscore are indexes of a directory, and are left out there.
    """
    for place in places:
        if not place.exists():
            fault = "there is no such file or directory."
            yield found(faults.UNREADABLE, fault, Location(shown(place)))
            continue
        for file in files(place):
            if file is place or not file.name.startswith("_"):
                yield from read(file)


def read(file: Path) -> Iterator[MechanismPath | Diagnostic]:
    """The path of one file, or the faults that keep it from being one."""
    place = shown(file)
    text, met = read_text(file, place)
    root, broken = parse(text, place) if text else (None, [])
    yield from (*met, *broken)
    if root is None:
        if not (met or broken):
            yield found(faults.NOTHING, "the file is empty.", Location(place))
        return
    reading = _Reading(place)
    path = reading.path(root, file.stem)
    yield from reading.faults
    if path is not None and all(fault.severity is Severity.MILD for fault in reading.faults):
        yield path


class _Reading:
    """One file while it is read."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.faults: list[Diagnostic] = []

    def path(self, root: Node, stem: str) -> MechanismPath | None:
        """The path that a document describes."""
        if not isinstance(root, Keys) or not {"nodes", "links"} <= set(root.values):
            self.fault(
                faults.WRONG_TYPE,
                "this is no mechanism path: it has no nodes and links.",
                root,
                "A path has the keys graph, nodes and links, as in DrugMechDB.",
            )
            return None
        nodes = self.distinct(filter(None, map(self.node, self.items(root, "nodes"))), root)
        links = tuple(filter(None, map(self.link, self.items(root, "links"))))
        graph = root.values.get("graph")
        known = {node.id for node in nodes}
        self.check(links, known)
        drug = self.end(graph, root, nodes, "drug", ("drug_mesh", "drugbank"))
        disease = self.end(graph, root, nodes, "disease", ("disease_mesh",))
        if drug is None or disease is None:
            return None
        return MechanismPath(
            id=self.text(graph, "_id") or stem,
            drug=drug,
            disease=disease,
            nodes=nodes,
            links=links,
            references=tuple(
                item.text for item in self.items(root, "references") if isinstance(item, Scalar)
            ),
            location=Location(self.place, 1),
        )

    def distinct(self, nodes: Iterable[PathNode], root: Keys) -> tuple[PathNode, ...]:
        """The nodes, each once: one that stands twice is the same node."""
        kept: dict[str, PathNode] = {}
        for node in nodes:
            first = kept.setdefault(node.id, node)
            if first is not node:
                message = f"the node {quoted(node.id)} stands twice; the first is taken."
                place = Location(self.place, root.line)
                self.faults.append(faults.mild(found(faults.DUPLICATE_ID, message, place)))
        return tuple(kept.values())

    def check(self, links: tuple[PathLink, ...], known: set[str]) -> None:
        """Report links that name no node."""
        for link in links:
            for end in (link.source, link.target):
                if end not in known:
                    place = Location(self.place, link.line)
                    message = f"the link names {quoted(end)}, which is no node of the path."
                    self.faults.append(found(faults.UNKNOWN_REFERENCE, message, place))

    def end(
        self,
        graph: Node | None,
        root: Keys,
        nodes: tuple[PathNode, ...],
        name: str,
        keys: tuple[str, ...],
    ) -> str | None:
        """The node that is the drug or the disease: by its identifier, else by its name."""
        known = {node.id for node in nodes}
        ids = [self.text(graph, key) for key in keys]
        called = self.text(graph, name).lower()
        named = [node.id for node in nodes if called and node.name.lower() == called]
        chosen = next((id for id in (*ids, *named) if id in known), None)
        if chosen is None:
            shown_ids = ", ".join(quoted(id) for id in ids if id) or "nothing"
            message = f"the {name} of the path, {shown_ids}, is none of its nodes."
            self.fault(faults.UNKNOWN_REFERENCE, message, root)
        return chosen

    def node(self, item: Node) -> PathNode | None:
        """One node."""
        id, name, label = (self.need(item, key) for key in ("id", "name", "label"))
        return PathNode(id, name, label) if id and label else None

    def link(self, item: Node) -> PathLink | None:
        """One link with its evidence."""
        source, key, target = (self.need(item, key) for key in ("source", "key", "target"))
        evidence = tuple(filter(None, map(self.evidence, self.items(item, "evidence"))))
        if not (source and key and target):
            return None
        return PathLink(source, key, target, evidence, item.line)

    def evidence(self, item: Node) -> EvidenceItem | None:
        """One evidence item."""
        reference, word = self.need(item, "reference"), self.need(item, "supports")
        try:
            supports = Supports(word)
        except ValueError:
            known = ", ".join(Supports)
            self.fault(
                faults.UNKNOWN_WORD, f"supports is {quoted(word)}.", item, f"Known: {known}."
            )
            return None
        source, snippet = self.text(item, "evidence_source"), self.text(item, "snippet")
        return EvidenceItem(reference, supports, source, snippet) if reference else None

    def items(self, parent: Node, key: str) -> list[Node]:
        """The items of a list; nothing where there is none."""
        value = parent.values.get(key) if isinstance(parent, Keys) else None
        if value is None or (isinstance(value, Scalar) and value.null):
            return []
        if not isinstance(value, Items):
            self.fault(faults.WRONG_TYPE, f"{key} is not a list.", value)
            return []
        return value.items

    def need(self, parent: Node, key: str) -> str:
        """The text of a key that must be there."""
        text = self.text(parent, key)
        if not text:
            self.fault(faults.MISSING_KEY, f"the key {quoted(key)} is missing or empty.", parent)
        return text

    def text(self, parent: Node | None, key: str) -> str:
        """The text of a key; nothing where there is none."""
        value = parent.values.get(key) if isinstance(parent, Keys) else None
        return value.text.strip() if isinstance(value, Scalar) and not value.null else ""

    def fault(self, fault: Fault, message: str, node: Node, remedy: str = "") -> None:
        """Report a fault at a node."""
        place = Location(self.place, node.line, node.column)
        self.faults.append(found(fault, message, place, remedy=remedy))
