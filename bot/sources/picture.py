"""Pictures: checked, scaled and written anew, so that no platform refuses them and nothing but pixels goes out."""

from __future__ import annotations

import io
import warnings

from bot.errors import SourceError
from bot.values import Image

MAX_BYTES = 1_000_000
"""What a Bluesky server takes as a thumbnail or image (lexicons app.bsky.embed.external and .images)."""
MAX_SIDE = 1_600
MIN_SIDE = 64
"""Smaller ones are icons and counting pixels."""
MAX_PIXELS = 50_000_000
"""More than any camera of a newsroom makes; a small file that unpacks to more is an attack on memory."""


def checked(data: bytes, *, url: str | None = None, alt: str = "") -> Image:
    """JPEG, PNG or WebP as a JPEG or PNG of at most MAX_BYTES and MAX_SIDE pixels a side, without EXIF.

    Raises SourceError for what is no picture of these kinds, too small, or too large to unpack.
    """
    from PIL import Image as Pictures
    from PIL import ImageOps, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Pillow about odd metadata; its size warning is our own check below
            with Pictures.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as opened:
                width, height = opened.size
                if width * height > MAX_PIXELS:
                    raise SourceError(f"the picture has {width} × {height} pixels; use one of at most {MAX_PIXELS // 1_000_000} million.")
                if min(width, height) < MIN_SIDE:
                    raise SourceError(f"the picture has only {width} × {height} pixels; use a larger one.")
                opened.draft("RGB", (MAX_SIDE, MAX_SIDE))
                drawn = ImageOps.exif_transpose(opened)
                drawn.thumbnail((MAX_SIDE, MAX_SIDE))
                clear = drawn.mode in ("RGBA", "LA", "PA") or "transparency" in drawn.info
                flat = drawn.convert("RGBA" if clear else "RGB")
                is_png = opened.format == "PNG"
    except (UnidentifiedImageError, Pictures.DecompressionBombError, OSError, ValueError, SyntaxError, MemoryError, EOFError, IndexError):
        raise SourceError("the picture can not be read; use a JPEG, PNG or WebP file.") from None
    if is_png or clear:
        packed = _written(flat, "PNG", optimize=True)
        if len(packed) <= MAX_BYTES:
            return Image(url=url, alt=alt, mime="image/png", width=flat.width, height=flat.height, data=packed)
    if clear:
        white = Pictures.new("RGB", flat.size, "white")
        white.paste(flat, mask=flat.getchannel("A"))
        flat = white
    for quality in (86, 75, 60, 45):
        packed = _written(flat, "JPEG", quality=quality, optimize=True, progressive=True)
        if len(packed) <= MAX_BYTES:
            return Image(url=url, alt=alt, mime="image/jpeg", width=flat.width, height=flat.height, data=packed)
    flat.thumbnail((MAX_SIDE // 2, MAX_SIDE // 2))
    packed = _written(flat, "JPEG", quality=60)
    return Image(url=url, alt=alt, mime="image/jpeg", width=flat.width, height=flat.height, data=packed)


def _written(picture: object, form: str, **options: object) -> bytes:
    from PIL.Image import Image as Picture

    assert isinstance(picture, Picture)
    out = io.BytesIO()
    picture.info.clear()  # Pillow would carry a colour profile or comment over
    picture.save(out, form, **options)
    return out.getvalue()
