"""Which drafter writes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Literal

from agent.drafting.claude.drafter import ClaudeDrafter
from agent.drafting.drafter import Drafter
from agent.drafting.model.anthropic_endpoint import AnthropicEndpoint
from agent.drafting.model.meter import Budget, Meter
from agent.drafting.model.paid import PaidCalls
from agent.drafting.offline import OfflineDrafter
from agent.errors import UserError
from agent.settings import Settings
from agent.store import IncidentFolder

Name = Literal["auto", "offline", "claude"]
_KEYS = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")


def choose(
    name: Name,
    settings: Settings | None = None,
    *,
    folder: IncidentFolder | None = None,
    environ: Mapping[str, str] | None = None,
) -> Drafter:
    """Give the drafter of that name; "auto" is Claude where a key is set, else the offline one.

    Replies that were paid for are kept in the folder. Raise UserError for Claude without a key.
    """
    environ = os.environ if environ is None else environ
    has_key = any(environ.get(key) for key in _KEYS)
    if name == "offline" or (name == "auto" and not has_key):
        return OfflineDrafter()
    if not has_key:
        raise UserError(
            "The drafter 'claude' needs a key: neither ANTHROPIC_API_KEY nor ANTHROPIC_AUTH_TOKEN is set.",
            hint="Set one of them (ANTHROPIC_BASE_URL names another endpoint), or use --drafter offline.",
        )
    return _claude(settings or Settings(), folder)


def _claude(settings: Settings, folder: IncidentFolder | None) -> ClaudeDrafter:
    deciding = settings.models.get("factors", settings.model)
    if "haiku" in deciding:
        raise UserError(
            f"{deciding} may not find causes: small models name one where the evidence carries none.",
            hint="Set `models.factors` to a larger model in pm-agent.toml.",
        )
    paid = PaidCalls(folder.model_calls if folder else None)
    meter = Meter(AnthropicEndpoint(), paid, Budget(settings.budget_usd, settings.max_seconds))
    steps = {str(step): model for step, model in settings.models.items()}
    return ClaudeDrafter(
        meter,
        model=settings.model,
        steps=steps,
        effort=settings.effort,
        limits=settings.investigation,
        digest_tokens=settings.digest_tokens,
    )
