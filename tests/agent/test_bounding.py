"""An interrupted process does not wait for what its threads wait for."""

from __future__ import annotations

import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from agent.bounding import TimedOut, bounded, interruptible


def test_an_interrupt_reaches_calls_that_other_threads_wait_for() -> None:
    never, begun = threading.Event(), time.monotonic()
    with interruptible(), ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(bounded, never.wait, 60.0)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            waiting.result()
    assert time.monotonic() - begun < 10
    assert bounded(lambda: 7, 1.0) == 7, "the next command is not interrupted"
    never.set()


def test_a_call_that_hangs_is_given_up_after_its_time() -> None:
    never = threading.Event()
    with pytest.raises(TimedOut):
        bounded(never.wait, 0.05)
    never.set()
