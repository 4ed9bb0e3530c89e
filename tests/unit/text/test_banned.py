"""Banned words, and engagement bait: what is found, and what only looks like it."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from bot.text import banned, sentences

BAIT = """
Follow us for more|Follow @AiForSuccess for daily insights|Great news. follow me!|Like and share|Like, share and follow!|Please retweet this post
RT if you agree|Share if you agree|Drop a comment below|Tell us what you think in the comments|Tag a friend who needs this|Smash that like button
Subscribe to our newsletter|You won't believe what happened|You won’t believe this|Here's why|Rents are up 8%. Here’s why.|Here's why it matters
This is huge.|This is HUGE 🚀|thread 👇|A thread 🧵|Rents are rising. A thread:|🧵 AI inference|1/ A thread|Link in bio|Wait for it…
Who else is excited?|This is a must read!|MUST READ: AI compute|What do you think?|Thoughts?|Let that sink in.|Did you know that 122% is a lot?
Don't forget to subscribe|Click the link|Hot take: AI is over|AI is booming 🚀 Follow for more|Ｆｏｌｌｏｗ ｕｓ|Fol\u200blow us for more|Rents rise, follow us for more
Folgt uns für mehr|Teilt diesen Beitrag|Schreibt es uns in die Kommentare|Das glaubst du nie!|Du wirst es nicht glauben: 122 %|Was meint ihr?
Abonniert unseren Newsletter|Wusstest du, dass Mieten steigen?|Link in der Bio|Suivez-nous pour en savoir plus|Abonnez-vous !|Voici pourquoi
Partagez si vous êtes d'accord|Vous n'allez pas le croire|Vous n'en croirez pas vos yeux|Le saviez-vous ?|Lien en bio|Dites-nous en commentaire
Síguenos para más|Suscríbete a nuestro canal|Comparte si estás de acuerdo|No lo vas a creer|Te contamos por qué|Enlace en la bio|¿Qué opinas?|Abro hilo 👇
"""
NO_BAIT = """
Follow the guidelines issued by the ministry.|Passengers must follow the signs to platform 4.|The dog will follow us home, he said.|How do I subscribe?
Users who subscribe to our service pay $5.|How can I share a ride?|Can I follow an account without signing up?|Sales of thread rose 4%.
The company will share profits and comment later.|A thread of steel holds the bridge.|Here is what the report says.|The council explained why.
This is huge for the town.|Students must read the guidelines.|The must-read list has 12 books.|Who else can apply?|Who else was charged in the case?
Passengers wait for it at the station.|What do you think tanks spend?|The link in the chain broke.|He declined to comment below the headline.
Do analysts agree with the forecast?|The two sides agree.|Likes and shares fell by 12%.|The firm's share and bond prices rose.|Leave a deposit of $50.
Tag prices rose.|Police said they will follow up.|The app lets you like, share and comment on posts.|Der Rat folgt dem Vorschlag.|Wer zahlt die Miete?
Das Werk teilt den Gewinn.|Was ist KI-Inferenz?|Le maire suit la règle.|Pourquoi les loyers montent|El consejo sigue el plan.|¿Qué es la inferencia?
La empresa comparte datos y comenta resultados.|Read the full report here.|The full article: https://example.com/follow-us-for-more
You will not believe in ghosts after this.|Thoughts of war|Share this: prices rose|Comments on the bill close on Friday.
"""


def _each(lines: str) -> list[str]:
    return [part for line in lines.strip().splitlines() for part in line.split("|")]


@pytest.mark.parametrize("text", _each(BAIT))
def test_bait_is_found_and_named_verbatim(text: str) -> None:
    found = banned.bait(text)
    assert found
    assert all(one.span and one.span in text for one in found)


@pytest.mark.parametrize("text", _each(NO_BAIT))
def test_a_plain_sentence_is_no_bait(text: str) -> None:
    assert banned.bait(text) == ()


def test_the_words_of_the_article_in_quotation_marks_are_no_bait() -> None:
    article = "“This is huge,” the mayor said. A poster read: Follow us for more."
    assert banned.bait("“This is huge,” the mayor said.", article=article) == ()
    assert banned.bait('The poster: "Follow us for more"', article=article) == ()
    assert [one.span for one in banned.bait("Ferries are free. This is huge!", article=article)] == ["This is huge"]
    assert [one.span for one in banned.bait("“This is huge!” we say.", article="Ferries are free.")] == ["This is huge"]


def test_the_sign_off_may_say_what_it_likes() -> None:
    assert banned.bait("Rents rise.\n\nFollow @news for more", own=["Follow @news for more"]) == ()
    assert banned.words("Rents rise. Unlock more: #Unlock", ["unlock"], own=["Unlock more:", "#Unlock"]) == ()


@pytest.mark.parametrize(("phrase", "text", "found"), [
    ("game-changer", "A Game-Changer for AI", ["Game-Changer"]), ("game-changer", "A game\u2011changer for AI", ["game\u2011changer"]),
    ("unlock", "It UNLOCKS and unlock's", ["unlock's"[:6]]), ("unlock*", "It unlocks, unlocked, relocks", ["unlocks", "unlocked"]),
    ("deep  dive", "a deep\u00a0dive, deepdive", ["deep\u00a0dive"]), ("can", "We can't, canned, can!", ["can"]), ("Acme", "Acme's rival", ["Acme"]),
    ("innovation", "l'innovation", ["innovation"]), ("🚀", "Up 5% 🚀🚀", ["🚀"]), ("#AI", "See #AI and #AIR", ["#AI"]), ("株価", "今日の株価は上がった", ["株価"]),
    ("AI", "AI, said, air", ["AI"]), ("c++", "in C++ now", ["C++"]), ("*", "anything", []), ("", "anything", []), ("unlock", "https://example.com/unlock-it", []),
    ("straße", "Die Straße", ["Straße"]), ("(", "a (b)", ["("]), ("Ａ１", "the a1 road", ["a1"]),
])
def test_banned_words_are_whole_words_whatever_their_case(phrase: str, text: str, found: list[str]) -> None:
    assert [one.span for one in banned.words(text, [phrase])] == found


def test_which_rule_found_it_is_said() -> None:
    assert banned.words("It unlocks a deep dive.", ["deep dive", "unlock*"]) == (("unlocks", "unlock*"), ("deep dive", "deep dive"))


@pytest.mark.parametrize("piece", ["follow us ", "did you know ", "a short ", "tell us a, ", "“", "\n ", "like and ", "🧵", "follow us.\n", "\u00ad", "a.b/"])
def test_a_hostile_text_takes_linear_time(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    began = time.process_time()
    banned.bait(text, article=text)
    banned.words(text, ["follow us", "a*", "short a short"])
    assert time.process_time() - began < 5


@pytest.mark.data
def test_real_abstracts_have_no_bait(data: Path) -> None:
    rows = [json.loads(line) for line in (data / "summaries" / "scitldr-300.jsonl").read_text().splitlines()]
    told = [part for row in rows for part in (row["title"], *row["target"], *row["source"])]
    assert [(one, text) for text in told for one in banned.bait(text)] == []


@pytest.mark.data
def test_the_only_bait_in_news_is_the_navigation_between(data: Path) -> None:
    rows = [json.loads(line) for file in (data / "grounding").glob("*.jsonl") for line in file.read_text().splitlines()]
    told = [part for row in rows for part in (*sentences.split(row["doc"]), *sentences.split(row["summ"]))]
    found = [one.span.casefold() for text in dict.fromkeys(told) for one in banned.bait(text)]
    assert len(found) <= 2
    assert set(found) <= {"click here"}
