"""Things of a base as words that lead somewhere: where to is for the medium to say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kg.model import EvidenceBase


@dataclass(frozen=True, slots=True)
class PageLink:
    """Words and where they lead; an empty address is no link."""

    text: str
    href: str


@dataclass(eq=False)
class ThingLinks:
    """Makes links to things of `base`; `locate` gives the address of a section and an id."""

    base: EvidenceBase
    locate: Callable[[str, str], str]

    def link_node(self, node_id: str) -> PageLink:
        """A reference to an entity or exposure."""
        section = "exposure" if node_id in self.base.exposure else "entity"
        return PageLink(self.base.get_label(node_id), self.locate(section, node_id))

    def link_work(self, work_id: str) -> PageLink:
        """A reference to a study, or to a citation of one."""
        if work_id in self.base.study:
            study = self.base.study[work_id]
            return PageLink(f"{study.title} ({study.year})", self.locate("study", work_id))
        if work_id in self.base.citation:
            return PageLink(format_citation(self.base, work_id), self.locate("citation", work_id))
        return PageLink(work_id, "")

    def link_claim(self, claim_id: str) -> PageLink:
        """A reference to a claim, by what it says."""
        claim = self.base.claim.get(claim_id)
        return PageLink(
            claim.paraphrase or claim_id if claim else claim_id,
            self.locate("claim", claim_id),
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
                return PageLink(id, self.locate(section, id))
        return PageLink(id, "")


def format_citation(base: EvidenceBase, id: str) -> str:
    """What a text prints of a work."""
    c = base.citation[id]
    citation_text = ", ".join(str(part) for part in (c.authors, c.title, c.journal, c.year) if part)
    return citation_text or id


__all__ = ["PageLink", "ThingLinks", "format_citation"]
