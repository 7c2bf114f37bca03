"""A grade on links that were rated elsewhere: the views of `kg grade` without what links lack."""

from __future__ import annotations

import csv
import io
from typing import Any, Protocol

from kg.model import EvidenceBase, Level, PairGrade, RatedGrade, Reading
from kg.registry import Registry
from kg.render import Options, raising, words
from kg.render.escape import csv as cell
from kg.render.escape import markdown as md
from kg.render.markdown import chain_row
from kg.render.text import Page, each, listed


class RatedView(Protocol):
    """A view of one outcome graded on rated links."""

    def __call__(self, rated: RatedGrade, base: EvidenceBase, options: Options) -> str:
        """The whole view, with a newline at its end."""


VIEWS: Registry[RatedView] = Registry(
    "view of rated links",
    {
        "text": "kg.render.rated:as_text",
        "json": "kg.render.rated:as_json",
        "markdown": "kg.render.rated:as_markdown",
        "csv": "kg.render.rated:as_csv",
    },
)

VERSION = "kg.rated-grade/1"

_LISTED = ("id", "exposure", "outcome", "sense", "sign", "certainty", "verdict", "indirect")
_SHOWN = (*_LISTED, "reasons", "mechanistic", "chains", "repair", "gain")
"""What JSON has of a pair, and of the first one, which is shown with its chains."""

LACKING = (
    "Links rated elsewhere hold no wording, no studies and no refutation: so there is no gap, "
    "no flag, no fragility, no rewrite, and nothing can come out as refuted."
)


def about(rated: RatedGrade) -> str:
    """What was graded: the table and what of it is rated."""
    unrated = f", {rated.unrated:,} of them unrated" if rated.unrated else ""
    itself = (
        f"; from a node to itself ({rated.itself:,}) counts for nothing" if rated.itself else ""
    )
    links, nodes = words.counted(rated.links, "link"), words.counted(rated.nodes, "node")
    return f"{rated.name}: {links} between {nodes}{unrated}{itself}"


def provenance(rated: RatedGrade) -> str:
    """Who rated the links, and who put them together."""
    return (
        f"Levels as rated in {rated.name}; chains by kg {rated.grade.base.version}. {words.CAVEAT}"
    )


def mechanistic(rated: RatedGrade, pair: PairGrade) -> str:
    """Mechanistic support of a pair, or that the table does not state it."""
    return pair.mechanistic.word if rated.mechanistic else "not stated for every link"


def certainty(rated: RatedGrade, pair: PairGrade) -> str:
    """The levels of a pair: one where no reading differs, else all three."""
    levels = pair.certainty.map(lambda c: c.level)
    if not rated.readings:
        return levels.established.word
    return (
        f"established {levels.established.word}; as described {levels.as_described.word}; "
        f"best case {levels.best_case.word} (unrated links granted)"
    )


def why(pair: PairGrade, base: EvidenceBase) -> str:
    """Why the level is what it is."""
    straight = f"{base.label(pair.exposure)} -> {base.label(pair.outcome)}"
    level = pair.certainty.established.level
    if level is not Level.NONE and not pair.indirect:
        return f"The link {straight} itself is rated so."
    none = f"No link {straight} of this sense is rated {'higher' if level else 'above none'}"
    if level is Level.NONE:
        rest = "every chain has a link without a rating" if pair.chains else "no chain leads there"
        return f"{none}, and {rest}."
    best = max(pair.chains, key=lambda c: c.certainty.established)
    return f"{none}; the level comes from chain {best.id}."


def raises(pair: PairGrade, base: EvidenceBase, reading: Reading) -> str:
    """What would raise the level: how many links for which level, and which are the fewest."""
    if links := raising.fewest(pair, base, reading):
        return f"by chains: {raising.by_chains(pair, reading)}. Fewest: {links}."
    sets = raising.above(pair, reading)
    return "No chain can, however good the evidence for its links." if sets else "It is high."


# Views


