"""Quoted words of a draft: what stands between quotation marks must occur in the evidence as it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_MARKS = re.compile(r'"(?P<straight>[^"]*)"|\u201c(?P<curly>[^\u201d]*)\u201d|`(?P<code>[^`]*)`')
_CUT = re.compile(r"\u2026|\.\.\.|<[^<>\s]{1,20}>")
_NOISE = re.compile(r"[\\\"\u201c\u201d`']+")
_SPACE = re.compile(r"\s+")


def quotations(text: str) -> Iterator[str]:
    """Yield every quotation of a sentence; where a mark is left open, all between the first and the last."""
    if text.count('"') % 2:
        inner = text[text.find('"') + 1 : text.rfind('"')]
        if text.count('"') > 2:
            yield inner
        return
    for found in _MARKS.finditer(text):
        yield found.group("straight") or found.group("curly") or found.group("code") or ""


def without_quotations(text: str) -> str:
    """Blank out the quotations of a sentence, marks included."""
    if text.count('"') % 2:
        first, last = text.find('"'), text.rfind('"')
        return text if first == last else text[:first] + " " * (last + 1 - first) + text[last + 1 :]
    return _MARKS.sub(lambda found: " " * len(found.group()), text)


def without_copies(text: str, statements: Iterable[str]) -> str:
    """Blank out whatever copies a statement of the evidence word for word: that is carried as it stands."""
    for statement in sorted(
        {found.strip().rstrip(".") for found in statements if len(found) >= 12}, key=len, reverse=True
    ):
        low = text.lower()
        start = low.find(statement.lower())
        while start >= 0:
            end = start + len(statement)
            if not (text[end : end + 1].isalnum() or text[max(0, start - 1) : start].isalnum()):
                text = text[:start] + " " * (end - start) + text[end:]
            start = low.find(statement.lower(), end)
    return text


def flat(text: str) -> str:
    """Return a text in lower case without quotation marks, escapes and repeated spaces."""
    return _SPACE.sub(" ", _NOISE.sub("", text.lower())).strip()


def misquoted(quotation: str, flat_evidence: str) -> bool:
    """Tell whether a quotation has words that the evidence does not have in this order; "..." marks a cut."""
    if not re.search(r"\w\W+\w|\d|_", quotation):
        return False
    for part in _CUT.split(quotation):
        words = flat(part).strip(" ,.;:!?")
        if words and words not in flat_evidence:
            return True
    return False
