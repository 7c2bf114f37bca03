"""Pages from templates; every value is escaped but the markup of `drawing` and of `tools.prose`."""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kg.render.escape import plain

FOLDER = Path(__file__).resolve().parent / "templates"


@cache
def environment() -> Environment:
    """The templates of `templates/`."""
    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _visible(value: Any) -> Any:
    """A value without control characters, and without what turns the direction of the text."""
    return type(value)(plain(value)) if isinstance(value, str) else value


def render(template: str, **values: Any) -> str:
    """A page."""
    return environment().get_template(template).render(**values)


def error_page(status: int, message: str) -> str:
    """A page that says what went wrong."""
    from kg.server.links import ServerLinks

    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    values = {"status": status, "phrase": phrase, "message": message}
    return render("error.html", to=ServerLinks(), **values)
