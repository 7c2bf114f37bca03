"""Reads the records of curated files one by one: each is kept, or all its faults are reported.

Imported lazily by `kg.formats.curated`, because it needs YAML and pydantic.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from kg import model
from kg.formats import border, faults, things, yaml_events
from kg.formats.border import Record
from kg.formats.faults import found, quoted
from kg.formats.words import Plain
from kg.formats.yaml_events import Items, Keys, Node, Scalar
from kg.model import Diagnostic, EvidenceBase, Location


@dataclass(slots=True)
class Reading:
    """What has been read so far."""

    faults: list[Diagnostic] = field(default_factory=list)
    things: dict[str, dict[str, Any]] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)
    chains: list[tuple[Any, Location, list[Location]]] = field(default_factory=list)

    def file(self, file: Path, name: str) -> None:
        """Take in the records of one file; messages call it `name`."""
        text, met = yaml_events.read_text(file, name)
        self.faults += met
        if not text:
            return
        root, met = yaml_events.parse(text, name)
        self.faults += met
        if root is None or (isinstance(root, Scalar) and root.null):
            return
        if not isinstance(root, Keys):
            message = "the file must be one mapping with keys such as `entities` and `claims`."
            self.faults.append(found(faults.WRONG_TYPE, message, Location(name, root.line)))
            return
        _File(self, name, root).records()

    def add(self, section: str, thing: Any) -> None:
        """Keep a thing; the first of an id wins, a second is a fault."""
        space = self.things.setdefault(_SPACES.get(section, section), {})
        if (first := space.setdefault(thing.id, thing)) is not thing:
            message = f"the id {quoted(thing.id)} is taken already, in {first.location}."
            related = (model.Related(thing.id, "the first of this id", first.location),)
            self.faults.append(
                found(
                    faults.DUPLICATE_ID,
                    message,
                    thing.location,
                    subject=thing.id,
                    source=getattr(thing, "source", ""),
                    related=related,
                )
            )

    def base(self, digest: str) -> EvidenceBase:
        """The base of all things that were kept."""
        self.ground()
        tables: dict[str, list[Any]] = {section: [] for section in _CLASSES}
        by_class = {cls: section for section, cls in _CLASSES.items()}
        for space in self.things.values():
            for thing in space.values():
                tables[by_class[type(thing)]].append(thing)
        return EvidenceBase(**{name: tuple(rows) for name, rows in tables.items()}, digest=digest)

    def ground(self) -> None:
        """Turn the chains into things, now that the claims which they lean on are known."""
        propositions = {c.id: c.proposition for c in self.things.get("claims", {}).values()}
        for checked, place, places in self.chains:
            missing = things.missing(checked, propositions)
            if missing is None:
                self.add("chains", things.chain(checked, place, propositions))
                continue
            step, claim = missing
            self.left_out.add(checked.id)
            if claim not in self.left_out and len(self.faults) < faults.MOST:
                self.faults.append(_unknown_claim(checked, claim, places[step], propositions))


def _unknown_claim(chain: Any, claim: str, place: Location, known: Mapping[str, Any]) -> Diagnostic:
    return found(
        faults.UNKNOWN_REFERENCE,
        f"a step of {quoted(chain.id)} leans on the claim {quoted(claim)}, which is unknown.",
        place,
        subject=chain.id,
        source=chain.source,
        remedy=faults.did_you_mean(claim, tuple(known)),
    )


_CLASSES: Mapping[str, type] = {
    "entities": model.Entity,
    "exposures": model.Exposure,
    "populations": model.Population,
    "sources": model.Source,
    "citations": model.Citation,
    "claims": model.Claim,
    "studies": model.Study,
    "chains": model.ArgumentChain,
    "conflicts": model.Conflict,
}
_SPACES = {"entities": "nodes", "exposures": "nodes"}
_DEFAULT_SOURCE = ("citations", "claims", "chains")


@dataclass(slots=True)
class _File:
    """The records of one file."""

    reading: Reading
    name: str
    root: Keys

    def records(self) -> None:
        """Validate and keep every record of every section."""
        for key, node in self.root.values.items():
            if key == "source":
                if not isinstance(node, Scalar):
                    self.fault(faults.WRONG_TYPE, "`source` must be the id of one source.", node)
                continue
            if key not in _CLASSES:
                if len(self.reading.faults) < faults.MOST:
                    self.unknown_section(key)
            elif isinstance(node, Items):
                record = getattr(border, _CLASSES[key].__name__.removeprefix("Argument"))
                self.section(key, record, node.items)
            elif not (isinstance(node, Scalar) and node.null):
                self.fault(faults.WRONG_TYPE, f"`{key}` must be a list of records.", node)

    def section(self, key: str, record: type[Record], items: list[Node]) -> None:
        """Take in the records of one section, up to the limit of faults."""
        for item in items:
            if len(self.reading.faults) >= faults.MOST:
                message = f"{faults.MOST} faults were met; what follows was not read."
                self.fault(faults.LIMITS, message, item, remedy="Mend these first.")
                return
            self.record(key, record, item)

    def unknown_section(self, key: str) -> None:
        """Report a top-level key that means nothing."""
        known = ("source", *_CLASSES)
        remedy = faults.did_you_mean(key, known) or f"Known are {', '.join(known)}."
        message = f"unknown key {quoted(key)}."
        self.fault(faults.UNKNOWN_KEY, message, self.root.places[key], remedy=remedy)

    def record(self, section: str, record: type[Record], node: Node) -> None:
        """Validate one record, keep it or report all its faults."""
        if not isinstance(node, Keys):
            self.fault(faults.WRONG_TYPE, f"each of `{section}` must be a mapping.", node)
            return
        raw = _raw(node)
        if section in _DEFAULT_SOURCE:
            raw.setdefault("source", self.source(node))
        id = str(raw["id"]) if isinstance(raw.get("id"), str) else ""
        try:
            checked: Any = record.model_validate(raw)
        except ValidationError as refusal:
            self.left_out(raw)
            errors = _independent(refusal.errors(include_url=False, include_input=False))
            for error in errors[: faults.MOST]:
                self.refusal(error, record, node, id)
            return
        place = Location(self.name, node.line, node.column)
        self.keep(section, checked, place, node)

    def source(self, node: Keys) -> Any:
        """The source of a record: the default of the file, or a fault."""
        default = self.root.values.get("source")
        if default is not None:
            return _value(default)
        return None

    def keep(self, section: str, checked: Any, place: Location, node: Keys) -> None:
        """Turn a checked record into a thing of the model and keep it."""
        if section in _DEFAULT_SOURCE and checked.source is None:
            message = f"{quoted(checked.id)} has no `source`."
            remedy = "Give the file or the record a `source`."
            self.reading.left_out.add(checked.id)
            self.fault(faults.MISSING_KEY, message, node, subject=checked.id, remedy=remedy)
            return
        if section == "chains":
            self.reading.chains.append((checked, place, self.places(node, "steps")))
        elif section == "studies":
            self.reading.add(section, things.study(checked, place, self.places(node, "findings")))
        else:
            self.reading.add(
                section, things.MAKERS.get(section, things.thing)(_CLASSES[section], checked, place)
            )

    def places(self, node: Keys, key: str) -> list[Location]:
        """Where each entry of a list starts."""
        listed = node.values.get(key)
        items = listed.items if isinstance(listed, Items) else []
        return [Location(self.name, item.line, item.column) for item in items]

    def left_out(self, raw: dict[str, Any]) -> None:
        """Remember the ids that are not there because their record is faulty."""
        inner = raw.get("findings")
        for each in (raw, *(inner if isinstance(inner, list) else ())):
            if isinstance(each, dict) and isinstance(each.get("id"), str):
                self.reading.left_out.add(str(each["id"]))

    def refusal(self, error: Any, record: type[Record], node: Keys, id: str) -> None:
        """Report one fault that pydantic found."""
        kind, path = error["type"], tuple(error["loc"])
        about = f" in {quoted(id)}" if id else ""
        where = _named(path)
        remedy = ""
        if kind == "extra_forbidden":
            known = _keys(record, path[:-1])
            remedy = faults.did_you_mean(str(path[-1]), known) or f"Known are {', '.join(known)}."
            fault, message = faults.UNKNOWN_KEY, f"unknown key {quoted(path[-1])}{about}."
        elif kind == "missing":
            fault, message = faults.MISSING_KEY, f"`{where}` is missing{about}."
        elif kind in faults.FAULTS:
            context = error["ctx"]
            fault, remedy = faults.FAULTS[kind], context["remedy"]
            message = f"{f'`{where}`' if where else 'the record'}{about}: {context['message']}."
        else:
            fault, message = faults.WRONG_TYPE, f"`{where}`{about}: {_words(kind, error)}."
        at_key = kind == "extra_forbidden"
        self.fault(fault, message, _place(node, path, at_key), subject=id, remedy=remedy)

    def fault(
        self, fault: faults.Fault, message: str, node: Node, *, subject: str = "", remedy: str = ""
    ) -> None:
        """Report a fault at a node."""
        place = Location(self.name, node.line, node.column)
        self.reading.faults.append(found(fault, message, place, subject=subject, remedy=remedy))


def _independent(errors: Sequence[Any]) -> list[Any]:
    """Errors without those that only follow from another: a list is short of its faulty entries."""
    deep = {tuple(error["loc"])[:length] for error in errors for length in range(len(error["loc"]))}
    return [e for e in errors if not (e["type"] == "too_short" and tuple(e["loc"]) in deep)]


def _words(kind: str, error: Any) -> str:
    """What a built-in error of pydantic says, in our words."""
    context = error.get("ctx", {})
    if kind in ("tuple_type", "list_type"):
        return "must be a list"
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return "must be a mapping"
    if kind == "too_short":
        return f"needs at least {context['min_length']} entries"
    if kind == "too_long":
        return "must be [low, high]" if context["max_length"] == 2 else "must be [a, word, b]"
    return " ".join(str(error["msg"]).split())


def _named(path: tuple[int | str, ...]) -> str:
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in path)


def _keys(record: type[Record], path: tuple[int | str, ...]) -> tuple[str, ...]:
    """The known keys of the record that stands at a path inside a record."""
    current: Any = record
    for part in path:
        if isinstance(part, str) and isinstance(current, type) and issubclass(current, Record):
            known = {field.alias or name: field for name, field in current.model_fields.items()}
            inner = _records(known[part].annotation) if part in known else []
            current = inner[0] if inner else None
    if current is None:
        return ()
    return tuple(field.alias or name for name, field in current.model_fields.items())


def _records(annotation: Any) -> list[Any]:
    """The record classes inside a type such as `tuple[Step, ...] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, Record):
        return [annotation]
    return [found for inner in get_args(annotation) for found in _records(inner)]


def _place(node: Node, path: tuple[int | str, ...], at_key: bool) -> Node:
    """The deepest node on a path; `at_key`: the key itself, not its value."""
    current: Node = node
    for index, part in enumerate(path):
        last = index == len(path) - 1
        if isinstance(current, Keys) and part in current.values:
            if last and at_key:
                return current.places[str(part)]
            current = current.values[str(part)]
        elif isinstance(current, Items) and isinstance(part, int) and part < len(current.items):
            current = current.items[part]
        else:
            break
    return current


def _raw(node: Keys) -> dict[str, Any]:
    """A mapping as plain values; keys without a value are left out."""
    return {key: value for key, n in node.values.items() if (value := _value(n)) is not None}


def _value(node: Node) -> Any:
    """A node as plain values; a scalar without quotes stays recognisable."""
    if isinstance(node, Scalar):
        if node.null:
            return None
        return Plain(node.text) if node.plain else node.text
    if isinstance(node, Items):
        return [_value(item) for item in node.items]
    return _raw(node)
