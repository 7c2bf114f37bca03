"""`kg load`: files of any size into a store on disk."""

from __future__ import annotations

import click

from kg.cli.output import emit_result

HELP_TEXT = """\b
Examples:
  kg load nodes.tsv edges.tsv --store graph
  kg load edges.jsonl.gz --store graph --strict
  kg load dump.nq.zst --store graph
  kg query --base graph -e 'SELECT (COUNT(*) AS ?n) { ?s a kg:Claim }'

Load files of any size into a store on disk.

FILE is KGX (nodes or edges, .tsv, .csv or .jsonl), N-Triples, N-Quads, Turtle or TriG, plain or
compressed with gzip, bzip2 or zstd. The store is created if missing, and keeps what it holds. All
files are loaded or none: an interrupted load leaves the store as it was, and can be run again. A
faulty line is reported and skipped.
"""


@click.command(help=HELP_TEXT, short_help="Load KGX or RDF of any size into a store on disk.")
@click.argument("file", nargs=-1, required=True)
@click.option("--store", required=True, metavar="PATH", help="Directory of the store.")
@click.option("--strict", is_flag=True, help="Exit with status 3 at the first faulty line.")
def command(file: tuple[str, ...], store: str, strict: bool) -> None:
    """Load files."""
    from kg.api.loading import load_files
    from kg.render.writers.text import align_columns

    done = load_files(file, store, strict)
    rows = [
        [f.path, *(f"{n:,}" for n in (f.lines, f.taken, f.repeated, f.empty, f.faulty))]
        for f in done.files
    ]
    column_names = ("file", "lines", "taken", "repeated", "empty", "faulty")
    emit_result("\n".join(align_columns(column_names, rows, 10_000)) + "\n")
    emit_result(f"{done.added:,} statements added, {done.quads:,} in {done.store}\n")
