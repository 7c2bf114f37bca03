"""Lines for a terminal: labels at the left, wrapped text beside them, colour last."""

from __future__ import annotations

from kg.render import RenderOptions
from kg.render.escape import escape_terminal
from kg.render.writers.display_width import wrap_text

LABEL_WIDTH = 11
BOLD, DIM, RED, GREEN, YELLOW = "1", "2", "31", "32", "33"
FIXED_SPACE = "\N{NO-BREAK SPACE}"
"""A blank at which no line is broken."""


class TerminalPage:
    """Lines of a report: labels at the left, wrapped text beside them, colour last."""

    def __init__(self, options: RenderOptions) -> None:
        self.width = options.width
        self.colour = options.colour
        self.ascii_only = options.ascii_only
        self.lines: list[str] = []

    def colour_text(self, text: str, *codes: str) -> str:
        """The text in a colour, where colour is wanted."""
        colour_codes = ";".join(code for code in codes if code)
        return f"\x1b[{colour_codes}m{text}\x1b[0m" if self.colour and colour_codes else text

    def add_rule(self) -> None:
        """A line across the page."""
        self.lines.append(self.colour_text("-" * self.width, DIM))

    def add_paragraph(self, label: str, text: str, *codes: str) -> None:
        """A labelled paragraph."""
        room = self.width - LABEL_WIDTH
        for n, line in enumerate(wrap_text(escape_terminal(text), room) or [""]):
            label_text = self.colour_text(f"{label if n == 0 else '':<{LABEL_WIDTH}}", BOLD)
            line_text = self.colour_text(line.replace(FIXED_SPACE, " "), *codes)
            self.lines.append(f"{label_text}{line_text}".rstrip())

    def join_lines(self) -> str:
        """The whole page."""
        page_text = "\n".join(self.lines) + "\n"
        return page_text.replace("≠", "!=") if self.ascii_only else page_text
