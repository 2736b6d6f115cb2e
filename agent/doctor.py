"""Doctor: is everything that a draft needs there, and what to do about what is not."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from pydantic import SecretStr

from agent.bounding import TimedOut, bounded
from agent.errors import UserError
from agent.raw import key_of, ready
from agent.schema.base import Model
from agent.schema.incident import Incident, Window
from agent.settings import CollectSpec, Settings
from agent.sourcing import Declared, checked, opened, scope_of
from tools.endpoint import Endpoint
from tools.http import Service
from tools.sources.settings import HttpSettings
from tools.sources.source import Health, Surroundings

State = Literal["ok", "warning", "failed"]

PROBE_SECONDS = 15.0
_LOW_DISK = 1024**3
_CLOCK_SECONDS = 5.0
"""Further apart, times of the source and of other sources do not line up to the second."""


class Examination(Model):
    """What one thing is like, and one thing to do about it."""

    subject: str
    kind: str
    state: State
    detail: str
    suggestion: str = ""


_NONE = Examination(
    subject="sources",
    kind="sources",
    state="warning",
    detail="none is declared, so there is nothing to fetch from",
    suggestion="Add [[sources]] to pm-agent.toml, or `sources:` to an incident.yaml; see docs/sources.md.",
)


def examine_all(
    sources: tuple[Declared, ...],
    incident: Incident | None,
    window: Window | None,
    settings: Settings,
    *,
    home: Path,
    environ: Mapping[str, str] = os.environ,
) -> tuple[Examination, ...]:
    """Look at versions, home, raw artifacts, model endpoint and every source, these side by side."""
    record = incident or Incident(id="none", title="none")
    surroundings = Surroundings(home, environ)

    def probe(source: Declared) -> Examination:
        return _source(source, record, window, surroundings)

    with ThreadPoolExecutor(max_workers=len(sources) or 1) as pool:
        probed = pool.map(probe, sources)
        raw = _raw(settings.collect, environ)
        return (_versions(), _home(home), raw, _model(settings, environ), *(probed if sources else (_NONE,)))


def recent(now: datetime | None = None) -> Window:
    """Take the last hour: what sources are asked about where no incident is named."""
    end = now or datetime.now(UTC)
    return Window(start=end - timedelta(hours=1), end=end)


def _versions() -> Examination:
    python = ".".join(map(str, sys.version_info[:3]))
    detail = f"pm-agent {version('pm-agent')}, Python {python}"
    return Examination(subject="versions", kind="installation", state="ok", detail=detail)


def _home(home: Path) -> Examination:
    there = next(folder for folder in (home.absolute(), *home.absolute().parents) if folder.is_dir())
    if not os.access(there, os.W_OK):
        return Examination(
            subject=str(home), kind="home", state="failed", detail=f"{there} may not be written to",
            suggestion="Give write rights, or name another folder with `home` or PM_AGENT_HOME.",
        )  # fmt: skip
    free = shutil.disk_usage(there).free
    detail = f"{'exists' if home.is_dir() else 'will be made'}, {free / 1024**3:.1f} GiB free"
    low = free < _LOW_DISK
    return Examination(
        subject=str(home), kind="home", state="warning" if low else "ok", detail=detail,
        suggestion="Free some disk; a snapshot may take gigabytes." if low else "",
    )  # fmt: skip


def _raw(spec: CollectSpec, environ: Mapping[str, str]) -> Examination:
    """Say what becomes of the raw artifacts, and whether what that needs is here."""
    subject, kind = "raw artifacts", "collect"
    told = f"keep_raw is {spec.keep_raw}"
    if spec.keep_raw != "encrypt":
        return Examination(subject=subject, kind=kind, state="ok", detail=told)
    try:
        ready(spec)
        key = key_of(spec, environ)
    except UserError as error:
        detail, hint = f"{told}; {error.args[0]}", error.hint or "Correct [collect] in pm-agent.toml."
        return Examination(subject=subject, kind=kind, state="failed", detail=detail, suggestion=hint)
    unread = all(text.startswith("ssh-") for text in spec.raw_recipients)
    holds = "a key to read them is here" if key else f"{spec.raw_key_env} is not set: none is read here"
    detail = f"{told}, pyrage and recipients are usable; {holds}"
    hint = "Add an age1... recipient: --restore and verify read with no SSH key." if unread else ""
    state = "warning" if unread else "ok"
    return Examination(subject=subject, kind=kind, state=state, detail=detail, suggestion=hint)


def _model(settings: Settings, environ: Mapping[str, str]) -> Examination:
    key = environ.get("ANTHROPIC_API_KEY") or environ.get("ANTHROPIC_AUTH_TOKEN") or ""
    subject, kind = settings.model, "model"
    if settings.drafter == "offline" or not key:
        needed = settings.drafter == "claude"
        detail = "no key is set" if not key else "drafter is offline"
        return Examination(
            subject=subject, kind=kind, state="failed" if needed else "ok", detail=f"{detail}; not asked",
            suggestion="Set ANTHROPIC_API_KEY, or drafter = \"offline\"." if needed else "",
        )  # fmt: skip
    url = environ.get("ANTHROPIC_BASE_URL") or "https://api.anthropic.com"
    headers = {"anthropic-version": SecretStr("2023-06-01")}
    if environ.get("ANTHROPIC_API_KEY"):
        endpoint = Endpoint(url, headers={**headers, "x-api-key": SecretStr(key)})
    else:
        endpoint = Endpoint(url, bearer=SecretStr(key), headers=headers)
    with Service(endpoint, left=lambda: PROBE_SECONDS) as service:
        answer = service.get("v1/models", [("limit", "1")])
    if answer.usable or answer.status in {404, 405}:
        untried = "" if answer.usable else "; it does not list models, so the key was not tried"
        return Examination(subject=subject, kind=kind, state="ok", detail=f"reachable{untried}")
    hint = "Correct the key." if answer.outcome == "denied" else "Check ANTHROPIC_BASE_URL and proxy."
    return Examination(subject=subject, kind=kind, state="failed", detail=answer.note, suggestion=hint)


def _source(
    source: Declared, incident: Incident, window: Window | None, surroundings: Surroundings
) -> Examination:
    subject, kind = source.spec.name, source.spec.kind
    try:
        ready = opened(source, surroundings)
        scope = scope_of(source, incident, window, PROBE_SECONDS * 0.9)
        health = bounded(lambda: ready.probe(scope), PROBE_SECONDS)
    except ValueError as error:
        hint = "Set it, or correct the name."
        return Examination(subject=subject, kind=kind, state="failed", detail=str(error), suggestion=hint)
    except TimedOut:
        health = Health(
            reachable=False,
            problem=f"no answer within {PROBE_SECONDS:g} s",
            suggestion="Check url, proxy and network.",
        )
    return _judged(subject, kind, health, source)


def _judged(subject: str, kind: str, health: Health, source: Declared) -> Examination:
    told = checked(source)[1]
    insecure = isinstance(told, HttpSettings) and told.verify == "none"
    clock = health.clock_seconds
    apart = clock is not None and abs(clock) > _CLOCK_SECONDS
    parts = [
        "" if health.reachable else "not reachable",
        "not logged in" if health.authenticated is False else "",
        f"version {health.version}" if health.version else "",
        health.problem,
        f"missing: {', '.join(health.missing)}" if health.missing else "",
        health.retention,
        f"clock {clock:+.0f} s" if clock is not None and apart else "",
        "certificates are not checked" if insecure else "",
    ]
    hint = health.suggestion
    if not hint and apart:
        hint = "Set the clocks (NTP); times of this source are off against others."
    if not hint and insecure:
        hint = 'Name the certificate authority with ca_file instead of verify = "none".'
    return Examination(
        subject=subject,
        kind=kind,
        state="failed" if not health.well else "warning" if apart or insecure else "ok",
        detail="; ".join(part for part in parts if part) or "reachable",
        suggestion=hint,
    )
