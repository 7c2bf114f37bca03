"""What is concluded of a pair, and its statement in words: direction times certainty.

The statements are the informative statements of GRADE (Santesso et al. 2020, Journal of Clinical
Epidemiology 119:126-135, doi:10.1016/j.jclinepi.2019.10.014). Every output takes them from here.
"""

from __future__ import annotations

from collections.abc import Mapping

from kg.grading.wording import choose_verb
from kg.model import Conclusion, EffectDirection, Entity, Level, Verdict

NULL_FLAG = "precise null"

_EFFECT_BY_VERB = {
    "improve": EffectDirection.IMPROVES,
    "worsen": EffectDirection.WORSENS,
    "raise": EffectDirection.RAISES,
    "lower": EffectDirection.LOWERS,
}
_VERB_BY_EFFECT = {effect: verb for verb, effect in _EFFECT_BY_VERB.items()}
_OPPOSITES = {
    EffectDirection.IMPROVES: EffectDirection.WORSENS,
    EffectDirection.WORSENS: EffectDirection.IMPROVES,
    EffectDirection.RAISES: EffectDirection.LOWERS,
    EffectDirection.LOWERS: EffectDirection.RAISES,
}
_ADVERBS: Mapping[Level, str] = {Level.HIGH: "", Level.MODERATE: "probably ", Level.LOW: "may "}


def name_effect(outcome: Entity, sign: int) -> EffectDirection:
    """What a change of this sign does to an outcome.

    >>> from kg.model import Better, EntityKind
    >>> scars = Entity("s", "scars", EntityKind.CLINICAL_OUTCOME, better=Better.LOWER)
    >>> name_effect(scars, -1).value
    'improves'
    """
    return _EFFECT_BY_VERB[choose_verb(outcome, sign)]


def choose_verdict_word(support: Level, refute: Level, flags: tuple[str, ...] = ()) -> Verdict:
    """The older word for (S, R) in one reading (grading.md section 10).

    >>> choose_verdict_word(Level.NONE, Level.NONE).value
    'unsupported'
    """
    if "inconclusive" in flags and support is refute is Level.VERY_LOW:
        return Verdict.INCONCLUSIVE
    if support > refute:
        return Verdict.SUPPORTED
    if refute > support:
        return Verdict.REFUTED
    if support is Level.NONE:
        return Verdict.UNSUPPORTED
    return Verdict.INCONCLUSIVE if support is Level.VERY_LOW else Verdict.CONTESTED


def conclude(
    claimed: EffectDirection,
    support: Level,
    refuted: Level,
    flags: tuple[str, ...] = (),
    has_argument: bool = False,
) -> Conclusion:
    """What support and refutation of a claimed effect come to, established.

    Args:
        claimed: the effect that the pair asks about.
        support: S of the claim.
        refuted: R of the claim.
        flags: those of the body of direct evidence; `precise null` says what R is certain of.
        has_argument: whether any chain leads there, however weak.

    Returns:
        The direction with its level. A null of very low certainty is not asserted: it leaves the
        question open, as an inconclusive result does.

    >>> conclude(EffectDirection.LOWERS, Level.NONE, Level.LOW).direction.value
    'raises'
    """
    verdict = choose_verdict_word(support, refuted, flags)
    if verdict is Verdict.UNSUPPORTED:
        direction = EffectDirection.ARGUMENT_BREAKS if has_argument else EffectDirection.NOT_STUDIED
        return Conclusion(direction, support, refuted, claimed, verdict)
    if verdict is Verdict.SUPPORTED:
        return Conclusion(claimed, support, refuted, claimed, verdict)
    if verdict is Verdict.CONTESTED:
        return Conclusion(EffectDirection.CONTESTED, support, refuted, claimed, verdict)
    is_null = NULL_FLAG in flags
    if verdict is Verdict.INCONCLUSIVE or (is_null and refuted is Level.VERY_LOW):
        direction = EffectDirection.INCONCLUSIVE
    else:
        direction = EffectDirection.NO_DIFFERENCE if is_null else _OPPOSITES[claimed]
    return Conclusion(direction, refuted, support, claimed, verdict)


