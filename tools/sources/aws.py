"""Amazon Web Services: who we are there, requests signed for it, and what its errors say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

import orjson

from tools.endpoint import Refusal, Unsigned
from tools.http import Json

_THROTTLED = frozenset({
    "ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded",
    "ServiceUnavailableException", "InternalFailure",
})  # fmt: skip
_FORBIDDEN = frozenset({"AccessDeniedException", "AccessDenied", "UnauthorizedOperation"})
_UNKNOWN = frozenset({
    "UnrecognizedClientException", "InvalidSignatureException", "IncompleteSignature",
    "ExpiredTokenException", "ExpiredToken", "InvalidClientTokenId", "MissingAuthenticationToken",
    "MissingAuthenticationTokenException", "SignatureDoesNotMatch", "OptInRequired",
})  # fmt: skip
"""Errors after which nothing else would be answered either."""
_NO_CREDENTIALS = (
    "no AWS credentials: none in the environment, the profile, a web identity, the container or the instance"
)


@dataclass(frozen=True, slots=True)
class Account:
    """What botocore finds out about this machine: the region and where the credentials are."""

    session: Any
    """A botocore session, untyped."""

    def region(self) -> str:
        """Name the region of the environment or the profile; empty where neither does."""
        return str(self.session.get_config_variable("region") or "")


def account(profile: str) -> Account:
    """Open a session; raise ValueError where botocore is missing or there is no such profile."""
    try:
        botocore = import_module("botocore.session")
    except ImportError:
        raise ValueError("needs botocore, not installed here: pip install 'pm-agent[cloudwatch]'") from None
    session = botocore.Session(profile=profile or None)
    if profile and profile not in session.available_profiles:
        raise ValueError(f"the AWS configuration has no profile {profile!r}")
    return Account(session)


def address(service: str, region: str) -> str:
    """Name a service's address in a region of the public partitions; isolated ones have others."""
    return f"https://{service}.{region}.amazonaws.com" + (".cn" if region.startswith("cn-") else "")


class SigV4:
    """Signs with AWS Signature Version 4 and the credentials of AWS's own chain, refreshed as they expire."""

    def __init__(self, account: Account, service: str, region: str) -> None:
        """Take where requests go; credentials are looked for with the first one."""
        self._account, self._service, self._region = account, service, region
        self._credentials: Any = None
        self._secrets: set[str] = set()

    def sign(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Mapping[str, str]:
        """Give Authorization and its kin; see tools.endpoint.Signer."""
        auth = import_module("botocore.auth").SigV4Auth
        request_type = import_module("botocore.awsrequest").AWSRequest
        signed = {
            name: value for name, value in headers.items() if name.startswith(("content-type", "x-amz-"))
        }
        request = request_type(method=method, url=url, headers=signed, data=body)
        auth(self._frozen(), self._service, self._region).add_auth(request)
        return {str(name): str(value) for name, value in request.headers.items()}

    def secrets(self) -> Sequence[str]:
        """List the keys and tokens that were used so far."""
        return tuple(self._secrets)

    def _frozen(self) -> object:
        try:
            self._credentials = self._credentials or self._account.session.get_credentials()
            found = self._credentials.get_frozen_credentials() if self._credentials else None
        except Exception as error:  # noqa: BLE001 - botocore's and its providers' errors have no common base
            raise Unsigned(f"no AWS credentials: {type(error).__name__}: {error}") from None
        if found is None or not found.secret_key:
            raise Unsigned(_NO_CREDENTIALS)
        self._secrets |= {str(value) for value in (found.secret_key, found.token) if value}
        return cast("object", found)


def refusal(status: int, body: str) -> Refusal | None:
    """Understand an error of the AWS JSON protocol, whose status is 400 for most; None for what is none."""
    value: Json = None
    with suppress(orjson.JSONDecodeError):
        value = orjson.loads(body)
    named = value.get("__type") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(named, str):
        return None
    name = named.rpartition("#")[2].partition(":")[0]
    said = " ".join(str(value.get("message") or value.get("Message") or "").split())
    note = f"HTTP {status} {name}" + (f": {said[:200]}" if said else "")
    if name in _UNKNOWN:
        # Their text repeats the request that was to be signed, with the token in it.
        return Refusal(f"HTTP {status} {name}: AWS does not accept the credentials", "denied", final=True)
    if name in _FORBIDDEN:
        return Refusal(note, "denied")
    return Refusal(note, again=name in _THROTTLED or status >= 500)
