"""The offline drafter against simpler ways of picking sentences, and how long it takes. `python -m tests.bench.offline [DATA]` prints both.

ROUGE-1 F1 at 250 characters on the abstracts of `data/summaries`, each against its best reference. The baselines are written anew here and
share no code with the drafter but `whole` and `dangling`, its rules.
"""

from __future__ import annotations

import gzip
import json
import math
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from bot.drafters.extractive import Extractive
from bot.drafters.openers import dangling, whole
from bot.errors import SourceError
from bot.sources import page
from bot.text import sentences
from bot.text.rank import CANDIDATES, Ranking
from bot.values import Article, Brief, Kind

ROOM = 250
_ENDINGS = ("ational", "ization", "ations", "ation", "ingly", "ments", "ment", "ness", "ings", "ing", "edly", "ed", "ies", "es", "s", "ly", "ive", "al")
_STOP = frozenset(
    "a an the of to in and or for on with by is are was were be been being as at from that this these those it its they their we our can could may "
    "not no but which who what when where how than then there such more most other some any all also has have had do does did".split()
)


class Row(NamedTuple):
    """One abstract."""

    title: str
    source: list[str]
    """As the data set splits it: some sentences are torn over two entries."""
    told: list[str]
    """The sentences of the running text."""
    target: list[str]


Pick = Callable[[Row], str]


def rows(data: Path) -> list[Row]:
    """The 300 abstracts."""
    found = []
    for line in (data / "summaries" / "scitldr-300.jsonl").read_text(encoding="utf-8").splitlines():
        given = json.loads(line)
        source = [one.strip() for one in given["source"]]
        found.append(Row(str(given["title"]), source, sentences.split(" ".join(source), "en"), given["target"]))
    return found


def stem(word: str) -> str:
    """A rough English stem, as ROUGE is commonly counted on stems."""
    ending = next((ending for ending in _ENDINGS if word.endswith(ending) and len(word) - len(ending) >= 3), "")
    return word.removesuffix(ending)


def counted(text: str) -> Counter[str]:
    """The stems of a text."""
    return Counter(stem(word) for word in re.findall(r"[a-z0-9]+", text.lower()))


def rouge_1(text: str, reference: str) -> float:
    """F1 of the unigrams."""
    one, other = counted(text), counted(reference)
    same = (one & other).total()
    return 2 * same / (one.total() + other.total()) if same else 0.0


def score(pick: Pick, given: Sequence[Row]) -> float:
    """The mean over the rows, in percent."""
    return 100 * sum(max(rouge_1(pick(row)[:ROOM], target) for target in row.target) for row in given) / len(given)


def lead(row: Row) -> str:
    """The first sentence."""
    return row.source[0]


def title(row: Row) -> str:
    """The title, which no post should be without need."""
    return row.title


def centroid(told: Sequence[str], heading: str, may: Callable[[str], bool] = lambda _: True) -> str:
    """Title overlap, tf-idf centroid and MMR (λ 0.7), greedy, as many whole entries as fit."""
    usable = [one for one in told if may(one)] or list(told)
    words = [Counter(word for word in counted(one).elements() if word not in _STOP) for one in usable]
    seen = Counter(word for bag in words for word in bag)
    vectors = [{word: (1 + math.log(n)) * math.log(1 + len(usable) / seen[word]) for word, n in bag.items()} for bag in words]
    middle: Counter[str] = Counter()
    for vector in vectors:
        size = math.sqrt(sum(weight * weight for weight in vector.values())) or 1.0
        for word, weight in vector.items():
            middle[word] += weight / size
    wanted = {word for word in counted(heading) if word not in _STOP}
    relevance = [_cosine(vector, middle) + 0.6 * len(wanted & vector.keys()) / (len(wanted) or 1) for vector in vectors]
    chosen: list[int] = []
    while True:
        left = [at for at in range(len(usable)) if at not in chosen and len(" ".join(usable[n] for n in sorted([*chosen, at]))) <= ROOM]
        if not left:
            break
        chosen.append(max(left, key=lambda at: (0.7 * relevance[at] - 0.3 * max((_cosine(vectors[at], vectors[n]) for n in chosen), default=0.0), -at)))
    return " ".join(usable[at] for at in sorted(chosen)) or max(zip(relevance, usable, strict=True))[1]


