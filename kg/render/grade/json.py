"""A grade as JSON of the form `kg.outcome-grade/1`, see ontology/outcome-grade.schema.json."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from kg.model import (
    BaseSummary,
    ChainGrade,
    Conclusion,
    Diagnostic,
    Direct,
    EvidenceBase,
    Gain,
    Level,
    Link,
    OriginGrade,
    OutcomeGrade,
    PairGrade,
    Rating,
    Reading,
    Readings,
    Reason,
    RepairSet,
)
from kg.rdf.vocab import build_iri
from kg.render import RenderOptions, phrasing

SCHEMA_VERSION = "kg.outcome-grade/1"

Json = dict[str, Any]


def render(grade: OutcomeGrade, base: EvidenceBase, options: RenderOptions) -> str:
    """One graded outcome as a JSON object."""
    return _format_json(encode_outcome_grade(grade, base))


def summarise(grades: Sequence[OutcomeGrade], base: EvidenceBase, options: RenderOptions) -> str:
    """Several graded outcomes as one JSON object with a list."""
    return _format_json(
        {
            "schema_version": f"{SCHEMA_VERSION}-list",
            "outcomes": [encode_outcome_grade(grade, base) for grade in grades],
        }
    )


def _format_json(value: Json) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def encode_outcome_grade(grade: OutcomeGrade, base: EvidenceBase) -> Json:
    """A graded outcome as plain values."""
    return {
        "schema_version": SCHEMA_VERSION,
        "outcome": {
            "id": grade.outcome,
            "iri": build_iri("entity", grade.outcome),
            "label": base.get_label(grade.outcome),
            "narrower": list(grade.narrower),
        },
        "pairs": [_encode_pair(pair) for pair in grade.pairs],
        "claims_without_direction": [
            claim.id for claim in phrasing.list_unsigned_claims(grade, base)
        ],
        "diagnostics": [encode_diagnostic(diagnostic) for diagnostic in grade.diagnostics],
        "base": _encode_base(grade.base),
    }


def _encode_pair(pair: PairGrade) -> Json:
    return {
        "id": pair.id,
        "exposure": pair.exposure,
        "outcome": pair.outcome,
        "sense": pair.sense.value,
        "sign": pair.sign,
        "certainty": _encode_levels(pair.certainty.map(lambda c: c.level)),
        "reasons": _group_by_reading(
            pair.certainty.map(lambda c: [_encode_reason(r) for r in c.reasons])
        ),
        "refuted_by": pair.refuted_by.key,
        "mechanistic": pair.mechanistic.word,
        **encode_conclusion(pair.conclusion),
        "indirect": pair.indirect,
        "wording": {
            "sigma": int(pair.wording.sigma),
            "claims": list(pair.wording.claims),
            "unhedged": pair.wording.unhedged,
            "strongest": pair.wording.strongest,
        },
        "gap": pair.gap,
        "gap_best": pair.gap_best,
        "severity": pair.severity.word,
        "direct": _encode_direct(pair.direct),
        "apart": {part.evidence: _encode_origin(part) for part in pair.by_origin},
        "chains": [encode_chain(c) for c in (*pair.chains, *pair.counter_chains)],
        "repair": _group_by_reading(
            pair.repair.map(lambda sets: [_encode_repair(s) for s in sets])
        ),
        "fragility": list(pair.fragility),
        "gain": _group_by_reading(pair.gain.map(lambda gains: [_encode_gain(g) for g in gains])),
        "rewrite": pair.rewrite,
        "flags": list(pair.flags),
    }


def encode_conclusion(conclusion: Conclusion) -> Json:
    """What is concluded as plain values; `verdict` is deprecated, for `direction` and `level`."""
    return {
        "direction": conclusion.direction.value,
        "level": conclusion.level.key,
        "verdict": conclusion.verdict.value,
    }


def encode_chain(chain_grade: ChainGrade) -> Json:
    """A graded chain as plain values."""
    return {
        "id": chain_grade.id,
        "label": chain_grade.label,
        "source": chain_grade.source,
        "sign": chain_grade.sign,
        "links": [encode_link(step) for step in chain_grade.links],
        "certainty": _encode_levels(chain_grade.certainty),
        "distance": chain_grade.distance,
        "ceiling": chain_grade.ceiling.key,
        "weakest": list(chain_grade.weakest),
        "mechanistic": chain_grade.mechanistic.word,
        "counter": chain_grade.counter,
        "found": chain_grade.found,
        "feedback": chain_grade.feedback,
    }


def encode_link(step: Link) -> Json:
    """A link with its reasons in each reading as plain values."""
    return {
        "id": step.id,
        "subject": step.subject,
        "predicate": step.predicate.value,
        "object": step.object,
        "sign": step.sign,
        "kind": step.kind.value,
        "status": step.status.value,
        "claims": list(step.claims),
        "certainty": _encode_levels(step.effective),
        "reasons": _group_by_reading(
            step.ratings.map(lambda r: [_encode_reason(reason) for reason in r.support.reasons])
        ),
        "rating": _group_by_reading(step.ratings.map(_encode_rating)),
        "delta": step.delta,
        "mechanistic": step.mechanistic.word,
        "wording": int(step.tier),
        "systems": list(step.systems),
        "evidence_from": step.evidence_from,
        "note": step.note,
    }


def _encode_rating(rating: Rating) -> Json:
    return {
        "support": rating.level.key,
        "refute": rating.refute.key,
        "low": rating.low.key,
        "high": rating.high.key,
        "stream": rating.stream,
        "works": list(rating.works),
        "flags": list(rating.flags),
    }


def _encode_direct(direct: Direct) -> Json:
    return {
        "works_cited": direct.works_cited,
        "citing_sources": direct.citing_sources,
        "works_measured": direct.works_measured,
        "human_works": direct.human_works,
        "studies_measured": direct.studies_measured,
        "human_studies": direct.human_studies,
        "certainty": _encode_levels(direct.ratings.map(lambda r: r.level)),
        "rating": _group_by_reading(direct.ratings.map(_encode_rating)),
    }


def _encode_origin(part: OriginGrade) -> Json:
    return {
        **encode_conclusion(part.conclusion),
        "certainty": _encode_levels(part.certainty),
        "refuted_by": part.refuted_by.key,
        "works": part.works,
        "flags": list(part.flags),
    }


def _encode_reason(reason: Reason) -> Json:
    return {
        "rule": reason.rule,
        "text": reason.text,
        "change": reason.change,
        "subject": reason.subject,
        "basis": reason.basis,
        "published": list(reason.sources),
    }


def _encode_repair(repair: RepairSet) -> Json:
    links = None if repair.links is None else list(repair.links)
    return {"level": repair.level.key, "size": repair.size, "links": links}


def _encode_gain(gain: Gain) -> Json:
    return {"link": gain.link, "steps": gain.steps}


def _encode_levels(levels: Readings[Level]) -> Json:
    return _group_by_reading(levels.map(lambda level: level.key))


def _group_by_reading(values: Readings[Any]) -> Json:
    return {reading.value: values[reading] for reading in Reading}


def encode_diagnostic(diagnostic: Diagnostic) -> Json:
    """A diagnostic as plain values."""
    place = diagnostic.location
    return {
        "code": diagnostic.code,
        "name": diagnostic.name,
        "severity": diagnostic.severity.word,
        "result": diagnostic.result.value,
        "message": diagnostic.message,
        "remedy": diagnostic.remedy,
        "subject": diagnostic.subject,
        "source": diagnostic.source,
        "unknown": list(diagnostic.unknown),
        "waived": diagnostic.waived
        and {"reason": diagnostic.waived.reason, "at": str(diagnostic.waived.place)},
        "location": place
        and {"path": place.path, "line": place.line or None, "column": place.column or None},
    }


def _encode_base(base: BaseSummary) -> Json:
    return {
        "sources": list(base.sources),
        "claims": base.claims,
        "studies": base.studies,
        "works_cited": base.works_cited,
        "works_identified": base.works_identified,
        "profile": base.profile,
        "profile_version": base.profile_version,
        "version": base.version,
        "digest": base.digest,
    }
