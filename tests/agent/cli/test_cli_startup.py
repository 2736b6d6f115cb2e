"""Commands that need no model and no workflow import neither."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROBE = """
import sys
from agent.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print(sorted({name.partition(".")[0] for name in sys.modules} & {"anthropic", "langgraph", "pydantic"}))
"""
MODULES = """
import sys
from agent.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print(*sorted(sys.modules))
"""


FRESH = """
import sys
from agent.checks import pattern_store
from agent.cli.main import main
main(sys.argv[1:])
print(len(pattern_store._fresh))
"""


def imported(*argv: str, cwd: Path) -> str:
    return last_line(PROBE, *argv, cwd=cwd)


def last_line(code: str, *argv: str, cwd: Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *argv], cwd=cwd, env=env, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()[-1]


@pytest.mark.parametrize("argv", [("--help",), ("draft", "--help"), ("--version",)])
def test_help_imports_nothing_heavy(tmp_path: Path, argv: tuple[str, ...]) -> None:
    assert imported(*argv, cwd=tmp_path) == "[]"


@pytest.mark.parametrize("argv", [("check", "report.md"), ("verify", "inc-1"), ("samples",)])
def test_checking_imports_neither_model_nor_workflow(tmp_path: Path, argv: tuple[str, ...]) -> None:
    (tmp_path / "report.md").write_text("# Report\n\n## Summary\n\nThe cart was slow.\n")
    (tmp_path / "postmortems" / "inc-1").mkdir(parents=True)
    (tmp_path / "postmortems" / "inc-1" / "incident.yaml").write_text("id: inc-1\ntitle: t\n")
    assert imported(*argv, cwd=tmp_path) == ("[]" if argv[0] == "check" else "['pydantic']")


def test_a_command_is_built_alone_and_a_check_imports_what_it_uses(tmp_path: Path) -> None:
    (tmp_path / "report.md").write_text("# Report\n\n## Summary\n\nThe admin carelessly forgot the key.\n")
    modules = set(last_line(MODULES, "check", "report.md", cwd=tmp_path).split())
    commands = {name for name in modules if name.startswith("agent.cli.")}
    assert commands == {"agent.cli.main", "agent.cli.parser", "agent.cli.options", "agent.cli.check"}
    assert not modules & {"tomllib", "difflib", "subprocess", "getpass", "asyncio", "agent.schema.base"}


def test_settings_are_read_where_there_are_any(tmp_path: Path) -> None:
    (tmp_path / "report.md").write_text("# Report\n")
    (tmp_path / "pm-agent.toml").write_text('[check]\ngate = "warning"\n')
    assert "tomllib" in last_line(MODULES, "check", "report.md", cwd=tmp_path).split()


def test_a_second_check_compiles_no_pattern_of_the_checks(tmp_path: Path) -> None:
    (tmp_path / "report.md").write_text("# Report\n\n## Summary\n\nThe admin carelessly forgot the key.\n")
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    env["PYTHONPYCACHEPREFIX"] = str(tmp_path / "cache")
    first, second = (int(last_line(FRESH, "check", "report.md", cwd=tmp_path, env=env)) for _ in range(2))
    assert 20 < first < 120
    assert second == 0


def test_the_end_of_the_process_looks_for_no_cycles(tmp_path: Path) -> None:
    code = (
        "import atexit, gc, sys; atexit.register(lambda: print(gc.get_freeze_count() > 0)); "
        "from agent.cli.main import main; sys.argv[0] = 'pm-agent'; sys.exit(main())"
    )
    assert last_line(code, "rules", cwd=tmp_path) == "True"
