"""Values that are not what they look like: invisible characters in them, wrapped up for Excel, shortened by Excel.

Owns how such values are recognised and what is beneath; which rule they break is said by the checkers.
"""

from __future__ import annotations

import re
import unicodedata

# Zero width, soft hyphen, marks and overrides of direction, byte order mark: all format characters that draw nothing.
_HIDDEN = "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_FIND_HIDDEN = re.compile(f"[{_HIDDEN}]")
_FORMULA_TEXT = re.compile(r'=\s*"((?:[^"]|"")*)"')
_APOSTROPHE = re.compile(r"'([+-]?[0-9][0-9 .,/:+-]*|[=@+-][^']*)")
_SHORTENED = re.compile(r"[+-]?[0-9](?:[.,]([0-9]+))?E\+([0-9]{2,3})")


def is_hidden(char: str) -> bool:
    """True for a character that nobody can see."""
    return _FIND_HIDDEN.fullmatch(char) is not None


def hidden_in(text: str) -> str:
    """The first invisible character of a text, as "U+200B zero width space"; "" when there is none."""
    found = _FIND_HIDDEN.search(text)
    if found is None:
        return ""
    char = found.group()
    return f"U+{ord(char):04X} {unicodedata.name(char, 'unnamed').lower()}"


def without_hidden(text: str) -> str:
    """The text without its invisible characters."""
    return _FIND_HIDDEN.sub("", text)


def excel_text(text: str) -> str:
    """What a spreadsheet would show: 00123 for `="00123"` and for `'00123`; other texts as they are."""
    found = _FORMULA_TEXT.fullmatch(text)
    if found is not None:
        return found[1].replace('""', '"')
    found = _APOSTROPHE.fullmatch(text)
    return text if found is None else found[1]


def bare(text: str) -> str:
    """The text beneath all of this."""
    return excel_text(without_hidden(text).strip())


def is_shortened(text: str) -> bool:
    """True for a long number as Excel writes it where the column is narrow: 4.91512E+11 has lost its last digits."""
    found = _SHORTENED.fullmatch(text)
    return found is not None and len(found[1] or "") < int(found[2])
