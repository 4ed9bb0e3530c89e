"""Which entries are news, and when to look again: the decisions alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot import news
from bot.store.sources import Known
from bot.values import Entry

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ADDED = NOW - timedelta(days=30)


def shown(*keys: str, dated: datetime | None = None) -> list[Entry]:
    """Entries oldest first, as `link/guid`; a feed has the newest on top."""
    pairs = [key.partition("/") for key in keys]
    return [
        Entry(link=link or None, guid=guid or None, where=link, place=len(pairs) - 1 - at, published_at=dated) for at, (link, _, guid) in enumerate(pairs)
    ]


def stored(*keys: str, tries: int = 0, try_at: datetime | None = None) -> list[Known]:
    return [Known(at + 1, key.partition("/")[0] or None, key.partition("/")[2] or None, tries, try_at) for at, key in enumerate(keys)]


def taken(entries: list[Entry], known: list[Known], **how: object) -> list[str]:
    options = {"now": NOW, "cap": 10, "added_at": ADDED, **how}
    return [entries[at].where for at in news.choose(entries, known, **options).take]  # type: ignore[arg-type]


def test_the_first_poll_takes_nothing_and_notes_all() -> None:
    chosen = news.choose(shown("a/1", "b/2", "c/3"), [], now=NOW, cap=10, baseline=False)
    assert (chosen.take, chosen.noted, chosen.settled) == ([], [0, 1, 2], True)


def test_the_backlog_is_the_newest_entries_whatever_the_cap() -> None:
    chosen = news.choose(shown("a/1", "b/2", "c/3"), [], now=NOW, cap=1, baseline=False, backlog=2)
    assert (chosen.take, chosen.noted) == ([1, 2], [0])
    assert news.choose(shown("a/1"), [], now=NOW, cap=1, baseline=False, backlog=5).take == [0]


def test_a_first_poll_that_was_cut_short_takes_only_what_is_left_of_the_backlog() -> None:
    assert taken(shown("a/1", "b/2", "c/3"), stored("b/2"), baseline=False, backlog=2) == ["c"]


def test_later_all_news_is_taken_oldest_first_up_to_the_cap() -> None:
    entries = shown("a/1", "b/2", "c/3", "d/4")
    chosen = news.choose(entries, stored("a/1"), now=NOW, cap=2)
    assert ([entries[at].where for at in chosen.take], chosen.left, chosen.settled) == (["b", "c"], 1, False)


@pytest.mark.parametrize(("entry", "row"), [("a/1", "a/9"), ("z/1", "a/1"), ("a/", "a/1"), ("a/1", "a/"), ("/1", "/1")], ids=["guid", "link", "no guid", "no guid before", "no link"])
def test_either_key_is_enough(entry: str, row: str) -> None:
    assert taken(shown(entry), stored(row)) == []


def test_another_link_or_guid_is_remembered_in_the_place_of_the_old_one() -> None:
    chosen = news.choose(shown("a/9", "z/2"), stored("a/1", "b/2"), now=NOW, cap=10)
    assert {row: (entry.link, entry.guid) for row, entry in chosen.renamed.items()} == {1: ("a", "9"), 2: ("z", "2")}
    assert news.choose(shown("a/", "/2"), stored("a/1", "b/2"), now=NOW, cap=10).renamed == {}, "what is missing now takes nothing away"


def test_a_guid_that_wanders_is_no_key() -> None:
    """Feeds that number their entries from the top: what came last has the GUID of what came before it."""
    assert taken(shown("a/3", "b/2", "c/1"), stored("a/2", "b/1")) == ["c"]


def test_a_guid_that_all_entries_have_is_no_key() -> None:
    assert taken(shown("a/1", "b/1", "c/1"), stored("a/1", "b/1")) == ["c"]
    assert taken(shown("d/1"), stored("a/1", "b/1")) == ["d"]
    assert taken(shown("d/1", "e/1"), stored("a/1")) == ["d", "e"]


def test_twins_are_one_entry() -> None:
    assert taken(shown("a/1", "a/1"), []) == ["a"]
    assert news.choose(shown("a/1", "a/1"), [], now=NOW, cap=10, baseline=False).noted == [0]


def test_an_entry_without_any_key_is_nothing() -> None:
    assert taken(shown("/", "a/1"), []) == ["a"]


def test_what_slides_into_the_old_end_is_no_news() -> None:
    """An entry was deleted, or the feed shows more than before: older ones appear at its end."""
    before = ADDED - timedelta(days=1)
    old, *rest = shown("a/1", "b/2", "c/3", dated=before)
    chosen = news.choose([old, *rest], stored("b/2", "c/3"), now=NOW, cap=10, added_at=ADDED)
    assert (chosen.take, chosen.noted) == ([], [0])


@pytest.mark.parametrize("dated", [None, ADDED + timedelta(days=1)], ids=["undated", "of our time"])
def test_the_old_end_alone_makes_nothing_old(dated: datetime | None) -> None:
    assert taken(shown("a/1", "b/2", dated=dated), stored("b/2")) == ["a"]


def test_an_old_date_alone_makes_nothing_old() -> None:
    """1970, or a date of a draft that lay about: it stands on top."""
    assert taken(shown("a/1", "b/2", dated=datetime(1970, 1, 1, tzinfo=UTC)), stored("a/1")) == ["b"]
    assert taken(shown("b/2", dated=datetime(1970, 1, 1, tzinfo=UTC)), []) == ["b"]


def test_an_entry_that_failed_is_tried_again_when_its_time_has_come() -> None:
    late, soon = NOW - timedelta(seconds=1), NOW + timedelta(seconds=1)
    assert taken(shown("a/1", "b/2"), stored("a/1", tries=1, try_at=late)) == ["a", "b"]
    chosen = news.choose(shown("a/1"), stored("a/1", tries=1, try_at=soon), now=NOW, cap=10)
    assert (chosen.take, chosen.settled) == ([], False)


def test_tries_come_ever_later_and_end() -> None:
    tries = [news.try_again(NOW, number) for number in range(1, news.MAX_TRIES + 1)]
    assert [again and (again - NOW).total_seconds() for again in tries] == [900, 1800, 3600, 7200, 14400, None]


def seconds(interval: float = 900, shake: float = 0, **how: float) -> float:
    return (news.next_poll(NOW, interval, shake=shake, **how) - NOW).total_seconds()  # type: ignore[arg-type]


def test_polls_are_spread_by_a_tenth_of_the_interval() -> None:
    assert [seconds(shake=shake) for shake in (-1, 0, 1)] == [810, 900, 990]


def test_what_the_publisher_asks_for_is_a_lower_bound_up_to_a_day() -> None:
    assert seconds(wait=600) == 900
    assert seconds(wait=3600) == 3600
    assert min(seconds(wait=3600, shake=shake / 10) for shake in range(-10, 11)) == 3600
    assert seconds(wait=10**9) == 24 * 3600


def test_a_source_that_fails_is_polled_ever_more_seldom() -> None:
    assert [seconds(failures=number) for number in (1, 2, 3, 4, 5, 100, 10**6)] == [1800, 3600, 7200, 14400, 21600, 21600, 21600]
    assert seconds(interval=86_400, failures=9) == 86_400, "never more often than without failing"
    assert seconds(failures=1, wait=7200) == 7200


def test_the_rest_comes_soon() -> None:
    assert seconds(rest=True, wait=86_400) == news.REST


# --- the user's rules for addresses changed ----------------------------------------------------------------------------


def formerly(*pairs: tuple[str, str]) -> list[Entry]:
    """Entries without GUIDs, oldest first: (link by the rules of now, by the former ones)."""
    return [Entry(link=link, former=former, guid=None, where=link, place=len(pairs) - 1 - at) for at, (link, former) in enumerate(pairs)]


def test_an_entry_known_by_the_former_rules_is_no_news_and_known_by_those_of_now_from_then_on() -> None:
    chosen = news.choose(formerly(("new", "old")), stored("old/"), now=NOW, cap=10)
    assert (chosen.take, chosen.noted) == ([], [])
    assert chosen.renamed[1].link == "new"


def test_entries_that_were_one_by_the_former_rules_are_both_known_and_no_news() -> None:
    chosen = news.choose(formerly(("a", "old"), ("b", "old"), ("c", "other")), stored("old/"), now=NOW, cap=10)
    assert (chosen.take, chosen.noted, chosen.renamed[1].link) == ([2], [1], "a")


def test_entries_that_are_one_by_the_rules_of_now_leave_one_row_under_its_link() -> None:
    """A feed's links are unique in the store."""
    chosen = news.choose(formerly(("new", "a"), ("new", "b")), stored("a/", "b/"), now=NOW, cap=10)
    assert (chosen.take, chosen.noted) == ([], [])
    assert [entry.link for entry in chosen.renamed.values()] == ["new"]


