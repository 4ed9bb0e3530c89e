"""Released prompt files are never edited: a draft's prompt name says which words made it."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from bot.drafters import prompt

PROMPTS = Path(__file__).resolve().parents[3] / "prompts"
RELEASED = {
    "posts.v1.j2": "bec7d8200202a16688208a01e6af72cae04b5c3b92f8f44455644578a18c3636",
    "posts.v2.j2": "b2f1171c5b4229addd1751567ada9274b3f425b84cc2e600cbf1a3beaa65e985",
}


def test_released_prompts_are_as_they_were_released() -> None:
    found = {file.name: sha256(file.read_bytes()).hexdigest() for file in PROMPTS.glob("[!_]*.v*.j2")}
    assert found == RELEASED, "copy the file to a new version and edit that; a new version is added here when it is released"


def test_the_prompt_in_use_is_the_newest() -> None:
    versions = {int(name.split(".v")[1].split(".")[0]): name for name in RELEASED}
    assert versions[max(versions)] == prompt.FILE
