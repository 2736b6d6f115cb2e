"""Every prompt as it is sent, kept as a readable file: a change of wording is a change of a snapshot.

`UPDATE_SNAPSHOTS=1 pytest tests/prompts` writes them anew.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import prompts

FOLDER = Path(__file__).parent / "snapshots"
VALUES = {
    "label": "5eed5eed5eed5eed",
    "record": "<<recorded 5eed5eed5eed5eed\ntitle: Checkout slow\nrecorded 5eed5eed5eed5eed>>",
    "digest": "<<recorded 5eed5eed5eed5eed\nL1 | 2024-05-01T10:00:00Z | error | shop | shop logged an error\n"
    "recorded 5eed5eed5eed5eed>>",
    "found": "<<recorded 5eed5eed5eed5eed\nM7 | no time | shop | latency of shop stayed at 3\n"
    "recorded 5eed5eed5eed5eed>>",
    "limits": "3 rounds of up to 4 looks, 10 looks in all",
    "looked": "<<recorded 5eed5eed5eed5eed\nfind_series metric=latency -> M7\nrecorded 5eed5eed5eed5eed>>",
    "standing": "<<recorded 5eed5eed5eed5eed\nN1 | The recording holds no chat\nrecorded 5eed5eed5eed5eed>>",
    "reason": "its 3 rounds are used",
    "timeline": "(the rows)",
    "explanations": "(the explanations)",
    "notes": "",
    "factors": "(the factors)",
    "wanted": "summary, impact",
    "analysis": "(the analysis)",
    "claims": "(the refused sentences)",
    "draft": "(the passages)",
    "problems": "- rows: Field required",
    "families": "(the families of rules)",
    "sentences": "<<recorded 5eed5eed5eed5eed\n1. [factor; in doubt: none] The queue held.\n"
    "recorded 5eed5eed5eed5eed>>",
}


@pytest.mark.parametrize("name", prompts.names())
def test_a_prompt_is_sent_as_its_snapshot_shows(name: str) -> None:
    prompt = prompts.load(name)
    made = f"{prompt.id} version {prompt.version}\n\n" + prompt.render(
        **{key: VALUES[key] for key in prompt.inputs}
    )
    file = FOLDER / f"{name}.txt"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        FOLDER.mkdir(exist_ok=True)
        file.write_text(made, encoding="utf-8")
    assert made == file.read_text(encoding="utf-8"), "UPDATE_SNAPSHOTS=1 writes the snapshots anew"


def test_no_snapshot_is_left_of_a_prompt_that_is_gone() -> None:
    assert sorted(file.stem for file in FOLDER.glob("*.txt")) == list(prompts.names())
