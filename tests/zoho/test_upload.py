"""Uploads: the form as Zoho takes it, streamed with its length told, and every known refusal."""

import re
from pathlib import Path

import httpx
import pytest

from tests.zoho.support import RENEWABLE, profile, refusal, reply, serving, token_reply
from ztui.errors import ApiError, SignInError, Unreachable, ZohoError
from ztui.model.job import UploadedFile
from ztui.zoho import wire

TAKEN = reply(
    {
        "code": "FILE_UPLOAD_SUCCESS",
        "details": {"created_time": "2022-05-23T12:55:22+05:30", "file_id": "4876876000001306001"},
        "message": "file uploaded.",
        "status": "success",
    }
)
ORG = reply({"org": [{"id": "1", "zgid": "555", "company_name": "Acme"}]})

CONTENT = b"PK\x03\x04" + bytes(range(256)) * 2000


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    path = tmp_path / "part-1.zip"
    path.write_bytes(CONTENT)
    return path


async def test_the_form_is_what_zoho_takes(packed: Path) -> None:
    server = serving(TAKEN)
    async with server.client() as client:
        uploaded = await client.upload(packed, "leads-1.zip")
    assert uploaded == UploadedFile("4876876000001306001", "2022-05-23T12:55:22+05:30")
    (request,) = server.requests
    assert str(request.url) == "https://content.zohoapis.com/crm/v2.1/upload"
    assert request.method == "POST"
    headers = request.headers
    assert (headers["feature"], headers["x-crm-org"]) == ("bulk-write", "694902309")
    assert headers["authorization"] == "Zoho-oauthtoken 1000.aa.plain"
    assert "transfer-encoding" not in headers
    assert int(headers["content-length"]) == len(request.content)
    boundary = re.fullmatch(r"multipart/form-data; boundary=(\w+)", headers["content-type"])
    assert boundary is not None
    head, body = request.content.split(b"\r\n\r\n", 1)
    assert head.splitlines() == [
        f"--{boundary[1]}".encode(),
        b'Content-Disposition: form-data; name="file"; filename="leads-1.zip"',
        b"Content-Type: application/zip",
    ]
    assert body == CONTENT + f"\r\n--{boundary[1]}--\r\n".encode()


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("leads", "leads.zip"),
        ("Leads.ZIP", "Leads.ZIP"),
        ('a"b\r\nX-Evil: 1.zip', "a_b__X-Evil_ 1.zip"),
        ("Müller.zip", "M_ller.zip"),
        ("", "part.zip"),
    ],
)
async def test_the_file_name_ends_in_zip_and_cannot_break_the_form(packed: Path, name: str, sent: str) -> None:
    server = serving(TAKEN)
    async with server.client() as client:
        await client.upload(packed, name)
    assert f'filename="{sent}"'.encode() in server.requests[0].content


async def test_progress_is_told_to_the_last_byte(packed: Path) -> None:
    told: list[tuple[int, int]] = []
    async with serving(TAKEN).client() as client:
        await client.upload(packed, "x.zip", lambda sent, total: told.append((sent, total)))
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert len(told) > 2
    assert [sent for sent, _ in told] == sorted(sent for sent, _ in told)


async def test_an_unknown_organisation_is_looked_up_once(packed: Path) -> None:
    server = serving(lambda request: TAKEN if request.method == "POST" else ORG)
    async with server.client(profile(zgid="")) as client:
        await client.upload(packed, "x.zip")
        await client.upload(packed, "x.zip")
    assert server.paths == ["/crm/v2.1/org", "/crm/v2.1/upload", "/crm/v2.1/upload"]
    assert server.requests[-1].headers["x-crm-org"] == "555"


@pytest.mark.parametrize(
    ("answer", "code", "kind"),
    [
        (refusal("INVALID_FILE_FORMAT", 200, "only zip format is supported"), "INVALID_FILE_FORMAT", "file_format"),
        (refusal("NOT_SUPPORTED_FEATURE", 200, "Feature is not supported"), "NOT_SUPPORTED_FEATURE", "client_bug"),
        (refusal("FILE_TOO_LARGE", 413, "File size too large to process"), "FILE_TOO_LARGE", "too_large"),
        (refusal("INVALID_DATA", 400, "Import file size should be less than 25 mb."), "INVALID_DATA", "too_large"),
        (refusal("INVALID_DATA", 400, "Invalid data - x-crm-org"), "INVALID_DATA", "wrong_org"),
        (
            reply({"ERROR_CODE": 400, "ERROR_MESSAGE": "Bad Request", "x-error": "check headers"}, 400),
            "BAD_REQUEST",
            "wrong_org",
        ),
        (refusal("NO_PERMISSION", 403, "Permission denied to create"), "NO_PERMISSION", "permission"),
        (reply(b"<html>too large", 413), "REQUEST_ENTITY_TOO_LARGE", "too_large"),
    ],
)  # fmt: skip
async def test_refusals_are_understood_whatever_their_status(
    packed: Path, answer: httpx.Response, code: str, kind: str
) -> None:
    server = serving(answer)
    async with server.client() as client:
        with pytest.raises(ApiError) as caught:
            await client.upload(packed, "x.zip")
    assert caught.value.code == code
    assert wire.kind_of(caught.value) == kind
    assert len(server.requests) == 1


async def test_the_file_gateways_own_refusal_of_a_token_renews_it(packed: Path) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth/v2/token":
            return token_reply(f"1000.{len(server.requests)}")
        if request.headers["authorization"].endswith("1000.1"):
            return reply({"ERROR_CODE": 401, "ERROR_MESSAGE": "Unauthorized request"}, 401)
        return TAKEN

    server = serving(handler)
    async with server.client(profile(RENEWABLE)) as client:
        assert (await client.upload(packed, "x.zip")).file_id
    first, second = (r.content for r in server.requests if r.url.path.endswith("upload"))
    assert first == second


async def test_a_missing_upload_scope_is_named(packed: Path) -> None:
    async with serving(refusal("OAUTH_SCOPE_MISMATCH", 401, "invalid oauth scope")).client() as client:
        with pytest.raises(SignInError) as caught:
            await client.upload(packed, "x.zip")
    assert caught.value.details["scope"] == "ZohoFiles.files.ALL"


@pytest.mark.parametrize("failure", [httpx.ReadError("reset"), httpx.WriteTimeout(""), refusal("INTERNAL_ERROR", 500)])
async def test_a_failed_upload_did_no_harm_and_is_the_callers_to_repeat(
    packed: Path, failure: Exception | httpx.Response
) -> None:
    server = serving(failure)
    async with server.client() as client:
        with pytest.raises(ZohoError) as caught:
            await client.upload(packed, "x.zip")
    assert isinstance(caught.value, Unreachable | ApiError)
    assert wire.passing(caught.value)
    assert len(server.requests) == 1


@pytest.mark.parametrize("body", [{}, {"status": "success"}, {"details": {"file_id": ""}}])
async def test_a_success_without_a_file_id_is_no_success(packed: Path, body: object) -> None:
    async with serving(reply(body)).client() as client:
        with pytest.raises(ApiError, match="ANSWER_GARBLED"):
            await client.upload(packed, "x.zip")


async def test_a_file_that_is_gone_is_the_disks_fault(tmp_path: Path) -> None:
    async with serving(TAKEN).client() as client:
        with pytest.raises(FileNotFoundError):
            await client.upload(tmp_path / "gone.zip", "gone.zip")
