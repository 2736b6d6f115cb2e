"""`python -m evals.reseal [CASES]`: describe the artifacts anew after a reader changed; their bytes stay."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from agent.collecting import describe_artifact
from agent.schema.bundle import Artifact, Request
from agent.store import open_bundle, sha256_file, write_model
from evals.samples import BUNDLED
from tools.formats.records import Clock


def reseal(case: Path) -> bool:
    """Rewrite a case's manifest where the readers now say something else; tell whether it changed."""
    bundle = open_bundle(case / "bundle" / "evidence")
    artifacts = tuple(_anew(bundle.folder, artifact) for artifact in bundle.manifest.artifacts)
    rows = {artifact.path: artifact.rows for artifact in artifacts}
    requests = tuple(_recounted(request, rows) for request in bundle.manifest.requests)
    manifest = bundle.manifest.model_copy(update={"artifacts": artifacts, "requests": requests})
    return write_model(bundle.folder / "manifest.json", manifest) != bundle.manifest_sha256


def _anew(folder: Path, artifact: Artifact) -> Artifact:
    path = folder / artifact.path
    if sha256_file(path) != artifact.sha256:
        raise ValueError(f"{path} is not what was sealed; import the incident again")
    return describe_artifact(
        path,
        root=folder,
        source=artifact.source,
        query=artifact.query,
        clock=Clock(zone=artifact.assume_zone, recorded_at=artifact.recorded_at),
        labels=artifact.labels,
    )


def _recounted(request: Request, rows: dict[str, int]) -> Request:
    return request.model_copy(update={"rows": sum(rows[path] for path in request.artifacts)})


def main(argv: Sequence[str] | None = None) -> int:
    """Reseal every case of a folder, by default the bundled ones."""
    arguments = sys.argv[1:] if argv is None else argv
    cases = Path(arguments[0]) if arguments else BUNDLED
    for case in sorted(folder for folder in cases.iterdir() if (folder / "bundle").is_dir()):
        sys.stdout.write(f"{case.name}: {'changed' if reseal(case) else 'unchanged'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
