"""Curated YAML: every fault at its place, in one line, and never an exception.

The cases are data: each file in tests/cases/curated/ says on top which faults it has, as
`# expect: CODE LINE words of the message or remedy`, and has no others.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from kg import model
from kg.formats import READERS, read_base, yaml_events
from kg.formats.curated import json_schema, reader, schema
from kg.formats.faults import FAULT_BY_CODE
from kg.model import EvidenceBase, LoadedBase, Severity, StepKind
from kg.resources import locate_shipped_folder
from tests.support.strategies import NASTY, bases

CASES = sorted((Path(__file__).parents[1] / "cases" / "curated").glob("*.yaml"))
SHIPPED = locate_shipped_folder("data")
REAL = (SHIPPED / "exposures.yaml", SHIPPED / "populations.yaml", SHIPPED / "sources.yaml")
EXPECT = re.compile(r"^# expect: (KG\d+) (\d+) (.+)$", re.MULTILINE)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_case_has_the_faults_it_says_and_no_others(case: Path) -> None:
    expected = EXPECT.findall(case.read_text(encoding="utf-8"))
    met = reader.read_curated(case).diagnostics
    shown = [str(fault) for fault in met]
    assert sorted((f.code, f.location.line if f.location else 0) for f in met) == sorted(
        (code, int(line)) for code, line, _ in expected
    ), shown
    for code, line, words in expected:
        assert any(f":{line}:" in text and code in text and words in text for text in shown), shown


def test_every_fault_of_the_reader_has_a_case() -> None:
    text = "".join(case.read_text(encoding="utf-8") for case in CASES)
    elsewhere = {
        "KG001",
        "KG004",
        "KG022",
        "KG023",
        "KG027",
    }  # bytes, size, compiled form, nothing there
    assert set(FAULT_BY_CODE) == {code for code, _, _ in EXPECT.findall(text)} | elsewhere


def one_line(loaded: LoadedBase) -> None:
    """Every fault says what, where and how to mend it, on one printable line."""
    for fault in loaded.diagnostics:
        assert fault.code in FAULT_BY_CODE
        assert fault.location is not None
        assert fault.remedy
        assert fault.message.endswith(".")
        text = fault.message + fault.remedy
        assert text.isprintable(), ascii(text)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_messages_are_one_line_with_place_and_remedy(case: Path) -> None:
    one_line(reader.read_curated(case))


BYTES = {
    "nothing": (b"", [("KG027", 0, "no record")]),
    "a comment": (b"# only\n", [("KG027", 0, "no record")]),
    "utf-8 bom": (b"\xef\xbb\xbfsources: []\n", [("KG001", 1, "byte order mark")]),
    "utf-16": ("sources: []\n".encode("utf-16"), [("KG001", 1, "UTF-16")]),
    "latin-1": (b"sources:\n  - {id: a, title: caf\xe9}\n", [("KG001", 2, "0xe9 is not UTF-8")]),
    "nul": (b"sources:\n  - {id: a,\0 title: b}\n", [("KG001", 2, "NUL")]),
    "control": (b"sources:\n  - {id: a, title: b\x07}\n", [("KG002", 2, "U+0007")]),
    "deep brackets": (b"[" * 100_000, [("KG004", 1, "64 deep")]),
    "deep braces": (b"{a: " * 100_000, [("KG004", 1, "64 deep")]),
    "deep blocks": (b"- " * 100_000, [("KG004", 1, "64 deep")]),
    "key of brackets": (b"? [a]\n: b\n", [("KG002", 1, "must be text")]),
    "bomb": (
        b"a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n",
        [("KG003", 1, "anchor")],
    ),
    "merge": (b"entities:\n  - <<: {id: a}\n", [("KG006", 2, "id"), ("KG007", 2, "<<")]),
    "long text": (b"a" * 100_000, [("KG008", 1, "mapping")]),
    "long key": (b"a" * 900 + b": 1\n", [("KG007", 1, "unknown key")]),
    "very long key": (b"a" * 2000 + b": 1\n", [("KG002", 1, "")]),
}


@pytest.mark.parametrize("name", BYTES)
def test_bytes_that_are_no_curated_text(name: str, tmp_path: Path) -> None:
    content, expected = BYTES[name]
    file = tmp_path / "a.yaml"
    file.write_bytes(content)
    started = time.perf_counter()
    loaded = reader.read_curated(file)
    assert time.perf_counter() - started < 5
    one_line(loaded)
    for code, line, words in expected:
        assert any(
            f.code == code and f.location and f.location.line == line and words in f.message
            for f in loaded.diagnostics
        ), loaded.diagnostics
    assert bool(loaded.diagnostics) == bool(expected)
    assert loaded.base == EvidenceBase()


def test_too_many_values_and_too_many_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("entities: [" + "a," * 500 + "]\n", encoding="utf-8")
    monkeypatch.setattr(yaml_events, "MAX_YAML_NODES", 400)
    assert [f.code for f in reader.read_curated(file).diagnostics] == ["KG004"]
    monkeypatch.setattr(yaml_events, "MOST_CURATED_BYTES", 900)
    (fault,) = reader.read_curated(file).diagnostics
    assert (fault.code, "more than 900" in fault.message) == ("KG004", True)


@pytest.mark.parametrize(
    "text",
    [
        "entities: [" + "a," * 20_000 + "]\n",
        "entities:\n" + "  - {id: a, lable: b, kind: c}\n" * 3000,
        "entities:\n"
        + "".join(
            f"  - {{id: e{n}, label: e, kind: condition, broader: [f{n}]}}\n" for n in range(3000)
        ),
        "a: 1\n" * 20_000,
        "".join(f"key{n}: 1\n" for n in range(3000)),
    ],
    ids=["words", "records", "references", "same keys", "keys"],
)
def test_very_many_faults_end_soon(text: str, tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(text, encoding="utf-8")
    started = time.perf_counter()
    loaded = reader.read_curated(file)
    assert time.perf_counter() - started < 10
    assert 1 <= len(loaded.diagnostics) <= 3001


def test_paths_that_hold_nothing(tmp_path: Path) -> None:
    for path, code in ((tmp_path, "KG023"), (tmp_path / "none", "KG001")):
        loaded = reader.read_curated(path)
        one_line(loaded)
        assert [fault.code for fault in loaded.diagnostics] == [code]
    (tmp_path / "a.doc").write_text("x", encoding="utf-8")
    assert [fault.code for fault in read_base(tmp_path / "a.doc").diagnostics] == ["KG023"]
    folder = tmp_path / "folder.yaml"
    folder.mkdir()
    (folder / "b.yaml").mkdir()
    assert [fault.code for fault in read_base(folder).diagnostics] == ["KG023"]


def test_the_pure_python_parser_says_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PyYAML without libyaml is slower and words things differently, but meets the same faults.

    Only `{label:{}}` is text with a colon to one and a mapping to the other.
    """
    import yaml

    def seen() -> list[list[tuple[str, int]]]:
        same = (case for case in CASES if case.stem != "colon-without-blank")
        met = [reader.read_curated(case).diagnostics for case in same]
        return [[(f.code, f.location.line if f.location else 0) for f in faults] for faults in met]

    fast = seen()
    monkeypatch.delattr(yaml, "CSafeLoader")
    assert seen() == fast


