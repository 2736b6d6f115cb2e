"""People known by the roster, in running text: every way to write them is replaced, ordinary words never."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.redact import Redactor
from tools.redaction.names import Known, Names

DANA = Known("on-call, payments", ("dreyes", "Dana Reyes", "U0DANA77", "dana-r", "dana@example.org"))
WILL = Known("database lead", ("will", "Will Grant", "Will", "wgrant@example.org"))
MAY = Known("incident commander", ("May Rose", "mayrose", "may.rose@example.org"))
MARK = Known("release engineer", ("mark", "Mark Lindqvist", "mark.l"))
JOSE = Known("network lead", ("José Ángel Núñez", "jnunez"))
WEB = Known("on-call, web", ("web", "Dana Okafor"))
PEOPLE = (DANA, WILL, MAY, MARK, JOSE)


def shown(text: str, *people: Known, taken: tuple[str, ...] = ()) -> str:
    return Redactor(b"inc-1", names=Names(people or PEOPLE, taken)).text(text)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Dana Reyes rolled back the release", "on-call, payments rolled back the release"),
        ("DANA REYES: restarting", "on-call, payments: restarting"),
        ("thanks @Dana Reyes!", "thanks on-call, payments!"),
        ("Reyes, Dana paged at 10:01", "on-call, payments paged at 10:01"),
        ("dana.reyes approved it", "on-call, payments approved it"),
        ("Dana's fix is out", "on-call, payments's fix is out"),
        ("sudo: dreyes : TTY=pts/0 ; USER=root", "sudo: on-call, payments : TTY=pts/0 ; USER=root"),
        ("user=dreyes uid=1000(dreyes)", "user=on-call, payments uid=1000(on-call, payments)"),
        ("session opened for user dreyes by (uid=0)", "session opened for user on-call, payments by (uid=0)"),
        ("/home/dreyes/deploy.sh failed", "/home/on-call, payments/deploy.sh failed"),
        ("<@U0DANA77> please look", "on-call, payments please look"),
        ("<@U0DANA77|dana> please look", "on-call, payments please look"),
        ("merge branch dana-r/fix-pool", "merge branch on-call, payments/fix-pool"),
        ("mail dana@example.org bounced", "mail on-call, payments bounced"),
        ("?to=dana%40example.org", "?to=on-call, payments"),
        (
            "Signed-off-by: Dana Reyes <dana@example.org>",
            "Signed-off-by: on-call, payments",
        ),
        ("Signed-off-by: Will Grant <wgrant@example.org>", "Signed-off-by: database lead"),
        ("Will Grant wrote the runbook", "database lead wrote the runbook"),
        ("Will wrote in #ops: looking", "database lead wrote in #ops: looking"),
        ("Acked by Will, resolved by Mark.", "Acked by database lead, resolved by release engineer."),
        ("@will can you check? @may", "database lead can you check? incident commander"),
        ("author=will message=x", "author=database lead message=x"),
        ('{"user": "mark", "op": "mark"}', '{"user": "release engineer", "op": "mark"}'),
        ("May Rose took command", "incident commander took command"),
        ("May asked for a status", "incident commander asked for a status"),
        ("josé ángel núñez or Jose Nunez or JOSÉ NÚÑEZ", "network lead or network lead or network lead"),
        ("José looked at the switch", "network lead looked at the switch"),
        ("mark.l deployed v2", "release engineer deployed v2"),
    ],
)  # fmt: skip
def test_a_mention_is_replaced(text: str, wanted: str) -> None:
    assert shown(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "Will the pool recover? It will not.",
        "we will grant access when errors rose",
        "Mark the node as unschedulable; Mark and sweep took 3 s",
        "GC mark phase 12 ms, high water mark 90%",
        "Rose to 400 errors; latency rose; the rose window",
        "On May 3 the certificate may expire, approved by May 4",
        "May I restart it? May the queue drain",
        "Grant SELECT on orders; GRANT ALL to app",
        "/home/mark.txt, remark, benchmark, goodwill, willing",
        "@mark.parametrize and will@2x.png",
        "dreyes-laptop and xdreyes and dreyes.local stay",
        "Dana Smith is a customer, author=Will Smith, @Will Smith",
        "indana and Danang and bandana",
        "jnunezia u0dana778",
    ],
)
def test_an_ordinary_word_stays(text: str) -> None:
    assert shown(text) == text


def test_a_word_for_a_team_or_service_is_no_login_alone() -> None:
    line = "web failed, web-1 and the web team restarted"
    assert shown(line, WEB) == line
    assert shown("acked by user=web", WEB) == "acked by user=on-call, web"
    ledger = Known("on-call, ledger", ("kestrel",))
    assert shown("kestrel failed", ledger, taken=("kestrel",)) == "kestrel failed"
    assert shown("kestrel failed", ledger) == "on-call, ledger failed"


def test_a_first_name_that_two_people_have_is_left_and_their_full_names_are_told_apart() -> None:
    text = "Dana restarted it; Dana Okafor agreed with Dana Reyes"
    assert shown(text, DANA, WEB) == "Dana restarted it; on-call, web agreed with on-call, payments"


def test_secrets_beside_names_are_masked_all_the_same() -> None:
    masked = shown(
        "psql postgres://dreyes:s3cr3t-9@db/x password=dreyes99 cc eve@example.com, dreyes@other.example"
    )
    assert masked.startswith("psql postgres://on-call, payments:<password-")
    assert "s3cr3t" not in masked
    assert "dreyes" not in masked
    assert "eve@" not in masked
    assert masked.count("<email-") == 2


def test_replacing_twice_changes_nothing() -> None:
    once = shown("Dana Reyes and @will and jnunez")
    assert shown(once) == once


@given(st.text(alphabet="abw ,.:;()[]'\"\n", max_size=30), st.text(alphabet="abw ,.:;()[]'\"\n", max_size=30))
def test_a_full_name_never_survives_its_surroundings(before: str, after: str) -> None:
    assert "Lindqvist" not in shown(f"{before} Mark Lindqvist {after}")


@given(st.text(max_size=200))
def test_text_without_names_is_untouched(text: str) -> None:
    assert shown(text, DANA) == Redactor(b"inc-1").text(text)
