"""Replies that were paid for, kept in the incident folder so that a run that was killed never asks twice.

One JSON line a reply, forced to disk before it is used; a last line that a kill cut short is left out.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path

from pydantic import ValidationError

from agent.drafting.model.request import ModelReply, Usage
from agent.schema.base import Model


class PaidCall(Model):
    """One reply, what it cost and what it answered."""

    key: str
    """Hash of the request."""
    step: str
    model: str
    reply: ModelReply
    seconds: float
    counted: int
    """Tokens of the request as counted before the call, without the safety factor."""
    shared: int
    """How many of these an earlier call had sent, up to a place that the endpoint was asked to keep."""
    kept: int = 0
    """How many stand before the last such place."""
    replied: int = 0
    """Tokens of the reply, counted in the same way."""
    usd: float | None
    """None where the model has no listed price."""
    prompts: tuple[str, ...] = ()
    """What the request was made of, as `id@version:hash`."""


class _Discarded(Model):
    discarded: str
    """Key of a reply that could not be used: it was paid for, and the next run asks again."""


class PaidCalls:
    """The log of one draft; in memory where there is no file."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._lock = threading.RLock()
        self._loaded = False
        self._calls: list[PaidCall] = []
        self._usable: dict[str, ModelReply] = {}

    def find(self, key: str) -> ModelReply | None:
        """Look up the reply to a request."""
        with self._lock:
            self._load()
            return self._usable.get(key)

    def add(self, call: PaidCall) -> None:
        """Keep a reply."""
        with self._lock:
            self._load()
            self._append(call)
            self._keep(call)

    def discard(self, key: str) -> None:
        """Never use a reply again; what it cost stays counted."""
        with self._lock:
            self._load()
            if self._usable.pop(key, None) is not None:
                self._append(_Discarded(discarded=key))

    @property
    def calls(self) -> tuple[PaidCall, ...]:
        """Every call so far, in order."""
        with self._lock:
            self._load()
            return tuple(self._calls)

    @property
    def prompts(self) -> tuple[str, ...]:
        """Every prompt that was sent, by id."""
        return tuple(sorted({name for call in self.calls for name in call.prompts}))

    @property
    def usage(self) -> Usage:
        """All tokens so far."""
        return sum((call.reply.usage for call in self.calls), Usage())

    @property
    def usd(self) -> float:
        """All money so far, as far as prices are listed."""
        return sum(call.usd or 0.0 for call in self.calls)

    def _load(self) -> None:
        if self._loaded or self._file is None:
            return
        self._loaded = True
        if not self._file.is_file():
            return
        whole, _, cut = self._file.read_bytes().rpartition(b"\n")
        if cut:
            with self._file.open("rb+") as file:
                file.truncate(len(whole) + 1 if whole else 0)
        try:
            for line in whole.splitlines():
                if line.startswith(b'{"discarded"'):
                    self._usable.pop(_Discarded.model_validate_json(line).discarded, None)
                else:
                    self._keep(PaidCall.model_validate_json(line))
        except ValidationError:  # written by another version: nothing in it can be used
            self._calls.clear()
            self._usable.clear()
            self._file.unlink()

    def _keep(self, call: PaidCall) -> None:
        self._calls.append(call)
        self._usable[call.key] = call.reply

    def _append(self, entry: Model) -> None:
        if self._file is None:
            return
        self._file.parent.mkdir(exist_ok=True)
        with self._file.open("a", encoding="utf-8") as file:
            file.write(entry.model_dump_json() + "\n")
            file.flush()
            os.fsync(file.fileno())
