"""What a view is given, and the small parts that pages share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from kg.model import (
    Diagnostic,
    EvidenceBase,
    Level,
    PairGrade,
    Reading,
    Readings,
    Result,
    Severity,
    Verdict,
)
from kg.render import phrasing
from kg.server.grade_library import GradeLibrary
from kg.server.views.page_links import PageLink, PageLinks

QueryParams = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class PageContext:
    """The library and where links lead."""

    grade_library: GradeLibrary
    page_links: PageLinks

    @property
    def base(self) -> EvidenceBase:
        """The base."""
        return self.grade_library.base

    def link_node(self, node_id: str) -> PageLink:
        """A reference to an entity or exposure."""
        section = "exposure" if node_id in self.base.exposure else "entity"
        return PageLink(self.base.get_label(node_id), self.page_links.thing(section, node_id))

    def link_work(self, work_id: str) -> PageLink:
        """A reference to a study, or to a citation of one."""
        if work_id in self.base.study:
            study = self.base.study[work_id]
            return PageLink(
                f"{study.title} ({study.year})", self.page_links.thing("study", work_id)
            )
        if work_id in self.base.citation:
            return PageLink(
                format_citation(self.base, work_id), self.page_links.thing("citation", work_id)
            )
        return PageLink(work_id, "")

    def link_claim(self, claim_id: str) -> PageLink:
        """A reference to a claim, by what it says."""
        claim = self.base.claim.get(claim_id)
        return PageLink(
            claim.paraphrase or claim_id if claim else claim_id,
            self.page_links.thing("claim", claim_id),
        )

    def link_subject(self, id: str) -> PageLink:
        """A reference to whatever a diagnostic is about."""
        sections = {
            "claim": self.base.claim,
            "citation": self.base.citation,
            "study": self.base.study,
            "chain": self.base.chain,
            "source": self.base.source,
        }
        for section, things_by_id in sections.items():
            if id in things_by_id:
                return PageLink(id, self.page_links.thing(section, id))
        return PageLink(id, "")


@dataclass(frozen=True, slots=True)
class LevelBadge:
    """A level as it is shown: its word, its style, and which reading it is of."""

    word: str
    style: str
    of: str = ""


def build_badge(level: Level, reading_word: str = "") -> LevelBadge:
    """The chip of a level."""
    return LevelBadge(level.word, f"level-{level.key}", reading_word)


def build_badges(levels: Readings[Level]) -> list[LevelBadge]:
    """Chips of the three readings."""
    return [build_badge(levels[reading], reading.word) for reading in Reading]


def build_pair_badges(pair: PairGrade) -> list[LevelBadge]:
    """Chips of the three readings of a pair."""
    return build_badges(pair.certainty.map(lambda c: c.level))


def format_citation(base: EvidenceBase, id: str) -> str:
    """What a text prints of a work."""
    c = base.citation[id]
    citation_text = ", ".join(str(part) for part in (c.authors, c.title, c.journal, c.year) if part)
    return citation_text or id


@dataclass(frozen=True, slots=True)
class DiagnosticLine:
    """A weak link as a page lists it."""

    code: str
    name: str
    severity: str
    message: str
    remedy: str
    rule: str
    subject: PageLink
    place: str


def list_diagnostic_lines(
    page_context: PageContext, diagnostics: Sequence[Diagnostic], max_lines: int = 200
) -> list[DiagnosticLine]:
    """Hits as a page lists them, worst first."""
    hits = [d for d in diagnostics if d.result is Result.HIT][:max_lines]
    return [
        DiagnosticLine(
            d.code,
            d.name,
            d.severity.word,
            d.message,
            d.remedy,
            page_context.page_links.page(f"rule/{d.code}"),
            page_context.link_subject(d.subject),
            str(d.location or ""),
        )
        for d in hits
    ]


@dataclass(frozen=True, slots=True)
class PairLine:
    """A pair in one line: what is asked, the verdict, and how far the wording outruns it."""

    exposure: PageLink
    outcome: PageLink
    sense: str
    verdict: str
    verdict_style: str
    chips: list[LevelBadge]
    gap: str
    severity: str
    href: str
    weak: str


def build_pair_line(page_context: PageContext, pair: PairGrade, source: str = "") -> PairLine:
    """A pair in one line; it leads to its place on the page of the outcome.

    With `source` the pair was graded by what this source argues, and so is the page, where there
    is a server to do so.
    """
    outcome = page_context.link_node(pair.outcome)
    source_query = (
        f"?{urlencode({'source': source})}"
        if source and not page_context.page_links.is_static
        else ""
    )
    return PairLine(
        exposure=page_context.link_node(pair.exposure),
        outcome=outcome,
        sense=pair.sense.value,
        verdict=phrasing.describe_verdict(pair),
        verdict_style=f"verdict-{pair.verdict.value}",
        chips=build_pair_badges(pair),
        gap=phrasing.describe_gap(pair) if pair.wording.claims else "",
        severity=pair.severity.word if pair.wording.claims else "none",
        href=f"{outcome.href}{source_query}#{format_pair_anchor(pair)}",
        weak=_describe_weakness(page_context.base, pair)
        if pair.verdict is Verdict.UNSUPPORTED
        else "",
    )


def _describe_weakness(base: EvidenceBase, pair: PairGrade) -> str:
    first_break = describe_first_break(base, pair)
    return f"breaks at {first_break}" if first_break else phrasing.explain_verdict(pair, base)


def describe_first_break(base: EvidenceBase, pair: PairGrade) -> str:
    """Where the first argued chain for a pair breaks, in words; nothing where none does."""
    for chain in sorted(pair.chains, key=lambda c: c.found):
        for chain_leg in phrasing.list_chain_steps(chain, pair.outcome, base, Reading.ESTABLISHED):
            if chain_leg.mark == "break":
                return (
                    f"{base.get_label(chain_leg.link.subject)} → {chain_leg.node}: "
                    f"{chain_leg.reason}"
                )
    return ""


def format_pair_anchor(pair: PairGrade) -> str:
    """The id of a pair on the page of its outcome."""
    return f"pair-{pair.exposure}-{pair.sense}"


def rank_by_gap(pair: PairGrade) -> tuple[Severity, int, int, str]:
    """Sorts pairs by how far their wording outruns the evidence."""
    claim_count = len(pair.wording.claims)
    severity = pair.severity if claim_count else Severity.NONE
    return (severity, pair.gap if claim_count else 0, claim_count, pair.id)


def read_parameter(values: QueryParams, name: str) -> str:
    """The value of a parameter that is given at most once; nothing where it is not given."""
    given_values = values.get(name, ())
    return given_values[0][:200] if given_values else ""
