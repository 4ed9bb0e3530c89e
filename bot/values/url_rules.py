"""What a user knows of single sites' addresses: which parameters say which article it is, and whether case does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from pydantic import Field, field_serializer

from bot.values.base import Value


class UrlRule(Value):
    """What holds for one site, over the program's own data (`bot.text.tracking`). Names in small letters; `*` at the end means any rest."""

    keep: tuple[str, ...] = ()
    """These parameters count, whatever the data says."""
    drop: tuple[str, ...] = ()
    """These do not."""
    only: tuple[str, ...] | None = None
    """These alone count; None: the rest is as the data says."""
    ignore_case: bool = False
    """Paths that differ in the case of their letters are one."""

    def counts(self, name: str) -> bool | None:
        """Whether a parameter counts; None when this rule does not say."""
        if self.only is not None:
            return _named(name, self.only)
        return True if _named(name, self.keep) else False if _named(name, self.drop) else None

    def names_page(self, name: str) -> bool:
        """Whether the user says of this parameter that it tells pages apart."""
        return _named(name, self.keep) or (self.only is not None and _named(name, self.only))


def _named(name: str, of: Iterable[str]) -> bool:
    return any(name == one or (one.endswith("*") and name.startswith(one[:-1])) for one in of)


class UrlRules(Value):
    """The user's rules by host (its subdomains too), or by host and path, which stands before the host's own."""

    sites: Mapping[str, UrlRule] = Field(default_factory=dict)

    @field_serializer("sites")
    def _in_order(self, sites: Mapping[str, UrlRule]) -> dict[str, Any]:
        return {name: sites[name].model_dump(mode="json", exclude_defaults=True) for name in sorted(sites)}

    @property
    def stored(self) -> str | None:
        """As one writes down by which rules keys were made; None for none at all."""
        return self.model_dump_json() if self.sites else None

    @property
    def digest(self) -> str:
        """Equal for rules that say the same."""
        return sha256((self.stored or "").encode()).hexdigest()[:16]


NO_URL_RULES = UrlRules()
"""The program's data alone."""
