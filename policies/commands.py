"""Commands that people give as the first line of a Jira comment.

Only the very first line counts, and only when it begins with `/` in its first column: what is
quoted, in a code block or further down is talk about commands and not a command.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from difflib import get_close_matches

from models.action_parameters import AT_ONCE
from models.approval import ActionKind
from models.jira_view import CommandName, JiraCommand
from models.lifecycle import Outcome, Severity
from models.sheet import SIGNED
from policies.action_needs import PAYING, what_is_wrong
from policies.action_words import ParameterError, parameter_words, read_parameters
from policies.days import read_day
from policies.money import DECIMALS, AmountError, read_amount

LONGEST_REASON = 2_000
LONGEST_WORD = 200

_COMMAND = re.compile(r"/([A-Za-z]{2,20})(?=\s|$)")
_REQUEST = re.compile(r"([0-9]+-[A-Za-z0-9]+-[0-9]+)(?:#([0-9a-f]{8,64}))?")
_PERSON = re.compile(r"@?([a-z][a-z0-9_-]{0,59})")
_ISSUE_KEY = re.compile(r"[A-Z][A-Z0-9_]+-[0-9]+", re.IGNORECASE | re.ASCII)
_MENTION = re.compile(r"\[~(?:accountid:)?([^\]\s]+)\]")
_QUESTION = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_OVERRIDE_KEYS = ("severity", "category", "owner")
_PROPOSABLE = tuple(kind.value for kind in ActionKind if kind is not ActionKind.CLIMB)

_NO_SUCH_COMMAND = (
    "There is no such command. There are /approve, /reject, /delegate, /ack, /handover, /resolve, "
    "/override, "
    "/propose and /resume; on a checklist or a review /signoff and /answer. To answer the customer, begin the comment with another character than /."
)


class _Malformed(Exception):  # noqa: N818 - says what happened, as all failures here do
    """The command cannot be understood; the text is for the person who wrote it."""


def parse(text: str) -> JiraCommand | None:
    """The command in a comment's text, or None when its first line is not one.

    A command that cannot be understood comes back with `problem` in words. The amount of a
    proposal comes back in minor units: `("refund", "4900", "EUR")`. A problem never repeats what
    was written, since that may be a customer's words. Never raises.
    """
    first_line = text.split("\n", 1)[0]
    found = _COMMAND.match(first_line)
    if found is None:
        return None
    word = found[1].lower()
    close = get_close_matches(word, [name.value for name in _READERS], n=1, cutoff=0.75)
    if not close:
        return JiraCommand(name=CommandName.UNKNOWN, problem=_NO_SUCH_COMMAND)
    name = CommandName(close[0])
    words = first_line[found.end() :].split()
    if word != name.value:
        return JiraCommand(
            name=name, problem=f"There is no such command; did you mean /{name.value}?"
        )
    try:
        arguments, rest = _READERS[name](words)
    except _Malformed as error:
        return JiraCommand(name=name, problem=str(error))
    return JiraCommand(name=name, arguments=arguments, reason=" ".join(rest)[:LONGEST_REASON])


Read = tuple[tuple[str, ...], list[str]]


def _vote(words: list[str]) -> Read:
    arguments, reason = _named_request(words)
    if not reason:
        raise _Malformed("Say why after the command: the reason is recorded with your vote.")
    return arguments, reason


def _named_request(words: list[str]) -> Read:
    """The request, and after `#` the hash that was looked at; both may be left out."""
    found = _REQUEST.fullmatch(words[0]) if words else None
    if found is None:
        return (), words
    return tuple(part for part in found.groups() if part), words[1:]


def _delegate(words: list[str]) -> Read:
    """`(person, last day, request)`; the request is left out when none is named."""
    usage = "Write who and the last day, such as /delegate finn until 2026-06-30 on holiday."
    request, rest = _named_request(words)
    person = _PERSON.fullmatch(rest[0]) if rest else None
    if person is None:
        raise _Malformed(usage)
    rest = rest[1:]
    if rest and rest[0].lower() == "until":
        rest = rest[1:]
    try:
        until = read_day(rest[0] if rest else "")
    except ValueError:
        raise _Malformed(f"That is no day. {usage}") from None
    return (person[1], until.isoformat(), *request[:1]), rest[1:]


def _only_reason(words: list[str]) -> Read:
    return (), words


def _hand_over(words: list[str]) -> Read:
    if not words:
        raise _Malformed("Name the person who takes it on: /handover lena I am off at noon.")
    mentioned = _MENTION.fullmatch(words[0][:LONGEST_WORD])
    return (mentioned[1] if mentioned else words[0][:LONGEST_WORD],), words[1:]


def _resolve(words: list[str]) -> Read:
    usage = "Write /resolve OUTCOME and the reason, such as /resolve fixed it is in release 2.4."
    if not words:
        raise _Malformed(usage)
    outcome = _one_of(words[0].lower().replace("-", "_"), [one.value for one in Outcome], usage)
    rest = words[1:]
    arguments: tuple[str, ...] = (outcome,)
    if outcome == Outcome.DUPLICATE:
        if not rest or not _ISSUE_KEY.fullmatch(rest[0][:LONGEST_WORD]):
            raise _Malformed(
                "Name the issue that it repeats: /resolve duplicate FT-12 and the reason."
            )
        arguments, rest = (outcome, rest[0].upper()), rest[1:]
    if not rest:
        raise _Malformed(usage)
    return arguments, rest


def _sign_off(words: list[str]) -> Read:
    """`(question, "signed")`; what there is to say may be left out."""
    question = _QUESTION.fullmatch(words[0].lower()) if words else None
    if question is None:
        raise _Malformed("Write what you sign off, such as /signoff documentation it is online.")
    return (question[0], SIGNED), words[1:]


def _answer(words: list[str]) -> Read:
    """`(question, choice)` and the reason."""
    usage = "Write the question, your choice and why, such as /answer rollout pause it confuses."
    named = [_QUESTION.fullmatch(word.lower()) for word in words[:2]]
    if len(named) < 2 or not all(named) or not words[2:]:
        raise _Malformed(usage)
    return tuple(word[0] for word in named if word), words[2:]


def _override(words: list[str]) -> Read:
    usage = (
        "Write what is right and why, such as /override severity=S2 category=billing it blocks "
        "their payroll."
    )
    given: dict[str, str] = {}
    rest = list(words)
    while rest and "=" in rest[0]:
        key, _, value = rest.pop(0)[:LONGEST_WORD].partition("=")
        key = _one_of(key.lower(), _OVERRIDE_KEYS, usage)
        if key in given:
            raise _Malformed(f"{key} is given twice. {usage}")
        if not value:
            raise _Malformed(f"{key} has no value. {usage}")
        given[key] = value
    if not given or not rest:
        raise _Malformed(usage)
    if "severity" in given:
        severities = [one.value for one in Severity]
        given["severity"] = _one_of(given["severity"].upper(), severities, usage)
    return tuple(f"{key}={value}" for key, value in given.items()), rest


def _propose(words: list[str]) -> Read:
    usage = "Write what and why, such as /propose refund 49.00 EUR charged twice in May."
    if not words:
        raise _Malformed(usage)
    kind = ActionKind(_one_of(words[0].lower().replace("-", "_"), _PROPOSABLE, usage))
    rest = words[1:]
    arguments: tuple[str, ...] = (kind.value,)
    if _begins_with_amount(kind, rest):
        arguments, rest = (kind.value, *_amount(rest, usage)), rest[2:]
    elif kind in PAYING:
        raise _Malformed(f"A {kind.value} needs an amount. {usage}")
    given = parameter_words(rest)
    _check_parameters(kind, given)
    arguments, rest = (*arguments, *given), rest[len(given) :]
    if not rest:
        raise _Malformed(f"Say why. {usage}")
    return arguments, rest


def _check_parameters(kind: ActionKind, given: list[str]) -> None:
    """What a kind needs is said here already, where the person can still mend it at once."""
    try:
        parameters, _ = read_parameters(given, AT_ONCE)
    except ParameterError as error:
        raise _Malformed(str(error)) from None
    wrong = what_is_wrong(kind, parameters, AT_ONCE - timedelta(days=1))
    if wrong is not None:
        raise _Malformed(wrong)


def _begins_with_amount(kind: ActionKind, words: list[str]) -> bool:
    """Other actions may have an amount, but "3 customers were hit" is a reason."""
    if not words or words[0][0] not in "0123456789":
        return False
    return kind in PAYING or (len(words) > 1 and words[1] in DECIMALS)


def _amount(words: list[str], usage: str) -> tuple[str, str]:
    if len(words) < 2:
        raise _Malformed(f"The amount needs a currency. {usage}")
    try:
        money = read_amount(words[0], words[1])
    except AmountError as error:
        raise _Malformed(f"{str(error)[:1].upper()}{str(error)[1:]}. {usage}") from None
    if money.minor == 0:
        raise _Malformed(f"The amount is nothing. {usage}")
    return str(money.minor), money.currency


def _one_of(word: str, known: list[str] | tuple[str, ...], usage: str) -> str:
    if word in known:
        return word
    raise _Malformed(f"Choose one of {', '.join(known)}. {usage}")


_READERS: dict[CommandName, Callable[[list[str]], Read]] = {
    CommandName.APPROVE: _vote,
    CommandName.REJECT: _vote,
    CommandName.ACK: _only_reason,
    CommandName.HANDOVER: _hand_over,
    CommandName.RESOLVE: _resolve,
    CommandName.OVERRIDE: _override,
    CommandName.PROPOSE: _propose,
    CommandName.RESUME: _only_reason,
    CommandName.DELEGATE: _delegate,
    CommandName.SIGNOFF: _sign_off,
    CommandName.ANSWER: _answer,
}
