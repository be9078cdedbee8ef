"""Where people open an item, for the pages that only the Temporal UI shows."""

from __future__ import annotations

from models.base import Frozen


class Addresses(Frozen):
    """The addresses at which people reach Jira and the desk, without a slash at the end.

    Pinned when an item is received. An empty one is not known, and nothing links to it.
    """

    jira: str = ""
    desk: str = ""
