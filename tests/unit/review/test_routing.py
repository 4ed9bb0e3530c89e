"""Which accounts take an article. Pure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import routing
from bot.accounts import Account
from bot.values import Article, Kind

FEED = "https://feeds.example.net/news?format=rss"


def account(**more: object) -> Account:
    return Account(**{"name": "news", "platform": "bluesky", "service": "https://bsky.social", **more})


def article(url: str | None = "https://www.example.com/sport/cup?utm_source=x", language: str | None = "en") -> Article:
    return Article(title="T", body="B", url=url, language=language)


@pytest.mark.parametrize(("named", "comes"), [
    ("example.com", True), ("EXAMPLE.com", True), ("*.example.com", True), ("https://example.com/", True), ("http://www.example.com", True),
    ("com", False), ("ample.com", False), ("example.org", False), ("sport.example.com", False),
    ("example.com/sport", True), ("example.com/sport/", True), ("https://example.com/sport", True), ("example.com/sport/cup", True),
    ("example.com/spo", False), ("example.com/Sport", False), ("example.com/news", False),
    (FEED, True), ("feeds.example.net/news?format=rss", True), ("https://feeds.example.net/news", False), ("https://feeds.example.net/news?format=atom", False),
    ("", False), ("   ", False), ("two words.com", False), ("ftp://example.com", False), ("[", False), ("https://", False),
])
def test_an_article_comes_from_a_feed_a_domain_or_a_path(named: str, comes: bool) -> None:
    assert routing.from_there(named, article(), {str(routing.key(FEED))}) is comes
    assert routing.takes(account(sources=(named,)), Kind.SHORT, article(), [str(routing.key(FEED))]) is comes


def test_a_domain_stands_for_those_under_it() -> None:
    assert routing.from_there("example.com", article("https://de.example.com/a"), ())
    assert routing.from_there("example.com", article("https://example.com:8443/a"), ()) is False
    assert routing.from_there("localhost:8000", article("http://localhost:8000/a"), ())


def test_an_account_that_names_no_source_takes_everything_another_not_what_came_from_nowhere() -> None:
    assert routing.takes(account(), Kind.SHORT, article(None), ())
    assert not routing.takes(account(sources=("example.com",)), Kind.SHORT, article(None), ())


@pytest.mark.parametrize(("languages", "language", "speaks"), [
    ((), "de", True), (("de",), "de", True), (("de",), "de-AT", True), (("DE",), "de-at", True), (("pt-BR",), "pt-BR", True), (("pt-BR",), "pt", False),
    (("de",), "den", False), (("de",), None, True), (("de", "fr"), "fr", True), (("de",), "en", False),
])
def test_languages(languages: tuple[str, ...], language: str | None, speaks: bool) -> None:
    assert account(languages=languages).speaks(language) is speaks


def test_why_nobody_takes_it_is_said() -> None:
    others = [account(name="a", sources=("example.org",)), account(name="b", languages=("de",)), account(name="c", kinds=("faq",), threads=False)]
    assert routing.refused(others, article(), ()) == "no account takes it: other sources (a); other languages than en (b); no kind of post (c)"


def test_another_configuration_has_another_hash() -> None:
    one = {"a": account()}
    assert routing.configured(one) == routing.configured({"a": account(hashtags=("news",))})
    assert len({routing.configured(found) for found in (one, {"b": account()}, {"a": account(sources=("example.com",))}, {"a": account(languages=("de",))}, {})}) == 5


@given(st.text(max_size=40), st.text(max_size=40))
def test_whatever_is_named_and_wherever_it_stands_it_is_decided(named: str, url: str) -> None:
    assert routing.from_there(named, article(url), ()) in (True, False)
    found = routing.key(named)
    assert found is None or routing.key(f"https://{found}") == found
