"""The guess at a text's language."""

from __future__ import annotations

import pytest

from bot.text import language


@pytest.mark.parametrize(("tag", "text"), [
    ("en", "The council said on Monday that it will pay for the new bridge, which is to be built by the end of the year."),
    ("de", "Der Stadtrat hat am Montag beschlossen, dass die neue Brücke bis zum Ende des Jahres gebaut wird und nicht teurer werden soll."),
    ("fr", "Le conseil a décidé lundi que le nouveau pont sera construit avant la fin de l'année et que les travaux ne coûteront pas plus."),
    ("es", "El ayuntamiento decidió el lunes que el nuevo puente se construirá antes del fin de año y que no costará más de lo previsto."),
    ("it", "Il consiglio ha deciso che il nuovo ponte sarà costruito entro la fine dell'anno e che non costerà più di quanto è previsto."),
    ("nl", "De gemeente heeft besloten dat de nieuwe brug voor het einde van het jaar wordt gebouwd en dat het niet meer mag kosten."),
    ("pt", "A câmara decidiu que a nova ponte será construída até ao fim do ano e que não vai custar mais do que foi previsto para as obras."),
    ("ja", "市議会は月曜日に新しい橋を建設することを決めました。"), ("zh", "市议会星期一决定修建一座新桥。"), ("ko", "시의회는 월요일에 새 다리를 짓기로 했다."),
    ("ru", "Городской совет решил построить новый мост."), ("el", "Το συμβούλιο αποφάσισε να χτίσει νέα γέφυρα."),
    ("he", "העירייה החליטה לבנות גשר חדש."), ("ar", "قرر المجلس بناء جسر جديد في المدينة."),
    (None, "Rat für Brücke"), (None, ""), (None, "12 % 34 — 5"), (None, "Київська міська рада вирішила побудувати міст і їдальню."),
])
def test_guess(tag: str | None, text: str) -> None:
    assert language.guess(text) == tag
