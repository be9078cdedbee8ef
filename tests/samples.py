"""Made-up items, policies and readings that tests of several rooms build on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from models.activity_io import Received
from models.approval import ActionKind
from models.approval_rule import ApprovalRule
from models.calendar import CalendarDefinition
from models.clocks import ClockName
from models.item import CustomerFacts, FeedbackItem, Suggestion, TriageResult
from models.item_state import ItemState
from models.jira_view import Cursor, ObservedComment, ObservedEdit, ObservedIssue, SeenFields, Side
from models.ladder import Ladder, Rung
from models.lifecycle import Outcome, Severity, StatusCategory
from models.people import Act, Actor, Channel, Person
from models.policy import PolicySnapshot, SeverityRules, WatchRule
from models.status_map import StatusMap
from policies import business_time

T0 = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday morning."""
HOUR = 3600

PEOPLE = (
    Person(id="ada", name="Ada", jira_account_id="acc-ada", roles=("agent",), groups=("agents",)),
    Person(id="omar", name="Omar", jira_account_id="acc-omar", roles=("owner",)),
    Person(id="lena", name="Lena", jira_account_id="acc-lena", roles=("lead",), groups=("leads",)),
    Person(id="fay", name="Fay", jira_account_id="acc-fay", groups=("finance",)),
    Person(id="finn", name="Finn", jira_account_id="acc-finn", groups=("finance",)),
    Person(id="eve", name="Eve", jira_account_id="acc-eve", groups=("executives",)),
)


def after(hours: float) -> datetime:
    """The moment so many hours after `T0`."""
    return T0 + timedelta(hours=hours)


def ladder() -> Ladder:
    """Owner, then lead, then (with an executive's leave) the executive."""
    return Ladder(
        name="standard",
        starts_at_percent=75,
        acknowledgement_lasts=4 * HOUR,
        rungs=(
            Rung(level=1, name="owner", notify=("omar",), wait=HOUR),
            Rung(level=2, name="lead", notify=("lena",), wait=HOUR),
            Rung(
                level=3,
                name="executive",
                notify=("eve",),
                wait=HOUR,
                needs_approval="climb_executive",
            ),
        ),
    )


def approval_rules() -> tuple[ApprovalRule, ...]:
    """Refunds need two of finance, climbing to the executive one executive, credits nobody."""
    return (
        ApprovalRule(
            name="refund_two",
            actions=(ActionKind.REFUND,),
            when="true",
            quorum=2,
            groups=("finance",),
            expires_after=24 * HOUR,
            why="Refunds need two people of finance.",
        ),
        ApprovalRule(
            name="small_credit",
            actions=(ActionKind.CREDIT,),
            when="true",
            quorum=0,
            expires_after=24 * HOUR,
            why="Small credits need nobody.",
        ),
        ApprovalRule(
            name="climb_executive",
            actions=(ActionKind.CLIMB,),
            when="true",
            quorum=1,
            groups=("leads",),
            expires_after=8 * HOUR,
            why="A lead decides whether the executive is told.",
        ),
    )


def snapshot(*, allow_unproven: bool = True, scale: float = 1.0) -> PolicySnapshot:
    """First response in 4 h, resolution in 24 h, round the clock; watched for 72 h."""
    rules = {
        severity: SeverityRules(
            targets={
                ClockName.FIRST_RESPONSE: 4 * HOUR // factor,
                ClockName.NEXT_RESPONSE: 4 * HOUR // factor,
                ClockName.RESOLUTION: 24 * HOUR // factor,
            },
            target_rule=f"standard {severity}",
            ladder=ladder(),
        )
        for severity, factor in zip(Severity, (4, 2, 1, 1), strict=True)
    }
    return PolicySnapshot(
        version="0" * 64,
        pinned_at=T0,
        scale=scale,
        calendar_definition=CalendarDefinition(
            name="24x7", zone="UTC", windows=dict.fromkeys(range(7), ((0, 1440),))
        ),
        calendar=business_time.always_open(T0 - timedelta(days=1), 200),
        rules=rules,
        approvals=approval_rules(),
        watch=WatchRule(lasts=72 * HOUR),
        statuses=StatusMap(
            preferred={StatusCategory.DONE: ("Done",)},
            pause_when=("Waiting for customer",),
            resolutions={Outcome.ANSWERED: "Answered", Outcome.DUPLICATE: "Duplicate"},
            outcomes={"Answered": Outcome.ANSWERED, "Won't Do": Outcome.DECLINED},
        ),
        people=PEOPLE,
        permissions={
            Act.ACKNOWLEDGE: ("agent", "owner", "lead"),
            Act.OVERRIDE: ("agent", "owner", "lead"),
            Act.PROPOSE: ("agent", "owner", "lead"),
            Act.RESOLVE: ("owner", "lead"),
            Act.RESUME: ("lead",),
            Act.MIGRATE: ("lead",),
        },
        allow_unproven=allow_unproven,
    )


