"""What of a grade is stable, and what hangs on one choice of grading."""

from __future__ import annotations

from kg.model import EvidenceBase, Reading
from kg.model.shifts import PairSensitivity, Sensitivity, Standing
from kg.registry import Registry
from kg.render import Options, shifts, table
from kg.render.text import BOLD, DIM, Page

FORMS: Registry[shifts.Form[Sensitivity]] = Registry(
    "form",
    {
        "text": "kg.render.sensitivity:text",
        "json": "kg.render.sensitivity:as_json",
        "csv": "kg.render.sensitivity:as_csv",
    },
)

HEAD = (
    *(*shifts.PAIR_HEAD, "choice", "setting", "verdict"),
    *("established", "as_described", "best_case", "differs"),
)


def text(found: Sensitivity, base: EvidenceBase, options: Options) -> str:
    """The pairs, each with what is stable and what is not."""
    page = Page(options)
    page.say("OUTCOME", base.label(found.outcome), BOLD)
    page.rule()
    if not found.pairs:
        page.say("", "No source argues about it: there is no grade to try.")
    for pair in found.pairs:
        _pair(page, pair, base)
    page.rule()
    tried = list(dict.fromkeys(v.choice for p in found.pairs for v in p.variations))
    page.say("", f"One choice at a time, all others as in the profile: {', '.join(tried)}.", DIM)
    shifts.foot(page, found.base)
    return page.text()


def _pair(page: Page, pair: PairSensitivity, base: EvidenceBase) -> None:
    shifts.headed(page, pair, base, pair.now)
    page.say("STABLE", _stable(pair))
    if not pair.hanging:
        page.say("HANGS ON", f"no choice: the same under all {len(pair.variations)} settings")
    for n, variation in enumerate(pair.hanging):
        at = variation.standing
        told = f"{variation.choice} {variation.setting}: {at.verdict} [{shifts.levels(at.levels)}]"
        page.say("HANGS ON" if n == 0 else "", told)


def stable(pair: PairSensitivity) -> tuple[str, ...]:
    """What is the same under every setting: `verdict` and names of readings."""
    stands = [variation.standing for variation in pair.variations]
    found = [r.value for r in Reading if all(_same(pair.now, s, r) for s in stands)]
    same = all(s.verdict is pair.now.verdict for s in stands)
    return (*(["verdict"] if same else []), *found)


def _same(a: Standing, b: Standing, reading: Reading) -> bool:
    return a.levels[reading] is b.levels[reading]


def _stable(pair: PairSensitivity) -> str:
    return ", ".join(name.replace("_", " ") for name in stable(pair)) or "nothing"


def as_json(found: Sensitivity, base: EvidenceBase, options: Options) -> str:
    """All settings as a JSON object of the form `kg.sensitivity/1`."""
    return shifts.document("kg.sensitivity/1", found, [_encoded(pair) for pair in found.pairs])


def _encoded(pair: PairSensitivity) -> shifts.Json:
    return {
        **shifts.named(pair),
        "now": shifts.encode_standing(pair.now),
        "stable": list(stable(pair)),
        "variations": [
            {
                "choice": v.choice,
                "setting": v.setting,
                "differs": v in pair.hanging,
                **shifts.encode_standing(v.standing),
            }
            for v in pair.variations
        ],
    }


def as_csv(found: Sensitivity, base: EvidenceBase, options: Options) -> str:
    """One row for each setting; the first of a pair is the grade as it is."""
    rows = [
        (
            *(*shifts.cells(pair), choice, setting, at.verdict.value),
            *(level.word for level in at.levels),
            "yes" if differs else "no",
        )
        for pair in found.pairs
        for choice, setting, at, differs in (
            ("", "as it is", pair.now, False),
            *((v.choice, v.setting, v.standing, v in pair.hanging) for v in pair.variations),
        )
    ]
    return table.as_csv(HEAD, rows, options.width)