def test_strings_stay_strings() -> None:
    case = next(case for case in CASES if case.stem == "strings-stay-strings")
    base = reader.read_curated(case).base
    (source,), (citation,) = base.sources, base.citations
    assert (source.title, source.topic, source.publisher) == ("no", "2020-01-01", "12:30:45")
    assert (citation.journal, citation.locator, citation.pmid) == ("0x1F", "1_000", "12")
    assert (citation.source, citation.doi) == ("blog", None)


def test_files_are_read_in_order_and_hidden_ones_are_not(tmp_path: Path) -> None:
    for name in ("b/x.yaml", "a.yml", ".git/x.yaml", ".hidden.yaml", "b/.#x.yaml", "note.txt"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("sources: [{id: one, title: " + name[0] + "}]", encoding="utf-8")
    loaded = reader.read_curated(tmp_path)
    assert [file.name for file in reader.list_yaml_files(tmp_path)] == ["a.yml", "x.yaml"]
    assert loaded.base.sources[0].title == "a"
    assert [str(f.location) for f in loaded.diagnostics] == [f"{tmp_path}/b/x.yaml:1:11"]


def test_the_digest_follows_names_and_bytes(tmp_path: Path) -> None:
    seen = set()
    for name, text in (("a.yaml", "1"), ("b.yaml", "1"), ("b.yaml", "2"), ("c.yaml", "")):
        (tmp_path / name).write_text(text, encoding="utf-8")
        seen.add(reader.compute_digest(tmp_path))
        assert reader.compute_digest(tmp_path) in seen
    assert len(seen) == 4


# The border and the model


PAIRS = {
    "Entity": set(),
    "Identifier": set(),
    "Surrogate": set(),
    "Exposure": set(),
    "Population": set(),
    "Source": set(),
    "StatedEffect": set(),
    "Described": set(),
    "Citation": set(),
    "Study": set(),
    "Conflict": set(),
    "Concern": set(),
    "Dose": {"value"},
    "Claim": {"subject", "predicate", "object", "proposition"},
    "Finding": {"ci", "pi", "ci_low", "ci_high", "pi_low", "pi_high"},
}


@pytest.mark.parametrize("name", PAIRS)
def test_keys_are_the_fields_of_the_model(name: str) -> None:
    """Except for the shorthands listed in PAIRS."""
    keys = set(getattr(schema, f"{name}Record").model_fields)
    known = {field.name for field in fields(getattr(model, name))} - {"location"}
    assert keys ^ known == PAIRS[name]


def test_every_record_has_a_pair() -> None:
    records = {
        name.removesuffix("Record")
        for name, value in vars(schema).items()
        if isinstance(value, type) and issubclass(value, schema.CuratedRecord)
    }
    assert records - {"Curated", "CuratedFile", "Step", "Chain", "Judgement"} == set(PAIRS)
    assert {"Step", "ArgumentChain", "DomainJudgement"} | set(PAIRS) <= set(model.__all__)


def plain(thing: Any) -> Any:
    """A thing as a curator would write it down; what has its default is left out."""
    if isinstance(thing, tuple):
        return [plain(part) for part in thing]
    if isinstance(thing, Enum):
        return thing.value
    if not is_dataclass(thing):
        return thing
    written = {}
    for field in fields(thing):
        value = getattr(thing, field.name)
        if field.name != "location" and value not in (None, "", ()) and value != field.default:
            written[field.name.rstrip("_")] = plain(value)
    return shorthand(thing, written)


def shorthand(thing: Any, written: dict[str, Any]) -> dict[str, Any]:
    if isinstance(thing, model.Claim):
        written |= written.pop("proposition")
    if isinstance(thing, model.Finding):
        for name in ("ci", "pi"):
            low, high = written.pop(f"{name}_low", None), written.pop(f"{name}_high", None)
            if low is not None:
                written[name] = [low, high]
    if isinstance(thing, model.Step):
        link = [thing.subject, thing.predicate.value, thing.object]
        kinds: dict[StepKind, dict[str, Any]] = {
            StepKind.CLAIM: {"claims": list(thing.claims), "link": link},
            StepKind.IMPLICIT: {"implicit": link},
            StepKind.BRIDGE: {"bridge": thing.object},
        }
        return kinds[thing.kind] | ({"note": thing.note} if thing.note else {})
    return written


def as_yaml(value: Any) -> str:
    """JSON is YAML, once every character outside ASCII has its YAML escape."""
    text = json.dumps(value, ensure_ascii=False)
    return re.sub(r"[^ -~]", lambda match: f"\\U{ord(match.group()):08x}", text)


@pytest.mark.slow
@given(bases())
@settings(max_examples=25, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
def test_what_is_written_down_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, base: EvidenceBase
) -> None:
    file = tmp_path_factory.mktemp("curated") / "a.yaml"
    sections = [field.name for field in fields(EvidenceBase)[:-1]]
    file.write_text(as_yaml({name: plain(getattr(base, name)) for name in sections}), "ascii")
    loaded = reader.read_curated(file)
    assert [f for f in loaded.diagnostics if f.severity is Severity.SEVERE] == []
    assert loaded.base == base


# JSON Schema


def test_the_committed_schema_is_up_to_date() -> None:
    committed = (locate_shipped_folder("ontology") / "kg.schema.json").read_text(encoding="utf-8")
    assert committed == json_schema.format_json_schema(), (
        "run: python -m kg.formats.curated.json_schema > ontology/kg.schema.json"
    )
    jsonschema.Draft202012Validator.check_schema(json_schema.build_json_schema())


def core(node: Any) -> Any:
    """A node as an editor sees it: YAML 1.2 core schema."""
    if isinstance(node, yaml_events.YamlSequence):
        return [core(item) for item in node.items]
    if isinstance(node, yaml_events.YamlMapping):
        return {key: core(value) for key, value in node.values.items()}
    if node is None or node.is_null:
        return None
    if node.is_plain and node.text in ("true", "false"):
        return node.text == "true"
    if node.is_plain and re.fullmatch(r"[-+]?[0-9]+", node.text):
        return int(node.text)
    if node.is_plain and re.fullmatch(
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", node.text
    ):
        return float(node.text)
    return node.text


def schema_faults(file: Path) -> list[str]:
    root, _ = yaml_events.parse_yaml(file.read_text(encoding="utf-8"), file.name)
    validator = jsonschema.Draft202012Validator(json_schema.build_json_schema())
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(core(root))]


