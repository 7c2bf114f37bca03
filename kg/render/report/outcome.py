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
from kg.render import audit as audit_words
from kg.render import beside, raising, words
from kg.render.diagram import picture
from kg.render.picture import DiagramOptions
from kg.render.report.document import (
    Block,
    Cell,
    Document,
    Figure,
    Heading,
    Items,
    Notes,
    Paragraph,
    Table,
)
from kg.render.report.references import references

DOMAINS = ("risk of bias", "inconsistency", "indirectness", "imprecision", "publication bias")
UNSAID = "–"


def report(
    grade: OutcomeGrade, base: EvidenceBase, audit: CitationAudit, options: DiagramOptions
) -> Document:
    """The whole report; `options` says which reading, theme, source and date."""
    label = words.outcome_label(grade, base)
    pair = words.headline(grade, options.exposure)
    blocks = (
        *_summary(grade, pair, base),
        *((Figure(picture(grade, base, options)),) if pair else ()),
        *_profile(grade, base),
        *_chains(pair, base, options.reading),
        *claim_tables([grade], base),
        *_audited(audit, _claims_of([grade])),
        *_against(grade, base, options.reading),
        *_change(pair, base, options.reading),
        *methods(grade),
        *references([grade], base),
    )
    return Document(f"Evidence report: {label}", tuple(blocks), options.date or "")


def _summary(grade: OutcomeGrade, pair: PairGrade | None, base: EvidenceBase) -> Iterator[Block]:
    yield Heading("Question and verdict")
    if pair is None:
        yield Paragraph("No source and no study on record says anything about this outcome.")
        return
    who = words.population(grade, base)
    yield Paragraph(f"{words.question(pair, base)}{f' In {who}.' if who else ''}")
    yield Paragraph(f"{words.verdict(pair)}. {words.reason(pair, base)}", "verdict")
    yield Items(
        (
            ("Certainty", f"{_levels(pair)} (established / as described / best case)"),
            ("Wording", words.wording(pair, base)),
            ("Gap", words.gap(pair)),
            ("Direct evidence", words.direct(pair, base)),
            *(("Apart", part) for part in beside.apart(pair)),
            ("What could be printed instead", pair.rewrite),
        )
    )


def _levels(pair: PairGrade) -> str:
    return words.levels(pair.certainty.map(lambda c: c.level))


def _profile(grade: OutcomeGrade, base: EvidenceBase) -> Iterator[Block]:
    """The direct evidence of every pair in the layout of a GRADE evidence profile."""
    notes = Notes()
    rows = tuple(_profile_row(pair, base, notes) for pair in grade.pairs)
    yield Heading("Evidence profile")
    yield Table(
        "Works that measured the outcome under the exposure, judged after GRADE. Where no "
        "identified work did, the row shows what works as described would give.",
        (
            "Exposure, sense",
            "Works",
            "Start",
            *map(str.capitalize, DOMAINS),
            "Certainty of this body",
            "Verdict on the claim",
        ),
        rows,
        notes.texts,
    )


def _profile_row(pair: PairGrade, base: EvidenceBase, notes: Notes) -> tuple[Cell, ...]:
    reading, rating = _shown(pair.direct.ratings)
    start, judged = _judgements(rating)
    how = "" if reading is Reading.ESTABLISHED else f" ({reading.word})"
    return (
        Cell(f"{base.label(pair.exposure)}, {pair.sense}"),
        Cell(str(len(rating.works)), notes(", ".join(sorted(rating.works)))),
        Cell(start or UNSAID),
        *(_judged(judged.get(domain), domain, notes) for domain in DOMAINS),
        Cell(f"{rating.level.word}{how}", tone=rating.level.key),
        Cell(words.verdict(pair), tone=pair.certainty.established.level.key),
    )


def _shown(ratings: Readings[Rating]) -> tuple[Reading, Rating]:
    for reading in (Reading.ESTABLISHED, Reading.AS_DESCRIBED):
        if ratings[reading].works:
            return reading, ratings[reading]
    return Reading.ESTABLISHED, ratings.established


def _judgements(rating: Rating) -> tuple[str, dict[str, tuple[int, str]]]:
    """The words of the start level, and change and reason of each domain."""
    start, found = "", {}
    for reason in rating.support.reasons:
        name, _, text = reason.text.partition(": ")
        if reason.rule == "4":
            start = reason.text
        elif reason.rule == "5":
            found[name] = (reason.change, text or name)
    return start, found


_WORDS = {0: "not serious", -1: "serious", -2: "very serious", -3: "extremely serious"}


def _judged(found: tuple[int, str] | None, domain: str, notes: Notes) -> Cell:
    if found is None:
        return Cell(UNSAID)
    change, text = found
    return Cell(_WORDS.get(change, f"{change:+d}"), notes(f"{domain.capitalize()}: {text}."))


def _chains(pair: PairGrade | None, base: EvidenceBase, reading: Reading) -> Iterator[Block]:
    if pair is None or not pair.chains:
        return
    yield Heading("Arguments and where each breaks")
    yield _chain_table(f"From {base.label(pair.exposure)}", pair, pair.chains, base, reading)


def _chain_table(
    caption: str,
    pair: PairGrade,
    chains: Sequence[ChainGrade],
    base: EvidenceBase,
    reading: Reading,
) -> Table:
    rows = tuple(_chain(chain, pair, base, reading) for chain in chains)
    head = ("Chain", "Steps", "Breaks at", "Certainty", "Ceiling")
    return Table(f"{caption}; the reading shown is {reading.word}.", head, rows)


