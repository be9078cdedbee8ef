"""Pinning: the rules that apply to one item, resolved, so that later edits never reach it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from models.approval_rule import ApprovalRule
from models.calendar import CalendarDefinition
from models.clocks import BusinessCalendar
from models.item import FeedbackItem
from models.ladder import Branch, Ladder, Rung
from models.lifecycle import Severity
from models.people import Act, Person
from models.policy import PolicySnapshot, SeverityRules, WatchRule
from models.status_map import StatusMap
from policies import calendar_choice
from policies.approval_pinning import groups_of, pinned_approval
from policies.business_time import begin_of_cover, covering
from policies.documents.approval import ApprovalEntry
from policies.documents.calendars import CalendarEntry
from policies.documents.escalation import LadderEntry, PeopleAsOf, RungEntry
from policies.durations import WALL_DAY, scaled_seconds, seconds_in
from policies.levels import ROTA, kind_and_name, on_level
from policies.pinned_clocks import clock_rules, other_categories, target_rule
from policies.policy_set import PolicySet


def pin(
    policy_set: PolicySet,
    *,
    item: FeedbackItem,
    category: str,
    now: datetime,
    scale: float,
    trusted_keys: Mapping[str, str],
    allow_unproven: bool,
    owner: str | None = None,
) -> PolicySnapshot:
    """The rules for one item, for every severity it may come to have. Raises `ConditionError`.

    The calendar covers a day before the item was created until 200 days from `now`. With a `scale`
    other than 1, for trying out, every duration is divided by it and the calendar never closes.
    `owner` is whom a rung for the item's owner reaches. It reads zones, so it is for activities.
    """
    entry = calendar_choice.choose(policy_set, item, category)
    definition, calendar = _opening_hours(policy_set, entry, item, now, owner, scaled=scale != 1)
    resolving = _Resolving(policy_set, seconds_in(entry.a_day_is), scale, owner)
    sla = policy_set.sla
    rules = resolving.rules(item.customer.segment, category)
    warn, told = set(sla.warn_at_percent), set(sla.comment_at_percent)
    others = other_categories(policy_set, item, category, scale, definition, owner)
    return PolicySnapshot(
        version=policy_set.version,
        pinned_at=now,
        scale=scale,
        calendar_definition=definition,
        calendar=calendar,
        rules=rules,
        warn_at_percent=tuple(sorted(warn | (told - {100}))),
        comment_at_percent=tuple(sorted(told)),
        quiet_at_percent=tuple(sorted(warn - told)),
        clock_rules=clock_rules(sla),
        by_category=others.rules,
        other_calendars=others.calendars,
        reopen_is_new_cycle=sla.reopen_is_new_cycle,
        pause_while_approving=sla.pause_while_approving,
        approvals=resolving.approval_rules(),
        watch=resolving.watch(),
        statuses=StatusMap.model_validate(sla.statuses.model_dump()),
        categories=tuple(entry.name for entry in policy_set.taxonomy.categories),
        people=_concerned(policy_set, rules, owner),
        permissions=dict(policy_set.directory.permissions),
        delegations=policy_set.directory.delegations,
        trusted_keys=dict(trusted_keys),
        allow_unproven=allow_unproven,
    )


def _opening_hours(
    policy_set: PolicySet,
    entry: CalendarEntry,
    item: FeedbackItem,
    now: datetime,
    owner: str | None,
    *,
    scaled: bool,
) -> tuple[CalendarDefinition, BusinessCalendar]:
    """The calendar as written, and expanded; scaled clocks run in one that never closes."""
    covers_from = begin_of_cover(item.created_at, now)
    definition = calendar_choice.define(policy_set, entry, item, covers_from, owner)
    return definition, covering(definition, item.created_at, now, scaled=scaled)


class _Resolving:
    """Turns written rules into seconds and person ids for one item."""

    def __init__(
        self, policy_set: PolicySet, business_day: int, scale: float, owner: str | None
    ) -> None:
        self._policy_set = policy_set
        self._business_day = business_day
        self._scale = scale
        self._owner = owner

    def wall(self, written: str) -> int:
        """A wall-clock duration in seconds, at least one."""
        return scaled_seconds(written, WALL_DAY, self._scale)

    def business(self, written: str) -> int:
        """A duration in business seconds, a day being what the item's calendar says."""
        return scaled_seconds(written, self._business_day, self._scale)

    def watch(self) -> WatchRule:
        """How long a decided item is watched."""
        watch = self._policy_set.sla.watch
        return WatchRule(lasts=self.wall(watch.lasts), same_category=watch.same_category)

    def rules(self, segment: str, category: str) -> dict[Severity, SeverityRules]:
        """What each severity means for an item of this segment and category."""
        return {one: self._severity_rules(one, segment, category) for one in Severity}

    def approval_rules(self) -> tuple[ApprovalRule, ...]:
        """Every approval rule with its durations in seconds."""
        return tuple(self._approval_rule(entry) for entry in self._policy_set.approval.rules)

    def _severity_rules(self, severity: Severity, segment: str, category: str) -> SeverityRules:
        """The targets and the ladder of one severity; the loader has made sure of both."""
        rule = target_rule(self._policy_set, severity, segment, category)
        ladder = next(
            ladder for ladder in self._policy_set.escalation.ladders if severity in ladder.severity
        )
        return SeverityRules(
            targets={
                clock: self.business(written) for clock, written in rule.written_targets().items()
            },
            target_rule=rule.name,
            ladder=self._ladder(ladder, severity),
        )

    def _approval_rule(self, entry: ApprovalEntry) -> ApprovalRule:
        return pinned_approval(entry, self.business if entry.business else self.wall)

    def _ladder(self, entry: LadderEntry, severity: Severity) -> Ladder:
        """What of the ladder is for this severity; every level keeps its number."""
        return Ladder(
            name=entry.name,
            starts_at_percent=entry.starts_at_percent,
            rungs=tuple(
                self._rung(entry, level, rung, severity)
                for level, rung in enumerate(entry.rungs, 1)
                if not rung.severity or severity in rung.severity
            ),
            repeat=entry.repeat,
            repeat_from=_level(entry, entry.repeat_from) or 1,
            acknowledgement_lasts=self.wall(entry.acknowledgement_lasts),
            after_lapse=entry.after_lapse,
        )

    def _rung(self, ladder: LadderEntry, level: int, entry: RungEntry, severity: Severity) -> Rung:
        count = self.business if entry.business else self.wall
        people = on_level(self._policy_set.directory.people, entry.notify, self._owner)
        rota_named = any(kind_and_name(one)[0] == ROTA for one in entry.notify)
        return Rung(
            level=level,
            name=entry.name,
            notify=tuple(person.id for person in people),
            wait=count(entry.wait),
            business=entry.business,
            needs_approval=entry.needs_approval,
            if_nobody_decides=entry.if_nobody_decides,
            written=entry.notify,
            looked_up=rota_named or entry.people_as_of is PeopleAsOf.NOW,
            when=entry.when,
            out_of_hours=entry.out_of_hours,
            acknowledged_by=entry.acknowledged_by,
            repeat_from=_level(ladder, entry.repeat.back_to) if entry.repeat else None,
            repeat_times=entry.repeat.times if entry.repeat else 0,
            onward=tuple(
                Branch(to=to, when=branch.when)
                for branch in entry.then
                if (not branch.severity or severity in branch.severity)
                and (to := _level(ladder, branch.to)) is not None
            ),
        )


def _level(ladder: LadderEntry, name: str | None) -> int | None:
    return ladder.level_of(name) if name else None


def _concerned(
    policy_set: PolicySet, rules: Mapping[Severity, SeverityRules], owner: str | None
) -> tuple[Person, ...]:
    """Whoever these rules name: by role, group or rota, on a rung, as owner, behind an account."""
    directory = policy_set.directory
    groups = groups_of(policy_set.approval.rules)
    ids = {person.id for act in Act for person in directory.may(act)}
    ids |= {person.id for person in directory.people if not groups.isdisjoint(person.groups)}
    ids |= {
        notified for one in rules.values() for rung in one.ladder.rungs for notified in rung.notify
    }
    ids |= {
        name for person in directory.people if person.behind for name in (person.id, person.human)
    }
    rotas = {
        name
        for one in rules.values()
        for rung in one.ladder.rungs
        for kind, name in map(kind_and_name, rung.written)
        if kind == ROTA
    }
    ids |= {one for rota in directory.rotas if rota.name in rotas for one in rota.everybody()}
    ids |= {owner} if owner else set()
    ids |= {one for lent in directory.delegations for one in (lent.principal, lent.delegate)}
    return tuple(person for person in directory.people if person.id in ids)
