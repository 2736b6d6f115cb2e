"""SIGKILL after each node and inside each node: the next run ends with the same draft and repeats nothing."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.agent.workflow.kill_driver import DECIDING, DRAFTING

DRIVER = Path(__file__).with_name("kill_driver.py")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    home = tmp_path_factory.mktemp("killed")
    done = subprocess.run(
        [sys.executable, str(DRIVER), str(home)], capture_output=True, text=True, check=True, timeout=180
    )
    return json.loads(done.stdout)


def test_an_undisturbed_run_executes_every_node_once(results: dict[str, Any]) -> None:
    whole = results["whole"]
    assert whole["deaths"] == [0, 0]
    assert whole["runs"] == [list(DRAFTING), [], list(DECIDING), []]
    assert json.loads(whole["draft"])["provenance"]["revisions"] == 1


@pytest.mark.parametrize("finished", range(2, len(DRAFTING) + 1), ids=lambda n: f"{n}-{DRAFTING[n - 1]}")
def test_killed_after_a_node_the_draft_goes_on_at_the_next(results: dict[str, Any], finished: int) -> None:
    result = results[f"draft{finished}"]
    assert result["deaths"] == [signal.SIGKILL, 0, 0]
    assert result["runs"][0] == list(DRAFTING[:finished])
    assert result["runs"][1] == list(DRAFTING[finished:])
    assert result["draft"] == results["whole"]["draft"]
    assert result["reviews"] == ["drafted"]
    assert result["snapshots"] == ["evidence"]
    assert result["published"]


@pytest.mark.parametrize("finished", range(3, len(DRAFTING) + 1), ids=lambda n: f"{n}-{DRAFTING[n - 1]}")
def test_killed_inside_a_node_only_that_node_runs_again(results: dict[str, Any], finished: int) -> None:
    result = results[f"draft-{finished}"]
    assert result["deaths"] == [signal.SIGKILL, 0, 0]
    assert result["runs"][1] == list(DRAFTING[finished - 1 :])
    assert result["draft"] == results["whole"]["draft"]
    assert result["reviews"] == ["drafted"]
    assert result["snapshots"] == ["evidence"]


@pytest.mark.parametrize("finished", range(1, len(DECIDING)), ids=DECIDING[:-1])
def test_killed_after_the_decision_it_is_carried_out_once(results: dict[str, Any], finished: int) -> None:
    result = results[f"decide{finished}"]
    assert result["deaths"] == [0, signal.SIGKILL, 0]
    assert result["runs"][2] + result["runs"][3] == list(DECIDING)
    assert result["published"]


def test_a_source_that_had_finished_is_not_fetched_again(results: dict[str, Any]) -> None:
    half = results["half"]
    assert half["deaths"] == [signal.SIGKILL, 0]
    assert sorted(half["fetched"]) == ["db", "db", "web"]
