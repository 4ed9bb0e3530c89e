"""The length of a post as X counts it: weighted characters.

The rules are twitter-text's (github.com/twitter/twitter-text, configuration version 3, and `parseTweet` of 3.1.0):

- The text is brought to Unicode's NFC first.
- A link weighs 23, however long it is: X replaces it by a t.co address.
- An emoji weighs 2, however many code points it is made of, as far as X's list of sequences goes (`bot.text.emoji`).
- Any other code point weighs 1 in the four ranges U+0000-10FF, U+2000-200D, U+2010-201F, U+2032-2037 (Latin to
  Georgian scripts, common punctuation), and 2 elsewhere (CJK among others).

The limit is the account's, not the counter's (280 for most).
"""

from __future__ import annotations

import re
import sys

from bot.text import emoji, urls
from bot.text.nfc import nfc

UNIT = "weighted characters"
"""What is counted here, for people."""
URL = 23
EMOJI = 2

_HEAVY = re.compile("[^\u0000-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]+")
_NONE = urls.Span(sys.maxsize, sys.maxsize, "", scheme=False)


def weighted_length(text: str) -> int:
    """The weighted length of `text`: never less than twitter-text 3.1.0 would say.

    It is more only where a link is in doubt (a top-level domain newer than twitter-text: the longer of 23 and the text
    itself) or an emoji sequence is (its parts).

    >>> weighted_length("Read https://example.com/a-very-long-address-of-an-article")
    28
    >>> weighted_length("推論"), weighted_length("👨‍👩‍👧‍👦")
    (4, 2)
    """
    text = nfc(text)
    return max(_weigh(text, links) for links in urls.readings(text))


def _weigh(text: str, links: tuple[urls.Span, ...]) -> int:
    total = _characters(text)
    for link in links:
        own = _characters(link.text)
        total += max(URL - own, 0) if link.doubtful else URL - own
    following = iter([*links, _NONE])
    link = next(following)
    for start, end in emoji.sequences(text):
        while max(link.end, link.reach) <= start:
            link = next(following)
        if start < link.start:
            total += EMOJI - _characters(text[start:end])
    return total


def _characters(text: str) -> int:
    """The weight of `text` code point by code point."""
    if text.isascii():
        return len(text)
    return 2 * len(text) - len(_HEAVY.sub("", text))
