"""What a page says about itself: title, dek, language, address, author, date, picture; only what it states, nothing guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from lxml.etree import _Element
from lxml.html import HtmlElement

from bot.sources import dates, jsonld
from bot.sources.characters import clean, key
from bot.text import links
from bot.text.sentences import CLOSERS, STOPS, ended
from bot.values import NO_URL_RULES, UrlRules

_ARTICLES = frozenset((
    "Article", "NewsArticle", "BlogPosting", "Report", "ReportageNewsArticle", "AnalysisNewsArticle", "TechArticle", "OpinionNewsArticle",
    "ScholarlyArticle", "LiveBlogPosting", "SocialMediaPosting", "BackgroundNewsArticle", "ReviewNewsArticle", "WebPage",
))
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_PARTS = re.compile(r"\s+[|–—\-·•»:]+\s+|:\s+")
_LAST_STOP = re.compile(rf".*[{STOPS}][{re.escape(CLOSERS)}]*(?=\s)")
_CUT_SHORT = re.compile(r"(?:\.{3}|…|\[…\]|\[\.\.\.\])\s*$")
BY = "by|von|par|por|di|door"
"""What stands before an author's name, for a regular expression."""
MAX_TITLE = 300
MAX_DEK = 500


@dataclass(frozen=True)
class Head:
    """The head of a page, each part "" or None where the page does not state it."""

    title: str = ""
    dek: str = ""
    language: str | None = None
    canonical: str | None = None
    author: str | None = None
    published_at: datetime | None = None
    image: str | None = None
    image_alt: str = ""


def read(tree: HtmlElement, found: Iterable[jsonld.Node], address: str | None, rules: UrlRules = NO_URL_RULES) -> Head:
    """Read the head of a page that stands at `address` (None: a file, which then has only the address it names itself)."""
    metas = _metas(tree)
    article = next((node for node in found if jsonld.types(node) & _ARTICLES - {"WebPage"}), None) or {}
    site = metas.get("og:site_name", "")
    image, alt = _image(tree, metas, article)
    return Head(
        title=_title(tree, metas, article, site)[:MAX_TITLE],
        dek=dek_of(metas.get("og:description") or metas.get("description") or jsonld.text(article.get("description"))),
        language=language_tag(tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or tree.get("xml:lang"))
        or language_tag(metas.get("content-language")) or language_tag(jsonld.text(article.get("inLanguage")))
        or language_tag(metas.get("og:locale")),
        canonical=_canonical(tree, metas, address, rules),
        author=_author(tree, metas, article),
        published_at=_date(tree, metas, article),
        image=image,
        image_alt=alt,
    )


def dek_of(text: str) -> str:
    """A description as a dek: whole sentences only, since many are cut short by the program that made them."""
    text = clean(text)
    if _CUT_SHORT.search(text):
        whole = _LAST_STOP.match(_CUT_SHORT.sub(" ", text))
        text = whole[0] if whole else ""
    return text if 20 <= len(text) <= MAX_DEK or (text and ended(text) and len(text) < MAX_DEK) else ""


def language_tag(stated: str | None) -> str | None:
    """A BCP 47 tag in its usual case (`en`, `pt-BR`), or None for what is none."""
    tag = (stated or "").split(",")[0].strip().replace("_", "-").partition(".")[0]
    if not _TAG.fullmatch(tag) or tag.lower() in ("und", "mul", "zxx", "x-default"):
        return None
    first, *more = tag.split("-")
    return "-".join([first.lower(), *(part.upper() if len(part) == 2 else part.title() if len(part) == 4 else part.lower() for part in more)])


def _metas(tree: HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or meta.get("http-equiv") or "").strip().lower()
        content = clean(meta.get("content") or "")
        if name and content:
            found.setdefault(name, content)
    return found


def _title(tree: HtmlElement, metas: dict[str, str], article: jsonld.Node, site: str) -> str:
    page = clean(tree.findtext(".//title") or "")
    told = metas.get("og:title") or jsonld.text(article.get("headline")) or metas.get("twitter:title") or ""
    heads = [clean("".join(head.itertext())) for head in tree.iter("h1")]
    heads = [head for head in heads if head and key(head) != key(site)]
    for head in sorted(heads, key=len, reverse=True):
        if any(_is_title_of(key(head), key(other)) for other in (told, page)):
            return head
    if told:
        return _without_site(told, site)
    return _without_site(page, site) if page and not (len(heads) == 1 and len(heads[0]) > 20) else next(iter(heads), "")


