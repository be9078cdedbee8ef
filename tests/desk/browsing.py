"""People at the desk, over real HTTP, before small workflows on a real server."""

from __future__ import annotations

import re
import uuid

import httpx
from stage import TASK_QUEUE
from temporalio.client import Client
from tiny_workflows import TinyAction, TinyItem

from models.messages import ItemStart
from models.names import action_workflow_id, feedback_workflow_id


class Browser:
    """A person at the desk, without JavaScript: follows links and posts the forms it was shown."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.page = httpx.Response(200)

    async def get(self, path: str) -> httpx.Response:
        self.page = await self.http.get(path)
        return self.page

    async def post(self, path: str, **fields: str) -> httpx.Response:
        shown = re.findall(r'name="(form_token|act_id)" value="([^"]+)"', self.page.text)
        self.page = await self.http.post(path, data={**dict(shown), **fields})
        return self.page

    async def sign_in(self, person: str) -> httpx.Response:
        await self.get("/sign-in")
        return await self.post("/sign-in", person=person, password=f"pw of {person}", to="/")


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
