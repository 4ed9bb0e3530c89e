"""How well grounding finds wrong figures, beside a plain containment check in the same run, on labelled summaries of news.

    BOT_TEST_DATA=… python -m tests.bench.grounding [--errors]

Each of the 300 summaries (`data/grounding`) has its source and the spans that people marked as not in it. The number and date
class: summaries with a marked span that has digits, a number word, a month or a weekday in it. The set is written as tokens
(`£ 1. 5m`, `271, 214`, `23 - year - old`); that is undone for both checks alike.
"""

from __future__ import annotations

import ast
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bot.text import grounding
from bot.values import Article, Hold, HoldCode, Warn

_NUMBERS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety "
    "hundred thousand million billion first second third fourth fifth sixth seventh eighth ninth tenth half quarter dozen dozens hundreds thousands millions twice double doubled triple tripled"
).split()
_DAYS = (
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december"
).split()
_DIGIT = re.compile(r"\d")
_CLASS = re.compile(rf"\d|(?<!\w)(?:{'|'.join(_NUMBERS)}|{'|'.join(day.capitalize() for day in _DAYS)})(?!\w)", re.IGNORECASE)
_COUNTED = dict(zip(_NUMBERS, map(str, (*range(21), 30, 40, 50, 60, 70, 80, 90)), strict=False))
_CARDINALS = [*_COUNTED, "hundred", "thousand", "million", "billion"]
_TOKEN = re.compile(rf"\d+(?:[.,]\d+)*|(?<!\w)(?:{'|'.join(_CARDINALS)}|{'|'.join(_DAYS)})(?!\w)", re.IGNORECASE)
_ANY_TOKEN = re.compile(rf"\d+(?:[.,]\d+)*|(?<!\w)(?:{'|'.join(_NUMBERS)}|{'|'.join(_DAYS)})(?!\w)", re.IGNORECASE)
_FIGURES = frozenset({HoldCode.UNSUPPORTED_NUMBER, HoldCode.UNSUPPORTED_DATE})


@dataclass(frozen=True)
class Row:
    """One summary with its source."""

    number: int
    article: Article
    summary: str
    spans: tuple[str, ...]
    """What people marked as not in the source; empty for a clean summary."""

    @property
    def figures(self) -> tuple[str, ...]:
        """The marked spans of the number and date class."""
        return tuple(span for span in self.spans if _CLASS.search(span))


def rows(data: Path) -> Iterator[Row]:
    """The 300 summaries."""
    with (data / "grounding" / "cliff-val.jsonl").open() as file:
        for number, line in enumerate(file):
            row = json.loads(line)
            spans = tuple(map(joined, ast.literal_eval(row["annotated_span"]))) if row["annotated_span"] else ()
            yield Row(number, Article(title="", body=joined(row["doc"]), language="en"), joined(row["summ"]), spans)


def joined(text: str) -> str:
    """The text with its tokens joined as people write them."""
    text = re.sub(r"(?<=\d)([.,]) (?=\d{3}(?!\d))", r"\1", text)
    text = re.sub(r"(?<=[$€£]) (?=\d)", "", text)
    text = re.sub(r"(?<=\d) (?=(?:m|bn|k|km|kg|cm|mm|th|st|nd|rd)\b)", "", text)
    text = re.sub(r"(?<=\w) - (?=\w)", "-", text)
    return re.sub(r" (?=[.,;:!?)](?:\s|$))|(?<=\() ", "", text)


def plain(row: Row) -> bool:
    """The baseline: every digit string, cardinal number word, month and weekday of the summary must be a token of the source, too."""
    return _lacks(row, _TOKEN)


def every_word(row: Row) -> bool:
    """The same with each word that has to do with numbers: first, half, dozens, twice, hundreds."""
    return _lacks(row, _ANY_TOKEN)


def _lacks(row: Row, token: re.Pattern[str]) -> bool:
    def tokens(text: str) -> set[str]:
        return {_COUNTED.get(word, word.replace(",", "")) for word in (match[0].lower() for match in token.finditer(text))}

    return bool(tokens(row.summary) - tokens(row.article.body))


