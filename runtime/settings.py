"""Every setting of the product, where it came from, and what to do about a wrong one.

Three families of variables: `TEMPORAL_*` (read by the Temporal SDK itself, so its profiles and
its file work too), `JIRA_*` and `FOLLOWTHROUGH_*`. A local stack that is running in the data
directory supplies what the environment leaves out, so a second terminal finds it without help.
"""

from __future__ import annotations

import math
import os
import re
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError
from temporalio.envconfig import ClientConfig, ClientConnectConfig

from models.names import DEFAULT_TASK_QUEUE
from runtime.ports import DEFAULT_DESK_PORT, DEFAULT_JIRA_PORT, DEFAULT_TEMPORAL_PORT
from runtime.problems import WrongSettings
from runtime.setting_values import (
    AbsolutePath,
    DatabaseUrl,
    HttpUrl,
    JiraUrl,
    SmtpUrl,
    absolute,
    is_loopback,
    is_private,
    sentences,
)
from runtime.stack_file import running_stack_variables
from runtime.strictness import for_trying_out

MAIL_ADDRESS = re.compile(r"[^@\s<>,;:\"()]{1,64}@[A-Za-z0-9.-]{1,190}")
SHIPPED_POLICIES = Path(__file__).resolve().parent.parent / "policies" / "default"


