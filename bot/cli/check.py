"""`bot check`: does a text from any hand fit, say only what its article says, and repeat nothing?"""

from __future__ import annotations

import click

from bot import checking, config, intake
from bot.checking import Checked
from bot.cli import check_lines, common, evidence, looking, screen
from bot.config import Settings
from bot.errors import SourceError, UsageError
from bot.text import oddities, sentences
from bot.values import Article, Hold, Warn

LONGEST = 1_000_000
"""Bytes of a text on standard input: far above any post."""


@click.command("check")
@click.argument("source", nargs=-1, metavar="SOURCE [-] | --jsonl [-]")
@click.option("--text", metavar="T", help="The text; or - as a second argument reads it from standard input.")
@common.url_option
@click.option("--account", metavar="NAME", help="Check by this account's settings, against what it has said.")
@click.option("--jsonl", is_flag=True, help="Many texts, on standard input: lines of JSON.")
@common.as_json
def check_command(source: tuple[str, ...], text: str | None, url: str | None, account: str | None, jsonl: bool, as_json: bool) -> int:
    """Does a text fit, say only what SOURCE says, and repeat nothing?

    \b
    SOURCE is a file, a URL, or - (standard input). The text is measured as
    given; nothing is added to it, kept or sent. Without --account it is
    checked by the common settings, measured for X and Bluesky, and compared
    with what any account has said. It is too long (a hold) when it fits no
    platform that was asked; where it fits one, the count says which.

    \b
    bot check article.txt --text "Ferry carries 41% more riders."
    bot check https://example.com/ferry - < post.txt

    \b
    --jsonl reads lines of {"id": …, "article": plain text, "text": …},
    also "url", and answers each with a line of JSON with its id. A bad line
    gets {"id", "error"}, and the others go on.

    \b
    Exit codes: 0 ok · 1 an article or a line could not be read · 2 usage
                3 a hold · 4 configuration
    """
    if jsonl:
        if text is not None or url is not None or source not in ((), ("-",)):
            raise UsageError("--jsonl reads articles and texts from standard input: leave SOURCE, --text and --url out.")
        settings = config.load()
        with looking.existing(settings) as store:
            return check_lines.check_all(common.standard_input(), checking.terms(settings, store, account))
    where, given = _arguments(source, text)
    settings = config.load()
    article = _article(settings, where, url)
    with looking.existing(settings) as store:
        found = checking.check(article, given, checking.terms(settings, store, account))
    common.emit(as_json, [] if as_json else _lines(article, found), [checking.as_json(found)])
    return 3 if found.holds else 0


def _arguments(source: tuple[str, ...], text: str | None) -> tuple[str, str]:
    """The SOURCE and the text. Raises UsageError when one is missing or both would be standard input."""
    if not source:
        raise UsageError("name a SOURCE: a file, a URL, or - for an article on standard input.")
    if len(source) > 2 or (len(source) == 2 and (source[1] != "-" or text is not None)):
        raise UsageError("one SOURCE, and one text: --text T, or - for standard input.")
    where = source[0]
    if len(source) == 1 and text is None:
        raise UsageError("give the text: --text T, or - as a second argument for standard input.")
    if text is not None and text != "-":
        return where, text
    if where == "-":
        raise UsageError("standard input (-) can be read once only: name a SOURCE, or give --text.")
    stream = common.standard_input()
    read = stream.read(LONGEST + 1) if stream else b""
    if len(read) > LONGEST:
        raise UsageError(f"the text is longer than {LONGEST // 1_000_000} MB; give only the post.")
    try:
        return where, read.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError("the text on standard input is not UTF-8.") from None


def _article(settings: Settings, where: str, url: str | None) -> Article:
    batch = intake.read(
        where, timeout=settings.http_timeout, allow_private=settings.allow_private, url=url, stdin=common.standard_input(),
        rules=settings.url_rules,
    )
    if len(batch.articles) == 1 and not batch.faults:
        return batch.articles[0]
    if batch.is_feed or len(batch.articles) > 1:
        raise SourceError(f"{where}: this is a feed of many articles; name the address of one.")
    raise SourceError(f"{batch.faults[0].where}: {batch.faults[0].what}" if batch.faults else f"{where}: there is no article in it.")


def _lines(article: Article, found: Checked) -> list[str]:
    """The article in two lines, its oddities, the counts, the text with its evidence, and what is wrong with it."""
    wide = screen.columns()
    known = sentences.of_article(article)
    lines = [screen.cut(article.title, wide), _facts(article, sum(name.startswith("s") for name in known), wide)]
    for note in oddities.notes(article):
        names = " ".join(name for name in note.sentences if name not in note.text)
        lines += screen.wrap(screen.one_line(f"{note.text} ({names})" if names else note.text), wide, "Note  ", "      ")
    lines.append("")
    verdict = "HOLD" if found.holds else "WARN" if found.warnings else "ok"
    for name, segment in found.segments.items():
        right = screen.parted([
            f"{segment.length}/{segment.limit}", "link" if segment.has_url and name == "x" else None,
            screen.money(segment.cost_micros) if name == "x" else None, "too long" if name in found.too_long else verdict,
        ])
        lines.append(screen.rule(common.platform_name(name), right, wide))
    doubted: list[Hold | Warn] = [*found.holds, *found.warnings]
    said = next(iter(found.segments.values()))
    lines += screen.wrap(evidence.bracketed(said.text, doubted), wide - 2, "  ")
    told = evidence.line(said, known, article.language, doubted)
    lines += screen.wrap(told, wide, "  ", "        ") if told else []
    if doubted:
        lines.append("")
    for one in doubted:
        mark = "HOLD  " if isinstance(one, Hold) else "WARN  "
        lines += screen.wrap(screen.one_line(f"{one.code}: {one.detail}"), wide, mark, "      ")
    return lines


def _facts(article: Article, count: int, wide: int) -> str:
    facts = screen.parted([
        article.language, screen.counted(count, "sentence"),
        screen.counted(len(article.faq), "FAQ pair") if article.faq else "no FAQ", "tail cut" if article.tail_cut else None,
    ])
    address = (article.url or "no address").removeprefix("https://").removeprefix("http://")
    return f"{screen.cut(address, wide - screen.width(facts) - 3)} · {facts}"
