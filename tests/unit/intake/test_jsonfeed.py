"""JSON Feed: told by its content, read like the other formats."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from bot.errors import SourceError
from bot.sources import feed, reading
from bot.values import Article, Batch

TEXT = "The council opened the bridge on Monday. It cost $4 million and took two years to build, the mayor of the town said to reporters. " * 2
FEED = {
    "version": "https://jsonfeed.org/version/1.1", "title": "News", "language": "en-GB", "authors": [{"name": "Ana Lee"}],
    "items": [
        {"id": 2, "url": "https://example.com/2", "title": "Rock & <roll>", "content_text": TEXT, "date_published": "2026-03-02T10:00:00+01:00"},
        {"id": "1", "title": "First", "content_html": f"<p>{TEXT}</p>", "date_published": "2026-03-01T09:00:00Z", "authors": [{"name": "Bo Ray"}]},
    ],
}


def read(data: bytes) -> Batch:
    def no_page(link: str) -> Article:
        raise SourceError("no page here")

    return feed.read(data, where="the feed", address="https://example.com/feed.json", fetch_article=no_page)


def test_a_json_feed_is_read_oldest_first_with_authors_dates_and_language() -> None:
    batch = read(json.dumps(FEED).encode())
    assert [(one.title, one.url, one.author, one.language) for one in batch.articles] == [
        ("First", None, "Bo Ray", "en-GB"), ("Rock & <roll>", "https://example.com/2", "Ana Lee", "en-GB"),
    ]
    assert [one.published_at for one in batch.articles] == [datetime(2026, 3, day, 9, tzinfo=UTC) for day in (1, 2)]
    assert all("$4 million" in one.body for one in batch.articles)


@pytest.mark.parametrize("spacing", [None, (",", ":"), (" , ", " : ")])
@pytest.mark.parametrize("sort", [False, True])
def test_it_is_told_by_its_content(spacing: tuple[str, str] | None, sort: bool) -> None:
    assert reading.is_feed(b"\xef\xbb\xbf \n" + json.dumps(FEED, separators=spacing, sort_keys=sort).encode())
    assert reading.is_feed(json.dumps(FEED).replace("/", "\\/").encode())


@pytest.mark.parametrize("data", [b'{"version": "1.0"}', b"[]", b"<p>jsonfeed.org/version/1</p>", b""])
def test_other_json_is_none(data: bytes) -> None:
    assert not reading.is_feed(data)


@pytest.mark.parametrize("items", ["[1, null, {}]", "null", "{}", '[{"id": {}, "url": [], "authors": ["x"], "date_published": 7}]'])
def test_odd_items_are_no_articles(items: str) -> None:
    assert read(f'{{"version": "https://jsonfeed.org/version/1", "items": {items}}}'.encode()).articles == ()


@pytest.mark.parametrize("data", [b'{"version": "https://jsonfeed.org/version/1", "items": [', b'{"version": "https://jsonfeed.org/version/1", "items": ' + b"[" * 100_000])
def test_a_broken_one_is_an_error(data: bytes) -> None:
    with pytest.raises(SourceError, match="can not be read"):
        read(data)
