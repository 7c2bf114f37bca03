"""A grade as JSON of the form `kg.outcome-grade/1`, see ontology/outcome-grade.schema.json."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from kg.model import (
    Apart,
    BaseSummary,
    ChainGrade,
    Diagnostic,
    Direct,
    EvidenceBase,
    Gain,
    Level,
    Link,
    OutcomeGrade,
    PairGrade,
    Rating,
    Reading,
    Readings,
    Reason,
    RepairSet,
)
from kg.rdf.vocab import iri
from kg.render import Options

VERSION = "kg.outcome-grade/1"

Json = dict[str, Any]


def render(grade: OutcomeGrade, base: EvidenceBase, options: Options) -> str:
    """One graded outcome as a JSON object."""
    return _written(encode(grade, base))


def summarise(grades: Sequence[OutcomeGrade], base: EvidenceBase, options: Options) -> str:
    """Several graded outcomes as one JSON object with a list."""
    return _written(
        {"schema_version": f"{VERSION}-list", "outcomes": [encode(grade, base) for grade in grades]}
    )


def _written(value: Json) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def encode(grade: OutcomeGrade, base: EvidenceBase) -> Json:
    """A graded outcome as plain values."""
    return {
        "schema_version": VERSION,
        "outcome": {
            "id": grade.outcome,
            "iri": iri("entity", grade.outcome),
            "label": base.label(grade.outcome),
            "narrower": list(grade.narrower),
        },
        "pairs": [_pair(pair) for pair in grade.pairs],
        "diagnostics": [diagnostic(found) for found in grade.diagnostics],
        "base": _base(grade.base),
    }


def _pair(pair: PairGrade) -> Json:
    return {
        "id": pair.id,
        "exposure": pair.exposure,
        "outcome": pair.outcome,
        "sense": pair.sense.value,
        "sign": pair.sign,
        "certainty": _levels(pair.certainty.map(lambda c: c.level)),
        "reasons": _by_reading(pair.certainty.map(lambda c: [_reason(r) for r in c.reasons])),
        "refuted_by": pair.refuted_by.key,
        "mechanistic": pair.mechanistic.word,
        "verdict": pair.verdict.value,
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
        "direct": _direct(pair.direct),
        "apart": {part.evidence: _apart(part) for part in pair.apart},
        "chains": [chain(c) for c in (*pair.chains, *pair.counter_chains)],
        "repair": _by_reading(pair.repair.map(lambda sets: [_repair(s) for s in sets])),
        "fragility": list(pair.fragility),
        "gain": _by_reading(pair.gain.map(lambda gains: [_gain(g) for g in gains])),
        "rewrite": pair.rewrite,
        "flags": list(pair.flags),
    }


def chain(graded: ChainGrade) -> Json:
    """A graded chain as plain values."""
    return {
        "id": graded.id,
        "label": graded.label,
        "source": graded.source,
        "sign": graded.sign,
        "links": [link(step) for step in graded.links],
        "certainty": _levels(graded.certainty),
        "distance": graded.distance,
        "ceiling": graded.ceiling.key,
        "weakest": list(graded.weakest),
        "mechanistic": graded.mechanistic.word,
        "counter": graded.counter,
        "found": graded.found,
        "feedback": graded.feedback,
    }


def link(step: Link) -> Json:
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
        "certainty": _levels(step.effective),
        "reasons": _by_reading(
            step.ratings.map(lambda r: [_reason(found) for found in r.support.reasons])
        ),
        "rating": _by_reading(step.ratings.map(_rating)),
        "delta": step.delta,
        "mechanistic": step.mechanistic.word,
        "wording": int(step.tier),
        "systems": list(step.systems),
        "evidence_from": step.evidence_from,
        "note": step.note,
    }


def _rating(rating: Rating) -> Json:
    return {
        "support": rating.level.key,
        "refute": rating.refute.key,
        "low": rating.low.key,
        "high": rating.high.key,
        "stream": rating.stream,
        "works": list(rating.works),
        "flags": list(rating.flags),
    }


def _direct(direct: Direct) -> Json:
    return {
        "works_cited": direct.works_cited,
        "works_measured": direct.works_measured,
        "human_works": direct.human_works,
        "studies_measured": direct.studies_measured,
        "human_studies": direct.human_studies,
        "certainty": _levels(direct.ratings.map(lambda r: r.level)),
        "rating": _by_reading(direct.ratings.map(_rating)),
    }


def _apart(part: Apart) -> Json:
    return {
        "verdict": part.verdict.value,
        "certainty": _levels(part.certainty),
        "refuted_by": part.refuted_by.key,
        "works": part.works,
        "flags": list(part.flags),
    }


def _reason(reason: Reason) -> Json:
    return {
        "rule": reason.rule,
        "text": reason.text,
        "change": reason.change,
        "subject": reason.subject,
        "basis": reason.basis,
        "published": list(reason.sources),
    }


def _repair(repair: RepairSet) -> Json:
    links = None if repair.links is None else list(repair.links)
    return {"level": repair.level.key, "size": repair.size, "links": links}


def _gain(gain: Gain) -> Json:
    return {"link": gain.link, "steps": gain.steps}


def _levels(levels: Readings[Level]) -> Json:
    return _by_reading(levels.map(lambda level: level.key))


def _by_reading(values: Readings[Any]) -> Json:
    return {reading.value: values[reading] for reading in Reading}


def diagnostic(found: Diagnostic) -> Json:
    """A diagnostic as plain values."""
    place = found.location
    return {
        "code": found.code,
        "name": found.name,
        "severity": found.severity.word,
        "result": found.result.value,
        "message": found.message,
        "remedy": found.remedy,
        "subject": found.subject,
        "source": found.source,
        "unknown": list(found.unknown),
        "waived": found.waived and {"reason": found.waived.reason, "at": str(found.waived.place)},
        "location": place
        and {"path": place.path, "line": place.line or None, "column": place.column or None},
    }


def _base(base: BaseSummary) -> Json:
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
