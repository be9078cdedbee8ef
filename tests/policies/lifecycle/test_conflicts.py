"""Who wins when a person sets in Jira what the item wants otherwise, field by field."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from models.item_state import ItemState
from models.jira_view import ObservedEdit, SeenFields, Side
from models.lifecycle import Awaiting, Outcome, Severity, StatusCategory
from models.messages import Override, Resolve
from models.people import Channel
from models.status_map import Conflict, FieldConflicts, StatusMap
from policies.documents.sla import Statuses
from policies.lifecycle import acts, conflicts, observation, receiving, view
from policies.lifecycle.stages import awaiting_of, open_questions
from tests.samples import T0, actor, after, empty_state, fields, observed, received

SET_IN_JIRA = {
    "priority": ("priority", "Low"),
    "assignee": ("assignee", "acc-lena"),
    "due_date": ("duedate", "2027-01-31 00:00:00.0"),
}
JIRA_WINS, WORKFLOW_WINS, ASK = Conflict.JIRA_WINS, Conflict.WORKFLOW_WINS, Conflict.ASK


def item(**rules: Conflict) -> ItemState:
    """A received item of severity S3 under these rules, whose first view was projected."""
    state = receiving.receive(empty_state(), received(severity=Severity.S3), T0)
    assert state.snapshot is not None
    statuses = state.snapshot.statuses.model_copy(update={"conflicts": FieldConflicts(**rules)})
    snapshot = state.snapshot.model_copy(update={"statuses": statuses})
    state = state.model_copy(update={"snapshot": snapshot, "comments": (), "wanted_status": None})
    return state.model_copy(update={"projected": view._fingerprint(view.desired_view(state))})


def edit(number: int, field: str, before: str | None, to: str | None) -> ObservedEdit:
    return ObservedEdit(
        change_id=number,
        field=field,
        author_account_id="acc-omar",
        actor=actor("omar", Channel.JIRA),
        side=Side.STAFF,
        at=after(1),
        before=before,
        after=to,
    )


def shown(field: str, value: str | None) -> SeenFields:
    """The issue as it shows a person's value."""
    base = fields("Open", StatusCategory.TO_DO)
    match field:
        case "priority":
            return base.model_copy(update={"priority": value})
        case "assignee":
            return base.model_copy(update={"assignee_account_id": value})
    wanted = date.fromisoformat(value[:10]) if value else None
    return base.model_copy(update={"due_date": wanted})


def set_in_jira(state: ItemState, field: str, number: int = 7, value: str = "") -> ItemState:
    theirs, usual = SET_IN_JIRA[field]
    value = value or usual
    news = observed(edit(number, theirs, None, value), seen=shown(field, value))
    return observation.take_in(state, news, after(2))


def moved(state: ItemState, before: str, to: str, number: int = 7) -> ItemState:
    category = StatusCategory.DONE if to == "Done" else StatusCategory.IN_PROGRESS
    news = observed(edit(number, "status", before, to), seen=fields(to, category))
    state = state.model_copy(
        update={"seen": fields(before, StatusCategory.DONE if before == "Done" else category)}
        if before == "Done"
        else {"seen": fields(before, StatusCategory.IN_PROGRESS)}
    )
    return observation.take_in(state, news, after(3))


def wishes(state: ItemState, field: str) -> bool:
    """Whether the item still wants a value of its own in this field."""
    wanted = view.desired_view(state)
    name = "assignee_account_id" if field == "assignee" else field
    return getattr(wanted, name) is not None


@pytest.mark.parametrize("field", SET_IN_JIRA)
@pytest.mark.parametrize(
    ("rule", "stays_ours", "comments", "asks"),
    [(JIRA_WINS, None, 0, False), (WORKFLOW_WINS, True, 1, False), (ASK, False, 1, True)],
)
def test_each_field_obeys_its_rule(
    field: str, rule: Conflict, stays_ours: bool | None, comments: int, asks: bool
) -> None:
    state = set_in_jira(item(**{field: rule}), field)

    if stays_ours is not None:
        assert wishes(state, field) is stays_ours
    assert len(state.comments) == comments
    assert all(not comment.public for comment in state.comments)
    assert (field in open_questions(state)) is asks
    assert ("ft-conflict" in view.desired_view(state).labels) is asks
    assert (awaiting_of(state) is Awaiting.TRIAGE) is asks
    if rule is not JIRA_WINS:
        assert view.must_project(state), "Jira does not show yet what the item wants"


