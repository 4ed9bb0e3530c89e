"""What a site shows instead of an article is told from an article, also from one that is about such things."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from bot.errors import SourceError
from bot.sources import page, reading
from bot.text import sentences, stub
from bot.values import Article


def of_page(title: str, body: str, language: str = "en") -> Article:
    text = f"<!doctype html><html lang='{language}'><head><title>{title}</title></head><body><main>{body}</main></body></html>"
    return reading.article(reading.Given(data=text.encode(), where="page", name="a.html"))


def paragraphs(*lines: str) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


CONSENT = ("We value your privacy.", "We and our 214 partners store and access personal data on your device, such as cookies.",
           "By clicking “Accept all” you agree to the use of cookies for the purposes below.", "You can change your choices at any time.")
PAGES = {
    "cookie wall": ("consent", "Ostra Post", paragraphs(*CONSENT, "Accept all", "Reject all"), "en"),
    "cookie wall, German": ("consent", "Zustimmung - Ostra Bote", paragraphs(
        "Wir und unsere 180 Partner verwenden Cookies, um Inhalte zu personalisieren.", "Mit Klick auf „Alle akzeptieren“ stimmen Sie der Verarbeitung zu.",
        "Sie können Ihre Einwilligung jederzeit widerrufen."), "de"),
    "cookie wall, French": ("consent", "Le Courrier d’Ostra", paragraphs(
        "Nous et nos partenaires utilisons des cookies pour mesurer l’audience du site.", "En cliquant sur « Accepter », vous consentez au dépôt de cookies.",
        "Vous pouvez modifier vos choix à tout moment."), "fr"),
    "cookie wall, Italian": ("consent", "Il Corriere di Ostra", paragraphs(
        "Questo sito utilizza cookie tecnici e di terze parti per le sue statistiche.", "Cliccando su Accetta acconsenti all’uso dei cookie.",
        "Puoi modificare le preferenze in ogni momento."), "it"),
    "paywall": ("paywall", "Mill grinds rye again", paragraphs(
        "The mill at Ostra grinds rye again after 14 years, and its new owner sells forty sacks a week.", "Subscribe to read the full story.",
        "Already a subscriber? Log in.", "Get unlimited access for $1 per week. Cancel anytime."), "en"),
    "paywall, Spanish": ("paywall", "El molino vuelve a moler", paragraphs(
        "El molino de Ostra vuelve a moler centeno tras catorce años de silencio.", "Para seguir leyendo, suscríbete o inicia sesión."), "es"),
    "paywall, Portuguese": ("paywall", "O moinho volta a moer", paragraphs(
        "O moinho de Ostra volta a moer centeio depois de catorze anos.", "Este conteúdo é exclusivo para assinantes.", "Já é assinante? Faça login."), "pt"),
    "404 served as 200": ("missing", "Page not found - Ostra Post", paragraphs(
        "Sorry, the page you are looking for could not be found.", "It may have been moved or deleted, or the address was mistyped.", "Please check the URL or go back to the homepage."), "en"),
    "404, German": ("missing", "Seite nicht gefunden", paragraphs(
        "Die gewünschte Seite wurde leider nicht gefunden.", "Bitte überprüfen Sie die Adresse oder nutzen Sie die Suche auf dieser Seite."), "de"),
    "404, Dutch": ("missing", "Ostra Bode", paragraphs("De pagina die u zoekt is niet gevonden of bestaat niet meer.", "Ga terug naar de homepage van de krant of gebruik de zoekfunctie."), "nl"),
    "404, Japanese": ("missing", "ページが見つかりません", paragraphs(
        "お探しのページは見つかりませんでした。", "ページは削除されたか、アドレスが変更された可能性があります。URLをご確認のうえ、もう一度お試しください。", "トップページへお戻りください。"), "ja"),
    "script wall": ("script", "Ostra Post", paragraphs("Please enable JavaScript to read this site.", "Our pages require JavaScript, and your browser does not support it or has it turned off."), "en"),
    "login": ("login", "Log in | Ostra Post", paragraphs(
        "Enter your email address and password to log in to your account.", "Forgot your password? We will send you a link.", "Don’t have an account? Create an account to comment."), "en"),
    "captcha": ("denied", "Just a moment...", paragraphs(
        "Checking if the site connection is secure. This may take a few seconds.", "Verify you are human by completing the action below.", "Ray ID: 8a7b6c5d4e3f"), "en"),
    "access denied": ("denied", "Access Denied", paragraphs("You don't have permission to access this page on this server.", "Reference #18.2d3e4f5a.1764000000.1a2b3c4d was noted for the site owner."), "en"),
    "robot check": ("denied", "Ostra Post - Are you a robot?", "<h1>We've detected unusual activity from your network</h1>" + paragraphs(
        "To continue, please click the box below to let us know you're not a robot.", "Please make sure your browser supports JavaScript and cookies and that you are not blocking them.",
        "For inquiries related to this message please contact our support team and provide the reference ID below."), "en"),
    "too many requests": ("denied", "Too many requests", paragraphs("You have made too many requests.", "Please try again later. Your IP has been logged. Request id 81276."), "en"),
    "robot check, German": ("denied", "Ostra Bote", paragraphs(
        "Wir haben ungewöhnliche Aktivitäten aus Ihrem Netzwerk festgestellt.", "Bitte bestätigen Sie, dass Sie kein Roboter sind.", "Ihre Vorgangsnummer lautet 81276."), "de"),
    "robot check, Spanish": ("denied", "El Correo de Ostra", paragraphs("Hemos detectado tráfico inusual desde su red de ordenadores.", "Confirme por favor que no es un robot para acceder a nuestra web.", "Su dirección IP ha sido bloqueada."), "es"),
    "maintenance": ("away", "Ostra Post", "<h1>We'll be back soon</h1>" + paragraphs("Sorry for the inconvenience. We are performing scheduled maintenance at the moment and will be back online shortly."), "en"),
    "maintenance, French": ("away", "Le Courrier", paragraphs("Notre site est actuellement en maintenance.", "Veuillez réessayer plus tard, et nous excuser pour ce désagrément."), "fr"),
    "parked": ("parked", "ostra-post.example", paragraphs("This domain may be for sale. Buy this domain today for $2,999 at our partner site.", "Related searches: cheap flights, insurance, mills."), "en"),
    "search results": ("list", "Search results for: mill", paragraphs(
        "Mill grinds rye again", "The mill at Ostra grinds rye again after fourteen… Read more", "Otters return", "A pair of otters lives in the mill pond… Read more",
        "New wheel for the mill", "The county pays for a wheel of oak… Read more"), "en"),
    "tag listing": ("list", "Tag: Otters | Ostra Post", paragraphs(
        "Otters return to the mill pond", "A pair of otters lives in the mill pond of Ostra again.", "A bridge for otters", "The county has built a bridge of three metres."), "en"),
    "empty category": ("list", "Category: Fishing", paragraphs("There are currently no articles in this category.", "Check back soon for new stories about fishing in Ostra."), "en"),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_without_an_article_says_why_in_one_line(name: str) -> None:
    kind, title, body, language = PAGES[name]
    reason = stub.reason(of_page(title, body, language))
    assert reason == stub.REASONS[kind]
    assert "\n" not in reason


@pytest.mark.parametrize("name", PAGES)
def test_the_same_words_in_front_of_a_whole_article_are_no_reason(name: str) -> None:
    """Most of it is the article's own, whatever stands above it."""
    _, _, body, language = PAGES[name]
    own = [f"The mill at Ostra ground {n} sacks of rye in the week of its fair, {n + 3} more than its miller had thought possible before." for n in range(4, 30)]
    assert stub.reason(of_page("Mill grinds rye again", body + paragraphs(*own), language)) is None


