"""The composition root: one process that hosts every workflow and activity.

It drains on SIGTERM and SIGINT: no new work is taken, what runs is finished, then it ends.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.worker import Interceptor, Worker

from activities.approval import ApprovalActivities
from activities.archive import ArchiveActivities
from activities.calendar import CalendarActivities
from activities.customers import Customers
from activities.effects.carrying_out import EffectActivities
from activities.effects.endpoint import Endpoints
from activities.interpreter import JiraInterpreter
from activities.jira import JiraActivities
from activities.language_model import LanguageModel, Limits
from activities.ledger import LedgerActivities
from activities.levels import LevelActivities
from activities.notices import NoticeActivities
from activities.policy_source import PolicySource
from activities.receive import Pinning, Reader, ReceiveActivities
from activities.reconcile import ReconcileActivities
from activities.reports import ReportActivities
from activities.reviews import ReviewActivities
from activities.rollout_sweep import RolloutSweepActivities
from activities.rollouts import RolloutActivities
from activities.sheets import SheetActivities
from activities.subject_guard import SubjectGuard
from activities.sweep import SweepActivities
from activities.theme_delivery import ThemeDeliveryActivities
from activities.theme_groups import ThemeGroupActivities
from activities.themes import ThemeActivities
from activities.usage import Usage
from jira_gateway.client import JiraClients, JiraCredentials
from jira_gateway.gateway import JiraGateway
from ledger.failures import LedgerFailure
from ledger.language_model_use import DailyUse
from ledger.store import Ledger, open_ledger
from models.addresses import Addresses
from models.effects import System
from models.failures import JIRA_AUTHENTICATION
from policies import commands
from policies.effect_permit import Trust
from policies.loader import load
from policies.problems import PolicyError
from policies.sheets.pinning import Installation
from runtime.connection import connect
from runtime.customer_sources import customer_source
from runtime.language_model import refuse_unusable_model
from runtime.leaving import leave
from runtime.log import configure_logging
from runtime.notifiers import notifiers
from runtime.pepper import load_or_create_pepper
from runtime.problems import Problem, Unreachable, WrongSettings
from runtime.schedules import ensure_schedules, recurring
from runtime.settings import Settings, load_settings
from runtime.signing import load_or_create_signing_key, trusted_public_keys
from runtime.temporal_server import refuse_missing_search_attributes
from runtime.triage_models import ModelStore
from workflows.archive import ArchiveWorkflow
from workflows.feedback_item import FeedbackItemWorkflow
from workflows.intake_sweep import IntakeSweepWorkflow
from workflows.policy_action import PolicyActionWorkflow
from workflows.policy_exception import PolicyExceptionWorkflow
from workflows.reconcile import ReconcileWorkflow
from workflows.review import ReviewWorkflow
from workflows.rollout import RolloutWorkflow
from workflows.rollout_sweep import RolloutSweepWorkflow
from workflows.theme import ThemeWorkflow
from workflows.theme_sweep import ThemeSweepWorkflow

WORKFLOWS: Sequence[type] = (
    FeedbackItemWorkflow,
    PolicyActionWorkflow,
    PolicyExceptionWorkflow,
    IntakeSweepWorkflow,
    ReconcileWorkflow,
    ArchiveWorkflow,
    RolloutWorkflow,
    RolloutSweepWorkflow,
    ReviewWorkflow,
    ThemeWorkflow,
    ThemeSweepWorkflow,
)
THREADS = 16
"""Activities at once; each thread has its own Jira connection."""
DRAIN = timedelta(seconds=30)

log = structlog.get_logger("worker")


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _jira_clients(settings: Settings) -> JiraClients:
    jira = settings.jira
    return JiraClients(jira.url, JiraCredentials(user=jira.user, token=jira.token), jira.kind)


def _endpoints(settings: Settings) -> Endpoints:
    own = {
        System.BILLING: settings.billing_url,
        System.FLAGS: settings.flags_url,
        System.ACCOUNTS: settings.accounts_url,
    }
    given = {system: url for system, url in own.items() if url is not None}
    return Endpoints(settings.effects_url, given)


def _reader(settings: Settings, ledger: Ledger) -> Reader:
    """What triage reads with: the taxonomy, what was learnt, and a language model if one is named."""
    local = ModelStore(settings.data_dir).suggest
    if settings.language_model is None:
        return local
    limits = Limits(
        per_day=DailyUse(
            settings.language_model_calls_per_day, settings.language_model_tokens_per_day
        ),
        timeout=timedelta(seconds=settings.language_model_timeout),
    )
    use = ledger.language_model_use
    return LanguageModel(local, settings.language_model, use, limits).suggest


def build_activities(
    settings: Settings,
    client: Client,
    ledger: Ledger,
    now: Callable[[], datetime] = _utc_now,
) -> list[Callable[..., Any]]:
    """Every activity, wired to the real outside. Tests call this too, with their own clock."""
    clients = _jira_clients(settings)
    gateway = JiraGateway(clients, settings.jira.project)
    policies = PolicySource(settings.policies)
    signer = load_or_create_signing_key(settings.signing_key_file)
    interpreter = JiraInterpreter(policies.people, commands.parse, signer, now)
    on_issues = JiraActivities(gateway, interpreter, ledger)
    trusted_keys = trusted_public_keys(settings.signing_key_file)
    effects = EffectActivities(
        _endpoints(settings),
        Trust(trusted_keys, settings.allow_unproven_decisions),
        people=policies.people,
        dry_run=settings.dry_run,
    )
    receiving = ReceiveActivities(
        gateway,
        interpreter,
        policies,
        Customers(customer_source(settings), load_or_create_pepper(settings.data_dir)),
        ledger,
        pinning=Pinning(
            scale=settings.clock_scale,
            trusted_keys=trusted_keys,
            allow_unproven=settings.allow_unproven_decisions,
            signer=signer,
        ),
        addresses=Addresses(jira=settings.jira.site_url, desk=settings.desk_url),
        reader=_reader(settings, ledger),
    )
    approvals = ApprovalActivities(policies.people, dry_run=settings.dry_run)
    return [
        receiving.receive_item,
        receiving.pin_policy,
        on_issues.read_issue,
        on_issues.project_to_jira,
        LedgerActivities(ledger).append_to_ledger,
        approvals.plan_approval,
        approvals.time_stage,
        ReportActivities(client).confirm_report,
        effects.execute,
        effects.compensate,
        effects.end_exception,
        effects.confirm_change,
        CalendarActivities().extend_calendar,
        LevelActivities(policies.people).look_up_level,
        NoticeActivities(policies.people, notifiers(settings, ledger.one_time_links)).send_notice,
        SweepActivities(client, gateway, ledger, interpreter).sweep,
        ReconcileActivities(client, gateway).reconcile,
        ArchiveActivities(client, ledger).archive_closed_runs,
        *_cadence(settings, client, gateway, policies, ledger),
    ]


def _cadence(
    settings: Settings,
    client: Client,
    gateway: JiraGateway,
    policies: PolicySource,
    ledger: Ledger,
) -> list[Callable[..., Any]]:
    """What rollouts, reviews and themes ask of the outside."""
    installation = Installation(
        trusted_keys=trusted_public_keys(settings.signing_key_file),
        allow_unproven=settings.allow_unproven_decisions,
    )
    rollouts = RolloutActivities(gateway, policies, ledger, Usage(settings.usage), installation)
    reviews = ReviewActivities(policies, ledger, installation)
    themes = ThemeActivities(policies, ledger, installation)
    groups = ThemeGroupActivities(client, policies, ledger)
    deliveries = ThemeDeliveryActivities(gateway, ledger)
    return [
        SheetActivities(gateway, ledger).write_sheet,
        rollouts.pin_rollout,
        rollouts.read_version,
        rollouts.judge_rollout,
        reviews.pin_review,
        reviews.gather_digest,
        RolloutSweepActivities(client, gateway, policies, ledger).sweep_versions,
        themes.pin_theme,
        themes.count_theme,
        themes.keep_theme,
        groups.find_themes,
        groups.merge_theme,
        groups.split_theme,
        deliveries.look_at_delivery,
        deliveries.close_loop,
    ]


def build_interceptors(settings: Settings, client: Client) -> list[Interceptor]:
    """What stands before the activities: nothing is done that rests on what was true before."""
    return [SubjectGuard(client, PolicySource(settings.policies).people)]


def refuse_a_broken_start(settings: Settings) -> None:
    """A worker that could only park what it takes must not take it from one that works.

    Raises `Problem` when the policies do not load, Jira refuses the credential, or a language model
    is named that cannot be made. That Jira does not answer is no reason: it will.
    """
    refuse_unusable_model(settings.language_model)
    try:
        load(settings.policies)
    except PolicyError as error:
        raise WrongSettings(str(error)) from error
    clients = _jira_clients(settings)
    try:
        clients.myself()
    except ApplicationError as error:
        if error.type == JIRA_AUTHENTICATION.type:
            raise Unreachable(
                "Jira refuses the credential.",
                where=settings.jira.url,
                remedy=JIRA_AUTHENTICATION.remedy,
            ) from error
        log.warning("jira_not_ready", failure=error.type)


async def run_worker(settings: Settings) -> None:
    """Work until told to stop, then finish what is under way."""
    await asyncio.to_thread(refuse_a_broken_start, settings)
    client = await connect(settings)
    await refuse_missing_search_attributes(client)
    ledger = open_ledger(settings.ledger_url.get_secret_value(), keys=settings.ledger_keys)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    try:
        with ThreadPoolExecutor(THREADS, thread_name_prefix="activity") as threads:
            worker = Worker(
                client,
                task_queue=settings.task_queue,
                workflows=WORKFLOWS,
                activities=build_activities(settings, client, ledger),
                interceptors=build_interceptors(settings, client),
                activity_executor=threads,
                max_concurrent_activities=THREADS,
                graceful_shutdown_timeout=DRAIN,
            )
            async with worker:
                log.info("worker_started", task_queue=settings.task_queue)
                await ensure_schedules(client, settings.task_queue, recurring(settings.policies))
                await stop.wait()
                log.info("worker_drains")
    finally:
        ledger.close()


def main() -> int:
    """Start from the environment; returns the exit code of DESIGN section 7."""
    try:
        settings = load_settings()
        configure_logging(settings.log_format)
        asyncio.run(run_worker(settings))
    except Problem as problem:
        print(problem.sentence(), file=sys.stderr)  # noqa: T201 - this is the process's own voice
        return int(problem.exit_code)
    except LedgerFailure as problem:
        print(problem, file=sys.stderr)  # noqa: T201 - as above
        return 3
    return 0


if __name__ == "__main__":
    leave(main())
