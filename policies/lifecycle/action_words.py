"""How a request presents itself: one sentence after a vote, and the page of the Temporal UI."""

from __future__ import annotations

from models.approval import ActionStatus, ApprovalPlan, StagePlan
from models.approval_request import ApprovalRequest, stages_of
from policies import approval
from policies.lifecycle.words import OUTCOME_WORDS, money
from policies.request_digest import short


def standing(request: ApprovalRequest) -> str:
    """How the request stands: decided, or what is still missing."""
    if request.outcome is not None:
        return f"The request {OUTCOME_WORDS[request.outcome]}."
    stage = f" in stage {request.present.name}" if len(stages_of(request.plan)) > 1 else ""
    return f"Still needed{stage}: {lacking_words(approval.lacking(request))}."


def lacking_words(lacking: tuple[tuple[str, int], ...]) -> str:
    """`1 more`, or `1 more of finance and 2 more of security`."""
    parts = [f"{count} more{f' of {group}' if group else ''}" for group, count in lacking]
    return " and ".join(parts) or "nobody"


def request_page(status: ActionStatus) -> str:
    """The Markdown page of a request that the Temporal UI shows as its current details."""
    proposal, plan = status.proposal, status.plan
    lines = [
        f"# {proposal.kind} {money(proposal.amount)} · {status.item.issue_key}".strip(),
        proposal.summary,
        f"Asked by {proposal.proposed_by.person} ({proposal.proposed_by.channel}).",
    ]
    if proposal.edited_by:
        editors = ", ".join(editor.person for editor in proposal.edited_by)
        lines.append(f"Changed by {editors}.")
    if plan is not None:
        lines += _plan_lines(status, plan)
    lines += [_vote_line(status, number) for number in range(len(status.votes))]
    lines += [f"- refused: {vote.person}, {vote.failure}. {vote.why}" for vote in status.refused]
    if status.outcome is not None:
        lines.append(f"**Outcome:** {OUTCOME_WORDS[status.outcome]}")
    if status.effect is not None:
        lines.append(f"**Effect:** {status.effect.state}, {status.effect.reference}")
    if status.parked is not None:
        lines.append(f"**Not carried out:** {status.parked}")
    return "\n\n".join(lines)


def _plan_lines(status: ActionStatus, plan: ApprovalPlan) -> list[str]:
    able = ", ".join(person.name for person in _present(status, plan).eligible) or "nobody"
    expires = status.stage_clock.expires_at if status.stage_clock else plan.expires_at
    lines = [
        f"**Request:** `{short(status.digest)}`",
        f"**Rule:** {plan.rule}. {plan.explanation}",
        f"**Stage:** {_present(status, plan).name}. May decide: {able}.",
        f"**Expires:** {expires:%Y-%m-%d %H:%M:%S} UTC",
    ]
    return lines if status.digest else lines[1:]


def _present(status: ActionStatus, plan: ApprovalPlan) -> StagePlan:
    return ApprovalRequest(plan=plan, stage=status.stage).present


def _vote_line(status: ActionStatus, number: int) -> str:
    vote = status.votes[number]
    behalf = f" for {vote.on_behalf_of}" if vote.on_behalf_of else ""
    return f"- {vote.person}{behalf}: {vote.choice}. {vote.reason}"
