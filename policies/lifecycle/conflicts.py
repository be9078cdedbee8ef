"""What becomes of a person's edit in Jira where the policy does not simply let it win."""

from __future__ import annotations

from models.item_state import ItemState
from models.jira_view import ObservedEdit, ObservedIssue
from models.lifecycle import StatusCategory
from models.status_map import Conflict
from policies.lifecycle import record
from policies.lifecycle.running_clocks import pinned
from policies.lifecycle.stages import open_questions
from policies.lifecycle.view import wanted_value

MOST_OVERRULED = 3
"""So often a field is written over; then a person is asked, since something else insists as well."""
_SHOWN = {"priority": "The priority", "assignee": "The assignee", "due_date": "The due date"}


def rule_for(state: ItemState, field: str) -> Conflict:
    """Who wins a conflict over this field, by the rules pinned to the item."""
    rule: Conflict = getattr(pinned(state).statuses.conflicts, field)
    return rule


def take(state: ItemState, field: str, edit: ObservedEdit, observed: ObservedIssue) -> ItemState:
    """An edit of priority, assignee or due date under `workflow_wins` or `ask`."""
    wanted, overrules = wanted_value(state, field), _overrules(state, field)
    if wanted is None:
        return state if overrules else keep(state, field)
    # What is to be written over may be by now; what is to be asked about must still stand there.
    shown = _written(edit, field) if overrules else _shown_value(observed, field)
    if shown == wanted:
        return release(_without_question(state, field), field)
    if overrules:
        told = f"{_SHOWN[field]} was set otherwise in Jira, and by policy it stays as it was."
        return _overrule(release(state, field), field, f"{told} {_how_to_change(state, field)}")
    if state.decision is not None:
        return keep(state, field)
    return _ask(keep(state, field), field, f"{_SHOWN[field]} was set otherwise in Jira.")


def closed_undecided(state: ItemState, edit: ObservedEdit, back_to: StatusCategory) -> ItemState:
    """The issue was moved into Done, and nothing was decided. `back_to` is where it came from."""
    how = "Decide it with `/resolve fixed` (or another outcome) and the reason."
    what = f"The issue was moved to {edit.after} without a recorded decision."
    if not _overrules(state, "status"):
        return _ask(state, "status", f"{what} {how}")
    state = state.model_copy(update={"wanted_status": back_to})
    return _overrule(state, "status", f"{what} By policy it is moved back. {how}")


def opened_decided(state: ItemState, edit: ObservedEdit) -> ItemState:
    """The issue was moved out of Done after the decision, which by policy stands."""
    what = (
        f"The issue was moved to {edit.after}, but it is decided, and by policy it is moved back."
    )
    state = state.model_copy(update={"wanted_status": StatusCategory.DONE})
    return _overrule(state, "status", f"{what} It is reopened when the customer writes again.")


def moved_back(state: ItemState) -> ItemState:
    """The issue left Done, so nobody need be asked about that any more."""
    return _without_question(state, "status")


def keep(state: ItemState, field: str) -> ItemState:
    """Leave this field to people from now on."""
    return state.model_copy(update={"kept_fields": tuple(sorted({*state.kept_fields, field}))})


def release(state: ItemState, field: str) -> ItemState:
    """What a person set there is what the item wants too."""
    return state.model_copy(
        update={"kept_fields": tuple(kept for kept in state.kept_fields if kept != field)}
    )


def _overrules(state: ItemState, field: str) -> bool:
    insisted = state.overruled.count(field) >= MOST_OVERRULED
    return rule_for(state, field) is Conflict.WORKFLOW_WINS and not insisted


def _overrule(state: ItemState, field: str, comment: str) -> ItemState:
    """Write over it; forgetting what was projected makes the next projection look again."""
    first = field not in state.overruled
    update = {"overruled": (*state.overruled, field), "projected": None}
    state = state.model_copy(update=update)
    return record.say(state, comment) if first else state


def _ask(state: ItemState, field: str, what: str) -> ItemState:
    """A person is asked once; any correction of triage settles it."""
    asked = open_questions(state)
    if field in asked:
        return state
    state = state.model_copy(update={"asked": (*asked, field), "triage_confirmed": False})
    stays = f"To leave it as it is: `/override category={state.category}` and the reason."
    return record.say(
        state, f"{what} Somebody has to decide. {_how_to_change(state, field)} {stays}"
    )


def _without_question(state: ItemState, field: str) -> ItemState:
    asked = tuple(one for one in state.asked if one != field)
    return state.model_copy(update={"asked": asked})


def _how_to_change(state: ItemState, field: str) -> str:
    match field:
        case "priority":
            return f"The item's own is `/override severity={state.severity}` and the reason."
        case "assignee":
            return f"The item's own is `/override owner={state.owner or 'PERSON'}` and the reason."
        case "due_date":
            return (
                f"The item's own is {wanted_value(state, field)}; set it back by hand to have it."
            )
    return "To go on without a decision, move it back."


def _shown_value(observed: ObservedIssue, field: str) -> str | None:
    fields = observed.fields
    if field == "due_date":
        return fields.due_date.isoformat() if fields.due_date else None
    return fields.priority if field == "priority" else fields.assignee_account_id


def _written(edit: ObservedEdit, field: str) -> str | None:
    """Jira's history shows a date with a time of day."""
    return edit.after[:10] if field == "due_date" and edit.after else edit.after
