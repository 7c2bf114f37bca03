"""What a SPARQL text may be, decided before any parser sees it.

The parser of the store recurses: a few thousand nested brackets end the process. SERVICE and LOAD
reach the network. The lexer here knows strings, IRIs, comments and prefixed names, and decides in
milliseconds.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, pairwise

from kg.errors import LimitError, UsageError
from kg.rdf.vocab import expand

MAX_BYTES = 64 * 1024
MAX_DEPTH = 100
MAX_OPERATORS = 256
"""Operators and path steps in all: long paths cost seconds, long chains of `!` end the process."""

_TOKEN = re.compile(
    r"""
      (?P<comment>\#[^\n\r]*)
    | (?P<string>'''(?:[^\\']|\\.|'(?!''))*''' | \"\"\"(?:[^\\"]|\\.|"(?!""))*\"\"\"
                | '(?:[^\\'\n\r]|\\.)*' | "(?:[^\\"\n\r]|\\.)*")
    | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    | (?P<word>[^\W\d][\w.\-]*+)(?P<name>:(?:[\w.\-:]|%[0-9A-Fa-f]{2}|\\.)*+)?
    | (?P<local>:(?:[\w.\-:]|%[0-9A-Fa-f]{2}|\\.)*+)
    | (?P<variable>[?$]\w+)
    | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    | (?P<number>\d[\w.]*)
    | (?P<datatype>\^\^)
    | (?P<open><<|[({\[])
    | (?P<close>>>|[)}\]])
    | (?P<operator>\|\||&&|!=|<=|>=|[!|^/+*?=<>-])
    | (?P<space>\s+)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)

_PART = re.compile(r"[^.\-]+")
"""Parts of a run of letters: `true.SERVICE` is a value, the end of a triple and a keyword."""

_UPDATES = frozenset(
    {"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"}
)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


@dataclass(frozen=True, slots=True)
class Token:
    """One token of a query: its kind, its text and where it starts."""

    kind: str
    text: str
    start: int


def check(text: str, graphs: Collection[str] = ()) -> None:
    """Nothing; raises where the text may not go to the parser. `graphs` are those of the store.

    Raises:
        UsageError: an update, SERVICE, LOAD or a graph that the store does not have.
        LimitError: too long, too deep or too many operators.
    """
    size = len(text.encode("utf-8", "replace"))
    if size > MAX_BYTES:
        raise LimitError(f"the query has {size} bytes; at most {MAX_BYTES} are read")
    _check_form(text, graphs)
    plain = _ESCAPE.sub(_unescaped, text)
    if plain != text:  # escapes are read before anything else, or not at all: both must be harmless
        _check_form(plain, graphs)


def slow_shapes(text: str) -> str:
    """What of a query is known to be slow, and what is not; empty where nothing is.

    Factors of docs/decisions/0016-stores.md.

    >>> slow_shapes("SELECT ?s { ?s a kg:Claim FILTER NOT EXISTS { ?s kg:citation ?w } }")
    'MINUS may be 1000 times as fast as NOT EXISTS.'
    """
    told = []
    if uses(text, "EXISTS"):
        told.append("MINUS may be 1000 times as fast as NOT EXISTS.")
    ends = (token for token in pairwise(tokens(text)) if token[1].text in ("+", "*"))
    if any(before.kind in ("name", "iri", "close", "local") for before, _ in ends):
        told.append(
            "A path of any length may be 800 times as fast in a { SELECT DISTINCT ... } of its own."
        )
    return " ".join(told)


def tokens(text: str) -> Iterator[Token]:
    """Tokens of a query without blanks and comments."""
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "other"
        if kind == "word":
            for part in _PART.finditer(match[0]):
                yield Token(kind, part[0], match.start() + part.start())
        elif kind not in ("space", "comment"):
            yield Token("name" if kind == "local" else kind, match[0], match.start())


def uses(text: str, word: str) -> bool:
    """Whether a query uses a keyword, such as ORDER.

    >>> uses("SELECT ?order { ?s ?p ?order } order by ?s", "ORDER")
    True
    >>> uses("SELECT ?order { ?s ?p 'ORDER' }", "ORDER")
    False
    """
    return any(t.kind == "word" and t.text.upper() == word for t in tokens(text))


def outermost(text: str, word: str) -> bool:
    """Whether a query uses a keyword outside all brackets: for itself, not for a part.

    >>> outermost("SELECT * { { SELECT * { ?s ?p ?o } LIMIT 1 } }", "LIMIT")
    False
    """
    depth = 0
    for token in tokens(text):
        depth += (token.kind == "open") - (token.kind == "close")
        if depth <= 0 and token.kind == "word" and token.text.upper() == word:
            return True
    return False