@pytest.mark.slow
def test_shipped_data_is_valid_for_editors() -> None:
    faults = {file.name: schema_faults(file) for file in reader.list_yaml_files(SHIPPED)}
    assert {name: met for name, met in faults.items() if met} == {}


SHAPE = {"KG006", "KG007", "KG008", "KG009", "KG010"}
# blanks, defaults of the file, nulls, and words of which there are many spellings
BEYOND_SCHEMA = {"empty-text", "no-source", "empty-key", "measure-unknown", "domain-unknown"}


FOR_THE_PARSER = {"KG002", "KG003", "KG005"}  # an editor's own YAML parser reports these
FOR_EDITORS = [
    case
    for case in CASES
    if not FOR_THE_PARSER & {code for code, _, _ in EXPECT.findall(case.read_text("utf-8"))}
    and case.stem not in BEYOND_SCHEMA
]


@pytest.mark.parametrize("case", FOR_EDITORS, ids=lambda case: case.stem)
def test_editors_see_what_the_reader_sees(case: Path) -> None:
    codes = {fault.code for fault in reader.read_curated(case).diagnostics}
    if codes & SHAPE:
        assert schema_faults(case)
    elif not codes:
        assert schema_faults(case) == []


# Shipped data


def test_shipped_data_has_no_severe_fault() -> None:
    met = reader.read_curated(SHIPPED).diagnostics
    assert [str(fault) for fault in met if fault.severity is Severity.SEVERE] == []


