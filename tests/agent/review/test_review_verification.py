from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.cli.main import main
from agent.review.pictures import plots_of
from agent.review.series import choose
from agent.review.verification import verify
from agent.schema.bundle import Manifest
from agent.schema.digest import Digest
from agent.store import IncidentFolder, sha256_file, write_model
from tools.formats.records import Series


def problems(folder: IncidentFolder) -> list[tuple[str, str]]:
    return [(problem.what, problem.where) for problem in verify(folder).problems]


def change_digest(folder: IncidentFolder, change: Callable[[Digest], Digest]) -> None:
    """Rewrite digest.json as if it had been computed so, and let the draft rest on it."""
    digest, draft = folder.read_digest(), folder.read_draft()
    assert digest is not None
    assert draft is not None
    sha256 = folder.write_digest(change(digest))
    provenance = draft.provenance.model_copy(update={"digest_sha256": sha256})
    folder.write_draft(draft.model_copy(update={"provenance": provenance}))


def repoint(folder: IncidentFolder, evidence: str, **pointer: object) -> None:
    def change(digest: Digest) -> Digest:
        items = tuple(
            item.model_copy(update={"pointers": (item.pointers[0].model_copy(update=pointer),)})
            if item.id == evidence
            else item
            for item in digest.evidence
        )
        return digest.model_copy(update={"evidence": items})

    change_digest(folder, change)


def reseal(folder: IncidentFolder) -> None:
    """Make manifest and digest vouch for the artifacts as they are now."""
    bundle = folder.bundle()
    assert bundle is not None
    artifacts = tuple(
        artifact.model_copy(
            update={
                "sha256": sha256_file(bundle.path(artifact.path)),
                "bytes": bundle.path(artifact.path).stat().st_size,
            }
        )
        for artifact in bundle.manifest.artifacts
    )
    manifest = Manifest.model_validate(bundle.manifest.model_copy(update={"artifacts": artifacts}))
    sha256 = write_model(bundle.folder / "manifest.json", manifest)
    change_digest(folder, lambda digest: digest.model_copy(update={"manifest_sha256": sha256}))


def test_an_untouched_incident_verifies(folder: IncidentFolder) -> None:
    result = verify(folder)
    assert result.problems == ()
    assert result.ok
    assert (result.checked.artifacts, result.checked.evidence, result.checked.claims) == (2, 3, 20)


def test_a_flipped_byte_is_caught(folder: IncidentFolder) -> None:
    file = folder.path / "evidence/files/latency.csv"
    data = bytearray(file.read_bytes())
    data[2000] ^= 1
    file.write_bytes(data)
    found = verify(folder).problems[0]
    assert (found.what, found.where) == ("artifact", "evidence/files/latency.csv")
    assert "sha256 is" in found.message


def test_a_removed_line_is_caught(folder: IncidentFolder) -> None:
    file = folder.path / "evidence/files/checker.log"
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[:-1]))
    assert problems(folder) == [("artifact", "evidence/files/checker.log"), ("evidence", "L1")]


def test_a_removed_line_is_caught_even_if_the_manifest_was_forged(folder: IncidentFolder) -> None:
    file = folder.path / "evidence/files/checker.log"
    file.write_text("".join(file.read_text().splitlines(keepends=True)[:-1]))
    reseal(folder)
    (found,) = verify(folder).problems
    assert (found.what, found.where) == ("evidence", "L1")
    assert "line 5 does not exist; the file has 4." in found.message


def test_a_forged_manifest_is_not_the_one_the_digest_names(folder: IncidentFolder) -> None:
    manifest = folder.path / "evidence/manifest.json"
    manifest.write_text(manifest.read_text() + "\n")
    assert problems(folder) == [("digest", "digest.json")]


def test_a_missing_and_a_stray_file_are_caught(folder: IncidentFolder) -> None:
    (folder.path / "evidence/files/checker.log").rename(folder.path / "evidence/files/other.log")
    assert problems(folder)[:2] == [
        ("artifact", "evidence/files/checker.log"),
        ("artifact", "evidence/files/other.log"),
    ]


def test_a_pointer_out_of_the_snapshot_is_refused(folder: IncidentFolder) -> None:
    manifest = folder.path / "evidence/manifest.json"
    manifest.write_text(
        manifest.read_text().replace('"path": "files/checker.log"', '"path": "../draft.json"')
    )
    messages = [problem.message for problem in verify(folder).problems]
    assert any("outside the snapshot" in message for message in messages)


@pytest.mark.parametrize(
    ("pointer", "message"),
    [
        ({"series": "no_such"}, "has no series no_such"),
        ({"samples": (100, 180)}, "samples 100 to 180 do not exist; the series has 180"),
        ({"artifact": "files/none.csv"}, "no such artifact"),
    ],
)
def test_a_pointer_that_leads_nowhere_is_caught(
    folder: IncidentFolder, pointer: dict[str, object], message: str
) -> None:
    repoint(folder, "M1", **pointer)
    (found,) = verify(folder).problems
    assert (found.what, found.where) == ("evidence", "M1")
    assert message in found.message


