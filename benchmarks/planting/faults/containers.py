"""What stops or restarts one container: probes, memory, settings, its command, its volume."""

from __future__ import annotations

from benchmarks.planting.scene import Scene


def liveness_port(s: Scene) -> str:
    """Probe a port for liveness that nothing listens on."""
    wrong = s.item.port + 1001
    s.item.liveness = f"tcp-socket :{wrong} delay=5s timeout=1s period=5s #success=1 #failure=2"
    s.event(
        "Unhealthy",
        f"Liveness probe failed: dial tcp {s.item.ip}:{wrong}: connect: connection refused",
        count=6,
        since=150,
    )
    s.event(
        "Killing",
        "Container server failed liveness probe, will be restarted",
        count=3,
        since=150,
        type_="Normal",
    )
    s.crashes(137)
    s.callers_fail("connection refused")
    return f"app/{s.item.name}"


def readiness_port(s: Scene) -> str:
    """Probe a port for readiness that nothing listens on."""
    wrong = s.item.port + 1001
    s.item.readiness = f"http-get http://:{wrong}/healthz delay=5s timeout=1s period=5s #success=1 #failure=2"
    s.item.ready, s.item.available = False, 0
    s.event(
        "Unhealthy",
        f'Readiness probe failed: Get "http://{s.item.ip}:{wrong}/healthz": dial tcp {s.item.ip}:{wrong}: connect: connection refused',
        count=20,
        since=150,
    )
    s.callers_fail("no healthy upstream")
    return f"app/{s.item.name}"


def liveness_timing(s: Scene) -> str:
    """Probe for liveness before the server is up."""
    s.item.liveness = f"tcp-socket :{s.item.port} delay=1s timeout=1s period=1s #success=1 #failure=1"
    s.event(
        "Unhealthy",
        f"Liveness probe failed: dial tcp {s.item.ip}:{s.item.port}: connect: connection refused",
        count=4,
        since=90,
    )
    s.event(
        "Killing",
        "Container server failed liveness probe, will be restarted",
        count=4,
        since=90,
        type_="Normal",
    )
    s.crashes(143)
    return f"app/{s.item.name}"


def oom(s: Scene) -> str:
    """Give the container less memory than it needs."""
    s.item.memory = s.rng.choice(("16Mi", "32Mi", "48Mi"))
    s.crashes(137, "OOMKilled")
    s.callers_fail("connection refused")
    return f"app/{s.item.name}"


def secret(s: Scene) -> str:
    """Read a setting from a secret that does not exist."""
    s.item.env["DB_PASSWORD"] = f"<set to the key 'password' in secret '{s.item.name}-db'>  Optional: false"
    s.event("Failed", f'Error: secret "{s.item.name}-db" not found', count=12, since=150)
    s.waits("CreateContainerConfigError", f'secret "{s.item.name}-db" not found')
    s.callers_fail("connection refused")
    return f"app/{s.item.name}"


def config_map(s: Scene) -> str:
    """Read settings from a config map that does not exist."""
    s.event("Failed", f'Error: configmap "{s.item.name}-settings" not found', count=12, since=150)
    s.waits("CreateContainerConfigError", f'configmap "{s.item.name}-settings" not found')
    return f"app/{s.item.name}"


def bad_config(s: Scene) -> str:
    """Start without a setting that the program requires."""
    for n in range(4):
        s.say(
            s.item.name,
            'panic: environment variable "PAYMENT_TIMEOUT" not set',
            level="fatal",
            previous=n < 2,
        )
    s.crashes(2)
    s.callers_fail("connection refused")
    return f"app/{s.item.name}"


def volume_permission(s: Scene) -> str:
    """Mount a volume that the program may not write to."""
    s.item.mounts = "\n      /data from data (rw)"
    for n in range(4):
        s.say(
            s.item.name,
            "mkdir: cannot create directory '/data/db': Permission denied",
            level="error",
            previous=n < 2,
        )
    s.crashes(1)
    return f"app/{s.item.name}"


def port_conflict(s: Scene) -> str:
    """Start a sidecar on the port of the server."""
    for n in range(4):
        s.say(
            s.item.name,
            f"listen tcp :{s.item.port}: bind: address already in use",
            level="fatal",
            previous=n < 2,
        )
    s.crashes(1)
    s.callers_fail("connection refused")
    return f"app/{s.item.name}"


def rbac(s: Scene) -> str:
    """Take a permission from the service account."""
    who = f"system:serviceaccount:{s.cluster.namespace}:{s.item.name}"
    for n in range(5):
        s.say(
            s.item.name,
            f'configmaps is forbidden: User "{who}" cannot list resource "configmaps" in API group "" in the namespace "{s.cluster.namespace}"',
            level="error",
            previous=n < 2,
        )
    s.crashes(1)
    return f"app/{s.item.name}"


def certificate(s: Scene) -> str:
    """Let a certificate expire."""
    for _ in range(9):
        s.say(
            s.item.name,
            "tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-02-06T10:00:00Z is after 2026-02-05T00:00:00Z",
            level="error",
        )
    return f"app/{s.item.name}"


def command(s: Scene) -> str:
    """Start a program that the image does not have."""
    said = 'Error: failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/app/servr": stat /app/servr: no such file or directory: unknown'
    s.event("Failed", said, count=5, since=120)
    s.crashes(128, "StartError")
    return f"app/{s.item.name}"
