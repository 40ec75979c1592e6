"""Every recorded refusal, sent through the client, ends in the diagnosis a person needs."""

from __future__ import annotations

import pytest

from tests.store.plans import MAPPING, SCHEMA
from tests.zoho.support import profile, serving
from tests.zoho.test_recorded_cases import BY_ID, CASES, answer, ask, version
from ztui.engine.diagnose import Diagnosis, diagnose_error
from ztui.errors import ZohoError
from ztui.model.event import ErrorInfo
from ztui.model.mass_update import MassUpdateAnswer
from ztui.zoho.wire import text

NO_ADDRESS = ("Zoho does not know this address", "does not exist in this version", "edit_profile")
NO_METHOD = ("Zoho does not take this kind of request here", "the HTTP method is not", "")
NO_TOKEN = ("Zoho saw no usable token", "carried no access token", "edit_profile")
NO_JOB = ("Zoho does not know this job", "no bulk write job with this id", "check_profile")
BAD_CALLBACK = (
    "Zoho refuses the callback address",
    "http://requestbin.fullcontact.com (possible ssrf",
    "drop_callback",
)
USED_FILE = ("The uploaded file cannot be used", "already used it", "upload_again")

RIGHT = {
    "create-v2.1/MANDATORY_FIELDS_NOT_MAPPED": ("A required field is not mapped", "Owner", "map_field"),
    "create-v2.1/INVALID_CALLBACK_URL": BAD_CALLBACK,
    "create-v2.1/FILE_NOT_SUPPORTED": USED_FILE,
    "create-v2.1/INVALID_DATA": ("Zoho cannot read the job", "operation", ""),
    "create-v2.1/MISSING_REQUIRED_KEY": ("The job's description is incomplete", "module", "remap"),
    "create-v2.1/INVALID_FIELD_NAME": ("Zoho does not know a field", "Last Name", "remap"),
    "create-v2/MISSING_REQUIRED_KEY": ("The job names no file", "uploaded file", "upload_again"),
    "create-v2/INVALID_CALLBACK_URL": BAD_CALLBACK,
    "create-v2/FILE_NOT_SUPPORTED": USED_FILE,
    "details-v2.1/INVALID_URL_PATTERN": NO_ADDRESS,
    "details-v2.1/INVALID_REQUEST_METHOD": NO_METHOD,
    "details-v2.1/AUTHENTICATION_FAILURE": NO_TOKEN,
    "details-v2.1/RESOURCE_NOT_FOUND": NO_JOB,
    "details-v2.1/OAUTH_SCOPE_MISMATCH": ("The token may not do this", "ZohoCRM.bulk.ALL", "new_grant"),
    "details-v2/INVALID_URL_PATTERN": NO_ADDRESS,
    "details-v2/INVALID_REQUEST_METHOD": NO_METHOD,
    "details-v2/AUTHENTICATION_FAILURE": NO_TOKEN,
    "details-v2/RESOURCE_NOT_FOUND": NO_JOB,
    "mass-update-v2/INVALID_DATA (no field)": ("No field to update", "no field", "change_value"),
    "mass-update-v2/INVALID_DATA (field)": ("This field cannot be mass updated", "No_of_Employees1", "change_field"),
    "mass-update-v2/MANDATORY_NOT_FOUND": ("No records to update", "neither records nor a view", "change_view"),
    "mass-update-v2/INVALID_REQUEST_METHOD": NO_METHOD,
    "mass-update-v2/AUTHENTICATION_FAILURE": NO_TOKEN,
    "mass-update-v2/NOT_APPROVED": ("The record waits for approval", "1306462000000496025", "wait"),
    "mass-update-v2/RECORD_LOCKED": ("The record is locked", "zia_vision_processing", "wait"),
}


def refused(case: str) -> bool:
    body = BY_ID[case]["expected_body"]
    only = body["data"][0] if isinstance(body.get("data"), list) else body
    return bool(only.get("status") == "error")


def test_every_recorded_refusal_is_in_the_table() -> None:
    assert set(RIGHT) == {case["id"] for case in CASES if refused(case["id"])}
    assert len(RIGHT) == 25


async def diagnosed(case: str) -> Diagnosis:
    """What the engine makes of the answer: errors become facts of the run, mass updates have a result per record."""
    recorded = BY_ID[case]
    async with serving(answer(recorded)).client(profile(version=version(recorded))) as client:
        try:
            result = await ask(client, recorded)
        except ZohoError as error:
            facts = tuple((name, text(value)) for name, value in error.details.items())
            told = ErrorInfo(error.level, error.code, error.message, facts)
        else:
            assert isinstance(result, MassUpdateAnswer)
            (only,) = result.results
            told = ErrorInfo("mass_update", only.code, only.message, only.details)
    return diagnose_error(told, MAPPING, SCHEMA)


@pytest.mark.parametrize("case", RIGHT)
async def test_a_recorded_refusal_gets_the_right_diagnosis(case: str) -> None:
    title, fact, repair = RIGHT[case]
    found = await diagnosed(case)
    assert found.known
    assert found.title == title
    assert fact in found.cause
    assert [r.kind for r in found.repairs][:1] == ([repair] if repair else [])
    assert found.message
