"""Files that trip up CSV readers: right records on right lines, right findings, nothing left behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.csvfile.nasty import NASTY, Nasty
from tests.csvfile.nasty_guesses import GUESSES
from ztui.csvfile.detect import detect
from ztui.csvfile.findings import structure_findings
from ztui.csvfile.reader import read_rows
from ztui.csvfile.structure import StructureScan
from ztui.model.table import DialectOverrides


@pytest.mark.parametrize("nasty", [*NASTY, *GUESSES], ids=lambda n: n.name)
def test_reads_right(nasty: Nasty, tmp_path: Path) -> None:
    path = tmp_path / f"file{nasty.suffix}"
    path.write_bytes(nasty.data)
    copies = tmp_path / "copies"
    copies.mkdir()
    info = detect(str(path), DialectOverrides(**nasty.overrides), workdir=copies)
    assert list(info.headers) == nasty.headers
    assert info.source_encoding == nasty.source_encoding
    for name, expected in nasty.dialect.items():
        assert getattr(info.dialect, name) == expected, name
    scan = StructureScan(info.data_path, info.dialect, len(info.headers), info.data_start)
    found = scan.run()
    rows = read_rows(info.data_path, info.dialect, info.data_start, info.dialect.first_line, 0, 0, 100)
    assert [(row.line, list(row.cells)) for row in rows] == nasty.rows
    assert found.count == len(nasty.rows)
    findings = structure_findings(found, len(info.headers))
    assert {f.code: f.line for f in findings} == nasty.codes
    # what was detected can be insisted on, with the same outcome
    again = detect(str(path), info.opened_with, workdir=copies)
    assert (again.headers, again.data_start) == (info.headers, info.data_start)
    assert again.dialect == info.dialect
    left = set(copies.iterdir())
    assert left == {i.data_path for i in (info, again) if i.temporary}
    assert all(p.stat().st_mode & 0o077 == 0 for p in left)
