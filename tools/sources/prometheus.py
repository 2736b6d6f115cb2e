"""Prometheus and stores that speak its HTTP API: Thanos, Mimir, VictoriaMetrics."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import Field

from tools.formats.records import Clock
from tools.http import Answer, Params, Service, clock_difference
from tools.sources import golden
from tools.sources.gathering import Gathering, GivenUp
from tools.sources.prometheus_answers import complaint_of, data_of, examined, joined, strings
from tools.sources.prometheus_metrics import Discovery, quoted
from tools.sources.prometheus_record import AlertHistory
from tools.sources.settings import HttpSettings
from tools.sources.source import (
    Deadline,
    Fetched,
    Health,
    IncidentRecord,
    Scope,
    Selector,
    SourceKind,
    Span,
    Surroundings,
)
from tools.sources.stepping import pieces, span_params, step_for

_CLOCK = Clock()


class PrometheusSettings(HttpSettings):
    """A Prometheus, or a store with its API; `url` is what `/api/v1/query` can be appended to."""

    matchers: Mapping[str, str] = {}
    """Labels that every series must have, such as `cluster = "eu-1"`."""
    step: float | None = Field(default=None, ge=1)
    """Seconds between samples; default: window / 500, not below 15."""
    scrape_interval: float = Field(default=30.0, gt=0)
    """How often it scrapes; rates are taken over four times that."""
    queries: Mapping[str, str] = {}
    """Further PromQL by the name that its series are to have."""
    discover: bool = True
    """Whether to ask for golden signals among the metrics that exist."""
    max_queries: int = Field(default=60, ge=0)
    """How many of these at the most, the most telling first."""
    alerts: bool = True
    """Whether to ask for past alerts and alerting rules."""


@dataclass(frozen=True, slots=True)
class PrometheusSource:
    """Asks for past alerts, alerting rules, the team's queries and golden signals."""

    settings: PrometheusSettings
    surroundings: Surroundings

    def fetch(self, scope: Scope, destination: Path) -> Fetched:
        """Ask query by query; a refusal of one is a row, a refusal of all ends the fetch."""
        summary = "alerts, rules, queries and golden signals"
        if scope.window is None:
            return Fetched(summary, "failed", (), "the record has no time; tell --since and --until")
        with self._service(scope) as service:
            run = _Run(self.settings, service, Gathering(scope, destination, service), scope.window)
            with suppress(GivenUp):
                run.everything(scope.selector)
            return run.gathering.result(summary)

    def probe(self, scope: Scope) -> Health:
        """Ask for its version, a constant, the rules and whether the window is still there."""
        with self._service(scope) as service:
            constant = service.get_json("api/v1/query", [("query", "vector(1)")])
            if (answer := constant.answer).outcome != "ok" or complaint_of(constant.value):
                return _unwell(answer, complaint_of(constant.value))
            rules = service.get_json("api/v1/rules", [("type", "alert")])
            build = data_of(service.get_json("api/v1/status/buildinfo"))
            runtime = data_of(service.get_json("api/v1/status/runtimeinfo"))
            there = self._there(service, scope.window)
        kept = str(runtime.get("storageRetention") or "") if isinstance(runtime, dict) else ""
        retention = "; ".join(text for text in (f"keeps {kept}" if kept else "", there) if text)
        missing = () if rules.answer.usable else ("api/v1/rules",)
        gone = there.startswith("nothing")
        return Health(
            reachable=True,
            authenticated=True,
            version=str(build.get("version") or "") if isinstance(build, dict) else "",
            missing=missing,
            clock_seconds=clock_difference(answer, datetime.now(UTC)),
            retention=retention,
            problem="the window holds no samples" if gone else "",
            suggestion="Point `url` at a long-term store, or correct the window."
            if gone
            else f"Allow {missing[0]} to this token."
            if missing
            else "",
        )

    def incident(self, ident: str, deadline: Deadline, window: Span | None = None) -> IncidentRecord:
        """Make a record of the firings of an alert, or of a rule group, of that name; see Recorder."""
        endpoint = self.settings.endpoint(self.surroundings.environ)
        with Service(endpoint, left=lambda: deadline.left) as service:
            return AlertHistory(service, _fixed(self.settings)).record(ident, window, datetime.now(UTC))

    def _there(self, service: Service, window: Span | None) -> str:
        if window is None:
            return ""
        found = service.get_json("api/v1/label/__name__/values", [*span_params(window), ("limit", "10")])
        return "the window is there" if strings(data_of(found)) else "nothing of the window is left"

    def _service(self, scope: Scope) -> Service:
        endpoint = self.settings.endpoint(self.surroundings.environ)
        return Service(endpoint, left=lambda: scope.deadline.left)


