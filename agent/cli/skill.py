"""`pm-agent skill install`: copy the Claude Code skill that comes with this version."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from agent.cli.options import Subparsers, add_command, add_json, print_json
from agent.errors import ExitCode, NotAllowed, UserError

NAME = "conduct-post-mortem"


def configure(subparsers: Subparsers, name: str) -> None:
    """Add the command and what it can do."""
    parser = add_command(
        subparsers,
        name,
        summary="install the Claude Code skill",
        description="Copy the skill `conduct-post-mortem` to where Claude Code finds skills.",
        examples="""
pm-agent skill install
pm-agent skill install --user
pm-agent skill install --dir ~/work/shop/.claude/skills --force
""",
    )
    inner = parser.add_subparsers(title="what to do", metavar="ACTION", required=True)
    install = inner.add_parser("install", help="copy the skill", description="Copy the skill.")
    place = install.add_mutually_exclusive_group()
    place.add_argument("--project", action="store_true", help="to ./.claude/skills (default)")
    place.add_argument("--user", action="store_true", help="to ~/.claude/skills")
    place.add_argument("--dir", metavar="DIR", type=Path, help="to a folder of skills of your choice")
    install.add_argument("--force", action="store_true", help="replace a copy that differs")
    add_json(install)
    install.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Copy the skill, unless an equal copy is there; print where it is."""
    import shutil

    skills: Path = args.dir or (Path.home() if args.user else Path()) / ".claude" / "skills"
    source, target = locate(), skills.expanduser() / NAME
    state = _state(source, target)
    if state == "differs" and not args.force:
        raise NotAllowed(
            f"{target} exists and differs from this version's skill.", hint="--force replaces it."
        )
    if state != "equal":
        if target.exists():
            shutil.rmtree(target)
        shutil.copytree(source, target)
    if args.json:
        print_json({"skill": NAME, "folder": target.resolve(), "changed": state != "equal"})
    else:
        print(target)
        print("unchanged" if state == "equal" else "installed", file=sys.stderr)
    return ExitCode.OK


def locate() -> Path:
    """Find the skill: beside this package in a checkout, inside it in an installed wheel."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "skill" / NAME, package.parent / "skills" / NAME):
        if (folder / "SKILL.md").is_file():
            return folder
    raise UserError(f"This installation lacks the skill {NAME}.", hint="Install pm-agent again.")


def _state(source: Path, target: Path) -> str:
    if not target.exists():
        return "absent"
    return "equal" if _contents(source) == _contents(target) else "differs"


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
