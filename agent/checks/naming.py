"""Names in a sentence that look like a service, host, alert or person, known or not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from agent.checks.calendar_date import read_day
from agent.checks.lexicon import words
from agent.checks.pattern import Pattern
from agent.checks.stem import stem

if TYPE_CHECKING:
    from agent.schema.digest import Digest

_SUFFIX = (
    "service|services|svc|api|db|server|proxy|worker|gateway|queue|cache|store|broker|controller|agent|webapp|backend|app|"
    "exporter|scheduler|operator|manager|redis|mysql|postgres|kafka|mongo|nginx|dashboard|checker|importer|scraper"
)
_SERVICE = Pattern(
    rf"(?<![\w./@-])(?:[a-z][a-z0-9]*(?:-[a-z0-9]+)*-(?:{_SUFFIX})|[a-z]{{3,}}service)(?![\w-])"
)
_COMPOUND = Pattern(r"(?<![\w./@-])[a-z][a-z0-9]+(?:-[a-z0-9]+)+(?![\w-])")
_SUBJECT = Pattern(
    r"(?:^|[.;:,]\s+)(?P<name>[a-z][a-z0-9]+(?:-[a-z0-9]+)+)"
    r"(?= {2}| (?:was|were|is|are|had|has|logged|rose|fell|restarted|went)\b)"
)
"""A compound that stands for its sentence's subject without an article: a name."""
_CAMEL = Pattern(r"(?<![\w./-])(?:[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)+|[A-Z]{2,}(?:_[A-Z0-9]+)+)(?![\w-])")
_ENGLISH_PART = frozenset(
    """side level wide based facing only like related specific run up in out off down back time term free
    driven backed bound hosted managed owned sided call host line point end read write on by to per
    the of and or first second last high low long short non re pre co un cross multi single inter sub
    self well ill over under half full new old self-service rollback roll open closed loop check limit
    rate retry slow fast step hour minute second day week month year balance balanced balancing side-
    effect front through zero one two three follow stand sign log ready size sized path created wait
    waiting test peak hold safe aware tier way party hoc case rolled depth out-of""".split()  # noqa: SIM905
)
_UNITS = frozenset({"KiB", "MiB", "GiB", "TiB"})
_QUALIFIERS = frozenset(
    """missing failed failing dead broken unavailable unreachable cross per multi single non each every same
    old new slow fast first last wrong no""".split()  # noqa: SIM905
)
"""Words before a noun that make a compound of English, as in "the missing-server warning"."""
_GLUED_ENGLISH = frozenset({"microservice", "microservices", "selfservice", "inservice"})
_OBJECTS = frozenset(
    """github gitlab postgresql mysql javascript daemonset statefulset replicaset configmap networkpolicy
    serviceaccount cronjob poddisruptionbudget persistentvolume persistentvolumeclaim youtube
    pagerduty opsgenie openssl grpc graphql sqlite mongodb dynamodb cloudwatch kubernetes prometheus
    alertmanager iptables""".split()  # noqa: SIM905
)
_ACT = (
    r"restarted|rolled|reverted|deployed|merged|pushed|scaled|acknowledged|acked|noticed|drained|cordoned|changed|applied|ran|"
    r"executed|approved|opened|closed|declared|decided|mitigated|fixed|disabled|enabled|deleted|removed|increased|reduced|"
    r"stopped|started|killed|triggered|requested|investigated|escalated|confirmed|identified|found|paged|reported|upgraded|"
    r"edited|created|cleared|suspected|raised|lowered|rebooted|replaced|released|committed|patched|reviewed"
)
_AGENT = (
    r"(?:[\w-]+ ){0,3}(?:team|engineers?|operators?|developers?|responders?|admins?|administrators?"
    r"|sres?|dbas?|on-call|on-caller|"
    r"colleagues?|vendor|contractor|manager|lead|person|someone|somebody|staff|customers?|users?|support|we|i|they)"
)
_PERSON_ACTS = Pattern(
    rf"(?:^|[,;:.]\s+|\band\s+|\bbefore\s+|\bafter\s+|\bwhen\s+|\bthen\s+)(?P<who>(?:(?:the|a|an|one|our)\s+)?{_AGENT})\s+(?:then\s+|also\s+|had\s+|manually\s+|later\s+)?(?:{_ACT})\b",
    re.IGNORECASE,
)
_BY_PERSON = Pattern(
    rf"\b(?:{_ACT})\s+(?:\w+\s+){{0,2}}?by\s+(?P<who>(?:the|a|an|one|our)\s+{_AGENT})\b", re.IGNORECASE
)
_CAPITAL_ACTS = Pattern(
    rf"(?:^|[,;.]\s+|\bby\s+|\band\s+|\bbefore\s+|\bafter\s+|\bwhen\s+"
    rf"|\bthen\s+)(?P<who>[A-Z][a-z]{{2,}}(?: [A-Z][a-z]+)?)\s+(?:then\s+|also\s+|had\s+|manually\s+"
    rf"|later\s+)?(?:{_ACT})\b"
)


def known_names(digest: Digest) -> dict[str, str]:
    """Map every name that the digest vouches for, in lower case, to itself as written."""
    names: set[str] = {item.service for item in digest.evidence if item.service}
    services = frozenset(names)
    names.update(suspect.component for suspect in digest.suspects)
    names.update(name for edge in digest.topology for name in (edge.caller, edge.callee))
    for item in digest.evidence:
        for key in ("object", "pod", "node", "alertname", "metric", "author", "also_in", "container"):
            names.update(part.strip() for part in item.attributes.get(key, "").split(",") if part.strip())
    return {
        name.lower(): name
        for name in names
        if 3 <= len(name) <= 80
        and " " not in name
        and (name in services or name.lower() not in words()["thing"])
        and name.lower() not in _OBJECT_KINDS
    }


