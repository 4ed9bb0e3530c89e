"""Links as X sees them: what in a text becomes a t.co address, counts 23, and makes a post cost more.

The grammar is twitter-text's (`extractUrlsWithIndices` of 3.1.0). A link is

    [http:// or https://] labels separated by dots, the last a top-level domain [:port] [/path] [?query]

- It must not directly follow a Latin letter, a digit, `@`, `$` or `#`; without a scheme nor `-`, `_`, `.` or `/`.
- A label is made of anything but spaces, ASCII punctuation and directional marks; `-` and `_` may stand inside it, `_`
  not in the one before the top-level domain. The longest chain of labels that ends in a top-level domain wins.
- Without a scheme only the parts in Latin script count (`日本example.comです` holds `example.com`), and a port or a
  query belongs to the link only together with a path.
- Of a `https://t.co/…` address only the letters and digits after the slash, and a query, belong to the link.

The reference is one large regular expression that backtracks. Here each run of host characters is read once from right
to left, so that the time is linear in the length of the text, whatever the text is.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

import regex

from bot.text import tlds
from bot.text.nfc import nfc

_SPACES = "\\t-\\r \u0085\u00a0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_INVALID = "\ufffe\ufeff\uffff"
_DIRECTIONAL = "\u202a-\u202e\u061c\u200e\u200f\u2066-\u2069"
_LATIN = (
    "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268\u026f\u0272\u0289\u028b"
    "\u02bb\u0300-\u036f\u1e00-\u1eff\ua7dc"
)
"""Latin letters with accents, combining accents, and U+A7DC, which Unicode 16 made the capital of U+019B."""
_CYRILLIC = "\u0400-\u04ff"

_HOST = re.compile(rf"[^!'#%&()*+,\\/:;<=>?@\[\]^{{|}}~${_SPACES}{_INVALID}{_DIRECTIONAL}]+")
"""A run of characters that labels, and the dots between them, are made of."""
_LATIN_HOST = re.compile(rf"[-.a-z0-9{_LATIN}]+", re.IGNORECASE)
"""The same for the parts that count without a scheme."""
_BEGIN = re.compile(rf"(?<![A-Za-z0-9@＠$#＃{_INVALID}])[^-_]|[\U00010000-\U0010ffff]")
"""Where a link may begin. The reference reads UTF-16, so that the second half of a character beyond U+FFFF begins a
link too, preceded by the first half, whatever stands before it."""
_NOT_BEFORE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@＠$#＃" + _INVALID)
_NOT_BEFORE_BARE = frozenset("-_./")

_PORT = re.compile(r":[0-9]+")
_IN_PATH = rf"[a-z0-9!*';:=+,.$/%#\[\]\-\u2013_~@|&{_LATIN}{_CYRILLIC}]"
_ENDS_PATH = rf"[-a-z0-9+=_#/{_LATIN}{_CYRILLIC}]"
_PARENTHESES = rf"\((?:{_IN_PATH}++\)|{_IN_PATH}*+\({_IN_PATH}++\){_IN_PATH}*+\))"
"""They belong to a path when they are balanced, one pair within another at most."""
_PATH = regex.compile(  # not `re`: that of Python before 3.11.5 gets possessive repeats wrong
    rf"/(?:{_IN_PATH}*(?:{_PARENTHESES}{_IN_PATH}*)*{_ENDS_PATH})?+(?:{_PARENTHESES})*+", regex.IGNORECASE
)
_QUERY = re.compile(r"\?[A-Za-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*+")
_NOT_LAST_IN_QUERY = "!?*'@();:+$%[].,~|"
_TCO = re.compile(
    r"https?://t\.co/([a-z0-9]+)(?:\?[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[a-z0-9\-_&=#/])?", re.IGNORECASE | re.ASCII
)

_LONGEST_URL = 4096
_LONGEST_LABEL = 63
_LONGEST_TCO_SLUG = 40


class Span(NamedTuple):
    """A link within a text."""

    start: int
    """In code points."""
    end: int
    """In code points, exclusive."""
    text: str
    scheme: bool
    """Written with http:// or https://."""
    doubtful: bool = False
    """Its top-level domain is newer than X's published counter: X may or may not make a link of it."""
    reach: int = 0
    """Where the counter stops skipping, when that is beyond `end` (see `_spans`); 0 otherwise."""


