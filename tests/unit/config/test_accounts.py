"""Accounts: from the environment alone, or as tables of bot.toml with their secrets in the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import config
from bot.accounts import SECRETS, Account, configured
from bot.errors import ConfigError
from bot.values import Kind


def test_without_credentials_both_accounts_are_there_for_previews() -> None:
    found = configured(config.load())
    assert list(found) == ["x", "bluesky"]
    assert not any(account.ready for account in found.values())
    assert found["bluesky"].missing == ("BLUESKY_HANDLE", "BLUESKY_APP_PASSWORD")


def test_the_environment_alone_makes_an_account_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    for secret in SECRETS["x"]:
        monkeypatch.setenv(f"X_{secret.upper()}", f"value of {secret}")
    x = configured(config.load())["x"]
    assert x.ready
    assert {name: secret.get_secret_value() for name, secret in x.secrets.items()} == {name: f"value of {name}" for name in SECRETS["x"]}
    assert "value of" not in repr(x)


def test_tables_name_their_secrets_by_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("bot.toml").write_text(
        "[accounts.news]\nplatform = 'bluesky'\nhandle = 'news.example.com'\nkinds = ['short']\nlanguages = ['de']\n"
        "secrets = { app_password = 'NEWS_PASSWORD' }\n"
        "[accounts.late]\nplatform = 'bluesky'\nhandle = 'late.example.com'\nsecrets = { app_password = 'LATE_PASSWORD' }\n"
    )
    monkeypatch.setenv("NEWS_PASSWORD", "s3cr3t")
    found = configured(config.load())
    assert (list(found), found["news"].ready, found["late"].missing) == (["news", "late"], True, ("LATE_PASSWORD",))
    assert found["news"].takes(Kind.SHORT, "de-AT")
    assert not found["news"].takes(Kind.FAQ, "de")
    assert not found["news"].takes(Kind.SHORT, "en")


def test_a_bluesky_account_needs_a_handle(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("bot.toml").write_text("[accounts.news]\nplatform = 'bluesky'\nsecrets = { app_password = 'NEWS_PASSWORD' }\n")
    monkeypatch.setenv("NEWS_PASSWORD", "s3cr3t")
    assert configured(config.load())["news"].missing == ("handle in bot.toml",)


@pytest.mark.parametrize(
    "table",
    [
        "platform = 'mastodon'", "handle = 'x'", "platform = 'x'\nsecrets = { password = 'P' }", "platform = 'x'\nlink_policy = 'maybe'",
        "platform = 'x'\nnonsense = 1", "platform = 'x'\nsecrets = 3",
    ],
)
def test_a_table_that_can_not_be_read_names_its_account(table: str) -> None:
    Path("bot.toml").write_text(f"[accounts.news]\n{table}\n")
    with pytest.raises(ConfigError, match="news"):
        configured(config.load())


def test_an_account_without_threads_takes_no_faq() -> None:
    account = Account(name="x", platform="x", service="https://api.x.com", threads=False)
    assert account.takes(Kind.SHORT, None)
    assert not account.takes(Kind.FAQ, None)


def test_a_secret_written_into_the_file_is_refused_and_not_shown() -> None:
    Path("bot.toml").write_text("[accounts.news]\nplatform = 'bluesky'\nsecrets = { app_password = 'hunter2-inline' }\n")
    with pytest.raises(ConfigError) as caught:
        configured(config.load())
    assert "hunter2" not in str(caught.value)


def test_two_names_for_one_account_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("bot.toml").write_text("".join(
        f"[accounts.{name}]\nplatform = 'bluesky'\nhandle = 'news.example.com'\nsecrets = {{ app_password = 'NEWS_PASSWORD' }}\n"
        for name in ("news", "again")
    ))
    monkeypatch.setenv("NEWS_PASSWORD", "one and the same")
    with pytest.raises(ConfigError, match="accounts news and again have the same credentials") as refused:
        configured(config.load())
    assert "one and the same" not in str(refused.value)