_OBJECT_KINDS = frozenset(
    {"pod", "node", "container", "service", "deployment", "job", "namespace", "cluster"}
)
"""Words for kinds of things, which recordings also give as the name of one."""


PLATFORM = frozenset(
    {"kubelet", "kube-proxy", "kubectl", "containerd", "kernel", "kube-scheduler", "envoy", "systemd"}
)


def mentioned(text: str, known: dict[str, str]) -> Iterator[str]:
    """Yield the known names that stand in a text."""
    for word in dict.fromkeys(re.findall(r"[A-Za-z0-9_<][\w.:/<>-]*[\w>]", text)):
        low = word.lower()
        if low in known:
            yield known[low]
        elif "::" in low and low.rpartition("::")[0] in known:
            yield known[low.rpartition("::")[0]]
        elif low.endswith(("'s", "s")) and low.rstrip("s").rstrip("'") in known and "-" in low:
            yield known[low.rstrip("s").rstrip("'")]


def said_absent(name: str, text: str) -> bool:
    """Tell whether a text names something only to say that the record holds no word of it."""
    denied = rf"\bno(?:ne|thing)?\b[^,;.]*?(?<![\w-]){re.escape(name)}(?![\w-])"
    held = r"\b(?:recorded|found|known|logged|seen|on record)\b"
    return bool(re.search(rf"{denied}[^,;.]*{held}", text, re.IGNORECASE))


def name_like(text: str, known: dict[str, str]) -> Iterator[str]:
    """Yield words that can only name a component or an alert, by their shape."""
    for found in _SERVICE.finditer(text):
        *before, _ = found.group().split("-")
        if found.group() not in _GLUED_ENGLISH and not (before and _QUALIFIERS.issuperset(before)):
            yield found.group()
    parts = {
        part for name in known if "-" in name for part in name.split("-") if len(part) >= 4
    } - _ENGLISH_PART
    heads = Counter(name.split("-", 1)[0] for name in known if "-" in name)
    ends = {
        part.lower() for name in known if "-" in name for part in (name.split("-")[0], name.split("-")[-1])
    }
    for found in _SUBJECT.finditer(text):
        own = found["name"].split("-")
        if not set(own) & _ENGLISH_PART and {own[0], own[-1]} & ends:
            yield found["name"]
    turned = {"".join(sorted(name)) for name in known if "-" in name}
    for found in _COMPOUND.finditer(text):
        own = found.group().split("-")
        if "".join(sorted(found.group())) in turned:
            yield found.group()
            continue
        if heads[own[0]] >= 3 and own[0] not in _ENGLISH_PART:
            yield found.group()
            continue
        if not set(own) & _ENGLISH_PART and any(part in parts or _nearly(part, parts) for part in own):
            yield found.group()
    for found in _CAMEL.finditer(text):
        if found.group().lower() not in _OBJECTS and found.group() not in _UNITS:
            yield found.group()


def _nearly(part: str, parts: set[str]) -> bool:
    """Tell whether a part is one letter away from a part of a known name."""
    return len(part) >= 5 and any(
        len(other) == len(part) and sum(a != b for a, b in zip(part, other, strict=True)) == 1
        for other in parts
    )


def actors(text: str) -> Iterator[tuple[str, bool]]:
    """Yield who acts in a sentence where that is a person or team, and whether by a name of their own."""
    given = words()["given_names"]
    for found in re.finditer(r"\b[A-Z][a-z]+\b", text):
        month = read_day(f"1 {found.group()}")
        if (
            month is None
            and found.group().lower() in given
            and found.group().lower()
            not in {
                "may",
                "will",
                "mark",
                "grace",
                "art",
            }
        ):
            yield found.group(), True
    for pattern in (_PERSON_ACTS, _BY_PERSON):
        for found in pattern.finditer(text):
            yield found.group("who"), False
    for found in _CAPITAL_ACTS.finditer(text):
        word = found.group("who").lower()
        if word not in given and not _is_thing(word):
            yield found.group("who"), True


def _is_thing(word: str) -> bool:
    lists = words()
    first = word.split(maxsplit=1)[0]
    single = first.removesuffix("s")
    return (
        first in _PRONOUNS
        or any(
            item in lists[name]
            for name in (
                "thing",
                "person",
                "team",
                "organisation",
                "determiner",
                "preposition",
                "boundary",
                "adverb",
                "auxiliary",
            )
            for item in (first, single)
        )
        or stem(first) in _THINGS
    )


_PRONOUNS = frozenset(
    """what whatever who whoever which whichever why when where how it this that these those something
    anything nothing everything nobody somebody anybody everybody someone anyone everyone each either neither
    another others many most several few both all none some""".split()  # noqa: SIM905
)
"""A closed class: they stand for who or what acts and name nobody."""
_THINGS = frozenset(
    stem(word)
    for word in """
    kubelet kubernetes retries latency errors requests traffic clients nodes pods service services
    deployment deployments rollout rollback alerting monitoring node pod job jobs container containers
    restarts probes probe load throttling it this that they both all none some responses queries logs
    kernel scheduler controller nothing memory disk cpu network packets connections pool queue workers
    replicas everything recovery containerd envoy docker redis nginx prometheus alertmanager systemd
    argo jenkins automation autoscaler terraform helm""".split()  # noqa: SIM905
)


def is_given_name(owner: str) -> bool:
    """Tell whether an owner is written as a person: "Dana", "Dana Smith"."""
    parts = owner.split()
    capital = all(part[:1].isupper() and part[1:].islower() for part in parts)
    return 1 <= len(parts) <= 3 and capital and parts[0].lower() in words()["given_names"]
