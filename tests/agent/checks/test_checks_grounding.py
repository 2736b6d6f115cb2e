"""What a draft says against what it cites: true sentences pass, each kind of lie is reported."""

from pathlib import Path

import pytest

from agent.checks.actors import actor_is_shown
from agent.checks.grounding import check_grounding
from agent.schema.postmortem import Claim
from benchmarks.mutations import MUST, measure
from benchmarks.offline_drafts import offline_drafts
from benchmarks.paraphrases import DRAFTED, FOLDER, VARIED, draft_of, false_alarms, read_case


def _rules(
    case: str, evidence: tuple[str, ...], text: str, folder: Path = FOLDER, /, **fields: object
) -> set[str]:
    digest, header = read_case(folder / f"{case}.json")
    claim = Claim.model_validate({"text": text, "evidence": evidence, **fields})
    return {item.rule for item in check_grounding(draft_of(claim, header), digest) if item.level != "info"}


@pytest.mark.parametrize(("folder", "least"), [(FOLDER, 240), (VARIED, 170)])
def test_true_sentences_of_a_careful_writer_pass(folder: Path, least: int) -> None:
    checked, alarms = false_alarms(folder)
    assert checked >= least
    assert len(alarms) <= 0.02 * checked, [alarm.text for alarm in alarms]


def test_true_sentences_of_whole_drafts_by_a_model_pass() -> None:
    checked, alarms = false_alarms(DRAFTED)
    assert checked >= 100
    assert len(alarms) <= 0.02 * checked, [alarm.text for alarm in alarms]


_BOUTIQUE, _TRAINTICKET = "boutique-4392eb", "trainticket-608b96"


@pytest.mark.parametrize(
    ("case", "evidence", "true", "lie", "rule"),
    [
        (
            _BOUTIQUE,
            ("A3", "A4", "A5"),
            "All three services with an alert were slow.",
            "All four services with an alert were slow.",
            "G02",
        ),
        (
            _BOUTIQUE,
            ("A1", "A3", "A4", "A5"),
            "Alerts fired for three slow services.",
            "Alerts fired for five slow services.",
            "G02",
        ),
        (_BOUTIQUE, ("A1", "A2"), "Alerts fired for two nodes.", "Alerts fired for three nodes.", "G02"),
        (_BOUTIQUE, ("K8", "K9", "K12"), "The three pods shared it.", "The five pods shared it.", "G02"),
        (
            _BOUTIQUE,
            ("A3", "A4", "A5"),
            "Three of the five alerts were LATENCY_DEGRADATION.",
            "Three of the seven alerts were LATENCY_DEGRADATION.",
            "G02",
        ),
        (
            _BOUTIQUE,
            ("M3",),
            "tcp_retans of worker-02 rose, and no change of frontend is recorded.",
            "tcp_retans of worker-02 rose, and frontend had no pod there.",
            "G04",
        ),
        (
            _BOUTIQUE,
            ("M5",),
            "tcp_retans of worker-03 rose from 0 to 0.333 and peaked at 0.467.",
            "worker-03 tcp_retans rose from 0 to 0.333 and fell at 0.467.",
            "G07",
        ),
        (
            _TRAINTICKET,
            ("M2",),
            "The p50 latency of ts-station-service recovered.",
            "The p50 latency of ts-station-service did not recover.",
            "G07",
        ),
        (
            _TRAINTICKET,
            ("M5",),
            "The p50 latency of ts-security-service did not recover.",
            "The p50 latency of ts-security-service recovered.",
            "G07",
        ),
        (
            _BOUTIQUE,
            ("M3",),
            "What raised tcp_retans of worker-02 is not shown.",
            "Maren raised tcp_retans of worker-02.",
            "G10",
        ),
        (
            _BOUTIQUE,
            ("M3", "A1", "A2"),
            "Both alerts named TCP retransmission, as tcp_retans of worker-02 did.",
            "The scheduler evicted a pod of another tenant.",
            "G08",
        ),
    ],
)
def test_a_true_sentence_passes_where_its_turned_twin_is_reported(
    case: str, evidence: tuple[str, ...], true: str, lie: str, rule: str
) -> None:
    assert _rules(case, evidence, true, DRAFTED) == set()
    assert rule in _rules(case, evidence, lie, DRAFTED)


