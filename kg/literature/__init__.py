"""The audit of citations: is a work identified, does it say what the text says, how do we know.

`audit` is pure; `kg.literature.outside` asks the services, and nothing else here does.
"""

from kg.literature.audit import audit, of_sources
from kg.literature.looked_up import by_question, led_to
from kg.literature.manners import Endpoint, Manners, manners
from kg.literature.questions import KINDS, questions
from kg.literature.services import SERVICES

__all__ = [
    "KINDS",
    "SERVICES",
    "Endpoint",
    "Manners",
    "audit",
    "by_question",
    "led_to",
    "manners",
    "of_sources",
    "questions",
]
