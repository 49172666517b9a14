"""Signing in at real providers, as programs walk through their pages and as a browser does."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest
from playwright.sync_api import Page, sync_playwright

from tests.support.databases import copied_sqlite
from tests.support.ports import free_port
from tests.support.processes import Server, environment
from tests.support.real_providers import (
    RealProviders,
    require_chromium,
    require_node,
)

pytestmark = pytest.mark.slow

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Server]:
    """Two workers that know both providers, under a name that is another site than theirs."""
    require_node()
    folder, port = tmp_path_factory.mktemp("site"), free_port()
    template: Path = request.getfixturevalue("sqlite_template")
    with RealProviders(f"http://localhost:{port}/api") as providers:
        env = environment(copied_sqlite(template, folder), **providers.variables)
        with Server(env, folder, arguments=("--port", str(port))).start() as server:
            server.wait_until_all_serve()
            yield server
            assert server.stop() == 0, server.stderr
            server.assert_gone()


@pytest.fixture
def walker(site: Server) -> Iterator[httpx.Client]:
    """Somebody who follows where they are led, and keeps cookies for those they are from."""
    base = str(site.env["AUTH_BASE_URL"])
    with httpx.Client(base_url=base, follow_redirects=True, verify=False, trust_env=False) as http:
        yield http


@pytest.fixture
def page(site: Server) -> Iterator[Page]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=require_chromium(), args=list(FLAGS))
        page = chromium.new_page()
        page.set_default_timeout(15_000)
        yield page
        chromium.close()


def fill_in(
    walker: httpx.Client, shown: httpx.Response, *, holding: str = "", **filled: str
) -> httpx.Response:
    """Send the first form of a page that holds a text, with its hidden fields."""
    assert shown.status_code == 200, shown.text
    forms = re.findall(r"<form.*?</form>", shown.text, re.DOTALL)
    form = next(form for form in forms if holding in form)
    action = re.search(r'action="([^"]*)"', form)
    assert action is not None
    hidden = re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', form)
    fields = {name: html.unescape(value) for name, value in hidden}
    target = urljoin(str(shown.url), html.unescape(action[1]))
    return walker.post(target, data={**fields, **filled})


def sign_in_at_oidc(walker: httpx.Client, name: str) -> httpx.Response:
    """Through the pages of oidc-provider: who one is, then that one agrees."""
    shown = walker.get("v1/auth/oauth/oidc", params={"redirect_to": "/api/v1/auth/me"})
    return fill_in(walker, fill_in(walker, shown, login=name, password="any"))


def test_somebody_of_an_openid_provider_comes_in(walker: httpx.Client) -> None:
    shown = sign_in_at_oidc(walker, "ann")
    assert shown.url.path == "/api/v1/auth/me"
    me = shown.json()
    assert list(me.values())[1:] == ["ann@example.com", "The ann", ["user"], None, True]
    walker.cookies.clear()
    assert sign_in_at_oidc(walker, "ann").json() == me
    walker.cookies.clear()
    assert sign_in_at_oidc(walker, "unverified-bob").json()["email_verified"] is False


def test_somebody_of_github_comes_in(walker: httpx.Client) -> None:
    shown = walker.get("v1/auth/oauth/github", params={"redirect_to": "/api/v1/auth/me"})
    me = fill_in(walker, shown, holding="octocat").json()
    assert (me["email"], me["name"]) == ("octocat@example.com", "The Octocat")
    assert me["email_verified"] is True
    (identity,) = walker.get("v1/auth/identities").json()
    assert identity["provider"] == "github"


def test_a_browser_comes_in_from_a_link(page: Page, site: Server) -> None:
    base = str(site.env["AUTH_BASE_URL"])
    page.set_content(f'<a href="{base}/v1/auth/oauth/oidc?redirect_to=/api/v1/auth/me">Sign in</a>')
    page.click("a")
    page.fill("[name=login]", "carol")
    page.fill("[name=password]", "any")
    page.click("[type=submit]")
    page.click("[type=submit]")
    page.wait_for_url(f"{base}/v1/auth/me")
    assert '"email":"carol@example.com"' in page.content()
    cookies = {one.get("name", ""): one for one in page.context.cookies(base)}
    assert {"access_token", "refresh_token"} == set(cookies)
    assert cookies["access_token"].get("sameSite") == "Lax"
    assert cookies["refresh_token"].get("sameSite") == "Strict"
    assert all(cookie.get("httpOnly") for cookie in cookies.values())


def test_a_browser_that_says_no_is_led_back(page: Page, site: Server) -> None:
    base = str(site.env["AUTH_BASE_URL"])
    page.goto(f"{base}/v1/auth/oauth/oidc")
    page.click("text=Cancel")
    page.wait_for_url(f"{base.removesuffix('/api')}/login?error=oauth_cancelled")
    assert page.context.cookies(base) == []
