from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from ztui.engine.sent import sent_header, sent_rows, sent_values
from ztui.errors import StoreError
from ztui.model.part import Part


def part(folder: Path, text: str = 'Email,Description\na@x.org,"two\nlines"\nb@x.org,ü\n') -> Part:
    path = folder / "part.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("part.csv", text)
    return Part(1, path, "part.csv", (4, 9), (6, 12), 1, 1, "")


def test_what_was_sent_is_read_back(tmp_path: Path) -> None:
    packed = part(tmp_path)
    assert sent_header(packed) == ("Email", "Description")
    assert list(sent_rows(packed)) == [["a@x.org", "two\nlines"], ["b@x.org", "ü"]]
    assert sent_values(packed, 9) == {"Email": "b@x.org", "Description": "ü"}


def test_long_cells_are_read(tmp_path: Path) -> None:
    packed = part(tmp_path, "Email,Description\na@x.org," + "x" * 400_000 + "\n")
    assert len(sent_values(packed, 4)["Description"]) == 400_000


def test_a_missing_or_damaged_archive_says_so(tmp_path: Path) -> None:
    packed = part(tmp_path)
    packed.path.write_bytes(packed.path.read_bytes()[:40])
    for ask in (sent_header, lambda p: list(sent_rows(p)), lambda p: sent_values(p, 4)):
        with pytest.raises(StoreError, match="RUN_FILES_GONE"):
            ask(packed)
    packed.path.unlink()
    with pytest.raises(StoreError, match="RUN_FILES_GONE"):
        sent_header(packed)
