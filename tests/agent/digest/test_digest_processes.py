"""Work in processes comes back in order, and an interrupt ends it at once, without a word and a remnant."""

from __future__ import annotations

import gc
import multiprocessing
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agent.digest import processes

DRIVER = Path(__file__).with_name("interrupted_driver.py")
ROOT = Path(__file__).parents[3]


def test_results_come_in_the_order_of_the_tasks() -> None:
    assert list(processes.each(abs, [-3, 2, -1, 0], 2)) == [3, 2, 1, 0]


def _number_of_process(_: int) -> int:
    return os.getpid()


def test_with_a_worker_for_every_task_this_process_is_one_of_them() -> None:
    assert gc.isenabled()
    ids = list(processes.each(_number_of_process, [1, 2, 3], 3))
    assert ids[2] == os.getpid()
    assert os.getpid() not in ids[:2]
    assert gc.isenabled()


def test_a_failure_in_its_own_share_is_raised_and_leaves_no_process() -> None:
    others = set(multiprocessing.active_children())
    with pytest.raises(TypeError):
        list(processes.each(abs, [1, "a"], 2))  # pyright: ignore[reportArgumentType] - to fail
    for process in set(multiprocessing.active_children()) - others:
        process.join(5)
        assert not process.is_alive()


def test_a_failure_in_a_process_is_raised() -> None:
    with pytest.raises(TypeError):
        list(processes.each(abs, ["a", -1], 2))  # pyright: ignore[reportArgumentType] - to fail


@pytest.mark.parametrize(
    ("method", "seconds"),
    [("fork", 0.004), ("fork", 0.05), ("fork", 0.3), ("spawn", 0.05), ("spawn", 0.4)],
)
def test_ctrl_c_reaches_the_calling_process_alone(method: str, seconds: float) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(DRIVER), str(seconds), method]
    begun = time.monotonic()
    done = subprocess.Popen(
        command, stdout=-1, stderr=subprocess.STDOUT, env=environment, start_new_session=True, text=True
    )
    written, _ = done.communicate(timeout=50)
    assert (done.returncode, written) == (130, "")
    assert time.monotonic() - begun < 30
    for _ in range(100):  # multiprocessing's own tracker ends a moment later
        try:
            os.killpg(done.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    pytest.fail("a process was left")
