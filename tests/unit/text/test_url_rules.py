"""A user's rules for the addresses of single sites, over the program's data; and the data's version."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from bot.setting_types import SiteRules
from bot.text import keys, links, tracking
from bot.values import NO_URL_RULES, UrlRules

READER: TypeAdapter[UrlRules] = TypeAdapter(SiteRules)
"""As `bot.toml` is read."""


def rules(**tables: Any) -> UrlRules:
    """By host, `_` for its dots."""
    return READER.validate_python({host.replace("_", "."): table for host, table in tables.items()})


@pytest.mark.parametrize(
    ("one", "other", "table"),
    [
        ("/a?sid=1", "/a?sid=2", {"drop": ["sid"]}),
        ("/a?SID=1", "/a", {"drop": ["sid"]}),
        ("/a?ref_x=1&ref_y=2", "/a", {"drop": ["ref_*"]}),
        ("/a?id=1&page=2&q=x", "/a?id=1", {"only": ["id"]}),
        ("/a?id=1", "/a", {"only": []}),
        ("/Story-One", "/story-one", {"ignore_case": True}),
        ("/a?sid=1&b=2", "/a?b=2", {"drop": ["sid"], "keep": ["utm_id"]}),
    ],
)
def test_a_rule_makes_two_addresses_one_on_its_site_and_nowhere_else(one: str, other: str, table: dict[str, Any]) -> None:
    told = rules(example_com=table)
    for host in ("example.com", "www.example.com", "news.example.com"):
        assert links.url_key(f"https://{host}{one}", told) == links.url_key(f"https://{host}{other}", told), host
    for host in ("example.org", "notexample.com"):
        assert links.url_key(f"https://{host}{one}", told) != links.url_key(f"https://{host}{other}", told), host
    assert links.url_key(f"https://example.com{one}") != links.url_key(f"https://example.com{other}")


@pytest.mark.parametrize("parameter", ["utm_id", "fbclid", "print"])
def test_what_is_kept_counts_although_the_data_drops_it(parameter: str) -> None:
    one, other = (f"https://example.com/a?{parameter}={value}" for value in ("1", ""))
    assert links.url_key(one) == links.url_key(other)
    told = rules(example_com={"keep": [parameter]})
    assert links.url_key(one, told) != links.url_key("https://example.com/a", told)
    assert links.url_key(f"{one}&utm_source=x", told) == links.url_key(one, told), "what it does not name is as the data says"


def test_a_rule_stands_before_the_programs_own_for_the_site() -> None:
    assert links.url_key("https://www.nytimes.com/a?user_id=1") == "nytimes.com/a"
    told = rules(nytimes_com={"keep": ["user_id"]})
    assert links.url_key("https://www.nytimes.com/a?user_id=1&smid=x", told) == "nytimes.com/a?user_id=1"


def test_the_nearest_rule_counts_its_page_before_its_host_before_the_domain_above() -> None:
    told = READER.validate_python({
        "example.com": {"drop": ["a"]}, "blog.example.com": {"drop": ["b"]}, "blog.example.com/one": {"only": ["c"]},
    })
    assert links.url_key("https://example.com/one?a=1&b=1&c=1", told) == "example.com/one?b=1&c=1"
    assert links.url_key("https://blog.example.com/two?a=1&b=1&c=1", told) == "blog.example.com/two?a=1&c=1"
    assert links.url_key("https://blog.example.com/one?a=1&b=1&c=1", told) == "blog.example.com/one?c=1"


def test_a_key_by_rules_has_itself_as_key() -> None:
    told = rules(example_com={"keep": ["utm_id"], "ignore_case": True}, example_org={"only": ["id"]})
    for url in ("https://example.com/Stra%C3%9Fe/A?utm_id=1&B=2#!/X", "https://example.org/A?b=1&id=%C3%A9", "https://m.example.com:8080/A/"):
        key = links.url_key(url, told)
        assert links.url_key(f"https://{key}", told) == key


def test_the_address_within_an_amp_viewer_follows_the_rule_of_its_own_site() -> None:
    told = rules(example_com={"drop": ["sid"]})
    assert links.url_key("https://www.google.com/amp/s/example.com/a?sid=7", told) == "example.com/a"


def test_what_a_post_says_is_compared_by_the_rules_too() -> None:
    told = rules(example_com={"drop": ["sid"]})
    one, other = (f"The bridge opens. https://example.com/a?sid={number}" for number in (1, 2))
    assert keys.said_key([one]) != keys.said_key([other])
    assert keys.said_key([one], told) == keys.said_key([other], told)


def test_a_canonical_link_without_a_parameter_that_the_user_keeps_names_less() -> None:
    page, canonical = "https://example.com/show?ref=7", "https://example.com/show"
    assert not links.names_less(canonical, page)
    assert links.names_less(canonical, page, rules(example_com={"keep": ["ref"]}))
    assert not links.names_less(canonical, "https://example.com/show?id=7", rules(example_com={"drop": ["id"]}))


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        ({"example.com": {"dorp": ["sid"]}}, '"example.com": dorp is not known; a table has keep, drop, only and ignore_case'),
        ({"example.com": {"drop": "sid"}}, '"example.com": drop is to be a list of names'),
        ({"example.com": {"drop": [7]}}, '"example.com": drop is to be a list of names'),
        ({"example.com": {"drop": ["*"]}}, "no parameter's name"),
        ({"example.com": {"drop": ["a=b"]}}, "no parameter's name"),
        ({"example.com": {"drop": [""]}}, "no parameter's name"),
        ({"example.com": {"drop": ["a"], "keep": ["A"]}}, "a can not be kept and dropped"),
        ({"example.com": {"only": ["a"], "keep": ["b"]}}, "with only no other parameter counts"),
        ({"example.com": {"ignore_case": "yes"}}, "ignore_case is true or false"),
        ({"example.com": {}}, "it says nothing"),
        ({"example.com": {"drop": []}}, "it says nothing"),
        ({"example.com": ["sid"]}, "is to be a table"),
        ({"example": {"com": {"drop": ["sid"]}}}, '"example" is no site; write its host'),
        ({"https://example.com": {"drop": ["sid"]}}, "is no site"),
        ({"example.com?x": {"drop": ["sid"]}}, "is no site"),
        ({"www.example.com": {"drop": ["sid"]}}, "leave out www."),
        ({"Example.com": {"drop": ["a"]}, "example.com": {"drop": ["b"]}}, "stands there twice"),
        ("sid", "valid dictionary"),
    ],
)
def test_a_slip_of_the_pen_is_told_with_its_table(tables: Any, told: str) -> None:
    with pytest.raises(ValidationError) as caught:
        READER.validate_python(tables)
    (error,) = caught.value.errors()
    assert told in error["msg"]
    assert "\n" not in error["msg"]


def test_a_site_may_be_written_as_people_do() -> None:
    told = READER.validate_python({"Bücher.example": {"drop": ["sid"]}, "Example.com/Show/": {"only": ["ID"]}, "localhost:8080": {"drop": ["a"]}})
    assert set(told.sites) == {"xn--bcher-kva.example", "example.com/Show", "localhost:8080"}
    assert links.url_key("https://www.bücher.example/a?sid=1", told) == "xn--bcher-kva.example/a"
    assert links.url_key("http://localhost:8080/x?a=1", told) == "localhost:8080/x"
    assert links.url_key("http://localhost:9090/x?a=1", told) == "localhost:9090/x?a=1"
    assert links.url_key("https://bücher.example:8443/a?sid=1", told) == "xn--bcher-kva.example:8443/a"


def test_rules_that_say_the_same_have_one_digest_whatever_their_order() -> None:
    one = READER.validate_python({"a.example": {"drop": ["x", "y"]}, "b.example": {"keep": ["z"]}})
    other = READER.validate_python({"b.example": {"keep": ["z"]}, "a.example": {"drop": ["Y", "x"]}})
    assert one.digest == other.digest != NO_URL_RULES.digest
    assert UrlRules.model_validate_json(one.stored or "") == one
    assert NO_URL_RULES.stored is None


def test_whoever_changes_the_data_raises_its_version() -> None:
    """Keys that are stored were made by it: raise `links.KEY_FORMAT`, then put the new pair here."""
    data = [sorted(tracking.EXACT), tracking.PREFIXES, {name: sorted(values) for name, values in tracking.VIEWS.items()}]
    sites = {name: [sorted(site.keep) if site.keep is not None else None, sorted(site.drop)] for name, site in tracking.SITES.items()}
    found = sha256(json.dumps([*data, sites], sort_keys=True).encode()).hexdigest()[:16]
    assert (links.KEY_FORMAT, found) == (1, "58c78894b76ef0e5")


@pytest.mark.parametrize(("url", "key"), [
    ("https://www.example.com/A/index.html?b=2&a=1&utm_source=x#top", "example.com/A/index.html?a=1&b=2"),
    ("http://m.example.co.uk:80/caf%c3%a9/amp/", "example.co.uk/caf%C3%A9"),
    ("https://youtu.be/dQw4w9WgXcQ?t=3", "youtube.com/watch?v=dQw4w9WgXcQ"),
    ("https://example.com/#!/story/7", "example.com#!/story/7"),
])
def test_whoever_changes_the_keys_raises_their_version(url: str, key: str) -> None:
    assert (links.KEY_FORMAT, links.url_key(url)) == (1, key)
