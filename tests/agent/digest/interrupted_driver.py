"""Starts slow work in processes and has its whole process group interrupted: `... SECONDS spawn|fork`."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from types import FrameType

from agent.bounding import interruptible
from agent.digest import processes


def slow(task: int) -> int:
    """Take longer than any test waits."""
    time.sleep(60 + task)
    return task


def press(_number: int, _frame: FrameType | None) -> None:
    """Do what a terminal does at Ctrl-C."""
    os.killpg(os.getpgrp(), signal.SIGINT)


def main(seconds: float, method: str) -> int:
    """Return 130 where the interrupt arrived."""
    if method == "spawn":  # beside another thread processes are not forked
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    signal.signal(signal.SIGALRM, press)
    with interruptible():
        try:
            signal.setitimer(signal.ITIMER_REAL, seconds)
            for _ in processes.each(slow, range(5), 2):
                pass
        except KeyboardInterrupt:
            return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), sys.argv[2]))
