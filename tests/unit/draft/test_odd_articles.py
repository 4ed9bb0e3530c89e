"""Articles that are out of the ordinary: each gives a post a person could publish, word for word the article's and without a hold."""

from __future__ import annotations

import time

import pytest

from bot.drafters.extractive import Extractive
from bot.drafters.openers import dangling, whole
from bot.sources import reading
from bot.text import grounding, sentences, stub
from bot.values import Article, Kind
from tests.unit.draft.examples import BRIEF

PARAGRAPH = "The mill at Ostra grinds rye again after {0} years. Its wheel turns {1} times a minute, and the miller sells {2} sacks a week."
LONG = "Ostra’s mill grinds rye again\n\n" + "\n\n".join(PARAGRAPH.format(n + 2, n % 40 + 3, n * 7 + 11) for n in range(1_900))
NUMBERS = "Results of the rowing week\n\n" + "\n\n".join(f"{n} {n * 3 + 1} {n * 17} {n / 4} {n}%" for n in range(40, 90)) + "\n\n12.5 13.5 14.5."

MARKDOWN = """# Cache lines and why they matter

A cache line holds 64 bytes on most processors of today. Reading one byte of it brings in all of them.

```python
for row in rows: total += row[0]  # This reads 64 bytes for each 8. It is slow.
```

The loop above reads eight bytes of each line and leaves 56 unused. A layout by column reads them all, and is six times faster on our machine.

| layout | ms |
|---|---|
| rows | 61.2 |
| columns | 10.3 |

Sorting by column costs 5 ms once. Programs that read a table more than once gain from it.
"""

ARTICLES = {
    "40,000 words": ("a.txt", LONG),
    "one sentence": ("a.txt", "A bridge for otters\n\nThe county of Ostra has built a bridge of three metres for the otters that lost two of their young on its main road last winter."),
    "one endless sentence": ("a.txt", "The fair\n\nThe fair of Ostra had " + "pears and plums and honey and " * 900 + "one goat."),
    "no numbers": ("a.txt", "Otters return\n\nOtters live in the mill pond of Ostra again. The miller saw a pair of them in the reeds at dawn, and the school has named their young.\n\nThe pond was cleaned by the town’s anglers."),
    "only numbers": ("a.txt", NUMBERS),
    "code and a table": ("a.md", MARKDOWN),
    "contradicting figures": ("a.txt", "Mill sells more flour\n\nThe mill of Ostra sold 400 sacks of flour in May.\n\nIn May the mill of Ostra sold 520 sacks of flour, its owner said. The owner wants to sell 600 in June."),
    "Japanese": ("a.txt", "港の橋が再開\n\nオストラ港の橋が月曜日に再開した。工事には十四か月かかり、費用は三億円だった。\n\n市は新しい橋の下に歩道を設けた。漁師たちは夜明けから橋を渡っている。"),
    "Arabic": ("a.txt", "إعادة فتح جسر الميناء\n\nأعادت مدينة أوسترا فتح جسر الميناء يوم الاثنين بعد إصلاحات استمرت 14 شهرا. وبلغت تكلفة المشروع ثلاثة ملايين.\n\nيعبر الصيادون الجسر منذ الفجر."),
    "German": ("a.txt", "Mühle in Ostra mahlt wieder\n\nDie Mühle in Ostra mahlt seit dem 3. Mai wieder Roggen. Sie stand 14 Jahre still, weil das Wasserrad gebrochen war.\n\nDer Müller verkauft 40 Säcke in der Woche. Das Rad wurde für 1,2 Mio. Euro ersetzt."),
}


def made(name: str) -> Article:
    file, text = ARTICLES[name]
    return reading.article(reading.Given(data=text.encode(), where=file, name=file))


def shorts(article: Article) -> list[str]:
    (draft,) = [draft for draft in Extractive().draft(article, BRIEF).drafts if draft.kind is Kind.SHORT]
    return [" ".join(said.text for said in variant.parts[0].paragraphs[0]) for variant in draft.variants]


@pytest.mark.parametrize("name", ARTICLES)
def test_an_odd_article_gives_a_post_in_its_own_words_without_a_hold(name: str) -> None:
    article = made(name)
    told = set(sentences.of_article(article).values())
    for text in shorts(article):
        said = [text] if text in told else sentences.split(text, article.language)
        assert set(said) <= told
        assert not dangling(said[0], article.language)
        assert grounding.check(text, article)[0] == ()
    assert stub.reason(article) is None


@pytest.mark.parametrize("name", sorted(set(ARTICLES) - {"only numbers", "one endless sentence"}))
def test_and_its_sentences_are_whole_and_fit(name: str) -> None:
    article = made(name)
    for text in shorts(article):
        assert all(map(whole, sentences.split(text, article.language)))
        assert len(text) <= 300


def test_what_is_all_numbers_or_one_endless_sentence_is_posted_by_its_headline() -> None:
    assert shorts(made("only numbers")) == ["Results of the rowing week"]
    assert shorts(made("one endless sentence")) == ["The fair"]


def test_neither_code_nor_the_cells_of_a_table_are_posted() -> None:
    article = made("code and a table")
    for words in ("for row", "It is slow", "61.2 |"):
        assert all(words not in text for text in shorts(article))
    assert "for row" not in article.body


def test_of_two_figures_that_contradict_each_other_a_post_says_one() -> None:
    for text in shorts(made("contradicting figures")):
        assert not ("400" in text and "520" in text)


def test_40_000_words_are_drafted_in_less_than_a_second() -> None:
    article = made("40,000 words")
    assert len(article.body.split()) > 40_000
    spent = []
    for _ in range(3):
        start = time.process_time()
        Extractive().draft(article, BRIEF)
        spent.append(time.process_time() - start)
    print(f"\noffline draft of {len(article.body.split()):,} words: {min(spent) * 1000:.0f} ms")
    assert min(spent) < 1.0
