"""When a page's own link is believed: on its own domain, and where it names the page as surely as the address does."""

from __future__ import annotations

import pytest
from lxml.html import document_fromstring

from bot.sources import head

TAKEN = [
    ("https://example.com/a?ref=rss", "https://example.com/a", "a parameter that names nothing"),
    ("https://example.com/a?id=7&ref=rss", "https://example.com/a?id=7", "the one that names the page stays"),
    ("https://example.com/?p=7", "https://example.com/a-story", "a number becomes a path"),
    ("https://example.com/view?id=7", "https://example.com/news/7", "another path"),
    ("https://example.com/a", "https://example.com/a?id=7", "it says more than the address"),
    ("https://example.com/a/amp", "https://example.com/a", "the AMP page's article"),
    ("https://m.example.com/a?id=7", "https://www.example.com/a?id=7", "the mobile page's article"),
    ("https://blog.example.co.uk/a", "https://example.co.uk/a", "another host of the domain"),
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
