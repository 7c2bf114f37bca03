"""`kg load`: files of any size into a store on disk."""

from __future__ import annotations

import click

from kg.cli import shared

HELP_TEXT = """\b
Examples:
  kg load nodes.tsv edges.tsv --store graph
  kg load edges.jsonl.gz --store graph --strict
  kg load dump.nq.zst --store graph
  kg query --base graph -e 'SELECT (COUNT(*) AS ?n) { ?s a kg:Claim }'

Load files of any size into a store on disk.

FILE is KGX (nodes or edges, .tsv, .csv or .jsonl), N-Triples, N-Quads, Turtle or TriG, as it is or
packed by gzip, bzip2 or zstd. The store is made where it is missing; what it has stays. All files
are loaded or none: a load that is interrupted leaves the store as it was, and can be run again. A
faulty line is told and left out.
"""


@click.command(help=HELP_TEXT, short_help="Load KGX or RDF of any size into a store on disk.")
@click.argument("file", nargs=-1, required=True)
@click.option("--store", required=True, metavar="PATH", help="Directory of the store.")
@click.option("--strict", is_flag=True, help="End with 3 at the first faulty line.")
def command(file: tuple[str, ...], store: str, strict: bool) -> None:
    """Load files."""
    from kg.api.loading import load_files
    from kg.render.writers.text import align_columns

    done = load_files(file, store, strict)
    rows = [
        [f.path, f"{f.lines:,}", f"{f.taken:,}", f"{f.empty:,}", f"{f.faulty:,}"]
        for f in done.files
    ]
    column_names = ("file", "lines", "taken", "empty", "faulty")
    shared.emit_text("\n".join(align_columns(column_names, rows, 10_000)) + "\n")
    shared.emit_text(f"{done.added:,} statements added, {done.quads:,} in {done.store}\n")
