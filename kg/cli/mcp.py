"""`kg mcp`: the same answers for language-model agents, over the Model Context Protocol."""

from __future__ import annotations

import click

from kg.cli import options

HELP_TEXT = """\b
Examples:
  kg mcp
  kg mcp --base my-data/

Serve language-model agents over the Model Context Protocol on stdin and stdout.

The tools are search, grade, explain, query and audit, all read-only. The agent starts this command
itself: configure it to run `kg mcp`.
"""


@click.command(help=HELP_TEXT, short_help="Serve language-model agents over MCP.")
@options.with_base_option
def command(base: str | None) -> None:
    """Serve tools until stdin ends."""
    from kg.server.mcp import build_server

    build_server(base).run()
