"""The command line: which command is where, and how errors and exit codes reach the user. Nothing heavy is loaded for `--help`."""

from __future__ import annotations

import errno
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from typing import Any

import click

from bot import __version__
from bot.errors import BotError, SourceError, Tell, unforeseen
from bot.logs import redact

INTERRUPTED = 130

COMMANDS = {
    "run": ("run", "The main job, one pass: read, draft, check, publish what is approved and due."),
    "worker": ("worker", "Passes for ever, until it is told to stop."),
    "draft": ("draft", "Show what would be posted about an article. Never publishes."),
    "check": ("check", "Does this text fit, say only what the article says, repeat nothing?"),
    "add": ("articles", "Put articles into the queue, without drafting them."),
    "articles": ("articles", "List the articles."),
    "sources": ("sources", "The feeds that are polled: list, add, remove, poll now."),
    "posts": ("posts", "List the posts."),
    "show": ("posts", "One post, whole: text, checks, history, what can be done with it."),
    "review": ("review", "Judge the waiting posts, one card at a time."),
    "approve": ("decide", "Let posts go out after the grace time."),
    "unapprove": ("decide", "Take an approval back."),
    "edit": ("decide", "Change the text of a post; it is checked and reviewed again."),
    "reject": ("decide", "Say no to posts, with a reason."),
    "cancel": ("decide", "Take posts back for good, their words free again."),
    "retry": ("decide", "Let posts that a platform refused go out once more."),
    "schedule": ("schedule", "The coming week, slot by slot; or name the time of a post."),
    "publish": ("publish", "Publish these posts now, or all that is due."),
    "resolve": ("rescue", "Say what became of a post that may or may not be out."),
    "resume": ("rescue", "Let a stopped thread go on, or look once more for what is uncertain."),
    "abandon": ("rescue", "Leave a stopped or uncertain post as it is."),
    "unwind": ("rescue", "Take a post down: delete what is out of it."),
    "correct": ("correct", "What to do about a published post whose article turned out wrong."),
    "accounts": ("accounts", "List the accounts, and what each still needs."),
    "pause": ("accounts", "Let nothing go out on an account, from the next delivery on."),
    "unpause": ("accounts", "Let a paused account publish again; says first what will happen."),
    "status": ("status", "How things stand: what waits, what is overdue, and what changed since it was published."),
    "budget": ("budget", "What was spent this month, and what is left."),
    "dedup": ("dedup", "Why two posts, articles or texts count as the same, or do not."),
    "voice": ("voice", "What edits say about the voice: rules you could write down."),
    "backup": ("backup", "Copy the SQLite database while workers run."),
    "db": ("db", "Bring the database up to date, or check it."),
    "doctor": ("doctor", "Every setting and where it came from; what is missing. Offline."),
}
"""Command: the file in this folder that has it, and its line in `bot --help` (here, so that `--help` opens no file)."""

HELP = """Turns articles into short posts and FAQ threads for X and Bluesky, and publishes each approved post exactly once.

Nothing goes out that nobody approved, and nothing before the grace time. Without any key, everything but publishing works.

\b
Start:   bot run --dry-run        what would be posted, for a sample article
         bot draft FILE-or-URL    the same for an article of yours

Data goes to standard output, talk to standard error.

\b
Exit codes: 0 ok (waiting for approval is ok) · 1 something failed
            2 usage · 3 a post shown has a hold
            4 credentials or configuration missing · 130 interrupted
"""


