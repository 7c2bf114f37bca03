"""Search for claim chains: questions, kernels, and what a pair of exposure and outcome comes to.

Kernels answer the same questions of the same graph; `reference` is the readable oracle that every
other kernel must equal.
"""

from __future__ import annotations

from kg.chains.graph import Kernel
from kg.registry import Registry

KERNELS: Registry[Kernel] = Registry(
    "kernel",
    {
        "embedded": "kg.chains.embedded:KERNEL",
        "arrays": "kg.chains.arrays:KERNEL",
        "reference": "kg.chains.reference:KERNEL",
    },
    group="kg.kernels",
)
