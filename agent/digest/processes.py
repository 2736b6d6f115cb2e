"""The processes that count large logs."""

from __future__ import annotations

import gc
import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.context import BaseContext


def cores() -> int:
    """Count the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def pool(workers: int) -> ProcessPoolExecutor:
    """Make a pool for counting."""
    return ProcessPoolExecutor(workers, _context(), _prepare)


def _context() -> BaseContext:
    # Forking is quick but unsafe beside other threads; spawning imports everything again.
    forks = "fork" in multiprocessing.get_all_start_methods() and threading.active_count() == 1
    return multiprocessing.get_context("fork" if forks else "spawn")


def _prepare() -> None:
    from agent.digest.blocks import keep_memory  # noqa: PLC0415 - numpy, which large logs alone are worth

    keep_memory()
    gc.disable()  # the process ends with this work, and nothing here forms cycles
