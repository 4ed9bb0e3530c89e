"""A small platform that is quick to reason about: it counts graphemes, prices links, and links by facets if it has cards."""

from __future__ import annotations

import unicodedata

from bot.text import graphemes, urls
from bot.values import Facet, Limits, Segment
from tests.fakes import FakePlatform


class Plain(FakePlatform):
    """Measures only; `cards`: a link is a card, and a name in the text is a link only by a facet."""

    def __init__(self, length: int, *, cards: bool = False, size: int | None = None) -> None:
        super().__init__()
        self.limits = Limits(unit="graphemes", length=length, bytes=size, cards=cards, facets=cards)

    def measure(self, text: str) -> Segment:
        sent = unicodedata.normalize("NFC", text)
        found = urls.find(sent)
        facets = tuple(
            Facet(
                start=len(sent[: span.start].encode()), end=len(sent[: span.end].encode()), type="link",
                value=span.text if span.scheme else f"https://{span.text}",
            )
            for span in found
        )
        return Segment(
            text=sent, length=graphemes.length(sent), limit=self.limits.length, has_url=bool(found),
            cost_micros=0 if self.limits.cards else 200_000 if found else 15_000, facets=facets if self.limits.facets else (),
        )
