"""A fenced block that a person writes into the draft is refused, for it could not be kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.errors import UserError
from agent.report.markdown import render
from agent.report.parsing import parse
from agent.store import IncidentFolder

FIXTURE = Path(__file__).parents[2] / "fixtures" / "reviewed"


def test_a_code_block_in_a_section_is_refused_by_line() -> None:
    folder = IncidentFolder(FIXTURE)
    draft, digest = folder.read_draft(), folder.read_digest()
    assert draft is not None
    text = render(draft, digest)
    assert parse(text, draft) == draft
    edited = text.replace("## Impact\n", "## Impact\n\n```text\nkubectl delete pod web-0\n```\n")
    line = edited.splitlines().index("```text") + 1
    with pytest.raises(UserError, match=rf"draft\.md:{line}: a code block cannot be kept"):
        parse(edited, draft)
