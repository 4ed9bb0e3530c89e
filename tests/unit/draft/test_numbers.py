"""Spellings of one figure compare equal, and different figures do not."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.text import dates, numbers


def readings(text: str, language: str = "en") -> list[tuple[str, set[Decimal], str]]:
    return [(text[figure.start : figure.end], set(figure.readings), figure.unit) for figure in numbers.find(text, language)]


@pytest.mark.parametrize(
    ("language", "same", "value", "unit"),
    [
        ("en", ["122%", "122 percent", "122 per cent", "122 %", "122.0%"], "122", "%"),
        ("en", ["$1.2bn", "1.2 billion dollars", "US$1.2 billion", "$1,200 million", "$1,200,000,000", "USD 1.2 billion"], "1200000000", "USD"),
        ("en", ["1,234.5", "1 234.5"], "1234.5", ""),
        ("de", ["1.234,5", "1 234,5"], "1234.5", ""),
        ("de", ["1,5 Mrd. Euro", "1.500 Millionen Euro", "1,5 Milliarden €"], "1500000000", "EUR"),
        ("fr", ["12 %", "12 pour cent"], "12", "%"),
        ("en", ["2 1⁄2%", "2.5 percent"], "2.5", "%"),
        ("en", ["1⁄2", "0.5"], "0.5", ""),
        ("en", ["twenty-five", "25"], "25", ""),
        ("en", ["three million", "3 million", "3,000,000", "3mn"], "3000000", ""),
        ("en", ["third", "3rd"], "3", "th"),
        ("de", ["zwölf", "12"], "12", ""),
        ("en", ["１２"], "12", ""),
    ],
)
def test_spellings_of_one_figure_are_equal(language: str, same: list[str], value: str, unit: str) -> None:
    for text in same:
        folded = text.replace("１", "1").replace("２", "2")
        assert readings(folded, language) == [(folded, {Decimal(value)}, unit)]


def test_a_thousand_is_no_one() -> None:
    assert readings("1,000")[0][1] == {Decimal(1000)}
    assert readings("1.000")[0][1] == {Decimal(1)}
    assert readings("1.000", "de")[0][1] == {Decimal(1000)}


def test_a_range_shares_its_unit() -> None:
    assert [unit for _, _, unit in readings("10 to 20%")] == ["%", "%"]
    assert [unit for _, _, unit in readings("$10-20")] == ["USD", "USD"]


def test_names_made_with_digits_are_names() -> None:
    assert [unit for _, _, unit in readings("GB200, H100 and Q3 at 14:30 in 3.1.0")] == ["name"] * 5


@pytest.mark.parametrize(
    "same", [["3 March 2026", "March 3, 2026", "2026-03-03", "03/03/2026", "3. März 2026", "3 mars 2026", "3 de marzo de 2026", "the 3rd of March 2026"]],
)
def test_spellings_of_one_day_are_equal(same: list[str]) -> None:
    for text in same:
        assert [dated.readings for dated in dates.find(text)] == [((2026, 3, 3),)]


def test_words_that_are_also_months_are_no_dates_by_themselves() -> None:
    assert dates.find("They may march on. May we? The Sept is old.") == []
    assert [dated.readings for dated in dates.find("It opens in May.")] == [((None, 5, None),)]
