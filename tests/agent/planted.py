"""Made-up secrets and personal data of every family, each in text as it is met, for tests of masking.

They are put together when the tests run and belong to nobody; no scanner finds them in this file.
"""

from __future__ import annotations

import base64
import random
import string
from collections.abc import Callable
from dataclasses import dataclass

_ALNUM = string.ascii_letters + string.digits
_HEX = "0123456789abcdef"
_UPPER = string.ascii_uppercase + string.digits


@dataclass(frozen=True)
class Planted:
    """One secret: `text` is what stands in a log, `core` what must never be seen again."""

    family: str
    text: str
    core: str


Chance = random.Random
Family = Callable[[Chance], tuple[str, str]]
"""Gives a text and the core in it."""


def _some(chance: Chance, length: int, letters: str = _ALNUM) -> str:
    """Draw letters, always with a digit and a letter among the first ones."""
    return "q7" + "".join(chance.choice(letters) for _ in range(length - 2))


def _token(before: str, length: int, after: str = "", letters: str = _ALNUM) -> Family:
    def make(chance: Chance) -> tuple[str, str]:
        core = "".join(chance.choice(letters) for _ in range(length - 2)) + (
            "A7" if letters == _UPPER else "a7"
        )
        return f"{before}{core}{after}", core

    return make


def _basic(chance: Chance) -> tuple[str, str]:
    core = base64.b64encode(f"svc:{_some(chance, 14)}".encode()).decode()
    return f"authorization: Basic {core}", core


def _jwt(chance: Chance) -> tuple[str, str]:
    body = base64.urlsafe_b64encode(f'{{"sub":"{_some(chance, 12)}"}}'.encode()).decode().rstrip("=")
    core = f"{body}.{_some(chance, 32)}"
    return "eyJ" + f"hbGciOiJIUzI1NiJ9.{core}", core


def _pem(chance: Chance) -> tuple[str, str]:
    core = _some(chance, 64)
    head, tail = ("-----" + f"{word} EC PRIVATE" + " KEY-----" for word in ("BEGIN", "END"))
    return f"{head}\\n{core}\\n{tail}", core


def _iban(chance: Chance) -> tuple[str, str]:
    account = "".join(chance.choice(string.digits) for _ in range(18))
    check = 98 - int(f"{account}131400") % 97
    core = f"DE{check:02d}{account}"
    return f"transfer to {core}", core


def _card(chance: Chance) -> tuple[str, str]:
    digits = [4, *(chance.randrange(10) for _ in range(14))]
    total = sum(sum(divmod(d * 2, 10)) if n % 2 == 0 else d for n, d in enumerate(digits))
    core = "".join(map(str, digits)) + str(-total % 10)
    return f"card {core} declined", core


def _phone(chance: Chance) -> tuple[str, str]:
    core = f"+49 30 {chance.randrange(10_000_000, 99_999_999)}"
    return f"call {core}", core


def _mail(chance: Chance) -> tuple[str, str]:
    core = f"jo.{_some(chance, 8, string.ascii_lowercase)}@example.com"
    return f"mail from {core} bounced", core


def _mail_as_value(chance: Chance) -> tuple[str, str]:
    core = f"jo.{_some(chance, 8, string.ascii_lowercase)}@example.com"
    return f"user={core} ok", core


FAMILIES: dict[str, Family] = {
    "aws key": _token("key AK" + "IA", 16, letters=_UPPER),
    "aws secret": _token("aws_secret_access_key=", 40),
    "github": _token("ghp" + "_", 36),
    "github fine-grained": _token("github" + "_pat_", 60),
    "gitlab": _token("glp" + "at-", 20),
    "slack": _token("xo" + "xb-", 40),
    "webhook": _token("POST https://hooks.slack" + ".com/services/", 40),
    "stripe": _token("sk_" + "live_", 24),
    "model": _token("sk-" + "ant-api03-", 40),
    "google": _token("key AI" + "za", 35),
    "npm": _token("npm" + "_", 36),
    "vault": _token("hv" + "s.", 30),
    "grafana": _token("gls" + "a_", 32, "_1234abcd"),
    "telegram": _token("bot110201543:" + "AA", 33),
    "twilio": _token("sid A" + "C", 32, letters=_HEX),
    "jwt": _jwt,
    "private key": _pem,
    "bearer": _token("Authorization: Bearer ", 32),
    "basic": _basic,
    "database address": _token("postgres://app:", 14, "@db:5432/shop"),
    "broker address": _token("amqp://guest:", 12, "@mq.shop/"),
    "go dsn": _token("root:", 14, "@tcp(db:3306)/app"),
    "sentry": _token("https://", 32, "@o1.ingest.sentry.io/1", letters=_HEX),
    "connection string": _token("AccountName=shop;AccountKey=", 64, "==;"),
    "password": _token("password=", 12),
    "password in JSON": _token('{"password": "', 12, '"}'),
    "password in environment": _token("DB_PASSWORD: ", 14),
    "password as option": _token("mysql --password ", 12),
    "api key in URL": _token("GET https://api.shop/v1?api_key=", 24, "&page=1"),
    "access token in URL": _token("GET /x?access_token=", 24, "&x=1"),
    "signature in URL": _token("GET https://store/b?sv=2020&sig=", 40),
    "client secret": _token('"client_secret": "', 20, '"'),
    "cookie": _token("Cookie: sid=", 24, "; theme=dark"),
    "set-cookie": _token("set-cookie: session=", 24, "; Path=/"),
    "password of curl": _token("curl -s -u app:", 14, " https://x/"),
    "token as option": _token("cli --token ", 24),
    "databricks": _token("dap" + "i", 32, letters=_HEX),
    "mail as value": _mail_as_value,
    "password hash": _token("$2b" + "$12$", 53),
    "mail": _mail,
    "phone": _phone,
    "iban": _iban,
    "card": _card,
}


def planted(count: int, seed: int = 4) -> list[Planted]:
    """Make so many, every family in turn."""
    chance = random.Random(seed)
    names = list(FAMILIES)
    return [
        Planted(name, *FAMILIES[name](chance))
        for name in (names[number % len(names)] for number in range(count))
    ]
