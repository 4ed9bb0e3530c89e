"""How `bot review` is told what to do: single keys at a terminal, lines from a pipe."""

from __future__ import annotations

import sys

import click

ENTER = "\n"


class Keys:
    """Reads keys and reasons. At a terminal a key acts at once; from a pipe each line is a key, or a reason when one is asked for."""

    def __init__(self) -> None:
        self._single = sys.stdin.isatty() and sys.stdout.isatty()
        self._typed = ""

    def key(self) -> str | None:
        """The next key; `\\n` for Enter; None when there is no more input."""
        if not self._single:
            line = sys.stdin.readline()
            return (line.strip()[:1] or ENTER) if line else None
        while not self._typed:
            try:
                typed = click.getchar()
            except EOFError:
                return None
            # A sequence (an arrow key) is nothing; several keys typed ahead come at once.
            self._typed = "" if typed.startswith("\x1b") else typed.replace("\r", ENTER)
        key, self._typed = self._typed[0], self._typed[1:]
        return key

    def line(self, question: str) -> str:
        """A line of text; empty when the user thinks better of it."""
        self._typed = ""
        click.echo(f"{question} ", nl=False)
        answer = sys.stdin.readline().strip()
        if not self._single:
            click.echo(answer)
        return answer
