"""Top-level domains: which words after a dot make a web address, and which of them X's counter knows.

Today's domains come from the Public Suffix List that ships inside the package `publicsuffixlist`: no network, no copy of
ours. twitter-text 3.1.0 carries a list of its own, frozen in 2020; the two differ by the few names below. When a later
Public Suffix List brings another name, a test says so and the name belongs into `NEWER`.
"""

from __future__ import annotations

import re
from functools import cache

WITHDRAWN = frozenset(
    """
    abarth active adac afamilycompany aigo alfaromeo an avianca bananarepublic bentley bl blanco bnl boots bq
    budapest bugatti cancerresearch cartier caseih cbs ceb chloe chrysler cityeats comcast cookingchannel csc dabur
    dodge doha doosan duck dunlop duns eh epost esurance etisalat everbank fiat flsmidth foodnetwork frontdoor
    fujixerox glade goo goodhands guardian hgtv honeywell hoteles htc iinet intel iselect iveco iwc jcp jlc juniper
    kerrylogistics kinder ladbrokes lancaster lancia lancome liaison linde lipsy lixil loft lupin macys maserati mcd
    mcdonalds meo metlife mf mobily montblanc mopar movistar mtpc mutual mutuelle nadex nationwide natura newholland
    northwesternmutual off oldnavy onyourside orientexpress pamperedchef panerai passagens piaget pramerica qvc raid
    redstone rightathome rmit rocher sapo sca scjohnson scor ses shaw showtime shriram spiegel spreadbetting srt
    starhub statoil swiftcover symantec telecity telefonica tiffany tp travelchannel uconnect um vista vistaprint
    volkswagen vuelos warman wolterskluwer xfinity xperia zippo اتصالات موبايلي 大众汽车 工行 手表 珠宝 诺基亚
    """.split()
)
"""Names that twitter-text 3.1.0 still takes for domains (tlds.yml of its conformance suite) and that the root zone has
lost since, or never had delegated. They still count as links on X."""

NEWER = frozenset(
    """
    amazon hotel kids merck music spa web ישראל السعوديه السعودیة السعودیۃ اليمن ايران سوريا پاكستان アマゾン 亚马逊 澳门 臺灣
    """.split()
)
"""Names of the Public Suffix List that twitter-text 3.1.0 does not know: whether X makes a link of them is in doubt."""

_ALNUM = re.compile(r"[0-9A-Za-z]+")
_PUNYCODE = re.compile(r"[Xx][Nn]--[-0-9A-Za-z]+")
_GOES_ON = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@+-")


@cache
def current() -> frozenset[str]:
    """Every top-level domain of the Public Suffix List (its ICANN part), lower case, Unicode form."""
    from publicsuffixlist import PSLFILE

    names = set()
    with open(PSLFILE, encoding="utf-8") as lines:
        for line in lines:
            if "===END ICANN DOMAINS===" in line:
                break
            rule = line.split("//", 1)[0].strip()
            if rule:
                names.add(rule.rsplit(".", 1)[-1].lstrip("!"))
    return frozenset(names)


@cache
def known() -> frozenset[str]:
    """The top-level domains twitter-text 3.1.0 knows."""
    return (current() - NEWER) | WITHDRAWN


@cache
def all_names() -> frozenset[str]:
    """The top-level domains of today and those X still counts."""
    return current() | WITHDRAWN


def is_domain(name: str) -> bool:
    """Whether `name`, without its dot, is a top-level domain today; in any case, in Unicode or Punycode form.

    >>> is_domain("MD"), is_domain("example")
    (True, False)
    """
    name = name.lower()
    if name.startswith("xn--"):
        try:
            name = name[4:].encode("ascii").decode("punycode")
        except UnicodeError:
            return False
    return name in current()


@cache
def _beyond_ascii(newer: bool) -> dict[str, tuple[str, ...]]:
    """Names with letters beyond ASCII by their first letter, the longest first."""
    found: dict[str, list[str]] = {}
    for name in all_names() if newer else known():
        if not name.isascii():
            found.setdefault(name[0], []).append(name)
    return {first: tuple(sorted(names, key=len, reverse=True)) for first, names in found.items()}


def end(text: str, at: int, stop: int, *, newer: bool = True) -> int:
    """Where the top-level domain that begins at `at` ends, or 0 when none begins there; nothing beyond `stop` is seen.

    As in twitter-text 3.1.0 (validGTLD, validCCTLD, validPunycode): a name must not go on with an ASCII letter, a digit,
    `@`, `+` or `-`, but any other letter may follow (`example.comこれ`); whatever follows `xn--` is taken for a domain.
    `newer` says whether the names of `NEWER` count.
    """
    run = _ALNUM.match(text, at, stop)
    if run:
        ends, name = run.end(), run.group().lower()
        if (ends == stop or text[ends] not in _GOES_ON) and name in (all_names() if newer else known()):
            return ends
    first = text[at : at + 1].lower()
    for name in _beyond_ascii(newer).get(first, ()):
        ends = at + len(name)
        if ends <= stop and text[at:ends].lower() == name and (ends == stop or text[ends] not in _GOES_ON):
            return ends
    punycode = _PUNYCODE.match(text, at, stop)
    return punycode.end() if punycode else 0


@cache
def _newer_pattern() -> re.Pattern[str]:
    return re.compile(r"\.(?i:" + "|".join(sorted(map(re.escape, NEWER))) + r")(?![0-9A-Za-z@+-])")


def mentions_newer(text: str) -> bool:
    """Whether a name of `NEWER` stands after a dot somewhere in `text`."""
    return _newer_pattern().search(text) is not None
