"""Digests made by hand that say what recorded incidents say."""

from __future__ import annotations

from agent.schema.digest import Digest, Fact

from .conftest import Making


def credentials(make: Making) -> Digest:
    """A service whose database refuses its login, in a crash loop; its callers answer with errors."""
    return make.digest(
        make.item(
            "L1",
            "ts-food-service logged 'Access denied for user 'ts'@'172.20.2.124'' 26 times (new)",
            service="ts-food-service",
            at="2026-03-12T12:34:52Z",
            salience=0.95,
            level="error",
            novelty="new",
            exception="java.sql.SQLException",
            quote="java.sql.SQLException: Access denied for user 'ts'@'172.20.2.124' (using password: YES)",
        ),
        make.item(
            "K1",
            "ts-food-service was in CrashLoopBackOff with 6 restarts",
            service="ts-food-service",
            source="state",
            reason="CrashLoopBackOff",
            object_kind="Pod",
            restarts="6",
            ready="0/1",
            desired="1",
            exit_code="1",
            salience=0.8,
        ),
        make.item(
            "K2",
            "Readiness probe of ts-food-service failed 9 times",
            service="ts-food-service",
            at="2026-03-12T12:35:00Z",
            source="event",
            reason="Unhealthy",
            type="Warning",
            salience=0.5,
            message="Readiness probe failed: dial tcp 172.20.1.91:18856: connect: connection refused",
        ),
        make.item(
            "A1",
            "503 Server Error occurred 90 times at the client",
            at="2026-03-12T12:40:34Z",
            severity="warning",
            salience=0.6,
            alertname="RequestsFailing",
            state="firing",
            noise="no",
        ),
        make.item(
            "L2",
            "ts-preserve-service logged status 500 8 times",
            service="ts-preserve-service",
            at="2026-03-12T12:36:02Z",
            salience=0.5,
            code="500",
            novelty="new",
            level="error",
        ),
        suspects=(make.suspect("ts-food-service", "K1", "L1"), make.suspect("ts-preserve-service", "L2")),
        edges=(("ts-preserve-service", "ts-food-service"),),
        onset="2026-03-12T12:34:52Z",
        first_symptom=Fact.model_validate(
            {
                "name": "first_symptom",
                "label": "First symptom",
                "text": "2026-03-12T12:34:52Z",
                "time": "2026-03-12T12:34:52Z",
                "evidence": ("L1",),
            }
        ),
        time_to_detect=Fact(
            name="time_to_detect",
            label="Time to detect",
            text="5 min 42 s",
            seconds=342.0,
            evidence=("L1", "A1"),
        ),
    )


def kubelet(make: Making) -> Digest:
    """A node whose kubelet stopped; logs of its pods are unreadable; no alert."""
    return make.digest(
        make.item(
            "K1",
            "unit kubelet on worker-02 was inactive (dead) since 2025-12-05T07:29:31Z",
            service="worker-02",
            at="2025-12-05T07:29:31Z",
            severity="critical",
            salience=0.95,
            source="state",
            object_kind="Unit",
            object="kubelet",
            node="worker-02",
        ),
        make.item(
            "K2",
            "5 pods on worker-02 were reported with NodeNotReady",
            service="worker-02",
            at="2025-12-05T07:30:10Z",
            salience=0.85,
            source="event",
            reason="NodeNotReady",
            type="Warning",
            node="worker-02",
            message="Node is not ready",
        ),
        make.item(
            "K3",
            "serviceaccount currencyservice was not found when creating a pod",
            service="currencyservice",
            at="2025-12-05T07:29:35Z",
            salience=0.3,
            source="event",
            reason="FailedCreate",
            type="Warning",
            message='serviceaccount "currencyservice" not found',
            severity="warning",
        ),
        suspects=(make.suspect("worker-02", "K1", "K2", kind="node"),),
        onset="2025-12-05T07:29:31Z",
    )


