"""Answers in which a server says that it could not answer: no evidence, but a gap with its reason."""

from __future__ import annotations

from tools.formats.documents import mapping, string
from tools.formats.logs_json import Json

_PROMETHEUS = frozenset({"status", "errorType", "error", "data", "warnings", "infos"})
_LOKI = frozenset({"status", "code", "message", "error", "errorType", "data"})
_ELASTIC = frozenset({"error", "status", "took", "timed_out"})
_REASON_LIMIT = 300


def refusal(root: Json) -> str:
    """Say why a server refused, in its words; empty for any other document.

    Known are Prometheus, Loki and Alertmanager, Elasticsearch and OpenSearch, and the Kubernetes API.
    """
    answer = mapping(root)
    why = _kubernetes(answer) or _elastic(answer) or _prometheus(answer)
    return f"the server answered with an error: {why}"[:_REASON_LIMIT] if why else ""


def _kubernetes(answer: dict[str, Json]) -> str:
    if answer.get("kind") != "Status" or answer.get("status") != "Failure":
        return ""
    return _worded(string(answer.get("message")) or "Failure", string(answer.get("reason")))


def _elastic(answer: dict[str, Json]) -> str:
    error = mapping(answer.get("error"))
    if not error or not answer.keys() <= _ELASTIC or ("type" not in error and "reason" not in error):
        return ""
    return _worded(string(error.get("reason")) or "no reason given", string(error.get("type")))


def _prometheus(answer: dict[str, Json]) -> str:
    keys = answer.keys()
    if answer.get("status") != "error" or not (keys <= _PROMETHEUS or keys <= _LOKI):
        return ""
    why = string(answer.get("error")) or string(answer.get("message")) or "no reason given"
    return _worded(why, string(answer.get("errorType")) or string(answer.get("code")))


def _worded(why: str, kind: str) -> str:
    return f"{why} ({kind})" if kind and kind not in why else why