# --- a site that moves, and entries that share a page -------------------------------------------------------------------


def about(entries: list[Entry], *titles: str, minute: int = 0) -> list[Entry]:
    dated = ADDED.replace(minute=minute, second=0)
    return [entry.model_copy(update={"about": title or None, "published_at": dated}) for entry, title in zip(entries, titles, strict=True)]


def told(known: list[Known], *titles: str) -> list[Known]:
    return [replace(row, about=title) for row, title in zip(known, titles, strict=True)]


def test_a_site_that_moves_as_a_whole_is_known_by_titles_and_dates_and_what_is_new_is_news() -> None:
    entries = about(shown("x/7", "y/8", "z/9", "new/10"), "A", "B", "C", "D")
    chosen = news.choose(entries, told(stored("a/1", "b/2", "c/3"), "A", "B", "C"), now=NOW, cap=10)
    assert ([entries[at].where for at in chosen.take], chosen.noted) == (["new"], [])
    assert {number: entry.link for number, entry in chosen.renamed.items()} == {1: "x", 2: "y", 3: "z"}


def test_a_title_and_a_day_make_nothing_known_where_the_feed_goes_on_as_it_was() -> None:
    """A page with the same title each day: what was there before has left the feed."""
    entries = about(shown("a/1", "b/2", "c/3", "y/8", "z/9"), "A", "B", "C", "Daily", "Weather")
    known = told(stored("a/1", "b/2", "c/3", "m/5", "n/6"), "A", "B", "C", "Daily", "Weather")
    assert taken(entries, known) == ["y", "z"]


