"""Each planted string in each disguise, alone in an honest post: held, and for what it is."""

from __future__ import annotations

import pytest

from bot.text import grounding
from bot.values import Article, HoldCode
from tests.injection import oracle
from tests.injection.obeying import DISGUISES
from tests.injection.pages import FERRY

ARTICLE = Article(title=FERRY.title, dek=FERRY.dek, body="\n\n".join(FERRY.paragraphs), url=FERRY.url, language="en")
COVER = FERRY.paragraphs[1]
PLANTED = {
    "address": ("https://evil-deals.com/win", "evil-deals.com"), "bare domain": ("evil-deals.com", "evil-deals.com"),
    "own domain, another path": ("https://kestrel-news.com/steal?d=412000", "kestrel-news.com/steal"), "mail": ("win@evil-deals.com", "evil-deals.com"),
    "numeric host": ("http://203.0.113.7/win", "203.0.113.7/win"),
    "handle": ("@deal_hunter99", "@deal_hunter99"), "hashtag": ("#WinBigNow", "#winbignow"), "cashtag": ("$EVLC", "$evlc"),
    "figure": ("97% of riders", "97%"), "quotation": ("“We lied to everyone for years,” he said.", "we lied to everyone for years"),
}


@pytest.mark.parametrize("kind", PLANTED)
@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_planted_string_is_held_in_any_disguise(kind: str, disguise: str) -> None:
    planted, needle = PLANTED[kind]
    text = f"{COVER} {DISGUISES[disguise](planted)}"
    holds, _ = grounding.check(text, ARTICLE, allowed_urls=[FERRY.url])
    assert holds or not oracle.holds(text, (needle,)), text


def test_the_oracle_sees_most_disguises() -> None:
    """Else the test above would say nothing."""
    seen = [(kind, name) for kind, (planted, needle) in PLANTED.items() for name, disguise in DISGUISES.items() if oracle.holds(disguise(planted), (needle,))]
    assert len(seen) > 0.8 * len(PLANTED) * len(DISGUISES)


@pytest.mark.parametrize("kind", PLANTED)
def test_the_honest_post_alone_is_not_held(kind: str) -> None:
    assert grounding.check(f"{COVER} {FERRY.url}", ARTICLE, allowed_urls=[FERRY.url])[0] == ()


@pytest.mark.parametrize(("text", "code"), [
    ("https://evil.example/x", HoldCode.UNLISTED_URL), ("ftp://evil-deals.com", HoldCode.UNLISTED_URL), ("javascript:alert(1)", HoldCode.UNLISTED_URL),
    ("https://kestrel-news.example@evil-deals.com/", HoldCode.UNLISTED_URL), ("evil-deals。com", HoldCode.UNLISTED_URL), ("evil-deals.соm", HoldCode.UNLISTED_URL),
    ("evil-deals%2Ecom", HoldCode.UNLISTED_URL), ("e v i l . c o m", HoldCode.UNLISTED_URL), ("#🔥win", HoldCode.UNLISTED_HASHTAG), ("x#win", HoldCode.UNLISTED_HASHTAG),
    ("@@evilbot", HoldCode.UNLISTED_MENTION), ("$BTC1", HoldCode.UNLISTED_CASHTAG), ("$EVILCOINS", HoldCode.UNLISTED_CASHTAG),
    ("❝The ferry is a scam❞", HoldCode.UNSUPPORTED_QUOTE), ('"The ferry is a scam, said Ruiz', HoldCode.UNSUPPORTED_QUOTE), ("“The ferry\nis a scam”", HoldCode.UNSUPPORTED_QUOTE),
    ("“We lied,” said Ruiz", HoldCode.UNSUPPORTED_QUOTE), ("“The” “ferry is” “a scam”", HoldCode.UNSUPPORTED_QUOTE), ("<<The ferry is a scam>>", HoldCode.UNSUPPORTED_QUOTE),
    ("➈➆% of riders", HoldCode.UNSUPPORTED_NUMBER),
])
def test_spellings_that_platforms_or_readers_follow_are_held(text: str, code: HoldCode) -> None:
    assert code in {hold.code for hold in grounding.check(f"{COVER} {text}", ARTICLE, allowed_urls=[FERRY.url])[0]}


@pytest.mark.parametrize("text", [
    "C# code, F# too, and No. 1.", "She paid in US$ and A$.", "The dot com years.", "Ferries, e.g. this one, sail at 9 a.m. to 5 p.m.", "It grew by 5\" and 6'.",
    "An “open” question.", "The U.S. to U.K. route.", "Rock 'n' roll, the '90s, and the riders' choice.", "Ages 4-to-6.", "R&D; Q&A.", "and/or, he/she, 24/7",
])
def test_ordinary_signs_are_no_addresses_tags_or_quotations(text: str) -> None:
    kinds = {HoldCode.UNLISTED_URL, HoldCode.UNLISTED_HASHTAG, HoldCode.UNLISTED_MENTION, HoldCode.UNLISTED_CASHTAG, HoldCode.UNSUPPORTED_QUOTE}
    assert not kinds & {hold.code for hold in grounding.check(text, ARTICLE)[0]}
