"""Kernels: ways to search the same graph for chains, chosen by name.

They answer the same questions of the same graph; `reference` is the readable oracle that every
other kernel must equal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.registry import Registry

if TYPE_CHECKING:
    from kg.search.graph import Kernel

KERNELS: Registry[Kernel] = Registry(
    "kernel",
    {
        "embedded": "kg.search.kernels.plain:KERNEL",
        "arrays": "kg.bulk.array_kernel:KERNEL",
        "reference": "kg.search.kernels.reference:KERNEL",
    },
    group="kg.kernels",
    is_valid=lambda entry: callable(getattr(entry, "find_frontiers", None)),
)
