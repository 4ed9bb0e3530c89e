"""How publishers mark a correction or a withdrawal of the very article that says so (`bot.text.notices`): en de fr es it nl pt pl da sv no ja.

Each is matched where a sentence begins. An article about somebody else's correction does not speak of `this article`, or quotes it.
"""

from __future__ import annotations

_DATE = r"(?:[ ,]*[(\[]?(?=[^)\]:\n]{0,40}\d)[\w .,/-]{1,40}[)\]]?)?"
"""A date behind the label: `Correction (May 4, 2026):`."""
_EN = r"(?:article|story|news story|post|blog post|page|column|item|piece|headline|caption|report|review|interview|version|obituary|dispatch)"
_DE = r"(?:artikels?|beitrags?|textes|text|meldung|bericht(?:e?s)?|überschrift|seite|version|fassung|interviews?)"
_FR = r"(?:article|texte|titre|billet|page|dépêche|version)"
_ES = r"(?:artículo|noticia|texto|nota|titular|página|información|entrada)"
_IT = r"(?:articolo|notizia|testo|titolo|pagina|pezzo)"
_NL = r"(?:artikel|bericht|stuk|kop|pagina|verhaal)"
_PT = r"(?:artigo|notícia|texto|matéria|reportagem|título|página|publicação)"

