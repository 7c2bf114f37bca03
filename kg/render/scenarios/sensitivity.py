"""What of a grade is stable, and what hangs on one choice of grading."""

from __future__ import annotations

from collections.abc import Iterator

from kg.grading.conclusion import describe_conclusion
from kg.model import EvidenceBase, Reading
from kg.model.scenarios import PairSensitivity, Sensitivity, Standing
from kg.render.document import Block, Document, Field, RowTable, Rule
from kg.render.scenarios import common

COLUMN_NAMES = (
    *(*common.PAIR_COLUMNS, "choice", "setting", "verdict"),
    *("established", "as_described", "best_case", "differs", "direction", "level"),
)


def build_document(sensitivity: Sensitivity, base: EvidenceBase) -> Document:
    """The pairs, each with what is stable and what is not."""
    return Document(
        f"What the grade of {base.get_label(sensitivity.outcome)} hangs on",
        screen=_list_blocks(sensitivity, base),
        table=RowTable(COLUMN_NAMES, _list_rows(sensitivity)),
        encode=lambda: common.encode_result(
            "kg.sensitivity/1", sensitivity, [*map(_encode_pair, sensitivity.pairs)]
        ),
    )


def _list_blocks(sensitivity: Sensitivity, base: EvidenceBase) -> Iterator[Block]:
    yield Field("OUTCOME", base.get_label(sensitivity.outcome), "strong")
    yield Rule()
    if not sensitivity.pairs:
        yield Field("", "No source argues about it: there is no grade to try.")
    for pair in sensitivity.pairs:
        yield from common.build_pair_fields(pair, base, pair.now)
        yield Field("STABLE", _describe_stable(pair))
        yield from common.list_fields("HANGS ON", _list_deciding_choices(pair))
    yield Rule()
    choice_names = dict.fromkeys(v.choice for p in sensitivity.pairs for v in p.variations)
    choices_text = ", ".join(choice_names)
    yield Field("", f"One choice at a time, all others as in the profile: {choices_text}.", "faint")
    yield from common.list_footer(sensitivity.base)


def _list_deciding_choices(pair: PairSensitivity) -> Iterator[str]:
    if not pair.deciding_variations:
        yield f"no choice: the same under all {len(pair.variations)} settings"
    for variation in pair.deciding_variations:
        levels = common.format_levels(variation.standing.levels)
        verdict = describe_conclusion(variation.standing.conclusion)
        yield f"{variation.choice} {variation.setting}: {verdict} [{levels}]"


def list_stable(pair: PairSensitivity) -> tuple[str, ...]:
    """What is the same under every setting: `verdict` and names of readings."""
    stands = [variation.standing for variation in pair.variations]
    stable_readings = [
        r.value for r in Reading if all(_is_same_level(pair.now, s, r) for s in stands)
    ]
    same = all(s.conclusion == pair.now.conclusion for s in stands)
    return (*(["verdict"] if same else []), *stable_readings)


def _is_same_level(a: Standing, b: Standing, reading: Reading) -> bool:
    return a.levels[reading] is b.levels[reading]


def _describe_stable(pair: PairSensitivity) -> str:
    return ", ".join(name.replace("_", " ") for name in list_stable(pair)) or "nothing"


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


def _list_rows(sensitivity: Sensitivity) -> Iterator[tuple[str, ...]]:
    """One row for each setting; the first of a pair is the grade as it is."""
    for pair in sensitivity.pairs:
        yield _build_row(pair, "", "as it is", pair.now, differs=False)
        for v in pair.variations:
            differs = v in pair.deciding_variations
            yield _build_row(pair, v.choice, v.setting, v.standing, differs)


def _build_row(
    pair: PairSensitivity, choice: str, setting: str, standing: Standing, differs: bool
) -> tuple[str, ...]:
    return (
        *(*common.list_pair_cells(pair), choice, setting, standing.verdict.value),
        *(level.word for level in standing.levels),
        "yes" if differs else "no",
        *(standing.conclusion.direction.value, standing.conclusion.level.word),
    )
