"""Who may vote in a stage, and how many of them must agree, frozen for one request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from models.approval import GroupQuorum, StagePlan
from models.approval_rule import Counting, DeputyRule, StageRule
from models.people import Act, Delegation, Person
from policies.quorum import needed
from policies.voters import voters, why_no_voter


class Electorate:
    """The people who may vote, without the humans who have a part in the request."""

    def __init__(
        self,
        people: Iterable[Person],
        permissions: Mapping[Act, tuple[str, ...]],
        involved: frozenset[str] = frozenset(),
    ) -> None:
        self._people = tuple(people)
        self._permissions = permissions
        self._involved = involved

    def stage(self, rule: StageRule, deputy: DeputyRule | None = None) -> StagePlan:
        """The stage with its people and numbers frozen."""
        eligible = self._voters(rule.groups)
        together = rule.counted is Counting.TOGETHER
        groups = ((rule.groups, ""),) if together else tuple(((one,), one) for one in rule.groups)
        return StagePlan(
            name=rule.name,
            eligible=eligible,
            quorums=tuple(self._quorum(rule, members, named) for members, named in groups),
            any_group=rule.counted is Counting.ANY_GROUP,
            deputies=tuple(
                one
                for one in self._voters(deputy.groups if deputy else ())
                if one.human not in {person.human for person in eligible}
            ),
        )

    def substitutes(self) -> tuple[Person, ...]:
        """Those to whom a voter may delegate: people of any group whose role may vote."""
        return tuple(
            person
            for person in self._people
            if person.human not in self._involved
            and why_no_voter(person, self._permissions) is None
        )

    def delegations(
        self, written: Iterable[Delegation], stages: Iterable[StagePlan]
    ) -> tuple[Delegation, ...]:
        """Those of these stages' voters whose delegate is active and has no part in the request."""
        voting = {one.human for stage in stages for one in (*stage.eligible, *stage.deputies)}
        able = {
            person.id
            for person in self._people
            if person.active and person.behind is None and person.human not in self._involved
        }
        return tuple(one for one in written if one.delegate in able and one.principal in voting)

    def _quorum(self, rule: StageRule, groups: tuple[str, ...], named: str) -> GroupQuorum:
        humans = tuple(person.human for person in self._voters(groups))
        number = needed(rule.quorum, rule.percent, len(humans))
        return GroupQuorum(group=named, voters=humans, needed=number)

    def _voters(self, groups: tuple[str, ...]) -> tuple[Person, ...]:
        able = voters(self._people, groups, self._permissions)
        return tuple(person for person in able if person.human not in self._involved)
