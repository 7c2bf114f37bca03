"""A grade on links that were rated elsewhere: the views of `kg grade` without what links lack."""

from __future__ import annotations

import csv
import io
from typing import Any, Protocol

from kg.model import EvidenceBase, Level, PairGrade, RatedGrade, Reading
from kg.registry import Registry
from kg.render import RenderOptions, phrasing
from kg.render.escape import escape_csv as cell
from kg.render.escape import escape_markdown as md
from kg.render.grade import improvement
from kg.render.grade.markdown import list_chain_cells
from kg.render.grade.text import LEVEL_COLOURS, add_chain_lines, describe_usual_levels
from kg.render.writers.terminal_page import BOLD, TerminalPage


class RatedGradeRenderer(Protocol):
    """A view of one outcome graded on rated links."""

    def __call__(self, rated_grade: RatedGrade, base: EvidenceBase, options: RenderOptions) -> str:
        """The whole view, with a newline at its end."""


RATED_GRADE_RENDERERS: Registry[RatedGradeRenderer] = Registry(
    "view of rated links",
    {
        "text": "kg.render.rated_links.grade:render_text",
        "json": "kg.render.rated_links.grade:render_json",
        "markdown": "kg.render.rated_links.grade:render_markdown",
        "csv": "kg.render.rated_links.grade:render_csv",
    },
)

SCHEMA_VERSION = "kg.rated-grade/1"

_LISTING_KEYS = (
    "id",
    "exposure",
    "outcome",
    "sense",
    "sign",
    "certainty",
    "verdict",
    "direction",
    "level",
    "indirect",
)
_FIRST_PAIR_KEYS = (*_LISTING_KEYS, "reasons", "mechanistic", "chains", "repair", "gain")
"""What JSON has of a pair, and of the first one, which is shown with its chains."""

MISSING_NOTE = (
    "Links rated elsewhere hold no wording and no studies: so there is no gap, no flag, no "
    "fragility, no rewrite. A link of the level `refuted` lowers the links that it refutes."
)


def describe_table(rated_grade: RatedGrade) -> str:
    """What was graded: the table and what of it is rated."""
    unrated = f", {rated_grade.unrated:,} of them unrated" if rated_grade.unrated else ""
    itself = (
        f"; from a node to itself ({rated_grade.itself:,}) counts for nothing"
        if rated_grade.itself
        else ""
    )
    links, nodes = (
        phrasing.format_count(rated_grade.links, "link"),
        phrasing.format_count(rated_grade.nodes, "node"),
    )
    return f"{rated_grade.name}: {links} between {nodes}{unrated}{itself}"


def describe_provenance(rated_grade: RatedGrade) -> str:
    """Who rated the links, and who put them together."""
    return (
        f"Levels as rated in {rated_grade.name}; chains by kg {rated_grade.grade.base.version}. "
        f"{phrasing.GRADE_CAVEAT}"
    )


def describe_mechanistic(rated_grade: RatedGrade, pair: PairGrade) -> str:
    """Mechanistic support of a pair, or that the table does not state it."""
    return pair.mechanistic.word if rated_grade.mechanistic else "not stated for every link"


def describe_certainty(rated_grade: RatedGrade, pair: PairGrade) -> str:
    """The levels of a pair: one where no reading differs, else all three."""
    levels = pair.certainty.map(lambda c: c.level)
    if not rated_grade.readings:
        return levels.established.word
    return (
        f"established {levels.established.word}; as described {levels.as_described.word}; "
        f"best case {levels.best_case.word} (unrated links granted)"
    )


def explain_level(pair: PairGrade, base: EvidenceBase) -> str:
    """Why the level is what it is."""
    straight = f"{base.get_label(pair.exposure)} -> {base.get_label(pair.outcome)}"
    level = pair.certainty.established.level
    if level is not Level.NONE and not pair.indirect:
        return f"The link {straight} itself is rated so."
    none = f"No link {straight} of this sense is rated {'higher' if level else 'above none'}"
    if level is Level.NONE:
        chain_text = (
            "every chain has a link without a rating" if pair.chains else "no chain leads there"
        )
        return f"{none}, and {chain_text}."
    best = max(pair.chains, key=lambda c: c.certainty.established)
    return f"{none}; the level comes from chain {best.id}."


def describe_improvement(pair: PairGrade, base: EvidenceBase, reading: Reading) -> str:
    """What would raise the level: how many links for which level, and which are the fewest."""
    if links := improvement.describe_smallest_repair(pair, base, reading):
        return f"by chains: {improvement.describe_chain_repairs(pair, reading)}. Fewest: {links}."
    sets = improvement.list_higher_repairs(pair, reading)
    return "No chain can, however good the evidence for its links." if sets else "It is high."


# Views


