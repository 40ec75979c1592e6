"""Which encoding a file's bytes are in: judged on its beginning, and again on all of it while it is indexed."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ztui.csvfile.plausible import EVIDENCE, doubts, sample
from ztui.errors import SourceError
from ztui.model.counting import how_many, plural

_BLOCK = 1 << 17
_MOST = 1 << 21  # bytes of one line that are judged together
_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: it begins with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NOT_CP1252 = b"\x81\x8d\x8f\x90\x9d"  # bytes that mean nothing in Windows-1252
_SHIFTED = (("iso2022_jp", ""),)
_CONTROLS = bytes(b for b in range(32) if b not in b"\t\n\r\x0b\x0c\x1a\x1b")

LABELS = {
    "utf-8": "UTF-8",
    "cp1252": "Windows-1252",
    "latin-1": "Latin-1",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "utf-32-le": "UTF-32 LE",
    "utf-32-be": "UTF-32 BE",
}
"""Names for people; other codecs are called by their own name."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """A codec name, the length of the byte-order mark at the file's start, and why it was chosen.

    `rivals` is None when the text reads like words; else encodings that it may rather be in, each with a sample, and
    `sample` is how it reads in this one.
    """

    name: str
    bom_length: int = 0
    how: str = ""
    rivals: tuple[tuple[str, str], ...] | None = None
    sample: str = ""


@dataclass(slots=True)
class Utf8Tally:
    """Counts what speaks for and against UTF-8, block by block; blocks must be cut at ASCII bytes (line ends).

    `valid` are bytes that follow another in a proper character, `invalid` those that do not fit; `undefined` says that
    there are bytes that mean nothing in Windows-1252; `shifts` tells of the escape sequences of ISO-2022, whose bytes
    are ASCII. `evidence` are some lines that are no UTF-8.
    """

    valid: int = 0
    invalid: int = 0
    undefined: bool = False
    shifts: bool = False
    evidence: bytes = b""

    def add(self, block: bytes) -> bool:
        """Count a block; True when it holds bytes that are no UTF-8."""
        if block.isascii():
            self.shifts = self.shifts or b"\x1b$" in block
            return False
        # in good blocks as well: should the file turn out to be no UTF-8, they are read like the others
        self.undefined = self.undefined or any(byte in block for byte in _NOT_CP1252)
        try:
            self.valid += len(block) - len(block.decode("utf-8"))
        except UnicodeDecodeError:
            text = block.decode("utf-8", "surrogateescape")
            bad = sum(1 for c in text if "\udc80" <= c <= "\udcff")
            self.invalid += bad
            self.valid += len(block) - len(text)
            if len(self.evidence) < EVIDENCE:
                lines = (line for line in block.splitlines(keepends=True) if not _fits(line))
                self.evidence = (self.evidence + b"".join(lines))[:EVIDENCE]
            return True
        return False

    def verdict(self) -> Encoding:
        """UTF-8 unless most of what is not ASCII is no UTF-8."""
        if not self.invalid:
            if self.shifts and not self.valid:
                return Encoding("utf-8", how="ASCII with the escape sequences of ISO-2022", rivals=_SHIFTED)
            how = "every byte fits" if self.valid else "plain ASCII so far"
            return Encoding("utf-8", how=how)
        if self.valid >= self.invalid:
            bad = how_many(self.invalid, "byte does", "bytes do")
            return Encoding("utf-8", how=f"{bad} not fit, {self.valid:,} {plural(self.valid, 'does', 'do')}")
        name, how = "cp1252", "not UTF-8; one byte per character"
        if self.undefined:
            name, how = "latin-1", "not UTF-8, and some bytes mean nothing in Windows-1252"
        rivals = doubts(self.evidence, name)
        if rivals is not None:
            how += ", but the words look wrong"
        return Encoding(name, how=how, rivals=rivals, sample=sample(self.evidence.decode(name, "replace")))


def _fits(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Bytes:
    """What the bytes of a whole file say: the encoding they speak for, and whether any CR has no LF behind it."""

    verdict: Encoding
    lone_cr: bool


def judge(path: Path, report: Callable[[int, float], None] | None = None) -> Bytes:
    """Read a whole file as bytes; nearly as fast as reading it. What `report` (blocks, fraction) raises ends it."""
    tally = Utf8Tally()
    lone_cr = False
    rest = b""
    size = max(path.stat().st_size, 1)
    done = 0
    with path.open("rb", buffering=0) as stream:
        while chunk := stream.read(_BLOCK):
            block = rest + chunk if rest else chunk
            # characters are whole up to a line end, and so is a CRLF
            cut = block.rfind(b"\n") + 1
            if not cut and len(block) < _MOST:
                rest = block
                continue
            block, rest = (block[:cut], block[cut:]) if cut else (block, b"")
            tally.add(block)
            lone_cr = lone_cr or (b"\r" in block and b"\r" in block.replace(b"\r\n", b"\n"))
            done += len(block)
            if report is not None:
                report(0, done / size)
    tally.add(rest)
    return Bytes(tally.verdict(), lone_cr or b"\r" in rest.replace(b"\r\n", b"\n"))


def canonical(name: str) -> str:
    """Python's name for an encoding; raises SourceError ENCODING_UNKNOWN for names it does not know."""
    try:
        found = codecs.lookup(name.strip())
    except (LookupError, ValueError) as problem:
        raise SourceError("ENCODING_UNKNOWN", details={"encoding": name}) from problem
    if not found._is_text_encoding or found.name in ("idna", "punycode", "unicode_escape", "raw_unicode_escape"):
        raise SourceError("ENCODING_UNKNOWN", details={"encoding": name})
    return {"iso8859-1": "latin-1", "ascii": "utf-8", "utf-8-sig": "utf-8"}.get(found.name, found.name)


