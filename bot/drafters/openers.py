"""Which sentences can stand in a post, and which can open one: whole, said to the reader, and leaning on nothing before them."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from bot.text import sentences

# Each word points at the sentence before it, or at a speaker named there.
_DANGLING = {
    "en": "i my me their theirs they them it its itself this that these those he she his her hers him such both neither either but and or nor so yet "
    "however therefore thus hence moreover furthermore meanwhile also then instead nevertheless nonetheless otherwise consequently "
    "additionally besides still similarly likewise conversely afterward afterwards because there here which indeed accordingly finally lastly "
    "secondly thirdly another",
    "de": "ich mein meine er sie es ihr ihre ihren ihrem ihrer ihres sein seine seinen seinem seiner dies diese dieser dieses diesen diesem jener jene jenes "
    "aber und oder doch denn jedoch dennoch trotzdem deshalb daher darum deswegen außerdem zudem ferner dabei damit dadurch dafür "
    "dagegen daraus darin danach dann dort hier so auch stattdessen allerdings hingegen somit folglich weil beide solche schließlich",
    "fr": "je j' mon ma mes il elle ils elles ce cet cette ces cela ceci ça c' son sa ses leur leurs mais et ou or donc car ni cependant toutefois pourtant "
    "néanmoins ainsi alors ensuite puis aussi enfin celui celle ceux celles parce eux lui",
    "es": "yo mi mis él ella ellos ellas ello este esta esto estos estas ese esa eso esos esas aquel aquella su sus pero y e o u sino aunque "
    "además también así entonces luego ambos dicho dicha tal tales porque finalmente",
    "it": "io mio mia lui lei essi esse loro esso essa questo questa questi queste quello quella quelli quelle suo sua suoi sue ma e o però quindi dunque "
    "inoltre anche così allora poi infine entrambi tale tali perché invece tuttavia",
    "nl": "ik mijn hij zij ze zijn haar hun dit dat deze die maar en of dus want echter toch daarom daardoor daarna daarbij bovendien ook dan toen "
    "daar hier zo beide zulke intussen ondertussen",
    "pt": "eu meu minha ele ela eles elas este esta isto estes estas esse essa isso esses essas aquele aquela seu sua seus suas mas e ou porém contudo "
    "também assim então depois ambos tal tais porque além finalmente",
    "ru": "я он она оно они это этот эта эти этого этой этих его её ее их но и а или однако поэтому также тоже затем потом тогда там здесь такой такая такие "
    "например кроме оба обе",
    "ja": "",
}
_PHRASES = {
    "en": ("as a result", "for example", "for instance", "in addition", "in contrast", "by contrast", "on the other hand", "at the same time",
           "in other words", "the same", "the former", "the latter", "after that", "even so", "of course", "in turn", "that said", "in fact",
           "as such", "above all", "on top of", "at the time", "in a statement", "the move", "the pair", "the duo", "the trio",
           "the announcement", "the incident"),
    "de": ("zum beispiel", "im gegensatz", "auf der anderen seite", "mit anderen worten", "aus diesem grund", "darüber hinaus", "nichtsdestotrotz"),
    "fr": ("par exemple", "en revanche", "par contre", "en outre", "de plus", "par conséquent", "en effet", "c'est pourquoi", "d'autre part"),
    "es": ("sin embargo", "por eso", "por ejemplo", "por otro lado", "por otra parte", "en cambio", "por lo tanto", "no obstante", "de hecho", "es decir", "después de eso"),
    "it": ("ad esempio", "per esempio", "al contrario", "d'altra parte", "di conseguenza", "per questo", "nel frattempo"),
    "nl": ("bijvoorbeeld", "aan de andere kant", "met andere woorden", "op die manier", "als gevolg"),
    "pt": ("por exemplo", "no entanto", "por outro lado", "por isso", "ou seja", "além disso", "em contrapartida"),
    "ru": ("при этом", "кроме того", "таким образом", "в то же время", "тем не менее", "после этого", "тот же", "та же"),
    "ja": (),
}
_OPENERS = {language: frozenset(words.split()) for language, words in _DANGLING.items()}

_POINTS = r"(?:this|that|these|those|such|it|its|them|their|him|his|her|they)\b"
_TIME = r"(?:week|weekend|month|year|season|spring|summer|autumn|fall|winter|morning|afternoon|evening|quarter|decade|century|christmas|easter)"
_SELF = r"(?:paper|article|guide|tutorial|essay|chapter|survey|post)\b"
# Words of the list above where what follows shows that they point at nothing before them.
_STANDS = {
    "en": regex.compile(
        rf"this {_TIME}\b|this {_SELF}|this (?:work|study) (?:proposes|presents|introduces|describes)\b|here,? we\b|there(?: (?:is|are|was|were"
        rf"|has|have|will)\b|'s\b)"
        rf"|(?:instead of|because(?: of)?|besides|in addition to|in contrast to|on top of) (?!{_POINTS}|which\b|of\b)\w[^.?!]{{1,200}},"
        r"|both (?!(?:of|are|were|have|had|will|would|can|could|men|women|said|say|sides)\b)(?:[\w'-]+ ){1,4}and\b"
        r"|(?:such as|so far|so-called|yet another|another (?:\d+|one|two|three))\b|it(?: (?:is|was|has been)|'s) (?:\w+ )?(?:known|clear|true"
        r"|likely|possible|unclear|estimated) that\b"
    ),
    "de": regex.compile(r"es gibt\b"),
    "fr": regex.compile(r"il (?:y a|faut)\b|cet(?:te)? (?:année|semaine|été|hiver|automne)\b|ce (?:mois|matin|soir|printemps)\b"),
    "es": regex.compile(r"est[ae] (?:año|semana|mes|mañana|verano|invierno)\b"),
}
# The same pointing, one word later: "In this way", "With that", "Despite their size"; "also" said of somebody known by now.
_BEHIND = {
    "en": regex.compile(
        rf"(?:in|on|at|for|with|by|after|before|since|from|of|to|under|among|amid|despite|during|through|without|like|unlike|given|all|some|many"
        rf"|most|one|none|each|part) (?:of )?"
        rf"(?:(?:this|these|those|such)\b(?! {_TIME}\b| {_SELF}| (?:who|of|in|with|that)\b| (?:work|study|research|report|letter),? we\b)"
        rf"|(?:that|it|them|him|her)(?:,|\s(?!of\b))|(?:his|their|its) [^,]{{1,60}}(?:$|[.?!]))"
        r"|(?:[\w’'-]+ ){1,12}also\b"
        r"|according to (?:him|her|them)\b"
    ),
    "de": regex.compile(r"(?:in|an|auf|bei|mit|nach|vor|von|zu|aus|trotz|während|unter) (?:dies|jen|solch)(?:em|er|en|e|es)\b|(?:[\w’'-]+ ){1,4}(?:auch|außerdem|zudem|jedoch|allerdings)\b"),
    "fr": regex.compile(r"(?:dans|en|à|de|pour|avec|après|selon|malgré) (?:ce|cet|cette|ces|cela|celui|celle)\b|(?:[\w’'-]+ ){1,5}(?:également|aussi|cependant)\b"),
    "es": regex.compile(r"(?:en|a|de|por|para|con|tras|según|pese a) (?:est[aeo]s?|es[aeo]s?|ell[ao]s?|dich[ao]s?)\b(?! (?:año|semana|mes))|(?:[\w’'-]+ ){1,5}también\b"),
}
_BEHIND["ja"] = regex.compile(
    r"これ|それ|あれ|この(?![春夏秋冬])|その|あの|こうした|そうした|こう|そう|ここ(?!数|\d)|そこ|しかし|だが|ただ|また|さらに|そして|では|なお|もちろん|例えば|たとえば|つまり|一方|ところが|だから|したがって"
    r"|彼|同(?:社|氏|日|市|県|国|署)"
)
# A noun that only the sentence before can explain: "rejected these accusations", "a part of this edition".
_MID = {
    "en": regex.compile(rf"\s(?:of|in|for|with|to|by|from|on|at|about|against|over|under|after|before) this (?!{_TIME}|{_SELF}|(?:work|study|research),? we\b)[a-z]"
                        r"|\s(?:these|those) (?!who\b|that\b|which\b|of\b|in\b|with\b|from\b|on\b|at\b|are\b|were\b|days\b|whose\b|to\b)[a-z]"),
}
_LABEL = regex.compile(r"(?:[QA]\s?\d{1,2}\s?[:.)]|[QAFR]:|\d{1,2}[.)]\s|[-–—•*·>→#]|\p{Lu}{3,}(?:[ -]\p{Lu}{2,}){0,3}\s?[:：])")
_FIRST = regex.compile(r"[^\W\d_]+['’]?")
_TRAILS_OFF = regex.compile(r"(?:…|\.\.\.|\[[^\]]*\])[\"'”’»)\]]*\Z")
_PAIRED = (("“", "”"), ("«", "»"), ("(", ")"), ("[", "]"), ("「", "」"))
# What a page says to its reader about itself.
_CALLS = regex.compile(
    r"\b(?:click|tap) (?:here|on|the)\b|\bread (?:more|the full)\b|\b(?:sign|signed) up (?:for|to|here|now)\b|\bsubscribe (?:to|now|here"
    r"|today)\b|\bfollow (?:us|me|@|our)\b|\b(?:this|our) newsletter\b"
    r"|\b(?:use[sd]?|accept|set) (?:of )?cookies\b|\ball rights reserved\b|\b(?:e-?mail|contact|write to) (?:us|the author)\b|\b(?:visit"
    r"|see) our\b|\bour (?:website|homepage|privacy policy|app|readers)\b"
    r"|\bdelivered (?:to|through|straight to) your\b|\baffiliate\b.{0,40}\bcommission\b|\b(?:see|pictured|shown) (?:above|below)\b|\b(?:photo"
    r"|image|picture|video)(?: by|:| credit)"
    r"|\b(?:this|the) (?:article|story|post) (?:was|has been|is|may|contains|originally|first)\b.{0,40}\b(?:published|updated|corrected|edited"
    r"|appeared|contain|affiliate)"
    r"|\b(?:klicken sie|mehr lesen|jetzt abonnieren|newsletter abonnieren|verwende[tn] cookies|cliquez ici|abonnez-vous|utilise des cookies"
    r"|haga clic|haz clic|suscríbete|utiliza cookies|clique aqui|assine)\b",
    regex.IGNORECASE,
)
_QUOTES = "\"“„«‘「"
_MARKS = regex.compile(r"[\"“”„«»]")
_LONGEST_QUOTATION = 8
"""Sentences; a mark still open after more of them was never closed."""
_SAID = 60
"""Characters beside a quotation that may do no more than say "he said"."""
_CASED = regex.compile(r"[a-z]").match
_SOON = 45
"""Characters in which somebody can hardly have been introduced but by name."""
_PERSON = regex.compile(r"\b(?:he|she|his|her|him|hers|himself|herself)\b")
_QUOTATION = regex.compile(r"“[^“”]*”|\"[^\"]*\"|„[^„“”]*[“”]|«[^«»]*»|‘[^‘]*’|「[^「」]*」。?")
_DATELINE = regex.compile(
    r"\A\p{Lu}[\p{Lu}.’' -]{2,40}(?:, \p{Lu}[\p{L}.]{1,15}(?: \p{Lu}\p{L}{1,12})?)?(?:,? \p{Lu}[\p{L}.]{2,8} \d{1,2}(?:, \d{4})?)?(?: ?\((?:[A-Z][\w. /-]{1,20})\))?\s(?:[—–-]{1,2}|/)\s(?=[\p{Lu}\d“\"‘'])"
    r"|\A\p{Lu}\p{Ll}[\p{L} .'’-]{1,30}, (?:\p{Lu}\p{L}{1,5}\.|\p{Lu}\.\p{Lu}\.)(?: ?\([A-Z][\w. /-]{1,20}\))? [—–-]{1,2} (?=[\p{Lu}\d“\"‘'])"
    r"|\A\p{Lu}\p{L}[\p{L} .'’/-]{1,38}(?:, \p{Lu}[\p{L}.]{1,15})? ?\((?:AP|AFP|Reuters|REUTERS|dpa|DPA|EFE|ANSA|UPI|Xinhua|TASS|PA|CNN"
    r"|Bloomberg|ots|BUSINESS WIRE|Business Wire|PRNewswire|GLOBE NEWSWIRE)[^()]{0,20}\)\s?(?:[—–:-]{1,2}\s)(?=[\p{Lu}\d“\"‘'])"
)


def dangling(sentence: str, language: str | None = None) -> bool:
    """Does it lean on the sentence before it: opens with or soon says a word that points there (Their, But, In this way), or carries a label (Q1:)?"""
    if labelled(sentence) or sentence[:1].islower() or _unattributed(sentence):
        return True
    opening = sentence.lstrip("\"'“‘„«‹(¿¡[ ").lower().replace("’", "'")
    code = (language or "en").split("-")[0].lower()
    if code not in _OPENERS:
        return False
    if (code in _BEHIND and _BEHIND[code].match(opening)) or (code in _MID and _MID[code].search(sentence)) or (code == "en" and _nobody(sentence)):
        return True
    word = _FIRST.match(opening)
    if word is None or (code in _STANDS and _STANDS[code].match(opening)):
        return False
    return word[0] in _OPENERS[code] or word[0].rstrip("'") in _OPENERS[code] or opening.startswith(_PHRASES[code])


def labelled(sentence: str) -> bool:
    """Does it begin with a label, a number or a bullet: Q1, A:, 3., NOTE:?"""
    return bool(_LABEL.match(sentence))


def _unattributed(sentence: str) -> bool:
    """Is it a quotation of which it does not say whose: all of it, or all but "she said" and "the source said"?"""
    if sentence[:1] not in _QUOTES:
        return False
    outside = _QUOTATION.sub(" ", sentence)
    return outside.isspace() or (len(outside) < _SAID and outside != sentence and not any(map(str.isupper, outside)) and any(map(_CASED, outside)))


def _nobody(sentence: str) -> bool:
    """Does a "she" or "his" stand in it before anybody is named?"""
    found = _PERSON.search(sentence, 0, _SOON)
    return found is not None and not any(word[0].isupper() for word in sentence[: found.start()].split()[1:])


def quoted(told: Sequence[str]) -> frozenset[int]:
    """Which of these sentences, in a text's order, lie wholly or partly inside a quotation that other sentences open or close."""
    found: set[int] = set()
    since: int | None = None
    for at, text in enumerate(told):
        marks = _MARKS.findall(text)
        if since is not None and (at - since > _LONGEST_QUOTATION or text[0] in _QUOTES):
            since = None  # a paragraph opens anew, or the closing mark was forgotten
        for mark in marks:
            if mark in "“„«":
                since = at
            elif mark in "”»":
                if since is not None and since < at:
                    found.update(range(since, at + 1))
                since = None
            elif since is None:
                since = at
            else:
                if since < at:
                    found.update(range(since, at + 1))
                since = None
    return frozenset(found)


def whole(sentence: str) -> bool:
    """Is it a sentence a reader takes for complete: ends as one, closes what it opens, and is not trailing off?"""
    if not sentences.ended(sentence, but="…") or _TRAILS_OFF.search(sentence) or sentence.count('"') % 2:
        return False
    return all(sentence.count(left) == sentence.count(right) for left, right in _PAIRED)


def asks(sentence: str) -> bool:
    """Is it a question?"""
    return sentence.rstrip(sentences.CLOSERS)[-1:] in "?？؟"


def calls(sentence: str) -> bool:
    """Does it speak of the page instead of its subject: click here, our newsletter, photo credits, cookies?"""
    return bool(_CALLS.search(sentence))


def undated(sentence: str) -> str:
    """The sentence without the place and agency before it: "PARIS (AFP) — The council…" says "The council…"."""
    if not any(mark in sentence[:80] for mark in "—–-/"):
        return sentence
    found = _DATELINE.match(sentence)
    return sentence[found.end() :] if found else sentence
