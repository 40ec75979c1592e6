"""Where a token may travel."""

import httpx
import pytest

from tests.zoho.support import profile
from ztui.errors import Unreachable
from ztui.model.profile import Domains
from ztui.zoho.hosts import Hosts, is_loopback

US = Hosts(profile())
LOCAL = "http://127.0.0.1:8123"
SANDBOX = Hosts(profile(domains=Domains(LOCAL, LOCAL, LOCAL)))


@pytest.mark.parametrize(
    "url",
    [
        "https://download-accl.zoho.com/v2/x.zip",
        "https://download-accl.zoho.in/x.zip",
        "https://files.zoho.eu/x",
        "/v7/crm/org1/bulk-write/1/1.zip",
        "v7/1.zip",
    ],
)
def test_results_are_fetched_from_zoho(url: str) -> None:
    assert US.download_url(url).scheme == "https"


def test_a_relative_address_is_on_the_download_host_or_else_the_api() -> None:
    assert str(US.download_url("/a/b.zip")) == "https://download-accl.zoho.com/a/b.zip"
    assert str(SANDBOX.download_url("/a/b.zip")) == f"{LOCAL}/a/b.zip"


@pytest.mark.parametrize(
    "url",
    [
        "http://download-accl.zoho.com/x.zip",
        "https://evil.com/x.zip",
        "https://zoho.com.evil.com/x.zip",
        "https://evil-zoho.com/x.zip",
        "https://zoho.com@evil.com/x.zip",
        "https://user:pass@download-accl.zoho.com/x.zip",
        "//evil.com/x.zip",
        "https://evil.com\\.zoho.com/x.zip",
        "https://evil.com#.zoho.com/",
        "http://127.0.0.1:8123/x.zip",
        "http://localhost/x.zip",
        "ftp://zoho.com/x",
        "file:///etc/passwd",
        "https://[::1/x",
        "javascript:alert(1)",
        "https://zoho.com:99999/",
        "\x00",
    ],
)
def test_the_token_does_not_go_to(url: str) -> None:
    with pytest.raises(Unreachable) as caught:
        US.download_url(url)
    assert caught.value.code == "HOST_NOT_TRUSTED"
    assert caught.value.level == "local"


def test_a_sandbox_may_serve_downloads_from_this_machine_only() -> None:
    assert SANDBOX.download_url("http://127.0.0.1:9999/x.zip").port == 9999
    assert SANDBOX.download_url("http://localhost:8123/x.zip").host == "localhost"
    for url in ("http://192.168.0.1/x", "https://evil.com/x", "http://download-accl.zoho.com/x"):
        with pytest.raises(Unreachable):
            SANDBOX.download_url(url)


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("https://www.zohoapis.com/crm/v2/org", True),
        ("https://www.zohoapis.com:443/crm", True),
        ("https://WWW.ZOHOAPIS.COM/crm", True),
        ("http://www.zohoapis.com/crm", False),
        ("https://www.zohoapis.com:8443/crm", False),
        ("https://www.zohoapis.eu/crm", False),
    ],
)
def test_own_hosts_are_those_of_the_profile(url: str, own: bool) -> None:
    assert US.own(httpx.URL(url)) is own


def test_a_profile_with_a_plain_http_host_elsewhere_is_refused() -> None:
    plain = Hosts(profile(domains=Domains("http://crm.example.com", "http://crm.example.com", "")))
    with pytest.raises(Unreachable) as caught:
        plain.own_url("http://crm.example.com/crm/v2/org")
    assert caught.value.code == "INSECURE_HOST"
    assert caught.value.details["host"] == "crm.example.com"


@pytest.mark.parametrize("domain", ["https://[", "www.zohoapis.com", "", "https://", "https://a b", "\x00"])
def test_a_profile_with_an_unreadable_host_is_refused(domain: str) -> None:
    with pytest.raises(Unreachable) as caught:
        Hosts(profile(domains=Domains(domain, domain, ""))).own_url(f"{domain}/crm/v2/org")
    assert caught.value.code == "INSECURE_HOST"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "[::1]", "localhost", "a.localhost", "LOCALHOST."])
def test_this_machine_is_known_by_its_names(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "10.0.0.1", "localhost.evil.com", "", "127.0.0.1.nip.io", "::2"])
def test_other_machines_are_not_this_one(host: str) -> None:
    assert not is_loopback(host)
