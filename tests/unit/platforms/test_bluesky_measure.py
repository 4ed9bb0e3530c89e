"""What a text is on Bluesky, and what the adapter makes of a post before anything is sent."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

import bot
from bot.accounts import Account
from bot.errors import ConfigError, UsageError
from bot.platforms import Platform, connect, records
from bot.platforms.bluesky import Bluesky
from bot.values import Card, Content, Fixed, OutcomeKind, Remote, Request, Sought

DID = "did:plc:ewvi7nxzyoun6zhxrhs64oiz"
FIXED = Fixed(account_id=DID, post=12, created_at=datetime(2026, 1, 2, tzinfo=UTC))
FAMILY = "👨‍👩‍👧‍👧"


@pytest.fixture
def bluesky() -> Bluesky:
    return Bluesky(Account(name="b", platform="bluesky", service="https://bsky.social"), timeout=5)


def content(bluesky: Platform, *texts: str) -> Content:
    return Content(segments=tuple(bluesky.measure(text) for text in texts))


def test_length_is_in_graphemes(bluesky: Bluesky) -> None:
    measured = bluesky.measure(FAMILY + "é日")
    assert (measured.length, measured.limit, measured.cost_micros, measured.has_url) == (3, 300, 0, False)


def test_text_that_fits_in_graphemes_but_not_in_bytes_is_too_long(bluesky: Bluesky) -> None:
    size = len(FAMILY.encode())
    fits, over = FAMILY * (3000 // size), FAMILY * (3000 // size + 1)
    assert bluesky.measure(fits).length == 3000 // size
    assert bluesky.measure(over).length == 301


def test_a_link_is_found_with_its_byte_offsets(bluesky: Bluesky) -> None:
    measured = bluesky.measure("日本 https://example.com/a")
    assert measured.has_url
    assert [(facet.start, facet.end, facet.type) for facet in measured.facets] == [(7, 28, "link")]


@pytest.mark.parametrize(("given", "sent"), [
    ("a\r\nb\rc \n\n", "a\nb\nc"), ("  a", "  a"), ("e\u0301", "e\u0301"), ("x\ud800y", "x\ufffdy"), ("\ud83d\ude00", "😀"),
])
def test_text_comes_back_as_it_is_sent(bluesky: Bluesky, given: str, sent: str) -> None:
    assert bluesky.measure(given).text == sent


def test_a_lower_limit_of_the_account_holds_and_a_higher_one_does_not() -> None:
    def limit(number: int) -> int:
        return Bluesky(Account(name="b", platform="bluesky", service="https://e", limit=number), timeout=5).limits.length

    assert (limit(200), limit(5000)) == (200, 300)


def test_a_thread_is_one_request(bluesky: Bluesky) -> None:
    (request,) = bluesky.deliveries(content(bluesky, "one", "two", "three"), {}, FIXED)
    assert (request.position, request.segments, request.provisional) == (0, (0, 1, 2), ())
    assert json.loads(request.body)["repo"] == DID
    assert (request,) == bluesky.deliveries(content(bluesky, "one", "two", "three"), {}, FIXED)


def test_a_preview_needs_no_account_and_is_never_sent(bluesky: Bluesky) -> None:
    (request,) = bluesky.deliveries(content(bluesky, "one", "two"), {}, None)
    assert {"$.repo", "$.writes[0].rkey", "$.writes[0].value.createdAt", "$.writes[1].value.reply.root.cid"} <= set(request.provisional)
    assert bluesky.send(request).kind is OutcomeKind.REFUSED


def test_without_credentials_nothing_is_sent_and_the_account_pauses() -> None:
    account = Account(name="b", platform="bluesky", service="http://localhost:1", missing=("BLUESKY_HANDLE", "BLUESKY_APP_PASSWORD"))
    platform = connect(account, timeout=5)
    (request,) = platform.deliveries(content(platform, "one"), {}, FIXED)
    outcome = platform.send(request)
    assert outcome.kind is OutcomeKind.NOT_SENT
    assert outcome.pause == "set BLUESKY_HANDLE and BLUESKY_APP_PASSWORD"
    with pytest.raises(ConfigError, match="BLUESKY_HANDLE"):
        platform.verify()


def test_a_post_found_by_a_person_is_named_by_address_or_id(bluesky: Bluesky) -> None:
    (request,) = bluesky.deliveries(content(bluesky, "one", "two"), {}, FIXED)
    expected = records.written(request.body)
    page = f"https://bsky.app/profile/news.example.com/post/{expected[1].rkey}"
    for reference in (expected[0].uri, page, f" {page}/ "):
        assert [remote.id for remote in bluesky.named(request.body, reference)] == [record.uri for record in expected]


@pytest.mark.parametrize("reference", [
    "", "1234", "https://example.com/x", "https://bsky.app/profile/a.b/post/3jzfcijpj2z2a", "at://did:plc:other/app.bsky.feed.post/{rkey}",
])
def test_an_address_of_another_post_is_a_usage_error(bluesky: Bluesky, reference: str) -> None:
    (request,) = bluesky.deliveries(content(bluesky, "one"), {}, FIXED)
    with pytest.raises(UsageError):
        bluesky.named(request.body, reference.replace("{rkey}", records.written(request.body)[0].rkey))


def test_an_unreadable_request_or_address_is_refused_and_never_raises(bluesky: Bluesky) -> None:
    asked = Sought(request="junk", account_id=DID, since=FIXED.created_at)
    sent = bluesky.send(Request(position=0, segments=(0,), body="{}"))
    for outcome in (bluesky.find(asked), sent, bluesky.delete(Remote(id="https://example.com", url=""))):
        assert outcome.kind is OutcomeKind.REFUSED
        assert outcome.detail
    with pytest.raises(UsageError, match="stored request"):
        bluesky.named("junk", f"at://{DID}/app.bsky.feed.post/3jzfcijpj2z2a")


def test_a_card_whose_image_is_not_at_hand_is_refused(bluesky: Bluesky) -> None:
    made = content(bluesky, "one").model_copy(update={"card": Card(uri="https://e.example", title="", description="", thumb="ab" * 32)})
    outcome = bluesky.upload(made, {})
    assert outcome is not None
    assert outcome.kind is OutcomeKind.REFUSED
    assert "not at hand" in outcome.detail


def test_measuring_and_previewing_import_no_sdk() -> None:
    program = (
        "import sys; from bot.accounts import Account; from bot.platforms import connect; from bot.values import Content;"
        "b = connect(Account(name='b', platform='bluesky', service='https://e'), timeout=5);"
        "b.deliveries(Content(segments=(b.measure('a'),)), {}, None);"
        "print(sorted({'atproto', 'httpx', 'cryptography'} & set(sys.modules)))"
    )
    root = Path(bot.__file__).parent.parent
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=root)
    assert ran.stdout.strip() == "[]"
