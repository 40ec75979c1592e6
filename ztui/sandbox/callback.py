"""Callbacks: which URLs are refused, and the one POST to this machine when a job is over.

The rule set is inferred from captured refusals and Zoho's "possible ssrf attempt": refused are other schemes, a
missing host, an empty path, user-info, private or loopback addresses in any spelling, and names of this machine. The
sandbox never talks to another machine: callbacks elsewhere are accepted and not delivered.
"""

from __future__ import annotations

import http.client
import ipaddress
import logging
import socket
from urllib.parse import urlsplit

LOG = logging.getLogger("ztui.sandbox")
TIMEOUT = 10.0
_LOCAL_NAMES = (".localhost", ".local", ".localdomain", ".internal", ".lan", ".home.arpa")


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    if host.replace(".", "").isalnum() and host[:1].isdigit():
        try:
            return ipaddress.IPv4Address(socket.inet_aton(host))
        except (OSError, UnicodeError):
            return None
    return None


def is_loopback(url: str) -> bool:
    """Whether the URL points at this machine."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return False
    address = _address(host)
    return host == "localhost" or (address is not None and address.is_loopback)


def refused(url: str, *, loopback_allowed: bool) -> bool:
    """Whether Zoho would refuse this callback URL; `loopback_allowed` lets through URLs on this machine."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        port = parts.port
    except ValueError:
        return True
    if parts.scheme not in ("http", "https") or not host or port == 0 or parts.path == "" or "@" in parts.netloc:
        return True
    if any(c.isspace() or ord(c) < 32 for c in url):
        return True
    if is_loopback(url):
        return not loopback_allowed
    address = _address(host)
    if address is not None:
        return not address.is_global or address.is_multicast
    return "." not in host or host.endswith(_LOCAL_NAMES)


def deliver(url: str, body: bytes) -> bool:
    """POST a job's details to a URL on this machine, once; whether it was answered. Blocks up to 10 s."""
    if not is_loopback(url):
        return False
    parts = urlsplit(url)
    if parts.scheme != "http":
        return False
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port or 80, timeout=TIMEOUT)
    try:
        connection.request("POST", path, body, {"Content-Type": "application/json", "User-Agent": "ZohoCRM"})
        connection.getresponse().read(1)
        return True
    except (OSError, http.client.HTTPException, UnicodeError, ValueError) as problem:
        LOG.info("callback to %s not delivered: %s", url, problem)
        return False
    finally:
        connection.close()
