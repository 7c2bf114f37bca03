"""The derivation of one claim, chain or pair."""

from __future__ import annotations

from kg.api.grades import grade, grade_all, list_all_chains
from kg.errors import UnknownName, UsageError
from kg.grading.profiles import Profile
from kg.grading.profiles import load_profile as grading_profile
from kg.model import OUTCOME_KINDS, ChainGrade, Claim, EvidenceBase, PairGrade
from kg.model.record import dataclass


@dataclass(frozen=True, slots=True)
class Explanation:
    """What `kg explain` unfolds: a claim, chain or pair, with the pairs that it takes part in.

    `grading_rules` are those by which all of it was graded.
    """

    subject: Claim | ChainGrade | PairGrade
    pairs: tuple[PairGrade, ...]
    grading_rules: Profile


def explain(
    base: EvidenceBase,
    name: str,
    source: str | None = None,
    profile: str = "grade",
    evidence: str = "all",
) -> Explanation:
    """The claim, chain or pair of this id, graded, with every reason.

    A pair is `exposure--outcome` or `exposure--outcome--sense`. Raises UnknownName with near ids.
    """
    rules = grading_profile(profile)
    exposure, _, pair_remainder = name.partition("--")
    if pair_remainder:
        outcome, _, sense_name = pair_remainder.partition("--")
        grades = grade(base, outcome, exposure, source, profile, evidence, diagnostics=False)
        pairs = tuple(
            p for g in grades for p in g.pairs if not sense_name or p.sense.value == sense_name
        )
        if not pairs:
            raise UnknownName("pair", name, tuple(p.id for g in grades for p in g.pairs))
        return Explanation(pairs[0], pairs, rules)
    if name in base.chain:
        chain = base.chain[name]
        grades = grade(
            base, chain.outcome, chain.exposure, source, profile, evidence, diagnostics=False
        )
        pairs = tuple(p for g in grades for p in g.pairs)
        for pair in pairs:
            for chain_grade in list_all_chains(pair):
                if chain_grade.id == name:
                    return Explanation(chain_grade, (pair,), rules)
        raise UsageError(
            f"chain {name!r} has a step that is not part of the graph; see kg validate"
        )
    if name in base.claim:
        claim = base.claim[name]
        return Explanation(
            claim, _list_pairs_of_claim(base, claim, source, profile, evidence), rules
        )
    from difflib import get_close_matches

    known_ids = [*base.chain, *base.claim]
    raise UnknownName("claim, chain or pair", name, get_close_matches(name, known_ids, cutoff=0.5))


def _list_pairs_of_claim(
    base: EvidenceBase, claim: Claim, source: str | None, profile: str, evidence: str
) -> tuple[PairGrade, ...]:
    """The pairs whose wording or chains hold a claim; its own proposition first."""
    proposition = claim.proposition
    pairs: list[PairGrade] = []
    target = base.entity.get(proposition.object)
    if target and target.kind in OUTCOME_KINDS and proposition.subject in base.exposure:
        for outcome_grade in grade(
            base,
            proposition.object,
            proposition.subject,
            source,
            profile,
            evidence,
            diagnostics=False,
        ):
            pairs.extend(outcome_grade.pairs)
    others = (
        p
        for outcome_grade in grade_all(base, source, profile, evidence)
        for p in outcome_grade.pairs
    )
    pairs.extend(
        pair
        for pair in others
        if any(claim.id in link.claims for c in list_all_chains(pair) for link in c.links)
    )
    return tuple({pair.id: pair for pair in pairs}.values())
