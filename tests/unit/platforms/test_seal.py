"""A stored login opens for the same account, server and password, and for nobody else."""

from __future__ import annotations

import pytest

from bot.platforms.seal import seal, unseal

TEXT = "a.handle:::did:plc:x:::access-token:::refresh-token:::https://example.com"


def test_what_was_sealed_opens_again_and_can_not_be_read() -> None:
    sealed = seal(TEXT, password="pass", context="server handle")
    assert "token" not in sealed
    assert unseal(sealed, password="pass", context="server handle") == TEXT
    assert seal(TEXT, password="pass", context="server handle") != sealed


@pytest.mark.parametrize(("password", "context"), [("other", "server handle"), ("pass", "server other")])
def test_another_password_or_server_does_not_open_it(password: str, context: str) -> None:
    assert unseal(seal(TEXT, password="pass", context="server handle"), password=password, context=context) is None


@pytest.mark.parametrize("junk", ["", ".", "x", "é.é", "AAAA.BBBB", TEXT])
def test_junk_does_not_open(junk: str) -> None:
    assert unseal(junk, password="pass", context="server handle") is None
