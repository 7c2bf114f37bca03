"""Pages have their pictures without Graphviz' program, and their text where nothing draws."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kg.errors import OutsideError
from kg.render.diagram import engines
from kg.server.grade_library import GradeLibrary
from kg.server.views import drawing
from kg.server.views.outcome import render_outcome
from kg.server.views.page_context import PageContext
from kg.server.views.page_links import ServerLinks
from tests.server.serving import serving

WITHOUT_DOT = ("/usr/bin/env", "PATH=/nonexistent")
NO_PICTURE = "The picture of this argument cannot be drawn here"


@pytest.mark.slow
def test_without_dot_every_page_has_its_picture_under_load(tmp_path: Path) -> None:
    outcomes = sorted(GradeLibrary.read(None).outcome_ids)[:10]
    addresses = [
        f"/entity/{o}{end}" for o in outcomes for end in ("", "?reading=best_case", ".svg")
    ]
    options = ("--timeout", "60")
    with (
        serving(tmp_path, *options, before=WITHOUT_DOT) as server,
        ThreadPoolExecutor(8) as clients,
    ):
        replies = list(clients.map(lambda a: server.ask(a, timeout=240), (addresses * 7)[:200]))
        log = server.log.read_text()
    refused = {reply.text for reply in replies if reply.status != 200}
    assert Counter(reply.status for reply in replies) == {200: 200}, refused
    pages = [r.text for r in replies if r.headers["content-type"].startswith("text/html")]
    assert pages
    assert all('<figure class="graph" id="graph"><svg' in page for page in pages)
    assert "Traceback" not in log


@pytest.mark.slow
def test_a_page_whose_picture_cannot_be_drawn_has_its_text(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "dot").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "dot").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    drawing._draw_picture.cache_clear()
    drawing._is_stacked_upwards.cache_clear()
    context = PageContext(GradeLibrary.read(None), ServerLinks())
    page = render_outcome(context, min(context.grade_library.outcome_ids), {})
    drawing._is_stacked_upwards.cache_clear()
    assert page.count(NO_PICTURE) == 1
    assert "<svg" not in page
    assert "Evidence, link by link" in page


@pytest.mark.slow
@pytest.mark.parametrize("engine", engines.DRAWING_ENGINES, ids=lambda e: e.name)
def test_a_drawing_ends_in_time(engine: engines.DrawingEngine) -> None:
    arrows = "".join(f"n{i} -> n{(37 * i + 11 * j) % 900};" for i in range(900) for j in range(4))
    with pytest.raises(OutsideError, match=r"took longer than 0\.5 s"):
        engine.draw(f"digraph {{ {arrows} }}", "svg", 0.5)
    assert engine.draw("digraph { a -> b }", "svg", 60).startswith(b"<?xml")
