"""Grading on columns, for 10^5 to 10^8 rated links."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from kg.registry import Registry

if TYPE_CHECKING:
    from kg.bulk.columns import LinkColumns

ReportTable = tuple[tuple[str, ...], list[tuple[str, ...]]]
"""Heads of columns, and rows."""

COLUMN_REPORTS: Registry[Callable[[LinkColumns], ReportTable]] = Registry(
    "report on columns",
    {"best-study-is-bench": "kg.bulk.reports:list_bench_only_links"},
    group="kg.column_reports",
)
"""Reports on columns of links, under the name of the saved query that says the same in SPARQL."""
