"""The cheapest next evidence for a pair, each move with the grade that it would really reach.

A move is tried by grading again: citations are taken as found and as described, a study is added, a
link is taken as HIGH. What a move costs is an order in the profile (`plan`), not a price.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.chains.hypothetical import read_study
from kg.chains.inquiry import Inquiry, standing
from kg.chains.material import Item, Material
from kg.chains.question import Question
from kg.chains.whatif import supposed
from kg.model import Exposure, Level, LinkKind, Reading, Study
from kg.model.record import replace
from kg.model.shifts import Move, PairPlan, Plan, Standing


class Found(Material):
    """Material in which some citations count as identified, with works as their text has them."""

    def __init__(self, like: Material, found: frozenset[str]) -> None:
        self.found = found
        super().__init__(like.base, like.sources, like.choice, like.without)

    def _described(self) -> Iterator[Item]:
        for item in super()._described():
            if item.evidence.work in self.found:
                yield replace(item, evidence=replace(item.evidence, identified=True))
            else:
                yield item


def plan(inquiry: Inquiry) -> Plan:
    """The moves that raise the established level of each benefit of an outcome, cheapest first.

    Harms are left out, unless that is all there is: nobody sets out to establish one here.
    """
    pairs = inquiry.pairs()
    wanted = [p for p in pairs if inquiry.sense(p[1]).value != "harm"] or pairs
    return Plan(
        outcome=inquiry.outcome.id,
        pairs=tuple(_Planner(inquiry, exposure, sign).plan() for exposure, sign in wanted),
        base=inquiry.about,
    )


class _Planner:
    """One pair as it stands, and what trying something would come to."""

    def __init__(self, inquiry: Inquiry, exposure: Exposure, sign: int) -> None:
        self.inquiry, self.exposure, self.sign = inquiry, exposure, sign
        self.question = inquiry.question(exposure)
        self.now = self.reach(self.question)
        self.rule = inquiry.profile["plan"]

    def reach(self, question: Question, lifted: frozenset[int] = frozenset()) -> Standing:
        return standing(question, self.sign, self.inquiry.kernel, lifted)

    def plan(self) -> PairPlan:
        """All moves that raise the established level, those that others outdo left out."""
        works = self._works()
        alone = {work: self._identified((work,)) for work in works}
        moves = [m for m in alone.values() if self._raises(m)]
        if len(works) > 1:
            moves += [m for m in (self._identified(works),) if self._raises(m)]
        moves += [*self._studies(), *self._backed(()), *(self._backed(works) if works else ())]
        return PairPlan(
            exposure=self.exposure.id,
            outcome=self.inquiry.outcome.id,
            sense=self.inquiry.sense(self.sign),
            now=self.now,
            moves=_frontier(moves),
            idle=tuple(work for work, move in alone.items() if not self._raises(move)),
        )

    def _raises(self, move: Move) -> bool:
        return move.reaches.established > self.now.levels.established

    def _works(self) -> tuple[str, ...]:
        """Citations on a link of the question or on the pair itself, named but not identified."""
        direct = self.question.direct(self.sign)[0]
        rated = [direct, *(link.ratings for link in self.question.links)]
        works = {work for ratings in rated for work in ratings.as_described.works}
        return tuple(sorted(works & set(self.inquiry.material.base.citation)))

    # Moves

    def _found(self, works: Sequence[str]) -> Question:
        material = Found(self.inquiry.material, frozenset(works))
        return self.inquiry.question(self.exposure, material)

    def _identified(self, works: tuple[str, ...]) -> Move:
        reached = self.reach(self._found(works))
        return Move("identify", self.rule["identify"] * len(works), reached.levels, works)

    def _studies(self) -> Iterator[Move]:
        """The studies of the profile, run on the pair itself, where they raise the level."""
        for number, row in enumerate(self.rule["studies"], 1):
            study = self._study(row["study"], number)
            material = supposed(self.inquiry.material, (study,))
            reached = self.reach(self.inquiry.question(self.exposure, material))
            move = Move("study", row["cost"], reached.levels, study=study)
            if self._raises(move):
                yield move

    def _study(self, words: str, number: int) -> Study:
        seen = self.inquiry.sense(self.sign).value
        about = f"{self.exposure.id} -> {self.inquiry.outcome.id}"
        base, people = self.inquiry.material.base, self.inquiry.outcome.population
        return read_study(f"{words}, {seen}: {about}", base, number, people)

    def _backed(self, works: tuple[str, ...]) -> Iterator[Move]:
        """The fewest links to back for each level, with the works found that this needs."""
        question = self._found(works) if works else self.question
        graph = question.graph(Reading.ESTABLISHED)
        for level in (Level.VERY_LOW, Level.LOW, Level.MODERATE, Level.HIGH):
            keys = self.inquiry.kernel.repair(graph, self.sign, level)
            if not keys or level <= self.now.levels.established:
                continue
            ids = tuple(dict.fromkeys(question.links[key].id for key in keys))
            needed = self._needed(works, ids)
            if works and not needed:
                continue
            move = self._move(needed, ids)
            if self._raises(move):
                yield move

    def _needed(self, works: tuple[str, ...], ids: tuple[str, ...]) -> tuple[str, ...]:
        """The works without which backing these links would reach less."""
        reached = self._move(works, ids).reaches.established
        for work in works:
            fewer = tuple(w for w in works if w != work)
            if self._move(fewer, ids).reaches.established >= reached:
                works = fewer
        return works

    def _move(self, works: tuple[str, ...], ids: tuple[str, ...]) -> Move:
        question = self._found(works) if works else self.question
        lifted = frozenset(i for i, link in enumerate(question.links) if link.id in ids)
        kinds = [question.links[i].kind is LinkKind.BRIDGE for i in lifted]
        cost = sum(self.rule["bridge" if bridge else "link"] for bridge in kinds)
        return Move(
            kind="identify-and-back" if works else "back",
            cost=cost + self.rule["identify"] * len(works),
            reaches=self.reach(question, lifted).levels,
            works=works,
            links=ids,
        )


def _frontier(moves: Sequence[Move]) -> tuple[Move, ...]:
    """Moves cheapest first, without those that another of their kind outdoes at no more cost."""
    kept: list[Move] = []
    for move in sorted(moves, key=_order):
        rivals = (other for other in kept if other.kind == move.kind)
        if all(move.reaches.established > other.reaches.established for other in rivals):
            kept.append(move)
    return tuple(kept)


def _order(move: Move) -> tuple[int, int, str, tuple[str, ...], tuple[str, ...]]:
    return (move.cost, -int(move.reaches.established), move.kind, move.works, move.links)