class Commands(click.Group):
    """The commands, loaded when called; every error is one line."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """In the order in which one would need them."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        """Load the one command that is asked for."""
        if name not in COMMANDS:
            return None
        module = import_module(f"bot.cli.{COMMANDS[name][0]}")
        found = getattr(module, f"{name}_command")
        assert isinstance(found, click.Command)
        return found

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without loading one."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def main(
        self, args: Sequence[str] | None = None, prog_name: str | None = None, complete_var: str | None = None,
        standalone_mode: bool = True, **extra: Any,
    ) -> Any:
        """Run, and exit with the code the command returned or its error carries."""
        _lenient_streams()
        redact.learn(())
        given = list(sys.argv[1:] if args is None else args)
        debug = "--debug" in (given[: given.index("--")] if "--" in given else given)
        if debug:  # good anywhere on the line, as the hint says "run again with"
            given.remove("--debug")
        try:
            code = super().main(given, prog_name or "bot", complete_var, False, obj=debug, **extra)
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.format_message(), err=True)
            code = 2
        except click.UsageError as error:
            where = f" See `{error.ctx.command_path} --help`." if error.ctx else ""
            code = fail(f"{error.format_message().rstrip('.')}.{where}", 2)
        except click.ClickException as error:
            code = fail(error.format_message(), 1)
        except (click.Abort, KeyboardInterrupt):
            code = INTERRUPTED
        except BotError as error:
            code = fail(str(error), error.exit_code)
        except Exception as error:
            if _is_pipe(error):
                code = _pipe_closed()
            elif debug:
                click.echo(redact.hidden(traceback.format_exc()), err=True, nl=False)
                code = 1
            else:
                name, said = type(error).__name__, str(error)
                code = fail(f"{name}: {said}. This is a fault of the program: run again with --debug for the traceback.", 1)
        sys.exit(code or 0)


def fail(message: str, code: int) -> int:
    """Say an error in one line, or what makes nothing fail (0); returns the exit code that goes with it."""
    from bot.cli.screen import one_line

    click.echo(f"{'error' if code else 'note'}: {one_line(redact.hidden(message))}", err=True)
    return code


def _is_pipe(error: Exception) -> bool:
    return isinstance(error, OSError) and error.errno == errno.EPIPE


def _pipe_closed() -> int:
    """The reader went away (`bot posts | head`): nothing more to say, not even at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1


def _lenient_streams() -> None:
    """An article's character that the terminal's encoding lacks becomes `?`, not an error."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def worst(codes: Iterable[int]) -> int:
    """The exit code of several tries: missing configuration, then usage, then a failure, then a hold, then ok."""
    return max(codes, key=(0, 3, 1, 2, 4).index, default=0)


def teller(codes: list[int]) -> Tell:
    """Say each trouble in a line, and collect the exit codes that go with them; with `--debug`, what caused it too."""

    def tell(where: str, error: BotError) -> None:
        where = re.sub(r"(?<=://)[^/?#\s]*@", "", where)  # an address is said without the password it may carry
        said = str(error) if not where or where in str(error) else f"{where}: {error}"
        codes.append(fail(said, error.exit_code))
        context = click.get_current_context(silent=True)
        if error.__cause__ is not None and context is not None and context.find_root().obj:
            click.echo(redact.hidden("".join(traceback.format_exception(error.__cause__))), err=True, nl=False)

    return tell


def each(items: Iterable[Any], act: Callable[[Any], int | None], name: str = "{}") -> int:
    """Do the same to each; what goes wrong with one, foreseen or not, is said in a line, and the others go on.

    `name`: how an item is called there. Returns the worst exit code.
    """
    codes: list[int] = []
    tell = teller(codes)
    for item in items:
        where = name.format(item)
        try:
            codes.append(act(item) or 0)
        except BotError as error:
            tell(where if isinstance(error, SourceError) else "", error)
        except Exception as error:
            if _is_pipe(error):
                raise
            tell(where, unforeseen(error))
    return worst(codes)


def say_faults(faults: Iterable[Any]) -> int:
    """One line for each fault (`values.Fault`). Returns 1 when there is one."""
    return worst(fail(fault.what if fault.what.startswith(f"{fault.where}: ") else f"{fault.where}: {fault.what}", 1) for fault in faults)


@click.command("bot", cls=Commands, help=HELP, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="bot %(version)s")
@click.option("--debug", is_flag=True, help="Show the traceback of an unexpected error.")
def main(debug: bool) -> None:
    """Where everything begins; `debug` is taken off the line before this is called."""
