"""The store: units of work on SQLite or PostgreSQL; opening, upgrading and checking a database."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

from sqlalchemy import URL, Connection, Engine, inspect, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from bot.errors import StoreError
from bot.store import keyed, machine, rows
from bot.store.engine import PATIENCE, UNIT, in_memory, make_engine, masked, plainly, read_url
from bot.store.models import Base
from bot.values import NO_URL_RULES, UrlRules

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0014"
"""The newest revision, as its file in `migrations/versions` says: compared at each opening, so that alembic is loaded only to upgrade."""

VERSION_TABLE = "bot_version"
"""Not alembic's own name: another program in the same PostgreSQL database may use that."""

_OF_ROWS = ("CHECK constraint failed", "NULL value")
"""What SQLite says of a row that somebody changed by hand; the file is sound, and `rows` names the row."""

_UPGRADE_LOCK = 0x626F7400
"""Key of the PostgreSQL advisory lock that lets one upgrade run at a time; any number serves."""


class Store:
    """A database, open. All work is done in units; each is one transaction and one session, and units do not nest."""

    def __init__(self, engine: Engine, patience: int = PATIENCE, rules: UrlRules = NO_URL_RULES) -> None:
        self.rules = rules
        """The user's rules for addresses: keys of this database are made by them (`keyed.rules` in a unit)."""
        self.url = masked(engine.url)
        """For people: the password is masked."""
        self.dialect = engine.dialect.name
        """`sqlite` or `postgresql`."""
        self.file = Path(engine.url.database or "") if self.dialect == "sqlite" and not in_memory(engine.url) else None
        """SQLite's file; None for PostgreSQL, and for a database in memory."""
        self._engine, self._patience = engine, patience
        reading = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True} if self.dialect == "postgresql" else {}
        self._kinds = {"read": engine.execution_options(**{UNIT: "read"}, **reading), "write": engine.execution_options(**{UNIT: "write"})}
        self._here = threading.local()
        # The units of all threads share the one connection of a database in memory: one after the other.
        self._turn = threading.Lock() if in_memory(engine.url) else None

    def read(self) -> AbstractContextManager[Session]:
        """A unit that only reads, from one snapshot. A write in it raises StoreError."""
        return self._unit("read")

    def write(self) -> AbstractContextManager[Session]:
        """A unit that may write: committed at its end, rolled back when an exception leaves it.

        On SQLite it begins as the only writer (BEGIN IMMEDIATE), so what it read stays true until it commits; on PostgreSQL
        rows that must stay as read are locked (`with_for_update`). Keep network calls out of it. Raises StoreError when the
        database refuses; a broken constraint stays SQLAlchemy's IntegrityError.
        """
        return self._unit("write")

    def session(self) -> AbstractContextManager[Session]:
        """The same as `write`, where it is not known yet whether anything will be written."""
        return self._unit("write")

    @contextmanager
    def _unit(self, kind: str) -> Iterator[Session]:
        if getattr(self._here, "busy", False):
            raise StoreError("a unit of work is open on this thread already: pass its session on instead of opening another.")
        self._here.busy = True
        if self._turn is not None:
            self._turn.acquire()
        try:
            with plainly(self._engine.url, patience=self._patience), Session(self._kinds[kind], expire_on_commit=False, info=keyed.info(self.rules)) as session:
                yield session
                session.commit()
        except Exception as error:
            if kind == "read" and _wrote_in_read(error):
                raise StoreError("a unit opened for reading tried to write.") from error
            raise
        finally:
            self._here.busy = False
            if self._turn is not None:
                self._turn.release()

    def close(self) -> None:
        """Close all connections. A closed store may be used again (not one in memory: it is gone)."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _wrote_in_read(error: Exception) -> bool:
    cause = str(error.__cause__ if isinstance(error, StoreError) else error)
    return "attempt to write a readonly database" in cause or "in a read-only transaction" in cause


def open_store(url: str, *, upgrade: bool | None = None, patience: int = PATIENCE, rules: UrlRules = NO_URL_RULES) -> Store:
    """Open the database at `url` (as `Settings.database` gives it), at the program's own revision.

    `upgrade`: bring an older or empty database up to date; None does so on SQLite, where no other machine can be in the way.
    `patience`: seconds a unit waits for another program's lock before it raises StoreError. `rules`: the user's for addresses.
    Raises ConfigError when the URL can not be read, StoreError when the database can not be used: not reachable, not ours,
    newer than the program, or in need of `bot db upgrade`.
    """
    where = read_url(url)
    if in_memory(where):
        return _fresh_in_memory(where, rules)
    machine.refuse_another(where)
    engine = make_engine(where, patience)
    sqlite = engine.dialect.name == "sqlite"
    try:
        with plainly(where, opening=True, patience=patience):
            found = _revision(engine)
            if sqlite:
                _write_ahead(engine)
            if found != HEAD:
                if upgrade is False or (upgrade is None and not sqlite):
                    refuse_newer(where, found)
                    raise StoreError(f"The database {masked(where)} is not up to date: run `bot db upgrade`.")
                _upgrade(engine)
    except BaseException:
        engine.dispose()
        raise
    return Store(engine, patience, rules)


def upgrade(url: str) -> tuple[str | None, str]:
    """Bring a database up to date; safe to run on many machines at once. Returns its revision before (None: empty) and after."""
    where = read_url(url)
    machine.refuse_another(where)
    engine = make_engine(where)
    try:
        with plainly(where, opening=True):
            _revision(engine)
            if engine.dialect.name == "sqlite" and not in_memory(where):
                _write_ahead(engine)
            return _upgrade(engine), HEAD
    finally:
        engine.dispose()


def check(url: str) -> list[str]:
    """What is wrong with a database, a sentence each; empty when nothing is. Changes nothing.

    Raises ConfigError or StoreError when it can not be looked at.
    """
    where = read_url(url)
    if where.get_backend_name() == "sqlite" and not in_memory(where) and not Path(where.database or "").exists():
        return [f"There is no database {where.database} yet: run `bot db upgrade`."]
    machine.refuse_another(where)
    engine = make_engine(where)
    try:
        with plainly(where, opening=True):
            found = _revision(engine)
            if found is None:
                return [f"The database {masked(where)} is empty: run `bot db upgrade`."]
            refuse_newer(where, found)
            if found != HEAD:
                return [f"The database {masked(where)} is at revision {found}, the program at {HEAD}: run `bot db upgrade`."]
            with engine.execution_options(**{UNIT: "read"}).connect() as connection:
                broken = _damage(connection)
                return broken if any("damaged" in line for line in broken) else [*broken, *_differences(connection), *rows.wrong(connection)]
    finally:
        engine.dispose()


def stale_keys(url: str, rules: UrlRules) -> bool:
    """Whether a database that is all well has keys that other rules made (`keyed`). Changes nothing."""
    engine = make_engine(read_url(url))
    try:
        with plainly(engine.url, opening=True), Store(engine, rules=rules).read() as session:
            return bool(keyed.stale(session, rules))
    finally:
        engine.dispose()


def _fresh_in_memory(where: URL, rules: UrlRules) -> Store:
    """Made from the models (a test keeps them equal to the migrations): a preview need not wait for alembic."""
    engine = make_engine(where)
    with engine.execution_options(**{UNIT: "write"}).begin() as connection:
        Base.metadata.create_all(connection)
    return Store(engine, rules=rules)


def _write_ahead(engine: Engine) -> None:
    """Readers and the writer do not wait for each other; the file remembers this."""
    with engine.connect() as connection:
        if connection.exec_driver_sql("PRAGMA journal_mode").scalar() != "wal":
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return _revision_on(connection)


def _revision_on(connection: Connection) -> str | None:
    """The revision a database is at; None when it has none of our tables. Raises StoreError when it has another's of that name."""
    if not inspect(connection).has_table(VERSION_TABLE):
        there = inspect(connection).get_table_names()
        names = sorted(set(there) & set(Base.metadata.tables))
        if names:
            raise StoreError(
                f"The database {masked(connection.engine.url)} has tables of another program ({', '.join(names)}). "
                "Name an empty one in DATABASE_URL."
            )
        if there and connection.dialect.name == "sqlite":  # a file is one program's; a PostgreSQL database may be shared
            some = ", ".join(there[:3]) + (", …" if there[3:] else "")
            raise StoreError(f"{connection.engine.url.database} is another program's database (its tables: {some}). Name another file in DATABASE_URL.")
        return None
    found = connection.scalar(text(f"select version_num from {VERSION_TABLE}"))  # noqa: S608 — a constant
    return None if found is None else str(found)