def test_lines_are_counted_in_the_uncompressed_file(folder: IncidentFolder) -> None:
    file = folder.path / "evidence/files/checker.log"
    file.write_bytes(gzip.compress(file.read_bytes().rstrip(b"\n")))
    reseal(folder)
    assert verify(folder).ok
    repoint(folder, "L1", lines=(2, 6))
    assert "line 6 does not exist; the file has 5." in verify(folder).problems[0].message


def test_an_unknown_citation_names_the_claim(folder: IncidentFolder) -> None:
    draft = folder.read_draft()
    assert draft is not None
    claim = draft.factors[0].claim.model_copy(update={"evidence": ("L1", "L99")})
    factor = draft.factors[0].model_copy(update={"claim": claim})
    folder.write_draft(draft.model_copy(update={"factors": (factor, *draft.factors[1:])}))
    (found,) = verify(folder).problems
    assert (found.what, found.where) == ("claim", "factors.F1.claim")
    assert "L99" in found.message


def test_a_draft_of_another_digest_is_caught(folder: IncidentFolder) -> None:
    digest = folder.read_digest()
    assert digest is not None
    folder.write_digest(digest.model_copy(update={"notes": ("recomputed",)}))
    assert problems(folder) == [("draft", "draft.json")]


def test_files_that_cannot_be_read_are_problems_and_not_tracebacks(folder: IncidentFolder) -> None:
    (folder.path / "digest.json").write_text("{")
    (folder.path / "review.jsonl").write_text("nonsense\n")
    (folder.path / "evidence/manifest.json").write_text("[]")
    kinds = {what for what, _ in problems(folder)}
    assert kinds == {"manifest", "digest", "review", "claim"}


def test_the_command_prints_one_document_and_fails(
    folder: IncidentFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    home = str(folder.path.parent)
    assert main(["verify", "db-queue-full", "--home", home, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "ok": True,
        "checked": {"artifacts": 2, "evidence": 3, "claims": 20, "dropped": 0, "locked": 0, "unresolved": 0},
        "problems": [],
    }
    (folder.path / "evidence/files/checker.log").unlink()
    assert main(["verify", "db-queue-full", "--home", home]) == 1
    assert capsys.readouterr().out.startswith("evidence/files/checker.log: the file is missing.\n")


def test_verifying_imports_neither_langgraph_nor_anthropic(folder: IncidentFolder) -> None:
    code = (
        "import sys; from agent.cli.main import main;"
        f"code = main(['verify', {str(folder.path)!r}]);"
        "print(code, [m for m in ('langgraph', 'anthropic', 'httpx') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip().endswith("0 []")


def test_a_cited_metric_is_plotted_from_its_samples(folder: IncidentFolder) -> None:
    draft, digest = folder.read_draft(), folder.read_digest()
    assert draft is not None
    plots = plots_of(folder, draft, digest)
    assert list(plots) == ["M1"]
    plot = plots["M1"]
    assert len(plot.times) == 81
    assert max(plot.values) == pytest.approx(99.248)
    assert plot.onset is not None
    assert plot.times[plot.values.index(max(plot.values))] == plot.onset.timestamp()
    assert '<svg class="plot"' in (folder.path / "draft.html").read_text()


def test_sha256_of_the_fixture_is_what_the_manifest_says() -> None:
    fixture = Path(__file__).parents[2] / "fixtures" / "reviewed" / "evidence"
    manifest = json.loads((fixture / "manifest.json").read_text())
    for artifact in manifest["artifacts"]:
        data = (fixture / artifact["path"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == artifact["sha256"]


def test_the_service_tells_columns_of_one_metric_apart() -> None:
    carts, ads = (
        Series(metric="p90", labels={}, times=(0.0,), values=(value,), column=f"{name}-p90", service=name)
        for name, value in (("cart", 1.0), ("ads", 2.0))
    )
    assert choose((carts, ads), "p90", "ads") is ads
    assert choose((carts, ads), "cart-p90", "ads") is carts
    assert choose((carts, ads), "p90", None) is None
    assert choose((carts, ads), "p50", "ads") is None


def test_a_changed_number_and_a_swapped_citation_do_not_verify(folder: IncidentFolder) -> None:
    draft = folder.read_draft()
    assert draft is not None
    assert verify(folder).ok
    row = draft.timeline[0]
    invented = row.model_copy(update={"event": f"{row.event}, 987654 ms later"})
    folder.write_draft(draft.model_copy(update={"timeline": (invented, *draft.timeline[1:])}))
    assert ("claim", "timeline.1") in problems(folder)
