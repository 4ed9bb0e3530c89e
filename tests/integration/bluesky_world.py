"""What tests of the Bluesky adapter against a real server share: accounts, adapters, posts, and sessions of every age."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from PIL import Image as Picture
from pydantic import SecretStr

from bot.accounts import Account
from bot.platforms.bluesky import Bluesky
from bot.platforms.seal import seal, unseal
from bot.values import Card, Content, Fixed, Image, Request, Sought
from tests.servers.pds import BlueskyLogin, Pds
from tests.servers.proxy import Proxy

NOW = datetime(2026, 3, 4, 5, 6, 7, 891234, tzinfo=UTC)
TEXTS = (
    "Öffentlich: see https://example.com/a for 日本語 👩‍👩‍👧‍👧 #news",
    "What is it?\n\nAn answer.",
    "Why?\n\nBecause: https://example.com/b",
    "The end.",
)


def adapter(
    server: Pds | Proxy, login: BlueskyLogin, *, session: str | None = None, persist: Callable[[str], None] | None = None,
    password: str | None = None, timeout: float = 20,
) -> Bluesky:
    account = Account(
        name="b", platform="bluesky", service=server.url, handle=login.handle,
        secrets={"app_password": SecretStr(login.password if password is None else password)},
    )
    return Bluesky(account, timeout=timeout, session=session, persist=persist)


def fixed(login: BlueskyLogin, post: int = 1) -> Fixed:
    """Each post has its own second: of many made at one instant, some would share a record key."""
    return Fixed(account_id=login.did, post=post, created_at=NOW + timedelta(seconds=post - 1))


def content(platform: Bluesky, *texts: str, card: Card | None = None) -> Content:
    return Content(segments=tuple(platform.measure(text) for text in texts), card=card, languages=("en",))


def request(platform: Bluesky, login: BlueskyLogin, *texts: str, post: int = 1) -> Request:
    (made,) = platform.deliveries(content(platform, *texts), {}, fixed(login, post))
    return made


def sought(login: BlueskyLogin, body: str) -> Sought:
    return Sought(request=body, account_id=login.did, since=NOW)


def thumbnail() -> tuple[str, Image]:
    buffer = io.BytesIO()
    Picture.new("RGB", (60, 30), (10, 90, 200)).save(buffer, "JPEG")
    data = buffer.getvalue()
    return hashlib.sha256(data).hexdigest(), Image(mime="image/jpeg", width=60, height=30, data=data)


def forged(login: BlueskyLogin, expires: float) -> str:
    """A token that looks right and that the server never signed."""
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return ".".join((part({"alg": "HS256"}), part({"sub": login.did, "exp": int(expires)}), part("signature")))


def sealed(url: str, login: BlueskyLogin, access: str, refresh: str) -> str:
    """A session as it is stored for this server."""
    session = ":::".join((login.handle, login.did, access, refresh, url))
    return seal(session, password=login.password, context=f"{url} {login.handle}")


def tokens(url: str, login: BlueskyLogin, stored: str) -> tuple[str, str]:
    """The access and the refresh token of a stored session."""
    parts = str(unseal(stored, password=login.password, context=f"{url} {login.handle}")).split(":::")
    return parts[2], parts[3]
