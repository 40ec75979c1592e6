"""The client's calls that read and write single records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ztui import catalogue
from ztui.model.crm import Record
from ztui.model.mass_update import JsonValue
from ztui.zoho import records
from ztui.zoho.bodies import JSON_HEADERS, json_body
from ztui.zoho.bulk_write import number
from ztui.zoho.calls import Calls, segment
from ztui.zoho.connection import Ask
from ztui.zoho.records import RecordAnswer

_SEARCH_MOST = 2000
_FIELDS_MOST = 50


class RecordCalls(Calls):
    """Reading is harmless and repeated when that may help; writing goes out once (AnswerLost when in doubt)."""

    async def get(self, module: str, ids: Sequence[str], fields: Sequence[str] = ()) -> list[Record]:
        """Records by id, in calls of 100; those that do not exist are missing from the answer. At most 50 fields."""
        size = catalogue.limits().ids_per_get
        found: list[Record] = []
        for start in range(0, len(ids), size):
            params = {"ids": ",".join(ids[start : start + size])}
            if fields:
                params["fields"] = ",".join(fields[:_FIELDS_MOST])
            found += records.records_in(await self._get(segment(module), params, need="records", module=module))
        return found

    async def search(
        self, module: str, criteria: str, fields: Sequence[str] = (), limit: int = _SEARCH_MOST
    ) -> list[Record]:
        """Records that meet criteria such as `(Email:equals:a@b.c)`, at most 2000."""
        size = min(catalogue.limits().search_per_page, limit)
        found: list[Record] = []
        page = 1
        while len(found) < min(limit, _SEARCH_MOST):
            params = {"criteria": criteria, "page": str(page), "per_page": str(size)}
            if fields:
                params["fields"] = ",".join(fields[:_FIELDS_MOST])
            answer = await self._get(f"{segment(module)}/search", params, need="records", module=module)
            some = records.records_in(answer)
            found += some
            info = answer.table.get("info")
            if not some or not (isinstance(info, dict) and info.get("more_records") is True):
                break
            page += 1
        return found[:limit]

    async def coql(self, query: str) -> list[Record]:
        """The records that one COQL select gives (at most 200, as its own limit says)."""
        ask = Ask(
            "POST",
            self._url("coql"),
            need="coql",
            headers=JSON_HEADERS,
            body=json_body({"select_query": query}),
        )
        return records.records_in(await self._connection.call(ask))

    async def count(self, module: str, criteria: str = "") -> int:
        """How many records there are (that meet the criteria)."""
        params = {"criteria": criteria} if criteria else {}
        answer = await self._get(f"{segment(module)}/actions/count", params, need="records", module=module)
        return number(answer.table.get("count")) or 0

    async def delete(self, module: str, ids: Sequence[str]) -> list[RecordAnswer]:
        """Delete records by id, at most 100; one answer for each id in order. ValueError for more."""
        self._check(len(ids), catalogue.limits().deletes_per_call)
        params = {"ids": ",".join(ids)}
        answer = await self._send("DELETE", segment(module), need="records", params=params, module=module)
        return records.answers_in(answer, ids)

    async def update(self, module: str, changed: Sequence[Record]) -> list[RecordAnswer]:
        """Write values to records by id, at most 100; one answer for each in order. ValueError for more."""
        cost = self._check(len(changed), catalogue.limits().records_per_call)
        body = records.update_body(changed)
        answer = await self._send("PUT", segment(module), body, need="records", cost=cost, module=module)
        return records.answers_in(answer, [record.id for record in changed])

    async def insert(self, module: str, rows: Sequence[Mapping[str, JsonValue]]) -> list[RecordAnswer]:
        """Add records, at most 100; one answer for each in order. ValueError for more."""
        cost = self._check(len(rows), catalogue.limits().records_per_call)
        answer = await self._send(
            "POST", segment(module), records.write_body(rows), need="records", cost=cost, module=module
        )
        return records.answers_in(answer)

    async def upsert(
        self, module: str, rows: Sequence[Mapping[str, JsonValue]], duplicate_check: Sequence[str] = ()
    ) -> list[RecordAnswer]:
        """Add or update records, at most 100, found by `duplicate_check` fields. ValueError for more."""
        cost = self._check(len(rows), catalogue.limits().records_per_call)
        body = records.write_body(rows, duplicate_check)
        answer = await self._send("POST", f"{segment(module)}/upsert", body, need="records", cost=cost, module=module)
        return records.answers_in(answer)

    @staticmethod
    def _check(count: int, most: int) -> int:
        """The credits that so many records cost."""
        if not 0 < count <= most:
            raise ValueError(f"1 to {most} records a call, not {count}")
        return -(-count // catalogue.limits().credits_per_records)
