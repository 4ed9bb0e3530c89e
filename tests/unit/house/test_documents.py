"""The documents say what the program does: settings, help texts, and the tour's transcript are compared with it."""

from __future__ import annotations

import os
import re
from pathlib import Path

from tests import documents

ROOT = Path(__file__).resolve().parents[3]
UPDATE = os.environ.get("BOT_UPDATE_DOCS") == "1"
BEGIN, END = "<!-- settings: made from the program -->", "<!-- end of settings -->"


STALE = "it is stale: see tests/documents.py"


def _kept(path: Path, made: str) -> str:
    """What the document says, after it was made anew where that is asked for."""
    if UPDATE:
        path.write_text(made)
    return path.read_text()


def test_env_example_has_every_setting_with_its_meaning() -> None:
    made = documents.env_example()
    assert _kept(ROOT / ".env.example", made) == made, STALE


def test_env_example_can_be_used_as_it_is() -> None:
    """Each line, uncommented, is read back as the default."""
    from dotenv import dotenv_values

    from bot.config import Settings, load, setting_names

    lines = [line[1:] for line in documents.env_example().splitlines() if re.match(r"#[A-Z_]+=", line)]
    Path(".env").write_text("\n".join(lines) + "\n")
    assert len(dotenv_values(".env")) == len(documents.fields())
    settings = load()
    for field in documents.fields():
        assert getattr(settings, field) == Settings.model_fields[field].default, setting_names(field)[0]


def test_the_readme_s_configuration_table_is_made_from_the_settings() -> None:
    path = ROOT / "README.md"
    head, _, rest = path.read_text().partition(BEGIN)
    _, _, tail = rest.partition(END)
    made = f"{head}{BEGIN}\n{documents.table()}\n{END}{tail}"
    assert _kept(path, made) == made, STALE
