"""Where facts about customers come from: a file, or a system that serves a CSV, such as a CRM."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import structlog
from pydantic import SecretStr

from activities.customer_sources import CustomerSource, FileSource
from ledger import private_file
from runtime.setting_values import is_loopback
from runtime.settings import Settings

ASK_AGAIN_SECONDS = 300.0
"""The system is asked this often whether anything changed; as often when it does not answer."""
ANSWER_SECONDS = 15.0
LARGEST_BYTES = 256 * 2**20
KEPT = "customers-kept.csv"

log = structlog.get_logger("customers")


def customer_source(settings: Settings) -> CustomerSource | None:
    """Where this installation has its facts about customers, if anywhere."""
    if settings.customers_url is not None:
        kept = settings.data_dir / KEPT
        return HttpSource(settings.customers_url, settings.customers_token, kept)
    return FileSource(settings.customers) if settings.customers is not None else None


class HttpSource:
    """A CSV at an address, asked for with what was answered last (ETag) every five minutes.

    The last usable answer is kept in a file of its owner's alone, so that a worker that starts while
    the other system is down does not take a known customer for a stranger. `clock` is in seconds.
    """

    def __init__(
        self,
        url: str,
        token: SecretStr | None,
        kept: Path,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url
        self._token = token
        self._kept = kept
        self._clock = clock
        self._lock = threading.Lock()
        self._remembered = False
        self._asked_at: float | None = None
        self._tag: str | None = None
        self._problem: str | None = None

    @property
    def name(self) -> str:
        """The host, since an address may hold a secret."""
        return urlsplit(self._url).hostname or ""

    def changed(self) -> str | None:
        """See `CustomerSource`."""
        with self._lock:
            if not self._remembered:
                self._remembered = True
                if (kept := _what_was_kept(self._kept)) is not None:
                    return kept
            if self._asked_at is not None and self._clock() < self._asked_at + ASK_AGAIN_SECONDS:
                return None
            self._asked_at = self._clock()
            return self._ask()

    def usable(self, text: str) -> None:
        """Keep it for the next start."""
        try:
            private_file.replace(self._kept, text)
        except OSError as error:
            log.warning("customers_not_kept", file=str(self._kept), problem=error.strerror)

    def _ask(self) -> str | None:
        headers = {"Accept": "text/csv"}
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token.get_secret_value()}"
        if self._tag is not None:
            headers["If-None-Match"] = self._tag
        try:
            with httpx.stream(
                "GET",
                self._url,
                headers=headers,
                timeout=ANSWER_SECONDS,
                # A proxy of this machine does not lead to the machine itself.
                trust_env=not is_loopback(self.name),
            ) as answer:
                if answer.status_code == httpx.codes.NOT_MODIFIED:
                    return None
                answer.raise_for_status()
                text = _bounded(answer)
                tag = answer.headers.get("ETag")
        except httpx.HTTPStatusError as error:
            problem = f"it answers {error.response.status_code}"
        except httpx.HTTPError as error:
            problem = f"it does not answer ({type(error).__name__})"
        except UnicodeError:
            problem = "it is not UTF-8"
        except _TooLarge:
            problem = f"it is larger than {LARGEST_BYTES // 2**20} MB"
        else:
            self._tag, self._problem = tag, None
            return text
        self._report(problem)
        return None

    def _report(self, problem: str) -> None:
        if problem != self._problem:
            log.warning(
                "customers_not_fetched",
                host=self.name,
                problem=problem,
                remedy="Look at FOLLOWTHROUGH_CUSTOMERS_URL and its token; until then what was "
                "read before is used.",
            )
        self._problem = problem


class _TooLarge(Exception):  # noqa: N818 - says what is so, and never leaves this module
    """The answer is larger than anybody's list of customers."""


def _bounded(answer: httpx.Response) -> str:
    """The text; a redirect was not followed, so it is from the host that was named."""
    body = bytearray()
    for part in answer.iter_bytes():
        body += part
        if len(body) > LARGEST_BYTES:
            raise _TooLarge
    return body.decode("utf-8-sig")


def _what_was_kept(file: Path) -> str | None:
    try:
        return file.read_text()
    except (OSError, UnicodeError):
        return None
