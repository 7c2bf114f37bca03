"""Transfers between exposures: what it costs to use evidence on one exposure for another.

grading.md section 7. Tuples that differ in substance, form, route or kind are different nodes; a
bridge either charges the next findings or is a link that needs evidence of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from kg.grading.profiles import Profile
from kg.model import Entity, EvidenceBase, Exposure, ExposureKind, Route

_KINDS_WITH_FORM = frozenset(
    {
        ExposureKind.SUPPLEMENTATION,
        ExposureKind.DIETARY,
        ExposureKind.TOPICAL,
        ExposureKind.DEVICE,
        ExposureKind.EXCESS,
        ExposureKind.IN_VITRO,
    }
)
_PARENTERAL_ROUTES = frozenset({Route.INTRAVENOUS, Route.INTRAMUSCULAR})
_LISTED_TRANSFERS = frozenset(
    {
        (ExposureKind.TOPICAL, ExposureKind.SUPPLEMENTATION),
        (ExposureKind.SUPPLEMENTATION, ExposureKind.TOPICAL),
        (ExposureKind.DEVICE, ExposureKind.SUPPLEMENTATION),
    }
)
_UNALLOCATABLE_KINDS = frozenset({ExposureKind.DEFICIENCY})


@dataclass(frozen=True, slots=True)
class Bridge:
    """A transfer from evidence on one exposure to a claim on another.

    `required_links` names what needs evidence of its own (empty: nothing does), `charges` what
    joins the facet sum of the next findings, `sign` whether the effect keeps its direction.
    """

    evidence: str
    claim: str
    sign: int = 1
    required_links: tuple[str, ...] = ()
    charges: tuple[tuple[str, float], ...] = ()

    @property
    def total_charge(self) -> float:
        """Sum of the charges that join the next findings."""
        return sum(amount for _, amount in self.charges)


def is_allocatable(exposure: Exposure | None) -> bool:
    """Whether a trial could allocate people to this exposure; a deficiency cannot be."""
    return exposure is None or exposure.kind not in _UNALLOCATABLE_KINDS


def find_bridge(
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
    substance = _compare_substances(evidence, claim, base)
    if substance is None:
        return None
    if substance in ("component", "combination"):
        if evidence.kind is not claim.kind and ExposureKind.DEFICIENCY in (
            evidence.kind,
            claim.kind,
        ):
            return None  # lack of a component is not intake of a product, whatever the sign
        return Bridge(evidence.id, claim.id, required_links=(f"{substance} for product",))
    requires: list[str] = []
    charges: list[tuple[str, float]] = []
    if substance == "class":
        charges.append(("other member of the class", policy["class_member"]))
    sign = _charge_kinds(evidence, claim, deficient, policy, requires, charges)
    if sign is None or not _charge_routes(evidence, claim, policy, requires, charges):
        return None
    if _has_other_form(evidence, claim):
        charges.append(("form", policy["form_credited" if credits_form else "form"]))
    return Bridge(evidence.id, claim.id, sign, tuple(requires), tuple(charges))


def build_stated_bridge(evidence: Exposure, claim: Exposure) -> Bridge:
    """The bridge of a pair that is not listed, where a source argues across it."""
    kinds = (evidence.kind, claim.kind)
    sign = -1 if evidence.kind is not claim.kind and ExposureKind.DEFICIENCY in kinds else 1
    return Bridge(
        evidence.id, claim.id, sign, required_links=(f"{evidence.kind} for {claim.kind}",)
    )


def _compare_substances(evidence: Exposure, claim: Exposure, base: EvidenceBase) -> str | None:
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
    evidence_entity, claim_entity = (base.entity.get(x.substance) for x in (evidence, claim))
    if (
        isinstance(evidence_entity, Entity)
        and isinstance(claim_entity, Entity)
        and evidence_entity.exchange_class
    ):
        return "class" if evidence_entity.exchange_class == claim_entity.exchange_class else None
    return None


def _charge_kinds(
    evidence: Exposure,
    claim: Exposure,
    deficient: bool,
    policy: dict[str, float],
    requires: list[str],
    charges: list[tuple[str, float]],
) -> int | None:
    """Add what the kinds cost; return the sign of the transfer, or None if it is not listed."""
    kind_pair = (evidence.kind, claim.kind)
    if evidence.kind is claim.kind or evidence.kind is ExposureKind.IN_VITRO:
        return 1
    if kind_pair == (ExposureKind.DEFICIENCY, ExposureKind.SUPPLEMENTATION):
        if deficient:
            charges.append(("deficiency in deficient people", policy["deficiency_when_deficient"]))
        else:
            requires.append("deficiency for supplementation")
        return -1
    if kind_pair == (ExposureKind.DIETARY, ExposureKind.SUPPLEMENTATION):
        charges.append(("diet for supplement", policy["dietary"]))
        return 1
    if kind_pair not in _LISTED_TRANSFERS:
        return None
    requires.append(f"{evidence.kind} for {claim.kind}")
    return 1


def _charge_routes(
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
    if Route.ORAL in pair and pair & _PARENTERAL_ROUTES:
        charges.append((f"{evidence.route} for {claim.route}", policy["parenteral"]))
        return True
    return bool(requires)


def _has_other_form(evidence: Exposure, claim: Exposure) -> bool:
    """Whether two tuples that both have a form differ in it; an unstated form differs."""
    both_have_form = evidence.kind in _KINDS_WITH_FORM and claim.kind in _KINDS_WITH_FORM
    return both_have_form and evidence.form != claim.form
