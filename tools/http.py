"""Reading over HTTP: bounded in time, tries and bytes; every failure is an outcome, without secrets in it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import BinaryIO, Literal, TypeAlias
from urllib.parse import urlsplit

import httpx
import orjson

from tools.endpoint import Endpoint, Refusal, Unsigned, without_password

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Outcome = Literal["ok", "empty", "partial", "denied", "failed"]
Params = Sequence[tuple[str, str]]

_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_MEMORY_BYTES = 64 * 1024 * 1024
_PROBLEM_BYTES = 4096
_USERINFO = re.compile(r"(?<=://)[^/\s@]+@")
_SECRET_PARAMETER = re.compile(
    r"((?:token|secret|password|passwd|api_?key|signature|sig|auth|credential)[a-z_-]*=)[^&\s\"']+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one request came to. A failure and an empty answer have different outcomes."""

    outcome: Outcome
    status: int | None = None
    """Status of the last answer; None where there was none."""
    body: bytes = b""
    """Empty where the answer was written to a file."""
    note: str = ""
    """What went wrong, fit for a report: without secrets, one line."""
    size: int = 0
    tries: int = 0
    seconds: float = 0.0
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """Lower-case names."""
    final: bool = False
    """Whether the service would refuse everything else as well, as it does not know who asks."""

    @property
    def usable(self) -> bool:
        """Whether a whole answer came back."""
        return self.outcome in {"ok", "empty"}


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON answer, parsed; `value` is None unless the answer is usable."""

    answer: Answer
    value: Json = None


@dataclass(frozen=True, slots=True)
class _Question:
    method: str
    path: str
    params: Params
    body: Json = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    target: Path | None = None


class Service:
    """One HTTP service; use as a context manager."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        left: Callable[[], float] = lambda: float("inf"),
    ) -> None:
        """Take how the world is reached; `left` tells the seconds that all requests together still have."""
        self.endpoint = endpoint
        self._sleep, self._clock, self._now, self._left = sleep, clock, now, left
        self._base = without_password(endpoint.url).rstrip("/")
        self._client = endpoint.client(transport)

    def __enter__(self) -> Service:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Give up the connections."""
        self._client.close()

    def get(self, path: str, params: Params = ()) -> Answer:
        """Read an answer into memory; at most 64 MiB."""
        return self._ask(_Question("GET", path, params))

    def get_json(self, path: str, params: Params = ()) -> Document:
        """Read a JSON answer; one that is no JSON, or is cut off, has failed."""
        return self._parsed(self.get(path, params))

    def post_json(
        self, path: str, body: Json, params: Params = (), headers: Mapping[str, str] | None = None
    ) -> Document:
        """Send a JSON body, None for none at all, to an address that only reads; read the JSON answer."""
        return self._parsed(self._ask(_Question("POST", path, params, body, headers or {})))

    def download(self, path: str, params: Params, target: Path) -> Answer:
        """Stream an answer into a file; where it failed or was refused, there is no file."""
        target.parent.mkdir(parents=True, exist_ok=True)
        answer = self._ask(_Question("GET", path, params, target=target))
        if answer.outcome in {"failed", "denied"}:
            target.unlink(missing_ok=True)
        return answer

    def scrub(self, text: str) -> str:
        """Remove what we know to be secret, and every address's password, from a text for people."""
        for secret in self.endpoint.secrets():
            text = text.replace(secret, "***")
        text = _SECRET_PARAMETER.sub(r"\1***", _USERINFO.sub("***@", text))
        return " ".join(text.split())

    def _parsed(self, answer: Answer) -> Document:
        if answer.outcome != "ok":
            return Document(answer)
        try:
            value: Json = orjson.loads(answer.body)
        except orjson.JSONDecodeError as error:
            kind = answer.headers.get("content-type", "no content type").split(";")[0]
            note = self.scrub(f"the answer ({kind}, {answer.size} bytes) is no JSON: {error}")
            return Document(replace(answer, outcome="failed", note=note))
        return Document(answer, value)

    def _ask(self, question: _Question) -> Answer:
        limits = self.endpoint.limits
        budget = min(limits.seconds, self._left())
        began = self._clock()
        answer = Answer("failed")
        for attempt in range(1, limits.tries + 1):
            left = budget - (self._clock() - began)
            answer, again = self._once(question, left)
            answer = replace(answer, tries=attempt, seconds=self._clock() - began)
            if not again or attempt == limits.tries:
                break
            pause = self._pause(answer, attempt)
            if pause >= budget - answer.seconds:
                note = f"it asked to wait {pause:.0f} s, longer than the {budget:.0f} s we have"
                return replace(answer, note=f"{answer.note}; {note}")
            self._sleep(pause)
        if answer.outcome == "failed" and answer.tries > 1:
            return replace(answer, note=f"{answer.note} ({answer.tries} tries)")
        return answer

    def _once(self, question: _Question, left: float) -> tuple[Answer, bool]:
        """Try once; the second value says whether another try may help."""
        until = self._clock() + left
        silence = min(self.endpoint.limits.silence, max(left, 0.001))
        content = orjson.dumps(question.body) if question.body is not None else None
        try:
            with self._client.stream(
                question.method,
                f"{self._base}/{question.path.lstrip('/')}",
                params=httpx.QueryParams(tuple(question.params)),
                content=content,
                headers={**({"content-type": "application/json"} if content else {}), **question.headers},
                timeout=silence,
            ) as response:
                if response.is_success:
                    return self._read(response, question.target, until), False
                return self._refused(response)
        except (httpx.HTTPError, httpx.InvalidURL, Unsigned, _TooSlow) as error:
            return self._unanswered(error, silence, left)

    def _unanswered(self, error: Exception, silence: float, left: float) -> tuple[Answer, bool]:
        """Say why no answer came; the second value says whether another try may help."""
        match error:
            case httpx.TimeoutException():
                note = f"no answer within {silence:.0f} s ({type(error).__name__})"
            case httpx.HTTPError():
                note = f"{_host(self._base)}: {str(error) or type(error).__name__}"
            case httpx.InvalidURL():
                note = f"the address is not usable: {error}"
            case Unsigned():
                return Answer("denied", note=self.scrub(str(error)), final=True), False
            case _:
                note = f"the answer took longer than {left:.0f} s"
        again = isinstance(error, httpx.HTTPError) and "CERTIFICATE_VERIFY_FAILED" not in str(error)
        return Answer("failed", note=self.scrub(note)), again

    def _read(self, response: httpx.Response, target: Path | None, until: float) -> Answer:
        limit = self.endpoint.limits.bytes if target else min(self.endpoint.limits.bytes, _MEMORY_BYTES)
        chunks = self._chunks(response, until)
        if target:
            with target.open("wb") as file:
                size, body = _store(chunks, file, limit), b""
        else:
            parts: list[bytes] = []
            size = _store(chunks, parts, limit)
            body = b"".join(parts)
        outcome: Outcome = "partial" if size > limit else "ok" if size else "empty"
        note = f"cut after {limit} bytes: the answer is longer" if outcome == "partial" else ""
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(outcome, response.status_code, body, note, min(size, limit), headers=headers)

    def _chunks(self, response: httpx.Response, until: float) -> Iterator[bytes]:
        for chunk in response.iter_bytes():
            if self._clock() > until:
                raise _TooSlow
            yield chunk

    def _refused(self, response: httpx.Response) -> tuple[Answer, bool]:
        """Understand an error; the second value says whether another try may help."""
        status = response.status_code
        body = next(response.iter_bytes(_PROBLEM_BYTES), b"").decode("utf-8", "replace")
        headers = {name.lower(): value for name, value in response.headers.items()}
        told = self.endpoint.refusal(status, body) if self.endpoint.refusal else None
        refusal = told or self._by_status(response, body)
        note = self.scrub(refusal.note)
        answer = Answer(refusal.outcome, status, note=note, headers=headers, final=refusal.final)
        return answer, refusal.again

    def _by_status(self, response: httpx.Response, body: str) -> Refusal:
        status = response.status_code
        text = f"HTTP {status} {response.reason_phrase}"
        if response.is_redirect:
            text += f" to {_host(response.headers.get('location', ''))}; redirects are not followed"
        elif said := self.scrub(body):
            text += f": {said[:200]}"
        outcome: Literal["denied", "failed"] = "denied" if status in {401, 403, 407} else "failed"
        return Refusal(text, outcome, again=status in _AGAIN, final=status == 401)

    def _pause(self, answer: Answer, attempt: int) -> float:
        """Seconds before the next try: Retry-After (RFC 9110, seconds or a date), else 0.5, 1, 2, ..."""
        told = answer.headers.get("retry-after", "").strip()
        if told.isdigit():
            return float(told)
        if told:
            try:
                until = parsedate_to_datetime(told)
            except ValueError:
                return 0.5 * 2 ** (attempt - 1)
            return max(0.0, (until - self._now()).total_seconds())
        return 0.5 * 2 ** (attempt - 1)


def clock_difference(answer: Answer, now: datetime) -> float | None:
    """Seconds that a server's clock is ahead of ours by its Date header, which counts whole seconds."""
    try:
        return (parsedate_to_datetime(answer.headers["date"]) - now).total_seconds()
    except (KeyError, ValueError, TypeError):
        return None


class _TooSlow(Exception):  # noqa: N818 - never leaves this module
    """An answer that keeps coming for longer than a request may take."""


def _store(chunks: Iterator[bytes], where: BinaryIO | list[bytes], limit: int) -> int:
    """Keep the first `limit` bytes; return how many were seen, at most one chunk more."""
    size = 0
    for chunk in chunks:
        kept = chunk[: max(0, limit - size)]
        size += len(chunk)
        if isinstance(where, list):
            where.append(kept)
        else:
            where.write(kept)
        if size > limit:
            break
    return size


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2] or "another address"
