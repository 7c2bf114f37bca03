"""Stored answers of services, `look-ups.json`: what was asked, on which day, what came back.

Imported lazily: pydantic costs 50 ms.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from kg.errors import DataError
from kg.formats.files import write_atomically
from kg.model import audit

FORMAT_VERSION = "kg.look-ups/1"


class _StrictModel(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _QuestionRecord(_StrictModel):
    kind: Literal["pmid", "pmcid", "doi", "title"]
    value: str


class _NoticeRecord(_StrictModel):
    kind: str
    by: str
    notice: str = ""
    date: str = ""


class _WorkRecord(_StrictModel):
    title: str
    authors: str = ""
    year: int | None = None
    venues: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    notices: tuple[_NoticeRecord, ...] = ()


class _LookUpRecord(_StrictModel):
    service: Literal["crossref", "europepmc", "ncbi", "retraction-list"]
    question: _QuestionRecord
    date: str
    url: str
    works: tuple[_WorkRecord, ...] = ()


class _LookUpsFile(_StrictModel):
    schema_version: Literal["kg.look-ups/1"]
    look_ups: tuple[_LookUpRecord, ...]


def read_look_ups(file_path: Path) -> tuple[audit.LookUp, ...]:
    """The stored answers, sorted.

    Raises:
        DataError: the file cannot be read or has another form.
    """
    remedy = "Mend it, or move it away and ask again with `kg audit --online`."
    try:
        parsed_file = _LookUpsFile.model_validate_json(file_path.read_bytes())
    except OSError as fault:
        raise DataError(f"cannot read {file_path}: {fault.strerror}") from fault
    except ValidationError as fault:
        first = fault.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        error_text = f"{place}: {first['msg']}" if place else first["msg"]
        raise DataError(
            f"{file_path} holds no look-ups of the form {FORMAT_VERSION}: {error_text}. {remedy}"
        ) from fault
    return tuple(
        sorted(
            (_build_look_up(look_up) for look_up in parsed_file.look_ups),
            key=lambda look_up: look_up.key,
        )
    )


def _build_look_up(read: _LookUpRecord) -> audit.LookUp:
    question = audit.LookUpQuery(read.question.kind, read.question.value)
    works = tuple(_build_work(work) for work in read.works)
    return audit.LookUp(read.service, question, read.date, read.url, works)


def _build_work(read: _WorkRecord) -> audit.WorkRecord:
    values = {name: getattr(read, name) for name in _WorkRecord.model_fields}
    notices = tuple(audit.Notice(**notice.model_dump()) for notice in read.notices)
    return audit.WorkRecord(**{**values, "notices": notices})


def write_look_ups(look_ups: Iterable[audit.LookUp], file_path: Path) -> Path:
    """The file that now holds the answers, sorted, so that a version control shows what changed."""
    rows = [asdict(look_up) for look_up in sorted(look_ups, key=lambda look_up: look_up.key)]
    value = {"schema_version": FORMAT_VERSION, "look_ups": rows}
    return write_atomically(file_path, json.dumps(value, indent=1, ensure_ascii=False) + "\n")
