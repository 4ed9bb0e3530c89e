"""Which language a text is in: by its script, else by the small words that only one language uses so often."""

from __future__ import annotations

import re
from collections import Counter

from bot.text.scripts import HAN, HANGUL, KANA

_WORDS = {
    "en": "the of and to in is that for it with as was on are by this be from at have has will not an which their they more its were",
    "de": "der die das und ist nicht mit den von zu ein eine für auf dem des im sich auch es als an werden bei wird sind aus dass wie noch",
    "fr": "le la les des et est dans une un pour que qui sur pas au avec du plus ce par il sont aux cette ont mais être elle nous",
    "es": "el la los las de y en que es un una por con para no se del su al como más pero fue son este está ha sus entre sobre",
    "it": "il la di che è e per un una in del non sono con della dei le gli si da al alla più come ma anche nel ha questo delle",
    "nl": "de het een en van is dat in op te zijn voor met niet aan er om ook als bij maar door wordt naar uit nog worden dan over heeft",
    "pt": "o a os as de e que em um uma para com não do da é por no na se mais como foi ao dos das mas são pela sua às",
}
_SETS = {name: frozenset(words.split()) for name, words in _WORDS.items()}
_SCRIPTS = (
    ("ja", re.compile(f"[{KANA}]")), ("ko", re.compile(f"[{HANGUL}]")), ("zh", re.compile(f"[{HAN}]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")), ("he", re.compile(r"[\u0590-\u05ff]")), ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
)
KNOWN = frozenset((*_WORDS, *(name for name, _ in _SCRIPTS)))
"""Every language that can be guessed."""
_UKRAINIAN = re.compile(r"[іїєґІЇЄҐ]")
_PERSIAN = re.compile(r"[پچژگکی]")
_LETTER = re.compile(r"[^\W\d_]")
SAMPLE = 8_000
"""Characters that are looked at."""


def guess(text: str) -> str | None:
    """`en`, `de`, `fr`, `es`, `it`, `nl`, `pt`, or by script `ja`, `ko`, `zh`, `ar`, `he`, `ru`, `el`; None when unsure.

    Scripts count first, when a third of the letters are in one (Japanese needs only a tenth in kana). Cyrillic with
    Ukrainian letters and Arabic script with Persian ones stay unnamed.
    """
    text = text[:SAMPLE]
    letters = len(_LETTER.findall(text))
    if not letters:
        return None
    for name, script in _SCRIPTS:
        count = len(script.findall(text))
        if count * (10 if name == "ja" else 3) > letters:
            if (name == "ru" and _UKRAINIAN.search(text)) or (name == "ar" and len(_PERSIAN.findall(text)) * 20 > letters):
                return None
            return name
    words = Counter(re.findall(r"[^\W\d_]+", text.lower()))
    total = sum(words.values())
    scores = sorted(((sum(words[word] for word in own), name) for name, own in _SETS.items()), reverse=True)
    (best, name), (second, _) = scores[0], scores[1]
    if best < 3 or best < total * 0.08 or best < second * 1.25:
        return None
    return name
