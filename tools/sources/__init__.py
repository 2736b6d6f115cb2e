"""Read-only connectors to where evidence lies, one module a system."""

from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from tools.sources.source import SourceKind

GROUP = "pm_agent.sources"
"""Entry-point group under which a package adds kinds: `name = "module:KIND"`."""

BUILT_IN: Mapping[str, str] = {
    "files": "tools.sources.files:KIND",
    "alertmanager": "tools.sources.alertmanager:KIND",
    "kubernetes": "tools.sources.kubernetes:KIND",
    "prometheus": "tools.sources.prometheus:KIND",
    "argocd": "tools.sources.argocd:KIND",
    "cloudwatch": "tools.sources.cloudwatch:KIND",
    "elasticsearch": "tools.sources.elasticsearch:KIND",
    "git": "tools.sources.git:KIND",
    "github": "tools.sources.github:KIND",
    "grafana": "tools.sources.grafana:KIND",
    "loki": "tools.sources.loki:KIND",
    "pagerduty": "tools.sources.pagerduty:KIND",
    "slack": "tools.sources.slack:KIND",
}
"""Kind of source as configuration names it, and where its SourceKind lies; loaded on first use."""


def known_kinds() -> tuple[str, ...]:
    """Name every kind: ours, then those that installed packages add."""
    added = {entry.name for entry in entry_points(group=GROUP)} - BUILT_IN.keys()
    return (*BUILT_IN, *sorted(added))


def kind_of(name: str) -> SourceKind[Any]:
    """Load a kind; ours win over added ones. Raise LookupError for one that nobody offers."""
    if place := BUILT_IN.get(name):
        module, _, attribute = place.partition(":")
        return getattr(import_module(module), attribute)
    for entry in entry_points(group=GROUP):
        if entry.name == name:
            return _checked(entry.load(), entry.value)
    raise LookupError(name)


def _checked(found: object, place: str) -> SourceKind[Any]:
    if not isinstance(found, SourceKind):
        raise TypeError(f"{place} is offered as a source but is no SourceKind")
    return found  # pyright: ignore[reportUnknownVariableType] - its settings model is checked when it is used


__all__ = ["BUILT_IN", "GROUP", "kind_of", "known_kinds"]
