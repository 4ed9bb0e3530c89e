"""Articles whose pages change, on a real web server: before their posts go out, and after."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler

import pytest

from bot import actions, clock, config, context, drafting, pipeline, watching
from bot.context import Bot
from bot.errors import BotError, StateError
from bot.store import leases, models, posts, watch
from tests.fakes import FakePlatform
from tests.integration.test_fetch import Site
from tests.publishing import Time

PATH = "/ferry"
TEXT = (
    "The town council of Kestrel Bay voted on Monday to keep its harbor ferry free for another year. The ferry carried 412,000 riders in its "
    "first free year, far more than the town had hoped for."
)
MORE = "Riders mostly commute to work and to school, the harbor office said. The town pays for the ferry from what drivers pay for parking."


def page(text: str = TEXT, *, title: str = "Kestrel Bay Keeps Its Ferry Free", more: str = "") -> str:
    paragraphs = "".join(f"<p>{part}</p>" for part in (text, MORE, more) if part)
    return f"<html lang='en'><head><title>{title}</title></head><body><article><h1>{title}</h1>{paragraphs}</article></body></html>"


class World:
    """A bot with one account on a fake, an article of the site, and a clock."""

    def __init__(self, bot: Bot, site: Site, time: Time) -> None:
        self.bot, self.site, self.time = bot, site, time
        self.fake = FakePlatform()
        bot._platforms["x"] = self.fake
        self.troubles: list[str] = []
        self.site.add(PATH, page())
        (self.article,) = pipeline.take_in(bot, site.url(PATH))[0]
        self.post = drafting.draft_queued(bot, tell=self.tell)[0]
        self.asked = len(site.asked)

    def tell(self, where: str, error: BotError) -> None:
        self.troubles.append(f"{where}: {error}")

    def shows(self, text: str = TEXT, **how: str) -> None:
        self.site.add(PATH, page(text, **how))

    def approve(self) -> None:
        actions.approve(self.bot, self.post)

    def later(self, span: timedelta, **how: object) -> list[int]:
        """A pass after so much time; the posts that it published."""
        self.time.pass_(span)
        return list(pipeline.run(self.bot, tell=self.tell, **how).tried)  # type: ignore[arg-type]

    @property
    def looks(self) -> int:
        """How often the site was asked since it was last asked about."""
        before, self.asked = self.asked, len(self.site.asked)
        return self.asked - before

    def stands(self) -> tuple[str, list[str]]:
        with self.bot.store.read() as session:
            row = posts.get(session, self.post)
            return str(row.state), [hold.detail for hold in row.holds]

    def row(self) -> models.Article:
        with self.bot.store.read() as session:
            return session.get_one(models.Article, self.article)

    def alerts(self) -> list[tuple[str, str, list[int]]]:
        with self.bot.store.read() as session:
            return [(one.kind, one.what, list(one.posts)) for one in watch.alerts(session)]

    def published(self) -> None:
        self.approve()
        assert self.later(timedelta(seconds=60)) == [self.post]
        assert self.stands()[0] == "published"
        self.asked = len(self.site.asked)


@pytest.fixture
def bot(database_url: str) -> Iterator[Bot]:
    keys = {f"x_{name}": "k" for name in ("api_key", "api_secret", "access_token", "access_token_secret")}
    opened = context.open_bot(config.load(database_url=database_url, allow_private=True, grace_seconds=30, http_timeout=2, x_threads=False, link_policy="never", **keys))
    yield opened
    opened.store.close()


@pytest.fixture
def site() -> Iterator[Site]:
    found = Site()
    yield found
    found.close()


@pytest.fixture
def world(bot: Bot, site: Site, time: Time) -> World:
    return World(bot, site, time)


LATE = timedelta(minutes=20)
"""Longer than BOT_RECHECK_SECONDS."""


# --- before it goes out ---------------------------------------------------------------------------


def test_an_article_that_was_read_just_now_is_not_read_again(world: World) -> None:
    world.approve()
    assert world.later(timedelta(minutes=1)) == [world.post]
    assert world.looks == 0


def test_an_article_that_is_as_it_was_goes_out_after_one_look(world: World) -> None:
    world.approve()
    assert world.later(LATE) == [world.post]
    assert world.looks == 1
    assert world.stands() == ("published", [])


def test_a_changed_number_takes_the_post_back_with_the_difference(world: World) -> None:
    world.approve()
    world.shows(TEXT.replace("412,000", "421,000"))
    assert world.later(LATE) == []
    state, (detail,) = world.stands()
    assert (state, world.fake.taken) == ("in_review", [])
    assert detail.startswith('"412,000 riders" is now "421,000 riders" (s2)')
    assert world.alerts() == [], "nothing is out"
    assert "421,000" in world.row().body
    world.later(timedelta(seconds=5))
    assert world.stands() == ("in_review", []), "drafted again"


def test_a_change_that_makes_nothing_wrong_lets_the_post_go(world: World) -> None:
    world.approve()
    world.shows(TEXT.replace("far more", "many more"), more="A new boat is on order.")
    assert world.later(LATE) == [world.post]
    assert "A new boat" in world.row().body


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_holds_the_post(world: World, status: int) -> None:
    world.approve()
    world.site.add(PATH, "gone", status=status)
    assert world.later(LATE) == []
    assert world.stands() == ("in_review", [f"its page is gone: the server answers {status}"])
    assert (world.row().state, world.troubles) == ("withdrawn", [])
    assert world.later(timedelta(hours=1)) == []


def test_a_person_may_let_the_post_of_a_page_that_is_gone_go_all_the_same(world: World) -> None:
    world.approve()
    world.site.add(PATH, "gone", status=404)
    world.later(LATE)
    actions.approve(world.bot, world.post, override=["article_changed"], reason="it moves tonight")
    assert world.later(LATE) == [world.post], "what was let pass is not held again for the same"
    assert world.alerts() == [], "it was known"


def test_a_page_that_is_there_again_frees_its_post(world: World) -> None:
    world.approve()
    world.site.add(PATH, "gone", status=404)
    world.later(LATE)
    world.shows()
    pipeline.take_in(world.bot, world.site.url(PATH))
    assert world.stands() == ("in_review", [])
    assert world.row().state == "drafted"


def test_a_retraction_holds_the_post_and_is_not_drafted(world: World) -> None:
    world.approve()
    world.site.add(PATH, page("This article has been withdrawn. Its figures could not be confirmed by anybody at the town's harbor office.").replace(MORE, ""))
    assert world.later(LATE) == []
    state, (detail,) = world.stands()
    assert state == "in_review"
    assert detail.startswith('the page says: "This article has been withdrawn.')
    assert world.row().state == "withdrawn"
    assert world.later(timedelta(minutes=1)) == []
    assert world.row().state == "withdrawn"


def failing(to: BaseHTTPRequestHandler) -> None:
    to.send_error(503)


def dripping(to: BaseHTTPRequestHandler) -> None:
    import time

    to.send_response(200)
    to.end_headers()
    for _ in range(40):
        to.wfile.write(b" ")
        time.sleep(0.1)


@pytest.mark.parametrize("trouble", ["503", "slow", "consent", "elsewhere", "feed"])
def test_a_page_that_can_not_be_read_changes_nothing_and_is_told_once(world: World, trouble: str) -> None:
    world.approve()
    if trouble == "503":
        world.site.paths[PATH] = failing
    elif trouble == "slow":
        world.site.paths[PATH] = dripping
    elif trouble == "consent":
        world.site.add(PATH, "<html lang='en'><title>Before you continue</title><body><p>We use cookies and similar technologies to personalise content. By clicking accept you agree to our use of cookies. You can change your cookie settings at any time.</p></body></html>")
    elif trouble == "feed":
        world.site.add(PATH, "<rss version='2.0'><channel><title>T</title></channel></rss>")
    else:
        world.site.add("/login", "<html lang='en'><title>Log in</title><body><p>Enter your email address and password to log in to your account.</p><p>Forgot your password? We will send you a link.</p></body></html>")
        world.site.add(PATH, "moved", status=302, Location="/login")
    before = world.row()
    assert world.later(LATE) == [world.post]
    assert world.stands() == ("published", [])
    assert len(world.troubles) == 1
    assert world.site.url(PATH) in world.troubles[0]
    assert "\n" not in world.troubles[0]
    assert (world.row().title, world.row().body) == (before.title, before.body)
    world.later(timedelta(seconds=5))
    assert len(world.troubles) == 1


OTHER = "The Bay Times is being moved to another machine tonight. Nothing can be read here until the morning, and nobody can write a letter to it."


def other_text(world: World) -> None:
    world.site.add(PATH, page(OTHER, title="The Bay Times").replace(MORE, "Whoever wants to know more may ring the editors, who are as awake as they are every night."))


def test_posts_wait_while_their_page_shows_another_text_and_go_on_when_it_is_back(world: World) -> None:
    world.approve()
    before = world.row()
    other_text(world)
    assert world.later(LATE) == []
    assert world.stands() == ("approved", [])
    assert len(world.troubles) == 1
    assert 'its page shows another text now: "The Bay Times". Posts of it wait' in world.troubles[0]
    assert (world.row().title, world.row().body, world.alerts()) == (before.title, before.body, [])
    world.shows()
    assert world.later(LATE) == [world.post]
    assert world.stands() == ("published", [])
    assert world.row().alert_kind is None


def test_a_page_that_goes_on_showing_another_text_holds_its_posts(world: World) -> None:
    world.approve()
    other_text(world)
    for _ in range(12):
        assert world.later(LATE) == []
    state, (detail,) = world.stands()
    assert (state, detail) == ("in_review", 'its page shows another text now: "The Bay Times"')
    assert world.row().title == "Kestrel Bay Keeps Its Ferry Free"
    actions.approve(world.bot, world.post, override=["article_changed"], reason="it is there for readers")
    assert world.later(LATE) == [world.post]


def test_another_text_after_publication_is_an_alert_that_ends_by_itself(world: World) -> None:
    world.published()
    other_text(world)
    world.later(timedelta(hours=1))
    assert world.alerts() == [("other", 'its page shows another text now: "The Bay Times"', [world.post])]
    assert world.row().title == "Kestrel Bay Keeps Its Ferry Free"
    world.shows()
    world.later(timedelta(hours=6))
    assert world.alerts() == []


@pytest.mark.parametrize("how", ["soft", "home", "list"])
def test_a_page_that_says_that_there_is_nothing_is_gone(world: World, how: str) -> None:
    world.approve()
    if how == "soft":
        world.site.add(PATH, page("Sorry, the page you were looking for could not be found. It may have been moved or deleted.", title="Page not found").replace(MORE, ""))
    else:
        items = "".join(f"<li><a href='/{n}'>Story number {n} of the day about the town</a></li>" for n in range(20))
        world.site.add("/", f"<html lang='en'><title>Bay Times</title><body><ul>{items}</ul></body></html>" if how == "list" else page(OTHER, title="The Bay Times"))
        world.site.add(PATH, "moved", status=302, Location="/")
    assert world.later(LATE) == []
    state, (detail,) = world.stands()
    assert state == "in_review"
    assert detail.startswith("its page is gone: ")
    actions.approve(world.bot, world.post, override=["article_changed"], reason="it moves tonight")
    assert world.later(LATE) == [world.post]


WORDS = TEXT.replace("voted on Monday to keep", "refused on Monday to keep")


def test_a_statement_that_changed_takes_the_post_back_with_the_difference(world: World) -> None:
    world.approve()
    world.shows(WORDS)
    assert world.later(LATE) == []
    state, (detail,) = world.stands()
    assert state == "in_review"
    assert detail.startswith('"voted" is now "refused" in "The town council of Kestrel Bay')


def test_a_statement_that_changed_after_publication_is_an_alert_until_it_is_back(world: World) -> None:
    world.published()
    world.shows(WORDS)
    world.later(timedelta(hours=1))
    ((kind, what, _),) = world.alerts()
    assert (kind, what[:29]) == ("changed", '"voted" is now "refused" in "')
    world.shows()
    world.later(timedelta(hours=6))
    assert world.alerts() == []


def test_a_sign_that_changed_is_a_change_although_the_fingerprint_is_the_same(bot: Bot, site: Site, time: Time) -> None:
    world = World(bot, site, time)
    world.shows(TEXT, more="The town pays $1.9 million a year.")
    pipeline.take_in(bot, site.url(PATH))
    drafting.draft_queued(bot, tell=world.tell)
    world.approve()
    before = world.row().fingerprint
    world.time.pass_(timedelta(minutes=1))
    world.shows(TEXT, more="The town pays €1.9 million a year.")
    assert world.later(LATE) == []
    assert world.stands()[1][0].startswith('"$1.9 million" is now "€1.9 million"')
    assert world.row().fingerprint == before


def test_a_counter_is_no_change_and_noted_once(world: World) -> None:
    world.shows(more="Read by 1,234 people so far")
    pipeline.take_in(world.bot, world.site.url(PATH))
    world.approve()
    for count in (1_301, 1_366, 1_412):
        world.shows(more=f"Read by {count:,} people so far")
        pipeline.take_in(world.bot, world.site.url(PATH))
    assert world.stands() == ("approved", [])
    with world.bot.store.read() as session:
        assert [event.what for event in posts.get(session, world.post).events].count(watch.ELSEWHERE) == 1


def test_a_figure_that_is_another_at_every_look_is_learned_to_be_a_counter(world: World) -> None:
    world.shows(more="The town's boats have carried 1,234 barrels of fish since the spring.")
    pipeline.take_in(world.bot, world.site.url(PATH))
    world.published()
    for count in (1_301, 1_366):
        world.shows(more=f"The town's boats have carried {count:,} barrels of fish since the spring.")
        pipeline.take_in(world.bot, world.site.url(PATH))
    (alert,) = world.alerts()
    world.shows(more="The town's boats have carried 1,412 barrels of fish since the spring.")
    pipeline.take_in(world.bot, world.site.url(PATH))
    assert world.alerts() == [alert]


def test_articles_that_are_not_from_their_page_are_left_alone(bot: Bot, site: Site, time: Time, tmp_path: object) -> None:
    from pathlib import Path

    file = Path(str(tmp_path)) / "article.txt"
    file.write_text(f"Kestrel Bay Keeps Its Ferry Free\n\n{TEXT}\n\n{MORE}\n")
    url = site.add(PATH, page(TEXT.replace("412,000", "9")))
    made = World.__new__(World)
    made.bot, made.site, made.time, made.troubles, made.fake = bot, site, time, [], FakePlatform()
    bot._platforms["x"] = made.fake
    (made.article,) = pipeline.take_in(bot, str(file), url=url)[0]
    made.post = drafting.draft_queued(bot, tell=made.tell)[0]
    made.approve()
    assert made.later(LATE) == [made.post]
    made.later(timedelta(hours=2))
    assert site.asked == []


def test_nothing_is_read_again_where_that_is_off(bot: Bot, site: Site, time: Time) -> None:
    world = World(bot, site, time)
    world.bot = context.Bot(bot.settings.model_copy(update={"recheck_seconds": 0, "watch_days": 0}), bot.store, bot.accounts, bot.logins, _platforms={"x": world.fake})
    world.approve()
    assert world.later(LATE) == [world.post]
    world.later(timedelta(hours=2))
    assert world.looks == 0


def test_posts_of_an_account_that_can_not_publish_cost_no_looks(world: World) -> None:
    from bot.store import accounts

    world.approve()
    with world.bot.store.write() as session:
        accounts.pause(accounts.get(session, "x"), "asleep", None, clock.now(session))
    assert world.later(LATE) == []
    assert world.looks == 0


def test_a_dry_run_reads_nothing(world: World) -> None:
    world.approve()
    world.later(LATE, dry_run=True)
    assert world.looks == 0


def test_a_server_that_says_unchanged_is_believed(world: World) -> None:
    world.site.add(PATH, page(), ETag='"1"')
    world.published()
    world.later(timedelta(hours=1))
    assert world.row().etag == '"1"'
    world.site.paths[PATH] = lambda to: (to.send_response(304), to.end_headers())[-1]
    world.later(timedelta(hours=6))
    assert world.site.asked[-1][1]["if-none-match"] == '"1"'
    assert (world.alerts(), world.troubles) == ([], [])


def test_posts_wait_while_another_worker_reads_their_page(world: World) -> None:
    world.approve()
    world.time.pass_(LATE)
    world.shows(TEXT.replace("412,000", "421,000"))
    with leases.held(world.bot.store, models.Article, world.article, "another", 60) as ours:
        assert ours
        assert world.later(timedelta()) == []
    assert (world.stands()[0], world.looks) == ("approved", 0)
    assert world.later(timedelta()) == []
    assert world.stands()[0] == "in_review"


def test_a_worker_that_died_while_reading_has_let_nothing_out(world: World) -> None:
    world.approve()
    world.shows(TEXT.replace("412,000", "421,000"))
    world.time.pass_(LATE)
    with world.bot.store.write() as session:  # what a killed one leaves: its lease, and nothing else
        assert leases.claim(session, models.Article, world.article, "dead", 60)
    assert world.later(timedelta(seconds=1)) == []
    assert world.stands()[0] == "approved"
    world.later(timedelta(seconds=61))
    assert (world.stands()[0], world.fake.taken) == ("in_review", [])


KILLED = """
import os, signal, sys
from datetime import datetime
from bot import clock, config, context, making, pipeline
from tests.fakes import FakePlatform
clock.replace(lambda: datetime.fromisoformat(sys.argv[2]))
keys = {f"x_{name}": "k" for name in ("api_key", "api_secret", "access_token", "access_token_secret")}
bot = context.open_bot(config.load(database_url=sys.argv[1], allow_private=True, http_timeout=2, **keys))
bot._platforms["x"] = FakePlatform()
making.watch.updated = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
pipeline.run(bot, tell=print)
"""


def test_a_worker_that_is_killed_between_reading_and_holding_lets_nothing_out(world: World, database_url: str) -> None:
    import signal
    import subprocess
    import sys
    from pathlib import Path

    world.approve()
    world.shows(TEXT.replace("412,000", "421,000"))
    world.time.pass_(LATE)
    root = Path(__file__).parents[2]
    child = subprocess.run([sys.executable, "-c", KILLED, database_url, world.time.now.isoformat()], cwd=root, timeout=60, check=False)
    assert child.returncode == -signal.SIGKILL
    assert world.looks == 1
    assert "412,000" in world.row().body, "nothing was written"
    assert world.later(timedelta(seconds=5)) == []
    assert (world.stands()[0], world.looks) == ("approved", 0), "its lease keeps the post"
    assert world.later(timedelta(minutes=2)) == []
    assert (world.stands()[0], world.fake.taken) == ("in_review", [])


def test_what_was_read_and_can_not_be_written_down_lets_nothing_out(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.approve()
    world.shows(TEXT.replace("412,000", "421,000"))

    def broken(*_: object, **__: object) -> None:
        raise ValueError("a row that was changed by hand")

    monkeypatch.setattr(watch, "updated", broken)
    assert world.later(LATE) == []
    assert world.later(timedelta(seconds=5)) == []
    assert (world.stands(), world.looks, len(world.troubles)) == (("approved", []), 1, 1)
    monkeypatch.undo()
    assert world.later(timedelta(hours=1)) == []
    assert world.stands()[0] == "in_review"


def test_a_reader_that_lost_its_lease_writes_nothing(world: World) -> None:
    world.approve()
    body = page(TEXT.replace("412,000", "421,000"))

    def slow(to: BaseHTTPRequestHandler) -> None:
        with world.bot.store.write() as session:
            session.get_one(models.Article, world.article).lease_owner = "another"
        to.send_response(200)
        to.send_header("Content-Type", "text/html")
        to.end_headers()
        to.wfile.write(body.encode())

    world.site.paths[PATH] = slow
    assert world.later(LATE) == []
    assert world.stands() == ("approved", [])
    assert "412,000" in world.row().body


def test_no_account_is_leased_while_a_page_is_read(world: World) -> None:
    world.approve()
    seen: list[str | None] = []

    def looking(to: BaseHTTPRequestHandler) -> None:
        with world.bot.store.read() as session:
            seen.extend(row.lease_owner for row in session.query(models.Account))
        to.send_error(503)

    world.site.paths[PATH] = looking
    world.later(LATE)
    assert set(seen) == {None}


def test_many_pages_are_read_at_the_same_time(world: World) -> None:
    together, most = threading.Semaphore(0), []
    now = [0]
    lock = threading.Lock()

    def counted(to: BaseHTTPRequestHandler) -> None:
        with lock:
            now[0] += 1
            most.append(now[0])
        together.acquire(timeout=0.5)
        with lock:
            now[0] -= 1
        failing(to)

    for number in range(5):
        name = ["Port Anders", "Lowmere", "Saint Brix", "Old Harrow", "Vale"][number]
        text = f"The mayor of {name} opened a library with {number + 3},200 books on Friday, the first that {name} has ever had."
        url = world.site.add(f"/more/{number}", page(text, title=f"{name} Opens Its First Library").replace(MORE, f"{name} had waited {number + 30} years for it."))
        pipeline.take_in(world.bot, url)
        world.site.paths[f"/more/{number}"] = counted
    for post in drafting.draft_queued(world.bot, tell=world.tell)[::2]:
        actions.approve(world.bot, post)
    assert len(world.later(LATE)) == 5
    assert max(most) > 2
    assert len(world.troubles) == 5


# --- after it went out ----------------------------------------------------------------------------


def test_published_articles_are_looked_at_ever_more_seldom(world: World) -> None:
    world.published()
    actions.reject(world.bot, world.post + 1, "one is enough")
    looks = []
    for hour in range(1, 24 * 5):
        world.later(timedelta(hours=1))
        if world.looks:
            looks.append(hour)
    assert looks == [1, 6, 24, 72]
    assert world.row().watch_at is None
    assert world.alerts() == []


@pytest.mark.parametrize(
    ("shown", "kind", "what"),
    [
        ({"text": TEXT.replace("412,000", "421,000")}, "changed", '"412,000 riders" is now "421,000 riders" (s2)'),
        ({"title": "Kestrel Bay Ends Its Free Ferry"}, "changed", 'title was "Kestrel Bay Keeps Its Ferry Free", is "Kestrel Bay Ends Its Free Ferry"'),
        ({"more": "Correction: The vote was on Tuesday."}, "corrected", 'the page says: "Correction: The vote was on Tuesday."'),
        ({"more": "This article has been retracted."}, "withdrawn", 'the page says: "This article has been retracted."'),
        (None, "gone", "its page is gone: the server answers 404"),
    ],
    ids=["number", "headline", "correction", "retraction", "gone"],
)
def test_what_changes_after_publication_raises_an_alert_and_touches_no_post(world: World, shown: dict[str, str] | None, kind: str, what: str) -> None:
    world.published()
    if shown is None:
        del world.site.paths[PATH]
    else:
        world.shows(**shown)
    world.later(timedelta(hours=1))
    (found,) = world.alerts()
    assert found == (kind, what, [world.post])
    assert world.stands() == ("published", [])
    assert world.fake.deleted == []
    with world.bot.store.read() as session:
        assert [(event.what, event.why) for event in posts.get(session, world.post).events][-1] == (f"article {kind}", what)
    world.later(timedelta(hours=6))
    assert len(world.alerts()) == 1, "once"
    assert world.row().alert_at is not None


def test_a_dismissed_alert_does_not_come_back_for_the_same(world: World) -> None:
    world.published()
    del world.site.paths[PATH]
    world.later(timedelta(hours=1))
    with world.bot.store.write() as session:
        watch.dismiss(session, session.get_one(models.Article, world.article), who="ana", why="moved, on purpose", now=clock.now(session))
    assert world.alerts() == []
    assert world.row().alert_dismissed == "ana: moved, on purpose"
    world.later(timedelta(hours=6))
    assert (world.alerts(), world.looks > 0) == ([], True)
    with world.bot.store.write() as session, pytest.raises(StateError, match="no alert"):
        watch.dismiss(session, session.get_one(models.Article, world.article), who="ana", why="again", now=clock.now(session))
    world.site.add(PATH, page(TEXT.replace("412,000", "421,000")))
    world.later(timedelta(days=1))
    assert [kind for kind, _, _ in world.alerts()] == ["changed"], "another matter"


@pytest.mark.parametrize("shown", [TEXT.replace("412,000", "421,000"), None], ids=["changed", "gone"])
def test_an_alert_ends_when_the_article_reads_as_before(world: World, shown: str | None) -> None:
    world.published()
    if shown is None:
        del world.site.paths[PATH]
    else:
        world.shows(shown)
    world.later(timedelta(hours=1))
    assert len(world.alerts()) == 1
    world.shows()
    world.later(timedelta(hours=6))
    assert world.alerts() == []
    assert world.row().alert_kind is None


def test_an_alert_ends_when_its_posts_are_taken_down(world: World) -> None:
    from bot import rescue

    world.published()
    del world.site.paths[PATH]
    world.later(timedelta(hours=1))
    rescue.unwind(world.bot, world.post)
    world.later(timedelta(seconds=1))
    assert world.stands()[0] == "withdrawn"
    assert world.alerts() == []


def test_two_changes_are_one_alert_that_tells_both(world: World) -> None:
    world.published()
    world.shows(TEXT.replace("412,000", "421,000"))
    world.later(timedelta(hours=1))
    world.shows(TEXT.replace("412,000", "431,000"))
    world.later(timedelta(hours=6))
    ((kind, what, _),) = world.alerts()
    assert kind == "changed"
    assert what == '"421,000 riders" is now "431,000 riders" (s2); before that: "412,000 riders" is now "421,000 riders" (s2)'
    world.shows()
    world.later(timedelta(days=1))
    assert world.alerts() == [], "as it was at first"


def test_an_article_that_is_taken_in_again_changed_raises_the_alert_too(world: World) -> None:
    world.published()
    world.shows(TEXT.replace("412,000", "421,000"))
    pipeline.take_in(world.bot, world.site.url(PATH))
    assert [kind for kind, _, _ in world.alerts()] == ["changed"]


def test_a_killed_worker_s_post_is_watched_all_the_same(world: World) -> None:
    world.approve()
    world.time.pass_(timedelta(minutes=1))
    begin = watching.begin
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(watching, "begin", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            pipeline.run(world.bot, tell=world.tell)
    assert watching.begin is begin
    del world.site.paths[PATH]
    world.later(watch.IDLE)
    assert [kind for kind, _, _ in world.alerts()] == ["gone"]



def test_where_nothing_that_the_post_says_changed_no_correction_is_drafted(world: World) -> None:
    from bot import correcting

    world.published()
    found = correcting.choices(world.bot, world.post)
    assert found.reply is None
    assert "nothing that post 1 says changed" in found.why_not
    other_text(world)
    world.later(timedelta(hours=1))
    assert correcting.choices(world.bot, world.post).reply is None, "a page in its place is no correction"


def test_a_lone_reply_is_no_thread(world: World) -> None:
    from bot import correcting

    world.fake.limits = world.fake.limits.model_copy(update={"threads": False})
    world.published()
    number = correcting.reply(world.bot, world.post, "Correction: the council voted on Tuesday.")
    with world.bot.store.read() as session:
        assert "threads_off" not in {str(hold.code) for hold in posts.get(session, number).holds}
