"""Whether two headlines of a page say the same: without the site's name, a counter, or a label before or behind them."""

from __future__ import annotations

import re

from bot.text import sentences
from bot.text.plain import fold
from bot.values import Article

_WORD = re.compile(r"\w+(?:['.,-]\w+)*")
_MARKED = re.compile(
    r"^\s*(?:[(\[]\d{1,4}\+?[)\]]|[•●★🔴]|[\[(]?(?:just in|updated?|live(?: (?:blog|updates?))?|breaking(?: news)?|exclusive|watch|video|photos?|developing|opinion|analysis"
    r"|aktualisiert|eilmeldung|exklusiv|liveticker|kommentar|mise à jour|en direct|exclusif|vidéo|actualizado|última hora|en vivo|exclusiva|aggiornato|aggiornamento|ultim'ora|diretta"
    r"|bijgewerkt|liveblog|atualizado|atualização|ao vivo|urgente)[\])]?\s*[:|–—-]+)\s+",
    re.I,
)
_PARTED = re.compile(r"\s+[|–—·•»:-]+\s+|\s*\|\s*")
_OUTLET = frozenset(
    "news times post tribune herald journal gazette chronicle magazine online tv radio daily weekly press mail telegraph observer guardian standard sun star today report reports review "
    "network media wire blog zeitung nachrichten anzeiger bote kurier tagblatt tageblatt rundschau presse post courrier dépêche journal diario periódico noticias corriere giornale notizie "
    "krant courant nieuws jornal notícias bbc cnn".split()
)
"""Words that newspapers and stations are named with."""
_MOST = 6
"""Words of a site's name."""
_SLIP = 5


def differs(old: Article, new: Article) -> tuple[str, str] | None:
    """Both headlines, when they say different words; a typing error that was mended, a label or the site's name is no difference."""
    one, two = (_bare(fold(article.title)) for article in (old, new))
    before, now = _words(one), _words(two)
    if before == now or _named(one, two, new) or _named(two, one, new):
        return None
    if len(before) == len(now):
        told = set(_words(f"{old.dek}\n{old.body}"))
        if all(a == b or (_typo(a, b) and b in told and a not in told) for a, b in zip(before, now, strict=True)):
            return None
    return sentences.fold(old.title), sentences.fold(new.title)


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text).casefold())


def _bare(title: str) -> str:
    for _ in range(3):
        title, found = _MARKED.subn("", title, count=1)
        if not found:
            break
    return title


def _named(longer: str, shorter: str, page: Article) -> bool:
    """Is the longer one the shorter with the name of a site before or behind it?"""
    parts = [part for part in _PARTED.split(longer) if part]
    if len(parts) < 2:
        return False
    own = _words(shorter)
    if any(_words(" ".join(rest)) == own and _is_name(" ".join(name), page) for name, rest in ((parts[-1:], parts[:-1]), (parts[:1], parts[1:]), (parts[-2:], parts[:-2]))):
        return True
    other = [part for part in _PARTED.split(shorter) if part]  # the name may have become another
    return len(other) > 1 and other[:-1] == parts[:-1] and _is_name(parts[-1], page) and _is_name(other[-1], page)


def _is_name(text: str, page: Article) -> bool:
    """Words that stand in the address's host, or end as outlets are named."""
    words = _words(text)
    if not 0 < len(words) <= _MOST:
        return False
    host = re.sub(r"^\w+://|[/?#].*", "", page.url or "").casefold()
    letters = re.sub(r"[^\w]", "", host)
    joined = "".join(words)
    return (len(joined) > 2 and joined in letters) or all(word in letters for word in words if len(word) > 2) or bool(_OUTLET & {words[0], words[-1]})


def _typo(one: str, other: str) -> bool:
    """Are these so alike that one may be a slip of the pen for the other: a letter more, less, changed, or two changed about?"""
    if min(len(one), len(other)) < _SLIP or abs(len(one) - len(other)) > 1 or any(map(str.isdigit, one + other)):
        return False
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    first, second = one[start:], other[start:]
    return first[1:] == second[1:] or first[1:] == second or first == second[1:] or (first[:2] == second[1::-1] and first[2:] == second[2:])
