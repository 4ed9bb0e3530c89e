"""Links are found where twitter-text finds them, and in linear time."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text import tlds, urls
from bot.text.nfc import nfc
from tests.servers import twitter_text
from tests.unit.text.conftest import Report
from tests.unit.text.oddities import texts


def tables(data: Path, file: str) -> dict[str, list[dict[str, Any]]]:
    loaded: dict[str, list[dict[str, Any]]] = yaml.safe_load((data / "twitter-text" / file).read_text("utf-8"))["tests"]
    return loaded


@pytest.mark.data
@pytest.mark.parametrize(
    ("table", "count"),
    [("urls", 91), ("urls_with_indices", 10), ("urls_with_directional_markers", 2), ("tco_urls_with_params", 5)],
)
def test_every_case_of_extract_passes(data: Path, table: str, count: int, conformance: Report) -> None:
    cases = tables(data, "extract.yml")[table]
    wrong = []
    for case in cases:
        found = urls.find(case["text"])
        with_places = any(isinstance(one, dict) for one in case["expected"])
        got: list[Any] = [{"url": one.text, "indices": [one.start, one.end]} if with_places else one.text for one in found]
        if got != case["expected"]:
            wrong.append((case, got))
    conformance(f"extract.yml {table}", len(cases) - len(wrong), len(cases))
    assert wrong == []
    assert len(cases) == count


@pytest.mark.data
@pytest.mark.parametrize("table", ["country", "generic"])
def test_every_top_level_domain_of_the_reference_makes_a_link(data: Path, table: str, conformance: Report) -> None:
    cases = tables(data, "tlds.yml")[table]
    passed = sum([one.text for one in urls.find(case["text"], newer=False)] == case["expected"] for case in cases)
    conformance(f"tlds.yml {table}", passed, len(cases))
    assert passed == len(cases)


@pytest.mark.data
def test_what_is_newer_and_what_is_withdrawn_is_said_exactly(data: Path) -> None:
    """A later Public Suffix List brings new names: they belong into `tlds.NEWER` (or leave `tlds.WITHDRAWN`)."""
    reference = {case["text"].rsplit(".", 1)[1] for cases in tables(data, "tlds.yml").values() for case in cases}
    assert tlds.current() - reference == tlds.NEWER
    assert reference - tlds.current() == tlds.WITHDRAWN
    assert tlds.known() == reference


@pytest.mark.parametrize("text", "README.md main.rs ASP.NET crates.io x.ai t.co MLB.tv example.com a.web 日本example.comです".split())
def test_what_looks_like_a_link_to_x_is_one(text: str) -> None:
    assert urls.has_url(text)
    assert urls.has_url(f"See {text}, please.")


@pytest.mark.parametrize("text", ["node.js", "v3.11.7", "example.example", "e.g. this", "user@example.com", "@example.com", "#a.com", "$x.ai", "1.5", "end.Then", ""])
def test_what_is_no_link_to_x_is_none(text: str) -> None:
    assert not urls.has_url(text)


def test_links_are_those_of_the_reference_on_odd_texts(conformance: Report) -> None:
    odd = [nfc(text) for text in texts(seed=7, count=2000)]
    reference = twitter_text.count(odd)
    found = [urls.find(text, newer=False) for text in odd]
    same = sum([one.text for one in ours] == theirs.urls for ours, theirs in zip(found, reference, strict=True))
    conformance("odd texts, links equal to the reference", same, len(odd))
    assert same > 0.99 * len(odd)
    assert [text for text, theirs in zip(odd, reference, strict=True) if theirs.urls and not urls.has_url(text)] == []


@given(st.lists(st.sampled_from(list(texts(seed=3, count=300))), max_size=4).map("".join))
@settings(max_examples=60, deadline=None)
def test_links_lie_in_order_and_do_not_overlap(text: str) -> None:
    found = urls.find(text)
    assert all(text[one.start : one.end] == one.text != "" for one in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert all(one.scheme == one.text.lower().startswith(("http://", "https://")) for one in found)


HUGE = 100_000


@pytest.mark.parametrize("text", [
    "日" * HUGE + ".com", "日_" * (HUGE // 2) + ".com", "a.com/" + "(a" * (HUGE // 2), "http://a.com/" + "!" * HUGE, "http://" + "-" * HUGE,
    "a." * (HUGE // 2), "a.com日" * (HUGE // 6), "http://" + "a." * (HUGE // 2) + "com", "a.com/!a(" * (HUGE // 9), "x" + "." * HUGE, "😀." * (HUGE // 2),
], ids=range(11))  # fmt: skip
def test_hostile_texts_take_no_time(text: str) -> None:
    start = time.perf_counter()
    assert isinstance(urls.has_url(text), bool)
    assert time.perf_counter() - start < 2.0
