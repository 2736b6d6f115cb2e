"""Whether a text of the evidence holds a name, however a sentence writes it."""

from __future__ import annotations

import re

_EDGE = r"(?<![a-z0-9])"
_PARTS = re.compile(r"[A-Z]?[a-z]{2,}|[A-Z]{2,}(?![a-z])")
"""The words of an identifier, which people write in snake_case, camelCase or apart."""
_HASH = re.compile(r"(?:sha\d+:)?(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,}")
"""A hash, which people cut to its first seven digits or more."""


def holds_name(text: str, name: str) -> bool:
    """Tell whether a text in lower case holds a name, also as the head of a longer one or in the plural."""
    low = name.lower()
    version = "v?" if re.match(r"v?\d", low) else ""
    low = low[1:] if re.match(r"v\d", low) else low
    if _holds_words(text, name):
        return True
    if _HASH.fullmatch(low):
        return bool(re.search(rf"{_EDGE}{low}", text))
    ending = r"(?!\d)" if low[-1].isdigit() else r"(?![a-z])" if low[-1].isalpha() else ""
    if re.search(rf"{_EDGE}{version}{re.escape(low)}{ending}", text):
        return True
    percentile = re.fullmatch(r"p(\d\d)s?", low)
    if percentile:
        digits = percentile.group(1)
        return bool(re.search(rf"0\.{digits.rstrip('0')}\b|\b{digits}th\b|p{digits}", text))
    plural = low.endswith("s") and len(low) > 4
    return plural and bool(re.search(rf"{_EDGE}{re.escape(low[:-1])}(?![a-z0-9])", text))


def _holds_words(text: str, name: str) -> bool:
    """Tell whether the words of an identifier stand in the text, joined or apart."""
    words = _PARTS.findall(name)
    if len(words) < 2 or "".join(words) != name.replace("_", ""):
        return False
    return bool(re.search(rf"{_EDGE}{'[ _-]?'.join(words).lower()}(?![a-z0-9])", text))
