"""Fetching over real sockets on loopback: limits, redirects, refusals, pages, feeds and pictures."""

from __future__ import annotations

import gzip
import io
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bot import intake
from bot.errors import SourceError
from bot.sources import Since, fetch, guard
from bot.sources.address import AddressSource

Reply = Callable[[BaseHTTPRequestHandler], None]
PAGE = "<html lang='en'><head><title>A bridge opens</title>{head}</head><body><article><h1>A bridge opens</h1><p>The council opened the bridge on Monday. It cost $4 million and took two years to build, the mayor said.</p></article></body></html>"


class Site:
    """A web server whose paths are functions; it keeps the headers of what it was asked."""

    def __init__(self) -> None:
        self.paths: dict[str, Reply] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                reply = site.paths.get(self.path.partition("?")[0])
                try:
                    if reply is None:
                        self.send_error(404)
                    else:
                        reply(self)
                except (BrokenPipeError, ConnectionResetError):
                    pass

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.server.server_port}{path}"

    def add(self, path: str, body: bytes | str = b"", status: int = 200, kind: str = "text/html; charset=utf-8", **headers: str) -> str:
        data = body.encode() if isinstance(body, str) else body

        def reply(to: BaseHTTPRequestHandler) -> None:
            to.send_response(status)
            to.send_header("Content-Type", kind)
            to.send_header("Content-Length", str(len(data)))
            for name, value in headers.items():
                to.send_header(name.replace("_", "-"), value)
            to.end_headers()
            to.wfile.write(data)

        self.paths[path] = reply
        return self.url(path)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def site() -> Iterator[Site]:
    found = Site()
    yield found
    found.close()


def refusal(source: str, **options: object) -> str:
    options = {"allow_private": True, "timeout": 5, **options}
    with pytest.raises(SourceError) as caught:
        intake.read(source, **options)  # type: ignore[arg-type]
    line = str(caught.value)
    assert "\n" not in line
    assert line.endswith(".")
    return line


def test_a_page_with_its_picture(site: Site) -> None:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (400, 200), "teal").save(out, "PNG")
    site.add("/img/a.png", out.getvalue(), kind="image/png")
    url = site.add("/news/a", PAGE.format(head="<meta property='og:image' content='../img/a.png'><meta property='og:image:alt' content='A bridge.'>"), ETag='"1"', Last_Modified="Mon, 02 Mar 2026 09:00:00 GMT")
    batch = intake.read(url, allow_private=True)
    (article,) = batch.articles
    assert (article.title, article.url, article.language) == ("A bridge opens", url, "en")
    assert article.image is not None
    assert (article.image.width, article.image.alt) == (400, "A bridge.")
    assert (batch.etag, batch.last_modified, batch.is_feed) == ('"1"', "Mon, 02 Mar 2026 09:00:00 GMT", False)
    assert all("article-bot" in headers["user-agent"] for _, headers in site.asked)


def test_the_address_of_the_user_stands_before_the_pages(site: Site) -> None:
    url = site.add("/a", PAGE.format(head=""))
    assert intake.read(url, allow_private=True, url="https://example.com/a").articles[0].url == "https://example.com/a"


def test_what_has_not_changed_is_not_sent_again(site: Site) -> None:
    site.paths["/a"] = lambda to: (to.send_response(304), to.send_header("ETag", '"2"'), to.end_headers())[-1]
    batch = AddressSource(site.url("/a"), allow_private=True).fetch(Since(etag='"1"', last_modified="yesterday"))
    assert (batch.articles, batch.etag, batch.last_modified) == ((), '"2"', "yesterday")
    assert site.asked[0][1]["if-none-match"] == '"1"'
    assert site.asked[0][1]["if-modified-since"] == "yesterday"


@pytest.mark.parametrize(("status", "words"), [
    (401, "needs a login"), (403, "save the page as a file"), (404, "nothing at this address"), (410, "taken down"), (418, "check the address"),
    (429, "try again later"), (500, "try again later"), (503, "try again later"),
])
def test_answers_that_are_no_page(site: Site, status: int, words: str) -> None:
    line = refusal(site.add("/a", "<p>Sorry.</p>", status))
    assert str(status) in line
    assert words in line


def test_redirects_are_followed_to_where_the_page_stands(site: Site) -> None:
    end = site.add("/end", PAGE.format(head=""))
    for hop in range(5):
        site.add(f"/{hop}", status=(301, 302, 303, 307, 308)[hop], Location=f"/{hop + 1}" if hop < 4 else end)
    assert intake.read(site.url("/0"), allow_private=True).articles[0].url == end


def test_a_page_that_was_sent_elsewhere_keeps_the_address_asked_for_where_it_names_that(site: Site) -> None:
    asked, there = site.url("/a"), site.url("/2026/a")
    site.add("/a", status=302, Location=there)
    for named, read_at in ((asked, None), (there, None), (site.url("/latest"), there)):
        site.add("/2026/a", PAGE.format(head=f'<link rel="canonical" href="{named}">'))
        (article,) = intake.read(asked, allow_private=True, timeout=5).articles
        assert (article.url, article.read_at) == (named, read_at)


