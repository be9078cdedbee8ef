"""What the issue's internal comments say. Plain sentences, nothing of the customer's text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from models.action_parameters import AT_ONCE
from models.approval import (
    ActionKind,
    ActionProposal,
    ActionResult,
    ApprovalOutcome,
    Choice,
    EffectReceipt,
    EffectState,
    Money,
    RequestStep,
)
from models.decision import Decision
from models.failures import FAILURES_BY_TYPE
from models.item import Reason, TriageResult
from models.item_state import ItemState
from models.ladder import AcknowledgedBy, Rung
from models.policy import PolicySnapshot
from policies.money import in_words
from policies.request_digest import short

OUTCOME_WORDS: dict[ApprovalOutcome, str] = {
    ApprovalOutcome.NOT_NEEDED: "went ahead; the rules need nobody's approval for it",
    ApprovalOutcome.APPROVED: "was approved",
    ApprovalOutcome.REJECTED: "was refused",
    ApprovalOutcome.EXPIRED: "expired: nobody decided in time, so it is refused",
    ApprovalOutcome.WITHDRAWN: "was withdrawn",
    ApprovalOutcome.IMPOSSIBLE: "is refused: too few people are entitled to decide it",
    ApprovalOutcome.APPROVED_BY_EXPIRY: "went ahead, as its rule says: nobody decided in time",
    ApprovalOutcome.STALE: "is void: what it rests on has changed since it was asked",
}


def money(amount: Money | None) -> str:
    """`49.00 EUR`, or an empty text without an amount."""
    return in_words(amount) if amount else ""


def moment(at: datetime, zone: str) -> str:
    """A moment in the item's zone, to the minute, with the zone's name."""
    return f"{at.astimezone(ZoneInfo(zone)):%a %d %b %Y %H:%M} ({zone})"


def names(snapshot: PolicySnapshot, people: tuple[str, ...]) -> str:
    """The people as Jira mentions where they have an account, else by name."""
    return ", ".join(_mention(snapshot, person_id) for person_id in people) or "nobody"


def _mention(snapshot: PolicySnapshot, person_id: str) -> str:
    person = snapshot.person(person_id)
    if person is None:
        return person_id
    return f"[~accountid:{person.jira_account_id}]" if person.jira_account_id else person.name


def triage_note(state: ItemState, triage: TriageResult, due: str) -> str:
    """Why the item was put where it is; the first comment of every item."""
    lines = [
        f"*{state.severity} · {state.category}*, owner: {state.owner or 'nobody yet'} "
        f"(rule: {triage.routed_by}).",
        f"Severity: {_because(triage.severity.reasons)}. "
        f"Category: {_because(triage.category.reasons)}.",
    ]
    if triage.unsure:
        lines.append(
            "Triage is unsure. Please confirm or correct it: "
            "{{/override severity=S2 category=billing reason}}."
        )
    if triage.personal_data:
        lines.append(
            f"The text holds personal data ({', '.join(triage.personal_data)}); mind where you "
            "copy it."
        )
    if due:
        lines.append(due)
    for similar in triage.similar:
        lines.append(
            f"Looks like {similar.issue_key} ({similar.score:.0%} alike). If it is the same: "
            f"{{{{/resolve duplicate {similar.issue_key} reason}}}}."
        )
    for action in triage.actions:
        lines.append(f"Suggested: {action.kind} ({action.why}).")
    if triage.recontact_of:
        lines.append(
            f"The customer was here before, about the same category, with "
            f"{triage.recontact_of.issue_key}; its resolution now counts as failed."
        )
    return "\n".join([*lines, *_scale_note(state)])


def _because(reasons: tuple[Reason, ...]) -> str:
    parts = [
        f"{reason.rule} ({', '.join(reason.words)})" if reason.words else reason.rule
        for reason in reasons
    ]
    return "; ".join(parts) or "no sign found"


def _scale_note(state: ItemState) -> list[str]:
    scale = state.snapshot.scale if state.snapshot else 1.0
    return [] if scale == 1.0 else [f"(Clocks run {scale:g} times faster than real time here.)"]


def climb_note(
    snapshot: PolicySnapshot, rung: Rung, people: tuple[str, ...], why: str, *, reminder: bool
) -> str:
    """Tells a rung's people that the item is theirs to take on."""
    verb = "Still waiting" if reminder else "Escalated"
    every = " Every one of you has to." if rung.acknowledged_by is AcknowledgedBy.ALL else ""
    return (
        f"*{verb}: {rung.name}* (level {rung.level}), {names(snapshot, people)}. {why} "
        f"Take it on with {{{{/ack}}}}; otherwise the next level is told.{every}"
    )


def hand_off_note(
    snapshot: PolicySnapshot, rung: Rung, people: tuple[str, ...], so_far: Sequence[str], note: str
) -> str:
    """Tells those whose turn it is now what happened before it was."""
    lines = [
        f"*Handed over: {rung.name}* (level {rung.level}), {names(snapshot, people)}. "
        "Take it on with {{/ack}}; otherwise the next level is told."
    ]
    if note:
        lines.append(note)
    return "\n".join([*lines, *(f"* {happening}" for happening in so_far)])


def not_reached_note(snapshot: PolicySnapshot, people: tuple[str, ...], level: int) -> str:
    """Says on the issue that nothing but this mention reached somebody."""
    return (
        f"*No notice reached* {names(snapshot, people)} about level {level}. "
        "They are only mentioned here; please tell them by other means."
    )


def what(kind: ActionKind, amount: Money | None) -> str:
    """An action in words: `refund of 49.00 EUR`, `data deletion`."""
    named = kind.value.replace("_", " ")
    return f"{named} of {money(amount)}" if amount else named


