"""The files of a draft, always written together: draft.json, draft.md, draft.html and findings.json."""

from __future__ import annotations

from agent.report.citations import citations
from agent.report.html import render_html
from agent.report.markdown import render
from agent.review.pictures import plots_of
from agent.schema.base import Model, parse_json
from agent.schema.digest import Digest
from agent.schema.finding import Finding
from agent.schema.postmortem import PostMortem
from agent.store import IncidentFolder, to_json

FINDINGS_FILE = "findings.json"


class FindingsFile(Model):
    """What the checks found, and on which version."""

    version: str
    """sha256 of draft.json that was checked."""
    findings: tuple[Finding, ...]


def save_draft(
    folder: IncidentFolder, draft: PostMortem, digest: Digest | None, findings: tuple[Finding, ...]
) -> str:
    """Write a draft with its renderings and findings; return its version.

    draft.md comes first: after a crash the newer text is read back like an edit, and no older text is.
    """
    folder.write_text("draft.md", render(draft, digest, findings))
    version = folder.write_draft(draft)
    checked = FindingsFile(version=version, findings=findings)
    folder.write_text(FINDINGS_FILE, to_json(checked).decode())
    plots = plots_of(folder, draft, digest)
    folder.write_text("draft.html", render_html(draft, digest, plots=plots, findings=findings))
    return version


def read_findings(folder: IncidentFolder) -> tuple[Finding, ...] | None:
    """Read the findings of the present draft; None where they are missing or of another version."""
    file = folder.path / FINDINGS_FILE
    if not file.is_file():
        return None
    checked = parse_json(FindingsFile, file.read_bytes(), where=str(file))
    return checked.findings if checked.version == folder.draft_version() else None


def with_contradictions(
    folder: IncidentFolder, draft: PostMortem, findings: tuple[Finding, ...]
) -> tuple[Finding, ...]:
    """Add the contradictions that a model found in the recorded draft and no rule can find again.

    Each stays while both of its passages stand in `draft` word for word, so that a hand edit settles it and
    nothing else does.
    """
    passages = {statement.text for statement in citations(draft)}
    recorded = (item for item in read_findings(folder) or () if item.rule == "C06" and item.text in passages)
    kept = tuple(
        item
        for item in recorded
        if item not in findings and any(f'("{other}")' in item.message for other in passages)
    )
    return (*findings, *kept)
