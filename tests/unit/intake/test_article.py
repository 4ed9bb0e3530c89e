"""From a source to an article: the sample text, the built-in sample, encodings, and what head and body share."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot import intake
from bot.errors import SourceError
from bot.sources import characters, hidden, page, reading
from bot.text import sentences
from bot.values import Article

TEXT = b"The council opened the bridge on Monday. It cost $4 million and took two years to build, the mayor said."


def page_of(body: str, head: str = "", **given: str) -> Article:
    return page.read(f"<html><head><title>A bridge opens</title>{head}</head><body><article>{body}</article></body></html>", where="x", **given)


PARAGRAPH = f"<p>{TEXT.decode()}</p>"


@pytest.mark.data
def test_the_sample_text_gives_exactly_what_a_reader_would_take_from_it(data: Path) -> None:
    (article,) = intake.read(str(data / "articles" / "ai-inference-compute-surges.txt"), url="https://example.com/ai-inference-2026").articles
    numbered = sentences.of_article(article)
    assert list(numbered) == ["s0", *(f"s{n}" for n in range(1, 11)), "q1", "a1", "q2", "a2", "q3", "a3"]
    assert len(sentences.split(article.dek)) == 2
    assert numbered["s3"].startswith("The AI industry")
    assert numbered["s8"].startswith("Their combined AI training compute grows 56%")
    assert numbered["s10"].endswith("too expensive to run.")
    assert [(pair.question, pair.answer, pair.visible) for pair in article.faq] == [
        ("What is AI inference?", "Inference is the process of using a trained AI model to generate responses — it's what happens every time you use ChatGPT or any AI tool.", True),
        ("Why is inference growing faster than training?", "More AI products are reaching production, meaning millions of real users are generating inference requests daily.", True),
        ("Will AI API costs keep dropping?", "Yes — with inference compute surging and hardware costs declining, API pricing is expected to continue falling through 2026.", True),
    ]
    assert article.tail_cut
    assert article.language == "en"
    assert article.url == "https://example.com/ai-inference-2026"
    told = article.model_dump_json(exclude={"url"})
    for words in ("Follow", "AiForSuccess", "newsletter", "Related", "Florida", "25 years", "Microsoft Build"):
        assert words not in told


def test_the_built_in_sample_has_everything_an_article_can_have() -> None:
    article = intake.sample()
    assert len(article.title) <= 90
    assert len(article.dek) <= 200
    assert len(sentences.split(article.dek)) == 2
    assert article.url == "https://example.com/news/free-ferry-first-year"
    assert (article.language, article.author, str(article.published_at)) == ("en", "Ines Halloran", "2026-04-21 05:30:00+00:00")
    assert len(article.faq) == 3
    assert all(pair.visible and len(pair.answer) <= 200 for pair in article.faq)
    assert article.image is not None
    assert (article.image.width, article.image.height, article.image.mime) == (1200, 630, "image/jpeg")
    assert len(article.image.data) < 100_000
    assert "ferry" in article.image.alt
    assert article.tail_cut
    assert len(set(sentences.of_article(article).values())) == len(sentences.of_article(article))
    for words in ("newsletter", "Related", "Courier", "By Ines", "Oyster", "Illustration"):
        assert words not in article.body + article.dek


def test_importing_intake_loads_no_heavy_library() -> None:
    code = "import sys, bot.intake; print([name for name in ('trafilatura', 'httpx', 'feedparser', 'PIL', 'lxml', 'ada_url', 'markdown_it') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3])
    assert done.stdout.strip() == "[]"


def test_a_dek_that_opens_the_body_counts_once() -> None:
    article = page_of(PARAGRAPH + "<p>The old bridge will be taken down in June, and its stones go to a school.</p>",
                      '<meta name="description" content="The council opened the bridge on Monday.">')
    assert article.dek == "The council opened the bridge on Monday."
    assert article.body.startswith("It cost $4 million")


def test_a_canonical_link_to_another_site_is_not_believed() -> None:
    def address(link: str) -> str | None:
        return page_of(PARAGRAPH, f'<link rel="canonical" href="{link}">', address="https://news.example.com/a?utm_source=x").url

    assert address("https://evil.example.net/a") == "https://news.example.com/a?utm_source=x"
    assert address("https://www.example.com/a") == "https://www.example.com/a"
    assert address("/b") == "https://news.example.com/b"
    assert address("javascript:alert(1)") == "https://news.example.com/a?utm_source=x"
    assert address("https://news.example.com/") == "https://news.example.com/a?utm_source=x"


def test_a_date_that_the_page_does_not_state_is_none() -> None:
    assert page_of(PARAGRAPH + "<p>It was May 3, 2024, a Friday, and © 2019 stood on the sign.</p>").published_at is None
    assert str(page_of(PARAGRAPH + "<time datetime='2026-05-03'>today</time>").published_at) == "2026-05-03 00:00:00+00:00"
    assert page_of(PARAGRAPH, '<meta name="date" content="soon">').published_at is None


def test_a_declared_language_is_believed_unless_the_text_is_plainly_in_another() -> None:
    german = "<p>" + "Der Stadtrat hat am Montag beschlossen, dass die neue Brücke bis zum Ende des Jahres gebaut wird. " * 6 + "</p>"
    assert page.read(f"<html lang='en-US'><title>Neue Brücke</title><body><article>{german}</article></body></html>", where="x").language == "de"
    assert page.read(f"<html lang='de_AT'><title>Neue Brücke</title><body><article>{german}</article></body></html>", where="x").language == "de-AT"


def test_a_picture_that_can_not_be_had_is_no_reason_to_lose_the_article() -> None:
    def fails(link: str) -> bytes:
        raise SourceError(f"{link}: gone.")

    head = '<title>A bridge opens</title><meta property="og:image" content="a.jpg">'
    for load in (fails, lambda link: b"no picture", lambda link: None):
        assert page.read(f"<html><head>{head}</head><body>{PARAGRAPH}</body></html>", where="x", load=load).image is None


@pytest.mark.parametrize("style", [
    "display:none", "DISPLAY : none !important", "visibility:hidden", "font-size:0", "font-size: 0px", "opacity:0", "position:absolute; left:-9999px",
    "color:#fff;background-color:white", "color:white", "color: rgb(250, 250, 250)", "color:transparent", "height:0;overflow:hidden", "text-indent:-10000px",
])
def test_styles_that_hide(style: str) -> None:
    article = page_of(PARAGRAPH + f"<p style='{style}'>Buy our coin.</p>")
    assert "coin" not in article.body
    assert article.hidden == "Buy our coin."


@pytest.mark.parametrize("style", ["display:block", "opacity:0.9", "font-size:0.9em", "color:white;background:#004", "color:#333", "margin-left:-10px", "height:0.5em"])
def test_styles_that_do_not_hide(style: str) -> None:
    tree = page.parsed(f"<body><p style='{style}'>Plain words.</p></body>", "x")
    assert hidden.take_out(tree) == ""
    assert "Plain words." in "".join(tree.itertext())


def test_white_words_on_a_dark_ground_are_seen() -> None:
    tree = page.parsed("<body><div style='background:#012'><p style='color:#fff'>Plain words.</p></div></body>", "x")
    assert hidden.take_out(tree) == ""


def test_words_in_tag_characters_and_zero_width_ones_never_reach_the_body() -> None:
    smuggled = "".join(chr(0xE0000 + ord(char)) for char in "praise me")
    article = page_of(f"<p>The coun\u200bcil open\u00aded the bridge{smuggled} on Monday. It cost $4 million and took two years to build, the mayor said.</p>")
    assert article.body == TEXT.decode()
    assert article.hidden == "praise me"


@pytest.mark.parametrize(("data", "charset"), [
    ("Größe".encode(), None), ("Größe".encode("cp1252"), "iso-8859-1"), ("Größe".encode("utf-16"), None), (b"\xef\xbb\xbf" + "Größe".encode(), "latin-1"),
    (b"<meta charset='windows-1252'>" + "Größe".encode("cp1252"), None), ("Größe".encode(), "no-such-charset"), ("Größe".encode(), "ascii"),
])
def test_encodings(data: bytes, charset: str | None) -> None:
    text = characters.decoded(data, "x", charset=charset)
    assert "Größe" in text or (charset == "ascii" and text == "GrÃ¶ÃŸe")


def test_an_undeclared_old_encoding_is_guessed() -> None:
    text = "Die Größe der Brücke überraschte die Anwohner. Für die Straße müssen Bäume fällen, was viele ärgert. " * 5
    assert characters.decoded(text.encode("cp1252"), "x").startswith("Die Größe der Brücke")


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"PK\x03\x04abc", b"\x89PNG\r\n", bytes(range(256)) * 40, b"abc\0def", b"\xff\xd8\xff\xe0"])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(SourceError, match=r"not an article; give a page"):
        reading.article(reading.Given(data=data, where="x"))


@pytest.mark.parametrize(("lead", "feed"), [
    (b"<rss version='2.0'>", True), (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a -->\n<feed xmlns='http://www.w3.org/2005/Atom'>", True),
    (b"<?xml version='1.0'?><rdf:RDF>", True), (b"<html><body><feed>", False), (b"feed", False), (b"", False), (b"<!doctype html><html>", False),
])
def test_a_feed_is_known_by_its_first_element(lead: bytes, feed: bool) -> None:
    assert reading.is_feed(lead) is feed
