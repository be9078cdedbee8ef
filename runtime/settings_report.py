"""What is in force and where it came from, for `followthrough settings`; secrets stay hidden."""

from __future__ import annotations

import difflib
import os
from pathlib import Path

from dotenv import dotenv_values
from pydantic import SecretStr
from pydantic_settings import BaseSettings
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from models.base import Frozen
from runtime.payload_keys import read_payload_keys
from runtime.problems import WrongSettings
from runtime.setting_values import variable_name
from runtime.settings import JiraSettings, Settings, TemporalSettings
from runtime.stack_file import running_stack_variables

HIDDEN = "(set, hidden)"
TEMPORAL_VARIABLES = {
    "address": "TEMPORAL_ADDRESS",
    "namespace": "TEMPORAL_NAMESPACE",
    "profile": "TEMPORAL_PROFILE",
}


class SettingLine(Frozen):
    """One setting: its variable, the value a person may see, its source and its meaning.

    `source` is `environment`, `running stack`, `Temporal profile` or `default`.
    """

    variable: str
    value: str | None
    source: str
    meaning: str


class SettingsReport(Frozen):
    """All settings in force, and variables that look like ours but set nothing."""

    settings: tuple[SettingLine, ...]
    notices: tuple[str, ...]


def settings_report(settings: Settings) -> SettingsReport:
    """List what is in force; values of secrets, and passwords in addresses, are left out."""
    stack_file = running_stack_variables(settings.data_dir)
    supplied = dotenv_values(stack_file) if stack_file is not None else {}
    lines = [
        *_temporal_lines(settings, supplied),
        *_lines(settings.jira, JiraSettings, supplied),
        *_lines(settings, Settings, supplied),
    ]
    return SettingsReport(
        settings=tuple(lines), notices=_notices({line.variable for line in lines})
    )


def _source(variable: str, supplied: dict[str, str | None]) -> str:
    if os.environ.get(variable):
        return "environment"
    return "running stack" if supplied.get(variable) else "default"


def _temporal_lines(settings: Settings, supplied: dict[str, str | None]) -> list[SettingLine]:
    profile_values = {
        "address": settings.temporal.address_in_profile,
        "namespace": settings.temporal.namespace_in_profile,
    }
    lines = []
    for field, variable in TEMPORAL_VARIABLES.items():
        source = _source(variable, supplied)
        if source == "default" and profile_values.get(field):
            source = "Temporal profile"
        lines.append(
            SettingLine(
                variable=variable,
                value=getattr(settings.temporal, field),
                source=source,
                meaning=TemporalSettings.model_fields[field].description or "",
            )
        )
    return lines


def _lines(
    values: BaseSettings, kind: type[BaseSettings], supplied: dict[str, str | None]
) -> list[SettingLine]:
    return [
        SettingLine(
            variable=variable_name(kind, field),
            value=_shown(field, getattr(values, field)),
            source=_source(variable_name(kind, field), supplied),
            meaning=info.description or "",
        )
        for field, info in kind.model_fields.items()
        if field not in ("temporal", "jira")
    ]


def _shown(field: str, value: object) -> str | None:
    if field == "payload_keys_file":
        return _encryption(value) if isinstance(value, Path) else "off"
    if value is None:
        return None
    if field == "ledger_url" and isinstance(value, SecretStr):
        try:
            return make_url(value.get_secret_value()).render_as_string(hide_password=True)
        except ArgumentError:
            return HIDDEN
    if isinstance(value, SecretStr):
        return HIDDEN
    return str(value).lower() if isinstance(value, bool) else str(value)


def _encryption(file: Path) -> str:
    """Which key encrypts; nothing of the key itself."""
    try:
        return f"on, key {read_payload_keys(file).active.key_id}, {file}"
    except WrongSettings:
        return f"{file} (cannot be used)"


def _notices(known: set[str]) -> tuple[str, ...]:
    """A misspelt variable sets nothing and says nothing; name it and the likely right one."""
    notices = []
    for name in sorted(os.environ):
        if name.startswith("FOLLOWTHROUGH_") and name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean {close[0]}?" if close else ""
            notices.append(f"{name} sets nothing.{hint}")
    return tuple(notices)
