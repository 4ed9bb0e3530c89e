"""What identifies entries of feeds, and whether a feed came whole: pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.errors import SourceError
from bot.sources import Since, entries, feed, whole
from bot.values import NO_URL_RULES, Article, Batch, Entry

DATED = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
TEXT = "The ferry left the harbor on Monday with many riders, the council said. " * 6


def entry(link: str, guid: str = "", title: str = "A title", summary: str = "", dated: datetime | None = DATED) -> Entry:
    return entries.of({"id": guid, "title": title, "summary": summary}, link, link, 0, dated, NO_URL_RULES, NO_URL_RULES)


def page(link: str) -> Article:
    return Article(title=f"Page {link}", body="text", url=link)


def none(link: str) -> Article:
    raise SourceError(f"{link}: it was not to be read")


def read(items: str, fetch: Any = none, *, text: str = "<rss version='2.0'><channel><title>N</title>{}</channel></rss>") -> Batch:
    return feed.read(text.format(items).encode(), where="it", address="https://example.com/news/feed", fetch_article=fetch)


@pytest.mark.parametrize(("one", "other", "same"), [
    (entry("https://a.com/1"), entry("https://b.com/fr/1"), True),
    (entry("https://a.com/1", title="A <b>title</b>"), entry("https://b.com/1", title="A   Title!"), True),
    (entry("https://a.com/1"), entry("https://a.com/1", title="Another"), False),
    (entry("https://a.com/1"), entry("https://a.com/1", dated=DATED.replace(minute=31)), False),
    (entry("https://a.com/1", summary=TEXT, dated=None), entry("https://b.com/1", summary=f"<p>{TEXT}</p>", dated=None), True),
    (entry("https://a.com/1", summary=TEXT, dated=None), entry("https://a.com/1", summary=f"Not. {TEXT}", dated=None), False),
], ids=["moved", "markup", "title", "date", "undated", "undated, other text"])
def test_what_an_entry_is_about_is_its_title_and_date_and_without_a_date_its_text(one: Entry, other: Entry, same: bool) -> None:
    assert one.about
    assert (one.about == other.about) == same


@pytest.mark.parametrize("said", [{"dated": None}, {"title": ""}, {"dated": None, "summary": "Short."}])
def test_what_says_too_little_is_about_nothing(said: dict[str, Any]) -> None:
    assert entry("https://a.com/1", **said).about is None


def test_a_page_is_shared_where_guids_and_titles_differ() -> None:
    one, two = entry("https://a.com/log#v1", "v1", "Version 1"), entry("https://a.com/log#v2", "v2", "Version 2")
    assert entries.shared([one, two]) == {one.link}
    assert entries.shared([one, one]) == frozenset()
    assert entries.shared([one, entry("https://a.com/log", "v2", "Version 1")]) == frozenset(), "one article, listed twice"
    assert entries.shared([entry("https://a.com/log#v1"), entry("https://a.com/log#v2", title="Version 2")]), "the place on the page names them, without GUIDs"
    assert entries.shared([entry("https://a.com/log"), entry("https://a.com/log", title="B")]) == frozenset(), "nothing tells them apart"


def test_guids_that_are_places_on_the_page_name_entries_and_a_counter_of_revisions_does_not() -> None:
    log = [entry("https://a.com/log", f"https://a.com/log#v{n}", f"Version {n}") for n in (1, 2)]
    assert len({one.part for one in log}) == 2
    assert entries.shared([entry("https://a.com/1", f"https://a.com/1#{n}", f"Title {n}") for n in (0, 1)]) == frozenset()


@pytest.mark.parametrize("guid", ["x1", "/x1", "x1/2?a=b"])
def test_a_guid_without_a_host_is_no_link_and_the_entry_s_own_text_is_read(guid: str) -> None:
    batch = read(f"<item><title>A title</title><guid>{guid}</guid><description>{TEXT}</description></item>")
    assert [(one.title, one.url) for one in batch.articles] == [("A title", None)]
    assert batch.faults == ()


@pytest.mark.parametrize(("item", "link"), [
    ("<guid>https://example.com/a</guid>", "https://example.com/a"), ("<link>/a</link><guid>x1</guid>", "https://example.com/a"),
    ("<link>a</link>", "https://example.com/news/a"), ("<link>//other.com/a</link>", "https://other.com/a"),
    ("<link>https://other.com/a</link><guid isPermaLink='false'>https://example.com/b</guid>", "https://other.com/a"),
])
def test_whole_addresses_and_links_without_a_host_lead_where_they_did(item: str, link: str) -> None:
    assert [one.url for one in read(f"<item><title>A title</title>{item}</item>", page).articles] == [link]


def test_a_guid_that_says_that_it_is_no_link_is_none() -> None:
    item = f"<item><title>A title</title><guid isPermaLink='false'>https://example.com/b</guid><description>{TEXT}</description></item>"
    assert [one.url for one in read(item).articles] == [None]


def test_entries_of_one_page_are_read_from_their_own_texts() -> None:
    items = "".join(f"<item><title>Version {n}</title><link>https://example.com/log#v{n}</link><guid isPermaLink='false'>v{n}</guid><description>Version {n}. {TEXT}</description></item>" for n in (2, 1))
    batch = read(items + "<item><title>Short</title><link>https://example.com/log</link><guid isPermaLink='false'>s</guid><description>Short.</description></item>")
    assert [(one.title, one.url, one.shares_page) for one in batch.articles] == [
        ("Version 1", "https://example.com/log#v1", True), ("Version 2", "https://example.com/log#v2", True),
    ]
    assert ["too short" in fault.what for fault in batch.faults] == [True]


ITEM = "<item><title>T{0}</title><link>https://example.com/{0}</link></item>"
WHOLE = "<?xml version='1.0'?><rss version='2.0'><channel><title>N</title>" + ITEM.format(1) + ITEM.format(2) + "</channel></rss>"


@pytest.mark.parametrize("text", [
    WHOLE, WHOLE.upper().replace("<?XML VERSION", "<?xml version"), WHOLE + "\n<!-- from a cache --><script>x</script>", "<rss version='2.0'/>",
    "<feed xmlns='http://www.w3.org/2005/Atom'></feed>", "<a:feed xmlns:a='http://www.w3.org/2005/Atom'></a:feed >", "<rdf:RDF><item></item></rdf:RDF>", "no feed",
])
def test_a_feed_that_came_whole_is_left_alone(text: str) -> None:
    assert whole.mended(text.encode()) is None
    assert whole.mended(text.encode("utf-16")) is None


def test_wherever_a_feed_is_cut_only_its_whole_entries_are_read() -> None:
    first, second = WHOLE.index("</item>") + 7, WHOLE.rindex("</item>") + 7
    for at in range(WHOLE.index("<channel>"), len(WHOLE)):
        expected = (at >= first) + (at >= second)
        if not expected:
            with pytest.raises(SourceError, match="ends in its middle"):
                read("", page, text=WHOLE[:at])
            continue
        batch = read("", page, text=WHOLE[:at])
        assert ([one.url for one in batch.articles], batch.cut) == ([f"https://example.com/{n}" for n in (2, 1)][2 - expected :], True), WHOLE[:at]


def test_a_part_of_a_feed_will_not_do_where_the_whole_is_asked_for() -> None:
    with pytest.raises(SourceError, match="until it comes whole"):
        feed.read(WHOLE[:-6].encode(), where="it", address=None, fetch_article=page, since=Since(pick=lambda seen: [], whole=True))


def test_a_cut_feed_of_two_bytes_a_letter_is_not_read() -> None:
    assert whole.mended(WHOLE[:-6].encode("utf-16")) == b""
