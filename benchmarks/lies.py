"""Lies told in a good draft, one at a time: each kind is a small change that makes a true sentence false."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from agent.checks.places import Place, read_places
from agent.schema.base import format_utc
from agent.schema.digest import Digest
from agent.schema.evidence import Evidence
from agent.schema.postmortem import Cause, Claim, PostMortem
from benchmarks.placing import focus, with_evidence, with_text


@dataclass(frozen=True, slots=True)
class Lie:
    """One changed draft; `before` and `after` are what changed."""

    kind: str
    place: str
    before: str
    after: str
    draft: PostMortem


@dataclass(frozen=True, slots=True)
class Scene:
    """What a text lie may look at."""

    place: Place
    digest: Digest
    names: tuple[str, ...]
    """Services and nodes of the digest."""

    @property
    def cited(self) -> tuple[Evidence, ...]:
        """The evidence that the place and its facts cite."""
        named = {
            found for fact in self.digest.facts if fact.name in self.place.facts for found in fact.evidence
        }
        return tuple(item for item in self.digest.evidence if item.id in {*self.place.evidence, *named})


TextLie = Callable[[Scene], Iterator[str]]
_NUMBER = re.compile(r"(?<![\w.:/-])\d+(?:\.\d+)?(?![\w:]|[.,]\d|-\w)")
_GLUED = re.compile(r"(?<![\w.:/-])\d+(?:\.\d+)?(?=[A-Za-z]{2,}\b)")
_IN_NAME = re.compile(r"(?<=[A-Za-z._-])\d+(?=[\w.:-]*\b)")
_DAY = re.compile(r"\b\d{4}-\d\d-(?P<day>\d\d)(?=\b|T)")
_CLOCK = re.compile(r"(?P<h>[01]\d|2[0-3]):(?P<m>[0-5]\d):(?P<s>[0-5]\d)")
_SPAN = re.compile(r"(?<![\w.=])(?P<n>\d+) (?P<unit>s|min|h|d)\b")
_UNITS = {"s": "min", "min": "h", "h": "d", "d": "h", "ms": "s", "pps": "bps", "cores": "nodes"}
_PERCENT = re.compile(r"(?P<n>\d+(?:\.\d+)?)%")


def _each(
    pattern: re.Pattern[str], text: str, change: Callable[[re.Match[str]], str | None]
) -> Iterator[str]:
    for found in pattern.finditer(text):
        new = change(found)
        if new is not None and new != found.group():
            yield text[: found.start()] + new + text[found.end() :]


def _turn(digits: str, position: int, by: int) -> str:
    """Replace one digit by another one."""
    places = [index for index, char in enumerate(digits) if char.isdigit()]
    index = places[position]
    return digits[:index] + str((int(digits[index]) + by) % 10) + digits[index + 1 :]


def last_digit(scene: Scene) -> Iterator[str]:
    yield from _each(_NUMBER, scene.place.text, lambda found: _turn(found.group(), -1, 3))


def first_digit(scene: Scene) -> Iterator[str]:
    yield from _each(_NUMBER, scene.place.text, lambda found: _turn(found.group(), 0, 4))


def glued_digit(scene: Scene) -> Iterator[str]:
    yield from _each(_GLUED, scene.place.text, lambda found: _turn(found.group(), -1, 3))
    yield from _each(_GLUED, scene.place.text, lambda found: _turn(found.group(), 0, 3))


def ten_times(scene: Scene) -> Iterator[str]:
    yield from _each(
        _NUMBER,
        scene.place.text,
        lambda found: (
            None
            if float(found.group()) == 0
            else f"{found.group()}0"
            if "." not in found.group()
            else f"{float(found.group()) * 10:g}"
        ),
    )


def name_digit(scene: Scene) -> Iterator[str]:
    yield from _each(
        _IN_NAME, _CLOCK.sub(lambda found: "_" * len(found.group()), scene.place.text), lambda _: None
    )
    text = scene.place.text
    for found in _IN_NAME.finditer(text):
        before = text[max(0, found.start() - 12) : found.start()]
        if not re.search(r"\d{4}-(?:\d\d-)?$|T$|[=:(#]$", before) and not re.search(r"\b[FQP]$", before):
            yield text[: found.start()] + _turn(found.group(), -1, 4) + text[found.end() :]


def shift_minutes(scene: Scene) -> Iterator[str]:
    yield from _each(_CLOCK, scene.place.text, lambda found: _moved(found, timedelta(minutes=7)))


def shift_hour(scene: Scene) -> Iterator[str]:
    yield from _each(_CLOCK, scene.place.text, lambda found: _moved(found, timedelta(hours=1)))


def shift_seconds(scene: Scene) -> Iterator[str]:
    yield from _each(_CLOCK, scene.place.text, lambda found: _moved(found, timedelta(seconds=23)))


def _moved(found: re.Match[str], by: timedelta) -> str:
    moment = datetime(2000, 1, 2, int(found["h"]), int(found["m"]), int(found["s"]), tzinfo=UTC) + by
    return f"{moment:%H:%M:%S}"


def shift_day(scene: Scene) -> Iterator[str]:
    yield from _each(
        _DAY, scene.place.text, lambda found: f"{found.group()[:-2]}{(int(found['day']) + 3) % 27 + 1:02}"
    )


def invent_time(scene: Scene) -> Iterator[str]:
    moments = [item.start for item in scene.digest.evidence if item.start is not None]
    if moments:
        yield f"{scene.place.text.rstrip('.')}, first at {max(moments) + timedelta(minutes=47):%H:%M}."


def shift_span(scene: Scene) -> Iterator[str]:
    yield from _each(_SPAN, scene.place.text, lambda found: f"{int(found['n']) * 2 + 3} {found['unit']}")


def invent_span(scene: Scene) -> Iterator[str]:
    yield f"{scene.place.text.rstrip('.')}; this took 3 h 41 min."


def unit(scene: Scene) -> Iterator[str]:
    yield from _each(
        _SPAN,
        scene.place.text,
        lambda found: f"{found['n']} {_UNITS[found['unit']]}" if found["n"] != "0" else None,
    )
    yield from _each(re.compile(r"(?<=\d)ms\b"), scene.place.text, lambda _: "s")
    yield from _each(re.compile(r"(?<=\d)%"), scene.place.text, lambda _: " MiB")


def percentage(scene: Scene) -> Iterator[str]:
    yield from _each(_PERCENT, scene.place.text, lambda found: f"{float(found['n']) * 1.4 + 1:.1f}%")


def invent_percentage(scene: Scene) -> Iterator[str]:
    yield f"{scene.place.text.rstrip('.')}, which was 37 % of all requests."


def invent_number(scene: Scene) -> Iterator[str]:
    yield f"{scene.place.text.rstrip('.')}, with 4,731 requests lost."


def invent_number_word(scene: Scene) -> Iterator[str]:
    yield f"{scene.place.text.rstrip('.')}, and seventeen pods were lost."


def count_in_words(scene: Scene) -> Iterator[str]:
    yield from _each(
        re.compile(r"\b(?:once|twice)\b"),
        scene.place.text,
        lambda found: "twice" if found.group() == "once" else "five times",
    )
    yield from _each(
        re.compile(r"\b(?P<n>\d+) (?=pods|restarts|workloads|failed pods)"),
        scene.place.text,
        lambda found: f"{'nineteen' if found['n'] != '19' else 'twelve'} ",
    )


def swap_name(scene: Scene) -> Iterator[str]:
    cited = " ".join(f"{item.model_dump_json()}" for item in scene.cited).lower()
    others = [
        name
        for name in scene.names
        if name.lower() not in cited and name.lower() not in scene.place.text.lower()
    ]
    if not others:
        return
    for name in scene.names:
        for found in re.finditer(rf"(?<![\w-]){re.escape(name)}(?![\w-])", scene.place.text):
            other = others[(len(name) + found.start()) % len(others)]
            yield scene.place.text[: found.start()] + other + scene.place.text[found.end() :]
            break


def unknown_service(scene: Scene) -> Iterator[str]:
    for name in scene.names:
        for found in re.finditer(rf"(?<![\w-]){re.escape(name)}(?![\w-])", scene.place.text):
            for other in ("ledger-sync-service", "invoiceservice", "billing-db"):
                yield scene.place.text[: found.start()] + other + scene.place.text[found.end() :]
            break


def misspelt_name(scene: Scene) -> Iterator[str]:
    for name in scene.names:
        if "-" not in name or len(name) < 8:
            continue
        for found in re.finditer(rf"(?<![\w-]){re.escape(name)}(?![\w-])", scene.place.text):
            index = name.index("-") + 1
            other = name[:index] + name[index:][::-1]
            if other != name:
                yield scene.place.text[: found.start()] + other + scene.place.text[found.end() :]
            break


def invent_host(scene: Scene) -> Iterator[str]:
    yield f"{scene.place.text.rstrip('.')} on node ip-10-4-17-203."


def invent_pod(scene: Scene) -> Iterator[str]:
    yield f"{scene.place.text.rstrip('.')} in pod ledger-7c9f8d5b64-x2k9p."


def invent_image(scene: Scene) -> Iterator[str]:
    yield f"{scene.place.text.rstrip('.')} with image registry.example.com/shop/cart:1.42.7."


def invent_version(scene: Scene) -> Iterator[str]:
    yield f"{scene.place.text.rstrip('.')} after release v3.9.2."


def invent_address(scene: Scene) -> Iterator[str]:
    yield f"{scene.place.text.rstrip('.')} from 10.99.3.14:8443."


def invent_alert(scene: Scene) -> Iterator[str]:
    yield f"{scene.place.text.rstrip('.')}; alert DiskPressureImminent fired."


def invent_person(scene: Scene) -> Iterator[str]:
    yield f"{scene.place.text.rstrip('.')}; Priya restarted it."


def invent_handle(scene: Scene) -> Iterator[str]:
    yield f"{scene.place.text.rstrip('.')}; @marek-k rolled it back."


def invent_team(scene: Scene) -> Iterator[str]:
    yield f"{scene.place.text.rstrip('.')}, and the database team restarted the primary."


def drop_negation(scene: Scene) -> Iterator[str]:
    text = scene.place.text
    for pattern, new in (
        (r"\bwas not\b", "was"),
        (r"\bcould not be\b", "could be"),
        (r"\bcould not\b", "could"),
        (r", never in\b", ", also in"),
        (r"\bhad no\b", "had"),
        (r"\bnot defined\b", "defined"),
        (r"\bfailed to\b", "managed to"),
        (r"\bnot found\b", "found"),
    ):
        yield from _each(re.compile(pattern), text, lambda _, new=new: new)


def add_negation(scene: Scene) -> Iterator[str]:
    text = scene.place.text
    for pattern, new in (
        (r"\bfired\b", "never fired"),
        (r"\brose\b", "did not rise"),
        (r"\bspiked\b", "did not spike"),
        (r"\bwas in state\b", "was not in state"),
        (r"\bresolved\b", "was not resolved"),
        (r"\breached\b", "never reached"),
        (r"\bfell\b", "did not fall"),
        (r"\bwas running\b", "was not running"),
    ):
        yield from _each(
            re.compile(pattern),
            re.sub(r'"[^"]*"', lambda found: found.group().replace("fired", "FIRED"), text),
            lambda found, new=new: (
                None
                if re.search(r"\bno\b", text[max(0, found.start() - 24) : found.start()], re.IGNORECASE)
                else new
            ),
        )


def swap_direction(scene: Scene) -> Iterator[str]:
    swaps = {
        "rose": "fell",
        "fell": "rose",
        "spiked": "dipped",
        "dipped": "spiked",
        "increased": "dropped",
        "dropped": "increased",
    }
    yield from _each(
        re.compile(rf"\b(?:{'|'.join(swaps)})\b"), scene.place.text, lambda found: swaps[found.group()]
    )


def swap_levels(scene: Scene) -> Iterator[str]:
    pattern = re.compile(r"from (?P<a>\d[\d.]*\d|\d) to (?P<b>\d[\d.]*\d|\d)")
    yield from _each(pattern, scene.place.text, lambda found: f"from {found['b']} to {found['a']}")


def swap_order(scene: Scene) -> Iterator[str]:
    swaps = {"before": "after", "after": "before", "first": "last", "until": "since"}
    pattern = re.compile(r"\b(?:before the onset|after \d+ restarts|after its start)\b")
    yield from _each(
        pattern,
        scene.place.text,
        lambda found: swaps[found.group().split()[0]] + found.group()[len(found.group().split()[0]) :],
    )


def wrong_order(scene: Scene) -> Iterator[str]:
    timed = sorted(
        (
            item
            for item in scene.digest.evidence
            if item.start and item.service and item.id in scene.place.evidence
        ),
        key=lambda item: item.start or datetime.now(UTC),
    )
    for first, last in zip(timed, timed[1:], strict=False):
        if (
            first.start
            and last.start
            and first.service != last.service
            and last.start - first.start > timedelta(seconds=2)
        ):
            yield f"{last.statement.rstrip('.')} before {first.statement}"


def merge_claims(scene: Scene) -> Iterator[str]:
    used = set(scene.place.evidence)
    other = next(
        (
            item
            for item in scene.digest.evidence
            if item.id not in used and item.service not in {found.service for found in scene.cited}
        ),
        None,
    )
    if other is not None:
        yield f"{scene.place.text.rstrip('.')}, and {other.statement}"


def misquote(scene: Scene) -> Iterator[str]:
    for found in re.finditer(r'(?<= ")[A-Za-z][^"]{12,}(?=")', scene.place.text):
        words = found.group().split(" ")
        if len(words) > 2:
            words[1] = "upstream" if words[1] != "upstream" else "downstream"
            yield scene.place.text[: found.start()] + " ".join(words) + scene.place.text[found.end() :]
            break


def raise_certainty(scene: Scene) -> Iterator[str]:
    yield from _each(
        re.compile(r"The most likely cause is this:"), scene.place.text, lambda _: "The cause is established:"
    )


def invent_cause(scene: Scene) -> Iterator[str]:
    if scene.place.standing == "supported":
        yield f"{scene.place.text.rstrip('.')}, because the connection limit had been lowered."


_ON_TEXT: dict[str, TextLie] = {
    "number: last digit": last_digit,
    "number: first digit": first_digit,
    "number: glued to letters": glued_digit,
    "number: ten times": ten_times,
    "number: invented": invent_number,
    "number: invented in words": invent_number_word,
    "count in words": count_in_words,
    "percentage: changed": percentage,
    "percentage: invented": invent_percentage,
    "unit": unit,
    "time: minutes": shift_minutes,
    "time: hour": shift_hour,
    "time: seconds": shift_seconds,
    "time: day": shift_day,
    "time: invented": invent_time,
    "duration: changed": shift_span,
    "duration: invented": invent_span,
    "name: digit": name_digit,
    "name: swapped for a known one": swap_name,
    "name: unknown service": unknown_service,
    "name: misspelt": misspelt_name,
    "name: invented host": invent_host,
    "name: invented pod": invent_pod,
    "name: invented image": invent_image,
    "name: invented version": invent_version,
    "name: invented address": invent_address,
    "name: invented alert": invent_alert,
    "actor: invented person": invent_person,
    "actor: invented handle": invent_handle,
    "actor: invented team": invent_team,
    "negation: dropped": drop_negation,
    "negation: added": add_negation,
    "direction: word": swap_direction,
    "direction: levels": swap_levels,
    "order: word": swap_order,
    "order: events": wrong_order,
    "quotation: word": misquote,
    "claims merged": merge_claims,
    "standing: words": raise_certainty,
    "standing: invented cause": invent_cause,
}
_ON_DRAFT = (
    "id: does not exist",
    "id: wrong, only one",
    "id: wrong, all",
    "id: wrong kind, all",
    "row: time",
    "row: actor",
    "row: order",
    "header: start",
    "header: end",
    "standing: claim",
    "standing: verdict",
    "standing: why",
    "owner: invented person",
    "factor: does not exist",
)
KINDS = (*_ON_TEXT, *_ON_DRAFT)
MUST = frozenset(
    kind
    for kind in KINDS
    if kind.startswith(
        (
            "number:",
            "time:",
            "duration:",
            "percentage:",
            "id: does",
            "id: wrong, all",
            "name:",
            "row: time",
            "row: actor",
        )
    )
)
"""Kinds of which every lie must be caught: digits, times, ids, names."""


def lies(draft: PostMortem, digest: Digest) -> Iterator[Lie]:
    """Yield every lie that can be told in a draft."""
    names = tuple(
        sorted(
            {item.service for item in digest.evidence if item.service}
            | {name for edge in digest.topology for name in (edge.caller, edge.callee)},
            key=len,
            reverse=True,
        )
    )
    for place in read_places(draft):
        if not place.grounded:
            continue
        scene = Scene(place, digest, names)
        for kind, tell in _ON_TEXT.items():
            for text in tell(scene):
                if text != place.text:
                    yield Lie(
                        kind,
                        place.section,
                        place.text,
                        text,
                        focus(with_text(draft, place.section, text), place.section),
                    )
        yield from _on_citations(draft, scene)
    yield from _on_rows(draft)
    yield from _on_standing(draft)
    yield from _on_the_rest(draft, digest)


def _on_citations(draft: PostMortem, scene: Scene) -> Iterator[Lie]:
    place, digest = scene.place, scene.digest
    if not place.evidence or ".whys." in place.section:
        return
    highest = max((int(item.id[1:]) for item in digest.evidence), default=0)
    kept = place.evidence[1:]

    def lie(kind: str, ids: tuple[str, ...]) -> Lie:
        changed = focus(with_evidence(draft, place.section, ids), place.section)
        return Lie(kind, place.section, f"{place.text} {place.evidence}", f"{place.text} {ids}", changed)

    if not place.section.endswith(".title"):
        yield lie("id: does not exist", (f"L{highest + 41}", *kept))
    telling = {name for name in scene.names if name.lower() in place.text.lower()}
    strange = [
        item
        for item in digest.evidence
        if item.id not in place.evidence
        and telling
        and not any(name.lower() in item.model_dump_json().lower() for name in telling)
    ]
    if strange and not place.section.endswith(".title"):
        other = strange[len(place.text) % len(strange)]
        yield lie("id: wrong, all", (other.id,))
        if kept:
            yield lie("id: wrong, only one", (other.id, *kept))
        if not place.facts and (
            kind := next((item for item in strange if item.kind != place.evidence[0][0]), None)
        ):
            yield lie("id: wrong kind, all", (kind.id,))


def _on_rows(draft: PostMortem) -> Iterator[Lie]:
    for number, row in enumerate(draft.timeline, 1):
        for by in (timedelta(minutes=4), timedelta(hours=-1), timedelta(seconds=75)):
            changed = row.model_copy(update={"time": row.time + by})
            rows = tuple(changed if found is row else found for found in draft.timeline)
            only = focus(
                draft.model_copy(update={"timeline": tuple(sorted(rows, key=lambda item: item.time))}),
                "timeline.0",
            )
            yield Lie(
                "row: time",
                f"timeline.{number}",
                f"{format_utc(row.time)} {row.event}",
                format_utc(changed.time),
                only,
            )
        changed = row.model_copy(update={"actor": "Henrik"})
        rows = tuple(changed if found is row else found for found in draft.timeline)
        yield Lie(
            "row: actor",
            f"timeline.{number}",
            row.actor,
            "Henrik",
            focus(draft.model_copy(update={"timeline": rows}), "timeline.0"),
        )
    for number in range(1, len(draft.timeline)):
        before, after = draft.timeline[number - 1 : number + 1]
        if before.time != after.time:
            rows = (*draft.timeline[: number - 1], after, before, *draft.timeline[number + 1 :])
            yield Lie(
                "row: order",
                f"timeline.{number}",
                before.event,
                after.event,
                focus(draft.model_copy(update={"timeline": rows}), "timeline.0"),
            )


def _on_standing(draft: PostMortem) -> Iterator[Lie]:
    for name in ("summary", "impact", "detection", "response", "went_well", "went_badly", "lucky", "lessons"):
        claims: tuple[Claim, ...] = getattr(draft, name)
        for number, claim in enumerate(claims):
            if claim.standing == "inferred":
                raised = claim.model_copy(update={"standing": "supported"})
                changed = draft.model_copy(update={name: (*claims[:number], raised, *claims[number + 1 :])})
                yield Lie(
                    "standing: claim", f"{name}.{number + 1}", claim.text, "supported", focus(changed, name)
                )
    for factor in draft.factors:
        if factor.claim.standing == "inferred":
            raised = factor.model_copy(
                update={"claim": factor.claim.model_copy(update={"standing": "supported"})}
            )
            factors = tuple(raised if found is factor else found for found in draft.factors)
            yield Lie(
                "standing: claim",
                f"factors.{factor.id}.claim",
                factor.claim.text,
                "supported",
                focus(draft.model_copy(update={"factors": factors}), "factors"),
            )
        for number, why in enumerate(factor.whys):
            if why.basis == "open":
                raised_why = why.model_copy(
                    update={
                        "basis": "evidenced",
                        "evidence": factor.claim.evidence[:1],
                        "answer": "The memory limit had been lowered.",
                    }
                )
                whys = (*factor.whys[:number], raised_why, *factor.whys[number + 1 :])
                factors = tuple(
                    found if found is not factor else factor.model_copy(update={"whys": whys})
                    for found in draft.factors
                )
                yield Lie(
                    "standing: why",
                    f"factors.{factor.id}.whys.{number + 1}",
                    why.answer,
                    raised_why.answer,
                    focus(draft.model_copy(update={"factors": factors}), "factors"),
                )
    if draft.cause.verdict != "established":
        cause = Cause(verdict="established", claim=draft.cause.claim, factors=draft.cause.factors)
        yield Lie(
            "standing: verdict",
            "cause.claim",
            draft.cause.verdict,
            "established",
            draft.model_copy(update={"cause": cause}),
        )


def _on_the_rest(draft: PostMortem, digest: Digest) -> Iterator[Lie]:
    cited = {name for place in read_places(draft) for name in place.facts}
    for field, fact in (("start", "started"), ("end", "ended")):
        moment = getattr(draft.header, field)
        if (
            moment is not None
            and cited & {fact, "duration"}
            and digest.fact("started" if field == "start" else "ended").known
        ):
            header = draft.header.model_copy(update={field: moment + timedelta(minutes=9)})
            yield Lie(
                f"header: {field}",
                f"header.{field}",
                format_utc(moment),
                format_utc(moment + timedelta(minutes=9)),
                draft.model_copy(update={"header": header}),
            )
    for item in draft.actions:
        for change, kind in (
            ({"owner": "Henrik"}, "owner: invented person"),
            ({"factors": ("F97",)}, "factor: does not exist"),
        ):
            acts = tuple(
                found.model_copy(update=change) if found is item else found for found in draft.actions
            )
            yield Lie(
                kind,
                f"actions.{item.id}",
                item.owner,
                str(change),
                focus(draft.model_copy(update={"actions": acts}), "actions"),
            )
