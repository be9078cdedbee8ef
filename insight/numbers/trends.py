"""What changed: drift by category, told apart from renaming and from sampling; surges; silence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np

from insight.numbers import buckets, surges, weekly
from insight.numbers.buckets import Buckets
from insight.numbers.findings import Finding, FindingKind
from insight.numbers.periods import Period
from insight.numbers.regimes import LEAST, regimes
from insight.numbers.relabelling import NewCategory, new_categories, one_name, relabellings
from insight.numbers.sampling import SAME_MIX, TIMES, SamplingJump, sampling_jumps
from insight.numbers.sections import Section, Volume
from insight.numbers.silence import silence
from insight.numbers.stream import stream_drifts
from models.contact import OWN, Contact

MOST_VOLUMES = 40
NO_CATEGORY = "no category"
NameOf = Callable[[Contact], str | None]


def trends(
    contacts: Sequence[Contact],
    period: Period,
    now: datetime,
    groupings: Sequence[tuple[str, NameOf]],
) -> Section:
    """Everything that changed within the period, source by source, seen from all that came before.

    Complaints alone are looked at where a source says which contacts are complaints.
    """
    until = [one for one in contacts if period.ends is None or one.opened_at < period.ends]
    findings: list[Finding] = []
    for source in sorted({one.source for one in until}):
        own = [one for one in until if one.source == source]
        findings += [one for one in _of_source(source, own, period, groupings) if one is not None]
        findings += _silences(source, own, period, now)
    return Section(
        id="trends",
        name="What changed?",
        volumes=volumes([one for one in until if period.holds(one.opened_at)]),
        findings=tuple(findings),
    )


def volumes(contacts: Sequence[Contact]) -> tuple[Volume, ...]:
    """Contacts by category and month, the largest categories first."""
    found: dict[str, dict[str, int]] = {}
    for one in sorted(contacts, key=lambda one: one.opened_at):
        months = found.setdefault(one.category, {})
        month = f"{one.opened_at:%Y-%m}"
        months[month] = months.get(month, 0) + 1
    largest = sorted(found, key=lambda name: (-sum(found[name].values()), name))
    return tuple(Volume(name=name, counts=found[name]) for name in largest[:MOST_VOLUMES])


def _of_source(
    source: str,
    contacts: Sequence[Contact],
    period: Period,
    groupings: Sequence[tuple[str, NameOf]],
) -> Iterator[Finding | None]:
    stretches = regimes(contacts)
    for earlier, later in pairwise(stretches):
        if len(later) >= LEAST and period.holds(later[0].opened_at):
            yield _not_counted(source, earlier[-1].opened_at, later[0].opened_at)
    for stretch in stretches:
        if len(stretch) < LEAST or not any(period.holds(one.opened_at) for one in stretch):
            continue
        jumps = [jump for by, of in groupings for jump in sampling_jumps(stretch, by, of)]
        yield from (_sampled(jump) for jump in jumps if period.holds(jump.begins))
        begun = [(of, jump.group) for by, of in groupings for jump in jumps if jump.by == by]
        rest = [one for one in stretch if not any(of(one) == group for of, group in begun)]
        yield from _of_stretch(source, rest, period)


def _of_stretch(source: str, contacts: Sequence[Contact], period: Period) -> Iterator[Finding]:
    """Contacts that were counted the same way throughout."""
    told = [one for one in contacts if one.complaint is not None]
    looked_at = [one for one in told if one.complaint] or list(contacts)
    renamed = relabellings(looked_at)
    for one in renamed:
        if period.holds(one.at):
            became = " and ".join(f"“{name}”" for name in one.new)
            yield Finding(
                kind=FindingKind.RELABELLED,
                about=one.old,
                says=f"“{one.old}” became {became} around {one.at:%Y-%m-%d}: "
                f"{_percent(one.share_before)} of contacts before, {_percent(one.share_after)} "
                "after. The same under another name, and no new theme.",
            )
    same = one_name(looked_at, renamed)
    for new in new_categories(looked_at, renamed):
        if period.holds(new.at):
            yield _new(new)
    table = buckets.counted(same, lambda one: one.category)
    yield from _surges(source, table, period)
    yield from _weekly(table, same, period, _category)
    yield from _others(same, period)
    for drift in stream_drifts(same, period.begins):
        if not _large(drift.before, drift.after):
            continue
        yield Finding(
            kind=FindingKind.DRIFT,
            about=drift.category,
            says=f"“{drift.category}” was {_percent(drift.before)} of contacts and is "
            f"{_percent(drift.after)} since about {drift.began:%Y-%m-%d}; plain from contact "
            f"{drift.contact} of {drift.at:%Y-%m-%d} on.",
        )


def _others(contacts: Sequence[Contact], period: Period) -> Iterator[Finding]:
    """The same by theme and by segment, where they are known. A release grows by its nature."""
    for name_of in (_theme, _segment):
        named = [one for one in contacts if name_of(one)]
        if len({name_of(one) for one in named}) > 1:
            table = buckets.counted(named, lambda one, of=name_of: of(one))  # type: ignore[misc]  # mypy does not infer a lambda's default
            yield from _weekly(table, named, period, name_of)


def _category(contact: Contact) -> str:
    return contact.category


def _theme(contact: Contact) -> str:
    return contact.theme or ""


def _segment(contact: Contact) -> str:
    return contact.segment or ""


def _weekly(
    table: Buckets, contacts: Sequence[Contact], period: Period, name_of: Callable[[Contact], str]
) -> Iterator[Finding]:
    within = [place for place, start in enumerate(table.starts) if _touches(period, start, table)]
    if not within:
        return
    p = weekly.surprise(table.counts)
    asked = np.full(p.shape, np.nan)
    asked[:, within] = p[:, within]
    mended = weekly.adjusted(asked)
    for row, place in np.argwhere(mended < weekly.FALSE_ALARMS):
        before, after = weekly.shares(table.counts, int(row), int(place))
        if _large(before, after):
            start = table.starts[place]
            items = tuple(
                one.reference
                for one in contacts
                if name_of(one) == table.names[row]
                and start <= one.opened_at < start + table.length
            )
            yield _drifted(table, int(row), int(place), (before, after), mended, items)
    for row, name in enumerate(table.names):
        changed = weekly.change_points(table.counts[row], table.counts.sum(axis=0))
        told = [table.called(place) for place in changed if place in within]
        if told:
            yield Finding(
                kind=FindingKind.DRIFT,
                about=name,
                says=f"Looking back, the share of “{name or NO_CATEGORY}” changed in {', '.join(told)}.",
            )


def _drifted(
    table: Buckets,
    row: int,
    place: int,
    shares: tuple[float, float],
    p: weekly.Values,
    items: tuple[str, ...],
) -> Finding:
    before, after = shares
    name = table.names[row] or NO_CATEGORY
    way = "rose" if after > before else "fell"
    return Finding(
        kind=FindingKind.DRIFT,
        about=name,
        says=f"“{name}” {way} from {_percent(before)} to {_percent(after)} of contacts in "
        f"{table.called(place)}.",
        p=float(p[row, place]),
        items=items,
    )


def _surges(source: str, table: Buckets, period: Period) -> Iterator[Finding]:
    total = table.counts.sum(axis=0)
    p = surges.surge(total)
    within = np.array([_touches(period, start, table) for start in table.starts])
    mended = weekly.adjusted(np.where(within, p, np.nan))
    for (place,) in np.argwhere(mended < 0.05):
        times = total[place] / total[max(0, place - weekly.BASELINE) : place].mean()
        alike = not (weekly.adjusted(weekly.surprise(table.counts)[:, place]) < SAME_MIX).any()
        sampled = times >= TIMES and alike
        why = " That much in all subjects alike is sampling, not a surge." if sampled else ""
        yield Finding(
            kind=FindingKind.SAMPLING if sampled else FindingKind.SURGE,
            about=source,
            says=f"{source}: {total[place]:,} contacts in {table.called(int(place))}, "
            f"{times:.1f} times as many as before.{why}",
            p=float(mended[place]),
        )


def _silences(
    source: str, contacts: Sequence[Contact], period: Period, now: datetime
) -> Iterator[Finding]:
    """The source itself if it is ours, and segments that are silent while the source goes on."""
    end = min(now, period.ends or now)
    last = end if source == OWN else max(one.opened_at for one in contacts)
    groups: dict[str, list[datetime]] = {}
    if source == OWN:
        groups[source] = [one.opened_at for one in contacts]
    for one in contacts:
        if one.segment:
            groups.setdefault(f"{source}, {one.segment}", []).append(one.opened_at)
    for name, arrivals in sorted(groups.items()):
        quiet = silence(arrivals, last, slack=SLACK)
        if quiet is None or last - quiet.since < LEAST_SILENCE:
            continue
        if period.holds(last - timedelta(microseconds=1)):
            yield Finding(
                kind=FindingKind.ALARM,
                about=name,
                says=f"{name} has been silent since {quiet.since:%Y-%m-%d %H:%M}; "
                "going by its pace so far, something would have come by now.",
                p=quiet.p,
            )


LEAST_SILENCE = timedelta(days=1)
"""A pause of hours after a busy hour alarms nobody, however unlikely it is."""
SLACK = 2.0
"""Nights and weekends: twice as long is waited as a source that never sleeps would need."""


def _not_counted(source: str, last: datetime, first: datetime) -> Finding:
    return Finding(
        kind=FindingKind.SAMPLING,
        about=source,
        says=f"{source}: nothing was counted from {last:%Y-%m-%d} to {first:%Y-%m-%d}. What changed "
        "across that gap is taken for sampling, and nothing is compared across it.",
    )


def _sampled(jump: SamplingJump) -> Finding:
    times = f"{jump.times:,.0f} times as many" if jump.times else "none before"
    return Finding(
        kind=FindingKind.SAMPLING,
        about=jump.group,
        says=f"{jump.group} ({jump.by}): {jump.before} contacts before {jump.span} and {jump.after} "
        f"from then on ({times}), in all subjects alike. That is sampling, not a surge; it is left "
        "out of what follows.",
        items=jump.items,
    )


def _new(new: NewCategory) -> Finding:
    return Finding(
        kind=FindingKind.DRIFT,
        about=new.name,
        says=f"“{new.name}” is new since {new.at:%Y-%m-%d}: {_percent(new.share)} of contacts.",
    )


def _touches(period: Period, start: datetime, table: Buckets) -> bool:
    begins = period.begins is None or start + table.length > period.begins
    return begins and (period.ends is None or start < period.ends)


def _large(before: float, after: float) -> bool:
    """Whether a change is worth a word, however sure it is."""
    return max(before, after) >= weekly.LEAST_CHANGE * min(before, after)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
