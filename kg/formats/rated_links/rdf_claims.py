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
from kg.formats.faults import build_diagnostic, make_mild, quote_value
from kg.formats.rdf_statements import RdfStatementReader
from kg.formats.streams import find_unpacked_suffix, open_unpacked
from kg.model import (
    OUTCOME_KINDS,
    Better,
    Diagnostic,
    EntityKind,
    Level,
    Location,
    Predicate,
    System,
    find_effect_sign,
)
from kg.model.batches import (
    NOT_STATED,
    SYSTEM_ORDER,
    GraphBatch,
    LinkBatch,
    LinkFlag,
    NodeBatch,
    NodeRole,
    convert_imported_level,
)
from kg.rdf import vocab

_BATCH_ROWS = 20_000
_CLAIM_PREFIX = f"{vocab.BASE}claim/"


def read_claim_links(rdf_path: Path) -> Iterator[GraphBatch | Diagnostic]:
    """One link for each claim that says which way its object changes, and the nodes.

    `systems` of a link is the best that a work cited by the claim was done on, as far as stated.
    Claims without a direction are counted in one mild diagnostic and left out.
    """
    claims = _ClaimCollector()
    with open_unpacked(rdf_path) as file:
        reader = RdfStatementReader(rdf_path, find_unpacked_suffix(rdf_path))
        for part in reader.read_batches(file):
            if isinstance(part, Diagnostic):
                yield part
            else:
                claims.add_quads(part)
    yield from claims.list_nodes()
    yield from claims.list_links(str(rdf_path))


class _NameNumbers(defaultdict[str, int]):
    """Numbers for names in the order of their first use."""

    def __init__(self) -> None:
        super().__init__(count().__next__)