def asked_note(proposal: ActionProposal, digest: str, hint: str) -> str:
    """Tells who may decide that something waits for them, and the hash that they vote on."""
    return (
        f"*Approval asked: {what_of(proposal)}* by "
        f"{proposal.proposed_by.person}. {proposal.summary}{f' {hint}' if hint else ''} "
        f"{how_to_decide(proposal, digest)}"
    )


def how_to_decide(proposal: ActionProposal, digest: str) -> str:
    """The commands for it; what follows `#` is the hash of what was looked at."""
    named = f"{proposal.request_id}#{short(digest)}" if digest else proposal.request_id
    return (
        f"Decide with {{{{/approve {named} reason}}}} or {{{{/reject {named} reason}}}}, or let "
        f"somebody else: {{{{/delegate {proposal.request_id} person until 2026-12-31}}}}."
    )


def what_of(proposal: ActionProposal) -> str:
    """What a proposal asks for, in words: as above, or `escalation to level 3 (executive)`."""
    if proposal.kind is ActionKind.CLIMB:
        return f"escalation to level {proposal.rung} ({proposal.subject})"
    known = proposal.parameters
    said = [what(proposal.kind, proposal.amount)]
    if known.feature:
        said.append(f"({known.feature})")
    if known.field:
        said.append(f"({known.field} to {known.value})")
    if known.ends_at:
        at_once = known.ends_at == AT_ONCE
        said.append("that ends at once" if at_once else f"until {known.ends_at:%Y-%m-%d}")
    if known.changes:
        said.append(f"(changes {known.changes})")
    return " ".join([*said, "(dry run)"] if proposal.dry_run else said)


def ended_note(proposal: ActionProposal, result: ActionResult) -> str:
    """Says how a request ended, who voted, and what was done."""
    voters = " ".join(
        f"{vote.person}{f' for {vote.on_behalf_of}' if vote.on_behalf_of else ''} "
        f"{'approved' if vote.choice is Choice.APPROVE else 'refused'}"
        + (f": {vote.reason.rstrip('.')}." if vote.reason else ".")
        for vote in result.votes
    )
    done = f" {effect_note(result.effect)}" if result.effect is not None else ""
    failed = ""
    if result.failure is not None:
        failed = f" *It was not carried out ({result.failure}).* "
        failed += (
            FAILURES_BY_TYPE[result.failure].remedy if result.failure in FAILURES_BY_TYPE else ""
        )
    return (
        f"*{sentence(what_of(proposal))} "
        f"{OUTCOME_WORDS[result.outcome]}* (rule: {result.rule}). {voters}{done}{failed}"
    ).strip()


def effect_note(effect: EffectReceipt) -> str:
    """How far the effect came; of a dry run, what would have been sent."""
    if effect.state is EffectState.DRY_RUN:
        kept_back = f" It would have sent: {{{{{effect.would_send}}}}}" if effect.would_send else ""
        return f"*Dry run: nothing was sent.*{kept_back}"
    reference = f", reference {effect.reference}" if effect.reference else ""
    return f"Effect {effect.state}{reference}."


def stuck_note(proposal: ActionProposal, failure: str, remedy: str, issue_key: str) -> str:
    """Says that an approved action stands still, why, and what to do."""
    return (
        f"*{sentence(what_of(proposal))} was approved and stands still* ({failure}). {remedy} "
        f"Then {{{{followthrough resume {issue_key}}}}} has it tried again, which never does it "
        f"twice, or with {{{{--undo}}}} undone."
    )


_ASKED_BECAUSE: dict[RequestStep, str] = {
    RequestStep.STAGE_ASKED: "Now it is your turn",
    RequestStep.DEPUTIES_ASKED: "Not decided yet, so deputies may decide too",
    RequestStep.ESCALATED: "Nobody decided in time, so it is yours",
}


def reminder_note(
    snapshot: PolicySnapshot,
    proposal: ActionProposal,
    digest: str,
    people: tuple[str, ...],
    why: RequestStep,
) -> str:
    """Asks those who have not voted yet."""
    because = _ASKED_BECAUSE.get(why, "Still waiting")
    return (
        f"*{because}: {what_of(proposal)}*. {names(snapshot, people)}, please decide. "
        f"{how_to_decide(proposal, digest)}"
    )


def sentence(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def decision_note(decision: Decision) -> str:
    """The recorded decision, as the issue shows it."""
    duplicate = f" of {decision.duplicate_of}" if decision.duplicate_of else ""
    evidence = f" Evidence: {', '.join(decision.evidence)}." if decision.evidence else ""
    return (
        f"*Decided: {decision.outcome}{duplicate}* by {decision.decided_by.person} "
        f"({decision.decided_by.channel}). {decision.reason}{evidence}"
    )


def migrated_note(person: str, what: str, reason: str, ladder_before: str, ladder: str) -> str:
    """That the item is judged by another policy from here on, as the issue shows it."""
    climb = (
        f"It stays where it is on the ladder {ladder}."
        if ladder == ladder_before
        else f"Its ladder is {ladder} now, from the foot; it was {ladder_before}."
    )
    return (
        f"*Moved to the policy in force* by {person}: {what}. {reason}\n"
        f"{climb} What was judged before stays as it was judged."
    )


def duration(seconds: int) -> str:
    """`-1 h 05 min`, `2 d 3 h`; a day here is 24 hours of counted time."""
    sign, rest = ("-" if seconds < 0 else ""), abs(seconds)
    days, rest = divmod(rest, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, left = divmod(rest, 60)
    if days:
        return f"{sign}{days} d {hours} h"
    if hours:
        return f"{sign}{hours} h {minutes:02d} min"
    return f"{sign}{minutes} min" if minutes else f"{sign}{left} s"
