"""The ASGI application, and the loopback server around it: requests in, answers out, connections broken on purpose."""

from __future__ import annotations

import asyncio
import gzip
import re
import socket
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from ztui.sandbox import routes
from ztui.sandbox.state import Sandbox
from ztui.sandbox.wire import Answer, Call, Service, headers_of, query_of

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
HOST = "127.0.0.1"
PATIENCE = 60.0
MAX_BODY = 27 * 1024 * 1024
MAX_DRAINED = 400 * 1024 * 1024
_HOST_NAME = re.compile(r"[A-Za-z0-9.\-\[\]:_]{1,255}")
ABORT = "ztui.abort"


class ConnectionBroken(ConnectionResetError):
    """Raised to the caller of the application in process, where there is no connection to break."""


class Gone(Exception):
    """The client went away, or went silent for a minute, before its request was whole."""


class Application:
    """The ASGI callable. Works in process (a transport calls it) and under the loopback server alike."""

    def __init__(self, box: Sandbox) -> None:
        self.box = box

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI scope: http, or the server's lifespan."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        self.box.jobs.wake()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.box.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            call = await _call(scope, receive, self.box.base)
        except Gone:
            await _abort(scope, receive)
            return
        reply = await routes.serve(self.box, call)
        if reply.reset or reply.answer is None:
            await _abort(scope, receive)
            return
        await _send(reply.answer, call, scope, send, cut=reply.cut)
        if reply.cut:
            await _abort(scope, receive)


async def _body(receive: Receive) -> tuple[bytes, bool]:
    chunks: list[bytes] = []
    size = 0
    while True:
        try:
            message = await asyncio.wait_for(receive(), PATIENCE)
        except TimeoutError:
            raise Gone from None
        if message["type"] == "http.disconnect":
            raise Gone
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= MAX_BODY:
            chunks.append(chunk)
        else:
            chunks.clear()
        if not message.get("more_body") or size > MAX_DRAINED:
            return (b"" if size > MAX_BODY else b"".join(chunks)), size > MAX_BODY


async def _call(scope: Scope, receive: Receive, base: str) -> Call:
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        headers[name.decode("latin-1").lower()] = value.decode("latin-1")
    host = headers.get("host", "")
    shown = f"{scope.get('scheme', 'http')}://{host}" if _HOST_NAME.fullmatch(host) else base
    try:
        query = query_of(scope.get("query_string", b""))
    except ValueError:
        query = {}
    body, too_large = await _body(receive)
    path = scope["path"]
    if path.startswith(("http://", "https://")):  # the form that clients behind a proxy send
        path = "/" + path.split("/", 3)[-1]
    return Call(
        method=scope["method"].upper(),
        path=path,
        query=query,
        headers=headers,
        body=body,
        base=shown,
        too_large=too_large,
    )


async def _abort(scope: Scope, receive: Receive) -> None:
    abort = scope.get("extensions", {}).get(ABORT)
    if abort is None:
        raise ConnectionBroken("the connection was broken on purpose")
    abort()
    while (await receive())["type"] != "http.disconnect":
        continue


async def _send(answer: Answer, call: Call, scope: Scope, send: Send, *, cut: bool) -> None:
    headers = headers_of(answer, call.reset)
    body = answer.body
    chunked = answer.service is Service.BULK
    if chunked and "gzip" in call.headers.get("accept-encoding", "").lower():
        headers.append(("Content-Encoding", "gzip"))
        body = gzip.compress(body, 1, mtime=0)
    if not chunked or scope.get("http_version") == "1.0":
        headers.append(("Content-Length", str(len(body))))
    raw = [(n.encode("latin-1"), v.encode("latin-1", "replace")) for n, v in headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    if cut:
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        return
    await send({"type": "http.response.body", "body": b"" if call.method == "HEAD" else body})


def listen(port: int) -> socket.socket:
    """A listening socket on 127.0.0.1 and nowhere else; OSError when the port is taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # asyncio sets no-delay only then
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(256)
    except OSError:
        listener.close()
        raise
    return listener


def protocol() -> type[Any]:
    """uvicorn's h11 protocol, handing each request a way to break its connection (scope extension `ztui.abort`)."""
    from uvicorn.protocols.http.h11_impl import H11Protocol

    class BreakableProtocol(H11Protocol):
        """Lets the application reset the connection, as a network does."""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            inner = self.app

            def abort() -> None:
                raw = transport.get_extra_info("socket")
                if raw is not None and not transport.is_closing():
                    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
                transport.abort()

            async def app(scope: Any, receive: Any, send: Any) -> None:
                scope.setdefault("extensions", {})[ABORT] = abort
                await inner(scope, receive, send)

            self.app = app

        def eof_received(self) -> bool:  # type: ignore[override]
            """A client that has said everything still gets its answer; one that stopped halfway does not."""
            cycle = self.cycle
            if cycle is None or cycle.response_complete or cycle.more_body:
                return False
            cycle.keep_alive = False
            return True

    return BreakableProtocol
