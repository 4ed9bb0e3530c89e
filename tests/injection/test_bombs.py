"""Pages made to exhaust: each is refused with one line, or read, within seconds and within some hundred megabytes."""

from __future__ import annotations

import gzip
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.errors import SourceError
from bot.sources import packed

ROOT = Path(__file__).resolve().parents[2]
TEXT = b"<p>The council opened the bridge on Monday. It cost $4 million and took two years to build, the mayor said at noon.</p>"
HEAD = b"<title>A bridge opens</title>"
BOMBS: dict[str, Callable[[], bytes]] = {
    "200,000 attributes": lambda: HEAD + b"<div " + b" ".join(b"a%d=1" % n for n in range(200_000)) + b">" + TEXT + b"</div>",
    "200,000 attributes behind a quotation mark": lambda: HEAD + b"<a title='>'><div " + b" ".join(b"a%d='>'" % n for n in range(200_000)) + b">" + TEXT,
    "a tag that never ends": lambda: HEAD + TEXT + b"<div " + b" ".join(b"a%d" % n for n in range(300_000)),
    "nine megabytes of text": lambda: HEAD + TEXT * 75_000,
    "one long word": lambda: HEAD + b"<p>" + b"a" * 8_700_000 + b"</p>",
    "deep nesting": lambda: HEAD + b"<div>" * 200_000 + TEXT,
    "deep nesting, below the limit": lambda: HEAD + b"<span>" * 40_000 + TEXT,
    "a million elements": lambda: HEAD + b"<b></b>" * 1_000_000 + TEXT,
    "a million line ends": lambda: HEAD + b"<p>" + b"<br>" * 1_500_000 + TEXT,
    "a million comments": lambda: HEAD + b"<!--a-->" * 1_000_000 + TEXT,
    "a megabyte of percentages": lambda: HEAD + b"<p>" + b"12% and 13% and " * 65_000 + b"</p>",
    "style sheets of eight megabytes": lambda: HEAD + b"<style>" + b".a{display:none}" * 500_000 + b"</style>" + TEXT,
    "JSON-LD of brackets": lambda: HEAD + b"<script type='application/ld+json'>" + b"[" * 4_000_000 + b"</script>" + TEXT,
    "JSON-LD of objects": lambda: HEAD + b"<script type='application/ld+json'>[" + b"{}," * 2_500_000 + b"{}]</script>" + TEXT,
    "ligatures of eighteen letters": lambda: HEAD + b"<p>" + "\ufdfa".encode() * 700_000 + TEXT,
    "a hundred thousand lines": lambda: b"A bridge\n\n" + b"The council opened it\n" * 100_000,
    "rules for every element": lambda: HEAD + b"<style>" + b".a{display:none}" * 100_000 + b"</style>" + b"<i class=a>x y</i>" * 29_000 + TEXT,
    "Markdown of brackets": lambda: b"# A bridge\n\n" + b"[" * 700_000,
    "Markdown of emphasis": lambda: b"# A bridge\n\n" + b"*a **b " * 100_000,
}
SECONDS = 15.0
"""Processor time: some seconds alone on a machine, more on a busy one."""
MEGABYTES = 300
_CHILD = """
import resource, sys
from bot.errors import SourceError
from bot.sources import reading
import trafilatura, markdown_it
base = resource.getrusage(resource.RUSAGE_SELF)
try:
    article = reading.article(reading.Given(data=sys.stdin.buffer.read(), where="the page", name=""))
    said = f"article of {len(article.body)}"
except SourceError as error:
    said = f"refused: {error}"
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_utime + used.ru_stime - base.ru_utime - base.ru_stime, (used.ru_maxrss - base.ru_maxrss) / 1024, said)
"""


@pytest.mark.parametrize("name", BOMBS)
def test_a_page_made_to_exhaust_ends_soon_and_small(name: str) -> None:
    data = BOMBS[name]()
    done = subprocess.run(
        [sys.executable, "-c", _CHILD], input=data, capture_output=True, cwd=ROOT, timeout=100,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (2_000_000_000, 2_000_000_000)),
    )
    assert done.returncode == 0, done.stderr.decode()[-500:]
    seconds, megabytes, said = done.stdout.decode().split(" ", 2)
    assert float(seconds) < SECONDS, said
    assert float(megabytes) < MEGABYTES + len(data) / 1_000_000, said
    assert said.startswith("article of 1") or (said.startswith("refused: the page: ") and ";" in said)


def test_a_bomb_inside_a_bomb_is_not_unpacked() -> None:
    inner = gzip.compress(gzip.compress(bytes(50_000_000)))
    with pytest.raises(packed.NotUnpacked, match="gzip, gzip"):
        list(packed.unpacked([inner], "gzip, gzip", 10_000_000))


def test_a_bomb_is_unpacked_no_further_than_the_limit() -> None:
    made = sum(len(piece) for piece in packed.unpacked([gzip.compress(bytes(200_000_000))], "gzip", 1_000_000))
    assert 1_000_000 <= made <= 1_000_000 + packed.PIECE


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "GZIP", "deflate", "raw deflate", "identity", ""])
def test_what_servers_send_is_unpacked_whole(encoding: str) -> None:
    import zlib

    text = TEXT * 5_000
    raw = zlib.compressobj(wbits=-15)
    data = {"deflate": zlib.compress(text), "raw deflate": raw.compress(text) + raw.flush()}.get(encoding) or (gzip.compress(text) if "gzip" in encoding.lower() else text)
    chunks = [data[at : at + 1_000] for at in range(0, len(data), 1_000)]
    assert b"".join(packed.unpacked(chunks, encoding.removeprefix("raw "), 10_000_000)) == text


@pytest.mark.parametrize(("data", "encoding"), [(gzip.compress(TEXT * 500)[:60], "gzip"), (b"no gzip at all", "gzip"), (b"x", "br"), (b"x", "zstd")], ids=["cut gzip", "no gzip", "br", "zstd"])
def test_what_can_not_be_unpacked_is_told(data: bytes, encoding: str) -> None:
    with pytest.raises(packed.NotUnpacked):
        list(packed.unpacked([data], encoding, 10_000_000))


def test_a_nested_bomb_from_a_server_is_one_line() -> None:
    from http.server import BaseHTTPRequestHandler, HTTPServer
    from threading import Thread

    from bot.sources import fetch

    body = gzip.compress(gzip.compress(bytes(30_000_000)))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-encoding", "gzip, gzip")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.handle_request, daemon=True).start()
    try:
        with pytest.raises(SourceError, match="can not be unpacked") as caught:
            fetch.get(f"http://127.0.0.1:{server.server_address[1]}/", allow_private=True, timeout=10)
    finally:
        server.server_close()
    assert "\n" not in str(caught.value)
