"""How long the desk takes for each of its pages while many items run, and how heavy a page is.

The desk is a process of its own, as in life, and is asked over HTTP, one page after the other. The
milliseconds are those of this machine in this minute: Temporal, the worker and the desk share it.
`of_plain` tells how many times longer a page takes than the page for signing in, which asks nobody.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

import httpx
from rich.table import Table
from temporalio.client import Client

from bench.standing_items import moments, named, past_of, standing_worker, start_items
from bench.worker_start import ROOT
from desk.passwords import set_password
from ledger.store import open_ledger
from local_jira.testing import RunningLocalJira, running_local_jira
from runtime.payload_codec import data_converter
from runtime.ports import free_port
from runtime.temporal_server import plan_temporal_server, temporal_server_is_ready
from tests.browser import Browser

SIZES = (1_000, 10_000)
LOOKS = 30
PERSON = "lena"
GOAL_MILLISECONDS = 150
GOAL_KILOBYTES = 100
LEDGER_BATCH = 200
ISSUES = 4
LOOKED_AT = 2
PLAIN = "/sign-in"
PAGES = (
    PLAIN,
    "/",
    "/?view=waiting",
    "/?view=everything",
    "/items/{item}",
    "/items/{item}/similar",
    "/items/{item}/customer",
    "/numbers",
    "/themes",
    "/rollouts",
    "/reviews",
    "/policies",
    "/ledger",
    "/operations",
)


@dataclass(frozen=True)
class PageSpeed:
    """A page at so many items: milliseconds until it is there, how often `PLAIN`'s, kilobytes.

    The first look is told by itself: it finds nothing kept of a look before.
    """

    items: int
    page: str
    first_milliseconds: float
    median_milliseconds: float
    p95_milliseconds: float
    of_plain: float
    kilobytes: float

    @property
    def kept(self) -> bool:
        """Whether it is as fast and as light as was promised."""
        return self.p95_milliseconds < GOAL_MILLISECONDS and self.kilobytes < GOAL_KILOBYTES


def measure_pages(sizes: tuple[int, ...] = SIZES, looks: int = LOOKS) -> list[PageSpeed]:
    """Every page at each of these numbers of items, first once and then `looks` times."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        jira = stack.enter_context(running_local_jira())
        _write_issues(jira)
        plan = plan_temporal_server(directory, port=0, ui_port=0)
        _start(stack, list(plan.command), {})
        while not temporal_server_is_ready(plan.address):
            time.sleep(0.1)
        return asyncio.run(_measured(stack, directory, plan.address, jira, sizes, looks))


async def _measured(
    stack: ExitStack,
    directory: Path,
    temporal: str,
    jira: RunningLocalJira,
    sizes: tuple[int, ...],
    looks: int,
) -> list[PageSpeed]:
    # Not by the plugin, whose sandbox would load each of ten thousand items' modules anew.
    client = await Client.connect(temporal, data_converter=data_converter(None))
    port = free_port(0)
    found: list[PageSpeed] = []
    async with standing_worker(client, max(sizes)):
        for fewer, size in itertools.pairwise((1, *sizes)):
            numbers = range(fewer, size)
            await asyncio.to_thread(_fill_ledger, directory, numbers, size)
            await start_items(client, numbers)
            if fewer == 1:
                _serve_desk(stack, directory, temporal, jira, port)
            async with _signed_in(port) as browser:
                found += await _looked_at(browser, size, looks)
    return found


def _write_issues(jira: RunningLocalJira) -> None:
    """The issues that a person reads on a page: the item looked at, and those that resemble it."""
    for number in range(1, ISSUES + 1):
        fields = {
            "project": {"key": "FT"},
            "issuetype": {"name": "Feedback"},
            "summary": f"The gizmo wobbles, report {number}",
            "description": "It wobbles when it is warm. " * 40,
        }
        answer = jira.client(jira.bot_auth).post("/rest/api/2/issue", json={"fields": fields})
        if answer.json()["id"] != named(number)[0]:
            raise RuntimeError("the local Jira counts its issues otherwise than these items do")


