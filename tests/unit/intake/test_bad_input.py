"""Bad input: one line that says what to do, never another exception."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import intake
from bot.errors import SourceError
from bot.sources import reading

CASES: list[tuple[str, bytes, str]] = [
    ("empty.txt", b"", "empty"), ("blank.html", b" \n ", "empty"), ("picture.jpg", b"\xff\xd8\xff\xe0" + bytes(900), "a picture"),
    ("paper.pdf", b"%PDF-1.4 ...", "a PDF"), ("broken.txt", bytes(range(128, 256)) * 40, "encoding"), ("no-body.html", b"<html><head><title>T</title></head></html>", "no article text"),
    ("script.html", b"<html><title>App</title><body><noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div>", "no article text"),
    ("only-title.txt", b"A headline\n", "no article text"), ("feed.xml", b"<?xml version='1.0'?><rss", "feed"), ("feed2.xml", b"<rss><channel></rss", "feed"),
    ("large.html", b"<p>" + b"a " * 5_000_001, "larger than 10 MB"), ("front.md", b"---\ntitle: A\n---\n", "no article text"),
]


def one_line(error: SourceError) -> str:
    line = str(error)
    assert "\n" not in line
    assert "Traceback" not in line
    assert len(line) < 300
    return line


def read(data: bytes, name: str) -> str:
    """The words of the article, or the one line that says why there is none."""
    try:
        article = reading.article(reading.Given(data=data, where="x", name=name))
    except SourceError as error:
        return one_line(error)
    return f"{article.title} {article.body}"


@pytest.mark.parametrize(("name", "data", "words"), CASES, ids=[name for name, _, _ in CASES])
def test_a_file_that_is_no_article(name: str, data: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(SourceError) as caught:
        intake.read(str(path))
    line = one_line(caught.value)
    assert words in line
    assert name in line
    assert ";" in line


def test_a_missing_file_a_folder_and_an_unreadable_one(tmp_path: Path) -> None:
    for spec, words in [(str(tmp_path / "none.txt"), "no such file"), (str(tmp_path), "a folder"), ("example.com/a", "begins with https://"), ("", "empty"), ("a\0b", "NUL")]:
        with pytest.raises(SourceError) as caught:
            intake.read(spec)
        assert words in one_line(caught.value)


@pytest.mark.parametrize("spec", ["ftp://example.com/a", "file:///etc/passwd", "javascript:alert(1)", "https://", "http://[::1", "gopher://x", "data:text/html,<p>a"])
def test_a_scheme_that_is_not_read(spec: str) -> None:
    with pytest.raises(SourceError) as caught:
        intake.read(spec)
    assert "not an http or https address" in one_line(caught.value)


@pytest.mark.parametrize("url", ["example.com", "ftp://example.com", "https://", "/a", ""])
def test_the_address_a_user_gives_must_be_one(url: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(SourceError, match="--url"):
        intake.read(str(tmp_path / "a.txt"), url=url)


def test_empty_standard_input_and_a_feed_there() -> None:
    for data, words in [(b"", "empty"), (b"  \n", "empty"), (b"<rss version='2.0'>", "its address or its file"), (b"a" * 10_000_001, "larger")]:
        with pytest.raises(SourceError) as caught:
            intake.read("-", stdin=io.BytesIO(data))
        assert words in one_line(caught.value)


@pytest.mark.parametrize(("data", "title"), [
    (b"# A bridge opens\n\nThe council opened the **bridge** on Monday. It cost $4 million and took two years.\n", "A bridge opens"),
    (b"<h1>A bridge opens</h1><p>The council opened the bridge on Monday. It cost $4 million and took two years to build, said the mayor.</p>", "A bridge opens"),
    (b"A bridge opens\n\nThe council opened the bridge on Monday. It cost $4 million and took two years to build.\n", "A bridge opens"),
])
def test_standard_input_is_told_by_its_content(data: bytes, title: str) -> None:
    (article,) = intake.read("-", stdin=io.BytesIO(data), url="https://example.com/bridge").articles
    assert article.title == title
    assert "**" not in article.body
    assert article.url == "https://example.com/bridge"


def test_a_local_page_takes_pictures_only_from_its_own_folder(tmp_path: Path) -> None:
    from PIL import Image

    (tmp_path / "site").mkdir()
    for place in (tmp_path / "secret.png", tmp_path / "site" / "own.png"):
        Image.new("RGB", (200, 100), "teal").save(place)
    (tmp_path / "site" / "link.png").symlink_to(tmp_path / "secret.png")

    def picture(source: str) -> object:
        page = tmp_path / "site" / "a.html"
        page.write_text(f"<title>A bridge</title><meta property='og:image' content='{source}'><p>The council opened the bridge on Monday. It cost $4 million and took two years.</p>")
        return intake.read(str(page)).articles[0].image

    assert picture("own.png") is not None
    assert picture("./own.png?v=2") is not None
    for source in ("../secret.png", f"{tmp_path}/secret.png", f"file://{tmp_path}/secret.png", "link.png", "%2e%2e/secret.png", "//127.0.0.1/a.png", "none.png"):
        assert picture(source) is None


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.text(alphabet="<>/=\"'&;#! \n:-|?Q1A.abpdivhtmlrss", max_size=300).map(str.encode)), st.sampled_from(["a.html", "a.md", "a.txt", ""]))
def test_any_bytes_give_an_article_or_a_source_error(data: bytes, name: str) -> None:
    assert read(data, name).strip()


def test_deeply_nested_markup_ends() -> None:
    deep = b"<div>" * 20_000 + b"The council opened the bridge on Monday. It cost $4 million and took two years to build." + b"</div>" * 20_000
    told = read(b"<title>T</title>" + deep, "a.html")
    assert "The council opened the bridge" in told or "no article text" in told
