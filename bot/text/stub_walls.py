"""What sites say to a visitor whom they keep out for now, wherever it stands in a sentence (`bot.text.stub`): robots, limits, maintenance, sale."""

from __future__ import annotations

import re

_WALLS = {
    "denied": (
        r"(?:not|are you|you(?:'re| are)) an? (?:robot|bot|human)\b|\b(?:re)?captcha\b|(?:unusual|suspicious|automated|abnormal|malicious) (?:traffic|activity|requests?|access|queries|behaviou?r)"
        r"|too many (?:requests|attempts|connections|visits)|(?:rate|request|usage) limit|(?:access|request|connection|you)(?: to \w[\w .]{0,30})? (?:has been|have been|is|was|were) (?:temporarily )?(?:denied|blocked|refused|rejected"
        r"|limited|restricted|suspended|forbidden)|access denied|(?:your|the) (?:ip(?: address)?|network|computer network|browser|connection|device|request)\b.{0,60}(?:blocked|denied|flagged|logged|limit|javascript"
        r"|cookies|security|banned)|(?:ray|reference|request|incident|event|support|block(?: reference)?|session) (?:id|code|number)\b|(?:security|human|bot) (?:check|verification|challenge)"
        r"|(?:verify|verifying|prove|confirm|checking) .{0,30}\b(?:human|person|robot|secure|browser)|(?:enable|supports?|allow|turn on|blocking) .{0,30}(?:java ?script|cookies)|press (?:&|and) hold"
        r"|(?:solve|complete|click|tick|check) (?:the|this) (?:box|puzzle|challenge|button|checkbox)|(?:site|website) (?:owner|administrator)"
        r"|(?:un|kein|ein) (?:roboter|mensch)\b|ungewöhnliche\w* (?:aktivität|datenverkehr|anfragen|zugriffe)|zu viele (?:anfragen|zugriffe|versuche)|(?:zugriff|anfrage|ip-adresse)\b.{0,60}(?:gesperrt|blockiert|verweigert|abgelehnt)"
        r"|sicherheits(?:prüfung|überprüfung|abfrage)|vorgangsnummer|referenz-?(?:id|nummer)"
        r"|pas un robot|(?:activité|trafic) (?:inhabituel|suspect)\w*|trop de (?:requêtes|demandes|tentatives)|(?:accès|requête|adresse ip)\b.{0,60}(?:bloqué|refusé|limité)\w*|vérification de sécurité"
        r"|no (?:eres|es|soy) un robot|(?:actividad|tráfico) (?:inusual|sospechos)\w*|demasiad[ao]s (?:solicitudes|peticiones|intentos)|(?:acceso|solicitud|dirección ip)\b.{0,60}(?:bloquead|denegad|limitad)\w*"
        r"|non (?:sei|sono) un robot|(?:attività|traffico) (?:insolit|sospett|anomal)\w*|troppe richieste|(?:accesso|richiesta|indirizzo ip)\b.{0,60}(?:bloccat|negat)\w*"
        r"|geen robot|ongebruikelijk\w* (?:verkeer|activiteit)|te veel (?:verzoeken|aanvragen)|(?:toegang|ip-adres)\b.{0,60}(?:geblokkeerd|geweigerd)|não (?:é|sou) um robô|tráfego (?:incomum|suspeito)"
        r"|muitas (?:solicitações|requisições|tentativas)|(?:acesso|endereço ip)\b.{0,60}(?:bloquead|negad)\w*|ロボットではない|アクセスが(?:集中|制限|拒否)|リクエストが多すぎ"
    ),
    "away": (
        r"(?:be|we're|are) (?:right )?(?:back|online)(?: again)? (?:soon|shortly|in a|online)|back (?:online )?(?:soon|shortly)|(?:scheduled|planned|routine|undergoing|under|for|site|system|performing|essential)"
        r" (?:\w+ )?maintenance|(?:site|website|page|service|server|system)\b.{0,40}(?:temporarily|currently|briefly) (?:unavailable|down|offline|overloaded|closed|out of)|service (?:temporarily )?unavailable"
        r"|(?:sorry|apologi[sz]e) for (?:the|any|this) inconvenience|(?:try|come|check) (?:again|back) (?:later|soon|in (?:a few|\d+)|shortly)|(?:something|it) went wrong|(?:technical|internal) (?:difficult|problem|server error|issue)\w*"
        r"|wartungs(?:arbeiten|modus|fenster|pause)|(?:in|wieder) kürze|gleich wieder|vorübergehend nicht (?:erreichbar|verfügbar)|versuchen sie es (?:bitte )?(?:später|in)|entschuldigen (?:sie )?die unannehmlichkeiten"
        r"|(?:en|cours de) maintenance|temporairement (?:indisponible|inaccessible)|(?:de retour|revenez|réessayez?|réessayer) (?:bientôt|plus tard|dans)|désagrément"
        r"|(?:en|tareas de|labores de) mantenimiento|temporalmente (?:no disponible|fuera)|volver[áe]mos (?:pronto|en)|(?:inténtelo|inténtalo|vuelva a intentarlo|vuelve a intentarlo) (?:de nuevo )?más tarde"
        r"|(?:in|di) manutenzione|temporaneamente non (?:disponibile|raggiungibile)|(?:riprova|torneremo|torna) (?:più tardi|presto|a breve)|onderhoud(?:swerkzaamheden)?\b|tijdelijk (?:niet beschikbaar|onbereikbaar)"
        r"|probeer het later|em manutenção|temporariamente (?:indisponível|fora)|(?:tente novamente|voltaremos|volte) (?:mais tarde|em breve|logo)|メンテナンス(?:中|のため|を)|しばらく(?:して|経って|お待ち)|ご迷惑"
    ),
    "parked": (
        r"(?:this |the )?domain(?: name)?\b.{0,60}(?:for sale|parked|expired|available for purchase|has been registered|is registered|may be yours|can be yours|not (?:been )?configured)|(?:buy|own|purchase|get|renew"
        r"|inquire about|make an offer (?:on|for)) (?:this|the) domain|(?:related|popular|trending|sponsored) (?:searches|listings|links)|domain (?:parking|broker|registrar|owner)|parked (?:free|domain|page)"
        r"|website (?:is )?coming soon|(?:diese )?domain\b.{0,60}(?:zu verkaufen|steht zum verkauf|geparkt|erworben werden|registriert)|(?:ce|le) (?:nom de )?domaine\b.{0,60}(?:à vendre|en vente|expiré|réservé)"
        r"|(?:este )?dominio\b.{0,60}(?:en venta|a la venta|caducado|aparcado|in vendita|scaduto|parcheggiato)|(?:dit |deze )?domein(?:naam)?\b.{0,60}(?:te koop|verlopen|geparkeerd)|(?:este )?domínio\b.{0,60}(?:à venda|expirou)"
        r"|ドメイン.{0,30}(?:販売|売り出し|有効期限)"
    ),
}
_FOUND = {kind: re.compile(words, re.I) for kind, words in _WALLS.items()}
_SPOKEN = re.compile(
    r"\b(?:you|your|you're|you've|we|we're|we've|we'll|our|us|please|this (?:site|page|website|domain|service|block|message)|sie|ihre?[nrms]?|wir|uns|bitte|diese (?:seite|domain)|vous|votre|vos|nous|veuillez|usted|tu|su|nuestr[ao]s?"
    r"|por favor|tua?|noi|nostr[aoie]|si prega|u|uw|je|wij|ons|onze|você|seu|sua|nós|noss[ao])\b|ください|下さい|ません|ます",
    re.I,
)
_SHORT = 30
"""Characters below which a line needs nobody spoken to: `Too many requests`."""

