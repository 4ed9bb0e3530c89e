"""Which query parameters say how a reader came and which say what is shown: data, for all sites and for single ones.

A user's own rules for single sites (`values.UrlRules`) stand before this data; functions take them as a value.

A parameter that is dropped wrongly makes one article of two, and the second is lost; one that is kept wrongly makes two keys
for one article, which its text then finds. So a name stands here only if it never says which article it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from bot.values import UrlRule, UrlRules

_Entry = TypeVar("_Entry")

EXACT = frozenset("""
    __hsfp __hssc __hstc __s __twitter_impression _branch_match_id _branch_referrer _bta_c _bta_tid _ga _gac _gl _hsenc _hsmi _ke _kx
    _openstat action_object_map action_ref_map action_type_map algo_pvid amp_gsa amp_js_v amp_lite at_bbc_team at_campaign at_campaign_type
    at_format at_link_id at_link_origin at_link_type at_medium at_ptr_name cmpid dclid dicbo dm_i ef_id epik fb_action_ids fb_action_types
    fb_ref fb_source fbclid gad_campaignid gad_source gbraid gclid gclsrc guccounter guce_referrer guce_referrer_sig hsctatracking icid
    igsh igshid jsessionid li_fat_id mc_cid mc_eid mc_tc mibextid mkt_tok ml_subscriber ml_subscriber_hash msclkid ncid nr_email_referer
    ns_campaign ns_fee ns_linkname ns_mchannel ns_source oborigurl oly_anon_id oly_enc_id phpsessid pk_abe pk_abv pk_campaign pk_cid
    pk_content pk_cpn pk_keyword pk_kwd pk_medium pk_source pk_vid rb_clickid rdt_cid ref_src ref_url s_cid s_kwcid sccid sfmc_activityid
    sfmc_id spm srsltid tblci trk_contact trk_msg trk_sid ttclid twclid usqp vero_conv vero_id wbraid wickedid wt.mc_ev wt.mc_id wt_mc
    wt_zmc xtor yclid ysclid
""".split())
"""Parameters that say how a reader came (or that hold a session), on every site; in small letters, since any case is meant."""
PREFIXES = ("utm_", "mtm_", "piwik_", "matomo_", "hsa_", "at_custom", "aspsessionid")
"""Beginnings of such names."""
VIEWS: Mapping[str, frozenset[str]] = {
    "amp": frozenset(("", "1", "true", "yes", "amp")),
    "outputtype": frozenset(("amp",)),
    "output": frozenset(("amp", "print")),
    "print": frozenset(("", "1", "true", "yes")),
    "printable": frozenset(("", "1", "true", "yes")),
    "view": frozenset(("print",)),
}
"""Parameters that ask for another look of the same article, with the values that do; with any other value they stay."""
NAMING = frozenset("""
    id page v lang p q a aid art art_id article article_id articleid artid content_id contentid doc doc_id docid fbid idx item item_id
    itemid language list locale news_id newsid nid node pid post post_id postid sid story story_fbid story_id storyid topic video
    video_id videoid
""".split())
"""Parameters that usually say which article, part or language a page is. Never in EXACT, never begun by a prefix.

`sid` is one: some forums write a session there, some magazines the number of a story.
"""


@dataclass(frozen=True)
class Site:
    """What is particular about the parameters of one site, names in small letters.

    `keep`: these alone count (None: all that are not dropped). `drop`: these do not count here either; a `*` at the end means any rest.
    """

    keep: frozenset[str] | None = None
    drop: frozenset[str] = frozenset()


def _only(names: str) -> Site:
    return Site(keep=frozenset(names.split()))


def _without(names: str) -> Site:
    return Site(drop=frozenset(names.split()))


SITES: Mapping[str, Site] = {
    "bbc.co.uk": _without("ocid ns_* xtor"),
    "bbc.com": _without("ocid ns_* xtor"),
    "bloomberg.com": _without("leadsource sref srnd embedded-checkout"),
    "facebook.com": _without("__cft__* __tn__ __xts__* _rdr eav mibextid paipv rdid refid share_url"),
    "facebook.com/permalink.php": _only("story_fbid id"),
    "facebook.com/photo": _only("fbid"),
    "facebook.com/photo.php": _only("fbid"),
    "facebook.com/story.php": _only("story_fbid id"),
    "facebook.com/watch": _only("v"),
    "forbes.com": _without("sh"),
    "ft.com": _without("ftcamp sharetype"),
    "instagram.com": _without("hl img_index"),
    "linkedin.com": _without("lipi originalsubdomain rcm trackingid trk"),
    "medium.com": _without("sk source"),
    "msn.com": _without("cvid ei ocid pc"),
    "news.ycombinator.com/item": _only("id"),
    "nytimes.com": _without("campaign_id emc instance_id partner regi_id segment_id smid smtyp unlocked_article_code user_id"),
    "reddit.com": _without("context ref ref_source share_id sort"),
    "substack.com": _without("isfreemail r s triedredirect"),
    "theguardian.com": _without("cmp"),
    "tiktok.com": _without("_r _t is_copy_url is_from_webapp sender_device"),
    "washingtonpost.com": _without("itid tid"),
    "wsj.com": _without("mod reflink st"),
    "x.com": _without("s t"),
    "youtube.com": _without("ab_channel app feature pp si t"),
    "youtube.com/playlist": _only("list"),
    "youtube.com/watch": _only("v"),
}
"""By host (its subdomains too), or by host and path, which stands before the host's own entry. Hosts without `www.` or `m.`."""


def site(host: str, path: str) -> Site | None:
    """The entry for an address, the nearest one: its host with its path, its host, then the domains above; None without one."""
    return _nearest(SITES, host, path, 4)  # no entry has more than four labels, whatever a hostile host has


def rule(rules: UrlRules, host: str, path: str) -> UrlRule | None:
    """The user's rule for an address, the nearest one; None without one. That of a host holds for all of its ports."""
    if not rules.sites:
        return None
    return _nearest(rules.sites, host, path, 8) or _nearest(rules.sites, host.partition(":")[0], path, 8)


def _nearest(entries: Mapping[str, _Entry], host: str, path: str, most: int) -> _Entry | None:
    labels = host.rsplit(".", most)
    names = [".".join(labels[at:]) for at in range(len(labels))]
    return next((entries[key] for key in (host + path, *names) if key in entries), None)


def counts(name: str, value: str, of: Site | None = None, rule: UrlRule | None = None) -> bool:
    """Whether a parameter, decoded, is part of what an address shows; `of` is the entry of its site, `rule` the user's."""
    name = name.lower()
    told = rule.counts(name) if rule is not None else None
    if told is not None:
        return told
    if of is not None and of.keep is not None:
        return name in of.keep
    if name in EXACT or name.startswith(PREFIXES) or value.lower() in VIEWS.get(name, ()):
        return False
    return of is None or not any(name == drop or (drop.endswith("*") and name.startswith(drop[:-1])) for drop in of.drop)
