"""`doctor` says how people sign in to the desk, and who could not."""

from __future__ import annotations

import asyncio
from pathlib import Path

from desk.examining.checks import Finding, Health
from desk.examining.sign_in import check_sign_in
from runtime.settings import SHIPPED_POLICIES, JiraSettings, Settings, load_temporal_settings
from tests.browser import served
from tests.identity_provider import CLIENT, IdentityProvider


def said(issuer: str | None, policies: Path = SHIPPED_POLICIES) -> list[Finding]:
    settings = Settings(
        temporal=load_temporal_settings({}),
        jira=JiraSettings(),
        policies=policies,
        oidc_issuer=issuer,
        oidc_client_id=CLIENT,
    )
    return list(check_sign_in(settings))


def test_passwords_on_this_machine_are_said_to_be_for_trying_out() -> None:
    (finding,) = said(None)

    assert finding.health is Health.NOTE
    assert "FOLLOWTHROUGH_OIDC_ISSUER" in str(finding.remedy)


async def test_a_provider_that_answers_is_ok_and_who_could_not_sign_in_is_named() -> None:
    provider = IdentityProvider()
    async with served(provider.app) as address:
        provider.issuer = address
        answers, shut_out = await asyncio.to_thread(said, address)

    assert answers.health is Health.OK
    assert shut_out.health is Health.WRONG
    assert "lena" in shut_out.what


async def test_a_provider_that_is_another_issuer_is_wrong() -> None:
    provider = IdentityProvider()
    provider.issuer = "https://elsewhere.example"
    async with served(provider.app) as address:
        finding, *_ = await asyncio.to_thread(said, address)

    assert finding.health is Health.WRONG
    assert "another issuer" in finding.what


async def test_something_that_is_no_provider_is_wrong() -> None:
    provider = IdentityProvider()
    async with served(provider.app) as address:
        finding, *_ = await asyncio.to_thread(said, f"{address}/nothing/here")

    assert finding.health is Health.WRONG


def test_a_provider_that_does_not_answer_is_unreachable() -> None:
    finding, *_ = said("http://127.0.0.1:9")

    assert finding.health is Health.UNREACHABLE
