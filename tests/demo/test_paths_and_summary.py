from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from evidence_samples import TEAM, effect, event, evidence, issue, item, request, status

from demo.reading_back.evidence import Evidence
from demo.reading_back.paths import PATHS, count_paths, seen_on
from demo.script import Script
from demo.stage import POLICIES, SCALE, watch_words
from demo.summary import KILLED, Planned, Summary, page, summarise
from models.approval import ActionKind, ApprovalOutcome, Choice, RefusedBallot, Vote
from models.decision import Confidence
from models.events import EventKind
from models.people import Channel
from runtime.settings import load_settings
from runtime.stack_plan import StackUrls
from tests.samples import T0

URLS = StackUrls(
    temporal_address="127.0.0.1:1",
    temporal_ui="http://127.0.0.1:2",
    jira="http://127.0.0.1:3",
    effects="http://127.0.0.1:4",
    desk="http://127.0.0.1:5",
)


def vote(person: str) -> Vote:
    return Vote(
        person=person,
        human=person,
        choice=Choice.APPROVE,
        reason="Yes.",
        channel=Channel.DESK,
        at=T0,
    )


def refused(person: str, failure: str) -> RefusedBallot:
    return RefusedBallot(
        person=person,
        channel=Channel.CLI,
        choice=Choice.APPROVE,
        failure=failure,
        why="No.",
        at=T0,
    )


def with_events(*events: object) -> Evidence:
    return evidence(items={"1": replace(item(), events=(*item().events, *events))})


def with_request(**changes: object) -> Evidence:
    return evidence(requests={"1-life-7": request(**changes)}, effects=(effect(),))


SEEN = {
    "plain answer": evidence(),
    "refund by two people": with_request(votes=(vote("fay"), vote("finn"))),
    "refund refused": with_request(outcome=ApprovalOutcome.REJECTED),
    "request expired": with_request(outcome=ApprovalOutcome.EXPIRED),
    "small credit": with_request(outcome=ApprovalOutcome.NOT_NEEDED, kind=ActionKind.CREDIT),
    "credit by one person": with_request(kind=ActionKind.CREDIT, votes=(vote("lena"),)),
    "self-approval refused": with_request(refused=(refused("ada", "NotEntitled"),)),
    "late vote refused": with_request(refused=(refused("fay", "TooLate"),)),
    "second rung": with_events(
        event(EventKind.CLIMBED, 20, level=2), event(EventKind.ACKNOWLEDGED, 21, level=2)
    ),
    "breach": with_events(event(EventKind.CLOCK_BREACHED, 20)),
    "not entitled": with_events(
        event(EventKind.ACT_REFUSED, 20, act="resolve", failure="NotEntitled")
    ),
    "paused and resumed": with_events(
        event(EventKind.CLOCK_PAUSED, 20), event(EventKind.CLOCK_RESUMED, 21)
    ),
    "came back with another issue": with_events(event(EventKind.RECONTACTED, 20, same_issue=False)),
    "deleted": with_events(event(EventKind.ISSUE_GONE, 20)),
    "thanked": evidence(items={"1": item(status=status(resolution=Confidence.CONFIRMED))}),
    "empty description": evidence(issues={"1": issue(description=" ")}),
}


@pytest.mark.parametrize(("path", "shown"), SEEN.items(), ids=SEEN.keys())
def test_a_path_is_seen_by_what_stands_there(path: str, shown: Evidence):
    assert seen_on(shown, "1", path)


@pytest.mark.parametrize("path", sorted(set(PATHS) - {"plain answer", "empty description"}))
def test_a_plain_item_is_on_no_other_path(path: str):
    described = evidence(issues={"1": issue(description="How do I print?")})
    assert not seen_on(described, "1", path)


def test_a_refund_by_one_person_is_no_refund_by_two():
    assert not seen_on(with_request(votes=(vote("fay"),)), "1", "refund by two people")


