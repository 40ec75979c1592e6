"""Which callback URLs are refused."""

from __future__ import annotations

import pytest

from ztui.sandbox import callback


@pytest.mark.parametrize(
    "url",
    [
        "http://requestbin.fullcontact.com", "ftp://a.example.com/x", "a.example.com/x", "https:///x", "",
        "http://user:pw@a.example.com/x", "http://127.0.0.1/x", "http://localhost:8000/x", "http://[::1]/x",
        "http://10.0.0.5/x", "http://192.168.1.1/x", "http://169.254.169.254/latest", "http://2130706433/x",
        "http://0x7f.1/x", "http://intranet/x", "http://printer.local/x", "http://a.example.com:0/x",
        "http://a.example.com:99999/x", "http://[bad/x", "http://a.example.com/x y", "http://224.0.0.1/x",
    ],
)  # fmt: skip
def test_refused(url: str) -> None:
    assert callback.refused(url, loopback_allowed=False)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.zoho.com/",
        "https://www.zoho.com/in/crm/",
        "http://requestbin.fullcontact.com/1fcimk51",
        "http://8.8.8.8/x",
    ],
)
def test_accepted(url: str) -> None:
    assert not callback.refused(url, loopback_allowed=False)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/x", "http://localhost/x", "http://[::1]:9/x"])
def test_loopback_by_switch(url: str) -> None:
    assert not callback.refused(url, loopback_allowed=True)


def test_nothing_is_sent_to_another_machine_or_fails_loudly() -> None:
    assert not callback.deliver("http://192.0.2.1/x", b"{}")
    assert not callback.deliver("https://127.0.0.1/x", b"{}")
    assert not callback.deliver("http://127.0.0.1:1/x", b"{}")
