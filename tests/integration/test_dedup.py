"""Nothing is said twice: what a post repeats holds it, and an article known from elsewhere is not drafted again; on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bot import actions, checking, config, context, drafting, making, views
from bot.context import Bot
from bot.errors import BotError, HoldError
from bot.store import articles, copies, models, posts
from bot.store.states import ArticleState
from bot.values import Article, Content, Formatted, HoldCode, Kind, Override, Segment, WarningCode
from tests.integration.cli_world import World
from tests.rows import NOW, an_article

SAID = "AI training servers see 55% growth in the third quarter, the research firm said, while general servers stay flat"
NEARLY = f"{SAID} as inference takes over"
NEAR_BY = "AI training servers see 55% growth in this quarter, the research firm said, and ordinary ones stay flat"
OTHER = "The council voted on Thursday to rebuild the old market hall in brick."
ENDING = ("Kestrel Bay News", "#Harbour")
PASS = (Override(code=HoldCode.DUPLICATE, reason="a reminder", by="ana"),)

BODY = (
    "The town council of Kestrel Bay voted on Monday to keep its harbor ferry free for another year. The ferry carried 412,000 riders, "
    "which is 41% more than in the year before. The town pays 1.9 million dollars for it, from the fees that drivers pay to park."
)
REPORT = (
    "Fish market report of Kestrel Bay for the week. On average {} boxes of cod were sold each day at a price of {} dollars a box. Landings of "
    "haddock came to {} tonnes, and {} boats were at sea. The next report will appear on the board of the harbor office in seven days."
)


@pytest.fixture
def bot(database_url: str) -> Iterator[Bot]:
    Path("bot.toml").write_text(
        '[accounts.one]\nplatform = "x"\n[accounts.two]\nplatform = "x"\n'
        '[accounts.sky]\nplatform = "bluesky"\nhandle = "a.example.com"\n[accounts.sea]\nplatform = "bluesky"\nhandle = "b.example.com"\n'
    )
    opened = context.open_bot(config.load(), database=database_url)
    yield opened
    opened.store.close()


def write(session: Session, account: str, *said: str, article: models.Article | None = None, kind: Kind = Kind.SHORT, ignore: tuple[str, ...] = ()) -> models.Post:
    """A post with this text, of an article of its own unless one is given."""
    if article is None:
        article = an_article(fingerprint=f"f{session.query(models.Article).count()}")
        session.add(article)
        session.flush()
    row = session.scalars(select(models.Account).where(models.Account.name == account)).one()
    post = posts.create(session, article_id=article.id, kind=kind, account_id=row.id, now=NOW)
    content = Content(segments=tuple(Segment(text=text, length=len(text), limit=280, has_url=False) for text in said))
    posts.revise(session, post, Formatted(content=content), who="ana", now=NOW, ignore=ignore)
    return post


def approve(session: Session, post: models.Post, overrides: tuple[Override, ...] = (), ignore: tuple[str, ...] = ()) -> models.Post:
    posts.approve(session, post, who="ana", now=NOW, due_at=NOW, expires_at=None, overrides=overrides, ignore=ignore)
    return post


def found(post: models.Post) -> tuple[list[str], list[str]]:
    return [str(hold.code) for hold in post.holds], [str(warning.code) for warning in post.warnings]


# --- posts ----------------------------------------------------------------------------------------------------------


def test_a_post_that_says_nearly_the_same_is_held_with_the_words_that_are_new(bot: Bot) -> None:
    with bot.store.write() as session:
        first = approve(session, write(session, "one", SAID))
        post = write(session, "one", NEARLY)
        (hold,) = post.holds
        (duplicate,) = post.duplicates
        assert (hold.code, duplicate.post) == (HoldCode.DUPLICATE, first.id)
        assert hold.detail == f"0.80 like #{first.id} of {NOW:%d %b %Y}; only “as inference takes over” is new"
        assert duplicate.score == 0.805
        with pytest.raises(HoldError, match="--override duplicate"):
            approve(session, post)


def test_an_override_is_recorded_and_the_post_is_compared_with_from_then_on(bot: Bot) -> None:
    with bot.store.write() as session:
        approve(session, write(session, "one", SAID))
        post = approve(session, write(session, "one", NEARLY), PASS)
        session.refresh(post, ["events"])
        assert ("override duplicate", "a reminder") in [(event.what, event.why) for event in post.events]
        claimed = session.scalars(select(models.Said).where(models.Said.post_id == post.id)).one()
        assert (claimed.ordinal, claimed.sketch is None) == (0, False), "its words are its own"
        again = approve(session, write(session, "one", NEARLY), PASS)
        assert session.scalars(select(models.Said.ordinal).where(models.Said.post_id == again.id)).one() == 1, "the very same words take the next"


def test_what_is_near_is_a_warning_that_goes_when_the_other_is_taken_back(bot: Bot) -> None:
    with bot.store.write() as session:
        first = approve(session, write(session, "one", SAID))
        post = write(session, "one", NEAR_BY)
        assert found(post) == ([], [WarningCode.NEAR_DUPLICATE])
        assert f"like #{first.id} of " in post.warnings[0].detail
        posts.notice(session, post, Formatted(content=post.revision.content))
        assert len(post.warnings) == 1, "an old warning is replaced"
        posts.cancel(session, first, who="ana", why=None, now=NOW)
        approve(session, post)
        assert (found(post), post.duplicates) == (([], []), ())


def test_posts_of_one_article_may_say_the_same(bot: Bot) -> None:
    with bot.store.write() as session:
        article = an_article(fingerprint="ours")
        session.add(article)
        session.flush()
        approve(session, write(session, "one", SAID, article=article))
        sibling = write(session, "one", NEARLY, article=article, kind=Kind.FAQ)
        assert (found(sibling), sibling.duplicates) == (([], []), ())


def test_another_account_may_say_the_same_but_not_in_the_same_words_on_x(bot: Bot) -> None:
    with bot.store.write() as session:
        first = approve(session, write(session, "one", SAID))
        approve(session, write(session, "sky", SAID))
        assert found(write(session, "sea", SAID)) == ([], []), "Bluesky has no such rule"
        assert found(write(session, "two", NEARLY)) == ([], [])
        held = write(session, "two", SAID)
        assert found(held) == ([HoldCode.DUPLICATE], [])
        assert held.holds[0].detail == f"the same words as #{first.id} of {NOW:%d %b %Y} on one: the platform takes that for spam"
        assert [(other.post, other.detail) for other in held.duplicates] == [(first.id, "the same words on one")]
        approve(session, held, PASS)


@pytest.mark.parametrize(
    ("said", "other"),
    [("Profits at the harbor company are up 12% this year, its owner said on the quay.", "Profits at the harbor company are up 21% this year, its owner said on the quay."),
     ("up 12%", "up 21%"), ("Ferry", "Council"), (f"{SAID}: 10", OTHER)],
)
def test_posts_that_differ_in_their_numbers_or_altogether_are_not_duplicates(bot: Bot, said: str, other: str) -> None:
    with bot.store.write() as session:
        approve(session, write(session, "one", said))
        post = write(session, "one", other)
        assert (found(post), post.duplicates) == (([], []), ())


@pytest.mark.parametrize("said", ["🚢🌊", "Ferry", "渡轮将继续免费运行一年，镇议会周一投票决定。", f"{OTHER} Смотрите сами: паром идёт. ", "word " * 20_000])
def test_odd_texts_are_known_again(bot: Bot, said: str) -> None:
    with bot.store.write() as session:
        approve(session, write(session, "one", f"{said} https://example.com/a"))
        post = write(session, "one", f"{said} https://example.org/b?v=2")
        assert found(post) == ([HoldCode.DUPLICATE], []), "the link is not what a post says"


def test_a_post_that_somebody_changed_by_hand_is_like_nothing(bot: Bot) -> None:
    with bot.store.write() as session:
        first = approve(session, write(session, "one", SAID))
        session.execute(text("update revision set content = '{}' where post_id = :post"), {"post": first.id})
        assert found(write(session, "one", NEARLY)) == ([], [])


def test_an_empty_text_is_like_nothing(bot: Bot) -> None:
    with bot.store.write() as session:
        approve(session, write(session, "one", SAID))
        approve(session, write(session, "one", "https://example.com/a"))
        assert found(write(session, "one", "https://example.com/b")) == ([], [])


def test_what_an_account_ends_every_post_with_does_not_make_posts_alike(bot: Bot) -> None:
    first, second = (f"{said}\n\nKestrel Bay News #Harbour" for said in ("Ferry stays free", "Market hall opens"))
    with bot.store.write() as session:
        approve(session, write(session, "one", first, ignore=ENDING), ignore=ENDING)
        assert found(write(session, "one", second, ignore=ENDING)) == ([], [])
        assert bot.accounts["one"].model_copy(update={"signoff": ENDING[0], "hashtags": ("Harbour",)}).ending == ENDING


def test_a_correction_is_held_for_the_very_same_words_only(bot: Bot) -> None:
    with bot.store.write() as session:
        approve(session, write(session, "one", SAID))
        assert found(write(session, "one", NEARLY, kind=Kind.CORRECTION)) == ([], [])
        assert found(write(session, "one", SAID, kind=Kind.CORRECTION)) == ([HoldCode.DUPLICATE], [])


def test_a_text_from_any_hand_is_compared_with_what_the_account_says(bot: Bot) -> None:
    with bot.store.write() as session:
        post = approve(session, write(session, "one", SAID)).id
    about = Article(title="Servers", body=f"{NEARLY}. {NEAR_BY}.", language="en")

    def asked(text: str, account: str | None) -> tuple[list[str], list[str], list[int | None]]:
        checked = checking.check(about, text, checking.terms(bot.settings, bot.store, account))
        return (
            [hold.code for hold in checked.holds if hold.code is HoldCode.DUPLICATE],
            [one.code for one in checked.warnings if one.code is WarningCode.NEAR_DUPLICATE], [one.post for one in checked.duplicates],
        )

    assert asked(NEARLY, "one") == asked(NEARLY, None) == ([HoldCode.DUPLICATE], [], [post])
    assert asked(NEAR_BY, "one") == ([], [WarningCode.NEAR_DUPLICATE], [post])
    assert asked(NEARLY, "two") == asked(SAID, "sky") == ([], [], [])
    assert asked(SAID, "two") == ([HoldCode.DUPLICATE], [], [post])


# --- articles -------------------------------------------------------------------------------------------------------


def ours(**changes: object) -> Article:
    return Article(**{"title": "Kestrel Bay Keeps Its Ferry Free", "body": BODY, "language": "en", "url": "https://example.com/ferry", **changes})


def copy() -> Article:
    return ours(title="Ferry stays free in Kestrel Bay", body=BODY.replace("another year", "one more year"), url="https://example.org/copied")


def take(bot: Bot, article: Article, again: str | None = None, *, sample: bool = False) -> int:
    with bot.store.write() as session:
        return making.store_article(session, article, again=again, sample=sample).id


def state(bot: Bot, number: int) -> tuple[str, str | None]:
    with bot.store.read() as session:
        row = session.get_one(models.Article, number)
        return str(row.state), row.reason


def drafted(bot: Bot) -> list[int]:
    def untroubled(where: str, error: BotError) -> None:
        raise AssertionError(f"{where}: {error}")

    return drafting.draft_queued(bot, tell=untroubled)


def test_a_copy_under_another_address_is_a_duplicate_that_names_the_other(bot: Bot) -> None:
    first = take(bot, ours())
    assert drafted(bot)
    second = take(bot, copy())
    is_now, reason = state(bot, second)
    assert is_now == ArticleState.DUPLICATE
    assert reason is not None
    assert reason.startswith(f"the same as article {first} of ")
    assert drafted(bot) == []
    with bot.store.read() as session:
        shown = views.article(session.get_one(models.Article, second))
        assert [one["article"] for one in shown["duplicates"]] == [first]
        assert views.article(session.get_one(models.Article, first))["duplicates"] == []
    take(bot, copy())
    assert state(bot, second) == (is_now, reason), "asked for again without saying so, it stays one"


def test_a_person_can_have_a_duplicate_drafted_all_the_same(bot: Bot) -> None:
    first = take(bot, ours())
    second = take(bot, copy())
    assert take(bot, copy(), again="ana") == second
    is_now, reason = state(bot, second)
    assert (is_now, (reason or "").split(":")[0]) == (ArticleState.QUEUED, "ana takes it all the same")
    made = drafted(bot)
    with bot.store.read() as session:
        mine = [posts.get(session, number) for number in made]
        noted = [event.why for post in mine if post.article_id == second for event in post.events if "duplicate" in event.what]
        assert noted == [reason] * len([post for post in mine if post.article_id == second]) != []
    take(bot, ours(title="Free Ferry", body=f"{BODY} It runs daily.", url="https://example.net/third"), again="ana")
    assert state(bot, second + 1)[0] == ArticleState.QUEUED, "said at once, it is not held up first"
    assert first < second


def test_a_feed_s_summary_and_its_page_are_the_same(bot: Bot) -> None:
    take(bot, ours(body=BODY.rsplit(". ", 1)[0] + ".", url="https://example.com/?p=12"))
    assert state(bot, take(bot, ours(url="https://example.com/2026/ferry")))[0] == ArticleState.DUPLICATE


def test_a_weekly_report_with_other_numbers_and_another_story_are_no_duplicates(bot: Bot) -> None:
    week = [REPORT.format(*numbers) for numbers in ((310, 95, 12, 41), (287, 102, 17, 38))]
    numbers = [take(bot, ours(title="Fish market report", body=body, url=f"https://example.com/{n}")) for n, body in enumerate([*week, BODY])]
    assert [state(bot, number) for number in numbers] == [(ArticleState.QUEUED, None)] * 3


def test_the_sample_is_neither_a_duplicate_nor_has_any(bot: Bot) -> None:
    take(bot, ours(), sample=True)
    assert state(bot, take(bot, copy()))[0] == ArticleState.QUEUED
    assert state(bot, take(bot, ours(url="https://example.net/s", title="A sample", body=BODY + " "), sample=True))[0] == ArticleState.QUEUED


def test_an_article_that_failed_is_nobody_s_original(bot: Bot) -> None:
    first = take(bot, ours())
    with bot.store.write() as session:
        articles.fail(session, first, "a hostile article")
    assert state(bot, take(bot, copy()))[0] == ArticleState.QUEUED


def test_a_duplicate_whose_text_becomes_another_is_drafted(bot: Bot) -> None:
    take(bot, ours())
    second = take(bot, copy())
    take(bot, copy().model_copy(update={"title": "Market report", "body": REPORT.format(310, 95, 12, 41)}))
    assert state(bot, second) == (ArticleState.QUEUED, None)
    with bot.store.read() as session:
        assert copies.of(session, copy())[0].duplicate.article != second, "its old words are forgotten"


def test_what_the_first_of_two_like_articles_says_holds_the_posts_of_the_second(bot: Bot) -> None:
    take(bot, ours())
    made = drafted(bot)
    take(bot, copy(), again="ana")
    later = drafted(bot)
    with bot.store.read() as session:
        (mine,), (theirs,) = ([number for number in numbers if posts.get(session, number).account.name == "sky"] for numbers in (made, later))
    actions.approve(bot, mine)
    with pytest.raises(HoldError, match="duplicate"):
        actions.approve(bot, theirs)
    actions.approve(bot, theirs, override=["duplicate"], reason="for the others")


# --- the address that a page names -----------------------------------------------------------------------------------


def story(number: int) -> str:
    subject = ("ferry", "market hall", "school", "bridge", "library")[number % 5]
    return (
        f"The {subject} of Kestrel Bay opens again in week {number}, its office said. Work on the {subject} took {number + 3} months and cost more than the town had "
        f"planned for it. People who live near the {subject} look forward to the {number + 11} events of the first day."
    )


def read(number: int, named: str, text: str | None = None) -> Article:
    """Story `number`, read from its own address, whose page names `named`."""
    own = f"https://example.com/2026/s{number}"
    return ours(title=f"Story {number} of the town", body=text or story(number), url=named, read_at=own if named != own else None)


def addresses(bot: Bot) -> dict[int, str | None]:
    with bot.store.read() as session:
        return {row.id: row.url for row in session.scalars(select(models.Article).order_by(models.Article.id))}


def test_pages_that_all_name_one_address_are_articles_of_their_own(bot: Bot) -> None:
    latest = "https://example.com/latest"
    numbers = [take(bot, read(number, latest)) for number in (1, 2, 3)]
    assert addresses(bot) == {1: latest, 2: "https://example.com/2026/s2", 3: "https://example.com/2026/s3"}
    assert [take(bot, read(number, latest)) for number in (3, 2, 1)] == numbers[::-1], "known again"
    assert take(bot, read(2, latest, story(4))) == numbers[1], "rewritten at its own address, it is still that article"
    assert len(addresses(bot)) == 3


def test_a_page_can_not_take_the_place_of_a_neighbours_article(bot: Bot) -> None:
    victim = take(bot, ours(url="https://news.example.com/a"))
    stranger = take(bot, ours(title="Buy our boats", body=story(1), url="https://news.example.com/a", read_at="https://users.example.com/b"))
    assert addresses(bot) == {victim: "https://news.example.com/a", stranger: "https://users.example.com/b"}


def test_the_address_that_a_page_names_is_believed_where_the_text_is_the_articles(bot: Bot) -> None:
    first = take(bot, ours(url="https://example.com/a-story"))
    edited = ours(title="Ferry stays free", body=f"{BODY} It runs daily.", url="https://example.com/a-story", read_at="https://example.com/?p=7")
    assert take(bot, edited) == first
    rewritten = ours(title="Something else altogether", body=story(1), url="https://example.com/a-story")
    assert take(bot, rewritten) == first, "at its own address an article may change as it likes"
    assert addresses(bot) == {first: "https://example.com/a-story"}


def test_the_posts_of_a_page_that_names_another_article_have_its_own_link(bot: Bot) -> None:
    take(bot, read(1, "https://example.com/latest"))
    texts = actions.draft_now(
        bot, read(2, "https://example.com/latest"), save=True,
        show=lambda session, row, made: [str(post.revision.content.model_dump()) for post in made],
    )
    assert texts
    assert all("example.com/2026/s2" in text and "example.com/latest" not in text for text in texts)


# --- what a refusal leaves behind -------------------------------------------------------------------------------------


def test_what_an_approval_was_refused_for_is_seen_on_the_post(bot: Bot) -> None:
    with bot.store.write() as session:
        post = write(session, "one", NEARLY).id
        first = approve(session, write(session, "one", SAID)).id
    with pytest.raises(HoldError, match="duplicate"):
        actions.approve(bot, post)
    with bot.store.read() as session:
        seen = posts.get(session, post)
        assert (found(seen), [one.post for one in seen.duplicates]) == (([HoldCode.DUPLICATE], []), [first])
        assert (seen.state, seen.overrides) == ("in_review", ())
        assert f"like #{first} of " in seen.holds[0].detail
    actions.approve(bot, post, override=["duplicate"], reason="a reminder")


# --- the command line -----------------------------------------------------------------------------------------------


@pytest.fixture
def world(tmp_path: Path) -> World:
    for name, body in (("a", BODY), ("b", BODY.replace("another year", "one more year"))):
        (tmp_path / f"{name}.txt").write_text(f"Kestrel Bay keeps it, {name}\n\n{body}\n")
    made = World(tmp_path)
    made("add", "a.txt", "--url", "https://example.com/a")
    return made


def test_bot_add_says_that_it_is_a_duplicate_and_takes_it_again_on_request(world: World) -> None:
    (added,) = world.json("add", "b.txt", "--url", "https://example.org/b")
    assert (added["state"], [one["article"] for one in added["duplicates"]]) == ("duplicate", [1])
    assert "the same as article 1 of " in world("articles").stdout
    (added,) = world.json("add", "b.txt", "--url", "https://example.org/b", "--again")
    assert (added["article"], added["state"], added["duplicates"]) == (2, "queued", [])
    assert "takes it all the same: the same as article 1 of " in added["reason"]


def test_explain_gives_score_verdict_and_words_of_posts_articles_and_files(world: World) -> None:
    world("add", "b.txt", "--url", "https://example.org/b")
    world("run", "--dry-run")
    (told,) = world.json("dedup", "explain", "1", "2")
    assert set(told) == {"a", "b", "score", "verdict", "why", "left_out", "only_a", "only_b"}
    assert told["left_out"] == "they are on different accounts"
    (told,) = world.json("dedup", "explain", "1", "2", "--articles")
    assert (told["verdict"], told["only_a"][-1], told["only_b"][-1]) == ("same", "another", "one more")
    assert world.json("dedup", "explain", "a.txt", "b.txt", "--articles", "--files")[0]["verdict"] == "same"
    for name, said in (("12", "Profits are up 12% this year"), ("21", "Profits are up 21% this year"), ("near", NEAR_BY), ("said", SAID)):
        Path(name).write_text(said)
    shown = world("dedup", "explain", "12", "21", "--files").stdout
    assert "different" in shown.splitlines()[0]
    assert "the numbers differ: 12% / 21%" in shown
    assert "only in 12: “12%”" in shown
    assert world.json("dedup", "explain", "near", "said", "--files")[0]["verdict"] == "near"


@pytest.mark.parametrize(
    ("asked", "code", "told"),
    [(("1", "99"), 1, "there is no post 99"), (("1", "x"), 2, "--files"), (("1", "9", "--articles"), 1, "there is no article 9"),
     (("#1", "1"), 2, "name another to compare it with"), (("-1", "2"), 2, "See `bot dedup explain --help`"), (("a.txt", "none.txt", "--files"), 1, "none.txt"), (("a.txt", ".", "--files"), 1, "can not be read")],
)
def test_explain_says_what_is_wrong_in_a_line(world: World, asked: tuple[str, ...], code: int, told: str) -> None:
    world("run", "--dry-run")
    assert told in world("dedup", "explain", *asked, code=code).stderr


@pytest.mark.parametrize(("one", "other", "score", "verdict", "why"), [
    ("", "", 0.0, "different", "there is nothing to compare"), ("https://example.com/a", "https://example.com/b", 0.0, "different", "there is nothing to compare"),
    ("https://example.com/a?utm_source=x", "https://example.com/a", 1.0, "same", "the very same words"), (SAID, SAID.upper(), 1.0, "same", "the very same words"),
    ("It costs $5m", "It costs €5m", 1.0, "different", "1.00 alike, but the numbers differ: $5m / €5m"),
])  # fmt: skip
def test_explain_says_one_thing_of_texts_with_nothing_to_compare(world: World, one: str, other: str, score: float, verdict: str, why: str) -> None:
    Path("one").write_text(one)
    Path("other").write_text(other)
    (told,) = world.json("dedup", "explain", "one", "other", "--files")
    assert (told["score"], told["verdict"], told["why"]) == (score, verdict, why)


def test_bot_run_names_the_article_that_it_does_not_draft(world: World) -> None:
    ran = world("run", "b.txt", "--url", "https://example.org/b")
    assert "article 2 is not drafted: it is the same as article 1 of " in ran.stderr
    assert "bot add SOURCE --again" in ran.stderr
    given = world.json("run", "b.txt", "--url", "https://example.org/b")
    assert [(one["article"], one["state"], [other["article"] for other in one["duplicates"]]) for one in given if "post" not in one] == [(2, "duplicate", [1])]
    assert "is not drafted" not in world("run").stderr, "what nobody asked for and is not new is not told at every pass"
    world("add", "b.txt", "--url", "https://example.org/b", "--again")
    assert "is not drafted" not in world("run").stderr
