"""`kg serve`: pages, JSON, linked data and SPARQL over HTTP."""

from __future__ import annotations

import os

import click

from kg.cli import shared

HELP_TEXT = """\b
Examples:
  kg serve
  kg serve --port 0 --base my-data/
  kg serve --host 0.0.0.0 --allow-host kg.example.org

Serve pages, a JSON API, linked data and a SPARQL endpoint; everything is read only.

By default only this machine is answered. Each query runs in a process of its own that has no
network and is ended at --timeout. One line of JSON for each request goes to stderr. Ctrl-C ends the
server once running requests are answered.
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
    help="A name by which browsers may call the server; may be repeated.",
)
@click.option(
    "--cors",
    metavar="ORIGIN",
    multiple=True,
    help="An origin such as https://example.org whose pages may read this; `*` is all of them.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=max(2, os.cpu_count() or 1),
    show_default="one for each core, at least 2",
    help="Processes for queries, and as many for pages.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 3600),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="End a query or page after.",
)
@shared.with_base_option
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
    shared.require_modules("serve", "starlette", "uvicorn", "jinja2", "markdown_it")
    from kg.server.run import serve_base
    from kg.server.settings import ServerSettings

    settings = ServerSettings(
        host=host, port=port, hosts=hosts, cors=cors, workers=workers, timeout=timeout
    )
    serve_base(base, settings)
