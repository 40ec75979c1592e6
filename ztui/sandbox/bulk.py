"""The bulk write endpoints: upload, create job, job details, download of the result."""

from __future__ import annotations

import asyncio
import io
import random
import zipfile
from collections.abc import Iterable
from dataclasses import replace

from ztui.sandbox import archive, create, multipart, tokens
from ztui.sandbox.clock import iso
from ztui.sandbox.faults import Fault
from ztui.sandbox.jobs import COMPLETED, LINK_LIFETIME
from ztui.sandbox.limits import CREATE_JOB
from ztui.sandbox.mappings import Checks
from ztui.sandbox.org import ZGID
from ztui.sandbox.state import Sandbox
from ztui.sandbox.wire import (
    Answer,
    Call,
    Refused,
    Service,
    bulk,
    bulk_error,
    dump,
    envelope,
    load,
    record_number,
)

MAX_UPLOAD = 25 * 1024 * 1024
CAPTURED_AS_200 = frozenset({"INVALID_FILE_FORMAT", "NOT_SUPPORTED_FEATURE"})


async def upload(box: Sandbox, call: Call) -> Answer:
    """`POST /crm/{v}/upload`: keep a zip for one job. Checked are the headers, then the size, then the file."""
    if box.switches.gateway == "file":
        _gateway_headers(call)
    feature, org = call.headers.get("feature"), call.headers.get("x-crm-org")
    if not feature:
        raise _upload_error(box, call, "MANDATORY_NOT_FOUND", "Required key feature is not available")
    if feature != "bulk-write":
        details = {"created_time": "1970-01-01T00:00:00+00:00"}
        raise _upload_error(box, call, "NOT_SUPPORTED_FEATURE", "Feature is not supported", details)
    if not org:
        raise _upload_error(box, call, "MANDATORY_NOT_FOUND", "Required key x-crm-org is not available")
    if org.strip() != ZGID:
        raise _upload_error(box, call, "INVALID_DATA", "Invalid data - x-crm-org")
    if call.too_large:
        raise _too_large(box, call)
    name, data = _file_part(box, call)
    if len(data) > MAX_UPLOAD:
        raise _too_large(box, call)
    now = box.clock.now()
    if not await asyncio.to_thread(archive.is_zip, data):
        text = "invalid file format. only zip format is supported"
        raise _upload_error(box, call, "INVALID_FILE_FORMAT", text, {"created_time": iso(now)})
    with box.store.transaction() as db:
        number = box.store.new_ids()
        db.execute("INSERT INTO files (id, name, data, created) VALUES (?,?,?,?)", (number, name, data, now))
    details = {"created_time": iso(now), "file_id": str(number)}
    return Answer(200, dump(envelope("FILE_UPLOAD_SUCCESS", "file uploaded.", details, "success")), Service.FILES)


def _upload_error(box: Sandbox, call: Call, code: str, message: str, details: object = None) -> Refused:
    status = 413 if code == "FILE_TOO_LARGE" else 400
    if box.switches.upload_errors == "200" or (
        box.switches.upload_errors == "recorded" and (not call.dialect.real_statuses or code in CAPTURED_AS_200)
    ):
        status = 200
    return Refused(Answer(status, dump(envelope(code, message, details)), Service.FILES, error=True))


def _too_large(box: Sandbox, call: Call) -> Refused:
    if call.dialect.newest:
        return _upload_error(box, call, "INVALID_DATA", "Import file size should be less than 25 mb.")
    return _upload_error(box, call, "FILE_TOO_LARGE", "File size too large to process")


def gateway_refusal(status: int) -> Answer:
    """The file gateway's own shape of refusal, for headers (400) or the token (401)."""
    body: dict[str, object] = {"ERROR_CODE": 401, "ERROR_MESSAGE": "Unauthorized request"}
    if status != 401:
        hint = "check if headers [feature, X-CRM-ORG] are present and valid"
        body = {"ERROR_CODE": status, "ERROR_MESSAGE": "Bad Request", "x-error": hint}
    return Answer(status, dump(body), Service.FILES, error=True)


def _gateway_headers(call: Call) -> None:
    if call.headers.get("feature") != "bulk-write" or not call.headers.get("x-crm-org", "").isdigit():
        raise Refused(gateway_refusal(400))


def _file_part(box: Sandbox, call: Call) -> tuple[str, bytes]:
    for part in multipart.parts(call.headers.get("content-type", ""), call.body):
        if part.name == "file" and part.filename is not None:
            return archive.base_name(part.filename or "file.zip"), part.content
    raise _upload_error(box, call, "MANDATORY_NOT_FOUND", "Required key file is not available")


