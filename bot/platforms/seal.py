"""Sealing a platform's login before it is stored: the database never holds a token in the clear."""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets

_SALT = 16
_COST = {"n": 1 << 14, "r": 8, "p": 1}
"""scrypt, 16 MB and about 50 ms: an app password has 80 bits, but somebody will use a weaker one."""


def seal(text: str, *, password: str, context: str) -> str:
    """`text` encrypted and authenticated (Fernet) under a key made of the account's own password.

    `context` (server and handle) goes into the key, so that a login never opens for another server.
    """
    from cryptography.fernet import Fernet

    salt = secrets.token_bytes(_SALT)
    return base64.urlsafe_b64encode(salt).decode() + "." + Fernet(_key(password, context, salt)).encrypt(text.encode()).decode()


def unseal(sealed: str, *, password: str, context: str) -> str | None:
    """What was sealed; None when it is damaged or the password or context is another: log in anew then."""
    from cryptography.fernet import Fernet, InvalidToken

    salt, _, token = sealed.partition(".")
    try:
        return Fernet(_key(password, context, base64.urlsafe_b64decode(salt))).decrypt(token).decode()
    except (InvalidToken, binascii.Error, ValueError):
        return None


def _key(password: str, context: str, salt: bytes) -> bytes:
    mixed = hashlib.sha256(context.encode()).digest() + salt
    return base64.urlsafe_b64encode(hashlib.scrypt(password.encode(), salt=mixed, dklen=32, **_COST))
