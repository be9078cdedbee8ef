"""Our own items as contacts, and their requests, from what the ledger recorded of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time

from models.approval import ActionKind, ApprovalOutcome, EffectState
from models.base import Frozen, Moment
from models.contact import OWN, Contact, Path
from models.decision import Confidence
from models.events import Event, EventKind, Fact
from models.item import ANONYMOUS
from models.people import Channel


class PolicyRequest(Frozen):
    """A request for a policy action and how it ended; `outcome` None while it waits.

    `choices` are the votes cast. `refused_ballots` were cast by people who might not. `undone` says
    that its effect was taken back. `prolonged` counts later ends of an exception.
    """

    id: str
    item: str
    category: str
    action: ActionKind
    ended_at: Moment | None = None
    outcome: ApprovalOutcome | None = None
    choices: tuple[str, ...] = ()
    refused_ballots: int = 0
    by_automation: bool = False
    undone: bool = False
    prolonged: int = 0
    dry_run: bool = False

    @property
    def granted(self) -> bool:
        """Whether it was let through."""
        return self.outcome is not None and self.outcome.granted


class OwnItem(Frozen):
    """An item as the numbers see it."""

    contact: Contact
    requests: tuple[PolicyRequest, ...] = ()


def own_item(
    issue_key: str,
    customer: str | None,
    category: str | None,
    created_at: datetime,
    events: Sequence[Event],
    theme: str | None = None,
) -> OwnItem:
    """Read one item's events, oldest first. Of several decisions the first is the resolution."""
    first = _First(events)
    requests = _requests(issue_key, category or "", events)
    received = first.facts(EventKind.RECEIVED)
    opened = _moment(received.get("created_at")) or created_at
    decided = first.at(EventKind.DECIDED)
    contact = Contact(
        source=OWN,
        id=issue_key,
        customer=None if customer == ANONYMOUS else customer,
        category=category or "",
        theme=theme,
        opened_at=opened,
        answered_at=_not_before(opened, first.at(EventKind.ANSWERED)),
        recommended_at=_recommended(events),
        resolved_at=decided,
        escalation_due_at=first.at(EventKind.CLOCK_BREACHED),
        escalated_at=first.at(EventKind.CLIMBED),
        acknowledged_at=first.at(EventKind.ACKNOWLEDGED),
        came_back_at=first.at(EventKind.RECONTACTED),
        path=_path(events, requests) if decided else None,
        resolution=_resolution(events),
        kept=_kept(events),
        automated=_automated(events),
        reopened=sum(event.kind is EventKind.REOPENED for event in events),
        segment=_text(received.get("segment")),
        release=_text(received.get("release")),
        joined_at=_day(received.get("joined")),
        revenue_minor=_whole(received.get("annual_revenue_minor")),
        revenue_currency=_text(received.get("currency")),
        facts={
            name: text
            for name, text in (
                ("severity", _text(first.facts(EventKind.TRIAGED).get("severity"))),
                ("plan", _text(received.get("plan"))),
                ("country", _text(received.get("country"))),
                ("intake", _text(received.get("source"))),
            )
            if text
        },
    )
    return OwnItem(contact=contact, requests=requests)


class _First:
    """The first event of each kind."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._events: dict[EventKind, Event] = {}
        for event in events:
            self._events.setdefault(event.kind, event)

    def at(self, kind: EventKind) -> datetime | None:
        found = self._events.get(kind)
        return found.at if found else None

    def facts(self, kind: EventKind) -> dict[str, Fact]:
        found = self._events.get(kind)
        return found.facts if found else {}


def _day(value: Fact) -> datetime | None:
    """The beginning, in UTC, of a day that was written down."""
    text = _text(value)
    return datetime.combine(date.fromisoformat(text), time(), UTC) if text else None


def _recommended(events: Iterable[Event]) -> datetime | None:
    """The first action that was proposed for the customer, or the decision; no leave to escalate."""
    return next(
        (
            event.at
            for event in events
            if event.kind is EventKind.DECIDED
            or (
                event.kind is EventKind.ACTION_PROPOSED
                and event.facts.get("action") != ActionKind.CLIMB
            )
        ),
        None,
    )


def _path(events: Sequence[Event], requests: Sequence[PolicyRequest]) -> Path:
    if any(one.granted and not one.dry_run for one in requests):
        return Path.POLICY_ACTION
    climbed = any(event.kind is EventKind.CLIMBED for event in events)
    return Path.ESCALATED if climbed else Path.AGENT


def _resolution(events: Sequence[Event]) -> Confidence | None:
    """What the closing says of the last decision; a return that is on record stands for itself."""
    closed = [event for event in events if event.kind is EventKind.CLOSED]
    said = _text(closed[-1].facts.get("resolution")) if closed else None
    return Confidence(said) if said in set(Confidence) and said != Confidence.FAILED else None


def _kept(events: Sequence[Event]) -> bool | None:
    """Whether every promise that was judged was kept; None as long as none was."""
    met = [event for event in events if event.kind is EventKind.CLOCK_MET]
    judged = [bool(event.facts["breached"]) for event in met if "breached" in event.facts]
    late = any(event.kind is EventKind.CLOCK_BREACHED for event in events) or any(judged)
    return not late if judged or late else None


def _automated(events: Sequence[Event]) -> bool | None:
    kinds = {event.kind for event in events}
    return EventKind.OVERRIDDEN not in kinds if EventKind.TRIAGED in kinds else None


def _requests(issue_key: str, category: str, events: Sequence[Event]) -> tuple[PolicyRequest, ...]:
    found: dict[str, PolicyRequest] = {}
    for event in events:
        name = _text(event.facts.get("request"))
        if name is None:
            continue
        known = found.get(name)
        action = event.facts.get("action")
        if known is None and event.kind is EventKind.ACTION_PROPOSED and action in set(ActionKind):
            found[name] = PolicyRequest(
                id=name,
                item=issue_key,
                category=category,
                action=ActionKind(str(action)),
                by_automation=event.channel is Channel.AUTOMATION,
                dry_run=bool(event.facts.get("dry_run")),
            )
        elif known is not None:
            found[name] = known.model_copy(update=_news(known, event))
    return tuple(one for one in found.values() if one.action is not ActionKind.CLIMB)


def _news(known: PolicyRequest, event: Event) -> dict[str, object]:
    facts = event.facts
    match event.kind:
        case EventKind.VOTED:
            return {"choices": (*known.choices, str(facts.get("choice")))}
        case EventKind.EXCEPTION_CHANGED:
            return {"prolonged": known.prolonged + 1}
        case EventKind.ACTION_ENDED:
            ballots = facts.get("refused_ballots")
            return {
                "outcome": ApprovalOutcome(str(facts.get("outcome"))),
                "ended_at": event.at,
                "undone": facts.get("effect") == EffectState.COMPENSATED,
                "refused_ballots": ballots if isinstance(ballots, int) else 0,
            }
        case _:
            return {}


def _not_before(earliest: datetime, moment: datetime | None) -> datetime | None:
    return moment if moment is None or moment >= earliest else None


def _moment(fact: Fact) -> datetime | None:
    return datetime.fromisoformat(fact) if isinstance(fact, str) else None


def _whole(fact: Fact) -> int | None:
    return fact if isinstance(fact, int) else None


def _text(fact: Fact) -> str | None:
    return str(fact) if fact else None
