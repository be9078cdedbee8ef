"""The real browser that looks at the pages: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from runtime.problems import PartFailed

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE_MILLISECONDS = 30_000
Scheme = Literal["light", "dark"]


@contextmanager
def open_browser() -> Iterator[Browser]:
    """A browser without a window. Raises `PartFailed` that says what to install."""
    try:
        from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415 - only for developers
    except ImportError as error:
        raise PartFailed(
            "Playwright is not installed.",
            where="this Python",
            remedy="Run `make venv`; it installs what developers need.",
        ) from error
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        raise PartFailed(
            "no Chromium was found on PATH.",
            where=", ".join(NAMES),
            remedy="Install it; on Debian and Ubuntu: apt-get install chromium fonts-noto-core.",
        )
    with sync_playwright() as playwright:
        # Its own sandbox does not work in a container, and it opens nothing but our own pages.
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        try:
            yield browser
        except Error as error:
            raise PartFailed(
                f"a page did not show what was to be seen: {str(error).splitlines()[0]}",
                where="the browser",
                remedy="Run it again; a machine with much else to do may be too slow.",
            ) from error
        finally:
            browser.close()


@contextmanager
def open_window(
    browser: Browser, width: int, height: int, scheme: Scheme = "light"
) -> Iterator[BrowserContext]:
    """A window of that size, in CSS pixels, that knows no cookie yet."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, locale="en-GB"
    )
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    try:
        yield context
    finally:
        context.close()