def test_a_refund_that_was_approved_and_not_carried_out_is_not_seen():
    granted = evidence(requests={"1-life-7": request(votes=(vote("fay"), vote("finn")))})
    assert not seen_on(granted, "1", "refund by two people")


def test_an_item_nobody_knows_is_on_no_path():
    assert not seen_on(evidence(), "", "plain answer")
    assert count_paths(evidence())["plain answer"] == 1


def one_item_script(*paths: str) -> Script:
    asked = {"name": "question", "by": "mia", "summary": "How?", "shows": paths}
    return Script.model_validate({"items": [asked]})


def summary_of(found: Evidence, planned: Planned, *troubles: str) -> Summary:
    return summarise(found, planned, TEAM, troubles=troubles, seconds=2.0, clock_scale=360.0)


def planned(*paths: str) -> Planned:
    return Planned(sent=1, script=one_item_script(*paths), keys={"question": "FT-1"})


def outlived() -> Evidence:
    return evidence(items={"1": item(workers=frozenset({"1@host", "2@host"}))}, jira_calls=7)


def test_a_sound_run_is_sound_and_says_what_it_cost():
    found = summary_of(outlived(), planned("plain answer"))
    assert found.sound
    told = found.as_json()
    assert (told["items_in"], told["decided"], told["waiting"]) == (1, 1, 0)
    assert (told["jira_calls_per_item"], told["temporal_actions_per_item"]) == (7.0, 4.0)
    assert (told["doubles"], told["lost"], told["problems"]) == (0, 0, [])
    assert told["by_path"][KILLED] == 1


def test_actions_of_requests_count_with_their_items():
    asked = replace(request(), actions=Counter({"start": 1, "timer": 1}))
    found = replace(outlived(), requests={"1-life-7": asked}, effects=(effect(),))
    assert summary_of(found, planned()).temporal_actions_per_item == 6.0


def test_a_planned_path_that_was_not_seen_is_named_with_its_item():
    found = summary_of(outlived(), planned("breach"))
    assert not found.sound
    assert found.missing == ("question (FT-1) was not seen on: breach",)


def test_a_run_in_which_no_item_outlived_a_worker_is_not_sound():
    assert summary_of(evidence(), planned()).missing == ("no item outlived a killed worker",)


def test_what_the_played_people_met_makes_a_run_unsound():
    assert summary_of(outlived(), planned(), "ada: Jira did not answer").sound is False


def test_a_file_of_which_an_item_is_undecided_is_not_sound():
    open_item = item(status=status(outcome=None), events=item().events[:3])
    found = summary_of(evidence(items={"1": open_item}), Planned(sent=1))
    assert "1 of 1 items were not decided" in found.missing


def test_the_page_tells_problems_and_bounds_them():
    troubles = [f"story {number}: nothing showed" for number in range(20)]
    text = page(summary_of(outlived(), planned(), *troubles), planned(), URLS)
    assert "story 0: nothing showed" in text
    assert "and 8 more" in text


def test_the_page_names_no_server_that_is_about_to_stop():
    there = Planned(sent=1, keys={"forget-me": "FT-9"})
    ending = page(summary_of(outlived(), planned()), there, None)
    staying = page(summary_of(outlived(), planned()), there, URLS)
    assert "FT-9  a deletion" in ending
    assert "http" not in ending
    assert f"{URLS.jira}/browse/FT-9" in staying


def test_the_page_speaks_of_one_piece_and_says_what_the_killed_worker_means():
    text = page(summary_of(outlived(), planned()), planned(), URLS)
    assert "1 piece of feedback came in" in text
    assert "in flight when the worker was killed" in text


def test_a_decided_item_is_watched_for_fifty_seconds_of_the_demonstration():
    settings = load_settings().model_copy(update={"policies": POLICIES, "clock_scale": SCALE})
    assert watch_words(settings) == "50 seconds"
