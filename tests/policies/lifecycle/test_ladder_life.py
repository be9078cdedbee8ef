"""A ladder in the life of an item: what becomes an event, what is said, who is told how."""

from __future__ import annotations

from models.approval import ActionResult, ApprovalOutcome
from models.events import EventKind
from models.failures import NOTHING_TO_ACT_ON, UNKNOWN_VALUE
from models.item_state import ItemState
from models.jira_view import CommandName, JiraCommand
from models.ladder import LevelFound
from models.lifecycle import Outcome
from models.messages import Acknowledge, Resolve
from models.notice import Attempt, NoticeResult
from models.people import Channel, NoticeChannel, Person
from policies.lifecycle import acts, deadlines, ladder, notices, observation, report
from policies.lifecycle.actions_in import ended
from policies.lifecycle.stages import awaited_people
from tests.policies.lifecycle.ladder_items import events, item_with, passed, rung, told
from tests.samples import PEOPLE, actor, after, agent_comment, observed


def by_mail(person: str) -> tuple[Person, ...]:
    """Everybody as before, but this person wants e-mail first and then the webhook."""
    wanted = (NoticeChannel.EMAIL, NoticeChannel.WEBHOOK)
    return tuple(
        one.model_copy(update={"notify": wanted}) if one.id == person else one for one in PEOPLE
    )


def test_every_move_of_a_ladder_is_an_event() -> None:
    state = item_with(rung(1, "omar", repeat_from=1, repeat_times=1), rung(2), rung(3, "lena"))
    state = passed(state, 3, 4)
    state = acts.acknowledge(state, Acknowledge(actor=actor("omar")), after(4.5)).state
    state = passed(state, 8.5, 9.5)

    kinds = [event.kind for event in state.timeline if event.at >= after(3)]
    wanted = [
        EventKind.CLIMBED,
        EventKind.LADDER_REPEATED,
        EventKind.CLIMBED,
        EventKind.ACKNOWLEDGED,
        EventKind.ACKNOWLEDGEMENT_LAPSED,
        EventKind.RUNG_SKIPPED,
        EventKind.CLIMBED,
        EventKind.RUNG_SKIPPED,
    ]
    clocks = (EventKind.CLOCK_WARNED, EventKind.CLOCK_BREACHED)
    assert [kind for kind in kinds if kind not in clocks] == wanted


def test_whose_move_it_is_are_those_told_who_have_not_acknowledged() -> None:
    state = passed(item_with(rung(1, "omar", "ada", acknowledged_by="all")), 3)

    acted = acts.acknowledge(state, Acknowledge(actor=actor("omar")), after(3.1))

    assert awaited_people(state) == ("omar", "ada")
    assert awaited_people(acted.state) == ("ada",)
    assert acted.message == "Noted at level 1. The ladder rests when ada acknowledged too."


def test_a_level_that_was_passed_over_is_not_the_one_that_the_item_stands_on() -> None:
    state = passed(item_with(rung(1, "omar"), rung(2)), 3, 4)

    assert state.ladder.exhausted
    assert report.status_of(state, after(4)).ladder_rung == "rung 1"


def rota_level(**more: object) -> ItemState:
    level = rung(1, written=("oncall:support",), looked_up=True, **more)
    return passed(item_with(level, rung(2, "lena")), 3)


def test_who_is_found_on_a_level_is_an_event_and_a_new_colleague_may_acknowledge() -> None:
    mei = Person(
        id="mei", name="Mei", jira_account_id="acc-mei", roles=("agent",), groups=("finance",)
    )
    state = rota_level()
    wanted = ladder.question(state)
    assert wanted is not None
    assert told(state) == []

    found = LevelFound(level=1, people=(mei,), rotas=("support",), on_call=("mei",))
    state = ladder.looked_up(state, found, after(3))

    assert ladder.question(state) is None
    assert told(state) == [(1, "mei")]
    assert events(state, EventKind.LEVEL_LOOKED_UP)[0].facts["on_call"] == "mei"
    assert "[~accountid:acc-mei]" in state.comments[-1].body
    assert acts.acknowledge(state, Acknowledge(actor=actor("mei")), after(3.1)).refusal is None


def test_a_new_colleague_on_call_votes_on_nothing_of_a_running_item() -> None:
    mei = Person(id="mei", name="Mei", roles=("agent",), groups=("finance",))

    state = ladder.looked_up(rota_level(), LevelFound(level=1, people=(mei,)), after(3))

    assert state.snapshot is not None
    known = state.snapshot.person("mei")
    assert known is not None
    assert known.groups == ()


