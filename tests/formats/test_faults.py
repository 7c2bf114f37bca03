"""The table of faults, the check of references, and the one way to write a file."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import OutsideError
from kg.formats import FORMAT_BY_SUFFIX, READERS, read_base
from kg.formats.faults import FAULT_BY_CODE, build_diagnostic, quote_value, suggest_similar_name
from kg.formats.files import write_atomically
from kg.formats.references import check
from kg.formats.references.cycles import find_cycles
from kg.model import (
    ArgumentChain,
    Better,
    Claim,
    Design,
    Direction,
    Entity,
    EntityKind,
    EvidenceBase,
    Exposure,
    ExposureKind,
    Finding,
    Location,
    Predicate,
    Proposition,
    Role,
    Scale,
    Severity,
    Source,
    Step,
    StepKind,
    Study,
    System,
    Tier,
)
from tests.support.strategies import bases


def test_every_fault_has_a_code_a_name_and_a_remedy() -> None:
    names = [fault.name for fault in FAULT_BY_CODE.values()]
    assert len(set(names)) == len(names)
    for code, fault in FAULT_BY_CODE.items():
        assert code == fault.code
        assert re.fullmatch(r"KG0[0-2][0-9]", code)  # KG03x belong to kg.rdf
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", fault.name)
        assert fault.remedy.endswith(".")
        assert fault.severity is not Severity.NONE


def test_values_in_messages_are_short_and_on_one_line() -> None:
    assert quote_value("a\nb") == "'a\\nb'"
    assert quote_value("\x1b[31m\u202e").isprintable()
    assert len(quote_value("\n" * 5000)) < 200
    assert suggest_similar_name("x" * 10_000, ["x" * 80]) != ""
    assert suggest_similar_name("apple", ["zinc"]) == ""
    assert str(build_diagnostic(FAULT_BY_CODE["KG013"], "a.", Location("f", 1, 2))).startswith(
        "f:1:2: KG013 a. "
    )


def test_every_reader_imports_and_every_suffix_has_a_reader() -> None:
    for name in READERS:
        assert callable(READERS[name])
        assert READERS.find_target(name).startswith("kg.formats.")
    assert set(FORMAT_BY_SUFFIX.values()) == set(READERS) - {
        "store"
    }  # a directory, without a suffix


# References

ZINC = Entity("zinc", "zinc", EntityKind.SUBSTANCE)
ACNE = Entity("acne", "acne", EntityKind.CONDITION)
ORAL = Exposure("zinc-oral", "oral zinc", "zinc", ExposureKind.SUPPLEMENTATION)
FINDING = Finding("doe.a", "zinc-oral", "acne", Direction.INCREASE, measure="MD", estimate=1.0)
STUDY = Study("doe", "a trial", 2020, Design.COHORT, System.HUMAN, pmid="1", findings=(FINDING,))
CLAIM = Claim(
    "c1",
    "blog",
    1,
    Role.HEADLINE,
    Proposition("zinc-oral", Predicate.DECREASES, "acne"),
    Tier.PLAIN,
    cues=("clears",),
)
STEP = Step(StepKind.CLAIM, "zinc-oral", Predicate.DECREASES, "acne", ("c1",))
CHAIN = ArgumentChain("ch", "blog", "zinc", "zinc-oral", "acne", (STEP,))
SOUND = EvidenceBase(
    entities=(ACNE, ZINC),
    exposures=(ORAL,),
    sources=(Source("blog", "A blog"),),
    claims=(CLAIM,),
    studies=(STUDY,),
    chains=(CHAIN,),
)


def test_a_path_to_nothing_is_told_as_such(tmp_path: Path) -> None:
    [fault] = read_base(tmp_path / "nothing").diagnostics
    assert fault.message == "there is no such file or directory."


def test_a_sound_base_has_no_fault() -> None:
    assert check.check_base(SOUND) == ()
    assert check.check_base(EvidenceBase()) == ()


def with_finding(**changes: Any) -> EvidenceBase:
    finding = replace(FINDING, **changes)
    return replace(SOUND, studies=(replace(STUDY, findings=(finding,)),))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ci_low": 0.5, "ci_high": 1.5}, None),
        ({"ci_low": 1.0, "ci_high": 1.0}, None),
        ({"ci_low": 0.5}, "KG015"),
        ({"ci_low": 1.5, "ci_high": 0.5}, "KG015"),
        ({"ci_low": 1.5, "ci_high": 2.0}, "KG015"),
        ({"ci_low": float("nan"), "ci_high": 2.0}, "KG015"),
        ({"estimate": -1.0, "measure": "MD"}, "KG026"),
        ({"estimate": -1.0, "measure": "SMD"}, "KG026"),
        ({"estimate": 0.0, "measure": "SMD"}, "KG026"),
        ({"estimate": -1.0, "measure": "MD", "direction": Direction.DECREASE}, None),
        ({"estimate": -1.0, "measure": "hr"}, "KG015"),
        ({"measure": "risc ratio"}, "KG009"),
        ({"measure": None}, "KG025"),
        ({"measure": "rr", "estimate": 0.7}, "KG026"),
        ({"measure": "rr", "estimate": 1.4}, None),
        ({"pi_low": 3.0, "pi_high": 2.0}, "KG015"),
        ({"i2": 100.0, "p_value": 0.0, "egger_p": 1.0}, None),
        ({"i2": 100.1}, "KG016"),
        ({"p_value": -0.01}, "KG016"),
        ({"p_value": float("nan")}, "KG016"),
        ({"weeks": -1.0}, "KG016"),
        ({"large_effect": 3}, "KG016"),
        ({"n": 4, "events": 4}, None),
        ({"n": 4, "events": 5}, "KG016"),
        ({"outcome": "zinc-oral"}, "KG021"),
        ({"outcome": "acme"}, "KG012"),
    ],
)
def test_findings_are_held_to_what_is_possible(changes: dict[str, Any], code: str | None) -> None:
    met = check.check_base(with_finding(**changes))
    assert {fault.code for fault in met} == ({code} if code else set()), met


@pytest.mark.parametrize("better", Better)
@pytest.mark.parametrize("scale", [*Scale, None])
@pytest.mark.parametrize("estimate", [-0.4, 0.4])
def test_a_scale_explains_a_sign_where_the_outcome_has_a_better_way(
    better: Better, scale: Scale | None, estimate: float
) -> None:
    base = replace(
        with_finding(measure="SMD", estimate=estimate, scale=scale),
        entities=(replace(ACNE, better=better), ZINC),
    )
    runs_the_other_way = (better, scale) in (
        (Better.LOWER, Scale.HIGHER_IS_BETTER),
        (Better.HIGHER, Scale.HIGHER_IS_WORSE),
    )
    faults = [fault.code for fault in check.check_base(base)]
    assert faults == ([] if (estimate > 0) != runs_the_other_way else ["KG026"])


def test_a_base_that_no_curator_wrote_is_held_to_the_same_rules() -> None:
    """Such as one from RDF: no location, lines and years out of range, steps missing."""
    base = replace(
        SOUND,
        claims=(replace(CLAIM, line=0),),
        studies=(replace(STUDY, year=20, pmid=None),),
        chains=(replace(CHAIN, steps=()),),
    )
    met = check.check_base(base)
    assert sorted(fault.code for fault in met) == ["KG014", "KG016", "KG016", "KG017"]


def test_an_outcome_may_be_reached_by_way_of_a_narrower_one() -> None:
    raised = Entity("raised-acne", "raised acne", EntityKind.CONDITION, broader=("acne",))
    step = replace(STEP, object="raised-acne")
    base = replace(SOUND, entities=(ACNE, raised, ZINC), chains=(replace(CHAIN, steps=(step,)),))
    assert check.check_base(base) == ()
    above = replace(CHAIN, outcome="raised-acne")
    met = check.check_base(replace(base, chains=(above,)))
    assert [fault.code for fault in met] == ["KG017"]


def test_what_was_left_out_is_not_reported_twice() -> None:
    base = replace(SOUND, sources=())
    assert {fault.code for fault in check.check_base(base)} == {"KG012"}
    assert check.check_base(base, frozenset({"blog"})) == ()


def named_nodes(base: EvidenceBase) -> set[str]:
    """Ids of the entities and exposures that other records need."""
    named = {end for exposure in base.exposures for end in (exposure.substance, exposure.form)}
    named |= {part for exposure in base.exposures for part in exposure.components}
    named |= {end for entity in base.entities for end in (*entity.broader, *entity.part_of)}
    named |= {end for chain in base.chains for end in (chain.exposure, chain.outcome)}
    for claim in base.claims:
        named |= {claim.proposition.subject, claim.proposition.object}
    for study in base.studies:
        named |= {end for finding in study.findings for end in (finding.exposure, finding.outcome)}
    return {id for id in named if id is not None}


@pytest.mark.slow
@given(bases(), st.data())
@settings(max_examples=20, deadline=None)
def test_a_removed_thing_is_missed(base: EvidenceBase, data: st.DataObject) -> None:
    """Also where a record of another kind has its id: that one is of the wrong kind (KG021)."""
    removed = data.draw(st.sampled_from(base.entities)).id
    rest = replace(base, entities=tuple(e for e in base.entities if e.id != removed))
    missed = [f for f in check.check_base(rest) if f.code in {"KG012", "KG021"}]
    assert bool(missed) or removed not in named_nodes(rest)
    assert all(quote_value(removed) in fault.message for fault in missed)
    assert {fault.code for fault in missed} <= {
        "KG012" if rest.find_record(removed) is None else "KG021"
    }


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=14))
def test_cycles_are_found_where_networkx_finds_them(edges: list[tuple[int, int]]) -> None:
    graph: nx.DiGraph[str] = nx.DiGraph([(str(tail), str(head)) for tail, head in edges])
    loops = find_cycles(sorted(graph), lambda id: tuple(graph.successors(id)))
    assert bool(loops) != nx.is_directed_acyclic_graph(graph)
    for loop in loops:
        assert loop[0] == min(loop)
        pairs = zip(loop, (*loop[1:], loop[0]), strict=True)
        assert all(graph.has_edge(tail, head) for tail, head in pairs)


def test_long_hierarchies_are_walked_without_recursion() -> None:
    ids = [f"e{number:05}" for number in range(5000)]
    entities = tuple(
        Entity(id, id, EntityKind.CONDITION, broader=(ids[(number + 1) % len(ids)],))
        for number, id in enumerate(ids)
    )
    (fault,) = check.check_base(EvidenceBase(entities=entities))
    assert fault.code == "KG013"
    assert len(fault.message) < 1000


# Files


def listed(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_a_file_is_replaced_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    file = tmp_path / "é b.txt"
    write_atomically(file, "one\n")
    assert stat.S_IMODE(file.stat().st_mode) == 0o666 & ~_umask()
    file.chmod(0o600)
    assert write_atomically(str(file), b"two\n") == file
    assert (file.read_text(encoding="utf-8"), stat.S_IMODE(file.stat().st_mode)) == ("two\n", 0o600)
    link = tmp_path / "link"
    link.symlink_to(file)
    write_atomically(link, "three\n")
    assert link.is_symlink()
    assert file.read_text(encoding="utf-8") == "three\n"
    assert listed(tmp_path) == ["link", "é b.txt"]


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.txt"
    write_atomically(file, "old")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutsideError, match=r"a\.txt: No space left on device"):
        write_atomically(file, "new")
    assert file.read_text(encoding="utf-8") == "old"
    assert listed(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("path", ["none/a.txt", "file/a.txt", ".", "a\0b"])
def test_a_place_that_cannot_be_written_is_said_in_one_sentence(tmp_path: Path, path: str) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(OutsideError, match="cannot write"):
        write_atomically(tmp_path / path, "text")
    assert listed(tmp_path) == ["file"]


def test_a_device_is_written_not_replaced() -> None:
    assert write_atomically("/dev/null", "text") == Path("/dev/null")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
