"""Outages of too much: load, memory, retries, a job at the wrong time."""

from __future__ import annotations

from benchmarks.planting.outage import Blame, Gauge, Outage
from benchmarks.planting.system import token


def cron(o: Outage) -> Blame:
    """Run a nightly job that reads the whole database which a service needs."""
    job, store = o.rng.choice(("nightly-report", "ledger-export", "reindex-all")), f"{o.root}-db"
    run = f"{job}-{o.rng.randrange(28_900_000, 29_000_000)}"
    o.event("cronjob", job, "SuccessfulCreate", f"Created job {run}", warns=False, after=-10)
    o.event("job", run, "SuccessfulCreate", f"Created pod: {run}-{token(o.rng, 5)}", warns=False, after=-10)
    o.gauges.append(Gauge("db_cpu_usage", {"service": store}, 0.2, 0.98, o.step(2), 0.08))
    o.says(job, lambda: f"exported {o.rng.randrange(10**5, 10**7)} rows of {store}", level="info", every=20)
    o.says(
        store,
        lambda: f"duration: {o.rng.randrange(2000, 30000)} ms  statement: COPY entries TO STDOUT",
        level="info",
        every=15,
    )
    o.extra.append((o.root, o.rng.choice((0.5, 1.5)), o.step(2)))
    return (job, store)


def surge(o: Outage) -> Blame:
    """Let users send several times the usual; one service saturates."""
    times = o.rng.choice((2.0, 4.0))
    o.load.append((o.system.entry, times, o.step(4)))
    o.busy.append((o.root, "cpu", 6.0, o.step(4)))
    o.extra.append((o.root, o.rng.choice((0.6, 2.0)), o.step(6)))
    o.says(
        o.root,
        lambda: f"worker queue full, shed request {o.rng.randrange(10**6)}",
        level="warning",
        every=10,
        after=90,
    )
    o.failing.append((o.root, 0.15, o.step(6)))
    o.callers_say("503 Service Unavailable")
    return (o.root, o.system.entry)


def leak(o: Outage) -> Blame:
    """Leak memory until the container is killed, again and again."""
    item = o.cluster.items[o.root]
    o.busy.append((o.root, "memory", o.rng.choice((2.2, 3.5)), o.climb(o.rng.choice((30, 60)))))
    item.restarts = o.rng.randrange(1, 4)
    item.last = "    Last State:     Terminated\n      Reason:       OOMKilled\n      Exit Code:    137\n"
    o.event(
        "node",
        o.host,
        "OOMKilling",
        f"Memory cgroup out of memory: Killed process {o.rng.randrange(9000, 30000)} (java) total-vm:4172644kB",
        count=item.restarts + 1,
    )
    o.event(
        "pod", item.pod, "BackOff", "Back-off restarting failed container server", count=item.restarts + 1
    )
    o.failing.append((o.root, o.rng.choice((0.3, 0.6)), o.step()))
    o.callers_say("connection reset by peer")
    return (o.root,)


def eviction(o: Outage) -> Blame:
    """Let a node run out of memory and evict its pods."""
    victims = o.rng.sample(o.on_host(), min(3, len(o.on_host())))
    o.gauges.append(Gauge("node_memory_MemAvailable_bytes", {"node": o.host}, 6e9, 9e7, o.climb(20), 0.03))
    o.event("node", o.host, "EvictionThresholdMet", "Attempting to reclaim memory", count=3)
    o.event(
        "node",
        o.host,
        "NodeHasInsufficientMemory",
        f"Node {o.host} status is now: NodeHasInsufficientMemory",
        warns=False,
    )
    for name in victims:
        gone = f"{o.cluster.items[name].pod.rpartition('-')[0]}-{token(o.rng, 5)}"
        o.event(
            "pod",
            gone,
            "Evicted",
            "The node was low on resource: memory. Threshold quantity: 100Mi, available: 88Mi. ",
            after=20,
        )
        o.failing.append((name, 0.4, o.step()))
        for caller in o.system.callers(name):
            o.says(caller, lambda name=name: f"call to {name} failed: connection refused", every=30)
    return (o.host,)


def retries(o: Outage) -> Blame:
    """Slow down one service; its callers give up early and ask again."""
    o.extra.append((o.root, o.rng.choice((1.5, 5.0)), o.step(2)))
    o.load.append((o.root, o.rng.choice((1.5, 3.0)), o.step(4)))
    o.busy.append((o.root, "cpu", 3.0, o.step(4)))
    for caller in o.callers():
        o.says(
            caller,
            lambda: (
                f"attempt {o.rng.randrange(1, 4)} of 3: call to {o.root} timed out after 1000 ms, retrying"
            ),
            level="warning",
            every=5,
        )
    o.failing.append((o.root, 0.3, o.step(3)))
    return (o.root,)
