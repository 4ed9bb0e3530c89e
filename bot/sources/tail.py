"""The tail after an article: follow lines, newsletter, related articles; recognised by the words such lines open with.

A title of a tail ("Related articles") ends the article, provided that most of it stands before. A call ("Follow @… for
daily insights", "Subscribe to our newsletter") is cut only where nothing but tail follows it: the same words in the
middle of an article are the article's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.text.sentences import HEADING, ended

MIN_BEFORE = 0.4
"""Share of the text that must stand before a title of a tail; else it is a box inside the article and only the title goes."""
_SHORT = 120
"""Characters of a line that may be part of a tail without opening one."""
_CALL = 260
"""Characters of a paragraph that may be a call."""

_NETWORK = r"(?:x|twitter|facebook|instagram|linkedin|bluesky|threads|mastodon|tiktok|youtube|telegram|whatsapp|google news|reddit|flipboard)"
_LETTER = (
    r"(?:newsletters?|mailing ?list|e-?mail list|inbox|rundbrief|infolettre|lettre d['’]information|bolet[ií]n(?:es)?|nieuwsbrief"
    r"|correo(?: electrónico)?|posta elettronica|caixa de entrada)"
)

# A whole line, without its arrows, emoji and final colon.
_TITLES = tuple(re.compile(rf"(?:{words})", re.I) for words in (
    # English
    r"(?:related|recommended|similar|popular|recent|latest) (?:articles?|stor(?:y|ies)|posts?|content|news|reading|reads|coverage|topics|links|guides)",
    r"related(?: to this (?:story|article))?|recommended(?: for you)?|trending now|most (?:read|popular|viewed|shared)|up next|editor['’]?s['’]? picks?",
    r"read (?:more|next|also|this next)|keep reading|continue reading|see also|further reading|what to read next|more to read",
    r"more (?:stories|articles|news|posts|coverage|headlines)(?: .{1,40})?|more (?:from|by) (?:us|me|our .{1,30}|this .{1,30}|the (?:author|blog|newsroom|web))",
    r"you (?:may|might) (?:also )?(?:like|enjoy|be interested in|want to read)(?: .{1,20})?|also on .{1,30}",
    r"about the authors?|leave a (?:comment|reply)|(?:\d+ )?comments?(?: ?\(\d+\))?|join the (?:conversation|discussion)",
    r"tags?|topics?|share (?:this|on|via)(?: .{1,30})?|previous (?:article|post|story)|next (?:article|post|story)",
    # German
    r"(?:ähnliche|verwandte|weitere|passende|mehr|neueste|beliebte|empfohlene) (?:artikel|beiträge|themen|meldungen|nachrichten|texte|inhalte)(?: .{1,40})?",
    r"das könnte (?:sie|dich|euch) (?:auch|ebenfalls) interessieren|auch interessant|lesen sie (?:auch|mehr|weiter)|lies auch|weiterlesen|mehr lesen",
    r"mehr (?:zum thema|zu diesem thema|aus (?:dem ressort|der rubrik).{0,30}|von (?:uns|diesem autor|dieser autorin))|zum thema|meistgelesen(?:e artikel)?|über (?:den|die) autor(?:in|en|innen)?|kommentare?",
    r"(?:artikel|beitrag|seite) teilen|teilen(?: auf .{1,20})?|vorheriger artikel|nächster artikel",
    # French
    r"(?:articles?|contenus?|sujets?|actualités) (?:liés?|similaires?|connexes?|associés?|recommandés?|récents?)|(?:à )?lire (?:aussi|également|la suite)",
    r"à (?:lire|voir) (?:aussi|également)|sur le même (?:sujet|thème)|dans la même (?:rubrique|catégorie)|vous aimerez (?:aussi|peut-être)(?: .{1,30})?",
    r"(?:cela|ça|ces articles) (?:pourrait|pourraient|peut|peuvent) (?:aussi |également )?vous intéresser|(?:les )?(?:articles )?(?:les )?plus lus",
    r"à propos de l['’]aute(?:ur|ure|urs)|commentaires?(?: ?\(\d+\))?|laisser un commentaire|partager(?: cet article)?(?: sur .{1,20})?|article (?:précédent|suivant)",
    # Spanish
    r"(?:artículos?|noticias?|temas?|entradas?|contenidos?) (?:relacionad[oa]s?|recomendad[oa]s?|similares)|(?:también )?(?:te|le|os) (?:puede|podría|pueden|podrían) interesar",
    r"(?:lee|lea|leer) (?:también|más)|más (?:noticias|artículos|información)(?: .{1,30})?|lo más (?:leído|visto)|las más leídas|sobre (?:el autor|la autora)",
    r"(?:\d+ )?comentarios|deja un comentario|compart(?:ir|e)(?: (?:este artículo|en .{1,20}))?|artículo (?:anterior|siguiente)",
    # Italian, Dutch, Portuguese
    r"articoli (?:correlati|simili|consigliati)|leggi anche|(?:ti )?potrebbe(?:ro)? (?:anche )?interessar(?:e|ti)(?: anche)?|i più letti|condividi(?: .{1,20})?",
    r"(?:gerelateerde|verwante|meer) (?:artikelen|berichten|nieuws)(?: .{1,30})?|lees (?:ook|meer|verder)|meest gelezen|over de auteur|reacties|deel dit artikel",
    r"(?:artigos|notícias|matérias|conteúdos) relacionad[oa]s|(?:leia|veja|leia) (?:também|mais)|você (?:também )?pode (?:gostar|se interessar)|mais lidas|compartilh(?:e|ar)(?: .{1,20})?",
))

# The opening of a sentence that calls the reader to something other than the article.
_CALLS = tuple(re.compile(words, re.I) for words in (
    # English
    rf"follow (?:@\w|(?:us|me)\b|.{{1,50}}\bon {_NETWORK}\b)|(?:find|like|join|connect with) (?:us|me) on {_NETWORK}\b",
    rf"(?:please )?(?:subscribe|sign ?up|register|join)\b.{{0,60}}\b{_LETTER}|subscribe (?:to|on|now|today|here|for)(?: our)? ?(?:youtube|podcast|channel|feed|updates|more)?\W*$",
    rf"(?:get|receive|have|want) .{{1,80}}\b(?:in|to|straight to|delivered to) your {_LETTER}|share this (?:article|story|post)",
    r"follow .{1,40}coverage of\b|listen (?:to .{1,60} (?:live|podcasts?|here)\b|back here)|get .{1,60} (?:delivered|sent) (?:to|through|straight)|click here\b|tell us what you think",
    r"(?:we['’]d|we would) (?:like|love) to hear (?:what you think|from you)|(?:and )?here['’]?s (?:our|how to) (?:e-?mail|contact|reach)|.{1,40} is committed to publishing a diversity of letters",
    r"if you (?:enjoyed|liked) (?:this|what)\b|(?:our|the|a) (?:free )?(?:daily |weekly |monthly )?newsletter\W*$|have a (?:news )?tip\?",
    r"(?:©|\(c\) ?\d|copyright (?:©|\(c\)|\d{4}))|all rights reserved|(?:tags?|topics?|filed under|posted in|categories)\s*:",
    # German
    rf"(?:folgen sie|folge|folgt)\s+(?:uns|mir|@\w|.{{1,40}} (?:auf|bei) {_NETWORK}\b)|(?:jetzt |hier )?(?:abonnieren|abonniere|abonniert|bestellen|bestelle)\b.{{0,60}}{_LETTER}",
    rf"(?:jetzt |hier |zum |unser(?:en)? )*{_LETTER} (?:abonnieren|bestellen|anmelden|abonnement)|(?:melden sie sich|melde dich|meldet euch)\b.{{0,60}}{_LETTER}",
    r"teilen sie (?:diesen|den)|teile (?:diesen|den) (?:artikel|beitrag)|alle rechte vorbehalten|schlagwörter\s*:",
    # French
    rf"(?:suivez|retrouvez|rejoignez|suis)[- ](?:nous|moi|.{{1,40}} sur {_NETWORK}\b|@\w)|(?:abonnez|inscrivez)[- ]vous\b|recevez\b.{{1,80}}{_LETTER}|recevez .{{1,60}} par (?:e-?mail|courriel)",
    r"partagez cet? (?:article|page)|tous droits réservés|étiquettes?\s*:|mots-clés\s*:",
    # Spanish
    rf"(?:síguenos|síganos|sígueme|sigue|siga)\s*(?:en {_NETWORK}\b|@\w|a @\w|.{{1,40}} en {_NETWORK}\b|$)|(?:suscríb[ea](?:te|se)|suscribirse|apúnta(?:te|se)|regístra?(?:te|ese))\b",
    rf"(?:recibe|reciba)\b.{{1,80}}{_LETTER}|compart[ea] este artículo|todos los derechos reservados|etiquetas?\s*:",
    # Italian, Dutch, Portuguese
    rf"seguici\b|iscriviti\b.{{0,60}}{_LETTER}|volg (?:ons|@\w)|(?:schrijf je in|meld je aan)\b.{{0,60}}{_LETTER}|(?:siga[- ]nos|siga @\w)|(?:inscreva|assine)\b.{{0,60}}{_LETTER}|tutti i diritti riservati",
))
# Calls only where they are all that the paragraph says.
_WEAK = tuple(re.compile(words, re.I) for words in (
    r"(?:want|need|looking for) more\b.{0,60}\?|(?:enjoyed|liked?|enjoying) (?:this|what you)\b.{0,40}\?|thank(?:s| you) for reading.{0,40}",
    r"stay (?:up[- ]to[- ]date|updated|connected|informed|in the loop|tuned)\b.{0,40}|(?:never|don['’]t) miss (?:an?|our|the next) .{1,40}",
    r"hat (?:ihnen|dir|euch) (?:der|dieser) (?:artikel|beitrag|text) gefallen\?|keine (?:news|nachrichten|artikel|meldung) (?:mehr )?verpassen.{0,20}",
    r"(?:cet article vous a plu|vous avez aimé cet article).{0,20}|¿te (?:ha gustado|gustó) .{1,40}|no te pierdas .{1,40}|ne manquez (?:rien|aucun) .{1,40}",
))
_MAIL_SIGN = re.compile(r"^\W*[\U0001f4e7-\U0001f4ec\U0001f4e9\U0001f48c\U0001f447\U0001f449\U0001f514]")
_TRIM = re.compile(r"^[^\w¿@©(]+|[^\w?)!.…]+$")
_ARROWS = re.compile(r"\s*[→»›▶➜➔⟶►|]+\s*|\s+>+\s+")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")
_QUOTED = re.compile(r"^[\"“„«'‘]")


def is_title(paragraph: str) -> bool:
    """Whether the line, or a part of it parted by an arrow, is the title of a tail."""
    line = paragraph.removeprefix(HEADING)
    if len(line) > _SHORT:
        return False
    return any(words.fullmatch(_bare(part)) for part in (line, *_ARROWS.split(line)) for words in _TITLES)


def is_call(paragraph: str) -> bool:
    """Whether at least half of a short paragraph's sentences call the reader to follow, subscribe or share."""
    line = paragraph.removeprefix(HEADING)
    if len(line) > _CALL or _QUOTED.match(line):
        return False
    if _MAIL_SIGN.match(line) and len(line) <= _SHORT:
        return True
    if any(words.fullmatch(_TRIM.sub("", line).rstrip(".!")) for words in _WEAK):
        return True
    sentences = _SENTENCE.split(line)
    calls = sum(any(words.match(_TRIM.sub("", part)) for part in _ARROWS.split(sentence) for words in _CALLS) for sentence in sentences)
    return calls * 2 >= len(sentences)


def cut(paragraphs: Sequence[str]) -> tuple[list[str], bool]:
    """The paragraphs without the tail, and whether there was one. The first paragraph always stays."""
    kept = list(paragraphs)
    sizes = [len(paragraph) for paragraph in kept]
    total = sum(sizes)
    at, was_cut = 1, False
    while at < len(kept):
        if is_title(kept[at]):
            was_cut = True
            if sum(len(paragraph) for paragraph in kept[:at]) >= total * MIN_BEFORE:
                del kept[at:]
            else:
                del kept[at]
        else:
            at += 1
    start = len(kept)
    for at in range(len(kept) - 1, 0, -1):
        if is_call(kept[at]):
            start = at
        elif not _may_trail(kept[at]):
            break
    if start < len(kept):
        del kept[start:]
        was_cut = True
    while was_cut and len(kept) > 1 and kept[-1].startswith(HEADING):
        kept.pop()
    return kept, was_cut


def _may_trail(paragraph: str) -> bool:
    """A line that is no text of its own: short and without a final full stop, as teasers and buttons are."""
    return len(paragraph) <= _SHORT and not ended(paragraph, but="?？؟")


def _bare(line: str) -> str:
    return " ".join(_TRIM.sub("", line).rstrip(":.…!").split())
