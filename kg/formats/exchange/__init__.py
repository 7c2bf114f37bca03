"""Grades in the formats of others: what each carries is a `Statement`, and reads back as it."""

from __future__ import annotations

from kg.formats.exchange.statement import ExchangeFormat
from kg.registry import Registry

EXCHANGES: Registry[ExchangeFormat] = Registry(
    "exchange format",
    {
        "claimreview": "kg.formats.exchange.claimreview:FORMAT",
        "va-spec": "kg.formats.exchange.va_spec:FORMAT",
        "fhir": "kg.formats.exchange.fhir:FORMAT",
        "nanopub": "kg.formats.exchange.nanopubs:FORMAT",
    },
    group="kg.exchanges",
)
