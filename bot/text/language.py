"""Which language a text is in: by its script, else by the small words, letters and endings that only some languages have."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import lru_cache

from bot.text.scripts import HAN, HANGUL, KANA

_WORDS = {
    "en": "the of and to in is that for it with as was on are by this be from at have has will not an which their they more its were a he "
          "she we you his her our your but or if than then when where why how what who all can could would should may been had do does "
          "about after before over under into out up down new year years says said first last also only no so because between against them him me my own very such many most other some these "
          "those there here people man men while during since through just like make made day week every each any both",
    "de": "der die das und ist nicht mit den von zu ein eine für auf dem des im sich auch es als an werden bei wird sind aus dass wie noch "
          "in er sie wir ihr einen einem einer eines hat haben war waren wurde wurden kann können soll sollen mehr nach vor über unter um am "
          "zum zur bis oder aber wenn weil warum was wer wo so nur schon sehr sagt sagte neue neuen neuer jahr jahre jahren will wollen "
          "durch gegen zwischen seit keine kein diese dieser dieses ihre seine alle man steigt steigen damit davor",
    "fr": "le la les des et est dans une un pour que qui sur pas au avec du plus ce par il sont aux cette ont mais être elle nous de en à a "
          "son sa ses leur leurs vous ils elles on se ne ou où comme selon après avant entre sans sous chez contre depuis pendant très "
          "tout tous toute été avait était sera peut fait dit ans année nouveau nouvelle si pourquoi comment quand quoi car soit l d qu n c s j "
          "jamais chaque autre même",
    "es": "el la los las de y en que es un una por con para no se del su al como más pero fue son este está ha sus entre sobre a o lo le les "
          "nos si sin desde hasta cuando donde porque qué cómo quién cuál muy también ya han había será puede hace dice según año años nuevo "
          "nueva esta esto estos estas ser era todo todos todas otro otra cada vez nunca ni tras ante contra dijo ella ellos unos e",
    "it": "il di che è e per una un in del non sono con della dei le gli si da al alla più come ma anche nel ha questo delle la lo i a o "
          "dell all nell dall sull l d nella nei nelle degli agli ai alle dal dalla sul sulla su tra fra suo sua suoi loro ci se cosa chi "
          "perché quando dove dopo prima secondo anno anni nuovo nuova stato stata essere era hanno può fa dice ogni altro altra meno mai molto "
          "ciò cos sarà saranno rispetto",
    "nl": "de het een en van is dat in op te zijn voor met niet aan er om ook als bij maar door wordt naar uit nog worden dan over heeft "
          "die dit deze hij zij ze we wij je jij hun haar was waren werd werden hebben had kan kunnen zal zullen moet moeten meer na tot of "
          "want omdat waarom wat wie waar hoe wanneer geen wel al zegt zei nieuwe jaar jaren tussen tegen onder tijdens sinds elke ieder "
          "alle veel minder ooit willen wil ervoor daarvoor",
    "pt": "o a os as de e que em um uma para com não do da é por no na se mais como foi ao dos das mas são pela sua às nos nas num numa "
          "pelo pelos pelas à seu seus suas ele ela eles elas isso isto este esta esse essa já também muito até quando onde porque porquê "
          "quem qual sem sob sobre entre após antes depois ano anos novo nova ser era está estão tem têm vai vão pode diz disse segundo "
          "cada outro outra sempre nunca menos ou foram será serão ter",
}
_OTHERS = {
    "sv, da, no": "och og det är er som på av til till den med har inte ikke ikkje att at å i en et ett efter etter de om för fra från ved vid "
                  "han hun hon ble blev var vil vill skal ska kan også eller men år",
    "hu": "a az és hogy nem egy is meg volt már csak de ha el még vagy után szerint lesz két három majd",
}
"""Languages that are not named, only not taken for another."""
_ENDINGS = {
    "en": "ing ed tion ness ful ally ers est ight ould",
    "de": "ung ungen keit heit lich liche lichen isch ische ischen schaft ieren iert cht nen ßen",
    "fr": "tion ment eur eurs eux euse aux ique iques ais ait aient ées és ée oir oire ances",
    "es": "ción ciones dad mente aron ieron ando iendo aba ería ores ías ió ará",
    "it": "zione zioni mente tà ggio ggi zza ato ata ati ando endo ella elli etto ché anno",
    "nl": "ing ingen heid lijk lijke ijk ijke aar eer oor uur tje sch erij cht",
    "pt": "ção ções dade mente aram eram ando endo inho ões ães ável ência ou",
}
_LETTERS = {
    "en": "th wh sh ght ck oo ee ow ay ey gh", "de": "ä ö ü ß sch tz ck pf ei eu ie äu ch hl hn", "nl": "ë ï ij aa oo uu ee ui oe sch eeu ieu cht",
    "fr": "é è ê à ç ë î ï ô œ û ù eau oi ou ai eu qu aux", "es": "ñ á é í ó ú ll qu ue ie rr", "it": "à è é ì ò ù gli cch zz gn gg cc tt ll sci chi",
    "pt": "ã õ ç á â ê é í ó ú à lh nh qu ei ou",
}
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
_WORD = re.compile(r"[^\W\d_]+")
SAMPLE = 8_000
"""Characters that are looked at."""
_ENDING, _MARK = 0.4, 0.3
"""What an ending and letters within a word count, where a small word of that language counts 1."""
_ENOUGH, _SHARE, _CLEAR = 2.0, 0.08, 1.4
"""At least so much in all and for each word, and so many times as much as the next language has."""


def _shared(own: dict[str, str], weight: float) -> dict[str, tuple[tuple[str, float], ...]]:
    """What each word tells: divided between the languages that have it."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name, words in own.items():
        for word in dict.fromkeys(words.split()):
            found[word].append(name)
    return {word: tuple((name, weight / len(names)) for name in names) for word, names in found.items()}


