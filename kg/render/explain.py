"""The whole derivation of a claim, a chain or a pair as a tree, in three forms."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from kg.grading.algebra import CAP
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
from kg.render import Options, raising, words
from kg.render.escape import markdown as md
from kg.render.escape import terminal


@dataclass(frozen=True, slots=True)
class Branch:
    """A statement and what it rests on; `sources` are keys of the works that published its rule."""

    text: str
    below: tuple[Branch, ...] = ()
    sources: tuple[str, ...] = ()


Subject = Claim | ChainGrade | PairGrade


def tree(subject: Subject, pairs: Iterable[PairGrade], base: EvidenceBase) -> Branch:
    """The derivation of a subject; `pairs` are the graded pairs that it takes part in."""
    found = tuple(pairs)
    if isinstance(subject, PairGrade):
        return _pair(subject, base)
    if isinstance(subject, ChainGrade):
        return _chain(subject, base)
    return _claim(subject, found, base)


def derivation(
    subject: Subject, pairs: Iterable[PairGrade], base: EvidenceBase, rules: Profile
) -> Branch:
    """The derivation of a subject, with what the numbers and keys in it stand for."""
    root = tree(subject, pairs, base)
    used = sorted({key for branch in _all(root) for key in branch.sources})
    works: dict[str, str] = rules["works"]
    keys = tuple(Branch(f"{key}: {works.get(key, 'see the profile')}") for key in used)
    legend = [
        Branch(
            f"rules: numbers are sections of docs/explanation/grading.md; profile {rules.name} "
            f"{rules.version}; {words.CAVEAT}"
        ),
        *((Branch("thresholds were published in", keys),) if keys else ()),
    ]
    return Branch(root.text, (*root.below, *legend))


def _all(branch: Branch) -> Iterator[Branch]:
    yield branch
    for below in branch.below:
        yield from _all(below)


def _claim(claim: Claim, pairs: tuple[PairGrade, ...], base: EvidenceBase) -> Branch:
    about = claim.proposition
    said = [
        Branch(f"says: {base.label(about.subject)} {about.predicate} {base.label(about.object)}"),
        Branch(f"wording: {words.TIERS[claim.tier]}{_cues(claim)}"),
        Branch(f"place: {claim.source}, line {claim.line}, {claim.role}"),
    ]
    if claim.paraphrase:
        said.insert(0, Branch(f"in short: {claim.paraphrase}"))
    if claim.discloses:
        said.append(Branch(f"discloses in the same sentence: {claim.discloses}"))
    said.extend(_citation(id, base) for id in claim.citations)
    said.extend(_leaning(claim, base))
    links: dict[tuple[str, str], tuple[PairGrade, Link]] = {}
    for pair in pairs:
        for chain in (*pair.chains, *pair.counter_chains):
            for link in chain.links:
                if claim.id in link.claims:
                    links.setdefault((pair.outcome, link.id), (pair, link))
    for pair, link in links.values():
        asked = (
            f"as a link in the question {base.label(pair.exposure)} -> {base.label(pair.outcome)}"
        )
        said.append(Branch(asked, (_link(link, base),)))
    own = [p for p in pairs if claim.id in p.wording.claims]
    said.extend(_pair(pair, base) for pair in own)
    if not links and not own:
        said.append(Branch("not graded: it claims no signed effect of an exposure on an outcome"))
    return Branch(f"claim {claim.id}", tuple(said))


def _cues(claim: Claim) -> str:
    return f" ({', '.join(claim.cues)})" if claim.cues else ""


def _leaning(claim: Claim, base: EvidenceBase) -> Iterator[Branch]:
    if claim.restates:
        yield Branch(f"restates {_said(claim.restates, base)}")
    if claim.leans_on:
        below = tuple(Branch(_said(id, base)) for id in claim.leans_on)
        yield Branch("leans on, by the text:", below)


def _said(id: str, base: EvidenceBase) -> str:
    claim = base.claim.get(id)
    if claim is None:
        return id
    about = claim.proposition
    short = f"{base.label(about.subject)} {about.predicate} {base.label(about.object)}"
    return f"{id}, line {claim.line}, {words.TIERS[claim.tier]}: {claim.paraphrase or short}"


def _citation(id: str, base: EvidenceBase) -> Branch:
    citation = base.citation.get(id)
    if citation is None:
        study = base.study.get(id)
        text = f"{study.title}, {study.journal} {study.year}" if study else id
        return Branch(f"work {id}: {text}" if study else f"work {id}")
    named = " ".join(
        str(part) for part in (citation.authors, citation.journal, citation.year) if part
    )
    checked = (Branch(f"looked up: {citation.how_checked}"),) if citation.how_checked else ()
    return Branch(
        f"work {id}: {named or citation.title or 'unnamed'}, {_status(citation.status)}", checked
    )


def _status(status: str) -> str:
    return status.replace("-", " ")


def _pair(pair: PairGrade, base: EvidenceBase) -> Branch:
    certainty = tuple(
        Branch(f"{reading.word}: {pair.certainty[reading].level.word}",
               tuple(_reason(r) for r in pair.certainty[reading].reasons))
        for reading in Reading
    )  # fmt: skip
    said = tuple(Branch(_said(id, base)) for id in pair.wording.claims)
    direct: tuple[Branch, ...] = (Branch("nothing is offered"),)
    if pair.direct.works_measured + pair.direct.studies_measured:
        direct = tuple(_ratings(pair.direct.ratings.__getitem__, base))
    below = [
        Branch(f"verdict: {words.verdict(pair)}"),
        Branch("certainty", certainty),
        Branch(f"direct evidence: {words.direct(pair, base)}", direct),
        Branch(f"wording: {words.wording(pair, base)}", said),
        Branch(f"gap: {words.gap(pair)}"),
        *(_chain(chain, base) for chain in pair.chains),
        *(_chain(chain, base) for chain in pair.counter_chains),
        Branch("repair", tuple(_repairs(pair, base))),
        Branch("gain of one link, raised to high", tuple(_gains(pair, base))),
        Branch(f"fragility: {', '.join(pair.fragility) or 'no single study carries the grade'}"),
        Branch(f"rewrite: {pair.rewrite}"),
    ]  # fmt: skip
    return Branch(f"pair {pair.id}: {words.question(pair, base)}", tuple(below))


def _repairs(pair: PairGrade, base: EvidenceBase) -> Iterator[Branch]:
    for reading in (Reading.ESTABLISHED, Reading.AS_DESCRIBED):
        if told := raising.by_chains(pair, reading):
            yield Branch(f"{reading.word}: {told}", tuple(_fewest(pair, base, reading)))


def _fewest(pair: PairGrade, base: EvidenceBase, reading: Reading) -> Iterator[Branch]:
    """Each set of links once, with the levels that it reaches."""
    reached: dict[tuple[str, ...], list[str]] = {}
    for repair in raising.above(pair, reading):
        if repair.links:
            reached.setdefault(repair.links, []).append(repair.level.word)
    for ids, levels in reached.items():
        links = tuple(Branch(words.link_words(id, base)) for id in ids)
        yield Branch(raising.either(levels), links)


def _gains(pair: PairGrade, base: EvidenceBase) -> Iterator[Branch]:
    gains = [g for g in pair.gain.established if g.steps]
    if not gains:
        yield Branch("none: no single link lifts the established level")
    for gain in gains:
        yield Branch(f"{words.link_words(gain.link, base)}: {words.counted(gain.steps, 'level')}")


def _chain(chain: ChainGrade, base: EvidenceBase) -> Branch:
    kind = "counter-chain" if chain.counter else "chain"
    found = ", found by search, argued by no source" if chain.found else ""
    loop = ", via a feedback loop" if chain.feedback else ""
    weakest = "; ".join(
        words.link_words(chain.links[i].id, base) for i in chain.weakest if i < len(chain.links)
    )
    algebra = [Branch(f"{reading.word}: {_arithmetic(chain, reading)}") for reading in Reading]
    below = [
        *(_link(link, base) for link in chain.links),
        Branch(
            "algebra (rule 9): a link is (m, d); in series the lowest m counts and d adds up, "
            f"{CAP} at most; the level is m less d",
            tuple(algebra),
        ),
        Branch(f"weakest: {weakest or 'none'}"),
        Branch(f"ceiling, however good the evidence: {chain.ceiling.word}"),
        Branch(f"mechanistic support, apart: {chain.mechanistic.word}"),
    ]
    label = f" ({chain.label})" if chain.label else ""
    title = f"{kind} {chain.id}{label}{found}{loop}: {words.levels(chain.certainty)}"
    return Branch(title, tuple(below))


def _arithmetic(chain: ChainGrade, reading: Reading) -> str:
    """How the level of a chain comes from its links."""
    counted = [k for k in chain.links if k.kind is not LinkKind.DEFINITIONAL]
    lowest = min((k.effective[reading] for k in counted), default=Level.HIGH)
    result = chain.certainty[reading].word
    links = " x ".join(f"({k.effective[reading].word}, {k.delta})" for k in counted) or "(high, 0)"
    if lowest is Level.NONE:
        return f"{links}; one link is none, so the chain is {result}"
    floor = ", never below very low" if lowest - chain.distance < 1 else ""
    return (
        f"{links} = ({lowest.word}, {chain.distance}); {lowest.word} less "
        f"{words.counted(chain.distance, 'step')}{floor}: {result}"
    )


def _link(link: Link, base: EvidenceBase) -> Branch:
    sign = "raises" if link.sign > 0 else "lowers"
    text = f"{base.label(link.subject)} {sign} {base.label(link.object)}"
    facts = [Branch(f"backing: {link.kind}, {link.status}{f'; {link.note}' if link.note else ''}")]
    if link.kind is LinkKind.BRIDGE:
        text = f"bridge: {base.label(link.object)} stands for {base.label(link.subject)}"
    if link.evidence_from:
        facts.append(Branch(f"evidence borrowed from: {base.label(link.evidence_from)}"))
    if link.systems:
        facts.append(Branch(f"systems: {', '.join(link.systems)}"))
    facts.extend(Branch(f"claim {_said(id, base)}") for id in link.claims)
    facts.extend(_ratings(link.ratings.__getitem__, base))
    why = "is no accepted surrogate: d = 1" if link.delta else "costs nothing: d = 0"
    facts.append(Branch(f"rule 9: passing {base.label(link.subject)} {why}"))
    if words.is_defeated(link):
        against = link.ratings.established.refute.word
        facts.append(Branch(f"counts for nothing: established refutation is {against}"))
    return Branch(f"link {text}: {words.levels(link.effective)}", tuple(facts))


def _ratings(rating_of: Any, base: EvidenceBase) -> Iterator[Branch]:
    for reading in Reading:
        yield _rating(reading, rating_of(reading), base)


def _rating(reading: Reading, rating: Rating, base: EvidenceBase) -> Branch:
    reasons = [_reason(reason) for reason in rating.support.reasons]
    reasons += [_citation(id, base) for id in rating.works]
    span = f", between {rating.low.word} and {rating.high.word}" if rating.low < rating.high else ""
    flags = f" [{', '.join(rating.flags)}]" if rating.flags else ""
    text = (
        f"{reading.word}: support {rating.level.word}, refutation {rating.refute.word}{span}{flags}"
    )
    return Branch(text, tuple(reasons))


def _reason(reason: Reason) -> Branch:
    change = f" ({reason.change:+d})" if reason.change else ""
    about = f" [{reason.subject}]" if reason.subject else ""
    by: tuple[Branch, ...] = ()
    if reason.basis:
        published = ", ".join(reason.sources) or "local"
        by = (Branch(f"by: {reason.basis} [{published}]", sources=reason.sources),)
    return Branch(f"rule {reason.rule}: {reason.text}{change}{about}", by)


def as_text(root: Branch, options: Options) -> str:
    """The tree with lines that join the branches."""
    return "\n".join(_drawn(root, options, "", "")) + "\n"


def _drawn(branch: Branch, options: Options, first: str, rest: str) -> Iterator[str]:
    room = max(30, options.width - len(rest))
    lines = textwrap.wrap(terminal(branch.text), room, break_on_hyphens=False) or [""]
    yield first + lines[0]
    bar = ("|  " if options.ascii else "│  ") if branch.below else "   "
    for line in lines[1:]:
        yield rest + (bar if branch.below else "") + line.strip()
    tee, end, bar = ("|- ", "`- ", "|  ") if options.ascii else ("├─ ", "└─ ", "│  ")
    for n, child in enumerate(branch.below):
        last = n == len(branch.below) - 1
        yield from _drawn(
            child, options, rest + (end if last else tee), rest + ("   " if last else bar)
        )


def as_markdown(root: Branch, options: Options) -> str:
    """The tree as nested lists."""
    return "\n".join(_listed(root, 0)) + "\n"


def _listed(branch: Branch, depth: int) -> Iterator[str]:
    yield f"{'  ' * depth}- {md(branch.text)}"
    for child in branch.below:
        yield from _listed(child, depth + 1)


def as_json(root: Branch, options: Options) -> str:
    """The tree as nested objects with `text` and `below`."""
    value = {"schema_version": "kg.explanation/1", **_plain(root)}
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _plain(branch: Branch) -> dict[str, Any]:
    return {"text": branch.text, "below": [_plain(child) for child in branch.below]}


FORMS: Registry[Any] = Registry(
    "form",
    {
        "text": "kg.render.explain:as_text",
        "json": "kg.render.explain:as_json",
        "markdown": "kg.render.explain:as_markdown",
    },
)
