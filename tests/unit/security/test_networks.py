from __future__ import annotations

import pytest

from api.security.networks import block_of, named_network, network_of


@pytest.mark.parametrize(
    ("address", "network", "block"),
    [
        ("192.0.2.1", "192.0.2.1", None),
        ("2001:db8::1", "2001:db8::/64", "2001:db8::/56"),
        ("2001:DB8:0:0:ffff::1", "2001:db8::/64", "2001:db8::/56"),
        ("2001:db8:0:1ff::1", "2001:db8:0:1ff::/64", "2001:db8:0:100::/56"),
        ("fe80::1%eth0", "fe80::/64", "fe80::/56"),
        ("::ffff:192.0.2.1", "192.0.2.1", None),
        ("::1", "::/64", "::/56"),
        ("not an address", "unknown", None),
        ("", "unknown", None),
        (None, "unknown", None),
    ],
)
def test_an_address_is_counted_as_its_network_and_its_block(
    address: str | None, network: str, block: str | None
) -> None:
    assert (network_of(address), block_of(address)) == (network, block)


@pytest.mark.parametrize(
    ("named", "network"),
    [
        (" 192.0.2.1 ", "192.0.2.1"),
        ("192.0.2.1/32", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1/128", "192.0.2.1"),
        ("2001:db8::7", "2001:db8::/64"),
        ("2001:db8::7/128", "2001:db8::/64"),
        ("2001:DB8::/64", "2001:db8::/64"),
        ("2001:db8:0:1ff::/56", "2001:db8:0:100::/56"),
    ],
)
def test_an_operator_names_a_network_as_it_is_counted(named: str, network: str) -> None:
    assert named_network(named) == network


@pytest.mark.parametrize(
    "named",
    [
        "",
        "unknown",
        "192.0.2.0/24",
        "2001:db8::/48",
        "2001:db8::/60",
        "::ffff:0:0/96",
        "/64",
        "a/b",
    ],
)
def test_a_network_that_nothing_is_counted_by_is_refused(named: str) -> None:
    with pytest.raises(ValueError):
        named_network(named)
