"""What a SPARQL text may be.

Size, depth and operators are counted by a lexer before any parser sees the text: they bound the
time. Whether a word such as SERVICE is a keyword is for no lexer to say: the parser of the engine
itself is asked (docs/decisions/0024-queries.md).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, pairwise
from urllib.parse import urljoin

import pyoxigraph as ox

from kg.errors import LimitError, UsageError
from kg.rdf.vocab import BASE, PREFIXES, expand_curie

MAX_QUERY_BYTES = 64 * 1024
MAX_BRACKET_DEPTH = 100
MAX_OPERATORS = 256
"""Operators and path steps in all: long paths and long sums cost seconds."""

_TOKEN_PATTERN = re.compile(
    r"""
      (?P<comment>\#[^\n\r]*)
    | (?P<string>'''(?:[^\\']|\\.|'(?!''))*+(?:''')?
                | \"\"\"(?:[^\\"]|\\.|"(?!""))*+(?:\"\"\")?
                | '(?:[^\\'\n\r]|\\.)*+'? | "(?:[^\\"\n\r]|\\.)*+"?)
    | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    | (?P<word>[^\W\d][\w.\-]*+)(?P<name>:(?:[\w.\-:]|%[0-9A-Fa-f]{2}|\\.)*+)?
    | (?P<local>:(?:[\w.\-:]|%[0-9A-Fa-f]{2}|\\.)*+)
    | (?P<variable>[?$]\w+)
    | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    | (?P<datatype>\^\^)
    | (?P<open><<|[({\[])
    | (?P<close>>>|[)}\]])
    | (?P<operator>\|\||&&|!=|<=|>=|[!|^/+*?=<>-])
    | (?P<space>\s+)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)

_WORD_PART_PATTERN = re.compile(r"[^.\-]+")
"""Parts of a run of letters: `true.SERVICE` is a value, the end of a triple and a keyword."""

