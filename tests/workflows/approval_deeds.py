"""What people do to a request besides voting."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from temporalio.client import WorkflowHandle

from models.approval import AmendAction, Delegate, Money
from models.messages import Answer
from models.names import action_workflow_id
from models.people import Act
from policies.proof_content import of_delegation, of_message
from tests.workflows.office import Issue, Office, by


def handle_of(office: Office, request: str) -> WorkflowHandle[object, object]:
    return office.client.get_workflow_handle(action_workflow_id(request))


async def amend(office: Office, request: str, person: str, minor: int) -> Answer:
    change = AmendAction(
        actor=by(person), request_id=request, amount=Money(minor=minor, currency="EUR")
    )
    subject, content = action_workflow_id(request), of_message(change)
    actor = await office.actor(person, Act.PROPOSE, subject, content=content)
    signed = change.model_copy(update={"actor": actor})
    return await handle_of(office, request).execute_update(
        "amend", signed, id=str(uuid4()), result_type=Answer
    )


async def delegate(office: Office, request: str, person: str, to: str) -> Answer:
    until = await office.now() + timedelta(days=2)
    subject, content = action_workflow_id(request), of_delegation(request, to, until)
    actor = await office.actor(person, Act.VOTE, subject, content=content)
    message = Delegate(actor=actor, request_id=request, to=to, until=until)
    return await handle_of(office, request).execute_update(
        "delegate", message, id=str(uuid4()), result_type=Answer
    )


async def ended(office: Office, issue: Issue, number: int = 0) -> str | None:
    status = await office.until(
        issue, lambda s: s.actions[number].outcome, say=f"request {number} has ended"
    )
    return status.actions[number].outcome
