"""A store as the source of evidence: what it fetches for an outcome is graded as the whole is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kg import api
from kg.api.base import load_base
from kg.api.graphs import build_graph_quads
from kg.api.loading import load_files
from kg.errors import LimitError, UnknownName
from kg.model import Direct, Exposure, PairGrade, Sense
from kg.stores import evidence_source, open_store
from kg.stores.evidence_source import StoreEvidenceSource
from kg.stores.oxigraph_disk import write_store
from tests.support.shipped import grade_shipped, load_shipped, open_shipped_store
from tests.support.sparql_server import serving

MADE_UP = Path(__file__).parents[1] / "cases" / "queries" / "base"


def compared(pair: PairGrade) -> PairGrade:
    """A pair without its counts over all works that the base cites."""
    return replace(pair, direct=Direct(pair.direct.ratings, 0, 0, 0), by_origin=())


@pytest.mark.slow
def test_what_bears_on_an_outcome_is_graded_as_the_whole() -> None:
    base, store = load_shipped(), open_shipped_store()
    source = StoreEvidenceSource(store)
    smaller = 0
    for whole in grade_shipped():
        part = source.load_around(whole.outcome)
        smaller += len(part.claims) < len(base.claims) / 2
        (found,) = api.grade(part, whole.outcome, diagnostics=False)
        assert [*map(compared, found.pairs)] == [*map(compared, whole.pairs)], whole.outcome
    assert smaller > 50, "it is not the whole that is fetched"


def test_a_service_is_a_source_too() -> None:
    base = api.load(MADE_UP).base
    with serving() as service:
        store = open_store(service.spec)
        store.load(build_graph_quads(base))
        source = StoreEvidenceSource(store)
        (found,) = api.grade(source.load_around("scar"), "scar", diagnostics=False)
        (whole,) = api.grade(base, "scar", diagnostics=False)
        assert [*map(compared, found.pairs)] == [*map(compared, whole.pairs)]


@pytest.mark.slow
def test_names_are_ids_labels_and_synonyms() -> None:
    store = open_shipped_store()
    source = StoreEvidenceSource(store)
    assert source.resolve_node("acne-scars").id == "acne-scars"
    assert source.resolve_node("Acne scars").id == "acne-scars"
    with pytest.raises(UnknownName, match="no entity or exposure named 'nonsense'"):
        source.resolve_node("nonsense")


def test_an_imported_substance_is_taken_as_given(tmp_path: Path) -> None:
    (tmp_path / "nodes.tsv").write_text(
        "id\tcategory\tname\nD:1\tbiolink:Drug\taspirin\nP:1\tbiolink:Protein\tCOX\n"
        "X:1\tbiolink:Disease\tfever\n"
    )
    (tmp_path / "edges.tsv").write_text(
        "id\tsubject\tpredicate\tobject\na\tD:1\tbiolink:treats\tX:1\n"
        "b\tD:1\tdecreases_activity_of\tP:1\nc\tP:1\tbiolink:causes\tX:1\n"
    )
    load_files([tmp_path / "nodes.tsv", tmp_path / "edges.tsv"], tmp_path / "store")
    part = StoreEvidenceSource(open_store(tmp_path / "store")).load_around("X:1")
    assert isinstance(part.exposure["D:1"], Exposure)
    (graded,) = api.grade(part, "X:1", "D:1", diagnostics=False)
    (pair,) = graded.pairs
    assert (pair.sign, pair.sense) == (-1, Sense.DECREASE)
    assert pair.certainty.established.level.name == "NONE"
    assert any(len(chain.links) == 2 for chain in pair.chains)


def test_more_than_memory_should_hold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence_source, "MAX_UPSTREAM_NODES", 3)
    with pytest.raises(LimitError, match="make columns of the graph"):
        StoreEvidenceSource(open_shipped_store()).load_around("acne-scars")


def test_of_a_large_store_only_what_bears_on_the_outcome_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = api.load(MADE_UP).base
    place = write_store(build_graph_quads(base), tmp_path / "store")
    assert load_base(place, "rash").base == base
    monkeypatch.setattr("kg.api.base.LARGE_STORE_QUADS", 1)
    part = load_base(place, "rash").base
    assert 0 < len(part.claims) < len(base.claims)
    assert load_base(place, None).base == base
    with pytest.raises(UnknownName):
        load_base(place, "nonsense")
