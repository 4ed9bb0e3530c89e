"""Facets are those of the official client, and always sound: in order, apart, on the borders of characters."""

from __future__ import annotations

import json
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text import facets
from tests.unit.text.conftest import Report
from tests.unit.text.oddities import texts


def fake_did(handle: str) -> str:
    return f"did:fake:{handle}"


def segments(text: str) -> list[list[str]]:
    """The text cut at its facets, in the shape of the published table."""
    raw, at, cut = text.encode(), 0, []
    for facet in facets.find(text, fake_did):
        cut += [[raw[at : facet.start].decode()]] if facet.start > at else []
        cut.append([raw[facet.start : facet.end].decode(), facet.value])
        at = facet.end
    return cut + ([[raw[at:].decode()]] if at < len(raw) else [])


def table(data: Path, name: str) -> list[dict[str, Any]]:
    loaded = json.loads((data / "atproto" / "rich-text-detection.json").read_text("utf-8"))[name]
    assert loaded
    return list(loaded)


@pytest.mark.data
def test_links_and_mentions_of_the_published_table(data: Path, conformance: Report) -> None:
    cases = table(data, "segments")
    wrong = [(case, segments(case["text"])) for case in cases if segments(case["text"]) != case["segments"]]
    conformance("rich-text-detection.json segments", len(cases) - len(wrong), len(cases))
    assert wrong == []


@pytest.mark.data
@pytest.mark.parametrize("name", ["tags", "cashtags"])
def test_tags_of_the_published_table(data: Path, name: str, conformance: Report) -> None:
    cases = table(data, name)
    wrong = []
    for case in cases:
        found = [facet for facet in facets.find(case["text"]) if facet.type == "tag"]
        got = [facet.value for facet in found], [{"byteStart": facet.start, "byteEnd": facet.end} for facet in found]
        if got != (case["tags"], case["index"]):
            wrong.append((case, got))
    conformance(f"rich-text-detection.json {name}", len(cases) - len(wrong), len(cases))
    assert wrong == []


def test_a_mention_needs_somebody_who_has_the_handle() -> None:
    asked: list[str] = []

    def nobody(handle: str) -> None:
        asked.append(handle)

    assert facets.find("ask @Ana.Example.com, or @not-a-handle") == ()
    assert facets.find("ask @Ana.Example.com, or @not-a-handle", nobody) == ()
    assert asked == ["ana.example.com"]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("see my-site.com", "https://my-site.com"),
        ("(see https://example.com/a_(b))", "https://example.com/a_(b))"),
        ("it says https://example.com/a”.", "https://example.com/a"),
        ("go to https://example.com/a...", "https://example.com/a"),
        ("HTTPS://EXAMPLE.COM/a", "HTTPS://EXAMPLE.COM/a"),
        ("https://example.com/日本　次", "https://example.com/日本"),
    ],
)
def test_links_end_where_the_address_ends(text: str, address: str) -> None:
    assert [facet.value for facet in facets.find(text)] == [address]


@pytest.mark.parametrize("text", ["https://", "https:///x", "https://.", "http://)", "javascript:alert(1)", "a.b", "x@example.com", "-a.com"])
def test_what_the_server_would_refuse_is_no_facet(text: str) -> None:
    assert facets.find(text) == ()


@given(st.lists(st.sampled_from([*texts(seed=5, count=300), "#tag", " #ü!", "@handle.com ", "(https://a.com) ", "$AAPL "]), max_size=5).map("".join))
@settings(max_examples=80, deadline=None)
def test_facets_are_sound(text: str) -> None:
    raw = text.encode()
    found = facets.find(text, fake_did)
    for facet in found:
        assert 0 <= facet.start < facet.end <= len(raw)
        stretch = raw[facet.start : facet.end].decode()  # raises inside a character
        assert stretch in text
        assert facet.value
    assert all(one.end <= other.start for one, other in pairwise(found))


@pytest.mark.parametrize(
    "text",
    ["#" * 100_000, "@" * 100_000, "#" + "!" * 100_000, "a." * 50_000, "https://a.com" + ")." * 50_000, "(a" * 50_000, "@a." * 33_000, "$A " * 33_000, "a.com " * 16_000, "@a.co " * 16_000],
    ids=range(10),
)  # fmt: skip
def test_hostile_texts_take_no_time(text: str) -> None:
    start = time.perf_counter()
    facets.find(text, lambda handle: None)
    assert time.perf_counter() - start < 2.0
