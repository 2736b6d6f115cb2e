"""kubectl as a way to a cluster: its login, its context, its errors; never a shell."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import IO

import orjson

from tools.http import Answer, Document, Json
from tools.sources.kube_resources import CONFIG_MAPS, ContainerLog, Resource

_BLOCK = 1 << 16
_REASON = re.compile(r"^Error from server(?: \((?P<reason>\w+)\))?", re.IGNORECASE)
_COMPLAINT = re.compile(r"^(?:error|unable to|the connection to)", re.IGNORECASE)
_STATUS = {"Forbidden": 403, "Unauthorized": 401, "NotFound": 404, "BadRequest": 400, "TooManyRequests": 429}
_LOGGED_OUT = re.compile(r"must be logged in|Unauthorized|provide credentials", re.IGNORECASE)
_USERINFO = re.compile(r"(?<=://)[^/\s@]+@")


@dataclass(frozen=True, slots=True)
class Kubectl:
    """Runs kubectl; every answer is bounded in time and bytes."""

    program: str
    options: tuple[str, ...]
    """Which cluster: --context, --kubeconfig."""
    environ: Mapping[str, str]
    left: Callable[[], float]
    """Seconds that all commands together still have."""
    bytes: int
    """Bytes that one answer may have."""

    def told_list(self, resource: Resource, namespace: str, selector: str) -> str:
        """Write the command that lists a resource, as a person would type it."""
        return " ".join((Path(self.program).name, *_listing(resource, namespace, selector)))

    def told_log(self, log: ContainerLog) -> str:
        """Write the command that reads a log, as a person would type it."""
        return " ".join((Path(self.program).name, *_logging(log)))

    def listed(self, resource: Resource, namespace: str, selector: str) -> Document:
        """List a resource; the value is the list that kubectl prints as JSON."""
        return self._json(_listing(resource, namespace, selector))

    def first(self, resource: Resource, namespace: str) -> Document:
        """Ask for one object of a resource, to see whether it may be listed."""
        return self._json(("get", "--raw", f"/{resource.path(namespace)}?limit=1"))

    def version(self) -> Document:
        """Ask for the server's version."""
        return self._json(("get", "--raw", "/version"))

    def log(self, log: ContainerLog, target: Path) -> Answer:
        """Stream a log into a file; where it failed or was refused, there is no file."""
        with target.open("wb") as file:
            answer = self._run((*_logging(log), f"--limit-bytes={self.bytes + 1}"), file)
        if answer.outcome in {"failed", "denied"}:
            target.unlink(missing_ok=True)
        return answer

    def scrub(self, text: str) -> str:
        """Remove passwords of addresses from a text for people, and make it one line."""
        return " ".join(_USERINFO.sub("***@", text).split())

    def _json(self, arguments: Sequence[str]) -> Document:
        into = BytesIO()
        answer = self._run(arguments, into)
        if answer.outcome == "partial":
            return Document(replace(answer, outcome="failed", note=f"{answer.note}, so it cannot be read"))
        if answer.outcome != "ok":
            return Document(answer)
        try:
            value: Json = orjson.loads(into.getvalue())
        except orjson.JSONDecodeError as error:
            note = f"the answer ({answer.size} bytes) is no JSON: {error}"
            return Document(replace(answer, outcome="failed", note=note))
        return Document(answer, value)

    def _run(self, arguments: Sequence[str], target: IO[bytes]) -> Answer:
        seconds, began = self.left(), time.monotonic()
        if seconds <= 0:
            return Answer("failed", note="no time was left to ask")
        command = (self.program, *self.options, f"--request-timeout={max(1, round(seconds))}s", *arguments)
        killed = threading.Event()
        with tempfile.TemporaryFile() as errors:
            try:
                process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    env=dict(self.environ),
                    start_new_session=True,  # credential plugins are its children and end with it
                )
            except OSError as error:
                return Answer("failed", note=f"{self.program} cannot be run: {error.strerror or error}")
            timer = threading.Timer(seconds, _stop, (process, killed))
            timer.start()
            try:
                size = _copy(process.stdout, target, self.bytes)
                if size > self.bytes:
                    _stop(process, threading.Event())
                process.wait()
            finally:
                timer.cancel()
                if process.poll() is None:
                    _stop(process, killed)
                    process.wait()
                if process.stdout:
                    process.stdout.close()
            errors.seek(0)
            said = errors.read(_BLOCK).decode("utf-8", "replace")
        answer = self._judged(size, process.returncode, said, timed_out=killed.is_set(), seconds=seconds)
        return replace(answer, tries=1, seconds=time.monotonic() - began)

    def _judged(self, size: int, code: int, said: str, *, timed_out: bool, seconds: float) -> Answer:
        if timed_out:
            return Answer("failed", note=f"the answer took longer than {seconds:.0f} s", status=504)
        if size > self.bytes:
            return Answer(
                "partial", 200, note=f"cut after {self.bytes} bytes: the answer is longer", size=self.bytes
            )
        if code == 0:
            return Answer("ok" if size else "empty", 200, size=size)
        return refusal(self.scrub(_complaint(said)) or f"kubectl ended with {code}")


def refusal(text: str) -> Answer:
    """Read what kubectl complains of; `status` is None where no server answered."""
    match = _REASON.match(text)
    reason = (match["reason"] or "") if match else ""
    status = _STATUS.get(reason, 500 if match else None)
    if _LOGGED_OUT.search(text):
        status = 401
    if "doesn't have a resource type" in text:
        status = 404
    outcome = "denied" if status in {401, 403} else "failed"
    return Answer(outcome, status, note=text[:240], final=status == 401)


def _complaint(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return next((line for line in reversed(lines) if _COMPLAINT.match(line)), lines[-1] if lines else "")


def _listing(resource: Resource, namespace: str, selector: str) -> tuple[str, ...]:
    if resource is CONFIG_MAPS:  # as the server has them: newer kubectls leave out who changed them and when
        return ("get", "--raw", f"/{resource.path(namespace)}")
    where = ("-n", namespace) if namespace else ("--all-namespaces",) if resource.namespaced else ()
    return ("get", resource.full, *where, *(("-l", selector) if selector else ()), "-o", "json")


def _logging(log: ContainerLog) -> tuple[str, ...]:
    return (
        *("logs", log.pod, "-n", log.namespace, "-c", log.container),
        *(("--previous",) if log.previous else ()),
        *(f"--since-time={log.since}", "--timestamps", "--prefix", "--tail=-1"),
    )


def _copy(source: IO[bytes] | None, target: IO[bytes], limit: int) -> int:
    """Keep the first `limit` bytes; return how many were seen, at most one block more."""
    size = 0
    while source and size <= limit and (block := source.read(_BLOCK)):
        target.write(block[: max(0, limit - size)])
        size += len(block)
    return size


def _stop(process: subprocess.Popen[bytes], event: threading.Event) -> None:
    event.set()
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