@pytest.mark.parametrize("field", ["priority", "assignee"])
@pytest.mark.parametrize("rule", [WORKFLOW_WINS, ASK])
def test_under_the_other_rules_an_edit_changes_neither_severity_nor_owner(
    field: str, rule: Conflict
) -> None:
    before = item(**{field: rule})
    state = set_in_jira(before, field)

    assert (state.severity, state.owner) == (before.severity, before.owner)
    assert "/override" in state.comments[0].body


def test_by_default_jira_wins_in_every_field() -> None:
    assert FieldConflicts() == FieldConflicts(
        priority=JIRA_WINS, assignee=JIRA_WINS, due_date=JIRA_WINS, status=JIRA_WINS
    )
    assert set_in_jira(item(), "priority").severity is Severity.S4


@pytest.mark.parametrize("field", SET_IN_JIRA)
def test_what_is_written_over_is_said_once_and_after_a_while_a_person_is_asked(field: str) -> None:
    state = item(**{field: WORKFLOW_WINS})
    for number in range(7, 7 + conflicts.MOST_OVERRULED):
        state = set_in_jira(state, field, number)
        assert field in view.desired_view(state).workflow_wins
    assert len(state.comments) == 1

    state = set_in_jira(state, field, 99)

    assert field in open_questions(state), "two who insist would go on for ever"
    assert field not in view.desired_view(state).workflow_wins
    assert not wishes(state, field)


@pytest.mark.parametrize("rule", [WORKFLOW_WINS, ASK])
def test_a_value_that_the_item_wants_is_no_conflict(rule: Conflict) -> None:
    state = set_in_jira(item(priority=rule), "priority", value="Medium")

    assert (state.comments, open_questions(state)) == ((), ())


def test_setting_it_back_settles_the_question() -> None:
    state = set_in_jira(item(priority=ASK), "priority")
    state = set_in_jira(state, "priority", number=8, value="Medium")

    assert open_questions(state) == ()
    assert wishes(state, "priority")


@pytest.mark.parametrize(
    ("correction", "ours_again"),
    [({"severity": Severity.S3}, True), ({"category": "billing"}, False)],
)
def test_a_correction_settles_the_question_one_way_or_the_other(
    correction: dict[str, object], ours_again: bool
) -> None:
    state = set_in_jira(item(priority=ASK), "priority")
    message = Override(actor=actor("ada"), reason="Looked at it.", **correction)  # type: ignore[arg-type]

    state = acts.override(state, message, after(3)).state

    assert open_questions(state) == ()
    assert wishes(state, "priority") is ours_again
    assert "ft-conflict" not in view.desired_view(state).labels


@pytest.mark.parametrize(
    ("rule", "decided", "wanted", "asks"),
    [
        (JIRA_WINS, True, StatusCategory.DONE, False),
        (WORKFLOW_WINS, False, StatusCategory.IN_PROGRESS, False),
        (ASK, False, None, True),
    ],
)
def test_a_move_into_done_without_a_decision(
    rule: Conflict, decided: bool, wanted: StatusCategory | None, asks: bool
) -> None:
    state = moved(item(status=rule), "In Progress", "Done")

    assert (state.decision is not None) is decided
    if rule is not JIRA_WINS:
        assert state.wanted_status is wanted
        assert "/resolve" in state.comments[-1].body
    assert ("status" in open_questions(state)) is asks


def test_moving_it_back_or_deciding_settles_the_question_about_done() -> None:
    state = moved(item(status=ASK), "In Progress", "Done")
    message = Resolve(actor=actor("omar"), outcome=Outcome.ANSWERED, reason="Explained.")

    assert open_questions(moved(state, "Done", "In Progress", 8)) == ()
    assert open_questions(acts.resolve(state, message, after(4)).state) == ()


@pytest.mark.parametrize(
    ("rule", "reopened"), [(JIRA_WINS, True), (ASK, True), (WORKFLOW_WINS, False)]
)
def test_a_move_out_of_done_after_the_decision(rule: Conflict, reopened: bool) -> None:
    message = Resolve(actor=actor("omar"), outcome=Outcome.ANSWERED, reason="Explained.")
    state = acts.resolve(item(status=rule), message, after(0.5)).state

    state = moved(state, "Done", "In Progress")

    assert (state.decision is None) is reopened
    if not reopened:
        assert state.wanted_status is StatusCategory.DONE


def test_what_sla_yaml_says_is_what_is_pinned() -> None:
    written = Statuses.model_validate({"conflicts": {"due_date": "ask", "status": "workflow_wins"}})

    pinned = StatusMap.model_validate(written.model_dump())

    assert pinned.conflicts == FieldConflicts(due_date=ASK, status=WORKFLOW_WINS)
    with pytest.raises(ValidationError):
        Statuses.model_validate({"conflicts": {"summary": "ask"}})
