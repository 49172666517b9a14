"""Whose address a request comes from, in every form in which proxies write it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from sanic.compat import Header
from sanic.config import Config

from api.http.client_address import TrustedProxies, address_of, plain_address

PROXY = "192.0.2.200"


def asked(headers: list[tuple[str, str]], peer: str = PROXY, **settings: Any) -> str | None:
    """The address of a request that `peer` passes on with `headers`."""
    config = Config(settings)
    ctx = SimpleNamespace(proxies=TrustedProxies.of(config), said_of_proxies=set())
    request: Any = SimpleNamespace(app=SimpleNamespace(ctx=ctx), headers=Header(headers), ip=peer)
    return address_of(request)


def forwarded_for(*lines: str, count: int = 1) -> str | None:
    return asked([("X-Forwarded-For", line) for line in lines], PROXIES_COUNT=count)


def forwarded(*lines: str) -> str | None:
    return asked([("Forwarded", line) for line in lines], FORWARDED_SECRET="hush")


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:5678", "203.0.113.7"),
        ("203.0.113.7:_hidden-port", "203.0.113.7"),
        ('"203.0.113.7:5678"', "203.0.113.7"),
        ("[203.0.113.7]:5678", "203.0.113.7"),
        ("2001:DB8:0::7", "2001:db8::7"),
        ("[2001:db8::7]", "2001:db8::7"),
        ("[2001:db8::7]:443", "2001:db8::7"),
        ('"[2001:db8::7]:443"', "2001:db8::7"),
        ("fe80::1%eth0", "fe80::1"),
        ("[fe80::1%25eth0]:443", "fe80::1"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("[::FFFF:cb00:7107]:443", "203.0.113.7"),
        (" \t203.0.113.7 ", "203.0.113.7"),
    ],
)
def test_an_address_is_read_in_every_form(written: str, plain: str) -> None:
    assert plain_address(written) == plain
    assert forwarded_for(written) == forwarded_for(f"198.51.100.1, {written}") == plain
    assert asked([("X-Real-IP", written)], REAL_IP_HEADER="X-Real-IP") == plain
    quoted = written.strip().strip('"')
    assert forwarded(f'for="{quoted}";secret=hush') == plain
    assert asked([], peer=written) == plain


NO_ADDRESSES = [
    *(
        "unknown",
        "_hidden",
        "",
        " ",
        '""',
        "[]",
        "-",
        "unix:",
        "localhost",
        "203.0.113",
        "16909060",
    ),
    *("203.0.113.07", "203.0.113.7:", "203.0.113.7:http", "203.0.113.7;", '"203.0.113.7'),
    *("[2001:db8::7", "2001:db8::7]", "[2001:db8::7]443", "2001:db8::g", "%eth0", "1" * 10_000),
    *("203.0.113.7 203.0.113.8", "203.0.113.256", "\u0662.0.113.7", "0x7f.1"),
]


@pytest.mark.parametrize("junk", NO_ADDRESSES)
def test_junk_at_the_trusted_place_is_nobody_s_address(junk: str) -> None:
    assert plain_address(junk) is None
    assert forwarded_for(junk) is None
    assert forwarded_for("198.51.100.1", junk) is None
    assert forwarded_for(f"198.51.100.1, {junk}, 203.0.113.9", count=2) is None
    assert asked([("X-Real-IP", junk)], REAL_IP_HEADER="X-Real-IP") is None


@pytest.mark.parametrize(
    ("lines", "count", "address"),
    [
        (["6.6.6.6, 203.0.113.7"], 1, "203.0.113.7"),
        (["6.6.6.6", "203.0.113.7"], 1, "203.0.113.7"),
        (["6.6.6.6, 203.0.113.7, 10.0.0.1"], 2, "203.0.113.7"),
        (["6.6.6.6, 203.0.113.7", "10.0.0.1"], 2, "203.0.113.7"),
        (["6.6.6.6,,,203.0.113.7"], 1, "203.0.113.7"),
        (["", "203.0.113.7"], 1, "203.0.113.7"),
        (["junk, unknown, 203.0.113.7"], 1, "203.0.113.7"),
        # An empty place is a place: what stands to its left is the client's own.
        (["6.6.6.6, "], 1, None),
        (["6.6.6.6", ""], 1, None),
        (["6.6.6.6,,10.0.0.1"], 2, None),
        # Fewer than there are proxies: it did not come through all of them.
        (["203.0.113.7"], 2, None),
        ([""], 1, None),
    ],
)
def test_places_are_counted_from_the_right(
    lines: list[str], count: int, address: str | None
) -> None:
    assert forwarded_for(*lines, count=count) == address


@pytest.mark.parametrize(
    ("lines", "address"),
    [
        (["for=6.6.6.6, for=203.0.113.7;secret=hush"], "203.0.113.7"),
        (["for=6.6.6.6", "For=203.0.113.7;by=hush"], "203.0.113.7"),
        (['for=203.0.113.7;proto=https;secret="hush";host=app.example.com'], "203.0.113.7"),
        (["for=203.0.113.7;secret=hush, for=10.0.0.1"], "203.0.113.7"),
        (["for=unknown;secret=hush"], None),
        (["for=_hidden;secret=hush"], None),
        (["secret=hush"], None),
        # Longer than any row of proxies writes it: nobody's word, wherever the secret stands.
        (["secret=hush;for=203.0.113.7, " + "for=6.6.6.6;" * 100], None),
        (["for=6.6.6.6;" * 60, "for=6.6.6.6;" * 60, "for=203.0.113.7;secret=hush"], None),
        (["for=6.6.6.6, proto=https;secret=hush"], None),
        # Without the secret it is a stranger's word.
        (["for=6.6.6.6"], PROXY),
        (["for=6.6.6.6;secret=hus"], PROXY),
        (["for=6.6.6.6;secret=hush2"], PROXY),
        ([], PROXY),
    ],
)
def test_forwarded_counts_where_it_shows_the_secret(lines: list[str], address: str | None) -> None:
    assert forwarded(*lines) == address


def test_a_header_of_one_address_must_come_once() -> None:
    twice = [("X-Real-IP", "6.6.6.6"), ("X-Real-IP", "203.0.113.7")]
    assert asked(twice, REAL_IP_HEADER="x-real-ip") is None
    assert asked([("X-Real-IP", "6.6.6.6, 203.0.113.7")], REAL_IP_HEADER="x-real-ip") is None


def test_a_secret_of_digits_is_a_secret() -> None:
    headers = [("Forwarded", "for=203.0.113.7;secret=123456")]
    assert asked(headers, FORWARDED_SECRET=123456) == "203.0.113.7"


@pytest.mark.parametrize("settings", [{}, {"PROXIES_COUNT": 0}, {"PROXIES_COUNT": 1}])
def test_a_request_that_came_directly_has_its_own_address(settings: dict[str, Any]) -> None:
    assert asked([], peer="::ffff:203.0.113.7", **settings) == "203.0.113.7"
    assert asked([], peer="", **settings) is None


@pytest.mark.parametrize("name", ["X-Forwarded-For", "X-Real-IP", "Forwarded"])
def test_without_a_setting_no_proxy_is_believed(name: str) -> None:
    assert asked([(name, "6.6.6.6")]) == PROXY
