import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ztui.engine.imports import Mapped, Origin, Wanted, map_file
from ztui.engine.workspace import Workspace
from ztui.errors import UsageError
from ztui.model.crm import Operation
from ztui.store.locations import Locations


@pytest.fixture
async def workspace(tmp_path: Path) -> AsyncIterator[Workspace]:
    async with Workspace.open(locations=Locations.under(tmp_path / "own")) as opened:
        yield opened


async def mapped(workspace: Workspace, path: Path, text: str, wanted: Wanted) -> Mapped:
    await asyncio.to_thread(path.write_text, text)
    file = await workspace.open_file(str(path))
    try:
        return await map_file(workspace, file, wanted)
    finally:
        file.close()


SURE = "Last Name,Email,Company\n" + "".join(f"Doe{n},a{n}@example.com,Acme {n}\n" for n in range(20))


async def test_a_sure_proposal_has_no_doubts(workspace: Workspace, tmp_path: Path) -> None:
    found = await mapped(workspace, tmp_path / "a.csv", SURE, Wanted("Leads"))
    assert found.origin is Origin.PROPOSAL
    assert found.doubts == ()
    assert {f.api_name for f in found.mapping.fields} == {"Last_Name", "Email", "Company"}


@pytest.mark.parametrize(
    ("text", "wanted", "doubt"),
    [
        ("Email\na@example.com\n", Wanted("Leads"), "Last Name, which Leads must have"),
        (SURE, Wanted("Leads", Operation.UPDATE, find_by=""), "--find-by"),
    ],
)
async def test_what_only_a_person_can_decide_is_a_doubt(
    workspace: Workspace, tmp_path: Path, text: str, wanted: Wanted, doubt: str
) -> None:
    found = await mapped(workspace, tmp_path / "a.csv", text, wanted)
    assert any(doubt in words for words in found.doubts), found.doubts


async def test_no_module_no_guess(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        await mapped(workspace, tmp_path / "a.csv", SURE, Wanted())
    assert caught.value.code == "MODULE_MISSING"
    assert "Leads" in str(caught.value.details["known"])
    assert "no file with these columns was imported before" in str(caught.value.details["reason"])


async def test_the_module_that_these_columns_went_into_is_taken_again(workspace: Workspace, tmp_path: Path) -> None:
    first = await mapped(workspace, tmp_path / "a.csv", SURE, Wanted("Leads"))
    workspace.mappings.remember(first.mapping)
    again = await mapped(workspace, tmp_path / "b.csv", SURE, Wanted())
    assert (again.origin, again.mapping.module) == (Origin.REMEMBERED, "Leads")
    second = await mapped(workspace, tmp_path / "a.csv", SURE, Wanted("Contacts"))
    workspace.mappings.remember(second.mapping)
    with pytest.raises(UsageError) as caught:
        await mapped(workspace, tmp_path / "b.csv", SURE, Wanted())
    assert "into Contacts and Leads before" in str(caught.value.details["reason"])


async def test_a_remembered_mapping_comes_before_a_proposal(workspace: Workspace, tmp_path: Path) -> None:
    first = await mapped(workspace, tmp_path / "a.csv", SURE, Wanted("Leads"))
    workspace.mappings.remember(first.mapping.without_field("Company"))
    again = await mapped(workspace, tmp_path / "b.csv", SURE, Wanted("Leads", ignore_empty=False))
    assert again.origin is Origin.REMEMBERED
    assert again.mapping.for_field("Company") is None
    assert not again.mapping.ignore_empty


async def test_a_mapping_file_says_module_and_operation(workspace: Workspace, tmp_path: Path) -> None:
    first = await mapped(workspace, tmp_path / "a.csv", SURE, Wanted("Leads", Operation.UPSERT, "Email"))
    kept = tmp_path / "leads.toml"
    workspace.mappings.save(kept, first.mapping, first.schema)
    again = await mapped(workspace, tmp_path / "b.csv", SURE, Wanted(mapping_file=kept))
    assert again.origin is Origin.FILE
    assert (again.mapping.module, again.mapping.operation, again.mapping.find_by) == ("Leads", "upsert", "Email")
    over = await mapped(workspace, tmp_path / "b.csv", SURE, Wanted(operation=Operation.INSERT, mapping_file=kept))
    assert over.mapping.operation is Operation.INSERT


async def test_columns_that_moved_stop_it_unless_they_are_to_be_followed(workspace: Workspace, tmp_path: Path) -> None:
    first = await mapped(workspace, tmp_path / "a.csv", SURE, Wanted("Leads"))
    kept = tmp_path / "leads.toml"
    workspace.mappings.save(kept, first.mapping, first.schema)
    moved = "Email,Company,Last Name\na@example.com,Acme,Doe\n"
    with pytest.raises(UsageError) as caught:
        await mapped(workspace, tmp_path / "b.csv", moved, Wanted(mapping_file=kept))
    assert caught.value.code == "MAPPING_DRIFTED"
    assert "Last Name (moved)" in str(caught.value.details["columns"])
    followed = await mapped(workspace, tmp_path / "b.csv", moved, Wanted(mapping_file=kept, adapt=True))
    fed = followed.mapping.for_field("Last_Name")
    assert fed is not None
    assert fed.columns == (2,)
    missing = "Email,Company\na@example.com,Acme\n"
    with pytest.raises(UsageError):
        await mapped(workspace, tmp_path / "b.csv", missing, Wanted(mapping_file=kept, adapt=True))
