"""What kg does, as functions: load, grade, check, explain, validate, build, query.

This is where the siblings meet; commands and the server are thin faces over it. A name is imported
when it is first asked for, so that a command pays for what it uses.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.api.audits import audit as audit
    from kg.api.audits import audit_turtle as audit_turtle
    from kg.api.audits import look_up as look_up
    from kg.api.audits import look_up_file as look_up_file
    from kg.api.audits import looked_up as looked_up
    from kg.api.audits import study_list as study_list
    from kg.api.bases import lint as lint
    from kg.api.bases import load as load
    from kg.api.bases import load_about as load_about
    from kg.api.bases import material as material
    from kg.api.bases import new as new
    from kg.api.bases import sound as sound
    from kg.api.bases import summary as summary
    from kg.api.bases import validate as validate
    from kg.api.clusters import Question as Question
    from kg.api.clusters import cluster_pairs as cluster_pairs
    from kg.api.detectors import rules as rules
    from kg.api.explanations import Explanation as Explanation
    from kg.api.explanations import explain as explain
    from kg.api.finding import everything as everything
    from kg.api.finding import search as search
    from kg.api.grades import check as check
    from kg.api.grades import grade as grade
    from kg.api.grades import grade_all as grade_all
    from kg.api.graphs import build as build
    from kg.api.graphs import export as export
    from kg.api.graphs import open_graph as open_graph
    from kg.api.graphs import query as query
    from kg.api.graphs import statements as statements
    from kg.api.kept import grade_shipped as grade_shipped
    from kg.api.loading import load_files as load_files
    from kg.api.mechanisms import count_paths as count_paths
    from kg.api.mechanisms import grade_paths as grade_paths
    from kg.api.rated import base_pairs as base_pairs
    from kg.api.rated import build_snapshot as build_snapshot
    from kg.api.rated import columns as columns
    from kg.api.rated import grade_rated as grade_rated
    from kg.api.rated import is_rated as is_rated
    from kg.api.rated import known_report as known_report
    from kg.api.rated import rated_pairs as rated_pairs
    from kg.api.rated import rated_report as rated_report
    from kg.api.rated import write_snapshot as write_snapshot
    from kg.api.reports import exchanged as exchanged
    from kg.api.reports import report as report
    from kg.api.suppositions import compare as compare
    from kg.api.suppositions import inquiry as inquiry
    from kg.api.suppositions import plan as plan
    from kg.api.suppositions import rate_by as rate_by
    from kg.api.suppositions import sensitivity as sensitivity
    from kg.api.suppositions import whatif as whatif
    from kg.api.things import show as show
    from kg.api.waivers import waive as waive

_MODULES = {
    "kg.api.audits": (
        "audit",
        "audit_turtle",
        "look_up",
        "look_up_file",
        "looked_up",
        "study_list",
    ),
    "kg.api.bases": (
        "lint",
        "load",
        "load_about",
        "new",
        "sound",
        "material",
        "summary",
        "validate",
    ),
    "kg.api.clusters": ("Question", "cluster_pairs"),
    "kg.api.explanations": ("Explanation", "explain"),
    "kg.api.grades": ("grade", "grade_all", "check"),
    "kg.api.graphs": ("statements", "open_graph", "query", "build", "export"),
    "kg.api.kept": ("grade_shipped",),
    "kg.api.detectors": ("rules",),
    "kg.api.finding": ("everything", "search"),
    "kg.api.things": ("show",),
    "kg.api.loading": ("load_files",),
    "kg.api.mechanisms": ("count_paths", "grade_paths"),
    "kg.api.rated": (
        "is_rated",
        "columns",
        "grade_rated",
        "rated_pairs",
        "known_report",
        "rated_report",
        "base_pairs",
        "build_snapshot",
        "write_snapshot",
    ),
    "kg.api.reports": ("exchanged", "report"),
    "kg.api.waivers": ("waive",),
    "kg.api.suppositions": ("compare", "inquiry", "whatif", "plan", "rate_by", "sensitivity"),
}
_PUBLIC = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import a public name the first time it is asked for."""
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'kg.api' has no attribute {name!r}")
