"""Every case, with the offline drafter and each recorded answer (a live model by opt-in), is as the case wants it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.evals import case as cases
from tests.evals import documents, table
from tests.evals.__main__ import OF_THE_MODEL, rows_of
from tests.evals.case import CARELESS, LIVE, OFFLINE
from tests.evals.judge import judged
from tests.evals.table import Row
from tests.evals.world import World

UPDATE = os.environ.get("BOT_UPDATE_DOCS") == "1"
ASKED = os.environ.get("BOT_EVAL_LIVE") == "1"
ENVIRONMENT = {name: value for name, value in os.environ.items() if name in (*OF_THE_MODEL, "PATH", "HOME")}
"""Read before the tests' own settings take its place."""
EVERY = [cases.load(name) for name in cases.names()]
STALE = "docs/evals.md is stale; write it anew: BOT_UPDATE_DOCS=1 python -m pytest tests/evals -n 0"


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    with World() as opened:
        yield opened


def _runs() -> Iterator[object]:
    """Each case with each drafter; a live model only where it is asked for (a skipped test would be a failure in CI)."""
    for case in EVERY:
        for drafter in (OFFLINE, *case.labels):
            yield pytest.param(case, drafter, id=f"{case.name}-{drafter}")
        if ASKED:
            yield pytest.param(case, LIVE, id=f"{case.name}-{LIVE}", marks=pytest.mark.timeout(700))


@pytest.mark.parametrize(("case", "drafter"), [*_runs()])
def test_the_draft_is_as_the_case_wants_it(
    case: cases.Case, drafter: str, world: World, record_property: Callable[[str, object], None]
) -> None:
    row = judged(case, drafter, world.run(case, drafter)) if drafter != LIVE else _live(case)
    record_property(table.PROPERTY, table.as_property(row))
    assert row.failures == ()
    assert UPDATE or drafter == LIVE or table.line(row) in documents.EVALS.read_text().splitlines(), STALE


def _live(case: cases.Case) -> Row:
    """In a process of its own: nothing of the tests' may reach beyond this machine."""
    done = _evals("--live", "--json", case.name, **ENVIRONMENT)
    assert done.returncode < 2, done.stderr
    return table.from_property(json.loads(done.stdout))


def test_the_document_is_current(world: World) -> None:
    if UPDATE:
        documents.EVALS.write_text(documents.evals(EVERY, [row for case in EVERY for row in rows_of(world, case)]))
    kept = documents.EVALS.read_text()
    assert kept.startswith(documents.HEAD), STALE
    assert kept.endswith(documents.tail(EVERY)), STALE
    shown = [line for line in kept.splitlines() if line.startswith("| ")][1:]
    assert len(shown) == sum(1 + len(case.labels) for case in EVERY), STALE


def test_there_are_cases_of_every_kind() -> None:
    assert len(EVERY) >= 10
    assert len([case for case in EVERY if any(label.startswith(CARELESS) for label in case.labels)]) >= 3
    assert [case for case in EVERY if case.questions]
    assert all(case.labels for case in EVERY)
    assert all(case.must and case.must_not for case in EVERY)


def test_what_is_not_as_the_case_wants_is_told(world: World, tmp_path: Path) -> None:
    """The judgement is not one that nothing can fail."""
    place = _copied("harbour-ferries", tmp_path)
    answer = (place / "answers" / "careless.json").read_text()
    (place / "answers" / "good.json").write_text(answer)
    toml = (place / "case.toml").read_text().replace("dollars = 0.003", "dollars = 0.0001")
    (place / "case.toml").write_text(f'{toml}\n[[must]]\nof = "offline"\nin = "short"\nany = ["submarine"]\n')
    case = cases.load("harbour-ferries", tmp_path)
    told = "\n".join(judged(case, "good", world.run(case, "good")).failures)
    assert "x short has unsupported_number “320”" in told
    assert "x short says “saved 2,400 tonnes”" in told
    assert "cost $0.0010, more than $0.0001" in told
    assert "x short does not say submarine" in "\n".join(judged(case, OFFLINE, world.run(case, OFFLINE)).failures)


def test_a_finding_that_is_gone_and_an_error_that_is_found_are_told(world: World, tmp_path: Path) -> None:
    place = _copied("seagrass", tmp_path)
    toml = (place / "case.toml").read_text()
    (place / "case.toml").write_text(toml + "".join(
        f'\n[[{kind}]]\nof = "careless"\nin = "x short"\nsays = "{says}"\n{code}'
        for kind, says, code in (("missed", "18", ""), ("missed", "whales", ""), ("false_alarm", "saves", 'code = "forecast"\n'))
    ))
    case = cases.load("seagrass", tmp_path)
    told = "\n".join(judged(case, CARELESS, world.run(case, CARELESS)).failures)
    assert "“18” is found now; move it from missed to found" in told
    assert "does not say “whales”" in told
    assert "x short has no forecast for “saves”; it was a false alarm: take it out of case.toml" in told


