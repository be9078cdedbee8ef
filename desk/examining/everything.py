"""Every check of an installation at once, for `doctor` and the desk's page of operations."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from desk.examining.checks import (
    Examination,
    Finding,
    check_desk,
    check_effects,
    check_ledger,
    check_payload_keys,
    check_policies,
    check_settings,
    check_signing_key,
)
from desk.examining.jira import check_jira
from desk.examining.notices import check_notices
from desk.examining.sign_in import check_sign_in
from desk.examining.temporal import check_temporal
from runtime.settings import Settings

Check = Callable[[Settings], Iterable[Finding]]
BLOCKING_CHECKS: tuple[Check, ...] = (
    check_settings,
    check_policies,
    check_signing_key,
    check_payload_keys,
    check_ledger,
    check_jira,
    check_desk,
    check_sign_in,
    check_effects,
    check_notices,
)


async def examine(settings: Settings) -> Examination:
    """Do every check, all at once; the findings keep their order."""
    blocking = [asyncio.to_thread(_all_of, check, settings) for check in BLOCKING_CHECKS]
    *local, temporal = await asyncio.gather(*blocking, check_temporal(settings))
    return Examination(findings=tuple(finding for part in (*local, temporal) for finding in part))


def _all_of(check: Check, settings: Settings) -> list[Finding]:
    return list(check(settings))
