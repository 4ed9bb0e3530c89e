"""The judgement on what a drafter made of a case: one row of the table, with whatever is not as the case wants it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.values import Hold, Warn
from tests.evals.case import CARELESS, NOTES, OFFLINE, Case, Rule
from tests.evals.table import Row
from tests.evals.world import Made, Post

MOST_QUESTIONS = 5
"""In a thread whose questions the model wrote."""


def judged(case: Case, drafter: str, made: Made) -> Row:
    """What came of it, beside what the case wants."""
    posts = made.posts
    asked = case.folder / "answers" / f"{drafter}.asked"
    return Row(
        case=case.name, drafter=drafter, failures=tuple(_failures(case, drafter, made)),
        x=_length(made, "x short"), bluesky=_length(made, "bluesky short"),
        thread=len(post.formatted.content.segments) if (post := made.post("x faq")) else 0,
        holds=sum(len(post.formatted.holds) for post in posts), warnings=sum(len(post.formatted.warnings) for post in posts),
        missed=sum(max(1, len(rule.what)) for rule in case.missed if rule.concerns(drafter)),
        false=sum(max(1, len(rule.what)) * len(rule.posts()) for rule in case.false_alarm if rule.concerns(drafter)),
        approved=sum(post.approved for post in posts),
        calls=made.drafting.usage.calls, micros=made.drafting.usage.cost_micros or 0,
        stale=asked.is_file() and made.asked is not None and asked.read_text().strip() != made.asked,
    )


def _length(made: Made, name: str) -> int:
    post = made.post(name)
    return post.formatted.content.segments[0].length if post else 0


def _failures(case: Case, drafter: str, made: Made) -> Iterator[str]:
    if made.drafting.problem:
        yield made.drafting.problem
    for name in ("x short", "bluesky short"):
        if made.post(name) is None:
            yield f"no {name}"
    if drafter != OFFLINE and made.post("x short") and _said(made, "x short") == _said(made, "bluesky short"):
        yield "x and bluesky say the same"
    yield from _thread(case, drafter, made)
    for rule in case.must:
        if rule.concerns(drafter):
            yield from _must(rule, made)
    for rule in case.must_not:
        if rule.concerns(drafter):
            yield from _must_not(rule, made)
    yield from _findings(case, drafter, made)
    for rule in case.missed:
        if rule.concerns(drafter):
            yield from _missed(rule, made)
    yield from _over_budget(case, drafter, made)


def _thread(case: Case, drafter: str, made: Made) -> Iterator[str]:
    if case.questions and made.questions != list(case.questions):
        yield f"the thread asks {made.questions}, the article {list(case.questions)}"
    if not case.questions and drafter == OFFLINE and made.questions:
        yield f"the article asks nothing, the thread asks {made.questions}"
    if not case.questions and len(made.questions) > MOST_QUESTIONS:
        yield f"{len(made.questions)} questions"


def _said(made: Made, name: str) -> str:
    if name == NOTES:
        return "\n".join(note.text for note in made.drafting.notes)
    post = made.post(name)
    return post.text if post else ""


def _must(rule: Rule, made: Made) -> Iterator[str]:
    for name in rule.posts():
        if made.post(name) is None and name != NOTES:
            if rule.where and not rule.where.endswith("faq"):
                yield f"no {name}"
        elif not any(one.casefold() in _said(made, name).casefold() for one in rule.what):
            yield f"{name} does not say {' or '.join(rule.what)}"


def _must_not(rule: Rule, made: Made) -> Iterator[str]:
    link = made.article.url or "\0"
    for post in made.posts:
        if post.name.rstrip(" 23") in rule.posts() or post.name in rule.posts():
            for one in rule.what:
                if match := re.search(one, post.text.replace(link, ""), re.I):
                    yield f"{post.name} says “{match[0]}”{f': {rule.why}' if rule.why else ''}"


def _findings(case: Case, drafter: str, made: Made) -> Iterator[str]:
    expected = [rule for rule in (*case.found, *case.false_alarm) if rule.concerns(drafter)]
    for post in made.posts:
        wanted = [rule for rule in expected if post.name in rule.posts()]
        for one in post.findings:
            if not any(rule.code == one.code and (not rule.what or any(_names(one, says) for says in rule.what)) for rule in wanted):
                yield f"{post.name} has {one.code} “{one.span or ''}”: {one.detail}"
        for rule in wanted:
            for says in rule.what or ("",):
                if not any(rule.code == one.code and _names(one, says) for one in post.findings):
                    gone = "; it was a false alarm: take it out of case.toml" if rule in case.false_alarm else ""
                    yield f"{post.name} has no {rule.code}{f' for “{says}”' if says else ''}{gone}"
        if post.approved and post.findings:
            yield f"{post.name} was approved by the policy clean"
    known = {post.name for post in made.posts}
    for rule in expected:
        for name in rule.posts():
            if name not in known:
                yield f"no {name} to find {rule.code} in"


def _names(one: Hold | Warn, says: str) -> bool:
    return says.casefold() in f"{one.span or ''} {one.detail}".casefold()


def _missed(rule: Rule, made: Made) -> Iterator[str]:
    for name in rule.posts():
        post = made.post(name)
        for says in rule.what:
            if post is None or says not in post.text:
                yield f"{name} does not say “{says}”, which the case lists as missed"
            elif _doubted(post, says):
                yield f"{name}: “{says}” is found now; move it from missed to found"


def _doubted(post: Post, says: str) -> bool:
    return any(one.span and (one.span in says or says in one.span) for one in post.findings)


def _over_budget(case: Case, drafter: str, made: Made) -> Iterator[str]:
    usage, budget = made.drafting.usage, case.budget
    if drafter == OFFLINE:
        if made.seconds > budget.offline_seconds:
            yield f"took {made.seconds:.2f} s, more than {budget.offline_seconds:g}"
        return
    if usage.calls > budget.calls and not drafter.startswith(CARELESS):
        yield f"{usage.calls} calls, more than {budget.calls}"
    if usage.cost_micros is None or usage.cost_micros > budget.dollars * 1_000_000:
        cost = "unknown" if usage.cost_micros is None else f"${usage.cost_micros / 1e6:.4f}"
        yield f"cost {cost}, more than ${budget.dollars:g}"
