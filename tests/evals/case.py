"""A case of the evals: an article, the answers recorded for it, and what must come of them. One folder each, found by name."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CASES = Path(__file__).parent / "cases"
OFFLINE = "offline"
LIVE = "live"
CARELESS = "careless"
"""Answers whose label begins so are wrong on purpose: what counts is what the program says to them."""
POSTS = ("x short", "bluesky short", "x faq", "bluesky faq")
NOTES = "notes"


@dataclass(frozen=True)
class Rule:
    """One demand of a case."""

    of: str
    """Whom it is for: `offline`, `model` (every answer that is not careless), `all` (both), or the label of an answer."""
    where: str
    """`short`, `faq`, `x short`…, `notes`; for another wording of a short its number behind, e.g. `x short 2`; empty: everywhere."""
    what: tuple[str, ...]
    """Words any of which must be said; regular expressions that may not match; for a finding, words it names."""
    code: str = ""
    """Of a hold or a warning that must be found."""
    why: str = ""

    def concerns(self, drafter: str) -> bool:
        if self.of in (drafter, CARELESS) and drafter.startswith(self.of):
            return True
        is_model = drafter != OFFLINE and not drafter.startswith(CARELESS)
        return (self.of == "all" and (is_model or drafter == OFFLINE)) or (self.of == "model" and is_model)

    def posts(self) -> tuple[str, ...]:
        """The posts it is about."""
        if self.where in ("short", "faq"):
            return tuple(post for post in POSTS if post.endswith(self.where))
        return (self.where,) if self.where else POSTS


@dataclass(frozen=True)
class Budget:
    """What drafting the article may take."""

    calls: int = 1
    dollars: float = 0.005
    price: str = "0.25/2.00"
    """Dollars per million tokens, "in/out"."""
    offline_seconds: float = 1.0
    """Of processor time, for the offline drafter with formatting and checking."""


@dataclass(frozen=True)
class Case:
    """An article with what must be said about it, and what may not."""

    name: str
    folder: Path
    about: str
    article: Path
    url: str | None
    budget: Budget
    questions: tuple[str, ...]
    """The article's own: the thread asks these, in this order. None: the offline drafter makes no thread."""
    must: tuple[Rule, ...]
    must_not: tuple[Rule, ...]
    found: tuple[Rule, ...]
    """Holds and warnings that must be found; any other is a failure."""
    missed: tuple[Rule, ...]
    """What is wrong in a careless answer and known not to be found."""
    false_alarm: tuple[Rule, ...]
    """Findings on what is right: defects of the checks, known."""

    @property
    def labels(self) -> list[str]:
        """Of the answers recorded for it."""
        return sorted(path.stem for path in self.folder.glob("answers/*.json"))

    def answer(self, label: str) -> str:
        return (self.folder / "answers" / f"{label}.json").read_text()


class CaseError(ValueError):
    """A case that can not be read; says what to mend."""


def names(folder: Path = CASES) -> list[str]:
    return sorted(path.parent.name for path in folder.glob("*/case.toml"))


def load(name: str, folder: Path = CASES) -> Case:
    """The case of this name. Raises CaseError."""
    place = folder / name
    if not (place / "case.toml").is_file():
        raise CaseError(f"there is no case {name}; there are {', '.join(names(folder)) or 'none'}.")
    articles = sorted(place.glob("article.*"))
    if len(articles) != 1:
        raise CaseError(f"case {name} needs one article.txt, article.md or article.html.")
    try:
        told = tomllib.loads((place / "case.toml").read_text())
        case = Case(
            name=name, folder=place, article=articles[0], about=told.pop("about"), url=told.pop("url", None),
            budget=Budget(**told.pop("budget", {})), questions=tuple(told.pop("questions", ())),
            must=_rules(told.pop("must", []), "any"), must_not=_rules(told.pop("must_not", []), "match"),
            found=_rules(told.pop("found", []), "says"), missed=_rules(told.pop("missed", []), "says"),
            false_alarm=_rules(told.pop("false_alarm", []), "says"),
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise CaseError(f"case {name}: case.toml can not be read: {error}.") from None
    if told:
        raise CaseError(f"case {name}: case.toml has {', '.join(told)}, which nothing reads.")
    for rule in (*case.must, *case.must_not, *case.found, *case.missed, *case.false_alarm):
        if rule.of not in ("all", "model", OFFLINE, CARELESS, *case.labels):
            raise CaseError(f"case {name}: case.toml speaks of {rule.of}, but no answer has that label.")
    return case


def _rules(tables: list[dict[str, Any]], key: str) -> tuple[Rule, ...]:
    rules = []
    for table in tables:
        fields = dict(table)
        what = fields.pop(key, [])
        rules.append(Rule(
            of=fields.pop("of", "all"), where=fields.pop("in", ""), what=(what,) if isinstance(what, str) else tuple(what),
            code=fields.pop("code", ""), why=fields.pop("why", ""),
        ))
        if fields:
            raise TypeError(f"{', '.join(fields)} is not known here")
    return tuple(rules)
