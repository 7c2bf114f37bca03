"""How pictures of the shipped data look: no line runs through a lane's name, words stand out."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from kg.render.diagram.picture import PALETTES
from tests.support.cli import kg

ROOT = Path(__file__).resolve().parents[2]
Point = tuple[float, float]
LINE = 12.0
"""Height of a line of a lane's name, in points."""
ASKED = {
    "outcome": ("--outcome", "acne-scars"),
    "exposure": ("--exposure", "magnesium-glycinate-oral"),
    "source": ("--source", "acne-scars-article"),
}


def laid_out(*asked: str) -> dict[str, Any]:
    text = kg("render", *asked, "--format", "dot").stdout
    drawn = subprocess.run(
        ["dot", "-Tjson"], input=text.encode(), check=True, capture_output=True
    ).stdout
    found: dict[str, Any] = json.loads(drawn)
    return found


def names(drawn: dict[str, Any]) -> Iterator[tuple[str, float, float, float, float]]:
    """Each lane's name and the box of its first line: left, bottom, right, top; in points."""
    for item in drawn["objects"]:
        label = item.get("label", "").partition("\\n")[0].strip()
        if item["name"].startswith("cluster_") and label.isupper():
            x, y = (float(part) for part in item["lp"].split(","))
            wide, high = (float(item[n]) * 72 for n in ("lwidth", "lheight"))
            top = y + high / 2
            yield label, x - wide / 2, top - LINE, x + wide / 2, top


def points(edge: dict[str, Any]) -> Iterator[Point]:
    """Places along an edge, close to each other: Graphviz gives cubic Bezier curves."""
    spline = edge.get("pos", "").split()
    ends = [p for p in spline if p[0] not in "se"]
    knots = [tuple(float(v) for v in p.split(",")) for p in ends]
    for start in range(0, len(knots) - 3, 3):
        a, b, c, d = knots[start : start + 4]
        for step in range(33):
            t = step / 32
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            yield (
                sum(w * p[0] for w, p in zip(weights, (a, b, c, d), strict=True)),
                sum(w * p[1] for w, p in zip(weights, (a, b, c, d), strict=True)),
            )


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("dot") is None, reason="needs Graphviz")
@pytest.mark.parametrize("boxes", ["5", "25", "60"])
@pytest.mark.parametrize("asked", ASKED)
def test_no_arrow_runs_through_the_name_of_a_lane(asked: str, boxes: str) -> None:
    drawn = laid_out(*ASKED[asked], "--nodes", boxes)
    lanes = list(names(drawn))
    assert len(lanes) >= 2
    for edge in drawn["edges"]:
        if edge.get("style") == "invis":
            continue
        half = float(edge.get("penwidth", 1)) / 2
        for x, y in points(edge):
            for name, left, bottom, right, top in lanes:
                inside = left < x < right and bottom - half < y < top + half
                assert not inside, (name, edge.get("id"))


@pytest.mark.medium
@pytest.mark.skipif(shutil.which("dot") is None, reason="needs Graphviz")
@pytest.mark.parametrize(
    ("name", "theme"), [("acne-scars.svg", "--light"), ("acne-scars-dark.svg", "--dark")]
)
def test_the_picture_of_the_readme_is_of_the_data(tmp_path: Path, name: str, theme: str) -> None:
    """Drawn anew it has the same words, but for the day: kg render --outcome acne-scars -o ..."""
    drawn = tmp_path / name
    done = kg("render", "--outcome", "acne-scars", theme, "-o", drawn)
    assert done.returncode == 0, done.stderr
    assert written(drawn) == written(ROOT / "docs" / "images" / name)


def written(picture: Path) -> list[str]:
    texts = (
        e.text or "" for e in ElementTree.parse(picture).iter("{http://www.w3.org/2000/svg}text")
    )
    return sorted(re.sub(r" · \d{4}-\d\d-\d\d$", "", text) for text in texts)


@pytest.mark.parametrize("theme", PALETTES)
def test_words_stand_out_from_what_is_behind_them(theme: str) -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1."""
    p = PALETTES[theme]
    for words, behind in (
        *((p.text, p.ground), (p.text, p.band), (p.soft, p.ground), (p.soft, p.band)),
        *((p.on_focus, p.focus), (p.on_mark, p.mark)),
    ):
        assert contrast(words, behind) >= 4.5, (words, behind)


def contrast(one: str, other: str) -> float:
    """Ratio of relative luminances, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
