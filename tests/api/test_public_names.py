"""The names that `import kg` gives: what each answers, and what it says where it cannot."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import kg
from kg.api.base import InputKind, identify_input
from kg.errors import DataError, UnknownName, UsageError
from kg.grading.evidence_index import EvidenceChoice
from kg.model import LoadedBase, Reading
from kg.scenarios.request import GradeRequest

BASE = Path(__file__).resolve().parents[1] / "cases" / "cli" / "base"
PRODUCT = "magnesium-glycinate-oral"
FUNCTIONS = (
    *("appraise", "build", "check", "explain", "grade", "load", "plan", "query", "render"),
    *("report", "validate", "whatif"),
)
TAKE_A_BASE = ("check", "explain", "grade", "plan", "render", "report", "whatif")


@pytest.fixture(scope="module")
def loaded() -> LoadedBase:
    return kg.load()


def test_dir_shows_the_public_names_and_no_more() -> None:
    public_names = {name for name in dir(kg) if not name.startswith("_")}
    assert public_names == set(kg.__all__)
    assert public_names >= set(FUNCTIONS)
    assert all(callable(getattr(kg, name)) for name in kg.__all__)
    with pytest.raises(AttributeError, match="no attribute 'grades'"):
        _ = kg.grades


def test_importing_kg_imports_no_model_and_no_store() -> None:
    names = ("kg.model", "kg.stores", "yaml")
    code = f"import sys, kg; print([m for m in {names} if m in sys.modules])"
    run = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, check=False
    )
    assert run.stdout == "[]\n", run.stderr


def test_render_is_the_package_and_the_function() -> None:
    import kg.render as package

    assert package.RenderOptions(width=80).width == 80
    assert callable(package)


def test_a_loaded_base_shows_itself_in_one_line(loaded: LoadedBase) -> None:
    assert repr(loaded).startswith("<LoadedBase the data that kg ships: ")
    assert f"{len(loaded.base.claims)} claims" in repr(loaded)
    assert repr(kg.load(BASE)).startswith(f"<LoadedBase {BASE}: ")
    assert "\n" not in repr(loaded) + repr(loaded.base)
    assert repr(loaded.base).startswith("<EvidenceBase: ")


@pytest.mark.parametrize("name", TAKE_A_BASE)
def test_a_path_where_a_base_is_wanted_says_what_to_do(name: str) -> None:
    more = ("acne-scars",) if name in ("explain", "plan", "whatif") else ()
    with pytest.raises(UsageError, match=r"not 'my-data': load it first, as in .*kg\.load"):
        getattr(kg, name)("my-data", *more)


def test_loading_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"/nope: there is no such file or directory\. Name a"):
        kg.load("/nope")
    picture = tmp_path / "picture.gif"
    picture.touch()
    with pytest.raises(DataError, match="says no format that kg reads"):
        kg.load(picture)


def test_what_a_user_named_is_known(tmp_path: Path) -> None:
    for name in ("links.columns", "packed.nt.gz", "base.json", "base.ttl", "note.txt"):
        (tmp_path / name).touch()
    (tmp_path / "links.csv").write_text("subject,object,sign,level\na,b,1,low\n")
    (tmp_path / "edges.csv").write_text("id,subject,predicate,object,knowledge_level\n")
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "one.parquet").touch()
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "CURRENT").touch()
    named = {
        "links.columns": InputKind.SNAPSHOT,
        "packed.nt.gz": InputKind.RATED_LINKS,
        "base.json": InputKind.COMPILED,
        "base.ttl": InputKind.RDF,
        "note.txt": InputKind.UNKNOWN,
        "links.csv": InputKind.RATED_LINKS,
        "edges.csv": InputKind.KGX,
        "parts": InputKind.RATED_LINKS,
        "store": InputKind.STORE,
        "absent.csv": InputKind.MISSING,
    }
    assert {name: identify_input(tmp_path / name) for name in named} == named
    assert identify_input(None) is InputKind.SHIPPED
    assert identify_input(BASE) is InputKind.CURATED
    assert identify_input("sparql+http://localhost:1/sparql") is InputKind.ENDPOINT
    assert identify_input(f"oxigraph:{tmp_path / 'store'}") is InputKind.STORE


def test_a_request_is_what_was_said() -> None:
    request = GradeRequest.parse("acne-scars", "", None, "robins", "cited", "best_case")
    assert request == GradeRequest(
        "acne-scars", profile="robins", evidence=EvidenceChoice.CITED, reading=Reading.BEST_CASE
    )
    with pytest.raises(UsageError, match=r"reading is one of established, .*, not 'worst'"):
        GradeRequest.parse(reading="worst")
    with pytest.raises(UsageError, match="evidence is one of all, cited, literature, not 'some'"):
        kg.grade(kg.load(), evidence="some")
    with pytest.raises(UsageError, match="name an outcome"):
        GradeRequest().build_baseline(kg.load().base)


def test_each_name_that_does_not_exist_is_told(loaded: LoadedBase) -> None:
    wrong_names: tuple[dict[str, Any], ...] = (
        {"outcome": "acne-scar"},
        {"outcome": "acne-scars", "exposure": "magnesium"},
        {"source": "acne-scar-article"},
        {"profile": "grad"},
        {"kernel": "embeded"},
    )
    for choices in wrong_names:
        with pytest.raises(UnknownName, match="did you mean"):
            kg.grade(loaded, **choices)


@pytest.mark.slow
def test_grade_takes_what_load_gives(loaded: LoadedBase) -> None:
    (graded,) = kg.grade(loaded, "acne-scars", PRODUCT)
    assert (graded,) == kg.grade(loaded.base, outcome="acne-scars", exposure=PRODUCT)
    assert graded.diagnostics


@pytest.mark.slow
def test_explain_whatif_plan_and_check_answer(loaded: LoadedBase) -> None:
    assert kg.explain(loaded, "as2").subject.id == "as2"
    trial = f"rct, n=200, low bias, benefit: {PRODUCT} -> acne-scars"
    assert kg.whatif(loaded, "acne-scars", [trial], exposure=PRODUCT).pairs
    assert kg.plan(loaded, "acne-scars", PRODUCT).pairs
    assert {d.code for d in kg.check(loaded, "acne-scars-article")} >= {"KG101"}
    for call in (kg.plan, kg.whatif):
        with pytest.raises(UnknownName, match="no outcome named 'scurvy'"):
            call(loaded, "scurvy")
    with pytest.raises(UnknownName, match="claim, chain or pair"):
        kg.explain(loaded, "as99999")
    with pytest.raises(UnknownName, match="no source"):
        kg.check(loaded, "nobody")


def test_appraise_rates_every_row(tmp_path: Path) -> None:
    table = tmp_path / "falls.csv"
    table.write_text("outcome,design,risk_of_bias\nfalls,RCT,serious\nfalls,cohort,not serious\n")
    assert [body.body.outcome for body in kg.appraise(table)] == ["falls", "falls"]
    with pytest.raises(UsageError, match="No such file"):
        kg.appraise(tmp_path / "absent.csv")
    with pytest.raises(UsageError, match="reading is one of"):
        kg.appraise(table, reading="worst")
    table.write_text("outcome,design\nfalls,séance\n")
    with pytest.raises(DataError, match="1 fault in the table") as raised:
        kg.appraise(table)
    assert raised.value.diagnostics
    table.write_text("outcome,design\n")
    with pytest.raises(DataError, match="the table has no rows"):
        kg.appraise(table)


@pytest.mark.medium
def test_validate_query_and_build_take_a_path(tmp_path: Path) -> None:
    assert [d.code for d in kg.validate("/nope")] == ["KG023"]
    assert not [d for d in kg.validate(BASE) if d.severity.word == "severe"]
    assert kg.query("ASK { ?claim a kg:Claim }", BASE).boolean
    with pytest.raises(UsageError):
        kg.query("SELECT", BASE)
    assert {p.name for p in kg.build(BASE, tmp_path / "built")} == {"kg.trig", "kg.json", "store"}
    with pytest.raises(DataError, match="cannot be used"):
        kg.build("/nope", tmp_path / "other")


@pytest.mark.medium
def test_render_and_report_give_what_can_be_written(loaded: LoadedBase) -> None:
    assert str(kg.render(loaded, "acne-scars", PRODUCT, form="mmd")).startswith("flowchart")
    with pytest.raises(UnknownName, match="drawing"):
        kg.render(loaded, "acne-scars", form="gif")
    assert kg.report(loaded, "acne-scars").title
    with pytest.raises(UsageError, match="name what to report on"):
        kg.report(loaded)
