"""Drives a sandbox in process as a client would: small verbs over its HTTP surface."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from ztui.sandbox.org import ZGID
from ztui.sandbox.server import Application
from ztui.sandbox.state import Sandbox
from ztui.sandbox.tokens import fixed_token

BASE = "http://127.0.0.1:9"
Row = dict[str, str]


class Driver:
    """A client of one sandbox; `version` is the API version it speaks."""

    def __init__(self, box: Sandbox, version: str = "v2.1") -> None:
        self.box = box
        self.version = version
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=Application(box)),
            base_url=BASE,
            headers={"Authorization": f"Zoho-oauthtoken {fixed_token()}"},
        )

    async def close(self) -> None:
        await self.http.aclose()
        await self.box.close()

    async def get(self, path: str, **params: str) -> httpx.Response:
        return await self.http.get(f"/crm/{self.version}{path}", params=params)

    async def send(self, method: str, path: str, body: object) -> httpx.Response:
        return await self.http.request(method, f"/crm/{self.version}{path}", content=json.dumps(body))

    async def control(self, what: str, body: object | None = None, method: str = "POST") -> Any:
        content = json.dumps(body) if body is not None else None
        answer = await self.http.request(method, f"/_sandbox/{what}", content=content)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post_file(self, data: bytes, headers: Mapping[str, str] | None = None) -> httpx.Response:
        given = {"feature": "bulk-write", "X-CRM-ORG": ZGID} if headers is None else headers
        files = {"file": ("part.csv.zip", data)}
        return await self.http.post(f"/crm/{self.version}/upload", files=files, headers=given)

    async def upload(self, text: str | bytes, name: str = "part.csv") -> str:
        answer = await self.post_file(zip_of({name: text}))
        assert answer.json()["code"] == "FILE_UPLOAD_SUCCESS", answer.text
        return str(answer.json()["details"]["file_id"])

    def resource(self, file_id: str, module: str, mappings: Sequence[Mapping[str, Any]] | None, **more: Any) -> Any:
        shown: object = module if self.version == "v2" else {"api_name": module}
        out: dict[str, Any] = {"type": "data", "module": shown, "file_id": file_id, **more}
        if mappings is not None:
            out["field_mappings"] = list(mappings)
        return out

    async def post_job(self, body: object) -> httpx.Response:
        return await self.http.post(f"/crm/bulk/{self.version}/write", content=json.dumps(body))

    async def create(
        self,
        text: str | bytes,
        mappings: Sequence[Mapping[str, Any]] | None,
        *,
        module: str = "Leads",
        operation: str = "insert",
        find_by: str | None = None,
        **more: Any,
    ) -> httpx.Response:
        extra = {"find_by": find_by} if find_by else {}
        resource = self.resource(await self.upload(text), module, mappings, **extra)
        return await self.post_job({"operation": operation, "resource": [resource], **more})

    async def details(self, job: str) -> Any:
        return (await self.http.get(f"/crm/bulk/{self.version}/write/{job}")).json()

    async def run(self, text: str | bytes, mappings: Sequence[Mapping[str, Any]] | None, **more: Any) -> list[Row]:
        """Create a job (at the pace `once` it is over then) and give its result rows."""
        answer = await self.create(text, mappings, **more)
        assert answer.status_code == 201, answer.text
        return await self.result(answer.json()["details"]["id"])

    async def result(self, job: str) -> list[Row]:
        found = await self.details(job)
        assert found["status"] == "COMPLETED", found
        counts = found["resource"][0]["file"]
        assert counts["total_count"] == counts["added_count"] + counts["updated_count"] + counts["skipped_count"]
        answer = await self.http.get(found["result"]["download_url"])
        return result_rows(answer.content)

    async def record(self, module: str, number: str) -> Any:
        answer = await self.http.get(f"/crm/v2/{module}/{number}")
        return answer.json()["data"][0]


def zip_of(entries: Mapping[str, str | bytes]) -> bytes:
    """The same bytes at any time of day: they name parametrized tests, which two processes must collect alike."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def result_rows(data: bytes) -> list[Row]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        (name,) = archive.namelist()
        text = archive.read(name).decode("utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def columns(*names: str) -> list[dict[str, Any]]:
    """Plain mappings of these fields to the columns in order."""
    return [{"api_name": name, "index": index} for index, name in enumerate(names)]
