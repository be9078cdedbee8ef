"""An approved effect to its end: carried out, refused, undone, rehearsed, or waiting for a person."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from models.action_parameters import ActionParameters
from models.approval import ActionKind, EffectState
from models.failures import (
    EFFECT_IN_DOUBT,
    EFFECT_IRREVERSIBLE,
    EFFECT_REFUSED,
    EFFECT_UNVERIFIED,
)
from models.lifecycle import Awaiting
from models.messages import ProposeAction, Resume
from models.names import (
    action_workflow_id,
)
from models.people import Act, Actor, Channel
from policies.proof_content import of_message
from tests.workflows.deeds import REFUND, propose, triaged, turned_away
from tests.workflows.effect_deeds import (
    ask,
    counts,
    fail_next,
    resume,
    steps_of,
    stuck_refund,
)
from tests.workflows.office import Office, by
from tests.workflows.opening import skipping_office


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with skipping_office(tmp_path) as opened:
        yield opened


async def test_a_wrong_record_waits_for_a_person_with_the_remedy_everywhere(office: Office) -> None:
    issue, request = await stuck_refund(office)

    status = await office.status(issue)
    card = await office.request(request)
    await office.settled(
        lambda: "stands still* (EffectUnverified)" in office.comments(issue)[-1]["body"],
        say="the issue tells it",
    )

    assert status.parked == EFFECT_UNVERIFIED.type
    assert status.remedy == EFFECT_UNVERIFIED.remedy
    assert status.awaiting is Awaiting.OPERATOR
    assert status.actions[0].stuck == EFFECT_UNVERIFIED.type
    assert card.stuck == EFFECT_UNVERIFIED.type
    assert any("Stands still" in step for step in steps_of(office, issue))


async def test_a_stuck_effect_is_undone_when_a_person_says_so(office: Office) -> None:
    issue, request = await stuck_refund(office)

    await resume(office, issue, "lena", undo=True)
    status = await office.until(issue, lambda s: s.actions[0].outcome, say="it is undone")

    done = await office.request(request)
    assert status.parked is None
    assert done.effect is not None
    assert done.effect.state is EffectState.COMPENSATED
    assert [effect["status"] for effect in office.effects()] == ["voided"]
    assert any("lena wants it undone" in step for step in steps_of(office, issue))


async def test_a_stuck_effect_that_is_tried_again_in_vain_stands_still_again(
    office: Office,
) -> None:
    issue, _ = await stuck_refund(office)
    seen = (await office.status(issue)).parked_since

    await resume(office, issue, "lena")
    again = await office.until(
        issue, lambda s: s.parked and s.parked_since != seen, say="it stands still again"
    )

    assert again.parked == EFFECT_UNVERIFIED.type
    assert len(office.effects()) == 1


async def test_somebody_who_may_not_resume_changes_nothing(office: Office) -> None:
    issue, request = await stuck_refund(office)
    stranger = Actor(person="lena", channel=Channel.DESK)
    handle = office.client.get_workflow_handle(action_workflow_id(request))

    await handle.signal("resume", Resume(actor=stranger, undo=True))
    await handle.signal("resume", Resume())
    await resume(office, issue, "fay")

    assert (await office.request(request)).stuck == EFFECT_UNVERIFIED.type
    assert [effect["status"] for effect in office.effects()] == ["executed"]


async def test_a_proof_to_look_again_does_not_undo(office: Office) -> None:
    _, request = await stuck_refund(office)
    subject = action_workflow_id(request)
    actor = await office.actor("lena", Act.RESUME, subject, content=of_message(Resume()))

    await office.client.get_workflow_handle(subject).signal(
        "resume", Resume(actor=actor, undo=True)
    )

    assert (await office.request(request)).stuck == EFFECT_UNVERIFIED.type
    assert [effect["status"] for effect in office.effects()] == ["executed"]


async def test_an_endpoint_that_refuses_ends_it_and_nothing_stands_still(office: Office) -> None:
    issue = await triaged(office, REFUND)
    request = await propose(office, issue, ActionKind.REFUND, 3000)
    fail_next(office, status=403)
    await office.vote(request, "lena")

    status = await office.until(issue, lambda s: s.actions[0].outcome, say="it is refused")

    assert status.actions[0].failure == EFFECT_REFUSED.type
    assert status.parked is None
    assert office.effects() == []


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 503, "times": 2},
        {"status": 500, "after_commit": True, "times": 2},
        {"kind": "lost_answer"},
        {"kind": "slow", "delay_seconds": 0.5},
    ],
    ids=["before the work", "after the work", "lost answer", "slow"],
)
async def test_a_breakdown_of_the_endpoint_leads_to_one_effect(
    office: Office, fault: dict[str, Any]
) -> None:
    issue = await triaged(office, REFUND)
    request = await propose(office, issue, ActionKind.REFUND, 3000)
    fail_next(office, **fault)
    await office.vote(request, "lena")

    await office.until(issue, lambda s: s.actions[0].outcome, say="the refund is done")

    assert counts(office) == (1, 0)


@pytest.mark.parametrize(
    ("kind", "minor", "voter", "expected"),
    [
        (ActionKind.CREDIT, 500, None, EFFECT_IN_DOUBT),
        (ActionKind.DATA_EXPORT, None, "sam", EFFECT_IRREVERSIBLE),
    ],
)
async def test_an_endpoint_that_is_gone_for_a_day_leaves_the_effect_to_a_person(
    office: Office, kind: ActionKind, minor: int | None, voter: str | None, expected: Any
) -> None:
    issue = await triaged(office, REFUND)
    fail_next(office, status=503, times=100_000)
    request = await propose(office, issue, kind, minor)
    if voter is not None:
        await office.vote(request, voter)

    for _ in range(9):
        await office.sleep(timedelta(hours=3))
    status = await office.until(issue, lambda s: s.parked, say="it stands still")
    assert status.parked == expected.type

    fail_next(office, times=0)
    await resume(office, issue, "lena")
    await office.until(issue, lambda s: s.actions[0].outcome, say="it is done")
    assert [effect["status"] for effect in office.effects()] == ["executed"]


async def test_an_effect_whose_item_is_there_no_more_is_recorded_by_its_request(
    office: Office,
) -> None:
    issue = await triaged(office, REFUND)
    request = await propose(office, issue, ActionKind.REFUND, 3000)
    await office.handle(issue).terminate("For the test.")
    await office.vote(request, "lena")

    await office.client.get_workflow_handle(action_workflow_id(request)).result()

    assert [effect["key"] for effect in office.effects()] == [request]
    assert steps_of(office, issue) == ["Carried out: refund of 30.00 EUR."]


async def test_a_dry_run_goes_the_whole_way_and_says_so_everywhere(office: Office) -> None:
    issue = await triaged(office, REFUND)
    message = ProposeAction(
        actor=by("omar"),
        kind=ActionKind.FEATURE_OFF,
        summary="Payments fail.",
        parameters=ActionParameters(feature="new-checkout"),
        dry_run=True,
    )
    request = await ask(office, issue, message)
    await office.vote(request, "petra")

    await office.until(issue, lambda s: s.actions[0].outcome, say="the dry run is done")
    done = await office.request(request)
    await office.settled(
        lambda: "Dry run: nothing was sent" in office.comments(issue)[-1]["body"],
        say="the issue tells it",
    )

    assert office.effects() == []
    assert done.plan is not None
    assert done.plan.dry_run
    assert done.effect is not None
    assert done.effect.state is EffectState.DRY_RUN
    assert '"feature": "new-checkout"' in str(done.effect.would_send)
    ended = [
        row.event for row in office.ledger.events_of(issue.id) if row.event.kind == "action_ended"
    ]
    assert ended[0].facts["effect"] == EffectState.DRY_RUN
    assert "new-checkout" in str(ended[0].facts["would_send"])
    assert ended[0].summary.endswith("Dry run: nothing was sent.")


async def test_what_an_action_does_not_know_is_asked_for_in_plain_words(office: Office) -> None:
    issue = await triaged(office, REFUND)
    message = ProposeAction(actor=by("omar"), kind=ActionKind.FEATURE_OFF, summary="It fails.")

    failure, told = await turned_away(ask(office, issue, message))

    assert failure == "ParametersWrong"
    assert "which feature" in told
