"""Articles for the tests of the draft stage."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from bot.values import Article, Brief, FaqPair

BRIEF = Brief(platforms=("x", "bluesky"), room={"x": 255, "bluesky": 300}, units={"x": "weighted characters", "bluesky": "graphemes"})


def sample(data: Path) -> Article:
    """The sample article of the public test data, without its tail."""
    lines = (data / "articles" / "ai-inference-compute-surges.txt").read_text().strip().splitlines()
    end = lines.index("FAQ")
    pairs = [re.fullmatch(r"Q\d: (.+?) A\d: (.+)", line) for line in lines]
    return Article(
        title=lines[0], dek=lines[1], body="\n\n".join(line if line.endswith(".") else f"## {line}" for line in lines[2:end]),
        faq=tuple(FaqPair(question=pair[1], answer=pair[2]) for pair in pairs if pair),
        url="https://example.com/ai-inference-2026", language="en", tail_cut=True,
    )


def harbour(**changes: Any) -> Article:
    """A short article of our own."""
    return Article(**{
        "title": "Harbour of Lindholm reopens after 14 months",
        "dek": "The harbour of Lindholm takes ships again after 14 months of repairs. The work cost €38 million.",
        "body": (
            "Ferries to the islands leave Lindholm again since 3 March 2026, the port authority said on Tuesday. "
            "They carry 2,400 passengers a day. However, the large car ferry stays away until summer.\n\n"
            "## What was repaired\n\n"
            "Divers replaced one third of the piles under the main quay. “The quay will outlive all of us,” said engineer Ana Duarte. "
            "Details stand at lindholm.example.org and under #lindholm, questions go to @lindholmport."
        ),
        "faq": (
            FaqPair(question="When do car ferries sail again?", answer="Car ferries sail again in June. The date is not fixed yet."),
            FaqPair(question="Who paid?", answer="The region paid two thirds, the city the rest."),
        ),
        "url": "https://example.com/lindholm", "language": "en",
        **changes,
    })
