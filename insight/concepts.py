"""Words that mean one thing in feedback about a product, so that own words meet.

Each line is one concept; its words are compared after stemming.
"""

from __future__ import annotations

from insight.words import stem

_CONCEPTS = (
    "charge bill debit deduct withdraw pay payment paid invoice",
    "twice double duplicate two 2x repeated repeatedly",
    "refund reimburse reimbursement moneyback chargeback",
    "cancel unsubscribe terminate discontinue",
    "subscription plan membership renewal renew",
    "login logon signin authenticate authentication log-in",
    "password passcode pin passphrase",
    "crash freeze frozen hang hung stuck unresponsive",
    "slow slowly lag laggy sluggish latency timeout",
    "error exception fault bug defect glitch",
    "break broken fail failure malfunction",
    "down outage unavailable offline unreachable",
    "lose lost missing disappear gone vanish",
    "delete erase remove wipe",
    "update upgrade release version",
    "deliver delivery shipment shipping ship parcel package",
    "late delay delayed overdue",
    "card creditcard visa mastercard",
    "export download",
    "import upload",
    "account profile",
    "photo picture image",
    "mail email e-mail inbox",
    "phone mobile smartphone handset",
    "wrong incorrect inaccurate false mistaken",
    "fee cost price expensive overpriced",
    "app application",
    "support helpdesk agent representative",
)
_MARK = "concept "
_CONCEPT_OF = {
    stem(word): f"{_MARK}{line.split()[0]}" for line in _CONCEPTS for word in line.split()
}


def concept_of(stemmed: str) -> str:
    """The concept a stemmed word stands for, or the word itself."""
    return _CONCEPT_OF.get(stemmed, stemmed)


def is_concept(feature: str) -> bool:
    """Whether `concept_of` recognised the word."""
    return feature.startswith(_MARK)


def name_of_concept(stemmed: str) -> str | None:
    """The word by which people call the concept a stemmed word stands for; None without one."""
    concept = concept_of(stemmed)
    return concept.removeprefix(_MARK) if is_concept(concept) else None
