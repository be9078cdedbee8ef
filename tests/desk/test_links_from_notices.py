"""A link from a notice opens one item once, and does not sign anybody in."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from browsing import Stage

from desk import sessions
from ledger.one_time_links import OneTimeLink
from ledger.store import open_ledger
from tests.browser import Browser


def link_for(data_dir: Path, person: str, issue_id: str) -> str:
    ledger = open_ledger(f"sqlite:///{data_dir / 'ledger.db'}")
    try:
        link = OneTimeLink(person, issue_id)
        return f"/in/{ledger.one_time_links.make(link, timedelta(hours=1))}"
    finally:
        ledger.close()


async def opened(stage: Stage, tmp_path: Path, issue_id: str, person: str = "lena") -> Browser:
    """Somebody who came by a link."""
    browser, link = stage.browser(), link_for(tmp_path, person, issue_id)
    await browser.get(link)
    await browser.post(link)
    return browser


async def test_the_link_leads_to_the_item_and_lets_its_reader_take_it_on(
    stage: Stage, tmp_path: Path
) -> None:
    issue_id = await stage.item()
    browser = await opened(stage, tmp_path, issue_id, person="ada")
    assert browser.page.url.path == f"/items/{issue_id}"
    assert "by a link, for this item" in browser.page.text
    page = await browser.post(f"/items/{issue_id}/acknowledge")
    assert "ada has taken this on." in page.text


async def test_what_a_customer_said_is_only_shown_to_who_signed_in(
    stage: Stage, tmp_path: Path
) -> None:
    issue_id = await stage.item()
    by_link = await opened(stage, tmp_path, issue_id)
    assert "What was said" not in by_link.page.text
    for more in ("similar", "customer"):
        assert (await by_link.get(f"/items/{issue_id}/{more}")).url.path == "/sign-in"
    signed_in = await stage.signed_in("lena")
    assert "What was said" in (await signed_in.get(f"/items/{issue_id}")).text


async def test_a_mail_filter_that_opens_the_link_does_not_use_it_up(
    stage: Stage, tmp_path: Path
) -> None:
    issue_id = await stage.item()
    link = link_for(tmp_path, "lena", issue_id)
    for _ in range(3):
        assert (await stage.browser().get(link)).status_code == 200
    reader = stage.browser()
    await reader.get(link)
    assert (await reader.post(link)).url.path == f"/items/{issue_id}"


async def test_a_link_that_was_used_opens_nothing(stage: Stage, tmp_path: Path) -> None:
    issue_id = await stage.item()
    link = link_for(tmp_path, "lena", issue_id)
    reader, thief = stage.browser(), stage.browser()
    await reader.get(link)
    await thief.get(link)
    await reader.post(link)
    page = await thief.post(link)
    assert page.status_code == 409
    assert "opens nothing any more" in page.text
    assert (await thief.get(f"/items/{issue_id}")).url.path == "/sign-in"


async def test_another_site_cannot_use_somebodys_link(stage: Stage, tmp_path: Path) -> None:
    link = link_for(tmp_path, "lena", await stage.item())
    page = await stage.browser().post(link)
    assert page.status_code == 403


@pytest.mark.parametrize("act", ["override", "resolve", "propose", "resume"])
async def test_who_came_by_a_link_decides_nothing(stage: Stage, tmp_path: Path, act: str) -> None:
    issue_id = await stage.item()
    browser = await opened(stage, tmp_path, issue_id)
    page = await browser.post(
        f"/items/{issue_id}/{act}", severity="S1", outcome="fixed", reason="I say so"
    )
    assert page.url.path == "/sign-in"


async def test_who_came_by_a_link_votes_on_nothing_and_sees_nothing_else(
    stage: Stage, tmp_path: Path
) -> None:
    issue_id = await stage.item()
    other = await stage.item()
    browser = await opened(stage, tmp_path, issue_id, person="fay")
    page = await browser.post(f"/requests/r-{issue_id}", choice="approve", reason="I say so")
    assert page.url.path == "/sign-in"
    for path in ("/", f"/items/{other}", f"/requests/r-{issue_id}", "/ledger", "/operations"):
        assert (await browser.get(path)).url.path == "/sign-in", path


async def test_what_a_link_opened_closes_after_an_hour(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue_id = await stage.item()
    monkeypatch.setattr(sessions, "LINK_SESSION_SECONDS", -1)
    browser = await opened(stage, tmp_path, issue_id)
    assert browser.page.url.path == "/sign-in"


async def test_who_is_signed_in_stays_so_when_they_follow_a_link_of_their_own(
    stage: Stage, tmp_path: Path
) -> None:
    issue_id = await stage.item()
    browser = await stage.signed_in("lena")
    link = link_for(tmp_path, "lena", issue_id)
    await browser.get(link)
    await browser.post(link)
    assert (await browser.get("/policies")).url.path == "/policies"


async def test_a_link_of_somebody_unknown_opens_nothing(stage: Stage, tmp_path: Path) -> None:
    browser = await opened(stage, tmp_path, await stage.item(), person="nobody")
    assert browser.page.status_code == 409
