"""After the release: what people say is judged, silence is noticed, a person decides."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from models.events import Event, EventKind, LedgerEntry
from models.failures import NOT_ENTITLED, REASON_MISSING
from models.rollout import Recommendation, RolloutPhase, RolloutStatus, SentimentVerdict
from tests.workflows.deeds import turned_away
from tests.workflows.office import Office
from tests.workflows.opening import skipping_office
from tests.workflows.rollout_deeds import (
    change,
    followed,
    hear,
    line,
    planned,
    reply,
    said,
    until,
    write,
)

pytestmark = pytest.mark.e2e

EXPOSED = 1000


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """An office that knows how many people have the release 5.0."""
    usage = tmp_path / "usage.csv"
    usage.write_text(f"release,exposed\n5.0,{EXPOSED}\n")
    async with skipping_office(
        tmp_path, changes={"usage": usage}, max_cached_workflows=0
    ) as opened:
        yield opened


async def released(office: Office) -> str:
    """A version that was released after its checklist was open."""
    version = await followed(office, await planned(office, in_days=20))
    await until(office, version, lambda s: s.issue_key, say="its checklist is open")
    await change(office, version, released=True)
    await until(
        office,
        version,
        lambda s: s.phase is RolloutPhase.WATCHING and s.verdict,
        say="it is watched",
    )
    return version


async def feedback(office: Office, *, negative: bool, count: int = 1) -> None:
    """Feedback on 5.0, as the ledger has it once an item was received and triaged."""
    now = await office.now()
    for _ in range(count):
        issue = uuid4().hex[:12]
        facts = {
            EventKind.RECEIVED: {"release": "5.0"},
            EventKind.TRIAGED: {"sentiment": "negative" if negative else "positive"},
        }
        entries = tuple(
            LedgerEntry(
                issue_id=issue,
                issue_key="FT-900",
                workflow_id=f"feedback-{issue}",
                customer=f"c-{issue}",
                event=Event(
                    operation_id=f"{issue}/{kind}",
                    sequence=number,
                    kind=kind,
                    at=now,
                    summary="As planted.",
                    facts=told,
                ),
            )
            for number, (kind, told) in enumerate(facts.items(), start=1)
        )
        office.ledger.append(entries)


def decision(found: RolloutStatus, number: int = 1) -> bool:
    return any(one.id == f"decision-{number}" for one in found.questions)


async def test_silence_is_told_and_a_pause_recommended(office: Office) -> None:
    version = await released(office)
    calm = await until(office, version, lambda s: s.verdict, say="it is judged")
    assert calm.verdict is not None
    assert calm.verdict.silence_after_days is not None
    assert not decision(calm), "one day without feedback is no silence"

    await office.sleep(timedelta(days=calm.verdict.silence_after_days, minutes=1))
    found = await until(office, version, decision, say="a person is asked")

    assert found.verdict is not None
    assert found.verdict.recommendation is Recommendation.PAUSE
    assert found.verdict.silent_since == found.released_at
    await office.settled(
        lambda: "acc-petra-product" in said(office, found).split("The figures say")[0][-80:],
        say="whoever decides is mentioned",
    )
    kinds = [one.event.kind for one in office.ledger.events_of(f"rollout-{version}")]
    assert kinds.count(EventKind.ROLLOUT_SILENT) == 1


async def test_too_much_negative_feedback_asks_whether_to_roll_back_and_a_person_decides(
    office: Office,
) -> None:
    version = await released(office)
    await feedback(office, negative=True, count=8)
    await office.sleep(timedelta(days=1, minutes=1))
    found = await until(office, version, decision, say="a person is asked")
    assert found.verdict is not None
    assert found.verdict.sentiment is SentimentVerdict.BAD
    assert found.verdict.response_rate == 8 / EXPOSED
    assert found.phase is RolloutPhase.WATCHING, "nothing happens before a person has decided"

    await write(office, version, "petra", "/answer decision-1 roll_back It loses notes.")
    ended = await until(
        office, version, lambda s: s.phase is RolloutPhase.ENDED, say="it has ended"
    )

    assert ended.decided is Recommendation.ROLL_BACK
    assert ended.ended_why == "petra decided to roll it back"
    await office.settled(
        lambda: (
            [
                (one.event.facts["recommended"], one.event.facts["choice"])
                for one in office.ledger.events_of(f"rollout-{version}")
                if one.event.kind is EventKind.ROLLOUT_DECIDED
            ]
            == [("roll_back", "roll_back")]
        ),
        say="the ledger has the decision",
    )


async def test_a_decision_needs_somebody_who_was_asked_and_a_reason(office: Office) -> None:
    version = await released(office)
    await feedback(office, negative=True, count=8)
    await office.sleep(timedelta(days=1, minutes=1))
    await until(office, version, decision, say="a person is asked")

    stranger = await turned_away(reply(office, version, "omar", "decision-1", "continue", "Fine."))
    wordless = await turned_away(reply(office, version, "petra", "decision-1", "continue"))
    answer = await reply(office, version, "petra", "decision-1", "pause", "We look first.")

    assert (stranger[0], wordless[0]) == (NOT_ENTITLED.type, REASON_MISSING.type)
    assert answer == "decision-1: pause by petra."


async def test_good_feedback_goes_on_and_the_end_of_the_watch_is_confirmed(office: Office) -> None:
    version = await released(office)
    for _ in range(14):
        await feedback(office, negative=False, count=3)
        await office.sleep(timedelta(days=2, minutes=1))
    await hear(office, version)
    found = await until(office, version, decision, say="its end is asked about")
    assert found.verdict is not None
    assert found.verdict.sentiment is SentimentVerdict.FINE
    assert found.verdict.silent_since is None

    await reply(office, version, "lena", "decision-1", "continue", "It went well.")
    ended = await until(
        office, version, lambda s: s.phase is RolloutPhase.ENDED, say="it has ended"
    )

    assert ended.ended_why == "its watch is over"


async def test_lines_that_nobody_signed_off_stay_open_after_the_release(office: Office) -> None:
    version = await released(office)

    found = await until(office, version, lambda s: s.questions, say="it answers")

    assert line(found, "documentation").open
    await office.settled(
        lambda: "Released although nobody has signed off: documentation" in said(office, found),
        say="it is said",
    )
