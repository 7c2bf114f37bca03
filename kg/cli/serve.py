"""`kg serve`: pages, JSON, linked data and SPARQL over HTTP."""

from __future__ import annotations

import os

import click

from kg.cli import options

HELP_TEXT = """\b
Examples:
  kg serve
  kg serve --port 0 --base my-data/
  kg serve --host 0.0.0.0 --allow-host kg.example.org

Serve pages, a JSON API, linked data and a SPARQL endpoint, all read-only.

By default only requests from this machine are answered. Each query runs in its own process, without
network access, and is stopped at --timeout. Each request is logged to stderr as a line of JSON.
Ctrl-C stops the server once running requests are answered.
"""


@click.command(help=HELP_TEXT, short_help="Serve pages, a JSON API and SPARQL.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@click.option(
    "--allow-host",
    "hosts",
    metavar="NAME",
    multiple=True,
    help="Host name under which the server may be reached; may be repeated.",
)
@click.option(
    "--cors",
    metavar="ORIGIN",
    multiple=True,
    help="Origin, such as https://example.org, whose pages may call this server; `*` allows all.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=max(2, os.cpu_count() or 1),
    show_default="one for each core, at least 2",
    help="Number of processes for queries, and again for pages.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 3600),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="Time limit of a query or page.",
)
@options.with_base_option
def command(
    host: str,
    port: int,
    hosts: tuple[str, ...],
    cors: tuple[str, ...],
    workers: int,
    timeout: float,
    base: str | None,
) -> None:
    """Serve until a signal comes."""
    from kg.server.run import serve_base
    from kg.server.settings import ServerSettings

    settings = ServerSettings(
        host=host,
        port=port,
        allowed_hosts=hosts,
        allowed_origins=cors,
        worker_count=workers,
        job_timeout=timeout,
    )
    serve_base(base, settings)
