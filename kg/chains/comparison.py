"""One pair by the default and by every alternative, before and after fifty copies of one item."""

from __future__ import annotations

from functools import partial

from kg.chains.graph import Kernel
from kg.chains.material import Material
from kg.chains.outcome import default_sign, raised
from kg.chains.pair import claim_certainty, pair_claims, sense_of
from kg.chains.paths import simple_paths
from kg.chains.question import Question
from kg.grading.algebra import ZERO, value
from kg.grading.alternatives import ALGEBRAS
from kg.grading.alternatives.case import (
    Answer,
    Case,
    Comparison,
    Copied,
    Item,
    PairAnswer,
    Part,
    Row,
    Scope,
)
from kg.grading.alternatives.settings import settings
from kg.grading.appraise import appraise
from kg.grading.evidence import Evidence, deduplicated
from kg.grading.profiles import Profile
from kg.model import (
    BENCH,
    Design,
    Entity,
    Exposure,
    Level,
    Link,
    LinkKind,
    Reading,
    Readings,
    Sense,
    Status,
    Study,
    System,
    Tier,
    is_benefit,
)
from kg.model.record import dataclass, replace

COPY = "copy"
DEFAULT = "grade"


def compare(
    material: Material,
    outcome: Entity,
    exposure: Exposure | None,
    profile: Profile,
    kernel: Kernel,
    reading: Reading,
) -> Comparison | None:
    """The first pair of an outcome (strongest wording, benefit first); None where it has none.

    `reading` is the one in which the copies are added.
    """
    pairs = _pairs(material, outcome, exposure)
    if not pairs:
        return None
    agent, sign = pairs[0]
    before = Question(material, material.base.exposure[agent], outcome, profile)
    chosen = _to_copy(before, sign, reading)
    after = _copied(before, chosen) if chosen else None
    held = chosen.link if chosen else _weakest_link(before, sign, reading)
    views = Readings.of(lambda r: case_of(before, sign, r, held))
    later = case_of(after, sign, reading, held) if after else None
    return Comparison(
        exposure=agent,
        outcome=outcome.id,
        sense=sense_of(is_benefit(sign, outcome.better), sign).value,
        reading=reading.value,
        chains=views.map(lambda case: len(case.chains)),
        rows=(_default(before, after, sign, reading, kernel), *_rows(views, later)),
        link=held,
        copied=_report(chosen) if chosen else None,
        others=len(pairs) - 1,
        profile=f"{profile.name} {profile.version}",
        version=str(settings()["version"]),
    )


def rate_by(
    name: str,
    material: Material,
    outcome: Entity,
    exposure: Exposure | None,
    profile: Profile,
    kernel: Kernel,
) -> tuple[PairAnswer, ...]:
    """Every pair of an outcome by the alternative of this name, the strongest wording first.

    A method for single links rates the weakest link of the best chain.
    """
    algebra = ALGEBRAS[name]
    found = []
    for agent, sign in _pairs(material, outcome, exposure):
        question = Question(material, material.base.exposure[agent], outcome, profile)
        held = None
        if algebra.scope is Scope.LINK:
            held = _weakest_link(question, sign, Reading.BEST_CASE)
        cases = Readings.of(partial(case_of, question, sign, held=held))
        found.append(
            PairAnswer(
                agent,
                outcome.id,
                sense_of(is_benefit(sign, outcome.better), sign).value,
                cases.map(algebra.rate),
                _levels(question, sign, kernel),
                held,
            )
        )
    return tuple(found)


def _pairs(material: Material, outcome: Entity, exposure: Exposure | None) -> list[tuple[str, int]]:
    """Pairs of exposure and sign that the material brings up, the one to compare in front."""
    pairs = raised(material, outcome)
    if exposure is not None:
        pairs = {p for p in pairs if p[0] == exposure.id} or {(exposure.id, default_sign(outcome))}
    targets = material.base.descendants(outcome.id)

    def order(pair: tuple[str, int]) -> tuple[int, int, int, str]:
        claims = pair_claims(material, pair[0], targets, pair[1])
        sigma = max((claim.tier for claim in claims), default=Tier.NO_CLAIM)
        sense = sense_of(is_benefit(pair[1], outcome.better), pair[1])
        return (-int(sigma), -len(claims), list(Sense).index(sense), pair[0])

    return sorted(pairs, key=order)


# A question as the alternatives see it


def case_of(question: Question, sign: int, reading: Reading, held: str | None = None) -> Case:
    """The chains of a question with a sign in one reading, and the link of this id by itself.

    Chains are those without a repeated node, of up to eight links, and not more than 4000.
    """
    chains = [[arc.key for arc in path] for path in simple_paths(question.graph(reading), sign)]
    used = {key for chain in chains for key in chain}
    used |= {key for key, link in enumerate(question.links) if link.id == held}
    parts = {key: _part(question, question.links[key], reading) for key in sorted(used)}
    alone = next((part for part in parts.values() if part.id == held), None)
    return Case(tuple(tuple(parts[key] for key in chain) for chain in chains), alone)


