"""The recorded studies against what data/README.md says of them."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from kg.api import load

README = (Path(__file__).parents[2] / "data" / "README.md").read_text(encoding="utf-8")
BASE = load().base
STUDIES = BASE.studies


def test_the_readme_counts_what_is_there() -> None:
    """`scripts/docs --check` holds it up to date; here the counts are told in another way."""
    said = dict(re.findall(r"^\| ([^|]+) \| (\d+) \|$", README, re.MULTILINE))
    findings = [finding for study in STUDIES for finding in study.findings]
    assert int(said["studies"]) == len(STUDIES)
    assert int(said["findings"]) == len(findings)
    assert int(said["verified: a record was read and agreed"]) == sum(s.verified for s in STUDIES)
    assert int(said["without a finding"]) == len([s for s in STUDIES if s.findings == ()])
    rows = re.findall(r"^\| (\S+) \| (complete|partial) \| (\d+) \| (\d+) ", README, re.MULTILINE)
    claims = Counter(claim.source for claim in BASE.claims)
    assert {source: int(number) for source, _, number, _ in rows} == claims
    assert all(int(effects) <= int(number) for _, _, number, effects in rows)
    designs = re.findall(r"^\| [a-z-]+ \| [a-z-]+ \| (\d+) \|$", README, re.MULTILINE)
    assert sum(map(int, designs)) == len(STUDIES)


def test_no_two_studies_are_one_work() -> None:
    for key in ("doi", "pmid", "pmcid"):
        found = [value.lower() for study in STUDIES if (value := getattr(study, key))]
        assert len(found) == len(set(found)), key


def test_each_study_says_what_was_read() -> None:
    assert [study.id for study in STUDIES if not study.read] == []
