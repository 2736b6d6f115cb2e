"""What keeps an image from being pulled."""

from __future__ import annotations

from benchmarks.planting.scene import Scene


def image(s: Scene) -> str:
    """Name an image tag that the registry does not have."""
    s.item.image = s.item.image.rsplit(":", 1)[0] + ":v9.99-missing"
    s.cluster.forget(s.item, "Pulled", "Started")
    said = f'Failed to pull image "{s.item.image}": rpc error: code = NotFound desc = failed to pull and unpack image "{s.item.image}": failed to resolve reference "{s.item.image}": {s.item.image}: not found'
    s.event("Pulling", f'Pulling image "{s.item.image}"', count=4, since=120, type_="Normal")
    s.event("Failed", said, count=4, since=120)
    s.event("Failed", "Error: ErrImagePull", count=4, since=120)
    s.event("BackOff", f'Back-off pulling image "{s.item.image}"', count=7, since=120)
    s.waits("ImagePullBackOff", f'Back-off pulling image "{s.item.image}"')
    return f"app/{s.item.name}"


def registry_dns(s: Scene) -> str:
    """Name a registry whose host does not resolve."""
    host = "registry.internal.invalid"
    s.item.image = s.item.image.replace("registry.example", host)
    s.cluster.forget(s.item, "Pulled", "Started")
    said = f'Failed to pull image "{s.item.image}": failed to pull and unpack image: failed to resolve reference "{s.item.image}": failed to do request: Head "https://{host}/v2/": dial tcp: lookup {host} on 10.0.0.2:53: no such host'
    s.event("Failed", said, count=4, since=120)
    s.event("Failed", "Error: ErrImagePull", count=4, since=120)
    s.waits("ImagePullBackOff", f'Back-off pulling image "{s.item.image}"')
    return f"app/{s.item.name}"


def pull_secret(s: Scene) -> str:
    """Name a pull secret that does not exist."""
    s.cluster.forget(s.item, "Pulled", "Started")
    said = f'Failed to pull image "{s.item.image}": failed to authorize: failed to fetch anonymous token: unexpected status from GET request: 401 Unauthorized'
    s.event("Failed", said, count=4, since=120)
    s.event(
        "FailedToRetrieveImagePullSecret",
        "Unable to retrieve some image pull secrets (registry-login); attempting to pull the image may not succeed.",
        count=9,
        since=120,
    )
    s.waits("ImagePullBackOff", f'Back-off pulling image "{s.item.image}"')
    return f"app/{s.item.name}"
