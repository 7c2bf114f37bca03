"""What hostile files cannot do: end the process, fill the memory, or take time by the square."""

from __future__ import annotations

import bz2
import gzip
import json
import os
import re
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest
from pyoxigraph import RdfFormat

from kg.api import load, validate
from kg.api.base import require_sound
from kg.errors import DataError, KgError, LimitError, OutsideError, UsageError
from kg.formats import read_base, streams
from kg.formats.cache import compiled
from kg.formats.curated.waivers import read_waiver_comments, read_waivers_file
from kg.formats.rated_links import tables
from kg.formats.rdf import CONTEXT_IRI, MOST_CONTEXTS
from kg.formats.rdf_statements import RdfStatementReader
from kg.formats.streams import open_unpacked
from kg.model import Diagnostic, Severity
from kg.rdf.parsing import MOST_TERMS, parse_lines, parse_stream, parse_text
from kg.resources import source_date
from kg.scenarios.study_phrase import parse_study_phrase
from kg.stores import open_store
from tests.support import fixtures
from tests.support.cli import kg
from tests.support.sparql_server import serving

ROOT = Path(__file__).resolve().parents[2]
DEEP = 20_000
NESTED = "<<( e:a e:b " * DEEP + "e:c" + " )>>" * DEEP + " .\n"
HIDDEN = "@prefix e: <urn:e:> .\ne:a\\#b e:b " + NESTED
"""Marks that a lexer which takes `\\#` for the start of a comment does not see."""
TRIPLES = "<a:a> <a:b> " + "<<( <a:a> <a:b> " * DEEP + "<a:c>" + " )>>" * DEEP + " .\n"


def _fuzz() -> ModuleType:
    loader = SourceFileLoader("kg_fuzz", str(ROOT / "scripts" / "fuzz"))
    spec = spec_from_loader("kg_fuzz", loader)
    assert spec is not None
    module = module_from_spec(spec)
    sys.modules["kg_fuzz"] = module
    loader.exec_module(module)
    return module


FUZZ = _fuzz()


def _file(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


# Nesting


@pytest.mark.parametrize(
    "words",
    [
        ("validate",),
        ("query", "-e", "ASK {}", "--base"),
        ("grade", "--outcome", "acne", "--base"),
    ],
    ids=lambda words: words[0],
)
def test_terms_nested_behind_an_escape_do_not_end_the_process(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    done = kg(*words, _file(tmp_path, "given.ttl", HIDDEN), timeout=60)
    assert done.returncode in (3, 4), (done.returncode, done.stderr[-300:])
    assert "triple terms" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("given.ttl", HIDDEN),
        ("given.trig", HIDDEN.replace("\ne:a", "\ne:g { e:a") + " }"),
        ("given.ttl", "# '\n" + HIDDEN),
        ("given.nt", TRIPLES),
        ("given.nq", TRIPLES.replace("\n", "\r")),
    ],
)
def test_nested_terms_are_refused_in_every_form_and_by_every_reader(
    tmp_path: Path, name: str, content: str
) -> None:
    path = _file(tmp_path, name, content)
    assert [fault.code for fault in read_base(path).diagnostics] == ["KG004"]
    assert "triple terms" in _told_by_load(path)


def _told_by_load(path: Path) -> str:
    try:
        with path.open("rb") as file:
            (fault,) = RdfStatementReader(path, path.suffix).read_batches(file)
    except LimitError as refused:
        return str(refused)
    return str(fault)


def test_shallow_terms_are_read_line_by_line_in_any_number(tmp_path: Path) -> None:
    line = b"<a:a> <a:b> <<( <a:a> <a:b> <a:c> )>> .\n"
    assert sum(1 for _ in parse_lines(line * 3 * MOST_TERMS, RdfFormat.N_TRIPLES)) == 3 * MOST_TERMS
    with pytest.raises(LimitError, match="triple terms"):
        list(parse_text(line * 3 * MOST_TERMS, RdfFormat.TURTLE))
    path = _file(tmp_path, "given.nt", line * 3 * MOST_TERMS)
    reader = RdfStatementReader(path, ".nt")
    with path.open("rb") as file:
        assert sum(1 for _ in reader.read_quads(file)) == 3 * MOST_TERMS
    with path.open("rb") as file, pytest.raises(LimitError, match="triple terms"):
        list(parse_stream(file, RdfFormat.TURTLE))


