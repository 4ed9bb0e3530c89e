"""The web of the soak: a site with many feeds whose articles appear, change, move and vanish as the simulated year goes by."""

from __future__ import annotations

import html
import json
import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HOST = "paper.example.com"
SHOWN = 20
"""Entries that a feed shows."""
FAILS = 0.02
"""Share of the requests that fail."""
_SUBJECTS = (
    "council orchestra harbour library museum bakery brewery university hospital theatre cinema railway ferry airport market garden school "
    "court parliament ministry agency museum factory workshop studio archive observatory laboratory vineyard quarry mill cooperative choir "
    "festival gallery stadium zoo aquarium foundation bank insurer publisher newspaper union club society chapel monastery lighthouse "
    "shipyard depot dairy farm nursery greenhouse sawmill foundry tannery pottery clinic pharmacy kitchen restaurant hotel inn campsite"
).split()
_VERBS = (
    "repairs opens closes extends paints rebuilds sells buys lends borrows moves lights cleans measures studies records teaches hosts "
    "feeds houses insures publishes prints translates restores tunes rents heats cools waters plants harvests weighs sorts ships stores "
    "guards inspects funds charts maps names counts renames fences bridges drains floods roofs floors furnishes"
).split()
_ADJECTIVES = (
    "wooden quiet northern southern eastern western narrow broad steep shallow ancient modern shared private wandering patient copper "
    "marble velvet crimson amber silver rusty gentle hollow bright dusty frozen sunlit rainy foggy windy distant nearby crowded empty "
    "cheerful solemn nimble sturdy fragile ornate plain curious hidden famous forgotten beloved disputed generous modest"
).split()
_THINGS = (
    "bridges gardens clocks pianos ladders windows barrels lanterns engines kettles violins baskets bicycles tractors cranes anchors "
    "carpets mirrors statues fountains benches tunnels canals terraces staircases chimneys gates fences wells ovens looms presses "
    "telescopes compasses globes atlases ledgers letters stamps coins medals flags tents boats sledges wagons saddles horses goats geese "
    "orchards meadows hedges ponds reeds lilies tulips apples pears plums walnuts chestnuts mushrooms herbs honey cheese bread soup"
).split()
_PLACES = (
    "Aldenburg Brimhaven Caldera Dunmere Eastwick Farrowdale Glenmora Hartfield Ilmenau Jasperton Kelsey Larkspur Merrow Norwood Oakhurst "
    "Penrose Quarrington Ravensby Selwyn Thornbury Ullerton Varley Westmarch Yarrow Zellerau Ashcombe Birchwood Coldwater Drumlin Elmsford"
).split()


@dataclass(frozen=True)
class Story:
    """An article of the site."""

    number: int
    feed: int
    at: datetime
    corrected_at: datetime | None
    gone_at: datetime | None

    @property
    def path(self) -> str:
        return f"/f{self.feed:02}/story-{self.number}"

    @cached_property
    def words(self) -> tuple[str, list[str], list[tuple[str, str]]]:
        """Headline, paragraphs, FAQ pairs; {n} stands where the figure is."""
        chance = random.Random(self.number)

        def sentence() -> str:
            place, subject, verb = chance.choice(_PLACES), chance.choice(_SUBJECTS), chance.choice(_VERBS)
            one, other = chance.sample(_ADJECTIVES, 2)
            return (
                f"The {one} {subject} of {place} {verb} {other} {chance.choice(_THINGS)} "
                f"beside the {chance.choice(_ADJECTIVES)} {chance.choice(_THINGS)} of the {chance.choice(_SUBJECTS)}."
            )

        subject, verb, place = chance.choice(_SUBJECTS), chance.choice(_VERBS), chance.choice(_PLACES)
        headline = f"{place} {subject} {verb} {chance.choice(_ADJECTIVES)} {chance.choice(_THINGS)} for the {chance.choice(_ADJECTIVES)} {chance.choice(_SUBJECTS)}"
        figure = f"The {subject} of {place} paid for {{n}} {chance.choice(_THINGS)}, the {chance.choice(_SUBJECTS)} said."
        paragraphs = [" ".join(sentence() for _ in range(3)) for _ in range(4)]
        paragraphs[1] = f"{figure} {paragraphs[1]}"
        asked = [(f"What does the {chance.choice(_SUBJECTS)} of {chance.choice(_PLACES)} do?", sentence()) for _ in range(3)]
        return headline, paragraphs, asked if self.number % 7 == 0 else []

    def page(self, now: datetime) -> str:
        """The page as it is at that time."""
        headline, paragraphs, asked = self.words
        figure = 20 + self.number % 70 + (3 if self.corrected_at is not None and now >= self.corrected_at else 0)
        body = "".join(f"<p>{html.escape(one.replace('{n}', str(figure)))}</p>" for one in paragraphs)
        if asked:
            body += "<h2>Frequently asked questions</h2>" + "".join(f"<h3>{html.escape(q)}</h3><p>{html.escape(a)}</p>" for q, a in asked)
        return (
            f'<!doctype html><html lang="en"><head><title>{headline}</title><meta property="article:published_time" content="{self.at.isoformat()}">'
            f'<meta property="og:type" content="article"></head><body><article><h1>{headline}</h1>{body}</article></body></html>'
        )


