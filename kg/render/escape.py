"""Text made inert for one medium each: DOT, XML, HTML, CSV, Markdown, Mermaid, the terminal, links.

Everything that kg shows was written by others. Each function takes raw text, once, at the very
end; what it returns can neither leave its quotes nor run, load or hide anything.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, urlsplit

# XML 1.0 section 2.2 has no place for these, and Graphviz cuts a label at NUL.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
# What changes the direction of text, and the tags of plane 14, which no reader sees.
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f\U000e0000-\U000e007f]")
_SEQUENCES = re.compile(
    r"""\x1b\[[0-?]*[ -/]*[@-~]            # CSI: colours, cursor
      | \x9b[0-?]*[ -/]*[@-~]              # CSI in one character
      | (?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?  # OSC, DCS ...
      | \x1b[ -/]*[0-~]                    # other two-character sequences
    """,
    re.VERBOSE,
)
_BREAKS = re.compile("[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>|~#$])")
_MARKDOWN_START = re.compile(r"^(\s*)(?:([-+=:])|(\d+)([.)]))")
_AUTOLINK = re.compile(r"(?i)(https?|ftp|mailto|xmpp)(:)|(www)(\.)|(@)")
_DOI = re.compile(r"^10\.\d{4,9}/\S+$")


def plain(text: str) -> str:
    """The text without characters that XML forbids and without bidirectional controls.

    >>> plain("a\\x00b\\u202ec")
    'abc'
    """
    return _BIDI.sub("", _NOT_XML.sub("", text))


def line(text: str) -> str:
    """`plain` text on one line: breaks and tabs become one blank.

    >>> line("two\\n lines")
    'two lines'
    """
    return " ".join(plain(_BREAKS.sub(" ", text)).split())


def dot(text: str) -> str:
    r"""A quoted DOT string that Graphviz shows as exactly this text, never as HTML or an escape.

    Line breaks stay line breaks. `&` is escaped because Graphviz reads entities in labels.

    >>> print(dot('<b>say "no"</b> \\ R&D'))
    "<b>say \"no\"</b> \\ R&amp;D"
    """
    shown = plain(_unify(text)).replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
    return '"' + shown.replace("\t", " ").replace("\n", "\\n") + '"'


def xml(text: str) -> str:
    """Text for XML or SVG content and for quoted attributes; forbidden characters are dropped.

    >>> xml('<a href="x">\\x1b & more')
    '&lt;a href=&quot;x&quot;&gt; &amp; more'
    """
    shown = plain(text)
    for raw, reference in _XML_REFERENCES:
        shown = shown.replace(raw, reference)
    return shown


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


def html(text: str) -> str:
    """Text for HTML content and for quoted attributes.

    >>> html("<script>alert('x')</script>")
    '&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;'
    """
    return xml(text)


def csv(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: such text gets a leading apostrophe.

    Quoting is the csv module's task. Numbers stay numbers.

    >>> csv("=HYPERLINK(1)"), csv("-0.5"), csv("magnesium")
    ("'=HYPERLINK(1)", '-0.5', 'magnesium')
    """
    shown = plain(text)
    if shown.lstrip(" \n\u00a0").startswith(_FORMULA) and not _is_number(shown):
        return "'" + shown
    return shown


def markdown(text: str) -> str:
    r"""One line of Markdown (CommonMark and GitHub's) that renders as exactly this text.

    >>> print(markdown("*see* [x](javascript:1) | <b>"))
    \*see\* \[x\](javascript:1) \| \<b\>
    """
    shown = _MARKDOWN.sub(r"\\\1", line(text).replace("&", "&amp;"))
    shown = _AUTOLINK.sub(_unlinked, shown)
    return _MARKDOWN_START.sub(_not_a_list, shown)


def mermaid(text: str) -> str:
    """Text for a quoted Mermaid label, on one line; only letters, digits and mild signs stay bare.

    >>> mermaid('say "no" <b>')
    'say #34;no#34; #60;b#62;'
    """
    return "".join(c if _mild(c) else f"#{ord(c)};" for c in line(text))


def terminal(text: str) -> str:
    """One line that cannot change the state of a terminal: no escapes, no controls, no bidi.

    >>> terminal("\\x1b[31mred\\x1b[0m\\x07 \\x9b2Jtext\\u202e")
    'red text'
    """
    shown = _SEQUENCES.sub("", text)
    kept = (c for c in _BREAKS.sub(" ", shown) if unicodedata.category(c) not in ("Cc", "Cs"))
    return plain("".join(kept))


def link(url: str) -> str | None:
    """An http(s) address that may stand in a link, or None. DOIs become https://doi.org addresses.

    >>> link("doi:10.1000/182"), link("javascript:alert(1)")
    ('https://doi.org/10.1000/182', None)
    """
    text = url.strip()
    if re.search(r"[\x00-\x20\x7f-\x9f\\]", text) or plain(text) != text:
        return None
    bare = text[4:] if text[:4].lower() == "doi:" else text
    if _DOI.match(bare):
        return "https://doi.org/" + quote(bare, safe="/:;().-_")
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host or parts.username is not None:
        return None
    return quote(text, safe="%/:?#[]@!$&()*+,;=~-._")


def _unify(text: str) -> str:
    return re.sub("\r\n?|[\x85\u2028\u2029]", "\n", text)


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", text) is not None


def _unlinked(match: re.Match[str]) -> str:
    # GitHub turns bare addresses into links; a character reference reads the same and does not.
    head = match[1] or match[3] or ""
    return f"{head}&#{ord(match[2] or match[4] or match[5])};"


def _not_a_list(match: re.Match[str]) -> str:
    if match[2]:
        return f"{match[1]}\\{match[2]}"
    return f"{match[1]}{match[3]}\\{match[4]}"


def _mild(character: str) -> bool:
    return character.isalnum() or character in " .,:+-–−×✗≠·●◆◇○()/%=?!→"
