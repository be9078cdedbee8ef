"""Who has a part in a request and therefore does not decide it: people, whatever account they use."""

from __future__ import annotations

from datetime import datetime

from models.approval import ActionProposal
from models.approval_rule import ApprovalRule
from models.people import Person
from models.policy import PolicySnapshot


def involved_in(
    proposal: ActionProposal, rule: ApprovalRule, snapshot: PolicySnapshot, now: datetime
) -> dict[str, str]:
    """The ids of the people who have a part in the request, each with why, in words.

    They are whoever asked or stands behind the account that asked, whoever changed the request
    since, by policy the members of the requester's groups, and the delegates of them all.
    """
    found = _accountable(proposal.proposed_by.person, snapshot, _ASKED)
    for editor in proposal.edited_by:
        for person, why in _accountable(editor.person, snapshot, _CHANGED).items():
            found.setdefault(person, why)
    if rule.exclude_requesters_group:
        for person, why in _same_group(proposal.proposed_by.person, snapshot).items():
            found.setdefault(person, why)
    for one in snapshot.delegations:
        # One that has not ended counts: it may come into force while the request waits.
        if one.principal in found and now < one.until:
            delegate, principal = _name(snapshot, one.delegate), _name(snapshot, one.principal)
            why = f"{delegate} acts for {principal}, who has a part in this; somebody else decides."
            found.setdefault(one.delegate, why)
    return found


_ASKED = "asked for it"
_CHANGED = "changed the request"


def _accountable(account: str, snapshot: PolicySnapshot, did: str) -> dict[str, str]:
    person = snapshot.person(account)
    human = person.human if person else account
    found = {account: f"{_name(snapshot, account)} {did}; somebody else decides."}
    if human != account:
        name = _name(snapshot, human)
        found[human] = f"{name} stands behind the account that {did}; somebody else decides."
    return found


def _same_group(account: str, snapshot: PolicySnapshot) -> dict[str, str]:
    requester = snapshot.person(account)
    human = snapshot.person(requester.human) if requester else None
    groups: set[str] = {*(requester.groups if requester else ()), *(human.groups if human else ())}
    return {
        person.id: f"{person.name} is in a group of whoever asked for it; somebody else decides."
        for person in snapshot.people
        if not groups.isdisjoint(person.groups)
    }


def _name(snapshot: PolicySnapshot, person_id: str) -> str:
    person: Person | None = snapshot.person(person_id)
    return person.name if person else person_id
