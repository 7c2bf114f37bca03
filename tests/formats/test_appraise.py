"""`kg appraise`: rows of summary tables, their faults, their replay, and the laws of judgements."""

from __future__ import annotations

import csv
import io
import json
import time
from dataclasses import replace
from itertools import islice, product, repeat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.formats.summary_tables.cells import read_design, read_judgement, read_level
from kg.formats.summary_tables.pooled_studies import group_studies
from kg.formats.summary_tables.reader import TABLE_COLUMNS, format_json_schema, read_bodies
from kg.grading.body.appraise import appraise
from kg.grading.body.judgement import RATING_NOT_ASSESSABLE, find_stated_rating
from kg.grading.profiles import load_profile
from kg.grading.published import (
    DOMAIN_NAMES,
    HUMAN_CONTEXT,
    UPGRADE_NAMES,
    AppraisedBody,
    PublishedBody,
    ReplayResult,
    rate_published_body,
    replace_upgrade_rule,
)
from kg.model import Design, Diagnostic, Level, Location, Reading
from kg.render.rated_links.appraisal import APPRAISAL_RENDERERS, RatingRules
from tests.support.cli import kg

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests" / "cases" / "appraise"
WORDS = ("not serious", "serious", "very serious", "extremely serious")
P = load_profile()
FRAME = RatingRules("grade", "1.0", "strict", "established")


def table(*rows: dict[str, str]) -> list[str]:
    text = io.StringIO()
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(text, names)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().splitlines(keepends=True)


def bodies(*rows: dict[str, str]) -> list[PublishedBody]:
    found = [
        *read_bodies(table(*({"outcome": "pain", "design": "RCT", **row} for row in rows)), "t")
    ]
    assert all(isinstance(one, PublishedBody) for one in found), found
    return [one for one in found if isinstance(one, PublishedBody)]


def rate(cells: dict[str, str] | None = None, name: str = "grade", **more: str) -> AppraisedBody:
    return rate_published_body(
        bodies({**(cells or {}), **more})[0], Reading.ESTABLISHED, load_profile(name)
    )


def faults(*lines: str) -> list[tuple[int, str]]:
    found = [
        one
        for one in read_bodies([f"{line}\n" for line in lines], "t.csv")
        if isinstance(one, Diagnostic)
    ]
    return [(one.location.line if one.location else 0, one.message) for one in found]


JUDGED = dict.fromkeys(DOMAIN_NAMES, "not serious")


@pytest.mark.parametrize("path", sorted(CASES.glob("*.csv")), ids=lambda path: path.stem)
def test_published_tables_replay(path: Path) -> None:
    name = "navguide" if "PMC7549128" in path.name else "grade"
    rules = replace_upgrade_rule(load_profile(name), "lenient")
    with path.open(encoding="utf-8", newline="") as lines:
        rows = [b for b in read_bodies(lines, path.name) if isinstance(b, PublishedBody)]
    assert rows
    for row in rows:
        done = rate_published_body(row, Reading.ESTABLISHED, rules)
        assert done.level == row.published_level, row.outcome
        assert done.replay is not None
        bounds = done.replay.low, done.replay.high
        told = (
            find_stated_rating("publication_bias", row.rows) is not None
        )  # one table has no such column
        assert done.replay.follows is (
            ReplayResult.YES if len(set(bounds)) == 1 else ReplayResult.MAY
        )
        assert told or "107845" in path.name
        assert len(set(bounds)) == 1 or not told


@pytest.mark.medium
def test_what_contradicts_its_judgements_is_told_with_the_step() -> None:
    path = str(CASES / "PMC7549128-tables-7-9-10.csv")
    done = kg("appraise", path, "--profile", "navguide", "--format", "json")
    found = json.loads(done.stdout)
    assert [row["replay"]["follows"] for row in found["rows"]] == [
        "does_not_follow", "follows", "does_not_follow",
    ]  # fmt: skip
    assert "--upgrade lenient" in found["rows"][0]["replay"]["step"]
    assert found["agreement"]["exact"] == 1
    assert found["agreement"]["within_one"] == 3
    text = kg("appraise", path, "--profile", "navguide").stdout
    assert "the published certainty does not follow from its judgements" in text