def find(text: str, *, newer: bool = True) -> tuple[Span, ...]:
    """The links in `text`, in order, not overlapping. Without `newer`, only those twitter-text 3.1.0 knows.

    >>> [link.text for link in find("See README.md, node.js and (https://example.com/a_(b)).")]
    ['README.md', 'https://example.com/a_(b)']
    """
    if "." not in text:
        return ()
    return tuple(span for match in _matches(text, newer) for span in _spans(text, match, newer))


def readings(text: str) -> tuple[tuple[Span, ...], ...]:
    """The links of `text` in each way X may see them: one way, unless a newer top-level domain leaves a doubt."""
    if not tlds.mentions_newer(text):
        return (find(text),)
    return find(text), find(text, newer=False)


def has_url(text: str) -> bool:
    """Whether X would take anything in `text` for a link, in doubt yes: such a post costs more."""
    composed = nfc(text)
    return any(readings(text)) or (composed != text and any(readings(composed)))


class _Match(NamedTuple):
    """A link in the first reading, before its parts are looked at."""

    before: str
    """The character before it, if it belongs to no other link."""
    halved: bool
    """It begins with the second half (in UTF-16) of its first character."""
    start: int
    host: int
    host_end: int
    path: int
    """Where the path begins; the end of the link when there is none."""
    end: int


class _Labels:
    """The labels of one run of host characters: for a host that begins in one of them, where it ends.

    `far[i]` is the end of the longest host made of label `i` and those after it, `near[i]` the end of a top-level domain
    that is label `i` itself; 0 where there is none.
    """

    def __init__(self, text: str, start: int, stop: int, seen: int, newer: bool, edges: str) -> None:
        """`seen`: where the text ends as far as a top-level domain is concerned; `edges`: what no label begins or ends with."""
        self.text, self.edges = text, edges
        self.starts, self.stops = [start], []
        at = text.find(".", start, stop)
        while at >= 0:
            self.stops.append(at)
            self.starts.append(at + 1)
            at = text.find(".", at + 1, stop)
        self.stops.append(stop)
        count = len(self.starts)
        self.near = [0] * count
        self.far = [0] * count
        for i in range(count - 2, -1, -1):
            self.near[i + 1] = tlds.end(text, self.starts[i + 1], seen, newer=newer)
            self.far[i] = self.host_end(self.starts[i], i)

    def label_at(self, at: int) -> int:
        return bisect_right(self.starts, at) - 1

    def host_end(self, start: int, i: int) -> int:
        """The end of the longest host that begins at `start`, which lies in label `i`; 0 when none does."""
        text, stop = self.text, self.stops[i]
        if i + 1 == len(self.starts) or start >= stop or text[start] in self.edges or text[stop - 1] in self.edges:
            return 0
        return self.far[i + 1] or (self.near[i + 1] if text.find("_", start, stop) < 0 else 0)

    def first(self, least: int) -> tuple[int, int] | None:
        """Start and end of the first host that begins at `least` or later, where a link may begin."""
        for i in range(self.label_at(least), len(self.starts) - 1):
            if not (self.far[i + 1] or self.near[i + 1]):
                continue
            start, stop = max(least, self.starts[i]), self.stops[i]
            if not self.far[i + 1]:
                start = max(start, self.text.rfind("_", start, stop) + 1)
            begin = _BEGIN.search(self.text, start, stop) if start < stop else None
            if begin:
                end = self.host_end(begin.start(), i)
                if end:
                    return begin.start(), end
        return None


def _matches(text: str, newer: bool) -> Iterator[_Match]:
    """What the reference's expression would match, link by link."""
    free = 0  # a link takes the character before it too, unless it begins the text: the next one begins after `free`
    for run in _HOST.finditer(text):
        start, stop = run.span()
        if stop <= free or text.find(".", start, stop) < 0:
            continue
        labels = _Labels(text, start, stop, len(text), newer, "-_")
        scheme = _scheme_before(text, start)
        if scheme < start and _may_begin(text, scheme, free) and (end := labels.host_end(start, 0)):
            yield (match := _with_tail(text, free, scheme, start, end))
            free = match.end
        # The reference tries the first character as the one before a link, and only then as part of one.
        precedes = start == 0 and text[0] not in _NOT_BEFORE and text[0] <= "\uffff"
        if precedes and (end := labels.host_end(1, labels.label_at(1))):
            yield (match := _with_tail(text, 0, 1, 1, end))
            free = match.end
        while free < stop:
            found = labels.first(max(start, free if text[free] > "\uffff" or not free else free + 1))
            if not found:
                break
            yield (match := _with_tail(text, free, found[0], *found))
            free = match.end


