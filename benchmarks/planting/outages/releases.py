"""Outages that a change brought: a release, a setting, a flag, a migration."""

from __future__ import annotations

from benchmarks.planting.outage import Blame, Outage
from benchmarks.planting.system import token


def _rolled_out(o: Outage, version: str) -> None:
    item = o.cluster.items[o.root]
    fresh = f"{o.root}-{token(o.rng, 9)}"
    item.pod = f"{fresh}-{token(o.rng, 5)}"
    item.image = item.image.rsplit(":", 1)[0] + f":{version}"
    o.event(
        "deployment",
        o.root,
        "ScalingReplicaSet",
        f"Scaled up replica set {fresh} to 1 from 0",
        warns=False,
        after=-50,
    )
    o.event("replicaset", fresh, "SuccessfulCreate", f"Created pod: {item.pod}", warns=False, after=-50)


def deploy(o: Outage) -> Blame:
    """Release a version that throws on some requests."""
    version = f"v2.{o.rng.randrange(40)}.0"
    _rolled_out(o, version)
    o.changed("deploy", f"Deploy {o.root} {version}", service=o.root, before=50)
    trouble = o.rng.choice(
        (
            'java.lang.NullPointerException: Cannot invoke "Price.amount()" because "price" is null',
            "KeyError: 'currency'",
            "TypeError: Cannot read properties of undefined (reading 'items')",
            "panic: runtime error: index out of range [3] with length 3",
        )
    )
    o.says(o.root, lambda: f"unhandled exception in request {o.rng.randrange(10**6)}: {trouble}", every=8)
    o.failing.append((o.root, o.rng.choice((0.1, 0.3, 0.7)), o.step()))
    o.callers_say("500 Internal Server Error")
    return (o.root,)


def config_map(o: Outage) -> Blame:
    """Change a config map so that the service calls too slowly or not at all."""
    o.changed(
        "config",
        f"Update configmap {o.root}-settings: timeouts and pool sizes",
        service=o.root,
        before=o.rng.choice((20, 120)),
    )
    o.says(
        o.root,
        lambda: 'invalid value "5O" for setting REQUEST_TIMEOUT, falling back to 0',
        level=o.rng.choice(("error", "warning")),
        every=30,
    )
    o.says(o.root, lambda: f"request {o.rng.randrange(10**6)} cancelled: deadline of 0 ms exceeded", every=12)
    o.failing.append((o.root, o.rng.choice((0.2, 0.5)), o.step()))
    o.callers_say("upstream returned 500")
    return (o.root,)


def flag(o: Outage) -> Blame:
    """Switch on a flag whose code path is slow."""
    o.changed(
        "flag",
        f"Enable new-{o.root.split('-')[0]}-engine for 100 % of users",
        service=o.root if o.rng.random() < 0.6 else "",
        before=o.rng.choice((5, 45, 150)),
    )
    slow = o.rng.choice((0.2, 0.6, 2.0))
    o.extra.append((o.root, slow, o.step(1)))
    o.busy.append((o.root, "cpu", o.rng.choice((1.0, 2.5, 4.0)), o.step(1)))
    if o.rng.random() < 0.5:
        o.says(
            o.root,
            lambda: f"slow evaluation: rule set took {o.rng.randrange(300, 2500)} ms",
            level="warning",
            every=20,
        )
    return (o.root,)


def image_tag(o: Outage) -> Blame:
    """Release an image tag that does not exist; the old pods are gone."""
    item = o.cluster.items[o.root]
    _rolled_out(o, "v9.99-missing")
    o.changed("deploy", f"Deploy {o.root} v9.99-missing", service=o.root, before=50)
    item.status, item.ready, item.available = "ImagePullBackOff", False, 0
    o.event(
        "pod",
        item.pod,
        "Failed",
        f'Failed to pull image "{item.image}": rpc error: code = NotFound desc = {item.image}: not found',
        count=9,
    )
    o.event("pod", item.pod, "BackOff", f'Back-off pulling image "{item.image}"', count=31)
    o.failing.append((o.root, 1.0, o.step()))
    o.load.append((o.root, -0.95, o.step()))
    o.callers_say("503 no healthy upstream", every=8)
    return (o.root,)


def migration(o: Outage) -> Blame:
    """Migrate a table so that writers of the service wait for its lock."""
    store = f"{o.root}-db"
    o.changed(
        "migration",
        f"Migration {o.rng.randrange(40, 90):04}_add_index of {store}",
        service=o.rng.choice((o.root, store)),
        before=o.rng.choice((10, 60)),
    )
    o.says(
        store,
        lambda: (
            f"process {o.rng.randrange(2000, 9000)} still waiting for ShareLock on relation {o.rng.randrange(16000, 17000)} after 1000.{o.rng.randrange(100, 999)} ms"
        ),
        level="info",
        every=12,
    )
    o.says(o.root, lambda: "ERROR: canceling statement due to lock timeout", every=10)
    o.extra.append((o.root, o.rng.choice((0.8, 2.5)), o.step(2)))
    o.failing.append((o.root, 0.2, o.step(2)))
    o.callers_say("504 Gateway Timeout")
    return (o.root, store)
