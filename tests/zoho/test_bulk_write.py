"""Jobs in every version's dialect, and status answers with anything missing."""

from typing import Any

import pytest

from tests.zoho.support import profile, reply, serving
from ztui import catalogue
from ztui.model.crm import Operation
from ztui.model.job import Counts, JobState
from ztui.model.mapping import FieldMapping, Mapping
from ztui.model.part import SentColumn
from ztui.zoho.bulk_write import BulkWrite, job_status, number, state_of
from ztui.zoho.wire import Answer

MAPPING = Mapping(
    module="Contacts",
    operation=Operation.UPSERT,
    find_by="Email",
    ignore_empty=False,
    layout_id="900",
    callback_url="https://example.com/done",
    headers=("Mail", "Name", "Born", "Firm", "Src"),
    fields=(
        FieldMapping("Last_Name", (1,)),
        FieldMapping("Email", (0,)),
        FieldMapping("Date_of_Birth", (2,)),
        FieldMapping("Account_Name", (3,), find_by="Account_Name"),
        FieldMapping("Description", (4,), default="none"),
        FieldMapping("Lead_Source", default="Trade Show"),
    ),
)
COLUMNS = (
    SentColumn("Email"),
    SentColumn("Last_Name"),
    SentColumn("Date_of_Birth", format="yyyy-MM-dd"),
    SentColumn("Account_Name", find_by="Account_Name"),
    SentColumn("Description", default="none"),
    SentColumn("Lead_Source", default="Trade Show"),
)
JOB = BulkWrite.of(MAPPING, COLUMNS, "5100000000001234002", "Contacts-1.csv")


def resource_of(job: BulkWrite, version: str) -> dict[str, Any]:
    resources = job.payload(version)["resource"]
    assert isinstance(resources, list)
    (only,) = resources
    assert isinstance(only, dict)
    return only


def test_everything_a_mapping_says_is_in_the_body() -> None:
    assert JOB.payload("v2.1") == {
        "operation": "upsert",
        "ignore_empty": False,
        "character_encoding": "UTF-8",
        "callback": {"url": "https://example.com/done", "method": "post"},
        "resource": [
            {
                "type": "data",
                "module": {"api_name": "Contacts"},
                "file_id": "5100000000001234002",
                "find_by": "Email",
                "field_mappings": [
                    {"api_name": "Email", "index": 0},
                    {"api_name": "Last_Name", "index": 1},
                    {"api_name": "Date_of_Birth", "index": 2, "format": "yyyy-MM-dd"},
                    {"api_name": "Account_Name", "index": 3, "find_by": "Account_Name"},
                    {"api_name": "Description", "index": 4, "default_value": {"value": "none"}},
                    {"api_name": "Lead_Source", "default_value": {"value": "Trade Show"}},
                    {"api_name": "Layout", "default_value": {"value": "900"}},
                ],
            }
        ],
    }


@pytest.mark.parametrize("version", catalogue.versions().all)
def test_versions_differ_in_module_and_file_names(version: str) -> None:
    resource = resource_of(JOB, version)
    assert resource["module"] == ("Contacts" if version == "v2" else {"api_name": "Contacts"})
    assert ("file_names" in resource) is (version not in ("v2", "v2.1"))
    assert resource.get("file_names", ["Contacts-1.csv"]) == ["Contacts-1.csv"]


def test_a_minimal_insert_has_no_empty_keys() -> None:
    job = BulkWrite.of(
        Mapping("Leads", fields=(FieldMapping("Last_Name", (0,)),)), (SentColumn("Last_Name"),), "7", "a.csv"
    )
    body = job.payload("v2")
    assert set(body) == {"operation", "ignore_empty", "character_encoding", "resource"}
    assert body["resource"] == [
        {"type": "data", "module": "Leads", "file_id": "7", "field_mappings": [{"api_name": "Last_Name", "index": 0}]}
    ]


