"""Text made inert for one medium each: DOT, XML, HTML, CSV, Markdown, Mermaid, the terminal, links.

Everything that kg shows was written by others. Each function takes raw text, once, at the very
end; what it returns can neither leave its quotes nor run, load or hide anything.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, urlsplit

# XML 1.0 section 2.2 has no place for these, and Graphviz cuts a label at NUL.
_XML_FORBIDDEN_PATTERN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]"
)
# What changes the direction of text, and the tags of plane 14, which no reader sees.
_BIDI_PATTERN = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f\U000e0000-\U000e007f]")
_SEQUENCE_PATTERN = re.compile(
    r"""\x1b\[[0-?]*[ -/]*[@-~]            # CSI: colours, cursor
      | \x9b[0-?]*[ -/]*[@-~]              # CSI in one character
      | (?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?  # OSC, DCS ...
      | \x1b[ -/]*[0-~]                    # other two-character sequences
    """,
    re.VERBOSE,
)
_BREAK_PATTERN = re.compile("[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_MARKDOWN_PATTERN = re.compile(r"([\\`*_{}\[\]<>|~#$])")
_MARKDOWN_START_PATTERN = re.compile(r"^(\s*)(?:([-+=:])|(\d+)([.)]))")
_AUTOLINK_PATTERN = re.compile(r"(?i)(https?|ftp|mailto|xmpp)(:)|(www)(\.)|(@)")
_DOI_PATTERN = re.compile(r"^10\.\d{4,9}/\S+$")


def remove_controls(text: str) -> str:
    """The text without characters that XML forbids and without bidirectional controls.

    >>> remove_controls("a\\x00b\\u202ec")
    'abc'
    """
    return _BIDI_PATTERN.sub("", _XML_FORBIDDEN_PATTERN.sub("", text))


def flatten_lines(text: str) -> str:
    """`plain` text on one line: breaks and tabs become one blank.

    >>> flatten_lines("two\\n lines")
    'two lines'
    """
    return " ".join(remove_controls(_BREAK_PATTERN.sub(" ", text)).split())


def escape_dot(text: str) -> str:
    r"""A quoted DOT string that Graphviz shows as exactly this text, never as HTML or an escape.

    Line breaks stay line breaks. `&` is escaped because Graphviz reads entities in labels.

    >>> print(escape_dot('<b>say "no"</b> \\ R&D'))
    "<b>say \"no\"</b> \\ R&amp;D"
    """
    escaped_text = (
        remove_controls(_normalise_breaks(text))
        .replace("\\", "\\\\")
        .replace('"', '\\"')
        .replace("&", "&amp;")
    )
    return '"' + escaped_text.replace("\t", " ").replace("\n", "\\n") + '"'


def escape_xml(text: str) -> str:
    """Text for XML or SVG content and for quoted attributes; forbidden characters are dropped.

    >>> escape_xml('<a href="x">\\x1b & more')
    '&lt;a href=&quot;x&quot;&gt; &amp; more'
    """
    escaped_text = remove_controls(text)
    for raw, reference in _XML_REFERENCES:
        escaped_text = escaped_text.replace(raw, reference)
    return escaped_text


_XML_REFERENCES = (
    ("&", "&amp;"),
    ("<", "&lt;"),
    (">", "&gt;"),
    ('"', "&quot;"),
    ("'", "&#39;"),
    # a parser would turn these into blanks in an attribute
    ("\t", "&#9;"),
    ("\n", "&#10;"),
    ("\r", "&#13;"),
)


def escape_html(text: str) -> str:
    """Text for HTML content and for quoted attributes.

    >>> escape_html("<script>alert('x')</script>")
    '&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;'
    """
    return escape_xml(text)


def escape_csv(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: such text gets a leading apostrophe.

    Quoting is the csv module's task. Numbers stay numbers.

    >>> escape_csv("=HYPERLINK(1)"), escape_csv("-0.5"), escape_csv("magnesium")
    ("'=HYPERLINK(1)", '-0.5', 'magnesium')
    """
    plain_text = remove_controls(text)
    if plain_text.lstrip(" \n\u00a0").startswith(_FORMULA_STARTS) and not _is_number(plain_text):
        return "'" + plain_text
    return plain_text


def escape_markdown(text: str) -> str:
    r"""One line of Markdown (CommonMark and GitHub's) that renders as exactly this text.

    >>> print(escape_markdown("*see* [x](javascript:1) | <b>"))
    \*see\* \[x\](javascript:1) \| \<b\>
    """
    escaped_text = _MARKDOWN_PATTERN.sub(r"\\\1", flatten_lines(text).replace("&", "&amp;"))
    escaped_text = _AUTOLINK_PATTERN.sub(_escape_autolink, escaped_text)
    return _MARKDOWN_START_PATTERN.sub(_escape_list_marker, escaped_text)


def escape_mermaid(text: str) -> str:
    """Text for a quoted Mermaid label, on one line; only letters, digits and mild signs stay bare.

    >>> escape_mermaid('say "no" <b>')
    'say #34;no#34; #60;b#62;'
    """
    return "".join(c if _is_mild(c) else f"#{ord(c)};" for c in flatten_lines(text))


def escape_terminal(text: str) -> str:
    """One line that cannot change the state of a terminal: no escapes, no controls, no bidi.

    >>> escape_terminal("\\x1b[31mred\\x1b[0m\\x07 \\x9b2Jtext\\u202e")
    'red text'
    """
    plain_text = _SEQUENCE_PATTERN.sub("", text)
    printable_characters = (
        c
        for c in _BREAK_PATTERN.sub(" ", plain_text)
        if unicodedata.category(c) not in ("Cc", "Cs")
    )
    return remove_controls("".join(printable_characters))


def normalise_link(url: str) -> str | None:
    """An http(s) address that may stand in a link, or None. DOIs become https://doi.org addresses.

    >>> normalise_link("doi:10.1000/182"), normalise_link("javascript:alert(1)")
    ('https://doi.org/10.1000/182', None)
    """
    text = url.strip()
    if re.search(r"[\x00-\x20\x7f-\x9f\\]", text) or remove_controls(text) != text:
        return None
    doi_text = text[4:] if text[:4].lower() == "doi:" else text
    if _DOI_PATTERN.match(doi_text):
        return "https://doi.org/" + quote(doi_text, safe="/:;().-_")
    try:
        url_parts = urlsplit(text)
        host = url_parts.hostname
    except ValueError:
        return None
    if (
        url_parts.scheme.lower() not in ("http", "https")
        or not host
        or url_parts.username is not None
    ):
        return None
    return quote(text, safe="%/:?#[]@!$&()*+,;=~-._")


def _normalise_breaks(text: str) -> str:
    return re.sub("\r\n?|[\x85\u2028\u2029]", "\n", text)


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", text) is not None


def _escape_autolink(match: re.Match[str]) -> str:
    # GitHub turns bare addresses into links; a character reference reads the same and does not.
    url_start = match[1] or match[3] or ""
    return f"{url_start}&#{ord(match[2] or match[4] or match[5])};"


def _escape_list_marker(match: re.Match[str]) -> str:
    if match[2]:
        return f"{match[1]}\\{match[2]}"
    return f"{match[1]}{match[3]}\\{match[4]}"


def _is_mild(character: str) -> bool:
    return character.isalnum() or character in " .,:+-–−×✗≠·●◆◇○()/%=?!→"
