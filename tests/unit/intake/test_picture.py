"""Pictures: kinds, limits, and that nothing but pixels is kept."""

from __future__ import annotations

import io
import random
import struct
import zlib

import pytest
from PIL import Image

from bot.errors import SourceError
from bot.sources import picture


def packed(image: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def noise(width: int, height: int, mode: str = "RGB") -> Image.Image:
    return Image.frombytes(mode, (width, height), random.Random(1).randbytes(width * height * len(mode)))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_large_pictures_become_small_enough(form: str) -> None:
    image = picture.checked(packed(noise(1900, 1300), form), url="https://example.com/a", alt="Noise.")
    assert len(image.data) <= picture.MAX_BYTES
    assert (image.width, image.height) == (1600, 1095)
    with Image.open(io.BytesIO(image.data)) as again:
        assert again.size == (image.width, image.height)
        assert Image.MIME[again.format or ""] == image.mime
    assert (image.url, image.alt) == ("https://example.com/a", "Noise.")


def test_exif_goes_and_its_rotation_is_applied() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x9286] = 6, "Secret Camera", "at home"
    image = picture.checked(packed(Image.new("RGB", (300, 200), "teal"), "JPEG", exif=exif, comment=b"a secret"))
    assert (image.width, image.height) == (200, 300)
    assert b"ecret" not in image.data
    assert b"Exif" not in image.data


def test_transparency_stays_or_becomes_white() -> None:
    small = picture.checked(packed(Image.new("RGBA", (200, 100), (255, 0, 0, 0)), "PNG"))
    assert small.mime == "image/png"
    large = picture.checked(packed(noise(1200, 900, "RGBA"), "PNG"))
    assert large.mime == "image/jpeg"
    assert len(large.data) <= picture.MAX_BYTES


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "1", "LA"])
def test_other_colour_modes(mode: str) -> None:
    form = "JPEG" if mode == "CMYK" else "PNG"
    assert picture.checked(packed(Image.new(mode, (200, 100)), form)).width == 200


def bomb(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


@pytest.mark.parametrize("data", [
    b"", b"junk", b"\x89PNG\r\n\x1a\n", bomb(9_000, 9_000), bomb(60_000, 60_000), bomb(2_000_000_000, 2_000_000_000), bomb(300, 300),
    packed(Image.new("RGB", (300, 200)), "GIF"), packed(Image.new("RGB", (300, 200)), "BMP"), packed(Image.new("RGB", (1, 1)), "PNG"),
    packed(noise(300, 200), "JPEG")[:2000], b"<svg xmlns='http://www.w3.org/2000/svg'/>",
], ids=["empty", "junk", "cut", "81 MP", "3600 MP", "absurd", "no pixels", "gif", "bmp", "counting pixel", "truncated", "svg"])
def test_what_can_not_be_used_is_refused_in_one_line(data: bytes) -> None:
    with pytest.raises(SourceError, match=r"^the picture .*; use .*\.$"):
        picture.checked(data)
