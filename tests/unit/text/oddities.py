"""Seeded texts that are hard to count: scripts, emoji sequences, addresses, marks and line ends in any mixture."""

from __future__ import annotations

import random
from collections.abc import Iterator

_TLDS = (
    "com net org co tv md rs io ai me it im MLB.tv みんな 中国 рф РФ ею vermögensberater ไทย भारतम् भारत 嘉里大酒店 嘉里 xn--p1ai "
    "XN--P1AI xn--- museum onion csc dodge web music アマゾン kids ישראל example jpg js local html"
).split()
_LABELS = (
    "example www a a-b a_b -a a- _a a_ xn--ls8h 日本 пример é ñandú İ ß straße “quoted” x\"y `z` 😀 ❤️ 1️⃣ クラウド والعرب "
    "0 7z README main node v3 t T.co t.co bit.ly twitter.com a。b ɩ ι"
).split()
_PATHS = (
    "/ /a /a/b /a. /a, /(a) /(a(b)c) /a_(b) /((a)) /(a /a) /@b /@b/ /a@b/ /é /ж /日 /–x /a~ /a| /%20 /ι /ⱥ /a'b /a;b/ /!! /#x"
).split()
_QUERIES = "?a=1 ? ?? ?a! ?! ?é=1 ?a=(b) ?x#y #z #".split()
_EMOJI = (
    "😀 😀️ ❤ ❤️ ❤︎ ©️ © ®️ ™️ 1️⃣ 1⃣ #️⃣ *⃣ 🇩🇪 🇩 🇺🇺🇸 🇦🇶 🇽🇽 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏴 👍🏽 👍 🏽 🏾 👨‍👩‍👧‍👦 👨‍👩‍👧 👩‍❤️‍💋‍👨 👩‍❤️‍👨 👩🏽‍🚀 👩‍🚀 🧑‍🚀 "
    "🕵️‍♀️ 🕵🏿‍♂️ 🕵‍♀️ 🏳️‍🌈 🏳‍🌈 🏳️‍⚧️ 🏴‍☠️ 👁‍🗨 👁️‍🗨️ ♾️ 🤵‍♂️ 🤵🏻‍♀️ 🕴️‍♂️ 🧑‍🤝‍🧑 🫡 🫱🏽‍🫲🏿 🐦‍🔥 ☎️ ☎ ♟️ ♟ ♀️ ♀ ⚕️ ☝️🏻 ☝🏻 ⛹️‍♀️ ⛹🏻‍♀️ 👯‍♀️ 🧞‍♂️ "
    "🤼‍♀️ 🤼🏻 🧜🏽‍♂️ 🦸‍♀️ 🥰 🪐 ⏏️ 🀄 🀄️ 🈂️ ㊗️ ㊙ 〰️ ‼️ ⁉ ℹ️ 🦰 👨‍🦰 👨🏻‍🦱"
).split(" ")
_LOOSE = [
    *"aZé09 .,:;!?'\"-_/\\()[]{}@#$%&*+=<>|~^`–—…“”‘’·。．｡＠＃、！「」",
    "\u200d", "\ufe0f", "\ufe0e", "\u20e3", "\u0301", "\u0345", "\u1112\u1161\u11ab", "\u0e33", "\u0928\u093c", "\u200e", "\u200f", "\u202a", "\u202c",
    "\u2066", "\u2069", "\u061c", "\u00a0", "\u2028", "\u3000", "\u200b", "\u2060", "\ufeff", "\x85", "\t", "\n", "\r\n", "\r", "\x01", "\x7f",
    "\u212a", "\u212b", "\u2126", "\u037e", "\u1f71", "\u0958", "\ufb1d", "ſ", "ı", "한", "國", "𝒜", "𠮷", "ffi", "ﬃ", "\U000e0067",
]  # fmt: skip
_WORDS = "The AI market grew 122% in 2026 人工知能の市場は 시장은 Рынок вырос السوق Η αγορά बाज़ार e.g. U.S. $NVDA #AI @user user@example.com".split()
_SCHEMES = ["", "", "http://", "https://", "HTTP://", "hTtPs://", "ftp://", "http:/", "//", "www."]


def _url(dice: random.Random) -> str:
    host = ".".join(dice.choice(_LABELS) for _ in range(dice.choice([1, 1, 1, 2, 2, 3]))) + dice.choice(["."] * 9 + [".."])
    if dice.random() < 0.02:
        host = dice.choice("a日é") * dice.randint(50, 70) + "." + host
    url = dice.choice(_SCHEMES) + host + dice.choice(_TLDS)
    if dice.random() < 0.15:
        url += ":" + str(dice.randint(0, 99999))
    for _ in range(dice.choice([0, 0, 1, 1, 2])):
        url += dice.choice(_PATHS)
    if dice.random() < 0.3:
        url += dice.choice(_QUERIES)
    return url


def texts(seed: int, count: int) -> Iterator[str]:
    """`count` texts, the same for the same seed."""
    dice = random.Random(seed)
    for _ in range(count):
        pieces = []
        for _ in range(dice.randint(1, 7)):
            pick = dice.random()
            if pick < 0.35:
                pieces.append(_url(dice))
            elif pick < 0.55:
                pieces.append(dice.choice(_EMOJI))
            elif pick < 0.75:
                pieces.append("".join(dice.choice(_LOOSE) for _ in range(dice.randint(1, 5))))
            elif pick < 0.9:
                pieces.append(dice.choice(_WORDS))
            else:
                pieces.append(dice.choice(["https://t.co/", "t.co/"]) + dice.choice(["abc", "a" * 40, "a" * 41, "a?b=1", "é", ""]))
            if dice.random() < 0.4:
                pieces.append(dice.choice([" ", " ", "\n", "\n\n", "\r\n", "("]))
        yield "".join(pieces)