def test_the_step_names_the_judgement() -> None:
    cells = {**JUDGED, "risk_of_bias": "serious", "published_certainty": "high"}
    found = rate(cells).replay
    assert found is not None
    assert (found.follows, found.low, found.high) == (
        ReplayResult.NO,
        Level.MODERATE,
        Level.MODERATE,
    )
    assert "one level less taken off for risk of bias" in found.step


@pytest.mark.slow
@pytest.mark.law("P15")
def test_every_combination_of_judgements_is_monotone_and_additive() -> None:
    """The additive rule by hand, over all 1024 combinations and both usual starts."""
    for words, start in ((w, s) for w in product(range(4), repeat=5) for s in ("RCT", "cohort")):
        cells = {d: WORDS[n] for d, n in zip(DOMAIN_NAMES, words, strict=True)}
        no = dict.fromkeys(UPGRADE_NAMES, "no")
        row = rate(cells | no, design=start)
        top = 4 if start == "RCT" else 2
        assert row.level == max(1, top - sum(words))
        assert row.low == row.level == row.high


CELLS = st.fixed_dictionaries(
    {
        **{d: st.sampled_from(("", "not assessable", *WORDS)) for d in DOMAIN_NAMES},
        "design": st.sampled_from(
            ("RCT", "quasi-randomised", "cohort", "cross-sectional", "animal")
        ),
        "n_studies": st.sampled_from(("", "1", "4", "20")),
        "participants": st.sampled_from(("", "50", "300", "5000")),
        "egger_p": st.sampled_from(("", "0.01", "0.5")),
        "i2": st.sampled_from(("", "20", "60", "90")),
        "effect_measure": st.sampled_from(("", "RR", "MD")),
        "dose_response": st.sampled_from(("", "yes", "no")),
        "start_level": st.sampled_from(("", "low", "high")),
        "large_effect": st.sampled_from(("", "no", "large", "not assessable")),
    }
)
EFFECT = {"effect": "2.4", "ci_low": "1.2", "ci_high": "4.8"}


@pytest.mark.slow
@pytest.mark.law("P23")
@settings(deadline=None)
@given(CELLS, st.sampled_from(("strict", "lenient")), st.sampled_from(Reading), st.booleans())
def test_intervals_hold_levels_and_narrow(
    cells: dict[str, str], upgrade: str, reading: Reading, sized: bool
) -> None:
    rules = replace_upgrade_rule(P, upgrade)
    cells = {**cells, **(EFFECT if sized and cells["effect_measure"] else {})}
    open_row = rate_published_body(bodies(cells)[0], reading, rules)
    assert open_row.low <= open_row.level <= open_row.high
    for domain in DOMAIN_NAMES:
        if cells[domain] != "not assessable":
            continue
        for word in WORDS[: 2 if domain == "publication_bias" else 3]:
            row = rate_published_body(bodies({**cells, domain: word})[0], reading, rules)
            assert open_row.low <= row.low
            assert row.high <= open_row.high


@pytest.mark.slow
@pytest.mark.law("P15")
@settings(deadline=None)
@given(
    CELLS, st.sampled_from(DOMAIN_NAMES), st.integers(0, 2), st.sampled_from(("strict", "lenient"))
)
def test_a_worse_judgement_never_raises(
    cells: dict[str, str], domain: str, rating: int, upgrade: str
) -> None:
    rules = replace_upgrade_rule(P, upgrade)
    better, worse = (
        rate_published_body(bodies({**cells, domain: WORDS[n]})[0], Reading.ESTABLISHED, rules)
        for n in (rating, rating + 1)
    )
    assert worse.level <= better.level
    assert worse.low <= better.low
    assert worse.high <= better.high