@pytest.mark.parametrize(("minute", "news_of"), [(0, ["z"]), (17, [])], ids=["by the day", "with a time"])
def test_one_entry_alone_shows_no_move_unless_it_has_a_time_of_day(minute: int, news_of: list[str]) -> None:
    assert taken(about(shown("z/9"), "Daily", minute=minute), told(stored("a/1"), "Daily")) == news_of


def test_a_title_that_several_entries_have_tells_none_of_them() -> None:
    known = told(stored("a/1", "b/2", "c/3", "d/4"), "A", "A", "C", "D")
    assert taken(about(shown("w/6", "x/7", "y/8", "z/9"), "A", "A", "C", "D"), known) == ["w", "x"]


def test_a_link_that_an_entry_had_before_is_still_its_own_and_no_other_s() -> None:
    known = [replace(stored("new/2")[0], former=("old",))]
    chosen = news.choose(shown("old/1"), known, now=NOW, cap=10)
    assert (chosen.take, chosen.renamed[1].link) == ([], "old")
    assert taken(shown("new/2", "old/3"), known) == ["old"], "its address has another entry now"


def on_one_page(*guids: str, titles: str = "") -> list[Entry]:
    entries = [entry.model_copy(update={"part": f"page {entry.guid}" if entry.guid else None}) for entry in shown(*(f"page/{guid}" for guid in guids))]
    return about(entries, *(titles or guids))


