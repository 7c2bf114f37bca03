"""What the views of suppositions share: levels, pairs and links in words and as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from kg.grading.conclusion import describe_conclusion
from kg.model import BaseSummary, EvidenceBase, Level, Reading, Readings, Sense, Study
from kg.model.scenarios import Plan, Sensitivity, Standing, WhatIf
from kg.render import phrasing
from kg.render.document import Field
from kg.render.grade.json import encode_conclusion

Json = dict[str, Any]


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


def build_pair_fields(
    pair: ScenarioPair, base: EvidenceBase, current_standing: Standing | None = None
) -> Iterator[Field]:
    """Which pair is meant and where it stands."""
    yield Field("PAIR", f"{base.get_label(pair.exposure)}, {pair.sense}", "strong")
    if current_standing is not None:
        verdict = describe_conclusion(current_standing.conclusion)
        yield Field("NOW", f"{verdict} [{format_levels(current_standing.levels)}]")


def list_fields(label: str, texts: Iterable[str]) -> Iterator[Field]:
    """A field for each text, the first of which has the label."""
    return (Field("" if n else label, text) for n, text in enumerate(texts))


def encode_pair_names(pair: ScenarioPair) -> Json:
    """Which pair is meant, as plain values."""
    return {"exposure": pair.exposure, "outcome": pair.outcome, "sense": pair.sense.value}


def list_pair_cells(pair: ScenarioPair) -> tuple[str, str, str]:
    """Which pair is meant, as the first cells of a row under `PAIR_HEAD`."""
    return pair.outcome, pair.exposure, pair.sense.value


PAIR_COLUMNS = ("outcome", "exposure", "sense")


def encode_result(
    schema_version: str, result: WhatIf | Plan | Sensitivity, pairs: list[Json], **extra: Any
) -> Json:
    """The result as plain values: its form, its pairs and what was graded."""
    return {
        "schema_version": schema_version,
        "outcome": result.outcome,
        **extra,
        "pairs": pairs,
        "base": encode_base(result.base),
    }


def format_levels(readings: Readings[Level] | None) -> str:
    """The words of three readings, or `absent`."""
    return "absent" if readings is None else phrasing.format_levels(readings)


def format_change(before: Readings[Level] | None, after: Readings[Level] | None) -> str:
    """Three levels before and after; once where they are the same."""
    if before == after:
        return f"[{format_levels(before)}], as before"
    return f"[{format_levels(before)}] -> [{format_levels(after)}]"


def list_footer(base_summary: BaseSummary) -> Iterator[Field]:
    """What the three words mean, and the profile."""
    yield Field("", "Certainty: established / as described / best case.", "faint")
    yield Field("", phrasing.describe_provenance(base_summary), "faint")


def encode_levels(readings: Readings[Level] | None) -> Json | None:
    """Three levels as plain values."""
    if readings is None:
        return None
    return {reading.value: readings[reading].key for reading in Reading}


def encode_standing(standing: Standing) -> Json:
    """Where a pair stands as plain values."""
    return {
        "certainty": encode_levels(standing.levels),
        "refuted_by": standing.refuted_by.key,
        **encode_conclusion(standing.conclusion),
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
