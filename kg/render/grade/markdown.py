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
from kg.render import RenderOptions, phrasing
from kg.render.escape import escape_markdown as md
from kg.render.grade import context_lines, improvement
from kg.render.writers.terminal_page import FIXED_SPACE


def render(grade: OutcomeGrade, base: EvidenceBase, options: RenderOptions) -> str:
    """The evidence profile of one outcome."""
    return "\n".join(_format_profile(grade, base, options)) + "\n"


def summarise(grades: Sequence[OutcomeGrade], base: EvidenceBase, options: RenderOptions) -> str:
    """The evidence profiles of several outcomes, one after the other."""
    return "\n".join(render(grade, base, options) for grade in grades)


def _format_profile(
    grade: OutcomeGrade, base: EvidenceBase, options: RenderOptions
) -> Iterator[str]:
    yield f"# Evidence profile: {md(phrasing.label_outcome(grade, base))}"
    yield ""
    pair = phrasing.choose_headline(grade, options.exposure)
    if pair is None:
        verdict, claim_lines = phrasing.describe_ungraded(grade, base)
        yield md(verdict)
        yield from (f"- {md(line)}" for line in claim_lines)
    else:
        verdict = md(phrasing.describe_verdict(pair, base))
        yield f"**{md(phrasing.format_question(pair, base))}** {verdict}."
        yield ""
        yield md(phrasing.explain_verdict(pair, base))
        yield ""
        yield from _format_table(_COLUMN_NAMES, (_list_cells(p, base) for p in grade.pairs))
        yield ""
        if unsigned_claims := phrasing.describe_unsigned_claims(grade, base):
            yield f"{md(unsigned_claims)}."
            yield ""
        yield from _format_details(pair, base, Reading(options.reading))
    yield from _format_flags(grade)
    yield ""
    yield f"{md(phrasing.describe_counts(grade))}. {md(phrasing.describe_provenance(grade.base))}"


_COLUMN_NAMES = (
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


def _list_cells(pair: PairGrade, base: EvidenceBase) -> tuple[str, ...]:
    wording = phrasing.TIER_LABELS[pair.wording.sigma] if pair.wording.claims else "not claimed"
    return (
        f"{base.get_label(pair.exposure)}, {pair.sense}",
        f"{pair.direct.works_measured} of {pair.direct.works_cited}",
        *(certainty.level.word for certainty in pair.certainty),
        pair.mechanistic.word,
        phrasing.describe_verdict(pair, base),
        *context_lines.list_origin_verdicts(pair),
        wording,
        pair.severity.word if pair.wording.claims else "none",
    )


def _format_table(column_names: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(column_names)} |"
    yield f"|{'---|' * len(column_names)}"
    for row in rows:
        yield f"| {' | '.join(md(cell) for cell in row)} |"


def _format_details(pair: PairGrade, base: EvidenceBase, reading: Reading) -> Iterator[str]:
    yield f"## Chains from {md(base.get_label(pair.exposure))}"
    yield ""
    rows = [
        list_chain_cells(chain, pair, base, reading)
        for chain in (*pair.chains, *pair.counter_chains)
    ]
    yield from _format_table(("Chain", "Sense", "Certainty", "Path"), rows)
    yield ""
    yield "Certainty: established / as described / best case. `0` marks a step that nothing"
    yield f"supports, `?` one whose works were not identified. Reading shown: {reading.word}."
    yield ""
    yield from _format_bodies(pair, base, reading)
    yield "## Wording"
    yield ""
    yield f"- Wording: {md(phrasing.describe_wording(pair, base))}"
    yield f"- Gap: {md(phrasing.describe_gap(pair))}"
    yield f"- Direct evidence: {md(phrasing.describe_direct(pair, base))}"
    for group_text in context_lines.describe_groups(pair, base):
        yield f"- Groups within {md(group_text)}"
    if other := context_lines.list_related_outcomes(pair, base):
        yield f"- Measured near it, and not the same: {md(other)}"
    if harms := context_lines.describe_harms(pair, base):
        yield f"- Harms on record {md(harms)}"
    for part in context_lines.describe_origins(pair):
        yield f"- Apart: {md(part)}"
    yield f"- To raise: {md(improvement.describe_direct_repair(pair, base))}"
    if chains := improvement.describe_chain_repairs(pair, reading):
        yield f"- By chains: {md(chains)}"
    yield f"- Rewrite: {md(pair.rewrite)}"
    yield ""


_DOMAIN_NAMES = ("risk of bias", "inconsistency", "indirectness", "imprecision", "publication bias")

_BODY_COLUMNS = (
    "Link",
    "Reading",
    "Works",
    "Start",
    *map(str.capitalize, _DOMAIN_NAMES),
    "Certainty",
)


def _format_bodies(pair: PairGrade, base: EvidenceBase, reading: Reading) -> Iterator[str]:
    """The domains of each body of evidence: the direct one, then one for each link with works."""
    rows = [
        _list_body_cells(f"direct: {base.get_label(pair.outcome)}", pair.direct.ratings, reading)
    ]
    links = {link.id: link for chain in pair.chains for link in chain.links}
    for id, link in links.items():
        rows.append(_list_body_cells(phrasing.describe_link(id, base), link.ratings, reading))
    filled_rows = [row for row in rows if row]
    if filled_rows:
        yield "## Bodies of evidence"
        yield ""
        yield from _format_table(_BODY_COLUMNS, filled_rows)
        yield ""


def _list_body_cells(name: str, ratings: Readings[Rating], reading: Reading) -> tuple[str, ...]:
    """A row of domains in the reading, or as described where it has no works; empty without any."""
    shown_reading = reading if ratings[reading].works else Reading.AS_DESCRIBED
    rating = ratings[shown_reading]
    if not rating.works:
        return ()
    start, text_by_domain = "", {}
    for reason in rating.support.reasons:
        name_of, _, text = reason.text.partition(": ")
        if reason.rule == "4":
            start = reason.text
        elif reason.rule == "5":
            text_by_domain[name_of] = f"{text} ({reason.change:+d})" if reason.change else text
    works = ", ".join(rating.works)
    cells = (text_by_domain.get(domain, "") for domain in _DOMAIN_NAMES)
    return name, shown_reading.word, works, start, *cells, rating.level.word


def list_chain_cells(
    chain: ChainGrade, pair: PairGrade, base: EvidenceBase, reading: Reading
) -> tuple[str, ...]:
    """Id, sense, levels and path of a chain."""
    path = [base.get_label(pair.exposure)]
    for step_view in phrasing.list_chain_steps(chain, pair.outcome, base, reading):
        arrow = {
            "break": f"→ 0 ({step_view.reason}) →"
            if not step_view.level
            else f"→ {step_view.level.word} →",
            "lost": f"→ ? ({step_view.reason}) →",
            "by definition": "→ is →",
        }.get(step_view.mark, f"→ {step_view.level.word} →")
        path += [arrow, step_view.node]
    sense = "opposite" if chain.counter else pair.sense.value
    sense += ", via a feedback loop" if chain.feedback else ""
    return chain.id, sense, phrasing.format_levels(chain.certainty), " ".join(path)


def _format_flags(grade: OutcomeGrade) -> Iterator[str]:
    yield "## Flags"
    yield ""
    lines = phrasing.list_flag_lines(grade.diagnostics)
    if not lines:
        yield "None."
    for severity, codes in lines:
        yield f"- {severity}: {md(codes.replace(FIXED_SPACE, ' '))}"
