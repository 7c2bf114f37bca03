"""Claims in RDF as columns: the links are those of the base, whatever order statements come in."""

from __future__ import annotations

import gzip
import random
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Quad, RdfFormat, serialize

from kg import api
from kg.api.base import InputKind, identify_input
from kg.api.rated_links import load_link_columns
from kg.bulk.columns import LinkColumns
from kg.errors import DataError, LimitError
from kg.formats import MAX_BASE_BYTES
from kg.model import Better, EvidenceBase, Reading, find_effect_sign
from kg.model.batches import SYSTEM_ORDER, NodeRole
from kg.rdf.encode import encode_base
from tests.support.cli import kg
from tests.support.strategies import bases

SUFFIXES = {
    ".nt": RdfFormat.N_TRIPLES,
    ".nq": RdfFormat.N_QUADS,
    ".ttl": RdfFormat.TURTLE,
    ".trig": RdfFormat.TRIG,
}
CLAIM = """\
@prefix kg: <https://w3id.org/evidence-kg/vocab#> .
@prefix claim: <https://w3id.org/evidence-kg/claim/> .
@prefix proposition: <https://w3id.org/evidence-kg/proposition/> .
@prefix entity: <https://w3id.org/evidence-kg/entity/> .
claim:c1 a kg:Claim ; kg:proposition proposition:p1 .
proposition:p1 kg:subject entity:zinc ; kg:predicate kg:predicate-decreases ;
  kg:object entity:scars .
"""


def written(quads: list[Quad], folder: Path, suffix: str) -> Path:
    form = SUFFIXES[suffix]
    plain = suffix in (".nt", ".ttl")
    data = serialize([q.triple for q in quads] if plain else quads, format=form) or b""
    path = folder / f"graph{suffix}.gz"
    path.write_bytes(gzip.compress(data))
    return path


def expected(base: EvidenceBase) -> list[tuple[object, ...]]:
    """Links and best systems as the model has them."""
    rows: list[tuple[object, ...]] = []
    for claim in base.claims:
        about = claim.proposition
        head = base.entity.get(about.object)
        sign = find_effect_sign(about.predicate, head.better if head else Better.NEITHER)
        if sign:
            system = best_system(base, claim.citations)
            rows.append((about.subject, about.predicate.value, about.object, sign, system))
    return sorted(rows, key=repr)


def best_system(base: EvidenceBase, citations: tuple[str, ...]) -> str:
    found = []
    for citation in (base.citation[id] for id in citations if id in base.citation):
        study = base.study.get(citation.study) if citation.study else None
        named = study or (None if citation.study else citation.described)
        if named is not None and named.system is not None:
            found.append(SYSTEM_ORDER.index(named.system))
    return SYSTEM_ORDER[max(found)].value if found else ""


def links(made: LinkColumns) -> list[tuple[object, ...]]:
    rows = [
        (
            made.names[int(made.tail[n])],
            made.predicates[int(made.predicate[n])],
            made.names[int(made.head[n])],
            made.read_sign(n),
            SYSTEM_ORDER[int(made.system[n])].value if made.system[n] >= 0 else "",
        )
        for n in range(made.link_count)
    ]
    return sorted(rows, key=repr)


@pytest.mark.medium
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_shipped_base_has_its_claims_as_links(tmp_path: Path, suffix: str) -> None:
    base = api.load().base
    quads = list(encode_base(base))
    random.Random(3).shuffle(quads)
    made, met = load_link_columns(written(quads, tmp_path, suffix))
    assert links(made) == expected(base)
    assert any(row[-1] == "human" for row in links(made))
    assert len(met) == 1
    assert f"{len(base.claims) - made.link_count} claims say no direction" in met[0].message
    node = made.find_node("magnesium-glycinate-oral")
    assert made.role[node] == NodeRole.EXPOSURE
    assert made.role[made.find_node("acne-scars")] == NodeRole.OUTCOME
    assert made.read_label(node) == base.exposure["magnesium-glycinate-oral"].label
    assert made.link_counts["unrated"] == made.link_count


