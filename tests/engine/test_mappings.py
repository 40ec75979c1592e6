from __future__ import annotations

from pathlib import Path

import pytest

from ztui.catalogue import standard_schema
from ztui.engine.mappings import Mappings
from ztui.engine.transform_arguments import ARGUMENTS
from ztui.engine.transform_steps import KINDS
from ztui.errors import ConfigError
from ztui.model.mapping import FieldMapping, Mapping, Step
from ztui.present.drift import drift_lines

HEADERS = ("First", "Surname", "E-mail", "Note", "Phone")
MAPPING = Mapping(
    "Leads",
    headers=HEADERS,
    fields=(
        FieldMapping("First_Name", (0,)),
        FieldMapping("Last_Name", (1,), (Step.of("trim"),)),
        FieldMapping("Email", (2,)),
        FieldMapping("Phone", (4, 0), (Step.of("join", separator=" "),)),
        FieldMapping("Lead_Source", default="Fair"),
    ),
)


@pytest.fixture
def mappings(tmp_path: Path) -> Mappings:
    return Mappings(tmp_path / "mappings")


def test_remembered_for_the_same_headers_in_any_order(mappings: Mappings) -> None:
    mappings.remember(MAPPING)
    assert mappings.recall(HEADERS, "Leads") == MAPPING
    turned = mappings.recall(tuple(reversed(HEADERS)), "Leads")
    assert turned is not None
    assert [f.columns for f in turned.fields] == [(4,), (3,), (2,), (0, 4), ()]
    assert mappings.recall(HEADERS, "Contacts") is None
    assert mappings.recall(("a", "b"), "Leads") is None


def test_recalled_when_only_unused_columns_differ(mappings: Mappings) -> None:
    mappings.remember(MAPPING)
    recalled = mappings.recall(("First", "Surname", "E-mail", "Phone", "Extra"), "Leads")
    assert recalled is not None
    assert recalled.headers == ("First", "Surname", "E-mail", "Phone", "Extra")
    assert mappings.recall(("First", "Surname", "Note", "Phone"), "Leads") is None


