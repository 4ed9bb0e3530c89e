"""FAQ pairs in a list of paragraphs, whatever the format: `Q1: … A1: …`, a section called FAQ, headings that ask."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.sources import tail
from bot.sources.characters import key
from bot.text.sentences import HEADING
from bot.values import FaqPair

MAX_PAIRS = 50
"""Pairs of one article; what has more is a directory."""
MAX_QUESTION = 300
MAX_BLOCKS = 4
"""Paragraphs that one answer may have; what follows is the article again."""
MAX_ANSWER = 700
"""Characters of an answer under a heading that asks, outside a section called FAQ; a longer one is a part of the article."""

_TITLE = re.compile(
    r"(?:the |our |your |les |die )?(?:faqs?|f\.a\.q\.?|frequently asked questions|(?:common|key|quick|top) questions(?: answered)?|questions (?:and|&) answers|q ?& ?a(?:s|’s)?"
    r"|your questions answered|häufig(?:e|(?: |\s)gestellte) fragen|(?:die wichtigsten )?fragen (?:und|&) antworten"
    r"|foire aux questions|questions (?:fréquentes|fréquemment posées)|questions[ -](?:et[ -])?réponses"
    r"|preguntas (?:frecuentes|y respuestas)|domande (?:frequenti|e risposte)|veelgestelde vragen|vragen en antwoorden"
    r"|perguntas (?:frequentes|e respostas)|よくある質問|常见问题|자주 묻는 질문)"
    r"(?: ?\((?:faqs?|q ?& ?a)\))?(?: (?:about|on|for|to|zum?|zur|über|sur|sobre|su|over|à propos de) .{1,80})?",
    re.I,
)
_LABEL = re.compile(
    r"(?:(?<=\s)|^)(?:(?P<q>Q|F|P|D|V|Question|Frage|Pregunta|Domanda|Vraag|Pergunta)|(?P<a>A|R|Answer|Antwort|Réponse|Respuesta|Risposta|Antwoord|Resposta))"
    r"(?:[ .#]?(?P<n>\d{1,2})[ \u00a0]?[:.)]|[ \u00a0]?:)(?=\s)",
    re.I,
)
_LEAD = 100
"""Characters in which the first label may stand behind a title on the same line."""
_INLINE = re.compile(r"(.{8,250}?[?？؟])\s+(\S.{2,})", re.S)
_NUMBER = re.compile(r"^(?:\d{1,2}[.)]|[Qq]\d{0,2}[:.)]|[•*\-–▸▶+])\s+")


def is_title(line: str) -> bool:
    """Whether the line names a section of questions and answers."""
    return len(line) <= 120 and bool(_TITLE.fullmatch(line.removeprefix(HEADING).strip(" :.*—–-")))


def asks(line: str) -> bool:
    """Whether the line is one question."""
    return len(line) <= MAX_QUESTION and bool(re.search(r"[?？؟][\"'”’»)]*$", line))


def plain_question(line: str) -> str:
    """The question without its number, bullet or `Q1:`."""
    return _NUMBER.sub("", line.removeprefix(HEADING)).strip()


def take_out(paragraphs: Sequence[str]) -> tuple[list[FaqPair], list[str]]:
    """The pairs that stand in the paragraphs, and the paragraphs without them (and without the section's title)."""
    pairs: list[FaqPair] = []
    rest: list[str] = []
    at = 0
    paragraphs = [part for paragraph in paragraphs for part in _parted(paragraph)]
    while at < len(paragraphs):
        if is_title(paragraphs[at]):
            found, after = _section(paragraphs, at + 1)
        else:
            found, after = _labelled(paragraphs, at, numbered=True) if _LABEL.match(paragraphs[at].removeprefix(HEADING)) else ([], at)
            if not found and rest and paragraphs[at].startswith(HEADING):
                found, after = _asking(paragraphs, at)
        if found:
            pairs += found
            at = after
        else:
            rest.append(paragraphs[at])
            at += 1
    return unique(pairs), rest


def _parted(paragraph: str) -> tuple[str, ...]:
    """The title of a section and its first label, where they stand on one line: "FAQ Q1: …"."""
    label = _LABEL.search(paragraph[:_LEAD])
    if label and label["q"] and label.start() and is_title(paragraph[: label.start()].strip()):
        return paragraph[: label.start()].strip(), paragraph[label.start() :]
    return (paragraph,)


def _section(paragraphs: Sequence[str], at: int) -> tuple[list[FaqPair], int]:
    """Pairs from `at` on, below the title of a section."""
    found: list[FaqPair] = []
    question, answer = "", list[str]()

    def close() -> None:
        if question and answer:
            found.append(FaqPair(question=plain_question(question), answer=" ".join(answer)))

    while at < len(paragraphs):
        paragraph = paragraphs[at]
        text = paragraph.removeprefix(HEADING)
        inline = _INLINE.fullmatch(_NUMBER.sub("", text))
        if _LABEL.match(text) and (labelled := _labelled(paragraphs, at, numbered=False))[0]:
            close()
            question, answer = "", []
            found += labelled[0]
            at = labelled[1]
            continue
        if asks(text):
            close()
            question, answer = text, []
        elif paragraph.startswith(HEADING):
            if found or question:
                break
        elif inline and not question:
            found.append(FaqPair(question=inline[1].strip(), answer=inline[2].strip()))
        elif question and len(answer) < MAX_BLOCKS and not tail.is_title(text) and not (answer and tail.is_call(text)):
            answer.append(text)
        elif found or question:
            break
        else:  # the section's first words
            if at + 1 >= len(paragraphs) or len(text) > 300:
                break
        at += 1
    close()
    return found, at


def _labelled(paragraphs: Sequence[str], at: int, *, numbered: bool) -> tuple[list[FaqPair], int]:
    """Pairs whose questions and answers carry labels, beginning at `at`; a label may stand inside a paragraph.

    With `numbered`, labels without a number are left alone: those are an interview.
    """
    found: list[FaqPair] = []
    question: str | None = None
    while at < len(paragraphs):
        text = paragraphs[at].removeprefix(HEADING)
        labels = list(_LABEL.finditer(text))
        if not labels or labels[0].start() or (numbered and not labels[0]["n"]):
            break
        pieces = [
            (bool(label["q"]), text[label.end() : (labels[index + 1].start() if index + 1 < len(labels) else None)].strip())
            for index, label in enumerate(labels)
        ]
        if question is None and not pieces[0][0]:
            break
        for is_question, piece in pieces:
            if is_question:
                question = piece
            elif question is not None:
                found.append(FaqPair(question=question, answer=piece))
                question = None
            elif found:  # `A.` or `R)` inside an answer is no label
                found[-1] = FaqPair(question=found[-1].question, answer=f"{found[-1].answer} {piece}")
        at += 1
    return [pair for pair in found if pair.question and pair.answer], at


def _asking(paragraphs: Sequence[str], at: int) -> tuple[list[FaqPair], int]:
    """At least two headings in a row that ask, each with a short answer below it; labels without a number are an interview."""
    found: list[FaqPair] = []
    while at < len(paragraphs) and paragraphs[at].startswith(HEADING) and asks(paragraphs[at]):
        label = _LABEL.match(paragraphs[at].removeprefix(HEADING))
        if label and not label["n"]:
            break
        end = at + 1
        while end < len(paragraphs) and not paragraphs[end].startswith(HEADING):
            end += 1
        answer = " ".join(paragraphs[at + 1 : end])
        if not answer or len(answer) > MAX_ANSWER or end - at - 1 > MAX_BLOCKS:
            break
        found.append(FaqPair(question=plain_question(paragraphs[at]), answer=answer))
        at = end
    return (found, at) if len(found) > 1 else ([], at)


def unique(pairs: Iterable[FaqPair]) -> list[FaqPair]:
    """Each question once; the first one met stays."""
    found: dict[str, FaqPair] = {}
    for pair in pairs:
        found.setdefault(key(pair.question), pair)
    return [pair for word, pair in found.items() if word]


def without(paragraphs: Sequence[str], pairs: Iterable[FaqPair]) -> list[str]:
    """The paragraphs without those that only repeat the pairs, and without a title of a section that is left empty."""
    questions, answers = set[str](), list[str]()
    for pair in pairs:
        questions.add(key(pair.question))
        answers.append(key(pair.answer))
    if not questions:
        return list(paragraphs)

    def repeats(paragraph: str) -> bool:
        word = key(plain_question(paragraph))
        if not word or word in questions or word in answers:
            return bool(word)
        if len(word) > 30 and any(word in answer for answer in answers):
            return True
        return any(word.startswith(question) and word[len(question) :].strip() in answers for question in questions)

    kept = [paragraph for paragraph in paragraphs if not repeats(paragraph)]
    last = len(kept) - 1
    return [
        paragraph for at, paragraph in enumerate(kept)
        if not (is_title(paragraph) and (at == last or kept[at + 1].startswith(HEADING)))
    ]
