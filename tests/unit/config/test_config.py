"""Settings: where they may come from, in which order, and what is said of one that can not be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import config
from bot.errors import ConfigError


def test_a_flag_stands_before_the_environment_before_env_before_toml(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("bot.toml").write_text("grace_seconds = 1\nsignoff = 'toml'\nBOT_UTM = 'toml'\ntimezone = 'Europe/Berlin'\n")
    Path(".env").write_text("BOT_GRACE_SECONDS=2\nBOT_SIGNOFF=env-file\nBOT_UTM=env-file\n")
    monkeypatch.setenv("BOT_GRACE_SECONDS", "3")
    monkeypatch.setenv("BOT_SIGNOFF", "environment")
    settings = config.load(grace_seconds=4)
    assert (settings.grace_seconds, settings.signoff, settings.utm, settings.timezone) == (4, "environment", "env-file", "Europe/Berlin")


def test_only_our_own_names_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("USER", "MODEL", "TIMEZONE", "SIGNOFF", "ACCOUNTS", "DATABASE"):
        monkeypatch.setenv(name, "not ours")
    settings = config.load()
    assert (settings.user, settings.model, settings.timezone, settings.signoff, settings.accounts) == ("", "gpt-5-mini", "UTC", "", {})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOT_GRACE_SECONDS", "soon"), ("BOT_GRACE_SECONDS", "-1"), ("BOT_TIMEZONE", "Moon/Base"), ("BOT_AUTO_APPROVE", "all"),
        ("BOT_LINK_POLICY", "x=sometimes"), ("BOT_LLM_PRICE", "cheap"), ("BOT_X_THREADS", "perhaps"), ("BOT_HTTP_TIMEOUT", "60"),
    ],
)
def test_a_value_that_can_not_be_read_is_one_line_that_names_it(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError) as caught:
        config.load()
    said = str(caught.value)
    assert "\n" not in said
    assert (name in said) or (name == "BOT_HTTP_TIMEOUT" and "BOT_LEASE_SECONDS" in said)


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "DATABASE_URL", "X_API_SECRET", "BLUESKY_APP_PASSWORD"])
def test_secrets_do_not_show(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "postgresql://u:s3cr3t@h/d")
    assert "s3cr3t" not in repr(config.load()) + str(config.load())


def test_a_file_that_is_no_toml_is_one_line(tmp_path: Path) -> None:
    Path("bot.toml").write_text("this is no toml")
    with pytest.raises(ConfigError, match=r"Correct .env or bot.toml"):
        config.load()


@pytest.mark.parametrize("given", ["postgres://u:p@h/d", "postgresql://u:p@h/d"])
def test_either_spelling_of_postgresql_is_taken(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("BOT_DATABASE_URL", given)
    assert config.load().database == "postgresql+psycopg://u:p@h/d"


def test_link_policies_may_differ_by_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.accounts import configured

    monkeypatch.setenv("BOT_LINK_POLICY", "x=never, bluesky=always")
    found = configured(config.load())
    assert (found["x"].link_policy, found["bluesky"].link_policy) == ("never", "always")
    monkeypatch.setenv("BOT_LINK_POLICY", "never")
    assert {account.link_policy for account in configured(config.load()).values()} == {"never"}


@pytest.mark.parametrize(("name", "value"), [
    ("BOT_HTTP_TIMEOUT", "nan"), ("BOT_HTTP_TIMEOUT", "0"), ("BOT_HTTP_TIMEOUT", "30"), ("BOT_LEASE_SECONDS", "3600"),
    ("BOT_SEGMENT_PAUSE", "21"), ("BOT_X_READBACK", "60,15"), ("BOT_X_BUDGET_USD", "-1"), ("BOT_OVER_BUDGET", "maybe"),
])
def test_settings_that_the_protocol_can_not_live_with_are_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError):
        config.load()