class TemporalSettings(BaseModel):
    """How to reach Temporal; the SDK's profile decides, this shows what it decided."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    address: str = Field(description="host:port of the Temporal frontend")
    namespace: str = Field(description="Temporal namespace")
    profile: str | None = Field(default=None, description="Temporal profile in force")
    address_in_profile: bool = Field(default=False, exclude=True)
    namespace_in_profile: bool = Field(default=False, exclude=True)
    connect_config: ClientConnectConfig = Field(repr=False, exclude=True)
    """Arguments for `Client.connect` (with credentials: never print it)."""


class JiraSettings(BaseSettings):
    """How to reach Jira, and the secret its webhooks are signed with."""

    model_config = SettingsConfigDict(
        env_prefix="JIRA_", frozen=True, extra="ignore", env_ignore_empty=True
    )

    url: JiraUrl = Field(
        default=f"http://127.0.0.1:{DEFAULT_JIRA_PORT}",
        description="address of Jira, such as https://example.atlassian.net, or for scoped tokens "
        "and OAuth https://api.atlassian.com/ex/jira/CLOUDID",
    )
    site_url: HttpUrl = Field(
        default_factory=lambda known: known["url"],
        description="address at which people open Jira; only behind a gateway another than JIRA_URL",
    )
    user: str = Field(
        default="",
        description="account e-mail (API token), or empty (personal access token or OAuth, both "
        "sent as bearer)",
    )
    token: SecretStr | None = Field(
        default=None, description="API token, personal access token or OAuth access token"
    )
    kind: Literal["cloud", "datacenter"] = Field(
        default="cloud", description="which Jira it is: cloud or datacenter"
    )
    project: str = Field(
        default="FT",
        pattern=r"^[A-Z][A-Z0-9_]{1,79}$",
        description="project key, such as FT",
    )
    webhook_secret: SecretStr | None = Field(
        default=None, description="secret shared with Jira's admin webhook"
    )


class Settings(BaseSettings):
    """Everything in force for one process. Made by `load_settings`, passed on, never global."""

    model_config = SettingsConfigDict(
        env_prefix="FOLLOWTHROUGH_",
        frozen=True,
        extra="ignore",
        env_ignore_empty=True,
        validate_default=True,
    )

    temporal: TemporalSettings
    jira: JiraSettings
    data_dir: AbsolutePath = Field(
        default=Path(".followthrough"), description="directory for databases, keys and logs"
    )
    policies: AbsolutePath = Field(
        default=SHIPPED_POLICIES, description="directory of the policy files"
    )
    ledger_url: DatabaseUrl = Field(
        default_factory=lambda known: _ledger_in(known["data_dir"]),
        description="SQLAlchemy address of the ledger",
    )
    desk_port: int = Field(
        default=DEFAULT_DESK_PORT, ge=1, le=65535, description="port of the desk, 1 to 65535"
    )
    desk_url: HttpUrl = Field(
        default_factory=lambda known: f"http://127.0.0.1:{known['desk_port']}",
        description="address people and Jira reach the desk at",
    )
    clock_scale: float = Field(
        default=1.0, gt=0, description="clocks run this many times faster; 1 except for trying out"
    )
    signing_key_file: AbsolutePath = Field(
        default_factory=lambda known: known["data_dir"] / "signing-key.pem",
        description="private key that proofs are signed with",
    )
    ledger_keys: AbsolutePath = Field(
        default_factory=lambda known: known["data_dir"] / "ledger-keys",
        description="directory of the keys that the ledger is sealed and its checkpoints are "
        "signed with",
    )
    payload_keys_file: AbsolutePath | None = Field(
        default=None,
        description="file of the keys that payloads in Temporal are encrypted with, made by "
        "`followthrough payload-keys rotate`; unset means that they are not encrypted",
    )
    temporal_ui_url: HttpUrl | None = Field(
        default=None,
        description="address at which people open the Temporal UI; the desk links to it, and its "
        "pages may ask the desk to decrypt payloads",
    )
    effects_url: HttpUrl | None = Field(
        default=None, description="address of the system that carries out actions"
    )
    billing_url: HttpUrl | None = Field(
        default=None, description="address for refunds and credits; unset means the effects address"
    )
    flags_url: HttpUrl | None = Field(
        default=None, description="address for feature flags; unset means the effects address"
    )
    accounts_url: HttpUrl | None = Field(
        default=None,
        description="address for account changes, data exports and deletions; unset means the "
        "effects address",
    )
    dry_run: bool = Field(
        default=False, description="true says what approved actions would send, and sends nothing"
    )
    smtp_url: SmtpUrl | None = Field(
        default=None,
        description="mail server for notices, smtp://host:587 (STARTTLS) or smtps://host:465",
    )
    smtp_user: str = Field(default="", description="account at the mail server, or empty")
    smtp_password: SecretStr | None = Field(
        default=None, description="password of that account at the mail server"
    )
    mail_from: str | None = Field(
        default=None, description="sender of notices by e-mail; needed with FOLLOWTHROUGH_SMTP_URL"
    )
    notice_webhook_hosts: str = Field(
        default="hooks.slack.com",
        description="hosts that the notice webhook may have, separated by commas",
    )
    notice_webhook_url: SecretStr | None = Field(
        default=None,
        description="webhook for notices (Slack's JSON); https, unless on this machine",
    )
    allow_unproven_decisions: bool = Field(
        default=False, description="true accepts decisions without proof; only for trying out"
    )
    oidc_issuer: HttpUrl | None = Field(
        default=None,
        description="OpenID Connect provider that people sign in to the desk with, such as "
        "https://login.example.com; unset means passwords kept on this machine",
    )
    oidc_client_id: str | None = Field(
        default=None,
        description="id of the desk at that provider; needed with FOLLOWTHROUGH_OIDC_ISSUER",
    )
    oidc_client_secret: SecretStr | None = Field(
        default=None, description="secret of the desk at that provider; unset for a public client"
    )
    log_format: Literal["json", "console"] = Field(
        default="json", description="how log lines look: json or console"
    )
    customers: AbsolutePath | None = Field(default=None, description="CSV file of customer facts")
    customers_url: HttpUrl | None = Field(
        default=None,
        description="address of a CSV of customer facts, read instead of FOLLOWTHROUGH_CUSTOMERS",
    )
    customers_token: SecretStr | None = Field(
        default=None, description="token that the address of customer facts wants (bearer)"
    )
    usage: AbsolutePath | None = Field(
        default=None, description="CSV file of how many people have a release"
    )
    language_model: str | None = Field(
        default=None,
        description="language model that is asked where triage is unsure, such as "
        "openai:gpt-5-mini; unset means that none is asked and no text leaves this machine for one",
    )
    language_model_calls_per_day: int = Field(
        default=200, ge=0, description="calls to the language model in a UTC day, at most"
    )
    language_model_tokens_per_day: int = Field(
        default=400_000, ge=0, description="tokens of the language model in a UTC day, at most"
    )
    language_model_timeout: float = Field(
        default=10.0,
        gt=0,
        le=60,
        description="seconds that an item waits for the language model, at most 60",
    )
    task_queue: str = Field(
        default=DEFAULT_TASK_QUEUE, min_length=1, description="Temporal task queue of the worker"
    )
    worker_versioning: bool = Field(
        default=False, description="true keeps items on the build of the worker that began them"
    )
    strict: bool = Field(
        default=False, description="true refuses to start with what is only for trying out"
    )

    @field_validator("clock_scale")
    @classmethod
    def _finite(cls, value: float) -> float:
        if not math.isfinite(value):
            raise ValueError("must be a finite number")
        return value

    @field_validator("mail_from")
    @classmethod
    def _sender_given(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None and info.data.get("smtp_url") is not None:
            raise ValueError("is not set, but FOLLOWTHROUGH_SMTP_URL is")
        if value is not None and not MAIL_ADDRESS.fullmatch(value):
            raise ValueError("must be an address such as followthrough@example.com")
        return value

    @field_validator("oidc_issuer", "customers_url")
    @classmethod
    def _private(cls, value: str | None) -> str | None:
        if value is not None and not is_private(value):
            raise ValueError("must start with https:// (http:// only to this machine)")
        return value

    @field_validator("oidc_client_id")
    @classmethod
    def _client_given(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None and info.data.get("oidc_issuer") is not None:
            raise ValueError("is not set, but FOLLOWTHROUGH_OIDC_ISSUER is")
        return value

    @field_validator("strict")
    @classmethod
    def _nothing_for_trying_out(cls, value: bool, info: ValidationInfo) -> bool:
        """The last of the fields, so that it sees all the others."""
        found = for_trying_out(info.data) if value else ()
        if found:
            raise ValueError(f"refuses this: {'; '.join(found)}")
        return value

    @field_validator("notice_webhook_url")
    @classmethod
    def _webhook_allowed(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        """Only hosts that somebody wrote down as allowed, and nothing in the clear over a network."""
        if value is None:
            return None
        parts = urlsplit(value.get_secret_value())
        if not is_private(value.get_secret_value()):
            raise ValueError("must start with https:// (http:// only to this machine)")
        allowed = str(info.data.get("notice_webhook_hosts", "")).split(",")
        if not is_loopback(parts.hostname) and parts.hostname not in [
            host.strip().lower() for host in allowed
        ]:
            raise ValueError("names a host that is not in FOLLOWTHROUGH_NOTICE_WEBHOOK_HOSTS")
        return value

    def with_data_dir(self, data_dir: Path) -> Self:
        """The same settings with everything that lies in the data directory moved along."""
        old, new = self.data_dir, absolute(data_dir)
        moved: dict[str, Any] = {"data_dir": new}
        if self.signing_key_file.parent == old:
            moved["signing_key_file"] = new / self.signing_key_file.name
        if self.ledger_keys.parent == old:
            moved["ledger_keys"] = new / self.ledger_keys.name
        if self.ledger_url.get_secret_value() == _ledger_in(old).get_secret_value():
            moved["ledger_url"] = _ledger_in(new)
        return self.model_copy(update=moved)


def _ledger_in(data_dir: Path) -> SecretStr:
    return SecretStr(f"sqlite:///{data_dir / 'ledger.db'}")


def load_settings() -> Settings:
    """Read the environment, then a running local stack, then Temporal's profile, then defaults.

    Raises `WrongSettings` with one sentence for each variable that cannot be used.
    """
    stack_file = running_stack_variables(chosen_data_dir())
    problems: list[str] = []
    temporal: TemporalSettings | None = None
    jira: JiraSettings | None = None
    settings: Settings | None = None
    try:
        temporal = load_temporal_settings(effective_variables(stack_file))
    except WrongSettings as problem:
        problems.append(problem.sentence())
    try:
        jira = JiraSettings(_env_file=stack_file)
    except (ValidationError, SettingsError) as error:
        problems.extend(sentences(error, JiraSettings))
    try:
        settings = Settings(
            _env_file=stack_file,
            temporal=temporal or _temporal_settings({}, {}),
            jira=jira or JiraSettings.model_construct(),
        )
    except (ValidationError, SettingsError) as error:
        problems.extend(sentences(error, Settings))
    if problems or settings is None:
        raise WrongSettings("\n".join(problems))
    return settings


def chosen_data_dir() -> Path:
    """The data directory before anything else is read: a running stack is looked for in it."""
    return absolute(Path(os.environ.get("FOLLOWTHROUGH_DATA_DIR") or ".followthrough"))


def effective_variables(stack_file: Path | None) -> dict[str, str]:
    """The process environment, completed by what a running local stack supplies."""
    supplied = dotenv_values(stack_file) if stack_file is not None else {}
    if any(os.environ.get(name) for name in ("TEMPORAL_PROFILE", "TEMPORAL_CONFIG_FILE")):
        # A profile somebody chose outranks the stack, whose address would override the profile's.
        supplied = {
            name: value for name, value in supplied.items() if not name.startswith("TEMPORAL_")
        }
    merged = {**supplied, **{name: value for name, value in os.environ.items() if value}}
    return {name: value for name, value in merged.items() if value is not None}


def load_temporal_settings(variables: dict[str, str]) -> TemporalSettings:
    """What the SDK's own configuration (profile file and `TEMPORAL_*`) comes to.

    Raises `WrongSettings` when the profile or its file cannot be used.
    """
    try:
        config = ClientConfig.load_client_connect_config(override_env_vars=variables)
    except (RuntimeError, OSError) as error:
        raise WrongSettings(
            f"the Temporal configuration cannot be used: {str(error).splitlines()[0]}.",
            where="TEMPORAL_PROFILE, TEMPORAL_CONFIG_FILE",
            remedy="Name a profile that exists, or unset both to use localhost.",
        ) from error
    return _temporal_settings(config, variables)


def _temporal_settings(config: ClientConnectConfig, variables: dict[str, str]) -> TemporalSettings:
    complete: ClientConnectConfig = {
        "target_host": f"localhost:{DEFAULT_TEMPORAL_PORT}",
        "namespace": "default",
        **config,
    }
    return TemporalSettings(
        address=complete["target_host"],
        namespace=complete["namespace"],
        profile=variables.get("TEMPORAL_PROFILE"),
        address_in_profile="target_host" in config and "TEMPORAL_ADDRESS" not in variables,
        namespace_in_profile="namespace" in config and "TEMPORAL_NAMESPACE" not in variables,
        connect_config=complete,
    )