@pytest.mark.slow
@pytest.mark.law("P12")
@settings(deadline=None)
@given(st.lists(CELLS, min_size=2, max_size=5))
def test_the_order_of_rows_changes_nothing(rows: list[dict[str, str]]) -> None:
    def levels(some: list[dict[str, str]]) -> list[tuple[Level, Level, Level]]:
        done = [rate_published_body(b, Reading.ESTABLISHED, P) for b in bodies(*some)]
        return [(r.level, r.low, r.high) for r in done]

    assert levels(rows)[::-1] == levels(rows[::-1])


def test_a_row_is_rated_as_a_link_is() -> None:
    body = bodies({**JUDGED, "imprecision": "serious", "n_studies": "3", "participants": "900"})[0]
    link = appraise([body.evidence], HUMAN_CONTEXT, P).established
    assert link.level == rate_published_body(body, Reading.ESTABLISHED, P).level == Level.MODERATE


def test_what_is_missing_is_unknown_and_never_a_default() -> None:
    nothing = rate()
    assert (nothing.low, nothing.level, nothing.high) == (Level.VERY_LOW, Level.LOW, Level.HIGH)
    assert rate_published_body(bodies({})[0], Reading.BEST_CASE, P).level == Level.HIGH
    one_known = rate(JUDGED, indirectness="")
    assert (one_known.low, one_known.high) == (Level.VERY_LOW, Level.HIGH)
    said = rate(JUDGED, imprecision="not assessable", participants="9000")
    assert (said.level, said.high) == (Level.MODERATE, Level.HIGH)


def test_given_judgements_and_starts_stand_above_the_numbers() -> None:
    small = {"participants": "40", "n_studies": "2", "i2": "95"}
    assert rate(JUDGED | small).level == Level.HIGH
    assert rate(JUDGED, design="quasi-randomised").level == Level.HIGH
    assert rate(JUDGED, design="cohort", start_level="moderate").rating.start_level == 3
    strong = {"effect_measure": "RR", "effect": "0.3", "ci_low": "0.2", "ci_high": "0.5"}
    no = {"dose_response": "no", "opposing_confounding": "no"}
    assert rate(JUDGED | strong | no, design="cohort").level == Level.MODERATE
    assert rate(JUDGED | strong | no, design="cohort", large_effect="no").high == Level.LOW


def test_profiles_start_elsewhere() -> None:
    starts = {
        n: rate(name=n, design="cohort").rating.start_level for n in ("grade", "robins", "navguide")
    }
    assert starts == {"grade": 2, "robins": 4, "navguide": 3}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("clinical trials (RCT)", Design.RANDOMISED),
        ("Randomized, double-blind, placebo-controlled trials", Design.RANDOMISED),
        ("randomised cross-over trial", Design.RANDOMISED_CROSSOVER),
        ("Non-randomised studies", Design.NON_RANDOMISED),
        ("controlled trial", Design.TRIAL_ALLOCATION_UNSTATED),
        ("prospective cohort studies", Design.COHORT),
        ("case-control", Design.CASE_CONTROL),
        ("case series", Design.CASE_REPORT),
        ("observational studies", Design.SYNTHESIS_OF_OBSERVATIONAL),
    ],
)
def test_designs_are_read_leniently(words: str, expected: Design) -> None:
    assert read_design(words)[0] is expected


@pytest.mark.parametrize(
    "words", ["cohrot study", "not randomised", "RCTs and cohort studies", "()"]
)
def test_other_designs_are_refused(words: str) -> None:
    with pytest.raises(ValueError, match=r"no design|mixes designs"):
        read_design(words)


