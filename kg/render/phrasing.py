"""The words that every view of a grade uses, and what it says first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.grading.conclusion import (
    NULL_FLAG,
    qualify_conclusion,
    state_conclusion,
)
from kg.grading.wording import choose_verb, is_plural
from kg.model import (
    BaseSummary,
    ChainGrade,
    Claim,
    Diagnostic,
    EffectDirection,
    EvidenceBase,
    Exposure,
    Level,
    Link,
    LinkKind,
    LinkStatus,
    OutcomeGrade,
    PairGrade,
    Reading,
    Readings,
    Result,
    Sense,
    Severity,
    Tier,
    Verdict,
    find_effect_sign,
)
from kg.render.writers.terminal_page import FIXED_SPACE

TIER_LABELS = {
    Tier.NO_CLAIM: "no claim",
    Tier.SPECULATION: "speculation",
    Tier.HEDGED: "hedged",
    Tier.QUALIFIED: "qualified causal",
    Tier.PLAIN: "plain causal",
}

LOST_REASONS = frozenset({"works not found"})

MOST_CODES = 4

GRADE_CAVEAT = "GRADE was not validated for single works."


@dataclass(frozen=True, slots=True)
class StepView:
    """One link as a reader sees it: where it leads, how sure it is, and why it breaks.

    `mark` is `break` (the one link to name first), `gap` (nothing supports it either), `lost`
    (works are cited, none could be identified), `held` or `by definition`; `level` is that of the
    reading shown.
    """

    mark: str
    level: Level
    reason: str
    node: str
    link: Link


def label_outcome(grade: OutcomeGrade, base: EvidenceBase) -> str:
    """The label of the outcome."""
    return base.get_label(grade.outcome)


def choose_headline(grade: OutcomeGrade, exposure: str | None = None) -> PairGrade | None:
    """The pair to speak of first: the largest gap among benefits, then the most said of it.

    What somebody claims comes before what nobody does; there, what was tested most comes first.
    `exposure` is an id; where no pair is of it, all of the grade are candidates.
    """
    asked_pairs = [p for p in grade.pairs if p.exposure == exposure]
    return max(asked_pairs or grade.pairs, key=_weigh_pair, default=None)


def _weigh_pair(pair: PairGrade) -> tuple[int, ...]:
    claim_count, direct_evidence = len(pair.wording.claims), pair.direct
    tested = (
        direct_evidence.human_works + direct_evidence.human_studies,
        direct_evidence.works_measured + direct_evidence.studies_measured,
    )
    gap = pair.gap if claim_count else 0
    benefit = pair.sense is not Sense.HARM
    return (
        claim_count > 0,
        benefit,
        gap,
        pair.wording.unhedged,
        claim_count,
        *tested,
        len(pair.chains),
    )


def describe_verdict(pair: PairGrade, base: EvidenceBase) -> str:
    """The verdict as a sentence without a full stop: what is concluded, how surely, and from where.

    Where the argument breaks, the first break is named.
    """
    conclusion, outcome = pair.conclusion, base.get_label(pair.outcome)
    text = state_conclusion(conclusion, outcome, is_plural(base.get_label(pair.exposure)))
    if conclusion.direction is EffectDirection.ARGUMENT_BREAKS:
        first_break = describe_first_break(pair, base)
        text = f"{text} at {first_break}" if first_break else text
    elif conclusion.direction is EffectDirection.NOT_STUDIED:
        exposure = base.get_label(pair.exposure)
        text = f"{text}: no identified work measured {outcome} under {exposure}"
    return _capitalise(f"{text}{qualify_conclusion(conclusion, pair.indirect)}")


def _capitalise(text: str) -> str:
    return text[:1].upper() + text[1:]


def describe_first_break(pair: PairGrade, base: EvidenceBase) -> str:
    """Where the first argued chain for a pair breaks, in words; nothing where none does."""
    for chain in sorted(pair.chains, key=lambda c: c.found):
        for step in list_chain_steps(chain, pair.outcome, base, Reading.ESTABLISHED):
            if step.mark == "break":
                return f"{base.get_label(step.link.subject)} -> {step.node} ({step.reason})"
    return ""


def format_question(pair: PairGrade, base: EvidenceBase) -> str:
    """The question that a pair answers, in one sentence."""
    exposure, outcome = base.get_label(pair.exposure), base.entity.get(pair.outcome)
    does = choose_verb(outcome, pair.sign) if outcome else "change"
    dose = _format_dose(base.exposure.get(pair.exposure))
    do = "Do" if is_plural(exposure) else "Does"
    return f"{do} {exposure}{dose} {does} {base.get_label(pair.outcome)}?"


def _format_dose(exposure: Exposure | None) -> str:
    """The dose between commas, or the comma that a label with one needs behind it."""
    if exposure is None or exposure.dose is None:
        return "," if exposure and "," in exposure.label else ""
    dose = exposure.dose
    amount = f"{dose.low:g}" if dose.low == dose.high else f"{dose.low:g}-{dose.high:g}"
    return f", {amount} {dose.unit},"


def find_population(grade: OutcomeGrade, base: EvidenceBase) -> str:
    """Whom the question is about, or nothing."""
    entity = base.entity.get(grade.outcome)
    population_record = (
        base.population.get(entity.population) if entity and entity.population else None
    )
    return population_record.label if population_record else ""


def format_levels(readings: Readings[Level]) -> str:
    """The words of the three readings, divided by strokes."""
    return " / ".join(level.word for level in readings)


def explain_verdict(pair: PairGrade, base: EvidenceBase) -> str:
    """Why the verdict is what it is, in one or two sentences."""
    level = pair.certainty.established.level
    measuring_works = f"Works that measured {base.get_label(pair.outcome)}"
    if pair.verdict is Verdict.REFUTED and NULL_FLAG in pair.flags:
        return (
            f"{measuring_works} leave no room for an effect that matters; chains do not count "
            "against it."
        )
    if pair.verdict is Verdict.REFUTED:
        return "Direct evidence says the opposite; chains do not count against it."
    if pair.verdict is Verdict.CONTESTED:
        return f"{measuring_works} disagree, or saw different things."
    if pair.verdict is Verdict.INCONCLUSIVE:
        return f"{measuring_works} leave it open whether there is an effect."
    if level is not Level.NONE and not pair.indirect:
        return f"{measuring_works} carry it."
    test_note = (
        "The works said to test it could not be identified"
        if pair.direct.ratings.as_described.works
        else "Nothing tested it"
    )
    if not pair.chains:
        return f"{test_note}, and no chain of claims leads there."
    if level is Level.NONE:
        return f"{test_note} directly, and {_describe_breaks(pair)}."
    best = max(pair.chains, key=lambda c: c.certainty.established)
    return f"{test_note} directly; the level comes from chain {best.id}."


def _describe_breaks(pair: PairGrade) -> str:
    total = len(pair.chains)
    gap_count = sum(any(is_gap(link) for link in chain.links) for chain in pair.chains)
    if gap_count == total:
        every = "the one chain has" if total == 1 else f"all {total} chains have"
        return f"{every} a step that nothing supports"
    return (
        f"{gap_count} of {format_count(total, 'chain')} have a step that nothing supports, "
        "the others cite works that could not be identified"
    )


def is_gap(link: Link) -> bool:
    """Whether nothing supports a link, even where the text is taken at its word."""
    return not _is_definitional(link) and link.effective.as_described is Level.NONE


def is_defeated(link: Link) -> bool:
    """Whether a link has support, and identified evidence against it that is as strong."""
    rating = link.ratings.as_described
    return link.effective.as_described is Level.NONE and rating.level is not Level.NONE


def _is_definitional(link: Link) -> bool:
    return link.kind is LinkKind.DEFINITIONAL or link.status is LinkStatus.DEFINITIONAL


def list_chain_steps(
    chain: ChainGrade, outcome: str, base: EvidenceBase, reading: Reading
) -> list[StepView]:
    """The links of a chain as they are shown; a last step that is only a definition is left out."""
    links = chain.links
    if len(links) > 1 and links[-1].kind is LinkKind.DEFINITIONAL and links[-1].object == outcome:
        links = links[:-1]
    marks = _mark_links(links, reading)
    if (break_index := _find_break(chain, links, marks, reading)) is not None:
        marks[break_index] = "break"
    chain_steps, sign = [], 1
    for mark, link in zip(marks, links, strict=True):
        sign *= link.sign
        node = f"{base.get_label(link.object)}{_format_direction(link, sign, base)}"
        chain_steps.append(
            StepView(mark, link.effective[reading], explain_weakness(link), node, link)
        )
    return chain_steps


def _find_break(
    chain: ChainGrade, links: Sequence[Link], marks: Sequence[str], reading: Reading
) -> int | None:
    """Where a chain breaks: at its weakest link, or at its lowest one in another reading."""
    if reading is Reading.ESTABLISHED:
        return next((n for n in chain.weakest if n < len(links)), None)
    gaps = [n for n, mark in enumerate(marks) if mark == "gap"]
    return min(gaps, key=lambda n: _rank_hopelessness(links[n]), default=None)


def _rank_hopelessness(link: Link) -> tuple[int, bool]:
    """Sorts the link first that even found and flawless works would not mend."""
    return link.effective.best_case, link.kind is not LinkKind.IMPLICIT


def _mark_links(links: Sequence[Link], reading: Reading) -> list[str]:
    """A mark for each link: the gaps, else the lowest links, are what holds the chain down."""
    gaps = reading is Reading.ESTABLISHED and any(is_gap(link) for link in links)
    lowest = min(
        (k.effective[reading] for k in links if not _is_definitional(k)), default=Level.HIGH
    )
    marks = []
    for link in links:
        level = link.effective[reading]
        if _is_definitional(link):
            marks.append("by definition")
        elif gaps and level is Level.NONE:
            marks.append("gap" if is_gap(link) else "lost")
        else:
            marks.append("gap" if level is lowest and level < Level.HIGH else "held")
    return marks


def _format_direction(link: Link, sign: int, base: EvidenceBase) -> str:
    if link.object in base.exposure:
        return "" if sign > 0 else " down"
    return " up" if sign > 0 else " down"


def explain_weakness(link: Link) -> str:
    """Why a link is weak, in two to four words."""
    if link.note:
        return link.note
    if is_defeated(link):
        against = link.ratings.established.refute > link.ratings.as_described.level
        return "evidence against it" if against else "evidence both ways"
    if link.status is LinkStatus.CITED and not link.ratings.established.works:
        return "works not found"
    words = {
        LinkStatus.IMPLICIT: "no source says so",
        LinkStatus.UNCITED: "no citation",
        LinkStatus.VAGUE: "vague source",
        LinkStatus.DEFINITIONAL: "by definition",
    }
    return words.get(link.status, "weak evidence")


def describe_wording(pair: PairGrade, base: EvidenceBase) -> str:
    """How strongly the pair is worded, and by how many claims."""
    pair_wording = pair.wording
    if not pair_wording.claims:
        return "no source words this claim"
    strongest = f", strongest {pair_wording.strongest}" if pair_wording.strongest else ""
    claim = base.claim.get(pair_wording.strongest or "")
    cue = max(claim.cues, key=len, default="") if claim else ""
    cues = f' ("{cue}")' if 0 < len(cue) < 40 else ""
    return (
        f"{TIER_LABELS[pair_wording.sigma]}; {format_count(len(pair_wording.claims), 'claim')}, "
        f"{pair_wording.unhedged} unhedged{strongest}{cues}"
    )


def describe_gap(pair: PairGrade) -> str:
    """The wording gap in words, and the part of it that no source can close."""
    if pair.gap < 0 and pair.wording.claims:
        steps = format_count(-pair.gap, "step")
        return f"{pair.severity.word}: worded {steps} below what the evidence would allow"
    if pair.gap <= 0:
        return f"{pair.severity.word}: the wording stays within the evidence"
    best_gap_note = f", {pair.gap_best} of which no source can close" if pair.gap_best > 0 else ""
    return (
        f"{pair.severity.word}: worded {format_count(pair.gap, 'step')} above the "
        f"evidence{best_gap_note}"
    )


def describe_direct(pair: PairGrade, base: EvidenceBase) -> str:
    """How many works measured the outcome, and what they come to."""
    direct_evidence, measured_text = pair.direct, f"measured {base.get_label(pair.outcome)}"
    text = f"{direct_evidence.describe_works()} {measured_text}"
    if not direct_evidence.works_measured + direct_evidence.studies_measured:
        return f"{text}{_describe_other_studies(pair, base)}"
    if direct_evidence.studies_measured:
        text += f", and {format_count(direct_evidence.studies_measured, 'other study')} on record"
    people = f"; {direct_evidence.human_works + direct_evidence.human_studies} in people"
    return f"{text}{people}: {format_levels(direct_evidence.ratings.map(lambda r: r.level))}"


def _describe_other_studies(pair: PairGrade, base: EvidenceBase) -> str:
    """What else on record measured the outcome, where nothing admitted did under the exposure."""
    outcome_ids = base.find_descendants(pair.outcome)
    count = sum(any(f.outcome in outcome_ids for f in s.findings) for s in base.studies)
    if not count:
        return ", nor did any study on record"
    return (
        f"; {format_count(count, 'study')} on record measured it, none admitted here under "
        f"{base.get_label(pair.exposure)}"
    )


def describe_ungraded(grade: OutcomeGrade, base: EvidenceBase) -> tuple[str, list[str]]:
    """What is said of an outcome that has no grade: a sentence, and each claim."""
    label, claims = label_outcome(grade, base), _list_claims_about(grade, base)
    if not claims:
        return f"No source here argues about {label}.", []
    names = "claim names" if len(claims) == 1 else "claims name"
    return (
        f"No grade: {len(claims)} {names} {label}, none says that an exposure raises or lowers it.",
        [_describe_claim(claim) for claim in claims],
    )


def describe_unsigned_claims(grade: OutcomeGrade, base: EvidenceBase) -> str:
    """The claims that `list_unsigned_claims` finds, in a sentence; or ""."""
    claim_ids = [claim.id for claim in list_unsigned_claims(grade, base)]
    if not claim_ids:
        return ""
    return f"{format_count(len(claim_ids), 'claim')} without a direction: {', '.join(claim_ids)}"


def list_unsigned_claims(grade: OutcomeGrade, base: EvidenceBase) -> list[Claim]:
    """The claims that an exposure bears on the outcome, and does not raise or lower it.

    Such are `no-effect-on`, `regulates` and `has-property`.
    """
    return [
        claim
        for claim in _list_claims_about(grade, base)
        if claim.proposition.subject in base.exposure
        and (outcome := base.entity.get(claim.proposition.object)) is not None
        and find_effect_sign(claim.proposition.predicate, outcome.better) is None
    ]


def _list_claims_about(grade: OutcomeGrade, base: EvidenceBase) -> list[Claim]:
    outcome_ids, sources = base.find_descendants(grade.outcome), frozenset(grade.base.sources)
    return [
        claim
        for claim in base.assertions
        if claim.source in sources
        and outcome_ids & {claim.proposition.subject, claim.proposition.object}
    ]


def _describe_claim(claim: Claim) -> str:
    said = claim.paraphrase or claim.proposition.subject
    return f"{claim.id} ({claim.proposition.predicate}): {said}"


def list_flag_lines(diagnostics: Sequence[Diagnostic]) -> list[tuple[str, str]]:
    """(severity with count, codes with counts), worst first; what cannot be told comes last."""
    lines = []
    hits = [d for d in diagnostics if d.result is Result.HIT]
    for severity in sorted(Severity, reverse=True):
        severity_hits = [d for d in hits if d.severity is severity]
        if severity_hits:
            lines.append((f"{severity.word} {len(severity_hits)}", _format_codes(severity_hits)))
    unknown = [d for d in diagnostics if d.result is Result.CANNOT_TELL]
    if unknown:
        lines.append((f"cannot tell {len(unknown)}", _format_codes(unknown, with_names=False)))
    return lines


def _format_codes(diagnostics: Iterable[Diagnostic], with_names: bool = True) -> str:
    counts = Counter((d.code, d.name) for d in diagnostics)
    order = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    code_texts = [
        f"{code}{f' {name}' if with_names else ''}{f' x{n}' if n > 1 else ''}".replace(
            " ", FIXED_SPACE
        )
        for (code, name), n in order[:MOST_CODES]
    ]
    if len(order) > MOST_CODES:
        code_texts.append(f"and {sum(n for _, n in order[MOST_CODES:])} of other codes")
    return ", ".join(code_texts)


def describe_link(link_id: str, base: EvidenceBase) -> str:
    """A link id in words; between two exposures it is a transfer.

    >>> from kg.model import EvidenceBase
    >>> describe_link("zinc--decreases--acne", EvidenceBase())
    'zinc -> acne'
    """
    parts = link_id.split("--")
    subject, object = parts[0], parts[-1]
    if subject in base.exposure and object in base.exposure:
        evidence, claimed = base.get_label(object), base.get_label(subject)
        return f"that {evidence} is taken as evidence for {claimed}"
    return f"{base.get_label(subject)} -> {base.get_label(object)}"


def format_count(number: int, noun: str) -> str:
    """A number with its noun.

    >>> format_count(1, "work"), format_count(0, "study")
    ('1 work', '0 studies')
    """
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {noun[:-1]}ies" if noun.endswith("y") else f"{number:,} {noun}s"


def describe_provenance(base_summary: BaseSummary) -> str:
    """Profile and version that every grade must name."""
    return (
        f"profile {base_summary.profile} {base_summary.profile_version}, kg "
        f"{base_summary.version}. {GRADE_CAVEAT}"
    )


def describe_counts(grade: OutcomeGrade) -> str:
    """What the grade was computed from."""
    base = grade.base
    return (
        f"{format_count(len(base.sources), 'source')}, {format_count(base.claims, 'claim')}, "
        f"{format_count(base.works_cited, 'work')} cited, {base.works_identified} identified; "
        f"{format_count(base.studies, 'study')}"
    )
