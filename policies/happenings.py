"""What an event means to the clocks: the words of sla.yaml that it makes true."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from models.clock_rules import Condition, Standing, Word
from models.events import Event, EventKind, Fact
from policies.clock_conditions import Happening


def happening_of(event: Event, standing: Standing, pausing: Iterable[str]) -> Happening | None:
    """What the event means, given how things stood before it; None when nothing to a clock.

    `pausing` are the names of the statuses in which it is the customer's turn. On a decided item
    nothing happens to clocks until it is reopened, so a late thank-you or answer starts none.
    """
    facts = event.facts
    match event.kind:
        case EventKind.TRIAGED:
            told, standing = _triaged(facts)
        case EventKind.CUSTOMER_WROTE:
            told, standing = _customer_wrote(facts, standing)
        case EventKind.ANSWERED:
            told, standing = [Condition(word=Word.AGENT_ANSWERED)], _with(standing, answered=True)
        case EventKind.EDITED_IN_JIRA if facts.get("field") == "status":
            told, standing = _moved(facts, standing, frozenset(pausing))
        case EventKind.EDITED_IN_JIRA if facts.get("field") == "assignee":
            assigned = bool(facts.get("after"))
            news = assigned and not standing.assigned
            told = [Condition(word=Word.ASSIGNED)] if news else []
            standing = _with(standing, assigned=assigned)
        case EventKind.OVERRIDDEN if facts.get("owner_after"):
            told = [] if standing.assigned else [Condition(word=Word.ASSIGNED)]
            standing = _with(standing, assigned=True)
        case EventKind.ACTION_PROPOSED | EventKind.ACTION_ENDED:
            told, standing = _requested(event, standing)
        case EventKind.ACTION_PLANNED:
            told, standing = [], _planned(facts, standing)
        case EventKind.DECIDED:
            # Our own move into Done is no event, so the status is not known from here on.
            told = [Condition(word=Word.RESOLUTION_SET)]
            standing = _with(standing, decided=True, status=None, waiting_for_customer=False)
            return Happening(event.at, tuple(told), standing)
        case EventKind.REOPENED:
            told, standing = _reopened(facts), _with(standing, decided=False)
        case _:
            return None
    if standing.decided:
        told = []
    return Happening(_moment(event), tuple(told), standing)


def happenings_of(events: Iterable[Event], pausing: Iterable[str]) -> tuple[Happening, ...]:
    """What all events mean, in their order."""
    found: list[Happening] = []
    standing, pausing = Standing(), tuple(pausing)
    for event in events:
        happening = happening_of(event, standing, pausing)
        if happening is not None:
            found.append(happening)
            standing = happening.standing
    return tuple(found)


def _moment(event: Event) -> datetime:
    """Clocks count from when the item was made, which is before it was triaged."""
    since = event.facts.get("since")
    return datetime.fromisoformat(since) if isinstance(since, str) else event.at


def _triaged(facts: dict[str, Fact]) -> tuple[list[Condition], Standing]:
    status, owner = facts.get("status"), facts.get("owner")
    told = [Condition(word=Word.CREATED)]
    if owner:
        told.append(Condition(word=Word.ASSIGNED))
    return told, Standing(status=str(status) if status else None, assigned=bool(owner))


def _customer_wrote(facts: dict[str, Fact], standing: Standing) -> tuple[list[Condition], Standing]:
    if facts.get("gratitude"):
        return [Condition(word=Word.CUSTOMER_THANKED)], standing
    told = [Condition(word=Word.CUSTOMER_COMMENTED)]
    if standing.answered:
        told.append(Condition(word=Word.CUSTOMER_REPLIED))
    return told, _with(standing, waiting_for_customer=False)


def _moved(
    facts: dict[str, Fact], standing: Standing, pausing: frozenset[str]
) -> tuple[list[Condition], Standing]:
    before, after = str(facts.get("before") or ""), str(facts.get("after") or "")
    told = [
        Condition(word=Word.LEFT_STATUS, status=before),
        Condition(word=Word.ENTERED_STATUS, status=after),
    ]
    waiting = standing.waiting_for_customer
    if (before in pausing) != (after in pausing):
        waiting = after in pausing
    return told, _with(standing, status=after or None, waiting_for_customer=waiting)


def _requested(event: Event, standing: Standing) -> tuple[list[Condition], Standing]:
    request = str(event.facts.get("request"))
    if event.kind is EventKind.ACTION_PROPOSED:
        requests = (*standing.requests, request)
        return [Condition(word=Word.APPROVAL_ASKED)], _with(standing, requests=requests)
    left = tuple(one for one in standing.requests if one != request)
    standing = _with(
        standing,
        held_by=tuple(one for one in standing.held_by if one != request),
        let_run_by=tuple(one for one in standing.let_run_by if one != request),
    )
    settled = bool(standing.requests) and not left
    told = [Condition(word=Word.APPROVAL_SETTLED)] if settled else []
    return told, _with(standing, requests=left)


def _planned(facts: dict[str, Fact], standing: Standing) -> Standing:
    """The rule of a request may say otherwise than sla.yaml whether the clocks stand still.

    Once it is amended another rule may decide it, which says otherwise again, or nothing.
    """
    request, pauses = str(facts.get("request")), facts.get("pauses")
    held_by = tuple(one for one in standing.held_by if one != request)
    let_run_by = tuple(one for one in standing.let_run_by if one != request)
    if pauses is not None and pauses:
        held_by = (*held_by, request)
    elif pauses is not None:
        let_run_by = (*let_run_by, request)
    return _with(standing, held_by=held_by, let_run_by=let_run_by)


def _reopened(facts: dict[str, Fact]) -> list[Condition]:
    words = [Word.REOPENED, Word.RESOLUTION_CLEARED]
    if facts.get("by_customer"):
        words += [Word.CUSTOMER_COMMENTED, Word.CUSTOMER_REPLIED]
    return [Condition(word=word) for word in words]


def _with(standing: Standing, **changed: object) -> Standing:
    return standing.model_copy(update=changed)
