"""An accusation that a list names another work rests on a difference, not on spelling."""

from __future__ import annotations

import unicodedata

import pytest

from kg.literature.compare import Bibliography, compare_bibliography
from kg.literature.spelling import is_notice

AUTHORS, TITLE = "Example A, Sample B", "Zinc and waking in adults, a randomised trial"
JOURNAL = "Journal of Nutrition"


def differ(
    authors: tuple[str, str] = (AUTHORS, AUTHORS),
    titles: tuple[str, str] = (TITLE, TITLE),
    venues: tuple[str, str] = (JOURNAL, JOURNAL),
) -> tuple[str, ...]:
    listed, recorded = (
        Bibliography(author, 2019, title, (venue,))
        for author, title, venue in zip(authors, titles, venues, strict=True)
    )
    return compare_bibliography(listed, recorded)


@pytest.mark.parametrize(
    ("listed", "recorded"),
    [
        ("Li Y, Xu Z", "Li Y, Xu Z"),
        ("Wu X", "Wu X"),
        ("Müller K", "Mueller K"),
        ("Müller K", "Muller K"),
        (unicodedata.normalize("NFD", "Müller K"), "Müller K"),
        ("OShea K", "O'Shea K"),
        ("OShea K", "O’Shea K"),
        ("Smith JM", "J. M. Smith"),
        ("Sørensen P et al.", "Soerensen P"),
        ("ŁUKASZ J", "Lukasz J"),
    ],
)
def test_names_of_people(listed: str, recorded: str) -> None:
    assert differ(authors=(listed, recorded)) == ()
    assert differ(authors=(recorded, listed)) == ()


@pytest.mark.parametrize(
    ("listed", "recorded"), [("Li Y, Xu Z", "Wu Y, Hu Z"), ("Smith JM", "Jones JM")]
)
def test_other_people_differ_though_their_initials_agree(listed: str, recorded: str) -> None:
    assert differ(authors=(listed, recorded)) == ("author",)


@pytest.mark.parametrize(
    ("listed", "recorded"),
    [
        ("The Lancet", "Lancet (London, England)"),
        ("BMJ", "BMJ (Clinical research ed.)"),
        ("Medicine (Baltimore)", "Medicine"),
        ("Nutr Metab (Lond)", "Nutrition & Metabolism"),
        ("Dtsch Arztebl Int", "Deutsches Ärzteblatt International"),
        (
            "Proc Natl Acad Sci U S A",
            "Proceedings of the National Academy of Sciences of the United States of America",
        ),
    ],
)
def test_names_of_journals(listed: str, recorded: str) -> None:
    assert differ(venues=(listed, recorded)) == ()
    assert differ(venues=(recorded, listed)) == ()


@pytest.mark.parametrize(
    ("listed", "recorded"),
    [("Nutr Res", "Nutrition Reviews"), ("Pain", "Pain Medicine"), ("BMJ", "BMJ Open")],
)
def test_other_journals_differ(listed: str, recorded: str) -> None:
    assert differ(venues=(listed, recorded)) == ("journal",)


@pytest.mark.parametrize(
    ("listed", "recorded"),
    [
        (
            "Randomized trial of hemoglobin, esophagus and color",
            "Randomised trial of haemoglobin, oesophagus and colour",
        ),
        ("Tumor fibers analyzed at the center", "Tumour fibres analysed at the centre"),
    ],
)
def test_english_of_both_shores(listed: str, recorded: str) -> None:
    assert differ(titles=(listed, recorded)) == ()


@pytest.mark.parametrize(
    ("title", "notice"),
    [
        ("Erratum: Zinc and waking in adults", True),
        ("Corrigendum to “Zinc and waking in adults”", True),
        ("Author's Correction: Zinc and waking", True),
        ("Retraction notice to: Zinc and waking", True),
        ("Expression of concern: Zinc", True),
        ("Correction of zinc deficiency in infants", False),
        ("Retraction of the eyelid after surgery", False),
    ],
)
def test_a_notice_is_no_work(title: str, notice: bool) -> None:
    assert is_notice(title) is notice
