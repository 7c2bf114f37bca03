"""Verdicts of the citation audit -> the named graph of grades, with CiTO for what was found."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import NamedNode, Quad

from kg import __version__
from kg.model import AuditVerdict
from kg.model.audit import AuditEntry, CitationAudit, LookUp, Question
from kg.rdf import vocab
from kg.rdf.encode import Term, literal, named, node

FOUND = (AuditVerdict.IDENTIFIED, AuditVerdict.USE_DIFFERS, AuditVerdict.REVIEW_AS_TRIAL)
"""Verdicts under which the text leads to the work that it names."""


def encode_audit(audit: CitationAudit) -> Iterator[Quad]:
    """Quads of an audit; none is stated of the citation itself, which stays as it was recorded."""
    graph = node(vocab.GRADES_GRAPH)
    answers: dict[Question, list[LookUp]] = {}
    for answer in audit.look_ups:
        answers.setdefault(answer.question, []).append(answer)
        for subject, name, value in _look_up(answer):
            yield Quad(subject, named(name), value, graph)
    for subject, name, value in _activity(audit):
        yield Quad(subject, named(name), value, graph)
    for entry in audit.entries:
        for subject, name, value in _entry(entry):
            yield Quad(subject, named(name), value, graph)
        for question in entry.questions:
            for answer in answers.get(question, ()):
                about = node(vocab.iri("grade", "audit", entry.citation))
                yield Quad(about, named("prov:wasDerivedFrom"), node(_iri(answer)), graph)


_ACTIVITY = vocab.iri("activity", "citation-audit")


def _activity(audit: CitationAudit) -> Iterator[tuple[NamedNode, str, Term]]:
    """The computation: the version of the rules and of kg, and what it looked at."""
    subject = node(_ACTIVITY)
    yield subject, "rdf:type", named("prov:Activity")
    yield subject, "rdfs:label", literal("citation audit")
    yield subject, "profile", literal("audit")
    yield subject, "profileVersion", literal(audit.version)
    yield subject, "softwareVersion", literal(__version__)
    if audit.digest:
        yield subject, "inputDigest", literal(audit.digest)
    for graph in (vocab.STUDIES_GRAPH, *map(vocab.source_graph, audit.sources)):
        yield subject, "prov:used", node(graph)


def _iri(answer: LookUp) -> str:
    question = answer.question
    return vocab.iri("activity", "look-up", answer.service, question.kind, question.value)


def _look_up(answer: LookUp) -> Iterator[tuple[NamedNode, str, Term]]:
    """A stored answer: the service, what was asked, when, and what is at hand for a reader."""
    subject = node(_iri(answer))
    yield subject, "rdf:type", named("LookUp")
    yield subject, "service", literal(answer.service)
    yield subject, "asked", literal(f"{answer.question.kind} {answer.question.value}")
    yield subject, "answers", literal(len(answer.works))
    yield subject, "prov:generatedAtTime", literal(answer.date)
    yield subject, "dcterms:source", literal(answer.url)


def _entry(entry: AuditEntry) -> Iterator[tuple[NamedNode, str, Term]]:
    subject = node(vocab.iri("grade", "audit", entry.citation))
    yield subject, "rdf:type", named("CitationAudit")
    yield subject, "prov:wasGeneratedBy", node(_ACTIVITY)
    yield subject, "ofCitation", node(vocab.iri("citation", entry.citation))
    yield subject, "auditVerdict", node(vocab.concept(entry.verdict))
    yield subject, "sureness", literal(entry.sure)
    for field in entry.differs:
        yield subject, "differsIn", literal(field)
    for sign in entry.signs:
        if sign.answer == "conflict":
            yield subject, "text", literal(sign.evidence)
    if entry.study and entry.verdict in FOUND:
        yield (
            node(vocab.iri("source", entry.source)),
            "cito:cites",
            node(vocab.iri("study", entry.study)),
        )
