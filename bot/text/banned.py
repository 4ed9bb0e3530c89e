"""Words that no post may hold: those the publisher banned, and engagement bait (calls to like and follow, teasing). Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from bot.text import urls
from bot.text.plain import Plain, fold, plain
from bot.text.scripts import SPACELESS

# The lists below are regular expressions in small letters over normalised text (`plain.fold`: one apostrophe, one hyphen); a blank
# stands for one or many. They are meant to be precise: "follow us", never "follow the guidelines".

_CALLS = {
    "en": (
        r"follow (?:us|me|along|@\w+|for (?:more|daily|weekly|updates|tips|insights|the latest|all)|our (?:page|account|channel|feed)|"
        r"this (?:account|page|feed|thread))",
        r"(?:like|share|retweet|repost|rt|comment|follow|subscribe|bookmark|boost)(?:,| and| &|\+) ?(?:and |& )?"
        r"(?:like|share|retweet|repost|rt|comment|follow|subscribe|bookmark|boost|reply)(?! ?'s)",
        r"(?:like|share|retweet|repost|rt|bookmark|upvote|boost|reply to|comment on) (?:this|our|my) "
        r"(?:post|tweet|thread|video|skeet|article|story|one)",
        r"(?:like|share|retweet|repost|rt|comment|follow|reply) (?:if (?:you|u)|to win|for a chance|below\b|down below|with your (?:friends|network))",
        r"rt if", r"(?:drop|leave|post|write|type) (?:a |your |us a |an? \w+ )?(?:comment|reply|emoji|thoughts|answers?)\b(?! (?:period|section))",
        r"(?:drop|leave|post|share|put) (?:it|them|your \w+|a \w+) (?:below|in the (?:comments|replies))",
        r"(?:let us know|tell us|tell me|let me know|sound off|share your [\w ]{1,20})(?: [\w,' ]{0,40}?)? ?(?:below|in the (?:comments|replies))",
        r"tag (?:a friend|someone|your|a colleague|\w+ friends)", r"(?:smash|hit) (?:that|the) (?:like|follow|subscribe|bell|share)",
        r"subscribe (?:to (?:our|my|us)|now|today|here|for (?:more|free|daily))", r"turn on (?:post )?notifications",
        r"(?:sign up|join) (?:for |to )?(?:our|my|the free) (?:free |daily |weekly )?(?:newsletter|mailing list|channel|community)(?! team)",
        r"click (?:the link|here|below)", r"swipe (?:up|left|right) (?:to|for)", r"dm (?:me|us)\b", r"don'?t (?:miss out|scroll past)",
        r"don'?t forget to (?:like|share|follow|subscribe|comment|retweet|repost)", r"wait for it(?=$|[.…!\n:])", r"stop scrolling",
        r"keep reading(?=$|[.…!:\n])", r"read (?:this )?(?:till|until|to) the end",
    ),
    "de": (
        r"folg(?:t|e|en sie) (?:uns|mir|@\w+|für mehr|für weitere)",
        r"(?:liken?|liket|likt|teilt|teilen?|kommentiert|kommentieren?|retweetet|retweeten?|folgt|abonniert)(?:,| und| &) ?"
        r"(?:liken?|teilt|teilen?|kommentiert|kommentieren?|retweeten?|folgt|folgen|abonniert|abonnieren)(?! sie)",
        r"(?:teilt|teile|teilen sie|like|liket|likt|retweetet|kommentiert) (?:diesen|das|den|unseren|dieses) (?:beitrag|post|thread|tweet|video|artikel)",
        r"(?:teilt|teile|teilen|liket|like|retweetet|rt)(?: sie)?,? (?:wenn|falls) (?:ihr|du|sie)", r"rt,? wenn",
        r"abonnier(?:t|e|en sie) (?:uns|unser\w*|jetzt|meinen?|den (?:kanal|newsletter))",
        r"(?:schreibt?|schreiben sie|verratet|sagt|lasst)(?: (?:es|uns|mir))*(?: [\wäöüß,' ]{0,40}?)? (?:in die|in den) kommentaren?",
        r"markier(?:t|e|en sie) (?:jemanden|eure|deine|einen freund|freunde)",
    ),
    "fr": (
        r"suivez[- ](?:nous|moi|@\w+)", r"suis[- ](?:nous|moi)", r"abonne(?:z[- ]vous|[- ]toi)",
        r"(?:likez|aimez|partagez|commentez|retweetez|rt)(?:,| et| &) ?(?:likez|aimez|partagez|commentez|retweetez|abonnez)",
        r"(?:likez|aimez|partagez|retweetez|commentez) (?:ce|cette|notre) (?:post|publication|tweet|vidéo|thread|fil|article)",
        r"(?:partagez|likez|retweetez|rt) si", r"(?:dites|dis|donnez|laissez)[- ](?:nous|moi|un|votre)(?: [\wàâçéèêëîïôûù,' ]{0,40}?)? (?:en|dans les) commentaires?",
        r"(?:taguez|identifiez|mentionnez) (?:un|une|vos|votre|quelqu'un)(?: amie?s?)?",
    ),
    "es": (
        r"s[ií]gue(?:nos|me)", r"s[ií]gan(?:os|nos|me)", r"suscr[ií]b(?:ete|anse|ase)", r"(?:dale|denle|dadle) (?:a )?(?:like|me gusta|rt|retuit)",
        r"(?:comparte|compartan|compartid|retuitea|comenta|dale like)(?:,| y| &) ?(?:comparte|compartan|retuitea|comenta|s[ií]guenos|suscr[ií]bete)",
        r"(?:comparte|compartan|retuitea|comenta) (?:este|esta|nuestro|nuestra) (?:post|publicación|tuit|hilo|v[ií]deo|art[ií]culo)",
        r"(?:comparte|retuitea|rt|dale like) si", r"etiqueta a (?:un|una|alguien|tus|quien)",
        r"(?:dinos|dime|cu[eé]ntanos|cu[eé]ntame|d[eé]janos|deja|escribe|comenta)(?: [\wáéíóúñ,' ]{0,40}?)? en (?:los )?comentarios",
    ),
}
"""What asks the reader to do something for reach; only where an imperative can stand (see `_BEFORE`)."""

_TEASES = {
    "en": (
        r"you (?:won't|will not|will never|'ll never|wouldn't|are not going to|aren't going to) (?:believe|guess) (?:what|how|who|this|it|why|the|where)",
        r"you (?:have to|need to|gotta|must) (?:see|read|hear|watch) this", r"here(?:'s| is) why(?! (?:not|and how))\b",
        r"here's what (?:happened next|nobody|no one|they (?:don't|won't)|you (?:need|have) to know)", r"what happen(?:s|ed) next (?:will|may|might)",
        r"this is (?:huge|insane|wild|massive|crazy|unreal)(?= ?(?:$|[.!…:\n👇🧵🔥🚀🤯]))", r"(?:will|may|might) (?:shock|surprise|amaze) you", r"blow your mind",
        r"(?:(?:a |short |quick |mini |mega ){0,2})thread ?(?=[👇🧵⬇↓])", r"(?<![^\n.!?…]) ?(?:(?:a |short |quick |mini |mega ){0,2})thread ?(?:below)?(?=$|\n|:|\.\.\.|…)",
        r"(?:and|&|,) follow (?:us|me|@\w+) (?:for|on)", r"(?:and|&|,) follow for more", r"\d+/\d* (?:a )?thread", r"[(\[]a? ?thread[)\]]", r"[-–—:] a thread(?=$|[\s.!])", r"🧵", r"links? in (?:the |our |my )?(?:bio|profile|(?:first )?(?:comments?|reply|replies))",
        r"must[- ]read(?= ?(?:$|[!:👇\n]))", r"(?<=a )must[- ]read(?= ?(?:$|[.!,…\n]))",
        r"who else (?:agrees|thinks|feels|loves|hates|remembers|wants|needs|can't wait|is (?:excited|ready|tired|watching|here|with me))",
        r"who's (?:with me|excited|ready)\b", r"am i the only one", r"(?:do you )?agree(?: or disagree)? ?\?", r"(?<![^\n.!?…👇]) ?(?:what are your )?thoughts ?\?",
        r"what do you (?:all |guys )?think ?\?", r"let that sink in", r"read that again", r"(?:no ?one|nobody)(?: else)? is talking about (?:this|it)",
        r"(?:no ?one|nobody) tells you", r"(?<![^\n.!?…]) ?(?:hot take|unpopular opinion|plot twist|spoiler alert|guess what)(?= ?[:!?.…\n👇])", r"buckle up(?= ?(?:$|[.!,…:\n]))",
        r"(?<![^\n.!?…]) ?did you know\b[^.!\n]{0,120}\?", r"(?<![^\n.!?…]) ?(?:have you )?ever wondered\b", r"want to know (?:why|how|more|the secret)\b[^.!\n]{0,80}\?",
        r"the (?:\w+ )?(?:secret|trick|truth) (?:that )?(?:nobody|no one|they don't|experts don't)",
    ),
    "de": (
        r"(?:das|was|du|ihr|sie) (?:glaubst|glaubt|glauben|wirst|werdet|werden)(?: (?:du|ihr|sie|es|das|mir))* (?:nie|nicht)(?: glauben)?(?= ?(?:$|[.!:,…\n]|was|wie|wer))",
        r"(?:hier ist|das ist|hier kommt) der (?:wahre )?grund(?= ?(?:$|[.!:…\n👇]))", r"(?:wird|werden) (?:dich|euch|sie) (?:überraschen|schockieren|umhauen)",
        r"link in (?:der |unserer |meiner )?bio", r"(?<![^\n.!?…]) ?wer (?:noch|ist dabei)(?: [\wäöüß ]{0,30})? ?\?", r"unbedingt lesen(?= ?(?:$|[!:.\n👇]))",
        r"(?<![^\n.!?…]) ?(?:wusstest du|wusstet ihr|wussten sie|schon gewusst)\b[^.!\n]{0,120}\?", r"was (?:meint ihr|meinst du|denkt ihr|denkst du|meinen sie) ?(?:dazu|davon)? ?\?",
        r"(?:ein|kurzer|langer) thread ?(?=$|[👇🧵⬇:\n])",
    ),
    "fr": (
        r"(?:vous n'|tu n'|vous ne |tu ne )(?:allez|vas|en|y|le)? ?(?:pas )?(?:le |en |y |devinerez |croirez )*(?:croire|croirez|croiras|devinerez|devineras)",
        r"voici pourquoi\b", r"(?:va|vont) vous (?:surprendre|étonner|choquer|bluffer)", r"liens? (?:dans|en) (?:la |ma |notre )?bio",
        r"à lire absolument", r"c'est énorme(?= ?(?:$|[.!…\n]))", r"(?:le saviez-vous|saviez-vous que\b[^.!\n]{0,120}) ?\?", r"qu'en pensez[- ]vous ?\?",
        r"qui d'autre\b[^.!\n]{0,40}\?", r"(?:un |petit |mini )thread ?(?=$|[👇🧵⬇:\n])", r"fil à dérouler", r"attendez (?:de voir )?la suite",
    ),
    "es": (
        r"no (?:te )?lo (?:vas a creer|creer[aá]s|podr[aá]s creer)", r"no vas a creer", r"no creer[aá]s (?:lo|qu[eé]|c[oó]mo)",
        r"(?:te|os|les) (?:cuento|contamos|explico|explicamos|decimos) por qu[eé]", r"te (?:va a )?sorprender[aá]?(?= ?(?:$|[.!…\n]))",
        r"(?:enlace|link) en (?:la |mi |nuestra )?bio", r"(?:abro|dentro|va|un|mini) hilo ?(?=$|[👇🧵⬇:.\n])", r"¿? ?qui[eé]n m[aá]s\b[^.!\n]{0,40}\?",
        r"esto es (?:enorme|brutal|una locura)(?= ?(?:$|[.!…\n]))", r"¿ ?sab[ií]as que\b[^.!\n]{0,120}\?", r"¿ ?qu[eé] (?:opinas|opin[aá]is|opinan|piensas|pens[aá]is)[^.!\n]{0,30}\?",
        r"imperdible(?= ?(?:$|[!:\n]))", r"lectura obligada(?= ?(?:$|[!:.\n]))", r"esp[eé]ralo(?=$|[.…!\n])",
    ),
}
"""What holds something back to make the reader curious, or asks them only to make them answer; anywhere."""

_BEFORE = (
    r"(?:(?:^|[\n.!?…:;()\[\]\"“”„«»¡¿|/·•–—>-]|[^\w\s'.,]) *|\b(?:please|pls|bitte|por favor) )"
)
"""A call stands at the beginning of a clause, or after one of these words."""
_QUOTED = re.compile(r"[\"“”„«‹「『]([^\"“”„«»‹›「」『』\n]{1,400})[\"“”„»›」』]")
_MOST = 50
"""Quotations of one text that are looked at: far above any post."""
_JOINED = re.compile(f"[{SPACELESS}]")
_BLANKS = re.compile(r"\s+")


class Found(NamedTuple):
    """Words that may not stand there."""

    span: str
    """As they stand in the text, verbatim."""
    rule: str
    """The banned phrase as configured; empty for engagement bait."""


def words(text: str, banned: Sequence[str], *, own: Collection[str] = ()) -> tuple[Found, ...]:
    """The banned words and phrases in a text, whatever their case and apostrophes, as whole words.

    Inflections are not guessed; `*` at the end of a word stands for any ending. Addresses, and what the publisher configured to stand
    there (`own`: sign-off, hashtags), are not looked at.
    """
    if not banned:
        return ()
    looked = _looked(text, own)
    return looked.once((*match.span(), phrase) for phrase, pattern in _phrases(tuple(banned)) for match in pattern.finditer(looked.text))


def bait(text: str, *, own: Collection[str] = (), article: str = "") -> tuple[Found, ...]:
    """The engagement bait in a text; not within quotation marks where the article has the quoted words, nor in `own`."""
    looked = _looked(text, own)
    spans = []
    quoted: list[tuple[int, int]] | None = None
    for match in _bait().finditer(looked.text):
        start, end = match.span("call" if match["call"] is not None else "tease")
        start += len(match[0]) - len(match[0].lstrip()) if match["call"] is None else 0
        quoted = _quoted(looked.text, article) if quoted is None else quoted
        if not any(left <= start and end <= right for left, right in quoted):
            spans.append((start, end, ""))
    return looked.once(spans)


class _Looked(NamedTuple):
    """A text as it is searched: normalised, small letters, one blank for many, what is not looked at blotted out."""

    text: str
    places: tuple[int, ...]
    """For each character where it stands in the normalised text."""
    said: Plain

    def once(self, spans: Iterable[tuple[int, int, str]]) -> tuple[Found, ...]:
        """The words at these places, each once, in order."""
        found = ((self.said.verbatim(self.places[start], self.places[end - 1] + 1), rule) for start, end, rule in sorted(spans))
        return tuple(dict.fromkeys(Found(*one) for one in found))


def _looked(text: str, own: Collection[str]) -> _Looked:
    said = plain(text)
    chars: list[str] = []
    places: list[int] = []
    hidden = bytearray(len(said.text))
    for span in urls.find(said.text):
        if "/" in span.text:
            hidden[span.start : span.end] = b"\1" * (span.end - span.start)
    for at, char in enumerate(said.text):
        low = "\0" if hidden[at] else " " if char.isspace() and char != "\n" else char.lower()
        if len(low) == 1 and not (low == " " and chars and chars[-1] in " \n"):
            chars.append(low)
            places.append(at)
    looked = "".join(chars)
    for one in own:
        parts = fold(one).lower().split()
        if parts:
            pattern = r"(?<!\w)" + r"\s+".join(map(re.escape, parts)) + r"(?!\w)"
            looked = re.sub(pattern, lambda match: "\0" * len(match[0]), looked)
    return _Looked(looked, tuple(places), said)


def _quoted(looked: str, article: str) -> list[tuple[int, int]]:
    """Where words of the article stand in quotation marks."""
    found = [match.span(1) for match in _QUOTED.finditer(looked)][:_MOST]
    known = _run(fold(article)) if found else ""
    return [(start, end) for start, end in found if _run(looked[start:end]) in known]


def _run(text: str) -> str:
    return _BLANKS.sub(" ", text.lower()).strip(" .,;:!?…")


@lru_cache(maxsize=16)
def _phrases(banned: tuple[str, ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    found = []
    for phrase in banned:
        parts = fold(phrase).lower().split()
        if any(part.strip("*") for part in parts):
            found.append((phrase, re.compile(r"\s+".join(_word(part) for part in parts if part.strip("*")))))
    return tuple(found)


def _word(part: str) -> str:
    open_ended = part.endswith("*")
    part = part.rstrip("*")
    before = r"(?<!\w)" if re.match(r"\w", part[0]) and not _JOINED.match(part[0]) else ""
    after = r"(?!\w|'(?!s\b)\w)" if re.match(r"\w", part[-1]) and not _JOINED.match(part[-1]) else ""
    return before + re.escape(part) + (r"\w*" if open_ended else after)


@lru_cache(maxsize=1)
def _bait() -> re.Pattern[str]:
    calls, teases = ("|".join(phrase for phrases in lists.values() for phrase in phrases) for lists in (_CALLS, _TEASES))
    return re.compile(rf"{_BEFORE}(?P<call>(?:{calls})(?!\w))|(?:(?<!\w)|(?=[,&]))(?P<tease>{teases})(?!\w)", re.MULTILINE)
