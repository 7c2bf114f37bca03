"""What passes between server and worker: records, each a JSON head and bytes, lengths first."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import IO, Any, TypeVar

LENGTH_BYTES = 8
"""Bytes before each frame: the length of the head and that of the payload, big-endian."""


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """What a worker is started with: files, the folder to run in, and limits in rows and bytes."""

    snapshot: str
    base: str | None
    folder: str
    max_rows: int
    max_answer_bytes: int
    max_memory_bytes: int
    warm: bool = False


@dataclass(frozen=True, slots=True)
class WorkerReady:
    """The first frame of a worker: the restrictions that it runs under."""

    restrictions: Sequence[str] = ()
    payload: bytes = b""


@dataclass(frozen=True, slots=True)
class JobRequest:
    """What is asked of a worker: a job of `WORKER_JOBS`, and the fields that this job reads.

    `name` is that of a page, of a thing of the API or of a description; `values` are the parameters
    of the address, `payload` the text of a query.
    """

    job: str
    name: str = ""
    iri: str = ""
    accept: str = ""
    root: str = ""
    endpoint: int = 0
    values: Sequence[tuple[str, str]] = ()
    default_graphs: Sequence[str] = ()
    named_graphs: Sequence[str] = ()
    payload: bytes = b""


@dataclass(frozen=True, slots=True)
class JobResponse:
    """What a worker answers: an HTTP status with a payload, or with a message that says why not.

    `hint` helps where a query found nothing, `cut` says where its answer was cut.
    """

    status: int = 200
    media_type: str = ""
    message: str = ""
    hint: str = ""
    cut: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    payload: bytes = b""


Frame = WorkerReady | JobRequest | JobResponse
FrameT = TypeVar("FrameT", WorkerReady, JobRequest, JobResponse)

JOB_TAKEN = JobResponse(102)
"""Says that the worker has read a job: from here on its end is the job's own fault."""


def encode_frame(record: Frame) -> bytes:
    """The bytes of a record; equal records have equal bytes.

    >>> encode_frame(JobRequest("page", "rules")).endswith(b'"named_graphs": []}')
    True
    """
    fields: dict[str, Any] = asdict(record)
    payload: bytes = fields.pop("payload")
    head = json.dumps(fields).encode()
    return len(head).to_bytes(4, "big") + len(payload).to_bytes(4, "big") + head + payload


def decode_lengths(data: bytes) -> tuple[int, int]:
    """Lengths of head and payload."""
    return int.from_bytes(data[:4], "big"), int.from_bytes(data[4:LENGTH_BYTES], "big")


def decode_frame(kind: type[FrameT], head: bytes, payload: bytes) -> FrameT:
    """The record of a frame."""
    return kind(**json.loads(head), payload=payload)


def read_request(source: IO[bytes]) -> JobRequest | None:
    """The next job; None where the server has closed the pipe."""
    first = source.read(LENGTH_BYTES)
    if len(first) < LENGTH_BYTES:
        return None
    head_size, payload_size = decode_lengths(first)
    return decode_frame(JobRequest, source.read(head_size), source.read(payload_size))
