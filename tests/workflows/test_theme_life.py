"""Themes on a real Temporal server: found, accepted, delivered, told, and back when they grow."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from models.failures import JIRA_AUTHENTICATION, NOT_ENTITLED, NOTHING_TO_ACT_ON, UNPROVEN
from models.names import theme_id_of
from models.sheet import Reply
from models.theme import ThemePhase
from tests.stored import stored
from tests.workflows.deeds import turned_away
from tests.workflows.office import Issue, Office, by
from tests.workflows.opening import skipping_office
from tests.workflows.rollout_deeds import jira
from tests.workflows.theme_deeds import (
    EXPORTS,
    OTHERS,
    hear,
    look,
    regroup,
    reply,
    reported,
    status,
    theme,
    until,
)

pytestmark = pytest.mark.e2e


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """An office that replays its workflows at every step."""
    async with skipping_office(tmp_path, max_cached_workflows=0) as opened:
        yield opened


async def found(office: Office, *, items: int = 4) -> tuple[str, list[Issue]]:
    """A theme that several customers tell of, about which somebody was asked."""
    issues = await reported(office, *EXPORTS[:items], *OTHERS)
    await look(office)
    theme_id = theme_id_of(issues[0].id)
    await until(office, theme_id, lambda s: s.questions, say="somebody is asked")
    return theme_id, issues[:items]


async def accepted(office: Office, *, items: int = 4) -> tuple[str, list[Issue]]:
    """A theme that has become a delivery issue."""
    theme_id, issues = await found(office, items=items)
    await reply(office, theme_id, "petra", "decide-1", "accept")
    await until(office, theme_id, lambda s: s.linked == items, say="its items are linked")
    return theme_id, issues


async def delivered(office: Office, theme_id: str, release: str = "7.0") -> None:
    """The developers release what was asked for."""
    key = (await status(office, theme_id)).issue_key
    version = jira(office, "POST", "version", {"project": "FT", "name": release, "released": True})
    jira(office, "PUT", f"issue/{key}", {"fields": {"fixVersions": [{"id": version["id"]}]}})
    await move(office, key, "done")
    await hear(office, theme_id)


async def move(office: Office, key: str, category: str) -> None:
    """Somebody moves the issue into a status of this category."""
    offered = jira(office, "GET", f"issue/{key}/transitions")["transitions"]
    way = next(one for one in offered if one["to"]["statusCategory"]["key"] == category)
    jira(office, "POST", f"issue/{key}/transitions", {"transition": {"id": way["id"]}})


async def test_items_of_several_customers_that_tell_of_one_problem_are_a_theme(
    office: Office,
) -> None:
    issues = await reported(office, *EXPORTS[:4], *OTHERS)

    first, second = await look(office), await look(office)

    assert (first.founded, first.told) == (1, 1)
    assert (second.founded, second.joined) == (0, 0), "who has a place keeps it"
    theme_id = theme_id_of(issues[0].id)
    stands = await until(office, theme_id, lambda s: s.questions, say="somebody is asked")
    assert stands.figures is not None
    assert (stands.figures.items, stands.figures.customers) == (4, 4)
    assert set(stands.figures.keys) == {one.key for one in issues[:4]}
    assert stands.figures.words == ("empty", "export", "file")
    assert stands.questions[0].asked == ("petra", "omar")
    assert stands.issue_key == "", "nothing is made in Jira before somebody accepts"


async def test_one_customer_who_writes_often_is_no_theme(office: Office) -> None:
    await reported(office, *EXPORTS[:4], customer="the-loud-one")

    assert (await look(office)).founded == 0


async def test_a_later_item_joins_the_theme_and_is_linked_to_its_delivery_issue(
    office: Office,
) -> None:
    theme_id, _ = await accepted(office)

    (late,) = await reported(office, EXPORTS[4])
    assert (await look(office)).joined == 1

    stands = await until(office, theme_id, lambda s: s.linked == 5, say="the late one is linked")
    links = jira(office, "GET", f"issue/{stands.issue_key}")["fields"]["issuelinks"]
    assert late.key in {(one.get("outwardIssue") or one["inwardIssue"])["key"] for one in links}


async def test_an_accepted_theme_becomes_one_delivery_issue_linked_to_every_item(
    office: Office,
) -> None:
    theme_id, issues = await found(office)

    said = await reply(office, theme_id, "petra", "decide-1", "accept", "It costs us customers.")
    stands = await until(office, theme_id, lambda s: s.linked == 4, say="its items are linked")

    assert said == "decide-1: accept by petra."
    assert stands.phase is ThemePhase.ACCEPTED
    fields = jira(office, "GET", f"issue/{stands.issue_key}")["fields"]
    assert fields["summary"].startswith("Customers report: ")
    assert f"ft-{theme_id}" in fields["labels"]
    linked = {
        (one.get("outwardIssue") or one["inwardIssue"])["key"] for one in fields["issuelinks"]
    }
    assert linked == {one.key for one in issues}
    assert fields["duedate"] is None, "when it is due is the developers' to say"


async def test_the_delivery_issue_is_no_feedback(office: Office) -> None:
    theme_id, _ = await accepted(office)
    stands = await status(office, theme_id)

    raw = jira(office, "GET", f"issue/{stands.issue_key}")

    assert not office.ledger.events_of(raw["id"])
    assert office.ledger.known_mark(f"sheet-{raw['id']}") == theme_id


async def test_somebody_who_was_not_asked_cannot_accept(office: Office) -> None:
    theme_id, _ = await found(office)

    refused = await turned_away(reply(office, theme_id, "ada", "decide-1", "accept"))

    assert refused[0] == NOT_ENTITLED.type
    assert (await status(office, theme_id)).phase is ThemePhase.PROPOSED


async def test_a_reply_without_a_proof_is_refused(office: Office) -> None:
    theme_id, _ = await found(office)
    bare = Reply(actor=by("petra"), question="decide-1", choice="accept", reason="I say so.")

    refused = await turned_away(theme(office, theme_id).execute_update("reply", bare))

    assert refused[0] == UNPROVEN.type


async def test_a_release_asks_whether_customers_are_told_and_tells_each_once(
    office: Office,
) -> None:
    theme_id, issues = await accepted(office)
    await delivered(office, theme_id)
    await until(office, theme_id, lambda s: s.phase is ThemePhase.DELIVERED, say="it was delivered")

    assert not any(_told(office, one) for one in issues), "nobody is told by itself"
    await reply(office, theme_id, "omar", "loop-2", "tell", "It is out.")
    stands = await until(office, theme_id, lambda s: s.told == 4, say="they were told")

    assert [len(_told(office, one)) for one in issues] == [1, 1, 1, 1]
    (comment,) = _told(office, issues[0])
    assert "released in 7.0" in comment["body"]
    kinds = [one.event.kind for one in office.ledger.events_of(theme_id)]
    assert kinds.count("loop_closed") == 1
    assert stands.delivery is not None
    assert stands.delivery.release == "7.0"


async def test_more_customers_than_one_activity_manages_are_told_one_after_another(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("activities.theme_delivery.TOLD_AT_ONCE", 3)
    theme_id, issues = await accepted(office)
    await delivered(office, theme_id)
    await until(office, theme_id, lambda s: s.phase is ThemePhase.DELIVERED, say="delivered")

    await reply(office, theme_id, "omar", "loop-2", "tell", "It is out.")
    await until(office, theme_id, lambda s: s.told == 4, say="all of them were told")

    assert [len(_told(office, one)) for one in issues] == [1, 1, 1, 1]
    closed = [
        one.event for one in office.ledger.events_of(theme_id) if one.event.kind == "loop_closed"
    ]
    assert [one.facts["told"] for one in closed] == [4]


async def test_a_credential_that_jira_refuses_meanwhile_stops_the_telling_until_it_is_mended(
    office: Office,
) -> None:
    theme_id, issues = await accepted(office)
    await delivered(office, theme_id)
    await until(office, theme_id, lambda s: s.phase is ThemePhase.DELIVERED, say="delivered")
    office.jira.add_fault(
        method="POST",
        path_pattern=f"*/issue/{issues[2].id}/comment",
        action="status",
        status=401,
        times=1000,
    )

    await reply(office, theme_id, "omar", "loop-2", "tell", "It is out.")
    stopped = await until(office, theme_id, lambda s: s.problem, say="it says what stopped it")
    office.jira.clear_faults()
    await office.sleep(timedelta(hours=2))
    stands = await until(office, theme_id, lambda s: s.told == 4, say="they were told")

    assert stopped.problem == JIRA_AUTHENTICATION.type
    assert stands.problem is None
    assert [len(_told(office, one)) for one in issues] == [1, 1, 1, 1]


async def test_a_delivery_issue_that_is_done_but_not_released_is_not_delivered(
    office: Office,
) -> None:
    theme_id, _ = await accepted(office)
    key = (await status(office, theme_id)).issue_key
    version = jira(office, "POST", "version", {"project": "FT", "name": "8.0"})
    jira(office, "PUT", f"issue/{key}", {"fields": {"fixVersions": [{"id": version["id"]}]}})
    await move(office, key, "done")

    await hear(office, theme_id)
    waiting = await until(
        office, theme_id, lambda s: s.delivery and s.delivery.done, say="it was looked at"
    )
    jira(office, "PUT", f"version/{version['id']}", {"released": True})
    await office.sleep(timedelta(hours=7))

    assert waiting.phase is ThemePhase.ACCEPTED
    await until(
        office, theme_id, lambda s: s.phase is ThemePhase.DELIVERED, say="the release was seen"
    )


async def test_a_delivered_theme_that_hits_more_customers_is_asked_about_again(
    office: Office,
) -> None:
    theme_id, _ = await accepted(office)
    await delivered(office, theme_id)
    await until(office, theme_id, lambda s: s.phase is ThemePhase.DELIVERED, say="delivered")

    await reported(office, *EXPORTS[4:7])
    await look(office)
    stands = await until(
        office, theme_id, lambda s: s.phase is ThemePhase.PROPOSED, say="it is open again"
    )

    (asked,) = [one for one in stands.questions if one.open]
    assert "has hit 3 more customers since" in asked.words
    await reply(office, theme_id, "petra", asked.id, "accept", "Not good enough yet.")
    await office.settled(
        lambda: _category(office, stands.issue_key) != "done", say="the issue is open again"
    )
    again = await until(office, theme_id, lambda s: s.linked == 7, say="all are linked")
    assert again.issue_key == stands.issue_key, "a theme has one delivery issue"


async def test_a_dismissed_theme_rests_until_it_has_grown(office: Office) -> None:
    theme_id, _ = await found(office)
    await reply(office, theme_id, "petra", "decide-1", "dismiss", "We will replace it.")

    await reported(office, EXPORTS[4])
    await look(office)
    five = await until(
        office, theme_id, lambda s: s.figures and s.figures.items == 5, say="five are counted"
    )
    await reported(office, *EXPORTS[5:7])
    await look(office)
    seven = await until(
        office, theme_id, lambda s: s.phase is ThemePhase.PROPOSED, say="it is asked about again"
    )

    assert five.phase is ThemePhase.DISMISSED
    assert "dismissed at 4 customers and hits 7 now" in seven.questions[-1].words


async def test_a_person_names_a_theme_and_the_delivery_issue_is_called_so(office: Office) -> None:
    theme_id, _ = await found(office)

    said = await regroup(office, theme_id, "omar", name="Exports break off")
    await reply(office, theme_id, "petra", "decide-1", "accept")
    stands = await until(office, theme_id, lambda s: s.issue_key, say="the issue is there")

    assert said == "omar named it."
    summary = jira(office, "GET", f"issue/{stands.issue_key}")["fields"]["summary"]
    assert summary == "Customers report: Exports break off"


async def test_items_that_are_split_off_are_a_theme_and_stay_one(office: Office) -> None:
    theme_id, issues = await found(office)

    said = await regroup(office, theme_id, "petra", items=(issues[2].key, issues[3].key))
    other = theme_id_of(issues[2].id)
    await until(office, other, lambda s: s.figures and s.figures.items == 2, say="it is counted")
    await until(office, theme_id, lambda s: s.figures and s.figures.items == 2, say="so is this")

    assert said == f"petra split 2 items off as {other}."
    assert (await look(office)).joined == 0
    assert dict(office.ledger.themes.placements())[issues[3].id] == other


async def test_merged_themes_are_one_and_the_other_ends(office: Office) -> None:
    theme_id, issues = await found(office)
    await regroup(office, theme_id, "petra", items=(issues[2].key, issues[3].key))
    other = theme_id_of(issues[2].id)
    await until(office, other, lambda s: s.questions, say="it is asked about")

    said = await regroup(office, other, "petra", into=theme_id)
    await theme(office, other).result()

    assert said == f"petra merged it into {theme_id}."
    await until(office, theme_id, lambda s: s.figures and s.figures.items == 4, say="all are back")
    assert [one.theme_id for one in office.ledger.themes.all()] == [theme_id]


async def test_a_theme_is_not_merged_into_one_that_is_none(office: Office) -> None:
    theme_id, _ = await found(office)

    refused = await turned_away(regroup(office, theme_id, "petra", into="theme-1"))

    assert refused[0] == NOTHING_TO_ACT_ON.type
    assert (await status(office, theme_id)).phase is ThemePhase.PROPOSED


async def test_a_theme_with_a_delivery_issue_is_not_merged_away(office: Office) -> None:
    theme_id, _ = await accepted(office)

    refused = await turned_away(regroup(office, theme_id, "petra", into="theme-1"))

    assert refused[0] == NOTHING_TO_ACT_ON.type
    assert "Merge the other theme into this one" in refused[1]


async def test_a_deleted_delivery_issue_is_asked_about_and_made_anew(office: Office) -> None:
    theme_id, _ = await accepted(office)
    gone = (await status(office, theme_id)).issue_key
    jira(office, "DELETE", f"issue/{gone}")

    await hear(office, theme_id)
    stands = await until(
        office, theme_id, lambda s: s.phase is ThemePhase.PROPOSED, say="it is asked about again"
    )
    await reply(office, theme_id, "petra", stands.questions[-1].id, "accept", "It is still needed.")

    again = await until(office, theme_id, lambda s: s.linked == 4, say="its items are linked")
    assert again.issue_key not in ("", gone)


async def test_no_word_of_a_customer_reaches_the_theme(office: Office) -> None:
    issues = await reported(
        office, *(f"{text} Yours, Ottokar Zwillingsbruder" for text in EXPORTS[:4])
    )
    await look(office)
    theme_id = theme_id_of(issues[0].id)
    await until(office, theme_id, lambda s: s.questions, say="somebody is asked")

    history = await theme(office, theme_id).fetch_history()

    for told in (stored(history), str(office.ledger.events_of(theme_id))):
        assert "zwillingsbruder" not in told.lower()
        assert "ottokar" not in told.lower()
        assert EXPORTS[0][:30] not in told


def _told(office: Office, issue: Issue) -> list[dict[str, object]]:
    """The comments by which the customer was told of the delivery."""
    return [one for one in office.comments(issue) if "What you told us about" in str(one["body"])]


def _category(office: Office, key: str) -> str:
    fields = jira(office, "GET", f"issue/{key}")["fields"]
    return str(fields["status"]["statusCategory"]["key"])
