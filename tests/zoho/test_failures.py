"""What a failed exchange means, and that its reason is put plainly."""

import errno
import socket
import ssl

import httpx
import pytest

from ztui.errors import AnswerLost, Unreachable
from ztui.zoho.failures import failure


def chained(error: Exception, *causes: BaseException) -> Exception:
    found: BaseException = error
    for cause in causes:
        found.__cause__ = cause
        found = cause
    return error


UNKNOWN = socket.gaierror(-2, "Name or service not known")
REFUSED = OSError(errno.ECONNREFUSED, "Connect call failed ('127.0.0.1', 1)")


@pytest.mark.parametrize(
    ("error", "code", "reason"),
    [
        (chained(httpx.ConnectError("x"), REFUSED), "CONNECT_FAILED", "Connection refused"),
        (chained(httpx.ConnectError("x"), UNKNOWN), "HOST_UNKNOWN", "Name or service not known"),
        (httpx.ConnectError("[Errno -2] Name or service not known"), "HOST_UNKNOWN", None),
        (chained(httpx.ConnectError("x"), ssl.SSLError(1, "wrong version number")), "TLS_FAILED", None),
        (httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed"), "TLS_FAILED", None),
        (httpx.ConnectTimeout(""), "CONNECT_FAILED", "no connection in time"),
        (httpx.ConnectError(""), "CONNECT_FAILED", "ConnectError"),
    ],
)
@pytest.mark.parametrize("harmless", [True, False])
def test_without_a_connection_nothing_happened(error: Exception, code: str, reason: str | None, harmless: bool) -> None:
    found = failure(error, "h", harmless=harmless)
    assert type(found) is Unreachable
    assert (found.code, found.level, found.details["host"]) == (code, "local", "h")
    assert found.details["reason"] == reason or reason is None


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (httpx.ReadTimeout(""), "no answer in time"),
        (TimeoutError(), "no answer in time"),
        (httpx.RemoteProtocolError("peer closed connection"), "peer closed connection"),
        (ConnectionResetError(errno.ECONNRESET, "x"), "Connection reset by peer"),
    ],
)
def test_after_the_request_went_out_it_depends_on_what_it_was(error: Exception, reason: str) -> None:
    harmless, change = failure(error, "h", harmless=True), failure(error, "h", harmless=False)
    assert (type(harmless), harmless.code) == (Unreachable, "READ_FAILED")
    assert (type(change), change.code) == (AnswerLost, "ANSWER_LOST")
    assert harmless.details["reason"] == change.details["reason"] == reason
