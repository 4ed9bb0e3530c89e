"""Which entries of a feed are news, and when to look again. Pure: what is known and what is shown in, decisions out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.sources import entries as identity
from bot.store.sources import KEPT, Known
from bot.values import Entry

MAX_TRIES = 6
"""How often the page of an entry is asked for before it is left."""
FIRST_RETRY = 900
"""Seconds until the second try; each of the others waits twice as long, so that all take some eight hours."""
JITTER = 0.1
"""Share of the interval by which polls differ, so that those of many feeds and machines spread."""
SLOWEST = 6 * 3600
"""Seconds between the polls of a source that keeps failing."""
LONGEST_WAIT = 24 * 3600
"""Seconds a publisher may ask us to stay away."""
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_FIRST_FEEDS = datetime(1999, 1, 1, tzinfo=UTC)
MANY = 1_000
"""So many entries with the links that are known and other GUIDs: those GUIDs are given anew each time, and not worth writing down."""
FEW = 3
"""So many first entries without dates are taken for news."""
NEARLY_ALL = 0.75
"""Share of a feed's entries that are unknown at once when its site has moved."""
REST = 60
"""Seconds until what was over the cap is read."""


@dataclass
class Choice:
    """What becomes of each entry; the numbers are places in the list of entries, oldest first."""

    take: list[int] = field(default_factory=list)
    """To be read now, oldest first."""
    noted: list[int] = field(default_factory=list)
    """No news, to be known from now on."""
    left: int = 0
    """News beyond the cap: read at the next poll."""
    waiting: bool = False
    """An entry is to be tried again later."""
    known: dict[int, Known] = field(default_factory=dict)
    """What is stored of an entry."""
    renamed: dict[int, Entry] = field(default_factory=dict)
    """Known entries, by their rows' ids, that came under another link or GUID."""

    @property
    def settled(self) -> bool:
        """Nothing is left of what was seen, so that only a changed feed can bring anything."""
        return not self.left and not self.waiting


def choose(
    entries: Sequence[Entry], known: Sequence[Known], *, now: datetime, cap: int, baseline: bool = True, backlog: int = 0,
    added_at: datetime | None = None, empty: bool = False,
) -> Choice:
    """Decide. Until there is a `baseline`, all that a feed holds is known, and only the newest `backlog` entries are news; and of a
    feed that was `empty` when it was read before, what was published since it was added.

    Later all are news that no key is known of, oldest first and up to `cap`; except those that slid into the feed's old end
    since others were deleted, or since it shows more than before: they were published before the source was added.
    """
    chosen = Choice(known=_matched(entries, known))
    there = {row.link for row in known if row.link}
    before = frozenset(there)
    for at, row in chosen.known.items():
        pair = (entries[at].link or row.link, entries[at].guid or row.guid)
        if pair != (row.link, row.guid) and (pair[0] == row.link or pair[0] not in there):  # two links may be one by now
            chosen.renamed[row.id] = entries[at].model_copy(update={"link": pair[0], "guid": pair[1]})
            there.add(pair[0] or "")
    regiven = [row.id for at, row in chosen.known.items() if row.id in chosen.renamed and entries[at].link == row.link]
    if len(regiven) > MANY:
        given = {*regiven}
        chosen.renamed = {number: entry for number, entry in chosen.renamed.items() if number not in given}
    fresh = _fresh(entries, chosen.known)
    split = {at for at in fresh if entries[at].former in before}  # one with another until the user's rules for addresses changed
    fresh = [at for at in fresh if at not in split]
    due = [at for at, row in chosen.known.items() if row.try_at is not None and row.try_at <= now]
    if baseline:
        end = max((entries[at].place for at in chosen.known), default=None)
        chosen.noted = [at for at in fresh if _slid_in(entries[at], end, added_at) or _forgotten(entries[at], now, added_at)]
        news = sorted({*fresh, *due} - {*chosen.noted})
        chosen.take, chosen.left = news[:cap], len(news[cap:])
    else:
        newest = range(max(0, len(entries) - backlog), len(entries))
        first = [at for at in (_first(entries, fresh, added_at) if empty else ()) if at not in newest]
        chosen.take, chosen.left = sorted({*(at for at in {*fresh, *due} if at in newest), *first[:cap]}), len(first[cap:])
        told = {*newest, *first}
        chosen.noted = [at for at in fresh if at not in told]
    chosen.noted += sorted(split)
    chosen.waiting = any(row.try_at is not None and at not in chosen.take for at, row in chosen.known.items())
    return chosen


def _matched(entries: Sequence[Entry], known: Sequence[Known]) -> dict[int, Known]:
    """What is stored of each entry. Its link goes first; its GUID counts only where it names one entry, here and there.

    Some feeds number their entries anew each time, and give GUIDs that belong to another entry by now.
    """
    by_link = {row.link: row for row in known if row.link}
    found = {at: by_link[entry.link] for at, entry in enumerate(entries) if entry.link in by_link}
    taken = {row.id for row in found.values()}
    for at, entry in enumerate(entries):  # by the user's former rules for addresses, where it is not known by those of now
        row = by_link.get(entry.former) if at not in found and entry.former else None
        if row is not None and row.id not in taken:
            found[at] = row
            taken.add(row.id)
    stored = Counter(row.guid for row in known)
    shown = Counter(guid for guid, _ in {(entry.guid, entry.link) for entry in entries})
    by_guid = {row.guid: row for row in known if row.guid and stored[row.guid] == 1 and row.id not in taken}
    for at, entry in enumerate(entries):
        if at not in found and entry.guid in by_guid and shown[entry.guid] == 1:
            found[at] = by_guid[entry.guid]
    taken.update(row.id for row in found.values())
    by_former: dict[str | None, Known] = {link: row for row in known for link in row.former if row.id not in taken}
    for at, entry in enumerate(entries):
        row = by_former.get(entry.link) if at not in found else None
        if row is not None and row.id not in taken:
            found[at] = row
            taken.add(row.id)
    return found | _moved(entries, [row for row in known if row.id not in taken], found)


