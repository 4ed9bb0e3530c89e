"""Links: identity, site, the posted address and the shown one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text import links

SAME = [
    "https://example.com/news/a-story", "http://example.com/news/a-story", "https://www.example.com/news/a-story", "https://m.example.com/news/a-story",
    "https://example.com/news/a-story/", "https://example.com:443/news/a-story", "https://EXAMPLE.com/news/a-story#top",
    "https://example.com/news/a-story?utm_source=x&utm_medium=social", "https://example.com/news/a-story?fbclid=1", "https://example.com/news/a-story?",
    "https://example.com/news/a-story?gclid=a&mc_cid=b", "https://example.com/news/a-story/amp", "https://example.com/news/a-story/amp/",
    "https://amp.example.com/news/a-story", "https://example.com/amp/news/a-story", "https://example.com/news/a-story?amp=1",
    "https://example.com/news/./a-story", "https://example.com/x/../news/a-story", "https://example.com/news/a%2Dstory", " https://example.com/news/a-story ",
    "https://user:secret@example.com/news/a-story", "https://example.com./news/a-story",
]
DIFFERENT = [
    "https://example.com/", "https://example.com/news", "https://example.com/news/A-story", "https://example.com/news/a-story?id=1",
    "https://example.com/news/a-story?id=2", "https://example.com/news/a-story?page=2", "https://example.com/news/a-story?v=abc",
    "https://example.com/news/a-story?lang=de", "https://example.com/news/a-story?p=12", "https://example.com:8080/news/a-story",
    "https://news.example.com/news/a-story", "https://example.org/news/a-story", "https://example.com/#!/news/a-story", "https://example.com/news/amp-story",
]


def test_ways_to_the_same_article_have_one_key() -> None:
    assert {links.url_key(url) for url in SAME} == {"example.com/news/a-story"}


def test_different_articles_have_different_keys() -> None:
    keys = [links.url_key(url) for url in [SAME[0], *DIFFERENT]]
    assert len(set(keys)) == len(keys)


def test_the_order_of_the_query_makes_no_difference() -> None:
    assert links.url_key("https://example.com/?b=2&a=1") == links.url_key("https://example.com?a=1&b=2") == "example.com?a=1&b=2"


def test_host_prefixes_stay_where_nothing_registrable_is_left() -> None:
    assert links.url_key("https://m.de/a") == "m.de/a"
    assert links.url_key("https://www.co.uk/a") == "www.co.uk/a"


@pytest.mark.parametrize("text", ["", "example.com", "ftp://example.com/", "javascript:alert(1)", "mailto:a@example.com", "https://", "http://[::1", "file:///etc/passwd", "http://a..b/", "\ud800"])
def test_what_is_no_web_address_has_no_key(text: str) -> None:
    assert links.url_key(text) is None


@pytest.mark.parametrize(("one", "other", "same"), [
    ("https://example.co.uk/a", "https://news.example.co.uk/b", True), ("https://a.co.uk", "https://b.co.uk", False),
    ("https://a.github.io", "https://b.github.io", False), ("http://127.0.0.1:1/", "http://127.0.0.1:2/", True), ("http://10.0.0.1", "http://9.0.0.1", False),
    ("http://localhost/a", "http://localhost/b", True), ("https://example.com", "no address", False), ("https://evil-example.com", "https://example.com", False),
])
def test_one_site_is_one_registrable_domain(one: str, other: str, same: bool) -> None:
    assert links.same_site(one, other) is same


@pytest.mark.parametrize(("url", "extra", "posted"), [
    ("https://example.com/a", "utm_source=x", "https://example.com/a?utm_source=x"),
    ("https://example.com/a?id=7#part", "utm_source=x&utm_medium=social", "https://example.com/a?id=7&utm_source=x&utm_medium=social#part"),
    ("https://example.com/a?utm_source=mine", "utm_source=x&c=1", "https://example.com/a?utm_source=mine&c=1"),
    ("https://example.com/a?", "?c=1", "https://example.com/a?c=1"), ("https://example.com/a", "", "https://example.com/a"),
    ("https://example.com/ä b", "c=ü #", "https://example.com/ä b?c=%C3%BC%20%23"),
])
def test_a_query_is_added_without_touching_what_is_there(url: str, extra: str, posted: str) -> None:
    assert links.with_query(url, extra) == posted


def test_the_shown_form_is_host_and_path() -> None:
    assert links.short("https://www.example.com/ai-inference-2026/?utm_source=x#a") == "example.com/ai-inference-2026"
    assert links.short("no address") == "no address"


def test_messages_never_show_a_password() -> None:
    assert links.masked("https://ana:secret@example.com/a\nb") == "https://example.com/a b"


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="ab/?#&=%.-:1é", max_size=30))
def test_a_key_is_stable_and_survives_the_posted_query(rest: str) -> None:
    url = f"https://example.com/{rest}"
    key = links.url_key(url)
    assert key is not None
    assert links.url_key("https://" + key) == key
    assert links.url_key(links.with_query(url, "utm_source=x")) == key


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_nothing_written_makes_the_functions_raise(text: str) -> None:
    address = links.parsed(text)
    assert (links.url_key(text) is None) == (address is None)
    assert not (links.same_site(text, "https://example.com") and address is None)
    assert isinstance(links.short(text) + links.with_query(text, text), str)