def as_text(rated: RatedGrade, base: EvidenceBase, options: Options) -> str:
    """The report on one screen of a terminal."""
    page = Page(options)
    grade, reading = rated.grade, Reading(options.reading)
    pair = grade.pairs[0]
    page.say("QUESTION", words.question(pair, base), "1")
    page.say("", about(rated), "2")
    page.rule()
    bad = pair.certainty.established.level is Level.NONE
    page.say("VERDICT", words.verdict(pair), "1", "31" if bad else "32")
    page.say("WHY", why(pair, base))
    support = mechanistic(rated, pair)
    page.say("CERTAINTY", f"{certainty(rated, pair)}. Mechanistic support, apart: {support}")
    page.rule()
    _chains(page, pair, base, reading)
    page.rule()
    for n, other in enumerate(grade.pairs[1:]):
        levels = other.certainty.map(lambda c: c.level)
        shown = words.levels(levels) if rated.readings else levels.established.word
        page.say("ALSO" if n == 0 else "", f"{words.question(other, base)} [{shown}]")
    if rated.pairs > len(grade.pairs):
        left = rated.pairs - len(grade.pairs)
        page.say("", f"and {left:,} more: kg grade --all lists every pair", "2")
    page.say("TO RAISE", raises(pair, base, reading))
    page.say("NOT HERE", LACKING, "2")
    page.say("", provenance(rated), "2")
    return page.text()


def _chains(page: Page, pair: PairGrade, base: EvidenceBase, reading: Reading) -> None:
    for label, chains, what in (
        ("CHAINS", pair.chains, "best, surest first"),
        ("AGAINST", pair.counter_chains, "best to the opposite effect"),
    ):
        if chains:
            number = words.counted(len(chains), "chain")
            page.say(label, f"{number}, {what}{each(chains)}")
            listed(page, chains, pair.outcome, base, reading)
    if pair.chains or pair.counter_chains:
        page.say("", ">>level<< is the weakest link; [established / as described / best case]", "2")
    else:
        page.say("CHAINS", "none")


def as_json(rated: RatedGrade, base: EvidenceBase, options: Options) -> str:
    """The grade as JSON of the form `kg.rated-grade/1`; what links do not hold is left out."""
    import json

    from kg.render.json import encode

    whole = encode(rated.grade, base)
    pairs = [
        {key: pair[key] for key in (_LISTED if n else _SHOWN)}
        | {"direct": pair["direct"]["certainty"]}
        for n, pair in enumerate(whole["pairs"])
    ]
    if not rated.mechanistic:
        pairs[0]["mechanistic"] = None
    value: dict[str, Any] = {
        "schema_version": VERSION,
        "outcome": {key: whole["outcome"][key] for key in ("id", "label")},
        "pairs": pairs,
        "pairs_in_all": rated.pairs,
        "table": {
            "name": rated.name,
            "links": rated.links,
            "nodes": rated.nodes,
            "unrated": rated.unrated,
            "itself": rated.itself,
            "key": rated.grade.base.digest,
        },
        "version": rated.grade.base.version,
    }
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def as_markdown(rated: RatedGrade, base: EvidenceBase, options: Options) -> str:
    """The grade as Markdown: pairs, chains, what would raise it."""
    reading = Reading(options.reading)
    pair = rated.grade.pairs[0]
    lines = [
        f"# {md(base.label(rated.grade.outcome))}",
        "",
        f"**{md(words.question(pair, base))}** {words.verdict(pair)}.",
        "",
        md(why(pair, base)),
        "",
        "| Exposure | Sense | Established | As described | Best case |",
        "|---|---|---|---|---|",
    ]
    for every in rated.grade.pairs:
        levels = [c.level.word for c in every.certainty]
        row = (base.label(every.exposure), every.sense.value, *levels)
        lines.append(f"| {' | '.join(map(md, row))} |")
    lines += ["", "| Chain | Sense | Certainty | Path |", "|---|---|---|---|"]
    for chain in (*pair.chains, *pair.counter_chains):
        lines.append(f"| {' | '.join(map(md, chain_row(chain, pair, base, reading)))} |")
    lines += ["", f"To raise: {md(raises(pair, base, reading))}", "", LACKING, ""]
    return "\n".join((*lines, f"{md(about(rated))}. {md(provenance(rated))}")) + "\n"


COLUMNS = (
    "outcome",
    "exposure",
    "sense",
    "established",
    "as_described",
    "best_case",
    "indirect",
)


def as_csv(rated: RatedGrade, base: EvidenceBase, options: Options) -> str:
    """A row for each pair that is shown."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for pair in rated.grade.pairs:
        levels = (c.level.word for c in pair.certainty)
        indirect = "yes" if pair.indirect else "no"
        row = (pair.outcome, pair.exposure, pair.sense.value, *levels, indirect)
        writer.writerow([cell(value) for value in row])
    return text.getvalue()
