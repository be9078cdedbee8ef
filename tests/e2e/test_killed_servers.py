"""The parts around the worker fail for a while: Temporal, Jira, the ledger. Then all is read back."""

from __future__ import annotations

import pytest

from models.approval import ActionKind, ApprovalOutcome
from models.lifecycle import Stage
from tests.e2e.books import nothing_is_lost_or_doubled
from tests.e2e.house import House
from tests.e2e.stories import carried_out, decided, shown_as_decided
from tests.workflows.deeds import OUTAGE, REFUND, propose, resolve, triaged

pytestmark = [pytest.mark.e2e, pytest.mark.kill, pytest.mark.xdist_group("house")]


async def test_items_wait_in_a_killed_temporal_server_and_go_on_from_its_file(house: House) -> None:
    asked = await triaged(house, REFUND)
    request = await propose(house, asked, ActionKind.REFUND, 9900)
    await house.vote(request, "fay")
    urgent = await triaged(house, OUTAGE)
    calm = await triaged(house, REFUND)
    await house.commented(calm, 1)

    await house.kill("temporal")
    # Its item cannot be told of this now: the webhook is sent again until Temporal has it.
    await house.comment(calm, "ada", "We are looking into it.")
    unheard = await house.create(REFUND[:100], REFUND)
    await house.bring_back("temporal")

    await house.until(urgent, lambda s: s.ladder_level > 0, say="its ladder is climbed")
    await house.until(calm, lambda s: s.stage is Stage.DECIDE, say="the answer is seen")
    await house.begun(unheard)
    await house.until(unheard, lambda s: s.severity is not None, say="it is triaged")
    await house.vote(request, "finn")
    await carried_out(house, asked)
    for issue in (asked, urgent, calm, unheard):
        await decided(house, issue)
        await nothing_is_lost_or_doubled(house, issue)


async def test_a_decision_made_while_jira_is_down_is_shown_later_and_once(house: House) -> None:
    issue = await triaged(house, REFUND)
    await house.commented(issue, 1)
    await house.at_rest(issue)

    await house.kill("jira")
    await resolve(house, issue)
    await house.eventually(
        lambda: house.tried_in_vain(issue, "project_to_jira"), say="Jira is missed"
    )
    status = await house.status(issue)
    assert status.stage is Stage.WATCH
    assert status.parked is None
    await house.bring_back("jira")

    await shown_as_decided(house, issue)
    await nothing_is_lost_or_doubled(house, issue)


async def test_a_decision_waits_for_a_ledger_that_can_only_be_read_and_is_recorded_once(
    house: House,
) -> None:
    issue = await triaged(house, REFUND)
    request = await propose(house, issue, ActionKind.REFUND, 3000)
    file = house.settings.data_dir / "ledger.db"
    await house.restart_worker_with(
        FOLLOWTHROUGH_LEDGER_URL=f"sqlite:///file:{file}?mode=ro&uri=true"
    )

    await house.vote(request, "lena")
    action = house.client.get_workflow_handle(f"action-{request}")
    await house.eventually(
        lambda: house.tried_in_vain(action, "append_to_ledger"), say="the ledger is missed"
    )
    assert (await house.request(request)).outcome is ApprovalOutcome.APPROVED
    assert request not in [effect["key"] for effect in house.effects()], (
        "nothing may be carried out before the ledger has the votes"
    )
    await house.restart_worker_with()

    await carried_out(house, issue)
    await decided(house, issue)
    await nothing_is_lost_or_doubled(house, issue)
    voted = [row for row in house.ledger.events_of(issue.id) if row.event.kind == "voted"]
    assert [row.event.person for row in voted] == ["lena"]


async def test_worker_and_desk_start_while_jira_is_down_and_go_on_when_it_is_back(
    house: House,
) -> None:
    issue = await triaged(house, REFUND)
    await house.commented(issue, 1)
    await house.at_rest(issue)
    await house.kill("worker")
    await house.comment(issue, "ada", "We are looking into it.")
    await house.settled(
        lambda: "pending" not in [one["state"] for one in house.jira.deliveries()],
        say="the item has been told",
    )
    await house.kill("desk")
    await house.kill("jira")

    await house.bring_back("desk")
    await house.bring_back("worker")
    await house.eventually(lambda: house.tried_in_vain(issue, "read_issue"), say="Jira is missed")
    await house.bring_back("jira")

    await house.until(issue, lambda s: s.stage is Stage.DECIDE, say="the answer is seen")
    await decided(house, issue)
    await nothing_is_lost_or_doubled(house, issue)
