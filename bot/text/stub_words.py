"""What sites say to a visitor instead of showing an article, by kind (`bot.text.stub`) and language: en de fr es it nl pt ja."""

from __future__ import annotations

SENTENCES = {
    "consent": (
        r"(?:we|(?:we|this (?:web)?site|our (?:web)?site)(?: and (?:our|its|\d+) (?:\d+ )?\w+)?|we,? (?:and|along with) our .{1,40}?"
        r"|[\w.]{2,30} and (?:its|our) partners) (?:may )?(?:use|store|process|value your privacy|care about your privacy)\b.{0,160}(?:cookies?"
        r"|personal data|privacy|device)",
        r"(?:we|this (?:web)?site|our (?:web)?site) (?:values?|cares? about|respects?) your privacy|your (?:privacy|consent|cookie) (?:choices?"
        r"|settings|preferences|matters?|is important)",
        r"(?:by|if you) (?:clicking|click|continuing|continue|using|closing|selecting|choosing|browsing|accept).{0,120}(?:cookies|consent"
        r"|privacy|partners|terms)|(?:to|you can) (?:change|manage|withdraw|set|customi[sz]e) your (?:consent|preferences|choices|cookie"
        r"|settings)",
        r"you (?:can|may) (?:change|manage|withdraw|revoke|opt out|refuse|reject|accept|review|choose).{0,100}(?:cookies?|consent|preferences"
        r"|choices|settings|time)|(?:click|select|choose|tap) .{0,20}(?:accept|agree|reject|manage)",
        r"(?:accept|reject|allow|manage|necessary|functional|strictly necessary|performance|targeting|analytics|marketing|these|some"
        r"|the) (?:all |our )?cookies\b.{0,120}(?:necessary|website|site|you|your|purposes?|required|function|collect|set\b)?",
        r"wir (?:(?:und unsere .{1,40} )?(?:verwenden|nutzen|setzen|benötigen|brauchen|speichern|verarbeiten))\b.{0,160}(?:cookies?|zustimmung"
        r"|einwilligung|daten)|(?:mit (?:klick|einem klick)|durch (?:klicken|die nutzung)|indem sie|wenn sie).{0,120}(?:cookies?|zustimm"
        r"|einwillig|einverstanden)|sie können ihre (?:einwilligung|zustimmung|auswahl|einstellungen)",
        r"(?:nous|notre site|ce site|nos partenaires)(?: et nos .{1,40})? (?:utilis|stock|trait|accéd|dépos).{0,160}(?:cookies?|traceurs"
        r"|données)|en (?:cliquant|poursuivant|continuant).{0,120}(?:cookies?|accept|consent)|vous pouvez (?:modifier|retirer|changer|gérer"
        r"|paramétrer|accepter|refuser).{0,80}(?:choix|consentement|préférences|cookies?|moment)",
        r"(?:nosotros|utilizamos|usamos|este sitio|esta (?:página|web)|nuestros socios)\b.{0,160}\bcookies|(?:al|si) (?:hacer clic|continuar?"
        r"|pulsar|navegar|contin[uú]as?).{0,120}(?:cookies|acept|consent)|puede[s]? (?:cambiar|retirar|configurar|gestionar|aceptar"
        r"|rechazar).{0,80}(?:cookies|consentimiento|preferencias|momento)",
        r"(?:noi|utilizziamo|usiamo|questo sito)\b.{0,160}\bcookie|(?:cliccando|continuando|proseguendo|chiudendo).{0,120}(?:cookie|acconsent"
        r"|accett)|puoi (?:modificare|revocare|gestire|accettare|rifiutare).{0,80}(?:consenso|preferenze|cookie)",
        r"(?:wij|we|deze (?:web)?site) (?:gebruiken|gebruikt|maken gebruik|plaatsen|slaan)\b.{0,160}\bcookies?|door (?:op|verder|gebruik"
        r"|te klikken).{0,120}(?:cookies|akkoord)|(?:je|u) kunt .{0,60}(?:cookies|voorkeuren|toestemming)",
        r"(?:nós|utilizamos|usamos|este site)\b.{0,160}\bcookies|ao (?:clicar|continuar|navegar|aceitar).{0,120}(?:cookies|concorda|aceita"
        r"|consent)|você pode (?:alterar|retirar|gerenciar|aceitar|recusar).{0,80}(?:cookies|consentimento|preferências)",
        r".{0,40}(?:クッキー|cookie).{0,60}(?:使用して(?:い|お)ます|利用して(?:い|お)ます|同意)",
    ),
    "paywall": (
        r"(?:to (?:continue|keep) reading|to read (?:more|on|the (?:full|rest|whole)|this)|to (?:access|unlock|view|see) (?:this|the|all|our"
        r"|unlimited|premium)).{0,80}(?:subscri|sign|regist|log|account|member|upgrade|plan|trial)|(?:please )?(?:subscribe|sign up|register"
        r"|log in|sign in|become a (?:member|subscriber)|create (?:a |an )?(?:free )?account|upgrade"
        r"|start your (?:free )?trial)\b.{0,60}\bto (?:continue|keep|read|unlock|access|view|see|get)",
        r"(?:this|the (?:full|rest of (?:this|the))|our) (?:article|story|content|post|page|report|journalism) (?:is|are) (?:only )?(?:for"
        r"|available (?:only )?(?:to|for)|reserved|exclusive|locked|restricted)\b.{0,80}(?:subscri|member|register|premium|paid|paying)"
        r"|(?:subscribers?|members?)[- ]only\b|(?:already|not) (?:a |yet a )?(?:subscriber|member|registered)|you(?:'ve| have) (?:reached|read"
        r"|used|run out of) (?:your|the|all)\b.{0,60}(?:limit|free|articles?)|(?:unlock|get) (?:unlimited|full|digital|this) (?:access|article)"
        r"|(?:get|enjoy) .{0,40}(?:for (?:just )?[$£€]\d|per (?:week|month)|cancel any ?time)|cancel any ?time|subscribe (?:now|today)\b"
        r"|[$£€] ?\d[\d.,]* (?:per|a|for) (?:\w+ )?(?:week|month|year)",
        r"(?:um|zum) (?:weiterlesen|weiterzulesen|lesen|den (?:ganzen|vollständigen|kompletten) (?:artikel|text|beitrag)"
        r"|diesen artikel).{0,80}(?:abo|anmeld|registrier|einlogg|plus|test)|(?:dieser|der) (?:artikel|beitrag|text|inhalt) ist (?:nur )?(?:für"
        r"|exklusiv)|weiterlesen mit|(?:sie (?:haben|sind)|du (?:hast|bist)) (?:bereits|schon|noch kein).{0,40}(?:abo|abonnent|konto)"
        r"|jetzt (?:abonnieren|testen|weiterlesen|freischalten)|(?:mit|im) (?:dem )?(?:abo|plus)\b.{0,60}(?:lesen|zugang|monat)"
        r"|monatlich kündbar",
        r"(?:pour (?:lire|poursuivre|continuer|accéder)).{0,80}(?:abonn|connect|inscri|compte)|(?:cet article|la suite|ce contenu"
        r"|l['’]article complet) est (?:réservée?|accessible)|(?:déjà|pas encore) (?:un |une )?abonnée?|abonnez-vous (?:pour|à partir|dès)"
        r"|il vous reste .{1,20}% ?(?:de cet article)?",
        r"(?:para (?:seguir|continuar) leyendo|para leer|para acceder).{0,80}(?:suscr|registr|inici|sesión|cuenta)|(?:este|el) (?:artículo"
        r"|contenido) es (?:exclusivo|solo|sólo)|(?:ya|aún no|todavía no) (?:eres|es|soy) suscriptor|suscríb[ea](?:te|se) (?:para|por|desde)"
        r"|contenido exclusivo para",
        r"(?:per (?:continuare|proseguire) (?:a leggere|la lettura)|per leggere).{0,80}(?:abbon|regist|acced)|(?:questo|il) (?:articolo"
        r"|contenuto) è (?:riservato|disponibile solo)|(?:sei già|hai già) .{0,20}abbonat|abbonati (?:per|a partire|ora)",
        r"(?:om (?:verder|door|dit artikel) te lezen|lees verder|wil je verder lezen|verder lezen).{0,80}(?:abonn|inlog|registr|account)|(?:dit"
        r"|het) (?:artikel|verhaal) is (?:alleen|exclusief|voorbehouden)|(?:al|ben je al) abonnee",
        r"(?:para (?:continuar lendo|ler|continuar a ler|acessar)).{0,80}(?:assin|regist|login|cadastr)|(?:este|o) (?:conteúdo"
        r"|artigo) é (?:exclusivo|só|apenas)|(?:já|ainda não) é assinante|assine (?:para|por|já|agora)",
        r".{0,40}(?:この記事は(?:有料)?会員限定|会員登録.{0,20}続き|続きを(?:読む|お読み)(?:には|になるには|いただくには)|残り\d+文字|有料会員)",
    ),
    "missing": (
        r"(?:sorry|oops|whoops|uh[- ]oh|we(?:'re| are) sorry)?[,.!—– ]*(?:but )?(?:the|this|that|your) (?:requested )?(?:page|article|content"
        r"|url|link|address|story|post|resource|file)\b.{0,60}(?:(?:can(?:'t|not| not)|could(?:n't| not)|was(?:n't| not)) (?:be )?(?:found"
        r"|located|available)|(?:does(?:n't| not)|no longer|not) (?:exist|available|here)|has (?:been )?(?:moved|removed|deleted|expired)"
        r"|may have (?:been )?(?:moved|removed|deleted|expired|changed)|(?:is|isn't|is not|be) (?:available|unavailable|missing|here|found)"
        r"|might have)",
        r"(?:error )?404\b.{0,40}|page not found.{0,20}|not found\W*|(?:we )?(?:can(?:'t|not)|could(?:n't| not)|were unable to) (?:find"
        r"|locate) (?:the|that|this|what)\b.{0,80}|nothing (?:was )?found.{0,40}|(?:(?:try|please try|you (?:can|may|might) (?:try|want)"
        r"|perhaps) .{0,40}(?:search|home ?page|menu|link|url)|(?:go|return|head|back|take me) (?:back )?(?:to )?(?:the |our )?home ?page"
        r"|please (?:check|use) .{0,60}(?:url|address|search|spelling|menu)|(?:you may have|did you) (?:mis)?typed?).{0,80}"
        r"|the link you (?:followed|clicked).{0,80}",
        r"(?:die|diese|der|dieser) (?:(?:von ihnen )?(?:gewünschte|angeforderte|aufgerufene|gesuchte) )?(?:seite|artikel|inhalt|adresse"
        r"|beitrag)\b.{0,60}(?:nicht (?:gefunden|mehr|verfügbar|gibt|existiert|vorhanden)|existiert nicht|gelöscht|verschoben|entfernt)"
        r"|seite (?:wurde )?nicht gefunden.{0,20}|leider (?:konnten|haben) wir .{0,80}nicht.{0,40}|(?:bitte )?(?:prüfen"
        r"|überprüfen) sie .{0,60}(?:adresse|url|schreibweise)|.{0,30}zur startseite.{0,60}|(?:nutzen|verwenden) sie (?:bitte )?die suche.{0,60}",
        r"(?:désolée?s?[,. ]*)?(?:la|cette|l['’]) ?(?:page|article|adresse|contenu)\b.{0,80}(?:introuvable|n['’]existe (?:pas|plus)"
        r"|n['’]est (?:pas|plus) disponible|a été (?:supprimée?|déplacée?)|n['’]a pas (?:été|pu))|page (?:introuvable|non trouvée).{0,20}"
        r"|(?:retour(?:ner|nez)? à|revenir à) (?:la page d['’])?accueil.{0,20}|(?:nous n['’]avons pas|impossible de) .{0,20}trouv.{0,60}",
        r"(?:lo sentimos[,. ]*)?(?:la|esta|el|este) (?:página|artículo|contenido|dirección|enlace)\b.{0,80}(?:no (?:existe"
        r"|se (?:ha )?(?:encuentra|encontr)|está disponible)|ha sido (?:eliminad|movid)|ya no)|página no encontrada.{0,20}|(?:volver|vuelv[ae]"
        r"|regres[ae]r?|ir) a la (?:página de inicio|portada|página principal).{0,60}",
        r"(?:la|questa|l['’]) ?(?:pagina|articolo|contenuto|indirizzo)\b.{0,80}(?:non (?:esiste|è (?:stata? )?(?:trovat|disponibil))"
        r"|è stata? (?:rimoss|spostat))|pagina non trovata.{0,20}|torna alla (?:home|pagina iniziale).{0,20}",
        r"(?:de|deze|het|dit) (?:pagina|artikel|adres)\b.{0,80}(?:niet (?:gevonden|bestaat|meer|beschikbaar)|bestaat niet|is (?:verwijderd"
        r"|verplaatst))|pagina niet gevonden.{0,20}|.{0,20}naar de (?:homepage|startpagina).{0,60}",
        r"(?:a|esta|o|este) (?:página|artigo|conteúdo|endereço|link)\b.{0,80}(?:não (?:existe|foi (?:encontrad)|está disponível)|foi (?:removid"
        r"|movid))|página não encontrada.{0,20}|(?:voltar|volte|ir) para a (?:página inicial|home).{0,60}",
        r".{0,40}(?:ページ(?:が|は)(?:見つかりません|存在しません|削除)|お探しのページ|トップページへ|URLをご確認)",
    ),
    "login": (
        r"(?:please )?(?:log ?in|sign ?in)\b.{0,60}(?:to (?:your|continue|proceed|access|view|see)|account|with (?:google|facebook|apple|your"
        r"|email)|below|first)|(?:enter|type) your (?:e-?mail|user ?name|password).{0,80}|forgot(?:ten)? (?:your )?(?:password|username).{0,40}"
        r"|(?:don't|do not) have an account.{0,40}|(?:create|register for) (?:an|your|a new) account.{0,60}|you (?:must|need to"
        r"|have to) (?:be )?(?:logged|signed|log|sign|register).{0,80}|new (?:user|here|customer).{0,40}|remember me.{0,40}|(?:reset"
        r"|change) your password.{0,60}|keep me (?:logged|signed) in.{0,30}|your session (?:has )?(?:expired|timed out).{0,60}|we will (?:send"
        r"|e-?mail) you .{0,40}(?:code|link|password).{0,40}",
        r"(?:bitte )?(?:melden sie sich|loggen sie sich|melde dich|logge dich) .{0,60}(?:an|ein)\b.{0,40}|passwort vergessen.{0,30}|(?:geben sie"
        r"|bitte geben sie) .{0,60}(?:passwort|e-mail|benutzername).{0,40}|noch kein (?:konto|benutzerkonto).{0,40}|sie müssen (?:sich"
        r"|angemeldet|eingeloggt).{0,60}",
        r"(?:veuillez )?(?:connectez|identifiez)-vous.{0,60}|mot de passe oublié.{0,30}|(?:saisissez|entrez) votre .{0,60}"
        r"|pas encore (?:de compte|inscrit).{0,40}|vous devez (?:être connecté|vous connecter).{0,60}",
        r"(?:por favor,? )?(?:inicia|inicie) sesión.{0,60}|(?:ha |has )?olvid(?:ado|aste) (?:tu|su|la) contraseña.{0,30}|(?:introduce|introduzca"
        r"|ingresa|ingrese) (?:tu|su) .{0,60}|¿?no tienes? (?:una )?cuenta.{0,40}|debes? (?:iniciar|estar).{0,60}",
        r"(?:effettua il login|accedi (?:al|con)|inserisci (?:la|il|le) tu).{0,60}|password dimenticata.{0,30}"
        r"|hai dimenticato la password.{0,30}|(?:log in|meld je aan) .{0,60}(?:account|verder)|wachtwoord vergeten.{0,30}|(?:faça login"
        r"|entre na sua conta|digite (?:sua|seu)).{0,60}|esqueceu (?:a|sua) senha.{0,30}|.{0,30}(?:ログインしてください|パスワードをお忘れ|ログインが必要)",
    ),
    "script": (
        r"(?:please |you need to |you must |to (?:use|view|continue|see).{0,60})?(?:enable|turn on|activate|allow) (?:java ?script"
        r"|cookies).{0,120}|.{0,60}(?:requires?|needs?|uses|without|relies on) java ?script.{0,120}|java ?script (?:is|appears|must|has|seems"
        r"|needs?|required|disabled).{0,120}|(?:your|this|the) browser (?:does not|doesn't|is not|isn't|has|is (?:out|un|no)|no longer).{0,100}"
        r"|please (?:upgrade|update|use|switch) .{0,40}browser.{0,60}",
        r".{0,60}(?:aktivieren sie|bitte aktivieren|benötig\w+|erforder\w+) .{0,30}java ?script.{0,80}|java ?script .{0,30}(?:aktivier"
        r"|deaktiviert|erforderlich).{0,60}|.{0,40}(?:activer|activez|nécessite) java ?script.{0,80}|.{0,40}(?:activ[ae]r?|habilit[ae]r?"
        r"|requiere|richiede|abilit[ai](?:re)?|attiva(?:re)?|ative|requer) (?:el |il |o )?java ?script.{0,80}|.{0,40}java ?script (?:inschakelen"
        r"|is uitgeschakeld|staat uit).{0,60}|.{0,30}java ?script(?:を|が)(?:有効|無効).{0,60}",
    ),
    "denied": (
        r"(?:sorry[,. ]*)?(?:you have been blocked|(?:your )?access (?:to this (?:page|site|website|resource)|is|has been|denied)\b|you (?:don't"
        r"|do not) have (?:permission|access)|(?:error )?403\b|forbidden\W*$|(?:please )?(?:verify|confirm|prove) (?:that )?you(?:'re"
        r"| are) (?:not a (?:robot|bot)|(?:a )?human)|are you a (?:robot|human)|(?:we(?:'ve| have) )?detected (?:unusual|suspicious|automated)"
        r"|unusual (?:traffic|activity)|(?:please )?(?:complete|solve) the (?:captcha|security|puzzle|challenge)|checking (?:your browser"
        r"|if the site|that you)|just a moment|this (?:website|site|service|page|process|security check) (?:is using a security service"
        r"|is automatic|is protected|is not available in your)|performance & security by|(?:cloudflare )?ray id|reference (?:id|#)"
        r"|pardon our interruption|something about your browser|why (?:do i have to|have i been|did this)|the action you just performed"
        r"|(?:you can|please) (?:email|contact) the site owner|(?:our|this) (?:website|site|content) is (?:currently )?(?:unavailable"
        r"|not available) (?:in|to|from)|verifying you are human|your (?:browser|ip|request) (?:will|has|was|address)).{0,200}",
        r"(?:zugriff (?:verweigert|nicht)|sind sie ein (?:mensch|roboter)|bitte bestätigen sie, dass|accès (?:refusé|interdit)"
        r"|êtes-vous un (?:robot|humain)|vérifi.{1,20}que vous (?:êtes|n['’]êtes)|acceso denegado|verifi(?:ca|que) que (?:no )?eres?"
        r"|accesso negato|toegang geweigerd|acesso negado|アクセスが拒否|ロボットではない).{0,160}",
    ),
    "list": (
        r"(?:(?:sorry[,. ]*)?(?:no|0|zero) (?:posts?|articles?|results?|stories|entries|items|content|matches|products)\b.{0,40}(?:found|match"
        r"|yet|available|to (?:show|display)|here|in this|for)|there (?:are|is) (?:currently )?(?:no|nothing)\b.{0,30}(?:posts?|articles?"
        r"|results?|stories|entries|here|yet|category|items).{0,60}|your search .{0,80}(?:no|any) results?|nothing (?:to (?:see|show)|here"
        r"|matched|found).{0,80}|(?:it (?:seems|looks like)) (?:we can(?:'|’)t find|there(?:'s| is) nothing).{0,80}"
        r"|(?:please )?try (?:again with|a different|another|searching|different).{0,80}|this (?:category|section|tag|archive|page) (?:is"
        r"|has) (?:currently )?(?:empty|no).{0,60}|(?:check|come) back (?:soon|later).{0,40})",
        r"(?:keine (?:artikel|beiträge|ergebnisse|treffer|einträge) (?:gefunden|vorhanden|für|zu).{0,60}|(?:es wurden"
        r"|leider) (?:leider )?keine .{0,40}gefunden.{0,40}|aucun (?:article|résultat|contenu).{0,60}|(?:no (?:hay"
        r"|se (?:han )?encontr\w+)) .{0,20}(?:artículos|resultados|entradas|publicaciones)?.{0,60}|nessun (?:articolo|risultato).{0,60}"
        r"|geen (?:artikelen|resultaten|berichten).{0,60}|nenhum (?:artigo|resultado|post).{0,60}|.{0,20}(?:記事が(?:ありません|見つかりません)"
        r"|検索結果はありません).{0,40})",
    ),
}
"""How such sentences begin; white space and opening marks before them left aside."""

