"""What the views of suppositions share: levels, pairs and links in words and as plain values."""

from __future__ import annotations

import json
from typing import Any, Protocol, TypeVar

from kg.model import BaseSummary, EvidenceBase, Level, Readings, Sense, Study
from kg.model.shifts import Plan, Sensitivity, Standing, WhatIf
from kg.render import Options, words
from kg.render.text import BOLD, DIM, Page

Json = dict[str, Any]

Found_contra = TypeVar("Found_contra", contravariant=True)


class Form(Protocol[Found_contra]):
    """A form in which what was found is shown."""

    def __call__(self, found: Found_contra, base: EvidenceBase, options: Options) -> str:
        """The whole view, with a newline at its end."""


class Pair(Protocol):
    """What every pair of a supposition names."""

    @property
    def exposure(self) -> str:
        """Id of the exposure."""

    @property
    def outcome(self) -> str:
        """Id of the outcome."""

    @property
    def sense(self) -> Sense:
        """Benefit, harm, increase or decrease."""


def headed(page: Page, pair: Pair, base: EvidenceBase, now: Standing | None = None) -> None:
    """Write which pair is meant and where it stands."""
    page.say("PAIR", f"{base.label(pair.exposure)}, {pair.sense}", BOLD)
    if now is not None:
        page.say("NOW", f"{now.verdict} [{levels(now.levels)}]")


def named(pair: Pair) -> Json:
    """Which pair is meant, as plain values."""
    return {"exposure": pair.exposure, "outcome": pair.outcome, "sense": pair.sense.value}


def cells(pair: Pair) -> tuple[str, str, str]:
    """Which pair is meant, as the first cells of a row under `PAIR_HEAD`."""
    return pair.outcome, pair.exposure, pair.sense.value


PAIR_HEAD = ("outcome", "exposure", "sense")


def document(form: str, found: WhatIf | Plan | Sensitivity, pairs: list[Json], **more: Any) -> str:
    """What was found as JSON text: an object of the form, with its pairs and what was graded."""
    value = {
        "schema_version": form,
        "outcome": found.outcome,
        **more,
        "pairs": pairs,
        "base": encode_base(found.base),
    }
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def levels(readings: Readings[Level] | None) -> str:
    """The words of three readings, or `absent`."""
    return "absent" if readings is None else words.levels(readings)


def moved(before: Readings[Level] | None, after: Readings[Level] | None) -> str:
    """Three levels before and after; once where they are the same."""
    if before == after:
        return f"[{levels(before)}], as before"
    return f"[{levels(before)}] -> [{levels(after)}]"


def link(id: str, base: EvidenceBase) -> str:
    """A link in words."""
    return words.link_words(id, base)


def sources_line(about: BaseSummary) -> str:
    """Profile and version that every grade must name."""
    return f"profile {about.profile} {about.profile_version}, kg {about.version}. {words.CAVEAT}"


def foot(page: Page, about: BaseSummary) -> None:
    """Write what the three words mean and the profile."""
    page.say("", "Certainty: established / as described / best case.", DIM)
    page.say("", sources_line(about), DIM)


def encode_levels(readings: Readings[Level] | None) -> Json | None:
    """Three levels as plain values."""
    if readings is None:
        return None
    names = ("established", "as_described", "best_case")
    return {name: level.key for name, level in zip(names, readings, strict=True)}


def encode_standing(standing: Standing) -> Json:
    """Where a pair stands as plain values."""
    return {
        "certainty": encode_levels(standing.levels),
        "refuted_by": standing.refuted_by.key,
        "verdict": standing.verdict.value,
        "why": standing.why,
    }


def encode_study(study: Study) -> Json:
    """A hypothetical study as plain values."""
    finding = study.findings[0]
    return {
        "id": study.id,
        "hypothetical": True,
        "text": study.note,
        "design": study.design.value,
        "system": study.system.value,
        "n": study.n,
        "population": study.population,
        "exposure": finding.exposure,
        "outcome": finding.outcome,
        "direction": finding.direction.value,
        "risk_of_bias": finding.risk_of_bias.value if finding.risk_of_bias else None,
    }


def encode_base(about: BaseSummary) -> Json:
    """What was graded, as plain values."""
    return {
        "sources": list(about.sources),
        "profile": about.profile,
        "profile_version": about.profile_version,
        "version": about.version,
        "digest": about.digest,
    }
