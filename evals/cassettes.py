"""Cassettes: whole drafts of recorded incidents with the model's replies, replayed without a network.

A cassette is vcrpy's YAML, gzipped because every request repeats the digest. Of the headers only the content
type is kept. Requests are matched by method, path and the whole body: a changed prompt finds no reply.
"""
# vcrpy is typed in part only:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import gzip
import shutil
import tempfile
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.drafting.claude.drafter import ClaudeDrafter
from agent.drafting.model.anthropic_endpoint import AnthropicEndpoint
from agent.drafting.model.meter import Meter
from agent.drafting.model.paid import PaidCalls
from agent.errors import NotFound, UserError
from agent.schema.digest import Digest
from agent.schema.finding import Finding
from agent.schema.postmortem import PostMortem
from agent.settings import InvestigationLimits, Settings
from agent.store import IncidentFolder
from agent.workflow.outcome import DraftOutcome
from agent.workflow.progress import Progress
from agent.workflow.run import run_draft
from evals.samples import BUNDLED

if TYPE_CHECKING:
    from vcr.cassette import Cassette

MODEL = "claude-sonnet-5-5"
LIMITS = InvestigationLimits(seconds=None)
"""Without seconds, which would end the investigation in a recording and not in its replay."""
_KEPT_HEADERS = frozenset({"content-type"})
_WAIT = 1_800.0


@dataclass(frozen=True, slots=True)
class Taped:
    """What a draft over a cassette left behind."""

    draft: PostMortem
    digest: Digest
    findings: tuple[Finding, ...]
    outcome: DraftOutcome
    steps: tuple[str, ...]
    """The step of every call, in the order of the replies."""


def taped(case: str, cassette: Path, *, record: bool, progress: Progress | None = None) -> Taped:
    """Draft a bundled incident with the replies of a cassette; where `record`, ask for those it lacks.

    Raise UserError where a reply is missing or, in a replay, one was not asked for.
    """
    bundle = BUNDLED / case / "bundle"
    if not bundle.is_dir():
        raise NotFound(f"No bundled incident {case!r}.", hint="`pm-agent samples` lists them.")
    if not record and not cassette.is_file():
        raise NotFound(f"{cassette} does not exist.", hint=f"`python -m evals.record {case}` records it.")
    with (
        tempfile.TemporaryDirectory(prefix="pm-tape-") as home,
        opened(cassette, record=record) as tape,
    ):
        folder = IncidentFolder(Path(home).resolve() / case)
        shutil.copytree(bundle, folder.path)
        paid = PaidCalls(folder.model_calls)
        drafter = ClaudeDrafter(
            Meter(AnthropicEndpoint(timeout=_WAIT, max_retries=0), paid),
            model=MODEL,
            limits=LIMITS,
            today=_today(folder),
        )
        outcome = run_draft(folder, drafter=drafter, settings=Settings(), now=_now, progress=progress)
        if not record and not tape.all_played:
            left = len(tape) - tape.play_count
            raise UserError(f"{cassette}: {left} of its {len(tape)} replies were not asked for.")
        tape.drop_unused_requests = record  # only now: a recording that ends early keeps what was paid for
        draft, digest = folder.read_draft(), folder.read_digest()
        if draft is None or digest is None:
            raise UserError(f"Drafting {case} left no draft.json or no digest.json.")
        findings = _findings(folder)
        return Taped(draft, digest, findings, outcome, tuple(call.step for call in paid.calls))


@contextmanager
def opened(cassette: Path, *, record: bool) -> Generator[Cassette]:
    """Open a cassette; in a recording what it holds already is not asked for again."""
    try:
        from vcr import VCR  # noqa: PLC0415 - a development dependency
        from vcr.record_mode import RecordMode  # noqa: PLC0415
    except ImportError as error:
        raise UserError(
            "vcrpy is not installed.", hint="Cassettes need the development dependencies: `uv sync`."
        ) from error
    recorder = VCR(
        record_mode=RecordMode.NEW_EPISODES if record else RecordMode.NONE,
        match_on=("method", "path", "query", "body"),
        before_record_request=_bare_request,
        before_record_response=_bare_response,
        decode_compressed_response=True,
    )
    recorder.register_persister(_Gzipped)
    with recorder.use_cassette(str(cassette)) as tape:
        yield tape


class _Gzipped:
    """Reads and writes cassettes as gzipped YAML, byte-equal for equal content."""

    @staticmethod
    def load_cassette(cassette_path: str, serializer: Any) -> Any:
        from vcr.persisters.filesystem import CassetteNotFoundError  # noqa: PLC0415
        from vcr.serialize import deserialize  # noqa: PLC0415

        path = Path(cassette_path)
        if not path.is_file():
            raise CassetteNotFoundError
        return deserialize(gzip.decompress(path.read_bytes()).decode(), serializer)

    @staticmethod
    def save_cassette(cassette_path: str, cassette_dict: Mapping[str, Any], serializer: Any) -> None:
        from vcr.serialize import serialize  # noqa: PLC0415

        path = Path(cassette_path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(serialize(cassette_dict, serializer).encode(), mtime=0))


def _bare_request(request: Any) -> Any:
    request.headers = _allowed(request.headers)
    return request


def _bare_response(response: dict[str, Any]) -> dict[str, Any] | None:
    """Keep body and content type; an error is no reply, and the next recording asks again."""
    if response["status"]["code"] >= 400:
        return None
    return {**response, "headers": _allowed(response["headers"])}


def _allowed(headers: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in headers.items() if name.lower() in _KEPT_HEADERS}


def _findings(folder: IncidentFolder) -> tuple[Finding, ...]:
    from agent.checks import check_draft  # noqa: PLC0415

    draft = folder.read_draft()
    return check_draft(draft, folder.read_digest(), now=_now()) if draft else ()


def _now() -> datetime:
    return datetime.now(UTC)


def _today(folder: IncidentFolder) -> Callable[[], Any]:
    """Count deadlines from the sealing where nothing recorded has a time, so that no run differs."""
    bundle = folder.bundle()
    day = (bundle.manifest.sealed_at if bundle else _now()).date()
    return lambda: day
