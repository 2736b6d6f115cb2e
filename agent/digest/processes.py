"""The processes that count large logs."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.context import BaseContext
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def cores() -> int:
    """Count the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def each(work: Callable[[T], R], tasks: Sequence[T], workers: int) -> Generator[R]:
    """Yield `work` of every task in their order; an interrupt, or closing this, ends the processes at once.

    Where there is a worker for every task, this process is one of them. An interrupt from the terminal
    reaches the calling process alone.
    """
    others = set(multiprocessing.active_children())
    sent = tasks[:-1] if 1 < len(tasks) <= workers else tasks
    pool = ProcessPoolExecutor(min(workers, len(sent)), _context(), _prepare)
    try:
        with _uninterrupted():
            running = [pool.submit(work, task) for task in sent]
        with _hasty():
            own = [work(task) for task in tasks[len(sent) :]]
        running.reverse()
        while running:
            yield running.pop().result()
        yield from own
    except BaseException:
        # Nothing is cancelled: what a pool without processes holds, it ends as failed, and without a word.
        for process in set(multiprocessing.active_children()) - others:
            process.terminate()
        raise
    finally:
        pool.shutdown()


@contextmanager
def _uninterrupted() -> Generator[None]:
    """Hold interrupts back from this thread, and for good from the processes that are started within."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _context() -> BaseContext:
    # Forking is quick but unsafe beside other threads; spawning imports everything again.
    forks = "fork" in multiprocessing.get_all_start_methods() and threading.active_count() == 1
    return multiprocessing.get_context("fork" if forks else "spawn")


def _prepare() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where interrupts cannot be held back before
    _hasten()


def _hasten() -> None:
    from agent.digest.blocks import keep_memory  # noqa: PLC0415 - numpy, which large logs alone are worth

    keep_memory()
    gc.disable()  # nothing here forms cycles


@contextmanager
def _hasty() -> Generator[None]:
    """Do as a worker does, and collect garbage again afterwards where that was done before."""
    collecting = gc.isenabled()
    _hasten()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
