"""The lines that explain a clock. Terminal, desk and Jira comment all show these and no others."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from models.clocks import ClockRun
from models.explanation import (
    ClockExplanation,
    Explanation,
    Interval,
    IntervalKind,
    OtherVerdict,
    Verdict,
)
from policies.lengths_in_words import working_time

MOST_QUOTED = 14
"""So many lines are quoted in a comment; the middle of a longer explanation is left out there."""

_KINDS = {
    IntervalKind.COUNTED: "counts",
    IntervalKind.PAUSED: "paused",
    IntervalKind.BREAK: "break",
    IntervalKind.CLOSED: "closed",
    IntervalKind.HOLIDAY: "holiday",
}


def lines_of(told: ClockExplanation, run: ClockRun, zone: ZoneInfo) -> tuple[str, ...]:
    """What is promised, every interval of the time, and the verdict; one sentence a line."""
    return (
        _promise(told, zone),
        *(_changed(told, run, zone)),
        *(_interval(one, zone) for one in told.intervals),
        *_shares(told, zone),
        *verdict_lines(told, zone),
    )


def verdict_lines(told: ClockExplanation, zone: ZoneInfo) -> tuple[str, ...]:
    """The verdict, and below it what other versions of the policy say of the same facts."""
    return (verdict_line(told, zone), *(_other(one, zone) for one in told.others))


def both_verdicts(explained: Explanation) -> tuple[str, ...]:
    """The verdicts of every cycle that another version of the policy has a verdict on too."""
    told = (one for one in explained.clocks if one.others)
    return tuple(line for one in told for line in one.lines[-1 - len(one.others) :])


def short(version: str) -> str:
    """So much of a policy's content hash as tells it from others."""
    return version[:8]


def quoted(lines: tuple[str, ...], most: int = MOST_QUOTED) -> tuple[str, ...]:
    """The lines for a place with little room: the first, the last, and how many are between."""
    if len(lines) <= most:
        return lines
    left_out = len(lines) - most + 1
    head = (most - 1) // 3
    tail = most - 1 - head
    between = f"… {left_out} more lines: followthrough explain shows them all"
    return (*lines[:head], between, *lines[-tail:])


def verdict_line(told: ClockExplanation, zone: ZoneInfo) -> str:
    """`Used 3 h 00 min of 8 h 00 min of working time (5 h 00 min on the wall clock): in time.`"""
    reading = told.reading
    used = (
        f"{_title(told)}: used {working_time(reading.elapsed)} of {working_time(told.target)} of "
        f"working time, {working_time(told.wall)} on the wall clock"
    )
    under = f", under policy {short(told.policy)}" if told.policy else ""
    return f"{used}: {_verdict(told, zone)}{under}."


def _other(other: OtherVerdict, zone: ZoneInfo) -> str:
    """`Under policy 3f2a9c1e, looked at again afterwards: late by 40 min; used …`"""
    when = (
        f"which judged it until {moment(other.judged_until, zone)}"
        if other.judged_until
        else "looked at again afterwards"
    )
    used = f"used {working_time(other.elapsed)} of {working_time(other.target)} of working time"
    return f"Under policy {short(other.version)}, {when}: {_stands(other)}; {used}."


def _stands(other: OtherVerdict) -> str:
    match other.verdict:
        case Verdict.MET_LATE:
            return f"late by {working_time(other.elapsed - other.target)}"
        case Verdict.OVERDUE:
            return f"overdue by {working_time(other.elapsed - other.target)}"
        case Verdict.CANCELLED:
            return "no longer applies"
        case Verdict.MET:
            return "in time"
        case Verdict.RUNNING | Verdict.PAUSED:
            return "in time so far"


def _verdict(told: ClockExplanation, zone: ZoneInfo) -> str:
    reading, over = told.reading, working_time(max(0, -told.reading.remaining))
    match told.verdict:
        case Verdict.MET:
            return f"kept in time, at {_here(told.looked_at, zone)}"
        case Verdict.MET_LATE:
            return f"kept {over} late, at {_here(told.looked_at, zone)}"
        case Verdict.CANCELLED:
            return "no longer applies, neither kept nor broken"
        case Verdict.OVERDUE:
            paused = ", and paused now" if reading.paused else ""
            return f"overdue by {over}{paused}"
        case Verdict.PAUSED:
            return f"paused now with {working_time(reading.remaining)} left"
        case Verdict.RUNNING:
            due = f", due {_here(reading.due_at, zone)}" if reading.due_at else ""
            stands = "" if reading.in_hours else ", out of hours now and not paused"
            return f"runs{due}{stands}"


def moment(at: datetime, zone: ZoneInfo) -> str:
    """To the minute, and to the second where that says more."""
    local = at.astimezone(zone)
    return f"{local:%a %d %b %Y %H:%M:%S}" if local.second else f"{local:%a %d %b %Y %H:%M}"


def _here(at: datetime, zone: ZoneInfo) -> str:
    """For a line that is also shown without the others, which say the zone."""
    return f"{moment(at, zone)} ({zone.key})"


def _title(told: ClockExplanation) -> str:
    name = told.name.replace("_", " ")
    name = name[:1].upper() + name[1:]
    return name if told.cycle == 1 else f"{name}, cycle {told.cycle}"


def _promise(told: ClockExplanation, zone: ZoneInfo) -> str:
    return (
        f"{_title(told)}: promised within {working_time(told.target)} of working time from "
        f"{moment(told.started_at, zone)}; times are in {told.zone}, hours of {told.calendar}."
    )


def _changed(told: ClockExplanation, run: ClockRun, zone: ZoneInfo) -> tuple[str, ...]:
    targets = [*(one.before for one in run.retargets), told.target]
    return tuple(
        f"{moment(change.at, zone)}: {change.why}; {working_time(change.before)} became "
        f"{working_time(after)}, counted from the same start with every pause kept."
        for change, after in zip(run.retargets, targets[1:], strict=True)
    )


def _interval(one: Interval, zone: ZoneInfo) -> str:
    began, ended = one.began_at.astimezone(zone), one.ended_at.astimezone(zone)
    same = began.date() == ended.date()
    until = f"{ended:%H:%M}" if same else f"{ended:%a %d %b %H:%M}"
    why = f" ({one.why})" if one.why else ""
    line = f"{began:%a %d %b %H:%M} – {until} {_KINDS[one.kind]}{why}: "
    if one.kind is IntervalKind.COUNTED:
        return f"{line}{working_time(one.working)}."
    if one.kind is IntervalKind.PAUSED:
        return f"{line}{working_time(one.working)} of working time not counted."
    return f"{line}{working_time(one.wall)} on the wall clock, nothing counts."


def _shares(told: ClockExplanation, zone: ZoneInfo) -> tuple[str, ...]:
    known = [f"{one.percent} % at {moment(one.at, zone)}" for one in told.shares if one.at]
    return (f"Shares used up: {', '.join(known)}.",) if known else ()