_UPDATE_KEYWORDS = (
    *("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"),
)
_FORBIDDEN = re.compile("|".join(("SERVICE", *_UPDATE_KEYWORDS)), re.IGNORECASE | re.ASCII)
_CALL = re.compile(r"SERVICE(\s*SILENT)?", re.IGNORECASE | re.ASCII)
_DECIDING_KEYWORDS = (
    *("SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "PREFIX", "BASE", "FROM", "NAMED"),
    *("ORDER", "LIMIT", "OFFSET", "UNION"),
)
_DECIDING = re.compile("|".join(_DECIDING_KEYWORDS), re.IGNORECASE | re.ASCII)
"""Keywords on which graphs, order, pages and limits hang: the lexer has to see each of them."""
_OPERANDS = frozenset({"variable", "number", "string", "language", "close", "name", "iri"})
_LABEL = re.compile(r"PREFIX\s{0,99}([^\s:<>]{1,99}):", re.IGNORECASE)
_SCHEME = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:")
_ESCAPE_PATTERN = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


@dataclass(frozen=True, slots=True)
class SparqlToken:
    """One token of a query: its kind, its text and where it starts."""

    kind: str
    text: str
    start: int


def _misspell(word: re.Match[str]) -> str:
    return word[0][:-1] + "q"


_SPELT_PREFIXES = dict(PREFIXES) | {
    _DECIDING.sub(_misspell, _FORBIDDEN.sub(_misspell, label)): iri
    for label, iri in PREFIXES.items()
}
"""Prefixes that need no declaration, and as they are called where their letters are misspelled."""


def check_query(text: str, graphs: Collection[str] = ()) -> None:
    """Nothing; raises where the text may not go to the parser. `graphs` are those of the store.

    Time is linear in the text. `refuse_calls` says the rest, where the query is answered.

    Raises:
        UsageError: an update, a text that is not Unicode, or a graph that the store does not have.
        LimitError: too long, too deep or too many operators.
    """
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise UsageError("the query is not UTF-8 text; save or type it as UTF-8") from None
    if size > MAX_QUERY_BYTES:
        raise LimitError(f"the query has {size} bytes; at most {MAX_QUERY_BYTES} are read")
    for reading in _list_spellings(text):
        _check_form(reading, graphs)


def refuse_calls(text: str) -> None:
    """Nothing; raises where the engine would take a word for SERVICE or for an update.

    Its own parser decides: each such word is spelled wrong, wherever it stands. A text that is
    still a query has it in strings, names and comments only. Nothing is called meanwhile.

    >>> refuse_calls("SELECT * { ?service ?p 'SERVICE' }")

    Raises:
        UsageError: it is one of these, or no query at all.
    """
    for reading in _list_spellings(text):
        if _FORBIDDEN.search(reading):
            try:
                _parse(_FORBIDDEN.sub(_misspell, reading))
            except SyntaxError as fault:
                raise _build_refusal(reading, fault) from None
        if hidden := _list_hidden_keywords(reading):
            _refuse_hidden_keywords(reading, hidden)


def is_for_parser(text: str) -> bool:
    """Whether a text has words of which only the parser can say whether they are keywords."""
    return any(
        _FORBIDDEN.search(reading) or _list_hidden_keywords(reading)
        for reading in _list_spellings(text)
    )


def describe_fault(fault: SyntaxError) -> str:
    """What the parser expected, shortened: it may list every keyword of the language."""
    reason = str(fault).strip()
    return reason if len(reason) <= 300 else reason[:297] + "..."


def _list_spellings(text: str) -> tuple[str, ...]:
    """The text, and with its escapes read before anything else, as some engines do."""
    plain = _ESCAPE_PATTERN.sub(_decode_escape, text)
    return (text,) if plain == text else (text, plain)


def _list_hidden_keywords(text: str) -> list[re.Match[str]]:
    """Where the letters of a deciding keyword stand and the lexer sees no such keyword."""
    if not (matches := [*_DECIDING.finditer(text)]):
        return []
    spans = {(t.start, len(t.text)) for t in tokenize_query(text) if t.kind == "word"}
    return [found for found in matches if (found.start(), len(found[0])) not in spans]


def _refuse_hidden_keywords(text: str, hidden: list[re.Match[str]]) -> None:
    """Nothing; UsageError where the parser takes for a keyword what the lexer does not."""
    with suppress(SyntaxError):
        return _parse(_misspell_at(text, hidden))
    try:
        _parse(text)
    except SyntaxError as fault:
        raise UsageError(f"the query is not valid SPARQL: {describe_fault(fault)}") from None
    raise UsageError(
        f"{_format_position(text, hidden[0].start())}: {hidden[0][0].upper()} may be glued to "
        "what stands beside it; put a blank before and after each keyword"
    )


def _misspell_at(text: str, words: list[re.Match[str]]) -> str:
    letters = list(text)
    for word in words:
        letters[word.end() - 1] = "q"
    return "".join(letters)


def _parse(text: str) -> None:
    """Nothing; SyntaxError where the engine does not take the text for a query."""
    with suppress(OSError, RuntimeError, ValueError):  # it parses, and cannot be answered
        ox.Store().query(text, base_iri=BASE, prefixes=_SPELT_PREFIXES)


def _build_refusal(text: str, fault: SyntaxError) -> UsageError:
    """Why a text is refused that is no query once its forbidden words are spelled wrong."""
    call = _CALL.search(text)
    with suppress(SyntaxError):
        if call:
            _parse(_FORBIDDEN.sub(_misspell, _CALL.sub("GRAPH", text)))
            return UsageError(
                f"{_format_position(text, call.start())}: SERVICE is refused: "
                "a query reads this store and no other"
            )
    return UsageError(f"the query is not valid SPARQL: {describe_fault(fault)}")


def suggest_faster_query(text: str) -> str:
    """What of a query is known to be slow, and what is not; empty where nothing is.

    Factors of docs/decisions/0016-stores.md.

    >>> suggest_faster_query("SELECT ?s { ?s a kg:Claim FILTER NOT EXISTS { ?s kg:citation ?w } }")
    'MINUS may be 1000 times as fast as NOT EXISTS.'
    """
    hints = []
    if has_keyword(text, "EXISTS"):
        hints.append("MINUS may be 1000 times as fast as NOT EXISTS.")
    ends = (token for token in pairwise(tokenize_query(text)) if token[1].text in ("+", "*"))
    if any(before.kind in ("name", "iri", "close", "local") for before, _ in ends):
        hints.append(
            "A path of any length may be 800 times as fast in a { SELECT DISTINCT ... } of its own."
        )
    return " ".join(hints)


def tokenize_query(text: str) -> Iterator[SparqlToken]:
    """Tokens of a query without blanks and comments."""
    state = _LexerState(text)
    position = 0
    while match := _TOKEN_PATTERN.match(text, position):
        kind = match.lastgroup or "other"
        position = match.end()
        if kind in ("space", "comment"):
            continue
        if kind == "iri" and state.compares:
            position = match.start() + (2 if match[0].startswith("<=") else 1)
            tokens = [SparqlToken("operator", text[match.start() : position], match.start())]
        elif kind == "name" and state.begins_with_keyword(match["word"] or ""):
            position = match.end("word")
            tokens = [SparqlToken("word", match["word"], match.start())]
        elif kind == "word":
            parts = _WORD_PART_PATTERN.finditer(match[0])
            tokens = [
                SparqlToken(kind, word_part[0], match.start() + word_part.start())
                for word_part in parts
            ]
        else:
            tokens = [SparqlToken("name" if kind == "local" else kind, match[0], match.start())]
        for token in tokens:
            state.record_token(token)
            yield token


class _LexerState:
    """Where in a query a lexer is: `<` compares after a value in the brackets of an expression."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._open: list[str] = []
        self._before = ""
        self._in_values = False

    @property
    def compares(self) -> bool:
        """Whether a `<` that stands next is an operator, not the begin of an IRI."""
        return self._open[-1:] == ["("] and self._before in _OPERANDS

    @cached_property
    def _labels(self) -> frozenset[str]:
        """Labels of the prefixes that the text declares."""
        return frozenset(_LABEL.findall(self._text))

    def begins_with_keyword(self, word: str) -> bool:
        """Whether the word of `FROM:x` is a keyword, and not the label of a prefix."""
        return word.upper() in ("FROM", "NAMED") and word not in self._labels

    def record_token(self, token: SparqlToken) -> None:
        """Take note of the next token."""
        self._before = token.kind
        if token.kind == "word":
            self._in_values |= token.text.upper() == "VALUES"
            if token.text.upper() in ("TRUE", "FALSE"):
                self._before = "name"
        elif token.kind == "open":
            rows = self._open[-1:] == ["rows"] or (token.text == "{" and self._in_values)
            self._in_values &= token.text != "{"
            self._open.append("rows" if rows else token.text)
        elif token.kind == "close" and self._open:
            self._open.pop()


def has_keyword(text: str, word: str) -> bool:
    """Whether a query uses a keyword, such as ORDER.

    >>> has_keyword("SELECT ?order { ?s ?p ?order } order by ?s", "ORDER")
    True
    >>> has_keyword("SELECT ?order { ?s ?p 'ORDER' }", "ORDER")
    False
    """
    return any(t.kind == "word" and t.text.upper() == word for t in tokenize_query(text))


def has_outermost_keyword(text: str, word: str) -> bool:
    """Whether a query uses a keyword outside all brackets: for itself, not for a part.

    >>> has_outermost_keyword("SELECT * { { SELECT * { ?s ?p ?o } LIMIT 1 } }", "LIMIT")
    False
    """
    depth = 0
    for token in tokenize_query(text):
        depth += (token.kind == "open") - (token.kind == "close")
        if depth <= 0 and token.kind == "word" and token.text.upper() == word:
            return True
    return False


def is_select_all(text: str) -> bool:
    """Whether a query asks for all its variables, and so leaves their order open.

    >>> is_select_all("SELECT DISTINCT * { ?s ?p ?o }"), is_select_all("SELECT (2 * ?x AS ?y) {}")
    (True, False)
    """
    words = [t.text.upper() for t in islice(_skip_to_keyword(text, "SELECT"), 2)]
    return "*" in words[:1] or (words[:1] in (["DISTINCT"], ["REDUCED"]) and "*" in words)


def _skip_to_keyword(text: str, word: str) -> Iterator[SparqlToken]:
    token_stream = tokenize_query(text)
    for token in token_stream:
        if token.kind == "word" and token.text.upper() == word:
            return token_stream
    return token_stream


def detect_query_form(text: str) -> str:
    r"""SELECT, ASK, CONSTRUCT or DESCRIBE; nothing where the text is no query.

    >>> detect_query_form("# SELECT\nPREFIX ask: <urn:x> CONSTRUCT WHERE { ?s ?p ?o }")
    'CONSTRUCT'
    """
    forms = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
    words = (t.text.upper() for t in tokenize_query(text) if t.kind == "word")
    return next((word for word in words if word in forms), "")


def declare_prefixes(text: str, known_prefixes: Mapping[str, str], base: str = "") -> str:
    """The query with a declaration of each known prefix that it uses and does not declare.

    Where it has relative IRIs, `base` is what they are relative to.

    >>> declare_prefixes("ASK { ?s a x:y }", {"x": "urn:", "z": "urn:"})
    'PREFIX x: <urn:> ASK { ?s a x:y }'
    """
    names = [token.text.partition(":")[0] for token in tokenize_query(text) if token.kind == "name"]
    declared_names = {
        b.text.partition(":")[0]
        for a, b in pairwise(tokenize_query(text))
        if a.text.upper() == "PREFIX"
    }
    missing = sorted(set(names) & set(known_prefixes) - declared_names)
    is_relative = any(t.kind == "iri" and not _SCHEME.match(t.text) for t in tokenize_query(text))
    head = f"BASE <{base}> " if base and is_relative else ""
    return head + "".join(f"PREFIX {name}: <{known_prefixes[name]}> " for name in missing) + text


def _check_form(text: str, graphs: Collection[str]) -> None:
    depth = operators = 0
    prefixes = {"BASE": BASE}
    recent: list[SparqlToken] = []
    for token in tokenize_query(text):
        match token.kind:
            case "open":
                depth += 1
                if depth > MAX_BRACKET_DEPTH:
                    raise LimitError(
                        f"{_format_position(text, token.start)}: brackets nest deeper than "
                        f"{MAX_BRACKET_DEPTH}"
                    )
            case "close":
                depth = max(0, depth - 1)
            case "operator":
                operators += 1
            case "word":
                operators += token.text.upper() == "UNION"
                _check_keyword(text, token)
            case "iri" | "name":
                _check_graph(text, token, recent, prefixes, graphs)
        if operators > MAX_OPERATORS:
            raise LimitError(
                f"{_format_position(text, token.start)}: more than {MAX_OPERATORS} operators and "
                "path steps"
            )
        recent = [*recent[-1:], token]


def _check_keyword(text: str, token: SparqlToken) -> None:
    word = token.text.upper()
    if word in _UPDATE_KEYWORDS:
        raise UsageError(
            f"{_format_position(text, token.start)}: {word} is refused: queries only read. "
            "Change the curated text and run kg build."
        )


def _check_graph(
    text: str,
    token: SparqlToken,
    recent: list[SparqlToken],
    prefixes: dict[str, str],
    graphs: Collection[str],
) -> None:
    """Note PREFIX and BASE; refuse FROM and FROM NAMED of a graph that is not there."""
    words = [t.text.upper() if t.kind == "word" else "" for t in recent]
    if token.kind == "iri":
        full = urljoin(prefixes["BASE"], token.text[1:-1])
        if words[:1] == ["PREFIX"] and recent[-1].kind == "name":
            prefixes[recent[-1].text] = full
        if words[-1:] == ["BASE"]:
            prefixes["BASE"] = full
    if words[-1:] != ["FROM"] and words != ["FROM", "NAMED"]:
        return
    if token.kind == "iri":
        graph = full
    else:
        prefix, _, local = token.text.partition(":")
        prefix_iri = prefixes.get(prefix + ":")
        graph = prefix_iri + local if prefix_iri is not None else expand_curie(token.text)
    if graph not in graphs:
        known_as = f"{token.text}, which is <{graph}>" if f"<{graph}>" != token.text else token.text
        raise UsageError(
            f"{_format_position(text, token.start)}: the store has no graph {known_as}; kg query "
            "-e 'SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }' lists those that there are"
        )


def _decode_escape(match: re.Match[str]) -> str:
    code = int(match[1] or match[2], 16)
    return chr(code) if code < 0x110000 else match[0]


def _format_position(text: str, start: int) -> str:
    line = text.count("\n", 0, start) + 1
    column = start - text.rfind("\n", 0, start)
    return f"query:{line}:{column}"
