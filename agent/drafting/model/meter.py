"""The meter before an endpoint: nothing is paid twice, nothing goes beyond the budget, all is counted."""

from __future__ import annotations

import hashlib
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from agent.drafting.model import tokens
from agent.drafting.model.endpoint import Endpoint
from agent.drafting.model.paid import PaidCall, PaidCalls
from agent.drafting.model.prices import price_of
from agent.drafting.model.request import ModelReply, ModelRequest, Usage
from agent.errors import UserError

EXPECTED_OUTPUT = 2_500
"""Reply tokens that are set aside for one call before it is made."""


class BudgetSpent(UserError):  # noqa: N818 - reads as the outcome it is
    """The next call would go beyond what the user allowed; it was not made."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What one draft may cost; None is no limit. Seconds count from the start of this run."""

    usd: float | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class _Size:
    """Tokens of a request as counted, each number up to a place further on."""

    known: int
    marked: int
    total: int


@lru_cache(maxsize=64)
def _counted(text: str) -> int:
    return tokens.count(text, factor=1)


class Meter:
    """An endpoint that looks into the log of paid calls first and asks the real one within the budget."""

    def __init__(
        self,
        endpoint: Endpoint,
        paid: PaidCalls,
        budget: Budget | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.paid = paid
        self._endpoint, self._budget, self._clock = endpoint, budget or Budget(), clock
        self._began = clock()
        self._lock = threading.Lock()
        self._reserved = 0.0
        self._ratio = tokens.SAFETY
        self._warm: set[bytes] = set()

    @property
    def seconds(self) -> float:
        """Seconds since this run began."""
        return self._clock() - self._began

    @property
    def budget(self) -> Budget:
        """What is allowed."""
        return self._budget

    def send(self, request: ModelRequest) -> ModelReply:
        """Answer from the log, or from the endpoint; raise BudgetSpent before a call that is too much."""
        if (known := self.paid.find(request.key)) is not None:
            return known
        size = self._measure(request)
        expected = self._reserve(request, size)
        begun = self._clock()
        try:
            reply = self._endpoint.send(request)
        finally:
            with self._lock:
                self._reserved -= expected
        price = price_of(request.model)
        call = PaidCall(
            key=request.key,
            step=request.step,
            model=request.model,
            reply=reply,
            seconds=self._clock() - begun,
            counted=size.total,
            shared=size.known,
            kept=size.marked,
            replied=_counted(reply.text + "".join(use.model_dump_json() for use in reply.tool_uses)),
            usd=price.cost(reply.usage) if price else None,
            prompts=request.prompts,
        )
        self._learn(call)
        self.paid.add(call)
        return reply

    def _measure(self, request: ModelRequest) -> _Size:
        """Count the tokens up to the last mark that was sent before, up to the last mark, and in all."""
        total = known = marked = 0
        state, marks = hashlib.sha256(request.model.encode()), list[bytes]()
        with self._lock:
            for piece in request.pieces():
                total += _counted(piece.text)
                state.update(piece.text.encode() + b"\0")
                if piece.marked:
                    marked = total
                    marks.append(state.digest())
                if state.digest() in self._warm:
                    known = total
            self._warm.update(marks)
        return _Size(known, max(known, marked), total)

    def _reserve(self, request: ModelRequest, size: _Size) -> float:
        if self._budget.seconds is not None and self.seconds >= self._budget.seconds:
            raise BudgetSpent(
                f"{request.step}: the {self._budget.seconds:g} s of --max-seconds have passed.",
                hint="Finished stages are kept: the same command with more time goes on from there.",
            )
        price = price_of(request.model)
        if self._budget.usd is not None and price is None:
            raise UserError(
                f"There is no list price for the model {request.model!r}, so --budget-usd cannot be kept.",
                hint="Leave --budget-usd out, or use --max-seconds.",
            )
        if price is None:
            return 0.0
        with self._lock:
            usage = Usage(
                input_tokens=int((size.total - size.marked) * self._ratio),
                output_tokens=EXPECTED_OUTPUT,
                cache_read_tokens=int(size.known * self._ratio),
                cache_write_tokens=int((size.marked - size.known) * self._ratio),
            )
            expected, spent = price.cost(usage), self.paid.usd + self._reserved
            if self._budget.usd is not None and spent + expected > self._budget.usd:
                raise BudgetSpent(
                    f"{request.step}: {spent:.3f} USD are spent, this call takes about {expected:.3f} USD, "
                    f"and together that is more than the {self._budget.usd:g} USD of --budget-usd.",
                    hint="Finished stages are kept: the same command with more budget goes on from there.",
                )
            self._reserved += expected
            return expected

    def _learn(self, call: PaidCall) -> None:
        used = call.reply.usage
        measured = used.input_tokens + used.cache_read_tokens + used.cache_write_tokens
        if measured and call.counted:
            with self._lock:
                self._ratio = max(1.0, measured / call.counted)


def summary(paid: PaidCalls) -> dict[str, int | float]:
    """Sum a draft up: calls, tokens as the endpoint counted them, money, and the tokens counted beforehand.

    The counted ones carry the safety factor; `counted_cached_share` is the part of the input that an earlier
    call had sent up to a mark, and `counted_usd` what that costs where the endpoint keeps what is marked.
    `usd` and `counted_usd` are left out where a model without a listed price was asked.
    """
    calls, usage = paid.calls, paid.usage
    if not calls:
        return {}
    given = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens
    counted, shared = sum(call.counted for call in calls), sum(call.shared for call in calls)
    result: dict[str, int | float] = {
        "calls": len(calls),
        "input_tokens": given,
        "output_tokens": usage.output_tokens,
        "cache_read_tokens": usage.cache_read_tokens,
        "cache_write_tokens": usage.cache_write_tokens,
        "cache_read_share": round(usage.cache_read_tokens / given, 3) if given else 0.0,
        "counted_input_tokens": math.ceil(counted * tokens.SAFETY),
        "counted_uncached_tokens": math.ceil((counted - shared) * tokens.SAFETY),
        "counted_output_tokens": math.ceil(sum(call.replied for call in calls) * tokens.SAFETY),
        "counted_cached_share": round(shared / counted, 3) if counted else 0.0,
        "seconds": round(sum(call.seconds for call in calls), 1),
    }
    if all(call.usd is not None for call in calls):
        result["usd"] = round(paid.usd, 4)
        result["counted_usd"] = round(sum(_expected(call) for call in calls), 4)
    return result


def _expected(call: PaidCall) -> float:
    price = price_of(call.model)
    usage = Usage(
        input_tokens=math.ceil((call.counted - call.kept) * tokens.SAFETY),
        output_tokens=math.ceil(call.replied * tokens.SAFETY),
        cache_read_tokens=math.ceil(call.shared * tokens.SAFETY),
        cache_write_tokens=math.ceil((call.kept - call.shared) * tokens.SAFETY),
    )
    return price.cost(usage) if price else 0.0
