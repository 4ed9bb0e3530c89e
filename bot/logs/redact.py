"""No secret in any text: the configured ones, in every form they may be written in, and what looks like one. Loads nothing heavy."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, quote_plus

MASK = "•••"
_LONGEST = 100_000
"""Characters of one text; what is longer is cut: a log is no archive."""
_SHORT, _TELLING = 8, 12
"""A shorter secret counts only as a word of its own; of a longer one so many characters from its beginning tell it (answers are cut anywhere)."""
_NAMES = (
    r"access_?token|refresh_?token|access_?jwt|refresh_?jwt|id_?token|api[_-]?key|api_?secret|client_?secret|app_?password|password|passwd|pwd|"
    r"secret|token|signature|sig|auth|oauth_(?:signature|token|consumer_key|nonce|verifier)"
)
_PATTERNS = (
    (re.compile(r"(?<=://)(?<!postgresql://)[^/?#\s@]*@"), f"{MASK}@"),  # a name and password in an address, or a token
    (re.compile(r"(?<=postgresql://)[^/?#\s@:]*:[^/?#\s@]*@"), f"{MASK}@"),  # a name alone is no secret there
    (re.compile(r"(?<![\w-])eyJ[\w-]{5,4000}\.[\w.-]*"), MASK),  # a JSON Web Token, as sessions are made of
    (re.compile(r"(?<![\w-])sk-[\w-]{16,}"), MASK),  # a key of OpenAI's
    (re.compile(r"(?i)\b(bearer|dpop)(\s+)(?!•)[\w.~+/=-]{8,}"), rf"\1\2{MASK}"),
    (re.compile(r"(?i)(authorization['\"]?\s{0,3}[:=,]\s{0,3}b?['\"]?\s{0,3}(?:basic|digest|token)\s+)[\w.~+/=-]+"), rf"\1{MASK}"),
    (re.compile(rf"(?i)(?<![a-z])({_NAMES})(=|%3D)(['\"]?)(?!•)[^\s&\"'<>,;]+"), rf"\1\2\3{MASK}"),  # as in a query or an OAuth header
    (re.compile(rf"(?i)(['\"])({_NAMES})\1(\s{{0,3}}[:,]\s{{0,3}}b?)(['\"])(?!•)[^\"']*"), rf"\1\2\1\3\4{MASK}"),  # as in JSON, or a dict
)


class Redactor:
    """Takes secrets out of texts."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        found = {form for secret in secrets if secret for form in _forms(secret)}
        parts = [_pattern(form) for form in sorted(found, key=lambda form: (-len(form), form))]
        self._known = re.compile("|".join(parts)) if parts else None

    def text(self, text: str) -> str:
        """The text without them."""
        text = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
        if self._known is not None:
            text = self._known.sub(MASK, text)
        for pattern, instead in _PATTERNS:
            text = pattern.sub(instead, text)
        return text

    def value(self, value: object) -> object:
        """The same of anything that is logged: every text in it, keys too; what is no plain value becomes the text it is shown as."""
        if value is None or isinstance(value, bool | int | float):
            return value if self._known is None or isinstance(value, bool) or self.text(str(value)) == str(value) else MASK
        if isinstance(value, Mapping):
            return {self.text(str(key)): self._of_key(str(key), one) for key, one in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.value(one) for one in value]
        return self.text(value if isinstance(value, str) else value.decode(errors="replace") if isinstance(value, bytes) else repr(value))

    def _of_key(self, key: str, value: object) -> object:
        return MASK if isinstance(value, str | bytes) and value and re.fullmatch(_NAMES, key, re.IGNORECASE) else self.value(value)


def _forms(secret: str) -> set[str]:
    """The ways in which a secret is written on its way: in addresses, JSON, HTML, code, and headers."""
    encoded = base64.b64encode(secret.encode(errors="replace")).decode()
    return {
        secret, quote(secret, safe=""), quote_plus(secret), quote(secret), json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1],
        repr(secret)[1:-1], html.escape(secret), *([encoded] if len(secret) >= _SHORT else []),
    }


def _pattern(form: str) -> str:
    if len(form) < _SHORT:
        return rf"(?<!\w){re.escape(form)}(?!\w)"
    if len(form) < _TELLING + 4:
        return re.escape(form)
    return rf"{re.escape(form)}|{re.escape(form[:_TELLING])}[^\s\"'&<>,;]{{0,4000}}"


_known = Redactor()


def learn(secrets: Iterable[str]) -> None:
    """The secrets that `hidden` takes out from now on, instead of those it knew."""
    global _known
    _known = Redactor(secrets)


def known() -> Redactor:
    """What was learnt last."""
    return _known


def hidden(text: str) -> str:
    """The text without the secrets that were learnt, and without what looks like one."""
    return _known.text(text)