def selects_all(text: str) -> bool:
    """Whether a query asks for all its variables, and so leaves their order open.

    >>> selects_all("SELECT DISTINCT * { ?s ?p ?o }"), selects_all("SELECT (2 * ?x AS ?y) {}")
    (True, False)
    """
    words = [t.text.upper() for t in islice(_after(text, "SELECT"), 2)]
    return "*" in words[:1] or (words[:1] in (["DISTINCT"], ["REDUCED"]) and "*" in words)


def _after(text: str, word: str) -> Iterator[Token]:
    found = tokens(text)
    for token in found:
        if token.kind == "word" and token.text.upper() == word:
            return found
    return found


def form_of(text: str) -> str:
    r"""SELECT, ASK, CONSTRUCT or DESCRIBE; nothing where the text is no query.

    >>> form_of("# SELECT\nPREFIX ask: <urn:x> CONSTRUCT WHERE { ?s ?p ?o }")
    'CONSTRUCT'
    """
    forms = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
    words = (t.text.upper() for t in tokens(text) if t.kind == "word")
    return next((word for word in words if word in forms), "")


def with_prefixes(text: str, known: Mapping[str, str]) -> str:
    """The query with a declaration of each known prefix that it uses and does not declare.

    >>> with_prefixes("ASK { ?s a x:y }", {"x": "urn:", "z": "urn:"})
    'PREFIX x: <urn:> ASK { ?s a x:y }'
    """
    names = [token.text.partition(":")[0] for token in tokens(text) if token.kind == "name"]
    declared = {
        b.text.partition(":")[0] for a, b in pairwise(tokens(text)) if a.text.upper() == "PREFIX"
    }
    missing = sorted(set(names) & set(known) - declared)
    return "".join(f"PREFIX {name}: <{known[name]}> " for name in missing) + text


def _check_form(text: str, graphs: Collection[str]) -> None:
    depth = operators = 0
    prefixes: dict[str, str] = {}
    recent: list[Token] = []
    for token in tokens(text):
        match token.kind:
            case "open":
                depth += 1
                if depth > MAX_DEPTH:
                    raise LimitError(f"{_at(text, token)}: brackets nest deeper than {MAX_DEPTH}")
            case "close":
                depth = max(0, depth - 1)
            case "operator":
                operators += 1
            case "word":
                operators += token.text.upper() == "UNION"
                _check_word(text, token)
            case "iri" | "name":
                _check_graph(text, token, recent, prefixes, graphs)
        if operators > MAX_OPERATORS:
            raise LimitError(
                f"{_at(text, token)}: more than {MAX_OPERATORS} operators and path steps"
            )
        recent = [*recent[-1:], token]


def _check_word(text: str, token: Token) -> None:
    word = token.text.upper()
    if word == "SERVICE":
        raise UsageError(
            f"{_at(text, token)}: SERVICE is refused: a query reads this store and no other"
        )
    if word in _UPDATES:
        raise UsageError(
            f"{_at(text, token)}: {word} is refused: queries only read. "
            "Change the curated text and run kg build."
        )


def _check_graph(
    text: str,
    token: Token,
    recent: list[Token],
    prefixes: dict[str, str],
    graphs: Collection[str],
) -> None:
    """Note a PREFIX declaration; refuse FROM and FROM NAMED of a graph that is not there."""
    words = [t.text.upper() if t.kind == "word" else "" for t in recent]
    if words[:1] == ["PREFIX"] and recent[-1].kind == "name" and token.kind == "iri":
        prefixes[recent[-1].text] = token.text[1:-1]
    if words[-1:] != ["FROM"] and words != ["FROM", "NAMED"]:
        return
    if token.kind == "iri":
        graph = token.text[1:-1]
    else:
        prefix, _, local = token.text.partition(":")
        known = prefixes.get(prefix + ":")
        graph = known + local if known is not None else expand(token.text)
    if graph not in graphs:
        raise UsageError(f"{_at(text, token)}: the store has no graph {token.text}")


def _unescaped(match: re.Match[str]) -> str:
    code = int(match[1] or match[2], 16)
    return chr(code) if code < 0x110000 else match[0]


def _at(text: str, token: Token) -> str:
    line = text.count("\n", 0, token.start) + 1
    column = token.start - text.rfind("\n", 0, token.start)
    return f"query:{line}:{column}"
