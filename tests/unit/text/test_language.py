"""The guess at a text's language."""

from __future__ import annotations

import pytest

from bot.text import language
from tests.unit.text.translated import MORE, POSTS, UNNAMED


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


def test_posts_of_60_to_280_characters_are_told_apart() -> None:
    """Nothing is taken for another language; the table is printed with `-s`."""
    print("\n| language | posts | guessed | others, unseen | guessed |\n|---|---|---|---|---|")
    missed = {"posts": 0, "others": 0}
    for tag, posts in POSTS.items():
        others = MORE.get(tag, ())
        found, more = [language.guess(post) for post in posts], [language.guess(post) for post in others]
        assert {*found, *more} <= {tag, None}, tag
        missed["posts"] += found.count(None)
        missed["others"] += more.count(None)
        print(f"| {tag} | {len(posts)} | {found.count(tag)} | {len(others)} | {more.count(tag)} |")
    assert missed["posts"] == 0
    assert missed["others"] <= 5


@pytest.mark.parametrize("tag", UNNAMED)
def test_a_language_without_a_list_is_taken_for_none(tag: str) -> None:
    assert language.guess(UNNAMED[tag]) is None


def test_a_post_in_another_language_than_its_article_is_noticed() -> None:
    """Of all pairs of a post and an article in two of ten languages at least 94 in 100; of those in one language none."""
    everything = {tag: (*posts, *MORE.get(tag, ())) for tag, posts in POSTS.items()}
    told = []
    for meant, own in everything.items():
        article = "\n".join(own)
        assert [language.foreign(post, meant, article) for post in own] == [None] * len(own)
        for tag, posts in everything.items():
            if tag != meant:
                found = [language.foreign(post, meant, article) for post in posts]
                assert {one for one in found if one} <= {(tag, meant)}
                told += found
    noticed = sum(one is not None for one in told)
    print(f"\nposts in another language than their article: {noticed} of {len(told)} noticed")
    assert noticed >= 0.94 * len(told)


ENGLISH = "\n".join(POSTS["en"])


@pytest.mark.parametrize("text", [
    "Ursula von der Leyen vs. Alexander Van der Bellen", "El País and Le Monde sue Los Angeles Times", "Los Pollos Hermanos",
    "“Je ne regrette rien de tout cela, et je ne suis pas la seule”, the singer said.", "Déjà vu in Berlin: der Wahnsinn", "Das Kapital by Karl Marx",
    "The German word die Angst means fear", "Los Angeles: La La Land and El Camino Real", "https://example.com/die-neue-und-die-alte-der-das @der_die_das #undderdie",
    "", "122 %", "NVIDIA GB200", "東京", "N Abendanon; N Nakaitaci, J Davies, W Fofana, N Nalaga; B James, S Vahaamahina",
])
def test_names_quotations_and_a_foreign_word_are_no_other_language(text: str) -> None:
    assert language.foreign(text, "en", ENGLISH) is None


def test_scripts_decide_at_once_where_the_article_is_in_another() -> None:
    assert language.foreign("橋が完成しました", "en", ENGLISH) == ("ja", "en")
    assert language.foreign("Мост готов", "de", "\n".join(POSTS["de"])) == ("ru", "de")
    assert language.foreign("The bridge over the river is ready, the council said.", "ja", "\n".join(POSTS["ja"])) == ("en", "ja")
    assert language.foreign("NVIDIA GB200, Microsoft, Google", "ja", "\n".join(POSTS["ja"])) is None


def test_what_can_not_be_guessed_is_not_told_apart() -> None:
    swedish = UNNAMED["sv"]
    assert language.foreign("The council said that it will pay for the new bridge.", "sv", swedish) is None
    ukrainian = "Київська міська рада вирішила побудувати новий міст через річку, і він їй потрібен."
    assert language.foreign("Городской совет решил построить новый мост.", "uk", ukrainian) is None
    assert language.foreign("東京都知事選挙開票速報", "ja", "\n".join(POSTS["ja"])) is None


def test_a_language_declared_by_mistake_does_not_count_against_the_article_s_own_words() -> None:
    assert language.foreign(POSTS["de"][3], "en", "\n".join(POSTS["de"])) is None
    assert language.foreign(POSTS["de"][3], None, "\n".join(POSTS["de"])) is None
    assert language.foreign(POSTS["de"][3], None, ENGLISH) == ("de", "en")
