"""One random story of an issue: views change, people write and edit, and calls fail meanwhile."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from jira_gateway.difference import operation_ids
from models.jira_view import (
    Cursor,
    DesiredComment,
    DesiredLink,
    DesiredView,
    ProjectionResult,
    SeenFields,
)
from models.lifecycle import StatusCategory
from models.names import ITEM_PROPERTY
from tests.faults.fault_kinds import ALL_FAULTS, Fault
from tests.faults.fault_rig import Attempt, Rig
from tests.jira_gateway.jira_people import view_of

PRIORITIES = ("Highest", "High", "Medium", "Low", "Lowest")
LABELS = ("ft-category-billing", "ft-category-outage", "ft-breached", "ft-unsure", "ft-sev-1")
CATEGORIES = (StatusCategory.IN_PROGRESS, StatusCategory.DONE)
FIRST_DUE = date(2026, 4, 1)
PROJECTED = {"priority": "priority", "duedate": "due_date"}


@dataclass
class Story:
    """What is wanted, what people did, and what was told of it; `steps` is for who reads a failure.

    `theirs` holds, for each field, the value that a person gave it since it was last told of.
    """

    rig: Rig
    chance: random.Random
    issue: tuple[str, str]
    other: str
    seen: SeenFields
    cursor: Cursor
    steps: list[str] = field(default_factory=list)
    sequence: int = 0
    events: int = 0
    wishes: dict[str, Any] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    foreign: set[str] = field(default_factory=set)
    waiting: tuple[DesiredComment, ...] = ()
    links: tuple[DesiredLink, ...] = ()
    said: dict[str, DesiredComment] = field(default_factory=dict)
    linked: bool = False
    shown: dict[str, str | None] = field(default_factory=dict)
    theirs: dict[str, str | None] = field(default_factory=dict)
    written: Counter[int] = field(default_factory=Counter)
    heard: Counter[int] = field(default_factory=Counter)
    people_said: list[tuple[str, bool]] = field(default_factory=list)
    edits_made: Counter[tuple[str, str | None]] = field(default_factory=Counter)
    edits_heard: Counter[tuple[str, str | None]] = field(default_factory=Counter)
    faults_pending: list[Fault] = field(default_factory=list)

    @classmethod
    def begin(cls, rig: Rig, other: str, chance: random.Random) -> Story:
        issue = rig.new_issue("vip")
        first = rig.attempt(DesiredView(issue_id=issue[0], issue_key=issue[1], sequence=0)).observed
        return cls(
            rig, chance, issue, other, first.fields, first.cursor,
            foreign={"vip"}, shown={"priority": "Medium", "duedate": None},
        )  # fmt: skip

    def live(self) -> None:
        """A few rounds of changes, each projected, then one in peace."""
        for _ in range(self.chance.randint(2, 4)):
            self._change_wishes()
            for _ in range(self.chance.choice((0, 0, 1, 2))):
                self._person_acts()
            self._set_faults()
            self._project()
        self.rig.clear_faults()
        self.faults_pending = []
        self.steps.append("peace")
        self._project()
        last = self._project()
        assert (last.written, last.calls) == ((), 1), (
            "a projection with nothing to do costs one GET"
        )
        self._check_the_end()

    def _change_wishes(self) -> None:
        for change in self.chance.sample(
            (self._wish_priority, self._wish_due, self._wish_labels, self._wish_status,
             self._wish_comment, self._wish_comment, self._wish_link),
            self.chance.randint(1, 4),
        ):  # fmt: skip
            change()

    def _wish_priority(self) -> None:
        self.wishes["priority"] = self.chance.choice(PRIORITIES)
        self.steps.append(f"want priority {self.wishes['priority']}")

    def _wish_due(self) -> None:
        self.wishes["due_date"] = FIRST_DUE + timedelta(days=self.chance.randrange(5))
        self.steps.append(f"want due {self.wishes['due_date']}")

    def _wish_labels(self) -> None:
        self.labels = tuple(sorted(self.chance.sample(LABELS, self.chance.randint(0, 3))))
        self.steps.append(f"want labels {self.labels}")

    def _wish_status(self) -> None:
        if self.seen.status_category is StatusCategory.DONE:
            return  # the project's workflow offers no way from there into work
        self.wishes["status_category"] = self.chance.choice(CATEGORIES)
        if self.wishes["status_category"] is StatusCategory.DONE:
            self.wishes["resolution"] = "Answered"
        self.steps.append(f"want status {self.wishes['status_category']}")

    def _wish_comment(self) -> None:
        self.events += 1
        said = DesiredComment(
            operation_id=f"life/{self.events}",
            body=f"Word {self.events} of ours.",
            public=self.chance.random() < 0.5,
        )
        self.said[said.operation_id] = said
        self.waiting = (*self.waiting, said)
        self.steps.append(f"say {said.operation_id}, public: {said.public}")

    def _wish_link(self) -> None:
        if self.linked:
            return
        self.linked = True
        self.events += 1
        operation = f"life/{self.events}"
        self.links = (
            DesiredLink(operation_id=operation, kind="Duplicate", other_issue_key=self.other),
        )
        self.steps.append(f"link {operation}")

    def _person_acts(self) -> None:
        self.chance.choice(
            (
                self._person_comments,
                self._person_prioritises,
                self._person_dates,
                self._person_labels,
            )
        )()

    def _person_comments(self) -> None:
        name = self.chance.choice(("ada", "cora"))
        person = getattr(self.rig, name)
        internal = name == "ada" and self.chance.random() < 0.5
        body = f"{name} writes {len(self.people_said)}"
        self.written[person.comment(self.issue[0], body, internal=internal)] += 1
        self.people_said.append((body, not internal))
        self.steps.append(f"{name} comments, internal: {internal}")

    def _person_prioritises(self) -> None:
        value = self.chance.choice(PRIORITIES)
        self._person_edits("priority", value, {"name": value})

    def _person_dates(self) -> None:
        value = (FIRST_DUE + timedelta(days=self.chance.randrange(5))).isoformat()
        self._person_edits("duedate", value, value)

    def _person_edits(self, name: str, value: str, raw: Any) -> None:
        """An edit that changes nothing leaves no trace in Jira, so nobody can tell of it."""
        fields = self.rig.ada.look(self.issue[0])["fields"]
        shown = fields[name]["name"] if name == "priority" else fields[name]
        self.rig.ada.edit(self.issue[0], **{name: raw})
        self.steps.append(f"ada sets {name} from {shown} to {value}")
        if shown != value:
            self.theirs[name] = value
            self.edits_made[name, value] += 1

    def _person_labels(self) -> None:
        label = f"hand-{len(self.foreign)}"
        update = {"update": {"labels": [{"add": label}]}}
        self.rig.ada.client.put(
            f"/rest/api/2/issue/{self.issue[0]}", json=update
        ).raise_for_status()
        self.foreign.add(label)
        self.steps.append(f"ada adds label {label}")

    def _set_faults(self) -> None:
        self.rig.clear_faults()
        self.faults_pending = []
        for _ in range(self.chance.choice((0, 1, 1, 2, 3))):
            fault = self.chance.choice(ALL_FAULTS)
            method = self.chance.choice(("GET", "PUT", "POST", "*"))
            self.rig.fault({"method": method, "path_pattern": "*/rest/*", **fault.rule})
            self.faults_pending.append(fault)
            self.steps.append(f"fault on {method}: {fault.name}")

    def _project(self) -> ProjectionResult:
        self.sequence += 1
        view = view_of(
            self.issue,
            sequence=self.sequence,
            labels=self.labels,
            comments=self.waiting,
            links=self.links,
            last_seen=self.seen,
            cursor=self.cursor,
            properties={ITEM_PROPERTY: {"life": "one", "told": self.events}},
            **self.wishes,
        )
        between = self._between() if self.faults_pending else None
        result, failed = self.rig.project(view, between)
        self.steps.append(
            f"projected after {[one.failure for one in failed]}: "
            f"wrote {result.written}, kept {result.kept}"
        )
        self.rig.clear_faults()
        self._delays_are_jiras(failed)
        self._take(result, view)
        return result

    def _between(self) -> Callable[[], None]:
        """Between two attempts people work on, and the worker may be another one."""

        def between() -> None:
            if self.chance.random() < 0.3:
                self.rig.restart_worker()
                self.steps.append("a new worker")
            if self.chance.random() < 0.4:
                # A person's own calls do not fail here.
                held = self.rig.hold_faults()
                self._person_acts()
                self.rig.put_back(held)

        return between

    def _delays_are_jiras(self, failed: list[Attempt]) -> None:
        allowed = {(one.failure, one.delay) for one in self.faults_pending}
        # A connection that broke off may show itself in the next call, as an outage.
        allowed.add(("JiraUnavailable", None))
        strange = [one for one in failed if (one.failure, one.delay) not in allowed]
        assert not strange, f"{strange} is not what Jira asked for"

    def _take(self, result: ProjectionResult, view: DesiredView) -> None:
        """What an item does with a result: people's values become its own wishes."""
        assert result.problems == (), result.problems
        confirmed = set(result.confirmed)
        assert confirmed == set(operation_ids(view.comments, view.links))
        self.waiting = tuple(c for c in self.waiting if c.operation_id not in confirmed)
        self.links = tuple(one for one in self.links if one.operation_id not in confirmed)
        self.seen, self.cursor = result.observed.fields, result.observed.cursor
        self.heard.update(one.comment_id for one in result.observed.comments)
        fields = self.rig.peek(self.issue)
        for name, wish in PROJECTED.items():
            shown = fields[name]["name"] if name == "priority" else fields[name]
            if name in self.theirs:
                expected = self.theirs.pop(name)
                self.wishes.pop(wish, None)
            else:
                wanted = getattr(view, wish)
                expected = self.shown[name] if wanted is None else str(wanted)
            assert shown == expected, f"{name} shows {shown}, and should show {expected}"
            self.shown[name] = shown
        told = [one for one in result.observed.edits if one.field in PROJECTED]
        self.edits_heard.update((one.field, _day(one.after)) for one in told)
        assert set(fields["labels"]) == self.foreign | set(self.labels)
        self.wishes.pop("resolution", None)
        wanted_category = self.wishes.pop("status_category", None)
        if wanted_category is not None and not result.kept:
            shown_category = fields["status"]["statusCategory"]["key"]
            assert shown_category == wanted_category.value, shown_category

    def _check_the_end(self) -> None:
        shown = self.rig.show(self.issue)
        assert shown.operations == dict.fromkeys(self.said, 1), "a comment is missing or doubled"
        assert self.heard == self.written, "a person's comment was not heard exactly once"
        assert self.edits_heard == self.edits_made, "a person's edit was not told exactly once"
        links = [link["outwardIssue"]["key"] for link in shown.fields["issuelinks"]]
        assert links == [self.other] * self.linked
        public = [one.body for one in self.said.values() if one.public]
        public += [body for body, is_public in self.people_said if is_public]
        assert sorted(shown.public_bodies) == sorted(public), "the customer sees something else"
        stored = shown.properties.get(ITEM_PROPERTY, {}).get("ops", [])
        assert len(stored) == len(set(stored)) == self.events


def _day(value: str | None) -> str | None:
    """Jira's history writes a date as a moment."""
    return value.partition(" ")[0] if value else value
