from __future__ import annotations

import pytest

from gongkai.fetch.guard import PrivateAddressError, allowed_endpoints, guarded, is_official, is_public


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "224.0.0.1", "255.255.255.255", "198.18.0.1", "::1", "::", "fe80::1", "fc00::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "2002:7f00:1::", "ff02::1",
    ],
)  # fmt: skip
def test_private_addresses(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.2.4.8", "202.96.209.5", "240e::1", "::ffff:1.2.4.8"])
def test_public_addresses(address: str) -> None:
    assert is_public(address)


def test_a_connection_is_checked_at_the_address_it_is_made_to() -> None:
    made: list[tuple[str, int]] = []
    connect = guarded(lambda host, port: made.append((host, port)), allowed_endpoints(["127.0.0.1:8765"]))
    connect("127.0.0.1", 8765)
    connect("1.2.4.8", 443)
    for host, port in (("127.0.0.1", 8080), ("10.0.0.1", 8765), ("169.254.169.254", 80)):
        with pytest.raises(PrivateAddressError, match=f"{host}:{port}"):
            connect(host, port)
    assert made == [("127.0.0.1", 8765), ("1.2.4.8", 443)]


def test_a_host_without_a_port_is_allowed_as_a_website() -> None:
    assert allowed_endpoints(["127.0.0.1"]) == {("127.0.0.1", 80), ("127.0.0.1", 443)}
    assert allowed_endpoints(["no-such-host.invalid"]) == frozenset()


@pytest.mark.parametrize(
    ("url", "official"),
    [
        ("https://www.wenzhou.gov.cn/art/1.html", True),
        ("http://GOV.CN/", True),
        ("http://www.gov.cn./a", True),
        ("http://www.gov.cn:8080/a", True),
        ("http://evilgov.cn/a", False),
        ("http://www.gov.cn.example.com/a", False),
        ("http://example.com/?www.gov.cn", False),
        ("http://www.gov.cn@example.com/", False),
        ("http://[", False),
    ],
)
def test_official_hosts(url: str, official: bool) -> None:
    assert is_official(url, ["gov.cn"]) is official
