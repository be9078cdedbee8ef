"""A whole office for one test: a local Jira, a ledger, an effects endpoint, Temporal and a worker.

Everything is real. On the time-skipping server the tracker's clock is kept level with Temporal's.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import uuid4

import httpx
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment

from activities.start_item import start_item
from ledger.store import Ledger
from local_jira import clock as jira_clock
from local_jira.testing import RunningLocalJira
from models.approval import ActionStatus, Ballot, Choice
from models.lifecycle import StatusCategory
from models.messages import (
    Acknowledge,
    Answer,
    ItemStatus,
    MigratePolicy,
    Override,
    ProposeAction,
    Resolve,
    Timeline,
)
from models.names import action_workflow_id, feedback_workflow_id
from models.people import Act, Actor, Channel, ProofClaim
from policies.proof_content import of_ballot, of_message
from runtime.settings import Settings
from runtime.signing import SigningKey, load_or_create_signing_key

PATIENCE_SECONDS = 30.0
AnyAct = TypeVar("AnyAct", Acknowledge, MigratePolicy, Override, ProposeAction, Resolve)


def by(person: str) -> Actor:
    """Somebody at the desk, not yet proved."""
    return Actor(person=person, channel=Channel.DESK)


@dataclass(frozen=True)
class Issue:
    """An issue in the local Jira."""

    id: str
    key: str


class Office:
    """What a test does and sees. People act through Jira or with a proof of their own."""

    def __init__(
        self,
        client: Client,
        jira: RunningLocalJira,
        ledger: Ledger,
        settings: Settings,
        effects_url: str,
        environment: WorkflowEnvironment | None,
    ) -> None:
        self.client = client
        self.jira = jira
        self.ledger = ledger
        self.settings = settings
        self.effects_url = effects_url
        self.environment = environment
        self.key: SigningKey = load_or_create_signing_key(settings.signing_key_file)

    async def now(self) -> datetime:
        """Temporal's present; the tracker's clock is set to it."""
        if self.environment is None:
            return datetime.now(UTC)
        now = await self.environment.get_current_time()
        jira_clock.set_ahead(round((now.timestamp() - time.time()) * 1000))
        return now

    async def sleep(self, delay: timedelta) -> None:
        """Let time pass: skipped where Temporal can skip it."""
        if self.environment is None:
            await asyncio.sleep(delay.total_seconds())
        else:
            await self.environment.sleep(delay)
        await self.now()

    async def report(
        self, summary: str, description: str = "", *, by: str = "cora", **fields: Any
    ) -> Issue:
        """A customer (or somebody else) creates an issue, and its item starts."""
        issue = await self.create(summary, description, by=by, **fields)
        await start_item(
            self.client, self.settings.task_queue, issue.id, issue.key, "test", "created",
            created=True,
        )  # fmt: skip
        return issue

    async def create(
        self, summary: str, description: str = "", *, by: str = "cora", **fields: Any
    ) -> Issue:
        """An issue that nobody was told of yet."""
        await self.now()
        body = {
            "fields": {
                "project": {"key": "FT"},
                "issuetype": {"name": "Feedback"},
                "summary": summary,
                "description": description,
                **fields,
            }
        }
        answer = self._jira("POST", "/rest/api/2/issue", by, body)
        return Issue(id=answer["id"], key=answer["key"])

    async def tell(self, issue: Issue) -> None:
        """What a webhook does: the item looks at its issue again."""
        await start_item(
            self.client, self.settings.task_queue, issue.id, issue.key, str(uuid4()), "changed",
            created=False,
        )  # fmt: skip

    async def comment(
        self, issue: Issue, by: str, text: str, *, internal: bool = False, tell: bool = True
    ) -> None:
        """Somebody writes a comment in Jira."""
        await self.now()
        properties = [{"key": "sd.public.comment", "value": {"internal": internal}}]
        body = {"body": text, "properties": properties}
        self._jira("POST", f"/rest/api/2/issue/{issue.key}/comment", by, body)
        if tell:
            await self.tell(issue)

    async def move(
        self,
        issue: Issue,
        by: str,
        transition: str,
        *,
        resolution: str | None = None,
        tell: bool = True,
    ) -> None:
        """Somebody moves the issue through a transition, by its name."""
        await self.now()
        offered = self._jira("GET", f"/rest/api/2/issue/{issue.key}/transitions", by)
        chosen = next(t for t in offered["transitions"] if t["name"] == transition)
        body: dict[str, Any] = {"transition": {"id": chosen["id"]}}
        if resolution:
            body["fields"] = {"resolution": {"name": resolution}}
        self._jira("POST", f"/rest/api/2/issue/{issue.key}/transitions", by, body)
        if tell:
            await self.tell(issue)

    async def edit(self, issue: Issue, by: str, *, tell: bool = True, **fields: Any) -> None:
        """Somebody edits fields in Jira."""
        await self.now()
        self._jira("PUT", f"/rest/api/2/issue/{issue.key}", by, {"fields": fields})
        if tell:
            await self.tell(issue)

    async def delete(self, issue: Issue, *, tell: bool = True) -> None:
        """An admin deletes the issue."""
        self._jira("DELETE", f"/rest/api/2/issue/{issue.key}", None)
        if tell:
            await self.tell(issue)

    async def archive(self, issue: Issue) -> None:
        """An admin puts the issue into the archive, of which Jira tells nobody."""
        await self.now()
        self._jira("PUT", "/rest/api/3/issue/archive", None, {"issueIdsOrKeys": [issue.key]})

    async def restore(self, issue: Issue) -> None:
        """An admin takes the issue out of the archive, of which Jira tells nobody."""
        await self.now()
        self._jira("PUT", "/rest/api/3/issue/unarchive", None, {"issueIdsOrKeys": [issue.key]})

    async def leave(self, issue: Issue, project: str) -> Issue:
        """An admin moves the issue to another project, which gives it another key."""
        await self.now()
        body = {"project": project, "issueType": "Task"}
        moved = self._jira("POST", f"/__local__/issues/{issue.key}/move", None, body)
        return Issue(id=issue.id, key=moved["key"])

    def fields(self, issue: Issue) -> dict[str, Any]:
        """The issue's fields as Jira shows them."""
        fields: dict[str, Any] = self._jira("GET", f"/rest/api/2/issue/{issue.key}", None)["fields"]
        return fields

    def comments(self, issue: Issue) -> list[dict[str, Any]]:
        """All comments, with their properties."""
        path = f"/rest/api/2/issue/{issue.key}/comment?expand=properties&maxResults=1000"
        comments: list[dict[str, Any]] = self._jira("GET", path, None)["comments"]
        return comments

    def category(self, issue: Issue) -> StatusCategory:
        """The issue's status category."""
        return StatusCategory(self.fields(issue)["status"]["statusCategory"]["key"])

    def effects(self) -> list[dict[str, Any]]:
        """Every effect that was carried out."""
        journal = httpx.get(f"{self.effects_url}/__local__/journal", trust_env=False).json()
        effects: list[dict[str, Any]] = journal["effects"]
        return effects

    def handle(self, issue: Issue) -> WorkflowHandle[Any, Any]:
        """The item's workflow."""
        return self.client.get_workflow_handle(feedback_workflow_id(issue.id))

    async def status(self, issue: Issue) -> ItemStatus:
        """The item's status."""
        status: ItemStatus = await self.handle(issue).query("status", result_type=ItemStatus)
        return status

    async def timeline(self, issue: Issue) -> list[str]:
        """The kinds of the item's events, in order."""
        timeline = await self.handle(issue).query("timeline", result_type=Timeline)
        return [event.kind.value for event in timeline.events]

    async def request(self, request_id: str) -> ActionStatus:
        """A request's status."""
        handle = self.client.get_workflow_handle(action_workflow_id(request_id))
        status: ActionStatus = await handle.query("status", result_type=ActionStatus)
        return status

    async def until(
        self, issue: Issue, condition: Callable[[ItemStatus], object], *, say: str
    ) -> ItemStatus:
        """Wait until the item's status fulfils the condition."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            status = await self.status(issue)
            if condition(status):
                return status
            assert time.monotonic() < deadline, f"waited in vain until {say}; it stands: {status}"
            await asyncio.sleep(0.05)

    async def until_request(
        self, request_id: str, condition: Callable[[ActionStatus], object], *, say: str
    ) -> ActionStatus:
        """Wait until a request's status fulfils the condition, also before it has been started."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                status = await self.request(request_id)
            except RPCError:
                status = None
            if status is not None and condition(status):
                return status
            assert time.monotonic() < deadline, f"waited in vain until {say}; it stands: {status}"
            await asyncio.sleep(0.05)

    async def settled(self, check: Callable[[], object], *, say: str) -> None:
        """Wait until something outside is true."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not check():
            assert time.monotonic() < deadline, f"waited in vain until {say}"
            await asyncio.sleep(0.05)

    async def actor(
        self,
        person: str,
        act: Act,
        subject: str,
        channel: Channel = Channel.DESK,
        content: str = "",
    ) -> Actor:
        """A person with a proof that a channel gave them."""
        now = await self.now()
        claim = ProofClaim(
            person=person,
            channel=channel,
            act=act,
            subject=subject,
            expires_at=now + timedelta(minutes=10),
            made_at=now,
            content=content,
        )
        return Actor(person=person, channel=channel, proof=self.key.sign(claim))

    async def signed(self, message: AnyAct, act: Act, issue: Issue) -> AnyAct:
        """The act with a proof that the desk gave its person."""
        subject, content = feedback_workflow_id(issue.id), of_message(message)
        actor = await self.actor(message.actor.person, act, subject, content=content)
        return message.model_copy(update={"actor": actor})

    async def vote(
        self, request_id: str, person: str, choice: Choice = Choice.APPROVE, reason: str = "Fine."
    ) -> Answer:
        """A person votes on the desk."""
        subject = action_workflow_id(request_id)
        ballot = Ballot(
            request_id=request_id,
            choice=choice,
            reason=reason,
            actor=await self.actor(
                person, Act.VOTE, subject, content=of_ballot(request_id, choice, reason)
            ),
        )
        handle = self.client.get_workflow_handle(subject)
        await self._started(handle)
        answer: Answer = await handle.execute_update(
            "decide", ballot, id=str(uuid4()), result_type=Answer
        )
        return answer

    async def _started(self, request: WorkflowHandle[Any, Any]) -> None:
        """Wait until a request runs: its item lists it a moment before it is started."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                await request.describe()
                return
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND or time.monotonic() > deadline:
                    raise
            await asyncio.sleep(0.05)

    def _jira(self, method: str, path: str, by: str | None, body: object = None) -> dict[str, Any]:
        auth = self.jira.auth_of(by) if by else self.jira.admin_auth
        with self.jira.client(auth) as http:
            answer = http.request(method, path, json=body)
        assert answer.is_success, (
            f"{method} {path} was answered {answer.status_code}: {answer.text}"
        )
        return answer.json() if answer.content else {}
