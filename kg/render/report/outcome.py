"""The report on one outcome: what is claimed, what carries it, and what would change that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from kg.model import (
    ChainGrade,
    Claim,
    Diagnostic,
    EvidenceBase,
    OutcomeGrade,
    PairGrade,
    Rating,
    Reading,
    Readings,
    Result,
    Sense,
)
from kg.model.audit import AuditEntry, CitationAudit
from kg.render import phrasing
from kg.render.diagram.build import build_picture
from kg.render.diagram.picture import DiagramOptions
from kg.render.document import (
    Block,
    Document,
    DocumentTable,
    Figure,
    Footnotes,
    Heading,
    ItemList,
    Paragraph,
    TableCell,
)
from kg.render.findings import citation_audit as audit_words
from kg.render.grade import context_lines, improvement
from kg.render.report.references import build_references

DOMAIN_NAMES = ("risk of bias", "inconsistency", "indirectness", "imprecision", "publication bias")
NOT_STATED = "–"


def build_outcome_report(
    grade: OutcomeGrade, base: EvidenceBase, audit: CitationAudit, options: DiagramOptions
) -> Document:
    """The whole report; `options` says which reading, theme, source and date."""
    label = phrasing.label_outcome(grade, base)
    pair = phrasing.choose_headline(grade, options.exposure)
    blocks = (
        *_build_summary(grade, pair, base),
        *((Figure(build_picture(grade, base, options)),) if pair else ()),
        *(_build_profile(grade, base) if grade.pairs else ()),
        *_build_chains(pair, base, options.reading),
        *build_claim_tables([grade], base),
        *_build_citations(audit, _list_all_claim_ids([grade])),
        *_build_opposition(grade, base, options.reading),
        *_build_improvements(pair, base, options.reading),
        *build_methods(grade),
        *build_references([grade], base),
    )
    return Document(f"Evidence report: {label}", tuple(blocks), options.date or "")


def _build_summary(
    grade: OutcomeGrade, pair: PairGrade | None, base: EvidenceBase
) -> Iterator[Block]:
    yield Heading("Question and verdict")
    if pair is None:
        verdict, claim_lines = phrasing.describe_ungraded(grade, base)
        yield Paragraph(verdict, "verdict")
        if claim_lines:
            yield ItemList(tuple(("", line) for line in claim_lines))
        return
    population_label = phrasing.find_population(grade, base)
    population_text = f" In {population_label}." if population_label else ""
    yield Paragraph(f"{phrasing.format_question(pair, base)}{population_text}")
    yield Paragraph(
        f"{phrasing.describe_verdict(pair, base)}. {phrasing.explain_verdict(pair, base)}",
        "verdict",
    )
    yield ItemList(
        (
            ("Certainty", f"{_format_levels(pair)} (established / as described / best case)"),
            ("Wording", phrasing.describe_wording(pair, base)),
            ("Gap", phrasing.describe_gap(pair)),
            ("Direct evidence", phrasing.describe_direct(pair, base)),
            *(
                ("Harms on record", harms)
                for harms in (context_lines.describe_harms(pair, base),)
                if harms
            ),
            *(("Apart", part) for part in context_lines.describe_origins(pair)),
            ("What could be printed instead", pair.rewrite),
        )
    )
    if unsigned_claims := phrasing.describe_unsigned_claims(grade, base):
        yield Paragraph(f"{unsigned_claims}.")


def _format_levels(pair: PairGrade) -> str:
    return phrasing.format_levels(pair.certainty.map(lambda c: c.level))


def _build_profile(grade: OutcomeGrade, base: EvidenceBase) -> Iterator[Block]:
    """The direct evidence of every pair in the layout of a GRADE evidence profile."""
    notes = Footnotes()
    rows = tuple(_build_profile_row(pair, base, notes) for pair in grade.pairs)
    yield Heading("Evidence profile")
    yield DocumentTable(
        "Works that measured the outcome under the exposure, judged after GRADE. Where no "
        "identified work did, the row shows what works as described would give.",
        (
            "Exposure, sense",
            "Works",
            "Start",
            *map(str.capitalize, DOMAIN_NAMES),
            "Certainty of this body",
            "Verdict on the claim",
        ),
        rows,
        notes.texts,
    )


def _build_profile_row(
    pair: PairGrade, base: EvidenceBase, notes: Footnotes
) -> tuple[TableCell, ...]:
    reading, rating = _choose_rating(pair.direct.ratings)
    start, judged = _list_judgements(rating)
    reading_note = "" if reading is Reading.ESTABLISHED else f" ({reading.word})"
    return (
        TableCell(f"{base.get_label(pair.exposure)}, {pair.sense}"),
        TableCell(str(len(rating.works)), notes(", ".join(sorted(rating.works)))),
        TableCell(start or NOT_STATED),
        *(_format_judgement(judged.get(domain), domain, notes) for domain in DOMAIN_NAMES),
        TableCell(f"{rating.level.word}{reading_note}", tone=rating.level.key),
        TableCell(phrasing.describe_verdict(pair, base), tone=pair.certainty.established.level.key),
    )


def _choose_rating(ratings: Readings[Rating]) -> tuple[Reading, Rating]:
    for reading in (Reading.ESTABLISHED, Reading.AS_DESCRIBED):
        if ratings[reading].works:
            return reading, ratings[reading]
    return Reading.ESTABLISHED, ratings.established


def _list_judgements(rating: Rating) -> tuple[str, dict[str, tuple[int, str]]]:
    """The words of the start level, and change and reason of each domain."""
    start, judgements = "", {}
    for reason in rating.support.reasons:
        name, _, text = reason.text.partition(": ")
        if reason.rule == "4":
            start = reason.text
        elif reason.rule == "5":
            judgements[name] = (reason.change, text or name)
    return start, judgements


_SERIOUSNESS_WORDS = {0: "not serious", -1: "serious", -2: "very serious", -3: "extremely serious"}


def _format_judgement(
    judgement: tuple[int, str] | None, domain: str, notes: Footnotes
) -> TableCell:
    if judgement is None:
        return TableCell(NOT_STATED)
    change, text = judgement
    return TableCell(
        _SERIOUSNESS_WORDS.get(change, f"{change:+d}"), notes(f"{domain.capitalize()}: {text}.")
    )


def _build_chains(pair: PairGrade | None, base: EvidenceBase, reading: Reading) -> Iterator[Block]:
    if pair is None or not pair.chains:
        return
    yield Heading("Arguments and where each breaks")
    yield _build_chain_table(
        f"From {base.get_label(pair.exposure)}", pair, pair.chains, base, reading
    )


def _build_chain_table(
    caption: str,
    pair: PairGrade,
    chains: Sequence[ChainGrade],
    base: EvidenceBase,
    reading: Reading,
) -> DocumentTable:
    rows = tuple(_build_chain_row(chain, pair, base, reading) for chain in chains)
    column_names = ("Chain", "Steps", "Breaks at", "Certainty", "Ceiling")
    return DocumentTable(f"{caption}; the reading shown is {reading.word}.", column_names, rows)


def _build_chain_row(
    chain: ChainGrade, pair: PairGrade, base: EvidenceBase, reading: Reading
) -> tuple[TableCell, ...]:
    path, broken = [base.get_label(pair.exposure)], ""
    for step_view in phrasing.list_chain_steps(chain, pair.outcome, base, reading):
        if step_view.mark == "break" and not broken:
            broken = f"{step_view.reason} (before {step_view.node})"
        arrow = "is" if step_view.mark == "by definition" else step_view.level.word
        path += [f"→ {arrow} →", step_view.node]
    return (
        TableCell(chain.id),
        TableCell(" ".join(path)),
        TableCell(broken or NOT_STATED, tone="break" if broken else ""),
        TableCell(phrasing.format_levels(chain.certainty), tone=chain.certainty[reading].key),
        TableCell(chain.ceiling.word),
    )


def list_claim_ids(pair: PairGrade) -> Iterator[str]:
    """The claims that a pair rests on: its wording, then the links of its chains."""
    yield from pair.wording.claims
    for chain in (*pair.chains, *pair.counter_chains):
        for link in chain.links:
            yield from link.claims


def _list_all_claim_ids(grades: Iterable[OutcomeGrade]) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(id for grade in grades for pair in grade.pairs for id in list_claim_ids(pair))
    )


def build_claim_tables(grades: Sequence[OutcomeGrade], base: EvidenceBase) -> Iterator[Block]:
    """Every claim beside what the evidence allows, source by source."""
    hits = _group_hits(grades)
    pairs = {id: pair for g in grades for pair in reversed(g.pairs) for id in pair.wording.claims}
    known_claims = [base.claim[id] for id in _list_all_claim_ids(grades) if id in base.claim]
    if not known_claims:
        return
    yield Heading("What is said, and what the evidence allows")
    known_claims.sort(key=lambda claim: (claim.source, claim.line, claim.id))
    for source, claims in groupby(known_claims, key=lambda claim: claim.source):
        notes = Footnotes()
        rows = tuple(
            _build_claim_row(c, pairs.get(c.id), hits.get(c.id, []), notes) for c in claims
        )
        title = base.source[source].title if source in base.source else source
        column_names = ("Line", "Claim, in other words", "Worded as", "Evidence", "Weak links")
        yield DocumentTable(title, column_names, rows, notes.texts)


def _group_hits(grades: Iterable[OutcomeGrade]) -> dict[str, list[Diagnostic]]:
    hits_by_subject: dict[str, list[Diagnostic]] = {}
    for diagnostic in (d for grade in grades for d in grade.diagnostics):
        if diagnostic.result is Result.HIT:
            hits_by_subject.setdefault(diagnostic.subject, []).append(diagnostic)
    return hits_by_subject


def _build_claim_row(
    claim: Claim, pair: PairGrade | None, hits: list[Diagnostic], notes: Footnotes
) -> tuple[TableCell, ...]:
    hits = list({d.code: d for d in sorted(hits, key=lambda d: d.sort_key)}.values())
    cues = f' ("{max(claim.cues, key=len)}")' if claim.cues else ""
    level = pair.certainty.established.level if pair else None
    hit_notes = [f"{d.code} {d.name}: {d.remedy or d.message}" for d in hits]
    return (
        TableCell(str(claim.line)),
        TableCell(claim.paraphrase or claim.id),
        TableCell(f"{phrasing.TIER_LABELS[claim.tier]}{cues}"),
        TableCell("a step", ()) if level is None else TableCell(level.word, tone=level.key),
        TableCell(", ".join(d.code for d in hits) or NOT_STATED, notes(*hit_notes)),
    )


def _build_citations(audit: CitationAudit, claims: Iterable[str]) -> Iterator[Block]:
    wanted_ids = frozenset(claims)
    entries = [entry for entry in audit.entries if wanted_ids & set(entry.claims)]
    yield Heading("Citations")
    yield from build_citation_table(audit, entries)


def build_citation_table(audit: CitationAudit, entries: Sequence[AuditEntry]) -> Iterator[Block]:
    """What each cited work really is, and how far that is known."""
    if not entries:
        yield Paragraph("The claims above cite no work.")
        return
    rows = tuple(
        (
            TableCell(entry.named),
            TableCell(str(entry.line)),
            TableCell(audit_words.VERDICT_TEXTS[entry.verdict]),
            TableCell(entry.record or NOT_STATED),
            TableCell(entry.how or NOT_STATED),
        )
        for entry in entries
    )
    column_names = ("Named as", "Line", "It is", "Record", "How we know")
    yield DocumentTable("Works that the claims above cite", column_names, rows)
    yield ItemList(tuple(("", line) for line in audit_words.list_service_notes(audit)))


def _build_opposition(grade: OutcomeGrade, base: EvidenceBase, reading: Reading) -> Iterator[Block]:
    counter = [(pair, pair.counter_chains) for pair in grade.pairs if pair.counter_chains]
    harms = [pair for pair in grade.pairs if pair.sense is Sense.HARM]
    if not counter and not harms:
        return
    yield Heading("Against it: opposite arguments and harms")
    yield Paragraph("Benefit and harm are graded apart and never netted.")
    for pair, chains in counter:
        caption = f"To the opposite effect, from {base.get_label(pair.exposure)}"
        yield _build_chain_table(caption, pair, chains, base, reading)
    if harms:
        yield ItemList(
            tuple(
                (
                    base.get_label(pair.exposure),
                    f"{phrasing.describe_verdict(pair, base)} [{_format_levels(pair)}]",
                )
                for pair in harms
            )
        )


def _build_improvements(
    pair: PairGrade | None, base: EvidenceBase, reading: Reading
) -> Iterator[Block]:
    if pair is None:
        return
    chains = improvement.describe_chain_repairs(pair, reading)
    fragile = ", ".join(pair.fragility)
    yield Heading("What would change the verdict")
    yield ItemList(
        (
            ("Direct evidence", improvement.describe_direct_repair(pair, base)),
            *((("By chains", chains),) if chains else ()),
            ("Hangs on", fragile or "no single study: without any one of them it reads the same"),
        )
    )


def build_methods(grade: OutcomeGrade) -> Iterator[Block]:
    """How it was graded, and what the grades cannot say."""
    base = grade.base
    yield Heading("Methods and limits")
    yield ItemList(
        (
            ("Made with", f"kg {base.version}, profile {base.profile} {base.profile_version}"),
            ("Data", f"{phrasing.describe_counts(grade)}; digest {base.digest[:16] or 'unknown'}"),
            (
                "Readings",
                "established admits works that could be identified, as described all works as the "
                "text describes them, best case also what is unknown at its most favourable",
            ),
            (
                "Chains",
                "a chain is no surer than its weakest step, and many weak chains are no stronger "
                "than one; how chains are put together is a choice of kg",
            ),
            (
                "Limits",
                "GRADE was not validated for single works; the studies on record are no systematic "
                "search; levels are no probabilities; this is no medical advice",
            ),
        )
    )