def _part(question: Question, link: Link, reading: Reading) -> Part:
    level = link.effective[reading]
    certain = link.kind is LinkKind.DEFINITIONAL
    items = () if certain else _items(question, link, reading)
    if level and not certain and not any(item.level for item in items):
        items = (*items, Item(f"granted:{link.id}", level))
    return Part(link.id, level, items, certain, link.mechanistic, link.delta)


def _items(question: Question, link: Link, reading: Reading) -> tuple[Item, ...]:
    """The works on a link, each rated alone; those not admitted in the reading are left out."""
    if link.kind is LinkKind.BRIDGE:
        return ()
    items = []
    for item in deduplicated(question.evidence(link.subject, link.object, link.sign)):
        rating = appraise((item,), question.context, question.profile)[reading]
        if rating.level or rating.refute:
            items.append(
                Item(item.work, rating.level, rating.refute, _letter(item), item.identified)
            )
    return tuple(items)


def _letter(item: Evidence) -> str:
    letters = settings()["civic"]["letters"]
    if item.system in BENCH or item.system is System.ANIMAL:
        return str(letters["preclinical"])
    return str(letters.get(item.design.value, letters["people"]))


def _weakest_link(question: Question, sign: int, reading: Reading) -> str | None:
    """Id of the weakest link of the best chain, where there is nothing to copy."""
    chains = case_of(question, sign, reading).chains
    best = max(chains, key=lambda chain: min(part.level for part in chain), default=())
    weak = min((p for p in best if not p.certain), key=lambda p: p.level, default=None)
    return weak.id if weak else None


# The volume test


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The item to copy, the id of its link, and its level alone."""

    item: Evidence
    link: str
    level: Level


def _to_copy(question: Question, sign: int, reading: Reading) -> _Chosen | None:
    """The weakest in-vitro item on a chain; else the weakest of all; None where there is none."""
    on_chains = {
        arc.key for path in simple_paths(question.graph(reading), sign) for arc in path
    } or set(range(len(question.links)))
    found = []
    for key in sorted(on_chains):
        link = question.links[key]
        if link.kind in (LinkKind.BRIDGE, LinkKind.DEFINITIONAL):
            continue
        for item in deduplicated(question.evidence(link.subject, link.object, link.sign)):
            level = appraise((item,), question.context, question.profile)[reading].level
            if item.sign == 1 and level:
                found.append(_Chosen(item, link.id, level))
    return min(found, key=_weakness, default=None)


def _weakness(chosen: _Chosen) -> tuple[bool, bool, int, str, str]:
    system = chosen.item.system
    bench = system not in BENCH
    return (system is not System.IN_VITRO, bench, int(chosen.level), chosen.link, chosen.item.work)


def _copied(question: Question, chosen: _Chosen) -> Question:
    """The question asked again of the base with the copies in it."""
    material = question.material
    copies = tuple(_copy(chosen.item, n) for n in range(1, settings()["volume"]["copies"] + 1))
    base = replace(material.base, studies=(*material.base.studies, *copies))
    again = Material(base, material.sources, material.choice, material.without)
    return Question(again, question.exposure, question.outcome, question.profile)


def _copy(item: Evidence, number: int) -> Study:
    """A study of its own with the same finding; found and verified only if its original is."""
    id = f"{COPY}-{number}-of-{item.work}"
    finding = replace(item.finding, id=f"{id}.1")
    return Study(
        id=id,
        title=f"{COPY} {number} of {item.work}",
        year=0,
        design=item.design or Design.UNSTATED,
        system=item.system or System.HUMAN,
        n=finding.n,
        population=item.population.id if item.population else None,
        status=Status.UNKNOWN,
        read="",
        verified=item.identified,
        findings=(finding,),
        seller_funded=item.seller_funded,
    )


def _report(chosen: _Chosen) -> Copied:
    system = chosen.item.system
    return Copied(
        chosen.item.work,
        chosen.link,
        system.value if system else "unstated",
        int(settings()["volume"]["copies"]),
    )


# Rows


def _default(
    before: Question, after: Question | None, sign: int, reading: Reading, kernel: Kernel
) -> Row:
    why = "weakest link, minus one a leap; direct evidence first"
    now = _levels(before, sign, kernel)
    later = _levels(after, sign, kernel)[reading] if after else None
    return Row(
        DEFAULT,
        "chains",
        now.map(lambda level: Answer(None, level.word, why, "default")),
        None if later is None else Answer(None, later.word, why, "default"),
    )


def _levels(question: Question, sign: int, kernel: Kernel) -> Readings[Level]:
    direct, _ = question.direct(sign)
    refuted = direct.established.refute

    def level(reading: Reading) -> Level:
        chain = value(kernel.frontiers(question.graph(reading)).get(sign, ZERO))
        body = direct[reading]
        return claim_certainty(body.level, chain, refuted, body.support).level

    return Readings.of(level)


def _rows(views: Readings[Case], later: Case | None) -> tuple[Row, ...]:
    return tuple(
        Row(
            name,
            algebra.scope.value,
            views.map(algebra.rate),
            algebra.rate(later) if later else None,
        )
        for name, algebra in ALGEBRAS.items()
    )