def _moved(entries: Sequence[Entry], known: Sequence[Known], found: Mapping[int, Known]) -> dict[int, Known]:
    """Entries under keys that are all new, known by title and date (see `Entry.about`), where these name one entry, here and there.

    That counts within a page that several entries share, and where nearly all of the feed is unknown at once: its site has moved. One
    entry alone does not show that, unless it has a time of day: some feeds date by the day, and have the same title each day.
    """
    stored = Counter(row.about for row in known if row.about)
    by_about: dict[str | None, Known] = {row.about: row for row in known if row.about and stored[row.about] == 1}
    unknown = [at for at in range(len(entries)) if at not in found]
    shown = Counter(about for about, _ in {(entries[at].about, entries[at].link) for at in unknown})
    alike = {at: by_about[entries[at].about] for at in unknown if entries[at].about in by_about and shown[entries[at].about] == 1}
    nearly_all = len(unknown) >= NEARLY_ALL * len({entry.link or entry.guid for entry in entries})
    if not nearly_all or (len(alike) == 1 and not any(_has_time(entries[at]) for at in alike)):
        alike = {at: row for at, row in alike.items() if entries[at].page is not None}
    return alike


def _has_time(entry: Entry) -> bool:
    """A whole hour may be midnight in some zone."""
    return entry.published_at is not None and bool(entry.published_at.minute or entry.published_at.second)


def named(entries: Sequence[Entry], shared: frozenset[str]) -> list[Entry]:
    """Each entry by the link that names it: its `part` where several have its page, now or before (`shared`, by their hashes)."""
    pages = identity.shared(entries) | shared
    return [
        entry.model_copy(update={"link": entry.part, "page": entry.link, "former": None}) if entry.part and entry.link in pages else entry for entry in entries
    ]


def _first(entries: Sequence[Entry], fresh: Sequence[int], added_at: datetime | None) -> list[int]:
    """What is news of the first entries that a feed shows: dated after it was added. A few without dates are, too, where none is older.

    Many that are all dated alike are dated by when the feed was written.
    """
    dates = {at: entries[at].published_at for at in fresh}
    since = [at for at, moment in dates.items() if moment is not None and added_at is not None and moment >= added_at]
    if len(since) > FEW and len({dates[at] for at in since}) == 1:
        since = []
    undated = [at for at, moment in dates.items() if moment is None]
    return sorted([*since, *(undated if len(entries) <= FEW and len(since) + len(undated) == len(fresh) else ())])


def _fresh(entries: Sequence[Entry], known: dict[int, Known]) -> list[int]:
    """Those of which nothing is stored; of twins the first."""
    seen: set[str | None] = set()
    fresh = []
    for at, entry in enumerate(entries):
        key = entry.link or entry.guid
        if at not in known and key is not None and key not in seen:
            fresh.append(at)
        seen.add(key)
    return fresh


def _slid_in(entry: Entry, end: int | None, added_at: datetime | None) -> bool:
    """Below the last known entry, and older than our knowledge of the feed. A date alone is not believed."""
    return end is not None and entry.place > end and entry.published_at is not None and added_at is not None and entry.published_at < added_at


def _forgotten(entry: Entry, now: datetime, added_at: datetime | None) -> bool:
    """So old that it may have been known once (see `sources.KEPT`). Dates from before there were feeds are no dates."""
    before = now - KEPT
    return added_at is not None and added_at < before and entry.published_at is not None and _FIRST_FEEDS < entry.published_at < before


def next_poll(
    now: datetime, interval: float, *, shake: float, failures: int = 0, wait: float = 0, rest: bool = False, skips: str = ""
) -> datetime:
    """When to poll next.

    `interval` is in seconds, `shake` from -1 to 1 (see `JITTER`), `failures` the polls in a row that failed: each doubles the
    interval. `wait`: seconds the publisher asks for (`ttl`, `max-age`, Retry-After). `rest`: there is more to be read at once. `skips`:
    hours and days (UTC) in which the feed asks to be left alone, as words; more than a day of them together is not believed.
    """
    if rest:
        return now + timedelta(seconds=min(interval, REST))
    seconds = min(interval * 2 ** min(failures, 30), max(interval, SLOWEST)) * (1 + JITTER * shake)
    at = now + timedelta(seconds=max(seconds, min(wait, LONGEST_WAIT) * (1 + JITTER * abs(shake))))
    words = frozenset(skips.split())
    hours = (at + timedelta(hours=more) for more in range(25))
    return next((hour for hour in hours if not {str(hour.hour), _DAYS[hour.weekday()]} & words), at) if words else at


def try_again(now: datetime, tries: int) -> datetime | None:
    """When the page of an entry is tried again after so many tries, ever later; None when it is left."""
    return now + timedelta(seconds=FIRST_RETRY * 2 ** (tries - 1)) if tries < MAX_TRIES else None
