"""The policies of a chaos run, and the same rules once more in the checker's own words.

Everything is in seconds, so that promises are broken, ladders climbed and requests expire while
the run lasts. The office closes for a minute every three, so that clocks have hours to respect.
"""

from __future__ import annotations

import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

from ruamel.yaml import YAML

from runtime.settings import SHIPPED_POLICIES
from tests.faults.evidence import Rules, Voter, VotingRule

YAML_FILES = YAML(typ="safe", pure=True)
BOT = "acc-followthrough-bot"
TARGETS = {
    "S1": {"first_response": 20, "next_response": 25, "resolution": 75},
    "S2": {"first_response": 40, "next_response": 45, "resolution": 150},
    "S3": {"first_response": 70, "next_response": 80, "resolution": 240},
    "S4": {"first_response": 110, "next_response": 120, "resolution": 400},
}
PEOPLE = {
    "ada": ("agent", "support"),
    "omar": ("owner", "support"),
    "lena": ("lead", "support", "support-leads"),
    "fay": ("finance", "finance"),
    "finn": ("finance", "finance"),
    "sam": ("security", "security"),
    "eve": ("executive", "executives"),
    "petra": ("product", "product"),
}
"""Person → the second half of the account's name in the local Jira, and the groups."""
SMALL, LARGE = 3000, 9900
"""A refund that one lead decides, and one that two of finance decide, in cents."""
CLOSED_EVERY = 3
MARGIN = timedelta(minutes=15)
ZONES = {"UTC": 0, "Europe/Berlin": 1, "America/New_York": -5}
"""Whole hours apart, so that an hour's minutes are the same everywhere; summer adds one."""


def write_policies(directory: Path, began: datetime, lasts: timedelta) -> Path:
    """The shipped policies with the clocks, ladders and approvals of a chaos run."""
    policies = directory / "policies"
    shutil.copytree(SHIPPED_POLICIES, policies)
    for name, change in (("sla", _sla), ("escalation", _escalation), ("approval", _approval)):
        file = policies / f"{name}.yaml"
        YAML_FILES.dump(change(YAML_FILES.load(file)), file)
    YAML_FILES.dump(_calendars(began, lasts), policies / "calendars.yaml")
    return policies


def rules(began: datetime, lasts: timedelta, keys: dict[str, str]) -> Rules:
    """What the checker is told: who may decide what, what was promised, and when it is open."""
    voters = {
        person: Voter(person, f"acc-{person}-{role}", frozenset(groups))
        for person, (role, *groups) in PEOPLE.items()
    }
    leads = frozenset({"support-leads"})
    return Rules(
        own_account=BOT,
        voters={**voters, "followthrough": Voter("followthrough", BOT, human="ada")},
        voting=(
            VotingRule("refund", 1, leads, up_to=5000),
            VotingRule("refund", 2, frozenset({"finance"})),
            VotingRule("climb", 1, leads),
        ),
        keys=keys,
        targets=TARGETS,
        hours=dict.fromkeys(range(7), ((0, 1440),)),
        dated={
            day.isoformat(): tuple(_pair(one) for one in hours)
            for day, hours in _dated(began, lasts).items()
        },
    )


def _sla(written: dict[str, object]) -> dict[str, object]:
    targets = [
        {"name": severity, "severity": [severity]}
        | {clock: f"{seconds}s" for clock, seconds in clocks.items()}
        for severity, clocks in TARGETS.items()
    ]
    return {
        **written,
        "calendars": [{"calendar": "broken-hours"}],
        "targets": targets,
        "watch": {"lasts": "45s", "same_category": True},
    }


def _calendars(began: datetime, lasts: timedelta) -> dict[str, object]:
    week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    exceptions = [
        {"date": day, "hours": list(hours), "why": "a minute off every three"}
        for day, hours in _dated(began, lasts).items()
    ]
    broken = {
        "name": "broken-hours", "zone": "customer", "a_day_is": "24h",
        "open": [{"days": week, "hours": ["00:00-24:00"]}], "exceptions": exceptions,
    }  # fmt: skip
    return {"default_zone": "UTC", "calendars": [broken]}


def _dated(began: datetime, lasts: timedelta) -> dict[date, tuple[str, ...]]:
    """The dates that the run touches in any zone, with a minute off every three while it lasts."""
    closed: dict[date, set[int]] = {}
    minutes = int((lasts + 2 * MARGIN) / timedelta(minutes=1))
    for ahead in ZONES.values():
        for summer in (0, 1):
            local = began - MARGIN + timedelta(hours=ahead + summer)
            for number in range(minutes):
                moment = local + timedelta(minutes=number)
                minute = moment.hour * 60 + moment.minute
                if minute % CLOSED_EVERY == CLOSED_EVERY - 1:
                    closed.setdefault(moment.date(), set()).add(minute)
    return {day: _windows(minutes) for day, minutes in sorted(closed.items())}


def _windows(closed: set[int]) -> tuple[str, ...]:
    edges = [0, *(edge for minute in sorted(closed) for edge in (minute, minute + 1)), 1440]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return tuple(f"{_clock(opens)}-{_clock(closes)}" for opens, closes in pairs if opens < closes)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _pair(hours: str) -> tuple[int, int]:
    opens, closes = (int(part[:2]) * 60 + int(part[3:]) for part in hours.split("-"))
    return opens, closes


def _escalation(_written: dict[str, object]) -> dict[str, object]:
    rungs = [
        {"name": "owner", "notify": ["owner", "role:owner"], "wait": "10s"},
        {"name": "support lead", "notify": ["role:lead"], "wait": "15s"},
        {"name": "executive", "notify": ["eve"], "wait": "20s", "needs_approval": "tell an executive"},
    ]  # fmt: skip
    ladder = {"starts_at_percent": 75, "acknowledgement_lasts": "30s"}
    urgent = {"name": "urgent", "severity": ["S1", "S2"], **ladder, "repeat": 1, "rungs": rungs}
    calm = {"name": "ordinary", "severity": ["S3", "S4"], **ladder, "rungs": rungs[:2]}
    return {"ladders": [urgent, calm]}


def _approval(written: dict[str, object]) -> dict[str, object]:
    """As shipped, but refunds expire within the run."""
    changed = []
    for rule in written["rules"]:  # type: ignore[attr-defined] # a list of rules
        if set(rule["actions"]) & {"refund", "climb"}:
            kept = {
                name: it
                for name, it in rule.items()
                if name not in ("remind_after", "business", "deputy")
            }
            changed.append({**kept, "expires_after": "60s"})
        else:
            changed.append(rule)
    return {**written, "rules": changed}
