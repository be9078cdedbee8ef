"""The words of items, asked of Jira while somebody looks; a page does not wait long for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

import structlog
from temporalio.exceptions import ApplicationError

if TYPE_CHECKING:
    from jira_gateway.client import JiraClients
    from jira_gateway.conversation import Conversation, Found

log = structlog.get_logger(__name__)
PATIENCE_SECONDS = 2.0
AT_ONCE = 4
"""Threads of their own: a Jira that hangs must not hold up what else the desk does in threads."""
Answer = TypeVar("Answer")


class WordsOfItems:
    """Asks Jira for words. What does not come in time is None, and the page says so."""

    def __init__(self, clients: JiraClients, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._clients = clients
        self._patience = patience_seconds
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="words-of-items")

    async def conversation(self, issue_id: str) -> Conversation | None:
        """What was reported, and the comments."""
        from jira_gateway.conversation import read_conversation  # noqa: PLC0415 - loads the whole Jira package, which the desk needs for few pages

        return await self._asked(lambda: read_conversation(self._clients, issue_id))

    async def text(self, issue_id: str) -> str | None:
        """Summary and description, as triage read them; the summary is the first line."""
        from jira_gateway.read import read_text  # noqa: PLC0415 - as above

        return await self._asked(lambda: read_text(self._clients, issue_id))

    async def found(self, project: str, wanted: str) -> tuple[Found, ...] | None:
        """The issues that have all these words."""
        from jira_gateway.conversation import search_words  # noqa: PLC0415 - as above

        return await self._asked(lambda: search_words(self._clients, project, wanted))

    async def _asked(self, question: Callable[[], Answer]) -> Answer | None:
        try:
            async with asyncio.timeout(self._patience):
                loop = asyncio.get_running_loop()
                return await loop.run_in_executor(self._threads, question)
        except ApplicationError as error:
            log.warning("words_unreadable", problem=error.type)
        except TimeoutError:
            log.warning("words_late", after_seconds=self._patience)
        return None
