"""Services that know works: one module each, a URL for a question and works from an answer.

Pure functions: `kg.literature.fetch` does the asking. An answer that has not the form that is
expected raises ValueError, and then nothing is concluded from it.
"""

from __future__ import annotations

from typing import Any, Protocol

from kg.model.audit import LookUpQuery, WorkRecord
from kg.registry import Registry


class LiteratureService(Protocol):
    """What is known of one service.

    `question_kinds` are the questions that it answers, `contact_parameter` is the parameter for the
    asker's address, `missing_statuses` the statuses by which it says that it has no such record.
    """

    @property
    def title(self) -> str:
        """The name by which people know it."""

    @property
    def question_kinds(self) -> tuple[str, ...]: ...
    @property
    def contact_parameter(self) -> str: ...
    @property
    def missing_statuses(self) -> tuple[int, ...]: ...

    def build_path(self, question: LookUpQuery, row_limit: int) -> str:
        """Path and query of the question, to follow the base address."""

    def parse_works(self, answer: Any, question: LookUpQuery) -> tuple[WorkRecord, ...]:
        """The works of an answer that was JSON; ValueError where it has another form."""


LITERATURE_SERVICES: Registry[LiteratureService] = Registry(
    "service",
    {
        "crossref": "kg.literature.services.crossref:SERVICE",
        "europepmc": "kg.literature.services.europepmc:SERVICE",
        "ncbi": "kg.literature.services.ncbi:SERVICE",
    },
)

__all__ = ["LITERATURE_SERVICES", "LiteratureService"]
