"""`docs/evals.md`: how a case is added, the table as last run, and what is known to be overlooked or doubted for nothing.

`BOT_UPDATE_DOCS=1 python -m pytest tests/evals -n 0` writes it anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.evals import table
from tests.evals.case import Case, Rule
from tests.evals.table import Row

ROOT = Path(__file__).resolve().parents[2]
EVALS = ROOT / "docs" / "evals.md"
RECORDED = ROOT / "docs" / "recorded-drafts.md"

HEAD = """\
# Prompt evals

Each case is an article of our own invention with what must be said about it, what may not be said, which holds and warnings are
right, and what drafting it may cost. Every case is run with the offline drafter and with the answers recorded for it, on the program's
own path: a model's server on loopback gives the recorded answer, and drafting, formatting, counting, checking and storing are the
program's. No other wording of a short is left out: a reviewer could choose it.

    python -m pytest tests/evals              # every case, offline and recorded; the table stands at the end
    python -m tests.evals                     # the same table without pytest; --posts shows the posts
    python -m tests.evals --live harbour-ferries    # a live model: OPENAI_API_KEY or OPENAI_BASE_URL, BOT_MODEL, BOT_LLM_PRICE
    python -m tests.evals --live --record gpt-x     # the same, keeping each answer as answers/gpt-x.json
    BOT_EVAL_LIVE=1 python -m pytest tests/evals    # the recorded ones, and the live model with the same judgement

Accounts, voice and limits of this machine are left out. A live run costs money, and never happens unless it is asked for.

The recorded answers were written by a language model from the rendered prompt of each case, before the case's demands were: `good` as
well as it could, `careless` wrong on purpose. They did not come through an API, and their writer knew the articles, the program and its
checks, as a model that is asked blind does not: they test the program, and are no sample of what a model answers. `good` answers were
not chosen, and not mended after the checks had read them. No live model's answers are recorded yet.

## A new case

A folder `tests/evals/cases/<name>/`, which is found by its name:

- `article.txt`, `article.md` or `article.html`, read as the program reads it;
- `answers/<label>.json`: what a model answered. `--live --record <label>` writes it, and the hash of the prompt beside it, so that
  the table can say † when the prompt has changed since. A label that begins with `careless` is wrong on purpose;
- `case.toml`:

```toml
about = "One line: what the case is to show."
url = "https://example.com/article"    # left out where the page names its own
questions = ["Is it loud?"]            # the article's own: the thread asks these. None: the offline drafter makes no thread

[budget]
calls = 1
price = "0.25/2.00"                    # dollars per million tokens, in/out; tokens are counted at four characters each
dollars = 0.003
offline_seconds = 1.0                  # processor time of drafting, formatting and checking without a model

[[must]]                               # any of these words, without regard to case
of = "model"                           # offline, model (every answer not careless), all (the default: both), or a label
in = "x short"                         # short, faq, x short, bluesky short, x faq, bluesky faq, notes
any = ["38%", "€4,100"]

[[must_not]]                           # regular expressions, in every wording of a post
in = "faq"
match = ["wheelchair"]
why = "the article does not answer that"

[[found]]                              # a hold or warning that must be found; any that is not listed is a failure
of = "careless"
in = "x short 2"                       # the second wording for X
code = "unsupported_number"
says = "27%"

[[missed]]                             # wrong, and known not to be found; fails as soon as it is
of = "careless"
in = "faq"
says = "€4,100 per kilowatt hour."
why = "€4,100 is the price of a battery of 10 kilowatt hours"

[[false_alarm]]                        # found on what is right; fails as soon as it is not any more
of = "good"
in = "x short 2"
code = "predicate"
says = "€4,100"
why = "'now costs €4,100' for 'the price has fallen to €4,100'"
```

## The table

Lengths are the platform's own (limits 280 and 300). Holds and warnings are counted over all posts and wordings; `false` of them
are known false alarms, `missed` are errors in the text that nothing found. `approved` are the posts (of two shorts and two threads) that
BOT_AUTO_APPROVE=clean lets out without a person: in a row of a careless answer these are wrong posts. `ok` says that everything is
as the case wants it, which for a careless answer is that its errors are found, less those missed.

"""


def evals(cases: Sequence[Case], rows: Sequence[Row]) -> str:
    """The whole document."""
    return HEAD + "\n".join(table.markdown(rows)) + "\n" + tail(cases)


def tail(cases: Sequence[Case]) -> str:
    """What stands below the table."""
    found = [(case, rule) for case in cases for rule in case.found for _ in rule.what or ("",)]
    missed = [(case, rule) for case in cases for rule in case.missed for _ in rule.what]
    return "\n".join([
        "", "## The cases", "", *(f"- `{case.name}`: {case.about}" for case in cases),
        "", "## Errors that are not found", "",
        f"On the careless answers {len(found)} findings are expected, several of them on one error, and {len(missed)} errors are known to be",
        "missed. The errors were thought up, not met, so that this is no rate:", "",
        *_told(cases, "missed"),
        "", "## False alarms on good answers", "",
        "A person who reviews these sees a warning that is not deserved; no hold is among them:", "",
        *_told(cases, "false_alarm"), "",
    ])


def _told(cases: Iterable[Case], kind: str) -> list[str]:
    return [_line(case, rule) for case in cases for rule in getattr(case, kind)]


def _line(case: Case, rule: Rule) -> str:
    code = f"`{rule.code}` on " if rule.code else ""
    return f"- {case.name}, {rule.where}: {code}{', '.join(f'“{says}”' for says in rule.what)} ({rule.why})"
