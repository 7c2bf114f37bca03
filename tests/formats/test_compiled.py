"""The compiled form: equal to what went in, quick, and refused where it is not whole."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.formats.cache import compiled
from kg.formats.cache.compiled import (
    pack_base,
    read_cached_base,
    read_compiled,
    unpack_base,
    write_compiled,
)
from kg.formats.curated import reader
from kg.formats.references import check
from kg.model import Diagnostic, EvidenceBase, LoadedBase, Location, RelatedPlace, Severity
from kg.resources import compute_checksum
from tests.support.strategies import bases, locations, maybe, texts

ROOT = Path(__file__).resolve().parents[2]
WHOLE = """\
entities:
  - {id: acne, label: acne, kind: condition, better: lower}
  - {id: zinc, label: zinc, kind: substance}
exposures:
  - {id: zinc-oral, label: oral zinc, substance: zinc, kind: supplementation}
studies:
  - id: doe-2020
    title: a trial
    year: 2020
    design: randomised
    system: human
    pmid: 1
    findings: [{id: doe-2020.a, exposure: zinc-oral, outcome: acne, direction: decrease}]
"""


@st.composite
def diagnostics(draw: st.DrawFn) -> Diagnostic:
    related = st.builds(RelatedPlace, texts(), texts(), maybe(locations()))
    return Diagnostic(
        draw(texts()),
        draw(texts()),
        draw(st.sampled_from(Severity)),
        draw(texts()),
        location=draw(maybe(locations())),
        related=tuple(draw(st.lists(related, max_size=2))),
        unknown=tuple(draw(st.lists(texts(), max_size=2))),
    )


def whole(base: EvidenceBase) -> str:
    """A base as text that locations are part of (they do not count for equality)."""
    return repr([[thing.location for thing in getattr(base, f.name)] for f in fields(base)[:-1]])


@pytest.mark.slow
@given(bases(), st.lists(diagnostics(), max_size=2).map(tuple))
@settings(max_examples=30, deadline=None)
def test_decoding_gives_back_what_was_encoded(
    base: EvidenceBase, met: tuple[Diagnostic, ...]
) -> None:
    loaded = LoadedBase(replace(base, digest="d"), met)
    again = unpack_base(pack_base(loaded))
    assert again == loaded
    assert again.base.digest == "d"
    assert whole(again.base) == whole(base)
    assert pack_base(again) == pack_base(loaded)


@pytest.mark.slow
@given(bases())
@settings(max_examples=25, deadline=None)
def test_the_strategy_draws_bases_without_severe_faults(base: EvidenceBase) -> None:
    assert [f for f in check.check_base(base) if f.severity is Severity.SEVERE] == []


def test_every_field_of_the_model_has_a_form() -> None:
    for cls, forms in compiled.ROW_CODEC.forms_by_class.items():
        assert [form.field_name for form in forms] == [field.name for field in fields(cls)]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "data é"
    folder.mkdir()
    (folder / "a.yaml").write_text(WHOLE, encoding="utf-8")
    return folder


def test_write_and_load_through_a_file(source: Path, tmp_path: Path) -> None:
    loaded = reader.read_curated(source)
    assert loaded.diagnostics == ()
    file = write_compiled(loaded.base, tmp_path / "base.json")
    assert read_compiled(file) == loaded
    assert read_compiled(file).base.digest == reader.compute_digest(source)


def spoilt(data: bytes) -> dict[str, bytes]:
    """The same file, spoilt in ways that a disk, an old kg or a person might."""
    head, body = data.split(b"\n", 1)
    resealed = json.loads(body)
    resealed["tables"]["entities"][0][0] = 7
    return {
        "it is not one": b"[]",
        "it was made by another version of kg": data.replace(compiled.VERSION.encode(), b"0-0"),
        "its checksum does not agree": data.replace(b"zinc-oral", b"zinc-oval"),
        "cut short": data[:-20],
        "Entity.id has a value of a wrong type": reseal(head, json.dumps(resealed).encode()),
        "its rows are not of this form": reseal(head, b"[" * 100_000),
        "rows are not": reseal(head, b'{"tables": {}, "files": [], "diagnostics": []}'),
    }


def reseal(head: bytes, body: bytes) -> bytes:
    fields = json.loads(head) | {"checksum": compute_checksum(body)}
    return json.dumps(fields).encode() + b"\n" + body


def test_a_spoilt_file_is_refused_with_one_fault(source: Path, tmp_path: Path) -> None:
    data = pack_base(reader.read_curated(source))
    file = tmp_path / "base.json"
    for reason, content in spoilt(data).items():
        file.write_bytes(content)
        loaded = read_compiled(file)
        assert loaded.base == EvidenceBase()
        (fault,) = loaded.diagnostics
        assert (fault.code, fault.severity) == ("KG022", Severity.SEVERE)
        assert reason in fault.message


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_mutations_never_raise(data: st.DataObject) -> None:
    content = bytearray(pack_base(LoadedBase(EvidenceBase())))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
        content = content or bytearray(b" ")
    head, _, body = bytes(content).partition(b"\n")
    try:
        spoilt = reseal(head, body)
    except (ValueError, TypeError):
        spoilt = bytes(content)
    for each in (bytes(content), spoilt):
        with contextlib.suppress(compiled._UnusableCompiledBase):
            assert unpack_base(each).base == EvidenceBase()


def test_the_cache_is_used_kept_current_and_never_needed(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    first = read_cached_base(source, cache)
    assert [file.stem for file in cache.iterdir()] == [reader.compute_digest(source)]
    monkeypatch.setattr(reader, "read_curated", None)  # whoever reads the text again fails
    assert read_cached_base(source, cache) == first
    monkeypatch.undo()

    (source / "a.yaml").write_text(WHOLE.replace("oral zinc", "zinc pill"), encoding="utf-8")
    assert read_cached_base(source, cache).base.exposures[0].label == "zinc pill"

    blocked = tmp_path / "file"
    blocked.write_text("not a directory", encoding="utf-8")
    assert read_cached_base(source, blocked / "cache").base.exposures[0].label == "zinc pill"

    for file in cache.iterdir():
        file.write_bytes(file.read_bytes()[:-9])
    assert read_cached_base(source, cache).base.exposures[0].label == "zinc pill"


def test_the_cache_says_where_the_files_are_now(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    assert read_cached_base(source, cache).base.find_location("zinc") == Location(
        str(source / "a.yaml"), 3, 5
    )
    monkeypatch.chdir(tmp_path)
    assert read_cached_base(source, cache).base.find_location("zinc") == Location(
        "data é/a.yaml", 3, 5
    )
    monkeypatch.chdir(source)
    assert read_cached_base(Path(), cache).base.find_location("zinc") == Location("a.yaml", 3, 5)
    monkeypatch.chdir(tmp_path)
    assert read_cached_base(source, cache).base.find_location("zinc") == Location(
        "data é/a.yaml", 3, 5
    )

    (source / "b.yaml").write_text("lable: x\n", encoding="utf-8")
    inside = read_cached_base(source, cache).diagnostics
    monkeypatch.chdir(source)
    assert str(read_cached_base(source, cache).diagnostics[0].location) == "b.yaml:1:1"
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    assert str(inside[0].location) == "data é/b.yaml:1:1"
    assert str(read_cached_base(source, cache).diagnostics[0].location) == f"{source}/b.yaml:1:1"


def test_old_compiled_bases_are_removed(source: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    for number in range(compiled.MAX_CACHED_BASES + 3):
        (source / "a.yaml").write_text(f"# {number}\n" + WHOLE, encoding="utf-8")
        read_cached_base(source, cache)
    assert len(list(cache.iterdir())) == compiled.MAX_CACHED_BASES
    assert reader.compute_digest(source) in {file.stem for file in cache.iterdir()}


def test_a_current_cache_needs_neither_yaml_nor_pydantic(source: Path, tmp_path: Path) -> None:
    read_cached_base(source, tmp_path / "cache")
    code = (
        "import sys; from pathlib import Path;"
        "from kg.formats.cache.compiled import read_cached_base as read;"
        f"assert read(Path({str(source)!r}), Path({str(tmp_path / 'cache')!r})).base.entities;"
        "print(sorted({'yaml', 'pydantic', 'rdflib', 'pyoxigraph', 'kg.rdf'} & set(sys.modules)))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert ran.stdout.strip() == "[]"
