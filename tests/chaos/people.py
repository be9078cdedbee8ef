"""People who act on a Jira that fails, and on a Temporal that is not always there: they try again."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
from temporalio.client import (
    Client,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.service import RPCError

from local_jira.testing import PLAIN, RunningLocalJira
from models.approval import Ballot, Choice
from models.names import action_workflow_id
from models.people import Act, Actor, Channel, Proof, ProofClaim
from policies.proof_content import of_ballot
from runtime.signing import SigningKey

Json = dict[str, Any]
ADMIN = ("admin@followthrough.example", "local-admin-token")
AGAIN_AFTER = 0.7
REQUEST = re.compile(r"[0-9]+-[A-Za-z0-9]+-[0-9]+")


class GaveUp(Exception):  # noqa: N818 - it names what somebody did
    """Nothing answered until the run was over."""


@dataclass
class People:
    """Everybody's ways to Jira and to Temporal. `until` is when they stop trying."""

    site: RunningLocalJira
    client: Client
    key: SigningKey
    until: float
    accounts: dict[str, tuple[str, str]]

    async def report(self, customer: str, text: str) -> Json:
        """A customer writes an issue; answers its id and key."""
        fields = {
            "project": {"key": "FT"},
            "issuetype": {"name": "Feedback"},
            "summary": text[:80],
            "description": text,
        }
        return await self.jira(customer, "POST", "issue", {"fields": fields})

    async def comment(self, key: str, who: str, text: str, *, internal: bool = False) -> None:
        """Somebody comments; what is not internal the customer can read."""
        properties = [{"key": "sd.public.comment", "value": {"internal": internal}}]
        body = {"body": text, "properties": properties}
        await self.jira(who, "POST", f"issue/{key}/comment", body)

    async def edit(self, key: str, who: str, **fields: Any) -> None:
        """Somebody changes fields by hand."""
        await self.jira(who, "PUT", f"issue/{key}", {"fields": fields})

    async def move(self, key: str, who: str, to: str, resolution: str | None = None) -> None:
        """Take the step that leads to a status; nothing when none does."""
        offered = await self.jira(who, "GET", f"issue/{key}/transitions")
        step = next((t for t in offered["transitions"] if t["to"]["name"] == to), None)
        if step is None:
            return
        body: Json = {"transition": {"id": step["id"]}}
        if resolution:
            body["fields"] = {"resolution": {"name": resolution}}
        await self.jira(who, "POST", f"issue/{key}/transitions", body)

    async def request_on(self, key: str) -> str:
        """The id of the request that the issue speaks of, once it does."""

        async def told() -> str | None:
            found = await self.jira("ada", "GET", f"issue/{key}/comment?maxResults=1000")
            asked = [
                c["body"] for c in found["comments"] if c["body"].startswith("*Approval asked")
            ]
            named = REQUEST.search(asked[-1]) if asked else None
            return named[0] if named else None

        found: str = await self.eventually(told)
        return found

    async def vote(self, request: str, who: str, choice: Choice, *, forged: bool = False) -> None:
        """A vote as the desk sends it, signed; a forged one is signed by nobody we know."""
        reason = "The books agree."
        subject, content = action_workflow_id(request), of_ballot(request, choice, reason)
        proof = self._proof(who, subject, content)
        if forged:
            proof = proof.model_copy(update={"signature": "00" * 64})
        actor = Actor(person=who, channel=Channel.DESK, proof=proof)
        ballot = Ballot(request_id=request, choice=choice, reason=reason, actor=actor)
        act = str(uuid4())

        async def cast() -> bool:
            try:
                await self.client.get_workflow_handle(subject).execute_update(
                    "decide", ballot, id=act, rpc_timeout=timedelta(seconds=10)
                )
            except WorkflowUpdateFailedError:
                return True  # it was refused, which is an answer
            except WorkflowUpdateRPCTimeoutOrCancelledError:
                return False
            except RPCError as error:
                return "already completed" in str(error)
            return True

        await self.eventually(cast)

    def _proof(self, who: str, subject: str, content: str) -> Proof:
        now = datetime.now(UTC)
        claim = ProofClaim(
            person=who,
            channel=Channel.DESK,
            act=Act.VOTE,
            subject=subject,
            expires_at=now + timedelta(minutes=10),
            made_at=now,
            content=content,
        )
        return self.key.sign(claim)

    async def jira(self, who: str, method: str, path: str, body: object = None) -> Json:
        """One act in Jira, again and again until Jira says yes, or no for good."""
        auth = ADMIN if who == "admin" else self.accounts.get(who) or self.site.auth_of(who)

        async def asked() -> Json | None:
            try:
                async with httpx.AsyncClient(
                    base_url=f"{self.site.url}/rest/api/2/", auth=auth, timeout=8, trust_env=False,
                    verify=PLAIN,
                ) as http:  # fmt: skip
                    answer = await http.request(method, path, json=body)
            except httpx.HTTPError:
                return None
            if answer.is_success:
                return {"ok": True, **_body(answer)}
            if answer.status_code in (400, 403, 404):
                return {"refused": answer.status_code, "transitions": [], "comments": []}
            return None

        answered: Json = await self.eventually(asked)
        return answered

    async def eventually(self, ask: Callable[[], Awaitable[Any]]) -> Any:
        """Ask until there is an answer. Raises `GaveUp` when the run is over."""
        while True:
            answer = await ask()
            if answer:
                return answer
            if time.monotonic() > self.until:
                raise GaveUp
            await asyncio.sleep(AGAIN_AFTER)


def _body(answer: httpx.Response) -> Json:
    try:
        found = answer.json() if answer.content else {}
    except ValueError:
        return {}  # it was broken off
    return found if isinstance(found, dict) else {}
