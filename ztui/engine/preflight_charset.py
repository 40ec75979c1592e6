"""How a dialect's bytes are looked at by patterns: which characters cells may be made of. Knows no fields."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass

from ztui.csvfile.scan import SINGLE_BYTE, any_but
from ztui.engine.disguise import is_hidden
from ztui.model.table import Dialect

_CONTROLS = rb"\x00-\x1f\x7f"
_HIDDEN_LEADS = rb"\xc2\xd8\xe1\xe2\xef"
"""The bytes that invisible characters begin with in UTF-8: U+00AD, U+061C, U+180E, U+200B and neighbours, U+FEFF."""
_WITHIN_VALUES = re.compile(r"[0-9A-Za-z_.@%+/~()-]")
"""What numbers, addresses and dates are made of: where it parts cells, the patterns of such cells cannot be used."""


@dataclass(frozen=True, slots=True)
class Charset:
    """The characters cells may be made of: the delimiter and quote of the dialect, and its encoding.

    `codec` is "utf-8", "ascii" (nothing else passes) or the name of a single-byte encoding whose lower half is ASCII.
    """

    delimiter: str
    quote: str
    codec: str
    escapes: bool = False

    def high(self, bad: Callable[[str], bool]) -> bytes:
        """The inside of a class of the bytes above ASCII that mean nothing or a character that is `bad`."""
        if self.codec == "ascii":
            return rb"\x80-\xff"
        out = b""
        for byte in range(128, 256):
            text = bytes((byte,)).decode(self.codec, "replace")
            if text == "\ufffd" or bad(text):
                out += rb"\x%02x" % byte
        return out

    def excluded(self, quoted: bool, *, hidden: bool = False) -> bytes:
        """The inside of a class with the characters that never pass, within quotes or outside; invisible ones, and with
        them those whose bytes begin alike, when they may not be `hidden` in a cell."""
        out = _CONTROLS + (re.escape(self.quote.encode()) if self.quote else b"")
        if not quoted:
            out += re.escape(self.delimiter.encode())
        if self.escapes:
            out += rb"\\"
        if self.codec == "utf-8":
            return out + (_HIDDEN_LEADS if hidden else b"")
        return out + self.high(is_hidden if hidden else lambda char: False)

    def rest(self, quoted: bool, *, hidden: bool = False) -> bytes:
        """A class for any character of a text on one line; see `excluded`."""
        return any_but(self.excluded(quoted, hidden=hidden))

    def first(self, quoted: bool, *, hidden: bool = False) -> bytes:
        """A first character that is neither blank nor the start of a formula, nor the apostrophe of spreadsheets."""
        out = self.excluded(quoted, hidden=hidden) + rb" =@+\-'"
        if self.codec == "utf-8":
            # lead bytes of the blanks outside ASCII: U+0085, U+00A0, U+1680, U+2000 to U+205F, U+3000, U+FEFF
            near = b"" if hidden else rb"|\xe1[\x80-\x99\x9b-\xbf]"
            return rb"(?:" + any_but(out + rb"\x80-\xc2\xe1-\xe3\xef") + rb"|\xe3[\x81-\xbf]" + near + rb")"
        return any_but(out + (b"" if self.codec == "ascii" else self.high(str.isspace)))

    def cell(self, plain: bytes, quoted: bytes, *, blank: bool, or_quoted: bytes = b"") -> bytes:
        """A cell that holds `plain` outside quotes or `quoted` (or `or_quoted`) within, or nothing when `blank`."""
        ways = [plain]
        if self.quote:
            q = re.escape(self.quote.encode())
            ways.append(q + quoted + q)
            if or_quoted:
                ways.append(q + or_quoted + q)
            if blank:
                ways.append(q + q)
        if blank:
            ways.append(b"")
        return rb"(?:" + rb"|".join(ways) + rb")"

    def any_cell(self, *, breaks: bool = False) -> bytes:
        """Any cell that is read without surprises; on one line unless `breaks` lets line ends pass within quotes."""
        d = re.escape(self.delimiter.encode())
        escape = rb"\\" if self.escapes else b""
        if not self.quote:
            return any_but(d + escape + rb"\r\n") + b"*+"
        q = re.escape(self.quote.encode())
        high = b"" if self.codec == "utf-8" else self.high(lambda char: False)
        # a lone CR counts as a line of its own even within quotes: the exact way knows
        inner = any_but(q + escape + high + (rb"\r" if breaks else rb"\r\n")) + b"*+"
        more = q + q + (rb"|\r\n" if breaks else b"")
        quoted = q + inner + rb"(?:(?:" + more + rb")" + inner + rb")*+" + q
        odd = escape + high + rb"\r\n"
        return rb"(?:" + quoted + rb"|" + any_but(q + d + odd) + any_but(d + odd) + rb"*+|)"

    def plain_cell(self) -> bytes:
        """Any cell without a quote in it, of those that `any_cell` takes: the usual ones, and the fastest to pass."""
        escape = rb"\\" if self.escapes else b""
        high = b"" if self.codec == "utf-8" or not self.quote else self.high(lambda char: False)
        quote = re.escape(self.quote.encode()) if self.quote else b""
        return any_but(quote + re.escape(self.delimiter.encode()) + escape + high + rb"\r\n") + b"*+"

    def sent_cell(self, *, breaks: bool = False) -> bytes:
        """Any cell whose bytes may go as they are into a CSV with commas, once they are UTF-8."""
        escape = rb"\\" if self.escapes else b""
        high = rb"\x80-\xff" if self.codec == "ascii" else b""
        bare = any_but(rb'",' + re.escape(self.delimiter.encode()) + escape + high + rb"\r\n") + b"*+"
        if not self.quote:
            return bare
        inner = any_but(b'"' + escape + high + (rb"\r" if breaks else rb"\r\n")) + b"*+"
        more = rb'""' + (rb"|\r\n" if breaks else b"")
        return rb'(?:"' + inner + rb"(?:(?:" + more + rb")" + inner + rb')*+"|' + bare + rb")"


@dataclass(frozen=True, slots=True)
class Patterns:
    """What is compiled for one set of characters: the rows of a block, and the cells of a row taken whole.

    `rows` has a group for each captured cell, one for a row that is taken whole because it needs a closer look, and one
    for all that follows the last row. `cells` has groups for such a row's cells.
    """

    rows: re.Pattern[bytes]
    cells: re.Pattern[bytes]


def is_utf8(block: bytes) -> bool:
    """True when the bytes are UTF-8; a character cut in two at the end of the block is not the block's fault."""
    if block.isascii():
        return True
    try:
        codecs.getincrementaldecoder("utf-8")().decode(block)
    except UnicodeDecodeError:
        return False
    return True


def within(pattern: bytes, limit: int | None, excluded: bytes) -> bytes:
    """The pattern, for cells of at most `limit` bytes only."""
    if limit is None:
        return pattern
    # looked at from the cell's end: the bytes before it hold what ends such a run, most often near where looking begins
    return pattern + rb"(?<!" + any_but(excluded) + rb"{%d})" % (limit + 1)


def charset_of(dialect: Dialect) -> Charset | None:
    """How the dialect's bytes are looked at; None when its encoding does not allow it."""
    try:
        name = codecs.lookup(dialect.encoding).name.removesuffix("-sig")
    except LookupError:
        return None
    if name != "utf-8" and not SINGLE_BYTE.fullmatch(name):
        return None
    if len(dialect.delimiter.encode()) != 1 or len(dialect.quotechar.encode()) > 1:
        return None
    if _WITHIN_VALUES.search(dialect.delimiter + dialect.quotechar):
        return None
    return Charset(dialect.delimiter, dialect.quotechar, name, dialect.escape_backslash)
