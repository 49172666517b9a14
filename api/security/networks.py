"""The network that an address is counted under, and the block of networks around it.

A subscriber has one IPv4 address, or a /64 of IPv6 at least; many have a /56 (RIPE-690 §4.2).
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

SUBSCRIBER_BITS = 64
BLOCK_BITS = 56
# The network of callers without an address, as on a Unix socket; they are counted together.
NOWHERE = "unknown"


def network_of(address: str | None) -> str:
    """The network of an address: IPv4 whole, other IPv6 its /64; IPv4-mapped IPv6 as its IPv4."""
    parsed = _address(address)
    if parsed is None:
        return NOWHERE
    return _cut(parsed, SUBSCRIBER_BITS) if isinstance(parsed, IPv6Address) else str(parsed)


def block_of(address: str | None) -> str | None:
    """The /56 of an IPv6 address; None for any other."""
    parsed = _address(address)
    return _cut(parsed, BLOCK_BITS) if isinstance(parsed, IPv6Address) else None


def named_network(text: str) -> str:
    """The network that an operator typed, as `network_of` and `block_of` write it.

    Raises:
        ValueError: the text is no network, or has a size that nothing is counted under.
    """
    bare, slash, _ = text.strip().partition("/")
    if _address(bare) is None:
        raise ValueError
    named = ip_network(text.strip(), strict=False) if slash else None
    if named is None or named.prefixlen == named.max_prefixlen:
        return network_of(bare)
    block = block_of(bare)
    if block is not None and named.prefixlen >= SUBSCRIBER_BITS:
        return network_of(bare)
    if block is not None and named.prefixlen == BLOCK_BITS:
        return block
    raise ValueError


def _address(text: str | None) -> IPv4Address | IPv6Address | None:
    try:
        parsed = ip_address(text or "")
    except ValueError:
        return None
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return mapped or parsed


def _cut(address: IPv6Address, bits: int) -> str:
    # From the bytes, because a zone index (RFC 4007) is no part of a network.
    return str(IPv6Network((address.packed, bits), strict=False))
