"""How drafts put things: times, lists, one sentence and one row for what several services share."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from agent.drafting.phrasing import clock, listed, plain, shared
from agent.drafting.rows import rows
from agent.schema.digest import Fact
from tests.agent.drafting.conftest import Making

NINE = datetime(2026, 3, 17, 9, 0, 5, 400_000, tzinfo=UTC)
AT = "2026-03-17T09:00:05Z"


def test_a_day_is_told_once() -> None:
    assert clock(NINE) == "2026-03-17 09:00:05 UTC"
    assert clock(NINE, date(2026, 3, 17)) == "09:00:05 UTC"
    assert clock(NINE + timedelta(days=1), date(2026, 3, 17)) == "2026-03-18 09:00:05 UTC"


@pytest.mark.parametrize(
    ("names", "text"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_lists(names: list[str], text: str) -> None:
    assert listed(names) == text


def test_what_was_not_seen_before_is_left_to_the_appendix(make: Making) -> None:
    item = make.item("L1", 'cart logged the error "x" twice, never in the 1 h 17 min before the onset')
    assert plain(item) == 'cart logged the error "x" twice'


def test_one_sentence_for_what_services_share(make: Making) -> None:
    said = "Deployment {} had 0 of 1 wanted replica available"
    items = [
        make.item(f"K{n}", said.format(name), service=name) for n, name in enumerate(("cart", "mail"), 1)
    ]
    assert shared(items) == "Deployments cart and mail each had 0 of 1 wanted replica available"
    assert shared(items[:1]) is None
    other = make.item("K3", "Deployment shop had 0 of 2 wanted replicas available", service="shop")
    assert shared([*items, other]) is None


def test_details_behind_a_colon_do_not_keep_services_apart(make: Making) -> None:
    items = [
        make.item(f"L{n}", f"The logs of {name} could not be fetched: dial {n}", service=name)
        for n, name in enumerate(("cart", "mail"), 1)
    ]
    assert shared(items) == "The logs of cart and mail could not be fetched"


def test_the_same_of_several_services_in_one_second_is_one_row(make: Making) -> None:
    items = [
        make.item(f"K{n}", f"{name} was still Pending", service=name, at=AT)
        for n, name in enumerate(("cart", "mail", "shop"), 1)
    ]
    (row,) = rows(make.digest(*items))
    assert row.event == "cart, mail and shop were still Pending"
    assert row.evidence == ("K1", "K2", "K3")
    assert row.actor == "cart, mail and shop"


def test_the_end_of_a_query_is_told_by_the_metrics_that_it_reads(make: Making) -> None:
    said = "cart throttled_periods / periods rose from 0 to 1.76, peak 1.89"
    item = make.item(
        "M1", said, service="cart", at=AT, until="2026-03-17T09:05:00Z",
        metric="sum by (pod) (rate(throttled_periods[3m])) / sum(periods)", harm="bad", change="shift",
    )  # fmt: skip
    *_, last = rows(make.digest(item))
    assert last.event == "cart throttled_periods / periods recovered"


def test_routine_messages_and_namespace_roll_outs_make_no_row(make: Making) -> None:
    telling = [
        make.item(f"L{n}", f'cart logged the error "{n}"', service="cart", at=f"2026-03-17T09:00:0{n}Z")
        for n in range(1, 4)
    ]
    routine = make.item(
        "L9", 'kubelet logged the message "m"', service="kubelet", at=AT, severity="info", level="info"
    )
    rolled = make.item("C1", "11 workloads were rolled out together", at=AT, members="cart, mail")
    digest = make.digest(*telling, routine, rolled)
    shown = {name for row in rows(digest) for name in row.evidence}
    assert shown == {"L1", "L2", "L3"}
    shown = {
        name for row in rows(make.digest(*telling, routine, rolled), {"L9", "C1"}) for name in row.evidence
    }
    assert shown == {"L1", "L2", "L3", "L9", "C1"}
    assert {name for row in rows(make.digest(telling[0], routine)) for name in row.evidence} == {"L1", "L9"}


@pytest.mark.parametrize(
    ("alert", "seconds", "said"),
    [
        ("2026-03-17T09:00:35Z", 30.0, "It fired 30 s after the first symptom."),
        (AT, 0.0, "It fired when the first symptom showed."),
        ("2026-03-17T08:59:20Z", 0.0, "It fired before the first symptom was recorded."),
    ],
)
def test_an_alert_before_the_first_symptom_is_not_called_simultaneous(
    make: Making, alert: str, seconds: float, said: str
) -> None:
    symptom = make.item("L1", "cart failed", service="cart", at=AT)
    fired = make.item("A1", "Alert X fired", service="cart", at=alert)
    digest = make.digest(
        symptom,
        fired,
        onset=AT,
        first_symptom=Fact(name="first_symptom", label="s", text=AT, time=NINE, evidence=("L1",)),
        first_alert=Fact.model_validate(
            {"name": "first_alert", "label": "a", "text": alert, "time": alert, "evidence": ("A1",)}
        ),
        time_to_detect=Fact(name="time_to_detect", label="t", text=f"{seconds:.0f} s", seconds=seconds),
    )
    draft = make.draft(make.brief(digest))
    assert said in [claim.text for claim in draft.detection]
