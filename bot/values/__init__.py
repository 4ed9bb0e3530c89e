"""The words of the design as values: what the stages take and return."""

from __future__ import annotations

from bot.values.article import Article, Batch, Entry, FaqPair, Fault, Image, Note
from bot.values.base import JSON, Value
from bot.values.codes import HoldCode, WarningCode
from bot.values.draft import Brief, Draft, Drafting, Kind, Part, Statement, Usage, Variant
from bot.values.post import (
    Card,
    Content,
    Duplicate,
    Evidence,
    Facet,
    Formatted,
    Hold,
    Message,
    Override,
    ReplyTo,
    Segment,
    Warn,
)
from bot.values.sending import (
    Cause,
    Fixed,
    Identity,
    Limits,
    Outcome,
    OutcomeKind,
    Posted,
    Recent,
    Remote,
    Request,
    Sought,
)
from bot.values.url_rules import NO_URL_RULES, UrlRule, UrlRules

__all__ = [
    "JSON",
    "NO_URL_RULES",
    "Article",
    "Batch",
    "Brief",
    "Card",
    "Cause",
    "Content",
    "Draft",
    "Drafting",
    "Duplicate",
    "Entry",
    "Evidence",
    "Facet",
    "FaqPair",
    "Fault",
    "Fixed",
    "Formatted",
    "Hold",
    "HoldCode",
    "Identity",
    "Image",
    "Kind",
    "Limits",
    "Message",
    "Note",
    "Outcome",
    "OutcomeKind",
    "Override",
    "Part",
    "Posted",
    "Recent",
    "Remote",
    "ReplyTo",
    "Request",
    "Segment",
    "Sought",
    "Statement",
    "UrlRule",
    "UrlRules",
    "Usage",
    "Value",
    "Variant",
    "Warn",
    "WarningCode",
]
