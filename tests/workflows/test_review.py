"""A review on a real Temporal server: held, decided on, signed off, and looked back at."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from models.events import Event, EventKind, LedgerEntry
from models.failures import NOT_ENTITLED
from models.lifecycle import StatusCategory
from models.messages import JiraChanged
from models.names import SIGNAL_JIRA_CHANGED
from models.people import Channel
from models.sheet import SIGNED
from tests.workflows.deeds import turned_away
from tests.workflows.office import Office
from tests.workflows.opening import skipping_office
from tests.workflows.review_deeds import held, issue_of, reply, until

pytestmark = pytest.mark.e2e


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """An office that replays its workflows at every step."""
    async with skipping_office(tmp_path, max_cached_workflows=0) as opened:
        yield opened


async def broken_promises(office: Office, count: int) -> None:
    """Items that broke a promise an hour ago."""
    at = await office.now() - timedelta(hours=1)
    for number in range(count):
        issue = uuid4().hex[:12]
        office.ledger.append(
            (
                LedgerEntry(
                    issue_id=issue,
                    issue_key=f"FT-{900 + number}",
                    workflow_id=f"feedback-{issue}",
                    event=Event(
                        operation_id=f"{issue}/1",
                        sequence=1,
                        kind=EventKind.CLOCK_BREACHED,
                        at=at,
                        summary="As planted.",
                    ),
                ),
            )
        )


async def test_a_review_asks_by_name_and_ends_when_all_is_decided(office: Office) -> None:
    await broken_promises(office, 4)
    review = await held(office)
    found = await until(review, lambda s: s.issue_key, say="its issue is there")
    issue = issue_of(office, found)

    assert [one.id for one in found.questions] == ["breaches", "review"]
    assert "| breaches | 4 |" in found.markdown
    assert "<td>breaches</td><td>4</td>" in found.html
    fields = office.fields(issue)
    assert f"ft-{review.id}" in fields["labels"]
    assert "|breaches|4|" in fields["description"]
    await office.settled(
        lambda: any("acc-lena-lead" in one["body"] for one in office.comments(issue)),
        say="whoever decides is mentioned",
    )

    stranger = await turned_away(reply(office, review, "ada", "breaches", "accept", "Yes."))
    assert stranger[0] == NOT_ENTITLED.type
    await office.comment(issue, "lena", "/answer breaches accept Two more people.", tell=False)
    await review.signal(SIGNAL_JIRA_CHANGED, JiraChanged(delivery="1"))
    found = await until(review, lambda s: s.questions[0].given, say="lena has decided")
    given = found.questions[0].given
    assert given is not None
    assert (given.person, given.choice, given.channel) == ("lena", "accept", Channel.JIRA)

    await reply(office, review, "petra", "review", SIGNED)
    ended = await until(review, lambda s: s.ended_at, say="it is over")
    assert ended.signed_off_by == "petra"
    await office.settled(
        lambda: office.category(issue) is StatusCategory.DONE, say="its issue is done"
    )


async def test_whoever_does_not_reply_is_reminded_and_then_the_review_ends(office: Office) -> None:
    review = await held(office)
    found = await until(review, lambda s: s.issue_key, say="its issue is there")
    issue = issue_of(office, found)

    await office.sleep(timedelta(days=1, hours=1))
    await office.settled(
        lambda: any("review is due" in one["body"] for one in office.comments(issue)),
        say="petra is reminded",
    )
    await office.sleep(timedelta(days=4))
    await office.settled(
        lambda: any("acc-eve-executive" in one["body"] for one in office.comments(issue)),
        say="the executive is told",
    )
    await office.sleep(timedelta(days=9))
    ended = await until(review, lambda s: s.ended_at, say="it is over")

    assert ended.signed_off_by is None


async def test_the_next_review_tells_what_was_decided_and_whether_it_worked(
    office: Office,
) -> None:
    await broken_promises(office, 4)
    first = await held(office)
    await until(first, lambda s: s.issue_key, say="its issue is there")
    await reply(office, first, "lena", "breaches", "accept", "Two more people.")
    await until(first, lambda s: s.questions[0].given, say="it counts")
    await office.settled(
        lambda: any(
            one.event.kind is EventKind.REPLIED for one in office.ledger.events_of(first.id)
        ),
        say="the ledger has it",
    )

    await office.sleep(timedelta(days=7))
    await broken_promises(office, 1)
    second = await held(office)
    found = await until(second, lambda s: s.digest, say="it is held")

    assert found.digest is not None
    (decision,) = found.digest.last
    assert (decision.person, decision.choice, decision.worked) == ("lena", "accept", True)
    assert (decision.value_then, decision.value_now) == (4, 1)
    assert "accept by lena: Two more people." in found.markdown
