"""`python -m tests.evals [--live] [--record LABEL] [case…]`: run the evals and print their table.

Exit code 1 when a case is not as it should be, 2 when the run is not possible.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from bot.config import Settings, setting_names
from bot.errors import BotError
from tests.evals import case as cases
from tests.evals import table
from tests.evals.case import LIVE, OFFLINE, Case, CaseError
from tests.evals.judge import judged
from tests.evals.table import Row
from tests.evals.world import World

OF_THE_MODEL = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "BOT_MODEL", "BOT_LLM_PRICE")


def main(arguments: list[str] | None = None) -> int:
    """Run them as the arguments say."""
    parser = argparse.ArgumentParser(prog="python -m tests.evals", description="Run the prompt evals and print their table.")
    parser.add_argument("case", nargs="*", help="names of cases; none: all")
    parser.add_argument("--live", action="store_true", help="ask the live model instead (OPENAI_API_KEY, OPENAI_BASE_URL, BOT_MODEL)")
    parser.add_argument("--record", metavar="LABEL", help="with --live: keep each answer as answers/LABEL.json")
    parser.add_argument("--cases", type=Path, default=cases.CASES, help="the folder of cases")
    parser.add_argument("--json", action="store_true", help="one JSON object a row instead of the table")
    parser.add_argument("--posts", action="store_true", help="show the posts and what was found, too")
    asked = parser.parse_args(arguments)
    if asked.record and not asked.live:
        parser.error("--record needs --live")
    only_the_model_s_settings(live=asked.live)
    try:
        chosen = [cases.load(name, asked.cases.resolve()) for name in asked.case or cases.names(asked.cases)]
        with tempfile.TemporaryDirectory() as folder, World() as world:
            os.chdir(folder)  # no .env and no bot.toml of the user's
            rows = [row for one in chosen for row in rows_of(world, one, live=asked.live, record=asked.record, posts=asked.posts)]
            os.chdir("/")
    except (BotError, CaseError) as error:
        print(f"evals: {error}", file=sys.stderr)
        return 2
    for told in ([json.dumps(table.as_property(row)) for row in rows] if asked.json else table.lines(rows)):
        print(told)
    return 1 if any(row.failures for row in rows) else 0


def rows_of(world: World, case: Case, *, live: bool = False, record: str | None = None, posts: bool = False) -> list[Row]:
    """A row for each drafter of the case: offline and its recorded answers, or the live model alone."""
    rows = []
    for drafter in [LIVE] if live else [OFFLINE, *case.labels]:
        made = world.run(case, drafter, record=record)
        rows.append(judged(case, drafter, made))
        for post in made.posts if posts else ():
            print(f"--- {case.name}, {drafter}: {post.name}\n{post.text}")
            for found in post.findings:
                print(f"   {found.code} [{found.span}] {found.detail}")
        for note in made.drafting.notes if posts else ():
            print(f"--- {case.name}, {drafter}: note\n{note.text} {note.sentences}")
    return rows


def only_the_model_s_settings(*, live: bool) -> None:
    """Evals are the same on every machine: accounts, voice and limits of this one are left out."""
    for field in Settings.model_fields:
        for name in setting_names(field):
            if not (live and name in OF_THE_MODEL):
                os.environ.pop(name, None)


if __name__ == "__main__":
    sys.exit(main())
