"""The cheapest next evidence for a pair, each move with the grade that it would really reach.

A move is tried by grading again: citations are taken as found and as described, a study is added, a
link is taken as HIGH. What a move costs is an order in the profile (`plan`), not a price.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kg.grading.evidence_index import EvidenceIndex, EvidenceItem
from kg.grading.question import Question
from kg.model import Exposure, Level, LinkKind, Reading, Study
from kg.model.scenarios import PairPlan, Plan, PlanStep, Standing
from kg.scenarios.request import Baseline, evaluate_standing
from kg.scenarios.study_phrase import parse_study_phrase
from kg.scenarios.whatif import apply_changes


class IdentifiedEvidenceIndex(EvidenceIndex):
    """Material in which some citations count as identified, with works as their text has them."""

    def __init__(self, like: EvidenceIndex, identified_works: frozenset[str]) -> None:
        self.identified_works = identified_works
        super().__init__(like.base, like.sources, like.choice, like.excluded_works)

    def _iterate_described_items(self) -> Iterator[EvidenceItem]:
        for item in super()._iterate_described_items():
            if item.evidence.work in self.identified_works:
                yield replace(item, evidence=replace(item.evidence, is_identified=True))
            else:
                yield item


def plan_evidence(inquiry: Baseline) -> Plan:
    """The moves that raise the established level of each benefit of an outcome, cheapest first.

    Harms are left out, unless that is all there is: nobody sets out to establish one here.
    """
    pairs = inquiry.list_pairs()
    planned_pairs = [p for p in pairs if inquiry.classify_sense(p[1]).value != "harm"] or pairs
    return Plan(
        outcome=inquiry.outcome.id,
        pairs=tuple(
            _PairPlanner(inquiry, exposure, sign).plan_pair() for exposure, sign in planned_pairs
        ),
        base=inquiry.base_summary,
    )


class _PairPlanner:
    """One pair as it stands, and what trying something would come to."""

    def __init__(self, inquiry: Baseline, exposure: Exposure, sign: int) -> None:
        self.baseline, self.exposure, self.sign = inquiry, exposure, sign
        self.question = inquiry.build_question(exposure)
        self.standing_now = self.evaluate_question(self.question)
        self.plan_rules = inquiry.profile["plan"]

    def evaluate_question(
        self, question: Question, raised_links: frozenset[int] = frozenset()
    ) -> Standing:
        return evaluate_standing(question, self.sign, raised_links)

    def plan_pair(self) -> PairPlan:
        """All moves that raise the established level, those that others outdo left out."""
        works = self._find_unidentified_works()
        alone = {work: self._try_identification((work,)) for work in works}
        moves = [m for m in alone.values() if self._is_improvement(m)]
        if len(works) > 1:
            moves += [m for m in (self._try_identification(works),) if self._is_improvement(m)]
        moves += [
            *self._try_studies(),
            *self._try_backing(()),
            *(self._try_backing(works) if works else ()),
        ]
        return PairPlan(
            exposure=self.exposure.id,
            outcome=self.baseline.outcome.id,
            sense=self.baseline.classify_sense(self.sign),
            now=self.standing_now,
            moves=_select_undominated_moves(moves),
            idle=tuple(work for work, move in alone.items() if not self._is_improvement(move)),
        )

    def _is_improvement(self, move: PlanStep) -> bool:
        return move.reaches.established > self.standing_now.levels.established

    def _find_unidentified_works(self) -> tuple[str, ...]:
        """Citations on a link of the question or on the pair itself, named but not identified."""
        direct = self.question.rate_direct_evidence(self.sign)[0]
        body_ratings = [direct, *(link.ratings for link in self.question.links)]
        work_ids = {work for ratings in body_ratings for work in ratings.as_described.works}
        return tuple(sorted(work_ids & set(self.baseline.evidence_index.base.citation)))

    # Moves

    def _suppose_identified(self, works: Sequence[str]) -> Question:
        material = IdentifiedEvidenceIndex(self.baseline.evidence_index, frozenset(works))
        return self.baseline.build_question(self.exposure, material)

    def _try_identification(self, works: tuple[str, ...]) -> PlanStep:
        standing_after = self.evaluate_question(self._suppose_identified(works))
        return PlanStep(
            "identify", self.plan_rules["identify"] * len(works), standing_after.levels, works
        )

    def _try_studies(self) -> Iterator[PlanStep]:
        """The studies of the profile, run on the pair itself, where they raise the level."""
        for number, row in enumerate(self.plan_rules["studies"], 1):
            study = self._build_study(row["study"], number)
            material = apply_changes(self.baseline.evidence_index, (study,))
            standing_after = self.evaluate_question(
                self.baseline.build_question(self.exposure, material)
            )
            move = PlanStep("study", row["cost"], standing_after.levels, study=study)
            if self._is_improvement(move):
                yield move

    def _build_study(self, words: str, number: int) -> Study:
        expected_result = self.baseline.classify_sense(self.sign).value
        study_question = f"{self.exposure.id} -> {self.baseline.outcome.id}"
        base, people = self.baseline.evidence_index.base, self.baseline.outcome.population
        return parse_study_phrase(
            f"{words}, {expected_result}: {study_question}", base, number, people
        )

    def _try_backing(self, works: tuple[str, ...]) -> Iterator[PlanStep]:
        """The fewest links to back for each level, with the works found that this needs."""
        question = self._suppose_identified(works) if works else self.question
        graph = question.build_graph(Reading.ESTABLISHED)
        for level in (Level.VERY_LOW, Level.LOW, Level.MODERATE, Level.HIGH):
            keys = self.baseline.kernel.find_repair(graph, self.sign, level)
            if not keys or level <= self.standing_now.levels.established:
                continue
            ids = tuple(dict.fromkeys(question.links[key].id for key in keys))
            needed = self._drop_needless_works(works, ids)
            if works and not needed:
                continue
            move = self._build_backing_move(needed, ids)
            if self._is_improvement(move):
                yield move

    def _drop_needless_works(self, works: tuple[str, ...], ids: tuple[str, ...]) -> tuple[str, ...]:
        """The works without which backing these links would reach less."""
        reached_level = self._build_backing_move(works, ids).reaches.established
        for work in works:
            fewer = tuple(w for w in works if w != work)
            if self._build_backing_move(fewer, ids).reaches.established >= reached_level:
                works = fewer
        return works

    def _build_backing_move(self, works: tuple[str, ...], ids: tuple[str, ...]) -> PlanStep:
        question = self._suppose_identified(works) if works else self.question
        raised_links = frozenset(i for i, link in enumerate(question.links) if link.id in ids)
        kinds = [question.links[i].kind is LinkKind.BRIDGE for i in raised_links]
        cost = sum(self.plan_rules["bridge" if is_bridge else "link"] for is_bridge in kinds)
        return PlanStep(
            kind="identify-and-back" if works else "back",
            cost=cost + self.plan_rules["identify"] * len(works),
            reaches=self.evaluate_question(question, raised_links).levels,
            works=works,
            links=ids,
        )


def _select_undominated_moves(moves: Sequence[PlanStep]) -> tuple[PlanStep, ...]:
    """Moves cheapest first, without those that another of their kind outdoes at no more cost."""
    selected_moves: list[PlanStep] = []
    for move in sorted(moves, key=_build_sort_key):
        rivals = (other for other in selected_moves if other.kind == move.kind)
        if all(move.reaches.established > other.reaches.established for other in rivals):
            selected_moves.append(move)
    return tuple(selected_moves)


def _build_sort_key(move: PlanStep) -> tuple[int, int, str, tuple[str, ...], tuple[str, ...]]:
    return (move.cost, -int(move.reaches.established), move.kind, move.works, move.links)
