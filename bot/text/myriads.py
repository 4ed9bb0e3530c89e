"""Figures as Chinese, Japanese and Korean write them: 五十万, 50万, 1億2000万, 五割, 百分之五十."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

_DIGIT = {**{char: value for value, char in enumerate("〇一二三四五六七八九")}, "零": 0, "两": 2, "兩": 2}
_TENS = {"十": 10, "百": 100, "千": 1000, "백": 100, "천": 1000}
_MYRIADS = {"万": 10**4, "萬": 10**4, "億": 10**8, "亿": 10**8, "兆": 10**12, "만": 10**4, "억": 10**8, "조": 10**12}
_D, _T, _M = "".join(_DIGIT), "".join(_TENS), "".join(_MYRIADS)
_NUMBER = re.compile(
    rf"(?P<before>百分之|パーセント)?(?P<number>(?<![\d.,])(?:\d++(?:[.,]\d++)*+ ?[{_T}{_M}]++ ?)++(?:\d++(?![.,]\d))?|(?:[{_D}{_T}{_M}]){{2,}}+|(?<=百分之)[{_D}]|[{_D}](?=割)|(?<![\d.,])\d++(?:\.\d++)?+(?=割))"
    r"(?P<after> ?(?:割|%|％|パーセント|퍼센트|円|元|人民币|美元|ドル|달러|원|ユーロ|欧元|유로))?"
)
_UNITS = {
    "%": "%", "％": "%", "パーセント": "%", "퍼센트": "%", "円": "JPY", "元": "CNY", "人民币": "CNY", "美元": "USD", "ドル": "USD", "달러": "USD", "원": "KRW",
    "ユーロ": "EUR", "欧元": "EUR", "유로": "EUR",
}
_PART = re.compile(rf"\d+(?:[.,]\d+)*|[{_D}{_T}{_M}]")


class Counted(NamedTuple):
    """One such figure."""

    start: int
    end: int
    value: Decimal
    unit: str


def find(text: str) -> Iterator[Counted]:
    """The figures of a normalised text that are written with Han or Hangul numerals, in order. A single character is none."""
    if text.isascii():
        return
    for match in _NUMBER.finditer(text):
        value = _value(match["number"])
        if value is None:
            continue
        after = (match["after"] or "").strip()
        unit = "%" if match["before"] else _UNITS.get(after, "")
        if after == "割":
            value, unit = value * 10, "%"
        yield Counted(match.start(), match.end(), value, unit)


def _value(number: str) -> Decimal | None:
    """The value; None for characters that only look like a number (千万, 万一)."""
    parts = _PART.findall(number)
    if all(part in _DIGIT for part in parts):
        return Decimal("".join(str(_DIGIT[part]) for part in parts)) if len(parts) > 2 or len(number) == 1 else None
    if not any(part in _DIGIT or part[0].isdecimal() for part in parts) or parts[0] in _MYRIADS or len(parts) > 40:
        return None
    total = section = Decimal(0)
    digit: Decimal | None = None
    for part in parts:
        if part in _MYRIADS:
            total, section, digit = total + (section + (digit or 0)) * _MYRIADS[part], Decimal(0), None
        elif part in _TENS:
            section, digit = section + (1 if digit is None else digit) * _TENS[part], None
        elif part in _DIGIT:
            digit = Decimal(_DIGIT[part]) if digit is None else digit * 10 + _DIGIT[part]
        else:
            digit = Decimal(part.replace(",", "")) if part.count(".") < 2 else Decimal(0)
    return total + section + (digit or 0)