@dataclass(frozen=True)
class Plan:
    """The year as it is to go."""

    began: datetime
    days: int
    feeds: int
    a_day: int
    seed: int

    @cached_property
    def stories(self) -> list[Story]:
        """In the order of their times."""
        chance = random.Random(self.seed)
        found: list[Story] = []
        for day in range(-2, self.days):  # the first two are before the year: what the feeds hold when they are added
            wanted = round(self.a_day * (0.5 if (self.began + timedelta(days=day)).weekday() >= 5 else 1.2))
            for moment in sorted(chance.uniform(6 * 3600, 22 * 3600) for _ in range(wanted)):
                at = self.began + timedelta(days=day, seconds=round(moment))
                kind = chance.random()
                found.append(Story(
                    len(found), chance.randrange(self.feeds), at, at + timedelta(hours=6) if kind < 0.01 else None,
                    at + timedelta(hours=8) if 0.01 <= kind < 0.013 else None,
                ))
        return [story for story in found if not (self.ends(story.feed) and story.at > self.ended - timedelta(hours=6))]  # all that it shows is read before

    @property
    def ended(self) -> datetime:
        """When the last feed ends, for good."""
        return self.began + timedelta(days=self.days * 0.8)

    @property
    def moves(self) -> datetime:
        """When the last but one moves, for good."""
        return self.began + timedelta(days=self.days * 0.3)

    def ends(self, feed: int) -> bool:
        return feed == self.feeds - 1

    def moved(self, feed: int) -> bool:
        return feed == self.feeds - 2

    @cached_property
    def by_feed(self) -> list[list[Story]]:
        return [[story for story in self.stories if story.feed == feed] for feed in range(self.feeds)]


class Site(ThreadingHTTPServer):
    """The plan on a socket. `url` is what the feeds' addresses begin with; its name is resolved to loopback by the worker."""

    daemon_threads = True

    def __init__(self, plan: Plan, now: Callable[[], datetime]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.plan, self.now = plan, now
        self.asked: Counter[str] = Counter()
        self.stormy = True
        self.chance = random.Random(plan.seed + 1)
        self.lock = threading.Lock()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A worker that was killed hangs up."""

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.server_address[1]}"

    def feed(self, number: int) -> tuple[str, bytes, str]:
        """Media type, body and ETag of a feed as it is now."""
        now = self.now()
        shown = [story for story in self.plan.by_feed[number] if story.at <= now][-SHOWN:][::-1]
        if number % 5 == 1:  # sorted by the last change, which is an hour ago for all
            shown.sort(key=lambda story: story.number % 3)
        restless = number % 5 == 2
        tag = f'"{max((story.number for story in shown), default=0)}-{now.timestamp() if restless else ""}"'
        entries = [(
            f"{self.url}{story.path}", story.words[0], f"g{story.number}-{now.timestamp():.0f}" if restless else f"g{story.number}",
            now - timedelta(hours=1) if number % 5 == 1 else story.at, " ".join(story.words[1])[:160],
        ) for story in shown]
        if number % 5 == 4:
            items = [{"id": guid, "url": url, "title": title, "date_published": at.isoformat(), "summary": told} for url, title, guid, at, told in entries]
            return "application/feed+json", json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Paper", "items": items}).encode(), tag
        items_xml = "".join(
            f"<item><title>{html.escape(title)}</title><link>{url}</link><guid isPermaLink='false'>{guid}</guid>"
            f"<pubDate>{format_datetime(at)}</pubDate><description>{html.escape(told)}</description></item>" for url, title, guid, at, told in entries
        )
        return "application/rss+xml", f"<rss version='2.0'><channel><title>Paper {number}</title><ttl>30</ttl>{items_xml}</channel></rss>".encode(), tag


class _Handler(BaseHTTPRequestHandler):
    server: Site
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Silence."""

    def do_GET(self) -> None:
        site, path = self.server, self.path.partition("?")[0]
        with site.lock:
            site.asked["requests"] += 1
            trouble = site.stormy and site.chance.random() < FAILS
            kind = site.chance.randrange(3)
        if trouble:
            with site.lock:
                site.asked["failures"] += 1
            return self._fail(kind)
        feed = int(path[2:4]) if path[1:2] == "f" and path[2:4].isdigit() else None
        if feed is None:
            return self._say(404, b"nothing here")
        plan, now = site.plan, site.now()
        if path.endswith(("/feed", "/news")):
            if plan.ends(feed) and now > plan.ended:
                return self._say(410, b"gone")
            if plan.moved(feed) and now > plan.moves and path.endswith("/feed"):
                return self._say(301, b"", {"Location": f"{site.url}/f{feed:02}/news"})
            media, body, tag = site.feed(feed)
            if self.headers.get("If-None-Match") == tag:
                with site.lock:
                    site.asked["unchanged"] += 1
                return self._say(304, b"", {"ETag": tag})
            return self._say(200, body, {"Content-Type": media, "ETag": tag})
        number = path.rpartition("-")[2]
        story = next((one for one in plan.by_feed[feed] if str(one.number) == number), None)
        if story is None or story.at > now:
            return self._say(404, b"not yet")
        if story.gone_at is not None and now >= story.gone_at:
            return self._say(410, b"gone")
        return self._say(200, story.page(now).encode(), {"Content-Type": "text/html; charset=utf-8"})

    def _fail(self, kind: int) -> None:
        if kind == 0:
            self._say(503, b"busy")
        elif kind == 1:
            self.close_connection = True
        else:
            self.send_response(200)
            self.send_header("Content-Length", "5000")
            self.end_headers()
            self.wfile.write(b"<html>cut")
            self.close_connection = True

    def _say(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
