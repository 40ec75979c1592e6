from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from ztui.engine.sandboxed import Sandbox
from ztui.engine.workspace import Workspace
from ztui.errors import ConfigError, SignInError, SourceError
from ztui.store.locations import Locations
from ztui.store.profiles import ProfileStore, make_profile


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
async def workspace(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Workspace]:
    async with Workspace.open(sandbox=sandbox, locations=Locations.under(tmp_path)) as opened:
        yield opened


async def test_the_org_of_a_sandbox(workspace: Workspace) -> None:
    assert (await workspace.org()).zgid
    assert (await workspace.modules())[0].api_name == "Leads"
    assert (await workspace.schema("Leads")).field("Date_3") is not None
    assert (await workspace.credits()).spent > 0


async def test_the_directory_knows_users_and_records(workspace: Workspace) -> None:
    directory = workspace.directory()
    assert directory is not None
    user = (await workspace.users())[0]
    values = [user.email.upper(), "nobody@example.com"]
    assert list(await directory.missing_users("email", values)) == ["nobody@example.com"]
    assert list(await directory.missing_users("", [user.id, "1"])) == ["1"]
    await (await workspace.connect()).insert("Leads", [{"Last_Name": "Doe", "Email": "doe@example.com"}])
    values = ["DOE@example.com", "none@example.com"]
    assert list(await directory.missing_records("Leads", "Email", values)) == ["none@example.com"]


async def test_the_zgid_is_looked_up_and_kept(sandbox: Sandbox, tmp_path: Path) -> None:
    places = Locations.under(tmp_path)
    hosts = dict.fromkeys(("api", "accounts", "upload"), sandbox.base_url)
    store = ProfileStore(places.profiles_file)
    store.save(make_profile("box", {"domains": hosts, "access_token": sandbox.token}))
    async with Workspace.open(locations=places) as workspace:
        org = await workspace.org()
        assert workspace.profile is not None
        assert workspace.profile.zgid == org.zgid
    assert store.load().profiles["box"].zgid == org.zgid


async def test_without_a_profile_files_and_standard_fields_work(tmp_path: Path) -> None:
    leads = tmp_path / "leads.csv"
    leads.write_text("Last Name,Email\nDoe,a@example.com\n")
    async with Workspace.open(locations=Locations.under(tmp_path / "own")) as workspace:
        assert workspace.profile is None
        assert (await workspace.schema("Leads")).field("Email") is not None
        file = await workspace.open_file(str(leads))
        assert file.info.headers == ("Last Name", "Email")
        file.close()
        assert [f.path for f in workspace.recent_files()] == [str(leads)]
        assert workspace.directory() is None
        with pytest.raises(ConfigError) as caught:
            await workspace.org()
        assert caught.value.code == "PROFILE_NONE"


async def test_switching_profiles(tmp_path: Path) -> None:
    places = Locations.under(tmp_path)
    store = ProfileStore(places.profiles_file)
    for name in ("one", "two"):
        store.save(make_profile(name, {"access_token": "t"}))
    async with Workspace.open(locations=places) as workspace:
        assert workspace.profile is not None
        assert workspace.profile.name == "one"
        workspace.use("two")
        assert workspace.profile.name == "two"
        assert workspace.profiles.current == "two"
        assert workspace.profile_named("one").name == "one"
        with pytest.raises(ConfigError):
            workspace.use("three")


async def test_a_profile_that_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        Workspace.open("nobody", locations=Locations.under(tmp_path))
    assert caught.value.code == "PROFILE_UNKNOWN"


async def test_a_missing_file_is_not_remembered(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        await workspace.open_file(str(tmp_path / "none.csv"))
    assert workspace.recent_files() == []


async def test_a_profile_that_was_changed_gets_another_client(sandbox: Sandbox, tmp_path: Path) -> None:
    places = Locations.under(tmp_path)
    store = ProfileStore(places.profiles_file)
    hosts = dict.fromkeys(("api", "accounts", "upload"), sandbox.base_url)
    wrong = make_profile("box", {"domains": hosts, "access_token": "1000.wrong"})
    store.save(wrong)
    async with Workspace.open(locations=places) as workspace:
        with pytest.raises(SignInError):
            await workspace.org()
        store.save(workspace.profiles.make("box", {"access_token": sandbox.token}, wrong))
        workspace.use("box")
        assert (await workspace.org()).zgid
        first = await workspace.connect()
        assert await workspace.connect() is first
