"""Addresses in a text as a person or a program would follow them: links of any scheme, and domains spelled so as not to look like one.

`bot.text.urls` says what X makes a link of. Here is what else leads somewhere: `hxxps://`, `evil[.]com`, `evil dot com`, `evil。com`,
a domain in look-alike letters. For holding only, never for making links.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import unquote

from bot.text import tlds, urls
from bot.text.plain import fold

_SCHEME = re.compile(
    r"(?<![a-z0-9])(?:[a-z][a-z0-9+-]{1,14}:/{1,3}(?=[^\s/])|(?:javascript|data|mailto|tel|sms|magnet|tg|whatsapp|intent|bitcoin|ethereum|did|blob|vbscript):(?=[^\s:])|//(?=[\w-]+\.\w))"
    r"[^\s<>\"“”«»]+", re.I)
_BY_NUMBER = re.compile(r"(?<![\w.-])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w]|\.\d)(?::\d{1,5}(?!\d))?(?:/[^\s<>\"“”«»]*)?")
"""A host by its number, in IPv4's usual spelling, with port and path."""
_LINK = re.compile(r"(?<![a-z0-9])https?:/{2,3}(?=[^\s/])[^\s<>\"“”«»]+", re.I)
"""No more than _SCHEME takes: what is no figure for standing in an address is judged as an address."""
_COMMON = "com|net|org|info|biz|xyz|shop|site|online|top|club|live|link|click|store|app|dev"
_NAMED = rf"{_COMMON}|io|ai|co|me|tv|cc|ly|gg|de|fr|es|it|nl|uk|eu|ru|cn|us|in|to"
_SPELLED = (  # each from the separator on: what stands before it is looked at from there, so that no text takes long
    # evil[.]com, evil (dot) com, evil{.}com
    re.compile(r" ?[\[({<] ?(?:\.|,|dot|punkt|point|punto|ponto|d0t) ?[\])}>] ?([a-z]{2,24})(?![a-z])", re.I),
    # evil dot com
    re.compile(rf"[ _-](?:dot|d0t)[ _-]{{1,3}}({_NAMED})(?![\w])", re.I),
    re.compile(rf"[ _-](?:punkt|point|punto|ponto|punt|点|點|точка)[ _-]{{1,3}}({_COMMON}|de|fr|es|it|nl)(?![\w])", re.I),
    # evil .com, evil . com, evil. com
    re.compile(rf"(?: \. ?|\. )({_COMMON}|COM|ORG)(?![\w])"),
    re.compile(rf" ?[·•∙⋅‧․。｡．]({_NAMED})(?![\w])", re.I),
    re.compile(rf",({_COMMON})(?![\w])", re.I),
    re.compile(r"\.(onion|eth|i2p)(?!\w)", re.I),
)
_TAIL = re.compile(r"(?<![^\W_])[^\W_][\w-]*\Z")
_NO_LABELS = frozenset(("the", "a", "an", "of", "this", "that", "and", "in", "or"))
"""Before "dot com" they make an era, not an address."""
_NO_TOP = frozenset(("onion", "eth", "i2p"))
_DOTS = str.maketrans(dict.fromkeys("。｡．․‧·•∙⋅", "."))
_ONE_BY_ONE = re.compile(r"(?<!\w)(?:[\w.-] ){5,80}[\w.-](?!\w)")
_BARE = re.compile(r"(?<=\w)\.([^\W\d_]{2,24})(?![\w])")
_ALIKE = {ord(pair[0]): pair[1] for pair in (
    "аa вb еe кk мm нh оo рp сc тt уy хx іi їi јj ѕs ԁd ԛq ԝw һh ӏl гr пn АA ВB ЕE КK МM НH ОO РP СC ТT УY ХX ІI ЈJ ЅS "
    "αa εe ιi κk νv οo ρp τt υu χx ωw ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX ıi ɡg"
).split()}
"""Cyrillic and Greek letters by the Latin ones they are drawn like (a part of Unicode's confusables)."""
_CODED = re.compile(r"%[0-9a-f]{2}|&(?:#x?[0-9a-f]{1,6}|[a-z]{2,10});", re.I)


def find(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each address in a folded text, links of X included; they may overlap."""
    for span in urls.find(text):
        yield span.start, span.end
    for match in (*_SCHEME.finditer(text), *_BY_NUMBER.finditer(text)):
        yield _without_stop(match)
    latin = text.translate(_ALIKE)
    for shown in dict.fromkeys((text, latin, latin.translate(_DOTS))):
        for pattern in _SPELLED:
            for match in pattern.finditer(shown):
                start = _label_before(shown, match.start())
                if start < match.start() and (match[1].lower() in _NO_TOP or tlds.is_domain(match[1].lower())):
                    yield start, match.end()
        if shown is not text:
            for span in urls.find(shown):
                yield span.start, span.end
    for match in _BARE.finditer(latin):
        start = _label_before(latin, match.start())
        if start < match.start() and tlds.is_domain(match[1].lower()):
            yield start, match.end()
    for match in _ONE_BY_ONE.finditer(text):
        if next(iter(urls.find(match[0].replace(" ", ""))), None):
            yield match.span()
    yield from _coded(text)


def links(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of what says by its form that it is an address, on whatever host: digits in it are no figures. `find` has each too."""
    for span in urls.find(text):
        yield span.start, span.end
    for match in (*_LINK.finditer(text), *_BY_NUMBER.finditer(text)):
        yield _without_stop(match)


def _without_stop(match: re.Match[str]) -> tuple[int, int]:
    """Without the marks that end a sentence or a bracket around it."""
    return match.start(), match.start() + len(match[0].rstrip(".,;:!?)]}'’"))


def _label_before(text: str, at: int) -> int:
    """Where the label of a domain begins that ends at `at`; `at` where there is none."""
    before = _TAIL.search(text[max(0, at - 63) : at])
    return at - len(before[0]) if before and before[0].lower() not in _NO_LABELS else at


def _coded(text: str) -> Iterator[tuple[int, int]]:
    """Words with codes (`%2E`, `&#46;`) that hide an address."""
    if not _CODED.search(text):
        return
    for word in re.finditer(r"\S+", text):
        if _CODED.search(word[0]):
            meant = fold(unquote(html.unescape(word[0])))
            if meant != word[0] and (urls.find(meant) or _SCHEME.search(meant)):
                yield word.span()
