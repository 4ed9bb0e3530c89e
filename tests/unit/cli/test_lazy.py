"""What a command loads: help loads nothing heavy, offline work loads no SDK; and what every help text says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from bot.cli import COMMANDS, main, worst

ROOT = Path(__file__).parents[3]
PROBE = """
import sys
sys.path.insert(0, sys.argv.pop(1))
from bot.cli import main
try:
    main(sys.argv[1:], prog_name="bot")
except SystemExit as end:
    code = end.code or 0
print("LOADED", *sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
sys.exit(code)
"""
ARTICLE = "Ferry carries 41% more riders\n\nThe harbor ferry carried 412,000 riders in its first free year, 41% more than before.\n\n" + (
    "The council votes in May on keeping it free. Riders mostly commute to work and school. " * 3
)


def loaded(*args: str, folder: Path) -> tuple[int, set[str]]:
    done = subprocess.run([sys.executable, "-c", PROBE, str(ROOT), *args], cwd=folder, capture_output=True, text=True, timeout=60)
    *said, last = done.stderr.splitlines()
    assert last.startswith("LOADED"), said
    return done.returncode, set(last.split()[1:])


def test_help_loads_nothing_heavy(tmp_path: Path) -> None:
    code, modules = loaded("--help", folder=tmp_path)
    assert code == 0
    assert not modules & {"tweepy", "atproto", "openai", "sqlalchemy", "pydantic", "pydantic_settings", "jinja2", "lxml", "httpx", "alembic"}


@pytest.mark.parametrize("args", [("doctor",), ("check", "article.txt", "--text", "Ferry carries 41% more riders"), ("voice", "suggest"), ("draft", "article.txt"), ("draft", "article.txt", "--save", "--json"), ("accounts",)])
def test_offline_work_loads_no_sdk(tmp_path: Path, args: tuple[str, ...]) -> None:
    (tmp_path / "article.txt").write_text(ARTICLE)
    code, modules = loaded(*args, folder=tmp_path)
    assert code == 0
    assert not modules & {"tweepy", "atproto", "openai"}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_loads_and_its_help_says_what_it_does(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.name == name
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert command.help


def test_help_and_version_fit_the_screen() -> None:
    result = CliRunner().invoke(main, ["--help"])
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert all(name in result.stdout for name in COMMANDS)
    assert CliRunner().invoke(main, ["--version"]).stdout.startswith("bot ")


@pytest.mark.parametrize(
    ("codes", "code"), [([], 0), ([0, 0], 0), ([0, 3], 3), ([3, 1], 1), ([1, 2, 3], 2), ([1, 4, 0], 4)]
)
def test_a_failure_outweighs_a_hold_and_missing_configuration_everything(codes: list[int], code: int) -> None:
    assert worst(codes) == code
