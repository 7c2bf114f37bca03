"""Pictures for other tools, the table of the whole base, and pictures that do not overlap."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import graphviz
import ndex2.cx2
import networkx
import pytest

from kg import api
from kg.model import EvidenceBase, OutcomeGrade
from kg.render import DIAGRAM_WRITERS
from kg.render.diagram import cx2, cyjs, dot, engines, graphml, heat_table, mermaid
from kg.render.diagram.build import build_whole_picture
from kg.render.diagram.picture import MOST_LABELS, DiagramOptions, Picture
from tests.render.test_diagram import crowd, drawn, hostile
from tests.support.cli import kg
from tests.support.shipped import grade_shipped, load_shipped

ROOT = Path(__file__).resolve().parents[2]
LINKED = DiagramOptions(links="http://127.0.0.1:8000")


@pytest.fixture(scope="module")
def base() -> EvidenceBase:
    return load_shipped()


@pytest.fixture(scope="module")
def grades() -> tuple[OutcomeGrade, ...]:
    return grade_shipped()


def ends(shown: Picture) -> list[tuple[str, str]]:
    return sorted((arrow.tail, arrow.head) for arrow in shown.arrows)


@pytest.fixture(scope="module", params=["example", "whole base"])
def shown(
    request: pytest.FixtureRequest, base: EvidenceBase, grades: tuple[OutcomeGrade, ...]
) -> Picture:
    return drawn() if request.param == "example" else build_whole_picture(grades, base, LINKED)


def test_graphml_reads_back(shown: Picture) -> None:
    graph = networkx.read_graphml(io.BytesIO(graphml.write(shown).encode()), force_multigraph=True)
    assert set(graph) == {box.id for box in shown.boxes}
    assert sorted((tail, head) for tail, head, _ in graph.edges(data=True)) == ends(shown)
    breaks = {values["break"] for *_, values in graph.edges(data=True)}
    assert breaks == {arrow.break_text for arrow in shown.arrows}
    assert {graph.nodes[box.id]["name"] for box in shown.boxes} == {b.label for b in shown.boxes}


def test_cyjs_reads_back(shown: Picture) -> None:
    graph = networkx.cytoscape_graph(json.loads(cyjs.write(shown)))
    assert sorted((tail, head) for tail, head, _ in graph.edges(data=True)) == ends(shown)
    levels = sorted(values["certainty"] for *_, values in graph.edges(data=True))
    assert levels == sorted("" if a.level is None else a.level.key for a in shown.arrows)


def test_cx2_reads_back(shown: Picture) -> None:
    network = ndex2.cx2.RawCX2NetworkFactory().get_cx2network(json.loads(cx2.write(shown)))
    nodes, edges = network.get_nodes(), network.get_edges()
    assert [nodes[n]["v"]["name"] for n in sorted(nodes)] == [box.label for box in shown.boxes]
    ids = [box.id for box in shown.boxes]
    assert sorted((ids[e["s"]], ids[e["t"]]) for e in edges.values()) == ends(shown)
    assert network.get_network_attributes()["name"] == shown.title


@pytest.mark.parametrize("name", sorted(DIAGRAM_WRITERS))
def test_hostile_labels_are_inert_in_every_drawing(name: str) -> None:
    text = DIAGRAM_WRITERS[name](hostile())
    assert "\x1b" not in text
    assert "\u202e" not in text
    if name == "graphml":
        assert "script" not in {element.tag for element in ElementTree.fromstring(text).iter()}
    if name in ("cx2", "cyjs"):
        assert json.loads(text)


def test_the_whole_base_leaves_nothing_out(
    base: EvidenceBase, grades: tuple[OutcomeGrade, ...]
) -> None:
    shown = build_whole_picture(grades, base, DiagramOptions())
    pairs = [pair for grade in grades for pair in grade.pairs]
    boxes = {box.id for box in shown.boxes}
    assert {p.exposure for p in pairs if p.wording.sigma} <= boxes
    links = {(x.subject, x.object) for p in pairs for c in p.chains for x in c.links}
    heads = {arrow.head for arrow in shown.arrows}
    assert {head for _, head in links} <= heads
    assert mermaid.write(shown).startswith("flowchart LR")


def test_the_table_shows_every_worded_clinical_pair_of_the_shipped_data(
    base: EvidenceBase, grades: tuple[OutcomeGrade, ...]
) -> None:
    table = heat_table.build_heat_table(grades, base, DiagramOptions())
    named = {claim.proposition.object for claim in base.claims}
    told = {
        p.id
        for grade in grades
        for p in grade.pairs
        if p.wording.sigma
        and p.outcome in named
        and base.entity[p.outcome].kind in heat_table.CLINICAL_KINDS
    }
    assert {cell.pair.id for cells in table.cells_by_position.values() for cell in cells} == told
    scars = table.cells_by_position["acne-scars", "magnesium-glycinate-oral"]
    assert [(cell.certainty_text, cell.gap_text) for cell in scars] == [("none", "worded +4")]


@pytest.mark.medium
def test_the_table_is_drawn_with_words_that_cannot_run(grades: tuple[OutcomeGrade, ...]) -> None:
    evil = '<img src="/etc/passwd"/>]]>&lt;'
    base = load_shipped()
    renamed = (replace(e, label=evil) if e.id == "acne-scars" else e for e in base.entities)
    hostile_base = replace(base, entities=tuple(renamed))
    text = heat_table.write(
        heat_table.build_heat_table(grades, hostile_base, DiagramOptions()), hostile_base
    )
    svg = engines.draw_picture(text, "svg")
    root = ElementTree.fromstring(svg)
    assert not [e for e in root.iter() if e.tag.endswith("image")]
    assert any("<img" in (e.text or "") for e in root.iter())


@pytest.mark.parametrize("boxes", [5, 25, 60])
def test_no_box_covers_another_and_no_label_leaves_its_box(boxes: int) -> None:
    shown = drawn(*crowd(60), boxes=boxes)
    assert shown.is_dense == (len(shown.arrows) > MOST_LABELS) == (boxes == 60)
    laid = json.loads(graphviz.pipe("dot", "json", dot.write(shown).encode(), quiet=True))
    places = [_rectangle(node) for node in laid["objects"] if "width" in node]
    assert len(places) > len(shown.boxes)
    for number, (name, left, low, right, high) in enumerate(places):
        for other, left2, low2, right2, high2 in places[number + 1 :]:
            apart = right <= left2 or right2 <= left or high <= low2 or high2 <= low
            assert apart, f"{name} covers {other}"
    for node in laid["objects"]:
        for text in node.get("_ldraw_", []):
            if text["op"] == "T" and "width" in node:
                assert text["width"] <= float(node["width"]) * 72, node["name"]


def _rectangle(node: dict[str, str]) -> tuple[str, float, float, float, float]:
    x, y = (float(part) for part in node["pos"].split(","))
    wide, high = float(node["width"]) * 36, float(node["height"]) * 36
    return node["name"], x - wide, y - high, x + wide, y + high


def test_a_dense_picture_says_breaks_on_paper_and_the_rest_aloud() -> None:
    shown = drawn(*crowd(60), boxes=60)
    text = dot.write(shown)
    assert "✗" in text
    assert "− high" not in text
    said = dot.describe_elements(shown).values()
    assert any("− high" in words for words in said)


def test_boxes_and_claims_lead_to_their_pages_and_nowhere_else(base: EvidenceBase) -> None:
    (graded,) = api.grade(base, outcome="acne-scars", diagnostics=False)
    from kg.render.diagram.build import build_picture

    shown = build_picture(graded, base, LINKED)
    svg = engines.draw_picture(dot.write(shown), "svg")
    kept = engines.make_accessible(svg, "", "", {}, LINKED.links).decode()
    assert 'href="http://127.0.0.1:8000/exposure/magnesium-glycinate-oral"' in kept
    assert "/claim/" in kept
    assert "href" not in engines.make_accessible(svg, "", "", {}).decode()
    assert "href" not in engines.make_accessible(svg, "", "", {}, "https://example.org").decode()
    assert "href" not in engines.make_accessible(svg, "", "", {}, "http://127.0.0.1:80").decode()


@pytest.mark.slow
@pytest.mark.parametrize("form", ["svg", "png", "pdf", "dot", "mmd", "graphml", "cx2", "cyjs"])
def test_the_whole_base_is_written_in_every_form(tmp_path: Path, form: str) -> None:
    done = kg("render", "--all", "-o", str(tmp_path / f"all.{form}"))
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / f"all.{form}").stat().st_size > 5_000


@pytest.mark.medium
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--all", "--outcome", "acne-scars"], "--all draws the whole base"),
        (["--pair", "acne-scars"], "is not of the form"),
        (["--pair", "zinc-oral--acne-vulgaris--good"], "is not of the form"),
        (["--pair", "magnesium-glycinate-oral--acne-scars--harm"], "no pair named"),
        (["--all", "--link-base", "javascript:alert(1)"], "is no http or https address"),
    ],
)
def test_what_cannot_be_drawn_is_said_in_one_sentence(words: list[str], said: str) -> None:
    done = kg("render", *words, "--format", "dot")
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.medium
def test_a_pair_is_drawn_alone() -> None:
    done = kg(
        "render", "--pair", "magnesium-glycinate-oral--acne-scars--benefit", "--format", "mmd"
    )
    assert done.returncode == 0
    assert "THE CLAIM" in done.stdout
