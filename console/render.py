"""Tables and pages of the terminal. Every text is shown as it is, never read as markup."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from desk.approval_view import missing, open_to, remedy_of, stages
from desk.clock_view import clock_late, clock_stands, shows_due
from desk.examining.checks import Examination, Health
from desk.listing import ItemList, ListedItem
from desk.wording import duration, moment, money, words
from models.approval import ActionStatus, RefusedBallot
from models.effects import ExceptionStatus
from models.messages import ItemStatus, OpenActionStatus, Timeline
from policies.lifecycle.words import effect_note
from policies.request_digest import short

if TYPE_CHECKING:
    from runtime.settings_report import SettingsReport

NOTHING_WAITS = "Nothing waits for anybody."
_LATE = "bold red"
_SOON = "yellow"
_QUIET = "dim"
_HEALTH_STYLES = {
    Health.OK: "green",
    Health.NOTE: "cyan",
    Health.WRONG: "bold red",
    Health.UNREACHABLE: "bold red",
}


def examination_table(examination: Examination) -> Table:
    """How each part is, with the next step below what is not well."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column()
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for finding in examination.findings:
        text = Text(finding.what)
        if finding.remedy:
            text.append(f"\n→ {finding.remedy}")
        health = Text(finding.health, style=_HEALTH_STYLES[finding.health])
        table.add_row(health, Text(finding.part), text)
    return table


def queue_table(listed: ItemList, *, now: datetime, empty: str = NOTHING_WAITS) -> RenderableType:
    """What waits and for whom; `empty` is said of an empty list."""
    if not listed.items and listed.total:
        return Text(f"The list ends at {listed.total}; choose a smaller --offset.")
    if not listed.items:
        return Text(empty)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("Key", "Sev", "Waits for", "Whom", "Due", "What"):
        table.add_column(heading, overflow="fold")
    for item in listed.items:
        table.add_row(*_queue_row(item, now))
    shown = len(listed.items)
    if listed.total == shown:
        return table
    count = f"{listed.total}+" if listed.capped else str(listed.total)
    return Group(table, Text(f"{shown} of {count} shown; see --limit and --offset.", style=_QUIET))


def _queue_row(item: ListedItem, now: datetime) -> tuple[Text, ...]:
    status = item.status
    due = item.due_at if status is None else status.due_at
    return (
        Text(item.workflow_id if status is None else status.issue_key, style="bold"),
        Text(item.severity or ""),
        Text(words(item.awaiting or "")),
        Text(", ".join(status.awaited) if status else (item.owner or "")),
        _due(due, item, now),
        Text(_about(status)) if status else Text(item.problem or "", style=_QUIET),
    )


def _about(status: ItemStatus) -> str:
    """The category, and what is asked for on the item just now."""
    asked = [
        f"{words(action.kind)} {money(action.amount)}".strip()
        + (" stands still" if action.stuck else "")
        for action in status.actions
        if action.outcome is None or action.stuck
    ]
    in_force = [
        f"exception until {moment(action.ends_at)}"
        for action in status.actions
        if action.ends_at is not None and not action.ended
    ]
    return ", ".join([words(status.category or "not triaged yet"), *asked, *in_force])


def _due(due: datetime | None, item: ListedItem, now: datetime) -> Text:
    if due is None:
        if item.status is not None and item.status.outcome is not None:
            return Text("decided", style=_QUIET)
        return (
            Text("breached", style=_LATE) if item.breached else Text("no clock runs", style=_QUIET)
        )
    left = int((due - now).total_seconds())
    if left < 0:
        return Text(f"{duration(-left)} late", style=_LATE)
    return Text(f"in {duration(left)}", style=_SOON if left < 3600 else "")


def item_page(status: ItemStatus, timeline: Timeline | None, *, now: datetime) -> RenderableType:
    """One item as a page."""
    parts: list[RenderableType] = [_heading(status), Text(status.summary), Text()]
    if status.clock_scale != 1:
        parts.insert(0, Text(f"Clocks run {status.clock_scale:g} times faster.", style=_SOON))
    if status.unproven_allowed:
        parts.insert(0, Text("Decisions without proof are accepted here.", style=_LATE))
    if status.parked:
        parts += [Text(f"Parked: {status.parked}", style=_LATE), Text(f"  {status.remedy or ''}")]
    parts += [_facts(status), Text(), _clocks(status, now)]
    if status.actions:
        parts += [Text(), _actions(status.actions)]
    if timeline is not None:
        parts += [Text(), timeline_table(timeline)]
    return Group(*parts)


def _heading(status: ItemStatus) -> Text:
    severity = f"{status.severity} · " if status.severity else ""
    return Text(f"{status.issue_key} · {severity}{words(status.stage)}", style="bold")


def _grid(rows: Iterable[tuple[str, str]]) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style=_QUIET)
    grid.add_column(overflow="fold")
    for name, value in rows:
        if value:
            grid.add_row(Text(name), Text(value))
    return grid


def _facts(status: ItemStatus) -> Table:
    unsure = " (unsure; a person should look)" if status.triage_unsure else ""
    rung = f"{status.ladder_level}, {status.ladder_rung}" if status.ladder_rung else ""
    awaited = ", ".join(status.awaited)
    return _grid(
        (
            ("waits for", f"{words(status.awaiting)}{': ' if awaited else ''}{awaited}"),
            ("category", f"{status.category or ''}{unsure}"),
            ("owner", status.owner or ""),
            ("segment", status.segment or ""),
            ("due", moment(status.due_at) if status.due_at and not status.outcome else ""),
            ("breached", "yes" if status.breached else ""),
            ("ladder", rung),
            ("taken on by", status.acknowledged_by or ""),
            ("outcome", words(status.outcome) if status.outcome else ""),
            ("resolution", words(status.resolution) if status.resolution else ""),
            ("policy", (status.policy_version or "")[:12]),
        )
    )


