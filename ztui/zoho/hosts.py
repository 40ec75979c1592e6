"""Where a token may travel. Every request that carries a secret is asked about here first.

To the profile's own hosts over https, to Zoho's domains over https, and over plain http only to this machine itself,
and only when the profile's API is on this machine too (the sandbox).
"""

from __future__ import annotations

import ipaddress
import re

import httpx

from ztui import catalogue
from ztui.errors import Unreachable
from ztui.model.profile import Profile

_NAME = re.compile(r"[A-Za-z0-9.\-]+|[0-9A-Fa-f:.]+")


def is_loopback(host: str) -> bool:
    """True for this machine's own names and addresses."""
    host = host.lower().strip("[]").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Hosts:
    """The hosts of one profile. `local`: its API is on this machine (a sandbox)."""

    def __init__(self, profile: Profile) -> None:
        domains = profile.domains
        self._bases = tuple(d.rstrip("/") for d in (domains.api, domains.accounts, domains.upload, domains.download))
        self.local = is_loopback(_parse(domains.api).host)
        self._own = {_origin(_parse(base)) for base in self._bases if base}

    def own(self, url: httpx.URL) -> bool:
        """True when the profile names this host itself and the way there is safe."""
        return _origin(url) in self._own and self._safe(url)

    def trusted(self, url: httpx.URL) -> bool:
        """True when a download may take the token there: an own host, a Zoho domain, or this machine for a sandbox."""
        if url.userinfo or not self._safe(url):
            return False
        zoho = url.scheme == "https" and url.port in (None, 443) and catalogue.is_zoho_host(url.host)
        return self.own(url) or zoho or (self.local and is_loopback(url.host))

    def _safe(self, url: httpx.URL) -> bool:
        if not _NAME.fullmatch(url.host):
            return False
        return url.scheme == "https" or (url.scheme == "http" and self.local and is_loopback(url.host))

    def own_url(self, text: str) -> httpx.URL:
        """The URL, which must be on a host of the profile. Raises Unreachable (INSECURE_HOST) when a secret must not go
        there."""
        url = _parse(text)
        if not self.own(url):
            shown = f"{url.scheme}://{url.host}"
            raise Unreachable("INSECURE_HOST", details={"host": url.host or text, "url": shown})
        return url

    def download_url(self, given: str) -> httpx.URL:
        """The absolute URL of a result; a relative one is resolved against the download host, else the API host.

        Raises Unreachable (HOST_NOT_TRUSTED) when the token may not go there.
        """
        base = self._bases[3] or self._bases[0]
        try:
            url = httpx.URL(base + "/").join(given)
        except httpx.InvalidURL as error:
            raise Unreachable("HOST_NOT_TRUSTED", details={"host": given, "reason": str(error)}) from error
        if not self.trusted(url):
            raise Unreachable("HOST_NOT_TRUSTED", details={"host": url.host or given})
        return url


def _parse(base: str) -> httpx.URL:
    try:
        return httpx.URL(base)
    except httpx.InvalidURL as error:
        raise Unreachable("INSECURE_HOST", details={"host": base, "url": base, "reason": str(error)}) from error


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    port = url.port or {"https": 443, "http": 80}.get(url.scheme)
    return url.scheme, url.host.lower().rstrip("."), port