def _cosine(one: dict[str, float], other: dict[str, float] | Counter[str]) -> float:
    dot = sum(weight * other[word] for word, weight in one.items() if word in other)
    sizes = math.sqrt(sum(weight * weight for weight in one.values()) * sum(weight * weight for weight in other.values()))
    return dot / sizes if sizes else 0.0


def drafted(row: Row, glue: str = " ") -> str:
    """What the offline drafter posts, the abstract given as running text."""
    article = Article(title=row.title, body=glue.join(row.source), language="en")
    draft = Extractive().draft(article, Brief(kinds=(Kind.SHORT,), platforms=("x",), room={"x": ROOM})).drafts[0]
    return " ".join(said.text for said in draft.variants[0].parts[0].paragraphs[0])


def ruleless(row: Row) -> str:
    """The drafter's own choice of a set, from all sentences: neither whole nor able to open a post."""
    ranking = Ranking(row.told, row.title)
    fitting = [(at,) for at in ranking.order if len(row.told[at]) <= ROOM][:CANDIDATES]
    sets = (" ".join(row.told[at] for at in wanted) for wanted in ranking.sets(fitting, 3))
    return next((text for text in sets if len(text) <= ROOM), row.told[ranking.order[0]])


def greedy(row: Row) -> str:
    """The oracle: adds the sentence that helps most against the references, as long as one does."""
    chosen: list[int] = []
    best = 0.0
    while True:
        tries = [sorted([*chosen, at]) for at in range(len(row.source)) if at not in chosen]
        worth = [(max(rouge_1(" ".join(row.source[n] for n in ids)[:ROOM], target) for target in row.target), ids) for ids in tries]
        if not worth or max(worth)[0] <= best:
            return " ".join(row.source[at] for at in chosen)
        best, chosen = max(worth)


def results(given: Sequence[Row]) -> dict[str, float]:
    """Every way of picking by name, in the order of the table."""
    def opens(one: str) -> bool:
        return not dangling(one, "en")

    ways: dict[str, Pick] = {
        "lead-1": lead,
        "title alone": title,
        "title + centroid": lambda row: centroid(row.source, row.title),
        "title + centroid, running text": lambda row: centroid(row.told, row.title),
        "title + centroid, whole sentences only": lambda row: centroid(row.told, row.title, whole),
        "title + centroid, no dangling sentence": lambda row: centroid(row.told, row.title, opens),
        "title + centroid, both rules": lambda row: centroid(row.told, row.title, lambda one: whole(one) and opens(one)),
        "offline drafter without the rules": ruleless,
        "offline drafter, each entry a paragraph": lambda row: drafted(row, "\n"),
        "offline drafter": drafted,
        "greedy oracle": greedy,
    }
    return {name: score(pick, given) for name, pick in ways.items()}


def table(found: dict[str, float]) -> str:
    """The results as Markdown."""
    return "\n".join(["| picked by | ROUGE-1 |", "|---|---|", *(f"| {name} | {value:.1f} |" for name, value in found.items())])


def milliseconds(data: Path) -> list[float]:
    """What drafting takes for each page of `data/extraction` (X and Bluesky, dek left out so that sentences are ranked), sorted; best of five."""
    brief = Brief(platforms=("x", "bluesky"), room={"x": 255, "bluesky": 300}, units={"x": "weighted characters", "bluesky": "graphemes"})
    taken = []
    for path in sorted((data / "extraction" / "html").glob("*.gz")):
        try:
            article = page.read(gzip.decompress(path.read_bytes()).decode("utf-8", "replace"), where=path.name).model_copy(update={"dek": ""})
        except SourceError:
            continue
        spent = []
        for _ in range(5):
            start = time.process_time()
            Extractive().draft(article, brief)
            spent.append(time.process_time() - start)
        taken.append(1000 * min(spent))
    return sorted(taken)


if __name__ == "__main__":
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ["BOT_TEST_DATA"])
    print(table(results(rows(folder))))
    spent = milliseconds(folder)
    print(f"\n{len(spent)} pages, dek left out: median {spent[len(spent) // 2]:.1f} ms, longest {spent[-1]:.1f} ms")
