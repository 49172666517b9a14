"""What is refused of an OpenID Connect provider's answer, and that nothing is left behind."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx
import pytest
from joserfc import jwk, jwt
from joserfc.jws import JWSRegistry

from api.federation.cached_document import PAUSE
from api.federation.id_tokens import ALGORITHMS, Expected, Unverified, public_keys, read
from api.federation.openid import OpenIdClient
from api.federation.providers import provider_named
from api.settings import Settings
from models import OAuthIdentity, RefreshToken, User
from tests.api.browsers import Browser, failure, with_oidc
from tests.api.clients import answering, app_of
from tests.api.people import audited
from tests.support.databases import copied_sqlite
from tests.support.fake_providers import CLIENT_ID, CLIENT_SECRET, FakeOpenId, signed, signing_key

pytestmark = pytest.mark.anyio

LENIENT = JWSRegistry(
    algorithms=["RS256", "RS512", "PS256", "ES256", "Ed25519"], strict_check_header=False
)


@pytest.fixture(scope="module")
def database_url(sqlite_template: Any, tmp_path_factory: pytest.TempPathFactory) -> str:
    """One engine: nothing here reaches the database when it is right."""
    return copied_sqlite(sqlite_template, tmp_path_factory.mktemp("id-tokens"))


class Clock:
    """The seconds by which the provider's documents age."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(http: httpx.AsyncClient, settings: Settings) -> Clock:
    """The clock of the provider's client, which stands still."""
    clock = Clock()
    client = OpenIdClient(provider_named(settings, "oidc"), clock=clock)
    app_of(http).ctx.services.providers["oidc"] = client
    return clock


@pytest.fixture
async def http(database_url: str, oidc: FakeOpenId) -> AsyncIterator[httpx.AsyncClient]:
    async with answering(with_oidc(database_url, oidc)) as client:
        await User.all().delete()
        yield client


def now() -> int:
    return int(time.time())


WRONG_CLAIMS: dict[str, dict[str, Any]] = {
    "another nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "a nonce among others": {"nonce": ["x"]},
    "another audience": {"aud": "another"},
    "another audience, though we are the authorised party": {"aud": "another", "azp": CLIENT_ID},
    "no audience": {"aud": None},
    "audiences without ours": {"aud": ["one", "two"], "azp": "one"},
    "several audiences and no authorised party": {"aud": [CLIENT_ID, "another"]},
    "another authorised party": {"aud": CLIENT_ID, "azp": "another"},
    "another issuer": {"iss": "https://evil.example"},
    "no issuer": {"iss": None},
    "issuers": {"iss": ["https://evil.example"]},
    "expired": {"exp": now() - 1},
    "no expiry": {"exp": None},
    "an expiry that is none": {"exp": "tomorrow"},
    "issued in a while": {"iat": now() + 3600},
    "no time of issue": {"iat": None},
    "valid in a while": {"nbf": now() + 3600},
    "no subject": {"sub": None},
    "an empty subject": {"sub": ""},
    "a subject that is a number": {"sub": 7},
    "a subject too long": {"sub": "s" * 256},
    "a subject with a control character": {"sub": "a\nb"},
    "another access token's": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
}


async def test_a_token_that_says_something_else_is_refused(
    http: httpx.AsyncClient, oidc: FakeOpenId
) -> None:
    for name, changes in WRONG_CLAIMS.items():
        oidc.changes = changes
        assert failure(await Browser(http).sign_in(oidc)) == "oauth_failed", name
    await nothing_is_left()
    oidc.changes = {}
    assert (await Browser(http).sign_in(oidc)).headers["location"] == "/"


def unsigned(claims: dict[str, Any]) -> str:
    parts = ({"alg": "none", "kid": "one"}, claims)
    return ".".join(_part(part) for part in parts) + "."


def by_the_published_key(claims: dict[str, Any]) -> str:
    """HMAC under the text of the public key, which everybody has (RFC 8725 §2.1)."""
    key = jwk.OctKey.import_key({"kty": "oct", "k": _part(signing_key("one").as_dict())})
    return jwt.encode({"alg": "HS256", "kid": "one"}, claims, key)


def by_the_client_secret(claims: dict[str, Any]) -> str:
    secret = base64.urlsafe_b64encode(CLIENT_SECRET.encode()).decode().rstrip("=")
    key = jwk.OctKey.import_key({"kty": "oct", "k": secret})
    return jwt.encode({"alg": "HS256"}, claims, key)


def under_a_foreign_key(claims: dict[str, Any]) -> str:
    return signed(claims, signing_key("foreign"), kid="one")


def with_its_own_key(claims: dict[str, Any]) -> str:
    """The key in the header, which anybody can put there (RFC 8725 §3.10)."""
    foreign = signing_key("foreign")
    return jwt.encode({"alg": "RS256", "jwk": foreign.as_dict(private=False)}, claims, foreign)


def altered(claims: dict[str, Any]) -> str:
    header, _, signature = signed(claims, signing_key("one")).split(".")
    return f"{header}.{_part({**claims, 'sub': 'somebody-else'})}.{signature}"


