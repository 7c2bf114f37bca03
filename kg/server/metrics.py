"""Counts and times in the text format of Prometheus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


@dataclass(eq=False)
class Metrics:
    """Requests by route and status, and how long they took, in seconds."""

    requests: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    active: int = 0

    def saw(self, method: str, route: str, status: int, seconds: float) -> None:
        """Note one request."""
        self.requests[method, route, status] += 1
        row = self.seconds.setdefault(route, [0.0] * (len(BUCKETS) + 2))
        for n, most in enumerate(BUCKETS):
            row[n] += seconds <= most
        row[-2] += 1
        row[-1] += seconds

    def text(self, gauges: Mapping[str, float]) -> str:
        """Everything, with some values of the moment."""
        return "\n".join([*self._requests(), *self._times(), *_gauges(gauges)]) + "\n"

    def _requests(self) -> Iterator[str]:
        yield "# HELP kg_requests_total Requests by method, route and status."
        yield "# TYPE kg_requests_total counter"
        for (method, route, status), count in sorted(self.requests.items()):
            labels = f'method="{method}",route="{route}",status="{status}"'
            yield f"kg_requests_total{{{labels}}} {count}"

    def _times(self) -> Iterator[str]:
        yield "# HELP kg_request_seconds Time from the first byte asked to the last one sent."
        yield "# TYPE kg_request_seconds histogram"
        for route, row in sorted(self.seconds.items()):
            for most, count in zip(BUCKETS, row, strict=False):
                yield f'kg_request_seconds_bucket{{route="{route}",le="{most:g}"}} {count:g}'
            yield f'kg_request_seconds_bucket{{route="{route}",le="+Inf"}} {row[-2]:g}'
            yield f'kg_request_seconds_sum{{route="{route}"}} {row[-1]:.6f}'
            yield f'kg_request_seconds_count{{route="{route}"}} {row[-2]:g}'


def _gauges(gauges: Mapping[str, float]) -> Iterator[str]:
    families: set[str] = set()
    for name, value in gauges.items():
        family = name.partition("{")[0]
        if family not in families:
            families.add(family)
            yield f"# TYPE {family} {'counter' if family.endswith('_total') else 'gauge'}"
        yield f"{name} {value:g}"