CORRECTED = (
    rf"(?:corrections?(?: (?:and|&) clarifications?)?|clarification|corrigendum|erratum|errata|correction notice|notice of correction|correction appended){_DATE}\s*(?::|[—–]|\s-\s)\s*\S",
    rf"(?:an?|the) (?:earlier|previous|prior|original|initial|first|former) version of (?:this|our|the) {_EN}\b",
    rf"(?:a|the) (?:headline|caption|chart|graphic|photo|picture|map|table)(?: (?:in|on|with|for|accompanying|of))? (?:an? )?(?:earlier|previous|prior|original)? ?(?:version of )?this {_EN}\b.{{0,40}}\b(?:mis\w+|incorrect\w*|wrong\w*|corrected|amended)",
    rf"this {_EN} (?:has been|have been|was|is|had been) (?:\w+ly )?(?:corrected|amended|edited to correct|changed to correct|revised to correct|updated to (?:correct|fix|reflect (?:the|a) correct)|modified to correct)\b",
    rf"this {_EN} (?:has been|was) (?:updated|edited|changed|revised|amended)\b.{{0,60}}\b(?:to correct|to fix an? (?:error|mistake)|because an earlier version|after an earlier version|mis(?:stated|spelled|identified|attributed))",
    rf"this {_EN} (?:originally|previously|initially|earlier|incorrectly|mistakenly|wrongly)(?: \w+)? (?:said|stated|reported|misstated|misidentified|misspelled|gave|listed|named|described|included)\b",
    rf"(?:we|the editors) (?:have |has )?(?:corrected|amended) (?:this|the) {_EN}\b",
    rf"(?:because of|due to|owing to) an? (?:editing |reporting |production |technical |typographical )?error,? .{{0,80}}\bthis {_EN}\b",
    rf"(?:berichtigung|korrektur|korrekturhinweis|richtigstellung|korrigendum|hinweis zur korrektur){_DATE}\s*(?::|[—–]|\s-\s)\s*\S",
    rf"in (?:einer|der) (?:früheren|vorherigen|ersten|ursprünglichen|älteren) (?:version|fassung) (?:dieses|des|der|dieser|unseres) {_DE}\b",
    rf"(?:eine|die) (?:frühere|vorherige|erste|ursprüngliche|ältere) (?:version|fassung) (?:dieses|des|der|dieser|unseres) {_DE}\b",
    rf"(?:dieser|diese|dieses|der|wir haben (?:den|diesen|die|diese)) {_DE}\b.{{0,40}}\b(?:korrigiert|berichtigt|richtiggestellt)",
    rf"(?:rectificatif|correction|erratum|mise au point){_DATE}\s*(?::|[—–]|\s-\s)\s*\S",
    rf"(?:dans )?une (?:version (?:précédente|antérieure|initiale)|(?:première|précédente) version) (?:de cet|de ce|de cette|du) ?{_FR}\b",
    rf"(?:cet|ce|cette) {_FR} (?:a été|vient d['’]être) (?:corrigée?|rectifiée?|modifiée? (?:pour corriger|à la suite d['’]une erreur))",
    rf"(?:fe de erratas?|fe de errores|rectificación|corrección|errata){_DATE}\s*(?::|[—–]|\s-\s)\s*\S",
    rf"(?:en )?una versión (?:anterior|previa|inicial) de est[ea] {_ES}\b",
    rf"est[ea] {_ES} (?:ha sido|fue) (?:corregid|rectificad|modificad[oa] para corregir)",
    rf"(?:errata corrige|rettifica|correzione){_DATE}\s*(?::|[—–]|\s-\s)\s*\S",
    rf"(?:in )?una (?:versione precedente|precedente versione) di quest[oa']\s?{_IT}\b|quest[oa'’]\s?{_IT} è stat[oa] (?:corrett|rettificat)",
    rf"(?:correctie|rectificatie|aanvulling en correctie){_DATE}\s*(?::|[—–]|\s-\s)\s*\S",
    rf"(?:in )?een (?:eerdere|vorige|oorspronkelijke) versie van (?:dit|deze|het) {_NL}\b|(?:dit|deze) {_NL} is (?:gecorrigeerd|gerectificeerd)",
    rf"(?:correção|errata|retificação|erramos){_DATE}\s*(?::|[—–]|\s-\s)\s*\S",
    rf"(?:em |n)?uma versão anterior dest[ea] {_PT}\b|est[ea] {_PT} foi (?:corrigid|retificad)",
    rf"(?:sprostowanie|korekta|rettelse|rättelse|korrigering|retting){_DATE}\s*(?::|[—–]|\s-\s)\s*\S",
    r"(?:【?(?:訂正|お詫びと訂正|更正|更正启事|更正啟事)】?\s*[::]|【(?:訂正|お詫びと訂正|更正)】)\s*\S",
)
WITHDRAWN = (
    rf"(?:retraction(?: (?:notice|note|statement))?|notice of (?:retraction|withdrawal)|withdrawal notice|(?:article|story) (?:retracted|withdrawn)){_DATE}\s*(?::|[—–]|\s-\s)\s*\S",
    rf"this {_EN} (?:has been|have been|was|is|had to be) (?:\w+ly )?(?:retracted|withdrawn|taken down|removed|unpublished|pulled|deleted)\b",
    rf"(?:we|the (?:editors?|publisher|authors?)) (?:have |has |are |is )?(?:retract(?:ed|ing)|withdr(?:awn|ew|awing)|unpublished|taken down) (?:this|the) {_EN}\b",
    rf"(?:dieser|diese|dieses|der|wir haben (?:den|diesen|die|diese)) {_DE}\b.{{0,40}}\b(?:zurückgezogen|gelöscht|depubliziert|entfernt|offline genommen)",
    rf"(?:cet|ce|cette) {_FR} (?:a été|est) (?:retirée?|rétractée?|supprimée?|dépubliée?)|rétractation{_DATE}\s*:\s*\S",
    rf"est[ea] {_ES} (?:ha sido|fue) (?:retirad|retractad|eliminad|despublicad)|retractación{_DATE}\s*:\s*\S",
    rf"quest[oa'’]\s?{_IT} è stat[oa] (?:ritirat|rimoss|ritrattat|cancellat)|ritrattazione{_DATE}\s*:\s*\S",
    rf"(?:dit|deze) {_NL} is (?:ingetrokken|verwijderd|offline gehaald|teruggetrokken)",
    rf"est[ea] {_PT} foi (?:retirad|retratad|removid|despublicad)|retratação{_DATE}\s*:\s*\S",
    r"(?:この記事は(?:取り消し|撤回|削除)|(?:记事|報道|文章|本文)(?:已)?(?:撤回|撤稿))",
)
LABEL = r"(?:(?:editor['’]?s?['’]?|editors['’]|publisher['’]?s?|clarifying) notes?|note(?: to readers)?|update|updated|anmerkung der redaktion|anm\. d\. red\.|hinweis der redaktion|in eigener sache|redaktioneller hinweis|note de la rédaction|ndlr|mise à jour|nota de(?:l)? (?:la redacción|editor|redacción)|aclaración|actualización|nota della redazione|ndr|aggiornamento|noot van de redactie|nota d[ao] (?:redação|editor)|redaktionens anmærkning)"
"""What may stand before a notice: `Editor's note: this story has been corrected`."""
TITLED = (
    r"\[?(?:retracted|withdrawn|retracted article|retraction)\]?\s*[:—–\]-]",
    r"\[?(?:zurückgezogen|rétracté|rétractation|retractado|retirado|ritirato|ingetrokken|retratado)\]?\s*[:—–\]-]",
)
"""A headline that says so."""
