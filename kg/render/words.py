"""The words that every view of a grade uses, and what it says first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from kg.grading.wording import is_plural, verb
from kg.model import (
    ChainGrade,
    Diagnostic,
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
)
from kg.model.record import dataclass

TIERS = {
    Tier.NO_CLAIM: "no claim",
    Tier.SPECULATION: "speculation",
    Tier.HEDGED: "hedged",
    Tier.QUALIFIED: "qualified causal",
    Tier.PLAIN: "plain causal",
}

VERDICTS = {
    Verdict.SUPPORTED: "SUPPORTED",
    Verdict.REFUTED: "REFUTED",
    Verdict.INCONCLUSIVE: "INCONCLUSIVE",
    Verdict.CONTESTED: "CONTESTED",
    Verdict.UNSUPPORTED: "NOT ESTABLISHED (unsupported)",
}

NULL = "precise null"

LOST = frozenset({"works not found"})

FIXED = "\N{NO-BREAK SPACE}"

CODES = 5

CAVEAT = "GRADE was not validated for single works."


@dataclass(frozen=True, slots=True)
class Leg:
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


def outcome_label(grade: OutcomeGrade, base: EvidenceBase) -> str:
    """The label of the outcome."""
    return base.label(grade.outcome)


def headline(grade: OutcomeGrade, exposure: str | None = None) -> PairGrade | None:
    """The pair to speak of first: the largest gap among benefits, then the most said of it.

    What somebody claims comes before what nobody does; there, what was tested most comes first.
    """
    asked = [p for p in grade.pairs if exposure is None or p.exposure == exposure]
    return max(asked, key=_weight, default=None)


def _weight(pair: PairGrade) -> tuple[int, ...]:
    said, found = len(pair.wording.claims), pair.direct
    tested = (
        found.human_works + found.human_studies,
        found.works_measured + found.studies_measured,
    )
    gap = pair.gap if said else 0
    benefit = pair.sense is not Sense.HARM
    return (said > 0, benefit, gap, pair.wording.unhedged, said, *tested, len(pair.chains))


def verdict(pair: PairGrade) -> str:
    """The verdict in words, with the level where there is one."""
    level = pair.certainty.established.level
    said = verdict_words(pair.verdict, level, pair.refuted_by, pair.flags)
    return f"{said}, indirect" if pair.verdict is Verdict.SUPPORTED and pair.indirect else said


def verdict_words(said: Verdict, level: Level, refuted: Level, flags: tuple[str, ...]) -> str:
    """A verdict with its level, and whether a refutation is a null."""
    word = VERDICTS[said]
    if said is Verdict.SUPPORTED:
        return f"{word} at {level.word} certainty"
    if said is Verdict.REFUTED:
        none = ": little or no effect" if NULL in flags else ""
        return f"{word} at {refuted.word} certainty{none}"
    return word


def question(pair: PairGrade, base: EvidenceBase) -> str:
    """The question that a pair answers, in one sentence."""
    exposure, outcome = base.label(pair.exposure), base.entity.get(pair.outcome)
    does = verb(outcome, pair.sign) if outcome else "change"
    dose = _dose(base.exposure.get(pair.exposure))
    do = "Do" if is_plural(exposure) else "Does"
    return f"{do} {exposure}{dose} {does} {base.label(pair.outcome)}?"


def _dose(exposure: Exposure | None) -> str:
    """The dose between commas, or the comma that a label with one needs behind it."""
    if exposure is None or exposure.dose is None:
        return "," if exposure and "," in exposure.label else ""
    dose = exposure.dose
    amount = f"{dose.low:g}" if dose.low == dose.high else f"{dose.low:g}-{dose.high:g}"
    return f", {amount} {dose.unit},"


def population(grade: OutcomeGrade, base: EvidenceBase) -> str:
    """Whom the question is about, or nothing."""
    entity = base.entity.get(grade.outcome)
    who = base.population.get(entity.population) if entity and entity.population else None
    return who.label if who else ""


def levels(readings: Readings[Level]) -> str:
    """The words of the three readings, divided by strokes."""
    return " / ".join(level.word for level in readings)


def reason(pair: PairGrade, base: EvidenceBase) -> str:
    """Why the verdict is what it is, in one or two sentences."""
    level = pair.certainty.established.level
    measured = f"Works that measured {base.label(pair.outcome)}"
    if pair.verdict is Verdict.REFUTED and NULL in pair.flags:
        return (
            f"{measured} leave no room for an effect that matters; chains do not count against it."
        )
    if pair.verdict is Verdict.REFUTED:
        return "Direct evidence says the opposite; chains do not count against it."
    if pair.verdict is Verdict.CONTESTED:
        return f"{measured} disagree, or saw different things."
    if pair.verdict is Verdict.INCONCLUSIVE:
        return f"{measured} leave it open whether there is an effect."
    if level is not Level.NONE and not pair.indirect:
        return f"{measured} carry it."
    tested = (
        "The works said to test it could not be identified"
        if pair.direct.ratings.as_described.works
        else "Nothing tested it"
    )
    if not pair.chains:
        return f"{tested}, and no chain of claims leads there."
    if level is Level.NONE:
        return f"{tested} directly, and {_broken(pair)}."
    best = max(pair.chains, key=lambda c: c.certainty.established)
    return f"{tested} directly; the level comes from chain {best.id}."


def _broken(pair: PairGrade) -> str:
    total = len(pair.chains)
    hard = sum(any(is_gap(link) for link in chain.links) for chain in pair.chains)
    if hard == total:
        every = "the one chain has" if total == 1 else f"all {total} chains have"
        return f"{every} a step that nothing supports"
    return (
        f"{hard} of {counted(total, 'chain')} have a step that nothing supports, "
        "the others cite works that could not be identified"
    )


def is_gap(link: Link) -> bool:
    """Whether nothing supports a link, even where the text is taken at its word."""
    return not _definitional(link) and link.effective.as_described is Level.NONE


def is_defeated(link: Link) -> bool:
    """Whether a link has support, and identified evidence against it that is as strong."""
    rating = link.ratings.as_described
    return link.effective.as_described is Level.NONE and rating.level is not Level.NONE


def _definitional(link: Link) -> bool:
    return link.kind is LinkKind.DEFINITIONAL or link.status is LinkStatus.DEFINITIONAL


def legs(chain: ChainGrade, outcome: str, base: EvidenceBase, reading: Reading) -> list[Leg]:
    """The links of a chain as they are shown; a last step that is only a definition is left out."""
    links = chain.links
    if len(links) > 1 and links[-1].kind is LinkKind.DEFINITIONAL and links[-1].object == outcome:
        links = links[:-1]
    marks = _marks(links, reading)
    if (worst := _break(chain, links, marks, reading)) is not None:
        marks[worst] = "break"
    shown, sign = [], 1
    for mark, link in zip(marks, links, strict=True):
        sign *= link.sign
        node = f"{base.label(link.object)}{_direction(link, sign, base)}"
        shown.append(Leg(mark, link.effective[reading], why(link), node, link))
    return shown


def _break(
    chain: ChainGrade, links: Sequence[Link], marks: Sequence[str], reading: Reading
) -> int | None:
    """Where a chain breaks: at its weakest link, or at its lowest one in another reading."""
    if reading is Reading.ESTABLISHED:
        return next((n for n in chain.weakest if n < len(links)), None)
    gaps = [n for n, mark in enumerate(marks) if mark == "gap"]
    return min(gaps, key=lambda n: _hopelessness(links[n]), default=None)


def _hopelessness(link: Link) -> tuple[int, bool]:
    """Sorts the link first that even found and flawless works would not mend."""
    return link.effective.best_case, link.kind is not LinkKind.IMPLICIT


def _marks(links: Sequence[Link], reading: Reading) -> list[str]:
    """What holds a chain down: its gaps; where there are none, its lowest links."""
    gaps = reading is Reading.ESTABLISHED and any(is_gap(link) for link in links)
    lowest = min((k.effective[reading] for k in links if not _definitional(k)), default=Level.HIGH)
    marks = []
    for link in links:
        level = link.effective[reading]
        if _definitional(link):
            marks.append("by definition")
        elif gaps and level is Level.NONE:
            marks.append("gap" if is_gap(link) else "lost")
        else:
            marks.append("gap" if level is lowest and level < Level.HIGH else "held")
    return marks


def _direction(link: Link, sign: int, base: EvidenceBase) -> str:
    if link.object in base.exposure:
        return "" if sign > 0 else " down"
    return " up" if sign > 0 else " down"


def why(link: Link) -> str:
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


def wording(pair: PairGrade, base: EvidenceBase) -> str:
    """How strongly the pair is worded, and by how many claims."""
    said = pair.wording
    if not said.claims:
        return "no source words this claim"
    strongest = f", strongest {said.strongest}" if said.strongest else ""
    claim = base.claim.get(said.strongest or "")
    cue = max(claim.cues, key=len, default="") if claim else ""
    cues = f' ("{cue}")' if 0 < len(cue) < 40 else ""
    return (
        f"{TIERS[said.sigma]}; {counted(len(said.claims), 'claim')}, "
        f"{said.unhedged} unhedged{strongest}{cues}"
    )


def gap(pair: PairGrade) -> str:
    """The wording gap in words, and the part of it that no source can close."""
    if pair.gap <= 0:
        return f"{pair.severity.word}: the wording stays within the evidence"
    left = f", {pair.gap_best} of which no source can close" if pair.gap_best > 0 else ""
    return f"{pair.severity.word}: worded {counted(pair.gap, 'step')} above the evidence{left}"


def direct(pair: PairGrade, base: EvidenceBase) -> str:
    """How many works measured the outcome, and what they come to."""
    found, what = pair.direct, f"measured {base.label(pair.outcome)}"
    text = f"{found.works_measured} of {counted(found.works_cited, 'cited work')} {what}"
    if not found.works_measured + found.studies_measured:
        return f"{text}, nor did any study on record"
    if found.studies_measured:
        text += f", and {counted(found.studies_measured, 'other study')} on record"
    people = f"; {found.human_works + found.human_studies} in people"
    return f"{text}{people}: {levels(found.ratings.map(lambda r: r.level))}"


def flag_lines(diagnostics: Sequence[Diagnostic]) -> list[tuple[str, str]]:
    """(severity with count, codes with counts), worst first; what cannot be told comes last."""
    lines = []
    hits = [d for d in diagnostics if d.result is Result.HIT]
    for severity in sorted(Severity, reverse=True):
        found = [d for d in hits if d.severity is severity]
        if found:
            lines.append((f"{severity.word} {len(found)}", _codes(found)))
    unknown = [d for d in diagnostics if d.result is Result.CANNOT_TELL]
    if unknown:
        lines.append((f"cannot tell {len(unknown)}", _codes(unknown, named=False)))
    return lines


def _codes(diagnostics: Iterable[Diagnostic], named: bool = True) -> str:
    counts = Counter((d.code, d.name) for d in diagnostics)
    order = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    shown = [
        f"{code}{f' {name}' if named else ''}{f' x{n}' if n > 1 else ''}".replace(" ", FIXED)
        for (code, name), n in order[:CODES]
    ]
    if len(order) > CODES:
        shown.append(f"and {sum(n for _, n in order[CODES:])} of other codes")
    return ", ".join(shown)


def link_words(id: str, base: EvidenceBase) -> str:
    """A link id in words; between two exposures it is a transfer.

    >>> from kg.model import EvidenceBase
    >>> link_words("zinc--decreases--acne", EvidenceBase())
    'zinc -> acne'
    """
    parts = id.split("--")
    subject, object = parts[0], parts[-1]
    if subject in base.exposure and object in base.exposure:
        return f"that {base.label(object)} stands for {base.label(subject)}"
    return f"{base.label(subject)} -> {base.label(object)}"


def counted(number: int, noun: str) -> str:
    """A number with its noun.

    >>> counted(1, "work"), counted(0, "study")
    ('1 work', '0 studies')
    """
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {noun[:-1]}ies" if noun.endswith("y") else f"{number:,} {noun}s"


def provenance(grade: OutcomeGrade) -> str:
    """Profile and version that a grade must name."""
    base = grade.base
    return f"profile {base.profile} {base.profile_version}, kg {base.version}. {CAVEAT}"


def counts(grade: OutcomeGrade) -> str:
    """What the grade was computed from."""
    base = grade.base
    return (
        f"{counted(len(base.sources), 'source')}, {counted(base.claims, 'claim')}, "
        f"{counted(base.works_cited, 'work')} cited, {base.works_identified} identified; "
        f"{counted(base.studies, 'study')}"
    )
