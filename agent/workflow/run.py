"""One run of the workflow over an incident folder: start it, resume it, answer it."""
# Signatures of langgraph are typed in part only:
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

from langchain_core.runnables import RunnableConfig
from langgraph.errors import is_invalid_resume
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Command

from agent.drafting.choosing import choose
from agent.drafting.drafter import Drafter
from agent.errors import ExitCode, NotAllowed, UserError
from agent.raw import ready
from agent.schema.review import Decision
from agent.settings import Settings, read_settings
from agent.sourcing import declared
from agent.store import IncidentFolder, open_bundle
from agent.workflow.briefing import requested_changes, settled_questions
from agent.workflow.checkpointing import checkpointer, thread_of
from agent.workflow.graph import build
from agent.workflow.outcome import DraftOutcome, outcome_of
from agent.workflow.progress import Progress, silent
from agent.workflow.stages import Deps, Stages
from agent.workflow.state import State
from agent.workflow.wiring import built_in

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

App = CompiledStateGraph[State, Deps, State, State]


def run_draft(
    folder: IncidentFolder,
    *,
    drafter: Drafter,
    settings: Settings,
    now: Callable[[], datetime],
    progress: Progress | None = None,
    fresh: bool = False,
    recollect: bool = False,
    rescoped: bool = False,
    stages: Stages | None = None,
) -> DraftOutcome:
    """Draft the incident up to the point where a person must decide.

    A run that was killed goes on at the node that had not finished. A draft that nobody has touched is
    written anew from the same snapshot; one that people have worked on is refused (NotAllowed) unless
    `fresh`. `recollect` adds a snapshot; so does `rescoped`, but a run that was killed in it goes on.
    Raise UserError where there is nothing to draft from.
    """
    deps = Deps(folder, drafter, settings, now, stages or built_in(), progress or silent)
    with _opened(deps) as run:
        start = _start(deps, recollect=recollect or rescoped)
        if recollect or fresh or not run.unfinished(start.basis):
            _refuse_to_overwrite(deps, allowed=fresh)
            if not start.collect:
                open_bundle(folder.path / start.snapshot).require_raw()
            ready(settings.collect)
            run.forget()
            folder.model_calls.unlink(missing_ok=True)
            folder.discard_staging()
            run.go(start)
        else:
            run.go(None)
        return outcome_of(folder, run.state(), drafter)


def resume(
    folder: IncidentFolder,
    decision: Decision,
    *,
    now: Callable[[], datetime],
    drafter: Drafter | None = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
    stages: Stages | None = None,
) -> None:
    """Carry a recorded decision out: publish locally, draft again with the comment, or end.

    Where the run is gone (checkpoints deleted, the folder moved), the decision is carried out all the same.
    """
    settings = settings or read_settings()
    drafter = drafter or choose(settings.drafter, settings, folder=folder)
    deps = Deps(folder, drafter, settings, now, stages or built_in(), progress or silent)
    with _opened(deps) as run:
        if run.carrying_out(decision):
            run.go(None)
            return
        if not run.waiting():
            run.forget()
            run.recover(_start(deps, recollect=False))
        run.answer(decision)