def _clocks(status: ItemStatus, now: datetime) -> RenderableType:
    if not status.clocks:
        return Text("No clock runs.", style=_QUIET)
    decided = status.outcome is not None
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("Clock", "Stands", "Due"):
        table.add_column(heading)
    for clock in status.clocks:
        stands = Text(
            clock_stands(clock, now, decided),
            style=_LATE if clock_late(clock, now, decided) else "",
        )
        due = moment(clock.due_at) if clock.due_at and shows_due(clock, decided) else ""
        table.add_row(Text(words(clock.name)), stands, Text(due))
    return table


def _actions(actions: tuple[OpenActionStatus, ...]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("Request", "Kind", "Amount", "Asked by", "Stands", "What"):
        table.add_column(heading, overflow="fold")
    for action in actions:
        table.add_row(
            Text(action.request_id),
            Text(words(action.kind)),
            Text(money(action.amount)),
            Text(action.proposed_by),
            _stands(action),
            Text(action.summary),
        )
    return table


def _stands(action: OpenActionStatus) -> Text:
    """How a request stands; an exception in force says until when."""
    if action.stuck:
        return Text(f"stands still: {action.stuck}", style=_LATE)
    said = words(action.outcome) if action.outcome else "waits"
    if action.ends_at is not None:
        said += ", ended" if action.ended else f", in force until {moment(action.ends_at)}"
    return Text(f"{said}, dry run" if action.dry_run else said, style=_SOON)


def exceptions_table(exceptions: Iterable[ExceptionStatus]) -> RenderableType:
    """Exceptions from policy that are in force, soonest to end first."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("Key", "Request", "In force until", "What"):
        table.add_column(heading, overflow="fold")
    for one in exceptions:
        stuck = f"should have ended: {one.stuck.failure}" if one.stuck else ""
        table.add_row(
            Text(one.issue_key, style="bold"),
            Text(one.request_id),
            Text(stuck or moment(one.ends_at), style=_LATE if stuck else ""),
            Text(one.summary),
        )
    return Group(Text(), Text("Exceptions from policy", style="bold"), table)


def timeline_table(timeline: Timeline) -> Table:
    """What happened, oldest first."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("When", "Who", "What"):
        table.add_column(heading, overflow="fold")
    if timeline.earlier_events:
        table.add_row("", "", Text(f"{timeline.earlier_events} earlier events", style=_QUIET))
    for event in timeline.events:
        table.add_row(moment(event.at), Text(event.person or ""), Text(event.summary))
    return table


def request_page(status: ActionStatus) -> RenderableType:
    """A request as an approval card."""
    proposal, plan = status.proposal, status.plan
    votes = "; ".join(
        f"{vote.person}{f' for {vote.on_behalf_of}' if vote.on_behalf_of else ''}: "
        f"{vote.choice}{f' ({vote.reason})' if vote.reason else ''}"
        for vote in status.votes
    )
    rows = [
        ("what", proposal.summary),
        ("kind", words(proposal.kind)),
        ("whom", proposal.subject),
        ("how much", money(proposal.amount)),
        *(
            (words(name), str(value))
            for name, value in proposal.parameters.model_dump(
                mode="json", exclude_none=True
            ).items()
        ),
        ("evidence", ", ".join(proposal.evidence)),
        ("asked by", proposal.proposed_by.person),
        ("stands", words(status.outcome) if status.outcome else "waits"),
        ("votes", votes),
        ("effect", effect_note(status.effect).replace("*", "") if status.effect else ""),
        ("stands still", f"{status.stuck}: {remedy_of(status)}" if status.stuck else ""),
    ]
    if plan is not None:
        rows += [
            ("hash", short(status.digest)),
            ("rule", plan.explanation),
            *(("stage", f"{one.name}: {one.state}. {one.words}") for one in stages(status)),
            ("may vote now", ", ".join(open_to(status))),
            ("missing", missing(status)),
            ("may not", "; ".join(f"{one.person}: {one.why}" for one in plan.excluded)),
            ("delegated", _delegated(status)),
            (
                "expires",
                moment(status.stage_clock.expires_at if status.stage_clock else plan.expires_at),
            ),
            ("did not count", "; ".join(_not_counted(one) for one in status.refused)),
        ]
    return Group(Text(f"Request {proposal.request_id}", style="bold"), _grid(rows))


def _delegated(status: ActionStatus) -> str:
    lent = (*(status.plan.delegations if status.plan else ()), *status.delegations)
    return "; ".join(
        f"{one.delegate} for {one.principal} until {moment(one.until)}" for one in lent
    )


def _not_counted(ballot: RefusedBallot) -> str:
    return f"{ballot.person} to {ballot.choice} at {moment(ballot.at)} ({ballot.why})"


def settings_table(report: SettingsReport) -> Table:
    """Every setting with its value, its source and its meaning."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("Variable", "Value", "From", "Meaning"):
        table.add_column(heading, overflow="fold")
    for line in report.settings:
        table.add_row(
            Text(line.variable),
            Text("unset" if line.value is None else line.value),
            Text(line.source, style=_QUIET if line.source == "default" else ""),
            Text(line.meaning, style=_QUIET),
        )
    return table
