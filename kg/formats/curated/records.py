"""Reads the records of curated files one by one: each is kept, or all its faults are reported.

Imported lazily by `kg.formats.curated.reader`, because it needs YAML and pydantic.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from kg import model
from kg.formats import faults, yaml_events
from kg.formats.curated import build, schema
from kg.formats.curated.scalars import UnquotedText
from kg.formats.curated.schema import CuratedRecord
from kg.formats.faults import build_diagnostic, quote_value
from kg.formats.yaml_events import YamlMapping, YamlNode, YamlScalar, YamlSequence
from kg.model import Diagnostic, EvidenceBase, Location


@dataclass(slots=True)
class CuratedLoader:
    """What has been read so far."""

    diagnostics: list[Diagnostic] = field(default_factory=list)
    things_by_space: dict[str, dict[str, Any]] = field(default_factory=dict)
    left_out_ids: set[str] = field(default_factory=set)
    pending_chains: list[tuple[Any, Location, list[Location]]] = field(default_factory=list)

    def load_file(self, yaml_file: Path, name: str) -> None:
        """Take in the records of one file; messages call it `name`."""
        text, file_faults = yaml_events.read_text(yaml_file, name)
        self.diagnostics += file_faults
        if not text:
            return
        root_node, file_faults = yaml_events.parse_yaml(text, name)
        self.diagnostics += file_faults
        if root_node is None or (isinstance(root_node, YamlScalar) and root_node.is_null):
            return
        if not isinstance(root_node, YamlMapping):
            message = "the file must be one mapping with keys such as `entities` and `claims`."
            self.diagnostics.append(
                build_diagnostic(faults.WRONG_TYPE, message, Location(name, root_node.line))
            )
            return
        _FileLoader(self, name, root_node).load_records()

    def add_thing(self, section: str, new_thing: Any) -> None:
        """Keep a thing; the first of an id wins, a second is a fault."""
        id_space = self.things_by_space.setdefault(_ID_SPACES.get(section, section), {})
        if (first := id_space.setdefault(new_thing.id, new_thing)) is not new_thing:
            message = f"the id {quote_value(new_thing.id)} is taken already, in {first.location}."
            related = (model.RelatedPlace(new_thing.id, "the first of this id", first.location),)
            self.diagnostics.append(
                build_diagnostic(
                    faults.DUPLICATE_ID,
                    message,
                    new_thing.location,
                    subject=new_thing.id,
                    source=getattr(new_thing, "source", ""),
                    related=related,
                )
            )

    def build_base(self, digest: str) -> EvidenceBase:
        """The base of all things that were kept."""
        self.build_chains()
        tables: dict[str, list[Any]] = {section: [] for section in _CLASS_BY_SECTION}
        by_class = {cls: section for section, cls in _CLASS_BY_SECTION.items()}
        for id_space in self.things_by_space.values():
            for thing in id_space.values():
                tables[by_class[type(thing)]].append(thing)
        return EvidenceBase(**{name: tuple(rows) for name, rows in tables.items()}, digest=digest)

    def build_chains(self) -> None:
        """Turn the chains into things, now that the claims which they lean on are known."""
        propositions = {
            c.id: c.proposition for c in self.things_by_space.get("claims", {}).values()
        }
        for checked, place, places in self.pending_chains:
            missing = build.find_unknown_claim(checked, propositions)
            if missing is None:
                self.add_thing("chains", build.build_chain(checked, place, propositions))
                continue
            step, claim_id = missing
            self.left_out_ids.add(checked.id)
            if claim_id not in self.left_out_ids and len(self.diagnostics) < faults.MAX_FAULTS:
                self.diagnostics.append(
                    _report_unknown_claim(checked, claim_id, places[step], propositions)
                )


def _report_unknown_claim(
    chain: Any, claim_id: str, place: Location, known_claims: Mapping[str, Any]
) -> Diagnostic:
    return build_diagnostic(
        faults.UNKNOWN_REFERENCE,
        f"a step of {quote_value(chain.id)} leans on the claim {quote_value(claim_id)}, which is "
        "unknown.",
        place,
        subject=chain.id,
        source=chain.source,
        remedy=faults.suggest_similar_name(claim_id, tuple(known_claims)),
    )


_CLASS_BY_SECTION: Mapping[str, type] = {
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
_ID_SPACES = {"entities": "nodes", "exposures": "nodes"}
_SECTIONS_WITH_SOURCE = ("citations", "claims", "chains")


@dataclass(slots=True)
class _FileLoader:
    """The records of one file."""

    loader: CuratedLoader
    display_name: str
    root_node: YamlMapping

    def load_records(self) -> None:
        """Validate and keep every record of every section."""
        for key, node in self.root_node.values.items():
            if key == "source":
                if not isinstance(node, YamlScalar):
                    self.report_fault(
                        faults.WRONG_TYPE, "`source` must be the id of one source.", node
                    )
                continue
            if key not in _CLASS_BY_SECTION:
                if len(self.loader.diagnostics) < faults.MAX_FAULTS:
                    self.report_unknown_section(key)
            elif isinstance(node, YamlSequence):
                name = _CLASS_BY_SECTION[key].__name__.removeprefix("Argument")
                record = getattr(schema, f"{name}Record")
                self.load_section(key, record, node.items)
            elif not (isinstance(node, YamlScalar) and node.is_null):
                self.report_fault(faults.WRONG_TYPE, f"`{key}` must be a list of records.", node)

    def load_section(self, key: str, record: type[CuratedRecord], items: list[YamlNode]) -> None:
        """Take in the records of one section, up to the limit of faults."""
        for item in items:
            if len(self.loader.diagnostics) >= faults.MAX_FAULTS:
                message = f"{faults.MAX_FAULTS} faults were met; what follows was not read."
                self.report_fault(faults.BEYOND_LIMITS, message, item, remedy="Mend these first.")
                return
            self.load_record(key, record, item)

    def report_unknown_section(self, key: str) -> None:
        """Report a top-level key that means nothing."""
        known_keys = ("source", *_CLASS_BY_SECTION)
        remedy = (
            faults.suggest_similar_name(key, known_keys) or f"Known are {', '.join(known_keys)}."
        )
        message = f"unknown key {quote_value(key)}."
        self.report_fault(faults.UNKNOWN_KEY, message, self.root_node.key_nodes[key], remedy=remedy)

    def load_record(self, section: str, record: type[CuratedRecord], node: YamlNode) -> None:
        """Validate one record, keep it or report all its faults."""
        if not isinstance(node, YamlMapping):
            self.report_fault(faults.WRONG_TYPE, f"each of `{section}` must be a mapping.", node)
            return
        raw = _convert_mapping(node)
        if section in _SECTIONS_WITH_SOURCE:
            raw.setdefault("source", self.find_source(node))
        record_id = str(raw["id"]) if isinstance(raw.get("id"), str) else ""
        try:
            checked: Any = record.model_validate(raw)
        except ValidationError as refusal:
            self.mark_left_out(raw)
            errors = _filter_independent_errors(
                refusal.errors(include_url=False, include_input=False)
            )
            for error in errors[: faults.MAX_FAULTS]:
                self.report_validation_error(error, record, node, record_id)
            return
        place = Location(self.display_name, node.line, node.column)
        self.add_record(section, checked, place, node)

    def find_source(self, node: YamlMapping) -> Any:
        """The source of a record: the default of the file, or a fault."""
        default = self.root_node.values.get("source")
        if default is not None:
            return _convert_node(default)
        return None

    def add_record(self, section: str, checked: Any, place: Location, node: YamlMapping) -> None:
        """Turn a checked record into a thing of the model and keep it."""
        if section in _SECTIONS_WITH_SOURCE and checked.source is None:
            message = f"{quote_value(checked.id)} has no `source`."
            remedy = "Give the file or the record a `source`."
            self.loader.left_out_ids.add(checked.id)
            self.report_fault(faults.MISSING_KEY, message, node, subject=checked.id, remedy=remedy)
            return
        if section == "chains":
            self.loader.pending_chains.append((checked, place, self.list_locations(node, "steps")))
        elif section == "studies":
            self.loader.add_thing(
                section, build.build_study(checked, place, self.list_locations(node, "findings"))
            )
        else:
            self.loader.add_thing(
                section,
                build.BUILDER_BY_SECTION.get(section, build.build_thing)(
                    _CLASS_BY_SECTION[section], checked, place
                ),
            )

    def list_locations(self, node: YamlMapping, list_key: str) -> list[Location]:
        """Where each entry of a list starts."""
        list_node = node.values.get(list_key)
        items = list_node.items if isinstance(list_node, YamlSequence) else []
        return [Location(self.display_name, item.line, item.column) for item in items]

    def mark_left_out(self, raw: dict[str, Any]) -> None:
        """Remember the ids that are not there because their record is faulty."""
        inner = raw.get("findings")
        for raw_item in (raw, *(inner if isinstance(inner, list) else ())):
            if isinstance(raw_item, dict) and isinstance(raw_item.get("id"), str):
                self.loader.left_out_ids.add(str(raw_item["id"]))

    def report_validation_error(
        self, error: Any, record: type[CuratedRecord], node: YamlMapping, record_id: str
    ) -> None:
        """Report one fault that pydantic found."""
        kind, key_path = error["type"], tuple(error["loc"])
        about_record = f" in {quote_value(record_id)}" if record_id else ""
        key_text = _format_key_path(key_path)
        remedy = ""
        if kind == "extra_forbidden":
            known_keys = _list_known_keys(record, key_path[:-1])
            remedy = (
                faults.suggest_similar_name(str(key_path[-1]), known_keys)
                or f"Known are {', '.join(known_keys)}."
            )
            fault, message = (
                faults.UNKNOWN_KEY,
                f"unknown key {quote_value(key_path[-1])}{about_record}.",
            )
        elif kind == "missing":
            fault, message = faults.MISSING_KEY, f"`{key_text}` is missing{about_record}."
        elif kind in faults.FAULT_BY_CODE:
            context = error["ctx"]
            fault, remedy = faults.FAULT_BY_CODE[kind], context["remedy"]
            message = (
                f"{f'`{key_text}`' if key_text else 'the record'}{about_record}: "
                f"{context['message']}."
            )
        else:
            fault, message = (
                faults.WRONG_TYPE,
                f"`{key_text}`{about_record}: {_describe_error(kind, error)}.",
            )
        at_key = kind == "extra_forbidden"
        self.report_fault(
            fault, message, _find_node(node, key_path, at_key), subject=record_id, remedy=remedy
        )

    def report_fault(
        self,
        fault: faults.FaultKind,
        message: str,
        node: YamlNode,
        *,
        subject: str = "",
        remedy: str = "",
    ) -> None:
        """Report a fault at a node."""
        place = Location(self.display_name, node.line, node.column)
        self.loader.diagnostics.append(
            build_diagnostic(fault, message, place, subject=subject, remedy=remedy)
        )


def _filter_independent_errors(errors: Sequence[Any]) -> list[Any]:
    """Errors without those that only follow from another: a list is short of its faulty entries."""
    deep = {tuple(error["loc"])[:length] for error in errors for length in range(len(error["loc"]))}
    return [e for e in errors if not (e["type"] == "too_short" and tuple(e["loc"]) in deep)]


def _describe_error(kind: str, error: Any) -> str:
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


def _format_key_path(key_path: tuple[int | str, ...]) -> str:
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in key_path)


def _list_known_keys(
    record: type[CuratedRecord], key_path: tuple[int | str, ...]
) -> tuple[str, ...]:
    """The known keys of the record that stands at a path inside a record."""
    current: Any = record
    for part in key_path:
        if (
            isinstance(part, str)
            and isinstance(current, type)
            and issubclass(current, CuratedRecord)
        ):
            field_by_key = {
                field.alias or name: field for name, field in current.model_fields.items()
            }
            inner = (
                _list_record_classes(field_by_key[part].annotation) if part in field_by_key else []
            )
            current = inner[0] if inner else None
    if current is None:
        return ()
    return tuple(field.alias or name for name, field in current.model_fields.items())


def _list_record_classes(annotation: Any) -> list[Any]:
    """The record classes inside a type such as `tuple[Step, ...] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, CuratedRecord):
        return [annotation]
    return [
        record_class
        for inner in get_args(annotation)
        for record_class in _list_record_classes(inner)
    ]


def _find_node(node: YamlNode, key_path: tuple[int | str, ...], at_key: bool) -> YamlNode:
    """The deepest node on a path; `at_key`: the key itself, not its value."""
    current: YamlNode = node
    for index, key_part in enumerate(key_path):
        is_last = index == len(key_path) - 1
        if isinstance(current, YamlMapping) and key_part in current.values:
            if is_last and at_key:
                return current.key_nodes[str(key_part)]
            current = current.values[str(key_part)]
        elif (
            isinstance(current, YamlSequence)
            and isinstance(key_part, int)
            and key_part < len(current.items)
        ):
            current = current.items[key_part]
        else:
            break
    return current


def _convert_mapping(node: YamlMapping) -> dict[str, Any]:
    """A mapping as plain values; keys without a value are left out."""
    return {key: value for key, n in node.values.items() if (value := _convert_node(n)) is not None}


def _convert_node(node: YamlNode) -> Any:
    """A node as plain values; a scalar without quotes stays recognisable."""
    if isinstance(node, YamlScalar):
        if node.is_null:
            return None
        return UnquotedText(node.text) if node.is_plain else node.text
    if isinstance(node, YamlSequence):
        return [_convert_node(item) for item in node.items]
    return _convert_mapping(node)
