"""Text by the columns that it fills on a terminal: CJK letters fill two, combining marks none.

ASCII, where a letter is a column, is answered without wcwidth.
"""

from __future__ import annotations

import textwrap

import wcwidth


def measure_text(text: str) -> int:
    """The columns that a line of text fills.

    >>> measure_text("zinc"), measure_text("亜鉛")
    (4, 4)
    """
    return len(text) if text.isascii() else wcwidth.width(text)


def pad_text(text: str, columns: int) -> str:
    """The text with blanks behind it, as many columns wide or more.

    >>> pad_text("亜鉛", 6) + "|"
    '亜鉛  |'
    """
    return text + " " * (columns - measure_text(text))


def cut_text(text: str, columns: int) -> str:
    """The text, with dots for what does not fit into the columns.

    >>> cut_text("acne scars", 8), cut_text("亜鉛の補給", 8)
    ('acne...', '亜鉛...')
    """
    if measure_text(text) <= columns:
        return text
    start = text[: columns - 3] if text.isascii() else wcwidth.clip(text, 0, columns - 3)
    return start.rstrip() + "..."


def wrap_text(text: str, columns: int, indent: str = "") -> list[str]:
    """The lines of a text, none wider than the columns; `indent` begins all but the first.

    >>> wrap_text("zinc and copper", 8)
    ['zinc and', 'copper']
    >>> wrap_text("亜鉛 銅", 4)
    ['亜鉛', '銅']
    """
    wrap = textwrap.wrap if text.isascii() else wcwidth.wrap
    return wrap(text, columns, subsequent_indent=indent, break_on_hyphens=False)
