"""Where a text holds personal data that has a form: what kind, and from where to where.

Marks are places and kinds, never the text itself. Numbers that carry a check digit are checked, so
that an order number is not taken for a card. Names and postal addresses have no form and are not
found: a text without marks may still be about somebody.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from ipaddress import ip_address

from insight.words import READ_LIMIT
from models.base import Frozen


class PersonalData(StrEnum):
    """The kinds that are found."""

    MAIL_ADDRESS = "mail address"
    PHONE_NUMBER = "phone number"
    CARD_NUMBER = "card number"
    BANK_ACCOUNT = "bank account"
    NETWORK_ADDRESS = "network address"


class Mark(Frozen):
    """One find: characters `start` up to, but without, `end`."""

    kind: PersonalData
    start: int
    end: int


_CARD_DIGITS = range(13, 20)
_PHONE_DIGITS = range(8, 16)
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_ACCOUNT = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)")
_CARD = re.compile(r"(?<![\w.])\d(?:[ -]?\d){12,18}(?![\w])")
_NETWORK = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]*\w)")
_PHONE = re.compile(r"(?<![\w.])(?:\+|00|\(?0)\d(?:[ ()/.-]{0,2}\d){6,13}(?!\w)")


def marks(text: str) -> tuple[Mark, ...]:
    """Every find in the part of the text that is read, in order; none lies within another."""
    read = text[:READ_LIMIT]
    found: list[Mark] = []
    for kind, pattern, holds in _KINDS:
        for match in pattern.finditer(read):
            mark = Mark(kind=kind, start=match.start(), end=match.end())
            if holds(match.group()) and not any(_overlap(mark, other) for other in found):
                found.append(mark)
    return tuple(sorted(found, key=lambda mark: mark.start))


def kinds_in(text: str) -> tuple[str, ...]:
    """The kinds that are found at least once, in order of their names."""
    return tuple(sorted({mark.kind.value for mark in marks(text)}))


def masked(text: str) -> str:
    """The part of the text that is read, with each find replaced by its kind in brackets."""
    read, pieces, at = text[:READ_LIMIT], [], 0
    for mark in marks(text):
        pieces += [read[at : mark.start], f"[{mark.kind}]"]
        at = mark.end
    return "".join([*pieces, read[at:]])


def _overlap(one: Mark, other: Mark) -> bool:
    return one.start < other.end and other.start < one.end


def _digits(text: str) -> Iterator[int]:
    return (int(character) for character in text if character.isascii() and character.isdigit())


def _always(_: str) -> bool:
    return True


def _is_card(text: str) -> bool:
    """ISO/IEC 7812: the Luhn sum of a card's number ends in 0."""
    digits = list(_digits(text))
    doubled = (2 * one - 9 * (one > 4) for one in digits[-2::-2])
    return len(digits) in _CARD_DIGITS and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _is_account(text: str) -> bool:
    """ISO 13616: the IBAN with its head at the end, letters as numbers from 10, leaves 1 of 97."""
    plain = text.replace(" ", "")
    turned = plain[4:] + plain[:4]
    return int("".join(str(int(character, 36)) for character in turned)) % 97 == 1


def _is_network_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_phone(text: str) -> bool:
    return sum(1 for _ in _digits(text)) in _PHONE_DIGITS


_KINDS: tuple[tuple[PersonalData, re.Pattern[str], Callable[[str], bool]], ...] = (
    (PersonalData.MAIL_ADDRESS, _MAIL, _always),
    (PersonalData.BANK_ACCOUNT, _ACCOUNT, _is_account),
    (PersonalData.CARD_NUMBER, _CARD, _is_card),
    (PersonalData.NETWORK_ADDRESS, _NETWORK, _is_network_address),
    (PersonalData.PHONE_NUMBER, _PHONE, _is_phone),
)
"""Those that can be checked come first, so that a card is not taken for a phone."""
