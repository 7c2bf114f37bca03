"""The derivation of one claim, chain or pair."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches

from kg.api.grades import grade_all, grade_outcomes, list_all_chains
from kg.errors import UnknownName, UsageError
from kg.grading.profiles import Profile, load_profile
from kg.model import OUTCOME_KINDS, ChainGrade, Claim, EvidenceBase, PairGrade
from kg.scenarios.request import DEFAULT_REQUEST, GradeRequest


@dataclass(frozen=True, slots=True)
class Explanation:
    """What `kg explain` unfolds: a claim, chain or pair, with the pairs that it takes part in.

    `grading_rules` are those by which all of it was graded.
    """

    subject: Claim | ChainGrade | PairGrade
    pairs: tuple[PairGrade, ...]
    grading_rules: Profile


def explain_thing(
    base: EvidenceBase, name: str, request: GradeRequest = DEFAULT_REQUEST
) -> Explanation:
    """The claim, chain or pair of this id, graded, with every reason.

    Args:
        base: The base, sound.
        name: Id of a claim or chain, or `exposure--outcome`, or `exposure--outcome--sense`.
        request: Source, profile and evidence.

    Raises:
        UnknownName: nothing of this name; carries near ids.
    """
    rules = load_profile(request.profile)
    exposure, _, pair_remainder = name.partition("--")
    if pair_remainder:
        outcome, _, sense_name = pair_remainder.partition("--")
        all_pairs = _grade_pairs(base, request, outcome, exposure)
        pairs = tuple(p for p in all_pairs if not sense_name or p.sense.value == sense_name)
        if not pairs:
            raise UnknownName("pair", name, tuple(p.id for p in all_pairs))
        return Explanation(pairs[0], pairs, rules)
    if name in base.chain:
        chain = base.chain[name]
        for pair in _grade_pairs(base, request, chain.outcome, chain.exposure):
            for chain_grade in list_all_chains(pair):
                if chain_grade.id == name:
                    return Explanation(chain_grade, (pair,), rules)
        raise UsageError(
            f"chain {name!r} has a step that is not part of the graph; see kg validate"
        )
    if name in base.claim:
        claim = base.claim[name]
        return Explanation(claim, _list_pairs_of_claim(base, claim, request), rules)
    known_ids = [*base.chain, *base.claim]
    raise UnknownName("claim, chain or pair", name, get_close_matches(name, known_ids, cutoff=0.5))


def _grade_pairs(
    base: EvidenceBase, request: GradeRequest, outcome: str, exposure: str
) -> tuple[PairGrade, ...]:
    narrowed_request = replace(request, outcome=outcome, exposure=exposure)
    grades = grade_outcomes(base, narrowed_request, with_diagnostics=False)
    return tuple(pair for outcome_grade in grades for pair in outcome_grade.pairs)


def _list_pairs_of_claim(
    base: EvidenceBase, claim: Claim, request: GradeRequest
) -> tuple[PairGrade, ...]:
    """The pairs whose wording or chains hold a claim; its own proposition first."""
    proposition = claim.proposition
    pairs: list[PairGrade] = []
    target = base.entity.get(proposition.object)
    if target and target.kind in OUTCOME_KINDS and proposition.subject in base.exposure:
        pairs.extend(_grade_pairs(base, request, proposition.object, proposition.subject))
    pairs.extend(
        pair
        for outcome_grade in grade_all(base, request)
        for pair in outcome_grade.pairs
        if any(claim.id in link.claims for c in list_all_chains(pair) for link in c.links)
    )
    return tuple({pair.id: pair for pair in pairs}.values())
