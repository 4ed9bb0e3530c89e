"""Settings: how the worker says how it is, and whom it tells."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, SecretStr, model_validator

from bot.setting_types import Count, MailAddresses, Seconds, setting


class Health(BaseModel):
    """Health, logs, and notices to a person."""

    http_port: Count | None = setting(
        "BOT_HTTP_PORT", None, "Port on which `bot worker` answers /healthz and /metrics; without it, it listens nowhere."
    )
    http_host: str = setting("BOT_HTTP_HOST", "127.0.0.1", "Address it listens on; 0.0.0.0: every one of the host.")
    log: Literal["lines", "json"] = setting("BOT_LOG", "lines", "How `bot worker` writes its log: lines for people, or json.")
    log_level: Literal["debug", "info", "warning", "error"] = setting(
        "BOT_LOG_LEVEL", "info", "The least that is logged: debug, info, warning, error."
    )
    wait_hours: Seconds = setting("BOT_WAIT_HOURS", 24.0, "Hours after which a post that waits in review is red in `bot status`.")
    webhook_url: SecretStr | None = setting(
        "BOT_WEBHOOK_URL", None, "Told when a person is needed: an incoming webhook of Slack, Mattermost, Discord, or a server of yours (JSON POST)."
    )
    smtp_url: SecretStr | None = setting(
        "BOT_SMTP_URL", None, "The same by e-mail: smtps://user:password@host, or smtp:// (STARTTLS). Needs BOT_MAIL_TO."
    )
    mail_to: MailAddresses = setting("BOT_MAIL_TO", (), "Whom to write to; several parted by commas.")
    mail_from: MailAddresses = setting("BOT_MAIL_FROM", (), "Sender of these mails; default: the first of BOT_MAIL_TO.")
    notice_before_seconds: Count = setting("BOT_NOTICE_BEFORE", 7200, "Seconds before a post would be missed at which a person is told.")
    heartbeat_url: SecretStr | None = setting(
        "BOT_HEARTBEAT_URL", None, "Fetched after good passes, at most once a minute, so that another service notices when this host is dead."
    )

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if self.http_port is not None and not 1 <= self.http_port <= 65535:
            raise ValueError("BOT_HTTP_PORT must be from 1 to 65535")
        for name, url in (("BOT_WEBHOOK_URL", self.webhook_url), ("BOT_HEARTBEAT_URL", self.heartbeat_url)):
            if url is not None and not _reads(url.get_secret_value(), "http", "https"):
                raise ValueError(f"{name} needs an address that begins with https:// or http://")
        if self.smtp_url is not None:
            if not _reads(self.smtp_url.get_secret_value(), "smtp", "smtps"):
                raise ValueError("BOT_SMTP_URL needs smtps://user:password@host:port, or smtp://; %-escape @ : / in the password")
            if not self.mail_to:
                raise ValueError("BOT_SMTP_URL needs BOT_MAIL_TO, whom to write to")
        if len(self.mail_from) > 1:
            raise ValueError("BOT_MAIL_FROM must be one address")
        return self

    @property
    def notice_before(self) -> timedelta:
        return timedelta(seconds=self.notice_before_seconds)

    @property
    def wait(self) -> timedelta:
        return timedelta(hours=min(self.wait_hours, 10**6))


def _reads(url: str, *schemes: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in schemes and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
