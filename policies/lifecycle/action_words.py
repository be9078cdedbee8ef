"""How a request presents itself: one sentence after a vote, and the page of the Temporal UI."""

from __future__ import annotations

from models.addresses import Addresses
from models.approval import ActionStatus, ApprovalPlan, Choice, Vote
from models.approval_request import ApprovalRequest, stages_of
from models.failures import FAILURES_BY_TYPE
from policies import approval
from policies.lifecycle import links
from policies.lifecycle.words import OUTCOME_WORDS, sentence, what_of
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


def request_page(status: ActionStatus, addresses: Addresses) -> str:
    """The Markdown page of a request that the Temporal UI shows as its current details."""
    return "\n\n".join(
        [
            *_head(status, addresses),
            *(_plan_lines(status, status.plan) if status.plan else ()),
            *_votes(status),
            *_end(status),
        ]
    )


def _head(status: ActionStatus, addresses: Addresses) -> list[str]:
    proposal, item = status.proposal, status.item
    places = (
        f"item `{item.workflow_id}`",
        *links.to_issue(addresses, item.issue_key),
        *links.to_request(addresses, proposal.request_id),
    )
    lines = [
        f"## {sentence(what_of(proposal))} · {item.issue_key}",
        " · ".join(places),
        links.plain(proposal.summary),
        f"Asked by {proposal.proposed_by.person} ({proposal.proposed_by.channel}) for "
        f"{item.severity} · {links.plain(item.category)} · {links.plain(item.segment)}.",
    ]
    if proposal.edited_by:
        editors = ", ".join(editor.person for editor in proposal.edited_by)
        lines.append(f"Changed by {editors}.")
    return lines


def _votes(status: ActionStatus) -> list[str]:
    counted = [_vote_line(vote) for vote in status.votes]
    refused = [
        f"- did not count: {vote.person}, {vote.failure}. {links.plain(vote.why)}"
        for vote in status.refused
    ]
    return ["### Votes", "\n".join([*counted, *refused])] if counted or refused else []


def _end(status: ActionStatus) -> list[str]:
    lines = []
    if status.outcome is not None:
        lines.append(f"**Outcome:** {OUTCOME_WORDS[status.outcome]}.")
    if status.effect is not None:
        reference = f", reference `{status.effect.reference}`" if status.effect.reference else ""
        lines.append(f"**Effect:** {status.effect.state}{reference}.")
    stop = status.stuck or status.parked
    if stop is not None:
        remedy = FAILURES_BY_TYPE[stop].remedy if stop in FAILURES_BY_TYPE else ""
        said = "Stands still" if status.stuck else "Not carried out"
        lines.append(f"> **{said}: {stop}.** {remedy}".rstrip())
    return lines


def _plan_lines(status: ActionStatus, plan: ApprovalPlan) -> list[str]:
    request = ApprovalRequest(
        plan=plan,
        stage=status.stage,
        votes=status.votes,
        delegations=status.delegations,
        deputies_asked=status.deputies_asked,
    )
    able = ", ".join(f"{one.name} (`{one.id}`)" for one in request.present.eligible) or "nobody"
    lines = [f"**By which rule:** {links.plain(plan.explanation)}"]
    if status.outcome is None:
        clock = status.stage_clock
        expires = clock.expires_at if clock else plan.expires_at
        lines += [
            f"**{links.plain(standing(request))}**",
            f"**May decide:** {able}.",
            f"**Expires:** {expires:%a %d %b %Y %H:%M} UTC.",
        ]
    if status.digest:
        lines.append(f"**Hash of what is voted on:** `{short(status.digest)}`.")
    return lines


def _vote_line(vote: Vote) -> str:
    behalf = f" for {vote.on_behalf_of}" if vote.on_behalf_of else ""
    said = "approved" if vote.choice is Choice.APPROVE else "refused"
    return f"- **{vote.person}**{behalf} {said}. {links.plain(vote.reason)}"
