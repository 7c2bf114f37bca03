"""Waivers: findings that are allowed, each with a reason, in curated text and in a waivers file.

In YAML a comment waives findings of the record on its line, or of the next record where it stands
alone: `# kg: allow KG101, KG103 -- the text says so two lines above`. A waivers file is TOML:

    [[allow]]
    code = "KG101"
    subject = "a1-c001"
    reason = "the text says so two lines above"
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from operator import itemgetter
from pathlib import Path
from typing import Any

from kg.formats.curated import files, shown
from kg.formats.yaml_events import read_text
from kg.model import Diagnostic, Location, Severity, Waiver

BAD_WAIVER = "KG070"
NAME = "waivers.toml"
"""File of waivers that is read beside the curated text of a base."""

_COMMENT = re.compile(r"#\s*+kg:(?P<said>.*)")
_ALLOW = re.compile(r"allow\s++(?P<codes>[\w,][\w,\s]*+)(?:--++\s*+(?P<reason>\S.*))?$")

Read = tuple[tuple[Waiver, ...], tuple[Diagnostic, ...]]


def read_comments(root: Path, known: Collection[str]) -> Read:
    """Waivers in the comments of curated files, and what is wrong with them.

    `known` are the codes that there are.
    """
    waivers: list[Waiver] = []
    faults: list[Diagnostic] = []
    for file in files(root):
        name = shown(file)
        text, _ = read_text(file, name)  # reading the base has told what is wrong with it
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if "kg:" in text:
            for place, line, said in _comments(text, name):
                _take(said, place, line, known, waivers, faults)
    return tuple(waivers), tuple(faults)


def _comments(text: str, path: str) -> Iterator[tuple[Location, int, str]]:
    """Place, line that is meant, and words of each comment for kg."""
    lines = text.split("\n")
    following = _following(lines)
    spans: list[tuple[int, int]] | None = None
    start = 0
    for number, line in enumerate(lines, 1):
        found = _COMMENT.search(line)
        if found and (found.start() == 0 or line[found.start() - 1].isspace()):
            spans = _scalars(text) if spans is None else spans
            at = start + found.start()
            before = bisect_right(spans, at, key=itemgetter(0)) - 1
            if before < 0 or at >= spans[before][1]:
                alone = not line[: found.start()].strip()
                meant = following[number - 1] if alone else number
                yield Location(path, number, found.start() + 1), meant, found["said"].strip()
        start += len(line) + 1


def _following(lines: Sequence[str]) -> list[int]:
    """For each line the number of the first one after it that is neither blank nor a comment.

    Where there is none, its own.
    """
    numbers, after = [0] * len(lines), 0
    for number in range(len(lines), 0, -1):
        numbers[number - 1] = after or number
        stripped = lines[number - 1].lstrip()
        if stripped and stripped[0] != "#":
            after = number
    return numbers


def _scalars(text: str) -> list[tuple[int, int]]:
    """Where the scalars of a YAML text stand, in order: a # in them begins no comment."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    spans: list[tuple[int, int]] = []
    with suppress(yaml.YAMLError):  # reading the base has told
        spans.extend(
            (token.start_mark.index, token.end_mark.index)
            for token in yaml.scan(text, Loader=loader)
            if isinstance(token, yaml.ScalarToken) and not token.plain
        )
    return spans


def _take(
    said: str,
    place: Location,
    line: int,
    known: Collection[str],
    waivers: list[Waiver],
    faults: list[Diagnostic],
) -> None:
    found = _ALLOW.match(said)
    if found is None:
        message = f"{said!r} is no waiver; write: # kg: allow KG101 -- the reason"
        faults.append(_bad(message, place))
        return
    codes = [code for code in re.split(r"[,\s]+", found["codes"]) if code]
    for code in codes:
        fault = _fault(code, found["reason"], known)
        if fault:
            faults.append(_bad(fault, place))
        else:
            waivers.append(Waiver(code, found["reason"], place, line=line))


def read_file(path: Path, known: Collection[str]) -> Read:
    """Waivers of a TOML file, and what is wrong with them.

    Raises:
        DataError: the file cannot be read.
    """
    from kg.formats.toml import read_table

    table = read_table(path, "a waivers file")
    waivers: list[Waiver] = []
    faults: list[Diagnostic] = []
    place = Location(shown(path))
    entries = table.pop("allow", [])
    faults += [
        _bad(f"{name!r} is not read; waivers are [[allow]] entries", place) for name in table
    ]
    if not isinstance(entries, list):
        return (), (_bad("`allow` is no list; write [[allow]]", place),)
    for number, entry in enumerate(entries, 1):
        wrong = _entry_fault(entry, known)
        if wrong:
            faults.append(_bad(f"entry {number}: {wrong}", place))
        else:
            waivers.append(
                Waiver(entry["code"], entry["reason"].strip(), place, subject=entry["subject"])
            )
    return tuple(waivers), tuple(faults)


def _entry_fault(entry: Any, known: Collection[str]) -> str | None:
    if not isinstance(entry, dict):
        return "no table; write [[allow]]"
    for key in ("code", "subject", "reason"):
        if key != "reason" and not isinstance(entry.get(key), str):
            return f"`{key}` is missing; give code, subject and reason"
    if unread := sorted(set(entry) - {"code", "subject", "reason"}):
        return f"{', '.join(unread)}: not read; give code, subject and reason"
    reason = entry.get("reason")
    return _fault(entry["code"], reason if isinstance(reason, str) else None, known)


def _fault(code: str, reason: str | None, known: Collection[str]) -> str | None:
    if code not in known:
        return f"no code {code!r}; kg rules lists them"
    if not (reason or "").strip():
        return f"{code} is allowed without a reason, so it is not waived; add: -- the reason"
    return None


def _bad(message: str, place: Location) -> Diagnostic:
    return Diagnostic(BAD_WAIVER, "bad-waiver", Severity.MODERATE, message, location=place)
