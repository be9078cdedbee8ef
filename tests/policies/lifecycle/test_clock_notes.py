"""What the issue is told of its clocks, and what only the item's history says."""

from __future__ import annotations

from models.clocks import ClockName
from models.events import EventKind
from models.item_state import ItemState
from models.lifecycle import Outcome
from models.messages import Resolve
from policies.lifecycle import acts, deadlines, observation, receiving
from tests.samples import T0, actor, after, agent_comment, empty_state, observed, received


def new_item(*, ladder_from: int = 100) -> ItemState:
    """Shares at 50, 75 and 100 %; the first in the history only."""
    state = receiving.receive(empty_state(), received(), T0)
    assert state.snapshot is not None
    rules = {
        level: one.model_copy(
            update={"ladder": one.ladder.model_copy(update={"starts_at_percent": ladder_from})}
        )
        for level, one in state.snapshot.rules.items()
    }
    shares = {
        "warn_at_percent": (50, 75),
        "comment_at_percent": (75, 100),
        "quiet_at_percent": (50,),
        "rules": rules,
    }
    snapshot = state.snapshot.model_copy(update=shares)
    return state.model_copy(update={"snapshot": snapshot, "comments": ()})


def test_a_quiet_share_wakes_nobody_and_is_taken_down_with_its_own_moment() -> None:
    state = new_item()
    ahead = deadlines.next_deadline(state)
    assert ahead is not None
    assert ahead.at == after(3), "first response, 75 %"

    answered = observation.take_in(state, observed(agent_comment(5, after(2.5))), after(2.5))
    later = deadlines.pass_deadlines(answered, after(13))

    warned = [event for event in later.timeline if event.kind is EventKind.CLOCK_WARNED]
    assert [(e.facts["clock"], e.facts["percent"], e.at) for e in warned] == [
        (ClockName.RESOLUTION, 50, after(12))
    ]
    assert later.comments == ()


def test_a_share_that_is_told_on_the_issue_quotes_the_explanation_to_the_owner() -> None:
    state = deadlines.pass_deadlines(new_item(), after(3))

    (note,) = state.comments
    assert note.body.startswith("*75 % of the time for the first response is used.*")
    assert "[~accountid:acc-omar]" in note.body
    assert "First response: used 3 h 00 min of 4 h 00 min of working time" in note.body
    assert not note.public


def test_a_ladder_that_is_under_way_says_it_itself_and_quotes_the_same_line() -> None:
    state = deadlines.pass_deadlines(new_item(ladder_from=75), after(3))
    (note,) = state.comments
    assert "First response: used 3 h 00 min of 4 h 00 min of working time" in note.body

    state = deadlines.pass_deadlines(state.model_copy(update={"comments": ()}), after(4))

    assert len(state.comments) == 1, "the next level, and no other note about the same moment"


def test_the_decision_says_of_each_promise_whether_it_was_kept() -> None:
    state = observation.take_in(new_item(), observed(agent_comment(5, after(5))), after(5))
    message = Resolve(actor=actor("omar"), outcome=Outcome.ANSWERED, reason="Explained.")

    note = acts.resolve(state, message, after(6)).state.comments[-1].body

    assert "First response: used 5 h 00 min of 4 h 00 min" in note
    assert "kept 1 h 00 min late" in note
    assert "Resolution: used 6 h 00 min of 24 h 00 min" in note
