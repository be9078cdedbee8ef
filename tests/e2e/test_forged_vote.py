"""A vote with a forged signature reaches a worker that has never seen one."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from models.approval import ActionKind, Ballot, Choice
from models.failures import UNPROVEN
from models.names import action_workflow_id
from models.people import Act
from policies.proof_content import of_ballot
from tests.e2e.house import House
from tests.workflows.deeds import REFUND, propose, triaged

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("house")]


async def test_a_forged_vote_is_refused_and_the_worker_that_judged_it_lives_on(
    house: House,
) -> None:
    issue = await triaged(house, REFUND)
    request = await propose(house, issue, ActionKind.REFUND, 3000)
    await house.restart_worker_with()
    subject, content = action_workflow_id(request), of_ballot(request, Choice.APPROVE, "Fine.")
    actor = await house.actor("lena", Act.VOTE, subject, content=content)
    assert actor.proof is not None
    forged = actor.model_copy(
        update={"proof": actor.proof.model_copy(update={"signature": "00" * 64})}
    )
    ballot = Ballot(request_id=request, choice=Choice.APPROVE, reason="Fine.", actor=forged)

    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await house.client.get_workflow_handle(subject).execute_update(
            "decide", ballot, id=str(uuid4()), rpc_timeout=timedelta(seconds=30)
        )

    assert isinstance(refused.value.cause, ApplicationError)
    assert refused.value.cause.type == UNPROVEN.type
    assert house.stack.ended_parts() == (), "a forged vote ended the worker"
    assert (await house.request(request)).votes == ()