def test_a_hand_written_file_names_columns_in_any_order(mappings: Mappings, tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    path.write_text(
        'module = "Leads"\n[[field]]\napi_name = "Email"\ncolumn = "E-mail"\n[[field]]\napi_name = "Last_Name"\n'
        'columns = ["Surname", "first"]\n[[field]]\napi_name = "First_Name"\ncolumn = 1\n',
        encoding="utf-8",
    )
    mapping = mappings.load(path)
    assert mappings.drift(mapping, HEADERS) == ()
    adapted = mappings.adapt(mapping, HEADERS)
    assert {f.api_name: f.columns for f in adapted.fields} == {
        "Email": (2,),
        "Last_Name": (1, 0),
        "First_Name": (0,),
    }
    drift = mappings.drift(mapping, ("First", "Last name", "Note"))
    assert [(d.kind, d.header, d.new_header) for d in drift] == [
        ("missing", "E-mail", ""),
        ("renamed", "Surname", "Last name"),
    ]
    short = mappings.drift(mappings.load(path), ())
    assert {d.header for d in short} == {"E-mail", "Surname", "first", "column 1"}


@pytest.mark.parametrize(
    ("steps", "reason", "near"),
    [
        ('["trimm"]', "there is no step called “trimm”", "trim"),
        ('[{ step = "case", too = "upper" }]', "case has no argument “too”; it takes to", "to"),
        ('["squeeze", { step = "digits", length = 3 }]', "digits has no argument “length”; it takes no arguments", ""),
    ],
)
def test_misspelt_steps_are_told_with_the_nearest(
    mappings: Mappings, tmp_path: Path, steps: str, reason: str, near: str
) -> None:
    path = tmp_path / "m.toml"
    path.write_text(
        f'module = "Leads"\n[[field]]\napi_name = "Email"\ncolumn = "E-mail"\nsteps = {steps}\n', encoding="utf-8"
    )
    with pytest.raises(ConfigError) as caught:
        mappings.load(path)
    details = caught.value.details
    assert (details["line"], details["key"], details["reason"], details["near"]) == (
        "5",
        "field 1: steps",
        reason,
        near,
    )


def test_every_step_has_its_arguments_listed() -> None:
    assert set(ARGUMENTS) == set(KINDS)


def test_a_damaged_note_is_no_obstacle(mappings: Mappings) -> None:
    mappings.remember(MAPPING)
    for path in mappings.folder.iterdir():
        path.write_text("what?", encoding="utf-8")
    assert mappings.recall(HEADERS, "Leads") is None


def test_drift_column_by_column(mappings: Mappings) -> None:
    now = ("Surname", "First", "Email address", "Phone", "Colour")
    drift = {(d.kind, d.header): d for d in mappings.drift(MAPPING, now)}
    assert set(drift) == {("renamed", "E-mail"), ("missing", "Note"), ("moved", "Surname"), ("new", "Colour")}
    renamed = drift["renamed", "E-mail"]
    assert (renamed.was, renamed.now, renamed.new_header, renamed.fields) == (2, 2, "Email address", ("Email",))
    assert drift["missing", "Note"].fields == ()
    lines = drift_lines(mappings.drift(MAPPING, now))
    assert any("E-mail" in line and "Email address" in line for line in lines)
    assert mappings.drift(MAPPING, HEADERS) == ()


def test_one_column_more_does_not_make_the_others_moved(mappings: Mappings) -> None:
    assert [d.kind for d in mappings.drift(MAPPING, ("Id", *HEADERS))] == ["new"]


def test_adapt_follows_names_and_drops_what_is_gone(mappings: Mappings) -> None:
    now = ("SURNAME", "E_mail", "Email address", "First")
    adapted = mappings.adapt(MAPPING, now)
    assert {f.api_name: f.columns for f in adapted.fields} == {
        "First_Name": (3,),
        "Last_Name": (0,),
        "Email": (1,),
        "Lead_Source": (),
    }
    renamed = mappings.adapt(MAPPING, ("First", "Surname", "Email address", "Phone"), renamed=True)
    assert {f.api_name for f in renamed.fields} == {"First_Name", "Last_Name", "Email", "Phone", "Lead_Source"}
    assert {f.api_name for f in mappings.adapt(MAPPING, ("First", "Surname", "Email address")).fields} == {
        "First_Name",
        "Last_Name",
        "Lead_Source",
    }


def test_the_most_alike_with_its_drift(mappings: Mappings) -> None:
    assert mappings.near(HEADERS, "Leads") is None
    mappings.remember(MAPPING)
    found = mappings.near(("First", "Surname", "Mail", "Note", "Phone"), "Leads")
    assert found is not None
    assert found[0] == MAPPING
    assert [d.kind for d in found[1]] == ["renamed"]


def test_saved_in_the_modules_order(mappings: Mappings, tmp_path: Path) -> None:
    path = tmp_path / "sub" / "m.toml"
    mappings.save(path, MAPPING, standard_schema("Leads"))
    loaded = mappings.load(path)
    assert loaded.fields[0].api_name == "Last_Name"
    assert {f.api_name for f in loaded.fields} == {f.api_name for f in MAPPING.fields}


def test_an_impossible_step_is_told_with_its_line(mappings: Mappings, tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    path.write_text('module = "Leads"\n[[field]]\napi_name = "A"\ncolumn = "x"\nsteps = ["trimm"]\n', encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        mappings.load(path)
    assert (raised.value.code, raised.value.details["line"]) == ("MAPPING_INVALID", "5")
    assert "trimm" in str(raised.value.details["reason"])


def test_old_notes_are_pruned(mappings: Mappings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ztui.engine.mappings._KEEP", 2)
    for i in range(4):
        mappings.remember(Mapping("Leads", headers=(f"Column {i}",), fields=(FieldMapping("Last_Name", (0,)),)))
    assert len(list(mappings.folder.glob("*.toml"))) == 2
