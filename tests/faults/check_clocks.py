"""Computes every clock again, second by second, and compares what was recorded and shown.

An oracle: it walks each second from the start and asks the zone what the clock on the wall shows.
It shares no code with what it checks. A clock is due at the end of the second that uses up its
target; a moment inside a second counts as that second's beginning.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.faults.evidence import Evidence, Finding, Happened, Issue, Json, Rules, Windows

LONGEST_WALK = 40 * 86_400
Pause = list[int | None]


@dataclass
class Hours:
    """Opening hours: windows of the weekdays as minutes of the local day, and days that differ."""

    zone: ZoneInfo
    windows: dict[int, Windows]
    holidays: frozenset[str] = frozenset()
    exceptions: dict[str, Windows] = field(default_factory=dict)
    always: bool = False
    _minutes: dict[int, bool] = field(default_factory=dict)

    @classmethod
    def written(cls, text: str, *, always: bool = False) -> Hours:
        """From the definition that an event recorded."""
        known = json.loads(text)
        return cls(
            zone=ZoneInfo(known["zone"]),
            windows={int(day): _pairs(hours) for day, hours in known["windows"].items()},
            holidays=frozenset(known.get("holidays") or ()),
            exceptions={d: _pairs(h) for d, h in (known.get("exceptions") or {}).items()},
            always=always,
        )

    def open(self, second: int) -> bool:
        """Whether it is working time in this second."""
        if self.always:
            return True
        minute = second // 60
        if minute not in self._minutes:
            self._minutes[minute] = self._open_in(minute)
        return self._minutes[minute]

    def _open_in(self, minute: int) -> bool:
        wall = datetime.fromtimestamp(minute * 60, UTC).astimezone(self.zone)
        shown = wall.hour * 60 + wall.minute
        today, before = wall.date(), wall.date() - timedelta(days=1)
        for start, end in self._of(today):
            if start <= shown < (end if end > start else 1440):
                return True
        return any(end <= start and shown < end for start, end in self._of(before))

    def _of(self, day: date) -> Windows:
        if day.isoformat() in self.exceptions:
            return self.exceptions[day.isoformat()]
        return () if day.isoformat() in self.holidays else self.windows.get(day.weekday(), ())


@dataclass
class Cycle:
    """One cycle of a clock, as its events tell it. Moments are whole seconds since 1970."""

    clock: str
    number: int
    target: int
    began: int
    pauses: list[Pause] = field(default_factory=list)
    ended: int | None = None
    cancelled: bool = False

    @property
    def paused(self) -> bool:
        """Stands still at the end of what is known."""
        return self.ended is None and bool(self.pauses) and self.pauses[-1][1] is None

    def counts(self, second: int, hours: Hours) -> bool:
        """Whether this second is used up of the target."""
        held = any(
            begun is not None and begun <= second and (ended is None or second < ended)
            for begun, ended in self.pauses
        )
        return not held and hours.open(second)

    def elapsed(self, until: int, hours: Hours) -> int:
        """Working seconds that were counted before `until`."""
        return sum(self.counts(second, hours) for second in range(self.began, until))

    def used_up(self, share: int, hours: Hours) -> int | None:
        """The moment at which so many percent of the target have passed."""
        wanted, second, used = -(-self.target * share // 100), self.began, 0
        while used < wanted:
            if second - self.began > LONGEST_WALK:
                return None
            used += self.counts(second, hours)
            second += 1
        return second


def clocks_wrong(evidence: Evidence, rules: Rules) -> Iterator[Finding]:
    """Every recorded and every shown moment of every clock."""
    for issue_id, item in evidence.items.items():
        issue = evidence.issues.get(issue_id)
        about = issue.key if issue else issue_id
        told = Told(about, rules)
        for event in evidence.story(issue_id):
            yield from told.follow(event)
        if issue is not None:
            yield from _as_in_jira(issue, evidence.story(issue_id), rules)
        if item.running and item.status and told.hours is not None:
            yield from _shown(about, told, item.status, item.due_shown)


class Told:
    """Follows the events of one item."""

    def __init__(self, about: str, rules: Rules) -> None:
        self.about, self.rules = about, rules
        self.hours: Hours | None = None
        self.severity = ""
        self.cycles: list[Cycle] = []

    def follow(self, event: Happened) -> Iterator[Finding]:
        """Take one event in, and compare what it says of clocks."""
        facts = event.facts
        if isinstance(facts.get("calendar"), str):
            always = facts.get("clock_scale", 1.0) != 1.0
            self.hours = Hours.written(facts["calendar"], always=always)
            yield from self._right_hours(always)
        if event.kind == "triaged":
            self.severity = facts["severity"]
        if event.kind == "overridden":
            self.severity = facts.get("severity_after") or facts.get("severity") or self.severity
        if event.kind == "received":
            self.cycles = []
        if self.hours is None or not event.kind.startswith("clock_"):
            return
        if event.kind == "clock_started":
            yield from self._start(event)
            return
        for name in str(facts.get("clocks") or facts.get("clock") or "").split():
            cycle = next((one for one in reversed(self.cycles) if one.clock == name), None)
            if cycle is None:
                yield self._wrong(f"{event.kind} of {name}, which never started")
            else:
                yield from self._moved(cycle, event, self.hours)

    def _right_hours(self, always: bool) -> Iterator[Finding]:
        assert self.hours is not None
        same = (self.rules.hours, self.rules.dated) == (self.hours.windows, self.hours.exceptions)
        if self.rules.hours and not always and not same:
            yield self._wrong("it counts other hours than its calendar has")

    def _start(self, event: Happened) -> Iterator[Finding]:
        facts = event.facts
        cycle = Cycle(facts["clock"], facts["cycle"], facts["target"], _second(event.at))
        self.cycles.append(cycle)
        wanted = self.rules.targets.get(self.severity, {}).get(cycle.clock)
        if self.rules.targets and wanted != cycle.target:
            yield self._wrong(f"{cycle.clock} may take {cycle.target} s; {self.severity}: {wanted}")

    def _moved(self, cycle: Cycle, event: Happened, hours: Hours) -> Iterator[Finding]:
        at = max(_second(event.at), cycle.began)
        if event.kind == "clock_paused" and cycle.ended is None and not cycle.paused:
            earliest = cycle.pauses[-1][1] if cycle.pauses else cycle.began
            cycle.pauses.append([max(at, earliest or 0), None])
        elif event.kind == "clock_resumed" and event.facts.get("goes_on"):
            if cycle.ended is not None:
                cycle.pauses.append([cycle.ended, max(at, cycle.ended)])
            cycle.ended = None
        elif event.kind == "clock_resumed" and cycle.paused:
            cycle.pauses[-1][1] = max(at, cycle.pauses[-1][0] or 0)
        elif event.kind == "clock_retargeted":
            cycle.target = event.facts["target"]
        elif event.kind in ("clock_met", "clock_cancelled"):
            yield from self._stopped(cycle, event, at, hours)
        elif event.kind in ("clock_warned", "clock_breached"):
            yield from self._announced(cycle, event, hours)

    def _stopped(self, cycle: Cycle, event: Happened, at: int, hours: Hours) -> Iterator[Finding]:
        if cycle.ended is not None:
            yield self._wrong(f"{cycle.clock} stopped twice")
            return
        if cycle.paused:
            cycle.pauses[-1][1] = max(at, cycle.pauses[-1][0] or 0)
        cycle.ended, cycle.cancelled = at, event.kind == "clock_cancelled"
        if cycle.cancelled:
            return
        elapsed = cycle.elapsed(at, hours)
        if event.facts["business_seconds"] != elapsed:
            told = event.facts["business_seconds"]
            yield self._wrong(f"{cycle.clock} took {elapsed} s and is recorded with {told} s")
        if event.facts["breached"] != (elapsed >= cycle.target):
            yield self._wrong(f"{cycle.clock}: {elapsed} s of {cycle.target} s, wrong verdict")

    def _announced(self, cycle: Cycle, event: Happened, hours: Hours) -> Iterator[Finding]:
        due = cycle.used_up(event.facts["percent"], hours)
        if due != _second(event.at):
            told = f"{event.facts['percent']} % of {cycle.clock} were used at {_shown_at(due)}"
            yield self._wrong(f"{told}, recorded is {event.at:%H:%M:%S}")

    def _wrong(self, what: str) -> Finding:
        return Finding("wrong clock", self.about, what)


def _as_in_jira(issue: Issue, story: tuple[Happened, ...], rules: Rules) -> Iterator[Finding]:
    """The first clocks begin when the issue was made, and the first answer is the one in Jira."""
    for event in story:
        first = event.kind == "clock_started" and event.facts.get("cycle") == 1
        counts = event.facts.get("clock") in ("first_response", "resolution")
        if first and counts and _second(event.at) != _second(issue.created):
            told = f"began {event.at:%H:%M:%S}, the issue at {issue.created:%H:%M:%S}"
            yield Finding("wrong clock", issue.key, f"{event.facts['clock']} {told}")
    by_id = {one.id: one for one in issue.comments}
    for event in story:
        if event.kind not in ("answered", "customer_wrote"):
            continue
        comment = by_id.get(event.facts.get("comment") or 0)
        if comment is not None and _second(comment.at) != _second(event.at):
            told = f"comment {comment.id} is of {comment.at:%H:%M:%S}, heard {event.at:%H:%M:%S}"
            yield Finding("wrong clock", issue.key, told)
    met = [
        one
        for one in story
        if one.kind == "clock_met" and one.facts.get("clock") == "first_response"
    ]
    answers = [one for one in issue.comments if one.public and rules.by_account(one.author)]
    answers = [one for one in answers if not one.body.startswith("/")]
    if met and (not answers or _second(answers[0].at) != _second(met[0].at)):
        told = "an answer at" if answers else "no answer, and the clock stopped at"
        yield Finding("wrong clock", issue.key, f"first_response: {told} {met[0].at:%H:%M:%S}")


def _shown(about: str, told: Told, status: Json, listed: datetime | None) -> Iterator[Finding]:
    """What the item answers about its clocks, and the due time that lists are sorted by."""
    assert told.hours is not None
    newest = {one.clock: one for one in told.cycles}
    due: list[int] = []
    for reading in status.get("clocks") or ():
        cycle = newest.get(reading["name"])
        if cycle is None or cycle.ended is not None:
            continue
        wanted = None if cycle.paused else cycle.used_up(100, told.hours)
        shown = _second(datetime.fromisoformat(reading["due_at"])) if reading["due_at"] else None
        if wanted is not None:
            due.append(wanted)
        if wanted != shown:
            what = f"{cycle.clock} is due {_shown_at(wanted)}, shown is {_shown_at(shown)}"
            yield Finding("wrong clock", about, what)
    earliest = min(due, default=None)
    if listed is not None and earliest is not None and _second(listed) != earliest:
        what = f"due {_shown_at(earliest)}, lists say {listed:%H:%M:%S}"
        yield Finding("wrong clock", about, what)


def _second(moment: datetime) -> int:
    return int(moment.timestamp() // 1)


def _shown_at(second: int | None) -> str:
    return "never" if second is None else f"{datetime.fromtimestamp(second, UTC):%d %H:%M:%S}"


def _pairs(hours: list[list[int]]) -> Windows:
    return tuple((start, end) for start, end in hours)
