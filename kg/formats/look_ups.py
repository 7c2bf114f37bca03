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

VERSION = "kg.look-ups/1"


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Question(_Form):
    kind: Literal["pmid", "pmcid", "doi", "title"]
    value: str


class _Notice(_Form):
    kind: str
    by: str
    notice: str = ""
    date: str = ""


class _Work(_Form):
    title: str
    authors: str = ""
    year: int | None = None
    venues: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    notices: tuple[_Notice, ...] = ()


class _LookUp(_Form):
    service: Literal["crossref", "europepmc", "ncbi"]
    question: _Question
    date: str
    url: str
    works: tuple[_Work, ...] = ()


class _File(_Form):
    schema_version: Literal["kg.look-ups/1"]
    look_ups: tuple[_LookUp, ...]


def read(path: Path) -> tuple[audit.LookUp, ...]:
    """The stored answers, sorted.

    Raises:
        DataError: the file cannot be read or has another form.
    """
    remedy = "Mend it, or move it away and ask again with `kg audit --online`."
    try:
        found = _File.model_validate_json(path.read_bytes())
    except OSError as fault:
        raise DataError(f"cannot read {path}: {fault.strerror}") from fault
    except ValidationError as fault:
        first = fault.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        what = f"{place}: {first['msg']}" if place else first["msg"]
        raise DataError(
            f"{path} holds no look-ups of the form {VERSION}: {what}. {remedy}"
        ) from fault
    return tuple(sorted((_look_up(each) for each in found.look_ups), key=lambda each: each.key))


def _look_up(read: _LookUp) -> audit.LookUp:
    question = audit.Question(read.question.kind, read.question.value)
    works = tuple(_work(work) for work in read.works)
    return audit.LookUp(read.service, question, read.date, read.url, works)


def _work(read: _Work) -> audit.Work:
    values = {name: getattr(read, name) for name in _Work.model_fields}
    notices = tuple(audit.Notice(**notice.model_dump()) for notice in read.notices)
    return audit.Work(**{**values, "notices": notices})


def write(look_ups: Iterable[audit.LookUp], path: Path) -> Path:
    """The file that now holds the answers, sorted, so that a version control shows what changed."""
    rows = [asdict(each) for each in sorted(look_ups, key=lambda each: each.key)]
    value = {"schema_version": VERSION, "look_ups": rows}
    return write_atomically(path, json.dumps(value, indent=1, ensure_ascii=False) + "\n")
