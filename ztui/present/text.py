"""Text from outside (cells, file names, server messages) made safe to show, and cut to a width in terminal cells.

`visible` is the only place where such text is cleaned; everything that is drawn or printed passes through it.
"""

from __future__ import annotations

import re

from rich.cells import cell_len

# Everything that can move the cursor, talk to the terminal, reorder or hide text: C0, DEL, C1, soft hyphen, Arabic
# letter mark, Mongolian vowel separator, zero-width and bidi controls, line/paragraph separators, invisible operators,
# the byte order mark, interlinear and tag characters, and surrogates left over from undecodable bytes.
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_PICTURES = {"\n": "⏎", "\r": "␍", "\t": "⇥", "\x7f": "␡", "\x1b": "␛"}
ELLIPSIS = "…"


def _picture(match: re.Match[str]) -> str:
    char = match.group()
    if char in _PICTURES:
        return _PICTURES[char]
    if char < "\x20":
        return chr(0x2400 + ord(char))  # Unicode's control pictures follow the order of C0
    return f"<U+{ord(char):04X}>"


def visible(text: str) -> str:
    """The text on one line, with control, escape, bidirectional and zero-width characters shown instead of acting.

    A line break becomes `⏎`, a tab `⇥`, other C0 controls their control picture, everything else `<U+202E>`. Text
    without such characters is returned as it is.
    """
    # isprintable() is false for all of _HIDDEN and runs at C speed; non-breaking spaces and the like fall through.
    if text.isprintable():
        return text
    if "\r\n" in text:
        text = text.replace("\r\n", "\n")
    return _HIDDEN.sub(_picture, text)


def width(text: str) -> int:
    """How many terminal cells the text takes; wide characters take two."""
    return len(text) if text.isascii() else cell_len(text)


def clip(text: str, cells: int) -> str:
    """The text cut to at most `cells` terminal cells, ending in `…` when something was cut off.

    Expects text that went through `visible`. A wide character that would straddle the end is left out, so the result
    may be one cell short.
    """
    if cells <= 0:
        return ""
    # A character takes at most two cells, so short texts need no measuring.
    if len(text) * 2 <= cells or width(text) <= cells:
        return text
    used, kept = 0, []
    for char in text:
        wide = 1 if char.isascii() else cell_len(char)
        if used + wide > cells - 1:
            break
        used += wide
        kept.append(char)
    return "".join(kept) + ELLIPSIS


def pad(text: str, cells: int, *, right: bool = False) -> str:
    """The text in exactly `cells` terminal cells: cut with `…` or filled with blanks (`right` aligns to the right)."""
    text = clip(text, cells)
    blanks = " " * (cells - width(text))
    return blanks + text if right else text + blanks