@dataclass(frozen=True, slots=True)
class _Run:
    """One fetch: the settings, the service and what was gathered so far."""

    settings: PrometheusSettings
    service: Service
    gathering: Gathering
    window: Span

    @property
    def step(self) -> float:
        return self.settings.step or step_for(self.window)

    def everything(self, selector: Selector) -> None:
        fixed = _fixed(self.settings)
        if self.settings.alerts:
            self._alerts((*fixed, *_namespaced(selector, or_none=True)))
            self._rules()
        for name, expression in self.settings.queries.items():
            self._range(golden.NamedQuery(name, expression))
        if self.settings.discover:
            self._golden(fixed, selector)

    def _alerts(self, matchers: Sequence[str]) -> None:
        inner = ",".join(('__name__=~"ALERTS|ALERTS_FOR_STATE"', *matchers))
        until = Clock(recorded_at=min(self.window.end, datetime.now(UTC)))
        self._range(golden.NamedQuery("ALERTS", f"{{{inner}}}", named=True), until)

    def _rules(self) -> None:
        path = self.gathering.place("rules")
        answer = self.service.download("api/v1/rules", [("type", "alert")], path)
        self._settle(
            path, "api/v1/rules?type=alert", answer, told="api/v1/rules?type=alert (as they are now)"
        )

    def _golden(self, fixed: tuple[str, ...], selector: Selector) -> None:
        narrow = (*fixed, *_namespaced(selector))
        asking = Discovery(self.service, self.gathering, self.window, narrow, selector.services)
        ranked = [(golden.rank(item.name, item.type), item.name, item) for item in asking.metrics()]
        wanted = sorted((place, name, metric) for place, name, metric in ranked if place is not None)
        interval = self.settings.scrape_interval
        rate_range = f"{math.ceil(max(4 * interval, self.step + interval))}s"
        asked = 0
        for number, (_, _, metric) in enumerate(wanted):
            room = self.settings.max_queries - asked
            found = golden.queries(asking.labelled(metric), rate_range) if room > 0 else []
            if not found or len(found) > room:
                left = len(wanted) - number
                self.gathering.note(f"{left} further metrics not asked about; raise max_queries")
                return
            for query in found:
                self._range(query)
            asked += len(found)

    def _range(self, query: golden.NamedQuery, clock: Clock = _CLOCK) -> None:
        path = self.gathering.place(query.name)
        told = f"{query.sent} (step {self.step:g} s)"
        parts = [path if not n else path.with_suffix(f".part{n}") for n in range(len(self._pieces()))]
        answers: list[Answer] = []
        for piece, part in zip(self._pieces(), parts, strict=True):
            params: Params = [("query", query.sent), *span_params(piece), ("step", f"{self.step:g}")]
            answers.append(self.service.download("api/v1/query_range", params, part))
            if not answers[-1].usable:
                break
        answer = joined(parts[: len(answers)], answers) if len(parts) > 1 else answers[0]
        self._settle(path, query.sent, answer, told=told, clock=clock)

    def _settle(self, path: Path, query: str, answer: Answer, *, told: str, clock: Clock = _CLOCK) -> None:
        """Keep an answer as an artifact unless it is a refusal or holds nothing."""
        if path.exists():
            answer, empty = examined(path, answer)
            if answer.outcome in {"ok", "partial"} and not empty:
                self.gathering.keep(path, query, answer, told=told, window=self.window, clock=clock)
                return
            path.unlink()
        self.gathering.record(told, answer, window=self.window)

    def _pieces(self) -> list[Span]:
        return pieces(self.window, self.step)


def _fixed(settings: PrometheusSettings) -> tuple[str, ...]:
    return tuple(f'{name}="{quoted(value)}"' for name, value in sorted(settings.matchers.items()))


def _namespaced(selector: Selector, *, or_none: bool = False) -> tuple[str, ...]:
    """Match the namespaces; with `or_none` also what has none, such as an alert about a node."""
    if not selector.namespaces:
        return ()
    names = [re.escape(name) for name in selector.namespaces] + ([""] if or_none else [])
    return (f'namespace=~"{quoted("|".join(names))}"',)


def _unwell(answer: Answer, complaint: str) -> Health:
    if answer.outcome == "denied":
        hint = "Check token_env, or user and password_env, and what they may read."
        return Health(reachable=True, authenticated=False, problem=answer.note, suggestion=hint)
    reachable = answer.status is not None
    hint = (
        "Is `url` the address that /api/v1/query follows?" if reachable else "Check url, proxy and network."
    )
    return Health(reachable=reachable, problem=complaint or answer.note, suggestion=hint)


def _make(settings: PrometheusSettings, surroundings: Surroundings) -> PrometheusSource:
    settings.endpoint(surroundings.environ)
    return PrometheusSource(settings, surroundings)


KIND = SourceKind("prometheus", PrometheusSettings, _make)
