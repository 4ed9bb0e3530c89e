"""`python -m bot`: the command line, without installing anything."""

from __future__ import annotations

from bot.cli import main

if __name__ == "__main__":
    main(prog_name="bot")
