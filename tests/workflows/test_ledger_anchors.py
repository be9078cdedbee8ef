"""What the ledger held at a decision and at the end stands where the ledger's owner does not reach."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from jira_gateway.anchors import ledger_anchors
from jira_gateway.client import JiraClients, JiraCredentials
from ledger.records import Anchor
from models.lifecycle import Stage, StatusCategory
from models.messages import ItemResult
from tests.workflows.deeds import REFUND, resolve, triaged
from tests.workflows.office import Office
from tests.workflows.opening import skipping_office


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with skipping_office(tmp_path) as opened:
        yield opened


async def test_a_decision_anchors_the_ledger_in_its_issue_and_the_end_in_the_result(
    office: Office,
) -> None:
    issue = await triaged(office, REFUND)
    await office.comment(issue, "ada", "We are looking into it.")
    await office.until(issue, lambda s: s.stage is Stage.DECIDE, say="the answer is seen")
    await resolve(office, issue)
    await office.settled(
        lambda: office.category(issue) is StatusCategory.DONE, say="the issue is Done"
    )
    await office.sleep(timedelta(days=8))
    result = ItemResult.model_validate(await office.handle(issue).result())

    jira = office.settings.jira
    clients = JiraClients(jira.url, JiraCredentials(user=jira.user, token=jira.token), jira.kind)
    in_jira = dict(ledger_anchors(clients))
    assert set(in_jira) == {issue.key}
    assert result.ledger is not None
    anchors = [
        Anchor(sequence=one.row, digest=one.digest, where=where)
        for where, one in [*in_jira.items(), ("the result", result.ledger)]
    ]
    verdict = office.ledger.verify(anchors)
    assert verdict.sound
    assert verdict.head is not None
    assert verdict.head.digest == result.ledger.digest
    assert in_jira[issue.key].row < result.ledger.row
