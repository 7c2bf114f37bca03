"""Grades in the formats of others: what each carries is a `Statement`, and reads back as it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.registry import Registry

if TYPE_CHECKING:
    from kg.formats.exchange.statement import ExchangeFormat

EXCHANGES: Registry[ExchangeFormat] = Registry(
    "exchange format",
    {
        "claimreview": "kg.formats.exchange.claimreview:FORMAT",
        "va-spec": "kg.formats.exchange.va_spec:FORMAT",
        "fhir": "kg.formats.exchange.fhir:FORMAT",
        "nanopub": "kg.formats.exchange.nanopubs:FORMAT",
    },
    group="kg.exchanges",
    is_valid=lambda entry: callable(getattr(entry, "write", None)),
)
