"""Small workflows under the real names: they keep what they are told and answer like the real."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from temporalio import workflow
from temporalio.common import SearchAttributeKey
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from models import names
    from models.approval import (
        ActionKind,
        ActionProposal,
        ActionStatus,
        ApprovalOutcome,
        ApprovalPlan,
        Ballot,
        Choice,
        Excluded,
        ItemFacts,
        Money,
        Vote,
    )
    from models.calendar import CalendarDefinition
    from models.clocks import ClockName, ClockReading, ClockRun
    from models.events import Event, EventKind
    from models.explanation import ClockFacts
    from models.failures import ALREADY_VOTED, FAILURES_BY_TYPE, NOT_ENTITLED, TOO_LATE
    from models.lifecycle import Awaiting, Severity, Stage
    from models.messages import (
        Acknowledge,
        Answer,
        ItemStart,
        ItemStatus,
        ItemSubject,
        JiraChanged,
        MigratePolicy,
        OpenActionStatus,
        Override,
        ProposeAction,
        Resolve,
        Resume,
        Timeline,
    )
    from models.people import Actor, Channel, Person
    from policies.business_time import always_open
    from tests import samples

AWAITING = SearchAttributeKey.for_keyword("FtAwaiting")
PARKED_PROJECTS = {
    "PARKC": "JiraAuthentication",
    "PARKP": "JiraPermission",
    "PARKI": "JiraRefused",
    "PARKAGAIN": "JiraRefused",
}
"""Items of these projects are parked by that failure; the last stays so when it is resumed."""
DUE = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
COUNTED_FROM = datetime(2026, 11, 23, 9, tzinfo=UTC)


def _refuse(failure: str, why: str) -> ApplicationError:
    return ApplicationError(why, type=failure, non_retryable=True)


@workflow.defn(name=names.FEEDBACK_ITEM_WORKFLOW)
class TinyItem:
    """Acknowledged by ada only; everything else is answered."""

    @workflow.init
    def __init__(self, start: ItemStart) -> None:
        self.start = start
        self.deliveries: list[str] = []
        self.acknowledged_by: str | None = None
        self.severity = Severity.S2
        self.ended = False
        self.resumed = False
        self.resumed_at: datetime | None = None
        votes = start.issue_key.startswith("VOTE")
        self.awaiting = Awaiting.APPROVAL if votes else Awaiting.ACKNOWLEDGEMENT
        self.parked = PARKED_PROJECTS.get(start.issue_key.rpartition("-")[0])
        self.parked_since = workflow.now()
        if self.parked is not None:
            self.awaiting = Awaiting.OPERATOR
            workflow.upsert_search_attributes([AWAITING.value_set(self.awaiting)])

    @workflow.run
    async def run(self, start: ItemStart) -> str:
        await workflow.wait_condition(lambda: self.ended)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return start.issue_key

    @workflow.signal(name=names.SIGNAL_JIRA_CHANGED)
    def changed(self, hint: JiraChanged) -> None:
        self.deliveries.append(f"{hint.event}:{hint.delivery}")

    @workflow.signal(name=names.SIGNAL_RESUME)
    def resume(self, resume: Resume) -> None:
        self.resumed = resume.actor is not None and resume.actor.proof is not None
        self.resumed_at = workflow.now()
        if self.parked is not None and not self.start.issue_key.startswith("PARKAGAIN"):
            self.parked, self.awaiting = None, Awaiting.OWNER
            workflow.upsert_search_attributes([AWAITING.value_set(self.awaiting)])

    @workflow.query
    def when_resumed(self) -> datetime | None:
        return self.resumed_at

    @workflow.query
    def told(self) -> list[str]:
        return self.deliveries

    @workflow.query
    def was_resumed(self) -> bool:
        return self.resumed

    @workflow.update(name=names.UPDATE_ACKNOWLEDGE)
    def acknowledge(self, act: Acknowledge) -> Answer:
        if act.actor.person != "ada":
            raise _refuse(NOT_ENTITLED.type, f"{act.actor.person} is not on this rung; ada is.")
        self.acknowledged_by = act.actor.person
        return Answer(message="ada has taken this on.", stage=Stage.ESCALATE)

    @workflow.update(name=names.UPDATE_OVERRIDE)
    def override(self, act: Override) -> Answer:
        self.severity = act.severity or self.severity
        return Answer(message=f"Severity is now {self.severity}.", stage=Stage.CLOCKS)

    @workflow.update(name=names.UPDATE_PROPOSE_ACTION)
    def propose(self, act: ProposeAction) -> Answer:
        return Answer(message=f"Asked for a {act.kind}.", stage=Stage.APPROVE, request_id="r-new")

    @workflow.update(name=names.UPDATE_RESOLVE)
    def resolve(self, act: Resolve) -> Answer:
        self.ended = True
        return Answer(message=f"Decided: {act.outcome}.", stage=Stage.DECIDE)

    @workflow.update(name=names.UPDATE_MIGRATE_POLICY)
    def migrate_policy(self, act: MigratePolicy) -> Answer:
        if act.actor.person != "lena":
            raise _refuse(NOT_ENTITLED.type, f"{act.actor.person} may not move items; lena may.")
        return Answer(message="Moved: policy 0f0f0f0f → 3f2a9c1e.", stage=Stage.CLOCKS)

    @workflow.query(name=names.QUERY_STATUS)
    def status(self) -> ItemStatus:
        if self.start.issue_key.startswith("BROKEN"):
            raise ValueError("this run fails in its worker")
        return ItemStatus(
            issue_id=self.start.issue_id,
            issue_key=self.start.issue_key,
            workflow_id=workflow.info().workflow_id,
            stage=Stage.ESCALATE,
            awaiting=self.awaiting,
            awaited=() if self.awaiting is Awaiting.APPROVAL else ("ada",),
            severity=self.severity,
            category="billing",
            owner="omar",
            segment="business",
            triage_unsure=False,
            due_at=DUE,
            breached=False,
            clocks=(_reading(ClockName.FIRST_RESPONSE), _paused(ClockName.RESOLUTION)),
            ladder_level=1,
            ladder_rung="owner",
            acknowledged_by=self.acknowledged_by,
            actions=(
                OpenActionStatus(
                    request_id=f"r-{self.start.issue_id}",
                    workflow_id=names.action_workflow_id(f"r-{self.start.issue_id}"),
                    kind=ActionKind.REFUND,
                    summary="Refund the June invoice",
                    amount=Money(minor=12900, currency="EUR"),
                    proposed_by="omar",
                    outcome=None,
                ),
            ),
            outcome=None,
            resolution=None,
            parked=self.parked,
            parked_since=self.parked_since if self.parked else None,
            remedy=FAILURES_BY_TYPE[self.parked].remedy if self.parked else None,
            policy_version="0f" * 32,
            clock_scale=1.0,
            unproven_allowed=False,
            summary="Waits for somebody to take the escalation on.",
        )

    @workflow.query(name=names.QUERY_SUBJECT)
    def subject(self) -> ItemSubject:
        facts = ItemFacts(
            issue_id=self.start.issue_id,
            issue_key=self.start.issue_key,
            workflow_id=names.feedback_workflow_id(self.start.issue_id),
            severity=self.severity,
            category="billing",
            segment="business",
            stage=Stage.CLOCKS,
        )
        return ItemSubject(
            item=facts, snapshot=samples.snapshot(), waiting=(), feedback=samples.item()
        )

    @workflow.query(name=names.QUERY_CLOCKS)
    def clocks(self) -> ClockFacts:
        return ClockFacts(
            issue_key=self.start.issue_key,
            runs=(
                ClockRun(
                    name=ClockName.FIRST_RESPONSE,
                    target=7200,
                    started_at=COUNTED_FROM,
                    stopped_at=COUNTED_FROM + timedelta(hours=1),
                ),
            ),
            calendars=(always_open(COUNTED_FROM, days=2),),
            definitions=(CalendarDefinition(name="always", zone="UTC", windows={}),),
        )

    @workflow.query(name=names.QUERY_TIMELINE)
    def timeline(self) -> Timeline:
        return Timeline(
            issue_key=self.start.issue_key,
            earlier_events=0,
            events=(
                Event(
                    operation_id=f"{self.start.issue_id}:1",
                    sequence=1,
                    kind=EventKind.RECEIVED,
                    at=DUE,
                    summary="Received from Jira.",
                ),
                Event(
                    operation_id=f"{self.start.issue_id}:2",
                    sequence=2,
                    kind=EventKind.CLIMBED,
                    at=DUE,
                    person="ada",
                    channel=Channel.AUTOMATION,
                    summary="Climbed to rung 1 <owner>.",
                ),
            ),
        )


def _reading(name: ClockName) -> ClockReading:
    return ClockReading(
        name=name,
        elapsed=5400,
        remaining=1800,
        wall_elapsed=7200,
        due_at=DUE,
        paused=False,
        in_hours=True,
        breached=False,
    )


def _paused(name: ClockName) -> ClockReading:
    return _reading(name).model_copy(update={"due_at": None, "paused": True})


@workflow.defn(name=names.POLICY_ACTION_WORKFLOW)
class TinyAction:
    """Two of ada and fay must agree; omar asked and may not vote."""

    @workflow.init
    def __init__(self, issue_id: str) -> None:
        self.issue_id = issue_id
        self.votes: tuple[Vote, ...] = ()
        self.outcome: ApprovalOutcome | None = None
        self.ended = False

    @workflow.run
    async def run(self, issue_id: str) -> str:
        await workflow.wait_condition(lambda: self.ended)
        return issue_id

    @workflow.update(name=names.UPDATE_DECIDE)
    def decide(self, ballot: Ballot) -> Answer:
        person = ballot.actor.person
        if self.outcome is not None:
            raise _refuse(TOO_LATE.type, f"The request was {self.outcome} before.")
        if person not in ("ada", "fay"):
            raise _refuse(NOT_ENTITLED.type, f"{person} may not vote on this; ada and fay may.")
        if any(vote.person == person for vote in self.votes):
            raise _refuse(ALREADY_VOTED.type, f"{person} has voted.")
        vote = Vote(
            person=person,
            human=person,
            choice=ballot.choice,
            reason=ballot.reason,
            channel=ballot.actor.channel,
            at=workflow.now(),
        )
        self.votes = (*self.votes, vote)
        if ballot.choice is Choice.REJECT:
            self.outcome = ApprovalOutcome.REJECTED
        elif len(self.votes) == 2:
            self.outcome = ApprovalOutcome.APPROVED
        return Answer(message=f"Your vote counts: {ballot.choice}.", stage=Stage.APPROVE)

    @workflow.query(name=names.QUERY_STATUS)
    def status(self) -> ActionStatus:
        asked = Actor(person="omar", channel=Channel.JIRA)
        return ActionStatus(
            proposal=ActionProposal(
                request_id=f"r-{self.issue_id}",
                kind=ActionKind.REFUND,
                subject="c-4711",
                summary="Refund the June invoice <b>today</b>",
                amount=Money(minor=12900, currency="EUR"),
                evidence=(f"FT-{self.issue_id}",),
                proposed_by=asked,
                proposed_at=DUE,
            ),
            item=ItemFacts(
                issue_id=self.issue_id,
                issue_key=f"FT-{self.issue_id}",
                workflow_id=names.feedback_workflow_id(self.issue_id),
                severity=Severity.S2,
                category="billing",
                segment="business",
                stage=Stage.APPROVE,
            ),
            plan=ApprovalPlan(
                rule="refund-above-100",
                quorum=2,
                eligible=(Person(id="ada", name="Ada Agent"), Person(id="fay", name="Fay Finance")),
                excluded=(Excluded(person="omar", why="asked for it"),),
                expires_at=DUE,
                explanation="A refund above 100 EUR needs two people of finance.",
            ),
            votes=self.votes,
            refused=(),
            outcome=self.outcome,
        )
