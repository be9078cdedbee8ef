"""What of sla.yaml is pinned for the clocks: their rules, and what other categories would mean."""

from __future__ import annotations

from dataclasses import dataclass

from models.calendar import CalendarDefinition
from models.clock_rules import ClockRule, OnReopen, Word
from models.clocks import ClockName
from models.item import FeedbackItem
from models.lifecycle import Severity
from models.policy import CategoryRules
from policies import calendar_choice
from policies.business_time import begin_of_cover
from policies.clock_words import condition, usual_rules
from policies.documents.calendars import CalendarEntry
from policies.documents.sla import ClockConditions, SlaDocument, TargetRule
from policies.durations import scaled_seconds, seconds_in
from policies.policy_set import PolicySet


@dataclass(frozen=True)
class OtherCategories:
    """What categories would mean that differ from the item's own, and the hours they need."""

    rules: tuple[CategoryRules, ...]
    calendars: tuple[CalendarDefinition, ...]


def clock_rules(sla: SlaDocument) -> tuple[ClockRule, ...]:
    """The rules of all clocks, as written or else as usual; none where nothing is written."""
    if not sla.clocks:
        return ()
    usual = usual_rules(
        reopen_is_new_cycle=sla.reopen_is_new_cycle,
        pause_while_approving=sla.pause_while_approving,
    )
    return tuple(
        _as_written(sla, rule, sla.clocks[rule.name]) if rule.name in sla.clocks else rule
        for rule in usual
    )


def _as_written(sla: SlaDocument, usual: ClockRule, written: ClockConditions) -> ClockRule:
    lists = {
        part: tuple(condition(one) for one in getattr(written, part))
        for part in ("start", "stop", "reset", "cancel", "pause", "resume")
    }
    approving = condition(Word.AWAITING_APPROVAL)
    # `pause_while_approving` is a shorthand for this word in every clock but the approval's own.
    shorthand = sla.pause_while_approving and usual.name is not ClockName.APPROVAL
    if shorthand and approving not in lists["pause"]:
        lists["pause"] = (*lists["pause"], approving)
    on_reopen = written.on_reopen or usual.on_reopen
    return ClockRule(name=usual.name, on_reopen=OnReopen(on_reopen), **lists)


def target_rule(
    policy_set: PolicySet, severity: Severity, segment: str, category: str
) -> TargetRule:
    """The first rule of the targets that fits; the loader has made sure that there is one."""
    return next(
        rule
        for rule in policy_set.sla.targets
        if (not rule.severity or severity in rule.severity)
        and (not rule.segment or segment in rule.segment)
        and (not rule.category or category in rule.category)
    )


def other_categories(
    policy_set: PolicySet,
    item: FeedbackItem,
    category: str,
    scale: float,
    own: CalendarDefinition,
    owner: str | None,
) -> OtherCategories:
    """Groups of categories that mean the same, if any means something else than the item's own.

    Evaluates conditions, so it runs in an activity. Raises `ConditionError`.
    """
    grouped: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    entries: dict[str, CalendarEntry] = {}
    names = [entry.name for entry in policy_set.taxonomy.categories]
    for name in dict.fromkeys((*names, category)):
        entry = calendar_choice.choose(policy_set, item, name)
        entries[entry.name] = entry
        rules = (
            target_rule(policy_set, severity, item.customer.segment, name) for severity in Severity
        )
        grouped.setdefault((entry.name, tuple(rule.name for rule in rules)), []).append(name)
    if len(grouped) == 1:
        return OtherCategories((), ())
    covers_from = begin_of_cover(item.created_at, item.created_at)
    hours = {
        name: calendar_choice.define(policy_set, entry, item, covers_from, owner)
        for name, entry in entries.items()
    }
    return OtherCategories(
        rules=tuple(
            _group(policy_set, item, tuple(members), entries[calendar], hours[calendar].name, scale)
            for (calendar, _), members in grouped.items()
        ),
        calendars=tuple(one for one in hours.values() if one.name != own.name),
    )


def _group(
    policy_set: PolicySet,
    item: FeedbackItem,
    members: tuple[str, ...],
    entry: CalendarEntry,
    calendar: str,
    scale: float,
) -> CategoryRules:
    day, segment = seconds_in(entry.a_day_is), item.customer.segment
    rules = {one: target_rule(policy_set, one, segment, members[0]) for one in Severity}
    return CategoryRules(
        categories=members,
        calendar=calendar,
        targets={
            severity: {
                clock: scaled_seconds(written, day, scale)
                for clock, written in rule.written_targets().items()
            }
            for severity, rule in rules.items()
        },
        target_rules={severity: rule.name for severity, rule in rules.items()},
    )