def render_text(rated_grade: RatedGrade, base: EvidenceBase, options: RenderOptions) -> str:
    """The report on one screen of a terminal."""
    page = TerminalPage(options)
    grade, reading = rated_grade.grade, Reading(options.reading)
    pair = grade.pairs[0]
    page.add_paragraph("QUESTION", phrasing.format_question(pair, base), "1")
    page.add_paragraph("", describe_table(rated_grade), "2")
    page.add_rule()
    colour = LEVEL_COLOURS[pair.conclusion.level]
    page.add_paragraph("VERDICT", phrasing.describe_verdict(pair, base), BOLD, colour)
    page.add_paragraph("WHY", explain_level(pair, base))
    support = describe_mechanistic(rated_grade, pair)
    page.add_paragraph(
        "CERTAINTY",
        f"{describe_certainty(rated_grade, pair)}. Mechanistic support, apart: {support}",
    )
    page.add_rule()
    _add_chains(page, pair, base, reading)
    page.add_rule()
    for n, other in enumerate(grade.pairs[1:]):
        levels = other.certainty.map(lambda c: c.level)
        level_text = (
            phrasing.format_levels(levels) if rated_grade.readings else levels.established.word
        )
        page.add_paragraph(
            "ALSO" if n == 0 else "", f"{phrasing.format_question(other, base)} [{level_text}]"
        )
    if rated_grade.pairs > len(grade.pairs):
        omitted_count = rated_grade.pairs - len(grade.pairs)
        page.add_paragraph("", f"and {omitted_count:,} more: kg grade --all lists every pair", "2")
    page.add_paragraph("TO RAISE", describe_improvement(pair, base, reading))
    page.add_paragraph("NOT HERE", MISSING_NOTE, "2")
    page.add_paragraph("", describe_provenance(rated_grade), "2")
    return page.join_lines()


def _add_chains(page: TerminalPage, pair: PairGrade, base: EvidenceBase, reading: Reading) -> None:
    for label, chains, chain_note in (
        ("CHAINS", pair.chains, "best, surest first"),
        ("AGAINST", pair.counter_chains, "best to the opposite effect"),
    ):
        if chains:
            number = phrasing.format_count(len(chains), "chain")
            page.add_paragraph(label, f"{number}, {chain_note}{describe_usual_levels(chains)}")
            add_chain_lines(page, chains, pair.outcome, base, reading)
    if pair.chains or pair.counter_chains:
        page.add_paragraph(
            "", ">>level<< is the weakest link; [established / as described / best case]", "2"
        )
    else:
        page.add_paragraph("CHAINS", "none")


def render_json(rated_grade: RatedGrade, base: EvidenceBase, options: RenderOptions) -> str:
    """The grade as JSON of the form `kg.rated-grade/1`; what links do not hold is left out."""
    import json

    from kg.render.grade.json import encode_outcome_grade

    grade_object = encode_outcome_grade(rated_grade.grade, base)
    pairs = [
        {key: pair[key] for key in (_LISTING_KEYS if n else _FIRST_PAIR_KEYS)}
        | {"direct": pair["direct"]["certainty"]}
        for n, pair in enumerate(grade_object["pairs"])
    ]
    if not rated_grade.mechanistic:
        pairs[0]["mechanistic"] = None
    value: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "outcome": {key: grade_object["outcome"][key] for key in ("id", "label")},
        "pairs": pairs,
        "pairs_in_all": rated_grade.pairs,
        "table": {
            "name": rated_grade.name,
            "links": rated_grade.links,
            "nodes": rated_grade.nodes,
            "unrated": rated_grade.unrated,
            "itself": rated_grade.itself,
            "key": rated_grade.grade.base.digest,
        },
        "version": rated_grade.grade.base.version,
    }
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def render_markdown(rated_grade: RatedGrade, base: EvidenceBase, options: RenderOptions) -> str:
    """The grade as Markdown: pairs, chains, what would raise it."""
    reading = Reading(options.reading)
    pair = rated_grade.grade.pairs[0]
    lines = [
        f"# {md(base.get_label(rated_grade.grade.outcome))}",
        "",
        f"**{md(phrasing.format_question(pair, base))}** "
        f"{md(phrasing.describe_verdict(pair, base))}.",
        "",
        md(explain_level(pair, base)),
        "",
        "| Exposure | Sense | Established | As described | Best case |",
        "|---|---|---|---|---|",
    ]
    for every in rated_grade.grade.pairs:
        levels = [c.level.word for c in every.certainty]
        table_row = (base.get_label(every.exposure), every.sense.value, *levels)
        lines.append(f"| {' | '.join(map(md, table_row))} |")
    lines += ["", "| Chain | Sense | Certainty | Path |", "|---|---|---|---|"]
    for chain in (*pair.chains, *pair.counter_chains):
        lines.append(f"| {' | '.join(map(md, list_chain_cells(chain, pair, base, reading)))} |")
    lines += [
        "",
        f"To raise: {md(describe_improvement(pair, base, reading))}",
        "",
        MISSING_NOTE,
        "",
    ]
    return (
        "\n".join(
            (*lines, f"{md(describe_table(rated_grade))}. {md(describe_provenance(rated_grade))}")
        )
        + "\n"
    )


COLUMN_NAMES = (
    "outcome",
    "exposure",
    "sense",
    "established",
    "as_described",
    "best_case",
    "indirect",
)


def render_csv(rated_grade: RatedGrade, base: EvidenceBase, options: RenderOptions) -> str:
    """A row for each pair that is shown."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMN_NAMES)
    for pair in rated_grade.grade.pairs:
        levels = (c.level.word for c in pair.certainty)
        indirect = "yes" if pair.indirect else "no"
        row = (pair.outcome, pair.exposure, pair.sense.value, *levels, indirect)
        writer.writerow([cell(value) for value in row])
    return text.getvalue()
