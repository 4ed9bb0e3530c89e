"""The codes of holds and warnings: stable words that users and programs rely on."""

from __future__ import annotations

from enum import StrEnum


class HoldCode(StrEnum):
    """Reasons a post may not go out. Codes are stable."""

    NOT_AN_ARTICLE = "not_an_article"
    UNSUPPORTED_NUMBER = "unsupported_number"
    UNSUPPORTED_DATE = "unsupported_date"
    UNSUPPORTED_QUOTE = "unsupported_quote"
    UNLISTED_URL = "unlisted_url"
    UNLISTED_MENTION = "unlisted_mention"
    UNLISTED_HASHTAG = "unlisted_hashtag"
    UNLISTED_CASHTAG = "unlisted_cashtag"
    LANGUAGE = "language"
    HIDDEN_TEXT = "hidden_text"
    BANNED_WORDS = "banned_words"
    TOO_LONG = "too_long"
    DUPLICATE = "duplicate"
    BUDGET = "budget"
    ARTICLE_CHANGED = "article_changed"
    EMBARGO = "embargo"
    THREADS_OFF = "threads_off"
    ACCOUNT = "account"
    REQUEST_MISMATCH = "request_mismatch"


class WarningCode(StrEnum):
    """Reasons to look before approving. Codes are stable."""

    ACCIDENTAL_LINK = "accidental_link"
    PREDICATE = "predicate"
    FORECAST = "forecast"
    ATTRIBUTION = "attribution"
    CONTRADICTION = "contradiction"
    UNSUPPORTED_NAME = "unsupported_name"
    NO_LINK = "no_link"
    NEAR_DUPLICATE = "near_duplicate"
