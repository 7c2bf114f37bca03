"""Claims in RDF as links, in one pass over the statements and without a store.

For graphs that are too large to hold. What is kept is one number for each name and a few bytes for
each claim; statements come in any order. Nothing is graded here: a proposition is rated where it
says a level (`kg:established`, `kg:asDescribed`, `kg:bestCase`), and `unrated` where it does not.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO, cast

from pyoxigraph import Quad

from kg.errors import LimitError
from kg.formats import faults
from kg.formats.faults import found, quoted
from kg.formats.rdf import MAX_DEPTH
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
    Readings,
    System,
    effect_sign,
)
from kg.model.links import SYSTEMS, UNKNOWN, Batch, LinkBatch, NodeBatch, Role, imported
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
        for item in reader.quads(cast("BinaryIO", _Shallow(path, file))):
            if isinstance(item, Diagnostic):
                yield item
            else:
                claims.add(item)
    yield from claims.nodes()
    yield from claims.links(str(path))


class _Shallow:
    """A file without nested triple terms: the parser would recurse over them, and end the process.

    The vocabulary has none; a literal may hold the mark now and then.
    """

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path, self._file = path, file
        self._marks, self._last = 0, b""

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        data = self._file.read(size)
        self._marks += (self._last + data).count(b"<<")
        if self._marks > 10 * MAX_DEPTH:
            raise LimitError(
                f"{self._path}: more than {10 * MAX_DEPTH} marks of triple terms (<<), of which "
                "this vocabulary has none; leave them out"
            )
        self._last = data[-1:]
        return data


class _Numbers(defaultdict[str, int]):
    """Numbers for names in the order of their first use."""

    def __init__(self) -> None:
        super().__init__(count().__next__)


class _Column:
    """Cells that grow when one is set; those in between hold UNKNOWN."""

    __slots__ = ("_cells",)

    def __init__(self, typecode: str) -> None:
        self._cells = array(typecode)

    def put(self, index: int, value: int) -> None:
        """Set a cell."""
        cells = self._cells
        if index >= len(cells):
            cells.extend([UNKNOWN] * (index + 1 - len(cells)))
        cells[index] = value

    def at(self, index: int) -> int:
        """A cell, UNKNOWN where none was set."""
        return self._cells[index] if 0 <= index < len(self._cells) else UNKNOWN


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
            "citation": self._cites,
            "work": at(work, self._work, self._works.__getitem__, "citation"),
            "described": at(work, self._described, self._works.__getitem__, "citation"),
            "system": at(self._works, self._system, _system),
            "rdfs:label": self._label,
            "entityKind": self._kind,
        }
        self._takers = {vocab.term(name): take for name, take in takers.items()}

    def add(self, quad: Quad) -> None:
        """Take in one statement."""
        take = self._takers.get(quad.predicate.value)
        if take is not None:
            subject: Any = quad.subject
            object: Any = quad.object
            take(subject.value, getattr(object, "value", ""))

    @staticmethod
    def _set(
        subjects: _Numbers, cells: _Column, value: Callable[[str], int], section: str = ""
    ) -> Callable[[str, str], None]:
        """What puts the object of a statement into a column, for subjects of one section."""
        start = f"{vocab.BASE}{section}/" if section else ""

        def take(subject: str, object: str) -> None:
            if subject.startswith(start):
                cells.put(subjects[subject], value(object))

        return take

    def _cites(self, subject: str, object: str) -> None:
        if subject.startswith(_CLAIM):
            self._citing.append(self._claims[subject])
            self._cited.append(self._citations[object])

    def _label(self, subject: str, object: str) -> None:
        if subject.startswith(_NODES):
            self._labels[_name(subject)] = object

    def _kind(self, subject: str, object: str) -> None:
        if object in _OUTCOME_WORDS:
            self._outcomes.add(_name(subject))

    # Giving

    def nodes(self) -> Iterator[Batch]:
        """Labels of what links name, and roles where both exposures and outcomes are told apart."""
        exposure = f"{vocab.BASE}exposure/"
        roles = {
            _name(iri): Role.EXPOSURE if iri.startswith(exposure) else Role.OUTCOME
            for iri in self._names
            if iri.startswith(exposure) or _name(iri) in self._outcomes
        }
        if len(set(roles.values())) < 2:
            roles = {}
        ids = [_name(iri) for iri in self._names]
        for at in range(0, len(ids), _ROWS):
            some = ids[at : at + _ROWS]
            labels = [self._labels.get(id, "") for id in some]
            yield NodeBatch(some, labels, [int(roles.get(id, Role.ANY)) for id in some])

    def links(self, path: str) -> Iterator[Batch | Diagnostic]:
        """The links in the order of their claims, and what is wrong with others."""
        systems = self._systems()
        ids = [_name(iri) for iri in self._names]
        sources = [_name(iri) for iri in self._sources]
        words = [_predicate(iri) for iri in self._words]
        rows: list[tuple[Any, ...]] = []
        left_out = 0
        for iri, claim in self._claims.items():
            says = self._says.at(claim)
            subject, word, object = (
                column.at(says) for column in (self._subject, self._word, self._object)
            )
            if min(subject, word, object) < 0:
                name = quoted(vocab.compact(iri))
                message = f"the proposition of {name} lacks its subject, predicate or object."
                yield found(faults.MISSING_KEY, message, Location(path))
                continue
            sign = self._stated_sign(says, words[word])
            if sign not in (1, -1):
                left_out += 1
                continue
            source = self._source.at(claim)
            levels, flags = self._rated(says)
            ends = (ids[subject], words[word], ids[object])
            where = sources[source] if source >= 0 else ""
            rated = (*levels, UNKNOWN, flags, UNKNOWN)
            rows.append((*ends, sign, *rated, where, systems.at(claim)))
            if len(rows) == _ROWS:
                yield _batch(rows)
                rows = []
        if rows:
            yield _batch(rows)
        if left_out:
            noun = "claim says" if left_out == 1 else "claims say"
            message = f"{left_out:,} {noun} no direction, and are no links."
            yield faults.mild(
                found(faults.NO_BETTER, message, Location(path), remedy="State one, or leave them.")
            )

    def _stated_sign(self, proposition: int, word: str) -> int:
        """The sign that a proposition states, else that of its predicate; 0 where there is none."""
        stated = self._sign.at(proposition)
        if stated != UNKNOWN:
            return stated - 1
        predicate = _BY_WORD.get(word)
        return (effect_sign(predicate, Better.NEITHER) or 0) if predicate else 0

    def _rated(self, proposition: int) -> tuple[Readings[int], int]:
        """Levels and flags; a reading that is not stated is as the one before it."""
        stated = [column.at(proposition) for column in self._levels]
        if max(stated) == UNKNOWN:
            levels, flags = imported(None)
            return levels, int(flags)
        established = max(stated[0], 0)
        described = established if stated[1] < 0 else stated[1]
        return Readings(established, described, described if stated[2] < 0 else stated[2]), 0

    def _systems(self) -> _Column:
        """The best system of the works of each claim."""
        best = _narrow()
        for claim, citation in zip(self._citing, self._cited, strict=True):
            work = self._work.at(citation)
            system = self._system.at(work if work >= 0 else self._described.at(citation))
            if system > best.at(claim):
                best.put(claim, system)
        return best


def _batch(rows: list[tuple[Any, ...]]) -> LinkBatch:
    return LinkBatch(*zip(*rows, strict=True))


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


def _level(iri: str) -> int:
    return _LEVELS.get(iri, UNKNOWN)


def _system(iri: str) -> int:
    return _SYSTEMS.get(iri, UNKNOWN)
