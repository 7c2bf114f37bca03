"""Mechanism paths: what is read, which way they point, and what each comes to."""

from __future__ import annotations

import csv
import io
import json
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.api.mechanisms import GradedPath, grade_paths
from kg.formats.kgx import biolink
from kg.formats.kgx.biolink import DirectionKind
from kg.formats.mechanism_paths.reader import read_path, read_paths
from kg.formats.mechanism_paths.to_base import build_base, list_variants
from kg.model import Diagnostic, Identification, Level, Mechanistic, System
from kg.model.mechanisms import MechanismPath, PathEvidence, PathLink, PathNode, SupportVerdict
from tests.support.cli import kg

SAMPLE = Path(__file__).parents[1] / "cases" / "paths" / "sample"


def graded(name: str) -> GradedPath:
    found = [*grade_paths([SAMPLE / f"{name}.yaml"])]
    return next(path for path in found if isinstance(path, GradedPath))


@pytest.mark.parametrize(
    ("name", "polarity", "best", "opened_by"),
    [
        ("DB00619_MESH_D015464_1", "lowers", Level.MODERATE, ""),
        ("DB00388_MESH_D015878_1", "raises", Level.NONE, ""),
        ("DB00382_MESH_D000544_1", "raises", Level.LOW, ""),
        ("DB00108_MESH_D009103_1", "open", Level.NONE, "molecularly interacts with"),
        ("B02362_MESH_D010392_1", "both", Level.MODERATE, ""),
        ("P01_DB00945_MESH_D009203", "lowers", Level.VERY_LOW, ""),
    ],
)
def test_a_path_of_the_sample(name: str, polarity: str, best: Level, opened_by: str) -> None:
    path = graded(name)
    assert (path.polarity, path.opened_by) == (polarity, opened_by)
    assert path.levels.best_case is best
    assert path.levels.established is Level.NONE, "nothing was looked up"


def test_evidence_items_are_described_works() -> None:
    path = graded("P01_DB00945_MESH_D009203")
    assert path.levels.as_described is Level.VERY_LOW
    assert path.mechanistic > Mechanistic.NONE
    assert path.works == 3
    assert path.weakest


def test_a_node_that_stands_twice_is_one() -> None:
    found = [*read_path(SAMPLE / "DB00035_MESH_D006467_1.yaml")]
    assert [f.code for f in found if isinstance(f, Diagnostic)] == ["KG011"]
    assert isinstance(found[-1], MechanismPath)
    assert len({node.id for node in found[-1].nodes}) == len(found[-1].nodes)


def path_of(*links: PathLink, ends: tuple[str, str] = ("a", "z")) -> MechanismPath:
    names = {*ends, *(end for link in links for end in (link.source, link.target))}
    nodes = tuple(PathNode(name, name.upper(), "Protein") for name in sorted(names))
    return MechanismPath("p", *ends, nodes, links)


def test_a_work_that_does_not_support_supports_no_more() -> None:
    items = [
        PathEvidence("PMID:1", SupportVerdict.SUPPORT, "HUMAN_CLINICAL"),
        PathEvidence("PMID:2", SupportVerdict.PARTIAL, "HUMAN_CLINICAL"),
        PathEvidence("PMID:3", SupportVerdict.SUPPORT, "IN_VITRO"),
        PathEvidence("PMID:3", SupportVerdict.NO_EVIDENCE, "IN_VITRO"),
        PathEvidence("PMID:4", SupportVerdict.REFUTE, "MODEL_ORGANISM"),
        PathEvidence("https://example.org/x", SupportVerdict.SUPPORT, "OTHER"),
    ]
    path = path_of(PathLink("a", "decreases activity of", "z", tuple(items)))
    base = build_base(path, list_variants(path)[0])
    seen = {c.pmid or c.url: (c.status, c.described and c.described.system) for c in base.citations}
    unread, wrong = Identification.NOT_LOOKED_UP, Identification.MISMATCH
    assert seen == {
        "1": (unread, System.HUMAN),
        "2": (unread, None),
        "3": (wrong, System.IN_VITRO),
        "4": (wrong, None),
        "https://example.org/x": (unread, None),
    }
    admitted = {c.pmid for c in base.citations if c.described and c.status is unread}
    assert admitted == {"1", None}


