"""Emoji as X counts them: which sequences of code points weigh as one.

X's counter (twitter-text 3.1.0) finds emoji with twemoji-parser 11, a list that ended with Emoji 11 (2018). A family or a
flag of that list weighs 2 whole; a later sequence weighs what its parts weigh. A single code point needs no list: it
weighs the same either way. The sequences are read from the data of the package `emoji`, by the version each came with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

_LAST_VERSION = 11
_JOINER, _KEYCAP, _STYLE = "\u200d", "\u20e3", "\ufe0f"
_TONES = "🏻🏼🏽🏾🏿"

# Where twemoji 11 differs from Unicode's lists of its time (facts, found by asking it about each sequence).
_NOT_WHOLE = frozenset({"♾️", "👁️‍🗨️"})
"""Infinity, and the eye in a speech bubble as it is written today, count as their parts…"""
_BUBBLE = "👁\u200d🗨"
"""…and the eye in a speech bubble counts as one when both parts are written without emoji style."""
_TUXEDO, _LEVITATING, _DETECTIVE, _SKIER = "🤵", "🕴", "🕵", "⛷"
"""The first two had a gender in twemoji before they had one in Unicode (the levitating one as the detective has it), and
the skier a skin tone."""
_STYLED = "⌚⌛◽◾☔☕♈♉♊♋♌♍♎♏♐♑♒♓♿⚓⚡⚪⚫⚽⚾⛄⛅⛔⛪⛲⛳⛵⛺⛽❗⬛⬜⭐⭕🀄🈚🈯"
"""Emoji that need no emoji style and still count as one with it: those that had a text style in Unicode 6.1."""

_SECOND = re.compile("[\u200d\u20e3\ufe0f\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
"""What the second code point of a sequence may be: joiner, keycap, emoji style, regional letter, skin tone, tag."""


class _Sequences(NamedTuple):
    all: frozenset[str]
    longest: int


@cache
def _sequences() -> _Sequences:
    from emoji import EMOJI_DATA, STATUS

    whole = {_BUBBLE, *(base + _STYLE for base in _STYLED)}
    for sequence, facts in EMOJI_DATA.items():
        if len(sequence) == 1 or sequence in _NOT_WHOLE:
            continue
        complete = facts["status"] == STATUS["fully_qualified"] and (facts["E"] <= _LAST_VERSION or sequence[0] == _TUXEDO)
        if complete or sequence.endswith(_KEYCAP):
            whole.add(sequence)
    whole |= {_LEVITATING + one[1:] for one in whole if one[0] == _DETECTIVE and _JOINER in one}
    whole |= {_SKIER + tone for tone in _TONES}
    # A style that a skin tone makes superfluous does not part them.
    whole |= {one[0] + _STYLE + one[1] for one in whole if one[1:] in (*_TONES,) and one[0] + _STYLE in whole}
    return _Sequences(frozenset(whole), max(map(len, whole)))


def sequences(text: str) -> Iterator[tuple[int, int]]:
    """Start and end, in code points, of each emoji of `text` that is made of several code points and counts as one.

    In order, not overlapping; at each place the longest one.
    """
    done = 0
    for second in _SECOND.finditer(text):
        start = second.start() - 1
        if start < done:
            continue
        known, longest = _sequences()
        for end in range(min(start + longest, len(text)), start + 1, -1):
            if text[start:end] in known:
                yield start, end
                done = end
                break
