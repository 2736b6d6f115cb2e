"""Raw artifacts after the digest: dropped, or encrypted with age, and made readable again.

Each step can be cut off anywhere and done again: raw.json says first what is meant to become of the
artifacts, then they follow one by one. Dropped files are unlinked, not overwritten.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from agent.bundles import ENCRYPTED, RAW, Bundle, open_bundle
from agent.errors import NotAllowed, UserError
from agent.saving import sha256_file, write_model
from agent.schema.bundle import Artifact, RawTreatment
from agent.settings import CollectSpec
from agent.store import IncidentFolder

_SCRATCH = ".raw-"


def treat(folder: IncidentFolder, spec: CollectSpec, now: datetime) -> str:
    """Do with the raw artifacts what the settings say; return it in a few words. Idempotent."""
    if spec.keep_raw == "drop":
        return f"{drop(folder, now)} dropped"
    if spec.keep_raw == "encrypt":
        return f"{encrypt(folder, spec.raw_recipients, now)} encrypted"
    return "kept"


def ready(spec: CollectSpec) -> None:
    """Raise UserError where the settings ask for what cannot be done here, before anything is drafted."""
    if spec.keep_raw == "encrypt":
        usable(spec.raw_recipients)


def drop(folder: IncidentFolder, now: datetime) -> int:
    """Delete the artifacts of every snapshot, encrypted ones too; return how many there were.

    Raise NotAllowed where nothing was computed from the newest snapshot yet.
    """
    _refuse_undigested(folder)
    count = 0
    for bundle in _bundles(folder):
        _announce(bundle, RawTreatment(treatment="dropped", at=now))
        for artifact in bundle.manifest.artifacts:
            plain, sealed = bundle.folder / artifact.path, bundle.encrypted(artifact.path)
            count += bundle.holds(artifact) or sealed.is_file()
            plain.unlink(missing_ok=True)
            sealed.unlink(missing_ok=True)
        _sync(bundle.folder)
    return count


def encrypt(folder: IncidentFolder, recipients: Sequence[str], now: datetime) -> int:
    """Encrypt the artifacts of every snapshot for these age keys and delete the plain ones; return how many.

    Raise UserError for a key that is none, or where pyrage is missing; NotAllowed as `drop` does.
    """
    _refuse_undigested(folder)
    age, keys = _age(), usable(recipients)
    count = 0
    for bundle in _bundles(folder):
        if not any(map(bundle.holds, bundle.manifest.artifacts)):
            continue
        before = bundle.raw.recipients if bundle.raw else ()
        told = tuple(dict.fromkeys((*before, *recipients)))
        _announce(bundle, RawTreatment(treatment="encrypted", at=now, recipients=told))
        for artifact in filter(bundle.holds, bundle.manifest.artifacts):
            plain, sealed = bundle.path(artifact.path), bundle.encrypted(artifact.path)
            with _beside(sealed) as scratch:
                age.encrypt_file(str(plain), str(scratch), keys)
                _settle(scratch, sealed)
            plain.unlink()
            count += 1
        _sync(bundle.folder)
    return count


def restore(folder: IncidentFolder, key: SecretStr) -> int:
    """Decrypt the artifacts of every snapshot; return how many.

    Raise UserError where the key opens them not, or one is not what the manifest vouches for.
    """
    count = 0
    for bundle in _bundles(folder):
        if bundle.raw is None or bundle.raw.treatment == "dropped":
            continue
        for artifact in bundle.manifest.artifacts:
            sealed = bundle.encrypted(artifact.path)
            plain = bundle.folder / artifact.path
            if not sealed.is_file():
                continue
            with _beside(plain) as scratch:
                with scratch.open("wb") as file:
                    _decrypt(sealed, file, key)
                if sha256_file(scratch) != artifact.sha256:
                    raise UserError(f"{sealed} is not what the manifest vouches for; it is left as it is.")
                _settle(scratch, plain)
            sealed.unlink()
            count += 1
        missing = [artifact.path for artifact in bundle.manifest.artifacts if not bundle.holds(artifact)]
        if missing:
            raise UserError(f"{bundle.folder} lacks {missing[0]}, plain and encrypted.")
        (bundle.folder / RAW).unlink(missing_ok=True)
        _sync(bundle.folder)
    return count


def encrypted_problem(bundle: Bundle, artifact: Artifact, key: SecretStr) -> str:
    """Decrypt an artifact without writing it; say how it differs from what the manifest vouches for, or "".

    Raise UserError where the key does not open it.
    """
    seen = _Hash()
    try:
        _decrypt(bundle.encrypted(artifact.path), seen, key)
    except OSError as error:
        return f"it cannot be decrypted: {error}."
    if (seen.size, seen.sha256.hexdigest()) != (artifact.bytes, artifact.sha256):
        return f"sha256 is {seen.sha256.hexdigest()}; the manifest vouches for {artifact.sha256}."
    return ""


def key_of(spec: CollectSpec, environ: Mapping[str, str]) -> SecretStr | None:
    """Find the secret age key: the variable, else the keyring's entry; None where neither is told."""
    if value := environ.get(spec.raw_key_env, "").strip():
        return SecretStr(value)
    if not spec.raw_key_keyring:
        return None
    from tools.sources.settings import from_keyring  # noqa: PLC0415 - brings the HTTP client with it

    try:
        return from_keyring(spec.raw_key_keyring)
    except ValueError as error:
        raise UserError(f"raw_key_keyring: {error}.") from None


