"""When a page's own link is believed: on its own domain, and where it names the page as surely as the address does."""

from __future__ import annotations

import pytest
from lxml.html import document_fromstring

from bot.sources import head, page

TAKEN = [
    ("https://example.com/a?ref=rss", "https://example.com/a", "a parameter that names nothing"),
    ("https://example.com/a?id=7&ref=rss", "https://example.com/a?id=7", "the one that names the page stays"),
    ("https://example.com/?p=7", "https://example.com/a-story", "a number becomes a path"),
    ("https://example.com/view?id=7", "https://example.com/news/7", "another path"),
    ("https://example.com/a", "https://example.com/a?id=7", "it says more than the address"),
    ("https://example.com/a/amp", "https://example.com/a", "the AMP page's article"),
    ("https://m.example.com/a?id=7", "https://www.example.com/a?id=7", "the mobile page's article"),
    ("https://blog.example.co.uk/a", "https://example.co.uk/a", "another host of the domain"),
    ("https://example.com/news/a-story/print", "https://example.com/news/a-story", "another view of it"),
    ("https://example.com/a-story/index.html", "https://example.com/a-story/", "the page of a folder"),
    ("https://example.com/news/a", "https://example.com/news?id=7", "a section with a number: a page"),
    ("https://example.com/news", "https://example.com/news/a", "a page below"),
    ("https://example.com/2026/a", "https://example.com/latest", "another path, whatever it is called"),
    ("https://www.youtube.com/watch?v=dQ1a_2b-3cD&list=PL1", "https://www.youtube.com/watch?v=dQ1a_2b-3cD", "what a site's rule leaves out"),
]
LEFT = [
    ("https://example.com/a?id=7", "https://example.com/a", "id dropped"),
    ("https://example.com/article.php?id=7&ref=x", "https://example.com/article.php", "id dropped, the script left"),
    ("https://example.com/a?id=7", "https://example.com/a?id=1", "another id: one page for all"),
    ("https://example.com/?p=7", "https://example.com/", "p dropped"),
    ("https://example.com/a?page=2", "https://example.com/a", "page dropped"),
    ("https://example.com/a?lang=de", "https://example.com/a?ref=x", "lang dropped"),
    ("https://example.com/a?articleId=7", "https://example.com/a/", "a name in mixed case, a slash more"),
    ("https://m.example.com/a?id=7", "https://www.example.com/a", "id dropped between hosts"),
    ("https://example.com/a/amp?id=7", "https://example.com/a", "id dropped from the AMP page"),
    ("https://example.com/a", "https://example.com/", "the front page"),
    ("https://example.com/a", "https://example.com/index.html", "the front page by its name"),
    ("https://example.com/a?id=7", "https://www.example.com/?utm_source=x", "the front page with tracking"),
    ("https://example.com/news/a", "https://example.com/news/", "the section"),
    ("https://example.com/news/a", "/News", "the section in other letters"),
    ("https://example.com/news/2026/a.html", "https://example.com/news/index.php?ref=x", "a section further up"),
    ("https://blog.example.co.uk/news/a/print", "https://example.co.uk/news", "the section on another host"),
    ("https://example.com/a", "https://example.org/a", "another domain"),
    ("https://a.github.io/a", "https://b.github.io/a", "another user of a host for many"),
    ("https://example.com/a", "https://example.com.evil.test/a", "a domain that begins alike"),
    ("https://example.com/a", "mailto:a@example.com", "no web address"),
]


def _canonical(address: str, link: str, more: str = "") -> str | None:
    page = document_fromstring(f'<html><head><link rel="canonical" href="{link}">{more}</head><body><p>Text</p></body></html>')
    return head.read(page, [], address).canonical


@pytest.mark.parametrize(("address", "link", "reason"), TAKEN, ids=[reason for *_, reason in TAKEN])
def test_a_link_that_names_the_page_is_believed(address: str, link: str, reason: str) -> None:
    assert _canonical(address, link) == link, reason


@pytest.mark.parametrize(("address", "link", "reason"), LEFT, ids=[reason for *_, reason in LEFT])
def test_a_link_that_names_another_page_or_all_of_them_is_not(address: str, link: str, reason: str) -> None:
    assert _canonical(address, link) is None, reason


def test_the_next_statement_is_read_where_the_first_is_not_believed() -> None:
    more = '<meta property="og:url" content="https://example.com/news/7">'
    assert _canonical("https://example.com/a?id=7", "https://example.com/a", more) == "https://example.com/news/7"


@pytest.mark.parametrize(("canonical", "url", "read_at"), [
    ("https://example.com/latest", "https://example.com/latest", "https://example.com/2026/a"),
    ("https://example.com/2026/a", "https://example.com/2026/a", None), ("https://example.com/2026", "https://example.com/2026/a", None),
])
def test_a_page_says_where_it_was_read_when_it_names_another_address(canonical: str, url: str, read_at: str | None) -> None:
    text = "<p>The town council voted on Monday to keep its harbor ferry free for another year, which many riders had asked for.</p>" * 3
    html = f'<html><head><title>T</title><link rel="canonical" href="{canonical}"></head><body><article><h1>The ferry stays free</h1>{text}</article></body></html>'
    read = page.read(html, where="x", address="https://example.com/2026/a")
    assert (read.url, read.read_at) == (url, read_at)
    assert page.read(html, where="x", address="https://example.com/2026/a", url="https://example.com/b").read_at is None