def test_words_of_judgements_and_levels() -> None:
    assert [read_judgement(w) for w in (*WORDS, "No serious indirectness", "−2")] == [
        0,
        1,
        2,
        3,
        0,
        2,
    ]
    assert [read_level(w).word for w in ("VERY LOW", "⊕⊕⊕◯ Moderate", "⊕⊕◯◯")] == [
        "very low", "moderate", "low",
    ]  # fmt: skip
    with pytest.raises(ValueError, match="signs"):
        read_level("⊕⊕◯◯ high")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("seriousa", 1),
        ("not serious b", 0),
        ("very serious c,d", 2),
        ("Serious\u00b9", 1),
        ("serious (-1)", 1),
        ("low", 0),
        ("some concerns", 1),
        ("major concerns", 2),
        ("high", 2),
        ("unclear", RATING_NOT_ASSESSABLE),
        ("NA", RATING_NOT_ASSESSABLE),
        ("not reported", RATING_NOT_ASSESSABLE),
    ],
)
def test_words_of_other_tools_and_marks_of_footnotes(words: str, expected: int) -> None:
    assert read_judgement(words) == expected


@pytest.mark.parametrize("words", ["serious (-2)", "seriously", "nonsense", "non"])
def test_other_judgements_are_refused(words: str) -> None:
    with pytest.raises(ValueError, match=r"not understood|two things"):
        read_judgement(words)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("meta-analyses of RCTs", Design.SYNTHESIS_OF_RANDOMISED),
        ("network meta-analysis of RCTs", Design.SYNTHESIS_OF_RANDOMISED),
        (
            "Systematic review and meta-analysis of randomised trials",
            Design.SYNTHESIS_OF_RANDOMISED,
        ),
        ("cluster-randomised trial", Design.RANDOMISED),
        ("RCTs (n = 5)", Design.RANDOMISED),
        ("12 randomised trials", Design.RANDOMISED),
    ],
)
def test_designs_as_reviews_print_them(words: str, expected: Design) -> None:
    assert read_design(words)[0] is expected


@pytest.mark.parametrize(
    "cell",
    [
        "RR 0.81 (0.70 to 0.94)",
        "Risk ratio: 0,81 [0,70; 0,94]",
        "RR 0\u00b781 (0\u00b770\u20130\u00b794)",
        "RR 0.81, 95% CI 0.70-0.94",
    ],
)
def test_an_effect_with_its_interval_in_one_cell(cell: str) -> None:
    (body,) = bodies({"effect": cell})
    finding = body.evidence.finding
    assert (finding.measure, finding.estimate) == ("RR", 0.81)
    assert (finding.ci_low, finding.ci_high) == (0.70, 0.94)
    same = {"effect": "0.81", "effect_measure": "RR", "ci_low": "0.7", "ci_high": "0.94"}
    assert rate(effect=cell).level == rate(same).level


@pytest.mark.parametrize("dash", "\u2010\u2011\u2012\u2013\u2212-")
def test_every_dash_is_a_minus(dash: str) -> None:
    cells = {"effect_measure": "MD", "effect": "0.45", "ci_low": "0.80", "ci_high": "0.10"}
    signed = {name: f"{dash}{cell}" if cell[0] == "0" else cell for name, cell in cells.items()}
    finding = bodies(signed)[0].evidence.finding
    assert (finding.ci_low, finding.estimate, finding.ci_high) == (-0.80, -0.45, -0.10)


@pytest.mark.parametrize(
    ("column", "cell", "told"),
    [
        ("participants", "3.000", "may be 3 or 3000"),
        ("participants", "3.120", "may be 3.12 or 3120"),
        ("i2", "0.84", "may be 0.84 % or 84 %"),
        ("effect", "1,234", "may be 1.234 or 1234"),
        ("effect", "0.60", "effect_measure: empty"),
        ("effect", "1_0", "is no number"),
        ("effect", "0.81 (0.70", "an interval has its own columns"),
    ],
)
def test_what_may_be_two_things_is_asked_about(column: str, cell: str, told: str) -> None:
    ((_, message),) = faults(f"outcome;design;{column}", f"a;RCT;{cell}")
    assert told in message