def test_a_redirect_loop_ends(site: Site) -> None:
    assert "redirects more than 5 times" in refusal(site.add("/a", status=302, Location="/a"))
    assert len(site.asked) == 6


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/", "javascript:alert(1)", "gopher://127.0.0.1/"])
def test_a_redirect_to_another_scheme_is_refused(site: Site, target: str) -> None:
    assert "redirects to what is no http or https address" in refusal(site.add("/a", status=302, Location=target))


def test_large_pages_are_refused_whether_announced_or_not(site: Site) -> None:
    def endless(to: BaseHTTPRequestHandler) -> None:
        to.send_response(200)
        to.end_headers()
        for _ in range(200):
            to.wfile.write(b"a " * 50_000)

    assert "larger than 10 MB" in refusal(site.add("/announced", b"a " * 10_000_000))
    site.paths["/endless"] = endless
    assert "larger than 10 MB" in refusal(site.url("/endless"))
    assert "larger than 10 MB" in refusal(site.add("/bomb", gzip.compress(bytes(30_000_000)), Content_Encoding="gzip"))


def test_a_body_that_drips_does_not_outlive_the_deadline(site: Site) -> None:
    def drips(to: BaseHTTPRequestHandler) -> None:
        to.send_response(200)
        to.end_headers()
        for _ in range(100):
            to.wfile.write(b"a")
            time.sleep(0.05)

    def drips_headers(to: BaseHTTPRequestHandler) -> None:
        for char in b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 100:
            to.wfile.write(bytes((char,)))
            to.wfile.flush()
            time.sleep(0.05)

    for path, reply in (("/body", drips), ("/headers", drips_headers), ("/silence", lambda to: time.sleep(1))):
        site.paths[path] = reply
        start = time.monotonic()
        assert "no complete answer within 0.4 seconds" in refusal(site.url(path), timeout=0.4)
        assert time.monotonic() - start < 0.9


def test_a_name_that_is_not_found_in_time_does_not_hold_up_the_program() -> None:
    def slow(host: str, port: int) -> list[str]:
        time.sleep(1)
        return ["127.0.0.1"]

    with pytest.raises(SourceError, match=r"within 0\.2 seconds"):
        fetch.get("http://news.example.com/", timeout=0.2, resolve=slow)


def test_nobody_listens_and_unknown_hosts(site: Site) -> None:
    url = site.url("/")
    site.close()
    assert "can not connect" in refusal(url)
    with pytest.raises(SourceError, match="there is no host"):
        fetch.get("http://none.example.com/", resolve=lambda host, port: [])


@pytest.mark.parametrize("address", [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "198.18.0.1",
    "::1", "::", "fe80::1%eth0", "fd00::1", "fec0::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2001:0:1::", "ff02::1",
])
def test_private_addresses_are_refused_whatever_name_leads_there(address: str) -> None:
    assert not guard.is_public(address)
    with pytest.raises(SourceError, match="private address, which is refused; set BOT_ALLOW_PRIVATE_ADDRESSES"):
        fetch.get("http://news.example.com/", resolve=lambda host, port: [address])


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.215.14", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_addresses_are_not(address: str) -> None:
    assert guard.is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0x7f.1", "2130706433", "127.1", "[::ffff:127.0.0.1]", "0"])
def test_the_ways_to_write_loopback(site: Site, host: str) -> None:
    site.add("/a", PAGE.format(head=""))
    assert "private address" in refusal(f"http://{host}:{site.server.server_port}/a", allow_private=False)
    assert site.asked == []


def test_a_redirect_into_the_private_network_is_refused(site: Site) -> None:
    """The first host counts as public here only because the test says so; the second is looked up anew."""
    site.add("/a", status=302, Location=f"http://inside.example.com:{site.server.server_port}/secret")
    site.add("/secret", PAGE.format(head=""))
    looked_up = []

    def resolve(host: str, port: int) -> list[str]:
        looked_up.append(host)
        return ["127.0.0.1"]

    with pytest.raises(SourceError, match="private address"):
        fetch.get(f"http://outside.example.com:{site.server.server_port}/a", resolve=resolve)
    assert looked_up == ["outside.example.com"]
    fetch.get(f"http://outside.example.com:{site.server.server_port}/a", resolve=resolve, allow_private=True)
    assert looked_up[1:] == ["outside.example.com", "inside.example.com"]
    assert [headers["host"].partition(":")[0] for _, headers in site.asked] == ["outside.example.com", "inside.example.com"]


