from __future__ import annotations

from pathlib import Path

import pytest

from ztui.errors import ConfigError
from ztui.model.crm import Operation
from ztui.model.mapping import FieldMapping, Mapping, Step
from ztui.store.mappings import read_mapping, write_mapping

FULL = Mapping(
    "Leads",
    Operation.UPSERT,
    find_by="Email",
    ignore_empty=False,
    layout_id="4150868000000091055",
    callback_url="https://example.com/done",
    headers=("E-mail", 'Od"d\\ name', "Phone", "Phone (2)", "", "Größe\n[x]"),
    fields=(
        FieldMapping("Email", (0,), (Step.of("trim"), Step.of("case", to="lower"))),
        FieldMapping("Rating", (1,), (Step.of("map", table=(("hot", "Hot"), ("a = b", "C")), other="keep"),), "Cold"),
        FieldMapping("Phone", (2, 3), (Step.of("join", separator=" / "),)),
        FieldMapping("Company", (4,)),
        FieldMapping("City", (5,), (Step.of("boolean", invert=True), Step.of("truncate", length=3))),
        FieldMapping("Owner", (0,), find_by="email"),
        FieldMapping("Lead_Source", default="Trade fair"),
        FieldMapping("Fax", default=""),
    ),
)


def test_a_mapping_comes_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    write_mapping(path, FULL)
    assert read_mapping(path) == FULL
    assert "[[field]]" in path.read_text(encoding="utf-8")


def test_a_file_written_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    path.write_text(
        '\ufeffmodule = "Leads"\n\n[[field]]\napi_name = "Last_Name"\ncolumn = "Surname"\nsteps = ["trim"]\n'
        '[[field]]\napi_name = "Phone"\ncolumns = ["Tel", 4]\n',
        encoding="utf-8",
    )
    mapping = read_mapping(path)
    assert not mapping.listed
    assert mapping.headers == ("", "", "", "", "Surname", "Tel")
    assert [f.columns for f in mapping.fields] == [(4,), (5, 3)]
    assert mapping.operation is Operation.INSERT
    assert mapping.ignore_empty


@pytest.mark.parametrize(
    ("text", "line", "key", "near"),
    [
        ('modul = "Leads"\n', "1", "modul", "module"),
        ('module = "Leads"\noperation = "merge"\n', "2", "operation", ""),
        ('module = "Leads"\n\n[[field]]\napi_name = "A"\ncolum = "x"\n', "5", "field 1: colum", "column"),
        ('module = "Leads"\n[[field]]\napi_name = "A"\n', "2", "field 1", ""),
        ('module = "Leads"\n[[field]]\napi_name = "A"\ncolumn = "x"\ncolumns = ["y"]\n', "2", "field 1", ""),
        (
            'module = "L"\nheaders = ["Email"]\n[[field]]\napi_name = "A"\ncolumn = "Emai"\n',
            "5",
            "field 1: column",
            "Email",
        ),
        ('module = "L"\nheaders = ["a"]\n[[field]]\napi_name = "A"\ncolumn = 2\n', "5", "field 1: column", ""),
        (
            'module = "L"\n[[field]]\napi_name = "A"\ncolumn = "x"\n[[field]]\napi_name = "A"\ncolumn = "y"\n',
            "6",
            "field 2: api_name",
            "",
        ),
        ('module = "L"\n[field]\napi_name = "A"\n', "", "field", ""),
        ('module = "L"\nignore_empty = "yes"\n', "2", "ignore_empty", ""),
    ],
)
def test_what_makes_no_sense_is_told_with_its_place(tmp_path: Path, text: str, line: str, key: str, near: str) -> None:
    path = tmp_path / "m.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        read_mapping(path)
    details = raised.value.details
    assert raised.value.code == "MAPPING_INVALID"
    assert (details["line"], str(details["key"]).strip(), details["near"]) == (line, key, near)


def test_what_is_no_toml(tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    path.write_text('module = "Leads"\n[[field\n', encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        read_mapping(path)
    assert (raised.value.code, raised.value.details["line"]) == ("MAPPING_BROKEN", "2")
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="MAPPING_BROKEN"):
        read_mapping(path)


@pytest.mark.parametrize("name", ["nothing.toml", "."])
def test_a_file_that_is_not_there(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="MAPPING_MISSING"):
        read_mapping(tmp_path / name)
