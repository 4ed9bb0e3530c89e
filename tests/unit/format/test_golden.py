"""Golden cases of the formatter: what each draft becomes on each platform. A case is a pair of files in tests/golden/format."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.accounts import Account
from bot.format import format_post
from bot.platforms import connect
from bot.values import Article, Formatted, Kind, Part, Segment, Variant

FOLDER = Path(__file__).parents[2] / "golden" / "format"
CASES = sorted(path.name.removesuffix(".in.json") for path in FOLDER.glob("*.in.json"))


def formatted(name: str) -> Formatted:
    """The case, formatted. `change` alters the article, `account` has the options of the account."""
    case = json.loads((FOLDER / f"{name}.in.json").read_text())
    article = Article(**{**json.loads((FOLDER / case["article"]).read_text()), **case.get("change", {})})
    account = Account(name="demo", platform=case["platform"], service="https://service.example.com", **case.get("account", {}))
    variant = Variant(platforms=(case["platform"],), parts=tuple(Part(**part) for part in case["parts"]))
    return format_post(article, Kind(case["kind"]), variant, account, connect(account, timeout=1))


def shown(result: Formatted) -> str:
    """A formatted post as a golden file has it."""
    content = result.content
    lines = [block for number, segment in enumerate(content.segments, 1) for block in _segment(number, segment)]
    if content.card:
        lines += [f"=== card on {' '.join(map(str, content.card.on))}", content.card.uri, content.card.title, content.card.description]
    lines.append(f"=== languages {' '.join(content.languages)}".rstrip())
    lines += [f"=== hold {hold.code}: {hold.detail}" for hold in result.holds]
    lines += [f"=== warning {warning.code}: {warning.detail}" for warning in result.warnings]
    return "\n".join(lines) + "\n"


def _segment(number: int, segment: Segment) -> list[str]:
    link = "link" if segment.has_url else "no link"
    evidence = " ".join(evidence.sentence for evidence in segment.evidence)
    facets = [f"facet {facet.start}-{facet.end} {facet.type} {facet.value}" for facet in segment.facets]
    head = f"=== {number}  {segment.length}/{segment.limit}  {link}  ${segment.cost_micros / 1e6:.3f}  from {evidence}".rstrip()
    return [head, *facets, segment.text]


def test_there_are_cases() -> None:
    assert len(CASES) > 20


@pytest.mark.parametrize("name", CASES)
def test_a_draft_becomes_what_the_golden_file_says(name: str) -> None:
    assert shown(formatted(name)) == (FOLDER / f"{name}.out.txt").read_text()


@pytest.mark.parametrize(("name", "lengths", "micros"), [
    ("x-short", [231], 200_000),
    ("bluesky-short", [244], 0),
    ("x-faq", [194, 131, 161, 200], 245_000),
    ("bluesky-faq", [194, 131, 161, 157], 0),
    ("x-extractive-short", [212], 200_000),
    ("bluesky-extractive-short", [187], 0),
])
def test_the_worked_example_has_its_measured_lengths_and_prices(name: str, lengths: list[int], micros: int) -> None:
    segments = formatted(name).content.segments
    assert [segment.length for segment in segments] == lengths
    assert sum(segment.cost_micros for segment in segments) == micros


@pytest.mark.parametrize("platform", ["x", "bluesky"])
def test_the_extractive_faq_opens_with_the_headline_and_goes_on_with_the_pairs(platform: str) -> None:
    segments = formatted(f"{platform}-extractive-faq").content.segments
    assert [segment.length for segment in segments][:2] == [67, 160]
    assert len(segments) == 4
