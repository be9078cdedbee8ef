"""What the value of a setting may look like, and what is said of one that does not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsError

DATABASE_ADDRESS = re.compile(r"[a-z0-9]+(\+[a-z0-9_]+)?://")
PASSWORD_IN_ADDRESS = re.compile(r"://[^/@]*@")
SMTP_PORTS = {"smtp": 587, "smtps": 465}
"""Scheme → the port that is meant when none is named."""
GATEWAY_HOST = "api.atlassian.com"
GATEWAY_PATH = re.compile(r"/ex/jira/[0-9A-Za-z-]+")


def _http_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must start with http:// or https:// and name a host")
    return value.rstrip("/")


def _jira_url(value: str) -> str:
    """Scoped tokens and OAuth go through Atlassian's gateway, which needs to know the site."""
    url = _http_url(value)
    parts = urlsplit(url)
    if parts.hostname == GATEWAY_HOST and not GATEWAY_PATH.fullmatch(parts.path):
        raise ValueError(f"must be like https://{GATEWAY_HOST}/ex/jira/CLOUDID")
    return url


def absolute(value: Path) -> Path:
    """The path from the root, so that it means the same from every directory."""
    return value.expanduser().resolve()


def _database_address(value: SecretStr) -> SecretStr:
    if not DATABASE_ADDRESS.match(value.get_secret_value()):
        raise ValueError("must be like sqlite:///path or postgresql+psycopg://user@host/name")
    return value


def _smtp_url(value: str) -> str:
    parts = urlsplit(value)
    try:
        usable = parts.scheme in SMTP_PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is none
        usable = False
    if not usable or parts.username or parts.path:
        raise ValueError("must be like smtp://host:587 or smtps://host:465, without a user")
    return value


def is_loopback(host: str | None) -> bool:
    """Whether this host is the machine itself, so that nothing can listen in between."""
    return host in ("127.0.0.1", "localhost", "::1")


def is_private(url: str) -> bool:
    """Whether nobody on the way can read what is sent there: encrypted, or this machine itself."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))


HttpUrl = Annotated[str, AfterValidator(_http_url)]
JiraUrl = Annotated[str, AfterValidator(_jira_url)]
AbsolutePath = Annotated[Path, AfterValidator(absolute)]
DatabaseUrl = Annotated[SecretStr, AfterValidator(_database_address)]
SmtpUrl = Annotated[str, AfterValidator(_smtp_url)]


def variable_name(kind: type[BaseSettings], field: str) -> str:
    """The environment variable that sets a field."""
    return f"{kind.model_config.get('env_prefix', '')}{field}".upper()


def sentences(error: ValidationError | SettingsError, kind: type[BaseSettings]) -> list[str]:
    """One sentence for each variable that is wrong; a secret's value is never repeated."""
    if isinstance(error, SettingsError):
        return [f"{error}. Correct the variable or unset it."]
    told = []
    for detail in error.errors():
        if detail["type"] == "default_factory_not_called":
            continue  # a consequence of another wrong value, which has its own sentence
        field = str(detail["loc"][0]) if detail["loc"] else ""
        info = kind.model_fields[field]
        value = f" is {detail['input']!r}"
        if "Secret" in str(info.annotation) or PASSWORD_IN_ADDRESS.search(value):
            value = ""
        reason = detail["msg"].removeprefix("Value error, ")
        meaning = info.description or "a value"
        told.append(
            f"{variable_name(kind, field)}{value}: {reason[:1].lower()}{reason[1:]}.\n"
            f"  What it sets: {meaning}. Correct it, or unset it for the default."
        )
    return told
