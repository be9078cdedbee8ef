"""Which column of another tool's file means what; the shape of `--columns FILE.yaml`."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator

from models.lifecycle import Severity
from policies.documents.base import Document, Name
from policies.validation import validate
from policies.yaml_source import parse


def zone_name(written: str) -> str:
    """The name of a time zone as it is. Raises ValueError for any other word."""
    try:
        ZoneInfo(written)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("is no time zone; write one such as Europe/Berlin") from None
    return written


class HistoryColumns(Document):
    """One row of the file is one change of an item; the rows of an item stand together.

    The last row of an item holds what was recorded of it in the end.
    """

    key: Name = "number"
    """The column with the item's name."""
    sequence: Name | None = "sys_mod_count"
    """The column that numbers an item's rows; left out, they are in order as they stand."""
    opened_at: Name = "opened_at"
    """The column with the moment at which the item began."""
    updated_at: Name = "sys_updated_at"
    """The column with the moment of the row's change."""
    status: Name = "incident_state"
    """The column with the status after the change."""
    priority: Name = "priority"
    """The column with what becomes the severity."""
    category: Name | None = "category"
    """The column with the category; left out, every item has the policy's fallback category."""
    resolved_at: Name | None = "resolved_at"
    """The column with the recorded moment of resolution."""
    closed_at: Name | None = "closed_at"
    """The column with the recorded moment of closing."""
    in_time: Name | None = "made_sla"
    """The column with the recorded verdict."""
    yes: tuple[str, ...] = ("true", "1", "yes")
    """What that column says when the promise was kept; upper and lower case are the same."""
    no: tuple[str, ...] = ("false", "0", "no")
    """What it says when the promise was broken. Anything else is no verdict."""
    zone: Annotated[str, AfterValidator(zone_name)] = "UTC"
    """The zone of moments that are written without one."""
    moments: str | None = None
    """How moments are written, such as %d/%m/%Y %H:%M; left out, as in ISO 8601."""
    empty: tuple[str, ...] = ("", "?")
    """What a cell without a value holds."""
    pausing: tuple[Name, ...] = (
        "Awaiting User Info",
        "Awaiting Vendor",
        "Awaiting Problem",
        "Awaiting Evidence",
    )
    """Statuses in which the clocks stand still."""
    resolved: tuple[Name, ...] = ("Resolved", "Closed")
    """Statuses of an item that is decided; leaving them for another one is a reopening."""
    severities: dict[str, Severity] = {
        "1 - Critical": Severity.S1,
        "2 - High": Severity.S2,
        "3 - Moderate": Severity.S3,
        "4 - Low": Severity.S4,
        "5 - Planning": Severity.S4,
    }
    """What each priority means here."""
    categories: dict[str, str] = {}
    """What their categories are called here; others are the policy's fallback category."""
    segment: Name = "standard"
    """The segment of every customer in the file."""

    def wanted(self) -> tuple[str, ...]:
        """Every column that the file must have."""
        named = (
            self.key,
            self.sequence,
            self.opened_at,
            self.updated_at,
            self.status,
            self.priority,
            self.category,
            self.resolved_at,
            self.closed_at,
            self.in_time,
        )
        return tuple(name for name in named if name is not None)


SERVICENOW = HistoryColumns()
"""The log of changes that ServiceNow writes of incidents."""


def columns_of(name: str, text: str) -> HistoryColumns:
    """Read a file of columns; what it leaves out is as ServiceNow writes it.

    Raises `PolicyError` with every problem and its place.
    """
    return validate(parse(name, text), HistoryColumns)
