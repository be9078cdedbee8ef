"""What is done with every sheet alike: waiting for how it stands, and replying to what it asks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import uuid4

from temporalio.client import WorkflowHandle

from models.base import Frozen
from models.people import Act, Channel
from models.sheet import Replied, Reply
from policies.proof_content import of_reply
from tests.workflows.office import PATIENCE_SECONDS, Office

Handle = WorkflowHandle[Any, Any]
Status = TypeVar("Status", bound=Frozen)
Result = TypeVar("Result", bound=Frozen)


async def until(
    sheet: Handle, kind: type[Status], condition: Callable[[Status], object], say: str
) -> Status:
    """Wait until the sheet's status fulfils the condition."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        found: Status = await sheet.query("status", result_type=kind)
        if condition(found):
            return found
        assert time.monotonic() < deadline, f"waited in vain until {say}; it stands: {found}"
        await asyncio.sleep(0.05)


async def reply(
    office: Office, sheet: Handle, who: str, question: str, choice: str, why: str
) -> str:
    """Somebody replies in the terminal."""
    content = of_reply(question, choice, why)
    actor = await office.actor(who, Act.REPLY, sheet.id, Channel.CLI, content)
    return await send(sheet, Reply(actor=actor, question=question, choice=choice, reason=why))


async def send(sheet: Handle, message: Frozen, update: str = "reply") -> str:
    """Send an update; answers what it said."""
    answer: Replied = await sheet.execute_update(
        update, message, id=str(uuid4()), result_type=Replied
    )
    return answer.message


async def run_once(office: Office, workflow: str, kind: type[Result]) -> Result:
    """One run of a workflow, as its schedule begins it."""
    result: Result = await office.client.execute_workflow(
        workflow,
        id=f"once-{uuid4()}",
        task_queue=office.settings.task_queue,
        result_type=kind,
    )
    return result