@pytest.mark.parametrize("cell", ["a" + ":" * 100_000, "\u00b9" * 100_000 + "x", "a " * 60_000])
@pytest.mark.parametrize("column", ["effect", "risk_of_bias", "participants", "i2"])
def test_a_cell_of_any_length_takes_no_time(column: str, cell: str) -> None:
    begin = time.process_time()
    ((_, message),) = faults(f"outcome,design,{column}", f"a,RCT,{cell}")
    assert "longer than 500 letters" in message
    assert time.process_time() - begin < 1


def test_what_says_nothing_is_as_if_it_were_empty() -> None:
    names = ("effect", "ci_low", "ci_high", "participants", "i2", "published_certainty")
    for words in ("NA", "n/a", "not estimable", "\u2013", "NR"):
        assert rate(dict.fromkeys(names, words)).rating == rate().rating


def test_a_first_line_of_excel_names_the_delimiter() -> None:
    lines = ["sep=;\n", "outcome;design;participants\n", "falls;RCT;400\n", "x;rct;-1\n"]
    body, fault = read_bodies(lines, "t")
    assert isinstance(body, PublishedBody)
    assert (body.line, body.evidence.finding.n) == (3, 400)
    assert isinstance(fault, Diagnostic)
    assert fault.location == Location("t", 4)


@pytest.mark.medium
def test_a_cell_that_cannot_be_read_costs_its_row_and_no_other() -> None:
    text = "outcome,design,risk_of_bias\nsleep,RCT,low\npain,RCT,purple\nmood,RCT,NA\n"
    done = kg("appraise", "-", "--format", "json", input=text)
    answer = json.loads(done.stdout)
    assert done.returncode == 1
    assert [row["outcome"] for row in answer["rows"]] == ["sleep", "mood"]
    assert [(row["line"], row["reason"][:22]) for row in answer["left_out"]] == [
        (3, "risk_of_bias: 'purple'")
    ]
    for form in ("text", "markdown", "html"):
        done = kg("appraise", "-", "--format", form, input=text)
        assert (done.returncode, "Left out: stdin:3" in done.stdout) == (1, True)
        assert "rows were left out" in done.stderr
    assert "left out: stdin:3" in kg("appraise", "-", "--format", "csv", input=text).stderr
    assert kg("appraise", "-", "--pool", input=text).returncode == 3


def test_all_faults_at_once_with_their_rows() -> None:
    done = kg(
        "appraise",
        "-",
        input="outcome,design,participants,effect_measure,effect,ci_low,ci_high,i2,published_certainty\n"
        "a,RCT,-5,RR,0.5,0.7,0.9,120,excellent\n"
        "\n"
        "b,cohrot study,1,,,,,,\n"
        "c,RCT,1\n"
        ",RCT,1,MD,1,0,,,\n",
    )
    assert done.returncode == 3
    assert done.stdout == ""
    for told in (
        "stdin:2: KG062 participants: -5 is below 0",
        "i2: 120 is not within 0 to 100",
        "does not contain the effect 0.5",
        "'excellent' is no level",
        "stdin:4: KG062 design: no design is called 'cohrot study'; did you mean 'cohort study'",
        "stdin:5: KG061 3 cells where the head names 9 columns",
        "stdin:6: KG062 outcome: empty",
        "ci_low is given without ci_high",
    ):
        assert told in done.stderr, (told, done.stderr)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ("", "empty"),
        ("outcome", "'design' is missing"),
        ("outcome,design,design", "2 times"),
        ("outcome,design,risk_of_bais", "did you mean 'risk_of_bias'"),
    ],
)
def test_bad_heads(head: str, told: str) -> None:
    assert any(told in message for _, message in faults(head, "a,RCT,"))


@given(st.text(max_size=300))
def test_garbage_gives_faults_and_never_an_exception(text: str) -> None:
    for lines in (text.splitlines(keepends=True), ["outcome,design,i2\n", text]):
        assert all(isinstance(one, PublishedBody | Diagnostic) for one in read_bodies(lines, "t"))


