"""The client against the local imitation of Zoho, in process: what one says the other must understand."""

import contextlib
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from ztui import catalogue
from ztui.errors import AnswerLost, ApiError, ArchiveError, SignInError, Unreachable
from ztui.model.crm import Operation
from ztui.model.job import Counts, JobState, JobStatus
from ztui.model.mass_update import MassUpdateRequest
from ztui.model.outcome import RowError, RowResult
from ztui.model.part import SentColumn
from ztui.model.profile import Credentials, Domains, Profile, Secret
from ztui.sandbox.faults import parse
from ztui.sandbox.server import Application
from ztui.sandbox.state import Sandbox
from ztui.sandbox.tokens import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, fixed_token, scopeless_token
from ztui.zoho import wire
from ztui.zoho.bulk_write import BulkWrite
from ztui.zoho.client import ZohoClient, exchange_code
from ztui.zoho.results import read_results

BASE = "http://127.0.0.1:8123"
DOMAINS = Domains(BASE, BASE, BASE)
TOKEN = Credentials(access_token=Secret(fixed_token()))
RENEWABLE = Credentials(refresh_token=Secret(REFRESH_TOKEN), client_id=CLIENT_ID, client_secret=Secret(CLIENT_SECRET))
VERSIONS = ["v2", "v2.1", "v3", "v8"]
CSV = "Email,Last_Name,Company\nada@example.com,Berg,Acme\nbob@example.com,,Acme\nnot an address,Chen,Acme\n"


@contextlib.asynccontextmanager
async def sandbox(*faults: str) -> AsyncIterator[Sandbox]:
    box = Sandbox(seed=1, pace="poll", faults=[parse(fault) for fault in faults])
    try:
        yield box
    finally:
        await box.close()


def client_of(box: Sandbox, version: str = "v2.1", credentials: Credentials = TOKEN) -> ZohoClient:
    async def at_once(seconds: float) -> None:
        assert seconds < 60

    profile = Profile("sandbox", DOMAINS, credentials, "", api_version=version)
    return ZohoClient(profile, transport=httpx.ASGITransport(Application(box)), sleep=at_once)


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    path = tmp_path / "part.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Leads.csv", CSV)
    return path


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def job_for(client: ZohoClient, packed: Path) -> BulkWrite:
    uploaded = await client.upload(packed, "Leads.zip")
    owner = (await client.users())[0].id
    return BulkWrite(
        Operation.INSERT,
        "Leads",
        uploaded.file_id,
        "Leads.csv",
        columns=(SentColumn("Email"), SentColumn("Last_Name"), SentColumn("Company")),
        constants=(SentColumn("Owner", default=owner),),
    )


async def ended(client: ZohoClient, job_id: str) -> JobStatus:
    for _ in range(10):
        job = await client.job(job_id)
        if job.state.terminal:
            return job
    raise AssertionError(f"{job} never ends")


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_whole_import(version: str, packed: Path, tmp_path: Path) -> None:
    async with sandbox() as box, client_of(box, version) as client:
        ref = await client.create_job(await job_for(client, packed))
        job = await ended(client, ref.job_id)
        assert (job.state, job.module, job.operation) == (JobState.COMPLETED, "Leads", "insert")
        assert job.counts == Counts(added=1, updated=0, skipped=2, total=3)
        assert job.download_url is not None
        await client.download(job.download_url, tmp_path / "result.zip")
        rows = list(read_results(tmp_path / "result.zip"))
        assert [row.columns[0] for row in rows] == ["ada@example.com", "bob@example.com", "not an address"]
        assert [row.result for row in rows] == [RowResult.ADDED, RowResult.SKIPPED, RowResult.SKIPPED]
        assert rows[1].errors == (RowError("MANDATORY_NOT_FOUND", ("Last_Name",)),)
        assert rows[2].errors == (RowError("INVALID_DATA", ("Email",)),)
        (record,) = await client.get("Leads", [rows[0].record_id], ["Last_Name", "Email"])
        assert record.values["Last_Name"] == "Berg"
        (same,) = await client.coql("select id, Last_Name from Leads where Email = 'ada@example.com' limit 5")
        assert same.id == record.id
        assert [r.id for r in await client.search("Leads", "(Email:equals:ada@example.com)")] == [record.id]
        assert client.credits.spent >= 500
        (deleted,) = await client.delete("Leads", [record.id])
        assert deleted.ok
        assert await client.get("Leads", [record.id], ["Last_Name"]) == []