def _part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


NOT_SIGNED: list[Callable[[dict[str, Any]], Any]] = [
    unsigned,
    by_the_published_key,
    by_the_client_secret,
    under_a_foreign_key,
    with_its_own_key,
    altered,
    lambda _: "",
    lambda _: "no.token.atall",
    lambda _: 7,
    lambda _: None,
    lambda _: "a" * 200_000,
]


async def test_a_token_that_the_provider_did_not_sign_is_refused(
    http: httpx.AsyncClient, oidc: FakeOpenId
) -> None:
    for sign in NOT_SIGNED:
        oidc.sign = sign
        assert failure(await Browser(http).sign_in(oidc)) == "oauth_failed", sign
    await nothing_is_left()


async def test_other_good_signatures_are_accepted(
    http: httpx.AsyncClient, oidc: FakeOpenId
) -> None:
    for change in ({"alg": "PS256"}, {"alg": "RS512"}, {"kid": None}, {"x-of-its-own": "1"}):
        header = {"alg": "RS256", "kid": "one", **change}
        kept_header = {name: value for name, value in header.items() if value}
        oidc.sign = partial(jwt.encode, kept_header, key=signing_key("one"), registry=LENIENT)
        answer = await Browser(http).sign_in(oidc)
        assert answer.headers["location"] == "/", change


def by_edwards_curve(claims: dict[str, Any], key: jwk.OKPKey, algorithm: str) -> str:
    """Signed as RFC 8037 spells it, too, of which joserfc warns."""
    header = _part({"alg": algorithm, "kid": key.kid})
    signing_input = f"{header}.{_part(claims)}"
    signature = key.private_key.sign(signing_input.encode())  # type: ignore[union-attr]
    return f"{signing_input}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


@pytest.mark.parametrize("algorithm", ["EdDSA", "Ed25519"])
@pytest.mark.parametrize("named", ["EdDSA", "Ed25519", None])
async def test_edwards_curve_signatures_are_accepted(
    algorithm: str, named: str | None, http: httpx.AsyncClient, oidc: FakeOpenId
) -> None:
    parameters: Any = {"kid": "edwards", "use": "sig", **({"alg": named} if named else {})}
    key = jwk.OKPKey.generate_key("Ed25519", parameters)
    access_token = hashlib.sha512(b"hush-access").digest()[:32]
    at_hash = base64.urlsafe_b64encode(access_token).decode().rstrip("=")
    oidc.metadata["id_token_signing_alg_values_supported"] = ["RS256", algorithm]
    oidc.keys, oidc.changes = [signing_key("one"), key], {"at_hash": at_hash}
    oidc.sign = partial(by_edwards_curve, key=key, algorithm=algorithm)
    assert (await Browser(http).sign_in(oidc)).headers["location"] == "/"
    oidc.changes = {"at_hash": at_hash[::-1]}
    assert failure(await Browser(http).sign_in(oidc)) == "oauth_failed"


@pytest.mark.parametrize("curve", ["Ed448", "X25519"])
async def test_other_edwards_curves_are_passed_over(curve: Any) -> None:
    key = jwk.OKPKey.generate_key(curve, {"kid": "odd"})
    key_set = {"keys": [key.as_dict(private=False), signing_key("one").as_dict(private=False)]}
    claims = {"sub": "x"}
    forged = f"{_part({'alg': 'EdDSA', 'kid': 'odd'})}.{_part(claims)}.{_part('signature')}"
    expected = Expected(
        algorithms=ALGORITHMS, issuer="i", client_id="c", nonce="n", access_token="a"
    )
    with pytest.raises(Unverified):
        read(forged, public_keys(key_set), expected, datetime.now(UTC))


async def test_a_way_of_signing_that_is_not_announced_is_refused(
    http: httpx.AsyncClient, oidc: FakeOpenId, clock: Clock
) -> None:
    oidc.sign = lambda claims: jwt.encode(
        {"alg": "PS256", "kid": "one"}, claims, signing_key("one"), registry=LENIENT
    )
    oidc.metadata["id_token_signing_alg_values_supported"] = ["RS256", "HS256", "none", 7]
    assert failure(await Browser(http).sign_in(oidc)) == "oauth_failed"
    await nothing_is_left()
    # It may announce another one meanwhile.
    clock.now += PAUSE
    oidc.metadata["id_token_signing_alg_values_supported"] = ["PS256"]
    assert (await Browser(http).sign_in(oidc)).headers["location"] == "/"


@pytest.mark.parametrize("announced", [[], ["HS256"], ["none"], ["HS512", "none", None]])
async def test_a_provider_that_signs_in_no_safe_way_is_not_asked(
    announced: list[Any], http: httpx.AsyncClient, oidc: FakeOpenId
) -> None:
    oidc.metadata["id_token_signing_alg_values_supported"] = announced
    assert failure(await Browser(http).get("/v1/auth/oauth/oidc")) == "oauth_failed"