def _is_title_of(head: str, other: str) -> bool:
    """Whether a page's headline is what its head calls it, give or take a rubric before and the site's name behind."""
    if other.startswith(head):
        return len(head) >= 8 and len(head) * 3 > len(other)
    return f" {head} " in f" {other} " and len(head) * 2 > len(other)


def _without_site(title: str, site: str) -> str:
    """The title without the site's name behind or before it; without a known name, only what follows a bar goes."""
    if site:
        for mark in _PARTS.finditer(title):
            if key(title[mark.end() :]) == key(site):
                return title[: mark.start()]
            if key(title[: mark.start()]) == key(site):
                return title[mark.end() :]
    head, bar, after = title.rpartition(" | ")
    return head.strip() if bar and len(head) > len(after) else title


def _canonical(tree: HtmlElement, metas: dict[str, str], address: str | None, rules: UrlRules) -> str | None:
    """The page's own link, if it is on the page's own registrable domain, and names a page as surely as the address does.

    It does not where it is just the site's front page or the section above, or the address without what tells its pages apart (`?id=`,
    `?page=`): broken sites name one page for all. Parameters that tell nothing it may leave out, and with another path it is believed
    (`/?p=7`, `/a-story`), as far as what is known under it is this article (see `making.believed`).
    """
    named = [link.get("href") for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split()]
    for link in (*named, metas.get("og:url")):
        if not link or len(link) > 2_000:
            continue
        found = links.joined(address, link) if address else links.parsed(link)
        if found is None or (address and not links.same_site(found, address)):
            continue
        if address and "/" not in links.short(found) and "/" in links.short(address):
            continue
        if address and (links.names_less(found, address, rules) or links.names_section(found, address, rules)):
            continue
        return found
    return None


def _author(tree: HtmlElement, metas: dict[str, str], article: jsonld.Node) -> str | None:
    given = article.get("author")
    names = [jsonld.text(one) for one in (given if isinstance(given, list) else [given])]
    names = [name for name in names if name] or [metas.get("author") or metas.get("article:author") or metas.get("dc.creator") or ""]
    if not any(names):
        marked = tree.xpath("//*[@rel='author' or @itemprop='author' or contains(concat(' ', @class, ' '), ' byline ')]")
        names = [clean("".join(one.itertext())) for one in (marked if isinstance(marked, list) else []) if isinstance(one, _Element)][:1]
    names = [re.sub(rf"^(?:{BY})\s+", "", name, flags=re.I) for name in names]
    names = [name for name in dict.fromkeys(names) if name and "://" not in name and len(name) <= 80]
    return ", ".join(names[:4]) or None


def _date(tree: HtmlElement, metas: dict[str, str], article: jsonld.Node) -> datetime | None:
    stated = [jsonld.text(article.get("datePublished"))]
    stated += [metas.get(name, "") for name in (
        "article:published_time", "og:article:published_time", "datepublished", "date", "dc.date", "dc.date.issued", "dcterms.created",
        "pubdate", "publishdate", "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime",
    )]
    times = list(tree.iter("time"))
    stated += [time.get("datetime") or time.get("content") or "" for time in times if time.get("pubdate") is not None or time.get("itemprop") == "datePublished"]
    inside = [time for time in times if any(parent.tag in ("article", "header", "main") for parent in time.iterancestors())]
    stated += [(inside or times)[0].get("datetime") or ""] if inside or len(times) == 1 else []
    return next((moment for moment in map(dates.read, stated) if moment), None)


def _image(tree: HtmlElement, metas: dict[str, str], article: jsonld.Node) -> tuple[str | None, str]:
    source = metas.get("og:image:secure_url") or metas.get("og:image") or metas.get("og:image:url") or metas.get("twitter:image")
    source = source or metas.get("twitter:image:src")
    if not source:
        given = article.get("image")
        first = given[0] if isinstance(given, list) and given else given
        source = clean(str(first.get("url") or "")) if isinstance(first, dict) else first if isinstance(first, str) else None
    if not source:
        return None, ""
    alt = metas.get("og:image:alt") or metas.get("twitter:image:alt") or ""
    if not alt:
        name = source.rpartition("/")[2]
        alt = next((clean(img.get("alt") or "") for img in tree.iter("img") if name and name in (img.get("src") or "")), "")
    return source, alt[:1_000]
