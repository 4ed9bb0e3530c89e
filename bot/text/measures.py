"""Units of time, length, weight, power: the noun of measure behind a figure (English)."""

from __future__ import annotations

import re

from bot.text import english
from bot.text.numbers import Figure

_UNITS = {
    word: listed.split()[0] for listed in (
        "second seconds sec secs", "minute minutes min mins", "hour hours hr hrs h", "day days", "night nights", "week weeks", "month months", "year years yr yrs", "decade decades", "century centuries",
        "millimetre millimetres millimeter millimeters mm", "centimetre centimetres centimeter centimeters cm", "metre metres meter meters", "kilometre kilometres kilometer kilometers km kms",
        "mile miles", "foot feet ft", "inch inches", "yard yards", "gram grams g", "kilogram kilograms kilo kilos kg kgs", "tonne tonnes ton tons", "ounce ounces oz", "litre litres liter liters l", "gallon gallons",
        "millilitre millilitres milliliter milliliters ml", "teaspoon teaspoons tsp", "tablespoon tablespoons tbsp", "cup cups",
        "hectare hectares", "acre acres", "degree degrees", "megawatt megawatts mw", "gigawatt gigawatts gw", "kilowatt kilowatts kw", "megabyte megabytes mb", "gigabyte gigabytes gb", "terabyte terabytes tb",
    ) for word in listed.split()
}
STEMS = frozenset(map(english.stem, _UNITS))
"""A unit tells nothing of what a figure is said of."""
_BEHIND = re.compile(r"(?:[ -]?(?:and a half|a|more|long|whole|full|other|square|cubic|straight|consecutive|last|first|or so|plus|\+))?[ -]?(?P<noun>[^\W\d_]+)")
_NEXT = re.compile(r"[ -](?P<noun>[^\W\d_]+)")


def behind(text: str, figure: Figure) -> str:
    """The word right behind a figure, small words of measure skipped; empty where none stands there."""
    match = _BEHIND.match(text, figure.end)
    return match["noun"] if match else ""


def unit_of(text: str, figure: Figure) -> tuple[str, int]:
    """The unit behind a figure, at most two words on (14 long months), and where it ends; empty where none stands there."""
    found = _BEHIND.match(text, figure.end)
    for _ in range(3):
        if not found or found["noun"].lower() in english.FUNCTION:
            break
        unit = unit_named(found["noun"])
        if unit:
            return unit, found.end()
        found = _NEXT.match(text, found.end())
    return "", figure.end


def unit_named(word: str) -> str:
    """The unit that a word names; empty for any other."""
    return _UNITS.get(word.lower(), "")


def has(text: str, unit: str) -> bool:
    """Does a text name this unit, in any spelling?"""
    return any(unit_named(match[0]) == unit for match in english.WORD.finditer(text.replace("-", " ")))
