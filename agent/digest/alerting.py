"""What alerting was set to do: rules beside the alerts that they raised, silences and what they covered."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from agent.digest.alerts import Episode
from agent.digest.observation import Observation, one_line, quoted
from agent.digest.wording import duration, instant, listed, plural
from agent.schema.evidence import Pointer
from tools.formats.records import AlertRule, Matcher, Silence

_THRESHOLD = re.compile(r"(?P<sign>[<>]=?|==)\s*(?P<limit>-?[\d.]+(?:e[+-]?\d+)?)\s*$", re.IGNORECASE)
_SHOWN = 4
"""Rules or silences that one line names, or one piece of evidence points at."""


@dataclass(slots=True)
class Alerting:
    """The rules and silences of a bundle, each with the artifact that tells of it."""

    rules: list[tuple[str, AlertRule]] = field(default_factory=list[tuple[str, AlertRule]])
    silences: list[tuple[str, Silence]] = field(default_factory=list[tuple[str, Silence]])

    def rule_of(self, name: str, severity: str) -> tuple[str, AlertRule] | None:
        """Find the rule of an alert; of several of that name one of its severity."""
        named = [(artifact, rule) for artifact, rule in self.rules if rule.name == name]
        same = [entry for entry in named if entry[1].labels.get("severity", "") == severity]
        return next(iter(same or named), None)


def explained(
    observed: Sequence[Observation], alerting: Alerting, episodes: Sequence[Episode]
) -> list[Observation]:
    """Add to each alert what its rule waits for and asks, and which silence covered it."""
    return [_explained(item, alerting, episodes) for item in observed]


def observations(
    alerting: Alerting, episodes: Sequence[Episode], start: datetime | None, end: datetime | None
) -> list[Observation]:
    """Tell of silences that were in force, and of rules where none of them fired."""
    told = [
        _silence(artifact, silence, episodes)
        for artifact, silence in alerting.silences
        if not (start and silence.ends_at and silence.ends_at < start)
        and not (end and silence.starts_at and silence.starts_at > end)
    ]
    fired = {episode.record.name for episode in episodes}
    unfired = alerting.rules and not any(rule.name in fired for _, rule in alerting.rules)
    return [*told, *([_unfired(alerting.rules)] if unfired else [])]


def covers(silence: Silence, episode: Episode) -> bool:
    """Say whether an alert matched a silence that was in force while it fired."""
    record = episode.record
    labels = {**record.labels, "alertname": record.name}
    if not silence.matchers or not all(_matches(matcher, labels) for matcher in silence.matchers):
        return False
    early = silence.starts_at and record.ends_at and record.ends_at <= silence.starts_at
    late = silence.ends_at and record.starts_at and record.starts_at >= silence.ends_at
    return not (early or late)


def _matches(matcher: Matcher, labels: Mapping[str, str]) -> bool:
    value = labels.get(matcher.name, "")
    if not matcher.is_regex:
        return (value == matcher.value) == matcher.is_equal
    try:
        found = re.fullmatch(matcher.value, value) is not None
    except re.error:  # RE2 knows what Python does not; such a silence is told, and joined to nothing
        return False
    return found == matcher.is_equal


def _explained(item: Observation, alerting: Alerting, episodes: Sequence[Episode]) -> Observation:
    name = item.attributes.get("alertname", "")
    more: dict[str, str] = {}
    places: list[Pointer] = []
    if found := alerting.rule_of(name, item.attributes.get("severity", "")):
        artifact, rule = found
        threshold = _THRESHOLD.search(rule.query)
        more["expr"] = one_line(rule.query)
        more["waits"] = duration(rule.for_seconds) if rule.for_seconds else ""
        more["threshold"] = f"{threshold['sign']} {threshold['limit']}" if threshold else ""
        places.append(Pointer(artifact=artifact, lines=(rule.line, rule.line)))
    own = [episode for episode in episodes if episode.record.name == name and _within(episode, item)]
    for artifact, silence in alerting.silences:
        if any(covers(silence, episode) for episode in own):
            more["silenced"] = _span(silence)
            places.append(Pointer(artifact=artifact, lines=(silence.line, silence.end_line)))
    if not places:
        return item
    attributes = {**item.attributes, **{key: text for key, text in more.items() if text}}
    return replace(item, attributes=attributes, pointers=(*item.pointers, *places[:_SHOWN]))


def _within(episode: Episode, item: Observation) -> bool:
    start = episode.record.starts_at
    if start is None or item.start is None:
        return True
    return start >= item.start and (item.end is None or start <= item.end)


def _silence(artifact: str, silence: Silence, episodes: Sequence[Episode]) -> Observation:
    covered = sorted({episode.record.name for episode in episodes if covers(silence, episode)})
    matchers = one_line(", ".join(map(str, silence.matchers)))
    text = f"Silence of {matchers} " + (f"covered {listed(covered)}" if covered else "was in force")
    if silence.comment:
        text += f": {one_line(silence.comment)}"
    attributes = {
        "noise": "silence",
        "matchers": matchers,
        "covered": ", ".join(covered),
        "author": silence.author,
        "comment": quoted(silence.comment),
    }
    return Observation(
        kind="A",
        statement=text,
        pointers=(Pointer(artifact=artifact, lines=(silence.line, silence.end_line)),),
        start=silence.starts_at,
        end=silence.ends_at,
        severity="warning" if covered else "info",
        quote=quoted(silence.comment),
        attributes={key: value for key, value in attributes.items() if value},
        surprise=0.6 if covered else 0.2,
        role="context",
        component_kind="alerting",
    )


def _unfired(rules: Sequence[tuple[str, AlertRule]]) -> Observation:
    names = sorted({rule.name for _, rule in rules})
    lines = sorted({(artifact, rule.line) for artifact, rule in rules})[:_SHOWN]
    return Observation(
        kind="A",
        statement=f"{plural(len(names), 'alerting rule')} existed when this was recorded, and none of their "
        f"alerts is in it: {listed(names, _SHOWN)}",
        pointers=tuple(Pointer(artifact=artifact, lines=(line, line)) for artifact, line in lines),
        attributes={"noise": "rules", "count": str(len(names))},
        surprise=0.2,
        role="context",
        component_kind="alerting",
    )


def _span(silence: Silence) -> str:
    since = instant(silence.starts_at) if silence.starts_at else "a time not told"
    return f"from {since}" + (f" to {instant(silence.ends_at)}" if silence.ends_at else "")
