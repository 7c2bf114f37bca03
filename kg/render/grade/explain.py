"""The whole derivation of a claim, a chain or a pair as a tree, in three forms."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from kg.grading.profiles import Profile
from kg.model import (
    ChainGrade,
    Claim,
    EvidenceBase,
    Level,
    Link,
    LinkKind,
    PairGrade,
    Rating,
    Reading,
    Reason,
)
from kg.registry import Registry
from kg.render import RenderOptions, phrasing
from kg.render.escape import escape_markdown as md
from kg.render.escape import escape_terminal
from kg.render.grade import improvement
from kg.render.writers.display_width import wrap_text
from kg.search.algebra import CAP


@dataclass(frozen=True, slots=True)
class DerivationNode:
    """A statement and what it rests on; `sources` are keys of the works that published its rule."""

    text: str
    children: tuple[DerivationNode, ...] = ()
    sources: tuple[str, ...] = ()


ExplainedSubject = Claim | ChainGrade | PairGrade


def build_tree(
    subject: ExplainedSubject, pairs: Iterable[PairGrade], base: EvidenceBase
) -> DerivationNode:
    """The derivation of a subject; `pairs` are the graded pairs that it takes part in."""
    all_pairs = tuple(pairs)
    if isinstance(subject, PairGrade):
        return _build_pair(subject, base)
    if isinstance(subject, ChainGrade):
        return _build_chain(subject, base)
    return _build_claim(subject, all_pairs, base)


def build_derivation(
    subject: ExplainedSubject, pairs: Iterable[PairGrade], base: EvidenceBase, rules: Profile
) -> DerivationNode:
    """The derivation of a subject, with what the numbers and keys in it stand for."""
    root = build_tree(subject, pairs, base)
    source_keys = sorted({key for tree_node in _walk_tree(root) for key in tree_node.sources})
    works: dict[str, str] = rules["works"]
    keys = tuple(
        DerivationNode(f"{key}: {works.get(key, 'see the profile')}") for key in source_keys
    )
    legend = [
        DerivationNode(
            f"rules: numbers are sections of docs/explanation/grading.md; profile {rules.name} "
            f"{rules.version}; {phrasing.GRADE_CAVEAT}"
        ),
        *((DerivationNode("thresholds were published in", keys),) if keys else ()),
    ]
    return DerivationNode(root.text, (*root.children, *legend))


def _walk_tree(tree_node: DerivationNode) -> Iterator[DerivationNode]:
    yield tree_node
    for below in tree_node.children:
        yield from _walk_tree(below)


def _build_claim(claim: Claim, pairs: tuple[PairGrade, ...], base: EvidenceBase) -> DerivationNode:
    proposition = claim.proposition
    child_nodes = [
        DerivationNode(
            f"says: {base.get_label(proposition.subject)} {proposition.predicate} "
            f"{base.get_label(proposition.object)}"
        ),
        DerivationNode(f"wording: {phrasing.TIER_LABELS[claim.tier]}{_format_cues(claim)}"),
        DerivationNode(f"place: {claim.source}, line {claim.line}, {claim.role}"),
    ]
    if claim.paraphrase:
        child_nodes.insert(0, DerivationNode(f"in short: {claim.paraphrase}"))
    if claim.discloses:
        child_nodes.append(DerivationNode(f"discloses in the same sentence: {claim.discloses}"))
    child_nodes.extend(_build_citation(id, base) for id in claim.citations)
    child_nodes.extend(_list_premises(claim, base))
    links: dict[tuple[str, str], tuple[PairGrade, Link]] = {}
    for pair in pairs:
        for chain in (*pair.chains, *pair.counter_chains):
            for link in chain.links:
                if claim.id in link.claims:
                    links.setdefault((pair.outcome, link.id), (pair, link))
    for pair, link in links.values():
        question_text = (
            f"as a link in the question {base.get_label(pair.exposure)} -> "
            f"{base.get_label(pair.outcome)}"
        )
        child_nodes.append(DerivationNode(question_text, (_build_link(link, base),)))
    claimed_pairs = [p for p in pairs if claim.id in p.wording.claims]
    child_nodes.extend(_build_pair(pair, base) for pair in claimed_pairs)
    if not links and not claimed_pairs:
        child_nodes.append(
            DerivationNode("not graded: it claims no signed effect of an exposure on an outcome")
        )
    return DerivationNode(f"claim {claim.id}", tuple(child_nodes))


def _format_cues(claim: Claim) -> str:
    return f" ({', '.join(claim.cues)})" if claim.cues else ""


def _list_premises(claim: Claim, base: EvidenceBase) -> Iterator[DerivationNode]:
    if claim.restates:
        yield DerivationNode(f"restates {_describe_claim(claim.restates, base)}")
    if claim.leans_on:
        below = tuple(DerivationNode(_describe_claim(id, base)) for id in claim.leans_on)
        yield DerivationNode("leans on, by the text:", below)


def _describe_claim(id: str, base: EvidenceBase) -> str:
    claim = base.claim.get(id)
    if claim is None:
        return id
    proposition = claim.proposition
    short = (
        f"{base.get_label(proposition.subject)} {proposition.predicate} "
        f"{base.get_label(proposition.object)}"
    )
    return (
        f"{id}, line {claim.line}, {phrasing.TIER_LABELS[claim.tier]}: {claim.paraphrase or short}"
    )


def _build_citation(id: str, base: EvidenceBase) -> DerivationNode:
    citation = base.citation.get(id)
    if citation is None:
        study = base.study.get(id)
        text = f"{study.title}, {study.journal} {study.year}" if study else id
        return DerivationNode(f"work {id}: {text}" if study else f"work {id}")
    citation_name = " ".join(
        str(part) for part in (citation.authors, citation.journal, citation.year) if part
    )
    checked = (
        (DerivationNode(f"looked up: {citation.how_checked}"),) if citation.how_checked else ()
    )
    return DerivationNode(
        f"work {id}: {citation_name or citation.title or 'unnamed'}, "
        f"{_format_status(citation.status)}",
        checked,
    )


def _format_status(status: str) -> str:
    return status.replace("-", " ")


def _build_pair(pair: PairGrade, base: EvidenceBase) -> DerivationNode:
    certainty = tuple(
        DerivationNode(f"{reading.word}: {pair.certainty[reading].level.word}",
               tuple(_build_reason(r) for r in pair.certainty[reading].reasons))
        for reading in Reading
    )  # fmt: skip
    claim_nodes = tuple(
        DerivationNode(_describe_claim(claim_id, base)) for claim_id in pair.wording.claims
    )
    direct: tuple[DerivationNode, ...] = (DerivationNode("nothing is offered"),)
    if pair.direct.works_measured + pair.direct.studies_measured:
        direct = tuple(_list_ratings(pair.direct.ratings.__getitem__, base))
    fragility_text = ", ".join(pair.fragility) or "no single study carries the grade"
    below = [
        DerivationNode(f"verdict: {phrasing.describe_verdict(pair, base)}"),
        DerivationNode("certainty", certainty),
        DerivationNode(f"direct evidence: {phrasing.describe_direct(pair, base)}", direct),
        DerivationNode(f"wording: {phrasing.describe_wording(pair, base)}", claim_nodes),
        DerivationNode(f"gap: {phrasing.describe_gap(pair)}"),
        *(_build_chain(chain, base) for chain in pair.chains),
        *(_build_chain(chain, base) for chain in pair.counter_chains),
        DerivationNode("repair", tuple(_list_repairs(pair, base))),
        DerivationNode("gain of one link, raised to high", tuple(_list_gains(pair, base))),
        DerivationNode(f"fragility: {fragility_text}"),
        DerivationNode(f"rewrite: {pair.rewrite}"),
    ]  # fmt: skip
    return DerivationNode(f"pair {pair.id}: {phrasing.format_question(pair, base)}", tuple(below))


def _list_repairs(pair: PairGrade, base: EvidenceBase) -> Iterator[DerivationNode]:
    for reading in (Reading.ESTABLISHED, Reading.AS_DESCRIBED):
        if repair_text := improvement.describe_chain_repairs(pair, reading):
            yield DerivationNode(
                f"{reading.word}: {repair_text}", tuple(_list_smallest_repairs(pair, base, reading))
            )


def _list_smallest_repairs(
    pair: PairGrade, base: EvidenceBase, reading: Reading
) -> Iterator[DerivationNode]:
    """Each set of links once, with the levels that it reaches."""
    levels_by_links: dict[tuple[str, ...], list[str]] = {}
    for repair in improvement.list_higher_repairs(pair, reading):
        if repair.links:
            levels_by_links.setdefault(repair.links, []).append(repair.level.word)
    for ids, levels in levels_by_links.items():
        links = tuple(DerivationNode(phrasing.describe_link(id, base)) for id in ids)
        yield DerivationNode(improvement.join_with_or(levels), links)


def _list_gains(pair: PairGrade, base: EvidenceBase) -> Iterator[DerivationNode]:
    gains = [g for g in pair.gain.established if g.steps]
    if not gains:
        yield DerivationNode("none: no single link lifts the established level")
    for gain in gains:
        level_count = phrasing.format_count(gain.steps, "level")
        yield DerivationNode(f"{phrasing.describe_link(gain.link, base)}: {level_count}")


def _build_chain(chain: ChainGrade, base: EvidenceBase) -> DerivationNode:
    kind = "counter-chain" if chain.counter else "chain"
    search_note = ", found by search, argued by no source" if chain.found else ""
    loop = ", via a feedback loop" if chain.feedback else ""
    weakest = "; ".join(
        phrasing.describe_link(chain.links[i].id, base)
        for i in chain.weakest
        if i < len(chain.links)
    )
    algebra = [
        DerivationNode(f"{reading.word}: {_explain_arithmetic(chain, reading)}")
        for reading in Reading
    ]
    below = [
        *(_build_link(link, base) for link in chain.links),
        DerivationNode(
            "algebra (rule 9): a link is (m, d); in series the lowest m counts and d adds up, "
            f"{CAP} at most; the level is m less d",
            tuple(algebra),
        ),
        DerivationNode(f"weakest: {weakest or 'none'}"),
        DerivationNode(f"ceiling, however good the evidence: {chain.ceiling.word}"),
        DerivationNode(f"mechanistic support, apart: {chain.mechanistic.word}"),
    ]
    label = f" ({chain.label})" if chain.label else ""
    title = (
        f"{kind} {chain.id}{label}{search_note}{loop}: {phrasing.format_levels(chain.certainty)}"
    )
    return DerivationNode(title, tuple(below))


def _explain_arithmetic(chain: ChainGrade, reading: Reading) -> str:
    """How the level of a chain comes from its links."""
    counting_links = [k for k in chain.links if k.kind is not LinkKind.DEFINITIONAL]
    lowest = min((k.effective[reading] for k in counting_links), default=Level.HIGH)
    result = chain.certainty[reading].word
    links = (
        " x ".join(f"({k.effective[reading].word}, {k.delta})" for k in counting_links)
        or "(high, 0)"
    )
    if lowest is Level.NONE:
        return f"{links}; one link is none, so the chain is {result}"
    floor = ", never below very low" if lowest - chain.distance < 1 else ""
    return (
        f"{links} = ({lowest.word}, {chain.distance}); {lowest.word} less "
        f"{phrasing.format_count(chain.distance, 'step')}{floor}: {result}"
    )


def _build_link(link: Link, base: EvidenceBase) -> DerivationNode:
    sign_word = "raises" if link.sign > 0 else "lowers"
    link_text = f"{base.get_label(link.subject)} {sign_word} {base.get_label(link.object)}"
    facts = [
        DerivationNode(
            f"backing: {link.kind}, {link.status}{f'; {link.note}' if link.note else ''}"
        )
    ]
    if link.kind is LinkKind.BRIDGE:
        link_text = (
            f"bridge: {base.get_label(link.object)} is taken as evidence for "
            f"{base.get_label(link.subject)}"
        )
    if link.evidence_from:
        facts.append(
            DerivationNode(f"evidence borrowed from: {base.get_label(link.evidence_from)}")
        )
    if link.systems:
        facts.append(DerivationNode(f"systems: {', '.join(link.systems)}"))
    facts.extend(DerivationNode(f"claim {_describe_claim(id, base)}") for id in link.claims)
    facts.extend(_list_ratings(link.ratings.__getitem__, base))
    cost_text = "is no accepted surrogate: d = 1" if link.delta else "costs nothing: d = 0"
    facts.append(DerivationNode(f"rule 9: passing {base.get_label(link.subject)} {cost_text}"))
    if phrasing.is_defeated(link):
        against = link.ratings.established.refute.word
        facts.append(DerivationNode(f"counts for nothing: established refutation is {against}"))
    return DerivationNode(
        f"link {link_text}: {phrasing.format_levels(link.effective)}", tuple(facts)
    )


def _list_ratings(rating_of: Any, base: EvidenceBase) -> Iterator[DerivationNode]:
    for reading in Reading:
        yield _build_rating(reading, rating_of(reading), base)


def _build_rating(reading: Reading, rating: Rating, base: EvidenceBase) -> DerivationNode:
    reasons = [_build_reason(reason) for reason in rating.support.reasons]
    reasons += [_build_citation(id, base) for id in rating.works]
    span = f", between {rating.low.word} and {rating.high.word}" if rating.low < rating.high else ""
    flags = f" [{', '.join(rating.flags)}]" if rating.flags else ""
    text = (
        f"{reading.word}: support {rating.level.word}, refutation {rating.refute.word}{span}{flags}"
    )
    return DerivationNode(text, tuple(reasons))


def _build_reason(reason: Reason) -> DerivationNode:
    change = f" ({reason.change:+d})" if reason.change else ""
    subject_text = f" [{reason.subject}]" if reason.subject else ""
    basis_nodes: tuple[DerivationNode, ...] = ()
    if reason.basis:
        published = ", ".join(reason.sources) or "local"
        basis_nodes = (DerivationNode(f"by: {reason.basis} [{published}]", sources=reason.sources),)
    return DerivationNode(f"rule {reason.rule}: {reason.text}{change}{subject_text}", basis_nodes)


def render_text(tree_root: DerivationNode, options: RenderOptions) -> str:
    """The tree with lines that join the branches."""
    return "\n".join(_draw_branch(tree_root, options, "", "")) + "\n"


def _draw_branch(
    tree_node: DerivationNode, options: RenderOptions, first: str, rest: str
) -> Iterator[str]:
    room = max(30, options.width - len(rest))
    lines = wrap_text(escape_terminal(tree_node.text), room) or [""]
    yield first + lines[0]
    bar = ("|  " if options.ascii_only else "│  ") if tree_node.children else "   "
    for line in lines[1:]:
        yield rest + (bar if tree_node.children else "") + line.strip()
    tee, end, bar = ("|- ", "`- ", "|  ") if options.ascii_only else ("├─ ", "└─ ", "│  ")
    for n, child in enumerate(tree_node.children):
        last = n == len(tree_node.children) - 1
        yield from _draw_branch(
            child, options, rest + (end if last else tee), rest + ("   " if last else bar)
        )


def render_markdown(tree_root: DerivationNode, options: RenderOptions) -> str:
    """The tree as nested lists."""
    return "\n".join(_list_lines(tree_root, 0)) + "\n"


def _list_lines(tree_node: DerivationNode, depth: int) -> Iterator[str]:
    yield f"{'  ' * depth}- {md(tree_node.text)}"
    for child in tree_node.children:
        yield from _list_lines(child, depth + 1)


def render_json(tree_root: DerivationNode, options: RenderOptions) -> str:
    """The tree as nested objects with `text` and `below`."""
    value = {"schema_version": "kg.explanation/1", **_encode_node(tree_root)}
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _encode_node(tree_node: DerivationNode) -> dict[str, Any]:
    return {"text": tree_node.text, "below": [_encode_node(child) for child in tree_node.children]}


EXPLANATION_RENDERERS: Registry[Any] = Registry(
    "form",
    {
        "text": "kg.render.grade.explain:render_text",
        "json": "kg.render.grade.explain:render_json",
        "markdown": "kg.render.grade.explain:render_markdown",
    },
)
