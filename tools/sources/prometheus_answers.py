"""Answers of the Prometheus HTTP API: what is an error, what is partial, and how two become one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import orjson

from tools.http import Answer, Document, Json
from tools.sources.gathering import load
from tools.sources.recovering import whole_elements


def joined(parts: Sequence[Path], answers: Sequence[Answer]) -> Answer:
    """Put answers about stretches of one window into the first file, series by series."""
    series: dict[bytes, dict[str, Json]] = {}
    last = answers[-1]
    for part, answer in zip(parts, answers, strict=True):
        seen, _ = examined(part, answer) if part.exists() else (answer, True)
        if seen.outcome != "ok":
            last = seen
            break
        for item in _results(load(part)):
            key = orjson.dumps(item.get("metric"), option=orjson.OPT_SORT_KEYS)
            into = series.setdefault(key, {**item, "values": []})
            values, more = into["values"], item.get("values")
            if isinstance(values, list) and isinstance(more, list):
                values.extend(more)
    body = {"status": "success", "data": {"resultType": "matrix", "result": list(series.values())}}
    for part in parts:
        part.unlink(missing_ok=True)
    parts[0].write_bytes(orjson.dumps(body))
    total = replace(last, size=sum(a.size for a in answers), seconds=sum(a.seconds for a in answers))
    return replace(total, outcome="partial") if series and total.outcome not in {"ok", "empty"} else total


def _results(value: Json) -> list[dict[str, Json]]:
    data = value.get("data") if isinstance(value, dict) else None
    result = data.get("result") if isinstance(data, dict) else None
    return [item for item in result if isinstance(item, dict)] if isinstance(result, list) else []


def examined(path: Path, answer: Answer) -> tuple[Answer, bool]:
    """Look into an answer on disk; tell an error inside a 200 and whether there is no result in it."""
    if answer.outcome == "empty":
        return replace(answer, outcome="failed", note="the answer has no body"), True
    try:
        value = load(path)
    except ValueError:
        if answer.outcome == "partial":
            return _recovered(path, answer)
        return replace(answer, outcome="failed", note=f"the answer ({answer.size} bytes) is no JSON"), True
    if complaint := complaint_of(value):
        return replace(answer, outcome="failed", note=complaint), True
    data = value.get("data") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(data, dict):
        return replace(answer, outcome="failed", note="the answer is no answer of a Prometheus"), True
    warnings = strings(value.get("warnings"))
    if value.get("isPartial") is True:
        warnings.append("the store says that its answer is partial")
    if warnings:
        answer = replace(answer, outcome="partial", note="; ".join(warnings)[:300])
    return answer, not (data.get("result") or data.get("groups"))


def _recovered(path: Path, answer: Answer) -> tuple[Answer, bool]:
    """Keep the whole series, or groups of rules, of an answer that was cut; failed where there are none."""
    for key in ("result", "groups"):
        if whole := whole_elements(path, "data", key):
            kind = {"resultType": "matrix"} if key == "result" else {}
            path.write_bytes(orjson.dumps({"status": "success", "data": {**kind, key: whole}}))
            return replace(answer, note=f"{answer.note}; {len(whole)} came whole and are kept"), False
    return replace(answer, outcome="failed", note=f"{answer.note}; nothing of it came whole"), True


def judged(document: Document) -> Answer:
    """Return the answer, failed where its body says so although its status does not."""
    if document.answer.outcome == "ok" and (complaint := complaint_of(document.value)):
        return replace(document.answer, outcome="failed", note=complaint)
    return document.answer


def complaint_of(value: Json) -> str:
    """Say what an error body complains of; empty where it is no error."""
    if isinstance(value, dict) and value.get("status") == "error":
        return f"{value.get('errorType') or 'error'}: {value.get('error') or 'no reason given'}"[:300]
    return ""


def data_of(document: Document) -> Json:
    """Take out what a usable answer holds; None where it is not usable."""
    value = document.value
    return value.get("data") if isinstance(value, dict) and not complaint_of(value) else None


def strings(value: Json) -> list[str]:
    """Keep the strings of a list."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
