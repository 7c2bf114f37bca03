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

from kg.formats.curated.reader import list_yaml_files
from kg.formats.files import format_display_path
from kg.formats.yaml_events import read_text
from kg.model import Diagnostic, Location, Severity, Waiver

BAD_WAIVER_CODE = "KG070"
WAIVERS_FILE_NAME = "waivers.toml"
"""File of waivers that is read beside the curated text of a base."""

_COMMENT_PATTERN = re.compile(r"#\s*+kg:(?P<said>.*)")
_ALLOW_PATTERN = re.compile(r"allow\s++(?P<codes>[\w,][\w,\s]*+)(?:--++\s*+(?P<reason>\S.*))?$")

WaiversAndFaults = tuple[tuple[Waiver, ...], tuple[Diagnostic, ...]]


def read_waiver_comments(root_path: Path, known_codes: Collection[str]) -> WaiversAndFaults:
    """Waivers in the comments of curated files, and what is wrong with them.

    `known_codes` are the codes that there are.
    """
    waivers: list[Waiver] = []
    faults: list[Diagnostic] = []
    for yaml_file in list_yaml_files(root_path):
        name = format_display_path(yaml_file)
        text, _ = read_text(yaml_file, name)  # reading the base has told what is wrong with it
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if "kg:" in text:
            for place, line, comment_text in _list_comments(text, name):
                _parse_comment(comment_text, place, line, known_codes, waivers, faults)
    return tuple(waivers), tuple(faults)


def _list_comments(text: str, path: str) -> Iterator[tuple[Location, int, str]]:
    """Place, line that is meant, and words of each comment for kg."""
    lines = text.split("\n")
    following = _following(lines)
    spans: list[tuple[int, int]] | None = None
    start = 0
    for number, line in enumerate(lines, 1):
        comment = _COMMENT_PATTERN.search(line)
        if comment and (comment.start() == 0 or line[comment.start() - 1].isspace()):
            spans = _list_scalar_spans(text) if spans is None else spans
            comment_offset = start + comment.start()
            before = bisect_right(spans, comment_offset, key=itemgetter(0)) - 1
            if before < 0 or comment_offset >= spans[before][1]:
                alone = not line[: comment.start()].strip()
                meant = following[number - 1] if alone else number
                yield Location(path, number, comment.start() + 1), meant, comment["said"].strip()
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


def _list_scalar_spans(text: str) -> list[tuple[int, int]]:
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


def _parse_comment(
    comment_text: str,
    place: Location,
    line: int,
    known_codes: Collection[str],
    waivers: list[Waiver],
    faults: list[Diagnostic],
) -> None:
    allowance = _ALLOW_PATTERN.match(comment_text)
    if allowance is None:
        message = f"{comment_text!r} is no waiver; write: # kg: allow KG101 -- the reason"
        faults.append(_report_bad_waiver(message, place))
        return
    codes = [code for code in re.split(r"[,\s]+", allowance["codes"]) if code]
    for code in codes:
        fault = _check_waiver(code, allowance["reason"], known_codes)
        if fault:
            faults.append(_report_bad_waiver(fault, place))
        else:
            waivers.append(Waiver(code, allowance["reason"], place, line=line))


def read_waivers_file(file_path: Path, known_codes: Collection[str]) -> WaiversAndFaults:
    """Waivers of a TOML file, and what is wrong with them.

    Raises:
        DataError: the file cannot be read.
    """
    from kg.formats.toml import read_table

    table = read_table(file_path, "a waivers file")
    waivers: list[Waiver] = []
    faults: list[Diagnostic] = []
    place = Location(format_display_path(file_path))
    entries = table.pop("allow", [])
    faults += [
        _report_bad_waiver(f"{key_name!r} is not read; waivers are [[allow]] entries", place)
        for key_name in table
    ]
    if not isinstance(entries, list):
        return (), (_report_bad_waiver("`allow` is no list; write [[allow]]", place),)
    for number, entry in enumerate(entries, 1):
        wrong = _check_entry(entry, known_codes)
        if wrong:
            faults.append(_report_bad_waiver(f"entry {number}: {wrong}", place))
        else:
            waivers.append(
                Waiver(entry["code"], entry["reason"].strip(), place, subject=entry["subject"])
            )
    return tuple(waivers), tuple(faults)


def _check_entry(entry: Any, known_codes: Collection[str]) -> str | None:
    if not isinstance(entry, dict):
        return "no table; write [[allow]]"
    for key in ("code", "subject", "reason"):
        if key != "reason" and not isinstance(entry.get(key), str):
            return f"`{key}` is missing; give code, subject and reason"
    if unknown_keys := sorted(set(entry) - {"code", "subject", "reason"}):
        return f"{', '.join(unknown_keys)}: not read; give code, subject and reason"
    reason = entry.get("reason")
    return _check_waiver(entry["code"], reason if isinstance(reason, str) else None, known_codes)


def _check_waiver(code: str, reason: str | None, known_codes: Collection[str]) -> str | None:
    if code not in known_codes:
        return f"no code {code!r}; kg rules lists them"
    if not (reason or "").strip():
        return f"{code} is allowed without a reason, so it is not waived; add: -- the reason"
    return None


def _report_bad_waiver(message: str, place: Location) -> Diagnostic:
    return Diagnostic(BAD_WAIVER_CODE, "bad-waiver", Severity.MODERATE, message, location=place)
