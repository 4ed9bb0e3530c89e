"""A database with one approved post, and as many fresh copies of it as a test wants."""

from __future__ import annotations

import io
import shutil
import threading
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import psycopg
from PIL import Image as Picture

from bot import clock
from bot.accounts import Account
from bot.platforms import connect
from bot.store import accounts, articles, db, models, posts
from bot.store.states import ArticleState
from bot.values import Card, Content, Formatted, Image, Kind
from tests.servers.postgres import Server


class Databases(Protocol):
    """One kind of database."""

    def copy(self, name: str) -> AbstractContextManager[str]:
        """The URL of a fresh copy; gone afterwards."""


class Files:
    """SQLite."""

    def __init__(self, folder: Path, template: Path) -> None:
        self._folder, self._template = folder, template

    @contextmanager
    def copy(self, name: str) -> Iterator[str]:
        path = self._folder / f"{name}.db"
        shutil.copyfile(self._template, path)
        yield f"sqlite:///{path}"
        for part in self._folder.glob(f"{name}.db*"):
            part.unlink()


class Postgres:
    """PostgreSQL. Making and dropping a database waits for the disk, so a used one is filled again and lent once more."""

    def __init__(self, server: Server, template: str, stack: ExitStack) -> None:
        self._server, self._template, self._stack = server, template, stack
        self._free: list[str] = []
        self._lock = threading.Lock()

    @contextmanager
    def copy(self, name: str) -> Iterator[str]:
        with self._lock:
            url = self._free.pop() if self._free else self._new()
        yield url
        self._refill(url)
        with self._lock:
            self._free.append(url)

    def _new(self) -> str:
        return self._stack.enter_context(self._server.database(self._template))

    def _refill(self, url: str) -> None:
        with psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True) as connection:
            own = "pid <> pg_backend_pid() and datname = current_database()"
            connection.execute(f"select pg_terminate_backend(pid) from pg_stat_activity where {own}".encode())
            with connection.transaction():
                connection.execute("set local session_replication_role = replica")  # no foreign key stands in the way
                for table in models.Base.metadata.tables:
                    connection.execute(f'delete from "{table}"'.encode())
                    connection.execute(f'insert into "{table}" select * from kept."{table}"'.encode())


@contextmanager
def files(folder: Path, empty: Path, platform: str, texts: tuple[str, ...], *, card: bool, new: bool) -> Iterator[Databases]:
    template = folder / "template.db"
    shutil.copyfile(empty, template)
    _fill(f"sqlite:///{template}", platform, texts, card=card, new=new)
    yield Files(folder, template)


@contextmanager
def postgres(server: Server, empty: str, platform: str, texts: tuple[str, ...], *, card: bool, new: bool) -> Iterator[Databases]:
    name = f"killing_{uuid.uuid4().hex}"
    server.run(f"create database {name} template {empty}")
    try:
        _fill(server.url(name), platform, texts, card=card, new=new)
        with psycopg.connect(server.url(name).replace("+psycopg", "", 1), autocommit=True) as connection:
            connection.execute("create schema kept")
            for table in models.Base.metadata.tables:
                connection.execute(f'create table kept."{table}" as table "{table}"'.encode())
        with ExitStack() as stack:
            yield Postgres(server, name, stack)
    finally:
        server.run(f"drop database {name} with (force)")


def _fill(url: str, platform: str, texts: tuple[str, ...], *, card: bool, new: bool) -> None:
    """`new`: it is not known what the account said before this database."""
    adapter = connect(Account(name=platform, platform=platform, service="http://127.0.0.1:9"), timeout=1)
    image = _image()
    shown = Card(uri="https://example.com/ferry", title="Ferry", description="", thumb=sha256(image.data).hexdigest()) if card else None
    content = Content(segments=tuple(adapter.measure(text) for text in texts), card=shown, languages=("en",))
    with db.open_store(url) as store, store.write() as session:
        now = clock.now(session)
        account = accounts.ensure(session, name=platform, platform=platform, handle=None)
        account.said_read_at = None if new else now
        if card:
            articles.keep_picture(session, image)
        article = models.Article(
            url_key="example.com/ferry", url="https://example.com/ferry", fingerprint="f", title="T", dek="", body="B", hidden="", faq=(),
            image_alt="", tail_cut=False, notes=(), state=ArticleState.DRAFTED, created_at=now,
        )
        session.add(article)
        session.flush()
        post = posts.create(session, article_id=article.id, kind=Kind.FAQ if len(texts) > 1 else Kind.SHORT, account_id=account.id, now=now)
        posts.revise(session, post, Formatted(content=content), who="test", now=now)
        posts.approve(session, post, who="ana", now=now, due_at=now, expires_at=None)


def _image() -> Image:
    buffer = io.BytesIO()
    Picture.new("RGB", (60, 30), (10, 90, 200)).save(buffer, "JPEG")
    return Image(mime="image/jpeg", width=60, height=30, data=buffer.getvalue())
