"""What a grade says to others: one claim, its certainty with the trail, and what it rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from kg.model import (
    EvidenceBase,
    Level,
    Mechanistic,
    OutcomeGrade,
    PairGrade,
    Readings,
    Sense,
    Study,
    Tier,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class TrailStep:
    """One step of the trail of the established level of the direct evidence.

    `name` is a GRADE domain, `start` or another rule; `change` the levels added.
    """

    name: str
    change: int
    text: str


@dataclass(frozen=True, slots=True)
class SupportItem:
    """A claim that puts the statement forward, in other words, or a work that measured it.

    `address` is the identifier of a work (`doi:...`, `pmid:...`) or the source of a claim.
    """

    id: str
    text: str
    address: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One pair as graded. `iri` is that of the grade, `verb` the verb of the claim.

    The certainty of the established reading is the headline.
    """

    iri: str
    exposure: str
    exposure_label: str
    outcome: str
    outcome_label: str
    verb: str
    sense: Sense
    sign: int
    verdict: Verdict
    certainty: Readings[Level]
    refuted_by: Level
    mechanistic: Mechanistic
    wording: Tier
    gap: int
    gap_best: int
    rewrite: str
    trail: tuple[TrailStep, ...]
    works: tuple[SupportItem, ...]
    claims: tuple[SupportItem, ...]
    profile: str
    version: str
    digest: str

    @property
    def text(self) -> str:
        """The claim in one sentence."""
        return f"{capitalise_text(self.exposure_label)} {self.verb}s {self.outcome_label}."


def capitalise_text(text: str) -> str:
    """The text as it begins a sentence; upper case may be longer than lower case."""
    return text[:1].upper() + text[1:]


@dataclass(frozen=True, slots=True)
class ExchangeFormat:
    """A format of others: a writer, and the reader that undoes it.

    `write` raises OutsideError where its library is missing, `read` DataError where the text holds
    something else.
    """

    write: Callable[[tuple[Statement, ...]], str]
    read: Callable[[str], tuple[Statement, ...]]


def build_statements(grades: Iterable[OutcomeGrade], base: EvidenceBase) -> tuple[Statement, ...]:
    """The statement of every pair, in the order of the grades."""
    return tuple(_build_statement(pair, grade, base) for grade in grades for pair in grade.pairs)


def _build_statement(pair: PairGrade, grade: OutcomeGrade, base: EvidenceBase) -> Statement:
    from kg.grading.wording import choose_verb
    from kg.rdf import vocab

    outcome = base.entity[pair.outcome]
    return Statement(
        iri=vocab.build_iri("grade", pair.exposure, pair.outcome, str(pair.sense)),
        exposure=vocab.build_iri("exposure", pair.exposure),
        exposure_label=base.get_label(pair.exposure),
        outcome=vocab.build_iri("entity", pair.outcome),
        outcome_label=outcome.label,
        verb=choose_verb(outcome, pair.sign),
        sense=pair.sense,
        sign=pair.sign,
        verdict=pair.verdict,
        certainty=pair.certainty.map(lambda c: c.level),
        refuted_by=pair.refuted_by,
        mechanistic=pair.mechanistic,
        wording=pair.wording.sigma,
        gap=pair.gap,
        gap_best=pair.gap_best,
        rewrite=pair.rewrite,
        trail=tuple(_list_trail_steps(pair)),
        works=tuple(_list_works(pair, base)),
        claims=tuple(_list_claims(pair, base)),
        profile=f"{grade.base.profile} {grade.base.profile_version}",
        version=grade.base.version,
        digest=grade.base.digest,
    )


def _list_trail_steps(pair: PairGrade) -> Iterator[TrailStep]:
    for reason in pair.direct.ratings.established.support.reasons:
        name, colon, text = reason.text.partition(": ")
        if reason.rule == "5" and colon:
            yield TrailStep(name, reason.change, text)
        else:
            yield TrailStep("start" if reason.rule == "4" else "rule", reason.change, reason.text)


def _list_works(pair: PairGrade, base: EvidenceBase) -> Iterator[SupportItem]:
    for study_id in pair.direct.ratings.established.works:
        study = base.study.get(study_id)
        if study is not None:
            yield SupportItem(study_id, study.title, _find_address(study))


def _find_address(study: Study) -> str:
    identifiers = (("doi", study.doi), ("pmid", study.pmid), ("pmcid", study.pmcid))
    registered = f"registry:{study.registration}" if study.registration else ""
    return next((f"{prefix}:{value}" for prefix, value in identifiers if value), registered)


def _list_claims(pair: PairGrade, base: EvidenceBase) -> Iterator[SupportItem]:
    for claim_id in pair.wording.claims:
        claim = base.claim[claim_id]
        yield SupportItem(claim_id, claim.paraphrase, claim.source)
