"""Projects as Temporal would, under faults, and reads back what Jira made of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.jira import JiraActivities
from local_jira.testing import RunningLocalJira
from models.jira_view import DesiredView, ProjectionResult, SeenFields
from models.names import OPERATION_PROPERTY
from tests.jira_gateway.jira_people import INTERPRETER, Desk, gateway_of

BOT = "acc-followthrough-bot"
MOST_ATTEMPTS = 12


class Marks(dict[str, str]):
    """Where the marks of the sweep are kept in these tests."""

    def remember_mark(self, issue_id: str, mark: str) -> None:
        self[issue_id] = mark

    def known_mark(self, issue_id: str) -> str | None:
        return self.get(issue_id)


@dataclass(frozen=True)
class Attempt:
    """One failed attempt: the failure's type and the wait that Jira asked for."""

    failure: str
    delay: timedelta | None


@dataclass(frozen=True)
class Shown:
    """An issue as Jira shows it afterwards to us, and which comments the customer can read."""

    fields: dict[str, Any]
    properties: dict[str, Any]
    moves: list[str]
    operations: Counter[str]
    public_bodies: list[str]
    bodies: list[str]


@dataclass
class Rig:
    """A running Jira with its people, whose connections stay open for the whole module."""

    site: RunningLocalJira
    ada: Desk
    cora: Desk
    marks: Marks = field(default_factory=Marks)
    worker: JiraActivities | None = None

    @classmethod
    def at(cls, site: RunningLocalJira) -> Rig:
        return cls(site, Desk(site), Desk(site, "cora"))

    def restart_worker(self) -> None:
        """A new process: new clients, nothing remembered."""
        self.worker = JiraActivities(gateway_of(self.site), INTERPRETER, self.marks)

    def fault(self, rule: dict[str, Any]) -> None:
        self.ada.client.post("/__local__/faults", json=rule).raise_for_status()

    def clear_faults(self) -> None:
        self.ada.client.delete("/__local__/faults").raise_for_status()

    def faults(self) -> list[dict[str, Any]]:
        """The rules that have not struck yet, or not as often as they may."""
        found: list[dict[str, Any]] = self.ada.client.get("/__local__/faults").json()["faults"]
        return found

    def hold_faults(self) -> list[dict[str, Any]]:
        """Lift the faults for a while; `put_back` takes what this answers."""
        held = self.faults()
        self.clear_faults()
        return held

    def put_back(self, held: list[dict[str, Any]]) -> None:
        for one in held:
            rule = {name: value for name, value in one.items() if name not in ("id", "left")}
            self.fault({**rule, "times": one["left"]})

    def peek(self, issue: tuple[str, str]) -> dict[str, Any]:
        """The fields as a person sees them."""
        answer = self.ada.client.get(f"/rest/api/2/issue/{issue[0]}")
        fields: dict[str, Any] = answer.json()["fields"]
        return fields

    def position(self) -> int:
        return int(self.ada.client.get("/__local__/journal?limit=0").json()["lastId"])

    def journal(self, since: int) -> list[dict[str, Any]]:
        answer = self.ada.client.get(f"/__local__/journal?since_id={since}&limit=100000")
        found: list[dict[str, Any]] = answer.json()["requests"]
        return found

    def committed(self, since: int, issue_id: str) -> list[str]:
        """The writes to this issue that Jira did in our name, by method."""
        return [
            line["method"]
            for line in self.journal(since)
            if line["committed"]
            and line["requestSource"] == "followthrough"
            and f"/issue/{issue_id}" in line["path"]
        ]

    def attempt(self, view: DesiredView) -> ProjectionResult:
        """One attempt of the activity, in this worker."""
        if self.worker is None:
            self.restart_worker()
        assert self.worker is not None
        result: ProjectionResult = ActivityEnvironment().run(self.worker.project_to_jira, view)
        return result

    def project(
        self, view: DesiredView, between: Callable[[], object] | None = None
    ) -> tuple[ProjectionResult, list[Attempt]]:
        """Repeat the activity as Temporal does, without the waiting; `between` runs after each
        failed attempt, such as `restart_worker`."""
        failed: list[Attempt] = []
        while True:
            try:
                return self.attempt(view), failed
            except ApplicationError as error:
                if error.non_retryable or len(failed) == MOST_ATTEMPTS:
                    raise AssertionError(f"{error} stops the item, after {failed}") from error
                failed.append(Attempt(str(error.type), error.next_retry_delay))
                if between is not None:
                    between()

    def new_issue(self, *labels: str) -> tuple[str, str]:
        """A customer's issue that somebody gave labels of their own."""
        issue = self.cora.create()
        if labels:
            self.ada.edit(issue[0], labels=list(labels))
        return issue

    def seen(self, issue: tuple[str, str]) -> SeenFields:
        """The fields as the product reads them."""
        return self.attempt(
            DesiredView(issue_id=issue[0], issue_key=issue[1], sequence=0)
        ).observed.fields

    def show(self, issue: tuple[str, str]) -> Shown:
        looked = self.ada.look(issue[0])
        comments = self.ada.comments(issue[0])
        return Shown(
            fields=looked["fields"],
            properties=looked["properties"],
            moves=[
                item["toString"]
                for change in looked["changelog"]["histories"]
                for item in change["items"]
                if item["field"] == "status"
            ],
            operations=Counter(
                entry["value"]["id"]
                for comment in comments
                for entry in comment["properties"]
                if entry["key"] == OPERATION_PROPERTY
            ),
            public_bodies=[one["body"] for one in self.cora.comments(issue[0])],
            bodies=[one["body"] for one in comments],
        )
