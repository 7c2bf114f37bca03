"""Grades in the formats of others: read back without loss, and accepted by the others' checkers."""

from __future__ import annotations

import json
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from fhir.resources.bundle import Bundle
from ga4gh.va_spec.base.core import Proposition
from ga4gh.va_spec.base.core import Statement as VaStatement
from hypothesis import given, settings
from hypothesis import strategies as st
from nanopub.nanopub import Nanopub
from nanopub.nanopub_conf import NanopubConf
from nanopub.sign_utils import verify_trusty
from nanopub.utils import MalformedNanopubError
from pydantic import ValidationError
from rdflib import ConjunctiveGraph, Dataset, Namespace

from kg import api
from kg.api.base import require_sound
from kg.errors import DataError
from kg.formats.exchange import EXCHANGES, nanopubs
from kg.formats.exchange.statement import Statement, SupportItem, TrailStep, build_statements
from kg.model import Level, Mechanistic, Readings, Sense, Tier, Verdict

JS = Path(__file__).resolve().parents[1] / "js"

words = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=30
).filter(lambda text: text.strip() == text and text != "-")
slugs = st.from_regex(r"[a-z][a-z0-9-]{0,12}", fullmatch=True)
levels = st.sampled_from(Level)
domains = st.sampled_from(["risk of bias", "imprecision", "start", "rule", "large effect"])
trails = st.lists(st.builds(TrailStep, domains, st.integers(-3, 4), words), max_size=4)
backings = st.lists(st.builds(SupportItem, slugs, words, words), max_size=3)


@st.composite
def made(draw: st.DrawFn) -> Statement:
    """Any statement."""
    exposure, outcome, sense = draw(slugs), draw(slugs), draw(st.sampled_from(Sense))
    base = "https://w3id.org/evidence-kg/"
    return Statement(
        iri=f"{base}grade/{exposure}:{outcome}:{sense}",
        exposure=f"{base}exposure/{exposure}",
        exposure_label=draw(words),
        outcome=f"{base}entity/{outcome}",
        outcome_label=draw(words),
        verb=draw(st.sampled_from(["improve", "worsen", "raise", "lower"])),
        sense=sense,
        sign=draw(st.sampled_from([1, -1])),
        verdict=draw(st.sampled_from(Verdict)),
        certainty=Readings(draw(levels), draw(levels), draw(levels)),
        refuted_by=draw(levels),
        mechanistic=draw(st.sampled_from(Mechanistic)),
        wording=draw(st.sampled_from(Tier)),
        gap=draw(st.integers(-4, 4)),
        gap_best=draw(st.integers(-4, 4)),
        rewrite=draw(words),
        trail=tuple(draw(trails)),
        works=tuple(draw(backings)),
        claims=tuple(draw(backings)),
        profile="grade 1.0",
        version="0.1.0",
        digest=draw(st.sampled_from(["", "0123abcd"])),
    )


several = st.lists(made(), min_size=1, max_size=3, unique_by=lambda s: s.iri)


@pytest.fixture(scope="module")
def shipped() -> tuple[Statement, ...]:
    """All pairs of three outcomes, with and without works and claims."""
    base = require_sound(api.load())
    grades = (
        grade
        for outcome in ("muscle-cramps", "acne-scars", "sleep-quality")
        for grade in api.grade(base, outcome, diagnostics=False)
    )
    return tuple(sorted(build_statements(grades, base), key=lambda s: s.iri))


@pytest.mark.medium
@pytest.mark.law("P30")
@pytest.mark.parametrize("name", sorted(EXCHANGES))
@settings(max_examples=40, deadline=None)
@given(given_statements=several)
def test_reading_undoes_writing(name: str, given_statements: list[Statement]) -> None:
    found = tuple(sorted(given_statements, key=lambda s: s.iri))
    form = EXCHANGES[name]
    assert form.read(form.write(found)) == found


@pytest.mark.parametrize("name", sorted(EXCHANGES))
def test_shipped_grades_come_back_as_they_were(name: str, shipped: tuple[Statement, ...]) -> None:
    assert any(s.works for s in shipped)
    assert any(s.claims for s in shipped)
    text = EXCHANGES[name].write(shipped)
    assert EXCHANGES[name].read(text) == shipped
    assert text == EXCHANGES[name].write(shipped)


