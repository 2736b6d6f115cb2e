"""Endpoints: where a service is, how it knows us, what a request may cost, the client that reaches it."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol
from urllib.parse import urlsplit, urlunsplit

import httpx
from pydantic import SecretStr

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may cost."""

    seconds: float = 60.0
    """For all tries together, waiting included."""
    silence: float = 15.0
    """Seconds without a byte, and for connecting."""
    tries: int = 4
    bytes: int = 512 * 1024 * 1024
    """Decoded bytes of one answer; what is beyond them is left out, and the outcome is partial."""


class Unsigned(Exception):  # noqa: N818 - reads as the outcome it is
    """A request could not be signed; the text is fit for a report."""


class Signer(Protocol):
    """Signs requests where a token in a header is not enough."""

    def sign(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Mapping[str, str]:
        """Give the headers that make up the signature; raise Unsigned where there is nothing to sign with."""
        ...

    def secrets(self) -> Sequence[str]:
        """List what must stand in no message."""
        ...


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a service's own error says beyond its status."""

    note: str
    outcome: Literal["denied", "failed"] = "failed"
    again: bool = False
    """Whether another try may help."""
    final: bool = False
    """Whether it would refuse everything else as well, as it does not know who asks."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a service is and how it knows us."""

    url: str = field(repr=False)
    """Base address; a path in it is kept in front of every request's path."""
    bearer: SecretStr | None = None
    scheme: str = "Bearer "
    """What stands before the token in the Authorization header."""
    accept: str = "application/json"
    user: str = ""
    password: SecretStr | None = None
    headers: Mapping[str, SecretStr] = field(default_factory=dict[str, SecretStr])
    """Further headers; all of them count as secret."""
    signer: Signer | None = field(default=None, repr=False)
    refusal: Callable[[int, str], Refusal | None] | None = None
    """Understands an error by status and body, where the service tells more than by its status."""
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    verify: bool = True
    proxy: SecretStr | None = None
    limits: Limits = field(default_factory=Limits)

    def secrets(self) -> tuple[str, ...]:
        """List what must stand in no message."""
        split = urlsplit(self.url)
        values = [split.password, *(value.get_secret_value() for value in self.headers.values())]
        values += [item.get_secret_value() for item in (self.bearer, self.password, self.proxy) if item]
        values += self.signer.secrets() if self.signer else ()
        return tuple(sorted({value for value in values if value}, key=len, reverse=True))

    def client(self, transport: httpx.BaseTransport | None = None) -> httpx.Client:
        """Make the client; a loopback address is not asked through a proxy that the system names."""
        split = urlsplit(self.url)
        headers = {name: value.get_secret_value() for name, value in self.headers.items()}
        if self.bearer:
            headers["authorization"] = f"{self.scheme}{self.bearer.get_secret_value()}"
        return httpx.Client(
            auth=self._auth(),
            headers={"user-agent": "pm-agent", "accept": self.accept, **headers},
            verify=self.trust(),
            proxy=self.proxy.get_secret_value() if self.proxy else None,
            trust_env=split.hostname not in _LOOPBACK,
            follow_redirects=False,
            transport=transport,
        )

    def _auth(self) -> httpx.Auth | None:
        if self.signer:
            return _Signing(self.signer)
        split = urlsplit(self.url)
        user = self.user or split.username or ""
        password = self.password.get_secret_value() if self.password else split.password or ""
        return httpx.BasicAuth(user, password) if user and not self.bearer else None

    def trust(self) -> ssl.SSLContext | bool:
        """Say whom it trusts and with what it shows itself; raise ValueError for a file that is no use."""
        try:
            return self._trust()
        except OSError as error:  # ssl.SSLError is one
            files = ", ".join(str(file) for file in (self.ca_file, self.cert_file, self.key_file) if file)
            raise ValueError(f"{files}: {error.strerror or error}") from None

    def _trust(self) -> ssl.SSLContext | bool:
        if self.verify and not self.ca_file and not self.cert_file:
            return True
        context = ssl.create_default_context(cafile=str(self.ca_file) if self.ca_file else None)
        if not self.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if self.cert_file:
            context.load_cert_chain(self.cert_file, self.key_file)
        return context


class _Signing(httpx.Auth):
    requires_request_body = True

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response]:
        headers = self._signer.sign(request.method, str(request.url), request.headers, request.content)
        request.headers.update(headers)
        yield request


def without_password(url: str) -> str:
    """Leave out user and password of an address."""
    split = urlsplit(url)
    host = split.hostname or ""
    host = f"[{host}]" if ":" in host else host
    netloc = f"{host}:{split.port}" if split.port else host
    return urlunsplit((split.scheme, netloc, split.path, split.query, ""))