_TOLD = _shared(_WORDS, 1.0)
_ELSE = _shared(_OTHERS, 1.0)
_ENDED = _shared(_ENDINGS, _ENDING)
_MARKED = _shared(_LETTERS, _MARK)
_LONGEST_ENDING = max(map(len, _ENDED))


def guess(text: str) -> str | None:
    """`en`, `de`, `fr`, `es`, `it`, `nl`, `pt`, or by script `ja`, `ko`, `zh`, `ar`, `he`, `ru`, `el`; None when unsure.

    Scripts count first, when a third of the letters are in one (Japanese needs only a tenth in kana). Cyrillic with
    Ukrainian letters and Arabic script with Persian ones stay unnamed.
    """
    text = text[:SAMPLE]
    written = script(text)
    if written is not None:
        return None if _other_of_script(text, written) else written
    total, scores = _latin(text)
    (best, first), (second, _) = sorted(((score, tag) for tag, score in scores.items()), reverse=True)[:2]
    return first if first in _WORDS and best >= _ENOUGH and best >= total * _SHARE and best >= second * _CLEAR else None


def script(text: str) -> str | None:
    """The script most of the text is in, by the language it stands for in `guess`; None: Latin, another, or no letters."""
    letters = len(_LETTER.findall(text[:SAMPLE]))
    for name, pattern in _SCRIPTS:
        if letters and len(pattern.findall(text[:SAMPLE])) * (10 if name == "ja" else 3) > letters:
            return name
    return None


def _other_of_script(text: str, name: str) -> bool:
    if name == "ar":
        return len(_PERSIAN.findall(text)) * 20 > len(_LETTER.findall(text))
    return name == "ru" and bool(_UKRAINIAN.search(text))


def is_small(word: str) -> bool:
    """Is it one of the small words that a language uses everywhere?"""
    return word.lower() in _TOLD


