"""Compressed answers: unpacked once, piece by piece and never beyond a limit, whatever their headers promise."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

PIECE = 65_536
"""Bytes that are unpacked at a time; a small piece of a bomb unpacks to a thousand times its size."""


class NotUnpacked(ValueError):
    """An encoding that was not asked for, several in a row, or data that is not what it says."""


def unpacked(chunks: Iterable[bytes], encoding: str, limit: int) -> Iterator[bytes]:
    """The body as it was before `encoding` (the header Content-Encoding), of which at most `limit` bytes are made.

    Raises NotUnpacked. One encoding only: a gzip inside a gzip has no use but to unpack to gigabytes.
    """
    names = [name.strip().lower() for name in encoding.split(",") if name.strip().lower() not in ("", "identity")]
    if not names:
        yield from chunks
        return
    if len(names) > 1 or names[0] not in ("gzip", "x-gzip", "deflate"):
        raise NotUnpacked(f"it is packed as {', '.join(names)[:60]}")
    yield from _inflated(chunks, limit, raw_too=names[0] == "deflate")


def _inflated(chunks: Iterable[bytes], limit: int, *, raw_too: bool) -> Iterator[bytes]:
    unpack = zlib.decompressobj(zlib.MAX_WBITS | (0 if raw_too else 16))
    made = 0
    is_first = True
    try:
        for chunk in chunks:
            while chunk and not unpack.eof:
                try:
                    piece = unpack.decompress(chunk, PIECE)
                except zlib.error:
                    if not (raw_too and is_first):
                        raise
                    unpack = zlib.decompressobj(-zlib.MAX_WBITS)  # some servers leave the header out
                    piece = unpack.decompress(chunk, PIECE)
                is_first = False
                chunk = unpack.unconsumed_tail
                made += len(piece)
                yield piece
                if made >= limit:
                    return
        while not unpack.eof and made < limit and (piece := unpack.decompress(b"", PIECE)):
            made += len(piece)
            yield piece
        if not unpack.eof and made < limit:
            raise NotUnpacked("it ends too early")
    except zlib.error:
        raise NotUnpacked("it is damaged") from None