@pytest.mark.parametrize(
    ("case", "evidence", "text", "rule"),
    [
        ("boutique-4392eb", ("M1",), "The p90latency of checkoutservice fell.", "G07"),
        ("boutique-4392eb", ("M1",), "The p90latency of checkoutservice did not rise.", "G07"),
        ("boutique-4392eb", ("M13",), "The throttling of redis-cart rose and recovered.", "G07"),
        ("boutique-4392eb", ("M1",), "checkoutservice p90latency rose from 690.6 to 24.2.", "G07"),
        ("boutique-4392eb", ("M1",), "checkoutservice p90latency rose from 24.2 to 960.6.", "G02"),
        ("boutique-4392eb", ("A2",), "adservice took 66.24 s.", "G02"),
        ("boutique-4392eb", ("A1",), "Retransmissions of worker-02 reached 7.66retrans.", "G02"),
        ("boutique-4392eb", ("A1",), "The alert for worker-02 fired at 04:32:28 CET.", "G03"),
        ("boutique-4392eb", ("M1",), "37 % of requests to checkoutservice were slow.", "G02"),
        ("boutique-4392eb", ("M1",), "checkoutservice p99 latency rose.", "G04"),
        ("boutique-9d2b45", ("L1",), "frontend failed three times a second.", "G02"),
        (
            "boutique-1d95c3",
            ("K3",),
            "Node worker-02 never had event NodeNotReady: Node worker-02 status is now: NodeNotReady.",
            "G07",
        ),
        ("boutique-9d2b45", ("K1",), "adservice restarted three times.", "G02"),
        ("boutique-9d2b45", ("K2",), "Its siblings allow 1 s.", "G02"),
        ("boutique-9d2b45", ("K5",), "Two pods of adservice were lost.", "G02"),
        ("boutique-9d2b45", ("K5",), "1 of 1 wanted replica of adservice was available.", "G02"),
        ("boutique-9d2b45", ("K1",), "invoiceservice was in CrashLoopBackOff after 4 restarts.", "G04"),
        ("boutique-9d2b45", ("K1",), "adservice ran the image shop/adservice:2.4.1.", "G04"),
        ("boutique-9d2b45", ("K1",), "Priya restarted adservice.", "G10"),
        ("boutique-9d2b45", ("K1",), "Julia restarted adservice.", "G10"),
        ("boutique-9d2b45", ("K1",), "The platform team restarted adservice.", "G10"),
        ("boutique-9d2b45", ("L1",), 'frontend logged "could not retrieve basket".', "G09"),
        ("boutique-9d2b45", ("K6", "L1"), "frontend logged its error before the probe failed.", "G07"),
        ("boutique-1d95c3", ("K2",), "The kubelet unit on worker-02 was running.", "G07"),
        ("boutique-1d95c3", ("K3",), "It was noticed on Saturday.", "G03"),
        ("boutique-1d95c3", ("L3",), "The memory limit had been lowered.", "G08"),
        ("boutique-1d95c3", ("L3", "K1"), "frontend failed because the node was lost.", "G06"),
        ("boutique-1d95c3", ("L3",), "The errors were probably harmless.", "G06"),
    ],
)
def test_a_lie_is_reported_by_its_rule(case: str, evidence: tuple[str, ...], text: str, rule: str) -> None:
    assert rule in _rules(case, evidence, text)


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("frontend failed because the node was lost.", {"standing": "inferred"}),
        ("The errors were probably harmless.", {"standing": "inferred"}),
        ("Priya says that she restarted it.", {"standing": "stated by a person"}),
    ],
)
def test_standing_decides_what_may_be_reasoned(text: str, fields: dict[str, object]) -> None:
    assert _rules("boutique-1d95c3", ("L3", "K1"), text, **fields) == set()


def test_a_citation_that_carries_nothing_names_one_that_does() -> None:
    digest, header = read_case(FOLDER / "boutique-1d95c3.json")
    claim = Claim(text="The node worker-02 had stopped posting its status.", evidence=("L5",))
    found = check_grounding(draft_of(claim, header), digest)
    assert [item.rule for item in found][:1] == ["G04"]
    assert any(item_id in found[0].suggestion for item_id in ("K1", "K3"))


def test_lies_in_good_drafts_are_caught_and_the_drafts_themselves_are_clean() -> None:
    """A sample of `python -m benchmarks.mutations`."""
    tally = measure(offline_drafts(only={"cluster-ea197d", "cluster-7b5950"}), most=2)
    assert tally.false_errors == ()
    assert tally.told.total() >= 100
    assert [miss for miss in tally.misses if miss.kind in MUST] == []
    assert len({kind for kind in tally.told if kind in MUST}) >= 20


@pytest.mark.parametrize(
    ("actor", "shown"),
    [
        ("{0}", True),
        ("{0} and {1}", True),
        ("{0}, {1} and kubelet", True),
        ("{0} and Bob", False),
        ("Bob", False),
    ],
)
def test_each_of_several_actors_has_to_be_shown(actor: str, *, shown: bool) -> None:
    digest, _ = read_case(FOLDER / f"{_BOUTIQUE}.json")
    items = [item for name in ("A1", "A2") if (item := digest.find(name)) is not None]
    names = [item.service for item in items]
    assert len(set(names)) == 2
    assert actor_is_shown(actor.format(*names), items) is shown