def test_routes_and_their_signs() -> None:
    branched = path_of(
        PathLink("a", "decreases activity of", "b"),
        PathLink("b", "participates in", "c"),
        PathLink("c", "causes", "z"),
        PathLink("b", "correlated with", "z"),
        PathLink("c", "increases activity of", "b"),
        PathLink("a", "increases degradation of", "c"),
    )
    found = list_variants(branched)
    assert [(len(r.links), r.sign, r.carried_links) for r in found] == [
        *((2, -1, 0), (2, 0, 0), (3, -1, 1), (3, 0, 0))
    ]
    assert found[1].unsigned_link is not None
    assert found[1].unsigned_link.key == "correlated with"
    assert list_variants(path_of(PathLink("b", "causes", "z"))) == ()
    backwards = list_variants(path_of(PathLink("a", "caused by", "z")))
    assert backwards[0].sign == 0, "a change of an effect says nothing about its cause"


def item(reference: str, source: str, supports: SupportVerdict) -> PathEvidence:
    return PathEvidence(reference, supports, source)


FOR, AGAINST = SupportVerdict.SUPPORT, SupportVerdict.REFUTE


def grade(tmp_path: Path, path: MechanismPath) -> GradedPath:
    """The grade of a path that was written to a file."""
    nodes = [{"id": n.id, "name": n.name, "label": n.category} for n in path.nodes]
    links = [
        {
            "key": link.key,
            "source": link.source,
            "target": link.target,
            "evidence": [
                {
                    "reference": e.reference,
                    "supports": e.supports.value,
                    "evidence_source": e.source,
                }
                for e in link.evidence
            ],
        }
        for link in path.links
    ]
    graph = {"_id": "p", "drug": "A", "drug_mesh": path.drug, "disease_mesh": path.disease}
    file = tmp_path / "p.yaml"
    file.write_text(json.dumps({"graph": graph, "nodes": nodes, "links": links}))
    (found,) = grade_paths([file])
    assert isinstance(found, GradedPath), found
    return found


def test_a_mechanism_is_graded_and_the_shortcut_stands_beside_it(tmp_path: Path) -> None:
    bench, trial = item("PMID:1", "IN_VITRO", FOR), item("PMID:2", "HUMAN_CLINICAL", FOR)
    steps = [
        PathLink("a", "decreases activity of", "b", (bench,)),
        PathLink("b", "causes", "z", (bench,)),
    ]
    alone = grade(tmp_path, path_of(*steps))
    beside = grade(tmp_path, path_of(*steps, PathLink("a", "treats", "z", (trial,))))
    assert (beside.levels, beside.weakest, beside.why) == (alone.levels, alone.weakest, alone.why)
    assert "cell culture" in beside.why
    assert (alone.direct, beside.direct) == ("", "treats: none / very low / high")


@pytest.mark.parametrize(
    ("evidence", "verdict", "best"),
    [
        ((item("PMID:1", "HUMAN_CLINICAL", FOR),), "", Level.HIGH),
        (
            (item("PMID:1", "HUMAN_CLINICAL", FOR), item("PMID:2", "HUMAN_CLINICAL", AGAINST)),
            "contested",
            Level.LOW,
        ),
        ((item("PMID:2", "HUMAN_CLINICAL", AGAINST),), "refuted", Level.NONE),
        (
            (item("PMID:2", "HUMAN_CLINICAL", FOR), item("PMID:2", "HUMAN_CLINICAL", AGAINST)),
            "refuted",
            Level.NONE,
        ),
    ],
)
def test_refutation_lowers_and_is_no_absence_of_evidence(
    tmp_path: Path, evidence: tuple[PathEvidence, ...], verdict: str, best: Level
) -> None:
    found = grade(tmp_path, path_of(PathLink("a", "treats", "z", evidence)))
    assert (found.verdict, found.levels.best_case) == (verdict, best)
    assert found.why.startswith(verdict)


@given(
    st.lists(
        st.sampled_from(["causes", "prevents", "participates in", "regulates"]),
        min_size=1,
        max_size=6,
    )
)
def test_the_sign_of_a_route_is_the_product_of_its_links(keys: list[str]) -> None:
    nodes = ["a", *(f"n{i}" for i in range(len(keys) - 1)), "z"]
    links = [PathLink(x, k, y) for (x, y), k in zip(pairwise(nodes), keys, strict=True)]
    (route,) = list_variants(path_of(*links))
    wanted = 0 if "regulates" in keys else (-1) ** keys.count("prevents")
    assert (route.sign, route.carried_links) == (wanted, keys.count("participates in"))


