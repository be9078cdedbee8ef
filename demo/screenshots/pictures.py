"""The pictures: which page, in which window, and what has to be seen on it before it is taken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from demo.people import STAFF
from demo.screenshots.browser import Scheme, open_window
from demo.screenshots.morning import REFUND, Morning
from demo.stage import Stage, desk_password
from models.names import action_workflow_id, feedback_workflow_id

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FloatRect, Page

DESKTOP, PHONE = (1160, 760), (390, 844)
TEMPORAL_WINDOW = (1340, 820)
DIALOG: FloatRect = {"x": 270, "y": 0, "width": 800, "height": 820}
"""The middle of that window: what lies behind a dialog is blurred and says nothing."""
VOTER = STAFF["finn"]
WAITING = 'WorkflowType = "FeedbackItemWorkflow" AND ExecutionStatus = "Running"'
COLUMNS = ("Status", "Workflow ID", "FtSeverity", "FtStage", "FtAwaiting", "FtOwner", "FtDueAt")


@dataclass(frozen=True)
class Gallery:
    """Takes the pictures of one morning and writes them into `directory`."""

    browser: Browser
    stage: Stage
    morning: Morning
    directory: Path

    def take_all(self) -> Iterator[Path]:
        """Each picture as it is written."""
        for size, width_name in ((DESKTOP, "desktop"), (PHONE, "phone")):
            for scheme in ("light", "dark"):
                yield from self._of_desk(size, width_name, scheme)
        yield from self._of_jira()
        yield from self._of_temporal()

    def _of_desk(self, size: tuple[int, int], width_name: str, scheme: Scheme) -> Iterator[Path]:
        morning = self.morning
        pages = {
            "inbox": "/?view=waiting",
            "item": f"/items/{morning.keys[REFUND]}",
            "request": f"/requests/{morning.refund_request}",
            "numbers": "/numbers?period=all",
            "ledger": "/ledger",
        }
        with self._signed_in(size, scheme) as page:
            for name, path in pages.items():
                page.goto(f"{self.stage.urls.desk}{path}")
                yield self._keep(page, f"desk-{name}-{width_name}-{scheme}")

    @contextmanager
    def _signed_in(self, size: tuple[int, int], scheme: Scheme) -> Iterator[Page]:
        desk = self.stage.urls.desk
        with open_window(self.browser, *size, scheme) as window:
            page = window.new_page()
            page.goto(f"{desk}/sign-in")
            page.get_by_label("Your id in people.yaml").fill(VOTER.id)
            page.get_by_label("Password").fill(desk_password(VOTER))
            page.get_by_role("button", name="Sign in").click()
            page.get_by_text(VOTER.name.partition(" ")[0]).first.wait_for()
            yield page

    def _of_jira(self) -> Iterator[Path]:
        with open_window(self.browser, *DESKTOP) as window:
            page = window.new_page()
            page.goto(f"{self.stage.urls.jira}/browse/{self.morning.keys[REFUND]}")
            yield self._keep(page, "jira-issue")

    def _of_temporal(self) -> Iterator[Path]:
        request = action_workflow_id(self.morning.refund_request)
        item = feedback_workflow_id(self.morning.ids[REFUND])
        text = self._signed_vote()
        with open_window(self.browser, *TEMPORAL_WINDOW) as window:
            window.add_init_script(_columns(self.stage.settings.temporal.namespace))
            page = window.new_page()
            page.goto(f"{self._runs}?query={quote(WAITING)}")
            page.get_by_role("link", name=item, exact=True).wait_for()
            yield self._keep(page, "temporal-list")
            self._open_run(page, item)
            page.get_by_text("Read FT-").first.wait_for()
            page.get_by_role("heading", name="Timeline").evaluate("one => one.scrollIntoView()")
            yield self._keep(page, "temporal-item")
            yield self._details(page, item, "temporal-item-details")
            yield self._details(page, request, "temporal-request-details")
            self._open_run(page, request)
            yield from self._approve(page, text)

    @property
    def _runs(self) -> str:
        namespace = self.stage.settings.temporal.namespace
        return f"{self.stage.urls.temporal_ui}/namespaces/{namespace}/workflows"

    def _open_run(self, page: Page, workflow_id: str) -> None:
        page.goto(f"{self._runs}/{workflow_id}")
        page.get_by_text("Task Queue").first.wait_for()

    def _details(self, page: Page, workflow_id: str, name: str) -> Path:
        self._open_run(page, workflow_id)
        page.get_by_role("link", name="User Metadata").or_(
            page.get_by_role("tab", name="User Metadata")
        ).first.click()
        frame = page.locator("iframe").last
        frame.content_frame.get_by_role("heading").first.wait_for()
        page.get_by_text("Current Details").first.evaluate("one => one.scrollIntoView()")
        return self._keep(page, name)

    def _approve(self, page: Page, text: str) -> Iterator[Path]:
        """The dialog with the update chosen and the vote pasted; it is not sent."""
        page.get_by_role("button", name="More Actions").click()
        page.get_by_role("menuitem", name="Send an Update").click()
        page.get_by_test_id("update-select-button").locator("visible=true").click()
        decide = page.get_by_role("option", name="decide").locator("visible=true")
        decide.wait_for()
        yield self._keep(page, "temporal-updates", DIALOG)
        decide.click()
        page.get_by_role("textbox", name="Data").locator("visible=true").fill(text)
        page.keyboard.press("Control+Home")
        yield self._keep(page, "temporal-approve", DIALOG)

    def _signed_vote(self) -> str:
        """What the desk offers to paste, with a reason written into it."""
        with self._signed_in(DESKTOP, "light") as page:
            page.goto(f"{self.stage.urls.desk}/requests/{self.morning.refund_request}")
            offered = page.locator("pre").first.text_content() or ""
        return offered.replace('"reason": ""', '"reason": "Agreed, the plan was never used."')

    def _keep(self, page: Page, name: str, clip: FloatRect | None = None) -> Path:
        path = self.directory / f"{name}.png"
        page.screenshot(path=path, clip=clip, animations="disabled")
        return path


def _columns(namespace: str) -> str:
    """Shows our search attributes in the list, as *Configure Columns* would."""
    chosen = json.dumps({namespace: [{"label": label} for label in COLUMNS]})
    return f"localStorage.setItem('namespace-workflow-table-columns', {json.dumps(chosen)})"
