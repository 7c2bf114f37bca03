"""The table of `kg grade --all`: every pair that has a chain, streamed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from kg.cli.loading import count_progress, load_base, load_columns, report_line
from kg.cli.output import show_document

if TYPE_CHECKING:
    from kg.model.batches import PairBatch
    from kg.scenarios.request import GradeRequest

PAIR_FORMATS = ("text", "csv", "json", "jsonl", "parquet")
"""Forms that are written a row at a time, so that no table is too long for them."""

MAX_PAIRS_SHOWN = 50
"""Pairs that a terminal is shown unless --top says otherwise."""


class AllPairsRequest(NamedTuple):
    """What of all pairs is asked for."""

    request: GradeRequest
    least: str | None
    top: int | None
    engine: str = "embedded"


def write_pairs(
    base_path: str | None, pairs_request: AllPairsRequest, shape: str, output: str
) -> int:
    """Write the table to stdout or a file; the exit status."""
    from kg.errors import UsageError

    if shape not in PAIR_FORMATS:
        known = ", ".join(PAIR_FORMATS)
        raise UsageError(f"--format {shape} does not go with --all: choose one of {known}")
    if shape == "parquet" and output == "-":
        raise UsageError("write Parquet to a file: -o pairs.parquet")
    is_cut = shape == "text" and pairs_request.top is None
    pair_batches = _count_pairs(
        _iterate_pairs(
            base_path, pairs_request._replace(top=MAX_PAIRS_SHOWN) if is_cut else pairs_request
        ),
        is_cut,
    )
    if shape == "parquet":
        from kg.formats.files import write_atomically
        from kg.formats.rated_links.pair_parquet import encode_pairs

        write_atomically(output, encode_pairs(pair_batches))
        return 0
    from kg.render.rated_links.pairs import build_document

    show_document(build_document(pair_batches), shape, output)
    return 0


def _count_pairs(batches: Iterable[PairBatch], is_cut: bool) -> Iterator[PairBatch]:
    """The batches; on a terminal, stderr shows how many pairs there were so far.

    Where they were `is_cut` to those that are shown, a line says that there may be more.
    """
    rows = 0
    with count_progress("pairs") as on_progress:
        for batch in batches:
            rows += len(batch)
            if on_progress:
                on_progress(rows)
            yield batch
    if not rows:
        report_line("no pair: nothing here argues from an exposure to an outcome as asked for")
    if is_cut and rows == MAX_PAIRS_SHOWN:
        report_line(f"the {MAX_PAIRS_SHOWN} most certain pairs; --top N, csv or parquet has more")


def _fetch_first_batch(batches: Iterator[PairBatch]) -> Iterator[PairBatch]:
    """The batches, the first of which is there: what fails before it fails before any output."""
    from itertools import chain, islice

    return chain([*islice(batches, 1)], batches)


def _iterate_pairs(base_path: str | None, pairs_request: AllPairsRequest) -> Iterator[PairBatch]:
    from kg.api import base, grades, rated_links
    from kg.model import Level

    request, least, max_pairs, engine = pairs_request
    min_level = Level[least.upper().replace(" ", "_")] if least else Level.NONE
    if base_path and engine.startswith("spark"):
        from kg.api.spark_pairs import SparkPairsRequest, iterate_spark_pairs

        spark_request = SparkPairsRequest(
            base_path, request.outcome, request.exposure, min_level, max_pairs
        )
        plan_name = engine.partition(":")[2] or None
        return _fetch_first_batch(iterate_spark_pairs(spark_request, plan_name, report_line))
    if base_path and base.identify_input(base_path).is_rated:
        columns = load_columns(base_path)
        return rated_links.iterate_rated_pairs(
            columns, request.outcome, request.exposure, min_level, max_pairs
        )
    loaded = load_base(base_path)
    if request.outcome or request.exposure:
        outcome_grades = grades.grade_outcomes(loaded, request, with_diagnostics=False)
    else:
        outcome_grades = grades.grade_all(loaded, request)
    return rated_links.iterate_base_pairs(outcome_grades, min_level, max_pairs)
