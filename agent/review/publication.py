"""The final report: written on approval, published only while it is what was approved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from agent.errors import NotAllowed
from agent.report.document import Document, document
from agent.report.html import render_html
from agent.report.markdown import render
from agent.review.pictures import plots_of
from agent.review.state import ReviewState, named, require_draft, state_of
from agent.review.verification import verify
from agent.schema.review import Decision, ReviewEvent
from agent.schema.schedule import FollowUp, follow_up_of
from agent.store import IncidentFolder, to_json
from tools.sinks.markdown import WouldOverwrite, plan, write

SUFFIXES = (".md", ".json", ".html")


@dataclass(frozen=True, slots=True)
class Published:
    """What a publication wrote, or would write."""

    files: tuple[Path, ...]
    version: str
    by: str


def finalise(
    folder: IncidentFolder,
    decision: Decision,
    *,
    now: datetime,  # noqa: ARG001 - the files carry the time of approval, so writing twice gives the same bytes
) -> tuple[Path, ...]:
    """Write postmortem.md, .json and .html for a recorded approval; doing it again changes nothing.

    Raise NotAllowed where the approval is not recorded or the draft has changed since.
    """
    state = _approved(folder)
    if decision.verdict != "approve" or decision.version != state.version:
        raise NotAllowed(f"The decision on {folder.id} is not an approval of the present draft.")
    return tuple(
        folder.write_text(f"postmortem{suffix}", body.decode())
        for suffix, body in _report(folder, state).items()
    )


def publish_markdown(
    folder: IncidentFolder, target: Path, *, by: str, now: datetime, dry_run: bool = False
) -> Published:
    """Write `<date>-<id>.md`, `.json` and `.html` into a folder and record it; return the files.

    Raise NotAllowed where the draft is not approved, or it or the report has changed since, and where a file
    of another incident has the name, or where evidence or citations do not verify.
    """
    name = named(by)
    with folder.locked():
        state = _approved(folder)
        body = _report(folder, state)
        _unchanged(folder, body)
        _verified(folder)
        files = {f"{_stem(folder)}{suffix}": data for suffix, data in body.items()}
        try:
            paths = plan(target, files, ours=lambda found: _is_ours(found, folder.id))
        except WouldOverwrite as error:
            raise NotAllowed(str(error), hint="Publish to another folder, or move that file away.") from error
        if not dry_run:
            write(target, files)
            text = f"markdown:{target}"
            version = state.version or ""
            folder.append_review(ReviewEvent(at=now, by=name, action="published", version=version, text=text))
            write_follow_up(folder)
    return Published(paths, state.version or "", name)


def write_follow_up(folder: IncidentFolder) -> FollowUp:
    """Write follow-up.json: until when to distribute the report, and when to review its items."""
    draft, _ = require_draft(folder)
    published = min((event.at for event in folder.reviews() if event.action == "published"), default=None)
    due = follow_up_of(draft.header.end or folder.read_incident().end, published)
    folder.write_text("follow-up.json", to_json(due).decode())
    return due


def _approved(folder: IncidentFolder) -> ReviewState:
    require_draft(folder)
    state = state_of(folder)
    if state.approval_valid:
        return state
    if state.approval:
        message = f"draft.md of {folder.id} was edited after {state.approval.by} approved it."
        hint = f"`pm-agent review {folder.id}` takes the edit in; the new version needs its own approval."
    elif state.stale_approval:
        message = f"{folder.id} has changed since {state.stale_approval.by} approved it."
        hint = f"`pm-agent review {folder.id}` shows it; the new version needs its own approval."
    else:
        message = f"{folder.id} is {state.stage}, not approved."
        hint = f"`pm-agent approve {folder.id} --by NAME` approves it."
    raise NotAllowed(message, hint=hint)


def _report(folder: IncidentFolder, state: ReviewState) -> dict[str, bytes]:
    draft, _ = require_draft(folder)
    digest = folder.read_digest()
    approval = state.approval
    reviewed = {"reviewed_by": approval.by, "reviewed_at": approval.at} if approval else {}
    final = draft.model_copy(update={"header": draft.header.model_copy(update=reviewed)})
    plots = plots_of(folder, final, digest)
    return {
        ".md": render(final, digest).encode(),
        ".json": to_json(document(final, digest)),
        ".html": render_html(final, digest, plots=plots).encode(),
    }


def _unchanged(folder: IncidentFolder, body: Mapping[str, bytes]) -> None:
    for suffix, data in body.items():
        file = folder.path / f"postmortem{suffix}"
        if not file.is_file():
            raise NotAllowed(f"{file} is missing.", hint=f"`pm-agent approve {folder.id}` writes it.")
        if suffix != ".html" and file.read_bytes() != data:
            raise NotAllowed(
                f"{file} is not the report that was approved.",
                hint=f"`pm-agent approve {folder.id} --by NAME` writes the approved one again; "
                "edit the draft, not the report.",
            )


def _verified(folder: IncidentFolder) -> None:
    found = verify(folder)
    if not found.ok:
        first = found.problems[0]
        raise NotAllowed(
            f"{folder.id} does not verify: {first.where}: {first.message}",
            hint=f"`pm-agent verify {folder.id}` lists all {len(found.problems)} problems.",
        )


def _stem(folder: IncidentFolder) -> str:
    draft, _ = require_draft(folder)
    digest = folder.read_digest()
    day = draft.header.start or (digest.onset if digest else None) or draft.provenance.drafted_at
    return f"{day:%Y-%m-%d}-{folder.id}"


def _is_ours(found: Mapping[str, bytes], incident: str) -> bool:
    """Whether the files that lie there are an earlier publication of this incident."""
    data = next((body for name, body in found.items() if name.endswith(".json")), None)
    if data is None:
        return False
    try:
        return Document.model_validate_json(data).post_mortem.header.incident == incident
    except ValidationError:
        return False