def liveness(make: Making) -> Digest:
    """A liveness probe that asks before the process can answer."""
    return make.digest(
        make.item(
            "K1",
            "adservice was in CrashLoopBackOff with 4 restarts and exit code 143",
            service="adservice",
            at="2026-01-08T07:38:59Z",
            salience=0.9,
            source="state",
            reason="CrashLoopBackOff",
            exit_code="143",
            restarts="4",
            ready="0/1",
            liveness="grpc <pod>:9555 delay=1s timeout=1s period=1s #success=1 #failure=1",
            limits="cpu 200m, memory 300Mi",
        ),
        make.item(
            "K2",
            "Liveness probe of adservice failed 3 times",
            service="adservice",
            at="2026-01-08T07:39:43Z",
            salience=0.8,
            source="event",
            reason="Unhealthy",
            type="Warning",
            message="Liveness probe failed: timeout: failed to connect service within 1s",
        ),
        suspects=(make.suspect("adservice", "K1", "K2"),),
        onset="2026-01-08T07:38:59Z",
    )


def slow_callee(make: Making) -> Digest:
    """One callee is slow, its callers are slower in sum; metrics and alerts only."""
    shift = {"metric_kind": "latency", "change": "shift", "direction": "up", "harm": "bad"}
    return make.digest(
        make.item(
            "M1",
            "ts-station-service p90 latency rose from 8.6 ms to 4618 ms (537x)",
            service="ts-station-service",
            at="2026-03-20T05:09:43Z",
            salience=0.95,
            metric="p90latency",
            before="8.6 ms",
            after="4618 ms",
            **shift,
        ),
        make.item(
            "M2",
            "ts-basic-service p90 latency rose from 49.75 ms to 9500 ms (191x)",
            service="ts-basic-service",
            at="2026-03-20T05:09:48Z",
            salience=0.9,
            metric="p90latency",
            before="49.75 ms",
            after="9500 ms",
            **shift,
        ),
        make.item(
            "A1",
            "LATENCY_DEGRADATION fired for ts-basic-service",
            service="ts-basic-service",
            at="2026-03-20T05:09:43Z",
            severity="warning",
            salience=0.7,
            alertname="LATENCY_DEGRADATION",
            state="firing",
            noise="no",
        ),
        make.item(
            "M3",
            "ts-station-service CPU stayed between 3 and 4 millicores",
            service="ts-station-service",
            severity="info",
            salience=0.1,
            metric_kind="cpu",
            change="flat",
            harm="neutral",
            metric="cpu",
        ),
        suspects=(make.suspect("ts-station-service", "M1"), make.suspect("ts-basic-service", "M2", "A1")),
        edges=(("ts-basic-service", "ts-station-service"),),
        onset="2026-03-20T05:09:43Z",
    )


def dns(make: Making) -> Digest:
    """Pods that bypass the cluster DNS and cannot resolve their database."""
    return make.digest(
        make.item(
            "K1",
            "ts-contacts-service ran with dnsPolicy None and nameserver 203.0.113.53",
            service="ts-contacts-service",
            salience=0.85,
            source="state",
            dns_policy="None",
            severity="warning",
        ),
        make.item(
            "L1",
            "ts-contacts-service logged 'UnknownHostException: tsdb-mysql-leader' 12 times (new)",
            service="ts-contacts-service",
            at="2026-03-16T18:48:37Z",
            salience=0.9,
            level="error",
            novelty="new",
            quote="java.net.UnknownHostException: tsdb-mysql-leader: Temporary failure in name resolution",
        ),
        suspects=(make.suspect("ts-contacts-service", "L1", "K1"),),
        onset="2026-03-16T18:48:37Z",
    )


def job(make: Making) -> Digest:
    """A job that gave up because its database could not be reached."""
    return make.digest(
        make.item(
            "K1",
            "job java-api-checker reached its backoff limit",
            service="java-api-checker",
            object="java-api-checker",
            object_kind="Job",
            source="event",
            reason="BackoffLimitExceeded",
            type="Warning",
            message="Job has reached the specified backoff limit",
            salience=0.9,
            at="2025-05-29T10:42:00Z",
        ),
        make.item(
            "L1",
            "java-api-checker logged 'All host(s) tried for db query failed' 5 times",
            service="java-api-checker",
            salience=0.9,
            level="error",
            quote="All host(s) tried for db query failed (tried: prod-db:3333) - no available connection "
            "and the queue has reached its max size 256",
        ),
        suspects=(make.suspect("java-api-checker", "K1", "L1", kind="job"),),
    )