def test_marks_are_counted_where_the_pieces_of_a_file_meet() -> None:
    class Drip:
        left = TRIPLES.encode()

        def read(self, _: int = -1) -> bytes:
            part, self.left = self.left[:1], self.left[1:]
            return part

    with pytest.raises(LimitError, match="triple terms"):
        list(parse_stream(Drip(), RdfFormat.N_TRIPLES))  # type: ignore[arg-type]


@pytest.mark.medium
def test_nested_terms_of_a_service_are_one_line() -> None:
    with serving(page=TRIPLES.encode(), kind="application/n-triples") as service:
        store = open_store(service.spec)
        with pytest.raises(OutsideError, match="triple terms"):
            store.query("CONSTRUCT WHERE { ?s ?p ?o }")
    table = b'{"head": {"vars": ["a"]}, "results": {"bindings": ' + b"[" * 100_000
    with (
        serving(page=table, kind="application/sparql-results+json") as service,
        pytest.raises(OutsideError, match="not SPARQL results"),
    ):
        open_store(service.spec).query("SELECT ?a { ?a ?b ?c }")


@pytest.mark.slow
def test_brackets_of_turtle_nest_as_deep_as_they_like(tmp_path: Path) -> None:
    deep = 100_000
    text = "@prefix e: <urn:e:> . e:a e:b " + "[ e:b (" * deep + ") ]" * deep + " ."
    assert all(fault.remedy for fault in read_base(_file(tmp_path, "given.ttl", text)).diagnostics)


@pytest.mark.parametrize("opening", ['{"a":', "[", '{"@list":[', '{"@context":[', '{"@graph":['])
def test_nested_json_is_refused_with_its_place(tmp_path: Path, opening: str) -> None:
    closing = "".join({"{": "}", "[": "]"}.get(c, "") for c in reversed(opening))
    text = opening * DEEP + "1" + closing * DEEP
    (fault,) = read_base(
        _file(tmp_path, "given.jsonld", '{"b": "\\"[[",\n"a": ' + text + "}")
    ).diagnostics
    assert (fault.code, fault.location and fault.location.line) == ("KG004", 2)


def test_the_shipped_context_is_not_written_out_without_end(tmp_path: Path) -> None:
    named = json.dumps({"@context": [CONTEXT_IRI] * (MOST_CONTEXTS + 1)}).replace("@", "\\u0040")
    (fault,) = read_base(_file(tmp_path, "given.jsonld", named)).diagnostics
    assert fault.code == "KG004"


# Time

