import asyncio

from ztui.engine import demo_file
from ztui.engine.demo import MODULE, Demo, demo


async def _look_at(running: Demo) -> None:
    assert await running.fill() == len(demo_file.FAULTS["in_crm"])
    async with running.workspace() as workspace:
        assert workspace.profile is not None
        assert workspace.profile.sandbox
        directory = workspace.directory()
        assert directory is not None
        addresses = [lead["Email"] for lead in demo_file.existing()]
        assert await directory.missing_records(MODULE, "Email", addresses) == []
        assert (await workspace.schema(MODULE)).field("Date_3") is not None


def test_the_demo_has_a_file_an_org_and_leads_in_it_and_is_gone_afterwards() -> None:
    with demo() as running:
        assert running.path.read_bytes() == demo_file.content()
        asyncio.run(_look_at(running))
    assert not running.path.parent.exists()
    assert running.sandbox.pid is None
