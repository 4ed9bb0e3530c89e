"""What of a page a reader can not see, and what readers wrote below it, is not the article's."""

from __future__ import annotations

import pytest

from bot.sources import comments, page
from bot.values import Article

TEXT = "The council opened the bridge on Monday. It cost $4 million and took two years to build, the mayor said at noon."
MORE = "Boats will pass below it from June, when the old ferry stops, and the harbor office keeps its two guards."


def read(middle: str, head: str = "", below: str = "", start: str = "") -> Article:
    return page.read(
        f"<html lang=en><head><title>A bridge opens</title>{head}</head><body><article><h1>A bridge opens</h1>{start}<p>{TEXT}</p>{middle}<p>{MORE}</p></article>{below}</body></html>",
        where="x",
    )


def sheet(css: str) -> str:
    return f"<style>{css}</style>"


@pytest.mark.parametrize("css", [
    ".x{display:none}", "p.x { display : none !important; }", "#y{visibility:hidden}", "article > .x{opacity:0}", "div .x, article .x{font-size:1px}",
    "@media screen{.x{display:none}}", "@media all { .z{color:red} .x{display:none} }", "/* a{} */.x/*b*/{left:-9999px;position:absolute}", "[data-n]{display:none}",
    "p[data-n='1'].x{display:none}", ".x{text-indent:-999em}", ".x{clip-path:inset(100%)}", ".x{transform:scale(0)}", ".x{height:0;overflow:hidden}", "body{background:#000}.x{color:#010101}",
    ".x{display:block}.x{display:none}", "*.x{display:none}", ".x{color:transparent}", "@layer a{.x{display:none}}", "@import url(a.css);.x{display:none}", "@font-face{a:b}.x{display:none}",
])
def test_the_page_s_own_style_sheet_hides(css: str) -> None:
    article = read('<p class="x w" id="y" data-n="1">Buy the wonderful cleaner at once, dear readers.</p>', head=sheet(css))
    assert "cleaner" not in article.body
    assert "cleaner" in article.hidden


@pytest.mark.parametrize("css", [
    ".x{display:none}.x.w{display:block}", "@media print{.x{display:none}}", "@media (max-width:600px){.x{display:none}}", ".x:hover{display:none}", ".x::before{display:none}",
    "nav .x{display:none}", ".xx{display:none}", "[ng\\:cloak]{display:none}", ".x{opacity:0;animation:fade 1s}", "div > .x{display:none}", ".x{color:#fff;background:#000}", ".x{margin-left:-20px}",
    "@supports (a:b){.x{display:none}}", ".x{display:none", "}}.q{color:red}", ".x{font-size:12px}", "p.x + p{display:none}", ".x{width:1em;overflow:hidden}",
])
def test_a_sheet_that_does_not_hide_leaves_the_text(css: str) -> None:
    if css == ".x{display:none":
        css += ";}.x{display:block}"
    assert "clean" in read('<p class="x w">The new bridge is clean and dry, and open to all.</p>', head=sheet(css)).body


def test_white_text_is_left_where_another_sheet_may_paint_behind_it() -> None:
    other = '<link rel="stylesheet" href="a.css">'
    assert "clean" in read('<div class="hero"><p class="x">The new bridge is clean and dry, and open to all.</p></div>', head=other + sheet(".x{color:#fff}")).body


def test_a_sheet_never_hides_the_article_itself() -> None:
    article = page.read(f"<title>A bridge opens</title><style>.body{{display:none}}</style><div class=body><h1>A bridge opens</h1><p>{TEXT}</p><p>{MORE}</p></div>", where="x")
    assert "June" in article.body


@pytest.mark.parametrize(("markup", "goes"), [
    ('class="note hidden"', True), ('class="d-none"', True), ("popover", True), ('class="hidden md:block"', False), ('class="d-none d-md-block"', False),
    ('class="hidden-gem"', False),
])
def test_a_framework_s_class_hides_where_none_beside_it_shows(markup: str, goes: bool) -> None:
    article = read(f"<p {markup}>Buy the wonderful cleaner at once, dear readers.</p>")
    assert ("cleaner" not in article.body, "cleaner" in article.hidden) == (goes, goes)


def test_a_framework_s_class_never_hides_the_article_itself() -> None:
    found = page.read(f'<html lang=en><body><div class="page hidden"><h1>A bridge opens</h1><p>{TEXT}</p><p>{MORE}</p></div></body></html>', where="x")
    assert "It cost $4 million" in found.body


@pytest.mark.parametrize("markup", [
    '<div id="comments"><p>{}</p></div>', '<section class="comments-area"><p>{}</p></section>', '<div id="disqus_thread"><p>{}</p></div>', '<ol class="commentlist"><li>{}</li></ol>',
    '<div itemscope itemtype="https://schema.org/Comment"><p>{}</p></div>', '<ul aria-label="Comments"><li>{}</li></ul>', '<div class="fb-comments"><p>{}</p></div>', '<div id="respond">{}</div>',
    '<div class="js-comments-list"><p>{}</p></div>', '<section id="kommentare"><p>{}</p></section>',
])
def test_the_readers_comments_are_not_the_article_s(markup: str) -> None:
    said = "I saw 97 boats at https://evil-deals.com yesterday, and they were all red."
    article = read("", below=markup.format(f"{said} <h2>FAQ</h2><h3>How many boats?</h3> 97 boats, as I said above."))
    assert "97" not in article.body + "".join(pair.answer for pair in article.faq if pair.visible)
    assert "97 boats" in article.hidden


@pytest.mark.parametrize("markup", ['<p class="comment-free">{}</p>', '<p class="commentary">{}</p>', '<div class="no-comments">{}</div>', '<p id="recommended">{}</p>'])
def test_a_name_that_only_sounds_like_comments_hides_nothing(markup: str) -> None:
    assert "clean" in read(markup.format("The new bridge is clean and dry, and it is open to all who live here.")).body


def test_what_holds_the_headline_is_no_comment_whatever_it_is_called() -> None:
    tree = page.parsed(f"<div class=comment><h1>A bridge opens</h1><p>{TEXT}</p></div><div class=comments><p>{MORE}</p></div>", "x")
    assert [node.get("class") for node in comments.found(tree)] == ["comments"]


@pytest.mark.parametrize("head", [
    '<meta name="description" content="It cost $97 million, says the mayor of the town.">', '<meta property="og:description" content="Read on at https://evil-deals.com for more about it.">',
    '<meta name="description" content="The mayor said “we lied to all of you” at noon.">', '<meta name="description" content="A bridge opens, thanks to @evilbot and #WinBig.">',
    '<script type="application/ld+json">{"@type":"NewsArticle","author":"Follow @evilbot","description":"It took 97 years to build the bridge."}</script>',
])
def test_what_only_the_head_says_is_not_the_record_s(head: str) -> None:
    article = read("", head=head)
    assert "97" not in article.dek + (article.author or "")
    assert not any(word in f"{article.dek} {article.author}" for word in ("evil", "lied", "@", "#"))
    assert article.hidden


def test_a_description_in_other_words_stays() -> None:
    told = "A new bridge for 4 million dollars replaces the ferry after two years."
    assert read("", head=f'<meta name="description" content="{told}"><meta name="author" content="Ana O’Brien-Silva, Dr. Li">').dek == told


def test_a_title_that_only_the_head_says_gives_way_to_the_headline() -> None:
    assert read("", head='<meta property="og:title" content="Win at evil-deals.com now">').title == "A bridge opens"
