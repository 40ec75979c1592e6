"""What a failed exchange means: did the request leave, and can it have taken effect?"""

from __future__ import annotations

import os
import socket
import ssl

import httpx

from ztui.errors import AnswerLost, Unreachable, ZohoError

# No connection, or the request was never written: nothing can have happened at the other end.
NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)


def failure(error: Exception, host: str, *, harmless: bool) -> ZohoError:
    """The error for an exception of the transport. `harmless`: the request changes nothing, so nothing is in doubt."""
    details = {"host": host, "reason": _reason(error)}
    if isinstance(error, NOT_SENT):
        if _caused_by(error, socket.gaierror):
            return Unreachable("HOST_UNKNOWN", details=details)
        if _caused_by(error, ssl.SSLError):
            return Unreachable("TLS_FAILED", details=details)
        return Unreachable("CONNECT_FAILED", details=details)
    if harmless:
        return Unreachable("READ_FAILED", details=details)
    return AnswerLost("ANSWER_LOST", details=details)


def _reason(error: BaseException) -> str:
    if isinstance(error, httpx.ConnectTimeout):
        return "no connection in time"
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return "no answer in time"
    found: BaseException | None = error
    while found is not None:
        if isinstance(found, OSError) and not isinstance(found, ssl.SSLError) and found.strerror:
            # asyncio puts an address into the words of a refused connection; the number tells it plainly.
            return os.strerror(found.errno) if found.errno and found.errno > 0 else found.strerror
        if isinstance(found, ssl.SSLCertVerificationError):
            return getattr(found, "verify_message", "") or str(found)
        found = found.__cause__ or found.__context__
    return str(error) or type(error).__name__


def _caused_by(error: BaseException, kind: type[BaseException]) -> bool:
    found: BaseException | None = error
    while found is not None:
        if isinstance(found, kind):
            return True
        found = found.__cause__ or found.__context__
    # httpcore keeps only the words of what the event loop raised in some versions.
    words = str(error).lower()
    if kind is socket.gaierror:
        return "name or service not known" in words or "nodename nor servname" in words or "getaddrinfo" in words
    return kind is ssl.SSLError and ("certificate" in words or "ssl" in words)
