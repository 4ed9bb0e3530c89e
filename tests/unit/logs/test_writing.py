"""The log: lines for people, JSON for programs, libraries through the same, and nothing left behind."""

from __future__ import annotations

import json
import logging
import threading
import warnings

import pytest

from bot.cli import screen
from bot.logs import redact
from bot.logs.writing import writing

SECRET = "s3cret-of-ana-0123456789"


@pytest.fixture(autouse=True)
def _known() -> object:
    redact.learn([SECRET])
    yield
    redact.learn(())


def test_a_line_is_as_people_read_it_with_its_deliveries(capsys: pytest.CaptureFixture[str]) -> None:
    with writing("lines", "info", screen.one_line) as log:
        log("#3 X · faq published\nhttps://x.com/1 \x1b[31m", post=3, deliveries=[7], account="x", state="published")
        log("two", deliveries=[7, 8])
        log("hidden", "debug")
    assert capsys.readouterr().err == "#3 X · faq published https://x.com/1 [delivery 7]\ntwo [deliveries 7 8]\n"


def test_json_has_the_fields(capsys: pytest.CaptureFixture[str]) -> None:
    with writing("json", "info", screen.one_line) as log:
        log("published\u2028", "warning", post=3, deliveries=[7], account="x", state="published")
    (line,) = capsys.readouterr().err.splitlines()
    told = json.loads(line)
    assert told.pop("at").endswith("Z")
    assert told == {"level": "warning", "logger": "bot", "event": "published\u2028", "post": 3, "deliveries": [7], "account": "x", "state": "published"}


@pytest.mark.parametrize(("level", "said"), [("debug", ["debug", "info", "warning", "error"]), ("info", ["info", "warning", "error"]), ("error", ["error"])])
def test_levels(capsys: pytest.CaptureFixture[str], level: str, said: list[str]) -> None:
    with writing("json", level, screen.one_line) as log:
        for one in ("debug", "info", "warning", "error"):
            log("x", one)
    assert [json.loads(line)["level"] for line in capsys.readouterr().err.splitlines()] == said


@pytest.mark.parametrize("form", ["lines", "json"])
def test_libraries_tracebacks_threads_and_warnings_go_through_it_without_secrets(capsys: pytest.CaptureFixture[str], form: str) -> None:
    def dies() -> None:
        raise RuntimeError(f"thread {SECRET}")

    with writing(form, "debug", screen.one_line) as log:  # type: ignore[arg-type]
        logging.getLogger("httpx").debug("asks %s with %r", f"https://a:{SECRET}@example.com", {"Authorization": f"Bearer {SECRET}"})
        logging.getLogger("broken").warning("%d", SECRET)
        try:
            raise ValueError(f"bad {SECRET}") from KeyError(SECRET)
        except ValueError as error:
            logging.getLogger("lib").exception("it failed: %s", error)
            log(f"ours {SECRET}", "error", exc_info=error, where=SECRET, more={"a": [SECRET]})
        thread = threading.Thread(target=dies)
        thread.start()
        thread.join()
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn(f"old {SECRET}", UserWarning, stacklevel=1)
    told = capsys.readouterr().err
    assert SECRET[:12] not in told
    for said in ("asks", "it failed", "Traceback", "ours", "thread", "old", "could not be written"):
        assert said in told, said
    if form == "json":
        assert all(json.loads(line) for line in told.splitlines() if not line.startswith("a log line"))


def test_the_libraries_are_quiet_unless_asked(capsys: pytest.CaptureFixture[str]) -> None:
    with writing("lines", "info", screen.one_line):
        logging.getLogger("httpx").info("HTTP Request: GET")
        logging.getLogger("httpx").warning("slow")
    assert capsys.readouterr().err == "warning httpx: slow\n"


def test_nothing_is_left_behind() -> None:
    root = logging.getLogger()
    before = (root.level, root.handlers[:], threading.excepthook, warnings.showwarning)
    with writing("lines", "debug", screen.one_line):
        assert root.level == logging.DEBUG
    assert (root.level, root.handlers[:], threading.excepthook, warnings.showwarning) == before