def test_an_answer_from_before_the_item_was_answered_tells_nobody() -> None:
    state = rota_level()
    state = observation.take_in(state, observed(agent_comment(5, after(3.01))), after(3.01))

    late = ladder.looked_up(state, LevelFound(level=1, people=(PEOPLE[0],)), after(3.02))

    assert late == state


def test_where_nobody_can_find_out_who_is_on_a_level_those_pinned_are_told_and_it_shows() -> None:
    level = rung(1, "omar", written=("oncall:support", "omar"), looked_up=True)
    state = passed(item_with(level), 3)
    wanted = ladder.question(state)
    assert wanted is not None

    state = ladder.as_pinned(state, wanted, "PolicyInvalid", after(3))

    assert told(state) == [(1, "omar")]
    assert events(state, EventKind.PROBLEM)[0].facts["failure"] == "PolicyInvalid"


def test_at_the_hand_off_of_a_rota_the_new_on_call_reads_what_happened_so_far() -> None:
    ada, omar = PEOPLE[0], PEOPLE[1]
    found = LevelFound(level=1, people=(omar,), on_call=("omar",), changes_at=after(3.5))
    state = ladder.looked_up(rota_level(), found, after(3))
    state = acts.acknowledge(state, Acknowledge(actor=actor("omar")), after(3.2)).state
    next_one = deadlines.next_deadline(state)
    assert next_one is not None
    assert (next_one.at, next_one.what) == (after(3.5), "others are on call")

    state = passed(state, 3.5)
    state = ladder.looked_up(state, LevelFound(level=1, people=(ada,)), after(3.5))

    handed = events(state, EventKind.HANDED_OVER)[0]
    assert handed.facts["notified"] == "ada"
    note = state.comments[-1].body
    assert note.startswith("*Handed over: rung 1* (level 1), [~accountid:acc-ada].")
    assert "On call before: omar." in note
    assert "omar took the escalation on at level 1." in note
    assert state.ladder.acknowledgement is not None


def test_somebody_who_took_it_on_hands_it_over_with_a_note_and_the_ladder_waits_for_the_other() -> (
    None
):
    state = passed(item_with(rung(1, "omar"), rung(2, "lena")), 3)
    state = acts.acknowledge(state, Acknowledge(actor=actor("omar")), after(3.2)).state
    message = Acknowledge(actor=actor("omar"), hand_to="ada", note="I am off at noon.")

    acted = acts.acknowledge(state, message, after(3.5))

    assert acted.refusal is None
    assert awaited_people(acted.state) == ("ada",)
    assert "I am off at noon." in acted.state.comments[-1].body
    assert told(passed(acted.state, 4.5)) == [(1, "omar"), (2, "lena")]


def test_nobody_is_handed_what_they_may_not_take_on() -> None:
    state = passed(item_with(rung(1, "omar")), 3)
    for to in ("fay", "nobody"):
        message = Acknowledge(actor=actor("omar"), hand_to=to)
        assert acts.acknowledge(state, message, after(3.5)).refusal == UNKNOWN_VALUE
    message = Acknowledge(actor=actor("omar"), hand_to="ada")
    assert acts.acknowledge(item_with(rung(1)), message, after(1)).refusal == NOTHING_TO_ACT_ON


def test_a_jira_comment_hands_over_to_whom_it_mentions() -> None:
    state = passed(item_with(rung(1, "omar")), 3)
    command = JiraCommand(
        name=CommandName.HANDOVER,
        arguments=("acc-ada",),
        reason="Yours.",
        actor=actor("omar", Channel.JIRA),
    )
    comment = agent_comment(5, after(3.2), public=False).model_copy(update={"command": command})

    state = observation.take_in(state, observed(comment), after(3.3))

    assert awaited_people(state) == ("ada",)


def test_who_wants_more_than_a_mention_gets_a_notice_without_the_customers_words() -> None:
    state = passed(item_with(rung(1, "omar", "ada"), snapshot={"people": by_mail("omar")}), 3)

    notice = notices.due(state, after(3))

    assert notice is not None
    assert notice.people == ("omar",)
    assert notice.subject == "FT-1: rung 1 (level 1), escalated"
    assert notice.words == "FT-1 (S3, billing) needs somebody to take it on."


def test_a_mention_is_enough_for_everybody_who_asked_for_no_more() -> None:
    assert notices.due(passed(item_with(rung(1, "omar", "ada")), 3), after(3)) is None


def noticed(*attempts: Attempt) -> ItemState:
    state = passed(item_with(rung(1, "omar"), snapshot={"people": by_mail("omar")}), 3)
    notice = notices.due(state, after(3))
    assert notice is not None
    return notices.sent(state, notice, NoticeResult(attempts=attempts), after(3))


