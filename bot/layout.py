"""How a segment looks: the template of a platform and kind, filled, tidied and measured; and whether it fits.

The templates are in `prompts/layout/`, and are the user's to change.
"""

from __future__ import annotations

import re
from pathlib import Path

from jinja2 import TemplateError

from bot import prompts
from bot.accounts import Account
from bot.errors import ConfigError
from bot.platforms import Platform
from bot.text import urls
from bot.values import Article, Kind, Segment

_BLANK = re.compile(r"\n{3,}")


class Layout:
    """The template of one platform and kind with all that is the same for every segment of a post.

    `address` is the link as it is posted; `said` is what the whole post says. Raises ConfigError when there is no such template.
    """

    def __init__(
        self, article: Article, kind: Kind, account: Account, platform: Platform, address: str | None, said: str,
        prompts_dir: Path | None,
    ) -> None:
        self._name = f"layout/{account.platform}.{kind}.j2"
        # A folder of the user's own may be older than the first correction.
        self._template = prompts.template(self._name, prompts_dir, shipped_too=kind is Kind.CORRECTION)
        self._folder = prompts.folder(prompts_dir)
        self._language = (article.language or "").split("-")[0].lower()
        self._account = account
        self._platform = platform
        # What a short says is what is being tried; an FAQ's tags and link look at the whole thread.
        self._said = said if kind is Kind.FAQ else None
        self._own = article.url or ""
        self.address = address

    @property
    def meant(self) -> list[str]:
        """Addresses that stand in a post on purpose."""
        own = [address for address in (self._own, self.address) if address]
        return own + [span.text for span in urls.find(self._account.signoff)]

    def measured(self, text: str, question: str, number: int, total: int, *, last: bool | None = None) -> Segment:
        """The segment with this text, as the template puts it and the platform counts it.

        Raises ConfigError when the template can not be filled.
        """
        last = number >= total if last is None else last
        said = f"{question}\n{text}" if self._said is None else self._said
        try:
            rendered = self._template.render(
                text=text, question=question, link=self._link(f"{question}\n{text}", said, last=last),
                hashtags=self._hashtags(said) if last else [], signoff=self._account.signoff if last else "",
                number=number, total=max(number, total), first=number == 1, last=last, language=self._language,
            )
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
            reason = " ".join(str(error).split()) or type(error).__name__
            raise ConfigError(f"{self._name} can not be used: {reason}. Correct the file in {self._folder}.") from None
        return self._platform.measure(folded(rendered))

    def fits(self, text: str, question: str, number: int, total: int, *, last: bool | None = None) -> bool:
        """Is the segment with this text within the platform's limits?"""
        return not excess(self.measured(text, question, number, total, last=last), self._platform)

    def _link(self, text: str, said: str, *, last: bool) -> str:
        if self.address is None or self._platform.limits.cards:
            return ""
        if self._account.link_policy == "always":
            return "" if self._own in text else self.address
        return self.address if last and self._own not in said else ""

    def _hashtags(self, said: str) -> list[str]:
        tags = dict.fromkeys("#" + word.lstrip("#＃") for word in self._account.hashtags)
        there = {word.casefold() for word in re.findall(r"[#＃](\w+)", said)}
        return [tag for tag in tags if tag[1:].casefold() not in there]


def folded(text: str) -> str:
    """Without white space at the ends of lines and around the text, and with at most one blank line in a row."""
    lines = (line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return _BLANK.sub("\n\n", "\n".join(lines)).strip()


def excess(segment: Segment, platform: Platform) -> str:
    """By how much the segment is too long, in words; empty when it fits."""
    most, size = platform.limits.bytes, len(segment.text.encode(errors="surrogatepass"))
    if most is not None and size > most:
        return f"{size:,} of {most:,} bytes; shorten it by {size - most:,}"
    over = segment.length - segment.limit
    return f"{segment.length:,} of {segment.limit:,} {platform.limits.unit}; shorten it by {over:,}" if over > 0 else ""
