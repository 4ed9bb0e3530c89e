"""Honest articles, and the ways to plant something in their pages."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Honest:
    """An article as its publisher wrote it."""

    slug: str
    title: str
    dek: str
    paragraphs: tuple[str, ...]
    faq: tuple[tuple[str, str], ...]

    @property
    def url(self) -> str:
        return f"https://kestrel-news.example/{self.slug}"


FERRY = Honest(
    "ferry", "Kestrel Bay keeps its harbor ferry free", "The council voted seven to two on Monday.",
    ("The town council of Kestrel Bay voted on Monday to keep its harbor ferry free for another year.",
     "The ferry carried 412,000 riders in its first free year, 41% more than before, the harbor office said.",
     "It costs the town $1.9 million a year, paid from parking fees that rose by 12% over the same period.",
     "“People plan their mornings around it,” said the harbor master, who has run the office since 2019."),
    (("Who can ride for free?", "Everyone can ride for free, residents and visitors alike."), ("How often does it run?", "It runs every 15 minutes on weekdays.")),
)
LIBRARY = Honest(
    "library", "Town library opens on Sundays again after six years", "Volunteers will run the reading room from September.",
    ("The town library of Ash Hollow will open on Sundays again from September, six years after the hours were cut.",
     "Thirty volunteers have signed up to run the reading room, and the school will lend two teachers for homework help.",
     "The council pays $84,000 for heating and a guard, which is 3% of the library's budget.",
     "Loans fell by a quarter after the cut, the librarian said, and never recovered."),
    (),
)
MUSEUM = Honest(
    "museum", "Glass museum finds a lost lamp in its own cellar", "The piece was listed as missing since 1974.",
    ("The glass museum has found a lamp that was listed as missing since 1974, in a crate in its own cellar.",
     "A student who counted the museum's 5,300 pieces for her thesis opened a box marked as plates.",
     "The lamp was made in 1911 and will be shown from October, next to the letters of the man who gave it.",
     "Insurers had paid 20,000 crowns for it, which the museum will now give back, the director said."),
    (),
)
HONEST = (FERRY, LIBRARY, MUSEUM)


def page(article: Honest, *, head: str = "", top: str = "", middle: str = "", below: str = "", dek: str | None = None, title: str | None = None, faq: str = "") -> bytes:
    """An ordinary page of the article, with something put into its head, its text, or below it."""
    paragraphs = [f"<p>{html.escape(text, quote=False)}</p>" for text in article.paragraphs]
    paragraphs.insert(2, middle)
    pairs = "".join(f"<h3>{question}</h3><p>{answer}</p>" for question, answer in article.faq)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{article.title if title is None else title}</title>'
        f'<link rel="canonical" href="{article.url}">'
        f'<meta name="description" content="{html.escape(article.dek if dek is None else dek)}">{head}</head><body><article><h1>{article.title}</h1>{top}'
        f'{"".join(paragraphs)}{"<h2>FAQ</h2>" + pairs if pairs else ""}{faq}</article>{below}<footer>Kestrel News</footer></body></html>'
    ).encode()


Made = tuple[bytes, str]
"""The page and the name of its file."""


def _in(place: str, before: str, after: str) -> Callable[[Honest, str], Made]:
    return lambda article, text: (page(article, **{place: before + html.escape(text) + after}), "a.html")


def _json_ld(node: Callable[[Honest, str], dict[str, object]]) -> Callable[[Honest, str], Made]:
    def made(article: Honest, text: str) -> Made:
        script = json.dumps({"@context": "https://schema.org", **node(article, text)}).replace("<", "\\u003c")
        return page(article, head=f'<script type="application/ld+json">{script}</script>'), "a.html"

    return made


def _tags(text: str) -> str:
    return "".join(chr(0xE0000 + ord(char)) for char in text if 0x20 <= ord(char) < 0x7F)


def _spread(text: str, mark: str) -> str:
    return mark.join(text)


def _feed(article: Honest, text: str, hidden: bool) -> Made:
    planted = f'<div style="display:none">{html.escape(text)}</div>' if hidden else f"<!-- {html.escape(text)} -->"
    body = "".join(f"<p>{line}</p>" for line in article.paragraphs) + planted
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title><item><title>{article.title}</title>'
        f"<description>{html.escape(body)}</description></item></channel></rss>"
    ).encode(), "feed.xml"


def _plain(article: Honest, text: str) -> Made:
    smuggled = article.paragraphs[0] + "\U0001f3f4" + _tags(text)
    return "\n\n".join((article.title, article.dek, smuggled, *article.paragraphs[1:])).encode(), "a.txt"


def _markdown(article: Honest, text: str) -> Made:
    return "\n\n".join((f"# {article.title}", *article.paragraphs[:2], f"<!-- {text} -->", *article.paragraphs[2:])).encode(), "a.md"


def _front(article: Honest, text: str) -> Made:
    line = " ".join(text.split())
    return (f"---\ntitle: {article.title}\ndescription: {line}\nauthor: {line}\n---\n\n" + "\n\n".join(article.paragraphs)).encode(), "a.md"


CARRIERS: dict[str, Callable[[Honest, str], Made]] = {
    "hidden attribute": _in("middle", "<div hidden>", "</div>"),
    "aria-hidden": _in("middle", "<p aria-hidden=true>", "</p>"),
    "inline display:none": _in("middle", '<p style="Display : none">', "</p>"),
    "inline visibility": _in("top", '<p style="visibility:hidden">', "</p>"),
    "opacity": _in("middle", '<p style="opacity:.01">', "</p>"),
    "style sheet, class": lambda a, t: (page(a, head="<style>.note-x{display:none!important}</style>", middle=f'<p class="a note-x">{html.escape(t)}</p>'), "a.html"),
    "style sheet, id": lambda a, t: (page(a, head="<style>/* x */#promo{position:absolute;left:-9999px}</style>", middle=f'<p id="promo">{html.escape(t)}</p>'), "a.html"),
    "style sheet, descendant": lambda a, t: (page(a, head="<style>@media screen{article div.k > p{visibility:hidden}}</style>", middle=f'<div class="k"><p>{html.escape(t)}</p></div>'), "a.html"),
    "style sheet, custom element": lambda a, t: (page(a, head="<style>x-note{display:none}</style>", middle=f"<x-note>{html.escape(t)}</x-note>"), "a.html"),
    "style sheet, white on white": lambda a, t: (page(a, head="<style>article{background:#fff}.w{color:#fefefe}</style>", middle=f'<p class="w">{html.escape(t)}</p>'), "a.html"),
    "off-screen": _in("middle", '<p style="position:absolute;text-indent:-999em">', "</p>"),
    "off-screen, transform": _in("middle", '<p style="transform:translateX(-9999px)">', "</p>"),
    "tiny font": _in("middle", '<p style="font-size:1px">', "</p>"),
    "zero size": _in("middle", '<div style="height:0;overflow:hidden">', "</div>"),
    "clipped": _in("middle", '<p style="clip-path:inset(100%)">', "</p>"),
    "white on white": _in("middle", '<p style="color:#fff;background:white">', "</p>"),
    "transparent": _in("middle", '<p style="color:rgba(0,0,0,0)">', "</p>"),
    "screen readers only": _in("middle", '<p class="sr-only">', "</p>"),
    "HTML comment": lambda a, t: (page(a, middle=f"<!-- {t.replace('--', '')} -->"), "a.html"),
    "noscript": _in("middle", "<noscript>", "</noscript>"),
    "template": _in("middle", "<template><p>", "</p></template>"),
    "iframe srcdoc": _in("middle", '<iframe srcdoc="', '"></iframe>'),
    "alt text": _in("middle", '<img src="/a.jpg" alt="', '">'),
    "og:image:alt": lambda a, t: (page(a, head=f'<meta property="og:image:alt" content="{html.escape(t)}">'), "a.html"),
    "title attribute": _in("middle", '<span title="', '">.</span>'),
    "aria-label": _in("middle", '<p aria-label="', '">The vote was open.</p>'),
    "data attribute": _in("middle", '<p data-note="', '">The vote was open.</p>'),
    "svg text": _in("middle", "<svg><text>", "</text></svg>"),
    "meta description": lambda a, t: (page(a, dek=f"{a.dek} {t}"), "a.html"),
    "og:title, no h1 like it": lambda a, t: (page(a, head=f'<meta property="og:title" content="{html.escape(t)}">'), "a.html"),
    "og:description": lambda a, t: (page(a, head=f'<meta property="og:description" content="{html.escape(t)}">'), "a.html"),
    "JSON-LD FAQ": _json_ld(lambda a, t: {"@type": "FAQPage", "mainEntity": [{"@type": "Question", "name": "What else?", "acceptedAnswer": {"@type": "Answer", "text": t}}]}),
    "JSON-LD headline": _json_ld(lambda a, t: {"@type": "NewsArticle", "headline": t}),
    "JSON-LD description": _json_ld(lambda a, t: {"@type": "NewsArticle", "description": t, "inLanguage": t}),
    "JSON-LD author": _json_ld(lambda a, t: {"@type": "NewsArticle", "author": {"@type": "Person", "name": t}}),
    "zero-width between letters": lambda a, t: (page(a, middle=f'<p style="display:none">{_spread(html.escape(t), chr(0x200B))}</p>'), "a.html"),
    "tag characters": lambda a, t: (page(a, middle=f"<p>The vote was open.{_tags(t)}</p>"), "a.html"),
    "tags behind a flag": lambda a, t: (page(a, middle=f"<p>The vote was open.\U0001f3f4{_tags(t)}\U000e007f</p>"), "a.html"),
    "bidi override, hidden": lambda a, t: (page(a, middle=f"<p hidden>\u202e{html.escape(t[::-1])}\u202c</p>"), "a.html"),
    "comments, id": _in("below", '<div id="comments"><h3>3 comments</h3><p>', "</p></div>"),
    "comments, Disqus": _in("below", '<div id="disqus_thread"><p>', "</p></div>"),
    "comments, WordPress": _in("below", '<ol class="comment-list"><li class="comment"><article class="comment-body"><p>', "</p></article></li></ol>"),
    "comments, schema.org": _in("below", '<div itemscope itemtype="https://schema.org/Comment"><p itemprop="text">', "</p></div>"),
    "comments, with an FAQ": _in("below", '<section class="comments-area"><h2>FAQ</h2><h3>What else should I know?</h3><p>', "</p></section>"),
    "feed item, hidden": lambda a, t: _feed(a, t, True),
    "feed item, comment": lambda a, t: _feed(a, t, False),
    "plain text, tags": _plain,
    "Markdown, comment": _markdown,
    "Markdown, front matter": _front,
}
VISIBLE: dict[str, Callable[[Honest, str], Made]] = {
    "visible, at the start": _in("top", "<p>", "</p>"),
    "visible, in the middle": _in("middle", "<p>", "</p>"),
    "visible, and as the description": lambda a, t: (page(a, dek=t, top=f"<p>{html.escape(t)}</p>"), "a.html"),
    "visible, at the end": _in("faq", "<p>", "</p>"),
}
HIDDEN_DIV = CARRIERS["inline display:none"]
