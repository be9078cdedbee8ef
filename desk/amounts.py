"""Amounts as people type them."""

from __future__ import annotations

import re
from decimal import Decimal

from desk.wording import minor_digits
from models.approval import Money
from runtime.problems import WrongSettings

_AMOUNT = re.compile(r"\s*([0-9]{1,12})(?:\.([0-9]{1,3}))?\s*([A-Za-z]{3})\s*")


def read_amount(text: str) -> Money:
    """`129.00 EUR` as 12900 minor units. Raises `WrongSettings` when it is not such an amount."""
    found = _AMOUNT.fullmatch(text)
    currency = found[3].upper() if found else ""
    digits = minor_digits(currency)
    if found is None or len(found[2] or "") > digits:
        raise WrongSettings(
            f"{text!r} is no amount.",
            remedy="Write it as 129.00 EUR: a point, as many digits after it as the currency has, "
            "and the three letters of the currency.",
        )
    value = Decimal(f"{found[1]}.{found[2] or 0}")
    return Money(minor=int(value.scaleb(digits)), currency=currency)
