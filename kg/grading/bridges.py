"""Transfers between exposures: what it costs to use evidence on one exposure for another.

grading.md section 7. Tuples that differ in substance, form, route or kind are different nodes; a
bridge either charges the next findings or is a link that needs evidence of its own.
"""

from __future__ import annotations

from kg.grading.profiles import Profile
from kg.model import Entity, EvidenceBase, Exposure, ExposureKind, Route
from kg.model.record import dataclass

_WITH_FORM = frozenset(
    {
        ExposureKind.SUPPLEMENTATION,
        ExposureKind.DIETARY,
        ExposureKind.TOPICAL,
        ExposureKind.DEVICE,
        ExposureKind.EXCESS,
        ExposureKind.IN_VITRO,
    }
)
_PARENTERAL = frozenset({Route.INTRAVENOUS, Route.INTRAMUSCULAR})
_LISTED = frozenset(
    {
        (ExposureKind.TOPICAL, ExposureKind.SUPPLEMENTATION),
        (ExposureKind.SUPPLEMENTATION, ExposureKind.TOPICAL),
        (ExposureKind.DEVICE, ExposureKind.SUPPLEMENTATION),
    }
)
_UNALLOCATED = frozenset({ExposureKind.DEFICIENCY})


@dataclass(frozen=True, slots=True)
class Bridge:
    """A transfer from evidence on one exposure to a claim on another.

    `requires` names what needs evidence of its own (empty: nothing does), `charges` what joins the
    facet sum of the next findings, `sign` whether the effect keeps its direction.
    """

    evidence: str
    claim: str
    sign: int = 1
    requires: tuple[str, ...] = ()
    charges: tuple[tuple[str, float], ...] = ()

    @property
    def charge(self) -> float:
        """Sum of the charges that join the next findings."""
        return sum(amount for _, amount in self.charges)


def allocatable(exposure: Exposure | None) -> bool:
    """Whether a trial could allocate people to this exposure; a deficiency cannot be."""
    return exposure is None or exposure.kind not in _UNALLOCATED


def bridge(
    evidence: Exposure,
    claim: Exposure,
    base: EvidenceBase,
    profile: Profile,
    deficient: bool = False,
    credits_form: bool = False,
) -> Bridge | None:
    """The bridge from `evidence` to `claim`, or None where the policy lists none.

    A pair that is not listed needs someone to state the transfer; see `stated_bridge`.
    `deficient`: the population asked about is deficient; `credits_form`: the claim credits the
    form itself. Several differing components make one bridge with the strictest policy; the other
    charges go to the next findings.
    """
    if evidence.id == claim.id:
        return Bridge(evidence.id, claim.id)
    policy = profile["bridge"]
    substance = _substance(evidence, claim, base)
    if substance is None:
        return None
    if substance in ("component", "combination"):
        return Bridge(evidence.id, claim.id, requires=(f"{substance} for product",))
    requires: list[str] = []
    charges: list[tuple[str, float]] = []
    if substance == "class":
        charges.append(("other member of the class", policy["class_member"]))
    sign = _kind(evidence, claim, deficient, policy, requires, charges)
    if sign is None or not _route(evidence, claim, policy, requires, charges):
        return None
    if _forms_differ(evidence, claim):
        charges.append(("form", policy["form_credited" if credits_form else "form"]))
    return Bridge(evidence.id, claim.id, sign, tuple(requires), tuple(charges))


def stated_bridge(evidence: Exposure, claim: Exposure) -> Bridge:
    """The bridge of a pair that is not listed, where a source argues across it."""
    kinds = (evidence.kind, claim.kind)
    sign = -1 if evidence.kind is not claim.kind and ExposureKind.DEFICIENCY in kinds else 1
    return Bridge(evidence.id, claim.id, sign, requires=(f"{evidence.kind} for {claim.kind}",))


def _substance(evidence: Exposure, claim: Exposure, base: EvidenceBase) -> str | None:
    """How the substances are related: same, component, combination, class, or None."""
    if claim.id in evidence.components:
        return "combination"
    if evidence.id in claim.components:
        return "component"
    if evidence.substance == claim.substance:
        return "same"
    if claim.substance in evidence.components:
        return "combination"
    if evidence.substance in claim.components:
        return "component"
    a, b = (base.entity.get(x.substance) for x in (evidence, claim))
    if isinstance(a, Entity) and isinstance(b, Entity) and a.exchange_class:
        return "class" if a.exchange_class == b.exchange_class else None
    return None


def _kind(
    evidence: Exposure,
    claim: Exposure,
    deficient: bool,
    policy: dict[str, float],
    requires: list[str],
    charges: list[tuple[str, float]],
) -> int | None:
    """Add what the kinds cost; return the sign of the transfer, or None if it is not listed."""
    pair = (evidence.kind, claim.kind)
    if evidence.kind is claim.kind or evidence.kind is ExposureKind.IN_VITRO:
        return 1
    if pair == (ExposureKind.DEFICIENCY, ExposureKind.SUPPLEMENTATION):
        if deficient:
            charges.append(("deficiency in deficient people", policy["deficiency_when_deficient"]))
        else:
            requires.append("deficiency for supplementation")
        return -1
    if pair == (ExposureKind.DIETARY, ExposureKind.SUPPLEMENTATION):
        charges.append(("diet for supplement", policy["dietary"]))
        return 1
    if pair not in _LISTED:
        return None
    requires.append(f"{evidence.kind} for {claim.kind}")
    return 1


def _route(
    evidence: Exposure,
    claim: Exposure,
    policy: dict[str, float],
    requires: list[str],
    charges: list[tuple[str, float]],
) -> bool:
    """Add what the routes cost; whether the pair is listed.

    Routes that are unstated or do not apply cost nothing, and a bridge of kinds covers its routes.
    """
    silent = {Route.UNSTATED, Route.NONE, Route.MEDIUM}
    if evidence.route is claim.route or evidence.route in silent or claim.route in silent:
        return True
    pair = {evidence.route, claim.route}
    if Route.ORAL in pair and pair & _PARENTERAL:
        charges.append((f"{evidence.route} for {claim.route}", policy["parenteral"]))
        return True
    return bool(requires)


def _forms_differ(evidence: Exposure, claim: Exposure) -> bool:
    """Whether two tuples that both have a form differ in it; an unstated form differs."""
    both = evidence.kind in _WITH_FORM and claim.kind in _WITH_FORM
    return both and evidence.form != claim.form
