"""The audit of citations: is a work identified, does it say what the text says, how do we know.

`audit` is pure; `kg.literature.fetch` asks the services, and nothing else here does.
"""

from kg.literature.audit import audit_citations, list_citations
from kg.literature.match_records import group_by_question, list_further_questions
from kg.literature.questions import IDENTIFIER_KINDS, list_questions
from kg.literature.service_settings import LookUpSettings, ServiceEndpoint, load_look_up_settings
from kg.literature.services import LITERATURE_SERVICES

__all__ = [
    "IDENTIFIER_KINDS",
    "LITERATURE_SERVICES",
    "LookUpSettings",
    "ServiceEndpoint",
    "audit_citations",
    "group_by_question",
    "list_citations",
    "list_further_questions",
    "list_questions",
    "load_look_up_settings",
]
