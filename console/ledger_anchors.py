"""What was written down of the ledger elsewhere: checkpoints, issues in Jira, closed workflows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError
from temporalio.exceptions import ApplicationError

from console.context import connected, run
from desk.finding import jira_clients
from models.failures import FAILURES_BY_TYPE
from runtime.problems import Unreachable, WrongSettings
from runtime.settings import Settings
from runtime.signing import TRUSTED_KEYS, public_key_in, public_keys_in

if TYPE_CHECKING:
    from ledger.checkpoints import Checkpoint
    from ledger.records import Anchor
    from models.events import LedgerAnchor


def gathered(
    settings: Settings,
    checkpoints: Sequence[Path],
    public_key: Path | None,
    *,
    jira: bool,
    temporal: bool,
) -> list[Anchor]:
    """Every anchor asked for. Raises `Problem` when one cannot be read or believed."""
    trusted = _trusted(settings, public_key) if checkpoints else {}
    anchors = [kept_checkpoint(path, trusted) for path in checkpoints]
    if jira:
        anchors += [_anchor(one, f"issue {key}") for key, one in _in_jira(settings)]
    if temporal:
        anchors += [_anchor(one, f"workflow {id_}") for id_, one in run(_in_temporal(settings))]
    return anchors


def kept_checkpoint(path: Path, trusted: dict[str, str]) -> Anchor:
    """What a file of `ledger checkpoint` says. Raises `WrongSettings` unless it is signed."""
    from ledger.checkpoints import Checkpoint  # noqa: PLC0415 - loads the database package, which other commands need not

    try:
        kept: Checkpoint = Checkpoint.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        raise WrongSettings(
            "that is no checkpoint.",
            where=str(path),
            remedy="Name a file that `followthrough ledger checkpoint --out` wrote.",
        ) from None
    if not kept.signed_by(trusted):
        raise WrongSettings(
            "it is not signed with a key that is trusted here.",
            where=str(path),
            remedy="Name the signer's public key with --public-key.",
        )
    return kept.anchor(str(path))


def _anchor(written: LedgerAnchor, where: str) -> Anchor:
    from ledger.records import Anchor  # noqa: PLC0415 - loads the database package, as above

    return Anchor(sequence=written.row, digest=written.digest, where=where)


def _trusted(settings: Settings, public_key: Path | None) -> dict[str, str]:
    if public_key is not None:
        return public_key_in(public_key)
    return public_keys_in((settings.ledger_keys / TRUSTED_KEYS).glob("*.pub"))


def _in_jira(settings: Settings) -> list[tuple[str, LedgerAnchor]]:
    from jira_gateway.anchors import ledger_anchors  # noqa: PLC0415 - loads the Jira package, which other commands need not

    try:
        return list(ledger_anchors(jira_clients(settings.jira)))
    except ApplicationError as error:
        known = FAILURES_BY_TYPE.get(error.type or "")
        raise Unreachable(
            "Jira cannot be asked.",
            where=settings.jira.url,
            remedy=known.remedy if known else None,
        ) from error


async def _in_temporal(settings: Settings) -> list[tuple[str, LedgerAnchor]]:
    from desk.anchors import anchors_in_temporal  # noqa: PLC0415 - only this option needs it

    return await anchors_in_temporal(await connected(settings))
