"""Characters of a source: bytes to text, white space folded, invisible ones out; what a stretch of text is compared by."""

from __future__ import annotations

import codecs
import re

from bot.errors import SourceError
from bot.text import invisible
from bot.text.nfc import nfc
from bot.text.plain import fold
from bot.text.scripts import CJK_SIGNS, HAN, KANA

_KINDS = (
    (b"%PDF", "a PDF"), (b"PK\x03\x04", "a zip archive or office document"), (b"\x1f\x8b", "a compressed file"),
    (b"\x89PNG", "a picture"), (b"\xff\xd8\xff", "a picture"), (b"GIF8", "a picture"), (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"), (b"\xd0\xcf\x11\xe0", "an office document"), (b"SQLite format 3", "a database"),
    (b"{\\rtf", "a rich-text document"), (b"ID3", "a sound recording"), (b"OggS", "a sound recording"), (b"7z\xbc\xaf", "an archive"),
)
_MEDIA = re.compile(r"(image|audio|video|font)/|application/(pdf|zip|gzip|x-7z|vnd\.|msword|octet-stream)", re.I)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:+-]+)|<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:+-]+)", re.I)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
# French and figures: "122 %", "« oui »" must not be torn apart where the text is posted.
_SPACE = re.compile(r"(?:(?<=\d)|(?<=[«‹]))[\u00a0\u202f](?=\S)|(?<=\S)[\u00a0\u202f](?=[%‰€$£:;!?»›])|(\s+)")
_NO_CHARSETS = frozenset(("utf-7", "punycode", "idna", "unicode_escape", "unicode-escape", "raw_unicode_escape", "raw-unicode-escape", "undefined"))
"""Codecs of Python that no page is written in; some take quadratic time."""
# Chinese and Japanese have no spaces, so a line end between two of their letters is none either.
_CJK_LINE_END = re.compile(rf"(?<=[{CJK_SIGNS}{KANA}{HAN}])[ \t]*\n\s*(?=[{CJK_SIGNS}{KANA}{HAN}])")
MAX_STRAY = 0.001
"""Share of characters that may be unreadable before the encoding counts as broken."""


def binary_kind(data: bytes, media_type: str = "") -> str | None:
    """What `data` is instead of text, in words ("a PDF"), or None where it may be text."""
    for magic, kind in _KINDS:
        if data.startswith(magic):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "a picture"
    if any(data.startswith(mark) for mark, _ in _BOMS):
        return None
    if _MEDIA.match(media_type) and "octet-stream" not in media_type:
        return f"of the type {media_type}"
    head = data[:8192]
    odd = sum(head.count(bytes((code,))) for code in (*range(7), *range(14, 27), 28, 29, 30, 31, 127))
    return "a binary file" if odd > len(head) * 0.02 or b"\0" in head else None


def decoded(data: bytes, where: str, *, charset: str | None = None, media_type: str = "") -> str:
    """Text of `data`: byte order mark, then `charset`, then what the page says of itself, then UTF-8, then a guess.

    Raises SourceError for what is no text, or no text in any encoding.
    """
    kind = binary_kind(data, media_type)
    if kind:
        raise SourceError(f"{where}: this is {kind}, not an article; give a page, or its text as HTML, Markdown or plain text.")
    said = _META.search(data[:4096])
    names = [name for mark, name in _BOMS if data.startswith(mark)][:1]
    names += [charset] if charset else []
    # What can be read as ASCII to find the declaration is not UTF-16, whatever it declares (WHATWG HTML).
    names += [re.sub(r"(?i)^utf-?(16|32).*", "utf-8", (said[1] or said[2]).decode("ascii", "replace"))] if said else []
    known = [name for name in map(_known, (*names, "utf-8")) if name]
    for name in known:
        try:
            return data.decode(name)
        except UnicodeError:
            continue
    for name in known:
        text = data.decode(name, "replace")
        if text.count("\ufffd") <= len(text) * MAX_STRAY:
            return text
    from charset_normalizer import from_bytes

    best = from_bytes(data[:200_000]).best()
    if best is not None and best.chaos < 0.2:
        text = data.decode(best.encoding, "replace")
        if text.count("\ufffd") <= len(text) * MAX_STRAY and not _CONTROL.search(text):
            return text
    raise SourceError(f"{where}: the characters can not be read in any known encoding; save it as UTF-8 and try again.")


def _known(name: str) -> str | None:
    try:
        found = codecs.lookup(name).name
        b"a".decode(found)  # an empty text would not reach a codec that is none of text (rot13, hex)
    except (LookupError, ValueError):
        return None
    if found in _NO_CHARSETS:
        return None
    # Browsers read what calls itself latin-1 or ASCII as windows-1252 (WHATWG Encoding).
    return "cp1252" if found in ("iso8859-1", "ascii") else found


def clean(text: str) -> str:
    """One line: composed (NFC), white space folded, without control characters and invisible ones that are not at home.

    No-break spaces stay where they hold a figure and its sign together.
    """
    text = _CONTROL.sub("", nfc(text)).replace("\u00ad", "")
    folded = _SPACE.sub(lambda found: " " if found[1] else found[0], _CJK_LINE_END.sub("", text))
    return invisible.strip(folded).strip()


def key(text: str) -> str:
    """What two stretches of text are compared by: letters and digits only, case folded."""
    return " ".join(re.findall(r"\w+", fold(text).casefold()))


def smuggled(text: str) -> str:
    """Words written in Unicode tag characters, which show as nothing and which models read."""
    return "".join(chr(ord(char) - 0xE0000) for char in text if 0xE0020 <= ord(char) <= 0xE007E).strip()
