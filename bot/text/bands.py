"""Keys by which texts that are alike are found among a million: stored in the database, so they never change for a text.

Posts: MinHash over groups of five characters (of four, by which posts are judged, any two texts have far more in common), in
one permutation of 21 bins; three bins make a band, seven bands a post. Two posts with a key in common are candidates. A look-up
asks, besides for its own seven keys, for those it would have if the least group of one bin were not there, which finds about as
much as sixteen stored bands of four would. A sketch of 64 bits (one bit of the least group of each of 64 finer bins) tells
chance hits from likely ones without reading any text.

Articles: the runs of five words with the least hashes, sixteen of the first hundred words and sixteen of all: a truncated
copy shares some of its opening's, whatever follows.

Every hash is CRC-32, spread by a multiplication: the same on every machine and in every version of Python.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from zlib import crc32

FORMAT = 2
"""Goes up when a text, of a post or an article, gets other keys than before: stored keys are stale then."""
BANDS = 7
"""Keys of a post."""
_ROWS = 3
PROBES = _ROWS + 1
"""Keys that a look-up asks for in each band."""
_BINS = BANDS * _ROWS
_FINE = 4 * _BINS
SKETCH = 64
"""Bits of a sketch: one for each of the first of the finer bins."""
_GRAM = 5 * 4
"""Bytes of five characters in UTF-32."""

_LEAD, _KEPT, _RUN = 100, 16, 5

_MASK = (1 << 64) - 1
_SPREAD = 0x9E3779B97F4A7C15
_STEP = 0xD6E8FEB86659FD93


class Bands(NamedTuple):
    """The keys of a post."""

    keys: tuple[int, ...]
    """One a band, 64 bits; none when the text has nothing to compare."""
    sketch: int
    """64 bits; those of texts that are alike are mostly equal."""


class Probes(NamedTuple):
    """What to look for."""

    keys: tuple[tuple[int, ...], ...]
    """For each band its own key, and one for each bin with the next group in the place of the least."""
    sketch: int


def bands(said: str) -> Bands:
    """The keys of a text in its `similarity.compared` form, to be stored."""
    hashes = _hashes(said)
    if not hashes:
        return Bands((), 0)
    least = {value % _FINE: value for value in hashes}
    filled = _filled(_coarse(least), _BINS)
    return Bands(tuple(_key(band, filled[band * _ROWS : (band + 1) * _ROWS]) for band in range(BANDS)), _sketch(least))


def probes(said: str) -> Probes:
    """The keys by which texts like this one are found."""
    hashes = _hashes(said)
    if not hashes:
        return Probes((), 0)
    fine = {value % _FINE: value for value in hashes}
    least = _coarse(fine)
    firsts = set(least.values())
    second = _coarse({value % _FINE: value for value in hashes if value not in firsts})
    filled = _filled(least, _BINS)
    found = []
    for band in range(BANDS):
        row = filled[band * _ROWS : (band + 1) * _ROWS]
        keys = [_key(band, row)]
        for at in range(_ROWS):
            other = second.get(band * _ROWS + at)
            keys.append(_key(band, [*row[:at], other, *row[at + 1 :]]) if other is not None else keys[0])
        found.append(tuple(keys))
    return Probes(tuple(found), _sketch(fine))


def apart(a: int, b: int) -> int:
    """Bits in which two sketches differ: about 32 for unrelated texts, 32 · (1 - score) for others."""
    return (a ^ b).bit_count()


def _hashes(said: str) -> list[int]:
    """The hashes (30 bits) of the groups of characters, each once, the largest first: so the last of a bin is its least.

    CRC-32 alone is linear, which shows in the sketches; the multiplication mends that.
    """
    data = said.encode("utf-32-le", errors="surrogatepass")
    if not data:
        return []
    groups = {crc32(data[at : at + _GRAM]) for at in range(0, max(len(data) - _GRAM + 4, 4), 4)}
    return sorted([value * 0x9E3779B1 >> 17 & 0x3FFFFFFF for value in groups], reverse=True)


def _filled(least: dict[int, int], bins: int) -> list[int]:
    """The value of each bin; an empty one borrows that of the next bin that has one, changed by how far it came."""
    out = [0] * bins
    nearest = min(least)
    far = nearest
    for at in range(bins - 1, -1, -1):
        if at in least:
            nearest, far = at, 0
        else:
            far += 1
        out[at] = least[nearest] + far * _STEP & _MASK if far else least[nearest]
    return out


def _key(band: int, row: Sequence[int]) -> int:
    key = band + 1
    for value in row:
        key = (key ^ value) * _STEP & _MASK
        key ^= key >> 32
    return key


def _coarse(fine: dict[int, int]) -> dict[int, int]:
    """The least value of each of the bins for bands, out of those of four finer ones each."""
    found: dict[int, int] = {}
    for at, value in fine.items():
        at %= _BINS
        if value < found.get(at, _MASK):
            found[at] = value
    return found


def _sketch(fine: dict[int, int]) -> int:
    sketch = 0
    for value in _filled(fine, _FINE)[:SKETCH]:
        sketch = sketch << 1 | (value >> 13 & 1)
    return sketch


def article_keys(words: Sequence[str]) -> tuple[int, ...]:
    """The keys of an article's words (see `similarity.words`): 32 bits each, at most 32 of them, in ascending order."""
    if not words:
        return ()
    runs = [words[at : at + _RUN] for at in range(max(len(words) - _RUN + 1, 1))]
    hashes = [(crc32(" ".join(run).encode(errors="surrogatepass")) * _SPREAD & _MASK) >> 32 for run in runs]
    return tuple(sorted({*sorted(set(hashes[:_LEAD]))[:_KEPT], *sorted(set(hashes))[:_KEPT]}))
