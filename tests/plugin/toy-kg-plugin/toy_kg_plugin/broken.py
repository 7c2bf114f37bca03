"""Plug-ins that do not work."""

from typing import NoReturn

from kg.model import Severity
from kg.weaklinks.detector import Detector


def judge(fact_base: object, claim: object) -> NoReturn:
    """Raise."""
    raise ZeroDivisionError("this detector divides by zero")


def render(grade: object, base: object, options: object) -> NoReturn:
    """Raise."""
    raise ZeroDivisionError("this renderer divides by zero")


DETECTOR_THAT_RAISES = Detector(
    "TOY02", "raising", Severity.MILD, "claims", (), "F7", "no published figure", judge
)
NO_DETECTOR = "a text"
PROFILE = {"title": "start is no table", "start": 3}
