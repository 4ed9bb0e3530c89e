"""The columns of an article that say whether its page still says what was read: when it was asked, and what was found."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column


class Watched:
    """What `bot.store.watch` keeps of an article."""

    watched_at: Mapped[datetime | None]
    """When its page was last asked for; null for what was not read from a page: it is left alone."""
    watch_at: Mapped[datetime | None] = mapped_column(index=True)
    """When it is asked for next; null when not any more."""
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    """What its page's server said of the text at hand; null when that text is not what the server sent last."""
    alert: Mapped[str | None]
    """What was found, on one line."""
    alert_kind: Mapped[str | None] = mapped_column(String(16))
    """`changed`, `corrected`, `withdrawn`, `gone` or `other`; null while the page says what was read. Kept when the alert has ended otherwise."""
    alert_at: Mapped[datetime | None] = mapped_column(index=True)
    """Since when a person is to look at its posts; null when nobody needs to."""
    alert_from: Mapped[str | None] = mapped_column(String(64))
    """`keys.exact` of the text before (its fingerprint, where an older version of the program wrote it): once the page says that again, the alert ends."""
    alert_dismissed: Mapped[str | None]
    """Who ended the alert, and why."""
