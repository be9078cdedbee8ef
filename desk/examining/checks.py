"""What `doctor` looks at on this machine: policies, key, ledger. Each check answers findings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from urllib.parse import urlsplit

import httpx

from desk.deliveries import LedgerDeliveries
from models.base import Frozen
from policies.problems import PolicyError
from runtime.payload_keys import ROTATE, read_payload_keys
from runtime.problems import ExitCode, Problem, WrongSettings
from runtime.setting_values import is_loopback
from runtime.settings import Settings
from runtime.signing import load_or_create_signing_key

ASK_SECONDS = 5.0


class Health(StrEnum):
    """How a part is. `NOTE` is worth knowing and no fault."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"
    UNREACHABLE = "unreachable"


class Finding(Frozen):
    """One line of `doctor`. `remedy` is the next step, when there is one."""

    part: str
    health: Health
    what: str
    remedy: str | None = None


class Examination(Frozen):
    """What `doctor --json` prints."""

    findings: tuple[Finding, ...]

    @property
    def exit_code(self) -> ExitCode:
        """3 when a part cannot be reached, 1 when one is wrong, else 0."""
        healths = {finding.health for finding in self.findings}
        if Health.UNREACHABLE in healths:
            return ExitCode.UNREACHABLE
        return ExitCode.ANSWER_IS_NO if Health.WRONG in healths else ExitCode.DONE


def ok(part: str, what: str) -> Finding:
    """All is well."""
    return Finding(part=part, health=Health.OK, what=what)


def note(part: str, what: str, remedy: str | None = None) -> Finding:
    """Worth knowing."""
    return Finding(part=part, health=Health.NOTE, what=what, remedy=remedy)


def wrong(part: str, what: str, remedy: str | None) -> Finding:
    """Something is wrong."""
    return Finding(part=part, health=Health.WRONG, what=what, remedy=remedy)


def unreachable(part: str, what: str, remedy: str | None) -> Finding:
    """The part does not answer."""
    return Finding(part=part, health=Health.UNREACHABLE, what=what, remedy=remedy)


def check_settings(settings: Settings) -> Iterable[Finding]:
    """Settings that work but deserve a thought."""
    from runtime.settings_report import settings_report  # noqa: PLC0415 - loads the database package for one address, which other commands need not

    part = "settings"
    report = settings_report(settings)
    yield ok(
        part, f"{len(report.settings)} settings are in force; `followthrough settings` lists them."
    )
    for notice in report.notices:
        yield note(part, notice)
    if settings.allow_unproven_decisions:
        yield note(
            part,
            "Decisions without proof are accepted.",
            "Unset FOLLOWTHROUGH_ALLOW_UNPROVEN_DECISIONS unless this is for trying out.",
        )
    if settings.clock_scale != 1:
        yield note(part, f"Clocks run {settings.clock_scale:g} times faster than real time.")
    if settings.jira.webhook_secret is None:
        yield wrong(
            part,
            "JIRA_WEBHOOK_SECRET is not set, so the desk trusts no webhook.",
            "Set it to the secret of Jira's webhook, and restart the desk.",
        )


def check_policies(settings: Settings) -> Iterable[Finding]:
    """Whether the policy files load."""
    from policies.loader import load  # noqa: PLC0415 - loads the condition language, which only this check needs

    part = "policies"
    try:
        loaded = load(settings.policies)
    except PolicyError as error:
        for problem in error.problems:
            yield wrong(part, str(problem), None)
        return
    yield ok(part, f"{settings.policies} loads, version {loaded.version[:12]}.")


def check_signing_key(settings: Settings) -> Iterable[Finding]:
    """Whether acts can be signed here, and whether only the owner can read the key."""
    part = "signing key"
    path = settings.signing_key_file
    try:
        if not path.is_file():
            yield wrong(
                part,
                f"{path} does not exist, so nobody can act from this terminal.",
                "It is made by the first worker or desk that starts with this data directory.",
            )
            return
        key = load_or_create_signing_key(path)
    except PermissionError:
        yield wrong(part, f"{path} may not be read by you.", "Run as the user who runs the worker.")
    except Problem as problem:
        yield wrong(part, f"{path}: {problem.what}", problem.remedy)
    else:
        yield ok(part, f"key {key.key_id}, readable by its owner only.")