def item() -> FeedbackItem:
    """A refund dispute of a known customer, reported at `T0`."""
    return FeedbackItem(
        issue_id="10001",
        issue_key="FT-1",
        project="FT",
        issue_type="Feedback",
        created_at=T0,
        text_digest="d" * 16,
        text_length=120,
        customer=CustomerFacts(reference="c0ffee", known=True, segment="smb"),
    )


def triage(*, unsure: bool = False, severity: Severity = Severity.S3) -> TriageResult:
    """A sure billing case owned by Omar, unless said otherwise."""
    return TriageResult(
        category=Suggestion(value="billing", confidence=0.9),
        severity=Suggestion(value=severity.value, confidence=0.9),
        sentiment=Suggestion(value="negative", confidence=0.6),
        language=Suggestion(value="en", confidence=0.9),
        owner="omar",
        owner_account_id="acc-omar",
        routed_by="billing to Omar",
        unsure=unsure,
    )


def fields(
    status: str = "Open", category: StatusCategory = StatusCategory.TO_DO, **values: object
) -> SeenFields:
    """An issue's fields as just created."""
    return SeenFields.model_validate({"status": status, "status_category": category, **values})


def observed(
    *happenings: ObservedComment | ObservedEdit, seen: SeenFields | None = None
) -> ObservedIssue:
    """A reading of the issue with these comments and edits, and the cursor behind them."""
    comments = tuple(h for h in happenings if isinstance(h, ObservedComment))
    edits = tuple(h for h in happenings if isinstance(h, ObservedEdit))
    return ObservedIssue(
        issue_id="10001",
        issue_key="FT-1",
        fields=seen or fields(),
        updated_at=T0,
        comments=comments,
        edits=edits,
        cursor=Cursor(
            comment_id=max((c.comment_id for c in comments), default=0),
            change_id=max((e.change_id for e in edits), default=0),
        ),
    )


def received(*, unsure: bool = False, severity: Severity = Severity.S3) -> Received:
    """What the receiving activity would return for `item()`."""
    return Received(
        item=item(),
        triage=triage(unsure=unsure, severity=severity),
        snapshot=snapshot(),
        observed=observed(),
    )


def empty_state() -> ItemState:
    """An item that has not been received yet."""
    return ItemState(issue_id="10001", workflow_id="feedback-10001", life="aaaaaaaa")


def agent_comment(number: int, at: datetime, *, public: bool = True) -> ObservedComment:
    """A comment by Ada of support."""
    return ObservedComment(
        comment_id=number,
        author_account_id="acc-ada",
        side=Side.STAFF,
        public=public,
        created_at=at,
    )


def customer_comment(number: int, at: datetime, *, gratitude: bool = False) -> ObservedComment:
    """A public comment by the customer."""
    return ObservedComment(
        comment_id=number,
        author_account_id="acc-customer",
        side=Side.CUSTOMER,
        public=True,
        created_at=at,
        gratitude=gratitude,
    )


def status_edit(number: int, at: datetime, before: str, to: str, by: str = "omar") -> ObservedEdit:
    """A person moved the issue."""
    return ObservedEdit(
        change_id=number,
        field="status",
        author_account_id=f"acc-{by}",
        actor=actor(by, Channel.JIRA),
        side=Side.STAFF,
        at=at,
        before=before,
        after=to,
    )


def actor(person: str, channel: Channel = Channel.DESK) -> Actor:
    """A person acting without a proof, for snapshots that allow that."""
    return Actor(person=person, channel=channel)
