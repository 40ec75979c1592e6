"""What the exact pass found, as findings of level "local": one for each kind of trouble, with all of it counted.

An unclosed quote is reported for each place (up to the kept examples), since each needs mending by itself.
"""

from __future__ import annotations

from ztui.csvfile.detect import offset_of_line
from ztui.csvfile.encoding import LABELS, Encoding
from ztui.csvfile.reader import RecordReader, physical_lines
from ztui.csvfile.structure import Structure, Trouble
from ztui.model.finding import Finding, Severity
from ztui.model.table import CsvInfo


def structure_findings(found: Structure, width: int) -> tuple[Finding, ...]:
    """The findings in order of weight. Parameters: `count` places in all, `lines` the first of them."""
    findings: list[Finding] = []
    for record, line, swallowed in found.unclosed.places:
        findings.append(
            Finding(
                "local",
                "QUOTE_NOT_CLOSED",
                Severity.ERROR,
                scope="file",
                record=record,
                line=line,
                params=_open_quote(line, swallowed, found.unclosed.count),
            )
        )
    _add(findings, "RECORD_OVERSIZED", Severity.WARNING, found.oversized, total="bytes")
    _add(findings, "ROWS_TOO_SHORT", Severity.WARNING, found.short, ("expected", str(width)))
    _add(findings, "ROWS_TOO_LONG", Severity.WARNING, found.long, ("expected", str(width)))
    _add(findings, "TEXT_AFTER_QUOTE", Severity.WARNING, found.after_quote)
    _add(findings, "BAD_BYTES", Severity.WARNING, found.bad_bytes, total="bytes")
    _add(findings, "NUL_BYTES", Severity.WARNING, found.nuls, total="bytes")
    _add(findings, "BLANK_LINES", Severity.NOTE, found.blank)
    return tuple(findings)


def _open_quote(line: int, swallowed: int, count: int) -> tuple[tuple[str, str], ...]:
    """In the last line of a file nothing is left to swallow: the file was rather cut off there."""
    what = ("swallowed", str(swallowed)) if swallowed else ("cut_off", str(line))
    return (what, ("count", str(count)), ("line", str(line)))


def encoding_findings(verdict: Encoding | None) -> tuple[Finding, ...]:
    """That the words of the whole file look wrong in the encoding it was given for want of a better one."""
    if verdict is None or verdict.rivals is None:
        return ()
    facts = [("encoding", LABELS.get(verdict.name, verdict.name)), ("sample", verdict.sample)]
    if verdict.rivals:
        facts.append(("rivals", " or ".join(f"{name} (“{read}”)" if read else name for name, read in verdict.rivals)))
        facts.append(("rival", verdict.rivals[0][0]))
    return (Finding("local", "ENCODING_DOUBTFUL", Severity.ERROR, scope="file", params=tuple(facts)),)


def empty_findings(info: CsvInfo) -> tuple[Finding, ...]:
    """Why a file without records has none: a quote opened in its header swallows them, or nothing is below it.

    Reads the header once more, and with an open quote all that follows. Raises SourceError.
    """
    line = info.dialect.header_line
    if line and info.dialect.quotechar:
        start = offset_of_line(info.data_path, info.dialect, line)
        with info.data_path.open("rb") as stream:
            stream.seek(start)
            reader = RecordReader(physical_lines(stream), info.dialect, line=line, offset=start)
            next(reader, None)
        if reader.unclosed:
            facts = _open_quote(line, reader.lines - 1, 1)
            return (Finding("local", "QUOTE_NOT_CLOSED", Severity.ERROR, scope="file", line=line, params=facts),)
    return (Finding("local", "NO_ROWS", Severity.WARNING, scope="file", params=(("path", info.path),)),)


def _add(
    findings: list[Finding],
    code: str,
    severity: Severity,
    trouble: Trouble,
    *params: tuple[str, str],
    total: str = "",
) -> None:
    if not trouble.count:
        return
    record, line, amount = trouble.places[0]
    shown = trouble.places[:20]
    more = ", …" if trouble.count > len(shown) else ""
    facts = [
        ("count", str(trouble.count)),
        ("line", str(line)),
        ("lines", ", ".join(str(at) for _, at, _ in shown) + more),
        ("cells", str(amount)),
        *params,
    ]
    if total:
        facts.append((total, str(trouble.total)))
    findings.append(
        Finding(
            "local",
            code,
            severity,
            scope="file",
            record=record if record >= 0 else None,
            line=line,
            params=tuple(facts),
        )
    )
