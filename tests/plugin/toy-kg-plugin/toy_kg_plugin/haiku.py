"""A grade in three lines."""

from kg.model import EvidenceBase, OutcomeGrade
from kg.render import RenderOptions


def render(grade: OutcomeGrade, base: EvidenceBase, options: RenderOptions) -> str:
    """The outcome, how many pairs it has, and the verdict of the first."""
    verdicts = [pair.verdict.value for pair in grade.pairs]
    return f"{grade.outcome}\n{len(verdicts)} pairs\n{verdicts[0] if verdicts else 'silence'}\n"