ABOUT = {
    "Browser drops third-party cookies": "The maker of the browser said on Tuesday that it will stop supporting third-party cookies. Cookies let advertisers follow readers across websites. Regulators had asked for more "
    "time. The company will ask users for their consent instead. “We use cookies because we have to,” a publisher said.",
    "Why paywalls fail": "Readers who hit a paywall rarely subscribe, a study of 40 newspapers shows. Only two in a hundred readers who saw a request to subscribe did so. Many papers have lowered their "
    "prices to a dollar a week. The authors expect bundles to replace single subscriptions.",
    "The page that was not found": "A page of the Ostra chronicle that could not be found for a century has turned up in a barn. The archive paid nothing for it. It tells of a flood in 1402.",
    "404": "The hotel 404 opens in Ostra in May with five rooms. It has no front desk. Guests get a code on their phone. Rooms cost $200 a night.",
    "Town archives": "The town archives moved to the old mill in June. They hold 40,000 letters. The oldest is from 1402, and it can be seen by anyone who asks.",
    "How to switch scripts on": "Some pages need JavaScript to show their text. Open the settings of your browser and look for site permissions. Choose scripts there. Reload the page after you have changed it.",
    "Search for missing otter goes on": "The search for an otter of the mill pond went on today. Forty children took part. They found a shoe.",
    "Results for the mill’s first quarter": "The mill sold 4,000 sacks in three months. It had hoped for 5,000. Its owner is content.",
    "Archiv der Mühle: ein Fund": "Im Archiv der Mühle lag ein Brief von 1402. Niemand hatte ihn gelesen. Er nennt einen Müller.",
    "Bank blocks 40,000 accounts after unusual activity": "The bank blocked 40,000 accounts on Friday after it had seen unusual activity in its network. Customers were told to try again later. "
    "The police look into it. Most accounts were free again by Sunday.",
    "Ferry closes for maintenance": "The ferry will be back soon, the harbor office said. Scheduled maintenance of the hull takes 30 days. The town pays $1.9 million for it. Riders take the bus until then.",
    "Robots ask who is one": "Four in ten readers fail to prove that they are not a robot, a study of captchas shows. The puzzles take half a minute each. Their makers want to replace them by 2028.",
    "A login for every citizen": "The county gives each citizen one login for all its services. It replaces eleven passwords. The first 3,000 people use it since Monday, the county says.",
}


