"""Fixtures of real servers, for all integration tests."""

from __future__ import annotations

from tests.integration.cli_world import account, x_world  # noqa: F401
from tests.leasing import tick  # noqa: F401
from tests.publishing import time, world  # noqa: F401
from tests.servers.pds import pds  # noqa: F401
from tests.servers.postgres import postgres, postgres_server, postgres_template  # noqa: F401
from tests.servers.x import x_server  # noqa: F401
from tests.stores import database_url, empty_url, sqlite_template, store  # noqa: F401
