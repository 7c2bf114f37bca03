"""`kg completion`: completion of commands, options and names in your shell."""

from __future__ import annotations

import os

import click

HELP_TEXT = """\b
Examples:
  kg completion install
  kg completion show bash > ~/.local/share/bash-completion/completions/kg

Set up completion for your shell.
"""

SHELL_NAMES = ("bash", "zsh", "fish")
SCRIPT_PATHS = {
    "bash": "~/.local/share/bash-completion/completions/kg",
    "zsh": "~/.zfunc/_kg",
    "fish": "~/.config/fish/completions/kg.fish",
}
NEXT_STEPS = {
    "bash": "it works in the next shell, where the package bash-completion is installed",
    "zsh": "put 'fpath=(~/.zfunc $fpath); autoload -Uz compinit; compinit' into ~/.zshrc",
    "fish": "it works in the next shell",
}


@click.group(help=HELP_TEXT, short_help="Set up completion for your shell.")
def command() -> None:
    """Group of the two ways to get completion."""


@command.command(help="Print the completion script of a shell.", short_help="Print the script.")
@click.argument("shell", type=click.Choice(SHELL_NAMES), required=False)
def show(shell: str | None) -> None:
    """Print a completion script."""
    click.echo(build_script(shell or _detect_shell()))


@command.command(
    help="Write the completion script where your shell looks for it.",
    short_help="Write the script where your shell finds it.",
)
@click.argument("shell", type=click.Choice(SHELL_NAMES), required=False)
def install(shell: str | None) -> None:
    """Write a completion script into the home directory."""
    from pathlib import Path

    from kg.formats.files import write_atomically

    name = shell or _detect_shell()
    path = Path(SCRIPT_PATHS[name]).expanduser()
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, build_script(name))
    click.echo(path)
    click.echo(f"kg: {NEXT_STEPS[name]}", err=True)


def build_script(shell: str) -> str:
    """The completion script of a shell."""
    from click.shell_completion import get_completion_class

    from kg.cli import group
    from kg.errors import UsageError

    kind = get_completion_class(shell)
    if kind is None:
        raise UsageError(f"click cannot complete for {shell}")
    completion = kind(group, {}, "kg", "_KG_COMPLETE")
    return completion.source_template % completion.source_vars() + "\n"


def _detect_shell() -> str:
    from kg.errors import UsageError

    name = os.environ.get("SHELL", "").rpartition("/")[2]
    if name not in SHELL_NAMES:
        raise UsageError(f"which shell? name it: kg completion install {'|'.join(SHELL_NAMES)}")
    return name
