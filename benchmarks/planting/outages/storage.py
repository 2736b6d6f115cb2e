"""Outages of what holds data: disks, connection pools, queues."""

from __future__ import annotations

from benchmarks.planting.outage import Blame, Gauge, Outage


def disk_full(o: Outage) -> Blame:
    """Fill the volume of the service's database until writes fail."""
    store = f"{o.root}-db"
    free = Gauge(
        "volume_available_bytes", {"service": store}, 4e10, 2e6, o.climb(o.rng.choice((40, 60))), 0.005
    )
    o.gauges.append(free)
    said = o.rng.choice(
        (
            'could not extend file "base/16384/24601": No space left on device',
            "[ERROR] [MY-012639] Write to file ./ib_logfile0 failed: No space left on device",
        )
    )
    o.says(store, lambda: said, every=15)
    o.says(o.root, lambda: f"insert of order {o.rng.randrange(10**6)} failed: database error", every=9)
    o.failing.append((o.root, o.rng.choice((0.3, 0.6)), o.step()))
    o.callers_say("500 Internal Server Error")
    return (store, o.root)


def pool(o: Outage) -> Blame:
    """Use up the connection pool of the service, as after a leak of connections."""
    o.gauges.append(Gauge("hikaricp_connections_active", {"service": o.root}, 4.0, 10.0, o.climb(10), 0.1))
    o.gauges.append(Gauge("hikaricp_connections_pending", {"service": o.root}, 0.0, 45.0, o.step(3), 0.2))
    o.says(
        o.root,
        lambda: (
            f"HikariPool-1 - Connection is not available, request timed out after {o.rng.randrange(30000, 30020)}ms."
        ),
        every=8,
    )
    o.extra.append((o.root, o.rng.choice((1.0, 4.0)), o.step(3)))
    o.failing.append((o.root, o.rng.choice((0.15, 0.4)), o.step(3)))
    o.callers_say("read timed out")
    return (o.root,)


def backlog(o: Outage) -> Blame:
    """Stall the consumer of a queue: the queue grows, and nobody's requests fail."""
    queue = f"{o.root}-events"
    o.gauges.append(
        Gauge("queue_messages_ready", {"queue": queue, "service": o.root}, 12.0, 90_000.0, o.step(90), 0.02)
    )
    o.gauges.append(Gauge("consumer_processed_per_second", {"service": o.root}, 40.0, 0.5, o.step(), 0.1))
    if o.rng.random() < 0.7:
        o.says(
            o.root,
            lambda: f"handler of message {o.rng.randrange(10**7)} timed out, message returned to {queue}",
            level="warning",
            every=15,
        )
    return (o.root, queue)
