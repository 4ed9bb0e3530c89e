"""/healthz and /metrics of a running worker, and clients that mean it ill."""

from __future__ import annotations

import json
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot import pages
from bot.errors import ConfigError
from bot.health import Examiner
from bot.pages import AT_ONCE, answers
from bot.store import models
from bot.store.states import DeliveryState, State
from bot.values import Hold, HoldCode
from tests.integration.cli_world import World as Cli
from tests.integration.test_cli_stop import running, until
from tests.publishing import NOT_SENT, UNKNOWN, World


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def get(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@contextmanager
def served(world: World) -> Iterator[int]:
    """The pages of a machine whose health is looked at anew each time."""
    bot = world.bot
    bot = type(bot)(bot.settings.model_copy(update={"http_port": free_port()}), bot.store, bot.accounts, {})
    with pages.serving(bot) as port:
        assert port is not None
        yield port


@pytest.fixture
def port(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(answers, "FRESH", 0.0)
    with served(world) as found:
        yield found


def numbers(text: str) -> dict[tuple[str, ...], float]:
    """By name and labels, these in the order of their names."""
    return {(sample.name, *(sample.labels[label] for label in sorted(sample.labels))): sample.value for family in text_string_to_metric_families(text) for sample in family.samples}


def test_a_worker_answers_both_pages(x_world: Cli) -> None:
    port = free_port()
    with running(x_world, "worker", BOT_HTTP_PORT=str(port), BOT_POLL_SECONDS="0.2", BOT_LOG="json") as process:
        until(lambda: _answers(port))
        status, body = get(port, "/healthz")
        assert (status, json.loads(body)["level"]) == (200, "green")
        status, text = get(port, "/metrics")
        found = numbers(text)
        assert found["bot_posts", "in_review"] == 4
        assert found["bot_articles", "drafted"] == 1
        assert any(name[0] == "bot_worker_beat_age_seconds" for name in found)
        assert "ferry" not in (body + text).lower(), "no word of an article"
        assert not any(secret in body + text for name, secret in x_world.env.items() if "SECRET" in name)
        other = x_world("worker", code=4, BOT_HTTP_PORT=str(port))
        assert f"BOT_HTTP_PORT {port} on 127.0.0.1 can not be listened on" in other.stderr
        process.terminate()
        _, told = process.communicate(timeout=60)
    assert process.returncode == 0
    assert [json.loads(line)["event"] for line in told.splitlines()][-2:] == ["stopping after what is at hand; once more stops at once.", "stopped."]
    (thing,) = x_world.json("status")
    assert {one["level"] for one in thing["health"]} == {"green"}


def test_health_is_503_when_it_is_red_and_200_when_yellow(world: World, port: int) -> None:
    post = world.ready("hello")
    status, body = get(port, "/healthz")
    assert (status, json.loads(body)["level"]) == (200, "yellow")
    world.time.pass_(3600)
    status, body = get(port, "/healthz")
    assert (status, json.loads(body)["level"]) == (503, "red")
    assert {one["check"]: one["level"] for one in json.loads(body)["checks"]}["overdue"] == "red"
    world.change(post, lambda row: setattr(row, "state", State.CANCELLED))
    assert get(port, "/healthz")[0] == 200


def test_numbers_are_counted_in_the_database(world: World, port: int) -> None:
    world.fake.answers = [None, UNKNOWN, NOT_SENT]
    first = world.ready("one")
    world.go()
    held = world.make("two")
    world.change(held, lambda row: setattr(row, "holds", (Hold(code=HoldCode.BUDGET, detail="x"), Hold(code=HoldCode.LANGUAGE, detail="x"))))
    with world.store.write() as session:
        session.add(models.Draft(article_id=1, kind="short", variants=(), drafter="openai", model="m-1", calls=1, input_tokens=700, output_tokens=30, created_at=world.time.now))
        session.add(models.Spend(payee="llm", what="draft", micros=2_500, at=world.time.now))
        session.add(models.Source(url="https://example.com/feed", kind="feed", failures=2, off=False, baseline=True))
    world.time.pass_(60)
    found = numbers(get(port, "/metrics")[1])
    assert world.state(first) is State.PUBLISHED
    assert found["bot_posts", "published"] == 1
    assert found["bot_posts", "in_review"] == 1
    assert found["bot_posts_oldest_seconds", "in_review"] == 60
    assert found["bot_deliveries", "fake", "sent"] == 1
    assert found["bot_deliveries_unknown", "fake"] == 0
    assert found["bot_delivery_tries_total", "fake"] == 1
    assert (found["bot_posts_held", "budget"], found["bot_posts_held", "language"], found["bot_posts_held", "duplicate"]) == (1, 1, 0)
    assert (found["bot_tokens_total", "in", "m-1"], found["bot_tokens_total", "out", "m-1"]) == (700, 30)
    assert found["bot_spent_dollars_total", "llm", "draft"] == 0.0025
    assert found["bot_source_failures",] == 2
    assert found["bot_account_paused", "fake", "fake"] == 0


def test_unknowns_and_late_posts_are_counted(world: World, port: int) -> None:
    world.platform(looks=(60,))
    world.fake.answers = [UNKNOWN]
    world.ready("one")
    world.go()
    world.ready("two")
    world.time.pass_(100)
    found = numbers(get(port, "/metrics")[1])
    assert found["bot_deliveries", "fake", str(DeliveryState.UNKNOWN)] == found["bot_deliveries_unknown", "fake"] == 1
    assert found["bot_posts_due_seconds",] >= 100


def test_one_that_can_not_be_read_hides_no_number(world: World, port: int) -> None:
    world.make("one")
    world.sql("update post set holds = 'not json'")
    status, text = get(port, "/metrics")
    assert (status, numbers(text)["bot_posts", "in_review"]) == (200, 1)


def test_a_database_that_is_away_is_503_and_says_so(world: World, port: int) -> None:
    world.make("one")
    world.sql("alter table account rename to gone")
    status, body = get(port, "/healthz")
    assert (status, json.loads(body)["checks"][0]["check"]) == (503, "database")
    assert get(port, "/metrics")[0] == 503
    world.sql("alter table gone rename to account")
    assert get(port, "/healthz")[0] == 200


def test_a_database_that_hangs_is_503_in_time_and_asked_by_one_thread_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()
    asked: list[int] = []

    def hangs(self: Examiner) -> Any:
        asked.append(1)
        gate.wait(60)
        return []

    monkeypatch.setattr(answers, "FRESH", 0.0)
    monkeypatch.setattr(answers, "WAITED", 0.2)
    monkeypatch.setattr(Examiner, "examine", hangs)
    with served(world) as port:
        try:
            for _ in range(4):
                status, body = get(port, "/healthz")
                assert (status, "did not answer within 0.2 seconds" in body) == (503, True)
            assert asked == [1]
        finally:
            gate.set()
        until(lambda: get(port, "/healthz")[0] == 200)


def test_an_answer_serves_for_some_seconds(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []
    monkeypatch.setattr(Examiner, "examine", lambda self: looks.append(1) or [])
    with served(world) as port:
        assert {get(port, "/healthz")[0] for _ in range(20)} == {200}
    assert len(looks) == 1


def raw(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as one:
        one.sendall(request)
        answer = b""
        while some := one.recv(4096):
            answer += some
        return answer


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"POST /healthz HTTP/1.1\r\n\r\n", 405), (b"GET /other HTTP/1.1\r\n\r\n", 404), (b"GET /../../etc/passwd HTTP/1.1\r\n\r\n", 404),
        (b"GET /healthz\r\n\r\n", 400), (b"\x16\x03\x01\x02\x00\r\n\r\n", 400), (b"GET /healthz?x=1 HTTP/1.0\r\n\r\n", 200), (b"GET /\xff HTTP/1.1\r\n\r\n", 404),
        (b"HEAD /healthz HTTP/1.1\r\n\r\n", 405),
    ],
)
def test_only_get_of_the_two_pages(world: World, port: int, request_: bytes, status: int) -> None:
    world.make("one")
    assert raw(port, request_).startswith(f"HTTP/1.1 {status} ".encode())


def test_an_endless_request_is_not_taken_in(port: int) -> None:
    taken = 0
    with socket.create_connection(("127.0.0.1", port), timeout=20) as one, suppress(OSError):
        while taken < 9_999:
            one.sendall(b"x: " + b"a" * 1000)
            taken += 1
            time.sleep(0.0005)
    assert taken < 9_999


def test_slow_clients_are_ended_in_time_and_never_more_than_a_few(world: World, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PATIENCE", 1.0)
    world.make("one")
    before = threading.active_count()
    with ExitStack() as open_:
        clients = [open_.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20)) for _ in range(50)]
        for client in clients:
            try:
                client.sendall(b"GET /heal")
            except OSError:
                continue
        time.sleep(0.3)
        assert threading.active_count() - before <= AT_ONCE
        until(lambda: _answers(port), 10)
    until(lambda: threading.active_count() <= before, 10)


def _answers(port: int, *statuses: int) -> bool:
    try:
        return get(port, "/healthz")[0] in (statuses or (200,))
    except OSError:
        return False


def test_a_port_that_is_taken_is_refused(world: World) -> None:
    with served(world) as port:
        bot = world.bot
        again = type(bot)(bot.settings.model_copy(update={"http_port": port}), bot.store, bot.accounts, {})
        with pytest.raises(ConfigError, match="Name another port"), pages.serving(again):
            pass


def test_without_a_port_nothing_listens_and_nothing_is_loaded(world: World) -> None:
    before = threading.active_count()
    with pages.serving(world.bot) as port:
        assert (port, threading.active_count()) == (None, before)
