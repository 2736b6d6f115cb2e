"""Outages on the way between services: certificates, names, packets, clocks."""

from __future__ import annotations

from benchmarks.planting.outage import Blame, Gauge, Outage


def certificate(o: Outage) -> Blame:
    """Let the certificate that the service shows expire: its callers refuse it."""
    said = o.rng.choice(
        (
            "tls: failed to verify certificate: x509: certificate has expired or is not yet valid",
            "javax.net.ssl.SSLHandshakeException: PKIX path validation failed: NotAfter",
            "SSL routines:tls_process_server_certificate:certificate verify failed: certificate has expired",
        )
    )
    for caller in o.callers():
        o.says(caller, lambda: f"call to https://{o.root}:8443/items failed: {said}", every=8)
    o.failing.append((o.root, 0.95, o.step()))
    o.load.append((o.root, -0.95, o.step()))
    return (o.root,)


def names(o: Outage) -> Blame:
    """Break the cluster's name service for a share of all look-ups."""
    hit = o.rng.sample(sorted(o.system.nodes), max(3, len(o.system.nodes) // 2))
    for name in hit:
        for callee in list(o.system.nodes[name].calls)[:2]:
            o.says(
                name,
                lambda callee=callee: (
                    f"dial tcp: lookup {callee}.shop.svc.cluster.local on 10.96.0.10:53: read udp: i/o timeout"
                ),
                every=20,
            )
        o.failing.append((name, 0.2, o.step()))
    o.gauges.append(
        Gauge("coredns_dns_responses_servfail_per_second", {"service": "coredns"}, 0.02, 14.0, o.step(1), 0.2)
    )
    o.gauges.append(
        Gauge("coredns_dns_request_duration_seconds_p99", {"service": "coredns"}, 0.004, 2.0, o.step(1), 0.2)
    )
    o.says(
        "coredns",
        lambda: (
            f"[ERROR] plugin/errors: 2 {o.root}.shop.svc.cluster.local. A: read udp 10.0.3.7:{o.rng.randrange(30000, 60000)}->10.0.0.2:53: i/o timeout"
        ),
        every=6,
    )
    return ("coredns",)


def loss(o: Outage) -> Blame:
    """Lose packets between one caller and the service, and nowhere else."""
    caller = o.rng.choice(o.callers())
    o.says(
        caller,
        lambda: (
            f"call to {o.root} failed: read tcp 10.0.1.{o.rng.randrange(2, 9)}:{o.rng.randrange(30000, 60000)}->10.0.2.7:8080: i/o timeout"
        ),
        every=8,
    )
    o.extra.append((caller, o.rng.choice((0.8, 3.0)), o.step()))
    o.failing.append((caller, o.rng.choice((0.1, 0.3)), o.step()))
    return (o.root, caller)


def clock(o: Outage) -> Blame:
    """Let the clock of a node run off: tokens from there are refused."""
    o.gauges.append(Gauge("node_timex_offset_seconds", {"node": o.host}, 0.0004, 93.0, o.step(), 0.1))
    for name in o.on_host():
        for caller in o.system.callers(name):
            if o.system.nodes[caller].host != o.host:
                o.says(
                    name,
                    lambda caller=caller: (
                        f"token of {caller} rejected: used before issued (iat is in the future)"
                    ),
                    level="warning",
                    every=20,
                )
                o.failing.append((name, 0.3, o.step()))
    return (o.host,)
