"""Signing in to the desk at an OpenID Connect provider, over real HTTP."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from joserfc.jwk import OctKey, RSAKey

from desk.app import create_app
from desk.passwords import set_password
from runtime.settings import SHIPPED_POLICIES, load_settings
from tests.browser import Browser, served
from tests.identity_provider import CLIENT, SECRET, Claims, IdentityProvider

PEOPLE = (
    ("id: lena\n", "id: lena\n    subject: subject-of-lena\n    email: lena@example.com\n"),
    ("id: fay\n", "id: fay\n    email: Fay@example.com\n"),
    (
        "people:\n",
        "people:\n  - id: gone\n    name: Gone\n    subject: subject-of-gone\n    active: false\n",
    ),
)


@pytest.fixture
async def provider() -> AsyncIterator[IdentityProvider]:
    made = IdentityProvider()
    async with served(made.app) as address:
        made.issuer = address
        yield made


@pytest.fixture
async def browser(
    provider: IdentityProvider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Browser]:
    """Somebody in front of a desk whose people sign in at the provider."""
    policies = tmp_path / "policies"
    shutil.copytree(SHIPPED_POLICIES, policies)
    people = (policies / "people.yaml").read_text()
    for old, new in PEOPLE:
        assert old in people
        people = people.replace(old, new, 1)
    (policies / "people.yaml").write_text(people)
    monkeypatch.setenv("FOLLOWTHROUGH_POLICIES", str(policies))
    monkeypatch.setenv("FOLLOWTHROUGH_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("FOLLOWTHROUGH_OIDC_ISSUER", provider.issuer)
    monkeypatch.setenv("FOLLOWTHROUGH_OIDC_CLIENT_ID", CLIENT)
    monkeypatch.setenv("FOLLOWTHROUGH_OIDC_CLIENT_SECRET", SECRET)
    set_password(tmp_path, "lena", "pw of lena")
    app = create_app(load_settings())
    async with served(app) as address:
        # The address that the provider leads back to is known only now.
        app.state.site.provider.callback = f"{address}/sign-in/callback"
        async with httpx.AsyncClient(
            base_url=address, follow_redirects=True, timeout=30, trust_env=False
        ) as http:
            yield Browser(http)


async def comes_back(browser: Browser, to: str = "/policies") -> httpx.Response:
    """Go to the provider, and come back."""
    await browser.get(f"/sign-in?to={to}")
    assert "Sign in with 127.0.0.1" in browser.page.text
    return await browser.get(f"/sign-in/provider?to={to}")


async def test_somebody_signs_in_by_their_subject_and_comes_to_the_page_that_they_wanted(
    browser: Browser,
) -> None:
    page = await comes_back(browser)
    assert page.status_code == 200
    assert page.url.path == "/policies"
    assert "Lena Lead" in page.text
    assert "local sign-in" not in page.text


async def test_a_verified_address_counts_for_somebody_without_a_subject(
    browser: Browser, provider: IdentityProvider
) -> None:
    provider.person = {"sub": "unknown", "email": "fay@EXAMPLE.com", "email_verified": True}
    assert "Fay Finance" in (await comes_back(browser)).text


@pytest.mark.parametrize(
    "person",
    [
        {"sub": "unknown", "email": "fay@example.com"},
        {"sub": "unknown", "email": "fay@example.com", "email_verified": False},
        {"sub": "unknown", "email": "fay@example.com", "email_verified": "true"},
        # Lena has a subject, so an address is not enough to be her.
        {"sub": "unknown", "email": "lena@example.com", "email_verified": True},
        {"sub": "subject-of-gone"},
        {"sub": "unknown"},
    ],
    ids=[
        "address not said to be verified",
        "address not verified",
        "verified as a word",
        "address of somebody with a subject",
        "somebody who has left",
        "somebody unknown",
    ],
)
async def test_whom_people_yaml_does_not_mean_is_not_let_in(
    browser: Browser, provider: IdentityProvider, person: Claims
) -> None:
    provider.person = person
    page = await comes_back(browser)
    assert page.status_code == 401
    assert "people.yaml names nobody with this account" in page.text
    assert (await browser.get("/policies")).url.path == "/sign-in"


@pytest.mark.parametrize(
    "wrong",
    [
        {"nonce": "of another sign-in"},
        {"aud": "another-client"},
        {"iss": "https://elsewhere.example"},
        {"exp": 1},
        {"sub": ""},
    ],
    ids=lambda claims: next(iter(claims)),
)
async def test_a_token_that_is_not_for_this_sign_in_lets_nobody_in(
    browser: Browser, provider: IdentityProvider, wrong: Claims
) -> None:
    provider.altered = lambda claims: {**claims, **wrong}
    page = await comes_back(browser)
    assert page.status_code == 401
    assert "The sign-in was not completed." in page.text


async def test_a_token_signed_by_another_key_lets_nobody_in(
    browser: Browser, provider: IdentityProvider
) -> None:
    provider.signed_with = RSAKey.generate_key(2048, {"kid": "one"})
    assert (await comes_back(browser)).status_code == 401


async def test_a_token_signed_with_a_shared_secret_lets_nobody_in(
    browser: Browser, provider: IdentityProvider
) -> None:
    provider.signed_with, provider.algorithm = OctKey.import_key(SECRET.ljust(32)), "HS256"
    assert (await comes_back(browser)).status_code == 401


async def test_a_provider_that_sends_no_token_about_the_person_lets_nobody_in(
    browser: Browser, provider: IdentityProvider
) -> None:
    provider.with_id_token = False
    assert (await comes_back(browser)).status_code == 401


async def test_a_refusal_by_the_provider_is_told(
    browser: Browser, provider: IdentityProvider
) -> None:
    provider.refuses = True
    page = await comes_back(browser)
    assert page.status_code == 401
    assert "The sign-in was not completed." in page.text


async def test_an_answer_to_a_sign_in_that_another_browser_began_lets_nobody_in(
    browser: Browser, provider: IdentityProvider
) -> None:
    browser.http.follow_redirects = False
    await browser.get("/sign-in/provider")
    back = await browser.get(browser.page.headers["location"])
    browser.http.cookies.clear()
    page = await browser.get(back.headers["location"])
    assert page.status_code == 401


async def test_an_answer_counts_once(browser: Browser, provider: IdentityProvider) -> None:
    browser.http.follow_redirects = False
    await browser.get("/sign-in/provider")
    back = await browser.get(browser.page.headers["location"])
    first = await browser.get(back.headers["location"])
    again = await browser.get(back.headers["location"])
    assert (first.status_code, again.status_code) == (303, 401)


async def test_a_provider_that_says_it_is_another_issuer_is_not_gone_to(
    browser: Browser, provider: IdentityProvider
) -> None:
    provider.named_issuer = "https://elsewhere.example"
    page = await comes_back(browser)
    assert page.status_code == 409
    assert "is of another issuer" in page.text


async def test_a_provider_that_does_not_answer_is_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOLLOWTHROUGH_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("FOLLOWTHROUGH_OIDC_ISSUER", "http://127.0.0.1:9")
    monkeypatch.setenv("FOLLOWTHROUGH_OIDC_CLIENT_ID", CLIENT)
    async with (
        served(create_app(load_settings())) as address,
        httpx.AsyncClient(base_url=address, trust_env=False) as http,
    ):
        page = await http.get("/sign-in/provider")
    assert page.status_code == 503
    assert "does not answer as a sign-in provider should" in page.text


async def test_with_a_provider_a_password_counts_for_nothing(browser: Browser) -> None:
    page = await browser.sign_in("lena")
    assert page.status_code == 404
    assert (await browser.get("/policies")).url.path == "/sign-in"


async def test_a_sign_in_leads_only_to_pages_of_the_desk(browser: Browser) -> None:
    page = await comes_back(browser, to="https://elsewhere.example/")
    assert page.url.host == "127.0.0.1"
    assert "Lena Lead" in page.text
