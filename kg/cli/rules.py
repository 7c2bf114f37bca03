"""`kg rules`: the detectors of weak links, and the page of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kg.cli import shared

if TYPE_CHECKING:
    from kg.render.rules import Rule

FORMATS = ("text", "json", "markdown")

HELP = """\b
Examples:
  kg rules
  kg rules KG101
  kg rules in-vitro-as-clinical --format markdown

List the detectors of weak links, or show the page of one.

CODE is a code or a name. A page says what the detector does, why it matters, with an example, the
remedy, what the detector is backed by, and the facts without which it cannot tell.
"""


@click.command(help=HELP, short_help="List the detectors of weak links, or explain one.")
@click.argument("code", required=False)
@shared.format_option(*FORMATS)
@shared.output_option
def command(code: str | None, form: str | None, output: str) -> None:
    """List the detectors, or show one."""
    from kg.render.rules import FORMS

    rules = catalogue() if code is None else (one(code),)
    shape = shared.form_of(form, output, *FORMATS)
    shared.emit(FORMS[shape](rules, code is None), output)


def catalogue() -> tuple[Rule, ...]:
    """All detectors as a reader sees them, by code."""
    from kg.weaklinks import DETECTORS

    return tuple(_rule(code) for code in sorted(DETECTORS))


def one(name: str) -> Rule:
    """The detector of this code or name; `UnknownName` with near ones."""
    from difflib import get_close_matches

    from kg.errors import UnknownName
    from kg.weaklinks import DETECTORS

    if name.upper() in DETECTORS:
        return _rule(name.upper())
    rules = {rule.name: rule for rule in catalogue()}
    if name.lower() in rules:
        return rules[name.lower()]
    near = DETECTORS.near(name.upper()) or get_close_matches(name.lower(), rules, n=3)
    raise UnknownName("detector", name, near)


def _rule(code: str) -> Rule:
    import inspect
    import sys

    from kg.render.rules import Rule
    from kg.weaklinks import DETECTORS

    found = DETECTORS[code]
    page = inspect.cleandoc(sys.modules[found.judge.__module__].__doc__ or "")
    return Rule(
        code=found.code,
        name=found.name,
        severity=found.severity,
        over=found.over,
        needs=found.needs,
        fix=found.fix,
        backing=found.backing,
        page=page,
    )
