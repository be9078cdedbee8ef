"""What people see and do on the desk's pages of rollouts, reviews, numbers, ledger and operations."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from desk.app import create_app
from desk.passwords import set_password
from runtime.settings import load_settings
from tests.browser import Browser, served
from tests.workflows import review_deeds
from tests.workflows.deeds import resolve
from tests.workflows.office import Office
from tests.workflows.opening import real_office
from tests.workflows.rollout_deeds import followed, planned, until

pytestmark = pytest.mark.e2e
PEOPLE = ("petra", "lena", "fay", "omar")


@pytest.fixture
async def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Office]:
    """An office whose clocks run as in life, which the desk's settings point at."""
    async with real_office(tmp_path, kind=Office) as opened:
        monkeypatch.setenv("TEMPORAL_ADDRESS", opened.client.service_client.config.target_host)
        monkeypatch.setenv("FOLLOWTHROUGH_DATA_DIR", str(tmp_path))
        monkeypatch.setenv("FOLLOWTHROUGH_TASK_QUEUE", opened.settings.task_queue)
        monkeypatch.setenv("JIRA_URL", opened.jira.url)
        monkeypatch.setenv("JIRA_USER", opened.jira.bot_auth[0])
        monkeypatch.setenv("JIRA_TOKEN", opened.jira.bot_auth[1])
        for person in PEOPLE:
            set_password(tmp_path, person, f"pw of {person}")
        yield opened


@pytest.fixture
async def desk(office: Office) -> AsyncIterator[str]:
    async with served(create_app(load_settings())) as address:
        yield address


@asynccontextmanager
async def signed_in(desk: str, person: str) -> AsyncIterator[Browser]:
    async with httpx.AsyncClient(base_url=desk, follow_redirects=True, timeout=30) as http:
        browser = Browser(http)
        page = await browser.sign_in(person)
        assert page.status_code == 200, page.text
        yield browser


async def test_the_owner_of_a_line_signs_it_off_and_a_stranger_has_no_button(
    office: Office, desk: str
) -> None:
    version = await followed(office, await planned(office, in_days=30))
    await until(office, version, lambda s: s.issue_key, say="its checklist is open")
    async with signed_in(desk, "fay") as stranger, signed_in(desk, "petra") as owner:
        assert "Nothing here is asked of you" in (await stranger.get(f"/rollouts/{version}")).text
        await owner.get("/rollouts")
        assert "5.0" in owner.page.text
        await owner.get(f"/rollouts/{version}")
        page = await owner.post(
            f"/rollouts/{version}", question="documentation", choice="signed", reason="Online."
        )
    assert "documentation: signed by petra." in page.text
    assert "Online." in page.text


async def test_a_stranger_who_posts_all_the_same_is_refused_and_told_why(
    office: Office, desk: str
) -> None:
    version = await followed(office, await planned(office, in_days=30))
    await until(office, version, lambda s: s.issue_key, say="its checklist is open")
    async with signed_in(desk, "fay") as stranger:
        # Every page of a session has a token for its forms, also one without a button.
        await stranger.get(f"/rollouts/{version}")
        page = await stranger.post(
            f"/rollouts/{version}", question="documentation", choice="signed"
        )
    assert page.status_code == 409
    assert "Only" in page.text


async def test_two_lines_signed_off_from_one_page_gone_back_to_are_two_replies(
    office: Office, desk: str
) -> None:
    version = await followed(office, await planned(office, in_days=30))
    await until(office, version, lambda s: s.issue_key, say="its checklist is open")
    async with signed_in(desk, "lena") as owner:
        once = await owner.get(f"/rollouts/{version}")
        await owner.post(f"/rollouts/{version}", question="enablement", choice="signed")
        owner.page = once
        page = await owner.post(
            f"/rollouts/{version}", question="support-write-up", choice="signed"
        )
    assert "support-write-up: signed by lena." in page.text


async def test_an_answer_without_a_reason_is_asked_for_one(office: Office, desk: str) -> None:
    version = await followed(office, await planned(office, in_days=30))
    await until(office, version, lambda s: s.issue_key, say="its checklist is open")
    async with signed_in(desk, "petra") as owner:
        await owner.get(f"/rollouts/{version}")
        page = await owner.post(f"/rollouts/{version}", question="documentation", choice="pause")
    assert page.status_code == 400
    assert "Give a reason" in page.text


async def test_a_review_is_read_and_signed_off(office: Office, desk: str) -> None:
    review = await review_deeds.held(office)
    found = await review_deeds.until(review, lambda s: s.issue_key, say="its issue is there")
    day = f"{found.held_at:%Y-%m-%d}"
    async with signed_in(desk, "petra") as owner:
        await owner.get("/reviews")
        assert f"/reviews/{day}" in owner.page.text
        await owner.get(f"/reviews/{day}")
        assert "items received" in owner.page.text
        page = await owner.post(f"/reviews/{day}", question="review", choice="signed")
    assert "review: signed by petra." in page.text


async def test_every_page_of_the_desk_leads_to_every_other_and_marks_itself(
    office: Office, desk: str
) -> None:
    issue = await office.report("Trouble")
    await office.until(issue, lambda s: s.severity is not None, say="it is triaged")
    async with signed_in(desk, "lena") as person:
        for path in (
            "/",
            "/rollouts",
            "/reviews",
            "/numbers",
            "/policies",
            "/ledger",
            "/operations",
        ):
            page = await person.get(path)
            assert page.status_code == 200, f"{path}: {page.text[:2000]}"
            assert f'<a href="{path}" aria-current="page">' in page.text
            assert len(page.content) < 100_000, path


async def test_numbers_lead_to_the_items_behind_them(office: Office, desk: str) -> None:
    issue = await office.report("Trouble")
    await office.until(issue, lambda s: s.severity is not None, say="it is triaged")
    async with signed_in(desk, "lena") as person:
        page = await person.get("/numbers?period=all")
        wrong = await person.get("/numbers?period=<b>soon")
    assert "what it means, and who is behind it" in page.text
    assert wrong.status_code == 400
    assert "is no period" in wrong.text
    assert "<b>soon" not in wrong.text


async def test_the_ledger_is_verified_from_its_page(office: Office, desk: str) -> None:
    issue = await office.report("Trouble")
    await office.until(issue, lambda s: s.severity is not None, say="it is triaged")
    await resolve(office, issue)
    async with signed_in(desk, "lena") as person:
        await person.get("/ledger")
        page = await person.post("/ledger")
    assert "rows are as they were written." in page.text
