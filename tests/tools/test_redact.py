"""Masking: every rule's own examples, stability, streams, and texts that were cut."""

from __future__ import annotations

import io
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.redact import Redactor
from tools.redaction.rules import rules

HITS = [(rule.name, text) for rule in rules() for text in rule.hits]
MISSES = [(rule.name, text) for rule in rules() for text in rule.misses]
TOKEN = "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a"
PEM = "-----BEGIN " + "RSA PRIVATE KEY-----\n" + "MIIEpAIBAAKCAQEA\n" * 20 + "-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(("name", "text"), HITS)
def test_hit(name: str, text: str) -> None:
    redactor = Redactor(addresses=True)
    assert name in {hit.rule for hit in redactor.hits(text.encode())}
    assert redactor.text(text) != text


@pytest.mark.parametrize(("name", "text"), MISSES)
def test_miss(name: str, text: str) -> None:
    addresses = name in {"ipv4", "ipv6"}
    assert [hit.rule for hit in Redactor(addresses=addresses).hits(text.encode())] == []


def test_the_words_around_a_secret_stay() -> None:
    masked = Redactor().text(
        "login user=ana password=hunter2 from 10.0.0.1 failed: postgres://app:s3cr3t@db:5432/x"
    )
    assert masked.startswith("login user=ana password=<password-")
    assert "from 10.0.0.1 failed: postgres://app:<password-" in masked
    assert masked.endswith("@db:5432/x")


def test_masks_are_stable_within_a_salt_and_differ_between_values_and_salts() -> None:
    one, other = Redactor(b"inc-1"), Redactor(b"inc-2")
    first = one.text("mail ana@example.com")
    assert first == Redactor(b"inc-1").text("mail ana@example.com")
    assert first != other.text("mail ana@example.com")
    assert first != one.text("mail bob@example.com")
    assert one.counts == {"email": 2}


def test_masking_twice_changes_nothing() -> None:
    redactor = Redactor(addresses=True)
    for _, text in HITS:
        once = redactor.text(text)
        assert redactor.text(once) == once


@pytest.mark.parametrize("length", range(len(TOKEN) + 1))
def test_a_token_that_was_cut_leaves_nothing_of_its_secret(length: int) -> None:
    masked = Redactor().text(f"pushed with {TOKEN[:length]}…", cut=True)
    assert TOKEN[4:8] not in masked
    assert masked.startswith("pushed with ")


def test_private_keys_over_many_lines_in_a_stream_of_small_lines() -> None:
    noise = "2026-03-17 10:00:00 INFO served /cart in 12 ms\n" * 30_000
    text = f"{noise}{PEM}\n{noise}password=hunter2\n"
    target = io.BytesIO()
    Redactor().stream(io.BytesIO(text.encode()), target)
    masked = target.getvalue().decode()
    assert "MIIE" not in masked
    assert "hunter2" not in masked
    assert masked.count("served /cart") == 60_000


def test_secrets_on_block_boundaries_and_without_a_last_newline() -> None:
    chance = random.Random(4)
    for _ in range(5):
        line = "x" * chance.randint(1_048_500, 1_048_600) + f" token={TOKEN} "
        target = io.BytesIO()
        Redactor().stream(io.BytesIO((line * 2 + "\n" + line).encode()), target)
        assert TOKEN.encode() not in target.getvalue()


def test_addresses_are_kept_unless_told() -> None:
    assert Redactor().text("from 203.0.113.7") == "from 203.0.113.7"
    assert "203.0.113.7" not in Redactor(addresses=True).text("from 203.0.113.7")


@given(st.text(max_size=300))
def test_any_text_survives_and_ordinary_words_are_untouched(text: str) -> None:
    redactor = Redactor()
    masked = redactor.text(text)
    if not redactor.counts:
        assert masked == text


@given(st.text(alphabet="abc @=:\n\"'", max_size=80), st.text(alphabet="abc @=:\n\"'", max_size=80))
def test_a_token_never_survives_its_surroundings(before: str, after: str) -> None:
    assert TOKEN not in Redactor().text(f"{before} {TOKEN} {after}")