# Garbage


def never_raises(path: Path) -> None:
    for name in READERS:
        loaded = READERS[name](path)
        assert isinstance(loaded, LoadedBase)
        for fault in loaded.diagnostics:
            assert str(fault).isprintable() or "\n" not in str(fault)


TOKENS = ("entities:", "claims:", "- ", "  ", "\n", "id: ", "[", "]", "{", "}", ",", "&a ", "*a")
MORE = ("!!", "---\n", "...", "? ", ": ", "|", ">", "%", "#", '"', "'", "\t", "kind: ", "tier: 9")


@pytest.mark.medium
@given(
    st.one_of(
        st.binary(max_size=200),
        st.lists(st.sampled_from((*TOKENS, *MORE, *NASTY)), max_size=40).map(
            lambda tokens: "".join(tokens).encode("utf-8", "replace")
        ),
    )
)
@settings(max_examples=150, deadline=None)
def test_garbage_never_raises(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    for suffix in (".yaml", ".json"):
        file = tmp_path_factory.getbasetemp() / f"garbage{suffix}"
        file.write_bytes(content)
        never_raises(file)


@pytest.mark.medium
@given(st.data())
@settings(max_examples=100, deadline=None)
def test_mutated_files_never_raise(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    content = bytearray(data.draw(st.sampled_from((*CASES, *REAL))).read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(content)))
        cut = data.draw(st.integers(0, 20))
        content[at : at + cut] = data.draw(
            st.binary(max_size=5) | st.sampled_from([token.encode() for token in (*TOKENS, *MORE)])
        )
    file = tmp_path_factory.getbasetemp() / "mutated.yaml"
    file.write_bytes(bytes(content))
    never_raises(file)
