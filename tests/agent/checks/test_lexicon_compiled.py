"""The generated lexicon and what a check must not import."""

import subprocess
import sys
from pathlib import Path

from agent.checks.lexicon import COMPILED
from agent.checks.lexicon.build import compile_lexicon


def test_compiled_lexicon_is_that_of_the_sources() -> None:
    assert COMPILED.read_text(encoding="utf-8") == compile_lexicon(), (
        "run python -m agent.checks.lexicon.build"
    )


def test_a_check_loads_neither_pydantic_nor_yaml(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("# P\n\nThe admin forgot the key.\n", encoding="utf-8")
    code = (
        f"import sys; from agent.cli.main import main; main(['check', {str(path)!r}, '--json']); "
        "print([m for m in ('pydantic', 'pydantic_core', 'yaml') if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == "[]"
