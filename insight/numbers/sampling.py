"""A group that appears out of almost nothing, in all its subjects at once: it was sampled, not hit.

A real surge has a reason, so it shows in some categories more than in others, and it comes on top of
a volume that was there. A jump of five times or more within which the mix of categories is as it was,
or before which there was too little to know a mix, says that somebody began to count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from scipy.special import xlogy
from scipy.stats import chi2_contingency

from insight.numbers.buckets import Buckets, counted
from models.base import Frozen, Moment
from models.contact import Contact

TIMES = 5.0
LEAST_AFTER = 30
"""Contacts after the jump; fewer are no jump to speak of."""
LEAST_BEFORE = 10
"""Contacts before the jump; of fewer no mix is known."""
SAME_MIX = 0.01


class SamplingJump(Frozen):
    """A group's volume from `begins` on is `times` what it was. `times` None: there was none."""

    by: str
    group: str
    begins: Moment
    span: str
    before: int
    after: int
    times: float | None
    items: tuple[str, ...]


def sampling_jumps(
    contacts: Sequence[Contact], by: str, name_of: Callable[[Contact], str | None]
) -> tuple[SamplingJump, ...]:
    """The groups that were sampled anew from some span on, judged against all others there are."""
    named = [one for one in contacts if name_of(one)]
    table = counted(named, lambda one: name_of(one) or "")
    if len(table.names) < 2 or len(table.starts) < 4:
        return ()
    found = (_jump(table, row, named, by, name_of) for row in range(len(table.names)))
    return tuple(one for one in found if one is not None)


def _jump(
    table: Buckets,
    row: int,
    contacts: Sequence[Contact],
    by: str,
    name_of: Callable[[Contact], str | None],
) -> SamplingJump | None:
    own = table.counts[row]
    others = table.counts.sum(axis=0) - own
    place = _steepest(own)
    before, after = own[:place], own[place:]
    if after.sum() < LEAST_AFTER or others[:place].sum() < LEAST_AFTER:
        return None
    pace, own_pace = np.mean(others[place:]) / np.mean(others[:place]), np.mean(before)
    if np.mean(after) < TIMES * max(own_pace, 0.1) * max(pace, 1.0):
        return None
    begins = table.starts[place]
    group = [one for one in contacts if name_of(one) == table.names[row]]
    earlier = [one for one in group if one.opened_at < begins]
    later = [one for one in group if one.opened_at >= begins]
    subjects = len({one.category for one in contacts})
    if subjects > 1 and len({one.category for one in later}) == 1:
        return None  # a group that is about one subject only is a part of that subject
    if not _same_mix(earlier, later):
        return None
    return SamplingJump(
        by=by,
        group=table.names[row],
        begins=begins,
        span=table.called(place),
        before=len(earlier),
        after=len(later),
        times=float(np.mean(after) / own_pace) if own_pace else None,
        items=tuple(one.reference for one in later),
    )


def _steepest(counts: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> int:
    """The span at which one Poisson rate most likely gave way to a higher one."""

    def gain(place: int) -> float:
        sides = (counts[:place], counts[place:])
        if sides[1].mean() <= sides[0].mean():
            return -np.inf
        return float(sum(xlogy(side.sum(), side.mean()) for side in sides))

    return max(range(2, len(counts) - 1), key=gain)


def _same_mix(earlier: Sequence[Contact], later: Sequence[Contact]) -> bool:
    if len(earlier) < LEAST_BEFORE:
        return True
    sides = [Counter(one.category for one in side) for side in (earlier, later)]
    names = sorted(set().union(*sides))
    if len(names) < 2:
        return True
    table = [[side[name] for name in names] for side in sides]
    return float(chi2_contingency(table).pvalue) > SAME_MIX
