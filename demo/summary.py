"""What a run comes to: the figures, and the calm page that a visitor reads at the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from demo.reading_back.doubles import find_doubles
from demo.reading_back.evidence import Evidence
from demo.reading_back.losses import find_losses
from demo.reading_back.paths import count_paths, seen_on, worker_processes
from demo.script import Script
from models.events import EventKind
from models.lifecycle import Stage
from runtime.stack_plan import StackUrls

KILLED = "worker killed"
SHOWN_PROBLEMS = 12


@dataclass(frozen=True)
class Planned:
    """What a run set out to show. `keys` names the issue of each item of a script."""

    sent: int
    script: Script | None = None
    keys: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Summary:
    """The figures of one run, all of them read back. `seconds` is the time the items took."""

    items_in: int
    decided: int
    waiting: int
    deleted: int
    by_path: dict[str, int]
    jira_calls_per_item: float
    temporal_actions_per_item: float
    doubles: tuple[str, ...]
    lost: tuple[str, ...]
    missing: tuple[str, ...]
    seconds: float
    clock_scale: float

    @property
    def sound(self) -> bool:
        """Nothing doubled, nothing lost, and everything planned was seen."""
        return not (self.doubles or self.lost or self.missing)

    def as_json(self) -> dict[str, Any]:
        """The object that `JSON=1` prints."""
        return {
            "items_in": self.items_in,
            "decided": self.decided,
            "waiting": self.waiting,
            "deleted": self.deleted,
            "by_path": self.by_path,
            "jira_calls_per_item": self.jira_calls_per_item,
            "temporal_actions_per_item": self.temporal_actions_per_item,
            "doubles": len(self.doubles),
            "lost": len(self.lost),
            "problems": [*self.doubles, *self.lost, *self.missing],
            "seconds": round(self.seconds, 1),
            "items_per_second": round(self.items_in / self.seconds, 2) if self.seconds else 0.0,
            "clock_scale": self.clock_scale,
        }


def summarise(
    evidence: Evidence,
    planned: Planned,
    team: frozenset[str],
    *,
    troubles: tuple[str, ...],
    seconds: float,
    clock_scale: float,
) -> Summary:
    """The figures out of the evidence; `troubles` are what the played people met on the way."""
    items = evidence.items.values()
    count = max(len(evidence.items), 1)
    gone = sum(bool(item.all_of(EventKind.ISSUE_GONE)) for item in items)
    decided = sum(
        item.status is not None
        and item.status.outcome is not None
        and item.status.stage in (Stage.WATCH, Stage.CLOSE)
        for item in items
    )
    actions = sum(sum(item.actions.values()) for item in items)
    actions += sum(sum(request.actions.values()) for request in evidence.requests.values())
    paths = {name: seen for name, seen in count_paths(evidence).items() if seen}
    if worker_processes(evidence) > 1:
        paths[KILLED] = sum(len(item.workers) > 1 for item in items)
    return Summary(
        items_in=len(evidence.items),
        decided=decided,
        waiting=len(evidence.items) - decided - gone,
        deleted=gone,
        by_path=dict(sorted(paths.items())),
        jira_calls_per_item=round(evidence.jira_calls / count, 2),
        temporal_actions_per_item=round(actions / count, 2),
        doubles=tuple(find_doubles(evidence)),
        lost=tuple(find_losses(evidence, team, planned.sent)),
        missing=tuple(_missing(evidence, planned, paths, troubles)),
        seconds=seconds,
        clock_scale=clock_scale,
    )


def _missing(
    evidence: Evidence, planned: Planned, paths: dict[str, int], troubles: tuple[str, ...]
) -> list[str]:
    if planned.script is None:
        undecided = planned.sent - _decided_count(evidence)
        told = [f"{undecided} of {planned.sent} items were not decided"] if undecided > 0 else []
        return [*told, *troubles]
    missing = list(troubles)
    if KILLED not in paths:
        missing.append("no item outlived a killed worker")
    ids = {item.status.issue_key: name for name, item in evidence.items.items() if item.status}
    for item in planned.script.items:
        key = planned.keys.get(item.name, "")
        for path in item.shows:
            if not seen_on(evidence, ids.get(key, ""), path):
                missing.append(f"{item.name} ({key or 'never written'}) was not seen on: {path}")
    return missing


def _decided_count(evidence: Evidence) -> int:
    return sum(
        item.status is not None and item.status.outcome is not None
        for item in evidence.items.values()
    )


def page(summary: Summary, planned: Planned, urls: StackUrls | None) -> str:
    """The summary as a person reads it; `urls` is None when the servers are about to stop."""
    came = "piece" if summary.items_in == 1 else "pieces"
    lines = [
        "",
        f"  {summary.items_in} {came} of feedback came in through Jira: {summary.decided} decided, "
        f"{summary.waiting} waiting, {summary.deleted} deleted by a person.",
        f"  {summary.jira_calls_per_item:g} Jira calls and {summary.temporal_actions_per_item:g} "
        f"Temporal actions an item; {summary.seconds:.0f} s in all "
        f"({summary.items_in / max(summary.seconds, 1):.1f} items a second).",
        f"  Read back from Jira, Temporal and the effects endpoint: "
        f"{len(summary.doubles)} doubled, {len(summary.lost)} lost.",
        "",
        "  Seen on the way",
    ]
    seen = {_TITLES.get(name, name): count for name, count in summary.by_path.items()}
    width = max((len(name) for name in seen), default=0)
    lines += [f"    {name:<{width}}  {count:>3}" for name, count in seen.items()]
    lines += _worth_a_look(planned, urls)
    problems = [*summary.doubles, *summary.lost, *summary.missing]
    if problems:
        lines += ["", "  Not as it should be"]
        lines += [f"    {problem}" for problem in problems[:SHOWN_PROBLEMS]]
        if len(problems) > SHOWN_PROBLEMS:
            lines.append(f"    and {len(problems) - SHOWN_PROBLEMS} more")
    return "\n".join([*lines, ""])


_TITLES = {KILLED: "in flight when the worker was killed"}
_STORIES = {
    "refund-yearly-plan": "a refund that two people approved while the worker was killed",
    "clinic-is-down": "an outage that climbed to an executive, with leave",
    "notes-are-gone": "a customer who came back angry: reopened and decided anew",
    "forget-me": "a deletion that was asked for by rule and approved by security",
    "charged-twice-1": "one bug in five people's words, four of them duplicates",
}


def _worth_a_look(planned: Planned, urls: StackUrls | None) -> list[str]:
    browse = f"{urls.jira}/browse/" if urls else ""
    told = [
        f"    {browse}{planned.keys[name]}  {story}"
        for name, story in _STORIES.items()
        if name in planned.keys
    ]
    title = "Worth a look" if urls else "What these were (the servers stop now)"
    return ["", f"  {title}", *told] if told else []
