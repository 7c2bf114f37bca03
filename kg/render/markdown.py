"""A grade as Markdown: an evidence profile after GRADE, chains, flags and notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kg.model import (
    ChainGrade,
    EvidenceBase,
    OutcomeGrade,
    PairGrade,
    Rating,
    Reading,
    Readings,
)
from kg.render import Options, beside, raising, words
from kg.render.escape import markdown as md


def render(grade: OutcomeGrade, base: EvidenceBase, options: Options) -> str:
    """The evidence profile of one outcome."""
    return "\n".join(_profile(grade, base, options)) + "\n"


def summarise(grades: Sequence[OutcomeGrade], base: EvidenceBase, options: Options) -> str:
    """The evidence profiles of several outcomes, one after the other."""
    return "\n".join(render(grade, base, options) for grade in grades)


def _profile(grade: OutcomeGrade, base: EvidenceBase, options: Options) -> Iterator[str]:
    yield f"# Evidence profile: {md(words.outcome_label(grade, base))}"
    yield ""
    pair = words.headline(grade, options.exposure)
    if pair is None:
        yield "No source here argues about this outcome."
    else:
        yield f"**{md(words.question(pair, base))}** {words.verdict(pair)}."
        yield ""
        yield md(words.reason(pair, base))
        yield ""
        yield from _table(_HEAD, (_row(p, base) for p in grade.pairs))
        yield ""
        yield from _details(pair, base, Reading(options.reading))
    yield from _flags(grade)
    yield ""
    yield f"{md(words.counts(grade))}. {md(words.provenance(grade))}"


_HEAD = (
    "Exposure and sense",
    "Works that measured it",
    "Established",
    "As described",
    "Best case",
    "Mechanistic",
    "Verdict",
    "Cited alone",
    "Literature alone",
    "Wording",
    "Gap",
)


def _row(pair: PairGrade, base: EvidenceBase) -> tuple[str, ...]:
    wording = words.TIERS[pair.wording.sigma] if pair.wording.claims else "not claimed"
    return (
        f"{base.label(pair.exposure)}, {pair.sense}",
        f"{pair.direct.works_measured} of {pair.direct.works_cited}",
        *(certainty.level.word for certainty in pair.certainty),
        pair.mechanistic.word,
        words.verdict(pair),
        *beside.each_apart(pair),
        wording,
        pair.severity.word if pair.wording.claims else "none",
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(md(cell) for cell in row)} |"


def _details(pair: PairGrade, base: EvidenceBase, reading: Reading) -> Iterator[str]:
    yield f"## Chains from {md(base.label(pair.exposure))}"
    yield ""
    rows = [chain_row(chain, pair, base, reading) for chain in (*pair.chains, *pair.counter_chains)]
    yield from _table(("Chain", "Sense", "Certainty", "Path"), rows)
    yield ""
    yield "Certainty: established / as described / best case. `0` marks a step that nothing"
    yield f"supports, `?` one whose works were not identified. Reading shown: {reading.word}."
    yield ""
    yield from _bodies(pair, base, reading)
    yield "## Wording"
    yield ""
    yield f"- Wording: {md(words.wording(pair, base))}"
    yield f"- Gap: {md(words.gap(pair))}"
    yield f"- Direct evidence: {md(words.direct(pair, base))}"
    for told in beside.groups(pair, base):
        yield f"- Groups within {md(told)}"
    if other := beside.near(pair, base):
        yield f"- Measured near it, and not the same: {md(other)}"
    for part in beside.apart(pair):
        yield f"- Apart: {md(part)}"
    yield f"- To raise: {md(raising.direct(pair, base))}"
    if chains := raising.by_chains(pair, reading):
        yield f"- By chains: {md(chains)}"
    yield f"- Rewrite: {md(pair.rewrite)}"
    yield ""


_DOMAINS = ("risk of bias", "inconsistency", "indirectness", "imprecision", "publication bias")

_BODY = ("Link", "Reading", "Works", "Start", *map(str.capitalize, _DOMAINS), "Certainty")


def _bodies(pair: PairGrade, base: EvidenceBase, reading: Reading) -> Iterator[str]:
    """The domains of each body of evidence: the direct one, then one for each link with works."""
    rows = [_body(f"direct: {base.label(pair.outcome)}", pair.direct.ratings, reading)]
    links = {link.id: link for chain in pair.chains for link in chain.links}
    for id, link in links.items():
        rows.append(_body(words.link_words(id, base), link.ratings, reading))
    known = [row for row in rows if row]
    if known:
        yield "## Bodies of evidence"
        yield ""
        yield from _table(_BODY, known)
        yield ""


def _body(name: str, ratings: Readings[Rating], reading: Reading) -> tuple[str, ...]:
    """A row of domains in the reading, or as described where it has no works; empty without any."""
    used = reading if ratings[reading].works else Reading.AS_DESCRIBED
    rating = ratings[used]
    if not rating.works:
        return ()
    start, found = "", {}
    for reason in rating.support.reasons:
        name_of, _, text = reason.text.partition(": ")
        if reason.rule == "4":
            start = reason.text
        elif reason.rule == "5":
            found[name_of] = f"{text} ({reason.change:+d})" if reason.change else text
    works = ", ".join(rating.works)
    cells = (found.get(domain, "") for domain in _DOMAINS)
    return name, used.word, works, start, *cells, rating.level.word


def chain_row(
    chain: ChainGrade, pair: PairGrade, base: EvidenceBase, reading: Reading
) -> tuple[str, ...]:
    """Id, sense, levels and path of a chain."""
    path = [base.label(pair.exposure)]
    for leg in words.legs(chain, pair.outcome, base, reading):
        arrow = {
            "break": f"→ 0 ({leg.reason}) →" if not leg.level else f"→ {leg.level.word} →",
            "lost": f"→ ? ({leg.reason}) →",
            "by definition": "→ is →",
        }.get(leg.mark, f"→ {leg.level.word} →")
        path += [arrow, leg.node]
    sense = "opposite" if chain.counter else pair.sense.value
    return chain.id, sense, words.levels(chain.certainty), " ".join(path)


def _flags(grade: OutcomeGrade) -> Iterator[str]:
    yield "## Flags"
    yield ""
    lines = words.flag_lines(grade.diagnostics)
    if not lines:
        yield "None."
    for severity, codes in lines:
        yield f"- {severity}: {md(codes.replace(words.FIXED, ' '))}"
