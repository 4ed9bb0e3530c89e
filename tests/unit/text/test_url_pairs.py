"""The identity of addresses: a table of pairs with their reasons, and what holds for all of them."""

from __future__ import annotations

import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text import links, tracking

PAIRS = tomllib.loads(Path(__file__).with_name("url_pairs.toml").read_text("utf-8"))
ADDRESSES = [url for kind in ("same", "different") for *urls, _ in PAIRS[kind] for url in urls]
_WORD = st.text(alphabet="abcXYZ019é-_.", min_size=1, max_size=8)
_PIECES = st.sampled_from((
    "/amp", "/", ".amp", ".html", ";jsessionid=1", "%", "%2e", "%61", "%25", "%C3%A9", "e%CC%81", "..", "?", "&", "=", "+", "#", "#!", "#/", "a", "m.", "www.",
    "google.com/amp/s/", "x.cdn.ampproject.org/c/", "youtu.be/", "x.com/a/status/1", "example.com", ":80", ":443", ":8", "id=1", "utm_a=1", "print=1", "'", "|",
    "@", " ", "\u037e", "\u0338", "\\", "com", "localhost", "[::1]", "127.1",
))


def _ids(kind: str) -> list[str]:
    return [pair[2] for pair in PAIRS[kind]]


@pytest.mark.parametrize(("one", "other", "reason"), PAIRS["same"], ids=_ids("same"))
def test_two_ways_to_one_article_have_one_key(one: str, other: str, reason: str) -> None:
    assert links.url_key(one) == links.url_key(other) is not None, reason


@pytest.mark.parametrize(("one", "other", "reason"), PAIRS["different"], ids=_ids("different"))
def test_what_may_be_two_articles_has_two_keys(one: str, other: str, reason: str) -> None:
    keys = {links.url_key(one), links.url_key(other)}
    assert len(keys) == 2, reason
    assert None not in keys, reason


@pytest.mark.parametrize("text", PAIRS["none"])
def test_what_names_no_page_has_no_key(text: str) -> None:
    assert links.url_key(text) is None


def test_the_table_is_large_and_says_each_thing_once() -> None:
    reasons = [*_ids("same"), *_ids("different")]
    assert len(reasons) >= 120
    assert len(set(reasons)) == len(reasons)


@pytest.mark.parametrize("url", ADDRESSES)
def test_a_key_of_the_table_has_itself_as_key(url: str) -> None:
    key = links.url_key(url)
    assert links.url_key(f"https://{key}") == key
    assert links.url_key(f"http://{key}") == key


@pytest.mark.parametrize("rest", [
    "/..amp", "/...amp.html", "/.;jsessionid=1", "/a/..;jsessionid=1", "/a;jsessionid=1..;jsessionid=2", "/amp/c/s/example.com/a", "/%2561", "/;;jsessionid=1\u037ejsessionid=2",
])
@pytest.mark.parametrize("host", ["example.com", "cdn.ampproject.org"])
def test_what_is_left_out_never_makes_another_address_of_the_rest(host: str, rest: str) -> None:
    key = links.url_key(f"https://{host}{rest}")
    assert key != host
    assert links.url_key(f"https://{key}") == key


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(("https://", "http://", "https://example.com/", "https://google.com/amp/", "")), st.lists(_PIECES, max_size=10))
def test_any_key_has_itself_as_key(start: str, pieces: list[str]) -> None:
    key = links.url_key(start + "".join(pieces))
    if key is not None:
        assert links.url_key("https://" + key) == key


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_no_text_makes_it_raise(text: str) -> None:
    for url in (text, f"https://{text}", f"https://example.com/{text}", f"https://google.com/amp/s/{text}"):
        assert (links.url_key(url) is None) == (links.parsed(url) is None)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(ADDRESSES), st.sampled_from([*sorted(tracking.EXACT), "utm_x", "mtm_x"]), _WORD)
def test_added_tracking_changes_nothing(url: str, name: str, value: str) -> None:
    assert links.url_key(links.with_query(url, f"{name}={value}")) == links.url_key(url)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["id", "v", "page", "lang", "p", "q"]), _WORD, _WORD)
def test_other_values_of_what_names_a_page_make_other_keys(name: str, one: str, other: str) -> None:
    keys = {links.url_key(f"https://example.com/a?{name}={value}") for value in (one, other)}
    assert len(keys) == len({one, other})
    assert links.url_key("https://example.com/a") not in keys


def test_what_names_a_page_is_never_tracking() -> None:
    assert {"id", "page", "v", "lang", "p", "q"} <= tracking.NAMING
    for name in tracking.NAMING:
        assert tracking.counts(name, "1"), name
        assert tracking.counts(name, ""), name


def test_the_data_is_written_as_it_is_looked_up() -> None:
    sites = [*tracking.SITES.values()]
    names = [*tracking.EXACT, *tracking.PREFIXES, *tracking.VIEWS, *tracking.NAMING, *tracking.SITES]
    names += [name for site in sites for name in (*(site.keep or ()), *site.drop)]
    assert all(name == name.lower().strip() for name in names)
    assert not any(key.startswith(("www.", "m.")) or key.endswith("/") or key.partition("/")[0].count(".") > 3 for key in tracking.SITES)


@pytest.mark.parametrize("url", [
    "https://example.com" + "/amp" * 25_000, "https://example.com/" + "a.amp" * 20_000, "https://example.com/" + "%" * 100_000, "https://example.com/?" + "a=1&" * 25_000,
    "https://example.com/" + ";jsessionid=" * 8_000, "https://google.com/amp/s" + "/google.com/amp/s" * 6_000, "https://medium.com/" + "a-" * 50_000,
    "https://" + "www." * 60 + "example.com/", "https://" + "a." * 120 + "com/", "https://example.com/" + "e%CC%81" * 14_000,
], ids=["amp", "dot amp", "percent", "query", "session", "viewer", "medium", "www", "labels", "letters"])
def test_hostile_addresses_cost_little(url: str) -> None:
    began = time.process_time()
    key = links.url_key(url)
    assert time.process_time() - began < 2
    assert key is not None
    assert links.url_key("https://" + key) == key