def test_every_predicate_of_the_table_has_one_meaning() -> None:
    table = biolink.load_biolink_table()
    names = [*table["signed"], *table["carried"]["predicates"], *table["reversed"]["predicates"]]
    assert len(set(names)) == len(names)
    for name in names:
        assert biolink.normalise_name(name) == name
        assert (
            biolink.find_meaning("biolink:" + name.replace(" ", "_")).direction_kind
            is not DirectionKind.SILENT
        )
    for level in table["tiers"]:
        biolink.find_tier(level)
        biolink.find_presentation(level)
    for category in table["kinds"]:
        biolink.find_entity_kind(f"biolink:{category}")
    assert biolink.find_system("OTHER") is None


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("", "KG023", "the file is empty"),
        ("- a\n", "KG008", "no mechanism path"),
        ("nodes: []\nlinks: []\n", "KG012", "the drug of the path"),
        ("nodes: x\nlinks: []\n", "KG008", "nodes is not a list"),
        ("nodes: [{id: a, label: Drug}]\nlinks: []\n", "KG006", "'name' is missing"),
        ("nodes: &a []\nlinks: *a\n", "KG003", "anchor"),
        ("nodes: [\n", "KG002", "YAML"),
    ],
)
def test_what_is_no_path(tmp_path: Path, text: str, code: str, words: str) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(text)
    found = [*read_path(file)]
    assert all(isinstance(fault, Diagnostic) for fault in found)
    assert any(isinstance(f, Diagnostic) and f.code == code and words in f.message for f in found)


@pytest.mark.medium
def test_a_link_to_nowhere_and_an_unknown_word(tmp_path: Path) -> None:
    good = (SAMPLE / "P01_DB00945_MESH_D009203.yaml").read_text()
    (tmp_path / "a.yaml").write_text(good.replace("target: GO:0070527", "target: GO:1"))
    (tmp_path / "b.yaml").write_text(good.replace("supports: SUPPORT", "supports: PERHAPS", 1))
    (tmp_path / "_index.yaml").write_text("- id: x\n")
    done = kg("paths", str(tmp_path))
    assert (done.returncode, done.stdout) == (3, "")
    assert "2 files cannot be used" in done.stderr
    assert "a.yaml:" in done.stderr
    assert "names 'GO:1', which is no node" in done.stderr
    assert "supports is 'PERHAPS'" in done.stderr
    (tmp_path / "c.yaml").write_text(good)
    done = kg("paths", str(tmp_path), "--summary")
    assert done.returncode == 0
    assert done.stdout.startswith("3 files: 1 read as paths, 2 left out")
    assert kg("paths", str(tmp_path), "--strict").returncode == 3
    assert kg("paths", str(tmp_path / "absent")).returncode == 3


@pytest.mark.medium
def test_the_command_gives_text_csv_and_json() -> None:
    text = kg("paths", str(SAMPLE)).stdout
    assert "7 files: 7 read as paths, 0 left out" in text
    rows = [*csv.DictReader(io.StringIO(kg("paths", str(SAMPLE), "--format", "csv").stdout))]
    found = json.loads(kg("paths", str(SAMPLE), "--format", "json").stdout)
    assert [row["path"] for row in rows] == [path["path"] for path in found["paths"]]
    assert found["schema"] == "kg.paths/1"
    counts = found["counts"]
    assert sum(counts["polarity"].values()) + counts["left_out"] == counts["read"] == 7


@pytest.mark.slow
def test_thousands_of_files_take_seconds(tmp_path: Path) -> None:
    texts = [file.read_text() for file in sorted(SAMPLE.glob("*.yaml"))]
    for number in range(2000):
        (tmp_path / f"{number:04}.yaml").write_text(texts[number % len(texts)])
    began = time.process_time()
    found = [*grade_paths([tmp_path])]
    assert time.process_time() - began < 20
    assert sum(isinstance(path, GradedPath) for path in found) == 2000


def test_a_list_of_paths_is_read_path_by_path(tmp_path: Path) -> None:
    one = (
        "- graph: {_id: NAME, disease: d, disease_mesh: 'D:1', drug: c, drug_mesh: 'C:1'}\n"
        "  links: [{key: treats, source: 'C:1', target: 'D:1'}]\n"
        "  nodes: [{id: 'C:1', label: Drug, name: c}, {id: 'D:1', label: Disease, name: d}]\n"
    )
    file = tmp_path / "indication_paths.yaml"
    file.write_text(
        one.replace("NAME", "A") + "- {nodes: [], graph: {}}\n" + one.replace("NAME", "B")
    )
    paths = [p for p in read_paths([file]) if isinstance(p, MechanismPath)]
    faults = [p for p in read_paths([file]) if isinstance(p, Diagnostic)]
    assert [(p.id, p.location and p.location.line) for p in paths] == [("A", 1), ("B", 5)]
    assert [fault.location and fault.location.line for fault in faults] == [4]