def _latin(text: str) -> tuple[int, dict[str, float]]:
    """How many words, and what they tell for each language in Latin script."""
    words = Counter(_WORD.findall(text.lower()))
    scores = dict.fromkeys((*_WORDS, *_OTHERS), 0.0)
    for word, count in words.items():
        for name, weight in _TOLD.get(word) or _ended(word):
            scores[name] += weight * count
        for name, weight in _ELSE.get(word, ()):
            scores[name] += weight * count
        for part in {word[at : at + size] for size in (1, 2, 3) for at in range(len(word) - size + 1)}:
            for name, weight in _MARKED.get(part, ()):
                scores[name] += weight * count
    return sum(words.values()), scores


def _ended(word: str) -> tuple[tuple[str, float], ...]:
    for size in range(min(_LONGEST_ENDING, len(word) - 3), 1, -1):
        if word[-size:] in _ENDED:
            return _ENDED[word[-size:]]
    return ()


_NOT_SAID = re.compile(r"https?://\S+|[@#$＠＃]\w[\w.]*|\w+(?:\.\w+)+|[\"“”„«‹「『][^\"“”„«»‹›「」『』\n]{1,400}[\"“”„»›」』]")
_CAPITAL = re.compile(
    r"(?:(?<![.!?:…\n])[ ]|(?:^|(?<=[.!?:…\n])[ ]?)(?=\w+ [A-ZÀ-Þ]))(?:(?:von|van|de|du|da|di|del|della|dos) )?(?:(?:der|den|la|las|los) )?[A-ZÀ-Þ][\w'’]*"
)
_HEADLINE = 12
"""So many words with capitals are a headline's, fewer may all be names."""
_LETTERS_ENOUGH = 6
"""Letters of a script that decide at once."""
_PLAINLY = 2.0
"""So many times as much must tell for another language as for the article's."""
_SMALL = 2
"""So many different small words of it are there: endings and letters alone may be names'."""
_HAN_WRITERS = frozenset({"ja", "zh", "ko"})
"""A short Japanese or Korean text may be in Chinese characters alone."""


def foreign(text: str, declared: str | None, article: str) -> tuple[str, str] | None:
    """The language a text is plainly in and the article's, where these are two; None where they are the same or that is not sure.

    `declared` is the article's language (BCP 47), `article` some of its text, which decides where nothing is declared. What stands in
    quotation marks, addresses, tags and names say nothing about a language. Scripts decide at once; a language that can not be
    guessed is never told from another of its script.
    """
    own = _NOT_SAID.sub(" ", text[:SAMPLE])
    told, (theirs, guessed) = script(own), _read(article[:SAMPLE])
    meant = (declared or guessed or theirs or "").partition("-")[0].lower()
    if told != theirs:
        found = told or guess(own)
        sure = found is not None and found != meant and len(_LETTER.findall(own)) >= _LETTERS_ENOUGH and not {told, theirs} <= _HAN_WRITERS
        return (found, meant) if sure and found else None
    if told is not None:
        return None
    own = _without_names(own)
    found = guess(own)
    if found is None or meant not in _WORDS or found in (meant, guessed):
        return None
    small = {word for word in _WORD.findall(own.lower()) if len(word) > 1 and any(name == found for name, _ in _TOLD.get(word, ()))}
    _, scores = _latin(own)
    return (found, meant) if len(small) >= _SMALL and scores[found] >= _PLAINLY * scores[meant] else None


@lru_cache(maxsize=16)
def _read(article: str) -> tuple[str | None, str | None]:
    return script(article), guess(article)


def _without_names(text: str) -> str:
    """Without words that begin with a capital inside a sentence or before another, unless most do, as in a headline."""
    less = _CAPITAL.sub(" ", text)
    before = len(_WORD.findall(text))
    return text if before >= _HEADLINE and len(_WORD.findall(less)) * 2 < before else less


_NAMES = {
    "en": "English", "de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "nl": "Dutch", "pt": "Portuguese", "ja": "Japanese",
    "ko": "Korean", "zh": "Chinese", "ar": "Arabic", "he": "Hebrew", "ru": "Russian", "el": "Greek",
}


def name(tag: str) -> str:
    """A language as people call it; the tag itself where it has no name here."""
    return _NAMES.get(tag, tag or "another language")
