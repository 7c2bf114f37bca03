"""What kg does, as functions: load, grade, check, explain, validate, build, query.

This is where the siblings meet; commands and the server are thin faces over it. A name is imported
when it is first asked for, so that a command pays for what it uses.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.api.audits import ask_services as ask_services
    from kg.api.audits import audit as audit
    from kg.api.audits import encode_audit_turtle as encode_audit_turtle
    from kg.api.audits import list_studies_as_source as list_studies_as_source
    from kg.api.audits import locate_look_ups_file as locate_look_ups_file
    from kg.api.audits import read_look_ups as read_look_ups
    from kg.api.base import build_evidence_index as build_evidence_index
    from kg.api.base import create_template as create_template
    from kg.api.base import lint_base as lint_base
    from kg.api.base import load as load
    from kg.api.base import load_for_outcome as load_for_outcome
    from kg.api.base import require_sound as require_sound
    from kg.api.base import summarise_base as summarise_base
    from kg.api.base import validate as validate
    from kg.api.detectors import list_rules as list_rules
    from kg.api.explanations import Explanation as Explanation
    from kg.api.explanations import explain as explain
    from kg.api.grades import check as check
    from kg.api.grades import grade as grade
    from kg.api.grades import grade_all as grade_all
    from kg.api.graphs import build as build
    from kg.api.graphs import build_graph_quads as build_graph_quads
    from kg.api.graphs import export_base as export_base
    from kg.api.graphs import open_graph as open_graph
    from kg.api.graphs import query as query
    from kg.api.kept import grade_shipped as grade_shipped
    from kg.api.loading import load_files as load_files
    from kg.api.mechanisms import count_paths as count_paths
    from kg.api.mechanisms import grade_paths as grade_paths
    from kg.api.rated_links import build_rated_report as build_rated_report
    from kg.api.rated_links import build_snapshot as build_snapshot
    from kg.api.rated_links import grade_rated as grade_rated
    from kg.api.rated_links import is_rated as is_rated
    from kg.api.rated_links import iterate_base_pairs as iterate_base_pairs
    from kg.api.rated_links import iterate_rated_pairs as iterate_rated_pairs
    from kg.api.rated_links import load_link_columns as load_link_columns
    from kg.api.rated_links import require_report as require_report
    from kg.api.rated_links import write_snapshot as write_snapshot
    from kg.api.reports import export_grades as export_grades
    from kg.api.reports import report as report
    from kg.api.scenarios import build_inquiry as build_inquiry
    from kg.api.scenarios import compare_methods as compare_methods
    from kg.api.scenarios import measure_sensitivity as measure_sensitivity
    from kg.api.scenarios import plan as plan
    from kg.api.scenarios import rate_by_algebra as rate_by_algebra
    from kg.api.scenarios import whatif as whatif
    from kg.api.search import list_searchable_things as list_searchable_things
    from kg.api.search import search_things as search_things
    from kg.api.spark_pairs import SparkPairsRequest as SparkPairsRequest
    from kg.api.spark_pairs import iterate_spark_pairs as iterate_spark_pairs
    from kg.api.things import show_thing as show_thing
    from kg.api.waivers import apply_waivers as apply_waivers

_MODULES = {
    "kg.api.audits": (
        "ask_services",
        "audit",
        "encode_audit_turtle",
        "list_studies_as_source",
        "locate_look_ups_file",
        "read_look_ups",
    ),
    "kg.api.base": (
        "build_evidence_index",
        "create_template",
        "lint_base",
        "load",
        "load_for_outcome",
        "require_sound",
        "summarise_base",
        "validate",
    ),
    "kg.api.detectors": ("list_rules",),
    "kg.api.explanations": (
        "Explanation",
        "explain",
    ),
    "kg.api.grades": (
        "check",
        "grade",
        "grade_all",
    ),
    "kg.api.graphs": (
        "build",
        "build_graph_quads",
        "export_base",
        "open_graph",
        "query",
    ),
    "kg.api.kept": ("grade_shipped",),
    "kg.api.loading": ("load_files",),
    "kg.api.mechanisms": (
        "count_paths",
        "grade_paths",
    ),
    "kg.api.rated_links": (
        "build_rated_report",
        "build_snapshot",
        "grade_rated",
        "is_rated",
        "iterate_base_pairs",
        "iterate_rated_pairs",
        "load_link_columns",
        "require_report",
        "write_snapshot",
    ),
    "kg.api.reports": (
        "export_grades",
        "report",
    ),
    "kg.api.scenarios": (
        "build_inquiry",
        "compare_methods",
        "measure_sensitivity",
        "plan",
        "rate_by_algebra",
        "whatif",
    ),
    "kg.api.search": (
        "list_searchable_things",
        "search_things",
    ),
    "kg.api.spark_pairs": (
        "SparkPairsRequest",
        "iterate_spark_pairs",
    ),
    "kg.api.things": ("show_thing",),
    "kg.api.waivers": ("apply_waivers",),
}
_PUBLIC = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import a public name the first time it is asked for."""
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'kg.api' has no attribute {name!r}")
