"""Upload and download."""

from __future__ import annotations

import pytest

from tests.sandbox.driver import Driver, columns, zip_of
from ztui.sandbox.org import ZGID

GOOD = {"feature": "bulk-write", "X-CRM-ORG": ZGID}
ZIP = zip_of({"a.csv": "Last_Name\nx\n"})


@pytest.mark.parametrize(
    ("headers", "data", "code", "message", "v2_status", "v7_status"),
    [
        (GOOD, b"no zip", "INVALID_FILE_FORMAT", "invalid file format. only zip format is supported", 200, 200),
        (GOOD | {"feature": "x"}, ZIP, "NOT_SUPPORTED_FEATURE", "Feature is not supported", 200, 200),
        ({"X-CRM-ORG": ZGID}, ZIP, "MANDATORY_NOT_FOUND", "Required key feature is not available", 200, 400),
        ({"feature": "bulk-write"}, ZIP, "MANDATORY_NOT_FOUND", "Required key x-crm-org is not available", 200, 400),
        (GOOD | {"X-CRM-ORG": "1"}, ZIP, "INVALID_DATA", "Invalid data - x-crm-org", 200, 400),
    ],
)
async def test_refused_uploads(
    zoho: Driver, headers: dict[str, str], data: bytes, code: str, message: str, v2_status: int, v7_status: int
) -> None:
    for version, status in (("v2", v2_status), ("v7", v7_status)):
        zoho.version = version
        answer = await zoho.post_file(data, headers)
        assert (answer.status_code, answer.json()["code"], answer.json()["message"]) == (status, code, message)
        assert list(answer.json()) == ["code", "details", "message", "status"]


@pytest.mark.parametrize(("switch", "status"), [("200", 200), ("400", 400)])
async def test_upload_errors_by_switch(zoho: Driver, switch: str, status: int) -> None:
    await zoho.control("switches", {"upload_errors": switch})
    assert (await zoho.post_file(b"no zip")).status_code == status


async def test_an_upload_that_is_too_large(zoho: Driver) -> None:
    big = b"PK" + bytes(25 * 1024 * 1024)
    await zoho.control("switches", {"upload_errors": "400"})
    answer = await zoho.post_file(big)
    assert (answer.status_code, answer.json()["code"]) == (413, "FILE_TOO_LARGE")
    zoho.version = "v8"
    much = await zoho.post_file(big + bytes(5 * 1024 * 1024))
    assert much.json()["message"] == "Import file size should be less than 25 mb."


@pytest.mark.parametrize("content_type", [None, "application/zip", "text/csv"])
async def test_a_part_needs_no_content_type(zoho: Driver, content_type: str | None) -> None:
    line = f"Content-Type: {content_type}\r\n" if content_type else ""
    head = f'--xx\r\nContent-Disposition: form-data; name="file"; filename="a.zip"\r\n{line}\r\n'
    headers = {**GOOD, "Content-Type": "multipart/form-data; boundary=xx"}
    body = head.encode() + ZIP + b"\r\n--xx--\r\n"
    answer = await zoho.http.post("/crm/v2/upload", content=body, headers=headers)
    assert answer.json()["code"] == "FILE_UPLOAD_SUCCESS"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(ZIP, "application/zip"), (b"", "multipart/form-data"), (b"--x--", "multipart/form-data; boundary=x")],
)
async def test_no_file_part(zoho: Driver, body: bytes, content_type: str) -> None:
    answer = await zoho.http.post("/crm/v2/upload", content=body, headers={**GOOD, "Content-Type": content_type})
    assert answer.json()["message"] == "Required key file is not available"


async def test_the_file_gateway_speaks_its_own_shape(zoho: Driver) -> None:
    await zoho.control("switches", {"gateway": "file"})
    refused = await zoho.post_file(ZIP, {"feature": "bulk-write"})
    assert refused.status_code == 400
    assert refused.json()["ERROR_CODE"] == 400
    token = await zoho.post_file(ZIP, GOOD | {"Authorization": "Bearer nonsense"})
    assert (token.status_code, token.json()["ERROR_CODE"]) == (401, 401)


async def test_a_result_is_a_named_archive_for_seven_days(zoho: Driver) -> None:
    created = await zoho.create("Last_Name,Company\nx,y\n", columns("Last_Name", "Company"))
    url = (await zoho.details(created.json()["details"]["id"]))["result"]["download_url"]
    answer = await zoho.http.get(url)
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == f"attachment;filename={url.rsplit('/', 1)[1]}"
    await zoho.control("clock", {"advance": 7 * 86_400 + 10})
    late = await zoho.http.get(url)
    assert (late.status_code, late.json()["x-info"]) == (403, "Link not valid")


async def test_a_download_wants_the_token_unless_switched_off(zoho: Driver) -> None:
    url = (await zoho.details("4150868000005350003"))["result"]["download_url"]
    assert (await zoho.http.get(url, headers={"Authorization": ""})).status_code == 401
    await zoho.control("switches", {"download_token": "false", "download_url": "relative"})
    assert (await zoho.http.get(url, headers={"Authorization": ""})).status_code == 200
    relative = (await zoho.details("4150868000005350003"))["result"]["download_url"]
    assert relative.startswith(f"/v2/crm/org{ZGID}/bulk-write/")
    assert (await zoho.http.get(relative)).status_code == 200
