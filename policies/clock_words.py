"""The words in which sla.yaml says what starts, stops and pauses a clock."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from models.clock_rules import ClockRule, Condition, OnReopen, Word
from models.clocks import ClockName

STATES = frozenset(
    {
        Word.UNASSIGNED,
        Word.IN_STATUS,
        Word.WAITING_FOR_CUSTOMER,
        Word.AWAITING_APPROVAL,
        Word.DECIDED,
        Word.START_NO_LONGER_HOLDS,
    }
)
"""Words that hold for a time; all others hold only at the moment at which they happen."""
ABOUT_A_STATUS = frozenset({Word.ENTERED_STATUS, Word.LEFT_STATUS, Word.IN_STATUS})
PATTERN = r"^[a-z_]+(\([^()]+\))?$"

_WRITTEN = re.compile(r"([a-z_]+)(?:\(([^()]+)\))?")


def condition(written: str) -> Condition:
    """`agent_answered`, or `in_status(Waiting for vendor)`. Raises `ValueError` for other texts."""
    match = _WRITTEN.fullmatch(written.strip())
    if match is None or match[1] not in set(Word):
        raise ValueError(f"is no condition; write one of {', '.join(Word)}")
    word, status = Word(match[1]), match[2]
    if (word in ABOUT_A_STATUS) != (status is not None):
        form = f"{word}(Name of the status)" if word in ABOUT_A_STATUS else word
        raise ValueError(f"write {form}")
    return Condition(word=word, status=status.strip() if status else None)


def _known(written: str) -> str:
    condition(written)
    return written


ConditionWords = Annotated[
    str,
    AfterValidator(_known),
    Field(
        description="When a clock starts, stops and so on: one of the words of docs/policies.md.",
        json_schema_extra={"pattern": PATTERN},
    ),
]


def usual_rules(*, reopen_is_new_cycle: bool, pause_while_approving: bool) -> tuple[ClockRule, ...]:
    """The rules of clocks that sla.yaml says nothing about, in the order they are looked at."""
    pause: tuple[Condition, ...] = (_one(Word.WAITING_FOR_CUSTOMER),)
    if pause_while_approving:
        pause = (*pause, _one(Word.AWAITING_APPROVAL))
    cancelled = (_one(Word.DECIDED),)
    answered = (_one(Word.AGENT_ANSWERED),)
    return (
        ClockRule(
            name=ClockName.FIRST_RESPONSE,
            start=(_one(Word.CREATED),),
            stop=answered,
            cancel=cancelled,
            pause=pause,
        ),
        ClockRule(
            name=ClockName.NEXT_RESPONSE,
            start=(_one(Word.CUSTOMER_REPLIED), _one(Word.REOPENED)),
            stop=answered,
            cancel=cancelled,
            pause=pause,
        ),
        ClockRule(
            name=ClockName.RESOLUTION,
            start=(_one(Word.CREATED), _one(Word.REOPENED)),
            stop=(_one(Word.RESOLUTION_SET),),
            pause=pause,
            on_reopen=OnReopen.NEW_CYCLE if reopen_is_new_cycle else OnReopen.RESUME,
        ),
        ClockRule(
            name=ClockName.PERIODIC_UPDATE,
            start=answered,
            reset=answered,
            cancel=cancelled,
            pause=pause,
        ),
        ClockRule(
            name=ClockName.APPROVAL,
            start=(_one(Word.APPROVAL_ASKED),),
            stop=(_one(Word.APPROVAL_SETTLED),),
            cancel=cancelled,
        ),
    )


def _one(word: Word) -> Condition:
    return Condition(word=word)
