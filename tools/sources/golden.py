"""Golden signals: which metrics of a Prometheus are worth asking about, and with which query.

Names follow the conventions of the Prometheus documentation ("Metric and label naming"): counters end in
`_total`, histograms have `_bucket` series. Rates are taken over Grafana's `$__rate_interval`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

OWNERS = (
    "service", "service_name", "app", "app_kubernetes_io_name", "deployment", "workload",
    "destination_workload", "container", "pod", "job",
)  # fmt: skip
"""Labels that say whose a series is, the most telling first."""
_TIMED = ("histogram", "native histogram", "summary")
_STATUS = ("code", "status", "status_code", "http_status_code", "response_code", "http_response_status_code")
_GRPC = ("grpc_code", "rpc_grpc_status_code")

_OWN = re.compile(
    r"^(go_|prometheus_|promhttp_|scrape_|python_gc|net_conntrack_|alertmanager_|ALERTS)|_created$|_info$"
)
_REQUESTS = re.compile(r"request|response|calls?_|_calls|handled|rpc|http|queries|messages")
_ERRORS = re.compile(r"error|fail|exception|abort|timeout|reject|dropped|retries|5xx")
_DURATION = re.compile(r"duration|latency|seconds|_ms|millis|time")
_SATURATION: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern)
    for pattern in (
        r"restarts?_total|oom|last_terminated|waiting_reason",
        r"pool|connections?|open_fds|file_descr|threads",
        r"queue|backlog|(consumer|replica(tion)?)_?lag|pending|in_?flight",
        r"cpu_cfs_throttled|throttl",
        r"cpu",
        r"memory|working_set|heap|rss",
        r"disk|filesystem|volume|inode",
        r"up$|available|ready|replicas|healthy",
    )
)


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric that exists, and how its series can be narrowed down."""

    name: str
    type: str = ""
    """counter, gauge, histogram, native histogram, summary, or empty where nobody knows."""
    owner: str = ""
    """The label that says whose the series is."""
    matchers: tuple[str, ...] = ()
    """Label matchers as PromQL writes them."""
    labels: tuple[str, ...] = ()
    """Names of its labels, where they were asked for."""

    def selected(self, suffix: str = "", *more: str) -> str:
        """Write the selector of its series."""
        inner = ",".join((*self.matchers, *more))
        return f"{self.name}{suffix}{{{inner}}}" if inner else f"{self.name}{suffix}"


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A query and what to call its series."""

    name: str
    expression: str
    named: bool = False
    """Whether the series bear their name anyway."""

    @property
    def sent(self) -> str:
        """The expression with its name on every series, so that the answer alone says what it shows."""
        if self.named:
            return self.expression
        return f'label_replace({self.expression}, "__name__", "{self.name}", "", "")'


def families(names: Iterable[str], types: Mapping[str, str]) -> list[tuple[str, str]]:
    """Fold `_bucket`, `_sum` and `_count` into their histogram; give each metric its type or a guess.

    A histogram without `_bucket` series is a native one.
    """
    every = set(names)
    found: dict[str, str] = {}
    for name in sorted(every):
        base = re.sub(r"_(bucket|sum|count)$", "", name)
        if base != name and f"{base}_bucket" in every:
            found[base] = "histogram"
        elif base != name and types.get(base) == "summary":
            continue
        elif types.get(name) == "histogram":
            found[name] = "native histogram"
        elif not _OWN.search(name):
            found[name] = types.get(name) or types.get(name.removesuffix("_total")) or _guess(name)
    return [(name, kind) for name, kind in found.items() if not _OWN.search(name)]


def rank(name: str, kind: str) -> int | None:
    """Order metrics by what they tell of an incident; None for those that are not asked about."""
    if kind in {"counter", *_TIMED} and _ERRORS.search(name) and not name.startswith("process_"):
        return 0
    if kind in _TIMED:
        return 1 if _DURATION.search(name) else None
    if kind == "counter" and _REQUESTS.search(name):
        return 2
    place = next((place for place, pattern in enumerate(_SATURATION) if pattern.search(name)), None)
    if place is None:
        return 4 if kind == "gauge" and (_ERRORS.search(name) or _DURATION.search(name)) else None
    return 5 + place + (20 if name.startswith("process_") else 0)


def needs_labels(name: str, kind: str) -> bool:
    """Whether a metric may have a status label, of which an error ratio can be made."""
    return kind == "counter" and bool(_REQUESTS.search(name)) and not _ERRORS.search(name)


def queries(metric: Metric, rate_range: str) -> list[NamedQuery]:
    """Write the queries of one metric: rate of a counter, error ratio, quantiles, or a gauge as it is."""
    by = f" by ({metric.owner})" if metric.owner else ""
    if metric.type == "summary":  # its quantiles cannot be summed, so the series are taken as they are
        return [NamedQuery(metric.name, metric.selected("", 'quantile=~"0.5|0.9.*"'), named=True)]
    if metric.type in _TIMED:
        native = metric.type == "native histogram"
        labels = [*([] if native else ["le"]), *([metric.owner] if metric.owner else [])]
        grouped = f" by ({', '.join(labels)})" if labels else ""
        rate = f"sum{grouped} (rate({metric.selected('' if native else '_bucket')}[{rate_range}]))"
        return [
            NamedQuery(f"{metric.name}_p{percent}", f"histogram_quantile(0.{percent}, {rate})")
            for percent in (50, 99)
        ]
    if metric.type == "counter":
        stem = metric.name.removesuffix("_total")
        rate = f"sum{by} (rate({metric.selected()}[{rate_range}]))"
        ratio = _error_ratio(metric, stem, rate, by, rate_range)
        return [*ratio, NamedQuery(f"{stem}_per_second", rate)]
    return [NamedQuery(metric.name, metric.selected(), named=True)]


def _error_ratio(metric: Metric, stem: str, rate: str, by: str, rate_range: str) -> Sequence[NamedQuery]:
    failed = next((f'{label}=~"5.."' for label in _STATUS if label in metric.labels), "") or next(
        (f'{label}!~"OK|0|"' for label in _GRPC if label in metric.labels), ""
    )
    if not failed:
        return ()
    bad = f"sum{by} (rate({metric.selected('', failed)}[{rate_range}]))"
    return (NamedQuery(f"{stem}_error_ratio", f"{bad} / {rate}"),)


def _guess(name: str) -> str:
    return "counter" if name.endswith(("_total", "_count", "_sum")) else "gauge"
