"""Writes to the terminal only the cells that changed.

Textual redraws whole widgets and whole lines; over SSH those bytes are what a person waits for. A `Frame` remembers
what the terminal shows, compares every update with it, and sends the difference, which may be nothing. Lines with
characters whose width terminals disagree about (emoji, combining marks, East Asian) are sent whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import get_character_cell_size
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.strip import Strip

if TYPE_CHECKING:
    from rich.console import Console
    from textual._compositor import CompositorUpdate

#: Unchanged cells between two changed ones that are cheaper to send again than to jump over.
_GAP = 5


class _Row:
    """One terminal line: a character and an SGR string per cell; "" continues a wide character; None is unknown."""

    __slots__ = ("chars", "odd", "styles")

    def __init__(self, width: int) -> None:
        self.chars: list[str | None] = [None] * width
        self.styles: list[str] = [""] * width
        self.odd = False


class Frame:
    """What the terminal shows, as far as it is known."""

    def __init__(self) -> None:
        self._width = 0
        self._rows: list[_Row] = []
        self._parts: dict[str, tuple[frozenset[str], str, str]] = {}
        self._steps: dict[tuple[str, str], str] = {}

    def forget(self) -> None:
        """The terminal's content is not known any more (resize, suspend): the next update is sent whole."""
        self._rows = []

    def encode(self, update: CompositorUpdate, console: Console, width: int, height: int) -> str:
        """The bytes that turn what the terminal shows into what `update` says; "" when it already shows that."""
        if not isinstance(update, (ChopsUpdate, LayoutUpdate)):
            self.forget()
            return update.render_segments(console)
        if width != self._width or height != len(self._rows):
            self._width = width
            self._rows = [_Row(width) for _ in range(height)]
        out: list[str] = []
        style = ""
        for y, pieces in _pieces(update):
            if 0 <= y < height:
                style = self._line(y, pieces, console, style, out)
        if style:
            out.append("\x1b[0m")
        return "".join(out)

    def _line(self, y: int, pieces: list[tuple[int, Strip]], console: Console, style: str, out: list[str]) -> str:
        row = self._rows[y]
        width = self._width
        chars, styles = row.chars.copy(), row.styles.copy()
        odd = False
        first, last = width, 0
        for x, strip in pieces:
            end, strange = _expand(strip, x, chars, styles, console, width)
            odd = odd or strange
            first, last = min(first, x), max(last, end)
        old_chars, old_styles = row.chars, row.styles
        if chars == old_chars and styles == old_styles:
            return style
        if odd or row.odd:
            runs = [(first, last)]
            row.odd = odd or (row.odd and not (first == 0 and last >= width))
        else:
            runs = _runs(old_chars, old_styles, chars, styles, first, min(last, width))
        row.chars, row.styles = chars, styles
        for start, stop in runs:
            out.append(f"\x1b[{y + 1};{start + 1}H")
            i = start
            while i < stop:
                own = styles[i]
                j = i + 1
                while j < stop and styles[j] == own:
                    j += 1
                if own != style:
                    out.append(self._step(style, own))
                    style = own
                out.append("".join([c if c is not None else " " for c in chars[i:j]]))
                i = j
        return style

    def _step(self, old: str, new: str) -> str:
        """The shortest SGR sequence from one style to another."""
        known = self._steps.get((old, new))
        if known is not None:
            return known
        if not new:
            sequence = "\x1b[0m"
        else:
            old_attributes, old_ink, old_paper = self._split(old)
            attributes, ink, paper = self._split(new)
            if old_attributes <= attributes and (ink or not old_ink) and (paper or not old_paper):
                codes = sorted(attributes - old_attributes)
                codes += [ink] if ink != old_ink else []
                codes += [paper] if paper != old_paper else []
                sequence = f"\x1b[{';'.join(codes)}m" if codes else ""
            else:
                sequence = f"\x1b[0;{new}m"
        if len(self._steps) > 4096:
            self._steps.clear()
        self._steps[old, new] = sequence
        return sequence

    def _split(self, ansi: str) -> tuple[frozenset[str], str, str]:
        known = self._parts.get(ansi)
        if known is not None:
            return known
        attributes: set[str] = set()
        ink = paper = ""
        codes = ansi.split(";") if ansi else []
        i = 0
        while i < len(codes):
            code = codes[i]
            if code in ("38", "48"):
                length = 5 if codes[i + 1] == "2" else 3
                colour = ";".join(codes[i : i + length])
                i += length
            else:
                colour = code
                i += 1
            number = int(code)
            if number in (38, 39) or 30 <= number <= 37 or 90 <= number <= 97:
                ink = colour
            elif number in (48, 49) or 40 <= number <= 47 or 100 <= number <= 107:
                paper = colour
            else:
                attributes.add(colour)
        if len(self._parts) > 4096:
            self._parts.clear()
        self._parts[ansi] = parts = (frozenset(attributes), ink, paper)
        return parts


def _pieces(update: ChopsUpdate | LayoutUpdate) -> list[tuple[int, list[tuple[int, Strip]]]]:
    """The update as lines of (x, strip), top to bottom."""
    if isinstance(update, LayoutUpdate):
        lines = []
        for y, strips in enumerate(update.strips, update.region.y):
            x = update.region.x
            pieces = []
            for piece in strips:
                pieces.append((x, piece))
                x += piece.cell_length
            lines.append((y, pieces))
        return lines
    by_line: dict[int, dict[int, Strip]] = {}
    for y, x1, x2 in update.spans:
        found = by_line.setdefault(y, {})
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is not None and x < x2 and end > x1:
                found[x] = strip
    return [(y, sorted(found.items(), key=lambda piece: piece[0])) for y, found in sorted(by_line.items())]


def _expand(
    strip: Strip,
    x: int,
    chars: list[str | None],
    styles: list[str],
    console: Console,
    width: int,
) -> tuple[int, bool]:
    """Lay a strip into the cells from `x` on; returns the end and whether a character of doubtful width was met."""
    colours = console._color_system
    odd = False
    for text, style, control in strip:
        if control or not text:
            continue
        if style is None:
            ansi = ""
        else:
            known = style._ansi
            ansi = known if known is not None else Strip.render_ansi(style, colours)
        if text.isascii():
            end = min(x + len(text), width)
            chars[x:end] = text[: end - x]
            styles[x:end] = [ansi] * (end - x)
            x = end
            continue
        for char in text:
            size = get_character_cell_size(char)
            if size == 1:
                if x < width:
                    chars[x], styles[x] = char, ansi
                x += 1
                continue
            odd = True
            if size == 0:
                if 0 < x <= width:
                    chars[x - 1] = (chars[x - 1] or "") + char
                continue
            if x + 1 < width:
                chars[x], styles[x] = char, ansi
                chars[x + 1], styles[x + 1] = "", ansi
            x += 2
    return min(x, width), odd


def _runs(
    old_chars: list[str | None],
    old_styles: list[str],
    chars: list[str | None],
    styles: list[str],
    first: int,
    last: int,
) -> list[tuple[int, int]]:
    """The stretches of [first, last) to send: changed cells, with small gaps closed."""
    runs: list[tuple[int, int]] = []
    start = stop = -1
    for i in range(first, last):
        if chars[i] != old_chars[i] or styles[i] != old_styles[i]:
            if start < 0:
                start = i
            elif i - stop > _GAP or (i > stop and len(set(styles[stop : i + 1])) > 1):
                runs.append((start, stop))
                start = i
            stop = i + 1
    if start >= 0:
        runs.append((start, stop))
    return runs
