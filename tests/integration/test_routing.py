"""From feeds to posts: eight accounts, two languages, three sources; each article becomes posts only where it belongs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import actions, drafting, making, polling
from bot.cli.draft import _Drafted
from bot.context import Bot
from bot.errors import UsageError
from bot.store import models
from bot.values import Article
from tests.integration.cli_world import World
from tests.integration.test_fetch import Site
from tests.integration.test_polling import Feed, opened, untroubled
from tests.leasing import Clock

GERMAN = (
    "<html lang='de'><head><title>{title}</title></head><body><article><h1>{title}</h1><p>Der Stadtrat von {name} hat am Montag beschlossen, dass die "
    "Fähre ein weiteres Jahr kostenlos bleibt. Sie hat {number} Fahrgäste befördert, und im Frühjahr kommt ein neues Boot dazu.</p></article></body></html>"
)


@pytest.fixture
def site() -> Iterator[Site]:
    found = Site()
    yield found
    found.close()


def configure(**accounts: str) -> None:
    Path("bot.toml").write_text("".join(
        f"[accounts.{name}]\nplatform = '{'x' if name.startswith('x') else 'bluesky'}'\n{'' if name.startswith('x') else f'handle = {name!r} {chr(10)}'}{more}\n"
        for name, more in accounts.items()
    ))


def placed(bot: Bot) -> dict[str, list[int]]:
    """The articles that each account has posts of."""
    with bot.store.read() as session:
        rows = session.execute(
            select(models.Account.name, models.Post.article_id).join(models.Post, models.Post.account_id == models.Account.id).distinct()
        ).all()
    return {name: sorted(number for of, number in rows if of == name) for name in {of for of, _ in rows}}


def reasons(bot: Bot) -> dict[int, str | None]:
    with bot.store.read() as session:
        return {row.id: row.reason for row in session.scalars(select(models.Article)) if row.reason}


def drafted(bot: Bot) -> list[int]:
    return drafting.draft_queued(bot, tell=untroubled)


def test_eight_accounts_two_languages_three_sources(database_url: str, site: Site, tick: Clock) -> None:
    city, sport, german = Feed(site), Feed(site), Feed(site)
    for feed, path in ((city, "/city.xml"), (sport, "/sport.xml"), (german, "/de.xml")):
        feed.publish(1)
        feed.serve(path)
    configure(
        all="", xall="kinds = ['short']", city=f"sources = ['{site.url('/city.xml')}']",
        sport=f"sources = ['{site.url('/sport.xml').removeprefix('http://')}']\nhashtags = ['cup']", de="languages = ['de']",
        xde=f"languages = ['de']\nsources = ['{site.url('/de.xml')}', '{site.url('/city.xml')}']", place=f"sources = ['{site.url('/deep/')}']\nsignoff = 'The Deep'",
        nowhere="sources = ['example.org', 'https://example.net/feed.xml']",
    )
    with opened(database_url) as bot:
        for path in ("/city.xml", "/sport.xml", "/de.xml"):
            polling.add(bot, site.url(path))
        city.publish(2)
        sport.publish(3)
        for feed, path in ((city, "/city.xml"), (sport, "/sport.xml")):
            feed.serve(path)
        german.items = [*city.items[:1], *german.items]
        german.items[0] = type(german.items[0])(4, site.add("/deep/4", GERMAN.format(title="Die Fähre bleibt noch ein Jahr kostenlos", name="Kiel", number="412.000")), "tag:4", german.items[0].date)
        german.serve("/de.xml")
        tick.pass_by(1000)
        polling.poll_due(bot, untroubled)
        drafted(bot)
        with bot.store.read() as session:
            at = {row.title.split()[1] if row.title.startswith("Story") else "de": row.id for row in session.scalars(select(models.Article))}
            kinds = {str(post.kind) for post in session.scalars(select(models.Post)) if post.account.name == "xall"}
            ends = {post.account.name: post.revision.content.segments[-1].text for post in session.scalars(select(models.Post))}
        everything = sorted(at.values())
        assert placed(bot) == {
            "all": everything, "xall": everything, "city": [at["2"]], "sport": [at["3"]], "de": [at["de"]], "xde": [at["de"]], "place": [at["de"]],
        }
        assert kinds == {"short"}
        assert "#cup" in ends["sport"]
        assert "The Deep" in ends["place"]
        assert reasons(bot) == {}


def test_an_article_that_two_feeds_bring_goes_to_the_accounts_of_both_and_nobody_s_posts_are_touched(database_url: str, site: Site, tick: Clock) -> None:
    one, other = Feed(site), Feed(site)
    for feed, path in ((one, "/one.xml"), (other, "/other.xml")):
        feed.publish(1)
        feed.serve(path)
    configure(one=f"sources = ['{site.url('/one.xml')}']", other=f"sources = ['{site.url('/other.xml')}']")
    with opened(database_url) as bot:
        polling.add(bot, site.url("/one.xml"))
        polling.add(bot, site.url("/other.xml"))
        one.publish(2)
        one.serve("/one.xml")
        tick.pass_by(1000)
        polling.poll_due(bot, untroubled)
        first = drafted(bot)
        actions.approve(bot, first[0])
        assert placed(bot) == {"one": [1]}
        other.publish(2)
        other.serve("/other.xml")
        tick.pass_by(1000)
        polling.poll_due(bot, untroubled)
        assert drafted(bot)
        assert placed(bot) == {"one": [1], "other": [1]}
        with bot.store.read() as session:
            assert str(session.get_one(models.Post, first[0]).state) == "approved"
            assert session.get_one(models.Post, first[0]).revision_n == 1
        assert drafted(bot) == []


def test_a_feed_that_moved_is_still_the_one_that_was_named(database_url: str, site: Site, tick: Clock) -> None:
    feed = Feed(site)
    feed.publish(1)
    feed.serve("/new.xml")
    site.add("/old.xml", status=301, Location="/new.xml")
    configure(old=f"sources = ['{site.url('/old.xml')}']", new=f"sources = ['{site.url('/new.xml')}']")
    with opened(database_url) as bot:
        polling.add(bot, site.url("/old.xml"))
        feed.publish(2)
        feed.serve("/new.xml")
        tick.pass_by(1000)
        polling.poll_due(bot, untroubled)
        drafted(bot)
        assert placed(bot) == {"old": [1], "new": [1]}


ARTICLE = Article(
    title="Kestrel Bay Keeps Its Ferry Free", language="en", url="https://example.com/ferry",
    body="The town council of Kestrel Bay voted on Monday to keep its harbor ferry free for another year. The ferry carried 412,000 riders.",
)


@pytest.mark.parametrize(("days", "posts"), [(1, True), (8, False)])
def test_an_account_that_is_added_later_takes_what_nobody_took_while_it_is_news(database_url: str, tick: Clock, days: int, posts: bool) -> None:
    configure(other="sources = ['example.org']")
    with opened(database_url) as bot:
        with bot.store.write() as session:
            making.store_article(session, ARTICLE)
        assert drafted(bot) == []
        assert reasons(bot) == {1: "no account takes it: other sources (other)"}
        assert drafted(bot) == []
    tick.pass_by(days * 86_400)
    configure(other="sources = ['example.org']", late="sources = ['example.com']")
    with opened(database_url) as bot:
        assert bool(drafted(bot)) is posts
        assert placed(bot) == ({"late": [1]} if posts else {})
        with bot.store.write() as session:
            making.store_article(session, ARTICLE)  # asked for again, by bot add
        drafted(bot)
        assert placed(bot) == {"late": [1]}
        assert reasons(bot) == {}


def test_a_draft_that_no_account_takes_says_why(database_url: str) -> None:
    configure(other="sources = ['example.org']", fr="languages = ['fr']")
    with opened(database_url) as bot:
        draft = _Drafted(bot, making.KINDS, None, None, False, False, False, ())
        with pytest.raises(UsageError, match=r"other sources \(other\); other languages than en \(fr\)"):
            draft(ARTICLE)


def test_doctor_and_accounts_tell_the_routing(tmp_path: Path) -> None:
    configure(ok="sources = ['https://example.com/feed.xml']\nlanguages = ['de', 'pt-BR']\nkinds = ['short']", wrong="sources = ['no address']\nlanguages = ['german', 'xq']")
    world = World(tmp_path)
    told = " ".join(world("doctor", code=4).stdout.split())
    assert "account ok: no feed is polled of https://example.com/feed.xml: bot" in told
    assert "account ok: takes articles from https://example.com/feed.xml; in de, pt-BR;" in told
    for wrong in ("'no address' is no feed, domain or path", "'german' is no language", "'xq' is no language"):
        assert f"FAIL account wrong: {wrong}" in told
    (ok, _) = world.json("accounts")
    assert (ok["sources"], ok["languages"], ok["kinds"]) == (["https://example.com/feed.xml"], ["de", "pt-BR"], ["short"])
    assert "takes articles from https://example.com/feed.xml; in de, pt-BR; only short" in " ".join(world("accounts").stdout.split())
    configure(slip="source = ['example.com']")
    assert "there is no key source; known are platform, handle," in " ".join(world("doctor", code=4).stdout.split())
