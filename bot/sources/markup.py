"""FAQ pairs that a page marks by its elements: `<details>`, microdata, `<dl>`; and which of JSON-LD's a reader can see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lxml.etree import _Element
from lxml.html import HtmlElement

from bot.sources import blocks, faq, jsonld
from bot.sources.characters import clean, key
from bot.text.sentences import HEADING
from bot.values import FaqPair

_FURNITURE = frozenset(("nav", "footer", "aside", "form", "menu", "dialog"))
MAX_ANSWER = 3_000
"""Characters; a longer "answer" is a folded part of the page, not an answer."""


def pairs(tree: HtmlElement, found: Iterable[jsonld.Node]) -> list[FaqPair]:
    """Every pair of the page, in the page's order, each question once; those only in JSON-LD last and marked not visible.

    `tree` is the page without its hidden parts.
    """
    body = tree.find("body")
    lines = blocks.paragraphs(tree if body is None else body, skip=_FURNITURE)
    seen = faq.unique([*_details(tree), *_microdata(tree), *_definitions(tree), *_sections(lines)])
    known = {key(pair.question) for pair in seen}
    page = f" {key(' '.join(line.removeprefix(HEADING) for line in lines))} "
    told = [pair.model_copy(update={"question": faq.plain_question(pair.question)}) for pair in jsonld.faq(list(found))]
    told = [pair for pair in told if key(pair.question) not in known]
    return seen + faq.unique(
        pair.model_copy(update={"visible": all(f" {key(part)} " in page for part in (pair.question, pair.answer))}) for pair in told
    )


def _line(element: _Element) -> str:
    return clean(" ".join(line.removeprefix(HEADING) for line in blocks.paragraphs(element)))


def _pair(question: str, answer: str) -> Iterator[FaqPair]:
    question = faq.plain_question(question)
    if question and answer and len(question) <= faq.MAX_QUESTION and len(answer) <= MAX_ANSWER:
        yield FaqPair(question=question, answer=answer)


def _in_faq(element: _Element) -> bool:
    """Whether the element stands in a part of the page that its id, class or nearest heading calls an FAQ."""
    for parent in element.iterancestors():
        if parent.tag in ("body", "html", "main", "article"):
            break
        if "faq" in f"{parent.get('id') or ''} {parent.get('class') or ''}".lower():
            return True
    heading = next(element.iterancestors(), element).xpath(
        "(./preceding-sibling::*[self::h1 or self::h2 or self::h3 or self::h4] | ./h2 | ./h3 | ./h4)[last()]"
    )
    before = element.xpath("./preceding-sibling::*[self::h2 or self::h3 or self::h4][1]")
    return any(faq.is_title(_line(found)) for found in (*_elements(heading), *_elements(before)))


def _elements(found: object) -> list[_Element]:
    return [item for item in found if isinstance(item, _Element)] if isinstance(found, list) else []


def _details(tree: HtmlElement) -> Iterator[FaqPair]:
    for details in tree.iter("details"):
        summary = details.find("summary")
        if summary is None or details.find(".//details") is not None:
            continue
        question = _line(summary)
        if faq.asks(question) or _in_faq(details):
            lines = blocks.paragraphs(details, skip=frozenset(("summary",)))
            yield from _pair(question, clean(" ".join(line.removeprefix(HEADING) for line in lines)))


def _microdata(tree: HtmlElement) -> Iterator[FaqPair]:
    for item in _elements(tree.xpath("//*[@itemscope and contains(@itemtype, 'schema.org/Question')]")):
        names = _elements(item.xpath(".//*[@itemprop='name' and not(ancestor::*[contains(@itemtype, 'schema.org/Answer')])]"))
        texts = _elements(item.xpath(".//*[contains(@itemtype, 'schema.org/Answer')]//*[@itemprop='text']"))
        if names and texts:
            yield from _pair(_line(names[0]) or clean(names[0].get("content") or ""), _line(texts[0]))


def _definitions(tree: HtmlElement) -> Iterator[FaqPair]:
    for terms in tree.iter("dl"):
        questions = [child for child in terms.iter("dt") if next(child.iterancestors("dl")) is terms]
        if not questions or not (all(faq.asks(_line(question)) for question in questions) or _in_faq(terms)):
            continue
        for question in questions:
            answers = []
            for after in question.itersiblings():
                if after.tag != "dd":
                    break
                answers.append(_line(after))
            yield from _pair(_line(question), clean(" ".join(answers)))


def _sections(lines: Sequence[str]) -> Iterator[FaqPair]:
    """Below a heading that names an FAQ, anywhere on the page; what is asked without such a title, only the body can tell."""
    at = 0
    while at < len(lines):
        if lines[at].startswith(HEADING) and faq.is_title(lines[at]):
            end = at + 1
            while end < len(lines) and not faq.is_title(lines[end]):
                end += 1
            yield from faq.take_out(lines[at:end])[0]
            at = end
        else:
            at += 1
