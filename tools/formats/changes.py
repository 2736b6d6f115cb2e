"""Changes: deploys and the like as JSON records, commits as `git log` prints them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from tools.formats.documents import mapping, string
from tools.formats.joining import note_time
from tools.formats.logs_json import TIME_KEYS, Json
from tools.formats.opening import spoil
from tools.formats.records import ChangeRecord, Tally
from tools.formats.stamps import Stamps

_KINDS = {
    "deploy": "deploy", "deployment": "deploy", "release": "deploy", "rollout": "deploy", "promote": "deploy",
    "image": "image", "config": "config", "configuration": "config", "configmap": "config",
    "secret": "config",
    "scale": "scale", "scaling": "scale", "autoscale": "scale", "rollback": "rollback", "revert": "rollback",
    "commit": "commit", "merge": "commit", "pull_request": "commit", "pr": "commit", "push": "commit",
    "policy": "policy", "networkpolicy": "policy", "rbac": "policy", "iam": "policy", "flag": "flag",
    "feature_flag": "flag", "feature-flag": "flag", "toggle": "flag", "job": "job", "migration": "job",
    "cron": "job", "infra": "config", "terraform": "config",
}  # fmt: skip
_KIND_KEYS = ("kind", "type", "change_type", "changeType", "action", "task", "event", "category")
_TITLE_KEYS = ("title", "display_title", "displayTitle", "message", "summary", "description", "subject",
               "name", "msg", "text")  # fmt: skip
_SERVICE_KEYS = (
    "service",
    "service_name",
    "serviceName",
    "app",
    "application",
    "component",
    "project",
    "repo",
    "repository",
)
_REF_KEYS = (
    "ref",
    "sha",
    "commit",
    "head_sha",
    "headSha",
    "tag_name",
    "tagName",
    "revision",
    "version",
    "tag",
    "image",
    "build",
    "id",
    "hash",
    "pr",
    "url",
)
_AUTHOR_KEYS = (
    "author",
    "user",
    "by",
    "actor",
    "deployed_by",
    "deployer",
    "triggered_by",
    "creator",
    "initiatedBy",
    "username",
    "login",
)
_TIMES = (
    *TIME_KEYS,
    "at",
    "deployed_at",
    "created_at",
    "createdAt",
    "finished_at",
    "merged_at",
    "updated_at",
    "published_at",
    "publishedAt",
    "mergedAt",
    "deployedAt",
    "run_started_at",
    "startedAt",
)
_SHAPES: tuple[tuple[str, frozenset[str]], ...] = (
    ("deploy", frozenset({"tag_name", "published_at"})),
    ("deploy", frozenset({"tagName", "publishedAt"})),
    ("deploy", frozenset({"environment", "sha", "created_at"})),
    ("deploy", frozenset({"revision", "deployedAt"})),
    ("deploy", frozenset({"head_sha", "run_started_at"})),
    ("deploy", frozenset({"headSha", "conclusion"})),
    ("commit", frozenset({"number", "title", "mergedAt"})),
    ("commit", frozenset({"number", "title", "merged_at"})),
)
"""Kinds by their keys: GitHub's releases, deployments, workflow runs and pull requests, Argo CD's history."""
_DONE = ("published_at", "publishedAt", "merged_at", "mergedAt", "deployedAt")
"""When it took effect, which comes before when it was created."""

_COMMIT = re.compile(r"^commit ([0-9a-f]{7,64})(?: \(.*\))?$")
_ONELINE = re.compile(
    r"^(?P<ref>[0-9a-f]{7,40})\s+(?:\((?!\d)[^)]*\)\s+)?[\[(]?(?P<time>\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d"
    r" ?(?:Z|[+-]\d\d:?\d\d)?)[\])]?\s+(?P<rest>.+)$"
)
_SHORT = re.compile(
    r"^(?:[*|\\/ ]+ )?(?P<ref>(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,40})(?: -)? (?:\([^)]*\) )?"
    r"(?:(?P<day>\d{4}-\d\d-\d\d) )?(?P<title>\S.*?)(?: \((?P<ago>\d+ \w+) ago\))?(?: <(?P<author>[^>]+)>)?$"
)
"""One-line forms without a full time: bare, with a day, or with how long ago."""
_AGES = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_AUTHOR = re.compile(r"^(?:Author|Commit):\s+(?P<name>.*?)(?:\s+<(?P<mail>[^>]*)>)?$")


def is_change(value: Json) -> bool:
    """Say whether an object records a change: a known kind and a time, or a ref, an author and a title."""
    item = mapping(value)
    if not any(key in item for key in _TIMES) or any(
        key in item for key in ("level", "severity", "levelname")
    ):
        return False
    if _kind(item):
        return any(key in item for key in (*_SERVICE_KEYS, *_TITLE_KEYS, *_REF_KEYS))
    return (
        any(key in item for key in _REF_KEYS[:6])
        and any(key in item for key in _AUTHOR_KEYS)
        and any(key in item for key in _TITLE_KEYS)
    )


def change_of(value: Json, line: int, end_line: int, tally: Tally, stamps: Stamps) -> ChangeRecord:
    """Read one change record."""
    item = mapping(value)
    kind = _kind(item) or "commit"
    service = _get(item, _SERVICE_KEYS)
    ref = _get(item, _REF_KEYS)
    raw = next((item[key] for key in (*_DONE, *_TIMES) if item.get(key) is not None), None)
    time = stamps.epoch(float(raw)) if isinstance(raw, (int, float)) else stamps.parse(string(raw))
    return ChangeRecord(
        line=line,
        end_line=end_line,
        time=_noted(time, tally),
        kind=kind,
        title=_get(item, _TITLE_KEYS) or " ".join(part for part in (kind, service, ref) if part),
        service=service or None,
        ref=ref or None,
        author=_author(item) or None,
    )


def is_git_log(text: str) -> bool:
    """Say whether text is the output of `git log`; one line without a date is no proof, two are."""
    lines = [line for line in text.split("\n", 20) if line.strip()]
    if not lines:
        return False
    if _COMMIT.match(lines[0]):
        return len(lines) > 1 and lines[1].startswith(("Author:", "Merge:", "tree "))
    if all(_ONELINE.match(line) for line in lines[:3]):
        return True
    return len(lines) > 1 and all(_SHORT.match(line) for line in lines)


def read_git_log(
    source: Iterable[tuple[int, str]], tally: Tally, stamps: Stamps, labels: Mapping[str, str]
) -> Iterator[ChangeRecord]:
    """Yield commits of the default, fuller and dated one-line forms; --stat lines belong to their commit."""
    block: list[tuple[int, str]] = []
    for number, text in source:
        if _COMMIT.match(text):
            if block:
                yield _commit(block, tally, stamps, labels)
            block = [(number, text)]
        elif block:
            block.append((number, text))
        elif match := _ONELINE.match(text):
            author, _, title = match["rest"].partition(" | ")
            when = _noted(stamps.parse(match["time"]), tally)
            named = (title, author) if title else (author, "")
            yield _record((number, number), when, named, match["ref"], labels)
        elif match := _SHORT.match(text):
            named = (match["title"], match["author"] or "")
            yield _record(
                (number, number), _noted(_roughly(match, stamps), tally), named, match["ref"], labels
            )
        elif text.strip():
            spoil(tally, number, "not a commit")
    if block:
        yield _commit(block, tally, stamps, labels)


def _roughly(match: re.Match[str], stamps: Stamps) -> datetime | None:
    """Resolve `3 hours ago` against the recording time; a day alone says no time, so it gives none."""
    count, _, unit = (match["ago"] or "").partition(" ")
    seconds = _AGES.get(unit.removesuffix("s"))
    if seconds is None or stamps.recorded_at is None:
        return None
    return stamps.recorded_at - timedelta(seconds=int(count) * seconds)


def _commit(
    block: list[tuple[int, str]], tally: Tally, stamps: Stamps, labels: Mapping[str, str]
) -> ChangeRecord:
    match = _COMMIT.match(block[0][1])
    head: dict[str, str] = {}
    title = ""
    for _, text in block[1:]:
        key, colon, value = text.partition(":")
        if text.startswith("    ") and not title:
            title = text.strip()
        elif colon and not text.startswith(" ") and key.isalpha():
            head[key] = value.strip()
    author = _AUTHOR.match(f"Author: {head.get('Author', '')}")
    time = head.get("CommitDate") or head.get("Date") or ""
    end = max((number for number, text in block if text.strip()), default=block[0][0])
    when = _noted(stamps.parse(time), tally)
    named = (title, author["name"] if author else "")
    return _record((block[0][0], end), when, named, match[1] if match else "", labels)


def _record(
    lines: tuple[int, int],
    when: datetime | None,
    named: tuple[str, str],
    ref: str,
    labels: Mapping[str, str],
) -> ChangeRecord:
    title, author = named
    kind = "rollback" if title.startswith('Revert "') else "commit"
    return ChangeRecord(*lines, when, kind, title, labels.get("service"), ref or None, author or None)


def _noted(when: datetime | None, tally: Tally) -> datetime | None:
    tally.rows += 1
    tally.undated += when is None
    note_time(tally, when)
    return when


def _kind(item: Mapping[str, Json]) -> str:
    shaped = next((kind for kind, keys in _SHAPES if keys <= item.keys()), "")
    named = (_KINDS.get(string(item.get(key)).lower()) for key in _KIND_KEYS)
    return shaped or next((kind for kind in named if kind), "")


def _get(item: Mapping[str, Json], keys: tuple[str, ...]) -> str:
    return next((text for key in keys if (text := string(item.get(key)))), "")


def _author(item: Mapping[str, Json]) -> str:
    if text := _get(item, _AUTHOR_KEYS):
        return text
    return next(
        (text for key in _AUTHOR_KEYS if (text := _get(mapping(item.get(key)), ("login", "name", "email")))),
        "",
    )