async def create_job(box: Sandbox, call: Call) -> Answer:
    """`POST /crm/bulk/{v}/write`: 201 with the job's id, or the first thing that is wrong with the request."""

    def allowed(module: str) -> None:
        row = box.store.row("SELECT scopes FROM tokens WHERE token=?", (call.token,))
        held = row["scopes"] if row is not None else ""
        if not tokens.covers(held, (f"ZohoCRM.modules.{module}.CREATE", f"ZohoCRM.modules.{module}.WRITE")):
            raise tokens.scope_refusal()

    try:
        body = load(call.body) if not call.too_large else None
    except ValueError as problem:
        if call.dialect.newest:
            raise bulk_error("INVALID_REQUEST", "Invalid request") from problem
        raise bulk_error("INVALID_DATA", "Invalid data") from problem
    if call.dialect.newest and "multipart" in call.headers.get("content-type", ""):
        raise bulk_error("REQUEST_BODY_NOT_SUPPORTED", "Request body is not supported")
    checks = Checks(box.store, box.org, box.switches, call.dialect, allowed)
    spec = create.check(body, checks)
    box.limits.charge(CREATE_JOB - 1)
    number = await box.jobs.create(spec)
    creator = box.org.users[0]
    details = {"id": str(number), "created_by": {"id": creator.id, "name": creator.full_name}}
    return bulk(201, {"status": "success", "code": "SUCCESS", "message": "success", "details": details})


async def job_details(box: Sandbox, call: Call) -> Answer:
    """`GET /crm/bulk/{v}/write/{id}`: the bare job object; at the pace `poll` each reading takes the job one on."""
    row = box.jobs.find(record_number(call.parts["id"]))
    if row is None:
        status = int(box.switches.job_not_found)
        raise bulk_error("RESOURCE_NOT_FOUND", "The requested resource doesn't exist.", status=status)
    answer = bulk(200, box.jobs.details(row, call.dialect, call.base))
    if box.pace == "poll" and not row["frozen"]:
        await box.jobs.step(row["id"])
    else:
        box.jobs.wake()
    return answer


def with_status_word(box: Sandbox, call: Call, word: str) -> Answer:
    """Job details that show a word no one has documented."""
    row = box.jobs.find(record_number(call.parts["id"]))
    if row is None:
        raise bulk_error("RESOURCE_NOT_FOUND", "The requested resource doesn't exist.")
    return bulk(200, box.jobs.details(row, call.dialect, call.base, word))


LINK_NOT_VALID = Answer(
    403,
    dump({"http_status": "403", "info": "Forbidden", "x-info": "Link not valid"}),
    Service.FILES,
    "application/json",
    error=True,
)


async def download(box: Sandbox, call: Call) -> Answer:
    """`GET /v2/crm/{zgid}/bulk-write/{id}/{id}.zip`: the result archive, for seven days after the job's end."""
    number = record_number(call.parts["id"])
    row = None
    if number is not None and call.parts["zgid"] in (ZGID, f"org{ZGID}") and call.parts["id"] == call.parts["again"]:
        row = box.store.row("SELECT state, changed, archive FROM jobs WHERE id=?", (number,))
    gone = row is None or row["state"] != COMPLETED or row["archive"] is None
    if gone or row is None or box.clock.now() - row["changed"] > LINK_LIFETIME:
        return LINK_NOT_VALID
    name = f"{number}.zip"
    disposition = ("Content-Disposition", f"attachment;filename={name}")
    return Answer(200, row["archive"], Service.FILES, "application/octet-stream", (disposition,))


_OF_ROWS = ("shuffled_results", "duplicated_results")


def disturbed(answer: Answer, faults: Iterable[Fault], chance: random.Random) -> Answer:
    """A download as the faults leave it: rows change places before the archive that holds them is damaged."""
    if answer.status != 200:
        return answer
    data = answer.body
    for fault in sorted(faults, key=lambda fault: fault.kind not in _OF_ROWS):
        if fault.kind == "expired_link":
            return LINK_NOT_VALID
        if fault.kind == "truncated_download":
            data = data[: len(data) // 2]
        elif fault.kind == "corrupted_download":
            data = _flipped(data, chance)
        elif fault.kind in _OF_ROWS:
            data = _rearranged(data, fault.kind, chance)
    return replace(answer, body=data)


def _flipped(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    start = min(30, len(changed))
    for _ in range(max(8, len(changed) // 200)):
        if len(changed) > start:
            changed[chance.randrange(start, len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _rearranged(data: bytes, kind: str, chance: random.Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        entries = [(info.filename, source.read(info)) for info in source.infolist()]
    out = []
    for name, content in entries:
        rows = list(archive.rows_of(content, "utf-8"))
        header, body = rows[0], rows[1:]
        if kind == "shuffled_results":
            chance.shuffle(body)
        else:
            body = [copy for row in body for copy in ([row, row] if chance.random() < 0.2 else [row])]
            if body and len(body) == len(rows) - 1:
                body.append(body[0])
        out.append((name, archive.result_csv(header, body)))
    return archive.zipped(out)