def usable(recipients: Sequence[str]) -> list[Any]:
    """Parse public age or SSH keys; raise UserError for one that is none, or where pyrage is missing."""
    age = _age()
    found: list[Any] = []
    for text in recipients:
        kind = age.ssh if text.startswith("ssh-") else age.x25519
        try:
            found.append(kind.Recipient.from_str(text))
        except age.RecipientError as error:
            raise UserError(f"raw_recipients: {text!r} is no public age key: {error}.") from None
    if not found:
        raise UserError(
            'keep_raw = "encrypt" needs raw_recipients.',
            hint="`age-keygen` makes a pair; the public key (age1...) goes there, the secret one elsewhere.",
        )
    return found


@dataclass(slots=True)
class _Hash:
    """A sink that only hashes."""

    sha256: Any = field(default_factory=hashlib.sha256)
    size: int = 0

    def write(self, data: bytes) -> int:
        self.sha256.update(data)
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is buffered."""


class _beside:  # noqa: N801 - used as a function
    """A scratch file in the folder of a target; gone at the end unless it was moved there."""

    def __init__(self, target: Path) -> None:
        handle, name = tempfile.mkstemp(prefix=_SCRATCH, dir=target.parent)
        os.close(handle)
        self._path = Path(name)

    def __enter__(self) -> Path:
        return self._path

    def __exit__(self, *exception: object) -> None:
        self._path.unlink(missing_ok=True)


def _bundles(folder: IncidentFolder) -> list[Bundle]:
    return [open_bundle(path) for path in folder.snapshots()]


def _refuse_undigested(folder: IncidentFolder) -> None:
    snapshots, digest = folder.snapshots(), folder.read_digest()
    if snapshots and (digest is None or digest.snapshot != snapshots[-1].name):
        raise NotAllowed(
            f"Nothing was computed from {snapshots[-1].name} of {folder.id} yet.",
            hint=f"`pm-agent draft --incident {folder.id}` comes first.",
        )


def _announce(bundle: Bundle, treatment: RawTreatment) -> None:
    """Say what is meant to become of the artifacts, and remove what a killed attempt has left."""
    for artifact in bundle.manifest.artifacts:
        bundle.encrypted(artifact.path)  # raises for a path that leaves the snapshot
        if artifact.path.endswith(ENCRYPTED):
            raise UserError(f"{bundle.folder / artifact.path} is called as an encrypted artifact would be.")
    for left in bundle.folder.rglob(f"{_SCRATCH}*"):
        left.unlink()
    if bundle.raw is None or bundle.raw.model_copy(update={"at": treatment.at}) != treatment:
        write_model(bundle.folder / RAW, treatment)


def _settle(scratch: Path, target: Path) -> None:
    """Force a file to disk and give it its name."""
    with scratch.open("rb+") as file:
        os.fsync(file.fileno())
    scratch.chmod(0o644)
    scratch.replace(target)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _decrypt(source: Path, sink: Any, key: SecretStr) -> None:
    age = _age()
    try:
        identity = age.x25519.Identity.from_str(key.get_secret_value())
    except age.IdentityError:
        raise UserError(
            "The key is no secret age key (AGE-SECRET-KEY-1...).",
            hint=f"What was encrypted for an SSH key only the age command opens: age -d -i KEYFILE {source}",
        ) from None
    with source.open("rb") as file:
        try:
            age.decrypt_io(file, sink, [identity])
        except age.DecryptError as error:
            raise UserError(f"The key does not open {source}: {error}.") from None


def _age() -> Any:
    try:
        return import_module("pyrage")
    except ImportError:
        raise UserError(
            'keep_raw = "encrypt" needs pyrage, not installed here.', hint="pip install 'pm-agent[encrypt]'"
        ) from None
