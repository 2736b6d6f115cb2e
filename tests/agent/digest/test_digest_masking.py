"""Templates: ids vanish, numbers that name an event stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.digest import masking


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("user 1234 logged in from 10.0.0.7", "user 98 logged in from 10.9.0.200"),
        ("request 6f3cbf058c2765548a39ad724905d6a1 done", "request b0103bb0161ad7fa352fe1828eeb643a done"),
        ("took 12.5 ms at 2026-03-20T05:09:43Z", "took 7 ms at 2026-03-20T05:19:43Z"),
        ("pod ts-order-service-866bd68c97-xcqfx gone", "pod ts-order-service-7c5f46fc47-dl2wj gone"),
    ],
)
def test_two_messages_of_one_kind_share_a_template(one: str, other: str) -> None:
    assert masking.template(one) == masking.template(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('"GET /cart HTTP/1.1" 200 512', '"GET /cart HTTP/1.1" 503 512'),
        ("container exited with code 137", "container exited with code 143"),
        ("SQLSTATE[40001]: conflict", "SQLSTATE[08006]: conflict"),
        ("rpc error: code = Unavailable desc = x", "rpc error: code = Internal desc = x"),
        ("Started worker 1", "Paused worker 1"),
        ("loaded plugin v1.2.3", "loaded plugin v1.2.4"),
    ],
)
def test_two_events_keep_two_templates(one: str, other: str) -> None:
    assert masking.template(one) != masking.template(other)


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("503 Server Error: Service Unavailable", "status 503"),
        ("terminated, exit code: 137", "exit 137"),
        ("open failed: errno=24", "errno 24"),
        ("rpc error: code = Unavailable desc = upstream", "grpc Unavailable"),
        ("ERROR 1045 (28000): Access denied for user", "mysql 1045"),
        ("took 503 steps", ""),
    ],
)
def test_the_number_that_names_the_event_is_found(text: str, event: str) -> None:
    assert masking.event_number(text) == event


def test_the_innermost_cause_of_a_stack_trace_is_its_exception() -> None:
    trace = (
        "org.springframework.beans.BeanCreationException: Error creating bean\n"
        "\tat a.b(C.java:1)\nCaused by: com.mysql.cj.exceptions.CJException: Access denied for user\n"
        "\t... 30 more\nCaused by: java.net.ConnectException: Connection refused\n"
    )
    assert masking.exception(trace) == "java.net.ConnectException"


@given(st.text(max_size=500))
def test_any_text_has_a_bounded_template_and_masking_twice_changes_nothing_more(text: str) -> None:
    shape = masking.template(text)
    assert 0 < len(shape) <= 300
    assert "\n" not in shape