@pytest.mark.parametrize("title", ABOUT)
def test_an_article_about_such_things_is_one(title: str) -> None:
    assert stub.reason(Article(title=title, body=ABOUT[title], language="en")) is None
    assert stub.reason(Article(title=title, body="\n\n".join(sentences.split(ABOUT[title])), language="en")) is None


def test_a_paywall_behind_most_of_an_article_is_no_reason() -> None:
    own = [f"The mill at Ostra ground {n} sacks of rye in week {n} of the year, and sold them all." for n in range(20)]
    article = Article(title="Mill grinds rye again", body="\n\n".join([*own, "Subscribe to continue reading."]), language="en")
    assert stub.reason(article) is None


def test_a_consent_notice_inside_a_page_is_not_in_its_article() -> None:
    own = ("The mill at Ostra grinds rye again after 14 years, and its new owner sells forty sacks a week.", "Its wheel of oak was cut in the county’s own forest, and turns three times a minute.")
    article = of_page("Mill grinds rye again", paragraphs(own[0], " ".join(CONSENT), own[1], "Read more: A bridge for otters", "Photo: Ines Halloran", "Advertisement"))
    assert article.body.split("\n\n") == list(own)


def test_what_reads_like_furniture_inside_a_sentence_stays() -> None:
    own = ("Read more and you will see that the mill never stopped: its owner ground in secret at night for fourteen years.",
           "Advertising paid for the wheel, the owner says, and cookies from the mill’s own bakery for the axle. We use cookies as thanks, she adds.")
    assert of_page("Mill grinds rye again", paragraphs(*own)).body.split("\n\n") == list(own)


@pytest.mark.data
def test_no_real_page_and_no_abstract_is_taken_for_one(data: Path) -> None:
    wrong = []
    for path in sorted((data / "extraction" / "html").glob("*.gz")):
        try:
            article = page.read(gzip.decompress(path.read_bytes()).decode("utf-8", "replace"), where=path.name)
        except SourceError:
            continue
        if stub.reason(article):
            wrong.append(article.title)
    for line in (data / "summaries" / "scitldr-300.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if stub.reason(Article(title=str(row["title"]), body=" ".join(one.strip() for one in row["source"]), language="en")):
            wrong.append(row["title"])
    assert wrong == []
