"""The recorded studies against what data/README.md says of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kg.api import load
from kg.model import Direction

README = (Path(__file__).parent.parent / "data" / "README.md").read_text(encoding="utf-8")
STUDIES = load().base.studies
FINDINGS = [finding for study in STUDIES for finding in study.findings]
OPEN = {Direction.NO_CLEAR_EFFECT, Direction.MIXED}
COUNTS = {
    "studies with": len(STUDIES),
    "findings are here": len(FINDINGS),
    "are verified": sum(study.verified for study in STUDIES),
    "findings are null or mixed": sum(f.direction in OPEN for f in FINDINGS),
    "have an interval": sum(f.ci_low is not None for f in FINDINGS),
    "studies are paid for": sum(study.seller_funded is True for study in STUDIES),
    "have no finding": sum(not study.findings for study in STUDIES),
}


@pytest.mark.parametrize("what", COUNTS)
def test_the_readme_counts_the_studies(what: str) -> None:
    said = re.search(rf"(\d+) {what}", " ".join(README.split()))
    assert said is not None
    assert int(said[1]) == COUNTS[what]


def test_no_two_studies_are_one_work() -> None:
    for key in ("doi", "pmid", "pmcid"):
        found = [value.lower() for study in STUDIES if (value := getattr(study, key))]
        assert len(found) == len(set(found)), key


def test_each_study_says_what_was_read() -> None:
    assert [study.id for study in STUDIES if not study.read] == []