def in_place(name: str) -> bool:
    """True when lines, quotes and delimiters can be found in the bytes themselves.

    That is UTF-8 and every one-byte encoding whose first half is ASCII.
    """
    if name == "utf-8":
        return True
    every = bytes(range(256))
    try:
        text = every.decode(name, "replace")
    except (UnicodeError, LookupError):
        return False
    return len(text) == 256 and text[:128] == every[:128].decode("ascii")


def detect_encoding(head: bytes, *, whole: bool) -> Encoding:
    """Judge the beginning of a file; `whole` says that nothing follows. Raises SourceError BINARY_FILE."""
    for bom, name in _BOMS:
        if head.startswith(bom):
            if name == "utf-16-le" and head[2:4] == b"\0\0":
                continue
            return Encoding(name, len(bom), "it begins with a byte-order mark")
    wide = _wide(head)
    if wide:
        return Encoding(wide, 0, "every other byte is zero")
    cut = len(head) if whole else max(head.rfind(b"\n"), head.rfind(b"\r")) + 1
    if not cut:  # one endless line: leave out a character that may be cut in two
        cut = len(head)
        while cut > len(head) - 4 and head[cut - 1] >= 0x80:
            cut -= 1
    text = head.rstrip(b"\0") or head  # a broken copy may have as many NULs at its end as it has text
    controls = len(text) - len(text.translate(None, _CONTROLS))
    nuls = text.count(0)
    if controls - nuls > max(16, len(text) // 50) or nuls > max(16, len(text) // 10):
        raise SourceError("BINARY_FILE", details={"kind": "binary file"})
    tally = Utf8Tally()
    tally.add(head[:cut])
    return tally.verdict()


def _wide(head: bytes) -> str:
    """The UTF-16 flavour of bytes without a mark, or ""."""
    if len(head) < 4:
        return ""
    even, odd = head[0::2], head[1::2]
    zeros_even, zeros_odd = even.count(0) / len(even), odd.count(0) / len(odd)
    # other scripts fill both bytes, but line ends, delimiters and digits keep a zero on one side
    if zeros_odd > 0.1 and zeros_odd > 8 * zeros_even:
        return _if_decodes(head, "utf-16-le")
    if zeros_even > 0.1 and zeros_even > 8 * zeros_odd:
        return _if_decodes(head, "utf-16-be")
    return ""


def _if_decodes(head: bytes, name: str) -> str:
    text = head[: len(head) // 2 * 2].decode(name, "replace")
    strange = text.count("\ufffd") + sum(1 for c in text if c < " " and c not in "\t\r\n")
    return name if strange * 50 <= len(text) else ""


def lines_with_bad_bytes(block: bytes, encoding: str) -> list[tuple[int, int, bytes]]:
    """(line index within the block, bad bytes in the line, the line) for lines that do not decode."""
    found = []
    for index, line in enumerate(block.splitlines(keepends=True)):
        text = line.decode(encoding, "surrogateescape")
        bad = sum(1 for c in text if "\udc80" <= c <= "\udcff")
        if bad:
            found.append((index, bad, line))
    return found