TITLES = {
    "consent": (
        r"(?:we value your privacy|your privacy(?: choices| matters)?|(?:cookies?|privacy) (?:consent|settings|notice|preferences|choices|wall)"
        r"|before you continue(?: to .{1,40})?|cookies?|cookie-einstellungen|ihre privatsphäre.{0,30}|zustimmung|votre vie privée.{0,30}"
        r"|gestion des cookies|tu privacidad.{0,30}|la tua privacy.{0,20})"
    ),
    "paywall": r"(?:subscribe(?: to (?:read|continue).{0,40}| now)?|(?:subscribers?|members?) only|premium content)",
    "missing": (
        r"(?:(?:http )?(?:error )?404(?:[ :—–-]*(?:error|not found|page not found|seite nicht gefunden|page introuvable))?"
        r"|(?:404[ :—–-]*)?(?:(?:the )?page (?:was )?(?:not|cannot be|could not be|can't be) (?:found|displayed)|page (?:missing|does not exist"
        r"|unavailable|no longer available)|not found|nothing found|oops.{0,40}|seite (?:wurde )?nicht gefunden|(?:page|article) (?:introuvable"
        r"|non trouvée?)|página no encontrada|pagina non trovata|pagina niet gevonden|página não encontrada|(?:お探しの)?ページが見つかりません(?:でした)?))"
    ),
    "login": (
        r"(?:(?:please )?(?:log|sign) ?in(?: (?:to|or|required|with).{0,40})?|login(?: required| page)?|anmelden|anmeldung|einloggen|connexion"
        r"|se connecter|iniciar sesión|inicio de sesión|accedi|inloggen|entrar|ログイン)"
    ),
    "script": (
        r"(?:(?:please )?enable java ?script.{0,40}|java ?script (?:is )?(?:required|disabled|not enabled).{0,20}|unsupported browser"
        r"|browser not supported)"
    ),
    "denied": (
        r"(?:(?:error )?403(?:[ :—–-]*forbidden)?|forbidden|access (?:to this page has been )?denied|attention required!?|just a moment(?:\.{3}|…)?"
        r"|are you (?:a robot|human)\??|(?:security|human) (?:check|verification)|verify(?:ing)? (?:that )?you are (?:a )?human"
        r"|pardon our interruption(?:\.{3}|…)?|request (?:blocked|unsuccessful)|robot (?:check|challenge)|captcha|zugriff verweigert|accès refusé"
        r"|acceso denegado|accesso negato|toegang geweigerd|acesso negado)"
    ),
    "list": (
        r"(?:search results?(?: for\b.{0,80})?|(?:search|tag|category|topic|author|archives?|tagged|posts tagged|browsing)\s?[:：]\s?.{1,80}"
        r"|results for\s?[:\"“‘'«].{0,80}"
        r"|(?:posts|articles|stories) tagged\b.{1,80}|archives?|you searched for\b.{0,80}|no (?:posts|results|articles)(?: found)?|such(?:ergebnisse"
        r"|ergebnis)\b.{0,80}"
        r"|(?:schlagwort|kategorie|archiv|rubrik|étiquette|catégorie|etiqueta|categoría|archivo|categoria|categorie)\s?:.{1,80}|résultats (?:de"
        r"|pour) (?:la |votre )?recherche\b.{0,80}"
        r"|resultados de (?:la )?búsqueda\b.{0,80}|risultati (?:della |di )?ricerca\b.{0,80}|zoekresultaten\b.{0,80}|resultados da (?:busca"
        r"|pesquisa)\b.{0,80}|.{0,40}の検索結果|カテゴリー?[:：].{1,40})"
    ),
}
"""All of a title, or of its part before or behind the site's name."""
