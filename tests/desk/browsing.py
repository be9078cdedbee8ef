"""People at the desk, over real HTTP, before small workflows on a real server."""

from __future__ import annotations

import uuid

import httpx
from stage import TASK_QUEUE
from temporalio.client import Client
from tiny_workflows import TinyAction, TinyItem

from models.messages import ItemStart
from models.names import action_workflow_id, feedback_workflow_id
from tests.browser import Browser


class Stage:
    def __init__(self, address: str, client: Client) -> None:
        self.address = address
        self.client = client
        self.open: list[httpx.AsyncClient] = []

    def browser(self) -> Browser:
        http = httpx.AsyncClient(base_url=self.address, follow_redirects=True, timeout=30)
        self.open.append(http)
        return Browser(http)

    async def signed_in(self, person: str) -> Browser:
        browser = self.browser()
        page = await browser.sign_in(person)
        assert page.status_code == 200, page.text
        return browser

    async def item(self) -> str:
        issue_id = str(uuid.uuid4().int % 10**12)
        start = ItemStart(issue_id=issue_id, issue_key=f"FT-{issue_id}")
        await self.client.start_workflow(
            TinyItem.run, start, id=feedback_workflow_id(issue_id), task_queue=TASK_QUEUE
        )
        await self.client.start_workflow(
            TinyAction.run,
            issue_id,
            id=action_workflow_id(f"r-{issue_id}"),
            task_queue=TASK_QUEUE,
        )
        return issue_id
