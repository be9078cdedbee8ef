"""What starts, stops, pauses and resets a clock, as data of a closed set of words."""

from __future__ import annotations

from enum import StrEnum

from models.base import Frozen
from models.clocks import ClockName


class Word(StrEnum):
    """What a condition may look at.

    An event holds at the moment at which it happens; a state holds from then on until it ends.
    """

    CREATED = "created"
    CUSTOMER_COMMENTED = "customer_commented"
    CUSTOMER_REPLIED = "customer_replied"
    CUSTOMER_THANKED = "customer_thanked"
    AGENT_ANSWERED = "agent_answered"
    ASSIGNED = "assigned"
    ENTERED_STATUS = "entered_status"
    LEFT_STATUS = "left_status"
    APPROVAL_ASKED = "approval_asked"
    APPROVAL_SETTLED = "approval_settled"
    RESOLUTION_SET = "resolution_set"
    RESOLUTION_CLEARED = "resolution_cleared"
    REOPENED = "reopened"
    UNASSIGNED = "unassigned"
    IN_STATUS = "in_status"
    WAITING_FOR_CUSTOMER = "waiting_for_customer"
    AWAITING_APPROVAL = "awaiting_approval"
    DECIDED = "decided"
    START_NO_LONGER_HOLDS = "start_no_longer_holds"


class Condition(Frozen):
    """One word, with the name of the status that it is about where it is about one."""

    word: Word
    status: str | None = None


class OnReopen(StrEnum):
    """What a reopening does to a clock that it starts."""

    NEW_CYCLE = "new_cycle"
    RESUME = "resume"


class ClockRule(Frozen):
    """When one clock starts, stops and so on. A list holds as soon as one of its conditions does.

    `reset` ends the present cycle as met and begins the next, if `start` holds too. Without
    `resume`, a paused clock goes on when no condition of `pause` holds any more.
    """

    name: ClockName
    start: tuple[Condition, ...]
    stop: tuple[Condition, ...] = ()
    reset: tuple[Condition, ...] = ()
    cancel: tuple[Condition, ...] = ()
    pause: tuple[Condition, ...] = ()
    resume: tuple[Condition, ...] = ()
    on_reopen: OnReopen = OnReopen.NEW_CYCLE


class Standing(Frozen):
    """The states that conditions look at, as the events so far have left them.

    `requests` are the policy actions that wait for votes; of them `held_by` let the clocks stand
    still and `let_run_by` let them run, because their own rule says so; `answered` is true once a person has
    answered publicly. `status` is None while nobody has said in which one the issue is.
    """

    status: str | None = None
    waiting_for_customer: bool = False
    answered: bool = False
    assigned: bool = False
    decided: bool = False
    requests: tuple[str, ...] = ()
    held_by: tuple[str, ...] = ()
    let_run_by: tuple[str, ...] = ()