TITLES = {
    "denied": (
        r".{0,40}\bare you a (?:robot|human|bot)\??|(?:(?:error )?429(?:[ :—–-]*too many requests)?|too many requests|rate limit(?:ed| exceeded)?|unusual (?:traffic|activity).{0,40}|blocked|you have been blocked|bot (?:check|detection)|checking your browser.{0,20}"
        r"|robot\??|zu viele anfragen|trop de requêtes|demasiadas solicitudes|troppe richieste|te veel verzoeken|muitas solicitações)"
    ),
    "away": (
        r"(?:(?:site |system |scheduled |planned |under )?maintenance(?: mode| break)?|(?:we(?:'ll| will) )?be (?:right )?back (?:soon|shortly)|(?:(?:error )?50[0234][ :—–-]*)?(?:service (?:temporarily )?unavailable|bad gateway|internal server error|gateway time-?out)|temporarily"
        r" (?:unavailable|down|offline)|(?:site )?under construction|wartung(?:sarbeiten|smodus)?|en maintenance|maintenance en cours|en mantenimiento|in manutenzione|onderhoud|em manutenção|メンテナンス中?)"
    ),
    "parked": r"(?:(?:this )?domain (?:name )?(?:is |may be )?for sale|(?:domain )?parked(?: domain| page)?|[\w.-]+\.\w{2,10} (?:is )?for sale|domain (?:expired|suspended)|website coming soon|domain zu verkaufen|domaine à vendre|dominio en venta|domeinnaam te koop)",
}
"""All of a title, or of its part before or behind the site's name."""


def kind_of(sentence: str) -> str | None:
    """What a sentence says of a wall; None where nobody is spoken to, as in an article about such walls."""
    if len(sentence) >= _SHORT and _SPOKEN.search(sentence) is None:
        return None
    return next((kind for kind, words in _FOUND.items() if words.search(sentence)), None)
