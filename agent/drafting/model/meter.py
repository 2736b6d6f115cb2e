"""The meter before an endpoint: nothing is paid twice, nothing goes beyond the budget, all is counted."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

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
        self._warm: set[str] = set()

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
        shared_text, rest_text = request.texts()
        shared, rest = tokens.count(shared_text, factor=1), tokens.count(rest_text, factor=1)
        expected = self._reserve(request, shared_text, shared, rest)
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
            counted=shared + rest,
            shared=shared,
            usd=price.cost(reply.usage) if price else None,
        )
        self._learn(call)
        self.paid.add(call)
        return reply

    def _reserve(self, request: ModelRequest, prefix: str, shared: int, rest: int) -> float:
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
            known = prefix in self._warm
            head, tail = int(shared * self._ratio), int(rest * self._ratio)
            usage = Usage(
                input_tokens=tail,
                output_tokens=EXPECTED_OUTPUT,
                cache_read_tokens=head if known else 0,
                cache_write_tokens=0 if known else head,
            )
            expected, spent = price.cost(usage), self.paid.usd + self._reserved
            if self._budget.usd is not None and spent + expected > self._budget.usd:
                raise BudgetSpent(
                    f"{request.step}: {spent:.3f} USD are spent, this call takes about {expected:.3f} USD, "
                    f"and together that is more than the {self._budget.usd:g} USD of --budget-usd.",
                    hint="Finished stages are kept: the same command with more budget goes on from there.",
                )
            self._reserved += expected
            self._warm.add(prefix)
            return expected

    def _learn(self, call: PaidCall) -> None:
        used = call.reply.usage
        measured = used.input_tokens + used.cache_read_tokens + used.cache_write_tokens
        if measured and call.counted:
            with self._lock:
                self._ratio = max(1.0, measured / call.counted)


def summary(paid: PaidCalls) -> dict[str, int | float]:
    """Sum a draft up: calls, tokens, money, and the share of the input that other calls begin with too.

    `usd` is left out where a model without a listed price was asked.
    """
    calls, usage = paid.calls, paid.usage
    if not calls:
        return {}
    given = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens
    counted = sum(call.counted for call in calls)
    result: dict[str, int | float] = {
        "calls": len(calls),
        "input_tokens": given,
        "output_tokens": usage.output_tokens,
        "cache_read_tokens": usage.cache_read_tokens,
        "cache_write_tokens": usage.cache_write_tokens,
        "cache_read_share": round(usage.cache_read_tokens / given, 3) if given else 0.0,
        "shared_prefix_share": round(sum(call.shared for call in calls) / counted, 3) if counted else 0.0,
        "seconds": round(sum(call.seconds for call in calls), 1),
    }
    if all(call.usd is not None for call in calls):
        result["usd"] = round(paid.usd, 4)
    return result
