"""Evidence-grading knowledge graph for health claims.

>>> import kg
>>> base = kg.load()
>>> [graded] = kg.grade(base, outcome="acne-scars", diagnostics=False)
>>> graded.pairs[0].verdict.value
'unsupported'

Importing the package costs next to nothing: functions import what they need, and the types load on
first use.
"""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

import kg.render as render_package
from kg._version import __version__ as __version__
from kg.api import (
    appraise,
    build,
    check,
    explain,
    grade,
    load,
    plan,
    query,
    render,
    report,
    validate,
    whatif,
)

if TYPE_CHECKING:
    from kg.model import EvidenceBase, Level, OutcomeGrade, Reading

__all__ = [
    "EvidenceBase",
    "Level",
    "OutcomeGrade",
    "Reading",
    "appraise",
    "build",
    "check",
    "explain",
    "grade",
    "load",
    "plan",
    "query",
    "render",
    "report",
    "validate",
    "whatif",
]


class _RenderPackage(ModuleType):
    """The package `kg.render`, which is called like the function that has its name."""

    __call__ = staticmethod(render)


render_package.__class__ = _RenderPackage
if not TYPE_CHECKING:
    render = render_package  # so that `import kg.render as x` gives the package, whenever it runs


def __getattr__(name: str) -> Any:
    """Import a type the first time it is asked for."""
    if name in __all__:
        return getattr(import_module("kg.model"), name)
    raise AttributeError(f"module 'kg' has no attribute {name!r}")


def __dir__() -> list[str]:
    """The public names, and none of the modules that make them."""
    return [*__all__, "__version__"]
