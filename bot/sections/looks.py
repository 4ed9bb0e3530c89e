"""Settings: how posts look."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel

from bot.setting_types import LinkPolicies, Phrases, Tags, setting


class Looks(BaseModel):
    """What every account's posts have in common; `bot.toml` may say otherwise for one."""

    link_policy: LinkPolicies = setting(
        "BOT_LINK_POLICY", {},
        "Where the link goes: last (once a post), always (every segment), never; or per platform: x=never,bluesky=last.",
    )
    signoff: str = setting("BOT_SIGNOFF", "", "Text at the end of each post's last segment.")
    hashtags: Tags = setting(
        "BOT_HASHTAGS", (), "Hashtags for each post, parted by spaces, e.g. #AI #chips."
    )
    banned_words: Phrases = setting(
        "BOT_BANNED_WORDS", (), "Words and phrases, parted by commas, that no post may hold, e.g. game-changer, unlock."
    )
    allow_bait: bool = setting(
        "BOT_ALLOW_BAIT", False, "on: posts may call to like, follow and share, and tease (you won't believe …)."
    )
    utm: str = setting(
        "BOT_UTM", "", "Query added to the posted link, e.g. utm_source={platform}&utm_medium=social."
    )
    prompts_dir: Path | None = setting("BOT_PROMPTS_DIR", None, "Your own copy of the prompts/ folder.")
