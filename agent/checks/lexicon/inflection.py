"""English verb forms, for the lexicon's build: irregular ones from a table, the others by rule."""

from __future__ import annotations

import re

_IRREGULAR: dict[str, list[str]] = {
    past.split()[0]: list[str](past.split()[1:])
    for past in """
    be was were been; beat beat beaten; begin began begun; bend bent; blow blew blown; break broke broken;
    bring brought; build built; burn burnt burned; buy bought; cast cast; catch caught; choose chose chosen;
    come came; cost cost; cut cut; dig dug; do did done; draw drew drawn; drive drove driven; eat ate eaten;
    fall fell fallen; feed fed; feel felt; find found; fling flung; forget forgot forgotten; forgo forwent;
    freeze froze frozen; get got gotten; give gave given; go went gone; grow grew grown; hang hung; have had;
    hide hid hidden; hit hit; hold held; hurt hurt; keep kept; know knew known; lay laid; lead led;
    leave left; let let; lose lost; make made; mean meant; mishear misheard; mislay mislaid; mislead misled;
    misread misread; misspell misspelt misspelled; mistake mistook mistaken; misunderstand misunderstood;
    oversee oversaw overseen; oversleep overslept; override overrode overridden; overrun overran; pay paid;
    put put; read read; ride rode ridden; run ran; say said; see saw seen; sell sold; send sent; set set;
    shoot shot; shut shut; sink sank sunk; sit sat; sleep slept; slip slipped; sneak snuck sneaked;
    spend spent; spin spun; spoil spoilt spoiled; stand stood; steal stole stolen; stick stuck; strike struck;
    sweep swept; swear swore sworn; take took taken; tear tore torn; tell told; think thought;
    throw threw thrown; turn turned; wake woke woken; wear wore worn; withhold withheld; write wrote written
    """.strip().split(";")
}
_DOUBLED = re.compile(r"(?:^|[^aeiou])[aeiou][bdfgklmnprtv]$")
_DOUBLED_LONG = frozenset(
    [
        "admit",
        "begin",
        "forget",
        "upset",
        "commit",
        "omit",
        "permit",
        "refer",
        "defer",
        "abet",
        "overstep",
        "sidestep",
        "unplug",
        "refit",
    ]
)


def inflect(verb: str) -> tuple[str, ...]:
    """Return base, third person, past forms and -ing form of a verb's first word, without repeats."""
    forms = [verb, _third(verb), *_past(verb), _gerund(verb)]
    return tuple(dict.fromkeys(forms))


def _third(verb: str) -> str:
    if verb in {"be", "have"}:
        return {"be": "is", "have": "has"}[verb]
    if re.search(r"(?:s|x|z|ch|sh|o)$", verb):
        return f"{verb}es"
    return f"{verb[:-1]}ies" if re.search(r"[^aeiou]y$", verb) else f"{verb}s"


def _past(verb: str) -> list[str]:
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    if verb.endswith("e"):
        return [f"{verb}d"]
    if re.search(r"[^aeiou]y$", verb):
        return [f"{verb[:-1]}ied"]
    return [f"{_doubled(verb)}ed"]


def _gerund(verb: str) -> str:
    if verb.endswith("ie"):
        return f"{verb[:-2]}ying"
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")) and verb != "be":
        return f"{verb[:-1]}ing"
    return f"{_doubled(verb)}ing"


def _doubled(verb: str) -> str:
    short = _DOUBLED.search(verb) and len(re.findall(r"[aeiouy]+", verb)) == 1
    return verb + verb[-1] if short or verb in _DOUBLED_LONG else verb
