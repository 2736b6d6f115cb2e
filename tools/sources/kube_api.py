"""The Kubernetes API over HTTP, for machines without kubectl, such as a pod with a service account."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from tools.formats.documents import listing, mapping, string
from tools.http import Answer, Document, Json, Service
from tools.sources.kube_resources import ContainerLog, Resource

_PAGE = "500"
_MESSAGE = re.compile(r'"message":\s*"((?:[^"\\]|\\.)*)')
"""The message of a Status object, of which a long one may have been cut."""


@dataclass(frozen=True, slots=True)
class KubeApi:
    """Reads lists page by page, and logs as files."""

    service: Service

    def told_list(self, resource: Resource, namespace: str, selector: str) -> str:
        """Write the request that lists a resource."""
        return f"GET /{resource.path(namespace)}" + (f"?labelSelector={selector}" if selector else "")

    def told_log(self, log: ContainerLog) -> str:
        """Write the request that reads a log."""
        return f"GET /{_path(log)}?" + "&".join(f"{key}={value}" for key, value in _params(log))

    def listed(self, resource: Resource, namespace: str, selector: str) -> Document:
        """List a resource, all pages as one; where a later page fails, the first ones are partial."""
        items: list[Json] = []
        params = [("limit", _PAGE), *([("labelSelector", selector)] if selector else [])]
        pages: list[Answer] = []
        token = ""
        while True:
            more = [("continue", token)] if token else []
            document = self.service.get_json(resource.path(namespace), [*params, *more])
            pages.append(_worded(document.answer))
            if document.answer.outcome != "ok":
                break
            items += listing(mapping(document.value).get("items"))
            token = string(mapping(mapping(document.value).get("metadata")).get("continue"))
            if not token:
                break
        total = _summed(pages)
        if total.outcome == "partial":
            total = replace(total, outcome="failed", note=f"{total.note}, so it cannot be read")
        if items and total.outcome not in {"ok", "empty"}:
            total = replace(total, outcome="partial", note=f"after {len(items)} objects: {total.note}")
        value: Json = {"items": items} if len(pages) > 1 or "items" in mapping(document.value) else None
        return Document(total, value or document.value)

    def first(self, resource: Resource, namespace: str) -> Document:
        """Ask for one object of a resource, to see whether it may be listed."""
        return self.service.get_json(resource.path(namespace), [("limit", "1")])

    def version(self) -> Document:
        """Ask for the server's version."""
        return self.service.get_json("version")

    def log(self, log: ContainerLog, target: Path) -> Answer:
        """Stream a log into a file, each line behind the prefix that kubectl writes."""
        limit = ("limitBytes", str(self.service.endpoint.limits.bytes + 1))
        answer = self.service.download(_path(log), [*_params(log), limit], target)
        if target.exists():
            prefix = f"[pod/{log.pod}/{log.container}] ".encode()
            plain = target.with_name(f"{target.name}.plain")
            target.rename(plain)
            with plain.open("rb") as source, target.open("wb") as file:
                file.writelines(prefix + line for line in source)
            plain.unlink()
        return _worded(answer)

    def scrub(self, text: str) -> str:
        """Remove secrets from a text for people."""
        return self.service.scrub(text)


def _worded(answer: Answer) -> Answer:
    """Say of a refusal what its Status object says, without the JSON around it."""
    head, brace, rest = answer.note.partition("{")
    said = _MESSAGE.search(brace + rest)
    if said is None:
        return answer
    return replace(answer, note=head + said[1].replace('\\"', '"').rstrip('\\",} '))


def _path(log: ContainerLog) -> str:
    namespace, pod = quote(log.namespace, safe=""), quote(log.pod, safe="")
    return f"api/v1/namespaces/{namespace}/pods/{pod}/log"


def _params(log: ContainerLog) -> list[tuple[str, str]]:
    params = [("container", log.container), ("sinceTime", log.since), ("timestamps", "true")]
    return [*params, *([("previous", "true")] if log.previous else [])]


def _summed(pages: Sequence[Answer]) -> Answer:
    return replace(
        pages[-1],
        size=sum(page.size for page in pages),
        seconds=sum(page.seconds for page in pages),
        tries=sum(page.tries for page in pages),
    )
