"""The first page, search results, and lists of sources and studies."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from kg import api
from kg.model import PairGrade, Severity
from kg.render import words
from kg.server.links import Ref
from kg.server.templates import render
from kg.server.views.shelf import (
    PairLine,
    Shelf,
    Values,
    alone,
    anchor,
    by_gap,
    pair_line,
)

WORST = 8
"""Claims that the first page names before the table of all pairs."""
HITS = 60
"""Things that a search shows."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One pair in the heat table: letters of its level, its style, and what it says in words."""

    letters: str
    style: str
    href: str
    said: str
    severe: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One outcome of the heat table: a cell for each exposure, or none."""

    outcome: Ref
    worst: str
    cells: list[list[Cell]]


LETTERS = {"none": "0", "very_low": "VL", "low": "L", "moderate": "M", "high": "H"}


def home(shelf: Shelf, values: Values) -> str:
    """The first page: search, the widest gaps, and all pairs by outcome and exposure."""
    pairs = list(shelf.library.pairs.values())
    worded = sorted((p for p in pairs if p.wording.claims), key=by_gap, reverse=True)
    seen = Counter(p.exposure for p in pairs)
    columns = [e for e, _ in sorted(seen.items(), key=lambda item: (-item[1], item[0]))]
    base = shelf.base
    # A wider outcome that no claim names only repeats what its kinds say.
    named = {claim.proposition.object for claim in base.assertions}
    return render(
        "home.html",
        to=shelf.to,
        worst=[pair_line(shelf, p) for p in worded if p.outcome in named][:WORST],
        columns=[shelf.node(e) for e in columns],
        rows=_rows(shelf, pairs, columns),
        counts=[
            words.counted(len(base.sources), "source"),
            words.counted(len(base.assertions), "claim"),
            words.counted(len(base.studies), "study"),
            words.counted(len(pairs), "pair"),
        ],
        unsupported=sum(p.verdict.value == "unsupported" for p in worded),
        worded=len(worded),
    )


def _rows(shelf: Shelf, pairs: list[PairGrade], columns: list[str]) -> list[Row]:
    table: dict[str, dict[str, list[PairGrade]]] = {}
    for pair in pairs:
        table.setdefault(pair.outcome, {}).setdefault(pair.exposure, []).append(pair)
    order = sorted(
        table,
        key=lambda o: max(by_gap(p) for found in table[o].values() for p in found),
        reverse=True,
    )
    return [
        Row(
            shelf.node(outcome),
            max((p.severity for ps in table[outcome].values() for p in ps if p.wording.claims),
                default=Severity.NONE).word,
            [[_cell(shelf, p) for p in table[outcome].get(e, ())] for e in columns],
        )
        for outcome in order
    ]  # fmt: skip


def _cell(shelf: Shelf, pair: PairGrade) -> Cell:
    level = pair.certainty.established.level
    harm = {"harm": "−", "benefit": "", "increase": "↑", "decrease": "↓"}[pair.sense.value]
    said = (
        f"{shelf.base.label(pair.exposure)}, {pair.sense} for {shelf.base.label(pair.outcome)}: "
        f"{words.verdict(pair)}; {words.levels(pair.certainty.map(lambda c: c.level))}"
    )
    severe = bool(pair.wording.claims) and pair.severity is Severity.SEVERE
    if severe:
        said += "; worded far above its evidence"
    address = f"{shelf.to.thing('entity', pair.outcome)}#{anchor(pair)}"
    return Cell(harm + LETTERS[level.key], f"level-{level.key}", address, said, severe)


def found(shelf: Shelf, values: Values) -> str:
    """Search results; in a static site all that there is to find, which a script narrows down."""
    if shelf.to.is_static:
        return render("search.html", to=shelf.to, text="", hits=_everything(shelf))
    text = alone(values, "q")
    hits = api.search(shelf.base, text, HITS + 1) if text.strip() else ()
    near = () if hits or not text.strip() else shelf.base.near(text)
    return render(
        "search.html",
        to=shelf.to,
        text=text,
        hits=[(Ref(h.label, shelf.to.thing(h.section, h.id)), h.what, _line(shelf, h.section, h.id))
              for h in hits[:HITS]],
        more=len(hits) > HITS,
        near=[shelf.node(id) for id in near],
    )  # fmt: skip


def _everything(shelf: Shelf) -> list[tuple[Ref, str, str]]:
    return [
        (Ref(n.label, shelf.to.thing(n.section, n.id)), n.what, n.names)
        for n in api.everything(shelf.base)
    ]


def _line(shelf: Shelf, section: str, id: str) -> PairLine | None:
    """The verdict to show beside an outcome that was found."""
    if section != "entity" or id not in shelf.library.graded:
        return None
    pairs = [p for p in shelf.library.pairs.values() if p.outcome == id]
    return pair_line(shelf, max(pairs, key=by_gap))


def sources(shelf: Shelf, values: Values) -> str:
    """All sources, with what their audits found."""
    base = shelf.base
    audits = {s.id: Counter[str]() for s in base.sources}
    for entry in api.audit(base).entries:
        audits[entry.source][entry.verdict.value] += 1
    claims = Counter(c.source for c in base.claims)
    rows = [
        (
            Ref(s.title, shelf.to.thing("source", s.id)),
            s.publisher or "publisher not stated",
            claims[s.id],
            audits[s.id].total(),
            audits[s.id]["identified"],
        )
        for s in base.sources
    ]
    return render("sources.html", to=shelf.to, rows=rows)


def studies(shelf: Shelf, values: Values) -> str:
    """All studies."""
    rows = [
        (
            Ref(s.title, shelf.to.thing("study", s.id)),
            s.year,
            s.design.value.replace("-", " "),
            s.system.value.replace("-", " "),
            s.n,
            len(s.findings),
            s.status.value,
        )
        for s in sorted(shelf.base.studies, key=lambda s: (-s.year, s.id))
    ]
    return render("studies.html", to=shelf.to, rows=rows)
