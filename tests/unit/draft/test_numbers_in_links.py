"""Digits of a link are no figures, whatever host it is on; the link itself must still be the article's."""

from __future__ import annotations

import time

import pytest

from bot.text import addresses, figures, grounding
from bot.values import Article, HoldCode

OWN = "http://10.0.0.1:8080/news/2031/7?id=55"
ARTICLE = Article(title="Ferry carries 412,000 riders", body="The harbor ferry carried 412,000 riders, the council said. Its server is 192.168.0.7.", url=OWN, language="en")
SAID = "The harbor ferry carried 412,000 riders."


def held(text: str) -> list[tuple[HoldCode, str | None]]:
    holds, _ = grounding.check(f"{SAID} {text}", ARTICLE, allowed_urls=[OWN])
    return [(hold.code, hold.span) for hold in holds]


@pytest.mark.parametrize("text", [OWN, f"{OWN}.", f"({OWN})", "10.0.0.1:8080/news/2031/7?id=55", "Its server is 192.168.0.7."])
def test_the_articles_own_address_by_number_holds_nothing(text: str) -> None:
    assert held(text) == []


@pytest.mark.parametrize("address", [
    "http://10.0.0.2:8080/news/2031/7?id=55", "http://10.0.0.1:8080/news/2031/7?id=56", "http://10.0.0.1:8080/news/2031/7?id=55&up=93%",
    "http://localhost:8000/2031", "http://[::1]:8000/2031", "https://3232235521/2031", "10.0.0.2/2031", "10.0.0.2", "192.168.0.70",
    "https://example.com/2031-03-12/7", "ftp://10.0.0.2/2031", "http:///10.0.0.2/2031",
])
def test_any_other_is_held_once_as_an_address(address: str) -> None:
    ((code, span),) = held(f"More: {address}")
    assert code is HoldCode.UNLISTED_URL
    assert address.endswith(span or "?")


@pytest.mark.parametrize(("text", "number"), [
    (f"{OWN} and 93% more", "93%"), ("Up 93% http://", "93%"), ("http:////93%", "93%"), ("http:// 93%", "93%"), ("It is 1.2.3.4.5 now", "1.2.3.4.5"),
    ("Version 10.0.261.1", "10.0.261.1"),
])
def test_a_figure_beside_a_link_or_in_what_is_none_is_held(text: str, number: str) -> None:
    assert (HoldCode.UNSUPPORTED_NUMBER, number) in held(text)


@pytest.mark.parametrize("text", ["http://a.b/1", "http:///a/1", "http:////a/1", "https://x<1", "data:http://1", "//http://10.0.0.1", "1.2.3.4:99999/x", "http://@1 a@http://2", "HTTP://1.1.1.1/é"])
def test_whatever_is_no_figure_for_being_in_a_link_is_found_as_an_address(text: str) -> None:
    found = {at for start, end in addresses.find(text) for at in range(start, end)}
    assert {at for start, end in addresses.links(text) for at in range(start, end)} <= found


def test_long_texts_take_no_time() -> None:
    begun = time.perf_counter()
    for text in ("1." * 50_000, "1.1.1.1/" * 12_000, "http://" * 14_000, "255.255.255." * 8_000):
        list(addresses.links(text))
    assert time.perf_counter() - begun < 5
    assert figures.find("http://10.0.0.1/55%") == []