@pytest.mark.parametrize("version", VERSIONS)
async def test_metadata_of_every_version(version: str) -> None:
    async with sandbox() as box, client_of(box, version) as client:
        schema = await client.schema("Leads")
        assert {f.api_name for f in schema.fields if f.mandatory} == {"Owner", "Last_Name"}
        owner, created = schema.field("Owner"), schema.field("Created_Time")
        assert owner is not None
        assert created is not None
        assert owner.writable(Operation.INSERT)
        assert not created.writable(Operation.INSERT)
        assert schema.fields[0].api_name == "id"
        importable = [
            m.api_name
            for m in await client.modules()
            if catalogue.modules().importable(m.api_name, m.generated_type, version=version)
        ]
        assert {"Leads", "Contacts", "Accounts", "Deals"} <= set(importable)
        assert "Notes" not in importable
        assert (await client.org()).zgid
        assert await client.users()
        assert await client.custom_views("Leads")


@pytest.mark.parametrize("version", VERSIONS)
async def test_the_unknown_field_is_diagnosed(version: str, packed: Path) -> None:
    async with sandbox() as box, client_of(box, version) as client:
        job = BulkWrite(Operation.INSERT, "Leads", "1", columns=(SentColumn("Last Name"),))
        with pytest.raises(ApiError) as caught:
            await client.create_job(job)
    entry = catalogue.lookup(caught.value.level, caught.value.code)
    assert entry is not None
    assert entry.kind == "unknown_field"
    assert entry.names(caught.value.message) == {"field": "Last Name"}


async def test_a_file_id_works_once(packed: Path) -> None:
    async with sandbox() as box, client_of(box) as client:
        job = await job_for(client, packed)
        await client.create_job(job)
        with pytest.raises(ApiError) as caught:
            await client.create_job(job)
    assert wire.kind_of(caught.value) == "file_used"


async def test_a_create_whose_answer_is_lost_took_effect(packed: Path) -> None:
    async with sandbox("reset_after@create") as box, client_of(box) as client:
        job = await job_for(client, packed)
        with pytest.raises(AnswerLost):
            await client.create_job(job)
        with pytest.raises(ApiError) as caught:
            await client.create_job(job)
        assert wire.kind_of(caught.value) == "file_used"


@pytest.mark.parametrize("fault", ["500@create", "502@create", "503@create", "half_json@create"])
async def test_an_unclear_answer_to_a_create_is_told_as_such(fault: str, packed: Path) -> None:
    async with sandbox(fault) as box, client_of(box) as client:
        job = await job_for(client, packed)
        with pytest.raises(AnswerLost):
            await client.create_job(job)


@pytest.mark.parametrize(
    "fault", ["500@details", "502@details", "503@details", "429@details", "half_json@details", "reset_before@details"]
)
async def test_faults_while_reading_are_waited_out(fault: str, packed: Path) -> None:
    async with sandbox(f"{fault}:times=3") as box, client_of(box) as client:
        ref = await client.create_job(await job_for(client, packed))
        assert (await ended(client, ref.job_id)).state is JobState.COMPLETED


@pytest.mark.parametrize("fault", ["truncated_download", "corrupted_download", "cut@download"])
async def test_a_damaged_download_is_fetched_again(fault: str, packed: Path, tmp_path: Path) -> None:
    async with sandbox(f"{fault}:times=1") as box, client_of(box) as client:
        ref = await client.create_job(await job_for(client, packed))
        job = await ended(client, ref.job_id)
        await client.download(job.download_url or "", tmp_path / "r.zip")
        assert len(list(read_results(tmp_path / "r.zip"))) == 3


@pytest.mark.parametrize("fault", ["truncated_download", "corrupted_download", "cut@download"])
async def test_a_download_that_stays_damaged_is_given_up(fault: str, packed: Path, tmp_path: Path) -> None:
    async with sandbox(f"{fault}:times=0") as box, client_of(box) as client:
        ref = await client.create_job(await job_for(client, packed))
        job = await ended(client, ref.job_id)
        with pytest.raises((ArchiveError, Unreachable)):
            await client.download(job.download_url or "", tmp_path / "r.zip")
    assert names_in(tmp_path) == ["part.zip"]


async def test_an_expired_link_is_told(packed: Path, tmp_path: Path) -> None:
    async with sandbox("expired_link:times=0") as box, client_of(box) as client:
        ref = await client.create_job(await job_for(client, packed))
        job = await ended(client, ref.job_id)
        with pytest.raises(ApiError) as caught:
            await client.download(job.download_url or "", tmp_path / "r.zip")
    assert wire.kind_of(caught.value) == "link_expired"


