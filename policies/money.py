"""Amounts as people write them, to and from minor units by the decimals of their currency."""

from __future__ import annotations

import re

from models.approval import Money

_TWO_DECIMALS = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD "
    "CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD "
    "GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD "
    "MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP "
    "PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS "
    "TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD XCG YER ZAR ZMW ZWG"
)
_NO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"
DECIMALS: dict[str, int] = (
    dict.fromkeys(_TWO_DECIMALS.split(), 2)
    | dict.fromkeys(_NO_DECIMALS.split(), 0)
    | dict.fromkeys(_THREE_DECIMALS.split(), 3)
)
"""Currencies in use (ISO 4217) and how many decimals each has."""

_WRITTEN = re.compile(r"([0-9]{1,12})(?:([.,])([0-9]{1,6}))?")


class AmountError(ValueError):
    """An amount that cannot be understood; the message says why, for the person who wrote it."""


def read_amount(written: str, currency: str) -> Money:
    """`49.00` and `EUR` become 4900 minor units. Raises `AmountError`.

    A comma may stand for the point. Thousands are not separated, since `1,234` would be read in
    two ways.
    """
    code = currency.upper()
    decimals = DECIMALS.get(code)
    if decimals is None:
        raise AmountError("that is not a currency code such as EUR")
    match = _WRITTEN.fullmatch(written)
    if match is None:
        raise AmountError("that is not an amount such as 49.00")
    whole, mark, fraction = match[1], match[2], match[3] or ""
    if mark == "," and len(fraction) == 3:
        raise AmountError("that amount can be read in two ways; write it without a comma")
    if len(fraction) > decimals:
        raise AmountError(f"{code} has {decimals or 'no'} decimals; the amount has more")
    return Money(minor=int(whole + fraction.ljust(decimals, "0")), currency=code)


def in_words(amount: Money) -> str:
    """The amount with its decimals and currency, such as `49.00 EUR`."""
    decimals = DECIMALS.get(amount.currency, 2)
    if decimals == 0:
        return f"{amount.minor} {amount.currency}"
    whole, fraction = divmod(amount.minor, 10**decimals)
    return f"{whole}.{fraction:0{decimals}d} {amount.currency}"
