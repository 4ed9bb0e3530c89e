"""Names that a platform takes for addresses though nobody meant a link: `README.md`, `ASP.NET`, `crates.io`.

On X such a name is a URL by twitter-text: 23 characters, and the post costs 13 times as much. It is flagged, not defused: what
would defuse it is an invisible character, which breaks copying and is itself a sign of hidden text, or a change of what is read.
On Bluesky a name is a link only where a facet makes it one: none is made.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from bot.text import links, urls
from bot.values import Facet, Segment, Warn, WarningCode


def names(text: str, meant: Collection[str]) -> frozenset[str]:
    """The names in the text that X reads as addresses: without a scheme, and not among the addresses that are meant."""
    known = {links.bare(address) for address in meant}
    return frozenset(span.text for span in urls.find(text) if not span.scheme and links.bare(span.text) not in known)


def unlinked(segment: Segment, text: str, meant: Collection[str]) -> Segment:
    """The segment without link facets on names in the text that nobody meant as addresses."""
    known = {links.bare(address) for address in meant}
    whole = segment.text.encode()

    def accidental(facet: Facet) -> bool:
        name = whole[facet.start : facet.end].decode(errors="replace")
        return facet.type == "link" and "://" not in name and name in text and links.bare(name) not in known

    kept = tuple(facet for facet in segment.facets if not accidental(facet))
    if len(kept) == len(segment.facets):
        return segment
    return segment.model_copy(update={"facets": kept, "has_url": any(facet.type == "link" for facet in kept)})


def warnings(segment: Segment, accidental: Collection[str], measure: Callable[[str], Segment]) -> list[Warn]:
    """One warning for each of the names that the segment's platform will link, with what that costs."""
    found = [name for name in dict.fromkeys(span.text for span in urls.find(segment.text)) if name in accidental]
    plain = segment.text
    for name in found:
        plain = plain.replace(name, name.replace(".", " "))
    without = measure(plain).cost_micros
    price = f": ${segment.cost_micros / 1e6:.3f} instead of ${without / 1e6:.3f}" if segment.cost_micros > without else ""
    return [
        Warn(code=WarningCode.ACCIDENTAL_LINK, detail=f"{name} reads as a link{price}. Reword it, or approve it as it is.", span=name)
        for name in found
    ]
