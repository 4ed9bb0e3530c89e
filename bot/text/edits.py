"""What people change in drafts again and again: substitutions, cuts, additions, length, openings, signs. Pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher
from statistics import median
from typing import NamedTuple

from bot.text import sentences, urls

LEAST = 2
"""Posts in which something must have been done before it is a candidate."""
_LONGEST = 3
"""Words of a substitution on either side."""
_CUT, _ADDED = 4, 8
"""Words of what is taken out or added as a phrase."""
_TOKENS = 600
"""Words of a text that are compared: more than any post of 280, enough of a long one."""
_SHORTER, _ALIKE, _SAME = 0.1, 0.5, 0.5
_SENTENCES = 100
_TOKEN = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*%?|[^\s\w]|_")
_WORD = re.compile(r"[^\W_]")
_DIGITS = re.compile(r"\d+")
_LEAD = re.compile(r"\s*[^\n.:!?]{2,40}:\s")
_HASHTAG = re.compile(r"(?<!\w)[#＃][^\W\d_]\w*")
_EMOJI = re.compile("[\u2600-\u27bf\U0001f000-\U0001faff\u2b00-\u2bff]")


class Pair(NamedTuple):
    """What a draft said, and what a person approved in its place; equal where they changed nothing."""

    post: int
    article: int
    drafted: tuple[str, ...]
    """Segments."""
    approved: tuple[str, ...]


class Candidate(NamedTuple):
    """A rule that the edits suggest."""

    kind: str
    """`instead`, `without`, `added`, `number_format`, `length`, `opening`, `lead_in`, `hashtags`, `emoji`, `exclamation`, `link`, `ending`."""
    detail: str
    """What people did, in words."""
    times: int
    of: int
    """In `times` of the `of` posts where it could have been done."""
    posts: tuple[int, ...]
    """Where, the first five."""
    rule: str
    """The rule in a sentence, for the voice."""
    words: str = ""
    """What was taken out: a word or phrase that could be banned."""


def suggest(pairs: Sequence[Pair]) -> tuple[Candidate, ...]:
    """The candidates, the most frequent first; none from fewer than two posts."""
    edited = [pair for pair in pairs if pair.drafted != pair.approved]
    if len(edited) < LEAST:
        return ()
    found = [*_phrases(pairs, edited), *_signs(pairs, edited), *_openings(pairs, edited), *_length(edited), *_endings(pairs, edited)]
    return tuple(sorted(found, key=lambda one: (-one.times, one.of, one.kind, one.detail)))


def _text(segments: Iterable[str]) -> str:
    return "\n\n".join(segments)


def _plain(segments: Iterable[str]) -> str:
    """The text without addresses and tags, which are looked at apart."""
    text = _text(segments)
    for span in reversed(urls.find(text)):
        text = text[: span.start] + " " + text[span.end :]
    return _HASHTAG.sub(" ", text)


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text)[:_TOKENS]


def _phrases(pairs: Sequence[Pair], edited: Sequence[Pair]) -> list[Candidate]:
    """Substitutions, cuts and additions of words, and numbers written another way."""
    instead: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    without: defaultdict[str, list[int]] = defaultdict(list)
    added: defaultdict[str, list[int]] = defaultdict(list)
    numbers: defaultdict[tuple[str, str], dict[int, str]] = defaultdict(dict)
    for pair in edited:
        for old, new in dict.fromkeys(_changes(_plain(pair.drafted), _plain(pair.approved))):
            digits = _DIGITS.findall(old) or _DIGITS.findall(new)
            if digits:
                if "".join(_DIGITS.findall(old)) == "".join(_DIGITS.findall(new)):
                    numbers[_DIGITS.sub("N", old), _DIGITS.sub("N", new)][pair.post] = f"{old} → {new}"
            elif old and new:
                instead[old, new].append(pair.post)
            elif old:
                without[old].append(pair.post)
            else:
                added[new].append(pair.post)
    articles = {pair.post: pair.article for pair in edited}
    several = len(set(articles.values())) > 1

    def often(at: Sequence[int]) -> bool:  # in one article's posts alone it may be about that article, where there are others
        return len(at) >= LEAST and (not several or len({articles[post] for post in at}) > 1)

    drafts = [(pair.post, f" {' '.join(_tokens(_plain(pair.drafted))).casefold()} ") for pair in pairs]

    def having(phrase: str) -> int:
        return sum(f" {phrase} " in draft for _, draft in drafts)

    found = [
        Candidate("instead", f"“{old}” → “{new}”", len(at), max(having(old), len(at)), tuple(at[:5]), f'Write "{new}", not "{old}".', old)
        for (old, new), at in instead.items() if often(at)
    ]
    found += [
        Candidate("without", f"“{old}” taken out", len(at), max(having(old), len(at)), tuple(at[:5]), f'Do not write "{old}".', old)
        for old, at in without.items() if often(at)
    ]
    found += [
        Candidate("added", f"“{new}” added", len(at), len(pairs), tuple(at[:5]), f'Where it fits, write "{new}".')
        for new, at in added.items() if often(at)
    ]
    for shape, told in numbers.items():
        if len(told) >= LEAST:
            example = next(iter(told.values()))
            old, new = example.split(" → ")
            detail = f"numbers written another way: {example}"
            found.append(Candidate("number_format", detail, len(told), len(told), tuple(told)[:5], f'Write numbers as in "{new}", not "{old}" ({shape[1]}).'))
    return found


def _changes(before: str, after: str) -> list[tuple[str, str]]:
    """Short runs of words that were replaced, taken out (second empty) or added (first empty), in small letters."""
    old, new = _tokens(before), _tokens(after)
    matcher = SequenceMatcher(None, [one.casefold() for one in old], [one.casefold() for one in new], autojunk=False)
    if matcher.ratio() < _ALIKE:
        return []  # written anew: what stands beside what is chance
    found = []
    for tag, left, right, start, end in matcher.get_opcodes():
        gone, come = (" ".join(part).casefold() for part in (old[left:right], new[start:end]))
        sizes = sum(map(bool, map(_WORD.search, old[left:right]))), sum(map(bool, map(_WORD.search, new[start:end])))
        if tag == "replace" and min(sizes) > 0 and max(sizes) <= _LONGEST:
            found.append((gone, come))
        elif (tag == "delete" and 0 < sizes[0] <= _CUT) or (tag == "insert" and 0 < sizes[1] <= _ADDED):
            found.append((gone.strip(" ,.;:!?"), come.strip(" ,.;:!?")))
    return [pair for pair in found if any(pair)]


def _signs(pairs: Sequence[Pair], edited: Sequence[Pair]) -> list[Candidate]:
    """Hashtags, emoji, exclamation marks and the link, where people took them out."""
    kinds: dict[str, tuple[Callable[[str], int], str, str]] = {
        "hashtags": (lambda text: len(_HASHTAG.findall(text)), "hashtags removed", "No hashtags."),
        "emoji": (lambda text: len(_EMOJI.findall(text)), "emoji removed", "No emoji."),
        "exclamation": (lambda text: text.count("!") + text.count("！"), "exclamation marks removed", "No exclamation marks."),
        "link": (lambda text: sum("://" in span.text for span in urls.find(text)), "the link removed", "No link in the text."),
    }
    found = []
    for kind, (count, detail, rule) in kinds.items():
        at = [pair.post for pair in edited if count(_text(pair.approved)) < count(_text(pair.drafted))]
        of = sum(count(_text(pair.drafted)) > 0 for pair in pairs)
        if len(at) >= LEAST:
            found.append(Candidate(kind, detail, len(at), of, tuple(at[:5]), rule))
    return found


def _openings(pairs: Sequence[Pair], edited: Sequence[Pair]) -> list[Candidate]:
    """A name and a colon taken off the beginning; else another beginning."""

    def leads(segments: tuple[str, ...]) -> bool:
        return bool(_LEAD.match(segments[0])) and "://" not in segments[0][:45]

    led = [pair.post for pair in edited if leads(pair.drafted) and not leads(pair.approved)]
    found = []
    if len(led) >= LEAST:
        of = sum(leads(pair.drafted) for pair in pairs)
        found.append(Candidate("lead_in", "the words and colon at the beginning removed", len(led), of, tuple(led[:5]), 'Do not open with a name and a colon ("Somebody: …").'))
    other = [pair for pair in edited if _opening(pair.drafted) != _opening(pair.approved) and pair.post not in led]
    if len(other) >= LEAST:
        first = other[0]
        detail = f"another opening, e.g. “{' '.join(_tokens(first.drafted[0])[:4])} …” → “{' '.join(_tokens(first.approved[0])[:4])} …”"
        usual = Counter(" ".join(_tokens(pair.approved[0])[:2]) for pair in other).most_common(1)[0]
        rule = "Open otherwise than with the article's own first words."
        if usual[0] and usual[1] * 2 > len(other):
            rule = f'Open with "{usual[0]} …" where it fits.'
        found.append(Candidate("opening", detail, len(other), len(pairs), tuple(pair.post for pair in other[:5]), rule))
    return found


def _opening(segments: tuple[str, ...]) -> list[str]:
    return [one.casefold() for one in _tokens(segments[0])[:3]]


def _alike(one: set[str], other: set[str]) -> bool:
    """Have two sentences so many words in common that one is the other, edited?"""
    return len(one & other) >= _SAME * min(len(one), len(other))


def _length(edited: Sequence[Pair]) -> list[Candidate]:
    changes = {pair.post: len(_plain(pair.approved)) / max(1, len(_plain(pair.drafted))) - 1 for pair in edited}
    middle = median(changes.values())
    at = [post for post, change in changes.items() if change * middle > 0 and abs(change) >= _SHORTER / 2]
    if abs(middle) < _SHORTER or len(at) < LEAST:
        return []
    percent = round(abs(middle) * 100)
    shorter = middle < 0
    rule = f"Keep posts about {percent}% shorter than there is room for." if shorter else f"Use the room there is: people add about {percent}%."
    detail = f"{'shorter' if shorter else 'longer'}: median {'−' if shorter else '+'}{percent} %"
    return [Candidate("length", detail, len(at), len(edited), tuple(at[:5]), rule)]


def _endings(pairs: Sequence[Pair], edited: Sequence[Pair]) -> list[Candidate]:
    """Whole sentences dropped from the end of a text."""
    at, dropped = [], []
    for pair in edited:
        before, after = (sentences.split(_plain(part)) for part in (pair.drafted, pair.approved))
        kept = [set(_tokens(one.casefold())) for one in after[:_SENTENCES]]
        gone = 0
        while gone < min(len(before), _SENTENCES) and not any(_alike(set(_tokens(before[-1 - gone].casefold())), one) for one in kept):
            gone += 1
        if 0 < gone < len(before) and len(after) < len(before):
            at.append(pair.post)
            dropped.append(gone)
    if len(at) < LEAST:
        return []
    of = sum(len(sentences.split(_plain(pair.drafted))) > 1 for pair in pairs)
    most = round(median(dropped))
    detail = f"the last {'sentence' if most == 1 else f'{most} sentences'} dropped"
    return [Candidate("ending", detail, len(at), of, tuple(at[:5]), "Stop after the news: no closing sentence that only rounds it off.")]
