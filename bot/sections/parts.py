"""Settings: the database, the language model and the platforms, each an address with its key."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, SecretStr, model_validator

from bot.setting_types import Count, Dollars, Price, setting


class Parts(BaseModel):
    """What the program works with."""

    database_url: SecretStr = setting(
        "DATABASE_URL", SecretStr("sqlite:///bot.db"),
        "Where everything is kept: an SQLite file, or postgresql://user:password@host/name.", "BOT_DATABASE_URL",
    )

    keep_days: Count = setting(
        "BOT_KEEP_DAYS", 365, "Days for which the texts and pictures of articles are kept that nothing waits for; what was said stays; 0: for ever."
    )

    # Language model
    openai_api_key: SecretStr | None = setting(
        "OPENAI_API_KEY", None, "Key of the language model; without it the offline drafter writes."
    )
    openai_base_url: str | None = setting(
        "OPENAI_BASE_URL", None, "Any OpenAI-compatible server, e.g. http://localhost:11434/v1."
    )
    model: str = setting("BOT_MODEL", "gpt-5-mini", "Name of the model.")
    llm_price: Price | None = setting(
        "BOT_LLM_PRICE", None, "Dollars per million tokens, in/out, e.g. 0.25/2.00; without it the cost shows as unknown."
    )

    llm_budget_usd: Dollars | None = setting(
        "BOT_LLM_BUDGET_USD", None, "Dollars a month for the language model; once they are spent the offline drafter writes. Needs BOT_LLM_PRICE."
    )
    drafting_at_once: Count = setting("BOT_DRAFTING_AT_ONCE", 4, "Articles that the language model writes about at the same time.")

    # X
    x_api_key: SecretStr | None = setting("X_API_KEY", None, "X: API key (consumer key) of your app.")
    x_api_secret: SecretStr | None = setting("X_API_SECRET", None, "X: API key secret.")
    x_access_token: SecretStr | None = setting("X_ACCESS_TOKEN", None, "X: access token of the account that posts.")
    x_access_token_secret: SecretStr | None = setting("X_ACCESS_TOKEN_SECRET", None, "X: access token secret.")
    x_base_url: str = setting("X_BASE_URL", "https://api.x.com", "X: address of the API.")
    x_limit: Count = setting("BOT_X_LIMIT", 280, "X: weighted characters in one post; 25000 for a Premium account.")
    x_threads: bool = setting("BOT_X_THREADS", True, "X: on or off; off makes no FAQ threads there.")

    # Bluesky
    bluesky_handle: str | None = setting("BLUESKY_HANDLE", None, "Bluesky: your handle, e.g. news.example.com.")
    bluesky_app_password: SecretStr | None = setting(
        "BLUESKY_APP_PASSWORD", None, "Bluesky: an app password (Settings, Privacy and security, App passwords)."
    )
    bluesky_service: str = setting("BLUESKY_SERVICE", "https://bsky.social", "Bluesky: address of your server.")

    @model_validator(mode="after")
    def _what_a_budget_needs(self) -> Self:
        if self.llm_budget_usd is not None and self.llm_price is None:
            raise ValueError("BOT_LLM_BUDGET_USD needs BOT_LLM_PRICE, e.g. 0.25/2.00, to count what is spent")
        if self.keep_days and not 30 <= self.keep_days <= 36_500:
            raise ValueError("BOT_KEEP_DAYS must be 0, for ever, or from 30 to 36500")
        if self.drafting_at_once < 1:
            raise ValueError("BOT_DRAFTING_AT_ONCE must be at least 1")
        return self

    @property
    def database(self) -> str:
        """The database URL as SQLAlchemy wants it (`postgres://` is accepted, psycopg is the driver)."""
        url = self.database_url.get_secret_value()
        for prefix in ("postgres://", "postgresql://"):
            if url.startswith(prefix):
                return "postgresql+psycopg://" + url.removeprefix(prefix)
        return url
