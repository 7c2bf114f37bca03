"""The derivation of one claim, chain or pair."""

from __future__ import annotations

from kg.api.grades import all_chains, grade, grade_all
from kg.errors import UnknownName, UsageError
from kg.grading.profiles import Profile
from kg.grading.profiles import profile as grading_profile
from kg.model import OUTCOME_KINDS, ChainGrade, Claim, EvidenceBase, PairGrade
from kg.model.record import dataclass


@dataclass(frozen=True, slots=True)
class Explanation:
    """What `kg explain` unfolds: a claim, chain or pair, with the pairs that it takes part in.

    `rules` are those by which all of it was graded.
    """

    subject: Claim | ChainGrade | PairGrade
    pairs: tuple[PairGrade, ...]
    rules: Profile


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
    exposure, _, rest = name.partition("--")
    if rest:
        outcome, _, sense = rest.partition("--")
        grades = grade(base, outcome, exposure, source, profile, evidence, diagnostics=False)
        pairs = tuple(p for g in grades for p in g.pairs if not sense or p.sense.value == sense)
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
            for graded in all_chains(pair):
                if graded.id == name:
                    return Explanation(graded, (pair,), rules)
        raise UsageError(
            f"chain {name!r} has a step that is not part of the graph; see kg validate"
        )
    if name in base.claim:
        claim = base.claim[name]
        return Explanation(claim, _pairs_of(base, claim, source, profile, evidence), rules)
    from difflib import get_close_matches

    known = [*base.chain, *base.claim]
    raise UnknownName("claim, chain or pair", name, get_close_matches(name, known, cutoff=0.5))


def _pairs_of(
    base: EvidenceBase, claim: Claim, source: str | None, profile: str, evidence: str
) -> tuple[PairGrade, ...]:
    """The pairs whose wording or chains hold a claim; its own proposition first."""
    about = claim.proposition
    pairs: list[PairGrade] = []
    target = base.entity.get(about.object)
    if target and target.kind in OUTCOME_KINDS and about.subject in base.exposure:
        for graded in grade(
            base, about.object, about.subject, source, profile, evidence, diagnostics=False
        ):
            pairs.extend(graded.pairs)
    others = (p for graded in grade_all(base, source, profile, evidence) for p in graded.pairs)
    pairs.extend(
        pair
        for pair in others
        if any(claim.id in link.claims for c in all_chains(pair) for link in c.links)
    )
    return tuple({pair.id: pair for pair in pairs}.values())
