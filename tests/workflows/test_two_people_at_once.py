"""Two people decide the same request on the desk in the same moment: one wins, and both are told."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import httpx
import pytest

from desk.app import create_app
from desk.passwords import set_password
from models.approval import ActionKind, ApprovalOutcome, Choice
from runtime.settings import load_settings
from tests.browser import Browser, served
from tests.workflows.deeds import REFUND, propose, triaged
from tests.workflows.opening import real_office

pytestmark = pytest.mark.e2e
ROUNDS = int(os.environ.get("FOLLOWTHROUGH_ROUNDS", "25"))
"""200 were played when this was written; FOLLOWTHROUGH_ROUNDS asks for others."""


async def test_of_two_who_decide_at_once_one_wins_and_both_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with real_office(tmp_path) as office:
        monkeypatch.setenv("TEMPORAL_ADDRESS", office.client.service_client.config.target_host)
        monkeypatch.setenv("FOLLOWTHROUGH_DATA_DIR", str(tmp_path))
        monkeypatch.setenv("JIRA_URL", office.jira.url)
        for person in ("lena", "fay"):
            set_password(tmp_path, person, f"pw of {person}")
        issue = await triaged(office, REFUND)
        async with (
            served(create_app(load_settings())) as desk,
            httpx.AsyncClient(base_url=desk, follow_redirects=True, timeout=60) as one,
            httpx.AsyncClient(base_url=desk, follow_redirects=True, timeout=60) as other,
        ):
            lena, fay = Browser(one), Browser(other)
            await lena.sign_in("lena")
            await fay.sign_in("fay")
            for _ in range(ROUNDS):
                request = await propose(office, issue, ActionKind.CREDIT, 2000)
                await asyncio.gather(
                    *(browser.get(f"/requests/{request}") for browser in (lena, fay))
                )
                answers = await asyncio.gather(
                    lena.post(f"/requests/{request}", choice="approve", reason="It was our fault."),
                    fay.post(f"/requests/{request}", choice="reject", reason="It was not."),
                )
                status = await office.request(request)
                (vote,) = status.votes
                won = {Choice.APPROVE: 0, Choice.REJECT: 1}[vote.choice]
                assert answers[won].status_code == 200, answers[won].text
                assert answers[1 - won].status_code == 409, answers[1 - won].text
                assert 'role="alert"' in answers[1 - won].text
                settled = await office.until_request(
                    request, lambda s: s.outcome, say="the request is over"
                )
                approved = settled.outcome is ApprovalOutcome.APPROVED
                assert approved is (vote.choice is Choice.APPROVE)
