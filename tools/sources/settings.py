"""What a source is told in pm-agent.toml or incident.yaml; secrets are named there and kept elsewhere."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self, cast
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
    model_validator,
)

from tools.endpoint import Endpoint, Limits


def _anchored(path: Path, info: ValidationInfo) -> Path:
    folder = cast("Mapping[str, Path]", info.context or {}).get("folder")
    return folder / path.expanduser() if folder else path.expanduser()


ConfigPath = Annotated[Path, AfterValidator(_anchored)]
"""A path relative to the file that names it."""
EnvName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
"""Name of an environment variable that holds a secret."""


class SourceSettings(BaseModel):
    """What every kind of source takes."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    kind: str
    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    """Names the row of the ledger and the folder below evidence/."""
    services: tuple[str, ...] = ()
    """Services to ask about; default: the incident's."""
    namespaces: tuple[str, ...] = ()
    """Namespaces to ask about; default: the incident's."""
    timeout: float | None = Field(default=None, gt=0)
    """Seconds for the whole fetch; default: `source_timeout`."""


class HttpSettings(SourceSettings):
    """What every source that speaks HTTP takes."""

    url: str
    """Base address, without user and password."""
    token_env: EnvName | None = None
    """Variable with a bearer token."""
    token_keyring: str | None = None
    """Entry `service/user` of the system's keyring that holds the token (needs the keyring package)."""
    user: str = ""
    password_env: EnvName | None = None
    headers: Mapping[str, str] = {}
    """Further headers that are no secret, such as X-Scope-OrgID."""
    headers_env: Mapping[str, EnvName] = {}
    """Further headers whose values stand in variables."""
    ca_file: ConfigPath | None = None
    """Certificates to trust instead of the system's."""
    cert_file: ConfigPath | None = None
    """Client certificate (PEM)."""
    key_file: ConfigPath | None = None
    """Key of the client certificate, where it is not in the same file."""
    verify: Literal["full", "none"] = "full"
    """"none" accepts any certificate; doctor warns about it."""
    proxy_env: EnvName | None = None
    """Variable with the proxy's address; default: HTTPS_PROXY and its kin."""
    max_bytes: int = Field(default=64 * 1024 * 1024, gt=0)
    """Bytes that one answer may have; what is beyond is left out and said."""
    tries: int = Field(default=4, ge=1, le=10)

    @field_validator("url")
    @classmethod
    def _usable(cls, url: str) -> str:
        try:
            split = urlsplit(url)
            _ = split.port
        except ValueError as error:
            raise ValueError(f"is no address: {error}") from None
        if split.scheme not in {"http", "https"} or not split.hostname:
            raise ValueError("must begin with http:// or https:// and name a host")
        if "@" in split.netloc or split.query:
            raise ValueError("carries a user or a query; log in with user, password_env, token_env")
        return url

    @model_validator(mode="after")
    def _one_way_to_log_in(self) -> Self:
        ways = [self.token_env, self.token_keyring, self.password_env]
        if sum(way is not None for way in ways) > 1:
            raise ValueError("give one of token_env, token_keyring and password_env")
        if self.key_file and not self.cert_file:
            raise ValueError("key_file without cert_file")
        return self

    def endpoint(self, environ: Mapping[str, str] = os.environ, *, seconds: float = 60.0) -> Endpoint:
        """Resolve secrets; raise ValueError naming the variable, keyring entry or file that is no use."""
        bearer = _variable(self.token_env, environ) if self.token_env else None
        if self.token_keyring:
            bearer = from_keyring(self.token_keyring)
        headers = {key: SecretStr(value) for key, value in self.headers.items()}
        headers |= {key: _variable(name, environ) for key, name in self.headers_env.items()}
        endpoint = Endpoint(
            self.url,
            bearer=bearer,
            user=self.user,
            password=_variable(self.password_env, environ) if self.password_env else None,
            headers=headers,
            ca_file=self.ca_file,
            cert_file=self.cert_file,
            key_file=self.key_file,
            verify=self.verify == "full",
            proxy=_variable(self.proxy_env, environ) if self.proxy_env else None,
            limits=Limits(seconds=seconds, bytes=self.max_bytes, tries=self.tries),
        )
        endpoint.trust()
        return endpoint


def _variable(name: str, environ: Mapping[str, str]) -> SecretStr:
    value = environ.get(name, "").strip()
    if not value:
        raise ValueError(f"the environment variable {name} is not set")
    return SecretStr(value)


def from_keyring(entry: str) -> SecretStr:
    """Read `service/user` of the system's keyring; raise ValueError where there is none."""
    from importlib import import_module  # noqa: PLC0415 - only for those who use a keyring

    service, _, user = entry.partition("/")
    try:
        keyring = import_module("keyring")
    except ImportError:
        raise ValueError(f"token_keyring {entry!r} needs the package keyring, not installed here") from None
    value: str | None = keyring.get_password(service, user)
    if not value:
        raise ValueError(f"the keyring has no entry {entry!r}")
    return SecretStr(value)
