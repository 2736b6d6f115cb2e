"""Stems of English words, coarse on purpose: "restarts", "restarted" and "restarting" are one."""

from __future__ import annotations

import re
from functools import lru_cache

STOP = frozenset(
    """a an the this that these those its their his her it they them he she we you i of to in on at by
    for from with into onto over under off out up down as and or but nor so than then there here is
    are was were be been being am had has have having do does did done will would can could may might
    must shall should which who whom whose what when where while about around roughly nearly almost
    some any all each every both more most less least other another after before since until within
    per without during such only also just even still yet already too very s t re d ll""".split()  # noqa: SIM905 - a list of words reads as prose
)
_ENDS = ("ations", "ation", "ings", "ing", "ies", "ied", "ers", "ed", "es", "er", "s", "ly")
_IRREGULAR = {
    form: base
    for base, forms in (
        ("fall", "fell fallen"),
        ("rise", "rose risen rising"),
        ("grow", "grew grown"),
        ("go", "went gone"),
        ("begin", "began begun"),
        ("send", "sent"),
        ("lose", "lost loss"),
        ("take", "took taken"),
        ("run", "ran"),
        ("keep", "kept"),
        ("come", "came"),
        ("break", "broke broken"),
        ("give", "gave"),
        ("stand", "stood"),
        ("hold", "held"),
        ("write", "wrote written"),
        ("retri", "retries retry retried"),
        ("refus", "refusal refusals"),
        ("remov", "removal removals"),
        ("arriv", "arrival arrivals"),
        ("reject", "rejection rejections"),
        ("fail", "failure failures"),
    )
    for form in forms.split()
}
_WORD = re.compile(r"[A-Za-z][a-z]+(?=[A-Z])|[A-Za-z]+")


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """Cut the usual endings off one word."""
    low = word.lower()
    if low in _IRREGULAR:
        return _IRREGULAR[low]
    for end in _ENDS:
        if low.endswith(end) and len(low) - len(end) >= 3:
            low = low[: -len(end)]
            break
    if len(low) > 3 and low[-1] == low[-2] and low[-1] not in "sl":
        low = low[:-1]
    return low.rstrip("e") if len(low) > 3 else low


def stems(text: str) -> frozenset[str]:
    """Return the stems of the telling words of a text; CamelCase and snake_case count as several words."""
    found = (match.group() for match in _WORD.finditer(text))
    return frozenset(stem(word) for word in found if len(word) > 2 and word.lower() not in STOP)
