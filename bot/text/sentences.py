"""Where sentences end in running text, and the numbered sentences of an article."""

from __future__ import annotations

import re

from bot.text.scripts import HIRAGANA
from bot.values import Article

HEADING = "## "
"""A paragraph of an article's body that begins so is a heading, not a sentence."""

_LINES = re.compile(r"[\n\r\v\f\x85\u2028\u2029]+")
# No-break spaces stay: in French "122 %" must not be torn from its sign when the text is posted.
_SPACES = re.compile(r"[^\S\u00a0\u202f]+")
CLOSERS = "\"'”’»›)]}）」』】〉》］"
"""What may stand between the stop of a sentence and its end."""
_CLOSERS = re.escape(CLOSERS)
STOPS = ".!?…．。｡！？؟۔।॥։።។။"
"""What ends a sentence, in any script."""
_STOP = re.compile(
    rf"(?P<run>[{STOPS}]+)(?P<close>[{_CLOSERS}]*(?:[ \u00a0\u202f]»(?!\S))?)(?:\[\d{{1,3}}\])*"
)
_OPENERS = "\"'“‘„‚«‹([{¿¡—"
# These end a sentence without a space after them.
_CJK = frozenset("。｡！？")
_HIRAGANA = re.compile(f"[{HIRAGANA}]")
_WORD_BEFORE = re.compile(r"[^\s(\[\"“„«'‘—–/]*\Z")
_DOTTED = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")  # U.S, p.m, D.C
_NAME = re.compile(r"[a-z]{1,2}[A-Z]|[a-z]{2,20}\.[a-z]{2}")  # iPhone, xAI, node.js open a sentence too
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_WINDOW = 32


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Never the end of a sentence: a name, number or explanation follows.
_HARD = _words(
    "Dr Mr Mrs Ms Mx Prof Sen Rep Gov Gen Col Lt Sgt Capt Cmdr Cpl Maj Adm Rev Hon Pres Supt St Mt Ft Messrs vs cf viz e.g i.e approx "
    "bzw ca ggf evtl inkl exkl vgl sog Hrsg geb gest z.B d.h u.a i.d.R s.o s.u "
    "M MM Mme Mlle Mgr Me Ste env apr p.ex "
    "Sra Srta Dra Dña Ud Uds EE aprox p.ej Exmo Exma "
    "Sig Dott Avv Ing On Sigg Spett "
    "dhr mevr drs ir bijv bv resp d.w.z o.a m.b.t t.o.v"
)
# Not the end where a number follows: No. 5, Fig. 2, Sept. 14.
_NUMBERED = _words(
    "no nos nr fig figs sec vol ch p pp art eq ver v c ca abs abb tab kap bd s cap chap pág págs núm pag blz n nº tel ext "
    "jan feb mar apr jun jul aug sep sept oct nov dec janv févr avr juil déc mär okt dez ene abr ago dic gen mag giu lug set ott mon tue wed thu fri sat sun"
)
# The end only where the next word commonly opens a sentence.
_SOFT = _words(
    "Ph.D M.Sc B.Sc Inc Ltd Corp Co Cos LLC plc Bros Jr Sr Esq etc al dept est min max avg Ave Blvd Rd usw uvm Mio Mrd Std Str ecc enz UU bn mn tn"
)
_OPEN = {
    "en": "A An The This That These Those It Its He She We They You I His Her Our Their There Here In On At For From With By As After Before "
    "But And So Yet Or If When While Where What Who Why How However Meanwhile Still Now Then Some Many Most All No Not One Two Both "
    "Since Under Over According Last Earlier Later Analysts Officials Critics Experts Investors",
    "de": "Der Die Das Den Dem Ein Eine Einen Einem Einer Es Er Sie Wir Ihr Ich Dies Diese Dieser Dieses Im In Am An Auf Aus Bei Mit Nach Von Vor "
    "Zu Zum Zur Für Aber Und Doch Denn Wenn Wer Was Wie Wo Warum Weil Als Auch Noch Nun Dann Damit Dabei Dazu Seit Unter Über Viele Alle",
    "fr": "Le La Les L Un Une Des Ce Cet Cette Ces Il Elle Ils Elles On Nous Vous Je Son Sa Ses Leur Leurs En Dans Au Aux À Pour Par Avec Sur "
    "Mais Et Or Donc Si Quand Que Qui Où Pourquoi Comment Cependant Selon Après Avant Depuis",
    "es": "El La Los Las Un Una Unos Unas Este Esta Estos Estas Esto Él Ella Ellos Ellas Su Sus En Al Con Por Para Según Pero Y Si Cuando Que "
    "Qué Quién Cómo Dónde También Además Sin Desde Tras Entre No",
    "it": "Il Lo La I Gli Le L Un Una Uno Questo Questa Questi Queste È Si In Nel Nella Al Con Per Da Dal Ma E Se Quando Che Chi Come Dove "
    "Anche Secondo Dopo Prima Non",
    "nl": "De Het Een Dit Dat Deze Die Hij Zij Ze We Wij Er In Op Aan Met Voor Van Bij Maar En Als Wanneer Wat Wie Hoe Waar Ook Volgens Na Sinds Niet",
    "pt": "O A Os As Um Uma Este Esta Isto Esse Essa Ele Ela Eles Elas Seu Sua Em No Na Nos Nas Ao Com Por Para Segundo Mas E Se Quando Que "
    "Quem Como Onde Também Não Depois Antes",
}
_OPENING = {language: _words(words) for language, words in _OPEN.items()}
# Languages that write ordinals with a stop: "am 3. Mai", "1. FC".
_ORDINALS = _words(
    "de da nb nn no fi cs sk pl hu hr sr sl et lv is tr"
)