@pytest.mark.parametrize("form", [*APPRAISAL_RENDERERS])
def test_rows_stream(form: str) -> None:
    """A table without an end gives its first pieces: nothing is gathered."""
    endless = (line for part in (["outcome,design\n"], repeat("a,RCT\n")) for line in part)
    rows = (
        rate_published_body(b, Reading.ESTABLISHED, P)
        for b in read_bodies(endless, "t")
        if isinstance(b, PublishedBody)
    )
    assert len([*islice(APPRAISAL_RENDERERS[form](rows, FRAME), 5)]) == 5


@pytest.mark.slow
def test_views_escape_what_others_wrote(tmp_path: Path) -> None:
    source = tmp_path / "t.csv"
    source.write_text(
        'outcome,design,note\n"<script>alert(1)</script>|=1",RCT,x\n', encoding="utf-8"
    )
    page = tmp_path / "profile.html"
    done = kg("appraise", str(source), "-o", str(page))
    assert (done.returncode, done.stdout) == (0, "")
    assert "columns that are not read: note" in done.stderr
    html = page.read_text(encoding="utf-8")
    assert "<script" not in html
    assert html.count('<div class="wide"') == html.count("</table></div>") == html.count("<table>")
    assert html.endswith("</html>\n")
    assert "\\|=1" in kg("appraise", str(source), "--format", "markdown").stdout
    row = next(csv.DictReader(io.StringIO(kg("appraise", str(source), "--format", "csv").stdout)))
    assert (row["level"], row["low"], row["high"]) == ("low", "very low", "high")


@pytest.mark.medium
def test_usage() -> None:
    assert kg("appraise", "no-such-file.csv").returncode == 2
    assert kg("appraise", "-", input="outcome,design\n").returncode == 3
    done = kg("appraise", str(CASES / "PMC11685323-table-6.csv"), "--profile", "navgide")
    assert done.returncode == 2
    assert "navguide" in done.stderr


def test_the_schema_is_that_of_the_reader() -> None:
    held = (ROOT / "ontology" / "appraisal.schema.json").read_text(encoding="utf-8")
    assert held == format_json_schema()
    told = json.loads(held)
    assert [*told["properties"]] == [column.name for column in TABLE_COLUMNS]
    for name, rule in told["properties"].items():
        column = next(c for c in TABLE_COLUMNS if c.name == name)
        for word in rule.get("enum", ()):
            column.read_cell(word)


STUDIES = """outcome,design,n_studies,participants,effect_measure,effect,ci_low,ci_high,risk_of_bias
falls,RCT,1,420,RR,0.80,0.60,1.07,not serious
falls,randomised trial,,250,RR,0.70,0.50,0.98,very serious
falls,RCT,1,900,RR,0.85,0.70,1.03,not serious
falls,cohort,1,900,RR,0.85,0.70,1.03,not serious
pain,RCT,,100,MD,-3,-6,0,serious
"""


def test_a_judgement_that_the_numbers_contradict_is_used_and_named() -> None:
    numbers = {"n_studies": "5", "participants": "5000", "effect_measure": "RR", "effect": "0.8"}
    row = {
        **{"outcome": "falls", "design": "RCT", "i2": "90", "p_heterogeneity": "0.001", **numbers},
        **{"ci_low": "0.7", "ci_high": "0.9", **dict.fromkeys(DOMAIN_NAMES, "not serious")},
    }
    for changes, domain, level, words in (
        ({}, "inconsistency", Level.HIGH, "I2 90 %, p 0.001"),
        ({"i2": "0", "participants": "90", "n_studies": "1"}, "imprecision", Level.HIGH, "90 part"),
        ({"n_studies": "1", "inconsistency": "serious"}, "inconsistency", Level.MODERATE, "one st"),
    ):
        [body] = read_bodies(table({**row, **changes}), "t.csv")
        assert isinstance(body, PublishedBody)
        rated = rate_published_body(body, Reading.ESTABLISHED, P)
        [text] = [j.text for j in rated.rating.judgements if "contradicted" in j.text]
        assert f"contradicted by the numbers: {words}" in text
        assert rated.level == level, "the judgement stands"
        assert next(j.domain for j in rated.rating.judgements if j.text == text) == domain