def test_an_answer_that_can_not_be_used_is_told_with_its_second_call(world: World, tmp_path: Path) -> None:
    place = _copied("haiku-train", tmp_path)
    (place / "answers" / "good.json").write_text('{"shorts": [}')
    case = cases.load("haiku-train", tmp_path)
    row = judged(case, "good", world.run(case, "good"))
    assert row.calls == 2
    assert any("Written without the model" in failure for failure in row.failures)
    assert any("2 calls, more than 1" in failure for failure in row.failures)


def test_an_answer_to_another_prompt_is_marked(world: World, tmp_path: Path) -> None:
    place = _copied("haiku-train", tmp_path)
    (place / "answers" / "good.asked").write_text("another\n")
    case = cases.load("haiku-train", tmp_path)
    row = judged(case, "good", world.run(case, "good"))
    assert row.stale
    assert "†" in table.line(row)


@pytest.mark.parametrize(("toml", "what"), [
    ('about = "x"\nmust_say = 1', "must_say, which nothing reads"),
    ("url = 'https://example.com'", "'about'"),
    ('about = "x"\n[[must]]\nof = "nobody"\nany = "x"', "no answer has that label"),
    ('about = "x"\n[[must]]\nsay = "x"', "say is not known here"),
    ("about = ", "can not be read"),
])
def test_a_case_that_can_not_be_read_says_what_to_mend(toml: str, what: str, tmp_path: Path) -> None:
    place = _copied("haiku-train", tmp_path)
    (place / "case.toml").write_text(toml)
    with pytest.raises(cases.CaseError, match=what):
        cases.load("haiku-train", tmp_path)


def test_the_table_tells_failures_below_its_rows() -> None:
    row = Row("a-case", "good", ("x short says “sold out”",), 200, 210, 0, 1, 2, 0, 0, 2, 1, 1500)
    told = table.lines([row, Row("a-case", OFFLINE, (), 100, 90, 3, 0, 0, 0, 0, 4, 0, 0)])
    assert [line.split()[:3] for line in told[1:3]] == [["a-case", "offline", "ok"], ["a-case", "good", "1"]]
    assert told[3] == "a-case, good: x short says “sold out”"
    assert "$0.0015" in told[2]


def _copied(name: str, folder: Path) -> Path:
    place = folder / name
    (place / "answers").mkdir(parents=True)
    for path in [*(cases.CASES / name).glob("*.*"), *(cases.CASES / name).glob("answers/*.json")]:
        (place / path.relative_to(cases.CASES / name)).write_bytes(path.read_bytes())
    return place


def _evals(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.defpath, **environment, "PYTHONPATH": str(documents.ROOT)}
    return subprocess.run([sys.executable, "-m", "tests.evals", *arguments], env=env, cwd=documents.ROOT, capture_output=True, text=True, timeout=600)


def test_a_live_run_asks_the_server_it_is_given_and_keeps_the_answer(tmp_path: Path) -> None:
    from tests.servers import llm

    place = _copied("harbour-ferries", tmp_path)
    good = (place / "answers" / "good.json").read_text()
    with llm.LlmServer() as server:
        server.answer_with(llm.good(good, tokens=(1500, 500)))
        done = _evals(
            "--live", "--record", "loop", "--cases", str(tmp_path), "harbour-ferries",
            OPENAI_BASE_URL=server.url, OPENAI_API_KEY="sk-mine", BOT_MODEL="model-x", BOT_SIGNOFF="not for evals",
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert [request.body["model"] for request in server.requests] == ["model-x"]
        assert server.requests[0].headers["authorization"] == "Bearer sk-mine"
    assert done.stdout.splitlines()[1].split()[:3] == ["harbour-ferries", LIVE, "ok"]
    assert "$0.0014" in done.stdout
    assert json.loads((place / "answers" / "loop.json").read_text()) == json.loads(good)
    assert len((place / "answers" / "loop.asked").read_text()) == 65


def test_a_live_run_tells_a_wrong_answer(tmp_path: Path) -> None:
    from tests.servers import llm

    _copied("harbour-ferries", tmp_path)
    with llm.LlmServer() as server:
        server.answer_with(llm.good((cases.CASES / "harbour-ferries" / "answers" / "careless.json").read_text()))
        done = _evals("--live", "--json", "harbour-ferries", OPENAI_BASE_URL=server.url)
    assert done.returncode == 1
    assert any("unsupported_number" in failure for failure in json.loads(done.stdout)["failures"])


def test_a_live_run_without_a_key_says_what_is_missing() -> None:
    done = _evals("--live", "haiku-train")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == "evals: the drafter openai needs OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own.\n"
