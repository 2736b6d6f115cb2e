"""Masking fast gives what masking slowly gives: each rule on each line, and streams cut anywhere."""

from __future__ import annotations

import io
from typing import BinaryIO, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.agent.planted import planted
from tools.redact import Hit, Redactor, _disjoint, _hit
from tools.redaction.gate import Gate
from tools.redaction.rules import Rule, rules

SECRETS = [secret.text.encode() for secret in planted(200, seed=23)]
EXAMPLES = [text.encode() for rule in rules() for text in rule.hits + rule.misses]
NOISE = (
    b"2026-03-17T10:00:00.123Z INFO [main] c.e.CartService served /cart?id=4711 in 12 ms",
    b"Mar 17 10:00:00 web-1 sshd[24200]: Failed password for invalid user admin from 10.0.0.7 port 389",
    b'{"level":"warn","key":"session","msg":"token bucket empty","at":"2026-03-17 10:00:00 +0100"}',
    b"blk_-1608999687919862906 terminating: java.lang.Object@6d06d69c",
    b"caf\xc3\xa9 \xff\xfe \x00 \x0b \r",
)
LONG = (
    b"mail to " + b"a" * 60 + b"@mail.example.org.",
    b"dsn " + b"u" * 50 + b":" + b"p1" * 90 + b"@tcp(db:3306)",
    b"amqp://" + b"user" * 25 + b":" + b"Pw9" * 60 + b"@mq/",
    b"api_key=" + b"Zq8" * 1200,
    b"Bearer " + b"a" * 1190 + b"7 x",
    b"cookie: " + b"sid=" + b"k9" * 900 + b"; theme=dark",
    b"eyJ" + b"a7" * 590 + b"." + b"b8" * 700,
    b"x" * 1170 + b" 4111 1111 1111 1111" + b"2",
)
"""What is longer than the bytes that are searched at first."""
PIECES = st.one_of(
    st.sampled_from([*SECRETS, *EXAMPLES, *LONG]),
    st.sampled_from(NOISE),
    st.sampled_from([b" ", b"\n", b"", b",", b'"', b"=", b"@", b"://", b"x" * 250, b"x" * 900, b"y " * 700]),
    st.binary(max_size=8),
)
TEXTS = st.lists(PIECES, max_size=30).map(b"".join)
QUICK = settings(max_examples=150, deadline=None)
FEW = settings(max_examples=30, deadline=None)


def slow(data: bytes) -> list[Hit]:
    """Try every rule at every line; the only ones that run over lines are private keys."""
    found: list[Hit] = []
    for rule in rules():
        start = 0
        for line in [data] if rule.lines > 1 else data.split(b"\n"):
            for match in rule.pattern.finditer(data, start, start + len(line)):
                hit = _hit(rule, data, match)
                found += [hit] if hit else []
            start += len(line) + 1
    return _disjoint(found)


@QUICK
@given(TEXTS)
def test_the_gate_loses_nothing(data: bytes) -> None:
    assert Redactor(addresses=True).hits(data) == slow(data)


@pytest.mark.parametrize("text", LONG)
@pytest.mark.parametrize("before", [b"", b"y " * 700, b"password=hunter2 "])
def test_long_ones_are_found_whole(text: bytes, before: bytes) -> None:
    for line in (before + text, before + text + b" tail " * 300, text + b" " + before + text):
        assert Redactor().hits(line) == [hit for hit in slow(line) if hit.rule not in {"ipv4", "ipv6"}]


def test_all_examples_and_planted_secrets_in_one_line_of_half_a_megabyte() -> None:
    line = b" ".join(NOISE[n % 4] + b" " + secret for n, secret in enumerate(SECRETS * 12))
    assert len(line) > 300_000
    assert Redactor(addresses=True).hits(line) == slow(line)


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
def test_what_a_pattern_matches_holds_its_cue(rule: Rule) -> None:
    gate = Gate([rule])

    @settings(
        max_examples=60,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    @given(st.from_regex(rule.pattern))
    def holds(text: bytes) -> None:
        for line in [text] if rule.lines > 1 else text.split(b"\n"):
            match = rule.pattern.search(line)
            if match and (not rule.groups or any(match[name] for name in rule.groups)):
                assert any(region.low <= match.start() <= region.high for region in gate.regions(line))

    holds()


class Dripping(io.BytesIO):
    """Gives as little at once as it is told."""

    def __init__(self, data: bytes, sizes: list[int]) -> None:
        super().__init__(data)
        self._sizes = sizes
        self._turn = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self._turn += 1
        most = self._sizes[self._turn % len(self._sizes)]
        return super().read(most if size is None or size < 0 else min(size, most))


def streamed(data: bytes, sizes: list[int]) -> bytes:
    target = io.BytesIO()
    Redactor(b"inc-1").stream(cast("BinaryIO", Dripping(data, sizes)), target)
    return target.getvalue()


@FEW
@given(TEXTS, st.lists(st.integers(1, 400), min_size=1, max_size=5))
def test_a_stream_cut_anywhere_is_masked_as_the_whole(data: bytes, sizes: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tools.redact._BLOCK", 1 << 15)  # several blocks without a large text
        whole = data * (1 + 200_000 // (len(data) + 1))
        assert streamed(whole, [size * 50 for size in sizes]) == Redactor(b"inc-1").data(whole)


def test_a_very_long_line_is_divided_away_from_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.redact._LINE", 1 << 20)
    piece = b'{"password": "correct horse battery staple", "note": "' + b"word " * 400 + b'"}, '
    data = piece * (6_000_000 // len(piece))
    masked = streamed(data, [1 << 20])
    assert b"horse" not in masked
    assert masked == Redactor(b"inc-1").data(data)


def test_a_very_long_line_without_a_blank_or_full_of_secrets_is_still_masked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tools.redact._LINE", 1 << 20)
    for piece in (b"x" * 5000 + b",password=hunter2-7", b"password=hunter2-7 "):
        masked = streamed(piece * (2_000_000 // len(piece)), [1 << 20])
        assert masked.count(b"hunter2") <= masked.count(b"<password-") // 100
