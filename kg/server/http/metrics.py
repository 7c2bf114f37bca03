"""Counts and times in the text format of Prometheus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

BUCKET_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


@dataclass(eq=False)
class RequestMetrics:
    """Requests by route and status, and how long they took, in seconds."""

    request_counts: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    seconds_by_route: dict[str, list[float]] = field(default_factory=dict)
    active_requests: int = 0

    def record_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Note one request."""
        self.request_counts[method, route, status] += 1
        row = self.seconds_by_route.setdefault(route, [0.0] * (len(BUCKET_SECONDS) + 2))
        for n, bucket_seconds in enumerate(BUCKET_SECONDS):
            row[n] += seconds <= bucket_seconds
        row[-2] += 1
        row[-1] += seconds

    def format_text(self, gauges: Mapping[str, float]) -> str:
        """Everything, with some values of the moment."""
        return (
            "\n".join([*self._format_requests(), *self._format_times(), *_format_gauges(gauges)])
            + "\n"
        )

    def _format_requests(self) -> Iterator[str]:
        yield "# HELP kg_requests_total Requests by method, route and status."
        yield "# TYPE kg_requests_total counter"
        for (method, route, status), count in sorted(self.request_counts.items()):
            labels = f'method="{method}",route="{route}",status="{status}"'
            yield f"kg_requests_total{{{labels}}} {count}"

    def _format_times(self) -> Iterator[str]:
        yield "# HELP kg_request_seconds Time from the first byte asked to the last one sent."
        yield "# TYPE kg_request_seconds histogram"
        for route, row in sorted(self.seconds_by_route.items()):
            for bucket_seconds, count in zip(BUCKET_SECONDS, row, strict=False):
                labels = f'route="{route}",le="{bucket_seconds:g}"'
                yield f"kg_request_seconds_bucket{{{labels}}} {count:g}"
            yield f'kg_request_seconds_bucket{{route="{route}",le="+Inf"}} {row[-2]:g}'
            yield f'kg_request_seconds_sum{{route="{route}"}} {row[-1]:.6f}'
            yield f'kg_request_seconds_count{{route="{route}"}} {row[-2]:g}'


def _format_gauges(gauges: Mapping[str, float]) -> Iterator[str]:
    families: set[str] = set()
    for name, value in gauges.items():
        family = name.partition("{")[0]
        if family not in families:
            families.add(family)
            yield f"# TYPE {family} {'counter' if family.endswith('_total') else 'gauge'}"
        yield f"{name} {value:g}"
