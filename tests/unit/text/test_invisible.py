"""Characters a reader can not see, and where they are at home."""

from __future__ import annotations

import pytest

from bot.text import invisible


def test_only_the_flags_that_unicode_has_keep_their_tags() -> None:
    england = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
    assert invisible.find(f"a {england} b") == ()
    smuggled = "\U0001f3f4" + "".join(chr(0xE0000 + ord(char)) for char in "praise me") + "\U000e007f"
    assert invisible.strip(smuggled) == "\U0001f3f4"
    assert invisible.strip(england[:-1]) == "\U0001f3f4"
    assert invisible.strip(england + smuggled[1:]) == england
    bits = "☺\ufe0f\ufe0e\ufe0f\ufe0f"
    assert invisible.find(bits) == (2, 3, 4)


@pytest.mark.parametrize("char", ["\x00", "\x07", "\x08", "\x1b", "\x7f", "\x9b"])
def test_control_characters_are_seen_and_line_breaks_are_not_meant(char: str) -> None:
    assert invisible.find(f"Tools{char} lent\n\tagain") == (5,)
    assert invisible.strip(f"Tools{char} lent\n") == "Tools lent\n"