def _chain(
    chain: ChainGrade, pair: PairGrade, base: EvidenceBase, reading: Reading
) -> tuple[Cell, ...]:
    path, broken = [base.label(pair.exposure)], ""
    for leg in words.legs(chain, pair.outcome, base, reading):
        if leg.mark == "break" and not broken:
            broken = f"{leg.reason} (before {leg.node})"
        arrow = "is" if leg.mark == "by definition" else leg.level.word
        path += [f"→ {arrow} →", leg.node]
    return (
        Cell(chain.id),
        Cell(" ".join(path)),
        Cell(broken or UNSAID, tone="break" if broken else ""),
        Cell(words.levels(chain.certainty), tone=chain.certainty[reading].key),
        Cell(chain.ceiling.word),
    )


def claim_ids(pair: PairGrade) -> Iterator[str]:
    """The claims that a pair rests on: its wording, then the links of its chains."""
    yield from pair.wording.claims
    for chain in (*pair.chains, *pair.counter_chains):
        for link in chain.links:
            yield from link.claims


def _claims_of(grades: Iterable[OutcomeGrade]) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(id for grade in grades for pair in grade.pairs for id in claim_ids(pair))
    )


def claim_tables(grades: Sequence[OutcomeGrade], base: EvidenceBase) -> Iterator[Block]:
    """Every claim beside what the evidence allows, source by source."""
    hits = _hits(grades)
    pairs = {id: pair for g in grades for pair in reversed(g.pairs) for id in pair.wording.claims}
    known = [base.claim[id] for id in _claims_of(grades) if id in base.claim]
    if not known:
        return
    yield Heading("What is said, and what the evidence allows")
    known.sort(key=lambda claim: (claim.source, claim.line, claim.id))
    for source, claims in groupby(known, key=lambda claim: claim.source):
        notes = Notes()
        rows = tuple(_claim(c, pairs.get(c.id), hits.get(c.id, []), notes) for c in claims)
        title = base.source[source].title if source in base.source else source
        head = ("Line", "Claim, in other words", "Worded as", "Evidence", "Weak links")
        yield Table(title, head, rows, notes.texts)


def _hits(grades: Iterable[OutcomeGrade]) -> dict[str, list[Diagnostic]]:
    found: dict[str, list[Diagnostic]] = {}
    for diagnostic in (d for grade in grades for d in grade.diagnostics):
        if diagnostic.result is Result.HIT:
            found.setdefault(diagnostic.subject, []).append(diagnostic)
    return found


def _claim(
    claim: Claim, pair: PairGrade | None, hits: list[Diagnostic], notes: Notes
) -> tuple[Cell, ...]:
    hits = list({d.code: d for d in sorted(hits, key=lambda d: d.order)}.values())
    cues = f' ("{max(claim.cues, key=len)}")' if claim.cues else ""
    level = pair.certainty.established.level if pair else None
    told = [f"{d.code} {d.name}: {d.remedy or d.message}" for d in hits]
    return (
        Cell(str(claim.line)),
        Cell(claim.paraphrase or claim.id),
        Cell(f"{words.TIERS[claim.tier]}{cues}"),
        Cell("a step", ()) if level is None else Cell(level.word, tone=level.key),
        Cell(", ".join(d.code for d in hits) or UNSAID, notes(*told)),
    )


def _audited(audit: CitationAudit, claims: Iterable[str]) -> Iterator[Block]:
    wanted = frozenset(claims)
    entries = [entry for entry in audit.entries if wanted & set(entry.claims)]
    yield Heading("Citations")
    yield from citations(audit, entries)


def citations(audit: CitationAudit, entries: Sequence[AuditEntry]) -> Iterator[Block]:
    """What each cited work really is, and how far that is known."""
    if not entries:
        yield Paragraph("The claims above cite no work.")
        return
    rows = tuple(
        (
            Cell(entry.named),
            Cell(str(entry.line)),
            Cell(audit_words.SAID[entry.verdict]),
            Cell(entry.record or UNSAID),
            Cell(entry.how or UNSAID),
        )
        for entry in entries
    )
    head = ("Named as", "Line", "It is", "Record", "How we know")
    yield Table("Works that the claims above cite", head, rows)
    yield Items(tuple(("", line) for line in audit_words.outside(audit)))


def _against(grade: OutcomeGrade, base: EvidenceBase, reading: Reading) -> Iterator[Block]:
    counter = [(pair, pair.counter_chains) for pair in grade.pairs if pair.counter_chains]
    harms = [pair for pair in grade.pairs if pair.sense is Sense.HARM]
    if not counter and not harms:
        return
    yield Heading("Against it: opposite arguments and harms")
    yield Paragraph("Benefit and harm are graded apart and never netted.")
    for pair, chains in counter:
        caption = f"To the opposite effect, from {base.label(pair.exposure)}"
        yield _chain_table(caption, pair, chains, base, reading)
    if harms:
        yield Items(
            tuple(
                (base.label(pair.exposure), f"{words.verdict(pair)} [{_levels(pair)}]")
                for pair in harms
            )
        )


def _change(pair: PairGrade | None, base: EvidenceBase, reading: Reading) -> Iterator[Block]:
    if pair is None:
        return
    chains = raising.by_chains(pair, reading)
    fragile = ", ".join(pair.fragility)
    yield Heading("What would change the verdict")
    yield Items(
        (
            ("Direct evidence", raising.direct(pair, base)),
            *((("By chains", chains),) if chains else ()),
            ("Hangs on", fragile or "no single study: without any one of them it reads the same"),
        )
    )


def methods(grade: OutcomeGrade) -> Iterator[Block]:
    """How it was graded, and what the grades cannot say."""
    base = grade.base
    yield Heading("Methods and limits")
    yield Items(
        (
            ("Made with", f"kg {base.version}, profile {base.profile} {base.profile_version}"),
            ("Data", f"{words.counts(grade)}; digest {base.digest[:16] or 'unknown'}"),
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