def wrong_data(make: Making) -> Digest:
    """A service that answers, but wrongly; shown by its log only."""
    return make.digest(
        make.item(
            "L1",
            "ts-contacts-service logged 'No contacts according to contactsId' 20 times (new)",
            service="ts-contacts-service",
            at="2023-01-29T08:43:09Z",
            salience=0.95,
            level="error",
            novelty="new",
            quote="[findContactsById][contactsRepository.findById][No contacts according to contactsId]",
        ),
        make.item(
            "L2",
            "ts-order-service logged 'Left ticket info is empty' 156 times (steady)",
            service="ts-order-service",
            severity="warning",
            salience=0.2,
            level="warning",
            novelty="steady",
            at="2023-01-29T08:31:04Z",
        ),
        suspects=(make.suspect("ts-contacts-service", "L1"),),
        onset="2023-01-29T08:43:09Z",
    )


def after_deploy(make: Making) -> Digest:
    """A deploy shortly before, a rollback that ends it, people who talk."""
    return make.digest(
        make.item(
            "C1",
            "checkout was deployed at version v42",
            service="checkout",
            at="2026-02-03T10:01:00Z",
            severity="info",
            salience=0.6,
            author="release-bot",
            ref="v42",
            title="Release v42",
            before_onset="4 min 0 s",
            change_kind="deploy",
        ),
        make.item(
            "L1",
            "checkout logged NullPointerException 310 times (new)",
            service="checkout",
            at="2026-02-03T10:05:00Z",
            until="2026-02-03T10:31:00Z",
            salience=0.9,
            level="error",
            novelty="new",
            quote="java.lang.NullPointerException: cart is null",
        ),
        make.item(
            "A1",
            "CheckoutErrorBudgetBurn fired for checkout",
            service="checkout",
            at="2026-02-03T10:07:00Z",
            until="2026-02-03T10:33:00Z",
            severity="critical",
            salience=0.8,
            alertname="CheckoutErrorBudgetBurn",
            state="resolved",
            noise="no",
        ),
        make.item(
            "H1",
            "@kim wrote: rolling back checkout to v41",
            at="2026-02-03T10:25:00Z",
            severity="info",
            salience=0.5,
            author="@kim",
            channel="#inc-7",
            text="rolling back checkout to v41",
        ),
        make.item(
            "C2",
            "checkout was rolled back to version v41",
            service="checkout",
            at="2026-02-03T10:29:00Z",
            severity="info",
            salience=0.5,
            author="@kim",
            change_kind="rollback",
        ),
        suspects=(make.suspect("checkout", "L1", "A1"),),
        onset="2026-02-03T10:05:00Z",
        ended=Fact.model_validate(
            {
                "name": "ended",
                "label": "Ended",
                "text": "2026-02-03T10:33:00Z",
                "time": "2026-02-03T10:33:00Z",
                "evidence": ("A1",),
            }
        ),
        time_to_detect=Fact(name="time_to_detect", label="Time to detect", text="2 min 0 s", seconds=120.0),
    )


def watchdog(make: Making) -> Digest:
    """Negative control: the alert that always fires."""
    return make.digest(
        make.item(
            "A1",
            "Watchdog was firing with severity none",
            at="2024-11-29T06:15:32Z",
            severity="info",
            salience=0.1,
            alertname="Watchdog",
            state="firing",
            noise="always-firing",
            description="This is an alert meant to ensure that the entire alerting pipeline is functional.",
        ),
    )


def single_series(make: Making) -> Digest:
    """One series over two weeks, several deviations, nothing else."""
    common = {
        "metric": "value",
        "metric_kind": "latency",
        "direction": "up",
        "harm": "bad",
        "change": "spike",
    }
    return make.digest(
        make.item("M1", "value rose from 45.0 to 99.2", at="2014-03-14T09:06:00Z", salience=0.9, **common),
        make.item("M2", "value rose from 44.1 to 97.0", at="2014-03-18T22:41:00Z", salience=0.8, **common),
        onset="2014-03-14T09:06:00Z",
    )