def test_a_mapped_layout_column_goes_before_the_layout_of_the_whole_file() -> None:
    job = BulkWrite(Operation.INSERT, "Leads", "7", columns=(SentColumn("Layout"),), layout_id="900")
    resource = resource_of(job, "v2.1")
    assert resource["field_mappings"] == [{"api_name": "Layout", "index": 0}]


@pytest.mark.parametrize("version", ["v2", "v2.1", "v8"])
async def test_the_version_is_in_the_path(version: str) -> None:
    server = serving(
        reply({"details": {"id": "42", "created_by": {"name": "Ada"}}, "status": "success", "code": "SUCCESS"}, 201)
    )
    async with server.client(profile(version=version)) as client:
        ref = await client.create_job(JOB)
    assert (ref.job_id, ref.created_by) == ("42", "Ada")
    assert server.paths == [f"/crm/bulk/{version}/write"]


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("ADDED", JobState.ADDED),
        ("INPROGRESS", JobState.INPROGRESS),
        ("IN PROGRESS", JobState.INPROGRESS),
        ("In_Progress", JobState.INPROGRESS),
        ("completed", JobState.COMPLETED),
        ("FAILED", JobState.FAILED),
        ("SKIPPED", JobState.SKIPPED),
        ("ON HOLD", JobState.UNKNOWN),
        ("UNKNOWN", JobState.UNKNOWN),
        ("", JobState.UNKNOWN),
    ],
)
def test_state_words(word: str, state: JobState) -> None:
    assert state_of(word) is state
    assert job_status(Answer(200, {"status": word}), "1").raw_state == word


def test_a_failed_job_tells_the_failed_resources_code() -> None:
    body = {
        "status": "FAILED",
        "resource": [
            {"status": "COMPLETED", "code": "COMPLETED", "module": {"api_name": "Leads"}},
            {"status": "FAILED", "code": "HEADER_LIMIT_EXCEEDED", "module": "Leads"},
        ],
        "id": 12345,
    }
    job = job_status(Answer(200, body), "1")
    assert (job.state, job.code, job.job_id, job.module) == (JobState.FAILED, "HEADER_LIMIT_EXCEEDED", "12345", "Leads")


def test_counts_of_several_files_are_added_up() -> None:
    files = [
        {"added_count": 1, "updated_count": 2, "skipped_count": 3, "total_count": 6},
        {"added_count": "4", "total_count": "4"},
    ]
    body = {"status": "COMPLETED", "resource": [{"file": f} for f in files]}
    assert job_status(Answer(200, body), "1").counts == Counts(5, 2, 3, 10)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"status": None},
        {"status": "ADDED", "resource": None, "result": None, "callback": 1},
        {"status": "ADDED", "resource": [None, 7, {"file": []}], "result": {"download_url": None}},
        {"status": "ADDED", "resource": {"a": 1}, "result": []},
        {"status": "ADDED", "resource": [{"file": {"status": "INPROGRESS"}}]},
    ],
)
def test_anything_may_be_missing(body: dict[str, object]) -> None:
    job = job_status(Answer(200, body), "1")
    assert job.counts == Counts()
    assert job.download_url is None
    assert job.job_id == "1"


@pytest.mark.parametrize(
    ("value", "count"),
    [(3, 3), ("3", 3), (None, None), (True, None), ("x", None), (1.5, None), ("9" * 30, None), ("-1", None)],
)
def test_counts_come_as_numbers_or_digits(value: object, count: int | None) -> None:
    assert number(value) == count


@pytest.mark.parametrize("job_id", ["../../v2/Leads", "1?x=2", "1/2", ".."])
async def test_a_job_id_cannot_lead_to_another_path(job_id: str) -> None:
    server = serving(reply({"status": "ADDED"}))
    async with server.client() as client:
        await client.job(job_id)
    path = server.requests[0].url.raw_path.decode()
    assert path.startswith("/crm/bulk/v2.1/write/")
    assert path.count("/") == 5
    assert "?" not in path