def refuse_newer(where: URL, found: str | None) -> None:
    """Raises StoreError when a newer program made the database: what it means by its tables is not known here."""
    if found is None:
        return
    from alembic.script import ScriptDirectory

    if found not in {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}:
        raise StoreError(f"The database {masked(where)} was made by a newer program (revision {found}; this one knows {HEAD}): update the program.")


def _upgrade(engine: Engine) -> str | None:
    """One transaction, one upgrade at a time; whoever waited finds nothing left to do. Returns the revision before."""
    from alembic import command

    with engine.execution_options(**{UNIT: "upgrade"}).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
        found = _revision_on(connection)
        if found != HEAD:
            refuse_newer(engine.url, found)
            command.upgrade(_config(connection), "head")
            broken = _damage(connection)
            if broken:
                raise StoreError(f"The upgrade was taken back. {broken[0]}")
    return found


def _config(connection: Connection | None = None) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _differences(connection: Connection) -> list[str]:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    ours = set(Base.metadata.tables)
    options = {
        "version_table": VERSION_TABLE,
        # Another program's tables in the same database are none of our business.
        "include_name": lambda name, kind, parents: kind != "table" or name in ours,
    }
    found = compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata)
    flat = [step for entry in found for step in (entry if isinstance(entry, list) else [entry])]
    return [f"The tables differ from what the program expects: {_step(step)}." for step in flat]


def _step(step: tuple[object, ...]) -> str:
    names = [str(getattr(part, "name", part)) for part in step[1:] if part is not None and not isinstance(part, dict)]
    return f"{str(step[0]).replace('_', ' ')} {' '.join(names)}"


def _damage(connection: Connection) -> list[str]:
    if connection.dialect.name != "sqlite":
        return []
    try:
        told = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check") if row[0] != "ok"]
        told = [line for line in told if not line.startswith(_OF_ROWS)][:5]
        orphans = {(str(row[0]), str(row[2])) for row in connection.exec_driver_sql("PRAGMA foreign_key_check")}
    except DatabaseError as error:  # so damaged that it can not even be walked through
        told, orphans = [str(error.orig)], set()
    return [f"The file is damaged: {' '.join(line.split())}. Restore it from a backup." for line in told] + [
        f"Table {table} refers to rows of {parent} that are not there. Restore it from a backup." for table, parent in sorted(orphans)
    ]