def test_pooled_rows_name_their_scales_all_or_not_at_all() -> None:
    row = {
        **{"outcome": "pain", "design": "RCT", "participants": "300", "effect_measure": "SMD"},
        **{"effect": "-0.4", "ci_low": "-0.6", "ci_high": "-0.2", "scale": "higher is worse"},
    }
    turned = {
        **row,
        "effect": "0.4",
        "ci_low": "0.2",
        "ci_high": "0.6",
        "scale": "higher-is-better",
    }
    pooled = [*group_studies(read_bodies(table(row, turned), "t.csv"), "t.csv")]
    [body] = pooled
    assert isinstance(body, PublishedBody)
    assert [item.finding.estimate for item in body.rows] == [0.4, 0.4]
    [fault] = group_studies(read_bodies(table(row, {**turned, "scale": ""}), "t.csv"), "t.csv")
    assert isinstance(fault, Diagnostic)
    assert "only some name their scale" in fault.message


@pytest.mark.medium
def test_rows_of_studies_are_pooled_to_bodies() -> None:
    found = json.loads(kg("appraise", "-", "--pool", "--format", "json", input=STUDIES).stdout)[
        "rows"
    ]
    assert [(row["outcome"], row["studies"]) for row in found] == [
        ("falls", 3), ("falls", 1), ("pain", 1),
    ]  # fmt: skip
    first = found[0]
    assert first["pooled"].startswith("pooled from 3 trials: RR 0.808 (0.699 to 0.933), tau2 0")
    assert first["domains"]["imprecision"]["change"] == 0, "1570 participants, the null excluded"
    assert first["domains"]["inconsistency"]["change"] == 0
    assert "19% of the weight at high risk" in first["domains"]["risk_of_bias"]["reason"]
    assert found[1]["domains"]["risk_of_bias"]["reason"] == "judged 0 by the table"
    alone = json.loads(kg("appraise", "-", "--format", "json", input=STUDIES).stdout)["rows"]
    assert len(alone) == 5, "without --pool a row is a body"


@pytest.mark.parametrize(
    ("second", "told"),
    [
        ("a,RCT,3,,,", "row 3 is one study, and gives n_studies 3"),
        ("a,RCT,1,serious,,", "rows 2 to 3 are pooled and judge indirectness differently"),
        ("a,RCT,1,,low,", "rows 2 to 3 are pooled and give different published certainties"),
    ],
)
def test_rows_that_cannot_be_one_body(second: str, told: str) -> None:
    head = "outcome,design,n_studies,indirectness,published_certainty,note\n"
    done = kg("appraise", "-", "--pool", input=f"{head}a,RCT,1,not serious,high,\n{second}\n")
    assert done.returncode == 3
    assert told in done.stderr


def test_another_profile_is_another_rule() -> None:
    assert replace_upgrade_rule(P, None) is P
    assert replace_upgrade_rule(P, "lenient")["upgrade"] == "lenient"
    body = bodies(JUDGED)[0]
    assert replace(body, published_level=Level.HIGH).published_level is Level.HIGH


@pytest.mark.medium
def test_a_domain_that_nobody_judged_is_not_said_to_be_fine(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("outcome,design,n_studies,participants\npain,randomised,3,900\n")
    text = kg("appraise", str(table)).stdout
    assert "not assessed: -3 to 0" in text
    assert "  ? indirectness" in text
    assert "a judgement of indirectness would narrow it most" in text
    markdown = kg("appraise", str(table), "--format", "markdown").stdout
    assert "| not assessed" in markdown
    assert "(unknown)" not in markdown