def state_conclusion(conclusion: Conclusion, outcome: str = "", many: bool = False) -> str:
    """The conclusion as a predicate: what the exposure does to the outcome, as surely as is known.

    Args:
        conclusion: direction and level.
        outcome: the label of the outcome; empty where it stands beside the statement.
        many: whether the exposure that is the subject has a plural name.

    Returns:
        A phrase in small letters without a full stop.

    >>> known = conclude(EffectDirection.IMPROVES, Level.MODERATE, Level.NONE)
    >>> state_conclusion(known, "acne")
    'probably improves acne'
    >>> state_conclusion(conclude(EffectDirection.IMPROVES, Level.NONE, Level.NONE))
    'not studied'
    """
    direction, level = conclusion.direction, conclusion.level
    object_text = f" {outcome}" if outcome else ""
    if direction is EffectDirection.NOT_STUDIED:
        return "not studied"
    if direction is EffectDirection.ARGUMENT_BREAKS:
        return "the argument breaks"
    if direction is EffectDirection.CONTESTED:
        claimed_text = _inflect_verb(_VERB_BY_EFFECT[conclusion.claimed], many)
        pronoun = "they" if many else "it"
        return (
            f"contested: {level.word} certainty that {pronoun} {claimed_text}{object_text}, "
            f"{conclusion.against.word} that {pronoun} {'do' if many else 'does'} not"
        )
    if direction is EffectDirection.NO_DIFFERENCE:
        make = "make" if many or level is Level.LOW else "makes"
        to_outcome = f" to{object_text}" if outcome else ""
        return f"{_ADVERBS[level]}{make} little or no difference{to_outcome}"
    effect = conclusion.claimed if direction is EffectDirection.INCONCLUSIVE else direction
    verb = _VERB_BY_EFFECT[effect]
    if level is Level.VERY_LOW:
        pronoun = "they" if many else "it"
        return f"very uncertain whether {pronoun} {_inflect_verb(verb, many)}{object_text}"
    return f"{_ADVERBS[level]}{_inflect_verb(verb, many or level is Level.LOW)}{object_text}"


def _inflect_verb(verb: str, plain: bool) -> str:
    return verb if plain else f"{verb}s"


def describe_conclusion(conclusion: Conclusion) -> str:
    """The conclusion in a few words, for a table in which the outcome is named beside it."""
    return f"{state_conclusion(conclusion)}{qualify_conclusion(conclusion)}"


def qualify_conclusion(conclusion: Conclusion, indirect: bool = False) -> str:
    """What follows a statement in brackets: its level, where the words do not tell it already."""
    direction, level = conclusion.direction, conclusion.level
    if level is Level.NONE or direction is EffectDirection.CONTESTED:
        return ""
    notes = [f"{level.word} certainty"] if level is not Level.VERY_LOW else []
    if direction is EffectDirection.INCONCLUSIVE:
        notes.append("inconclusive")
    if direction is conclusion.claimed and indirect:
        notes.append("indirect")
    return f" ({', '.join(notes)})" if notes else ""


def state_in_a_sentence(
    conclusion: Conclusion, exposure: str, outcome: str, many: bool, is_described: bool = False
) -> str:
    """A sentence that the author could print, as strong as the evidence allows [COQ].

    Args:
        conclusion: direction and level.
        exposure: the label of the exposure.
        outcome: the label of the outcome.
        many: whether the exposure has a plural name.
        is_described: whether works that nobody could identify are said to have tested it.
    """
    direction = conclusion.direction
    if direction in (EffectDirection.NOT_STUDIED, EffectDirection.ARGUMENT_BREAKS):
        study = "No study that could be identified" if is_described else "No study cited here"
        return f"{study} tested {exposure} on {outcome}."
    effect = conclusion.claimed if direction not in _OPPOSITES else direction
    does = _inflect_verb(_VERB_BY_EFFECT[effect], many)
    if direction is EffectDirection.CONTESTED:
        return f"Study results conflict on whether {exposure} {does} {outcome}."
    if conclusion.level is Level.VERY_LOW:
        return f"It is very uncertain whether {exposure} {does} {outcome}."
    subject = exposure[:1].upper() + exposure[1:]
    return f"{subject} {state_conclusion(conclusion, outcome, many)}."
