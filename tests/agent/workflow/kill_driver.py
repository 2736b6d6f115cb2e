"""Runs drafts in forked children that kill themselves, and reports what each run executed, as JSON.

One process imports langgraph once; `python kill_driver.py HOME` forks two children for every place to die.
"""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from agent.schema.review import Decision
from agent.settings import Settings
from agent.sourcing import Declared
from agent.store import IncidentFolder
from agent.workflow.progress import StageEvent
from agent.workflow.run import resume, run_draft
from agent.workflow.stages import Part
from tests.agent.workflow import scripted

DRAFTING = (
    "collect", "collect", "seal", "digest", "investigate", "timeline", "factors", "writing", "assemble",
    "contradictions", "check", "revise", "check", "present",
)  # fmt: skip
DECIDING = ("review", "publish", "follow_up", "raw")
APPROVE = Decision(verdict="approve", by="Dana", version="v")


def watched(log: Path, die_at: int | None) -> Callable[[StageEvent], None]:
    """Log finished stages; die when the stage after `die_at` of them starts, or inside it if negative."""
    finished = 0

    def tell(event: StageEvent) -> None:
        nonlocal finished
        if event.kind == "started":
            if die_at is not None and die_at == finished and finished:
                os.kill(os.getpid(), signal.SIGKILL)
            return
        with log.open("a") as file:
            file.write(event.stage + "\n")
        finished += 1
        if die_at is not None and die_at == -finished:
            os.kill(os.getpid(), signal.SIGKILL)

    return tell


def child(work: Callable[[], object]) -> int:
    """Run in a forked process; return its signal or exit status."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(0 if sys.exc_info()[0] is None else 1)
    _, status = os.waitpid(pid, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def draft(folder: IncidentFolder, log: Path, die_at: int | None) -> None:
    run_draft(
        folder,
        drafter=scripted.ScriptedDrafter(blame=1),
        settings=scripted.SETTINGS,
        now=scripted.now,
        progress=watched(log, die_at),
        stages=scripted.STAGES,
    )


def decide(folder: IncidentFolder, log: Path, die_at: int | None) -> None:
    resume(
        folder,
        APPROVE,
        now=scripted.now,
        drafter=scripted.ScriptedDrafter(),
        settings=scripted.SETTINGS,
        progress=watched(log, die_at),
        stages=scripted.STAGES,
    )


def lines(log: Path) -> list[str]:
    return log.read_text().split() if log.is_file() else []


def attempt(
    home: Path, name: str, *, die_drafting: int | None, die_deciding: int | None
) -> dict[str, object]:
    folder = scripted.incident_folder(home / name)
    logs = [home / name / f"{part}.log" for part in ("draft-1", "draft-2", "decide-1", "decide-2")]
    deaths = [child(lambda: draft(folder, logs[0], die_drafting))]
    if die_drafting is not None:
        deaths.append(child(lambda: draft(folder, logs[1], None)))
    drafted = folder.draft_file.read_text() if folder.draft_file.is_file() else ""
    events = [event.action for event in folder.reviews()]
    deaths.append(child(lambda: decide(folder, logs[2], die_deciding)))
    if die_deciding is not None:
        deaths.append(child(lambda: decide(folder, logs[3], None)))
    return {
        "deaths": deaths,
        "runs": [lines(log) for log in logs],
        "draft": drafted,
        "reviews": events,
        "snapshots": [path.name for path in folder.snapshots()],
        "published": (folder.path / "postmortem.md").is_file() and (folder.path / "follow-up.json").is_file(),
    }


def half_collected(home: Path) -> dict[str, object]:
    """Die in the second source while the first has finished, then run again."""
    folder = scripted.incident_folder(home / "half")
    log = home / "half" / "fetched.log"

    def fetch(source: Declared, folder: IncidentFolder, settings: Settings, scratch: Path, /) -> Part:
        name = source.spec.name
        with log.open("a") as file:
            file.write(name + "\n")
        if name == "db" and len(lines(log)) < 3:
            time.sleep(0.5)
            os.kill(os.getpid(), signal.SIGKILL)
        return scripted.fetch(source, folder, settings, scratch)

    stages = dataclasses.replace(scripted.STAGES, fetch=fetch)

    def work() -> None:
        run_draft(
            folder,
            drafter=scripted.ScriptedDrafter(),
            settings=scripted.SETTINGS,
            now=scripted.now,
            stages=stages,
        )

    return {"deaths": [child(work), child(work)], "fetched": lines(log)}


def main() -> None:
    home = Path(sys.argv[1])
    results: dict[str, object] = {
        "whole": attempt(home, "whole", die_drafting=None, die_deciding=None),
        "half": half_collected(home),
    }
    for number in range(1, len(DRAFTING) + 1):
        for sign in (1, -1):
            if (sign, number) == (1, 1):  # both sources start at once, see half_collected
                continue
            name = f"draft{sign * number}"
            results[name] = attempt(home, name, die_drafting=sign * number, die_deciding=None)
    for number in range(1, len(DECIDING) + 1):
        for sign in (1, -1):
            if (sign, number) != (1, len(DECIDING)):  # after the last stage nothing starts
                name = f"decide{sign * number}"
                results[name] = attempt(home, name, die_drafting=None, die_deciding=sign * number)
    sys.stdout.write(json.dumps(results))


if __name__ == "__main__":
    main()