MAIL_FAILS = Attempt(person="omar", channel=NoticeChannel.EMAIL, failure="NoticeUnavailable")
WEBHOOK_FAILS = Attempt(person="omar", channel=NoticeChannel.WEBHOOK, failure="NoticeRefused")
WEBHOOK_WORKS = Attempt(person="omar", channel=NoticeChannel.WEBHOOK)


def test_a_channel_that_fails_is_an_event_beside_the_one_that_worked() -> None:
    state = noticed(MAIL_FAILS, WEBHOOK_WORKS)

    failed = events(state, EventKind.NOTICE_FAILED)[0]
    assert (failed.facts["channel"], failed.facts["failure"]) == ("email", "NoticeUnavailable")
    assert events(state, EventKind.NOTICED)[0].facts["channel"] == "webhook"
    assert state.notices == ()


def test_whom_no_channel_reached_is_tried_again_under_the_same_id_and_then_named_on_the_issue() -> (
    None
):
    state = noticed(MAIL_FAILS, WEBHOOK_FAILS)
    first = state.notices[0]
    assert notices.due(state, after(3)) is None
    assert deadlines.next_deadline(state).at == first.due_at  # type: ignore[union-attr]

    for _ in range(2):
        again = state.notices[0]
        assert again.operation_id == first.operation_id
        result = NoticeResult(attempts=(MAIL_FAILS, WEBHOOK_FAILS))
        state = notices.sent(state, again, result, again.due_at)

    assert state.notices == ()
    assert "*No notice reached* [~accountid:acc-omar] about level 1." in state.comments[-1].body


def test_nobody_is_noticed_of_an_item_that_is_decided() -> None:
    state = passed(item_with(rung(1, "omar"), snapshot={"people": by_mail("omar")}), 3)
    message = Resolve(actor=actor("omar"), outcome=Outcome.ANSWERED, reason="Explained.")

    assert notices.due(acts.resolve(state, message, after(3)).state, after(4)) is None


def guarded(**more: object) -> tuple[ItemState, str]:
    """The second level waits for a lead's leave."""
    level = rung(2, "eve", needs_approval="climb_executive", **more)
    state = passed(item_with(rung(1, "omar"), level, rung(3, "lena")), 3, 4)
    return state, state.actions[-1].proposal.request_id


def ended_as(state: ItemState, request: str, outcome: ApprovalOutcome, hours: float) -> ItemState:
    result = ActionResult(request_id=request, outcome=outcome, ended_at=after(hours))
    return passed(ended(state, result, after(hours)), hours)


def test_while_leave_is_asked_the_level_below_is_reminded_and_asked_only_once() -> None:
    state, _ = guarded()

    state = passed(state, 5, 6)

    reminders = [e for e in events(state, EventKind.CLIMBED) if e.facts["reminder"]]
    assert [event.facts["level"] for event in reminders] == [1, 1, 1]
    assert len(events(state, EventKind.CLIMB_REQUESTED)) == 1


def test_leave_ends_in_the_climb_that_its_outcome_means() -> None:
    climbs = {
        ApprovalOutcome.APPROVED: [(1, "omar"), (2, "eve")],
        ApprovalOutcome.REJECTED: [(1, "omar"), (3, "lena")],
        ApprovalOutcome.EXPIRED: [(1, "omar"), (3, "lena")],
        ApprovalOutcome.WITHDRAWN: [(1, "omar"), (3, "lena")],
        ApprovalOutcome.IMPOSSIBLE: [(1, "omar"), (3, "lena")],
    }
    for outcome, wanted in climbs.items():
        state, request = guarded()
        assert told(ended_as(state, request, outcome, 4.5)) == wanted, outcome


def test_only_an_expiry_climbs_anyway_and_only_by_the_levels_own_words() -> None:
    for outcome, level in ((ApprovalOutcome.EXPIRED, 2), (ApprovalOutcome.IMPOSSIBLE, 3)):
        state, request = guarded(if_nobody_decides="climb anyway")
        assert told(ended_as(state, request, outcome, 4.5))[-1][0] == level


def test_leave_given_while_somebody_has_taken_it_on_waits_for_the_lapse() -> None:
    state, request = guarded()
    state = acts.acknowledge(state, Acknowledge(actor=actor("omar")), after(4.2)).state

    state = ended_as(state, request, ApprovalOutcome.APPROVED, 4.5)

    assert told(state) == [(1, "omar")]
    assert told(passed(state, 8.2)) == [(1, "omar"), (2, "eve")]


def test_a_decision_withdraws_the_leave_that_is_asked() -> None:
    state, _ = guarded()
    message = Resolve(actor=actor("omar"), outcome=Outcome.ANSWERED, reason="Explained.")

    state = acts.resolve(state, message, after(4.5)).state

    assert [one.workflow_id for one in state.outgoing] == [state.actions[-1].workflow_id]