def test_entries_of_one_page_are_named_by_their_guids() -> None:
    first = news.named(on_one_page("1", "2"), frozenset())
    assert [(entry.link, entry.page) for entry in first] == [("page 1", "page"), ("page 2", "page")]
    assert news.choose(first, [], now=NOW, cap=10, baseline=False).noted == [0, 1]
    known = told(stored("page 1/1", "page 2/2"), "1", "2")
    assert news.choose(news.named(on_one_page("1", "2", "3"), frozenset()), known, now=NOW, cap=10).take == [2]


def test_a_page_that_several_entries_had_is_remembered_where_one_is_shown_alone() -> None:
    known = told(stored("page 1/1", "page 2/2"), "1", "2")
    assert news.choose(news.named(on_one_page("3"), frozenset({"page"})), known, now=NOW, cap=10).take == [0]
    assert news.choose(news.named(on_one_page("2"), frozenset({"page"})), known, now=NOW, cap=10).take == []


def test_an_entry_that_was_alone_on_its_page_is_known_when_a_second_comes() -> None:
    assert news.choose(news.named(on_one_page("1", "2"), frozenset()), told(stored("page/1"), "1"), now=NOW, cap=10).take == [1]


def test_entries_of_one_page_whose_guids_change_at_each_fetch_are_known_by_what_they_are_about() -> None:
    known = told(stored("page 1/1", "page 2/2"), "A", "B")
    assert news.choose(news.named(on_one_page("8", "9", titles="AB"), frozenset()), known, now=NOW, cap=10).take == []


def test_twins_that_say_the_same_share_no_page_whatever_their_guids() -> None:
    twins = news.named(on_one_page("1", "2", titles="AA"), frozenset())
    assert [entry.page for entry in twins] == [None, None]
    assert news.choose(twins, [], now=NOW, cap=10).take == [0]


# --- a feed that was empty when it was added ------------------------------------------------------------------------------


def first_news(dates: list[datetime | None], **how: object) -> tuple[list[int], list[int], int]:
    entries = [entry.model_copy(update={"published_at": date}) for entry, date in zip(shown(*(f"{at}/" for at in range(len(dates)))), dates, strict=True)]
    options = {"now": NOW, "cap": 5, "added_at": ADDED, "baseline": False, "empty": True, **how}
    chosen = news.choose(entries, [], **options)  # type: ignore[arg-type]
    return chosen.take, chosen.noted, chosen.left


def days(*after: int) -> list[datetime | None]:
    return [ADDED + timedelta(days=day) for day in after]


def test_the_first_entries_of_a_feed_that_was_empty_are_news_where_they_are_dated_after_it_was_added() -> None:
    assert first_news(days(1)) == ([0], [], 0)
    assert first_news(days(-2, -1, 1, 2)) == ([2, 3], [0, 1], 0)
    assert first_news(days(*range(1, 9))) == ([0, 1, 2, 3, 4], [], 3), "the rest comes at the next poll"
    assert first_news(days(1), empty=False) == ([], [0], 0)


def test_a_few_undated_first_entries_are_news_and_many_are_a_feed_that_was_restored() -> None:
    assert first_news([None]) == ([0], [], 0)
    assert first_news([None] * 3) == ([0, 1, 2], [], 0)
    assert first_news([None] * 4) == ([], [0, 1, 2, 3], 0)
    assert first_news([*days(-1), None]) == ([], [0, 1], 0), "an older one shows that there was something before"


def test_many_first_entries_with_one_date_are_dated_by_when_the_feed_was_written() -> None:
    assert first_news(days(1, 1, 1, 1)) == ([], [0, 1, 2, 3], 0)
    assert first_news(days(1, 1)) == ([0, 1], [], 0)
