"""Pages from templates; every value is escaped but the markup of `drawing` and of `tools.prose`."""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kg.render.escape import remove_controls

TEMPLATES_FOLDER = Path(__file__).resolve().parents[1] / "templates"


@cache
def build_environment() -> Environment:
    """The templates of `templates/`."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _visible(value: Any) -> Any:
    """A value without control characters, and without what turns the direction of the text."""
    return type(value)(remove_controls(value)) if isinstance(value, str) else value


def render_template(template: str, **values: Any) -> str:
    """A page."""
    return build_environment().get_template(template).render(**values)


def render_error_page(status: int, message: str) -> str:
    """A page that says what went wrong."""
    from kg.server.views.page_links import ServerLinks

    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    values = {"status": status, "phrase": phrase, "message": message}
    return render_template("error.html", to=ServerLinks(), **values)
