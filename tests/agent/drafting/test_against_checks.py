"""The catalogue's words and whole drafts, seen by the checks that every draft must pass."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agent.checks import check_document, check_draft
from agent.drafting import catalogue
from agent.drafting.phrasing import fill
from agent.schema.digest import Digest

from . import digests
from .conftest import NOW, Making

VALUES = {"component": "checkout", "service": "checkout", "seen": "checkout logged an error", "gap": "6 min"}
MADE = (
    digests.credentials, digests.kubelet, digests.liveness, digests.slow_callee, digests.dns, digests.job,
    digests.wrong_data, digests.after_deploy, digests.watchdog, digests.single_series,
)  # fmt: skip


def test_no_template_blames_and_every_action_is_complete() -> None:
    lines = ["# Report", "", "**Date**: 2026-03-03", "", "## Contributing factors", ""]
    entries = [*catalogue.load(), *catalogue.circumstances().values()]
    values = {**VALUES, "alertname": "CheckoutErrors"}
    for entry in entries:
        lines += [f"{fill(entry.title, values)}.", "", fill(entry.claim, values), ""]
    lines += ["## Action items", "", "| Action | Owner | Deadline | Priority | Type | Factor |"]
    lines += ["|---|---|---|---|---|---|"]
    lines += [
        f"| {fill(item.action, values)} | Checkout team | 2026-03-24 | {item.priority} | {item.kind} | F1 |"
        for entry in entries
        for item in entry.actions
    ]
    findings = [
        (finding.rule, finding.text, lines[finding.line - 1])
        for finding in check_document("\n".join(lines))
        if finding.rule[0] in "AB" and finding.level != "info"
    ]
    assert findings == []


@pytest.mark.parametrize("build", MADE, ids=lambda build: build.__name__)
def test_drafts_pass_the_checks(make: Making, build: Callable[[Making], Digest]) -> None:
    digest = build(make)
    found = check_draft(make.draft(make.brief(digest)), digest, now=NOW)
    assert [(f.rule, f.section, f.message) for f in found if f.level == "error"] == []
