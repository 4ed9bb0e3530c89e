"""The ways out: a webhook, a mail, and the heartbeat's fetch. Each ends in time, whatever the other side does."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from bot import clock
from bot.config import Settings
from bot.deadline import StillRunning, within

if TYPE_CHECKING:
    from email.message import EmailMessage

SECONDS = 10.0
"""For one request, name look-up and body included; a mail takes several steps, and three times as long at most."""


class Untold(Exception):
    """It did not get through; the message says why, in a line, without the address."""


def ask(url: str, body: Mapping[str, object] | None = None, seconds: float = SECONDS) -> None:
    """POST `body` as JSON, or GET. The user's own address: it may be private, and is not followed elsewhere. Raises Untold."""
    import httpx

    from bot.sources.guard import BadRedirect, Transport

    transport = Transport(clock.monotonic() + seconds, allow_private=True)
    try:
        with httpx.Client(transport=transport, trust_env=False, follow_redirects=False, headers={"User-Agent": "article-bot"}) as client:
            method, content = ("GET", {}) if body is None else ("POST", {"json": body})
            with client.stream(method, url, **content) as answer:  # type: ignore[arg-type]
                status = answer.status_code
    except BadRedirect:
        status = 300
    except Exception as error:  # httpx, httpcore, ssl, and what a name look-up raises
        raise Untold(f"{type(error).__name__}{f': {error}' if str(error) else ''}") from None
    if 300 <= status < 400:
        raise Untold("it redirects, which is not followed: name the address it leads to")
    if not 200 <= status < 300:
        raise Untold(f"it answers {status}")


def mail(settings: Settings, subject: str, text: str, seconds: float = 3 * SECONDS) -> None:
    """Send a mail as BOT_SMTP_URL says. Raises Untold."""
    from smtplib import SMTPException

    assert settings.smtp_url is not None
    url = settings.smtp_url.get_secret_value()
    sender = (settings.mail_from or settings.mail_to)[0]
    try:
        within(seconds, lambda: _deliver(url, _letter(sender, settings.mail_to, subject, text)), "mail")
    except StillRunning:
        raise Untold("the mail server did not answer in time") from None
    except (OSError, SMTPException, ValueError) as error:
        raise Untold(f"{type(error).__name__}: {error}") from None


def _letter(sender: str, to: Sequence[str], subject: str, text: str) -> EmailMessage:
    from email.message import EmailMessage
    from email.utils import formatdate, make_msgid

    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = sender, ", ".join(to), " ".join(subject.split())
    letter["Date"], letter["Message-ID"] = formatdate(), make_msgid(domain=sender.rpartition("@")[2])
    letter["Auto-Submitted"] = "auto-generated"  # so that nobody's holiday answers it
    letter.set_content(text)
    return letter


def _deliver(url: str, letter: EmailMessage) -> None:
    import smtplib
    import ssl

    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "smtps"
    port = parts.port or (465 if secure else 587)
    context = ssl.create_default_context()
    server = smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=context) if secure else smtplib.SMTP(host, port, timeout=SECONDS)
    with server:
        server.ehlo()
        if not secure and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
            secure = True
        if parts.username:
            if not secure and not _loopback(host):
                raise ValueError("the server offers no encryption, and the password is not sent in the clear: use smtps://")
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(letter)


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
