"""Verdicts of the citation audit -> the named graph of grades, with CiTO for what was found."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import NamedNode, Quad

from kg._version import __version__
from kg.model import AuditVerdict
from kg.model.audit import AuditEntry, CitationAudit, LookUp, LookUpQuery
from kg.rdf import vocab
from kg.rdf.encode import Term, make_literal, make_node, make_term

MATCHING_VERDICTS = (
    AuditVerdict.IDENTIFIED,
    AuditVerdict.USE_DIFFERS,
    AuditVerdict.REVIEW_AS_TRIAL,
)
"""Verdicts under which the text leads to the work that it names."""


def encode_audit(audit: CitationAudit) -> Iterator[Quad]:
    """Quads of an audit; none is stated of the citation itself, which stays as it was recorded."""
    graph = make_node(vocab.GRADES_GRAPH)
    answers: dict[LookUpQuery, list[LookUp]] = {}
    for answer in audit.look_ups:
        answers.setdefault(answer.question, []).append(answer)
        for subject, name, value in _describe_look_up(answer):
            yield Quad(subject, make_term(name), value, graph)
    for subject, name, value in _describe_activity(audit):
        yield Quad(subject, make_term(name), value, graph)
    for entry in audit.entries:
        for subject, name, value in _describe_entry(entry):
            yield Quad(subject, make_term(name), value, graph)
        for question in entry.questions:
            for answer in answers.get(question, ()):
                audit_node = make_node(vocab.build_iri("grade", "audit", entry.citation))
                yield Quad(
                    audit_node,
                    make_term("prov:wasDerivedFrom"),
                    make_node(_build_look_up_iri(answer)),
                    graph,
                )


_ACTIVITY_IRI = vocab.build_iri("activity", "citation-audit")


def _describe_activity(audit: CitationAudit) -> Iterator[tuple[NamedNode, str, Term]]:
    """The computation: the version of the rules and of kg, and what it looked at."""
    subject = make_node(_ACTIVITY_IRI)
    yield subject, "rdf:type", make_term("prov:Activity")
    yield subject, "rdfs:label", make_literal("citation audit")
    yield subject, "profile", make_literal("audit")
    yield subject, "profileVersion", make_literal(audit.version)
    yield subject, "softwareVersion", make_literal(__version__)
    if audit.digest:
        yield subject, "inputDigest", make_literal(audit.digest)
    for graph_iri in (vocab.STUDIES_GRAPH, *map(vocab.build_source_graph_iri, audit.sources)):
        yield subject, "prov:used", make_node(graph_iri)


def _build_look_up_iri(answer: LookUp) -> str:
    question = answer.question
    return vocab.build_iri("activity", "look-up", answer.service, question.kind, question.value)


def _describe_look_up(answer: LookUp) -> Iterator[tuple[NamedNode, str, Term]]:
    """A stored answer: the service, what was asked, when, and what is at hand for a reader."""
    subject = make_node(_build_look_up_iri(answer))
    yield subject, "rdf:type", make_term("LookUp")
    yield subject, "service", make_literal(answer.service)
    yield subject, "asked", make_literal(f"{answer.question.kind} {answer.question.value}")
    yield subject, "answers", make_literal(len(answer.works))
    yield subject, "prov:generatedAtTime", make_literal(answer.date)
    yield subject, "dcterms:source", make_literal(answer.url)


def _describe_entry(entry: AuditEntry) -> Iterator[tuple[NamedNode, str, Term]]:
    subject = make_node(vocab.build_iri("grade", "audit", entry.citation))
    yield subject, "rdf:type", make_term("CitationAudit")
    yield subject, "prov:wasGeneratedBy", make_node(_ACTIVITY_IRI)
    yield subject, "ofCitation", make_node(vocab.build_iri("citation", entry.citation))
    yield subject, "auditVerdict", make_node(vocab.build_concept_iri(entry.verdict))
    yield subject, "sureness", make_literal(entry.sure)
    for field in entry.differs:
        yield subject, "differsIn", make_literal(field)
    for sign in entry.signs:
        if sign.answer == "conflict":
            yield subject, "text", make_literal(sign.evidence)
    if entry.study and entry.verdict in MATCHING_VERDICTS:
        yield (
            make_node(vocab.build_iri("source", entry.source)),
            "cito:cites",
            make_node(vocab.build_iri("study", entry.study)),
        )
