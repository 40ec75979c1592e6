"""Mappings left unsent: found again for the same file, and only where they still fit."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from ztui.catalogue import standard_schema
from ztui.engine.mappings import Mappings
from ztui.engine.unsent import Unsent
from ztui.errors import StoreError
from ztui.model.crm import ModuleSchema
from ztui.model.mapping import FieldMapping, Mapping, Step

HEADERS = ("Surname", "Mail", "Notes")
MAPPING = Mapping(
    "Leads",
    headers=HEADERS,
    fields=(FieldMapping("Last_Name", (0,), (Step("trim"),)), FieldMapping("Lead_Source", default="Fair")),
)


@pytest.fixture
def unsent(tmp_path: Path) -> Unsent:
    return Unsent(tmp_path / "unsent", Mappings(tmp_path / "mappings"))


def schema(module: str = "Leads") -> ModuleSchema:
    found = standard_schema(module)
    assert found is not None
    return found


def test_what_was_left_is_found_again_for_this_file_only(unsent: Unsent, tmp_path: Path) -> None:
    unsent.keep("people.csv", MAPPING)
    found = unsent.find(str(Path("people.csv").absolute()), HEADERS, schema())
    assert found is not None
    assert found.mapping == MAPPING
    assert found.at.endswith("+00:00")
    assert unsent.find("other.csv", HEADERS, schema()) is None
    assert unsent.module("people.csv") == "Leads"
    assert unsent.module("other.csv") is None


def test_the_latest_counts_and_modules_are_apart(unsent: Unsent, tmp_path: Path) -> None:
    unsent.keep("a.csv", MAPPING)
    later = replace(MAPPING, fields=MAPPING.fields[:1])
    unsent.keep("a.csv", later)
    unsent.keep("a.csv", replace(later, module="Contacts"))
    first = next((tmp_path / "unsent").glob("*.Leads.toml"))
    os.utime(first, (0, 0))
    assert unsent.module("a.csv") == "Contacts"
    found = unsent.find("a.csv", HEADERS, schema())
    assert found is not None
    assert found.mapping == later
    unsent.forget("a.csv", "Contacts")
    unsent.forget("a.csv", "Contacts")
    assert unsent.module("a.csv") == "Leads"


def test_what_does_not_fit_any_more_is_not_brought_back(unsent: Unsent, tmp_path: Path) -> None:
    unsent.keep("a.csv", MAPPING)
    assert unsent.find("a.csv", ("Surname", "Mail"), schema()) is None
    fewer = replace(schema(), fields=tuple(f for f in schema().fields if f.api_name != "Lead_Source"))
    assert unsent.find("a.csv", HEADERS, fewer) is None
    next((tmp_path / "unsent").iterdir()).write_text("[[field", encoding="utf-8")
    assert unsent.find("a.csv", HEADERS, schema()) is None
    assert unsent.module("a.csv") is None


def test_a_disk_that_refuses_is_told(tmp_path: Path) -> None:
    (tmp_path / "unsent").write_text("a file where the folder should be")
    unsent = Unsent(tmp_path / "unsent", Mappings(tmp_path))
    with pytest.raises(StoreError):
        unsent.keep("a.csv", MAPPING)


def test_a_note_that_goes_while_the_others_are_looked_at_hinders_nobody(unsent: Unsent, tmp_path: Path) -> None:
    unsent.keep("a.csv", MAPPING)
    place = next((tmp_path / "unsent").iterdir())
    place.with_name(place.name.replace("Leads", "Contacts")).symlink_to("gone")  # as one that has just been removed
    assert unsent.module("a.csv") == "Leads"
    unsent.keep("b.csv", MAPPING)
    assert unsent.module("b.csv") == "Leads"
