"""Search for claim chains: questions, kernels, and what a pair of exposure and outcome comes to.

Kernels answer the same questions of the same graph; `reference` is the readable oracle that every
other kernel must equal.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from kg.chains.graph import Kernel
from kg.registry import Registry

if TYPE_CHECKING:
    from kg.chains.edges import Columns

KERNELS: Registry[Kernel] = Registry(
    "kernel",
    {
        "embedded": "kg.chains.embedded:KERNEL",
        "arrays": "kg.chains.arrays_kernel:KERNEL",
        "reference": "kg.chains.reference:KERNEL",
    },
    group="kg.kernels",
)

Table = tuple[tuple[str, ...], list[tuple[str, ...]]]
"""Heads of columns, and rows."""

REPORTS: Registry[Callable[[Columns], Table]] = Registry(
    "report on columns",
    {"best-study-is-bench": "kg.chains.reports:best_study_is_bench"},
    group="kg.column_reports",
)
"""Reports on columns of links, under the name of the saved query that says the same in SPARQL."""
