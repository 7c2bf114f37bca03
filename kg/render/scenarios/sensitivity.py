"""What of a grade is stable, and what hangs on one choice of grading."""

from __future__ import annotations

from kg.model import EvidenceBase, Reading
from kg.model.scenarios import PairSensitivity, Sensitivity, Standing
from kg.registry import Registry
from kg.render import RenderOptions
from kg.render.grade.text import BOLD, DIM, TerminalPage
from kg.render.scenarios import common
from kg.render.writers import table

SENSITIVITY_RENDERERS: Registry[common.ScenarioRenderer[Sensitivity]] = Registry(
    "form",
    {
        "text": "kg.render.scenarios.sensitivity:render_text",
        "json": "kg.render.scenarios.sensitivity:render_json",
        "csv": "kg.render.scenarios.sensitivity:render_csv",
    },
)

COLUMN_NAMES = (
    *(*common.PAIR_COLUMNS, "choice", "setting", "verdict"),
    *("established", "as_described", "best_case", "differs"),
)


def render_text(sensitivity: Sensitivity, base: EvidenceBase, options: RenderOptions) -> str:
    """The pairs, each with what is stable and what is not."""
    page = TerminalPage(options)
    page.add_paragraph("OUTCOME", base.get_label(sensitivity.outcome), BOLD)
    page.add_rule()
    if not sensitivity.pairs:
        page.add_paragraph("", "No source argues about it: there is no grade to try.")
    for pair in sensitivity.pairs:
        _add_pair(page, pair, base)
    page.add_rule()
    choice_names = list(dict.fromkeys(v.choice for p in sensitivity.pairs for v in p.variations))
    page.add_paragraph(
        "", f"One choice at a time, all others as in the profile: {', '.join(choice_names)}.", DIM
    )
    common.add_footer(page, sensitivity.base)
    return page.join_lines()


def _add_pair(page: TerminalPage, pair: PairSensitivity, base: EvidenceBase) -> None:
    common.add_pair_heading(page, pair, base, pair.now)
    page.add_paragraph("STABLE", _describe_stable(pair))
    if not pair.deciding_variations:
        page.add_paragraph(
            "HANGS ON", f"no choice: the same under all {len(pair.variations)} settings"
        )
    for n, variation in enumerate(pair.deciding_variations):
        variation_standing = variation.standing
        variation_text = (
            f"{variation.choice} {variation.setting}: {variation_standing.verdict} "
            f"[{common.format_levels(variation_standing.levels)}]"
        )
        page.add_paragraph("HANGS ON" if n == 0 else "", variation_text)


def list_stable(pair: PairSensitivity) -> tuple[str, ...]:
    """What is the same under every setting: `verdict` and names of readings."""
    stands = [variation.standing for variation in pair.variations]
    stable_readings = [
        r.value for r in Reading if all(_is_same_level(pair.now, s, r) for s in stands)
    ]
    same = all(s.verdict is pair.now.verdict for s in stands)
    return (*(["verdict"] if same else []), *stable_readings)


def _is_same_level(a: Standing, b: Standing, reading: Reading) -> bool:
    return a.levels[reading] is b.levels[reading]


def _describe_stable(pair: PairSensitivity) -> str:
    return ", ".join(name.replace("_", " ") for name in list_stable(pair)) or "nothing"


def render_json(sensitivity: Sensitivity, base: EvidenceBase, options: RenderOptions) -> str:
    """All settings as a JSON object of the form `kg.sensitivity/1`."""
    return common.format_document(
        "kg.sensitivity/1", sensitivity, [_encode_pair(pair) for pair in sensitivity.pairs]
    )


def _encode_pair(pair: PairSensitivity) -> common.Json:
    return {
        **common.encode_pair_names(pair),
        "now": common.encode_standing(pair.now),
        "stable": list(list_stable(pair)),
        "variations": [
            {
                "choice": v.choice,
                "setting": v.setting,
                "differs": v in pair.deciding_variations,
                **common.encode_standing(v.standing),
            }
            for v in pair.variations
        ],
    }


def render_csv(sensitivity: Sensitivity, base: EvidenceBase, options: RenderOptions) -> str:
    """One row for each setting; the first of a pair is the grade as it is."""
    rows = [
        (
            *(*common.list_pair_cells(pair), choice, setting, row_standing.verdict.value),
            *(level.word for level in row_standing.levels),
            "yes" if differs else "no",
        )
        for pair in sensitivity.pairs
        for choice, setting, row_standing, differs in (
            ("", "as it is", pair.now, False),
            *(
                (v.choice, v.setting, v.standing, v in pair.deciding_variations)
                for v in pair.variations
            ),
        )
    ]
    return table.render_csv(COLUMN_NAMES, rows, options.width)
