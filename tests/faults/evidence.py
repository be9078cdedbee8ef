"""What Jira, Temporal, the ledger and the outside system say after a run: plain nouns.

They belong to the checker alone. Nothing here is a class of the product, so that a mistake of the
product's cannot hide in the eyes that look for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = dict[str, Any]
Windows = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Comment:
    """A comment in Jira. `operation` is the mark that Followthrough leaves on its own."""

    id: int
    author: str
    at: datetime
    body: str
    public: bool
    operation: str | None = None


@dataclass(frozen=True)
class Move:
    """A change of status in Jira's changelog, by the names of the statuses."""

    author: str
    at: datetime
    before: str
    after: str


@dataclass(frozen=True)
class Issue:
    """An issue as Jira shows it. `links` are (kind, direction, the other issue's key)."""

    id: str
    key: str
    created: datetime
    done: bool
    comments: tuple[Comment, ...] = ()
    moves: tuple[Move, ...] = ()
    links: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Happened:
    """One event of an item or a request, from the ledger or from its workflow's timeline."""

    operation: str
    sequence: int
    kind: str
    at: datetime
    person: str | None = None
    channel: str | None = None
    facts: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """A row of the ledger. `number` is its place in the whole book."""

    number: int
    issue_id: str
    workflow_id: str
    event: Happened


@dataclass(frozen=True)
class Item:
    """An item's workflow. `status` is its own answer, None when it gave none.

    `lives` counts its executions without continue-as-new, `broken` the workflow tasks that its code
    failed, `idle` whether nothing is under way in it.
    """

    workflow_id: str
    lives: int
    running: bool
    status: Json | None
    timeline: tuple[Happened, ...] = ()
    broken: int = 0
    idle: bool = True
    due_shown: datetime | None = None


@dataclass(frozen=True)
class Ballot:
    """A vote as it reached its request, before anybody judged it. `at` is Temporal's moment."""

    person: str
    channel: str
    choice: str
    reason: str
    at: datetime
    digest: str = ""
    moved_to: str = ""
    proof: Json | None = None


@dataclass(frozen=True)
class Request:
    """A request's workflow. `outcome` is None while it waits; `proposer` asked for it."""

    request_id: str
    issue_id: str
    lives: int
    running: bool
    kind: str
    proposer: str
    amount: int | None = None
    ballots: tuple[Ballot, ...] = ()
    outcome: str | None = None
    effect: str | None = None
    broken: int = 0


@dataclass(frozen=True)
class Evidence:
    """Everything read back. `issues` and `items` by issue id, `requests` by request id.

    `bad_row` says
    why the ledger does not verify. `effects` are the outside system's own records, and `doubles`
    counts those that it carried out twice.
    """

    issues: dict[str, Issue]
    items: dict[str, Item]
    requests: dict[str, Request] = field(default_factory=dict)
    rows: tuple[Row, ...] = ()
    journal: tuple[Json, ...] = ()
    effects: tuple[Json, ...] = ()
    doubles: int = 0
    bad_row: str | None = None

    def story(self, issue_id: str) -> tuple[Happened, ...]:
        """What happened to an item: the ledger's rows, then what its timeline has beyond them."""
        item = self.items.get(issue_id)
        workflow = item.workflow_id if item else f"feedback-{issue_id}"
        rows = [row.event for row in self.rows if row.workflow_id == workflow]
        known = {event.operation for event in rows}
        later = [one for one in (item.timeline if item else ()) if one.operation not in known]
        return (*rows, *later)


@dataclass(frozen=True)
class VotingRule:
    """What a kind of action needs: so many people of these groups, for amounts `up_to`."""

    kind: str
    quorum: int
    groups: frozenset[str]
    up_to: int | None = None


@dataclass(frozen=True)
class Voter:
    """Somebody of the house: the Jira account, the groups, and the human behind."""

    id: str
    account: str
    groups: frozenset[str] = frozenset()
    human: str = ""

    @property
    def counts_as(self) -> str:
        """The human whose vote this is."""
        return self.human or self.id


@dataclass(frozen=True)
class Rules:
    """What had to hold, in the words of whoever set the run up. Targets are in working seconds.

    `hours` are the windows of every day of the week as minutes of the local day, and `dated` those
    of single dates, whatever the zone; none of them leaves them unchecked. `keys` are the public keys, by id and in hex, whose signatures count.
    """

    own_account: str
    voters: dict[str, Voter]
    voting: tuple[VotingRule, ...]
    keys: dict[str, str]
    targets: dict[str, dict[str, int]] = field(default_factory=dict)
    hours: dict[int, Windows] = field(default_factory=dict)
    dated: dict[str, Windows] = field(default_factory=dict)

    def by_account(self, account: str) -> Voter | None:
        """The person with this account in Jira."""
        return next((one for one in self.voters.values() if one.account == account), None)


@dataclass(frozen=True)
class Finding:
    """Something that must not be. `kind` is a word from `checker.KINDS`, `about` a key or an id."""

    kind: str
    about: str
    what: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.about}: {self.what}"
