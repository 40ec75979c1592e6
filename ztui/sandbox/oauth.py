"""The accounts host's two URLs: fields come from a form body or the query string."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qsl

from ztui.sandbox.state import Sandbox
from ztui.sandbox.wire import Answer, Call, dump, load


def _fields(call: Call) -> dict[str, str]:
    fields = dict(call.query)
    if call.body[:1] == b"{":
        try:
            body = load(call.body)
        except ValueError:
            return fields
        return fields | {str(k): str(v) for k, v in body.items()} if isinstance(body, dict) else fields
    text = call.body.decode("utf-8", "replace")
    try:
        return fields | dict(parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=100))
    except ValueError:
        return fields


async def token(box: Sandbox, call: Call) -> Answer:
    """`POST /oauth/v2/token`: refresh or exchange of a grant code; `api_domain` is this server."""
    answer = box.tokens.answer(_fields(call))
    if not answer.error:
        body = load(answer.body)
        if isinstance(body, dict):
            answer = replace(answer, body=dump(body | {"api_domain": call.base}))
    return answer


async def revoke(box: Sandbox, call: Call) -> Answer:
    """`POST /oauth/v2/token/revoke?token=…`."""
    return box.tokens.revoke(_fields(call).get("token", ""))
