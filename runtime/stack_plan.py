"""What the local stack consists of: ports, variables, commands, and how each part shows it is up."""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
from pydantic import SecretStr

from ledger import private_file
from models.base import Frozen
from runtime.part import Part
from runtime.ports import (
    DEFAULT_DESK_PORT,
    DEFAULT_EFFECTS_PORT,
    DEFAULT_JIRA_PORT,
    DEFAULT_TEMPORAL_PORT,
    DEFAULT_TEMPORAL_UI_PORT,
    LOOPBACK,
    free_port,
)
from runtime.settings import Settings, load_temporal_settings
from runtime.temporal_server import (
    TemporalServerPlan,
    plan_temporal_server,
    task_queue_is_polled,
    temporal_server_is_ready,
)

ROOT = Path(__file__).resolve().parent.parent
LOGS = "logs"
SECRETS = "local-secrets.json"
LOCAL_JIRA_USER = "followthrough-bot@followthrough.example"
LOCAL_JIRA_TOKEN = "local-bot-token"  # noqa: S105 - the seed's invented account, good only locally
DRAIN_SECONDS = 40.0
ASK_SECONDS = 2.0
EFFECTS_VARIABLES = tuple(
    f"FOLLOWTHROUGH_{system}_URL" for system in ("EFFECTS", "BILLING", "FLAGS", "ACCOUNTS")
)
"""All of them lead to the stand-in here: trying out must never reach a real billing system."""
WAVES = (("temporal", "jira", "effects"), ("worker", "desk"))


@dataclass(frozen=True)
class StackPorts:
    """Preferred ports; a taken one is replaced by a free one. 0 asks for any."""

    temporal: int = DEFAULT_TEMPORAL_PORT
    temporal_ui: int = DEFAULT_TEMPORAL_UI_PORT
    jira: int = DEFAULT_JIRA_PORT
    effects: int = DEFAULT_EFFECTS_PORT
    desk: int = DEFAULT_DESK_PORT


class StackUrls(Frozen):
    """Where each part answers."""

    temporal_address: str
    temporal_ui: str
    jira: str
    effects: str
    desk: str

    def where_to_look(self) -> str:
        """The lines a person needs."""
        return (
            f"Desk         {self.desk}\n"
            f"Jira         {self.jira}\n"
            f"Temporal UI  {self.temporal_ui}\n"
            f"Temporal     {self.temporal_address}"
        )


@dataclass(frozen=True)
class StackPlan:
    """Everything that is decided before the first process starts; `parts` in starting order."""

    settings: Settings
    urls: StackUrls
    variables: dict[str, str]
    parts: dict[str, Part]
    waves: tuple[tuple[str, ...], ...] = WAVES


def plan_stack(
    settings: Settings,
    ports: StackPorts,
    *,
    say: Callable[[str], None],
    commands: Mapping[str, Sequence[str]],
    extra_environment: Mapping[str, str],
) -> StackPlan:
    """Choose ports, write down variables and name the commands. Starts nothing."""
    temporal = plan_temporal_server(
        settings.data_dir, port=ports.temporal, ui_port=ports.temporal_ui
    )
    urls = _choose_urls(temporal, ports)
    _tell_moved_ports(urls, ports, say)
    _tell_ignored_variables(say)
    variables = _variables(settings, urls, local_webhook_secret(settings.data_dir))
    environment = {**variables, "PYTHONPATH": str(ROOT), **extra_environment}
    parts = _parts(settings, urls, temporal)
    for name, part in parts.items():
        part.command = tuple(commands.get(name, part.command))
        part.environment = environment
    return StackPlan(
        settings=settings_of_stack(settings, urls, variables),
        urls=urls,
        variables=variables,
        parts=parts,
    )


def settings_of_stack(
    settings: Settings, urls: StackUrls, variables: Mapping[str, str]
) -> Settings:
    """The given settings, with every address and credential pointing at the stack."""
    jira = settings.jira.model_copy(
        update={
            "url": urls.jira,
            "site_url": urls.jira,
            "user": variables["JIRA_USER"],
            "token": SecretStr(variables["JIRA_TOKEN"]),
            "kind": "cloud",
            "webhook_secret": SecretStr(variables["JIRA_WEBHOOK_SECRET"]),
        }
    )
    return settings.model_copy(
        update={
            "temporal": load_temporal_settings(dict(variables)),
            "jira": jira,
            "desk_url": urls.desk,
            "temporal_ui_url": urls.temporal_ui,
            "desk_port": int(variables["FOLLOWTHROUGH_DESK_PORT"]),
            **dict.fromkeys(
                ("effects_url", "billing_url", "flags_url", "accounts_url"), urls.effects
            ),
        }
    )


def local_webhook_secret(data_dir: Path) -> str:
    """The secret shared by the local Jira and the desk: made once, mode 0600, kept over restarts."""
    path = data_dir / SECRETS
    try:
        kept = json.loads(path.read_text())["webhook_secret"]
        if isinstance(kept, str) and kept:
            return kept
    except (OSError, ValueError, KeyError, TypeError):
        pass  # absent or damaged: a new secret is as good, the webhook is registered again
    made = secrets.token_urlsafe(32)
    private_file.replace(path, json.dumps({"webhook_secret": made}) + "\n")
    return made