_WAIVER = "  - a  # kg: allow KG101 -- because\n"
GROWING: dict[str, tuple[str, Callable[[int], str]]] = {
    "strings of JSON-LD": ("jsonld", lambda n: '["' + '\\"' * 40 * n),
    "blanks of a comment": ("comments", lambda n: "# kg: allow KG101" + " " * 40 * n + "x"),
    "blanks after a dash": ("comments", lambda n: "# kg: allow KG101 --" + " " * 40 * n),
    "lines of waivers": ("comments", lambda n: "a:\n" + _WAIVER * n),
    "waivers that stand alone": ("comments", lambda n: "# kg: allow KG101 -- so\n" * n),
    "quoted texts with waivers": ("comments", lambda n: 'a:\n- "x" # kg: allow KG101 -- so\n' * n),
    "directives": ("curated", lambda n: "%TAG !a! b:\n" * n + "---\na: 1\n"),
    "directives later": ("curated", lambda n: "a: 1\n...\n# b\n" + "%TAG !a! b:\n" * n + "---\n"),
    "tables of waivers": ("waivers", lambda n: '[[allow]]\ncode = "KG101"\nreason = "x"\n' * n),
    "tables of TOML": ("waivers", lambda n: "".join(f"[a{i}]\n" for i in range(n))),
    "unknown claims": (
        "curated",
        lambda n: "chains:\n" + "- {id: a%d, outcome: b, steps: [{claim: c}]}\n" * n % (*range(n),),
    ),
    "ways back": (
        "curated",
        lambda n: (
            "entities:\n"
            + "".join(
                f"- {{id: e{i}, label: a, kind: condition, broader: [e{i + 1}, e0]}}\n"
                for i in range(n // 4)
            )
        ),
    ),
    "terms of a supposition": ("supposition", lambda n: "rct" + "," * 100 * n),
    "blanks of a supposition": (
        "supposition",
        lambda n: "rct, effect=a" + " " * 100 * n + "!: a -> b",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", GROWING)
def test_twice_the_input_takes_about_twice_the_time(tmp_path: Path, name: str) -> None:
    reader, text = GROWING[name]
    kind = FUZZ.READERS[reader]
    spent = []
    for size in (4_000, 8_000):
        path = _file(tmp_path, kind.name, text(size))
        spent.append(min(_time(lambda path=path: kind.read(path)) for _ in range(3)))  # type: ignore[misc]
    assert spent[1] < 5
    assert spent[1] < max(3.5 * spent[0], 0.2), spent


def _time(work: Callable[[], object]) -> float:
    begin = time.process_time()
    with suppress(KgError):
        work()
    return time.process_time() - begin


# What is unpacked


def _zstd(data: bytes) -> bytes:
    return bytes(pytest.importorskip("zstandard").compress(data, 19))


@pytest.mark.slow
@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, _zstd], ids=["gzip", "bz2", "zstd"])
def test_what_unpacks_to_far_more_than_it_is_ends_in_one_line(
    tmp_path: Path, pack: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = _file(tmp_path, "given.nt.packed", pack(b"\n" * (80 * 1024**2)))
    assert bomb.stat().st_size < 300_000
    with pytest.raises(DataError, match="unpacks to more than"), open_unpacked(bomb) as file:
        FUZZ.drain(iter(lambda: file.read(1 << 20), b""))
    sane = b"".join(b"<a:%d> <a:b> <a:c> .\n" % i for i in range(50_000))
    with open_unpacked(_file(tmp_path, "given.nt", pack(sane))) as file:
        assert file.read() == sane
    monkeypatch.setattr(streams, "MOST_UNPACKED", 1000)
    with (
        pytest.raises(DataError, match="unpacks to more than 1,000"),
        open_unpacked(tmp_path / "given.nt") as f,
    ):
        f.read()


@pytest.mark.slow
def test_a_bomb_is_refused_by_load(tmp_path: Path) -> None:
    bomb = _file(tmp_path, "bomb.nt.gz", gzip.compress(b"\n" * (300 * 1024**2)))
    done = kg("load", bomb, "--store", tmp_path / "store", timeout=60)
    assert done.returncode == 3
    assert "unpacks to more than" in done.stderr


@pytest.mark.medium
def test_a_parquet_file_that_unpacks_to_far_more_than_it_is_is_refused(tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    cells = pa.repeat("a" * 1000, 80_000)
    table = pa.table(dict.fromkeys(tables.REQUIRED_COLUMNS, cells))
    path = tmp_path / "given.parquet"
    pq.write_table(table, path, compression="zstd", use_dictionary=False)
    assert path.stat().st_size < 1_000_000
    (fault,) = tables.read_links(path)
    assert isinstance(fault, Diagnostic)
    assert "packed, it holds" in fault.message


def test_a_parquet_file_whose_column_has_no_text_for_a_name_is_refused(tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "given.parquet"
    table = pa.table({name: ["a"] for name in tables.REQUIRED_COLUMNS})
    pq.write_table(table.replace_schema_metadata(None), path, store_schema=False)
    path.write_bytes(path.read_bytes().replace(b"object", b"obj\xf9ct"))
    (fault,) = tables.read_links(path)
    assert isinstance(fault, Diagnostic)
    assert "not readable as Parquet" in fault.message


# Numbers


@pytest.mark.parametrize(
    "terms",
    [
        "n=" + "9" * 309,
        "n=" + "9" * 5000,
        "n=²",
        "weeks=" + "9" * 400,
        "effect=RR " + "9" * 400,
        "dose=" + "9" * 400 + " mg/day",
    ],
)
def test_no_number_of_a_supposition_is_too_large_to_be_refused(terms: str) -> None:
    base = fixtures.base()
    ends = f"benefit: {fixtures.PRODUCT} -> acne-scars"
    parse_study_phrase(f"rct, n=9, {ends}", base, 1)
    with pytest.raises(UsageError, match=r"=|longer"):
        parse_study_phrase(f"rct, {terms}, {ends}", base, 1)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a = " + "{a = " * 900 + "1" + "}" * 900, "nest too deep"),
        ("a = " + "[" * 5000, "nest too deep"),
        ("a = " + "9" * 4301, "not readable"),
        (".".join("a" * 50_000) + " = 1", "100 dots"),
        ("[" + ".".join("a" * 50_000) + "]", "100 dots"),
        ("a = 1\xff", "not readable"),
    ],
)
def test_no_toml_is_more_than_one_message(tmp_path: Path, text: str, told: str) -> None:
    path = _file(tmp_path, "waivers.toml", text.encode("latin-1"))
    with pytest.raises(DataError, match=told):
        read_waivers_file(path, ("KG101",))


@pytest.mark.parametrize("given", ["9" * 20, "9" * 5000, "1750000000000", "abc", "²", "-1", "1e9"])
def test_a_date_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", given)
    with pytest.raises(UsageError, match="SOURCE_DATE_EPOCH"):
        source_date()


# Compiled bases


def test_a_compiled_base_whose_references_lead_nowhere_is_no_clean_one(tmp_path: Path) -> None:
    base = fixtures.base()
    lost = replace(base, entities=base.entities[1:], exposures=(), digest="")
    path = compiled.write_compiled(lost, tmp_path / "given.json")
    severe = [d for d in validate(path) if d.severity is Severity.SEVERE]
    assert severe
    assert {d.code for d in severe} <= {"KG012", "KG017"}
    with pytest.raises(DataError):
        require_sound(load(path))
    done = kg("grade", "--all", "--base", path, timeout=60)
    assert done.returncode == 3
    assert "fault of kg" not in done.stderr
    whole = compiled.write_compiled(base, tmp_path / "whole.json")
    assert load(whole).base == base


# What is no ordinary file


@pytest.mark.medium
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with a name here")
@pytest.mark.parametrize("name", ["a.yaml", "a.ttl", "a.nq", "a.json", "a.csv"])
def test_a_pipe_is_told_and_not_waited_for(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    base = tmp_path if name == "a.yaml" else tmp_path / name
    done = kg("grade", "--all", "--base", base, timeout=60)
    assert done.returncode in (2, 3), done.stderr
    assert "ordinary file" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["a.yaml", "a.ttl", "a.json"])
def test_the_size_of_a_file_is_looked_at_before_it_is_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with path.open("wb") as file:
        file.truncate(3 * 1024**3)
    begin = time.process_time()
    done = load(tmp_path if name == "a.yaml" else path)
    assert time.process_time() - begin < 1
    assert [fault.code for fault in done.diagnostics] == ["KG004"]
    read_waiver_comments(tmp_path, ("KG101",))


# Mutations


@pytest.mark.medium
@pytest.mark.parametrize("name", FUZZ.READERS)
def test_a_change_of_a_sound_file_is_no_fault_of_a_reader(name: str) -> None:
    assert [*FUZZ.fuzz([name], seconds=1.0, seed=20261130)] == []


def test_fuzzing_finds_and_shrinks_what_it_is_there_for(tmp_path: Path) -> None:
    found = FUZZ.shrink(_Fails(), b"abc" * 50 + b"!" + b"def" * 50, "ended by -11")
    assert re.fullmatch(rb"!", found)


class _Fails:
    """A reader that ends at every exclamation mark."""

    def read(self, text: bytes) -> tuple[str, float]:
        return ("ended by -11" if b"!" in text else "", 0.0)
