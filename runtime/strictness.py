"""What is for trying out only, and refused where `FOLLOWTHROUGH_STRICT` is set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from runtime.setting_values import is_loopback, is_private


def for_trying_out(values: Mapping[str, Any]) -> tuple[str, ...]:
    """The settings among these that nobody should run real feedback with, each with its remedy.

    `values` are those of `Settings` by field; one that is missing was wrong by itself.
    """
    return tuple(_found(values))


def _found(values: Mapping[str, Any]) -> Iterator[str]:
    if values.get("payload_keys_file", "") is None:
        yield "payloads in Temporal are not encrypted (set FOLLOWTHROUGH_PAYLOAD_KEYS_FILE)"
    if values.get("oidc_issuer", "") is None:
        yield "people sign in with passwords kept on this machine (set FOLLOWTHROUGH_OIDC_ISSUER)"
    if values.get("allow_unproven_decisions"):
        yield "decisions count without proof (unset FOLLOWTHROUGH_ALLOW_UNPROVEN_DECISIONS)"
    if values.get("clock_scale", 1) != 1:
        yield "clocks do not run in real time (unset FOLLOWTHROUGH_CLOCK_SCALE)"
    yield from _in_the_clear(values)


def _in_the_clear(values: Mapping[str, Any]) -> Iterator[str]:
    """What goes to another machine unencrypted."""
    jira, temporal = values.get("jira"), values.get("temporal")
    addresses = {
        "JIRA_URL": getattr(jira, "url", None),
        "FOLLOWTHROUGH_DESK_URL": values.get("desk_url"),
        "FOLLOWTHROUGH_EFFECTS_URL": values.get("effects_url"),
        "FOLLOWTHROUGH_BILLING_URL": values.get("billing_url"),
        "FOLLOWTHROUGH_FLAGS_URL": values.get("flags_url"),
        "FOLLOWTHROUGH_ACCOUNTS_URL": values.get("accounts_url"),
    }
    for variable, address in addresses.items():
        if address is not None and not is_private(address):
            yield f"{variable} is not encrypted on its way (use https://)"
    if temporal is not None and not _is_sealed(temporal.address, temporal.connect_config):
        yield "Temporal is reached without TLS (set TEMPORAL_TLS, or a profile with it)"


def _is_sealed(address: str, connect_config: Mapping[str, Any]) -> bool:
    host = address.rpartition(":")[0].strip("[]")
    return is_loopback(host) or bool(connect_config.get("tls"))
