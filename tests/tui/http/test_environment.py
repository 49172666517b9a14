"""Proxies and certificates of the environment: understood, or refused by the variable's name."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import certifi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.http.environment import (
    EnvironmentRejected,
    certificates,
    check,
    is_loopback,
    proxy_for,
)

PROXY = "http://proxy.example.com:3128"
URL = "https://auth.example.com/api"


def way(url: str, **environment: str) -> str | None:
    found = proxy_for(url, environment)
    return found and found[0]


@pytest.mark.parametrize(
    ("environment", "proxy"),
    [
        ({}, None),
        ({"HTTPS_PROXY": PROXY}, PROXY),
        ({"https_proxy": PROXY}, PROXY),
        ({"ALL_PROXY": PROXY}, PROXY),
        ({"HTTP_PROXY": PROXY}, None),
        ({"HTTPS_PROXY": "proxy.example.com:3128"}, PROXY),
        ({"HTTPS_PROXY": f" {PROXY} "}, PROXY),
        ({"https_proxy": "", "HTTPS_PROXY": PROXY}, None),
        ({"https_proxy": PROXY, "HTTPS_PROXY": "http://other", "ALL_PROXY": "http://all"}, PROXY),
    ],
)
def test_the_proxy_of_the_scheme_goes_before_the_one_of_all(
    environment: dict[str, str], proxy: str | None
) -> None:
    assert way(URL, **environment) == proxy


@pytest.mark.parametrize(
    ("entries", "url"),
    [
        ("*", URL),
        ("localhost, auth.example.com", URL),
        ("example.com", URL),
        (".example.com", URL),
        ("*.example.com", URL),
        ("a.example.org example.com", URL),
        ("AUTH.example.com.", URL),
        ("auth.example.com:443", URL),
        ("localhost,10.0.0.0/8", "http://10.1.2.3/api"),
        ("192.168.*", "http://192.168.1.1/api"),
        ("10.1.2.3", "http://10.1.2.3/api"),
        ("10.1.2.3:9300", "http://10.1.2.3:9300/api"),
        ("localhost,fd00::/8", "http://[fd12::1]/api"),
        ("fd12::1", "http://[fd12:0::1]/api"),
        ("[fd12::1]", "http://[fd12::1]/api"),
        ("[fd12::1]:80", "http://[fd12::1]/api"),
    ],
)
def test_no_proxy_takes_names_addresses_ranges_and_ports(entries: str, url: str) -> None:
    assert way(url, ALL_PROXY=PROXY, NO_PROXY=entries) is None
    assert way(url, ALL_PROXY=PROXY, no_proxy=entries) is None


@pytest.mark.parametrize(
    "entries",
    [
        "",
        "localhost",
        "ample.com",
        "auth.example.com:80",
        "fd00::/8",
        "10.0.0.0/8",
        "h.example.com",
    ],
)
def test_another_host_goes_through_the_proxy(entries: str) -> None:
    assert way(URL, ALL_PROXY=PROXY, NO_PROXY=entries) == PROXY


@pytest.mark.parametrize(
    "host",
    ["localhost", "LocalHost.", "api.localhost", "127.0.0.1", "127.8.9.1", "[::1]"],
)
def test_this_machine_is_never_asked_through_a_proxy(host: str) -> None:
    url = f"http://{host}:9300/api"
    assert way(url, ALL_PROXY=PROXY, HTTP_PROXY=PROXY) is None
    assert is_loopback(urlsplit(url).hostname or "")


@pytest.mark.parametrize("host", ["localhost.example.com", "10.0.0.1", "127.1", "[fd00::1]"])
def test_another_machine_is_not_taken_for_this_one(host: str) -> None:
    assert way(f"http://{host}/api", ALL_PROXY=PROXY) == PROXY


@pytest.mark.parametrize("name", ["ALL_PROXY", "all_proxy", "HTTP_PROXY", "https_proxy"])
@pytest.mark.parametrize(
    "value",
    [
        "socks://ann:secret@proxy:1080",
        "socks4://proxy:1080",
        "ftp://proxy",
        "http://",
        "http://ann:secret@proxy:abc",
        "http://proxy:99999",
        "http://[::1",
        "a secret",
        "http://sécret",
    ],
)
def test_a_proxy_that_cannot_be_used_is_named_without_its_value(name: str, value: str) -> None:
    with pytest.raises(EnvironmentRejected, match=f"^{name}: ") as rejected:
        check({name: value})
    assert "secret" not in str(rejected.value)


def test_socks_needs_a_package_and_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.http.environment.find_spec", lambda _: None)
    with pytest.raises(EnvironmentRejected, match=r"^ALL_PROXY: .*httpx\[socks\]"):
        check({"ALL_PROXY": "socks5://proxy:1080"})
    monkeypatch.setattr("tui.http.environment.find_spec", lambda _: object())
    check({"ALL_PROXY": "socks5h://proxy:1080"})


@pytest.mark.parametrize(
    "entry", ["fd00::/999", "10.0.0.0/40", "a/b", "[::1", "host:port", "host:99999", ":", "::zz"]
)
def test_an_entry_of_no_proxy_that_means_nothing_is_named(entry: str) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        with pytest.raises(EnvironmentRejected, match=f"^{name}: ") as rejected:
            check({name: f"localhost,{entry}"})
        assert repr(entry) in str(rejected.value)


@given(st.text(st.characters(codec="ascii"), max_size=12))
def test_any_text_is_understood_or_refused(text: str) -> None:
    for name in ("ALL_PROXY", "NO_PROXY"):
        with suppress(EnvironmentRejected):
            check({name: text})
            proxy_for(URL, {name: text})


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"])
def test_certificates_that_are_not_there_are_named(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, str(tmp_path / "nowhere" / "file"))
    with pytest.raises(EnvironmentRejected, match=f"^{name}: "):
        check({name: str(tmp_path / "nowhere" / "file")})


@pytest.mark.parametrize("text", ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAA\n"])
def test_a_file_without_certificates_is_named(text: str, tmp_path: Path) -> None:
    file = tmp_path / "authorities.pem"
    file.write_text(text)
    with pytest.raises(EnvironmentRejected, match=r"^SSL_CERT_FILE: there is no certificate in it"):
        certificates({"SSL_CERT_FILE": str(file)})


def test_certificates_of_ones_own_take_the_place_of_certifis(tmp_path: Path) -> None:
    one = "-----END CERTIFICATE-----"
    file = tmp_path / "authorities.pem"
    file.write_text(Path(certifi.where()).read_text("utf-8").split(one)[0] + one)
    assert len(certificates({"SSL_CERT_FILE": str(file)}).get_ca_certs()) == 1
    assert len(certificates({}).get_ca_certs()) > 1
    assert not certificates({"SSL_CERT_DIR": f"/nowhere:{tmp_path}"}).get_ca_certs()
