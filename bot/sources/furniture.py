"""Paragraphs that a page puts between those of its article: consent notices, "Read more: …", photo credits, buttons, separators."""

from __future__ import annotations

import re

from bot.text import stub
from bot.text.sentences import HEADING, split

_SHORT = 250
"""Characters of a paragraph that may be such a line; a consent notice may be longer."""
MAX_NOTICE = 1_500

_LINES = tuple(re.compile(words, re.I) for words in (
    # Another article, by its headline.
    r"(?:read more|read also|also read|read next|read on|see also|see more|more on this|more|related(?: (?:articles?|stor(?:y|ies)))?"
    r"|recommended|don['’]t miss|watch(?: now| this| more)?|listen|must read|in case you missed it)\s?[:|»›→]\s?\S.*",
    r"(?:lesen sie (?:auch|mehr|dazu|hier)|lies (?:auch|mehr)|mehr (?:zum thema|dazu|lesen)|auch interessant|siehe auch|lire (?:aussi|également"
    r"|la suite)|à lire(?: aussi| également)?|voir aussi"
    r"|le[ea] (?:también|más)|lea también|te puede interesar|más información|leggi anche|leggi di più|lees (?:ook|meer|verder)|leia (?:também"
    r"|mais)|veja também|関連記事)\s?[:：|»›→]\s?\S.*",
    # Who took a picture, who helped.
    r"(?:(?:main|cover|lead|header|featured?|top|file|hero|stock) )?(?:image|photo|picture|foto|bild|titelbild|photograph|illustration|video"
    r"|screenshot|photos|images|fotos)s?(?: (?:credits?|source|by|courtesy(?: of)?))?\s?[:/|©]\s?\S.{0,200}",
    r"(?:crédits?(?: photos?)?|fotografía|imagen|quelle|bildquelle|fotoquelle|bildnachweis|fuente|source|sources|fonte|bron|credit"
    r"|credits)\s?:\s?\S.{0,80}",
    r"[(\[]?(?:additional |with )?(?:reporting|writing|editing|text|translated|translation) by\b[^.?!]{2,220}[.)\]]*"
    r"|.{2,80} contributed (?:reporting|to this (?:report|article|story))\b.{0,80}",
    r"(?:write to|contact|e-?mail|reach) .{2,60} at \S+@\S+",
    # Advertising, and the way past it.
    r"(?:advertisements?|advertising|sponsored(?: content)?|promoted|anzeige|werbung|publicité|publicidad|pubblicità|advertentie|publicidade"
    r"|広告)(?: .{0,40})?",
    r"(?:story|article|text|content) continues (?:below|after)\b.{0,40}|(?:der artikel|es) (?:geht|folgt) (?:nach|weiter).{0,60}"
    r"|la suite après (?:la|cette) publicité|continúa después de la publicidad.{0,20}|skip (?:advert|ad|to)\b.{0,40}|scroll (?:down )?(?:for"
    r"|to) (?:more|continue).{0,40}",
    # Buttons.
    r"(?:print|share|tweet|pin|e-?mail|save|copy link|bookmark|comments?|loading|play|close|menu|search|home|next|previous|back to top"
    r"|show (?:more|all)|load more|view (?:all|gallery|comments)|enlarge(?: image)?|toggle .{1,20}"
    r"|(?:print|share|save|e-?mail|order|bookmark)(?: (?:this|the))? (?:article|story|page|post|reprints?)|order reprints|teilen|drucken|merken"
    r"|kommentare|partager|imprimer|compartir|imprimir|condividi|stampa|delen|compartilhar)(?:\s?[\d.…]{1,5})?",
    r"(?:click|tap) (?:here|on the)\b.{0,150}|visit .{2,60}(?:homepage|home page|website) for\b.{0,80}|tell us what you think\W*|sign up (?:here"
    r"|now|today)\b.{0,60}|join the (?:conversation|discussion)\b.{0,60}",
    r"(?:this|the) (?:copy|article|content|material|story) is for your personal.{0,230}|copyright(?: ©)? [^.]{0,60}\d{4}.{0,60}|©.{0,120}",
))
_CONSENT = re.compile(r"cookie|クッキー|privacy|consent|datenschutz|einwilligung|vie privée|privacidad|traceurs|toestemming|consentimento", re.I)
_EMPTY = re.compile(r"[\W_]*")


def is_piece(paragraph: str) -> bool:
    """Whether all of the paragraph is furniture of the page."""
    line = paragraph.removeprefix(HEADING).strip()
    if _EMPTY.fullmatch(line):
        return True
    if len(line) <= _SHORT:
        bare = line.strip("*•→›>[] \t")
        if any(words.fullmatch(bare.rstrip("]).:… ")) or words.fullmatch(bare) for words in _LINES):
            return True
    return len(line) <= MAX_NOTICE and bool(_CONSENT.search(line)) and _is_notice(line)


def _is_notice(line: str) -> bool:
    """Most of its sentences speak of the visitor's consent."""
    told = split(line)
    return sum(stub.kind_of(said) == "consent" for said in told) * 2 > len(told)
