"""Services that know works: one module each, a URL for a question and works from an answer.

Pure functions: `kg.literature.outside` does the asking. An answer that has not the form that is
expected raises ValueError, and then nothing is concluded from it.
"""

from __future__ import annotations

from typing import Any, Protocol

from kg.model.audit import Question, Work
from kg.registry import Registry


class Service(Protocol):
    """What is known of one service.

    `kinds` are the questions that it answers, `contact` is the parameter for the asker's address,
    `missing` the statuses by which it says that it has no such record.
    """

    @property
    def title(self) -> str:
        """The name by which people know it."""

    @property
    def kinds(self) -> tuple[str, ...]: ...
    @property
    def contact(self) -> str: ...
    @property
    def missing(self) -> tuple[int, ...]: ...

    def path(self, question: Question, rows: int) -> str:
        """Path and query of the question, to follow the base address."""

    def works(self, answer: Any, question: Question) -> tuple[Work, ...]:
        """The works of an answer that was JSON; ValueError where it has another form."""


SERVICES: Registry[Service] = Registry(
    "service",
    {
        "crossref": "kg.literature.services.crossref:SERVICE",
        "europepmc": "kg.literature.services.europepmc:SERVICE",
        "ncbi": "kg.literature.services.ncbi:SERVICE",
    },
)

__all__ = ["SERVICES", "Service"]
