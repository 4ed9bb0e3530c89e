"""`bot check --jsonl`: many texts as lines of JSON, answered one by one, in constant memory."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, NoReturn

from bot import checking
from bot.checking import Terms
from bot.cli import common, fail, screen, worst
from bot.errors import BotError, UsageError
from bot.values import Article

LONGEST = 10_000_000
"""Bytes of one line."""
_PIECE = 1 << 16


def check_all(stream: BinaryIO | None, against: Terms) -> int:
    """Answer every line, in order; returns the exit code. Raises what concerns all lines: settings, the database."""
    if stream is None:
        raise UsageError("standard input is closed; pipe lines of JSON into it.")
    codes: Counter[int] = Counter()
    for line in _watched(_lines(stream)):
        answer, code = _answer(line, against)
        codes[code] += 1
        common.print_json(answer)
    if codes[1]:
        return fail(f"{codes[1]} of {screen.counted(codes.total(), 'line')} could not be checked; the answers say why.", 1)
    return worst(codes)


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """The lines with something in them; of one that is too long a piece longer than the limit."""
    while line := stream.readline(LONGEST + 1):
        rest = line
        while len(line) > LONGEST and rest and not rest.endswith(b"\n"):
            rest = stream.readline(_PIECE)
        if line.strip():
            yield line


def _watched(lines: Iterable[bytes]) -> Iterable[bytes]:
    """The lines, counted where a person looks on."""
    if not sys.stderr.isatty():
        return lines
    from tqdm import tqdm

    watched: Iterable[bytes] = tqdm(lines, unit="text", leave=False)
    return watched


def _answer(line: bytes, against: Terms) -> tuple[dict[str, Any], int]:
    """The line's answer, and the exit code it stands for."""
    name = None
    try:
        given = _read(line)
        name = given.get("id")
        article = checking.article_of(_text(given, "article"))
        url = given.get("url")
        if url is not None:
            article = _addressed(article, url)
        found = checking.check(article, _text(given, "text"), against)
    except (_LineError, BotError) as error:
        if not isinstance(error, _LineError) and error.exit_code not in (1, 2):
            raise
        return {"id": name, "error": screen.one_line(str(error))}, 1
    except Exception as error:
        return {"id": name, "error": screen.one_line(f"{type(error).__name__}: {error}. This is a fault of the program; the others go on.")}, 1
    return {"id": name, **checking.as_json(found)}, 3 if found.holds else 0


class _LineError(Exception):
    """This line can not be used; the message says why."""


def _read(line: bytes) -> dict[str, Any]:
    if len(line) > LONGEST:
        raise _LineError(f"the line is longer than {LONGEST // 1_000_000} MB.")
    try:
        given = json.loads(line.decode("utf-8-sig"), parse_constant=_no_number)
    except UnicodeDecodeError:
        raise _LineError("the line is not UTF-8.") from None
    except (ValueError, RecursionError) as error:
        raise _LineError(f"the line is not JSON: {error.msg if isinstance(error, json.JSONDecodeError) else 'it has what can not be read'}.") from None
    if not isinstance(given, dict):
        raise _LineError('the line is not an object with "article" and "text".')
    return given


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _text(given: dict[str, Any], key: str) -> str:
    value = given.get(key)
    if not isinstance(value, str):
        raise _LineError(f'"{key}" is {"missing" if key not in given else "not text"}.')
    return value


def _addressed(article: Article, url: object) -> Article:
    from bot.text import links

    if not isinstance(url, str) or links.parsed(url) is None:
        raise _LineError('"url" is not an http or https address with a host.')
    return article.model_copy(update={"url": url.strip()})
