"""What tokens cost, from a table with a date; an unlisted model has no price."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from importlib.resources import files

from agent.drafting.model.request import Usage
from agent.schema.base import Model, parse

_MILLION = 1_000_000


class Price(Model):
    """USD for a million tokens of each kind."""

    input: float
    output: float
    cache_read: float
    cache_write: float
    over: int | None = None
    """Prompt tokens above which the other two prices hold."""
    input_over: float | None = None
    output_over: float | None = None

    def cost(self, usage: Usage) -> float:
        """USD of one call."""
        prompt = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens
        large = self.over is not None and prompt > self.over
        given = (self.input_over if large else None) or self.input
        made = (self.output_over if large else None) or self.output
        scale = given / self.input
        return (
            usage.input_tokens * given
            + usage.output_tokens * made
            + usage.cache_read_tokens * self.cache_read * scale
            + usage.cache_write_tokens * self.cache_write * scale
        ) / _MILLION


class Prices(Model):
    """The table."""

    date: date
    models: Mapping[str, Price]


@lru_cache(maxsize=1)
def prices() -> Prices:
    """Read the shipped table."""
    file = files(__package__ or "").joinpath("prices.toml")
    return parse(Prices, tomllib.loads(file.read_text(encoding="utf-8")), where="prices.toml")


def price_of(model: str) -> Price | None:
    """Look up a model, also by a dated name such as `claude-x-20261124`; None where it is not listed."""
    listed = prices().models
    undated = (
        model.rsplit("-", 1)[0]
        if model.rsplit("-", 1)[-1].isdigit() and len(model.rsplit("-", 1)[-1]) == 8
        else model
    )
    return listed.get(model) or listed.get(undated)
