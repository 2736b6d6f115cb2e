"""Whether evidence and citations are what they claim to be, shown offline from the incident folder alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from pydantic import SecretStr

from agent.bundles import ENCRYPTED, MANIFEST, RAW
from agent.checks import check_draft
from agent.errors import UserError
from agent.raw import encrypted_problem
from agent.report.citations import citations
from agent.review.drafts import with_contradictions
from agent.review.resolving import Resolver
from agent.schema.base import Model
from agent.schema.bundle import Artifact, RawTreatment
from agent.schema.digest import Digest
from agent.schema.postmortem import PostMortem
from agent.store import Bundle, IncidentFolder, open_bundle, sha256_file

T = TypeVar("T")
What = Literal["manifest", "artifact", "digest", "evidence", "draft", "claim", "review"]


class Problem(Model):
    """One thing that does not verify."""

    what: What
    where: str
    """File, artifact, evidence id or place in the draft."""
    message: str


class Checked(Model):
    """How much was looked at."""

    artifacts: int
    evidence: int
    claims: int
    dropped: int = 0
    """Artifacts that were dropped by setting: their hashes stand in the manifest, their bytes are gone."""
    locked: int = 0
    """Encrypted artifacts that were not looked into, as no key was given."""
    unresolved: int = 0
    """Pointers into artifacts that cannot be read as they were sealed."""


class Verification(Model):
    """The result of verifying one incident folder."""

    ok: bool
    checked: Checked
    problems: tuple[Problem, ...]
    """In the order of the chain: artifacts, then evidence, then statements."""


@dataclass(slots=True)
class _Ledger:
    artifacts: int = 0
    evidence: int = 0
    claims: int = 0
    dropped: int = 0
    locked: int = 0
    unresolved: int = 0
    problems: list[Problem] = field(default_factory=list["Problem"])

    def wrong(self, what: What, where: str, message: str) -> None:
        self.problems.append(Problem(what=what, where=where, message=message))


def verify(folder: IncidentFolder, key: SecretStr | None = None) -> Verification:
    """Re-hash every artifact, resolve every pointer, and hold every statement against what it cites.

    Encrypted artifacts are hashed with the secret `key`; raise UserError where it does not open them.
    """
    ledger = _Ledger()
    bundles = _check_snapshots(folder, ledger, key)
    digest = _readable(folder.read_digest, "digest", ledger)
    if digest is not None:
        _check_digest(digest, bundles.get(digest.snapshot), ledger)
    draft = _readable(folder.read_draft, "draft", ledger)
    _readable(folder.reviews, "review", ledger)
    if draft is not None:
        _check_draft(draft, digest, ledger, digest_sha256=folder.digest_version())
        if digest is not None:
            _check_statements(folder, draft, digest, ledger)
    checked = Checked(
        artifacts=ledger.artifacts,
        evidence=ledger.evidence,
        claims=ledger.claims,
        dropped=ledger.dropped,
        locked=ledger.locked,
        unresolved=ledger.unresolved,
    )
    return Verification(ok=not ledger.problems, checked=checked, problems=tuple(ledger.problems))


def _readable(read: Callable[[], T], what: What, ledger: _Ledger) -> T | None:
    try:
        return read()
    except UserError as error:
        ledger.wrong(what, f"{what}.json" if what != "review" else "review.jsonl", str(error))
        return None


def _check_snapshots(folder: IncidentFolder, ledger: _Ledger, key: SecretStr | None) -> dict[str, Bundle]:
    bundles: dict[str, Bundle] = {}
    for path in folder.snapshots():
        try:
            bundle = open_bundle(path)
        except UserError as error:
            ledger.wrong("manifest", f"{path.name}/manifest.json", str(error))
            continue
        bundles[bundle.name] = bundle
        for where, message in _artifact_problems(bundle, ledger, key):
            ledger.wrong("artifact", where, message)
        ledger.artifacts += len(bundle.manifest.artifacts)
    return bundles


def _artifact_problems(bundle: Bundle, ledger: _Ledger, key: SecretStr | None) -> Iterator[tuple[str, str]]:
    vouched = {MANIFEST, RAW}
    for artifact in bundle.manifest.artifacts:
        where = f"{bundle.name}/{artifact.path}"
        vouched |= {artifact.path, artifact.path + ENCRYPTED}
        if bundle.raw and not bundle.holds(artifact):
            message = _withheld_problem(bundle, bundle.raw, artifact, ledger, key)
        else:
            message = _plain_problem(bundle, artifact)
        if message:
            yield where, message
    for path in sorted(bundle.folder.rglob("*")):
        name = path.relative_to(bundle.folder).as_posix()
        if path.is_file() and name not in vouched:
            yield f"{bundle.name}/{name}", "the manifest does not vouch for this file."


def _plain_problem(bundle: Bundle, artifact: Artifact) -> str:
    try:
        path = bundle.path(artifact.path)
    except UserError as error:
        return str(error)
    if not path.is_file():
        return "the file is missing."
    if (size := path.stat().st_size) != artifact.bytes:
        return f"the file has {size} bytes; the manifest vouches for {artifact.bytes}."
    if (found := sha256_file(path)) != artifact.sha256:
        return f"sha256 is {found}; the manifest vouches for {artifact.sha256}."
    return ""


def _withheld_problem(
    bundle: Bundle, raw: RawTreatment, artifact: Artifact, ledger: _Ledger, key: SecretStr | None
) -> str:
    """Count an artifact that was dropped or is locked; with a key look into an encrypted one."""
    if raw.treatment == "dropped":
        ledger.dropped += 1
        return ""
    if not bundle.encrypted(artifact.path).is_file():
        return "the file is missing, plain and encrypted."
    if key is None:
        ledger.locked += 1
        return ""
    return encrypted_problem(bundle, artifact, key)


def _check_digest(digest: Digest, bundle: Bundle | None, ledger: _Ledger) -> None:
    if bundle is None:
        ledger.wrong("digest", "digest.json", f"its snapshot {digest.snapshot} is not here or not readable.")
        return
    if digest.manifest_sha256 != bundle.manifest_sha256:
        message = f"it was computed from a manifest with sha256 {digest.manifest_sha256}; "
        ledger.wrong("digest", "digest.json", message + f"{bundle.name} has {bundle.manifest_sha256}.")
    held = {artifact.path: bundle.holds(artifact) for artifact in bundle.manifest.artifacts}
    resolver = Resolver(bundle, (pointer for item in digest.evidence for pointer in item.pointers))
    for item in digest.evidence:
        ledger.evidence += 1
        for pointer in item.pointers:
            if bundle.raw and not held.get(pointer.artifact, True):
                ledger.unresolved += 1
            elif (message := resolver.problem(pointer, item.service)) is not None:
                ledger.wrong("evidence", item.id, f"{item.statement} ({pointer.artifact}): {message}")


def _check_draft(
    draft: PostMortem, digest: Digest | None, ledger: _Ledger, *, digest_sha256: str | None
) -> None:
    if digest is None and not any(problem.what == "digest" for problem in ledger.problems):
        ledger.wrong("digest", "digest.json", "it is missing, so no citation can be looked up.")
    known = {item.id for item in digest.evidence} if digest else set[str]()
    facts = {fact.name for fact in digest.facts} if digest else set[str]()
    for statement in citations(draft):
        ledger.claims += 1
        for item in statement.evidence:
            if item not in known:
                ledger.wrong(
                    "claim", statement.where, f"cites {item}, which does not exist: {statement.text}"
                )
        for name in statement.facts:
            if name not in facts:
                ledger.wrong(
                    "claim", statement.where, f"cites the fact {name}, which does not exist: {statement.text}"
                )
    made = draft.provenance.digest_sha256
    if digest is not None and made and made != digest_sha256:
        ledger.wrong("draft", "draft.json", f"it was written from a digest with sha256 {made}, not this one.")


def _check_statements(folder: IncidentFolder, draft: PostMortem, digest: Digest, ledger: _Ledger) -> None:
    found = check_draft(draft, digest, now=draft.provenance.drafted_at)
    for finding in with_contradictions(folder, draft, found):
        held = finding.rule == "C06" or (finding.rule.startswith("G") and finding.rule != "G01")
        if held and finding.level == "error":
            ledger.wrong("claim", finding.section, f"{finding.rule} {finding.message}")
