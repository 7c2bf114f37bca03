"""The table of `kg grade --all`: every pair that has a chain, streamed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import click

from kg.cli import shared

if TYPE_CHECKING:
    from kg.model.links import PairBatch

SHOWN = 50
"""Pairs that a terminal is shown unless --top says otherwise."""


class Asked(NamedTuple):
    """What of all pairs is asked for."""

    outcome: str | None
    exposure: str | None
    source: str | None
    profile: str
    evidence: str
    least: str | None
    top: int | None
    engine: str = "embedded"


def write(base: str | None, asked: Asked, shape: str, output: str) -> int:
    """Write the table to stdout or a file; the exit status."""
    from kg.errors import UsageError

    if shape == "markdown":
        raise UsageError("--all gives text, csv, json (an object a line) or parquet")
    if shape == "parquet" and output == "-":
        raise UsageError("write Parquet to a file: -o pairs.parquet")
    cut = shape == "text" and asked.top is None
    found = _counted(_pairs(base, asked._replace(top=SHOWN) if cut else asked), cut)
    if shape == "parquet":
        from kg.formats.files import write_atomically
        from kg.formats.parquet import pairs

        write_atomically(output, pairs(found))
        return 0
    from kg.render.pairs import FORMS

    pieces = FORMS[shape](found)
    if output != "-":
        from kg.formats.files import write_atomically

        write_atomically(output, pieces)
        return 0
    for piece in pieces:
        shared.emit(piece)
    return 0


def _counted(batches: Iterable[PairBatch], cut: bool) -> Iterator[PairBatch]:
    """The batches; how many pairs there were so far is told on stderr, on a terminal.

    Where they were `cut` to those that are shown, it is told that there may be more.
    """
    rows = 0
    with shared.counting("pairs") as told:
        for batch in batches:
            rows += len(batch)
            if told:
                told(rows)
            yield batch
    if cut and rows == SHOWN:
        click.echo(f"kg: the {SHOWN} surest pairs; --top N, csv or parquet has more", err=True)


def _begun(batches: Iterator[PairBatch]) -> Iterator[PairBatch]:
    """The batches, the first of which is there: what fails before it fails before any output."""
    from itertools import chain, islice

    return chain([*islice(batches, 1)], batches)


def _told(text: str) -> None:
    from kg.render.escape import terminal

    click.echo(f"kg: {terminal(text)}", err=True)


def _pairs(base: str | None, asked: Asked) -> Iterator[PairBatch]:
    from kg import api
    from kg.model import Level

    least = Level[asked.least.upper().replace(" ", "_")] if asked.least else Level.NONE
    if base and asked.engine != "embedded":
        question = api.Question(base, asked.outcome, asked.exposure, least, asked.top)
        plan = asked.engine.partition(":")[2] or None
        return _begun(api.cluster_pairs(question, plan, _told))
    if base and api.is_rated(base):
        columns = shared.load_columns(base)
        return api.rated_pairs(columns, asked.outcome, asked.exposure, least, asked.top)
    loaded = shared.load(base)
    if asked.outcome or asked.exposure:
        how = (asked.outcome, asked.exposure, asked.source, asked.profile, asked.evidence)
        grades = api.grade(loaded, *how, diagnostics=False)
    else:
        grades = api.grade_all(loaded, asked.source, asked.profile, asked.evidence)
    return api.base_pairs(grades, least, asked.top)
