"""The tail cutter: what is tail in four languages, and what only sounds like it."""

from __future__ import annotations

import pytest

from bot.sources import tail

BODY = ["The town opened a bridge on Monday, the third since 1990.", "It cost $4.2 million and took two years to build, the mayor said."]


@pytest.mark.parametrize("line", [
    "Related Articles", "## Related stories", "You may also like", "Read more:", "Most read", "About the author", "Leave a comment",
    "Subscribe to our weekly newsletter →Related Articles", "Mehr zum Thema", "Das könnte Sie auch interessieren", "Lesen Sie auch:",
    "Ähnliche Artikel", "À lire aussi", "Sur le même sujet", "Vous aimerez aussi", "Articles liés", "Artículos relacionados",
    "También te puede interesar", "Lo más leído", "Leggi anche", "Lees ook", "Leia também",
])
def test_a_title_of_a_tail_ends_the_article_with_everything_below_it(line: str) -> None:
    below = ["Another story", "It has sentences of its own, and figures such as 25 years."]
    assert tail.cut([*BODY, line, *below]) == (BODY, True)


@pytest.mark.parametrize("line", [
    "Follow @KestrelBay for harbor news every morning.", "Stay ahead of the curve. Follow @AiForSuccess for daily insights.",
    "Follow us on Facebook.", "Sign up for our daily newsletter", "📬 Want more insights?", "Subscribe to our newsletter",
    "Get the best stories delivered to your inbox.", "Share this article", "© 2026 The Courier. All rights reserved.", "Thanks for reading!",
    "Folgen Sie uns auf Instagram, um keine Meldung zu verpassen.", "Jetzt unseren Newsletter abonnieren", "Abonnieren Sie unseren Newsletter.",
    "Suivez-nous sur X.", "Abonnez-vous à notre infolettre.", "Recevez chaque matin notre lettre d'information.",
    "Síguenos en Instagram.", "Suscríbete a nuestro boletín.", "Recibe las noticias en tu correo electrónico.",
])
def test_a_call_at_the_end_is_cut(line: str) -> None:
    assert tail.cut([*BODY, line]) == (BODY, True)


@pytest.mark.parametrize("line", [
    "Follow the signs to the exhibition, which is open until May 3.",
    "Related articles of the constitution were repealed in 1994.",
    "Read more books, the minister told pupils in a speech on Tuesday.",
    "Comments by the governor in June had led to 40 complaints.",
    "More from less: the factory now makes 12% more with half the power.",
    "Copyright law is at the centre of the dispute, the judge said.",
    "The newsletter went to 4,000 subscribers in March.",
    "“Subscribe to our newsletter,” the flyer said.",
    "Join the queue before 9 a.m., the museum advises.",
    "The company will share this year's profit with its 300 workers.",
    "Stay away from the river, the fire brigade warned. It rose by two metres overnight.",
    "Register by May 3 at the town hall, where forms are kept.",
    "Folgen hat der Beschluss vor allem für die 120 Anwohner.",
    "Mehr zum Thema Energie will die Stadt im Mai sagen, so der Sprecher.",
    "Weitere Themen waren der Haushalt und die Schule am Markt.",
    "À lire aussi dans les archives : trois lettres de 1911, selon le musée, qui les montre jusqu'en mai.",
    "Suivez la rivière jusqu'au pont, dit le guide, et vous verrez le moulin.",
    "Los comentarios del alcalde provocaron 40 quejas.",
])
def test_a_sentence_that_only_sounds_like_a_tail_stays(line: str) -> None:
    assert tail.cut([*BODY, line]) == ([*BODY, line], False)


def test_a_call_in_the_middle_of_an_article_is_the_articles() -> None:
    text = [BODY[0], "Follow @NHC_Atlantic for storm warnings.", BODY[1]]
    assert tail.cut(text) == (text, False)


def test_a_box_of_related_articles_near_the_beginning_costs_only_its_title() -> None:
    assert tail.cut(["Short.", "Related articles", *BODY]) == (["Short.", *BODY], True)


def test_a_heading_left_without_text_goes_with_the_tail() -> None:
    assert tail.cut([*BODY, "## Newsletter", "Subscribe to our newsletter."])[0] == BODY


def test_the_first_paragraph_always_stays() -> None:
    assert tail.cut(["Related articles"]) == (["Related articles"], False)
    assert tail.cut([]) == ([], False)