def check_payload_keys(settings: Settings) -> Iterable[Finding]:
    """Whether what goes to Temporal is encrypted, and with which key."""
    part, file = "payload keys", settings.payload_keys_file
    if file is None:
        yield note(
            part,
            "What goes to Temporal is not encrypted: whoever may read the namespace reads reasons.",
            f"`{ROTATE}` makes a key; docs/operating.md says how to switch it on.",
        )
        return
    try:
        keys = read_payload_keys(file)
    except WrongSettings as problem:
        yield wrong(part, f"{file}: {problem.what}", problem.remedy)
        return
    waits = f", {keys.prepared.key_id} waits to be used" if keys.prepared else ""
    yield ok(
        part,
        f"what goes to Temporal is encrypted with the key {keys.active.key_id}; "
        f"{len(keys.keys)} can decrypt{waits}.",
    )


def check_ledger(settings: Settings) -> Iterable[Finding]:
    """Whether the ledger opens and can be written."""
    from ledger.failures import LedgerFailure  # noqa: PLC0415 - loads the database package, as below

    part = "ledger"
    ledger = LedgerDeliveries(settings.ledger_url, settings.ledger_keys)
    if not ledger.exists():
        yield note(part, "is not there yet.", "The first worker or desk that starts makes it.")
        return
    try:
        # A write that changes nothing.
        ledger.ledger().forget_deliveries(datetime.fromtimestamp(0, UTC))
    except LedgerFailure as failure:
        yield wrong(part, failure.what, failure.remedy)
    else:
        yield ok(part, "opens and can be written.")
    finally:
        ledger.close()


def check_effects(settings: Settings) -> Iterable[Finding]:
    """Whether the systems that carry out actions answer."""
    part = "effects"
    if settings.dry_run:
        yield note(
            part,
            "this is a dry run: approved actions are not sent.",
            "Unset FOLLOWTHROUGH_DRY_RUN when actions should have an effect.",
        )
    addresses = {
        "FOLLOWTHROUGH_EFFECTS_URL": settings.effects_url,
        "FOLLOWTHROUGH_BILLING_URL": settings.billing_url,
        "FOLLOWTHROUGH_FLAGS_URL": settings.flags_url,
        "FOLLOWTHROUGH_ACCOUNTS_URL": settings.accounts_url,
    }
    named: dict[str, str] = {}
    for variable, url in addresses.items():
        if url is not None:
            named.setdefault(url, variable)
    if settings.effects_url is None:
        yield note(
            part,
            "no endpoint is set for every action, so some cannot be carried out.",
            "Set FOLLOWTHROUGH_EFFECTS_URL when actions should have an effect.",
        )
    for url, variable in named.items():
        yield _answers(part, url, url, f"look at {variable}")


def check_desk(settings: Settings) -> Iterable[Finding]:
    """Whether the desk answers where Jira and people look for it."""
    yield _answers(
        "desk", settings.desk_url, f"{settings.desk_url}/sign-in", "`followthrough desk`"
    )


def is_local(url: str) -> bool:
    """A proxy of this machine does not lead to the machine itself."""
    return is_loopback(urlsplit(url).hostname)


def _answers(part: str, name: str, url: str, look_at: str) -> Finding:
    try:
        status = httpx.get(url, timeout=ASK_SECONDS, trust_env=not is_local(url)).status_code
    except httpx.HTTPError as error:
        return unreachable(
            part,
            f"{name} does not answer ({type(error).__name__}).",
            f"{look_at[:1].upper()}{look_at[1:]}.",
        )
    if status >= 500:
        return wrong(part, f"{name} answers {status}.", "Look at its log.")
    return ok(part, f"{name} answers.")
