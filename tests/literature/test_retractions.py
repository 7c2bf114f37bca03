"""A stored retraction acts on every grade; a reinstatement lifts it, a concern marks it."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.api.base import load_base
from kg.errors import DataError
from kg.formats.cache.look_ups import write_look_ups
from kg.formats.retraction_lists import read_retraction_list
from kg.literature.retractions import WITHDRAWAL_KINDS, apply_notices, find_status
from kg.model import Design, EvidenceBase, Status, Study, System
from kg.model.audit import LookUp, LookUpQuery, Notice, WorkRecord
from tests.support.cli import kg

TRIAL = Study("bad", "T", 2018, Design.RANDOMISED, System.HUMAN, pmid="29958291", doi="10.1000/AB")
BASE = EvidenceBase(studies=(TRIAL,), digest="x")
RETRACTED = Notice("retraction", "Crossref", date="2022-05-01")
REINSTATED = Notice("reinstatement", "Crossref", date="2023-01-01")
CONCERN = Notice("expression_of_concern", "Crossref", date="2021-01-01")


def look_up(*notices: Notice, **identifiers: str) -> LookUp:
    question = LookUpQuery("pmid", "29958291")
    work = WorkRecord("", notices=notices, **(identifiers or {"pmid": "29958291"}))  # type: ignore[arg-type]
    return LookUp("ncbi", question, "2025-08-07", "https://example.org/", (work,))


@pytest.mark.parametrize(
    ("notices", "status"),
    [
        ((), None),
        ((RETRACTED,), Status.RETRACTED),
        ((RETRACTED, REINSTATED), None),
        ((RETRACTED, REINSTATED, CONCERN), Status.CONCERN),
        ((RETRACTED, REINSTATED, replace(RETRACTED, date="2024-01-01")), Status.RETRACTED),
        ((replace(RETRACTED, date=""), REINSTATED), Status.RETRACTED),
        ((RETRACTED, replace(REINSTATED, date="")), Status.RETRACTED),
        ((CONCERN,), Status.CONCERN),
        ((RETRACTED, CONCERN), Status.RETRACTED),
        ((Notice("correction", "Crossref"),), None),
        *(((Notice(kind, "PubMed"),), Status.RETRACTED) for kind in sorted(WITHDRAWAL_KINDS)),
    ],
)
def test_what_notices_come_to_in_any_order(
    notices: tuple[Notice, ...], status: Status | None
) -> None:
    assert {find_status(order) for order in permutations(notices)} == {status}


@pytest.mark.parametrize(
    "identifiers", [{"pmid": "29958291"}, {"doi": "https://doi.org/10.1000/ab."}]
)
def test_a_study_is_met_by_any_spelling_of_its_identifiers(identifiers: dict[str, str]) -> None:
    found = apply_notices(BASE, [look_up(RETRACTED, **identifiers)])
    assert found.studies[0].status is Status.RETRACTED
    assert "looked up 2025-08-07" in found.studies[0].note
    assert found.digest != BASE.digest
    assert apply_notices(BASE, [look_up(RETRACTED, pmid="1")]) is BASE


@given(st.sampled_from(Status), st.lists(st.sampled_from([RETRACTED, REINSTATED, CONCERN])))
def test_a_curators_retraction_stands(status: Status, notices: list[Notice]) -> None:
    base = replace(BASE, studies=(replace(TRIAL, status=status),))
    found = apply_notices(base, [look_up(*notices)]).studies[0].status
    assert found is Status.RETRACTED if status is Status.RETRACTED else True
    assert found in (status, Status.RETRACTED, Status.CONCERN)


TRIAL_FILE = """
entities:
  - {id: magnesium, label: magnesium, kind: substance}
  - {id: cramp, label: cramp, kind: clinical-outcome, better: lower}
exposures:
  - {id: pill, label: pill, substance: magnesium, kind: supplementation, route: oral}
sources: [{id: tale, title: A tale}]
citations:
  - {id: c, source: tale, kind: in-text, line: 1, status: identified, study: bad}
claims:
  - {id: tale-1, source: tale, line: 1, role: headline, tier: 4, subject: pill,
     predicate: decreases, object: cramp, cues: [stops], citations: [c]}