@pytest.mark.slow
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(bases(), st.sampled_from([*SUFFIXES]))
def test_any_base_has_its_claims_as_links(
    tmp_path_factory: pytest.TempPathFactory, base: EvidenceBase, suffix: str
) -> None:
    path = written(list(encode_base(base)), tmp_path_factory.mktemp("any"), suffix)
    rows = expected(base)
    if rows:
        assert links(load_link_columns(path)[0]) == rows
    else:
        with pytest.raises(DataError, match="no links"):
            load_link_columns(path)


@pytest.mark.parametrize(
    ("stated", "levels"),
    [
        ("", (0, 0, 4)),
        ("kg:established kg:level-low", (2, 2, 2)),
        ("kg:established kg:level-low ; kg:bestCase kg:level-high", (2, 2, 4)),
        ("kg:asDescribed kg:level-very_low", (0, 1, 1)),
    ],
)
def test_a_proposition_is_rated_as_it_says(
    tmp_path: Path, stated: str, levels: tuple[int, ...]
) -> None:
    said = f"proposition:p1 {stated} .\n" if stated else ""
    path = tmp_path / "graph.ttl.gz"
    path.write_bytes(gzip.compress(f"{CLAIM}{said}".encode()))
    made = load_link_columns(path)[0]
    assert tuple(made.read_level(0, reading) for reading in Reading) == levels
    assert made.read_sign(0) == -1  # as its predicate says, where no sign is stated


@pytest.mark.parametrize(("said", "levels"), [("true", (4, 4, 4)), ("false", (0, 0, 4))])
def test_what_holds_by_definition_is_a_step_that_costs_nothing(
    tmp_path: Path, said: str, levels: tuple[int, ...]
) -> None:
    path = tmp_path / "graph.ttl.gz"
    path.write_bytes(gzip.compress(f"{CLAIM}claim:c1 kg:definitional {said} .\n".encode()))
    made = load_link_columns(path)[0]
    assert tuple(made.read_level(0, reading) for reading in Reading) == levels
    assert made.link_counts["definitional"] == (said == "true")


def test_surrogates_are_counted_where_they_are_not_carried(tmp_path: Path) -> None:
    path = tmp_path / "graph.ttl.gz"
    path.write_bytes(gzip.compress(f"{CLAIM}entity:a kg:surrogate entity:b .\n".encode()))
    [told] = load_link_columns(path)[1]
    assert "1 accepted surrogate is not carried" in told.message


def test_size_and_packing_decide(tmp_path: Path) -> None:
    path = tmp_path / "graph.nt"
    path.touch()
    assert not identify_input(path).is_rated
    packed = path.with_name("graph.nt.gz")
    packed.touch()
    assert identify_input(packed).is_rated
    with path.open("wb") as file:
        file.truncate(MAX_BASE_BYTES + 1)
    assert identify_input(path).is_rated
    assert identify_input(tmp_path / "none.nt") is InputKind.MISSING


@pytest.mark.medium
def test_a_broken_line_is_told_and_nothing_is_built(tmp_path: Path) -> None:
    data = serialize([q.triple for q in encode_base(api.load().base)], format=RdfFormat.N_TRIPLES)
    lines = (data or b"").splitlines(keepends=True)
    lines[6] = b"<urn:a> no\n"
    path = tmp_path / "graph.nt.gz"
    path.write_bytes(gzip.compress(b"".join(lines)))
    found = kg("build", "--base", path, "-o", tmp_path / "out")
    assert found.returncode == 3
    assert f"{path}:7: KG030" in found.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        (CLAIM + "entity:a kg:sign", DataError, r"graph\.ttl\.gz:8: "),
        (CLAIM.partition(" ;\n  kg:object")[0] + " .", DataError, "claim:c1.* lacks its subject"),
        ("<a:a> <a:b> " + "<<( <a:a> <a:b> " * 20_000, LimitError, "triple terms"),
    ],
)
def test_bad_turtle_is_one_message(
    tmp_path: Path, text: str, error: type[Exception], message: str
) -> None:
    path = tmp_path / "graph.ttl.gz"
    path.write_bytes(gzip.compress(text.encode()))
    with pytest.raises(error) as raised:
        load_link_columns(path)
    told = f"{raised.value} {getattr(raised.value, 'diagnostics', '')}"
    assert re.search(message, told), told
