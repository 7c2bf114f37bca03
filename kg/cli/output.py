"""Where a result goes and in which form: format, colour, width, exit status."""

from __future__ import annotations

import codecs
import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from kg.cli.options import DOCUMENT_FORMATS, SEVERITY_NAMES
from kg.render.writers import WRITERS

if TYPE_CHECKING:
    from kg.registry import Registry
    from kg.render import RenderOptions
    from kg.render.document import Document

DEFAULT_WIDTH = 100
FORMATS_BY_SUFFIX = {"md": "markdown", "ttl": "turtle"}
KNOWN_FILE_SUFFIXES = frozenset(
    (
        *("csv", "dot", "docx", "htm", "html", "json", "jsonl", "jsonld", "md", "nq", "parquet"),
        *("pdf", "png", "sarif", "svg", "trig", "tsv", "ttl", "xlsx", "xml"),
    )
)
"""Suffixes that say what a file holds; a command refuses those whose format it does not write."""


def resolve_format(form: str | None, output: str, *formats: str) -> str:
    """The format that was asked for, by name or by the suffix of the file; else the first.

    >>> resolve_format(None, "a/grade.md", "text", "markdown")
    'markdown'
    >>> resolve_format(None, "-", "text", "markdown")
    'text'

    Raises:
        UsageError: The suffix names a format that the command does not write.
    """
    if form is not None:
        return form
    suffix = output.rpartition(".")[2].lower() if "." in output else ""
    suffix_format = FORMATS_BY_SUFFIX.get(suffix, suffix)
    if suffix_format not in formats and suffix in KNOWN_FILE_SUFFIXES:
        from kg.errors import UsageError

        raise UsageError(
            f"this command writes no .{suffix}: give --format, or another suffix; "
            f"its formats are {', '.join(formats)}"
        )
    return suffix_format if suffix_format in formats else formats[0]


def pick_renderer(renderers: Registry[Any], form: str, subject: str, *other_formats: str) -> Any:
    """The renderer of a format; UsageError that names the others where the subject has it not."""
    if form in renderers:
        return renderers[form]
    from kg.errors import UsageError

    known = ", ".join((*renderers, *other_formats))
    raise UsageError(f"--format {form} does not go with {subject}: choose one of {known}")


def show_document(document: Document, form: str | None, output: str, colour: str = "never") -> None:
    """Write a result in the format that was asked for, piece by piece as it is made.

    Raises:
        UsageError: No writer has the format.
    """
    shape = resolve_format(form, output, *DOCUMENT_FORMATS)
    write_pieces = pick_renderer(WRITERS, shape, document.title)
    emit_result(write_pieces(document, build_view_options(shape, output, colour)), output)


def emit_result(result: str | bytes | Iterable[str], output: str = "-") -> None:
    """Write a text, its pieces as they come, or the bytes of a picture.

    They go to stdout, or to a file that is replaced in one step.
    """
    if output != "-":
        from kg.formats.files import write_atomically

        write_atomically(output, result)
    elif isinstance(result, bytes):
        sys.stdout.buffer.write(result)
    else:
        encoding = sys.stdout.encoding or "utf-8"
        for piece in (result,) if isinstance(result, str) else result:
            sys.stdout.write(piece.encode(encoding, ESCAPE).decode(encoding))


ESCAPE = "kg-escape"
"""Name of the handler for letters that an encoding lacks: they are escaped as JSON escapes them."""


def _escape_unencodable(fault: UnicodeError) -> tuple[str, int]:
    if not isinstance(fault, UnicodeEncodeError):
        raise fault
    units = fault.object[fault.start : fault.end].encode("utf-16-be", "surrogatepass")
    return "".join(
        f"\\u{high:02x}{low:02x}" for high, low in zip(units[::2], units[1::2], strict=True)
    ), fault.end


codecs.register_error(ESCAPE, _escape_unencodable)


def is_severity_reached(severities: Sequence[int], fail_on: str) -> bool:
    """Whether one of the severities reaches `--fail-on`."""
    threshold = SEVERITY_NAMES.index(fail_on)
    return threshold > 0 and any(severity >= threshold for severity in severities)


def resolve_date(date_text: str | None) -> str | None:
    """The day to print: as given, else of SOURCE_DATE_EPOCH (so that bytes repeat), else today."""
    if date_text is not None:
        return date_text or None
    from datetime import UTC, datetime

    from kg.resources import source_date

    return f"{source_date() or datetime.now(UTC):%Y-%m-%d}"


def is_colour_wanted(choice: str, output: str = "-") -> bool:
    """Whether to colour: the option first, then NO_COLOR, FORCE_COLOR, and last the terminal."""
    if choice != "auto":
        return choice == "always"
    if output != "-" or os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "") not in ("", "0"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def measure_width() -> int:
    """Columns to fill: `$COLUMNS`, else those of the terminal, at most 100."""
    columns_variable = os.environ.get("COLUMNS", "")
    if columns_variable.isdecimal() and int(columns_variable) > 0:
        return max(60, int(columns_variable))
    if not sys.stdout.isatty():
        return DEFAULT_WIDTH
    return max(60, min(DEFAULT_WIDTH, os.get_terminal_size(sys.stdout.fileno()).columns))


def build_view_options(
    shape: str, output: str, colour: str = "never", **choices: str | None
) -> RenderOptions:
    """Options of a view in this format that goes there; `choices` are further fields of them."""
    from kg.render import RenderOptions

    return RenderOptions(
        width=measure_width(),
        colour=shape == "text" and is_colour_wanted(colour, output),
        ascii_only=output == "-" and is_ascii_only(),
        **choices,  # type: ignore[arg-type]
    )


def is_ascii_only() -> bool:
    """Whether stdout cannot show more than ASCII."""
    return not (sys.stdout.encoding or "").lower().replace("-", "").startswith("utf")