studies:
  - {id: bad, title: T, year: 2018, design: randomised, system: human, pmid: "29958291", n: 500,
     verified: true, findings: [{id: bad.f, exposure: pill, outcome: cramp, direction: decrease,
     risk_of_bias: low}]}
"""


@pytest.mark.slow
def test_a_stored_retraction_reaches_grade_and_check(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(TRIAL_FILE, encoding="utf-8")
    before = kg("grade", "--base", str(tmp_path), "--outcome", "cramp").stdout
    write_look_ups([look_up(RETRACTED)], tmp_path / "look-ups.json")
    assert load_base(tmp_path).base.studies[0].status is Status.RETRACTED
    after = kg("grade", "--base", str(tmp_path), "--outcome", "cramp").stdout
    assert "moderate" in before.casefold()
    assert "moderate" not in after.casefold()
    assert "KG120" in kg("check", "--base", str(tmp_path)).stdout
    write_look_ups([look_up(RETRACTED, REINSTATED)], tmp_path / "look-ups.json")
    assert kg("grade", "--base", str(tmp_path), "--outcome", "cramp").stdout == before


TABLE = (
    "Record ID,Title,RetractionDate,RetractionDOI,OriginalPaperDOI,OriginalPaperPubMedID,"
    "RetractionNature\n"
    '1,"A, B",5/21/2022 0:00,10.1000/notice,10.1000/ab,0,Retraction\n'
    "2,B,2021-03-04,unavailable,unavailable,29958292,Expression of concern\n"
    "3,C,1/1/2020 0:00,10.1000/x,unavailable,0,Retraction\n"
)


def test_the_table_of_retraction_watch_is_read(tmp_path: Path) -> None:
    (tmp_path / "rw.csv").write_text(TABLE)
    first, second = read_retraction_list(tmp_path / "rw.csv")
    assert (first.doi, first.pmid, second.doi, second.pmid) == ("10.1000/ab", "", "", "29958292")
    assert first.notice == Notice(
        "retraction", "Retraction Watch", "doi:10.1000/notice", "2022-05-21"
    )
    assert (second.notice.kind, second.notice.date) == ("expression-of-concern", "2021-03-04")
    assert find_status([second.notice]) is Status.CONCERN


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("OriginalPaperDOI,Title\n", "list:1: the column 'OriginalPaperPubMedID'"),
        ("29958291\nnonsense\n", "list:2: 'nonsense' is neither a PMID nor a DOI"),
    ],
)
def test_what_is_no_list_of_retractions_is_refused(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "list").write_text(text)
    with pytest.raises(DataError) as raised:
        [*read_retraction_list(tmp_path / "list")]
    assert told in str(raised.value)


@pytest.mark.slow
@pytest.mark.parametrize("text", ["PMID: 29958291\n", "https://doi.org/10.1000/AB\n", TABLE])
def test_a_list_acts_on_every_reading_of_the_base(tmp_path: Path, text: str) -> None:
    folder = tmp_path / "base"
    folder.mkdir()
    (folder / "a.yaml").write_text(
        "sources:\n- {id: tale, title: T, topic: t}\nsource: tale\ncitations:\n"
        "- {id: ref, kind: in-text, line: 2, status: identified, study: bad, pmid: 29958291}\n"
        "studies:\n- {id: bad, title: T, year: 2018, pmid: 29958291, doi: 10.1000/AB, "
        "design: randomised, system: human, status: published}\n"
    )
    (tmp_path / "list.csv").write_text(text)
    assert load_base(folder).base.studies[0].status is Status.PUBLISHED
    done = kg("audit", "--base", folder, "--studies", "--retractions", tmp_path / "list.csv")
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert "1 identifiers of the base are listed" in done.stderr
    assert "list.csv, read 20" in done.stdout
    for form in ("text", "json", "csv", "markdown", "html"):
        for again in (("--studies",), ()):
            call = ("audit", "--base", folder, *again, "--format", form)
            assert kg(*call).returncode == 0, call
    study = load_base(folder).base.studies[0]
    assert study.status is Status.RETRACTED
    assert "looked up 20" in study.note
    assert (folder / "look-ups.json").exists()
    assert kg("audit", "--base", folder, "--retractions", "absent.csv").returncode == 2
