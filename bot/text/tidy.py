"""Text made fit for where it goes: for a platform's JSON, for one line of a message."""

from __future__ import annotations


def sendable(text: str) -> str:
    """The text with LF line ends, and U+FFFD for half surrogates, which have no UTF-8."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def one_line(text: str, most: int = 200) -> str:
    """Words of somebody else (a server, an address, an exception) for a message: one printable line, cut at `most` characters."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line if len(line) <= most else line[: most - 1] + "…"
