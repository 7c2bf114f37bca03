"""The job that answers one address of the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.errors import UsageError
from kg.server.json_api import API_ENDPOINTS
from kg.server.workers.frames import JobRequest, JobResponse

if TYPE_CHECKING:
    from kg.server.workers.jobs import WorkerState


def run_api_job(worker_state: WorkerState, request: JobRequest) -> JobResponse:
    """The answer of one address of the API."""
    address = API_ENDPOINTS[request.endpoint]
    parameters_by_name = {p.name: p for p in address.parameters}
    values: dict[str, list[str]] = {}
    for name, value in request.values:
        if name not in parameters_by_name:
            raise UsageError(
                f"no parameter {name!r}; there are: {', '.join(parameters_by_name) or 'none'}"
            )
        allowed = parameters_by_name[name].allowed_values
        if value and allowed and value not in allowed:
            raise UsageError(f"{name} is one of {', '.join(allowed)}, not {value[:40]!r}")
        values.setdefault(name, []).append(value)
    text = address.build_answer(worker_state.grade_library, request.name, values)
    return JobResponse(media_type="application/json", payload=text.encode())
