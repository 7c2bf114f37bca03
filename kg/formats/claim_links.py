"""Claims in RDF as links, in one pass over the statements and without a store.

For graphs that are too large to hold. What is kept is one number for each name and a few bytes for
each claim; statements come in any order. Nothing is graded here: a proposition is rated where it
says a level (`kg:established`, `kg:asDescribed`, `kg:bestCase`), and `unrated` where it does not.
A definitional claim holds. Refutation comes of studies, which are not looked at.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from pyoxigraph import Quad

from kg.formats import faults
from kg.formats.faults import found, quoted
from kg.formats.statements import StatementReader
from kg.formats.streams import opened, unpacked_suffix
from kg.model import (
    OUTCOME_KINDS,
    Better,
    Diagnostic,
    EntityKind,
    Level,
    Location,
    Predicate,
    System,
    effect_sign,
)
from kg.model.links import SYSTEMS, UNKNOWN, Batch, Flag, LinkBatch, NodeBatch, Role, imported
from kg.rdf import vocab

_ROWS = 20_000
_CLAIM = f"{vocab.BASE}claim/"


def read(path: Path) -> Iterator[Batch | Diagnostic]:
    """One link for each claim that says which way its object changes, and the nodes.

    `systems` of a link is the best that a work cited by the claim was done on, as far as stated.
    Claims without a direction are counted in one mild diagnostic and left out.
    """
    claims = _Claims()
    with opened(path) as file:
        reader = StatementReader(path, unpacked_suffix(path))
        for part in reader.parts(file):
            if isinstance(part, Diagnostic):
                yield part
            else:
                claims.add(part)
    yield from claims.nodes()
    yield from claims.links(str(path))


class _Numbers(defaultdict[str, int]):
    """Numbers for names in the order of their first use."""

    def __init__(self) -> None:
        super().__init__(count().__next__)


class _Column:
    """Cells that grow when one is set; those in between hold UNKNOWN."""

    __slots__ = ("_cells",)

    def __init__(self, typecode: str) -> None:
        self._cells = array(typecode)

    def setter(
        self, subjects: _Numbers, value: Callable[[str], int], start: str
    ) -> Callable[[str, str], None]:
        """What puts the object of a statement in the cell of its subject, if that starts so.

        It runs for every statement: nothing in it is a call that need not be one.
        """
        size = len(start)
        cells, blank = self._cells, array(self._cells.typecode, [UNKNOWN])

        def take(subject: str, object: str) -> None:
            if subject[:size] == start:
                index = subjects[subject]
                try:
                    cells[index] = value(object)
                except IndexError:
                    cells.extend(blank * (index + 1024 + len(cells) // 8 - len(cells)))
                    cells[index] = value(object)

        return take

    def filled(self, size: int) -> array[int]:
        """The cells of so many indexes at least, and one more for what has none (-1)."""
        self._cells.extend([UNKNOWN] * (size + 1 - len(self._cells)))
        return self._cells


def _wide() -> _Column:
    return _Column("i")


def _narrow() -> _Column:
    return _Column("b")


class _Claims:
    """What statements said so far of claims, propositions, citations and works."""

    def __init__(self) -> None:
        self._claims, self._propositions = _Numbers(), _Numbers()
        self._citations, self._works = _Numbers(), _Numbers()
        self._names, self._sources, self._words = _Numbers(), _Numbers(), _Numbers()
        self._says, self._source = _wide(), _wide()
        self._subject, self._object, self._word = _wide(), _wide(), _wide()
        self._sign = _narrow()
        self._levels = (_narrow(), _narrow(), _narrow())
        self._holds, self._surrogates = _narrow(), 0
        self._citing, self._cited = array("i"), array("i")
        self._work, self._described = _wide(), _wide()
        self._system = _narrow()
        self._labels: dict[str, str] = {}
        self._outcomes: set[str] = set()
        at, prop, work = self._set, self._propositions, self._citations
        takers: dict[str, Callable[[str, str], None]] = {
            "proposition": at(self._claims, self._says, prop.__getitem__),
            "subject": at(prop, self._subject, self._names.__getitem__, "proposition"),
            "object": at(prop, self._object, self._names.__getitem__, "proposition"),
            "predicate": at(prop, self._word, self._words.__getitem__, "proposition"),
            "sign": at(prop, self._sign, _sign, "proposition"),
            "established": at(prop, self._levels[0], _level, "proposition"),
            "asDescribed": at(prop, self._levels[1], _level, "proposition"),
            "bestCase": at(prop, self._levels[2], _level, "proposition"),
            "source": at(self._claims, self._source, self._sources.__getitem__, "claim"),
            "definitional": at(self._claims, self._holds, _truth, "claim"),
            "surrogate": self._count_surrogate,
            "citation": self._cites,
            "work": at(work, self._work, self._works.__getitem__, "citation"),
            "described": at(work, self._described, self._works.__getitem__, "citation"),
            "system": at(self._works, self._system, _system),
            "rdfs:label": self._label,
            "entityKind": self._kind,
        }
        self._takers = {vocab.term(name): take for name, take in takers.items()}

    def add(self, quads: list[Quad]) -> None:
        """Take in some statements."""
        taker = self._takers.get
        for quad in quads:
            take = taker(quad.predicate.value)
            if take is not None:
                subject: Any = quad.subject
                object: Any = quad.object
                take(subject.value, getattr(object, "value", ""))

    @staticmethod
    def _set(
        subjects: _Numbers, cells: _Column, value: Callable[[str], int], section: str = ""
    ) -> Callable[[str, str], None]:
        """What puts the object of a statement into a column, for subjects of one section."""
        return cells.setter(subjects, value, f"{vocab.BASE}{section}/" if section else "")

    def _cites(self, subject: str, object: str) -> None:
        if subject.startswith(_CLAIM):
            self._citing.append(self._claims[subject])
            self._cited.append(self._citations[object])

    def _count_surrogate(self, subject: str, object: str) -> None:
        self._surrogates += 1

    def _label(self, subject: str, object: str) -> None:
        if subject.startswith(_NODES):
            self._labels[subject] = object

    def _kind(self, subject: str, object: str) -> None:
        if object in _OUTCOME_WORDS:
            self._outcomes.add(subject)

    # Giving

    def nodes(self) -> Iterator[Batch]:
        """Labels of what links name, and roles where both exposures and outcomes are told apart."""
        exposure = f"{vocab.BASE}exposure/"
        roles = {
            _name(iri): Role.EXPOSURE if iri.startswith(exposure) else Role.OUTCOME
            for iri in self._names
            if iri.startswith(exposure) or iri in self._outcomes
        }
        if len(set(roles.values())) < 2:
            roles = {}
        iris = list(self._names)
        for at in range(0, len(iris), _ROWS):
            some = iris[at : at + _ROWS]
            ids = [_name(iri) for iri in some]
            labels = [self._labels.get(iri, "") for iri in some]
            yield NodeBatch(ids, labels, [int(roles.get(id, Role.ANY)) for id in ids])

    def links(self, path: str) -> Iterator[Batch | Diagnostic]:
        """The links in the order of their claims, and what is wrong with others."""
        systems = self._systems()
        ids = [_name(iri) for iri in self._names]
        sources = [_name(iri) for iri in self._sources]
        words = [_predicate(iri) for iri in self._words]
        size = len(self._propositions)
        ends = [column.filled(size) for column in (self._subject, self._word, self._object)]
        says, source = (c.filled(len(self._claims)) for c in (self._says, self._source))
        rated = self._rated()
        signs, holds = self._signs(words), self._holds.filled(len(self._claims))
        rows: list[tuple[Any, ...]] = []
        left_out = 0
        for iri, claim in self._claims.items():
            about = says[claim]
            subject, word, object = ends[0][about], ends[1][about], ends[2][about]
            if about < 0 or subject < 0 or word < 0 or object < 0:
                name = quoted(vocab.compact(iri))
                message = f"the proposition of {name} lacks its subject, predicate or object."
                yield found(faults.MISSING_KEY, message, Location(path))
                continue
            sign = signs[about]
            if not sign:
                left_out += 1
                continue
            levels, flags = rated(about) if holds[claim] < 1 else _DEFINITIONAL
            where = sources[source[claim]] if source[claim] >= 0 else ""
            row = (ids[subject], words[word], ids[object], sign, *levels, UNKNOWN, flags, UNKNOWN)
            rows.append((*row, where, systems[claim]))
            if len(rows) == _ROWS:
                yield _batch(rows)
                rows = []
        if rows:
            yield _batch(rows)
        if self._surrogates:
            noun = "surrogate is" if self._surrogates == 1 else "surrogates are"
            told = found(
                faults.UNKNOWN_KEY,
                f"{self._surrogates:,} accepted {noun} not carried: chains over them cost a leap.",
                Location(path),
                remedy="Grade a part of the graph as a base, where they count.",
            )
            yield faults.mild(told)
        if left_out:
            noun = "claim says" if left_out == 1 else "claims say"
            message = f"{left_out:,} {noun} no direction, and are no links."
            yield faults.mild(
                found(faults.NO_BETTER, message, Location(path), remedy="State one, or leave them.")
            )

    def _signs(self, words: Sequence[str]) -> array[int]:
        """Signs that propositions state, else those of their predicates; 0 where there is none."""
        size = len(self._propositions)
        by_word = [_BY_WORD.get(word) for word in words]
        own = [(p and effect_sign(p, Better.NEITHER)) or 0 for p in by_word]
        pairs = zip(self._sign.filled(size), self._word.filled(size), strict=False)
        return array("b", (s - 1 if s != UNKNOWN else own[w] if w >= 0 else 0 for s, w in pairs))

    def _rated(self) -> Callable[[int], tuple[tuple[int, ...], int]]:
        """What gives levels and flags of a proposition.

        A reading that is not stated is as the one before it.
        """
        size = len(self._propositions)
        cells = [column.filled(size) for column in self._levels]
        unrated, unrated_flags = imported(None)
        nobody = (tuple(unrated), int(unrated_flags))

        def rated(proposition: int) -> tuple[tuple[int, ...], int]:
            first, second, third = (column[proposition] for column in cells)
            if first == second == third == UNKNOWN:
                return nobody
            established = max(first, 0)
            described = established if second < 0 else second
            return (established, described, described if third < 0 else third), 0

        return rated

    def _systems(self) -> array[int]:
        """The best system of the works of each claim."""
        best = array("b", [UNKNOWN]) * len(self._claims)
        works, described = (
            column.filled(len(self._citations)) for column in (self._work, self._described)
        )
        system = self._system.filled(len(self._works))
        for claim, citation in zip(self._citing, self._cited, strict=True):
            work = works[citation]
            studied = system[work if work >= 0 else described[citation]]
            best[claim] = max(best[claim], studied)
        return best


def _batch(rows: list[tuple[Any, ...]]) -> LinkBatch:
    return LinkBatch(*zip(*rows, strict=True))


_DEFINITIONAL = ((int(Level.HIGH),) * 3, int(Flag.DEFINITIONAL))
"""Levels and flags of what holds by definition, as `kg.chains.question` has them."""

_NODES = (f"{vocab.BASE}entity/", f"{vocab.BASE}exposure/")
_OUTCOME_WORDS = frozenset(vocab.concept(kind) for kind in EntityKind if kind in OUTCOME_KINDS)
_PREDICATES: Mapping[str, str] = {vocab.concept(word): word.value for word in Predicate}
_LEVELS: Mapping[str, int] = {vocab.concept(level): int(level) for level in Level}
_SYSTEMS: Mapping[str, int] = {vocab.concept(s): SYSTEMS.index(s) for s in System}
_BY_WORD: Mapping[str, Predicate] = {word.value: word for word in Predicate}


def _name(iri: str) -> str:
    """The id of a thing of kg, the IRI of another."""
    parsed = vocab.parse_iri(iri)
    return parsed[1] if parsed else iri


def _predicate(iri: str) -> str:
    return _PREDICATES.get(iri) or vocab.compact(iri)


def _sign(text: str) -> int:
    """A sign as a cell, one more than it is, since -1 is UNKNOWN; a sign that is none is 0."""
    return {"1": 2, "+1": 2, "-1": 0}.get(text, 1)


def _truth(text: str) -> int:
    return int(text in ("true", "1"))


def _level(iri: str) -> int:
    return _LEVELS.get(iri, UNKNOWN)


def _system(iri: str) -> int:
    return _SYSTEMS.get(iri, UNKNOWN)