class _Run:
    """A compiled graph, and the one thread that an incident has in it."""

    def __init__(self, app: App, saver: BaseCheckpointSaver[str], deps: Deps) -> None:
        self._app, self._saver, self._deps = app, saver, deps
        self._thread = thread_of(deps.folder)
        self._config: RunnableConfig = {
            "configurable": {"thread_id": self._thread},
            "max_concurrency": 32,  # a source that hangs must not keep another one waiting
        }

    def state(self) -> State:
        """Read the state as it was last saved."""
        return State.model_validate(self._app.get_state(self._config).values)

    def waiting(self) -> bool:
        """Whether the run has stopped for a person."""
        return bool(self._app.get_state(self._config).interrupts)

    def carrying_out(self, decision: Decision) -> bool:
        """Whether a run was cut off after it had taken this very decision in."""
        saved = self._app.get_state(self._config)
        return bool(saved.next) and not saved.interrupts and saved.values.get("decision") == decision

    def unfinished(self, basis: str) -> bool:
        """Whether a run from the same basis was cut off before it reached a person or its end."""
        saved = self._app.get_state(self._config)
        return bool(saved.next) and not saved.interrupts and saved.values.get("basis") == basis

    def forget(self) -> None:
        """Drop the run; what it wrote into the incident folder stays."""
        self._saver.delete_thread(self._thread)

    def go(self, start: State | None) -> None:
        """Run from the start, or from where it stopped, to the next stop."""
        try:
            self._app.invoke(start, self._config, context=self._deps, durability="sync")
        except UserError as error:
            if error.exit_code is ExitCode.NO_EVIDENCE:  # resuming would only find the same nothing
                self.forget()
            raise

    def recover(self, start: State) -> None:
        """Put a run that is gone back to where a person decides, from the files that it left."""
        folder = self._deps.folder
        draft = folder.read_draft()
        if draft is None:
            raise NotAllowed(
                f"{folder.id} has no draft to decide on.",
                hint=f"`pm-agent draft --incident {folder.id}` writes one.",
            )
        values = start.model_copy(
            update={
                "draft": draft,
                "version": folder.draft_version() or "",
                "digest_sha256": draft.provenance.digest_sha256,
            }
        )
        self._app.update_state(self._config, dict(values), as_node="present")
        self.go(None)

    def answer(self, decision: Decision) -> None:
        """Hand the decision to the waiting node and run to the next stop."""
        try:
            self._app.invoke(Command(resume=decision), self._config, context=self._deps, durability="sync")
        except ValueError as error:
            if not is_invalid_resume(error):
                raise
            raise UserError(f"The decision cannot be used: {error}") from error


@contextmanager
def _opened(deps: Deps) -> Generator[_Run]:
    with deps.folder.locked(), checkpointer(deps.folder, deps.settings) as saver:
        yield _Run(build().compile(checkpointer=saver), saver, deps)


def _start(deps: Deps, *, recollect: bool) -> State:
    folder = deps.folder
    incident, snapshots = folder.read_incident(), folder.snapshots()
    sources = declared(incident, folder.incident_file, deps.settings)
    collect = recollect or not snapshots
    if collect and not sources:
        raise UserError(
            f"{folder.id} has neither a sealed snapshot nor sources to collect from.",
            hint=f"Name files under `sources` in {folder.incident_file}, systems under [[sources]] in "
            "pm-agent.toml, or make the incident with `pm-agent new --source PATH`.",
        )
    return State(
        basis=_basis(deps),
        snapshot=folder.next_snapshot() if collect else snapshots[-1].name,
        collect=collect,
        answers=settled_questions(folder),
        comments=requested_changes(folder),
    )


def _basis(deps: Deps) -> str:
    """Hash what a run depends on; a change of record, drafter or version starts a new run."""
    record = deps.folder.incident_file.read_bytes()
    shared = "\0".join(source.model_dump_json() for source in deps.settings.sources)
    people = deps.settings.people + "\0".join(member.model_dump_json() for member in deps.settings.roster)
    told = f"{deps.drafter.name}\0{version('pm-agent')}\0{shared}\0{people}\0".encode()
    return hashlib.sha256(told + record).hexdigest()


def _refuse_to_overwrite(deps: Deps, *, allowed: bool) -> None:
    folder = deps.folder
    if allowed or folder.read_draft() is None:
        return
    events = folder.reviews()
    last = max((at for at, event in enumerate(events) if event.action == "drafted"), default=-1)
    touched = [f"{event.action} by {event.by}" for event in events[last + 1 :]]
    if deps.stages.edited_by_hand(folder):
        touched.append("draft.md edited")
    if touched:
        raise NotAllowed(
            f"People have worked on the draft of {folder.id}: {', '.join(dict.fromkeys(touched))}.",
            hint="`--redraft` writes it anew: answers are carried over, edits stay in history/.",
        )