class _GrowingColumn:
    """Cells that grow when one is set; those in between hold UNKNOWN."""

    __slots__ = ("_cells",)

    def __init__(self, typecode: str) -> None:
        self._cells = array(typecode)

    def build_cell_setter(
        self, subjects: _NameNumbers, value: Callable[[str], int], start: str
    ) -> Callable[[str, str], None]:
        """What puts the object of a statement in the cell of its subject, if that starts so.

        It runs for every statement: nothing in it is a call that need not be one.
        """
        size = len(start)
        cells, blank = self._cells, array(self._cells.typecode, [NOT_STATED])

        def set_cell(subject: str, object: str) -> None:
            if subject[:size] == start:
                index = subjects[subject]
                try:
                    cells[index] = value(object)
                except IndexError:
                    cells.extend(blank * (index + 1024 + len(cells) // 8 - len(cells)))
                    cells[index] = value(object)

        return set_cell

    def fill_cells(self, min_cells: int) -> array[int]:
        """The cells of so many indexes at least, and one more for what has none (-1)."""
        self._cells.extend([NOT_STATED] * (min_cells + 1 - len(self._cells)))
        return self._cells


def _make_int_columns(number: int) -> list[_GrowingColumn]:
    return [_GrowingColumn("i") for _ in range(number)]


def _make_byte_columns(number: int) -> list[_GrowingColumn]:
    return [_GrowingColumn("b") for _ in range(number)]


class _ClaimCollector:
    """What statements said so far of claims, propositions, citations and works."""

    def __init__(self) -> None:
        self._claim_numbers, self._propositions = _NameNumbers(), _NameNumbers()
        self._citation_numbers, self._work_numbers = _NameNumbers(), _NameNumbers()
        self._node_numbers, self._source_numbers = _NameNumbers(), _NameNumbers()
        self._predicate_numbers = _NameNumbers()
        self._says, self._source_by_claim = _make_int_columns(2)
        self._subject, self._object, self._word = _make_int_columns(3)
        self._work_by_citation, self._described_by_citation = _make_int_columns(2)
        self._sign, self._holds, self._system_by_work = _make_byte_columns(3)
        self._levels = _make_byte_columns(3)
        self._citing_claims, self._citations_of_claims = array("i"), array("i")
        self._surrogate_count = 0
        self._label_by_node: dict[str, str] = {}
        self._outcome_nodes: set[str] = set()
        claims, propositions = self._claim_numbers, self._propositions
        find_node, find_work = self._node_numbers.__getitem__, self._work_numbers.__getitem__
        find_word = self._predicate_numbers.__getitem__
        setters: dict[str, tuple[_NameNumbers, _GrowingColumn, Callable[[str], int], str]] = {
            "proposition": (claims, self._says, propositions.__getitem__, ""),
            "subject": (propositions, self._subject, find_node, "proposition"),
            "object": (propositions, self._object, find_node, "proposition"),
            "predicate": (propositions, self._word, find_word, "proposition"),
            "sign": (propositions, self._sign, _encode_sign, "proposition"),
            "established": (propositions, self._levels[0], _find_level, "proposition"),
            "asDescribed": (propositions, self._levels[1], _find_level, "proposition"),
            "bestCase": (propositions, self._levels[2], _find_level, "proposition"),
            "source": (claims, self._source_by_claim, self._source_numbers.__getitem__, "claim"),
            "definitional": (claims, self._holds, _parse_truth, "claim"),
            "work": (self._citation_numbers, self._work_by_citation, find_work, "citation"),
            "described": (
                *(self._citation_numbers, self._described_by_citation, find_work),
                "citation",
            ),
            "system": (self._work_numbers, self._system_by_work, _find_system, ""),
        }
        takers: dict[str, Callable[[str, str], None]] = {
            "surrogate": self._count_surrogate,
            "citation": self._add_citation,
            "rdfs:label": self._add_label,
            "entityKind": self._add_kind,
        }
        for name, (subjects, cells, value, section) in setters.items():
            start = f"{vocab.BASE}{section}/" if section else ""
            takers[name] = cells.build_cell_setter(subjects, value, start)
        self._takers = {vocab.expand_term(name): take for name, take in takers.items()}

    def add_quads(self, quads: list[Quad]) -> None:
        """Take in some statements."""
        taker = self._takers.get
        for quad in quads:
            take = taker(quad.predicate.value)
            if take is not None:
                subject: Any = quad.subject
                object: Any = quad.object
                take(subject.value, getattr(object, "value", ""))

    def _add_citation(self, subject: str, object: str) -> None:
        if subject.startswith(_CLAIM_PREFIX):
            self._citing_claims.append(self._claim_numbers[subject])
            self._citations_of_claims.append(self._citation_numbers[object])

    def _count_surrogate(self, subject: str, object: str) -> None:
        self._surrogate_count += 1

    def _add_label(self, node_iri: str, object: str) -> None:
        if node_iri.startswith(_NODE_PREFIXES):
            self._label_by_node[node_iri] = object

    def _add_kind(self, node_iri: str, kind_iri: str) -> None:
        if kind_iri in _OUTCOME_KIND_IRIS:
            self._outcome_nodes.add(node_iri)

    # Giving

    def list_nodes(self) -> Iterator[GraphBatch]:
        """Labels of what links name, and roles where both exposures and outcomes are told apart."""
        exposure = f"{vocab.BASE}exposure/"
        roles = {
            _extract_name(iri): NodeRole.EXPOSURE if iri.startswith(exposure) else NodeRole.OUTCOME
            for iri in self._node_numbers
            if iri.startswith(exposure) or iri in self._outcome_nodes
        }
        if len(set(roles.values())) < 2:
            roles = {}
        node_iris = list(self._node_numbers)
        for start_index in range(0, len(node_iris), _BATCH_ROWS):
            batch_iris = node_iris[start_index : start_index + _BATCH_ROWS]
            node_ids = [_extract_name(iri) for iri in batch_iris]
            labels = [self._label_by_node.get(iri, "") for iri in batch_iris]
            yield NodeBatch(node_ids, labels, [int(roles.get(id, NodeRole.ANY)) for id in node_ids])

    def list_links(self, rdf_path: str) -> Iterator[GraphBatch | Diagnostic]:
        """The links in the order of their claims, and what is wrong with others."""
        systems = self._compute_best_systems()
        node_ids = [_extract_name(iri) for iri in self._node_numbers]
        sources = [_extract_name(iri) for iri in self._source_numbers]
        words = [_find_predicate_word(iri) for iri in self._predicate_numbers]
        size = len(self._propositions)
        ends = [column.fill_cells(size) for column in (self._subject, self._word, self._object)]
        claim_columns = (self._says, self._source_by_claim, self._holds)
        says, source, holds = (c.fill_cells(len(self._claim_numbers)) for c in claim_columns)
        find_rating, signs = self._make_rating_lookup(), self._compute_signs(words)
        link_rows: list[tuple[Any, ...]] = []
        left_out = 0
        for iri, claim in self._claim_numbers.items():
            proposition = says[claim]
            subject, word, object = (column[proposition] for column in ends)
            if proposition < 0 or subject < 0 or word < 0 or object < 0:
                name = quote_value(vocab.format_curie(iri))
                message = f"the proposition of {name} lacks its subject, predicate or object."
                yield build_diagnostic(faults.MISSING_KEY, message, Location(rdf_path))
                continue
            sign = signs[proposition]
            if not sign:
                left_out += 1
                continue
            rating = _DEFINITIONAL_RATING if holds[claim] >= 1 else find_rating(proposition)
            names = (node_ids[subject], words[word], node_ids[object])
            source_name = sources[source[claim]] if source[claim] >= 0 else ""
            link_rows.append((*names, sign, *rating, NOT_STATED, source_name, systems[claim]))
            if len(link_rows) == _BATCH_ROWS:
                yield _build_batch(link_rows)
                link_rows = []
        if link_rows:
            yield _build_batch(link_rows)
        yield from self._report_left_out(left_out, Location(rdf_path))

    def _report_left_out(self, undirected: int, place: Location) -> Iterator[Diagnostic]:
        if count := self._surrogate_count:
            noun = "surrogate is" if count == 1 else "surrogates are"
            message = f"{count:,} accepted {noun} not carried: chains over them cost a leap."
            remedy = "Grade a part of the graph as a base, where they count."
            yield make_mild(build_diagnostic(faults.UNKNOWN_KEY, message, place, remedy=remedy))
        if undirected:
            noun = "claim says" if undirected == 1 else "claims say"
            message = f"{undirected:,} {noun} no direction, and are no links."
            remedy = "State one, or leave them."
            yield make_mild(build_diagnostic(faults.NO_DIRECTION, message, place, remedy=remedy))

    def _compute_signs(self, words: Sequence[str]) -> array[int]:
        """Signs that propositions state, else those of their predicates; 0 where there is none."""
        size = len(self._propositions)
        by_word = [_PREDICATE_BY_WORD.get(word) for word in words]
        predicate_signs = [(p and find_effect_sign(p, Better.NEITHER)) or 0 for p in by_word]
        pairs = zip(self._sign.fill_cells(size), self._word.fill_cells(size), strict=False)
        return array(
            "b",
            (s - 1 if s != NOT_STATED else predicate_signs[w] if w >= 0 else 0 for s, w in pairs),
        )

    def _make_rating_lookup(self) -> Callable[[int], tuple[int, ...]]:
        """What gives three levels, no mechanistic strength and the flags of a proposition.

        A reading that is not stated is as the one before it.
        """
        size = len(self._propositions)
        cells = [column.fill_cells(size) for column in self._levels]
        unrated, unrated_flags = convert_imported_level(None)
        nobody = (*unrated, NOT_STATED, int(unrated_flags))

        def find_rating(proposition: int) -> tuple[int, ...]:
            first, second, third = (column[proposition] for column in cells)
            if first == second == third == NOT_STATED:
                return nobody
            established = max(first, 0)
            described = established if second < 0 else second
            best = described if third < 0 else third
            return established, described, best, NOT_STATED, 0

        return find_rating

    def _compute_best_systems(self) -> array[int]:
        """The best system of the works of each claim."""
        best = array("b", [NOT_STATED]) * len(self._claim_numbers)
        works, described_by_citation = (
            column.fill_cells(len(self._citation_numbers))
            for column in (self._work_by_citation, self._described_by_citation)
        )
        system = self._system_by_work.fill_cells(len(self._work_numbers))
        for claim, citation in zip(self._citing_claims, self._citations_of_claims, strict=True):
            work = works[citation]
            studied = system[work if work >= 0 else described_by_citation[citation]]
            best[claim] = max(best[claim], studied)
        return best


def _build_batch(link_rows: list[tuple[Any, ...]]) -> LinkBatch:
    return LinkBatch(*zip(*link_rows, strict=True))


_DEFINITIONAL_RATING = (*(int(Level.HIGH),) * 3, NOT_STATED, int(LinkFlag.DEFINITIONAL))
"""Levels, mechanistic strength and flags of what holds by definition (`kg.grading.question`)."""

_NODE_PREFIXES = (f"{vocab.BASE}entity/", f"{vocab.BASE}exposure/")
_OUTCOME_KIND_IRIS = frozenset(
    vocab.build_concept_iri(kind) for kind in EntityKind if kind in OUTCOME_KINDS
)
_PREDICATE_BY_IRI: Mapping[str, str] = {
    vocab.build_concept_iri(word): word.value for word in Predicate
}
_LEVEL_BY_IRI: Mapping[str, int] = {vocab.build_concept_iri(level): int(level) for level in Level}
_SYSTEM_BY_IRI: Mapping[str, int] = {
    vocab.build_concept_iri(s): SYSTEM_ORDER.index(s) for s in System
}
_PREDICATE_BY_WORD: Mapping[str, Predicate] = {word.value: word for word in Predicate}


def _extract_name(iri: str) -> str:
    """The id of a thing of kg, the IRI of another."""
    parsed = vocab.parse_iri(iri)
    return parsed[1] if parsed else iri


def _find_predicate_word(iri: str) -> str:
    return _PREDICATE_BY_IRI.get(iri) or vocab.format_curie(iri)


def _encode_sign(sign_text: str) -> int:
    """A sign as a cell, one more than it is, since -1 is UNKNOWN; a sign that is none is 0."""
    return {"1": 2, "+1": 2, "-1": 0}.get(sign_text, 1)


def _parse_truth(text: str) -> int:
    return int(text in ("true", "1"))


def _find_level(level_iri: str) -> int:
    return _LEVEL_BY_IRI.get(level_iri, NOT_STATED)


def _find_system(iri: str) -> int:
    return _SYSTEM_BY_IRI.get(iri, NOT_STATED)
