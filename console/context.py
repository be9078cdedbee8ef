"""What a command works with: settings, and connections made only when they are needed."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from temporalio.client import Client

from desk.acts import ActSender
from desk.deliveries import LedgerDeliveries
from desk.finding import ItemReference, find_item, jira_clients
from models.messages import Timeline
from models.people import Channel
from runtime.connection import connect
from runtime.problems import WrongSettings
from runtime.settings import Settings
from runtime.signing import SigningKey, load_or_create_signing_key

Result = TypeVar("Result")


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run one command's asynchronous part."""
    return asyncio.run(work)


def find(settings: Settings, key: str) -> ItemReference:
    """The item behind a key, from Jira or else from the ledger. Blocking; see `find_item`."""

    def remembered(wanted: str) -> ItemReference | None:
        ledger = LedgerDeliveries(settings.ledger_url, settings.ledger_keys)
        return ledger.remembered_item(wanted) if ledger.exists() else None

    return find_item(jira_clients(settings.jira), remembered, key)


def recall(settings: Settings, item: ItemReference) -> Timeline | None:
    """What the ledger keeps of an item that Temporal no longer holds. Blocking."""
    ledger = LedgerDeliveries(settings.ledger_url, settings.ledger_keys)
    return ledger.remembered_timeline(item) if ledger.exists() else None


def signing_key(settings: Settings) -> SigningKey:
    """The key that this terminal signs with. Raises `Problem` when it may not be read.

    A key is never made here: the workers trust those that `up` or an operator made.
    """
    path = settings.signing_key_file
    try:
        if path.is_file():
            return load_or_create_signing_key(path)
        what = "there is no signing key, so nobody can prove here who they are."
    except PermissionError:
        what = "the signing key may not be read by you."
    raise WrongSettings(
        what,
        where=str(path),
        remedy="Run this where `followthrough up` runs and as the same user, or point "
        "FOLLOWTHROUGH_DATA_DIR at its directory. Otherwise decide on the desk or in Jira.",
    )


async def connected(settings: Settings) -> Client:
    """A client of the configured Temporal. Raises `Unreachable`."""
    return await connect(settings)


async def sender(settings: Settings) -> ActSender:
    """Sends acts that are signed as coming from this terminal."""
    key = signing_key(settings)
    return ActSender(await connected(settings), key, Channel.CLI)
