"""Golden cases: each file of `grounding/` is an article and texts about it, with what the check must say.

A file has parts that open with `= `: fields of the article, `pass` (no hold, no warning), and `hold CODE` or `warn CODE` with one
text a line; [brackets] stand around words that the finding's span must have.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.text import sentences
from bot.text.grounding import check
from bot.values import Article

FOLDER = Path(__file__).parent / "grounding"
FIELDS = ("title", "dek", "body", "language")


def parts(path: Path) -> list[tuple[str, str]]:
    found = re.split(r"^= (.+)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return [(head.strip(), text.strip()) for head, text in zip(found[::2], found[1::2], strict=True)]


def article(path: Path) -> Article:
    return Article(**{"language": "en", **{head: text for head, text in parts(path) if head in FIELDS}})


CASES = [
    pytest.param(path, head, line, id=f"{path.stem}: {head}: {line[:50]}")
    for path in sorted(FOLDER.glob("*.txt")) for head, text in parts(path) if head not in FIELDS for line in text.splitlines()
]


@pytest.mark.parametrize(("path", "head", "line"), CASES)
def test_each_text_gets_its_verdict(path: Path, head: str, line: str) -> None:
    text = line.replace("[", "").replace("]", "")
    holds, warnings = check(text, article(path))
    if head == "pass":
        assert (holds, warnings) == ((), ())
        return
    kind, code = head.split()
    wanted = re.search(r"\[(.+)\]", line)
    assert wanted
    found = [one.span or "" for one in (holds if kind == "hold" else warnings) if one.code == code]
    assert [span for span in found if wanted[1] in span or span in wanted[1]]
    assert all(span in text for span in found)
    if kind == "warn":
        assert holds == ()
        details = [one.detail for one in warnings if one.code == code]
        assert all("\n" not in detail for detail in details)
        assert all("is not in the article" in detail or re.search(r'Article: ".+" \((?:s|q|a)\d+\)|only in ', detail) for detail in details)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_the_article_s_own_sentences_pass(path: Path) -> None:
    own = article(path)
    said = list(sentences.of_article(own).values())
    assert {text: found for text in [*said, "\n".join(said)] if (found := check(text, own)) != ((), ())} == {}
