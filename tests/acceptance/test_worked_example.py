"""The worked example of the grading specification, number by number."""

from __future__ import annotations

import pytest

from kg.api import grade
from kg.grading.body.appraise import appraise
from kg.grading.evidence import LINK_CONTEXT
from kg.grading.evidence_index import EvidenceIndex
from kg.grading.profiles import load_profile
from kg.grading.question import Question
from kg.model import Level, PairGrade, Reading, Sense, Verdict
from kg.search.kernels import KERNELS
from tests.acceptance.worked import GLYCINATE, base

CHAINS = {
    # id: (m of each link in best_case, d, best_case, ceiling)
    "as1": ((1, 2, 4, 4), 2, 1, 2),
    "as2": ((1, 4, 4), 2, 1, 2),
    "as3": ((3, 4, 4, 4), 2, 1, 2),
    "as7": ((1, 3, 4), 1, 1, 3),
    "as8": ((1, 2, 4), 1, 1, 3),
    "as9": ((1, 4, 4, 4), 2, 1, 2),
    "as10": ((1, 4), 0, 1, 4),
}


def pair(*chains: str) -> PairGrade:
    (graded,) = grade(base(*chains), "acne-scars", GLYCINATE, diagnostics=False)
    (found,) = [p for p in graded.pairs if p.sense is Sense.BENEFIT]
    return found


def words(levels: object) -> list[str]:
    return [Level(level).word for level in levels]  # type: ignore[attr-defined]


def test_the_pair() -> None:
    found = pair()
    assert words(c.level for c in found.certainty) == ["none", "none", "very low"]
    assert found.verdict is Verdict.UNSUPPORTED
    assert (found.gap, found.gap_best, found.severity.word) == (4, 3, "severe")
    assert found.direct.works_measured == 0
    assert found.mechanistic.word == "weak"


@pytest.mark.parametrize("id", CHAINS)
def test_each_chain(id: str) -> None:
    (chain,) = [c for c in pair().chains if c.id == id]
    links = tuple(link for link in chain.links if link.kind.value != "definitional")
    expected, distance, best, ceiling = CHAINS[id]
    assert tuple(int(link.effective.best_case) for link in links) == expected
    assert (chain.distance, int(chain.ceiling)) == (distance, ceiling)
    assert list(chain.certainty) == [Level.NONE, Level.NONE, Level(best)]
    assert any(link.effective.established is Level.NONE for link in chain.links)


def test_the_counter_chain_is_shown_and_does_not_count() -> None:
    (counter,) = [c for c in pair().counter_chains if c.id == "as4"]
    assert counter.counter
    assert counter.certainty.best_case is Level.VERY_LOW


def test_chains_that_end_beside_the_outcome_do_not_count() -> None:
    assert not {"as5", "as6"} & {c.id for c in pair().chains}


OWN = {
    ("mg-oral", "markers", -1): ("none", "low", "high"),
    ("mg-cells", "migration", 1): ("none", "low", "high"),
    ("mg-topical", "ulcer-closure", 1): ("none", "very low", "high"),
    ("mg-lack", "collagen-made", -1): ("none", "very low", "low"),
}
FOR_C = {
    (GLYCINATE, "markers", -1): ("none", "very low", "moderate"),
    (GLYCINATE, "migration", 1): ("none", "very low", "very low"),
    ("mg-topical", "ulcer-closure", 1): ("none", "very low", "moderate"),
    ("mg-lack", "collagen-made", -1): ("none", "very low", "low"),
}


@pytest.mark.parametrize("key", OWN)
def test_each_body_in_its_own_context(key: tuple[str, str, int]) -> None:
    evidence = [
        item.evidence
        for item in EvidenceIndex(base()).iterate_items_on({key[1]})
        if item.subject == key[0]
    ]
    ratings = appraise(
        [e.__class__(**{f: getattr(e, f) for f in e.__slots__} | {"sign": 1}) for e in evidence],
        LINK_CONTEXT,
        load_profile(),
    )
    assert tuple(r.level.word for r in ratings) == OWN[key]


@pytest.mark.parametrize("key", FOR_C)
def test_each_body_for_the_question(key: tuple[str, str, int]) -> None:
    b = base()
    exposure, outcome = b.exposure[GLYCINATE], b.entity["acne-scars"]
    kernel = KERNELS["embedded"]
    question = Question(EvidenceIndex(b), exposure, outcome, load_profile(), kernel)
    link = question.links[question.link_index_by_key[key]]
    assert tuple(r.level.word for r in link.ratings) == FOR_C[key]


def test_repair_sets_over_four_chains() -> None:
    repair = pair("as1", "as2", "as3", "as7").repair
    assert [r.size for r in repair[Reading.AS_DESCRIBED]] == [2, 3, 3, None]
    assert [r.size for r in repair[Reading.ESTABLISHED]] == [3, 3, 3, None]


def test_both_kernels_say_the_same() -> None:
    b = base()
    grades = [grade(b, "acne-scars", GLYCINATE, kernel=name, diagnostics=False) for name in KERNELS]
    assert [p.certainty for p in grades[0][0].pairs] == [p.certainty for p in grades[1][0].pairs]
