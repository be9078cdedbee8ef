"""The scenarios whose histories are kept: one for each path of an item's life."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from models.action_parameters import ActionParameters
from models.approval import ActionKind
from models.lifecycle import Stage, StatusCategory
from models.messages import Acknowledge
from models.names import ARCHIVE_WORKFLOW, theme_id_of
from models.people import Act
from models.sheet import SIGNED
from tests.workflows import review_deeds as reviews
from tests.workflows import rollout_deeds as rollouts
from tests.workflows import test_exceptions_and_forgeries as exceptions
from tests.workflows import test_item_paths as paths
from tests.workflows import test_ladder_paths as ladders
from tests.workflows import theme_deeds as themes
from tests.workflows.deeds import OUTAGE, REFUND, propose, resolve, triaged
from tests.workflows.office import Office, by


async def escalated_twice_and_approved_by_two(office: Office) -> None:
    """The dear case of the budget: two rungs, a refund that two people approve, a decision."""
    issue = await triaged(office, OUTAGE, severity=None)
    await office.sleep(timedelta(minutes=12))
    await office.until(issue, lambda s: s.ladder_level == 1, say="the owner is told")
    await office.sleep(timedelta(minutes=16))
    await office.until(issue, lambda s: s.ladder_level == 2, say="the lead is told")
    taken = await office.signed(Acknowledge(actor=by("lena")), Act.ACKNOWLEDGE, issue)
    await office.handle(issue).execute_update("acknowledge", taken)
    await office.comment(issue, "ada", "We are on it.")
    await office.until(issue, lambda s: s.stage is Stage.DECIDE, say="the answer is seen")
    request = await propose(office, issue, ActionKind.REFUND, 9900)
    await office.vote(request, "fay")
    await office.vote(request, "finn")
    await office.until(issue, lambda s: s.actions[0].outcome, say="the refund is done")
    await resolve(office, issue)
    await office.settled(
        lambda: office.category(issue) is StatusCategory.DONE, say="the issue is Done"
    )
    await office.sleep(timedelta(days=8))
    await office.handle(issue).result()


async def told_by_a_rota(office: Office) -> None:
    """Who is on call is looked up when the first level is told; they take it on."""
    policies = office.settings.policies
    ladders.write(policies, "people.yaml", "\npermissions:", f"{ladders.ROTA}\npermissions:")
    ladders.write(policies, "escalation.yaml", ladders.FIRST_LEVEL, "notify: [oncall:support]")
    issue = await ladders.at_the_first_level(office)
    await office.settled(
        lambda: ladders.mentioned(office, issue, "acc-omar-owner"), say="whoever is on call is told"
    )
    assert "level_looked_up" in await office.timeline(issue)
    taken = await office.signed(Acknowledge(actor=by("omar")), Act.ACKNOWLEDGE, issue)
    await office.handle(issue).execute_update("acknowledge", taken)
    await resolve(office, issue)
    await office.sleep(timedelta(days=8))
    await office.handle(issue).result()


async def vote_in_jira_refused(office: Office) -> None:
    """Whoever asked approves in Jira and is told that it does not count; then a lead does."""
    issue = await triaged(office, REFUND)
    request = await propose(office, issue, ActionKind.REFUND, 3000)
    await office.comment(issue, "omar", f"/approve {request} I asked for it.", internal=True)
    await office.settled(
        lambda: any("did not count" in one["body"] for one in office.comments(issue)),
        say="the issue says that it did not count",
    )
    await office.vote(request, "lena")
    await office.until(issue, lambda s: s.actions[0].outcome, say="the refund is done")


async def rollout_signed_off_and_released(office: Office) -> None:
    """A line is signed off, the version is released and watched, and at last it is archived."""
    version = await rollouts.followed(office, await rollouts.planned(office, in_days=30))
    await rollouts.until(office, version, lambda s: s.issue_key, say="its checklist is open")
    await rollouts.reply(office, version, "petra", "documentation")
    await rollouts.change(office, version, released=True)
    await rollouts.until(office, version, lambda s: s.verdict, say="its feedback is judged")
    await rollouts.change(office, version, archived=True)
    await rollouts.rollout(office, version).result()


async def exception_that_ended(office: Office) -> None:
    """An exception from policy is approved, in force, and ended by its timer."""
    issue = await triaged(office, REFUND)
    ends_at = await office.now() + timedelta(minutes=10)
    await exceptions.exception(office, issue, ActionParameters(ends_at=ends_at))
    await office.until(issue, lambda s: s.actions[0].ended, say="it ended by itself")


async def review_held_and_signed_off(office: Office) -> None:
    """A review is held, read, signed off, and so over."""
    review = await reviews.held(office)
    await reviews.until(review, lambda s: s.issue_key, say="its issue is there")
    await reviews.reply(office, review, "petra", "review", SIGNED)
    await review.result()


async def archived(office: Office) -> None:
    """An item is decided and closed, and its history is archived."""
    issue = await triaged(office, REFUND)
    await resolve(office, issue)
    await office.sleep(timedelta(days=8))
    await office.handle(issue).result()
    await office.client.execute_workflow(
        ARCHIVE_WORKFLOW, id="archive", task_queue=office.settings.task_queue
    )


async def theme_split_accepted_and_merged(office: Office) -> None:
    """A theme is found, a part of it split off, delivered as an issue, and the part merged back."""
    issues = await themes.reported(office, *themes.EXPORTS[:4])
    await themes.look(office)
    whole, part = (theme_id_of(issues[place].id) for place in (0, 2))
    await themes.until(office, whole, lambda s: s.questions, say="somebody is asked")
    await themes.regroup(office, whole, "petra", items=(issues[2].key, issues[3].key))
    await themes.until(office, part, lambda s: s.questions, say="the part is asked about")
    await themes.reply(office, whole, "petra", "decide-1", "accept")
    await themes.until(office, whole, lambda s: s.linked == 2, say="its items are linked")
    await themes.regroup(office, part, "petra", into=whole)
    await themes.theme(office, part).result()
    await themes.until(office, whole, lambda s: s.linked == 4, say="all are linked")


SCENARIOS: dict[str, Callable[[Office], Awaitable[None]]] = {
    "plain": paths.test_a_plain_item_is_answered_decided_watched_and_closed,
    "escalated-twice-approved-by-two": escalated_twice_and_approved_by_two,
    "refund-refused": paths.test_a_refused_refund_has_no_effect,
    "request-expired": paths.test_a_request_that_nobody_decides_expires_refused,
    "credit-without-approval": paths.test_a_small_credit_needs_nobody,
    "votes-refused": paths.test_votes_that_do_not_count_are_refused_and_kept,
    "vote-in-jira": paths.test_a_vote_by_a_jira_comment_counts,
    "vote-by-signal": paths.test_a_vote_by_signal_with_a_proof_counts_as_from_the_temporal_ui,
    "climb-approved": paths.test_a_rung_is_climbed_only_with_a_persons_leave,
    "climb-refused": paths.test_a_rung_without_leave_is_passed_over,
    "waiting-for-customer": (paths.test_waiting_for_the_customer_stops_the_clocks_until_they_write),
    "came-back-same-issue": (
        paths.test_an_angry_return_reopens_and_the_first_resolution_counts_as_failed
    ),
    "came-back-other-issue": (
        paths.test_another_issue_of_the_same_customer_relabels_the_resolution
    ),
    "thanked": paths.test_a_thank_you_confirms_the_resolution,
    "unsure": paths.test_an_unsure_item_waits_for_a_person,
    "edited-in-jira": paths.test_a_persons_priority_in_jira_becomes_the_severity,
    "decided-in-jira": paths.test_a_move_to_done_by_the_owner_is_a_decision,
    "decision-refused": paths.test_a_move_to_done_by_somebody_not_entitled_is_no_decision,
    "told-by-a-rota": told_by_a_rota,
    "vote-in-jira-refused": vote_in_jira_refused,
    "deleted": paths.test_a_deleted_issue_ends_its_item,
    "exception": exception_that_ended,
    "rollout": rollout_signed_off_and_released,
    "theme": theme_split_accepted_and_merged,
    "review": review_held_and_signed_off,
    "archive": archived,
}
