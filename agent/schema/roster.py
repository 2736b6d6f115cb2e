"""The roster: who people are across the systems that know them by different names."""

from __future__ import annotations

from pydantic import Field

from agent.schema.base import Model
from agent.schema.incident import Person


class Member(Model):
    """One person of `[[roster]]` in pm-agent.toml. Names are compared without regard to case."""

    handle: str = Field(min_length=1)
    """How reports call them where handles are shown."""
    name: str = ""
    role: str | None = None
    """Their standing role, such as "on-call, payments"; the incident's own record goes before it."""
    slack: str = ""
    """Slack's member id or display name."""
    github: str = ""
    pagerduty: str = ""
    """PagerDuty's user id or name."""
    email: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Every name, each once, the handle first."""
        told = (self.handle, self.name, self.slack, self.github, self.pagerduty, self.email)
        return tuple(dict.fromkeys(text for text in told if text))

    def answers_to(self, *names: str) -> bool:
        """Tell whether any of some names is theirs; a leading @ does not count."""
        own = {name.casefold() for name in self.names}
        return any(name.removeprefix("@").casefold() in own for name in names if name)


def roles(people: tuple[Person, ...], roster: tuple[Member, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Give for everybody whose role is told the role and every name.

    The role in the incident goes before the standing one.
    """
    found: list[tuple[str | None, tuple[str, ...]]] = []
    rest = list(people)
    for member in roster:
        named = [one for one in rest if member.answers_to(one.handle, one.name or "")]
        rest = [one for one in rest if one not in named]
        own = (name for one in named for name in (one.handle, one.name or "") if name)
        role = next((one.role for one in named if one.role), None) or member.role
        found.append((role, tuple(dict.fromkeys((*member.names, *own)))))
    found += [(one.role, tuple(name for name in (one.handle, one.name) if name)) for one in rest]
    return tuple((role, names) for role, names in found if role)


def united(people: tuple[Person, ...], roster: tuple[Member, ...]) -> dict[str, str]:
    """Give the role of every name that somebody is known by, as written and with @ before it."""
    return {
        known: role for role, names in roles(people, roster) for name in names for known in (name, f"@{name}")
    }


def handles(roster: tuple[Member, ...]) -> dict[str, str]:
    """Give the handle for every other name of a person, as written and with @ before it."""
    return {
        known: member.handle
        for member in roster
        for name in member.names
        for known in (name, f"@{name}")
        if name != member.handle
    }