def _choose_urls(temporal: TemporalServerPlan, ports: StackPorts) -> StackUrls:
    taken = {int(url.rpartition(":")[2]) for url in (temporal.address, temporal.ui_url)}
    chosen: dict[str, str] = {}
    for name, preferred in (("desk", ports.desk), ("jira", ports.jira), ("effects", ports.effects)):
        port = free_port(preferred, taken=taken)
        taken.add(port)
        chosen[name] = f"http://{LOOPBACK}:{port}"
    return StackUrls(temporal_address=temporal.address, temporal_ui=temporal.ui_url, **chosen)


def _tell_moved_ports(urls: StackUrls, ports: StackPorts, say: Callable[[str], None]) -> None:
    wanted = {
        "Temporal": (ports.temporal, urls.temporal_address),
        "the Temporal UI": (ports.temporal_ui, urls.temporal_ui),
        "Jira": (ports.jira, urls.jira),
        "the effects endpoint": (ports.effects, urls.effects),
        "the desk": (ports.desk, urls.desk),
    }
    for name, (preferred, url) in wanted.items():
        if preferred and not url.endswith(f":{preferred}"):
            say(f"Port {preferred} is taken; {name} is at {url}.")


def _tell_ignored_variables(say: Callable[[str], None]) -> None:
    """The local stack is whole by itself; somebody who named other servers should know."""
    for name in ("TEMPORAL_ADDRESS", "TEMPORAL_PROFILE", "JIRA_URL"):
        if os.environ.get(name):
            say(f"{name} is set, but the local stack uses its own server; unset it to look there.")


def _variables(settings: Settings, urls: StackUrls, webhook_secret: str) -> dict[str, str]:
    variables = {
        "TEMPORAL_ADDRESS": urls.temporal_address,
        "TEMPORAL_NAMESPACE": "default",
        # A profile on this machine may ask for TLS or a key, which the local server has not.
        "TEMPORAL_CONFIG_FILE": "/dev/null",
        "JIRA_URL": urls.jira,
        "JIRA_SITE_URL": urls.jira,
        "JIRA_USER": LOCAL_JIRA_USER,
        "JIRA_TOKEN": LOCAL_JIRA_TOKEN,
        "JIRA_KIND": "cloud",
        "JIRA_PROJECT": settings.jira.project,
        "JIRA_WEBHOOK_SECRET": webhook_secret,
        "FOLLOWTHROUGH_DATA_DIR": str(settings.data_dir),
        "FOLLOWTHROUGH_POLICIES": str(settings.policies),
        "FOLLOWTHROUGH_LEDGER_URL": settings.ledger_url.get_secret_value(),
        "FOLLOWTHROUGH_LEDGER_KEYS": str(settings.ledger_keys),
        "FOLLOWTHROUGH_DESK_PORT": urls.desk.rpartition(":")[2],
        "FOLLOWTHROUGH_DESK_URL": urls.desk,
        "FOLLOWTHROUGH_TEMPORAL_UI_URL": urls.temporal_ui,
        "FOLLOWTHROUGH_CLOCK_SCALE": repr(settings.clock_scale),
        "FOLLOWTHROUGH_SIGNING_KEY_FILE": str(settings.signing_key_file),
        **dict.fromkeys(EFFECTS_VARIABLES, urls.effects),
        "FOLLOWTHROUGH_ALLOW_UNPROVEN_DECISIONS": str(settings.allow_unproven_decisions).lower(),
        "FOLLOWTHROUGH_DRY_RUN": str(settings.dry_run).lower(),
        "FOLLOWTHROUGH_LOG_FORMAT": settings.log_format,
        "FOLLOWTHROUGH_TASK_QUEUE": settings.task_queue,
    }
    files = {
        "FOLLOWTHROUGH_CUSTOMERS": settings.customers,
        "FOLLOWTHROUGH_USAGE": settings.usage,
        "FOLLOWTHROUGH_PAYLOAD_KEYS_FILE": settings.payload_keys_file,
    }
    variables |= {name: str(file) for name, file in files.items() if file is not None}
    return variables


def _parts(settings: Settings, urls: StackUrls, temporal: TemporalServerPlan) -> dict[str, Part]:
    data_dir, logs = settings.data_dir, settings.data_dir / LOGS
    address, queue = urls.temporal_address, settings.task_queue

    def module(name: str, *options: str) -> tuple[str, ...]:
        # -P: a file in the current directory must not stand in for one of our modules.
        return (sys.executable, "-P", "-m", name, *options)

    def with_port(name: str, url: str, directory: Path) -> tuple[str, ...]:
        return module(name, "--port", url.rpartition(":")[2], "--data-dir", str(directory))

    return {
        "temporal": Part(
            "temporal",
            temporal.command,
            logs / "temporal.log",
            lambda _started: temporal_server_is_ready(address),
        ),
        "jira": Part(
            "jira",
            with_port("local_jira", urls.jira, data_dir / "jira"),
            logs / "jira.log",
            lambda _started: answers(f"{urls.jira}/rest/api/3/serverInfo"),
        ),
        "effects": Part(
            "effects",
            with_port("runtime.effects_stand_in", urls.effects, data_dir),
            logs / "effects.log",
            lambda _started: answers(urls.effects),
        ),
        "worker": Part(
            "worker",
            module("worker"),
            logs / "worker.log",
            lambda started: task_queue_is_polled(address, queue, since=started),
            stop_seconds=DRAIN_SECONDS,
        ),
        "desk": Part(
            "desk",
            module("desk"),
            logs / "desk.log",
            lambda _started: answers(urls.desk),
        ),
    }


def answers(url: str) -> bool:
    """Whether a server answers there without an error of its own."""
    try:
        return httpx.get(url, timeout=ASK_SECONDS, trust_env=False).status_code < 500
    except httpx.HTTPError:
        return False
