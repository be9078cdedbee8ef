"""What follows an exception from a policy: its end is watched by a workflow of its own."""

from __future__ import annotations

from temporalio import workflow
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from models.approval import ActionKind, EffectState
    from models.effects import EffectInput, ExceptionStart
    from models.failures import TOO_LATE
    from models.names import SIGNAL_EXCEPTION_CHANGED, exception_workflow_id
    from policies.lifecycle import words
    from workflows.effect_errand import EffectErrand
    from workflows.policy_exception import PolicyExceptionWorkflow

ABOUT_AN_EXCEPTION = """\
An exception from a policy that was approved. It ends by itself at its time; only another approved \
request gives it another end. `resume` is for an end that could not be carried out."""


async def follow_up(errand: EffectErrand, request: EffectInput) -> None:
    """Let a new exception end in time, or give a running one its new end."""
    receipt, proposal = errand.receipt, request.proposal
    if proposal.kind is not ActionKind.POLICY_EXCEPTION:
        return
    if receipt is None or receipt.state is not EffectState.VERIFIED:
        return
    if proposal.parameters.changes is None:
        await _begin(request)
    elif not await _told(proposal.parameters.changes, request):
        await errand.take_back(TOO_LATE.type)


async def _begin(request: EffectInput) -> None:
    await workflow.start_child_workflow(
        PolicyExceptionWorkflow.run,
        ExceptionStart(begun=request, began_at=workflow.now()),
        id=exception_workflow_id(request.proposal.request_id),
        id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        # It outlives the request by weeks or months.
        parent_close_policy=workflow.ParentClosePolicy.ABANDON,
        static_summary=_title(request),
        static_details=ABOUT_AN_EXCEPTION,
    )


def _title(request: EffectInput) -> str:
    """Without its end, which another request may move later."""
    what = words.sentence(words.what(request.proposal.kind, None))
    return f"{what} · {request.approval.item.issue_key}" if request.approval else what


async def _told(changes: str, request: EffectInput) -> bool:
    """False when the exception has ended meanwhile."""
    running = workflow.get_external_workflow_handle(exception_workflow_id(changes))
    try:
        await running.signal(SIGNAL_EXCEPTION_CHANGED, request)
    except ApplicationError:
        return False
    return True
