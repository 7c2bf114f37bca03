"""Evidence-grading knowledge graph for health claims.

The public names load on first use, so that importing the package costs nothing.

>>> import kg
>>> kg.Level.LOW > kg.Level.VERY_LOW
True
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from kg._version import __version__ as __version__

_MODULE_BY_NAME = {
    "Level": "kg.model",
    "Reading": "kg.model",
    "EvidenceBase": "kg.model",
    "OutcomeGrade": "kg.model",
    "load": "kg.api",
    "grade": "kg.api",
    "check": "kg.api",
    "query": "kg.api",
}

__all__ = ["EvidenceBase", "Level", "OutcomeGrade", "Reading", "check", "grade", "load", "query"]

if TYPE_CHECKING:
    from kg.api import check, grade, load, query
    from kg.model import EvidenceBase, Level, OutcomeGrade, Reading


def __getattr__(name: str) -> Any:
    """Import a public name the first time it is asked for."""
    if name in _MODULE_BY_NAME:
        return getattr(import_module(_MODULE_BY_NAME[name]), name)
    raise AttributeError(f"module 'kg' has no attribute {name!r}")
