"""A small run in which all went well, for tests that then spoil it in one place."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.faults.check_votes import content_of, signed_bytes
from tests.faults.evidence import (
    Ballot,
    Comment,
    Evidence,
    Happened,
    Issue,
    Item,
    Json,
    Move,
    Request,
    Row,
    Rules,
    Voter,
    VotingRule,
)

BOT, CORA, ADA = "acc-bot", "acc-cora", "acc-ada"
BEGAN = datetime(2026, 3, 2, 8, 59, 50, 250_000, tzinfo=UTC)
"""Ten seconds before a closed minute: office hours are 08:00 to 09:00 and 09:01 to 17:00."""
DAY = ((480, 540), (541, 1020))
KEY = Ed25519PrivateKey.from_private_bytes(b"\7" * 32)
PUBLIC = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
REQUEST = "1-abc-9"
RULES = Rules(
    own_account=BOT,
    voters={
        "ada": Voter("ada", ADA),
        "fay": Voter("fay", "acc-fay", frozenset({"finance"})),
        "finn": Voter("finn", "acc-finn", frozenset({"finance"})),
        "robot": Voter("robot", "acc-robot", frozenset({"finance"}), human="fay"),
    },
    voting=(
        VotingRule("refund", 1, frozenset({"leads"}), up_to=5000),
        VotingRule("refund", 2, frozenset({"finance"})),
    ),
    keys={"k": PUBLIC},
    targets={"S2": {"first_response": 30, "resolution": 600}},
    hours=dict.fromkeys(range(7), DAY),
)


def at(seconds: float) -> datetime:
    """So long after the issue was made."""
    return BEGAN + timedelta(seconds=seconds)


def event(number: int, kind: str, after: float, **facts: Any) -> Happened:
    """An event of the item."""
    named = {name: facts.pop(name) for name in ("person", "channel") if name in facts}
    return Happened(f"feedback-1/abc/{number}", number, kind, at(after), facts=facts, **named)


def ballot(
    person: str, after: float, channel: str = "desk", says: str = "approve", **changes: Any
) -> Ballot:
    """A vote on the refund with a proof of its own; `changes` come after it was signed."""
    vote = Ballot(person, channel, says, "Fine.", at(after))
    claim: Json = {
        "person": person, "channel": channel, "act": "vote", "subject": f"action-{REQUEST}",
        "expires_at": at(after + 600).isoformat(), "made_at": at(after).isoformat(),
        "content": content_of(vote, REQUEST),
    }  # fmt: skip
    proof = {"claim": claim, "key_id": "k", "signature": KEY.sign(signed_bytes(claim)).hex()}
    return dataclasses.replace(vote, **{"proof": proof, **changes})


HOURS = json.dumps({"zone": "UTC", "windows": {str(day): DAY for day in range(7)}})
STORY = (
    event(1, "received", 1),
    event(2, "triaged", 1, severity="S2", calendar=HOURS, clock_scale=1.0),
    event(3, "clock_started", 0, clock="first_response", cycle=1, target=30),
    event(4, "clock_started", 0, clock="resolution", cycle=1, target=600),
    # Half of 30 s: ten before the closed minute, five after it.
    event(5, "clock_warned", 75, clock="first_response", cycle=1, percent=50),
    event(6, "answered", 80, comment=11),
    event(7, "clock_met", 80, clock="first_response", cycle=1, business_seconds=20, breached=False),
    event(9, "action_proposed", 90, request=REQUEST),
    event(10, "action_ended", 120, request=REQUEST, outcome="approved"),
    event(11, "decided", 130, person="ada", channel="jira", outcome="answered"),
    event(12, "clock_met", 130, clock="resolution", cycle=1, business_seconds=70, breached=False),
)
ISSUE = Issue(
    "1", "FT-1", BEGAN, done=True,
    comments=(
        Comment(10, BOT, at(2), "Triaged.", public=False, operation="o-1"),
        Comment(11, ADA, at(80), "We are looking into it.", public=True),
        Comment(12, "acc-fay", at(100), f"/approve {REQUEST} Fine.", public=False),
        Comment(13, ADA, at(129), "/resolve answered It was explained.", public=False),
        Comment(14, BOT, at(131), "*Decided: answered* by ada", public=False, operation="o-2"),
    ),
    moves=(Move(BOT, at(131), "Open", "Done"),),
    links=(("Relates", "outward", "FT-2"),),
)  # fmt: skip
MOVED = {
    "id": 5, "method": "POST", "path": "/rest/api/2/issue/1/transitions", "bodyHash": "h-1",
    "committed": True, "requestSource": "followthrough", "status": 204,
}  # fmt: skip
WAITING = Item(
    "feedback-2",
    lives=1,
    running=True,
    status={
        "awaiting": "owner", "summary": "S2", "parked": None, "remedy": None,
        "clocks": [
            {"name": "first_response", "due_at": "2026-03-02T09:01:20Z"},
            {"name": "resolution", "due_at": "2026-03-02T09:10:50Z"},
        ],
    },
    timeline=tuple(
        dataclasses.replace(one, operation=one.operation.replace("feedback-1", "feedback-2"))
        for one in STORY[:5]
    ),
    due_shown=datetime(2026, 3, 2, 9, 1, 20, tzinfo=UTC),
)  # fmt: skip
DECIDED = Item(
    "feedback-1",
    lives=1,
    running=True,
    status={"awaiting": "nobody", "summary": "answered", "parked": None, "clocks": []},
    timeline=STORY,
)
SAMPLE = Evidence(
    issues={"1": ISSUE, "2": Issue("2", "FT-2", BEGAN, done=False)},
    items={"1": DECIDED, "2": WAITING},
    requests={
        REQUEST: Request(
            REQUEST, "1", 1, running=False, kind="refund", proposer="ada", amount=9900,
            ballots=(ballot("fay", 100, "jira"), ballot("finn", 110)),
            outcome="approved", effect="verified",
        )
    },
    rows=tuple(Row(number, "1", "feedback-1", one) for number, one in enumerate(STORY, 1)),
    journal=(MOVED,),
    effects=({"key": REQUEST, "kind": "refund"},),
)  # fmt: skip
"""One item was refunded and decided, the other waits for its owner. Nothing is wrong."""


def with_issue(**changes: Any) -> Evidence:
    """The sample with the first issue changed in Jira."""
    issue = dataclasses.replace(ISSUE, **changes)
    return dataclasses.replace(SAMPLE, issues={**SAMPLE.issues, "1": issue})


def with_item(which: str = "1", **changes: Any) -> Evidence:
    """The sample with a workflow changed in Temporal."""
    item = dataclasses.replace(SAMPLE.items[which], **changes)
    return dataclasses.replace(SAMPLE, items={**SAMPLE.items, which: item})


def with_request(**changes: Any) -> Evidence:
    """The sample with the request changed in Temporal."""
    request = dataclasses.replace(SAMPLE.requests[REQUEST], **changes)
    return dataclasses.replace(SAMPLE, requests={REQUEST: request})


def with_event(number: int, **changes: Any) -> Evidence:
    """The sample with one event changed, alike in the ledger and in Temporal."""

    def changed(one: Happened) -> Happened:
        facts = {**one.facts, **changes.get("facts", {})}
        return dataclasses.replace(one, **{**changes, "facts": facts})

    return with_story(tuple(changed(one) if one.sequence == number else one for one in STORY))


def with_story(story: tuple[Happened, ...]) -> Evidence:
    """The sample with another story, alike in the ledger and in Temporal."""
    rows = tuple(Row(number, "1", "feedback-1", one) for number, one in enumerate(story, 1))
    return dataclasses.replace(with_item(timeline=story), rows=rows)