def _fill_ledger(directory: Path, numbers: range, size: int) -> None:
    """Each item as if it had gone the way of a plain one some time in the last ninety days."""
    ledger = open_ledger(f"sqlite:///{directory / 'ledger.db'}")
    try:
        began = list(moments(size))
        pasts = [past_of(number, began[number]) for number in numbers]
        for at in range(0, len(pasts), LEDGER_BATCH):
            batch = pasts[at : at + LEDGER_BATCH]
            for indexed, _ in batch:
                ledger.index_item(indexed)
            ledger.append(tuple(entry for _, told in batch for entry in told))
    finally:
        ledger.close()


def _serve_desk(
    stack: ExitStack, directory: Path, temporal: str, jira: RunningLocalJira, port: int
) -> None:
    set_password(directory, PERSON, f"pw of {PERSON}")
    user, token = jira.bot_auth
    variables = {
        "TEMPORAL_ADDRESS": temporal,
        "JIRA_URL": jira.url,
        "JIRA_USER": user,
        "JIRA_TOKEN": token,
        "FOLLOWTHROUGH_DATA_DIR": str(directory),
        "PYTHONPATH": ROOT,
    }
    _start(stack, [sys.executable, "-P", "-m", "desk", "--port", str(port)], variables)


def _start(stack: ExitStack, command: list[str], variables: dict[str, str]) -> None:
    """Start a process that ends with the stack."""
    process = subprocess.Popen(command, env={**os.environ, **variables}, stdout=subprocess.DEVNULL)
    stack.callback(process.wait)
    stack.callback(process.terminate)


@asynccontextmanager
async def _signed_in(port: int) -> AsyncIterator[Browser]:
    address = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(base_url=address, follow_redirects=True, timeout=60) as http:
        while True:
            try:
                await http.get("/health")
            except httpx.TransportError:
                await asyncio.sleep(0.1)
            else:
                break
        browser = Browser(http)
        await browser.sign_in(PERSON)
        yield browser


async def _looked_at(browser: Browser, size: int, looks: int) -> list[PageSpeed]:
    issue_id, _ = named(LOOKED_AT)
    taken: dict[str, list[float]] = {page: [] for page in PAGES}
    weight: dict[str, int] = {}
    first: dict[str, float] = {}
    # In turns, so that what is kept for moments is as old as it is when a person comes back.
    for look, page in itertools.product(range(looks + 1), PAGES):
        began = time.perf_counter()
        answer = await browser.http.get(page.format(item=issue_id))
        passed = (time.perf_counter() - began) * 1000
        if answer.status_code != 200:
            raise RuntimeError(f"{page} answered {answer.status_code} at {size} items")
        if look:
            taken[page].append(passed)
        else:
            first[page] = passed
        weight[page] = len(answer.content)
    plain = median(taken[PLAIN])
    return [
        PageSpeed(
            items=size,
            page=page,
            first_milliseconds=round(first[page], 1),
            median_milliseconds=round(median(times), 1),
            p95_milliseconds=round(quantiles(times, n=20)[-1], 1),
            of_plain=round(median(times) / plain, 1),
            kilobytes=round(weight[page] / 1000, 1),
        )
        for page, times in taken.items()
    ]


def table(found: list[PageSpeed]) -> Table:
    """One row a page and size."""
    made = Table(
        title=f"The desk's pages (goal: p95 under {GOAL_MILLISECONDS} ms at 10,000 items, "
        f"under {GOAL_KILOBYTES} kB)"
    )
    made.add_column("page")
    for name in ("items", "first, ms", "median", "p95", "of a plain page", "kB", ""):
        made.add_column(name, justify="right")
    for one in found:
        made.add_row(
            one.page, f"{one.items:,}", f"{one.first_milliseconds:g}",
            f"{one.median_milliseconds:g}", f"{one.p95_milliseconds:g}", f"{one.of_plain:g}",
            f"{one.kilobytes:g}", "kept" if one.kept else "missed",
        )  # fmt: skip
    return made
