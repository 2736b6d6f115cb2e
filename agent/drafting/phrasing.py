"""Templates and the values that evidence gives them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from agent.drafting.catalogue import PLACEHOLDER


def fill(templates: Iterable[str], values: Mapping[str, str]) -> str:
    """Fill the first template whose values are all known; a list must end in one that always is."""
    for template in templates:
        if all(values.get(name) for name in PLACEHOLDER.findall(template)):
            return PLACEHOLDER.sub(lambda found: values[found.group(1)], template)
    raise ValueError("no template can be filled; the last one has to need nothing but {component}")