def _scheme_before(text: str, at: int) -> int:
    """Where the scheme that ends at `at` begins; `at` when there is none."""
    before = text[max(at - 8, 0) : at].lower()
    for scheme in ("https://", "http://"):
        if before.endswith(scheme):
            return at - len(scheme)
    return at


def _may_begin(text: str, at: int, free: int) -> bool:
    if at == 0:
        return free == 0
    return at - 1 >= free and text[at - 1] not in _NOT_BEFORE


def _with_tail(text: str, free: int, start: int, host: int, host_end: int) -> _Match:
    """The link from `start`, with the port, path and query that follow its host."""
    end = host_end
    if port := _PORT.match(text, end):
        end = port.end()
    path = end
    if found := _PATH.match(text, end):
        end = found.end()
    path_end = end
    if (found := _QUERY.match(text, end)) and (query := found.group().rstrip(_NOT_LAST_IN_QUERY)):
        end += len(query)
    before = text[start - 1] if start > free else ""
    halved = text[start] > "\uffff" and (not before or before in _NOT_BEFORE)
    return _Match(before, halved, start, host, host_end, path if path_end > path else end, end)


def _spans(text: str, match: _Match, newer: bool) -> Iterator[Span]:
    """What of a match counts as links."""
    before, _, start, host, host_end, path, end = match
    if not _is_valid(text, match, newer):
        return
    if start < host:
        if slug := _TCO.match(text, start, end):
            if len(slug.group(1)) > _LONGEST_TCO_SLUG:
                return
            end = slug.end()
        yield _span(text, start, end, host_end, scheme=True)
        return
    if before in _NOT_BEFORE_BARE:
        return
    parts = list(_latin_parts(text, host, host_end, newer))
    for part, part_end in parts[:-1]:
        yield _span(text, part, part_end, part_end, scheme=False)
    for part, part_end in parts[-1:]:
        # The reference adds the path to the last part even when other characters stand between them, and then skips as
        # many characters as both have. Such a path is left out here, so that the count is never less.
        complete, has_path = part_end == host_end, path < end
        found = _span(text, part, end if complete and has_path else part_end, part_end, scheme=False)
        yield found._replace(reach=end) if has_path and not complete else found


def _span(text: str, start: int, end: int, host_end: int, *, scheme: bool) -> Span:
    top = text[text.rfind(".", start, host_end) + 1 : host_end].lower()
    return Span(start, end, text[start:end], scheme, doubtful=top in tlds.NEWER)


def _latin_parts(text: str, start: int, stop: int, newer: bool) -> Iterator[tuple[int, int]]:
    """Start and end of the hosts in Latin script within a host."""
    done = start
    while run := _LATIN_HOST.search(text, done, stop):
        labels = _Labels(text, run.start(), run.end(), stop, newer, "")
        done = run.end()
        for i, begin in enumerate(labels.starts):
            if end := labels.host_end(begin, i):
                yield begin, end
                done = end
                break


def _is_valid(text: str, match: _Match, newer: bool) -> bool:
    """Whether a link keeps to the lengths of twitter-text: 4,096 in all, 63 for a label in Punycode."""
    _, halved, start, host, host_end, _, end = match
    scheme = host - start or len("https://")
    if scheme + _units(text[start:end]) > _LONGEST_URL:
        return False
    domain = text[host:host_end]
    if halved:
        domain = chr(0xDC00 + (ord(domain[0]) & 0x3FF)) + domain[1:]
    if domain.startswith("xn--") and next(_latin_parts(domain, 0, len(domain), newer), None) is None:
        return False
    return all(1 <= _encoded_length(label) <= _LONGEST_LABEL for label in domain.split("."))


def _units(text: str) -> int:
    """The length of `text` in UTF-16, which is what twitter-text's limits are about."""
    return len(text) if text.isascii() else len(text) + sum(character > "\uffff" for character in text)


def _encoded_length(label: str) -> int:
    """The length of `label` in Punycode; anything above 63 for one that is certainly too long."""
    if len(label) > _LONGEST_LABEL:
        return len(label)
    pieces = re.split("[\u3002\uff0e\uff61]", label)  # other scripts' full stops: they separate, but not for the grammar
    return len(pieces) - 1 + sum(
        len(piece) if piece.isascii() and piece.isprintable() else len("xn--") + len(piece.encode("punycode"))
        for piece in pieces
    )