@pytest.mark.parametrize("name", sorted(EXCHANGES))
@pytest.mark.parametrize("text", ["", "[]x", "{}", '[{"type": "Statement"}]', "[" * 5_000, "<a>"])
def test_what_kg_did_not_write_is_one_fault(name: str, text: str) -> None:
    with pytest.raises(DataError, match="that kg wrote"):
        EXCHANGES[name].read(text)


def test_fhir_is_valid_r5_and_carries_codes(shipped: tuple[Statement, ...]) -> None:
    text = EXCHANGES["fhir"].write(shipped)
    bundle = Bundle.model_validate_json(text)
    assert len(bundle.entry or ()) == len(shipped)
    for statement, entry in zip(shipped, json.loads(text)["entry"], strict=True):
        overall = entry["resource"]["certainty"][0]
        level = statement.certainty.established
        codes = [c["code"] for c in overall["rating"].get("coding", [])]
        assert codes == ([] if level is Level.NONE else [level.word.replace(" ", "-")])
        assert entry["resource"]["status"] == "active"


class AnyStatement(VaStatement):  # type: ignore[misc]
    """The library narrows a Statement to propositions on variants; the standard does not."""

    proposition: Proposition


def test_va_spec_is_valid(shipped: tuple[Statement, ...]) -> None:
    for given_statement in json.loads(EXCHANGES["va-spec"].write(shipped)):
        found = AnyStatement(**given_statement)
        assert (
            str(getattr(found.direction, "value", found.direction)) == given_statement["direction"]
        )
        with pytest.raises(ValidationError):
            AnyStatement(**{**given_statement, "direction": "sideways"})


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning")
def test_nanopublications_are_whole_and_their_names_prove_it(
    shipped: tuple[Statement, ...],
) -> None:
    quads = list(ox.parse(EXCHANGES["nanopub"].write(shipped).encode(), format=ox.RdfFormat.TRIG))
    names = {q.subject.value for q in quads if _is_name(str(getattr(q.subject, "value", "")))}
    assert len(names) == len(shipped)
    for name in sorted(names)[:4]:
        one = _alone(quads, name)
        assert verify_trusty(one, name, Namespace(f"{name}#"))
        assert Nanopub(rdf=one, conf=NanopubConf()).is_valid
        changed = _alone(quads, name)
        changed.remove(next(iter(changed.quads())))
        with pytest.raises(MalformedNanopubError, match="not valid"):
            verify_trusty(changed, name, Namespace(f"{name}#"))


def _is_name(iri: str) -> bool:
    return iri.startswith(nanopubs.NANOPUB_BASE) and "#" not in iri


def _alone(quads: list[ox.Quad], name: str) -> ConjunctiveGraph | Dataset:
    own = [q for q in quads if str(q.graph_name).startswith(f"<{name}#")]
    data = ox.serialize(own, format=ox.RdfFormat.N_QUADS)
    # nanopub 2.0, the last for Python 3.11, takes the one, 2.2 the other
    one = ConjunctiveGraph() if version("nanopub").startswith("2.0.") else Dataset()
    one.parse(data=data, format="nquads")
    return one


@pytest.mark.skipif(
    shutil.which("node") is None or not (JS / "node_modules" / "schema-dts").is_dir(),
    reason="needs node and tests/js/node_modules (scripts/test installs them)",
)
def test_claim_reviews_have_the_types_of_schema_org(
    shipped: tuple[Statement, ...], tmp_path: Path
) -> None:
    graph = json.loads(EXCHANGES["claimreview"].write(shipped))["@graph"]
    assert _typed([*graph], tmp_path) == ""
    graph[0]["claimReviewedd"] = graph[0].pop("claimReviewed")
    assert "claimReviewedd" in _typed([graph[0]], tmp_path)


def _typed(reviews: list[dict[str, Any]], folder: Path) -> str:
    """What TypeScript says of reviews whose type is schema-dts' ClaimReview."""
    lines = ["import type { ClaimReview } from 'schema-dts';"]
    for number, review in enumerate(reviews):
        lines.append(f"export const r{number}: ClaimReview = {json.dumps(review)};")
    (folder / "reviews.ts").write_text("\n".join(lines), encoding="utf-8")
    modules = folder / "node_modules"
    if not modules.exists():
        modules.symlink_to(JS / "node_modules")
    done = subprocess.run(
        ["node", modules / "typescript" / "bin" / "tsc", "--noEmit", "--strict", "reviews.ts"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout
