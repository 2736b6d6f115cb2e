"""Clocks of container logs against the restarts that the cluster recorded; no shift where clocks agree."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import digest_bundles
import pytest

from agent.digest.intake import Intake, take_in
from agent.digest.objects import Inventory
from agent.digest.restarts import RestartBook
from agent.schema.incident import Incident
from agent.store import Home
from tools.formats.records import KubeEvent, LogRecord

BEGIN = datetime(2026, 3, 20, 12, tzinfo=UTC)
PODS = ("api-7d9c5b6f4-x2k8p", "api-7d9c5b6f4-m4q7w")


def taken(
    home: Path,
    ahead: float,
    *,
    seed: int = 1,
    restarts: int = 2,
    linked: bool = True,
    pods: int = 2,
    known: int = 2,
) -> Intake:
    """Seal the state of pods that restarted, and their logs, whose clock is so many seconds ahead.

    The logs show the restarts only where `linked`; else they pause at other times.
    """
    rng = random.Random(seed)
    incident = Incident(id="restarts", title="The API restarts", start=BEGIN)
    folder = Home(home).create(incident)
    with folder.new_snapshot() as scratch:
        (scratch / "logs").mkdir()
        (scratch / "kubectl").mkdir()
        states: list[object] = []
        lines: list[str] = []
        for pod in PODS[:pods]:
            starts = sorted(rng.uniform(300, 6900) for _ in range(restarts))
            states.append(state(pod, [BEGIN + timedelta(seconds=at) for at in starts], known))
            pauses = starts if linked else [rng.uniform(300, 6900) for _ in starts]
            lines += list(log(pod, pauses, ahead, rng))
        (scratch / "logs" / "api.log").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": states}, indent=1)
        (scratch / "kubectl" / "pods.json").write_text(text, encoding="utf-8")
        files = sorted(path for path in scratch.rglob("*") if path.is_file())
        digest_bundles.seal(scratch, incident.id, files)
    bundle = folder.bundle()
    assert bundle is not None
    found = take_in(bundle, incident)
    assert len(found.inventory.of("Pod")) == pods
    assert set(found.restarts.courses["logs/api.log"]) == {(pod, "api") for pod in PODS[:pods]}
    return found


def state(pod: str, starts: list[datetime], known: int) -> object:
    """Write a pod as the API lists it: the last start of its container is known, or the last two are."""
    last, now = f"{starts[-2]:%Y-%m-%dT%H:%M:%SZ}", f"{starts[-1]:%Y-%m-%dT%H:%M:%SZ}"
    ended = {"exitCode": 137, "reason": "Error", "startedAt": last, "finishedAt": now}
    status = {
        "name": "api", "ready": True, "restartCount": len(starts), "image": "api:1", "imageID": "",
        "state": {"running": {"startedAt": now}}, "lastState": {"terminated": ended} if known > 1 else {},
    }  # fmt: skip
    return {
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": pod, "namespace": "shop"},
        "spec": {"nodeName": "n1", "containers": [{"name": "api", "image": "api:1"}]},
        "status": {"phase": "Running", "containerStatuses": [status]},
    }  # fmt: skip


def log(pod: str, pauses: list[float], ahead: float, rng: random.Random) -> Iterator[str]:
    at = 0.0
    for pause in [*sorted(pauses), 7200.0]:
        while at < pause - 25:
            yield line(pod, at + ahead, f"handled order {rng.randint(1, 9999)}")
            at += rng.uniform(0.2, 3.0)
        at = max(at, pause + rng.uniform(1, 8))
        if pause < 7200:
            yield line(pod, at + ahead, "listening on :8080")


def line(pod: str, second: float, message: str) -> str:
    stamp = f"{BEGIN + timedelta(seconds=second):%Y-%m-%d %H:%M:%S,%f}"[:-3]
    return f"[pod/{pod}/api] {stamp} INFO  [main] shop.Api - {message}"


@pytest.mark.parametrize("hours", [8.0, -5.5, 1.0])
def test_restarts_show_the_hours_by_which_a_log_was_misread(tmp_path: Path, hours: float) -> None:
    found = taken(tmp_path, 3600 * hours)
    (offset,) = found.offsets
    assert (offset.artifact, offset.seconds, offset.by) == ("logs/api.log", 3600 * hours, "restarts")
    assert (offset.zone, offset.confidence, offset.applied) == (True, "medium", True)
    assert "container restarts, medium confidence): a zone was misread" in offset.sentence()
    extent = found.logs.extent()
    assert extent is not None
    assert abs((extent[0] - BEGIN).total_seconds()) < 60


@pytest.mark.parametrize("seed", range(12))
def test_no_shift_is_found_where_clocks_agree_or_nothing_is_linked(tmp_path: Path, seed: int) -> None:
    assert taken(tmp_path / "equal", 0.0, seed=seed).offsets == ()
    assert taken(tmp_path / "apart", 0.0, seed=seed, linked=False, restarts=3).offsets == ()
    assert taken(tmp_path / "drift", 400.0, seed=seed).offsets == ()


def test_one_restart_tells_too_little(tmp_path: Path) -> None:
    assert taken(tmp_path / "one", 8 * 3600.0, pods=1, known=1).offsets == ()
    assert len(taken(tmp_path / "two", 8 * 3600.0, pods=1).offsets) == 1


def test_events_tell_of_starts_as_well() -> None:
    book = RestartBook()
    first, last = (BEGIN + timedelta(minutes=at) for at in (20, 50))
    book.event(KubeEvent(1, 1, first, last, "Normal", "Started", "Pod", PODS[0], "Started container api", 2))
    book.event(KubeEvent(2, 2, first, last, "Normal", "Pulled", "Pod", PODS[0], "Pulled image api", 2))
    for minute in (*range(20), *range(21, 49), *range(51, 60)):
        time = BEGIN + timedelta(hours=8, minutes=minute, seconds=3)
        book.log("a.log", LogRecord(minute + 1, minute + 1, time, "x", pod=PODS[0], container="api"))
    assert book.started == {(PODS[0], "api"): {first.timestamp(), last.timestamp()}}
    assert book.offsets(Inventory(), ()) == []  # a line a minute: each is behind a gap of its own
    quick = RestartBook(started=book.started)
    for second in (*range(1195), *range(1204, 2990), *range(3003, 3600)):
        time = BEGIN + timedelta(hours=8, seconds=second)
        quick.log("a.log", LogRecord(second + 1, second + 1, time, "x", pod=PODS[0]))
    (offset,) = quick.offsets(Inventory(), ())
    assert (offset.seconds, offset.shared) == (8 * 3600.0, 2)
    assert quick.offsets(Inventory(), ("a.log",)) == []
