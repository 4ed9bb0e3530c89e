"""Correction and withdrawal notices: the article's own are found, those it only tells of are not."""

from __future__ import annotations

import pytest

from bot.text import changes, notices
from bot.text.notices import Kind
from bot.values import Article

CORRECTED = [
    "Correction: The ferry carried 412,000 riders, not 421,000.",
    "CORRECTION (May 4, 2026): The ferry carried 412,000 riders.",
    "Correction, May 4: A boat was named wrongly.",
    "Corrections & Clarifications: A boat was named wrongly.",
    "Clarification: The vote was on Monday.",
    "*Correction — The vote was on Monday.",
    "An earlier version of this article misstated the number of riders.",
    "A previous version of this story said the vote was on Sunday.",
    "In an email, the town said no. An earlier version of this headline gave the wrong town.",
    "This article has been corrected to show that the vote was on Monday.",
    "This story was updated to correct the spelling of a name.",
    "This article was amended on 5 June 2026 because an earlier version misspelled a name.",
    "This article originally said that the ferry carried 421,000 riders.",
    "Editor's note: An earlier version of this story gave the wrong date.",
    "Editor’s note (May 4): This article has been corrected.",
    "Due to an editing error, this article gave the wrong date.",
    "Update, 4 May: This story has been corrected.",
    "Berichtigung: Die Fähre beförderte 412.000 Menschen.",
    "Korrekturhinweis: In einer früheren Version stand eine falsche Zahl.",
    "In einer früheren Version dieses Artikels hieß es, die Abstimmung sei am Sonntag.",
    "Anmerkung der Redaktion: Dieser Artikel wurde korrigiert.",
    "Wir haben den Artikel nachträglich korrigiert.",
    "Rectificatif : le bac a transporté 412 000 passagers.",
    "Une version précédente de cet article donnait un chiffre erroné.",
    "Cet article a été corrigé le 4 mai.",
    "Fe de errores: el transbordador llevó a 412.000 viajeros.",
    "Una versión anterior de este artículo daba una cifra errónea.",
    "Errata corrige: la votazione era lunedì.",
    "Una versione precedente di questo articolo riportava una cifra errata.",
    "Correctie: de stemming was op maandag.",
    "Een eerdere versie van dit artikel noemde een verkeerde datum.",
    "Uma versão anterior deste artigo trazia um número errado.",
    "訂正:乗客は41万2000人でした。",
]
WITHDRAWN = [
    "This article has been retracted.",
    "This story has been withdrawn because its figures could not be confirmed.",
    "This article was removed at the request of its author.",
    "Editor's note: This article has been retracted.",
    "Retraction: The figures were made up.",
    "Retraction notice: The figures were made up.",
    "We have retracted this article.",
    "The editors have withdrawn this article.",
    "Dieser Artikel wurde zurückgezogen.",
    "Der Beitrag wurde von der Redaktion zurückgezogen.",
    "Cet article a été retiré.",
    "Este artículo ha sido retirado.",
    "Questo articolo è stato rimosso.",
    "Dit artikel is ingetrokken.",
    "Este artigo foi removido.",
]
NEITHER = [
    "The newspaper published a correction: its figures were wrong.",
    "The journal retracted the article in May.",
    "“This article has been retracted,” the journal wrote.",
    "“Correction: The figures were wrong,” it said.",
    "The study has been withdrawn, its authors said.",
    "The correction of the course took two hours.",
    "Corrections officers: three were hired in May.",
    "Correction fluid sales rose by 4%.",
    "A correction of 10% is normal, analysts said.",
    "An earlier version of the law said the opposite.",
    "An earlier version of the app had no such limit.",
    "A previous version of this ferry ran on diesel.",
    "This story has been told many times.",
    "This article was first published in May.",
    "This article has been updated with new photos.",
    "Update: The council votes on Monday.",
    "The offer was withdrawn on Monday.",
    "This page is about ferries.",
    "The report was removed from the agenda.",
    "Withdrawal: up to $500 a day.",
    "Die Korrektur der Zahlen kam spät.",
    "Die Zeitung veröffentlichte eine Berichtigung: Die Zahl war falsch.",
    "Der Antrag wurde zurückgezogen.",
    "Der Text des Gesetzes wurde geändert.",
    "Le projet a été retiré.",
    "La fe de errores del diario llegó tarde.",
]


def of(text: str) -> tuple[notices.Notice, ...]:
    return notices.find(Article(title="T", body=f"The ferry stays free.\n\n{text}\n\nThe vote was close."))


@pytest.mark.parametrize("text", CORRECTED)
def test_corrections_are_found(text: str) -> None:
    assert [notice.kind for notice in of(text)][:1] == [Kind.CORRECTED]


@pytest.mark.parametrize("text", WITHDRAWN)
def test_withdrawals_are_found(text: str) -> None:
    assert [notice.kind for notice in of(text)][:1] == [Kind.WITHDRAWN]


@pytest.mark.parametrize("text", NEITHER)
def test_what_an_article_tells_of_others_is_no_notice(text: str) -> None:
    assert of(text) == ()


def test_a_label_may_stand_on_a_line_of_its_own() -> None:
    (notice,) = of("## Correction\n\nThe vote was on Monday.")
    assert notice.text == "Correction: The vote was on Monday."
    assert [one.kind for one in of("Correction. The vote was on Monday.")] == [Kind.CORRECTED]


@pytest.mark.parametrize("title", ["RETRACTED: Ferries make you taller", "[Retracted] Ferries", "Withdrawn: Ferries", "Zurückgezogen: Fähren"])
def test_a_headline_may_say_so(title: str) -> None:
    assert [notice.kind for notice in notices.find(Article(title=title, body="B"))] == [Kind.WITHDRAWN]


def test_a_headline_about_a_withdrawal_does_not() -> None:
    assert notices.find(Article(title="Withdrawn from the race, he stays in town", body="B")) == ()


def test_only_a_notice_that_was_not_there_before_is_a_change() -> None:
    old = Article(title="T", body="The ferry stays free.\n\nCorrection: The vote was on Monday.")
    again = Article(title="T", body="The ferry stays free.\n\nCORRECTION:  the vote was on Monday")
    second = Article(title="T", body=f"{old.body}\n\nCorrection: The mayor is Ana Ruiz.")
    assert not changes.compare(old, again).material
    assert changes.compare(old, second).lines == ('the page says: "Correction: The mayor is Ana Ruiz."',)
    assert changes.compare(old, second).corrected
    assert not changes.compare(second, old).notices
