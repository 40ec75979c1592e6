"""Finding the file of a plan again: private copies are read as they are, whatever they were made of."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.csvfile.nasty import zipped
from ztui.engine.files import OpenFile
from ztui.engine.sources import reopen
from ztui.errors import SourceChanged

TEXT = "Last Name,City\r\nZoë,Köln\r\nAda,Paris\r\n"

COPIED = {
    "a.csv.gz": gzip.compress(TEXT.encode()),
    "a.zip": zipped({"leads.csv": TEXT.encode("cp1252")}),
    "a.txt": TEXT.encode("utf-16"),
    "b.csv": TEXT.replace("\r\n", "\r").encode(),
    "c.csv": b"'Last Name','City'\n'Zo\xc3\xab','K\xc3\xb6ln'\n'Ada','Paris'\n",
}


@pytest.mark.parametrize("name", COPIED)
async def test_a_private_copy_is_the_file_that_was_opened(name: str, tmp_path: Path) -> None:
    """It has another size and time than its source, which is no change."""
    path = tmp_path / name
    path.write_bytes(COPIED[name])
    with OpenFile.open(str(path), workdir=tmp_path / "copies") as file:
        rows = await file.index()
        source = await file.digest()
        again = await reopen(file.info)
        assert (await again.digest()).sha256 == source.sha256
        assert await again.index() == rows == 2
        assert [row.cells for row in again.rows(0, 9)] == [("Zoë", "Köln"), ("Ada", "Paris")]
        again.close()
        assert file.rows(1, 1)[0].cells == ("Ada", "Paris")  # the copy is still there


async def test_a_private_copy_that_is_gone_is_made_again(tmp_path: Path) -> None:
    """As after a restart of the machine."""
    path = tmp_path / "a.csv.gz"
    path.write_bytes(COPIED["a.csv.gz"])
    with OpenFile.open(str(path), workdir=tmp_path / "copies") as file:
        source, info = await file.digest(), file.info
    assert not info.data_path.exists()
    with await reopen(info) as again:
        assert (await again.digest()).sha256 == source.sha256


async def test_a_private_copy_that_was_written_to_is_told(tmp_path: Path) -> None:
    """What was checked must be what is sent."""
    path = tmp_path / "a.csv.gz"
    path.write_bytes(COPIED["a.csv.gz"])
    with OpenFile.open(str(path), workdir=tmp_path / "copies") as file:
        again = await reopen(file.info)
        with file.info.data_path.open("ab") as copy:
            copy.write(b"Eve,Rome\n")
        with pytest.raises(SourceChanged):
            await again.digest()
