"""The desk in a real Chromium: keys, no JavaScript, a phone, and what axe finds."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator

import pytest
from browsing import Stage
from playwright.async_api import Browser, Page, async_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or ""
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not CHROMIUM, reason="needs Chromium: apt-get install chromium"),
]
PAGES = (
    "/?view=everything",
    "/rollouts",
    "/reviews",
    "/themes",
    "/numbers",
    "/policies",
    "/ledger",
    "/operations",
)
SERIOUS = {"serious", "critical"}


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        # Its own sandbox does not work in a container, and it opens nothing but our own pages.
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        await browser.close()


async def opened(stage: Stage, chromium: Browser, person: str = "ada", **window: object) -> Page:
    """A window in which this person has just signed in."""
    context = await chromium.new_context(base_url=stage.address, **window)  # type: ignore[arg-type] # any of Playwright's options
    page = await context.new_page()
    await page.goto("/sign-in")
    await page.fill("input[name=person]", person)
    await page.fill("input[name=password]", f"pw of {person}")
    await page.click("main button")
    await page.wait_for_url(f"{stage.address}/")
    return page


async def listed(stage: Stage, page: Page, many: int) -> list[str]:
    """So many items that wait for ada, once the list shows them all."""
    keys = [f"FT-{await stage.item()}" for _ in range(many)]
    for _ in range(60):
        await page.goto("/?view=everything")
        shown = await page.locator(".row-key a").all_inner_texts()
        if set(keys) <= set(shown):
            return shown
        await asyncio.sleep(0.25)
    raise AssertionError(f"the list does not show {keys}")


async def test_an_item_is_opened_and_taken_on_with_the_keyboard_alone(
    stage: Stage, chromium: Browser
) -> None:
    page = await opened(stage, chromium)
    shown = await listed(stage, page, 2)

    for key in ("j", "j", "k", "j"):
        await page.keyboard.press(key)
    await page.keyboard.press("Enter")

    await page.wait_for_url(f"**/items/{shown[1]}")
    button = page.get_by_role("button", name="I take this on, or hand it over")
    await button.focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("status").get_by_text("ada has taken this on.").wait_for()


async def test_several_escalations_are_ticked_and_taken_on_at_once_with_the_keyboard(
    stage: Stage, chromium: Browser
) -> None:
    page = await opened(stage, chromium)
    first, second = await stage.item(), await stage.item()
    shown = await listed(stage, page, 3)
    for key in (f"FT-{first}", f"FT-{second}"):
        await page.locator(f".row-key a:text-is('{key}')").focus()
        await page.keyboard.press("a")
    assert await page.locator(".tick:checked").count() == 2

    await page.get_by_role("button", name="Take on what is ticked").click()

    told = await page.get_by_role("status").inner_text()
    assert "You have taken on" in told
    assert {f"FT-{first}", f"FT-{second}"} == set(re.findall(r"FT-[0-9]+", told))
    assert len(shown) >= 3


async def test_a_key_leads_to_a_decision_and_sends_nothing_by_itself(
    stage: Stage, chromium: Browser
) -> None:
    issue_id = await stage.item()
    page = await opened(stage, chromium, "fay")
    await page.goto(f"/requests/r-{issue_id}")

    for key, button in (("a", "Approve"), ("r", "Refuse")):
        await page.keyboard.press(key)
        assert await page.evaluate("document.activeElement.textContent") == button

    await page.goto(f"/items/{issue_id}")
    await page.keyboard.press("e")
    assert await page.evaluate("document.activeElement.name") == "severity"
    await page.goto(f"/requests/r-{issue_id}")
    assert "Nobody has voted yet." in await page.content()


async def test_the_slash_leads_to_finding_an_item(stage: Stage, chromium: Browser) -> None:
    page = await opened(stage, chromium)
    shown = await listed(stage, page, 1)

    await page.keyboard.press("/")
    await page.keyboard.type(shown[0].lower())
    await page.keyboard.press("Enter")

    await page.wait_for_url(f"**/items/{shown[0]}")


async def test_the_list_renews_itself_and_keeps_the_place(stage: Stage, chromium: Browser) -> None:
    page = await opened(stage, chromium)
    shown = await listed(stage, page, 1)
    await page.keyboard.press("j")
    at = await page.evaluate("document.activeElement.textContent")
    newer = f"FT-{await stage.item()}"

    await page.locator(f".row-key a:text-is('{newer}')").wait_for()

    assert shown
    assert await page.evaluate("document.activeElement.textContent") == at


async def test_a_list_that_is_told_nothing_renews_itself_now_and_then(
    stage: Stage, chromium: Browser
) -> None:
    page = await opened(stage, chromium)
    await page.route("**/live*", lambda route: route.abort())
    await page.clock.install()
    assert await listed(stage, page, 1)
    newer = f"FT-{await stage.item()}"

    for _ in range(40):
        await page.clock.run_for(16_000)
        if newer in await page.locator(".row-key a").all_inner_texts():
            break
        await asyncio.sleep(0.25)
    else:
        raise AssertionError("the list never showed what came in since")


async def test_moments_are_told_in_the_readers_own_zone_and_in_utc_beside(
    stage: Stage, chromium: Browser
) -> None:
    page = await opened(stage, chromium, timezone_id="Asia/Kathmandu")
    await page.goto(f"/items/{await stage.item()}")
    due = page.locator(".facts time").first
    assert await due.inner_text() == "Mon 23 Nov, 19:50 GMT+5:45"
    assert await due.get_attribute("title") == "Mon 23 Nov, 14:05 UTC"


async def test_without_javascript_a_request_is_read_and_decided(
    stage: Stage, chromium: Browser
) -> None:
    issue_id = await stage.item()
    page = await opened(stage, chromium, "fay", java_script_enabled=False)

    await page.goto(f"/requests/r-{issue_id}")
    await page.fill("textarea[name=reason] >> nth=0", "It was our mistake.")
    await page.get_by_role("button", name="Approve").click()

    assert "Your vote counts: approve." in await page.content()


async def test_whoever_asked_has_no_button_to_decide(stage: Stage, chromium: Browser) -> None:
    issue_id = await stage.item()
    page = await opened(stage, chromium, "omar")

    await page.goto(f"/requests/r-{issue_id}")

    assert await page.get_by_role("button", name="Approve").count() == 0
    assert "asked for it" in await page.content()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_has_no_serious_complaint_about_any_page(
    stage: Stage, chromium: Browser, scheme: str
) -> None:
    from axe_playwright_python.async_playwright import Axe  # noqa: PLC0415 - needs a browser

    page = await opened(stage, chromium, color_scheme=scheme)
    shown = await listed(stage, page, 1)
    issue_id = shown[0].removeprefix("FT-")
    found = []
    for path in (
        *PAGES,
        "/",
        f"/items/{issue_id}",
        f"/requests/r-{issue_id}",
        f"/items/{issue_id}/migrate",
    ):
        await page.goto(path)
        result = await Axe().run(page)
        found += [
            f"{path}: {one['id']}: {one['help']}: {[node['html'][:120] for node in one['nodes']][:3]}"
            for one in result.response["violations"]
            if one["impact"] in SERIOUS
        ]
    assert not found, "\n".join(found)


async def test_no_page_is_wider_than_a_phone(stage: Stage, chromium: Browser) -> None:
    page = await opened(stage, chromium, viewport={"width": 390, "height": 844})
    shown = await listed(stage, page, 1)
    issue_id = shown[0].removeprefix("FT-")
    wide = {}
    for path in (*PAGES, "/", f"/items/{issue_id}", f"/requests/r-{issue_id}"):
        await page.goto(path)
        width = await page.evaluate("document.documentElement.scrollWidth")
        if width > 390:
            wide[path] = width
    assert not wide, "these pages scroll sideways"
