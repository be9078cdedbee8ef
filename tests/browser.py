"""The desk served over real HTTP, and a person in front of its pages."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import uvicorn
from fastapi import FastAPI


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


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    """The address at which uvicorn serves the app over real HTTP."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
    running = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:  # noqa: ASYNC110 - uvicorn offers a flag and no event
        await asyncio.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await running
        listener.close()