@dataclass
class Score:
    """Hits and misses of one check."""

    hit: list[int] = field(default_factory=list)
    missed: list[int] = field(default_factory=list)
    false_alarm: list[int] = field(default_factory=list)
    passed: list[int] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """Part of the wrong summaries that are found."""
        return len(self.hit) / (len(self.hit) + len(self.missed))

    @property
    def alarms(self) -> float:
        """Part of the clean summaries that are not let pass."""
        return len(self.false_alarm) / (len(self.false_alarm) + len(self.passed))

    @property
    def precision(self) -> float:
        """Part of the alarms (on wrong or clean summaries) that are right."""
        return len(self.hit) / max(1, len(self.hit) + len(self.false_alarm))

    @property
    def balanced(self) -> float:
        """Balanced accuracy."""
        return (self.recall + 1 - self.alarms) / 2

    def line(self, name: str) -> str:
        """One row of the table."""
        return f"| {name} | {self.balanced:.3f} | {self.precision:.2f} | {self.recall:.2f} | {100 * self.alarms:.1f} % ({len(self.false_alarm)}/{len(self.false_alarm) + len(self.passed)}) |"


def score(told: list[Row], alarm: Callable[[Row], bool], wrong: Callable[[Row], bool]) -> Score:
    """How a check does on the summaries that are wrong in the way asked, and on the clean ones."""
    found = Score()
    for row in told:
        if wrong(row):
            (found.hit if alarm(row) else found.missed).append(row.number)
        elif not row.spans:
            (found.false_alarm if alarm(row) else found.passed).append(row.number)
    return found


@dataclass(frozen=True)
class Result:
    """All that the run measured."""

    rows: dict[int, Row]
    found: dict[int, tuple[tuple[Hold, ...], tuple[Warn, ...]]]
    plain: Score
    every_word: Score
    holds: Score
    holds_and_warnings: Score
    any_plain: Score
    any_holds: Score
    any_all: Score


def run(data: Path) -> Result:
    """Both checks over all rows."""
    told = list(rows(data))
    found = {row.number: grounding.check(row.summary, row.article) for row in told}

    def held(row: Row) -> bool:
        return any(hold.code in _FIGURES for hold in found[row.number][0])

    def doubted(row: Row) -> bool:
        return held(row) or any(warn.code in ("predicate", "forecast") for warn in found[row.number][1])

    figures, anything = (lambda row: bool(row.figures)), (lambda row: bool(row.spans))
    return Result(
        {row.number: row for row in told}, found, score(told, plain, figures), score(told, every_word, figures), score(told, held, figures), score(told, doubted, figures),
        score(told, plain, anything), score(told, lambda row: bool(found[row.number][0]), anything),
        score(told, lambda row: any(found[row.number]), anything),
    )


def table(result: Result) -> str:
    """The measured table, as docs/grounding.md has it."""
    head = "| check | balanced accuracy | precision | recall | false alarms on clean |\n|---|---|---|---|---|"
    lines = [
        f"Number and date class: {len(result.plain.hit) + len(result.plain.missed)} wrong, {len(result.plain.passed) + len(result.plain.false_alarm)} clean summaries", head,
        result.plain.line("plain containment"), result.every_word.line("the same, with first, half, dozens …"), result.holds.line("holds"), result.holds_and_warnings.line("holds and predicate warnings"), "",
        f"Any error: {len(result.any_plain.hit) + len(result.any_plain.missed)} wrong", head,
        result.any_plain.line("plain containment"), result.any_holds.line("all holds"), result.any_all.line("all holds and warnings"), "",
        "Warnings on clean summaries: " + ", ".join(f"{code} {count}" for code, count in _clean(result).most_common()),
    ]
    return "\n".join(lines)


def _clean(result: Result) -> Counter[str]:
    clean = {number for number, row in result.rows.items() if not row.spans}
    return Counter(code for number in clean for code in {warn.code.value for warn in result.found[number][1]})


def errors(result: Result) -> Iterator[str]:
    """Every miss and false alarm, for reading."""
    for name, numbers in (("missed", result.holds.missed), ("false alarm", result.holds.false_alarm)):
        for number in numbers:
            row = result.rows[number]
            holds, warns = result.found[number]
            yield f"{name} {number}: {row.summary}\n    marked {list(row.figures)}; held {[hold.span for hold in holds]}; warned {[warn.span for warn in warns]}"
    for number, row in result.rows.items():
        if not row.spans:
            for found in (*result.found[number][0], *result.found[number][1]):
                yield f"clean {number} {type(found).__name__.lower()} {found.code.value}: {found.detail}\n    {row.summary[:400]}"


def main() -> None:
    """Print the table, and the errors when asked."""
    result = run(Path(os.environ["BOT_TEST_DATA"]))
    print(table(result))
    if "--errors" in sys.argv:
        print("\n".join(errors(result)))


if __name__ == "__main__":
    main()