async def test_several_audiences_are_accepted_where_we_are_the_authorised_party(
    http: httpx.AsyncClient, oidc: FakeOpenId
) -> None:
    oidc.changes.update(aud=[CLIENT_ID, "another"], azp=CLIENT_ID)
    browser = Browser(http)
    await browser.sign_in(oidc)
    await browser.me()


async def test_keys_rotate_without_a_restart(
    http: httpx.AsyncClient, oidc: FakeOpenId, clock: Clock
) -> None:
    await Browser(http).sign_in(oidc)
    oidc.keys = [signing_key("two")]
    assert (await Browser(http).sign_in(oidc)).headers["location"] == "/"
    assert oidc.asked.count("/jwks") == 2
    # Keys were asked for anew a moment ago, and are not so soon again.
    oidc.keys = [signing_key("three")]
    for _ in range(3):
        assert failure(await Browser(http).sign_in(oidc)) == "oauth_failed"
    assert oidc.asked.count("/jwks") == 2
    clock.now += PAUSE
    assert (await Browser(http).sign_in(oidc)).headers["location"] == "/"
    # The old key is the provider's no more.
    clock.now += PAUSE
    oidc.sign = lambda claims: signed(claims, signing_key("one"))
    assert failure(await Browser(http).sign_in(oidc)) == "oauth_failed"


def nameless(kid: str) -> jwk.RSAKey:
    return jwk.RSAKey.import_key(
        {name: v for name, v in signing_key(kid).as_dict(private=True).items() if name != "kid"}
    )


def renamed(kid: str, name: str) -> jwk.RSAKey:
    return jwk.RSAKey.import_key({**signing_key(kid).as_dict(private=True), "kid": name})


CHANGED_KEYS: list[tuple[jwk.RSAKey, jwk.RSAKey]] = [
    (signing_key("one"), renamed("two", "one")),
    (nameless("one"), nameless("two")),
    (nameless("one"), signing_key("two")),
    (signing_key("one"), nameless("two")),
]


@pytest.mark.parametrize("tells_kid", [True, False])
@pytest.mark.parametrize(("old", "new"), CHANGED_KEYS)
async def test_a_key_that_changed_under_the_same_name_or_none_is_found(
    tells_kid: bool,
    old: jwk.RSAKey,
    new: jwk.RSAKey,
    http: httpx.AsyncClient,
    oidc: FakeOpenId,
) -> None:
    if not tells_kid:
        oidc.sign = lambda claims: signed(claims, oidc.keys[-1], kid=None)
    oidc.keys = [old]
    assert (await Browser(http).sign_in(oidc)).headers["location"] == "/"
    oidc.keys = [new]
    assert (await Browser(http).sign_in(oidc)).headers["location"] == "/"
    assert oidc.asked.count("/jwks") == 2


async def test_among_several_keys_that_may_be_meant_the_right_one_is_found(
    http: httpx.AsyncClient, oidc: FakeOpenId
) -> None:
    oidc.keys = [nameless("one"), renamed("foreign", "one"), nameless("two")]
    for kid in (None, "one"):
        oidc.sign = partial(signed, key=signing_key("two"), kid=kid)
        assert (await Browser(http).sign_in(oidc)).headers["location"] == "/"
    assert oidc.asked.count("/jwks") == 1


async def test_documents_are_fetched_once(http: httpx.AsyncClient, oidc: FakeOpenId) -> None:
    for _ in range(3):
        await Browser(http).sign_in(oidc)
    assert oidc.asked.count("/.well-known/openid-configuration") == 1
    assert oidc.asked.count("/jwks") == 1


async def test_userinfo_of_somebody_else_is_refused(
    http: httpx.AsyncClient, oidc: FakeOpenId
) -> None:
    oidc.metadata["userinfo_endpoint"] = f"{oidc.url}/userinfo"
    oidc.changes.update(email=None)
    oidc.answers["/userinfo"] = lambda _: {"sub": "another", "email": "ann@example.com"}
    assert failure(await Browser(http).sign_in(oidc)) == "oauth_failed"
    await nothing_is_left()


async def test_keys_that_nobody_should_use_are_passed_over() -> None:
    good = signing_key("one").as_dict(private=False)
    weak = {**good, "n": good["n"][:171]}
    unfit = [
        weak,
        {**good, "use": "enc"},
        {"kty": "oct", "k": "AAAA"},
        {"kty": "RSA"},
        {},
        "x",
        None,
    ]
    assert [key.kid for key in public_keys({"keys": [*unfit, good]})] == ["one"]
    nothing: tuple[Any, ...] = (None, [], {}, {"keys": None}, {"keys": {}}, "keys")
    for nonsense in nothing:
        assert public_keys(nonsense) == ()


async def nothing_is_left() -> None:
    """No user, no identity, no session; one line in the trail."""
    for table in (User, OAuthIdentity, RefreshToken):
        assert await table.all().count() == 0
    event = (await audited("auth.oauth.login"))[0]
    assert (event.outcome, event.detail) == (
        "failure",
        {"provider": "oidc", "error": "oauth_failed"},
    )
