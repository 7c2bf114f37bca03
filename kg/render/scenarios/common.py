"""What the views of suppositions share: levels, pairs and links in words and as plain values."""

from __future__ import annotations

import json
from typing import Any, Protocol, TypeVar

from kg.model import BaseSummary, EvidenceBase, Level, Readings, Sense, Study
from kg.model.scenarios import Plan, Sensitivity, Standing, WhatIf
from kg.render import RenderOptions, phrasing
from kg.render.grade.text import BOLD, DIM, TerminalPage

Json = dict[str, Any]

Found_contra = TypeVar("Found_contra", contravariant=True)


class ScenarioRenderer(Protocol[Found_contra]):
    """A form in which what was found is shown."""

    def __call__(self, result: Found_contra, base: EvidenceBase, options: RenderOptions) -> str:
        """The whole view, with a newline at its end."""


class ScenarioPair(Protocol):
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


def add_pair_heading(
    page: TerminalPage,
    pair: ScenarioPair,
    base: EvidenceBase,
    current_standing: Standing | None = None,
) -> None:
    """Write which pair is meant and where it stands."""
    page.add_paragraph("PAIR", f"{base.get_label(pair.exposure)}, {pair.sense}", BOLD)
    if current_standing is not None:
        page.add_paragraph(
            "NOW", f"{current_standing.verdict} [{format_levels(current_standing.levels)}]"
        )


def encode_pair_names(pair: ScenarioPair) -> Json:
    """Which pair is meant, as plain values."""
    return {"exposure": pair.exposure, "outcome": pair.outcome, "sense": pair.sense.value}


def list_pair_cells(pair: ScenarioPair) -> tuple[str, str, str]:
    """Which pair is meant, as the first cells of a row under `PAIR_HEAD`."""
    return pair.outcome, pair.exposure, pair.sense.value


PAIR_COLUMNS = ("outcome", "exposure", "sense")


def format_document(
    form: str, scenario_result: WhatIf | Plan | Sensitivity, pairs: list[Json], **extra_values: Any
) -> str:
    """What was found as JSON text: an object of the form, with its pairs and what was graded."""
    value = {
        "schema_version": form,
        "outcome": scenario_result.outcome,
        **extra_values,
        "pairs": pairs,
        "base": encode_base(scenario_result.base),
    }
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def format_levels(readings: Readings[Level] | None) -> str:
    """The words of three readings, or `absent`."""
    return "absent" if readings is None else phrasing.format_levels(readings)


def format_change(before: Readings[Level] | None, after: Readings[Level] | None) -> str:
    """Three levels before and after; once where they are the same."""
    if before == after:
        return f"[{format_levels(before)}], as before"
    return f"[{format_levels(before)}] -> [{format_levels(after)}]"


def describe_link(link_id: str, base: EvidenceBase) -> str:
    """A link in words."""
    return phrasing.describe_link(link_id, base)


def describe_provenance(base_summary: BaseSummary) -> str:
    """Profile and version that every grade must name."""
    return (
        f"profile {base_summary.profile} {base_summary.profile_version}, kg "
        f"{base_summary.version}. {phrasing.GRADE_CAVEAT}"
    )


def add_footer(page: TerminalPage, base_summary: BaseSummary) -> None:
    """Write what the three words mean and the profile."""
    page.add_paragraph("", "Certainty: established / as described / best case.", DIM)
    page.add_paragraph("", describe_provenance(base_summary), DIM)


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


def encode_base(base_summary: BaseSummary) -> Json:
    """What was graded, as plain values."""
    return {
        "sources": list(base_summary.sources),
        "profile": base_summary.profile,
        "profile_version": base_summary.profile_version,
        "version": base_summary.version,
        "digest": base_summary.digest,
    }
