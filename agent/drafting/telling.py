"""How a person on call would put one piece of evidence: what was measured, what an alert is about."""

from __future__ import annotations

import re

from agent.schema.evidence import Evidence

_NOUNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), noun)
    for pattern, noun in (
        (r"p50_?latency(_m?s|_seconds)?|latency_p50(_m?s)?", "median latency"),
        (r"p(?P<q>\d\d)_?latency(_m?s|_seconds)?|latency_p(?P<r>\d\d)(_m?s)?", "p{q} latency"),
        (r"(pod_|container_)?(?P<side>client|server|request)_latency_p(?P<s>\d\d)", "p{q} {side} latency"),
        (r"(response_)?(latency|time)|latency_(m?s|seconds)", "latency"),
        (r"(http_)?(server_)?requests?_duration_(m?s|seconds|milliseconds)", "request latency"),
        (r"(container_|process_)?cpu(_usage|_utili[sz]ation)?(_seconds_total|_percent|_cores)?", "CPU use"),
        (r"(container_)?cpu_(cfs|throttl)\w*( / (container_)?cpu_cfs\w*)?", "CPU throttling"),
        (
            r"(container_|process_)?mem(ory)?(_usage|_utili[sz]ation|_used|_rss|_working_set)?(_bytes|_percent)?",
            "memory use",
        ),
        (r"(container_)?network_receive(_bytes)?(_total)?|network_in", "incoming network traffic"),
        (r"(container_)?network_transmit(_bytes)?(_total)?|network_out", "outgoing network traffic"),
        (r"(node_)?tcp_retr?ans\w*", "TCP retransmissions"),
        (r"rps|qps|requests?(_rate|_per_second)?|throughput", "request rate"),
        (r"success_rate", "success rate"),
        (r"error_rate", "error rate"),
    )
)
"""Names of metrics that say the same everywhere; any other name is kept as it is."""
_PEAK = re.compile(r", (?P<what>peak|lowest) (?=\S+)")
_PEAKS = {"peak": "with a peak of", "lowest": "with a low of"}
_FIRED = re.compile(r"^Alert (?P<name>.+?) fired for (?P<whom>[^:]+?): (?P<text>.+)$", re.DOTALL)
_LARGE = re.compile(r"(?P<value>(?<![\w.])\d{4,}(?:\.\d+)?) (?P<unit>µs|ms|bytes|MB)(?!\w)")
_LARGER = {
    "µs": ("ms", 1e3),
    "ms": ("s", 1e3),
    "bytes": ("MB", 1e6),
    "MB": ("GB", 1e3),
}
_SHARE = re.compile(r" \([+-][\d.]+%\)")
"""A change in percent beside the two values that it follows from."""
_MOST_TEXT = 110


def sentence(statement: str) -> str:
    """Give a statement without its closing full stop, on one line."""
    return " ".join(statement.split()).rstrip(".")


def told(item: Evidence) -> str:
    """Put a metric's movement and an alert in plain words; what is neither stands as its statement."""
    text = sentence(item.statement)
    if item.kind == "M":
        return _movement(item, text)
    return _alert(text) if item.kind == "A" else text


def noun_of(metric: str, quantile: str = "") -> str:
    """Say what a metric measures where its name is a usual one; else give the name, with its quantile."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", metric).lower().replace("-", "_")
    for pattern, noun in _NOUNS:
        if found := pattern.fullmatch(name):
            groups = found.groupdict()
            rank = groups.get("q") or groups.get("r") or groups.get("s") or ""
            said = noun.format(q=rank, side=groups.get("side") or "")
            return f"{quantile} {said}".strip()
    return f"{metric} {quantile}".strip()


def gist(text: str) -> str:
    """Cut what an alert says to its first part: up to a bar, the end of a sentence, or so many characters."""
    first = _SHARE.sub("", re.split(r"\s[|\u2502]\s|(?<=[a-z)])[.!?]\s", text, maxsplit=1)[0])
    if len(first) <= _MOST_TEXT:
        return first.strip()
    cut = first.rfind(" ", 0, _MOST_TEXT)
    return first[: cut if cut > 0 else _MOST_TEXT].rstrip(" ,;:") + "…"


def called(item: Evidence) -> str:
    """Name an alert, what it is for and what it is about: behind words that say that it fired."""
    text = sentence(item.statement)
    found = _FIRED.match(text)
    return f"{found['name']} for {found['whom']} ({gist(found['text'])})" if found else text


def _movement(item: Evidence, text: str) -> str:
    quantile = item.attributes.get("quantile", "")
    metric = item.attributes.get("metric", "").removesuffix("_bucket").removesuffix("_sum")
    name = f"{metric} {quantile}".strip()
    head = f"{item.service} {name}"
    if item.service and metric and text.startswith(head):
        noun = noun_of(metric, quantile)
        text = f"{item.service}'s {noun}{text[len(head) :]}" if noun != name else text
    text = _LARGE.sub(_in_larger_unit, text)
    return _PEAK.sub(lambda found: f", {_PEAKS[found['what']]} ", text, count=1)


def _in_larger_unit(found: re.Match[str]) -> str:
    """Write 1000 and more of a unit in the next one that people use, without rounding to fewer digits."""
    value, unit = float(found["value"]), found["unit"]
    while unit in _LARGER and value >= _LARGER[unit][1]:
        unit, size = _LARGER[unit]
        value /= size
    return f"{value:.6g} {unit}"


def _alert(text: str) -> str:
    found = _FIRED.match(text)
    return f"Alert {found['name']} fired for {found['whom']}: {gist(found['text'])}" if found else text