def test_a_name_that_changes_its_address_between_check_and_connection_gains_nothing() -> None:
    """One look-up is checked and connected to: the second answer, loopback, is never asked for."""
    answers = [["198.51.100.7"], ["127.0.0.1"]]
    with pytest.raises(SourceError, match="private address"):
        fetch.get("http://rebind.example.com/", resolve=lambda host, port: answers.pop(0))
    assert len(answers) == 1


def test_pictures_are_fetched_under_the_same_guard(site: Site) -> None:
    url = site.add("/a", PAGE.format(head="<meta property='og:image' content='http://inside.example.com/a.png'>"))
    looked_up = []

    def resolve(host: str, port: int) -> list[str]:
        looked_up.append(host)
        return ["127.0.0.1"] if host == "127.0.0.1" else []

    (article,) = AddressSource(url, allow_private=True, resolve=resolve).fetch().articles
    assert article.image is None
    assert looked_up == ["127.0.0.1", "inside.example.com"]


@pytest.mark.parametrize(("kind", "data", "words"), [
    ("application/pdf", b"%PDF-1.4", "a PDF"), ("application/zip", b"PK\x03\x04", "zip"), ("image/png", b"\x89PNG\r\n\x1a\n", "a picture"),
    ("video/mp4", b"aaaa", "video/mp4"), ("text/html", b"abc\0\1\2", "a binary file"), ("text/html", b"", "empty page"),
])
def test_answers_that_are_no_text(site: Site, kind: str, data: bytes, words: str) -> None:
    assert words in refusal(site.add("/a", data, kind=kind))


@pytest.mark.parametrize(("kind", "charset"), [("text/html; charset=iso-8859-1", "cp1252"), ("text/html", "utf-8"), ("text/html; charset=utf-16", "utf-16"), ("text/html; charset='shift_jis'", "shift_jis")])
def test_the_charset_of_the_header(site: Site, kind: str, charset: str) -> None:
    word = "橋" if charset == "shift_jis" else "Größe"
    url = site.add("/a", PAGE.format(head="").replace("A bridge opens", f"A bridge opens {word}").encode(charset), kind=kind)
    assert word in intake.read(url, allow_private=True).articles[0].title


def test_text_and_markdown_by_address(site: Site) -> None:
    body = "The council opened the bridge on Monday. It cost $4 million and took two years to build."
    for path, kind in (("/a.md", "text/plain"), ("/b", "text/markdown")):
        assert intake.read(site.add(path, f"# A *bridge* opens\n\n{body}", kind=kind), allow_private=True).articles[0].title == "A bridge opens"
    assert intake.read(site.add("/c.txt", f"A bridge opens\n\n{body}", kind="text/plain"), allow_private=True).articles[0].body == body


def items(site: Site, count: int) -> str:
    entry = "<item><title>Entry {0}</title><link>{1}</link><pubDate>Mon, 0{0} Jun 2026 09:00:00 GMT</pubDate><author>Ana</author></item>"
    for at in range(1, count + 1):
        site.add(f"/{at}", PAGE.format(head="").replace("A bridge opens", f"Bridge number {at} opens"))
    return "<rss version='2.0'><channel><title>F</title>" + "".join(entry.format(at, site.url(f"/{at}")) for at in range(count, 0, -1)) + "</channel></rss>"


def test_a_feed_brings_its_newest_entries_oldest_first_and_faults_by_entry(site: Site) -> None:
    url = site.add("/feed", items(site, 5), kind="text/plain", ETag='"f"')
    del site.paths["/4"]
    batch = intake.read(url, allow_private=True, limit=4)
    assert [article.title for article in batch.articles] == ["Bridge number 2 opens", "Bridge number 3 opens", "Bridge number 5 opens"]
    assert [article.published_at.day if article.published_at else None for article in batch.articles] == [2, 3, 5]
    (fault,) = batch.faults
    assert fault.where == site.url("/4")
    assert "404" in fault.what
    assert (batch.is_feed, batch.etag) == (True, '"f"')
    assert "leave --url out" in refusal(url, url="https://example.com/a")


@pytest.mark.parametrize("feed", ["<rss version='2.0'><channel><title>Empty</title></channel></rss>", "<feed xmlns='http://www.w3.org/2005/Atom'><title>Empty</title></feed>"])
def test_a_feed_without_entries_is_no_error(site: Site, feed: str) -> None:
    batch = intake.read(site.add("/feed", feed), allow_private=True)
    assert (batch.articles, batch.faults, batch.is_feed) == ((), (), True)


def test_a_broken_feed_gives_what_can_be_recovered_else_an_error(site: Site) -> None:
    whole = items(site, 2)
    batch = intake.read(site.add("/cut", whole[:-30].replace("<title>F</title>", "<title>F & Co</title>")), allow_private=True)
    assert [article.title for article in batch.articles][-1:] == ["Bridge number 2 opens"]
    assert "the feed ends in its middle" in refusal(site.add("/cut-short", "<rss><chann"))