async def test_a_token_that_runs_out_is_renewed_on_the_way(packed: Path) -> None:
    async with sandbox("expired_token@details") as box, client_of(box, credentials=RENEWABLE) as client:
        ref = await client.create_job(await job_for(client, packed))
        assert (await ended(client, ref.job_id)).state is JobState.COMPLETED


@pytest.mark.parametrize(
    ("credentials", "kind"),
    [
        (Credentials(Secret("1000.wrong.token")), "token"),
        (Credentials(Secret(scopeless_token())), "scope"),
        (Credentials(None, Secret("1000.no.such"), CLIENT_ID, Secret(CLIENT_SECRET)), "grant"),
        (Credentials(None, Secret(REFRESH_TOKEN), CLIENT_ID, Secret("wrong")), "client"),
        (Credentials(None, Secret(REFRESH_TOKEN), "1000.WRONG", Secret(CLIENT_SECRET)), "client"),
    ],
)
async def test_wrong_credentials_are_told_apart(credentials: Credentials, kind: str) -> None:
    async with sandbox() as box, client_of(box, credentials=credentials) as client:
        with pytest.raises(SignInError) as caught:
            await client.job("1")
    assert wire.kind_of(caught.value) == kind


async def test_a_grant_code_is_exchanged() -> None:
    async with sandbox() as box:
        transport = httpx.ASGITransport(Application(box))
        code = Secret(box.tokens.new_code())
        grant = await exchange_code(DOMAINS, CLIENT_ID, Secret(CLIENT_SECRET), code, transport=transport)
        assert grant.refresh_token is not None
        assert "ZohoCRM.bulk.ALL" in grant.scopes
        with pytest.raises(SignInError, match="invalid_code"):
            await exchange_code(DOMAINS, CLIENT_ID, Secret(CLIENT_SECRET), code, transport=transport)


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_mass_update_of_good_and_bad_records(version: str) -> None:
    async with sandbox() as box, client_of(box, version) as client:
        good = (await client.coql("select id from Leads where Last_Name = 'Okafor' limit 1"))[0].id
        locked, missing = "475243000003269880", "1"
        answer = await client.mass_update(MassUpdateRequest("Leads", (("Company", "New"),), (good, locked, missing)))
        assert [r.record_id for r in answer.results] == [good, locked, missing]
        assert [r.ok for r in answer.results] == [True, False, False]
        assert answer.results[1].code == "RECORD_LOCKED"
        (record,) = await client.get("Leads", [good], ["Company"])
        assert record.values["Company"] == "New"
        refused = await client.mass_update(MassUpdateRequest("Leads", (("Last_Name", "New"),), (good,)))
        assert [(r.ok, r.record_id) for r in refused.results] == [(False, "")]


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_scheduled_mass_update(version: str) -> None:
    async with sandbox() as box, client_of(box, version) as client:
        view = (await client.custom_views("Leads"))[0]
        answer = await client.mass_update(MassUpdateRequest("Leads", (("Company", "New"),), cvid=view.id))
        assert answer.job_id
        status = await client.mass_update_status("Leads", answer.job_id)
        assert status.raw_state
        assert status.total >= 0
        with pytest.raises(ApiError) as caught:
            await client.mass_update_status("Leads", "1")
    assert wire.kind_of(caught.value) == "not_found"


async def test_an_unknown_status_word_is_kept(packed: Path) -> None:
    async with sandbox("unknown_status:times=1") as box, client_of(box) as client:
        ref = await client.create_job(await job_for(client, packed))
        job = await client.job(ref.job_id)
    assert (job.state, job.raw_state) == (JobState.UNKNOWN, "ON HOLD")


async def test_a_failed_job_names_its_code(packed: Path) -> None:
    async with sandbox("failed_job:code=HEADER_LIMIT_EXCEEDED") as box, client_of(box) as client:
        ref = await client.create_job(await job_for(client, packed))
        job = await ended(client, ref.job_id)
    assert (job.state, job.code) == (JobState.FAILED, "HEADER_LIMIT_EXCEEDED")


@pytest.mark.parametrize("status", [400, 401])
async def test_the_file_gateways_refusal_is_understood(status: int, packed: Path) -> None:
    async with sandbox(f"upload_gateway:status={status},times=0") as box, client_of(box) as client:
        with pytest.raises((ApiError, SignInError)) as caught:
            await client.upload(packed, "x.zip")
    assert wire.kind_of(caught.value) in ("wrong_org", "token")