def split(text: str, language: str | None = None) -> list[str]:
    """The whole sentences of running text, in order; line breaks always end one. White space is folded.

    `language` (BCP 47) helps where languages differ: ordinals, and which words open a sentence. Time is linear in the text.
    """
    code = (language or "en").split("-")[0].lower()
    found: list[str] = []
    for line in _LINES.split(text):
        folded = _SPACES.sub(" ", line).strip()
        if folded:
            found.extend(_split_line(folded, code))
    return found


def ends(text: str, language: str | None = None) -> list[int]:
    """Where each sentence of the text ends, as offsets into it (exclusive, without the white space that follows)."""
    wanted = 0
    marks = []
    for sentence in split(text, language):
        wanted += len("".join(sentence.split()))
        marks.append(wanted)
    found: list[int] = []
    seen = 0
    for offset, char in enumerate(text, 1):
        if len(found) == len(marks):
            break
        if not char.isspace():
            seen += 1
            if seen == marks[len(found)]:
                found.append(offset)
    return found


def ended(text: str, *, also: str = "", but: str = "") -> bool:
    """Does the text end as a sentence does: with a stop, or a mark of `also` (none of `but`), perhaps inside closing marks?"""
    last = text.rstrip(CLOSERS)[-1:]
    return bool(last) and last not in but and last in STOPS + also


def of_article(article: Article) -> dict[str, str]:
    """The sentences that evidence may name, by id and in order: `s0` the headline, `s1`… dek and body, then `q1`, `a1`, `q2`…

    Headings are no sentences; a body sentence that repeats one of the dek is not counted twice.
    """
    dek = split(article.dek, article.language)
    paragraphs = (part for part in _LINES.split(article.body) if not part.lstrip().startswith(HEADING))
    body = (sentence for part in paragraphs for sentence in split(part, article.language))
    said = frozenset(dek)
    told = [*dek, *(sentence for sentence in body if sentence not in said)]
    found = {"s0": fold(article.title)}
    found.update((f"s{number}", sentence) for number, sentence in enumerate(told, 1))
    for number, pair in enumerate(article.faq, 1):
        found[f"q{number}"] = fold(pair.question)
        found[f"a{number}"] = fold(pair.answer)
    return found


def visible(article: Article) -> dict[str, str]:
    """Those of them that a reader of the page can see: not the pairs that only hidden markup holds."""
    unseen = {f"{side}{number}" for number, pair in enumerate(article.faq, 1) if not pair.visible for side in "qa"}
    return {at: text for at, text in of_article(article).items() if at not in unseen}


def fold(text: str) -> str:
    """The text on one line, with single spaces."""
    return _SPACES.sub(" ", text).strip()


def _split_line(line: str, language: str) -> list[str]:
    lower_case = not any(char.isupper() for char in line)
    found: list[str] = []
    start = 0
    for stop in _STOP.finditer(line):
        if _ends(line, start, stop, language, lower_case):
            sentence = line[start : stop.end()].strip()
            if sentence:
                found.append(sentence)
            start = stop.end()
    rest = line[start:].strip()
    if rest:
        found.append(rest)
    return found


def _ends(line: str, start: int, stop: re.Match[str], language: str, lower_case: bool) -> bool:
    """Does the sentence that began at `start` end with this stop?"""
    after = line[stop.end() : stop.end() + _WINDOW]
    if not after.strip():
        return stop.end() >= len(line)
    run = stop["run"]
    if run[-1] in _CJK:
        # 「…。」と言った: the quotation is part of a longer sentence.
        return not (stop["close"] and _HIRAGANA.match(after))
    if not after[0].isspace():
        return False
    upcoming = after.lstrip().lstrip(_OPENERS).lstrip()
    if not _opens(upcoming, lower_case):
        return False
    if run != "." or stop["close"]:
        return True
    return not _abbreviated(line, start, stop.start(), upcoming, language)


def _opens(upcoming: str, lower_case: bool) -> bool:
    """May a sentence begin like this?"""
    if not upcoming:
        return False
    first = upcoming[0]
    if first.islower():
        return lower_case or bool(_NAME.match(upcoming))
    return first not in ".,;:!?…%)–-—|·&+/=*"


def _abbreviated(line: str, start: int, stop: int, upcoming: str, language: str) -> bool:
    """Does the single stop at `stop` belong to the word before it?"""
    before = line[max(start, stop - _WINDOW) : stop]
    match = _WORD_BEFORE.search(before)
    word = match[0] if match else ""
    if not word:
        return False
    first = _FIRST_WORD.match(upcoming)
    opening = first is not None and first[0] in _OPENING.get(language, _OPENING["en"])
    if word.isdecimal() and len(word) <= 2:
        listed = not line[start : stop - len(word)].strip()  # "1. First of all"
        return listed or (language in _ORDINALS and not opening and upcoming[:1].isalpha())
    if word in _HARD:
        return True
    if word.lower() in _NUMBERED and upcoming[:1].isdecimal():
        return True
    if len(word) == 1 and word.isalpha():
        # "J. K. Rowling", "z. B. Äpfel": a pair of single letters never ends a sentence.
        paired = re.search(r"(?:^|\s)[^\W\d_]\.\s?\Z", before[: len(before) - 1])
        return paired is not None or not opening
    return (word in _SOFT or bool(_DOTTED.fullmatch(word))) and not opening
